//! Why a value and its range have no distribution of the shape asked for.

use thiserror::Error;

/// A refusal: the cause with its numbers, and what to write instead.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Unfit {
    /// A number is missing or infinite.
    #[error("the value or an end of its range is not a number; write all three as plain numbers")]
    NotANumber,
    /// The ends of the range are the wrong way round.
    #[error("the range runs from {} to {}, which is backwards; write the lower end first", plain(*low), plain(*high))]
    Backwards {
        /// The end written first.
        low: f64,
        /// The end written second.
        high: f64,
    },
    /// The value is not inside its own range.
    #[error("the value {} lies outside its range, {} to {}; widen the range or correct the value", plain(*value), plain(*low), plain(*high))]
    ValueOutside {
        /// The value.
        value: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// The range leaves the bounds of what is measured.
    #[error("the range, {} to {}, goes beyond what this can be, {} to {}; narrow the range", plain(*low), plain(*high), plain(bounds[0]), plain(bounds[1]))]
    BeyondBounds {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
        /// The bounds of the measure.
        bounds: [f64; 2],
    },
    /// The value is an end of the range, and this shape needs it inside.
    #[error("the value {} is an end of its range, {} to {}, and a {shape} with its mean there would have no spread; leave the distribution out (a right triangle is then used, whose mean is {}) or widen the range beyond the value", plain(*value), plain(*low), plain(*high), plain(*triangle_mean))]
    AtAnEnd {
        /// The shape asked for.
        shape: &'static str,
        /// The value.
        value: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
        /// The mean that a right triangle would have.
        triangle_mean: f64,
    },
    /// A right triangle was asked for and the value is inside the range.
    #[error("a right triangle has its peak at one end of the range, and the value {} is inside {} to {}; leave the distribution out, so that the mean is the value", plain(*value), plain(*low), plain(*high))]
    NotAtAnEnd {
        /// The value.
        value: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// A triangle or PERT with this mean would peak outside the range.
    #[error("for its mean to be {}, a {shape} distribution on {} to {} would need its peak at {}, outside the range; the value must lie between {} and {}, or leave the distribution out (a beta fits any value inside the range)", plain(*value), plain(*low), plain(*high), plain(*mode), plain(fitting[0]), plain(fitting[1]))]
    PeakOutside {
        /// The shape asked for.
        shape: &'static str,
        /// The value.
        value: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
        /// The peak it would need.
        mode: f64,
        /// The lowest and highest values that fit this range.
        fitting: [f64; 2],
    },
    /// A uniform distribution whose middle is not the value.
    #[error("the mean of a uniform distribution on {} to {} is {}, and the value is {}; write that middle as the value, or leave the distribution out (a beta keeps any mean)", plain(*low), plain(*high), plain(*middle), plain(*value))]
    NotTheMiddle {
        /// The value.
        value: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
        /// The middle of the range.
        middle: f64,
    },
    /// A normal or lognormal with this mean cannot have the range as its 5% and 95% points.
    #[error("a {shape} distribution with mean {} that is as wide as {} to {} has its 5% and 95% points at {} and {}; write those as the range, or leave the distribution out (a beta keeps both the mean and the range)", plain(*value), plain(*low), plain(*high), plain(points[0]), plain(points[1]))]
    Lopsided {
        /// The shape asked for.
        shape: &'static str,
        /// The value.
        value: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
        /// The 5% and 95% points that the distribution would have.
        points: [f64; 2],
    },
    /// A lognormal needs numbers above zero.
    #[error("a lognormal distribution is above zero, and the range begins at {}; begin it above zero, or choose a beta", plain(*low))]
    NotAboveZero {
        /// The lower end.
        low: f64,
    },
    /// Too much of the distribution lies beyond what the measure can be.
    #[error("{} in 1,000 of this {shape} distribution would lie beyond what this can be, {} to {}, and at most 1 in 1,000 may be cut off; narrow the range, or choose a beta, which stays inside its range", plain(1000.0 * share), plain(bounds[0]), plain(bounds[1]))]
    CutOff {
        /// The shape asked for.
        shape: &'static str,
        /// The share that would be cut off.
        share: f64,
        /// The bounds of the measure.
        bounds: [f64; 2],
    },
    /// Too few or too many elicited quantiles.
    #[error("a metalog needs 3 to 10 quantiles, and {count} were given; three are usual: the 10%, 50% and 90% points")]
    Quantiles {
        /// How many were given.
        count: usize,
    },
    /// The elicited quantiles are not in order.
    #[error("the quantiles must rise together, with chances between 0 and 1, and {} at {} does not follow what is before it; put them in order", plain(*value), plain(*chance))]
    OutOfOrder {
        /// The chance of the first one out of order.
        chance: f64,
        /// Its value.
        value: f64,
    },
    /// The curve through the quantiles turns back.
    #[error("no metalog goes through these quantiles: its curve would turn back near the {}% point; give fewer quantiles, or move the outer ones closer to the middle", plain(100.0 * chance))]
    TurnsBack {
        /// The chance near which the curve falls.
        chance: f64,
    },
    /// The quantiles imply another mean than the value.
    #[error("the quantiles given imply a mean of {}, and the value is {}; write {} as the value, or change the quantiles", plain(*mean), plain(*value), plain(*mean))]
    OtherMean {
        /// The value in the book.
        value: f64,
        /// The mean that the quantiles imply.
        mean: f64,
    },
}

/// A number to six significant figures, without trailing zeros, as a person would write it.
fn plain(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return match number {
            f64::INFINITY => "any size".to_owned(),
            f64::NEG_INFINITY => "minus any size".to_owned(),
            _ => format!("{number}"),
        };
    }
    let places = (5 - libm::log10(number.abs()).floor() as i32).clamp(0, 17) as usize;
    let text = format!("{number:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
