//! From earlier plans to these, step by step: last year's plan, or the version before.

use std::collections::BTreeMap;

use muster_core::FinancialYear;
use muster_run::RunError;
use rayon::prelude::*;
use serde::Serialize;

use super::exchange::{Group, exchange};
use super::gather::{Gathered, name};
use super::{Amounts, Ledger, Rollup};
use crate::submission::{Covers, Submission};

/// What took the sum of earlier plans to the sum of these, in one year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bridge {
    /// The year.
    pub year: FinancialYear,
    /// What the earlier plans came to.
    pub from: Amounts,
    /// What these come to.
    pub to: Amounts,
    /// What each group of assumptions that changed adds, over the places that submitted both times.
    pub groups: BTreeMap<Group, Amounts>,
    /// Places that submit for the first time or no more, less the estimates that stood in for them.
    pub places: Amounts,
    /// The places that submitted both times and changed, with their versions.
    pub changed: Vec<String>,
}

impl Bridge {
    /// Goes from earlier plans to these. Both were rolled up; the year is one of both.
    pub fn between(
        (before, old): (&Gathered, &Rollup),
        (after, new): (&Gathered, &Rollup),
        year: FinancialYear,
    ) -> Result<Self, RunError> {
        if before.top.from != after.top.from {
            let text = format!(
                "the earlier plans start from {}, these from {}: a bridge needs one start, so that the same years are set side by side. \
                 Roll the earlier plans up with `from = \"{}\"` in their plan.toml and books of that day",
                before.top.from, after.top.from, after.top.from
            );
            return Err(RunError::Request(text));
        }
        let (Some(old_year), Some(new_year)) = (old.year_index(year), new.year_index(year)) else {
            return Err(RunError::Request(format!("{year} is not in both plans")));
        };
        let key = |submission: &Submission| (submission.plan.place.clone(), submission.covers());
        let earlier: BTreeMap<_, &Submission> = before.submissions.iter().map(|one| (key(one), one)).collect();
        let added_up = |one: &Submission| {
            new.nodes.iter().any(|node| {
                node.standing == super::Standing::Submitted && (node.place.clone(), node.covers) == key(one)
            })
        };
        let both: Vec<(&Submission, &Submission)> = after
            .submissions
            .iter()
            .filter(|one| added_up(one))
            .filter_map(|one| Some((*earlier.get(&key(one))?, one)))
            .collect();
        let scenario = &new.scenario;
        let exchanges: Vec<_> = both
            .par_iter()
            .map(|(old, new)| exchange(&old.plan, &new.plan, scenario, &new.plan.whole()))
            .collect::<Result<_, RunError>>()?;
        let mut groups: BTreeMap<Group, Amounts> = BTreeMap::new();
        let mut moved = Amounts::default();
        let mut changed = Vec::new();
        let mut add = |ledgers: &BTreeMap<Group, Ledger>| {
            for (group, ledger) in ledgers {
                let sum = groups.entry(*group).or_default();
                *sum = *sum + ledger.at(new_year);
            }
        };
        for ((old, new), exchange) in both.iter().zip(&exchanges) {
            add(&exchange.groups);
            moved = moved + exchange.to.ledger.at(new_year) - exchange.from.ledger.at(new_year);
            if !exchange.groups.is_empty() {
                changed.push(versions(&after.top, old, new));
            }
        }
        if both.is_empty() && before.submissions.is_empty() && after.submissions.is_empty() {
            // Plans of the whole by themselves.
            let exchange = exchange(&before.top, &after.top, scenario, &after.top.whole())?;
            add(&exchange.groups);
            moved = exchange.to.ledger.at(new_year) - exchange.from.ledger.at(new_year);
        }
        let of =
            |rollup: &Rollup, year| rollup.whole().map(|whole| whole.statement.submitted.at(year)).unwrap_or_default();
        let (from, to) = (of(old, old_year), of(new, new_year));
        Ok(Self { year, from, to, groups, places: to - from - moved, changed })
    }

    /// Its lines: title, amounts, and whether it is one of the two ends.
    pub fn rows(&self) -> Vec<(String, Amounts, bool)> {
        let mut rows = vec![("The plans before".to_owned(), self.from, true)];
        rows.extend(self.groups.iter().map(|(group, amounts)| (group.title().to_owned(), *amounts, false)));
        if !self.places.is_nothing() {
            rows.push(("Places that submit for the first time, or no more".to_owned(), self.places, false));
        }
        rows.push(("These plans".to_owned(), self.to, true));
        rows
    }
}

/// "Devon, version 0.9 to 1.0".
fn versions(top: &muster_book::Plan, old: &Submission, new: &Submission) -> String {
    let version = |one: &Submission| one.details.as_ref().map_or("?".to_owned(), |details| details.version.clone());
    let rest = if new.covers() == Covers::Rest { ", other than its trusts" } else { "" };
    format!("{}{rest}, version {} to {}", name(top, &new.plan.place), version(old), version(new))
}
