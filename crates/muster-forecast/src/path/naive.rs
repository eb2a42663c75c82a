//! The last value, and the same month of the last year.

/// Every month is the last one known.
pub(super) fn last_value(history: &[f64], months: usize) -> Vec<f64> {
    let last = history.last().copied().unwrap_or_default();
    vec![last; months]
}

/// Every month is the latest one known of its calendar month.
pub(super) fn seasonal(history: &[f64], months: usize) -> Vec<f64> {
    let year = &history[history.len() - 12..];
    (0..months).map(|ahead| year[ahead % 12]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_stays() {
        assert_eq!(last_value(&[1.0, 2.0, 4.0], 3), [4.0, 4.0, 4.0]);
    }

    #[test]
    fn each_calendar_month_is_repeated() {
        let history: Vec<f64> = (0..14).map(f64::from).collect();
        let ahead = seasonal(&history, 13);
        assert_eq!((ahead[0], ahead[11], ahead[12]), (2.0, 13.0, 2.0));
    }
}
