//! Recent growth, halving each year on its way back to the long run, with the season.
//!
//! Growth is that of the last months once level shifts and season are taken out. On origins to March 2015, growth that faded to
//! half in a year did better at every horizon than growth that faded more slowly or not at all.

use super::LONG_RUN_GROWTH_PER_YEAR;
use crate::shape::{season, without_season, without_shifts};

/// How much of the distance from the long run is left after a year.
const LEFT_AFTER_A_YEAR: f64 = 0.5;

/// The growth of the last `window` months, damped.
pub(super) fn trend(history: &[f64], window: usize, months: usize) -> Vec<f64> {
    let joined = without_shifts(history);
    let season = season(&joined);
    let level = without_season(&joined, &season);

    let end = history.len() - 1;
    let window = window.min(end);
    let growth_per_month = (level[end] - level[end - window]) / window as f64;
    let long_run_per_month = LONG_RUN_GROWTH_PER_YEAR / 12.0;
    let left_after_a_month = LEFT_AFTER_A_YEAR.powf(1.0 / 12.0);

    let (mut above_long_run, mut left) = (0.0, 1.0);
    (1..=months)
        .map(|ahead| {
            above_long_run += (growth_per_month - long_run_per_month) * left;
            left *= left_after_a_month;
            let seasonal = season[(end + ahead) % 12] - season[end % 12];
            history[end] + long_run_per_month * ahead as f64 + above_long_run + seasonal
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::tests::close;

    #[test]
    fn growth_halves_each_year_on_its_way_to_one_per_cent() {
        // 2.2% a year is 1.2% above the long run: 0.1% of that in the first month, then a little less each month.
        let history: Vec<f64> = (0..37).map(|month| 0.022 / 12.0 * f64::from(month)).collect();
        let ahead = trend(&history, 12, 24);
        let month = 0.5_f64.powf(1.0 / 12.0);
        let first_year = 0.001 * (1.0 - 0.5) / (1.0 - month);
        close(&[ahead[11] - history[36]], &[0.01 + first_year]);
        close(&[ahead[23] - history[36]], &[0.02 + first_year * 1.5]);
    }

    #[test]
    fn a_level_shift_is_not_repeated() {
        let history: Vec<f64> = (0..37).map(|month| if month < 30 { 0.0 } else { -0.1 }).collect();
        let ahead = trend(&history, 12, 60);
        // No growth but the shift, so growth climbs from nothing to the long run.
        assert!(ahead[0] >= history[36] && ahead[59] > history[36] && ahead[59] < history[36] + 0.05);
    }
}
