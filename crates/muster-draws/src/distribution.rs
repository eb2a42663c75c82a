//! From a value and its range to a distribution.
//!
//! A book gives a value, a range, and perhaps a shape. [`Distribution::fit`] makes of them a distribution whose mean is the
//! value, or says why there is none and what to write. Nothing is clamped in silence: what would stick out is refused.
//!
//! ```
//! use muster_draws::distribution::{Distribution, Shape};
//!
//! // A leaver rate of 10% a year, somewhere from 8% to 14%.
//! let rate = Distribution::fit(&Shape::Beta, 0.10, 0.08, 0.14, [0.0, 1.0])?;
//! assert_eq!(rate.mean(), 0.10);
//! assert!(rate.quantile(0.5) < 0.10, "the longer tail is above, so the median is below the mean");
//! # Ok::<(), muster_draws::distribution::Unfit>(())
//! ```

mod beta;
mod cut;
mod fit;
mod metalog;
mod unfit;

use beta::Beta;
use cut::Cut;
use metalog::Metalog;
pub use unfit::Unfit;

use crate::normal;

/// The shapes that a book may name.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A beta on the range, its mean the value, as concentrated as a PERT (its exponents add to 6). What a
    /// range means when no shape is named and no triangle has that mean.
    Beta,
    /// A PERT on the range; its peak follows from the mean.
    Pert,
    /// A triangle on the range; its peak follows from the mean. What a range means when no shape is named.
    Triangular,
    /// All of the range alike; the value must be its middle.
    Uniform,
    /// A normal, with the range as its 5% and 95% points.
    Normal,
    /// A lognormal, with the range as its 5% and 95% points.
    Lognormal,
    /// Elicited quantiles, as (chance, value), in order.
    Metalog(Vec<(f64, f64)>),
    /// A triangle with its peak at the value, which is an end of the range. Its mean is a third of the way in.
    RightTriangle,
}

impl Shape {
    /// The shape meant when a book names none: a triangle whose mean is the value; a beta, where no triangle has that mean; a
    /// right triangle, if the value is an end of its range.
    pub fn usual(value: f64, low: f64, high: f64) -> Self {
        let peak = 3.0 * value - low - high;
        if low < high && (value == low || value == high) {
            Self::RightTriangle
        } else if (low..=high).contains(&peak) {
            Self::Triangular
        } else {
            Self::Beta
        }
    }

    /// The word for it in a book.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::Pert => "pert",
            Self::Triangular => "triangular",
            Self::Uniform => "uniform",
            Self::Normal => "normal",
            Self::Lognormal => "lognormal",
            Self::Metalog(_) => "metalog",
            Self::RightTriangle => "right triangle",
        }
    }
}

/// A distribution of one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    form: Form,
    mean: f64,
    standard_deviation: f64,
    bounds: [f64; 2],
}

/// How a score becomes a value.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    Constant(f64),
    Beta { low: f64, width: f64, beta: Box<Beta> },
    Triangular { low: f64, mode: f64, high: f64 },
    Uniform { low: f64, width: f64 },
    Normal { mean: f64, standard_deviation: f64, cut: Cut },
    Lognormal { mean_of_log: f64, sd_of_log: f64, cut: Cut },
    Metalog { metalog: Metalog, cut: Cut },
}

impl Distribution {
    /// The value at a chance from 0 to 1: the quantile function. The same as [`Distribution::at`] of the chance's score, to
    /// within 10^−12 of the width of the range.
    pub fn quantile(&self, chance: f64) -> f64 {
        if chance.is_nan() {
            return f64::NAN;
        }
        let chance = chance.clamp(0.0, 1.0);
        match &self.form {
            Form::Beta { low, width, beta } => self.stretched(*low, *width, beta.quantile(chance)),
            _ if chance == 0.0 => self.bounds[0],
            _ if chance == 1.0 => self.bounds[1],
            _ => self.at(normal::score(chance)),
        }
    }

    /// The value at a score: the quantile function at the chance that a standard normal lies below the score.
    pub fn at(&self, score: f64) -> f64 {
        match &self.form {
            Form::Constant(value) => *value,
            Form::Beta { low, width, beta } => self.stretched(*low, *width, beta.at(score)),
            Form::Triangular { .. } | Form::Uniform { .. } => {
                let (below, above) = normal::sides(score);
                self.at_known(&[score], &[below], &[above])[0]
            }
            Form::Normal { mean, standard_deviation, cut } => mean + standard_deviation * cut.score(score),
            Form::Lognormal { mean_of_log, sd_of_log, cut } => libm::exp(mean_of_log + sd_of_log * cut.score(score)),
            Form::Metalog { metalog, cut } => {
                let (below, above) = cut.chances(score);
                metalog.quantile(below, above)
            }
        }
    }

    /// The values at some scores whose [`normal::sides`] are known. Bit for bit what [`Distribution::at`] gives, at less cost
    /// when many distributions are asked at the same scores.
    #[inline]
    pub fn at_known<const N: usize>(&self, scores: &[f64; N], below: &[f64; N], above: &[f64; N]) -> [f64; N] {
        match &self.form {
            Form::Triangular { low, mode, high } => {
                std::array::from_fn(|i| triangular(*low, *mode, *high, below[i], above[i]))
            }
            Form::Uniform { low, width } => below.map(|below| self.stretched(*low, *width, below)),
            _ => scores.map(|score| self.at(score)),
        }
    }

    /// The values at many scores: bit for bit what [`Distribution::at`] gives one by one. The shorter of the two slices
    /// decides how many.
    pub fn at_each(&self, scores: &[f64], out: &mut [f64]) {
        // One loop for each form, so that the choice is made once.
        match &self.form {
            Form::Constant(value) => out.iter_mut().zip(scores).for_each(|(out, _)| *out = *value),
            Form::Beta { low, width, beta } => {
                let value = |score: f64| self.stretched(*low, *width, beta.at(score));
                out.iter_mut().zip(scores).for_each(|(out, score)| *out = value(*score));
            }
            Form::Uniform { low, width } => {
                let value = |score: f64| self.stretched(*low, *width, normal::sides(score).0);
                out.iter_mut().zip(scores).for_each(|(out, score)| *out = value(*score));
            }
            _ => out.iter_mut().zip(scores).for_each(|(out, score)| *out = self.at(*score)),
        }
    }

    /// A part of the range, from its low end. What rounding would put past the high end lies at it.
    #[inline]
    fn stretched(&self, low: f64, width: f64, part: f64) -> f64 {
        let value = low + width * part;
        if value > self.bounds[1] { self.bounds[1] } else { value }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation.
    pub fn standard_deviation(&self) -> f64 {
        self.standard_deviation
    }

    /// The lowest and highest values that it can take; infinite where there is no limit.
    pub fn bounds(&self) -> [f64; 2] {
        self.bounds
    }

    /// Whether it can take one value only.
    pub fn is_constant(&self) -> bool {
        matches!(self.form, Form::Constant(_))
    }
}

/// The quantile function of a triangle where the chances to either side are these, from whichever end is nearer.
#[inline]
fn triangular(low: f64, mode: f64, high: f64, below: f64, above: f64) -> f64 {
    let width = high - low;
    let from_low = low + (below * width * (mode - low)).sqrt();
    let from_high = high - (above * width * (high - mode)).sqrt();
    if below * width <= mode - low { from_low } else { from_high }
}
