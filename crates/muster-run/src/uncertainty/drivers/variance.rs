//! How the variance of the results is divided between families of assumptions.

use std::cell::RefCell;

use muster_book::Plan;
use muster_draws::drivers::{Model, Unanswerable, shapley_effects, sobol_indices};
use muster_draws::sampler::{REPLICATES, Sampler, Scores};
use serde::{Deserialize, Serialize};

use super::families::{Members, merged, plain};
use super::{Effort, Family, WithError, unanswerable};
use crate::run::RunError;
use crate::uncertainty::drawing::Drawing;

/// A family's share of the variance of a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyShare {
    /// Which.
    pub family: Family,
    /// What to call it.
    pub title: String,
    /// How many uncertain assumptions it has.
    pub assumptions: usize,
    /// Its share, from 0 to 1 but for error.
    pub share: WithError,
}

/// What a family, or several that are correlated, do to a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyIndex {
    /// Which.
    pub families: Vec<Family>,
    /// What to call them.
    pub title: String,
    /// How many uncertain assumptions they have.
    pub assumptions: usize,
    /// The share of the variance that they explain alone.
    pub alone: WithError,
    /// The share of the variance in which they have any part: what would be left if all else were known.
    pub any_part: WithError,
}

/// What each result's variance is made of, by result.
pub(super) struct Parts {
    pub(super) standard_deviations: Vec<f64>,
    pub(super) families: Vec<Vec<FamilyShare>>,
    pub(super) apart: Vec<Vec<FamilyIndex>>,
}

/// Up to so many families, their shares look at all sets of them.
const ALL_SETS: usize = 10;

pub(super) fn parts(plan: &Plan, drawing: &Drawing, sampler: &Sampler, effort: &Effort) -> Result<Parts, RunError> {
    let uncertain = plan.uncertain();
    let (families, joined) = (plain(&uncertain), merged(plain(&uncertain), sampler));
    let lists = |members: &[Members]| members.iter().map(|members| members.assumptions.clone()).collect::<Vec<_>>();

    let draws = draws_within(effort.index_futures, joined.len() + 2);
    let indices = asking(drawing, |model| sobol_indices(sampler, &lists(&joined), 0..draws, model))?;
    let runs =
        if families.len() <= ALL_SETS { 1 << families.len() } else { 2 * effort.family_orders.max(1) * families.len() };
    let draws = draws_within(effort.share_futures, runs);
    let effects =
        asking(drawing, |model| shapley_effects(sampler, &lists(&families), 0..draws, effort.family_orders, model))?;

    let index = |(members, index): (&Members, &muster_draws::drivers::Index)| FamilyIndex {
        families: members.families.clone(),
        title: members.families.iter().map(|family| family.title()).collect::<Vec<_>>().join("; "),
        assumptions: members.assumptions.len(),
        alone: index.first.into(),
        any_part: index.total.into(),
    };
    let share = |(members, share): (&Members, &muster_draws::summary::Estimate)| FamilyShare {
        family: members.families[0],
        title: members.families[0].title().to_owned(),
        assumptions: members.assumptions.len(),
        share: (*share).into(),
    };
    let mut parts = Parts {
        standard_deviations: indices.iter().map(|indices| indices.variance.sqrt()).collect(),
        families: effects.iter().map(|effects| families.iter().zip(&effects.shares).map(share).collect()).collect(),
        apart: indices.iter().map(|indices| joined.iter().zip(&indices.families).map(index).collect()).collect(),
    };
    // Sorting keeps the order of families where they are alike.
    for families in &mut parts.families {
        families.sort_by(|a, b| b.share.value.total_cmp(&a.share.value));
    }
    for apart in &mut parts.apart {
        apart.sort_by(|a, b| b.any_part.value.total_cmp(&a.any_part.value));
    }
    Ok(parts)
}

/// Asks a question of the scenario's results. What goes wrong while projecting comes first.
fn asking<T>(drawing: &Drawing, question: impl FnOnce(&Model) -> Result<T, Unanswerable>) -> Result<T, RunError> {
    let failed = RefCell::new(None);
    let model = |scores: &Scores| {
        drawing.of_scores(scores).unwrap_or_else(|error| {
            failed.borrow_mut().get_or_insert(error);
            vec![vec![f64::NAN; scores.len()]; 2]
        })
    };
    let answer = question(&model);
    match failed.take() {
        Some(error) => Err(error),
        None => answer.map_err(|why| unanswerable(&why)),
    }
}

/// How many draws to take for so many runs within so many futures: sixteen times a power of 2, which suits Sobol numbers.
fn draws_within(futures: usize, runs: usize) -> u64 {
    let each = (futures / runs.max(1)) as u64 / REPLICATES;
    REPLICATES * (1 << each.max(2).ilog2())
}
