//! The average annual growth of the last years, compounded.

/// Each year grows as the last `years` did on average; as many as are known, when that is fewer.
pub(super) fn compound(history: &[f64], years: usize, months: usize) -> Vec<f64> {
    let end = history.len() - 1;
    let years = years.min(end / 12);
    let growth_per_month = (history[end] - history[end - 12 * years]) / (12 * years) as f64;
    (1..=months).map(|ahead| history[end] + growth_per_month * ahead as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::tests::close;

    #[test]
    fn staff_who_doubled_in_two_years_double_again() {
        let history: Vec<f64> = (0..25).map(|month| (100.0 * 2_f64.powf(f64::from(month) / 24.0)).ln()).collect();
        let ahead = compound(&history, 2, 24);
        close(&[ahead[11].exp(), ahead[23].exp()], &[200.0 * 2_f64.sqrt(), 400.0]);
    }

    #[test]
    fn fewer_years_serve_when_five_are_not_known() {
        let history: Vec<f64> = (0..30).map(|month| f64::from(month * month)).collect();
        assert_eq!(compound(&history, 5, 12), compound(&history, 2, 12));
    }
}
