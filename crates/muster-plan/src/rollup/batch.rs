//! From what is modelled top-down to what was submitted, for many places at once.
//!
//! Nearly all of what 260 organisations' plans need is the same: England's rates by age and year. Plans that share the national book and
//! the actions are therefore resolved together, one plan's values beside another's: a value of a place reaches only what lies in that
//! place, and a batch holds places of one level. The answers are those of each plan resolved by itself, which a test asserts.

use std::collections::{BTreeMap, BTreeSet};

use muster_book::{Measure, Plan};
use muster_core::{PlaceCode, PlaceKind};
use muster_run::RunError;
use rayon::prelude::*;

use super::Ledger;
use super::account::{Account, accounts};
use super::exchange::{Exchange, Group, between, exchange, explain, groups_that_differ};
use crate::submission::{Covers, Submission};

/// Plans that are resolved together: enough to share the work, few enough to keep every processor busy. It is fixed, so that results do
/// not depend on how many there are.
const TOGETHER: usize = 16;

/// From what is modelled top-down for the place of each submission to what it submits.
///
/// Top-down everything is as in the plan of the whole; only a share of England that the national book does not have, such as a
/// trust's, is the submission's own.
pub(super) fn from_top_down(top: &Plan, submissions: &[Submission], scenario: &str) -> Result<Vec<Exchange>, RunError> {
    let mut batches: BTreeMap<(PlaceKind, Covers), Vec<usize>> = BTreeMap::new();
    let mut alone = Vec::new();
    // What the plan of the whole states beside the first book is in what is modelled, and not in what is submitted.
    let is_first_book_alone = top.shelf.series().all(|series| series.book == 0);
    for (i, submission) in submissions.iter().enumerate() {
        let plan = &submission.plan;
        if is_first_book_alone && plan.shelf.shares_first_book(&top.shelf) && plan.acts_like(top, scenario) {
            let kind = top.shelf.places.get(&plan.place).map_or(PlaceKind::Trust, |place| place.kind);
            batches.entry((kind, submission.covers())).or_default().push(i);
        } else {
            alone.push(vec![i]);
        }
    }
    let chunks: Vec<Vec<usize>> =
        batches.values().flat_map(|batch| batch.chunks(TOGETHER)).map(<[usize]>::to_vec).collect();
    let together = chunks.par_iter().map(|chunk| {
        let members: Vec<&Submission> = chunk.iter().map(|i| &submissions[*i]).collect();
        Ok((chunk, of_batch(top, &members, scenario)?))
    });
    let by_itself = alone.par_iter().map(|one| Ok((one, vec![of_one(top, &submissions[one[0]], scenario)?])));
    let done = together.chain(by_itself).collect::<Result<Vec<_>, RunError>>()?;
    let by_index: BTreeMap<usize, Exchange> =
        done.into_iter().flat_map(|(chunk, exchanges)| chunk.iter().copied().zip(exchanges)).collect();
    Ok(by_index.into_values().collect())
}

/// The groups in which a submission is itself even top-down: its share, where the national book has none for it.
fn own_even_top_down(top: &Plan, submission: &Submission) -> BTreeSet<Group> {
    let kind = top.shelf.places.get(&submission.plan.place).map(|place| place.kind);
    let has_share = kind != Some(PlaceKind::Trust) && submission.covers() == Covers::Whole;
    if has_share { BTreeSet::new() } else { BTreeSet::from([Group::Share]) }
}

/// A plan of another national book, or with actions of its own.
fn of_one(top: &Plan, submission: &Submission, scenario: &str) -> Result<Exchange, RunError> {
    let plan = &submission.plan;
    let own = own_even_top_down(top, submission);
    let from = plan.exchanged(top, &|measure| !own.contains(&Group::of(measure)), true);
    let from = from.ok_or_else(|| {
        RunError::Request(format!("`{}` does not count the same professions as `{}`", plan.id, top.id))
    })?;
    exchange(&from, plan, scenario, &plan.whole())
}

/// Plans that share all but what their own books state.
fn of_batch(top: &Plan, members: &[&Submission], scenario: &str) -> Result<Vec<Exchange>, RunError> {
    let own: Vec<BTreeSet<Group>> = members.iter().map(|member| own_even_top_down(top, member)).collect();
    let differing: Vec<Vec<Group>> = members
        .iter()
        .zip(&own)
        .map(|(member, own)| {
            let groups = groups_that_differ(top, &member.plan, scenario);
            groups.into_iter().filter(|group| !own.contains(group)).collect()
        })
        .collect();
    let all: Vec<usize> = (0..members.len()).collect();
    let to = resolve_together(top, members, &all, scenario, &|_, _| true)?;
    let moved: Vec<usize> = all.iter().copied().filter(|i| !differing[*i].is_empty()).collect();
    let from = resolve_together(top, members, &moved, scenario, &|i, group| own[i].contains(&group))?;
    let steps: Vec<Vec<BTreeSet<Group>>> = differing.iter().map(|groups| between(groups)).collect();
    let mut inner: Vec<Vec<Ledger>> = vec![Vec::new(); members.len()];
    for step in 0..steps.iter().map(Vec::len).max().unwrap_or_default() {
        let there: Vec<usize> = all.iter().copied().filter(|i| step < steps[*i].len()).collect();
        let taken = |i: usize, group: Group| own[i].contains(&group) || steps[i][step].contains(&group);
        for (i, account) in resolve_together(top, members, &there, scenario, &taken)? {
            inner[i].push(account.ledger);
        }
    }
    let exchanges = all.iter().map(|&i| {
        let to = to[&i].clone();
        let from = from.get(&i).cloned().unwrap_or_else(|| to.clone());
        let groups = explain(&differing[i], (&from.ledger, &to.ledger), &inner[i]);
        Exchange { from, to, groups }
    });
    Ok(exchanges.collect())
}

/// What some members come to, each with the groups of its own values that are taken.
fn resolve_together(
    top: &Plan,
    members: &[&Submission],
    which: &[usize],
    scenario: &str,
    taken: &dyn Fn(usize, Group) -> bool,
) -> Result<BTreeMap<usize, Account>, RunError> {
    if which.is_empty() {
        return Ok(BTreeMap::new());
    }
    let measures: Vec<Box<dyn Fn(Measure) -> bool + '_>> = which
        .iter()
        .map(|&i| Box::new(move |measure| taken(i, Group::of(measure))) as Box<dyn Fn(Measure) -> bool + '_>)
        .collect();
    let plans: Vec<(&Plan, &dyn Fn(Measure) -> bool)> =
        which.iter().zip(&measures).map(|(i, measures)| (&members[*i].plan, &**measures)).collect();
    let together = top.with_own_values_of(&plans);
    let places: Vec<Vec<PlaceCode>> = which.iter().map(|i| members[*i].plan.whole()).collect();
    let found = accounts(&together, scenario, &places.concat())?;
    let mut rest = &found[..];
    let mut by_member = BTreeMap::new();
    for (i, places) in which.iter().zip(&places) {
        let (own, after) = rest.split_at(places.len());
        by_member.insert(*i, own.iter().sum());
        rest = after;
    }
    Ok(by_member)
}
