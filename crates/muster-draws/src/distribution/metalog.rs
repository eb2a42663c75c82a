//! The metalog distribution: a quantile function fitted exactly to elicited quantiles.
//!
//! Keelin's metalog (Decision Analysis 13, 2016), unbounded, with as many terms as there are quantiles. Its tails are
//! exponential. Not every set of quantiles has one: the curve through them may turn back, and is then refused.

use nalgebra::{DMatrix, DVector};

/// The most quantiles that may be given. With more the curve wriggles between them.
pub(super) const MOST_POINTS: usize = 10;

/// A metalog quantile function.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Metalog {
    /// By power of p − 1/2: what multiplies ln(p / (1 − p)).
    logit: Vec<f64>,
    /// By power of p − 1/2: the rest.
    plain: Vec<f64>,
}

impl Metalog {
    /// The metalog through these points (chance, value), whose chances increase strictly between 0 and 1; `None` if the
    /// quantile function would not increase, with the chance near which it fails.
    pub(super) fn through(points: &[(f64, f64)]) -> Result<Self, f64> {
        let terms = points.len();
        let matrix = DMatrix::from_fn(terms, terms, |row, term| basis(term, points[row].0));
        let values = DVector::from_iterator(terms, points.iter().map(|point| point.1));
        let solved = matrix.lu().solve(&values).ok_or(0.5)?;
        let mut metalog = Self { logit: Vec::new(), plain: Vec::new() };
        for (term, coefficient) in solved.iter().enumerate() {
            if in_logit(term) { metalog.logit.push(*coefficient) } else { metalog.plain.push(*coefficient) }
        }
        metalog.turns_back().map_or(Ok(metalog), Err)
    }

    /// The value below which the chance is `p`, where `above` is 1 − p.
    pub(super) fn quantile(&self, p: f64, above: f64) -> f64 {
        let middle = 0.5 * (p - above);
        polynomial(&self.logit, middle) * (libm::log(p) - libm::log(above)) + polynomial(&self.plain, middle)
    }

    /// The chance of a value below `value`, by bisection of the quantile function on the scale of ln(p / (1 − p)).
    pub(super) fn below(&self, value: f64) -> f64 {
        if value == f64::NEG_INFINITY {
            return 0.0;
        }
        if value == f64::INFINITY {
            return 1.0;
        }
        let chances = |y: f64| (1.0 / (1.0 + libm::exp(-y)), 1.0 / (1.0 + libm::exp(y)));
        let (mut low, mut high) = (-700.0_f64, 700.0_f64);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            let (p, above) = chances(middle);
            if self.quantile(p, above) < value { low = middle } else { high = middle }
        }
        chances(0.5 * (low + high)).0
    }

    /// A chance at which the quantile function does not increase, if there is one: looked for on a fine grid from one in
    /// 10^13 to as near 1, beyond which the logit terms decide.
    fn turns_back(&self) -> Option<f64> {
        (-3000..=3000).map(|k| 1.0 / (1.0 + libm::exp(-f64::from(k) / 100.0))).find(|&p| {
            let spread = p * (1.0 - p);
            let middle = p - 0.5;
            let slope = polynomial(&self.logit, middle)
                + spread
                    * (polynomial(&derivative(&self.logit), middle) * (libm::log(p) - libm::log1p(-p))
                        + polynomial(&derivative(&self.plain), middle));
            slope <= 0.0
        })
    }
}

/// Whether a term multiplies ln(p / (1 − p)): in Keelin's order the second and third do, then one of each two.
fn in_logit(term: usize) -> bool {
    match term {
        0 | 3 => false,
        1 | 2 => true,
        _ => term % 2 == 1,
    }
}

/// The value of one term at a chance.
fn basis(term: usize, p: f64) -> f64 {
    let power = match term {
        0 | 1 => 0,
        2 | 3 => 1,
        _ => i32::try_from(term / 2).unwrap_or(i32::MAX),
    };
    let middle = (0..power).fold(1.0, |product, _| product * (p - 0.5));
    if in_logit(term) { middle * (libm::log(p) - libm::log1p(-p)) } else { middle }
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

fn derivative(coefficients: &[f64]) -> Vec<f64> {
    coefficients.iter().enumerate().skip(1).map(|(power, c)| power as f64 * c).collect()
}
