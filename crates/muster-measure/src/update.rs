//! What to believe of a rate when what happened differs from what was expected.

use serde::Serialize;

/// 90% of a normal lies within so many standard deviations of its middle.
const SCORE_90: f64 = 1.644_853_627;

/// A factor to put on an assumption, with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ratio {
    /// The factor.
    pub value: f64,
    /// The 5% point of what is believed of it.
    pub low: f64,
    /// The 95% point.
    pub high: f64,
    /// The plain ratio of actual to expected.
    pub plain: f64,
    /// How much the data count: the rest is the plan.
    pub weight: f64,
}

/// A ratio of actual to expected, shrunk towards 1.
///
/// Before anything was seen, the logarithm of the true ratio had a middle of nought and the plan's own `spread`. What was seen has the
/// standard `error`. With normal errors what is believed afterwards has the weighted mean of both, the data with the weight
/// `spread² / (spread² + error²)`, and the spread `√weight · error`.
///
/// ```
/// use muster_measure::update::shrunk;
/// // As sure of the data as of the plan: half way, in logarithms.
/// let ratio = shrunk(1.21, 0.1, 0.1).unwrap();
/// assert!((ratio.value - 1.1).abs() < 1e-12 && ratio.weight == 0.5);
/// ```
pub fn shrunk(plain: f64, error: f64, spread: f64) -> Option<Ratio> {
    let total = error * error + spread * spread;
    if !(plain > 0.0 && plain.is_finite() && total > 0.0 && total.is_finite()) {
        return None;
    }
    let weight = spread * spread / total;
    let (middle, reach) = (weight * plain.ln(), SCORE_90 * weight.sqrt() * error);
    Some(Ratio { value: middle.exp(), low: (middle - reach).exp(), high: (middle + reach).exp(), plain, weight })
}
