//! The ways of carrying a history forward, each in its own file and each with one shape: the history's logarithms to the origin
//! in, one logarithm for each month after it out.

mod autoregression;
mod damped;
mod growth;
mod naive;
mod smoothing;

/// One way of carrying a history forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Component {
    LastValue,
    SeasonalNaive,
    Growth { years: usize },
    Smoothing { care: Care },
    Autoregression,
    Damped { months: usize },
}

/// How much smoothing does before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Care {
    /// As a textbook has it.
    Plain,
    /// Level shifts are taken out, and growth is measured from [`LONG_RUN_GROWTH_PER_YEAR`].
    Shifts,
}

/// What growth returns to, on the log scale: 1% a year, a little over the growth of England's population, which was 0.8% a year
/// from 2005 to 2015.
pub(crate) const LONG_RUN_GROWTH_PER_YEAR: f64 = 0.01;

/// A history shorter than this says too little of growth or season: it stays at its last value.
pub(crate) const LEAST_MONTHS: usize = 13;

impl Component {
    /// The logarithms of the `months` months after the end of `history`, which has at least one value.
    pub(crate) fn path(self, history: &[f64], months: usize) -> Vec<f64> {
        if history.len() < LEAST_MONTHS {
            return naive::last_value(history, months);
        }
        match self {
            Self::LastValue => naive::last_value(history, months),
            Self::SeasonalNaive => naive::seasonal(history, months),
            Self::Growth { years } => growth::compound(history, years, months),
            Self::Smoothing { care } => smoothing::smooth(history, care, months),
            Self::Autoregression => autoregression::regress(history, months),
            Self::Damped { months: window } => damped::trend(history, window, months),
        }
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
        let all = [
            Component::SeasonalNaive,
            Component::Growth { years: 1 },
            Component::Smoothing { care: Care::Plain },
            Component::Autoregression,
            Component::Damped { months: 12 },
        ];
        for component in all {
            assert_eq!(component.path(&[1.0, 2.0, 3.0], 2), [3.0, 3.0]);
        }
    }
}
