//! The ways of carrying a history forward, each in its own file and each with one shape: the history's logarithms to the origin
//! in, one logarithm for each month after it out.

mod autoregression;
mod growth;
mod naive;
mod smoothing;
mod windows;

use crate::Method;
pub(crate) use windows::growth_per_month;

/// A history shorter than this says too little of growth or season: it stays at its last value.
pub(crate) const LEAST_MONTHS: usize = 13;

/// The logarithms of the `months` months after the end of `history`, which has at least one value. `whole_growth_per_month` is
/// that of the whole that the series is a part of.
pub(crate) fn path(method: Method, history: &[f64], whole_growth_per_month: f64, months: usize) -> Vec<f64> {
    if history.len() < LEAST_MONTHS {
        return naive::last_value(history, months);
    }
    match method {
        Method::LastValue => naive::last_value(history, months),
        Method::SeasonalNaive => naive::seasonal(history, months),
        Method::Growth1Year => growth::compound(history, 1, months),
        Method::Growth3Years => growth::compound(history, 3, months),
        Method::Growth5Years => growth::compound(history, 5, months),
        Method::ExponentialSmoothing => smoothing::smooth(history, months),
        Method::Autoregression => autoregression::regress(history, months),
        Method::Muster => windows::carry(history, whole_growth_per_month, months),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Asserts that numbers are those worked by hand.
    pub(crate) fn close(found: &[f64], wanted: &[f64]) {
        assert_eq!(found.len(), wanted.len());
        for (i, (found, wanted)) in found.iter().zip(wanted).enumerate() {
            assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted} at {i}");
        }
    }

    #[test]
    fn a_short_history_stays_at_its_last_value() {
        for method in Method::ALL {
            assert_eq!(path(method, &[1.0, 2.0, 3.0], 0.1, 2), [3.0, 3.0], "{method}");
        }
    }
}
