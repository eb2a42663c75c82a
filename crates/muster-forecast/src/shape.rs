//! What a history is made of: level shifts, which are not extrapolated, and the season.
//!
//! A reorganisation moves staff in one month: community services in 2011, primary care trusts abolished in April 2013, ambulance
//! staff regraded in April 2019. Taken for growth it would be repeated for ever, so the months before it are moved to join on.
//! The season is the one that resident doctors make in August and newly qualified nurses in autumn.
//!
//! Histories here are logarithms of staff in post, without gaps; seasons are found by counting twelves, so calendar months are
//! not needed.

use crate::history::known_to;
use crate::statistics::{mean, median};
use crate::{Month, Series};

/// A step is a level shift when it is this many times as far from the usual as usual steps are…
const SHIFT_SPREADS: f64 = 6.0;

/// …and at least this far, about 1%…
const SHIFT_LEAST: f64 = 0.01;

/// …or 5% in a calendar month not yet seen often enough to know its usual step.
const SHIFT_LEAST_EARLY: f64 = 0.05;

/// What makes the median absolute deviation of a normal distribution its standard deviation.
const NORMAL: f64 = 1.4826;

/// A calendar month seen this often has a usual step of its own.
const USUAL_YEARS: usize = 3;

/// The season is that of the last five years.
const SEASON_YEARS: usize = 5;

/// From each month to the next.
pub(crate) fn steps(history: &[f64]) -> Vec<f64> {
    history.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// Of steps, those of one calendar month: `class` and every twelfth after it.
fn of_month(steps: &[f64], class: usize) -> Vec<f64> {
    steps.iter().skip(class).step_by(12).copied().collect()
}

/// The history with its level shifts taken out. It ends where it ended; what came before a shift is moved to join on.
pub(crate) fn without_shifts(history: &[f64]) -> Vec<f64> {
    let steps = steps(history);
    let months: Vec<Vec<f64>> = (0..12).map(|class| of_month(&steps, class)).collect();
    let month_medians: Vec<f64> = months.iter().map(|month| median(month)).collect();
    let overall = median(&steps);

    let unusual: Vec<f64> = steps.iter().enumerate().map(|(i, step)| step - month_medians[i % 12]).collect();
    let centre = median(&unusual);
    let deviations: Vec<f64> = unusual.iter().map(|step| (step - centre).abs()).collect();
    let limit = SHIFT_LEAST.max(SHIFT_SPREADS * NORMAL * median(&deviations));

    let mut joined = vec![0.0; history.len()];
    let Some(last) = history.last() else { return joined };
    joined[history.len() - 1] = *last;
    for i in (0..steps.len()).rev() {
        // A calendar month seen once or twice is its own median, so its steps are held against those of all months.
        let (usual, limit) = if months[i % 12].len() >= USUAL_YEARS {
            (month_medians[i % 12], limit)
        } else {
            (overall, limit.max(SHIFT_LEAST_EARLY))
        };
        let step = if (steps[i] - usual).abs() > limit { usual } else { steps[i] };
        joined[i] = joined[i + 1] - step;
    }
    joined
}

/// How far each calendar month is above the year's trend. Months are counted from the start of the history: the value at index
/// `i` has the season at `i % 12`.
pub(crate) fn season(history: &[f64]) -> [f64; 12] {
    let steps = steps(history);
    let length = steps.len().min(12 * SEASON_YEARS);
    if length < 12 {
        return [0.0; 12];
    }
    let first = steps.len() - length;
    let recent = &steps[first..];
    let mut around = recent.to_vec();
    let mut end = length;
    while end > 0 {
        // Each year back from the end is set against its own mean; a part of a year, against that of the year it begins.
        let start = end.saturating_sub(12);
        let year = mean(&recent[start..start + 12]);
        around[start..end].iter_mut().for_each(|step| *step -= year);
        end = start;
    }
    let mut by_month = [0.0; 12];
    for (class, step) in by_month.iter_mut().enumerate() {
        let offset = (class + 12 - first % 12) % 12;
        *step = mean(&of_month(&around, offset));
    }
    let centre = mean(&by_month);
    let mut season = [0.0; 12];
    for class in 1..12 {
        season[class] = season[class - 1] + by_month[class - 1] - centre;
    }
    let centre = mean(&season);
    season.map(|height| height - centre)
}

/// How staff in post in each calendar month stand to the year's mean, January first, over the last five years known at the end of
/// `origin`: 1.02 is 2% above it. Growth and level shifts are taken out. All are 1 when the series has less than 13 months
/// without a gap up to the origin.
///
/// ```
/// use muster_forecast::{Level, Month, Series, seasonal_pattern};
///
/// // Two per cent more in every August, on growth of 1 in 1,000 a month.
/// let fte = |month: i32| 1000.0 * 1.001_f64.powi(month) * if month % 12 == 7 { 1.02 } else { 1.0 };
/// let start = Month::new(2010, 1).unwrap();
/// let values_fte = (0..60).map(fte).collect();
/// let doctors = Series { id: "Doctors".into(), level: Level::StaffGroup, parent: None, start, values_fte };
/// let pattern = seasonal_pattern(&doctors, start.plus(59));
/// assert!((pattern[7] / pattern[0] - 1.02).abs() < 0.001);
/// assert!((pattern.iter().sum::<f64>() - 12.0).abs() < 1e-9);
/// ```
pub fn seasonal_pattern(series: &Series, origin: Month) -> [f64; 12] {
    let history = known_to(series, origin);
    // The first month of the history, counted from January.
    let first = (origin.month() as usize + 12 - history.len() % 12) % 12;
    let season = season(&without_shifts(&history));
    let factors: Vec<f64> = (0..12).map(|january| season[(january + 12 - first) % 12].exp()).collect();
    let mean = mean(&factors);
    std::array::from_fn(|month| factors[month] / mean)
}

/// The history with the season taken out.
pub(crate) fn without_season(history: &[f64], season: &[f64; 12]) -> Vec<f64> {
    history.iter().enumerate().map(|(i, value)| value - season[i % 12]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four years that grow by 0.001 a month, with `august` more in every twelfth month and `shift` from month 20.
    fn four_years(august: f64, shift: f64) -> Vec<f64> {
        let grown = |i: usize| 0.001 * i as f64;
        (0..49).map(|i| grown(i) + if i % 12 == 7 { august } else { 0.0 } + if i >= 20 { shift } else { 0.0 }).collect()
    }

    fn close(found: &[f64], wanted: &[f64]) {
        assert_eq!(found.len(), wanted.len());
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-12, "{found} is not {wanted}");
        }
    }

    #[test]
    fn a_level_shift_is_taken_out_and_the_end_stays() {
        let shifted: Vec<f64> = four_years(0.0, -0.1);
        let joined = without_shifts(&shifted);
        let unshifted: Vec<f64> = four_years(0.0, 0.0).iter().map(|value| value - 0.1).collect();
        close(&joined, &unshifted);
    }

    #[test]
    fn the_august_intake_is_not_a_level_shift() {
        let years = four_years(0.04, 0.0);
        close(&without_shifts(&years), &years);
    }

    #[test]
    fn the_season_is_found_beside_growth() {
        let found = season(&four_years(0.012, 0.0));
        let mut wanted = [-0.001; 12];
        wanted[7] = 0.011;
        close(&found, &wanted);
    }

    #[test]
    fn less_than_a_year_has_no_season() {
        assert_eq!(season(&four_years(0.012, 0.0)[..12]), [0.0; 12]);
    }
}
