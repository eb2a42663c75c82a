//! How much a series moves by itself: the spread of one step, from moving ranges, so that a drift or a step in it does not inflate it.

use crate::chart::moving_ranges;

/// The median moving range of independent normal points, in standard deviations: √2 times the upper quartile of the normal.
const MEDIAN_RANGE: f64 = 0.953_9;

/// Fewer moving ranges than this say too little.
pub const LEAST_RANGES: usize = 5;

/// The standard deviation of points that are independent of one another, from the median of their moving ranges.
///
/// A single step in the level, or a slow drift, moves the median little: it enters few ranges, or each by little. None with fewer than
/// [`LEAST_RANGES`] ranges.
pub fn of_points(values: &[Option<f64>]) -> Option<f64> {
    let mut ranges = moving_ranges(values);
    if ranges.len() < LEAST_RANGES {
        return None;
    }
    ranges.sort_unstable_by(f64::total_cmp);
    let middle = ranges.len() / 2;
    let median = if ranges.len() % 2 == 1 { ranges[middle] } else { f64::midpoint(ranges[middle - 1], ranges[middle]) };
    Some(median / MEDIAN_RANGE)
}

/// The standard deviation of one step of a series whose steps are independent of one another, as a stock that people join and leave.
///
/// Where part of the movement is error of measurement that is gone a month later, this takes it for movement that stays, and errs on
/// the wide side.
pub fn of_steps(values: &[Option<f64>]) -> Option<f64> {
    let steps: Vec<Option<f64>> = values.windows(2).map(|pair| Some(pair[1]? - pair[0]?)).collect();
    of_points(&steps)
}
