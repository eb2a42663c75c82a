//! Numbers as a reader wants them.

/// 1,400,000.
pub fn thousands(value: impl Into<f64>) -> String {
    muster_core::grouped(value.into())
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
        assert_eq!(percent(0.0912), "9.1%");
        assert_eq!((gbp(77.84e9), gbp(-3.25e6), gbp(950.0)), ("£77.8bn".into(), "−£3.2m".into(), "£950".into()));
    }
}
