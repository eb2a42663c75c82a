//! The methods by name: seven baselines and Muster's own.

use std::fmt;
use std::str::FromStr;

/// A way of forecasting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Every month as the last one known.
    LastValue,
    /// Every month as the latest one known of its calendar month.
    SeasonalNaive,
    /// The growth of the last year, compounded.
    Growth1Year,
    /// The average annual growth of the last three years, compounded.
    Growth3Years,
    /// The average annual growth of the last five years, compounded; of the years known, when they are fewer.
    Growth5Years,
    /// Holt's additive damped trend with an additive season, on logarithms, from a grid of smoothing weights.
    ExponentialSmoothing,
    /// ARIMA(p, 1, 0) with drift and a fixed season, on logarithms, by least squares: the ARIMA-class baseline.
    Autoregression,
    /// Muster's own: the growth of the last year, three years and five years, without level shifts, averaged, and drawn towards
    /// that of the whole.
    Muster,
}

impl Method {
    /// Every method, Muster's own last.
    pub const ALL: [Self; 8] = [
        Self::LastValue,
        Self::SeasonalNaive,
        Self::Growth1Year,
        Self::Growth3Years,
        Self::Growth5Years,
        Self::ExponentialSmoothing,
        Self::Autoregression,
        Self::Muster,
    ];

    /// As written in results and asked for.
    pub fn id(self) -> &'static str {
        match self {
            Self::LastValue => "last_value",
            Self::SeasonalNaive => "seasonal_naive",
            Self::Growth1Year => "growth_1_year",
            Self::Growth3Years => "growth_3_years",
            Self::Growth5Years => "growth_5_years",
            Self::ExponentialSmoothing => "exponential_smoothing",
            Self::Autoregression => "autoregression",
            Self::Muster => "muster",
        }
    }

    /// As written in a report.
    pub fn title(self) -> &'static str {
        match self {
            Self::LastValue => "Last value",
            Self::SeasonalNaive => "Same month last year",
            Self::Growth1Year => "1-year growth",
            Self::Growth3Years => "3-year growth",
            Self::Growth5Years => "5-year growth",
            Self::ExponentialSmoothing => "Exponential smoothing",
            Self::Autoregression => "ARIMA(p,1,0)",
            Self::Muster => "Muster",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// Text that names no method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a method: choose from {known}", known = Method::ALL.map(Method::id).join(", "))]
pub struct MethodError(String);

impl FromStr for Method {
    type Err = MethodError;

    fn from_str(text: &str) -> Result<Self, MethodError> {
        Self::ALL.into_iter().find(|method| method.id() == text).ok_or_else(|| MethodError(text.to_owned()))
    }
}
