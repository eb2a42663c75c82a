//! An ARIMA-class baseline: monthly steps regressed on the steps before them, after each calendar month's mean step is taken out.
//!
//! It is ARIMA(p, 1, 0) with drift and a fixed season, fitted by least squares, with p from 0 to 3 chosen by Akaike's criterion.
//! It has no moving-average terms and no seasonal ones.

use crate::shape::steps;
use crate::statistics::mean;

const MOST_LAGS: usize = 3;

/// The steps of a calendar month have a mean of their own from two years on.
const SEASON_STEPS: usize = 24;

/// The steps to come, added up.
pub(super) fn regress(history: &[f64], months: usize) -> Vec<f64> {
    let steps = steps(history);
    let overall = mean(&steps);
    let usual: Vec<f64> = (0..12)
        .map(|class| {
            let of_month: Vec<f64> = steps.iter().skip(class).step_by(12).copied().collect();
            if steps.len() >= SEASON_STEPS { mean(&of_month) } else { overall }
        })
        .collect();
    let mut around: Vec<f64> = steps.iter().enumerate().map(|(i, step)| step - usual[i % 12]).collect();
    let weights = fit(&around);

    let mut value = history[history.len() - 1];
    (0..months)
        .map(|ahead| {
            let next: f64 = weights.iter().zip(around.iter().rev()).map(|(weight, step)| weight * step).sum();
            around.push(next);
            value += next + usual[(steps.len() + ahead) % 12];
            value
        })
        .collect()
}

/// The weights of the steps before, the nearest first.
fn fit(around: &[f64]) -> Vec<f64> {
    let mut best = (f64::INFINITY, Vec::new());
    for lags in 0..=MOST_LAGS {
        let Some(weights) = least_squares(around, lags) else { continue };
        // Every order is judged on the same months.
        let judged = MOST_LAGS..around.len();
        let squared: f64 = judged.clone().map(|i| surprise(around, &weights, i).powi(2)).sum();
        let count = judged.len() as f64;
        let criterion = count * (squared / count).max(f64::MIN_POSITIVE).ln() + 2.0 * lags as f64;
        if criterion < best.0 {
            best = (criterion, weights);
        }
    }
    best.1
}

fn surprise(around: &[f64], weights: &[f64], i: usize) -> f64 {
    around[i] - weights.iter().enumerate().map(|(lag, weight)| weight * around[i - 1 - lag]).sum::<f64>()
}

/// Solves the normal equations by elimination; none when they do not settle the weights or the steps would not die away.
fn least_squares(around: &[f64], lags: usize) -> Option<Vec<f64>> {
    let product = |a: usize, b: usize| (MOST_LAGS..around.len()).map(|i| around[i - a] * around[i - b]).sum::<f64>();
    let mut rows: Vec<Vec<f64>> =
        (1..=lags).map(|a| (1..=lags).map(|b| product(a, b)).chain([product(0, a)]).collect()).collect();
    for pivot in 0..lags {
        if rows[pivot][pivot].abs() < 1e-12 {
            return None;
        }
        for row in pivot + 1..lags {
            let times = rows[row][pivot] / rows[pivot][pivot];
            let above = rows[pivot].clone();
            rows[row].iter_mut().zip(above).for_each(|(number, above)| *number -= times * above);
        }
    }
    let mut weights = vec![0.0; lags];
    for row in (0..lags).rev() {
        let known: f64 = (row + 1..lags).map(|column| rows[row][column] * weights[column]).sum();
        weights[row] = (rows[row][lags] - known) / rows[row][row];
    }
    // Weights that add up to less than 1 in size are enough for a surprise to die away.
    (weights.iter().map(|weight| weight.abs()).sum::<f64>() < 1.0).then_some(weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::tests::close;

    #[test]
    fn steps_that_halve_are_found_to_halve() {
        let around: Vec<f64> = (0..20).map(|i| 0.5_f64.powi(i)).collect();
        close(&least_squares(&around, 1).expect("one weight"), &[0.5]);
    }

    #[test]
    fn two_weights_by_hand() {
        // Each step is 0.2 of the one before and 0.3 of the one before that.
        let mut around = vec![1.0, -2.0, 0.5];
        for i in 3..12 {
            around.push(0.2 * around[i - 1] + 0.3 * around[i - 2]);
        }
        close(&least_squares(&around, 2).expect("two weights"), &[0.2, 0.3]);
    }

    #[test]
    fn a_straight_line_goes_on() {
        let history: Vec<f64> = (0..36).map(|month| 0.01 * f64::from(month)).collect();
        close(&regress(&history, 2), &[0.36, 0.37]);
    }
}
