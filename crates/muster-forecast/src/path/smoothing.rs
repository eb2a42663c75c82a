//! Exponential smoothing: Holt's additive damped trend, on logarithms, with the season taken out first and put back after.
//!
//! The smoothing weights are those of a fixed grid that give the least squared error one month ahead. A grid is coarse and always
//! gives the same answer; an optimiser would be neither.

use crate::shape::{season, without_season};

/// How much of the trend is left after a month.
const DAMPING: [f64; 4] = [0.9, 0.95, 0.98, 1.0];

/// How much of a surprise the level takes.
const LEVEL_WEIGHTS: [f64; 5] = [0.2, 0.4, 0.6, 0.8, 1.0];

/// How much of what the level takes the trend takes.
const TREND_WEIGHTS: [f64; 5] = [0.02, 0.05, 0.1, 0.2, 0.3];

/// A season needs two years.
const SEASON_MONTHS: usize = 25;

/// The smoothed level and trend, carried forward.
pub(super) fn smooth(history: &[f64], months: usize) -> Vec<f64> {
    let season = if history.len() >= SEASON_MONTHS { season(history) } else { [0.0; 12] };
    let fit = best(&without_season(history, &season));
    let end = history.len() - 1;
    let (mut trend, mut left) = (0.0, 1.0);
    (1..=months)
        .map(|ahead| {
            left *= fit.damping;
            trend += fit.trend * left;
            fit.level + trend + season[(end + ahead) % 12]
        })
        .collect()
}

/// Where smoothing ended.
#[derive(Clone, Copy)]
struct Fit {
    squared_error: f64,
    damping: f64,
    level: f64,
    trend: f64,
}

/// The fit of least error; of equals, the first in the order of the grid.
fn best(values: &[f64]) -> Fit {
    let mut best: Option<Fit> = None;
    for damping in DAMPING {
        for level_weight in LEVEL_WEIGHTS {
            for trend_weight in TREND_WEIGHTS {
                let fit = run(values, damping, level_weight, trend_weight);
                if best.is_none_or(|best| fit.squared_error < best.squared_error) {
                    best = Some(fit);
                }
            }
        }
    }
    best.unwrap_or(Fit { squared_error: 0.0, damping: 1.0, level: 0.0, trend: 0.0 })
}

fn run(values: &[f64], damping: f64, level_weight: f64, trend_weight: f64) -> Fit {
    let year = 12.min(values.len() - 1);
    let mut fit =
        Fit { squared_error: 0.0, damping, level: values[0], trend: (values[year] - values[0]) / year as f64 };
    for value in &values[1..] {
        let expected = fit.level + damping * fit.trend;
        let surprise = value - expected;
        fit.squared_error += surprise * surprise;
        fit.level = expected + level_weight * surprise;
        fit.trend = damping * fit.trend + level_weight * trend_weight * surprise;
    }
    fit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::tests::close;

    #[test]
    fn one_month_of_smoothing_by_hand() {
        // Level 1, trend (3 - 1) / 1 = 2, damped by half to 1: expected 2, surprise 1.
        let fit = run(&[1.0, 3.0], 0.5, 0.4, 0.5);
        close(&[fit.squared_error, fit.level, fit.trend], &[1.0, 2.4, 1.2]);
    }

    #[test]
    fn a_straight_line_goes_on() {
        let history: Vec<f64> = (0..36).map(|month| 0.01 * f64::from(month)).collect();
        close(&smooth(&history, 3), &[0.36, 0.37, 0.38]);
    }
}
