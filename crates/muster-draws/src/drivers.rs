//! What drives a result.
//!
//! | question | function | holds when assumptions are correlated? |
//! |---|---|---|
//! | How much of the variance is due to each group of assumptions, alone and with others? | [`sobol_indices`] | only within groups |
//! | How much of it would be gone if one were known? | [`learn`] | yes |
//! | What would knowing it be worth to a choice between options? | [`value_of_learning`] | yes |
//! | How is the variance shared between groups, so that the shares add up? | [`shapley_effects`] | yes |
//! | How is a result shared between actions, so that the shares add up? | [`share_out`] | not random |
//!
//! A model is a function from scores to results: from the scores of some draws, one list for each result with a number for
//! each draw. It is called with many draws at once, so the caller may run them in parallel.
//!
//! Errors come from dividing the draws into the sixteen scramblings (or as many parts of random draws) and leaving each out in
//! turn: a jackknife, which is right for both methods.

mod blocks;
mod effects;
mod indices;
mod learning;
mod sharing;

use thiserror::Error;

pub use effects::{Effects, shapley_effects};
pub use indices::{Index, Indices, sobol_indices};
pub use learning::{Learned, learn, value_of_learning};
pub use sharing::{Share, Shares, Worth, share_out};

use crate::sampler::{Sampler, Scores};

/// From the scores of some draws to results: a list for each result, with a number for each draw.
pub type Model<'a> = dyn Fn(&Scores) -> Vec<Vec<f64>> + 'a;

/// Why a question cannot be answered.
#[derive(Clone, Debug, PartialEq, Error)]
#[allow(missing_docs, reason = "the message says what each is")]
pub enum Unanswerable {
    /// The families do not divide up the variables.
    #[error("{name} is in {count} families of assumptions; each must be in exactly one")]
    NotDividedUp { name: String, count: usize },
    /// Correlated variables are in different families.
    #[error(
        "{first} and {second} are correlated and are in different families, so Sobol indices do not divide the variance between them; put both in one family, or use Shapley effects"
    )]
    Correlated { first: String, second: String },
    /// The model gave another number of results than there are draws.
    #[error("the model answered {found} of {wanted} draws; it must answer each")]
    Answers { found: usize, wanted: usize },
    /// Too few draws for errors to be found.
    #[error("{draws} draws are too few to say what drives a result; use at least {least}")]
    TooFew { draws: usize, least: usize },
}

/// Checks that each variable is in one family.
fn divided_up(sampler: &Sampler, families: &[Vec<usize>]) -> Result<(), Unanswerable> {
    for (k, variable) in sampler.variables().iter().enumerate() {
        let count = families.iter().flatten().filter(|member| **member == k).count();
        if count != 1 {
            return Err(Unanswerable::NotDividedUp { name: variable.name.clone(), count });
        }
    }
    Ok(())
}

/// The model's answers, checked.
fn answers(model: &Model, scores: &Scores) -> Result<Vec<Vec<f64>>, Unanswerable> {
    let wanted = scores.len();
    let results = model(scores);
    match results.iter().map(Vec::len).find(|found| *found != wanted) {
        Some(found) => Err(Unanswerable::Answers { found, wanted }),
        None => Ok(results),
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
