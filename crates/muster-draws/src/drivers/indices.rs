//! Sobol indices of independent families of assumptions, by pick and freeze.
//!
//! Each draw is made twice. A family's index is read from what changes when that family alone is taken from the second draw.
//! The estimators are those that Saltelli and others recommend (Computer Physics Communications 181, 2010): theirs for the
//! first-order index, Jansen's for the total.

use std::ops::Range;

use super::blocks::{BLOCKS, Blocks};
use super::{Model, Unanswerable, answers, divided_up, mean};
use crate::sampler::Sampler;
use crate::summary::Estimate;

/// What one family does to a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// The share of the variance that the family explains alone.
    pub first: Estimate,
    /// The share of the variance in which it has any part: what would be left if all else were known.
    pub total: Estimate,
}

/// What each family does to one result.
#[derive(Clone, Debug, PartialEq)]
pub struct Indices {
    /// The variance of the result.
    pub variance: f64,
    /// One index for each family, in order. All are 0 if the result does not vary.
    pub families: Vec<Index>,
}

/// The Sobol indices of each family of variables (places in the sampler's list), one answer for each result of the model,
/// which is run 2 + families times over these draws. The first run is of the sampler's own draws.
///
/// # Errors
///
/// [`Unanswerable`], if the families do not divide up the variables, variables of two families are correlated, or there are
/// fewer than 32 draws.
pub fn sobol_indices(
    sampler: &Sampler,
    families: &[Vec<usize>],
    draws: Range<u64>,
    model: &Model,
) -> Result<Vec<Indices>, Unanswerable> {
    divided_up(sampler, families)?;
    independent(sampler, families)?;
    let first_draw = draws.start;
    let mut once = sampler.twice().independent(&draws);
    let mut again = once.split_off(once.len() / 2);
    sampler.correlate(&mut once);
    sampler.correlate(&mut again);
    let run = |columns: Vec<Vec<f64>>| answers(model, &sampler.follow_paths(first_draw, columns));
    let results_once = run(once.clone())?;
    let results_again = run(again.clone())?;
    let count = results_once.first().map_or(2 * BLOCKS, Vec::len);
    if count < 2 * BLOCKS {
        return Err(Unanswerable::TooFew { draws: count, least: 2 * BLOCKS });
    }
    let mut indices: Vec<Indices> = results_once
        .iter()
        .zip(&results_again)
        .map(|(once, again)| Indices { variance: variance_of_both(once, again), families: Vec::new() })
        .collect();
    for family in families {
        let mut mixed = once.clone();
        for place in family.iter().flat_map(|&variable| sampler.columns_of(variable)) {
            mixed[place].clone_from(&again[place]);
        }
        for (k, mixed) in run(mixed)?.iter().enumerate() {
            indices[k].families.push(index(&results_once[k], &results_again[k], mixed));
        }
    }
    Ok(indices)
}

/// One family's index, from the results of the first draws, of the second, and of the first with the family from the second.
fn index(once: &[f64], again: &[f64], mixed: &[f64]) -> Index {
    let centre = mean(once);
    let blocks = Blocks::of(once.len(), |draw| {
        let (a, b, c) = (once[draw] - centre, again[draw] - centre, mixed[draw] - centre);
        [1.0, a, a * a, b, b * b, c - a, b * (c - a), (c - a) * (c - a)]
    });
    let variance = |s: &[f64; 8]| {
        let mean = (s[1] + s[3]) / (2.0 * s[0]);
        (s[2] + s[4]) / (2.0 * s[0]) - mean * mean
    };
    let share = |part: f64, s: &[f64; 8]| if variance(s) > 0.0 { part / variance(s) } else { 0.0 };
    Index {
        first: blocks.estimate(|s| share(s[6] / s[0] - (s[3] / s[0]) * (s[5] / s[0]), s)),
        total: blocks.estimate(|s| share(s[7] / (2.0 * s[0]), s)),
    }
}

fn variance_of_both(once: &[f64], again: &[f64]) -> f64 {
    let centre = 0.5 * (mean(once) + mean(again));
    once.iter().chain(again).map(|value| (value - centre) * (value - centre)).sum::<f64>()
        / (once.len() + again.len()) as f64
}

fn independent(sampler: &Sampler, families: &[Vec<usize>]) -> Result<(), Unanswerable> {
    let family = |member: usize| families.iter().position(|family| family.contains(&member));
    let name = |member: usize| sampler.variables()[member].name.clone();
    for group in sampler.groups() {
        for (i, &first) in group.members.iter().enumerate() {
            for (j, &second) in group.members.iter().enumerate().take(i) {
                if family(first) != family(second) && group.correlation.between(i, j) != 0.0 {
                    return Err(Unanswerable::Correlated { first: name(second), second: name(first) });
                }
            }
        }
    }
    Ok(())
}
