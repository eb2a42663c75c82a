//! What would be gained by knowing an assumption, from draws that are there already.
//!
//! The mean of a result given an assumption is a curve through the draws: a regression on the assumption's score (Strong, Oakley
//! and Brennan, Medical Decision Making 34, 2014, do this for the value of information). The curve is a natural cubic spline for
//! one list of scores, and a polynomial for several. It needs no run of the model, and holds whether assumptions are correlated
//! or not: what is learned about one tells of those it moves with.

use nalgebra::{DMatrix, DVector};

use super::blocks::{BLOCKS, jackknife};
use super::{Unanswerable, mean};
use crate::dependence::inverse;
use crate::summary::{Estimate, quantile};

/// The most terms of a regression for each draw: one in eight.
const DRAWS_PER_TERM: usize = 8;

/// How much less uncertain a result would be, were something known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learned {
    /// The share of the variance that would be gone, on average over what may be learned. Corrected for overfitting, so that
    /// it is about 0, and as often just below, where there is nothing to learn.
    pub variance_share: Estimate,
    /// By how much of itself the interval that holds four draws in five would shrink: 0.3 when from 100 wide to 70.
    pub interval_80_shrinks: Estimate,
}

/// What would be learned about `result` (one number a draw) from knowing `known`: the scores of one assumption, of a few, or
/// of a few years of a path, each with one number a draw.
///
/// # Errors
///
/// [`Unanswerable`], if there are fewer than 64 draws, or than 8 for each list of scores, or the numbers of draws differ.
pub fn learn(known: &[&[f64]], result: &[f64]) -> Result<Learned, Unanswerable> {
    let regression = Regression::new(known, result)?;
    let full = regression.coefficients(None);
    let share = |without: Option<usize>, coefficients: &DVector<f64>| {
        let sums = regression.sums(without);
        let (spread, left) = sums.spread_and_left(coefficients);
        if spread > 0.0 { 1.0 - left / spread } else { 0.0 }
    };
    let shares = std::array::from_fn(|block| share(Some(block), &regression.coefficients(Some(block))));
    let fitted = regression.fitted(&full);
    let left: Vec<f64> = result.iter().zip(&fitted).map(|(result, fitted)| result - fitted).collect();
    let terms = regression.terms() as f64;
    let shrinks = |without: Option<usize>| {
        let (before, after) = (width_80(result, without), width_80(&left, without));
        let count = result.len() as f64;
        // What is left after a regression is too small by the terms that were fitted.
        let corrected = after * ((count - 1.0) / (count - terms)).sqrt();
        if before > 0.0 { 1.0 - corrected / before } else { 0.0 }
    };
    Ok(Learned {
        variance_share: Estimate { value: share(None, &full), error: jackknife(&shares) },
        interval_80_shrinks: Estimate {
            value: shrinks(None),
            error: jackknife(&std::array::from_fn(|block| shrinks(Some(block)))),
        },
    })
}

/// What knowing `known` before choosing would be worth, when the option with the highest worth is chosen: the expected value
/// of partial perfect information. `options` has one list for each option, with its worth in each draw.
///
/// # Errors
///
/// [`Unanswerable`], as for [`learn`].
pub fn value_of_learning(known: &[&[f64]], options: &[&[f64]]) -> Result<Estimate, Unanswerable> {
    let mut fitted = Vec::with_capacity(options.len());
    for option in options {
        let regression = Regression::new(known, option)?;
        fitted.push(regression.fitted(&regression.coefficients(None)));
    }
    let draws = fitted.first().map_or(0, Vec::len);
    let worth = |without: Option<usize>| {
        let kept = || (0..draws).filter(move |draw| Some(draw % BLOCKS) != without);
        let count = kept().count().max(1) as f64;
        let best = |draw: usize| fitted.iter().map(|fitted| fitted[draw]).fold(f64::NEG_INFINITY, f64::max);
        let knowing = kept().map(best).sum::<f64>() / count;
        let not_knowing = fitted.iter().map(|fitted| kept().map(|draw| fitted[draw]).sum::<f64>() / count);
        if draws == 0 { 0.0 } else { knowing - not_knowing.fold(f64::NEG_INFINITY, f64::max) }
    };
    Ok(Estimate { value: worth(None), error: jackknife(&std::array::from_fn(|block| worth(Some(block)))) })
}

/// A regression of a result on polynomials of scores, kept as sums over parts of the draws.
struct Regression {
    design: DMatrix<f64>,
    centre: f64,
    blocks: Vec<Sums>,
}

/// The sums that a regression is made from.
#[derive(Clone)]
struct Sums {
    count: f64,
    products: DMatrix<f64>,
    with_result: DVector<f64>,
    result: f64,
    squares: f64,
}

impl Regression {
    fn new(known: &[&[f64]], result: &[f64]) -> Result<Self, Unanswerable> {
        let (draws, least) = (result.len(), (4 * BLOCKS).max(DRAWS_PER_TERM * (known.len() + 1)));
        if draws < least {
            return Err(Unanswerable::TooFew { draws, least });
        }
        if let Some(other) = known.iter().find(|scores| scores.len() != draws) {
            return Err(Unanswerable::Answers { found: draws, wanted: other.len() });
        }
        let design = if let [scores] = known {
            DMatrix::from_fn(draws, KNOTS.len(), |draw, term| spline(term, scores[draw]))
        } else {
            let powers = powers(known.len(), draws / DRAWS_PER_TERM);
            DMatrix::from_fn(draws, powers.len(), |draw, term| {
                powers[term].iter().zip(known).map(|(power, scores)| hermite(*power, scores[draw])).product()
            })
        };
        let centre = mean(result);
        let blocks = (0..BLOCKS)
            .map(|block| {
                let rows: Vec<usize> = (block..draws).step_by(BLOCKS).collect();
                let design = design.select_rows(&rows);
                let result = DVector::from_iterator(rows.len(), rows.iter().map(|row| result[*row] - centre));
                Sums {
                    count: rows.len() as f64,
                    products: design.tr_mul(&design),
                    with_result: design.tr_mul(&result),
                    result: result.sum(),
                    squares: result.norm_squared(),
                }
            })
            .collect();
        Ok(Self { design, centre, blocks })
    }

    fn terms(&self) -> usize {
        self.design.ncols()
    }

    /// The sums over all draws, or over all but one part.
    fn sums(&self, without: Option<usize>) -> Sums {
        let terms = self.terms();
        let mut sums = Sums {
            count: 0.0,
            products: DMatrix::zeros(terms, terms),
            with_result: DVector::zeros(terms),
            result: 0.0,
            squares: 0.0,
        };
        for (_, block) in self.blocks.iter().enumerate().filter(|(block, _)| Some(*block) != without) {
            sums.count += block.count;
            sums.products += &block.products;
            sums.with_result += &block.with_result;
            sums.result += block.result;
            sums.squares += block.squares;
        }
        sums
    }

    fn coefficients(&self, without: Option<usize>) -> DVector<f64> {
        let sums = self.sums(without);
        inverse(sums.products / sums.count) * (sums.with_result / sums.count)
    }

    fn fitted(&self, coefficients: &DVector<f64>) -> Vec<f64> {
        (&self.design * coefficients).iter().map(|fitted| fitted + self.centre).collect()
    }
}

impl Sums {
    /// The variance of the result, and of what a regression leaves of it, each free of bias.
    fn spread_and_left(&self, coefficients: &DVector<f64>) -> (f64, f64) {
        let spread = (self.squares - self.result * self.result / self.count) / (self.count - 1.0);
        let left = self.squares - coefficients.dot(&self.with_result);
        (spread, left / (self.count - coefficients.len() as f64))
    }
}

/// The powers of each score in each term of a regression, the constant first. Fewer scores get higher powers; none has more
/// terms than `most`, unless each score by itself takes more.
fn powers(scores: usize, most: usize) -> Vec<Vec<usize>> {
    let highest = match scores {
        0..=2 => 4,
        3 => 3,
        4..=6 => 2,
        _ => 1,
    };
    let of = |highest: usize| {
        let mut terms = vec![vec![]];
        for _ in 0..scores {
            terms = terms
                .into_iter()
                .flat_map(|term: Vec<usize>| {
                    let left = highest - term.iter().sum::<usize>();
                    (0..=left).map(move |power| term.iter().copied().chain([power]).collect())
                })
                .collect();
        }
        terms
    };
    (1..=highest).rev().map(of).find(|terms| terms.len() <= most).unwrap_or_else(|| of(1))
}

/// Where the pieces of the spline meet. Beyond the outer two it is a straight line.
const KNOTS: [f64; 7] = [-2.0, -1.25, -0.6, 0.0, 0.6, 1.25, 2.0];

/// The terms of a natural cubic spline: a constant, the score, and one for each knot but two (Hastie, Tibshirani and Friedman,
/// The Elements of Statistical Learning, section 5.2.1).
fn spline(term: usize, score: f64) -> f64 {
    let above = |knot: f64| (score - knot).max(0.0);
    let cube = |knot: f64| above(knot) * above(knot) * above(knot);
    let last = KNOTS[KNOTS.len() - 1];
    let bend = |k: usize| (cube(KNOTS[k]) - cube(last)) / (last - KNOTS[k]);
    match term {
        0 => 1.0,
        1 => score,
        _ => bend(term - 2) - bend(KNOTS.len() - 2),
    }
}

/// Hermite's polynomials, of length 1 and at right angles to each other for a standard normal score.
fn hermite(power: usize, score: f64) -> f64 {
    let (mut before, mut here) = (0.0, 1.0);
    for k in 0..power {
        let next = (score * here - (k as f64).sqrt() * before) / ((k + 1) as f64).sqrt();
        before = here;
        here = next;
    }
    here
}

fn width_80(values: &[f64], without: Option<usize>) -> f64 {
    let kept = values.iter().enumerate().filter(|(draw, _)| Some(draw % BLOCKS) != without);
    let mut sorted: Vec<f64> = kept.map(|(_, value)| *value).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile(&sorted, 0.9) - quantile(&sorted, 0.1)
}
