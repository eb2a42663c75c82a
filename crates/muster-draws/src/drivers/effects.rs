//! Shapley effects: the variance of a result shared between families of assumptions, correlated or not.
//!
//! The worth of a set of families is the variance of the mean of the result given them. Each family's share is what it adds to
//! that, averaged over the orders in which families may be learned (Song, Nelson and Staum, SIAM/ASA Journal on Uncertainty
//! Quantification 4, 2016). Shares add up to the variance, and none is negative but for Monte Carlo error.
//!
//! Their nested loop is replaced by pick and freeze: the worth of a set is the covariance of two results whose draws agree in
//! that set and otherwise know nothing of each other. The rest is drawn again given the set, year by year, from the conditional
//! normal distribution.

use std::collections::BTreeSet;
use std::ops::Range;

use super::blocks::{BLOCKS, Blocks};
use super::sharing::{EXACT_PLAYERS, orders, sets, weight};
use super::{Model, Unanswerable, answers, divided_up, mean};
use crate::sampler::{Sampler, Scores};
use crate::stream::Stream;
use crate::summary::Estimate;

/// How the variance of one result is shared between families.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    /// The variance of the result.
    pub variance: f64,
    /// Each family's share of it, between 0 and 1 but for error. They add up to 1; all are 0 if the result does not vary.
    pub shares: Vec<Estimate>,
}

/// The Shapley effects of each family of variables, one answer for each result of the model.
///
/// With at most ten families all sets of them are looked at, and the model is run as many times as there are sets: 2 to the
/// number of families. With more, `pairs` orders are drawn, each with its reverse, and the model is run about
/// 2 × `pairs` × families times.
///
/// # Errors
///
/// [`Unanswerable`], if the families do not divide up the variables or there are fewer than 32 draws.
pub fn shapley_effects(
    sampler: &Sampler,
    families: &[Vec<usize>],
    draws: Range<u64>,
    pairs: usize,
    model: &Model,
) -> Result<Vec<Effects>, Unanswerable> {
    divided_up(sampler, families)?;
    let again = Again::new(sampler, &draws);
    let results = answers(model, &sampler.follow_paths(draws.start, again.once.clone()))?;
    let count = results.first().map_or(2 * BLOCKS, Vec::len);
    if count < 2 * BLOCKS {
        return Err(Unanswerable::TooFew { draws: count, least: 2 * BLOCKS });
    }
    // What each family adds to the result of a second draw that shares ever more families with the first, averaged over
    // orders. It is kept draw by draw, so that one jackknife gives the errors of all.
    let mut added = vec![vec![vec![0.0; count]; families.len()]; results.len()];
    for (known, weights) in weighted_sets(sampler, families.len(), pairs) {
        if !known.contains(&true) {
            continue; // Two draws that share nothing have no covariance: that is known, and needs no run.
        }
        let seconds =
            if known.contains(&false) { answers(model, &again.given(families, &known))? } else { results.clone() };
        for (added, seconds) in added.iter_mut().zip(&seconds) {
            for (added, weight) in added.iter_mut().zip(&weights).filter(|(_, weight)| **weight != 0.0) {
                added.iter_mut().zip(seconds).for_each(|(added, second)| *added += weight * second);
            }
        }
    }
    Ok(results.iter().zip(&added).map(|(result, added)| shares(result, added)).collect())
}

/// The sets of families to look at, each with what its worth counts towards each family's share.
fn weighted_sets(sampler: &Sampler, families: usize, pairs: usize) -> Vec<(Vec<bool>, Vec<f64>)> {
    if families <= EXACT_PLAYERS {
        return sets(families)
            .map(|known| {
                let weights = (0..families).map(|family| weight(&known, family)).collect();
                (known, weights)
            })
            .collect();
    }
    let stream = Stream::named(sampler.seed(), "orders of families");
    let orders = orders(families, pairs, &stream);
    let each = 1.0 / orders.len() as f64;
    let mut sets = Vec::new();
    for order in orders {
        let mut known = vec![false; families];
        for (place, &family) in order.iter().enumerate() {
            let mut weights = vec![0.0; families];
            weights[family] = -each;
            if place > 0 {
                weights[order[place - 1]] = each;
            }
            sets.push((known.clone(), weights));
            known[family] = true;
        }
        let mut weights = vec![0.0; families];
        order.last().iter().for_each(|family| weights[**family] = each);
        sets.push((known, weights));
    }
    sets
}

fn shares(result: &[f64], added: &[Vec<f64>]) -> Effects {
    let centre = mean(result);
    let covariance = |added: &[f64]| {
        Blocks::of(result.len(), |draw| {
            let apart = result[draw] - centre;
            [1.0, apart, apart * apart, added[draw], apart * added[draw]]
        })
    };
    let variance = |s: &[f64; 5]| s[2] / s[0] - (s[1] / s[0]) * (s[1] / s[0]);
    let share = |added: &Vec<f64>| {
        covariance(added).estimate(|s| {
            let variance = variance(s);
            if variance > 0.0 { (s[4] / s[0] - (s[1] / s[0]) * (s[3] / s[0])) / variance } else { 0.0 }
        })
    };
    Effects { variance: covariance(result).estimate(variance).value, shares: added.iter().map(share).collect() }
}

/// Draws, and the numbers with which parts of them are drawn again.
struct Again<'a> {
    sampler: &'a Sampler,
    first_draw: u64,
    /// The numbers of each draw, correlated.
    once: Vec<Vec<f64>>,
    /// Independent numbers.
    fresh: Vec<Vec<f64>>,
}

impl<'a> Again<'a> {
    fn new(sampler: &'a Sampler, draws: &Range<u64>) -> Self {
        let mut once = sampler.twice().independent(draws);
        let fresh = once.split_off(once.len() / 2);
        sampler.correlate(&mut once);
        Self { sampler, first_draw: draws.start, once, fresh }
    }

    /// The scores of draws that have the known families in common with the first draws, and the rest drawn again given them.
    fn given(&self, families: &[Vec<usize>], known: &[bool]) -> Scores {
        let kept: BTreeSet<usize> = families
            .iter()
            .zip(known)
            .filter(|(_, known)| **known)
            .flat_map(|(family, _)| family.iter().copied())
            .collect();
        let mut columns = self.fresh.clone();
        for place in kept.iter().flat_map(|&variable| self.sampler.columns_of(variable)) {
            columns[place].clone_from(&self.once[place]);
        }
        for group in self.sampler.groups() {
            let known: Vec<usize> = (0..group.members.len()).filter(|k| kept.contains(&group.members[*k])).collect();
            let conditional = group.correlation.given(&known);
            for step in 0..self.sampler.width(group) {
                let place = |member: usize| self.sampler.columns_of(group.members[member]).start + step;
                let known: Vec<&[f64]> = known.iter().map(|&member| self.once[place(member)].as_slice()).collect();
                let mut unknown: Vec<Vec<f64>> =
                    conditional.unknown().iter().map(|&member| std::mem::take(&mut columns[place(member)])).collect();
                conditional.apply(&known, &mut unknown);
                for (&member, column) in conditional.unknown().iter().zip(unknown) {
                    columns[place(member)] = column;
                }
            }
        }
        self.sampler.follow_paths(self.first_draw, columns)
    }
}
