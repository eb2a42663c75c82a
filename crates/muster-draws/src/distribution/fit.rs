//! The rules by which a value, a range and a shape become a distribution.

use super::beta::Beta;
use super::cut::{Cut, MOST_CUT};
use super::metalog::{MOST_POINTS, Metalog};
use super::{Distribution, Form, Shape, Unfit};
use crate::normal::{self, SCORE_95};

/// The weight of a PERT: the exponents of its beta add to this.
const CONCENTRATION: f64 = 6.0;
/// How far the value of a uniform may be from the middle, and a mean implied by quantiles from the value, as a share of the
/// width.
const NEAR: f64 = 0.01;
/// How far the 5% and 95% points of a normal or lognormal may be from the range as stated, as a share of its width. Books
/// round their ranges.
const ROUNDING: f64 = 0.05;

impl Distribution {
    /// The distribution of a shape whose mean is `value`, with the range from `low` to `high`, for a measure that can only be
    /// within `bounds` (infinite where it has none).
    ///
    /// The beta, PERT, triangle, uniform and right triangle never leave the range. The normal and the lognormal have it as
    /// their 5% and 95% points and are cut off at the bounds, as is a metalog, which is made from its quantiles and does not
    /// look at the range. A range of no width is a constant.
    ///
    /// # Errors
    ///
    /// [`Unfit`], if there is no such distribution: it says why, and what to write.
    pub fn fit(shape: &Shape, value: f64, low: f64, high: f64, bounds: [f64; 2]) -> Result<Self, Unfit> {
        if let Shape::Metalog(points) = shape {
            return metalog(points, value, bounds);
        }
        check(value, low, high, bounds)?;
        if low == high {
            return Ok(Self { form: Form::Constant(value), mean: value, standard_deviation: 0.0, bounds: [low, high] });
        }
        let at_an_end = value == low || value == high;
        if at_an_end && matches!(shape, Shape::Beta) {
            let triangle_mean = right_triangle(value, low, high).mean;
            return Err(Unfit::AtAnEnd { shape: shape.name(), value, low, high, triangle_mean });
        }
        match shape {
            Shape::Beta => {
                let a = CONCENTRATION * (value - low) / (high - low);
                let b = CONCENTRATION * (high - value) / (high - low);
                Ok(beta(low, high, value, a, b))
            }
            Shape::Pert => {
                let mode = (CONCENTRATION * value - low - high) / (CONCENTRATION - 2.0);
                let mode = peak(shape, mode, value, low, high, CONCENTRATION)?;
                let a = 1.0 + (CONCENTRATION - 2.0) * (mode - low) / (high - low);
                Ok(beta(low, high, value, a, CONCENTRATION - a))
            }
            Shape::Triangular => {
                let mode = peak(shape, 3.0 * value - low - high, value, low, high, 3.0)?;
                Ok(triangle(low, mode, high, value))
            }
            Shape::Uniform => uniform(value, low, high),
            Shape::Normal => normal(value, low, high, bounds),
            Shape::Lognormal => lognormal(value, low, high, bounds),
            Shape::RightTriangle if at_an_end => Ok(right_triangle(value, low, high)),
            Shape::RightTriangle | Shape::Metalog(_) => Err(Unfit::NotAtAnEnd { value, low, high }),
        }
    }
}

/// What every range must satisfy.
fn check(value: f64, low: f64, high: f64, bounds: [f64; 2]) -> Result<(), Unfit> {
    if !(value.is_finite() && low.is_finite() && high.is_finite()) {
        return Err(Unfit::NotANumber);
    }
    if low > high {
        return Err(Unfit::Backwards { low, high });
    }
    if value < low || value > high {
        return Err(Unfit::ValueOutside { value, low, high });
    }
    if low < bounds[0] || high > bounds[1] {
        return Err(Unfit::BeyondBounds { low, high, bounds });
    }
    Ok(())
}

fn beta(low: f64, high: f64, mean: f64, a: f64, b: f64) -> Distribution {
    let width = high - low;
    let total = a + b;
    Distribution {
        form: Form::Beta { low, width, beta: Box::new(Beta::new(a, b)) },
        mean,
        standard_deviation: width * (a * b / (total * total * (total + 1.0))).sqrt(),
        bounds: [low, high],
    }
}

/// The peak, if it is in the range, give or take rounding; `parts` is how many parts the mean is made of (low, high, and the
/// rest the peak).
fn peak(shape: &Shape, mode: f64, value: f64, low: f64, high: f64, parts: f64) -> Result<f64, Unfit> {
    let slack = 1e-9 * (high - low);
    if mode < low - slack || mode > high + slack {
        let inset = (high - low) / parts;
        let fitting = [low + inset, high - inset];
        return Err(Unfit::PeakOutside { shape: shape.name(), value, low, high, mode, fitting });
    }
    Ok(mode.clamp(low, high))
}

fn triangle(low: f64, mode: f64, high: f64, mean: f64) -> Distribution {
    let (left, right, width) = (mode - low, high - mode, high - low);
    Distribution {
        form: Form::Triangular { low, mode, high },
        mean,
        standard_deviation: ((width * width - left * right) / 18.0).sqrt(),
        bounds: [low, high],
    }
}

fn right_triangle(value: f64, low: f64, high: f64) -> Distribution {
    triangle(low, value, high, (low + value + high) / 3.0)
}

fn uniform(value: f64, low: f64, high: f64) -> Result<Distribution, Unfit> {
    let (middle, width) = (0.5 * (low + high), high - low);
    if (value - middle).abs() > NEAR * width {
        return Err(Unfit::NotTheMiddle { value, low, high, middle });
    }
    Ok(Distribution {
        form: Form::Uniform { low, width },
        mean: middle,
        standard_deviation: width / 12.0_f64.sqrt(),
        bounds: [low, high],
    })
}

fn normal(value: f64, low: f64, high: f64, bounds: [f64; 2]) -> Result<Distribution, Unfit> {
    let sd = (high - low) / (2.0 * SCORE_95);
    let points = [value - SCORE_95 * sd, value + SCORE_95 * sd];
    as_stated(&Shape::Normal, value, low, high, points)?;
    let ends = bounds.map(|bound| (bound - value) / sd);
    let cut = cut_at(&Shape::Normal, ends, bounds)?;
    // The first two moments of a normal cut off at both ends.
    let kept = 1.0 - cut.share();
    let densities = ends.map(normal::density);
    let weighted = [0, 1].map(|k| if ends[k].is_finite() { ends[k] * densities[k] } else { 0.0 });
    let shift = (densities[0] - densities[1]) / kept;
    let spread = 1.0 + (weighted[0] - weighted[1]) / kept - shift * shift;
    Ok(Distribution {
        form: Form::Normal { mean: value, standard_deviation: sd, cut },
        mean: value + sd * shift,
        standard_deviation: sd * spread.sqrt(),
        bounds,
    })
}

fn lognormal(value: f64, low: f64, high: f64, bounds: [f64; 2]) -> Result<Distribution, Unfit> {
    if low <= 0.0 {
        return Err(Unfit::NotAboveZero { low });
    }
    let sd_of_log = libm::log(high / low) / (2.0 * SCORE_95);
    let mean_of_log = libm::log(value) - 0.5 * sd_of_log * sd_of_log;
    let points = [-SCORE_95, SCORE_95].map(|score| libm::exp(mean_of_log + sd_of_log * score));
    as_stated(&Shape::Lognormal, value, low, high, points)?;
    let bounds = [bounds[0].max(0.0), bounds[1]];
    let ends = bounds.map(|bound| (libm::log(bound) - mean_of_log) / sd_of_log);
    let cut = cut_at(&Shape::Lognormal, ends, bounds)?;
    // Moment k of a lognormal is that of the normal of its logarithm moved by k variances.
    let moment = |k: f64| {
        let moved = ends.map(|end| end - k * sd_of_log);
        let inside = 1.0 - normal::below(moved[0]) - normal::below(-moved[1]);
        libm::exp(k * mean_of_log + 0.5 * k * k * sd_of_log * sd_of_log) * inside / (1.0 - cut.share())
    };
    let mean = moment(1.0);
    Ok(Distribution {
        form: Form::Lognormal { mean_of_log, sd_of_log, cut },
        mean,
        standard_deviation: (moment(2.0) - mean * mean).max(0.0).sqrt(),
        bounds,
    })
}

/// Refuses a distribution whose 5% and 95% points are not the range, give or take rounding.
fn as_stated(shape: &Shape, value: f64, low: f64, high: f64, points: [f64; 2]) -> Result<(), Unfit> {
    let slack = ROUNDING * (high - low);
    if (points[0] - low).abs() > slack || (points[1] - high).abs() > slack {
        return Err(Unfit::Lopsided { shape: shape.name(), value, low, high, points });
    }
    Ok(())
}

/// What is cut off beyond these scores, unless it is too much.
fn cut_at(shape: &Shape, ends: [f64; 2], bounds: [f64; 2]) -> Result<Cut, Unfit> {
    allowed(shape, Cut { below: normal::below(ends[0]), above: normal::below(-ends[1]) }, bounds)
}

fn allowed(shape: &Shape, cut: Cut, bounds: [f64; 2]) -> Result<Cut, Unfit> {
    if cut.share() > MOST_CUT {
        return Err(Unfit::CutOff { shape: shape.name(), share: cut.share(), bounds });
    }
    Ok(cut)
}

fn metalog(points: &[(f64, f64)], value: f64, bounds: [f64; 2]) -> Result<Distribution, Unfit> {
    if !value.is_finite() || points.iter().any(|(chance, at)| !chance.is_finite() || !at.is_finite()) {
        return Err(Unfit::NotANumber);
    }
    if !(3..=MOST_POINTS).contains(&points.len()) {
        return Err(Unfit::Quantiles { count: points.len() });
    }
    let mut before = (0.0, f64::NEG_INFINITY);
    for &(chance, value) in points {
        if chance <= before.0 || chance >= 1.0 || value <= before.1 {
            return Err(Unfit::OutOfOrder { chance, value });
        }
        before = (chance, value);
    }
    let metalog = Metalog::through(points).map_err(|chance| Unfit::TurnsBack { chance })?;
    let cut = Cut { below: metalog.below(bounds[0]), above: 1.0 - metalog.below(bounds[1]) };
    let shape = Shape::Metalog(Vec::new());
    let cut = allowed(&shape, cut, bounds)?;
    let width = metalog.quantile(0.9, 0.1) - metalog.quantile(0.1, 0.9);
    let mut distribution =
        Distribution { form: Form::Metalog { metalog, cut }, mean: 0.0, standard_deviation: 0.0, bounds };
    let (mean, standard_deviation) = moments(|score| distribution.at(score));
    if (mean - value).abs() > NEAR * width {
        return Err(Unfit::OtherMean { value, mean });
    }
    distribution.mean = mean;
    distribution.standard_deviation = standard_deviation;
    Ok(distribution)
}

/// The mean and standard deviation of a function of a standard normal score, by the trapezium rule, which is exact to all
/// digits for an integrand that is smooth and vanishes at both ends.
fn moments(at: impl Fn(f64) -> f64) -> (f64, f64) {
    let nodes = || (-272..=272).map(|k| f64::from(k) / 32.0).map(|score| (normal::density(score) / 32.0, at(score)));
    let mean = nodes().map(|(weight, value)| weight * value).sum::<f64>();
    let variance = nodes().map(|(weight, value)| weight * (value - mean) * (value - mean)).sum::<f64>();
    (mean, variance.sqrt())
}
