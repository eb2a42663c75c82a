//! Numbers as a reader wants them.

/// 1,400,000.
pub fn thousands(value: impl Into<f64>) -> String {
    muster_core::grouped(value.into())
}

/// 108,000 for 108,432: three figures, as many as a reader should take from a draw.
pub(crate) fn about(value: f64) -> String {
    let unit = 10f64.powf((value.abs().log10().floor() - 2.0).max(0.0));
    thousands(if unit.is_finite() { (value / unit).round() * unit } else { value })
}

/// +12,000 or −4,500; 0 without a sign.
pub fn signed(value: impl Into<f64>) -> String {
    let value = value.into();
    let text = thousands(value);
    if value > 0.0 && text != "0" { format!("+{text}") } else { text }
}

/// 9.1%.
pub fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0).replace('-', "−")
}

/// £77.8bn, £4.2m, £950.
pub fn gbp(pounds: f64) -> String {
    let sign = if pounds < 0.0 { "−" } else { "" };
    let size = pounds.abs();
    if size >= 9.995e8 {
        format!("{sign}£{:.1}bn", size / 1e9)
    } else if size >= 9.995e5 {
        format!("{sign}£{:.1}m", size / 1e6)
    } else {
        format!("{sign}£{}", thousands(size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(thousands(1_400_000.2), "1,400,000");
        assert_eq!((signed(250.0), signed(-250.0), signed(0.2)), ("+250".into(), "−250".into(), "0".into()));
        assert_eq!(
            [108_432.0, 1_616_499.0, -99_960.0, 42.4, 0.0].map(about),
            ["108,000", "1,620,000", "−100,000", "42", "0"]
        );
        assert_eq!(percent(0.0912), "9.1%");
        assert_eq!((gbp(77.84e9), gbp(-3.25e6), gbp(950.0)), ("£77.8bn".into(), "−£3.2m".into(), "£950".into()));
    }
}
