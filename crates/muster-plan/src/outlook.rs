//! What becomes of each action on a day: what was reported of it, what is asked about it, and what it waits for.
//!
//! An action that needs another cannot begin to have an effect before the other is done. So what one action slips, those that need it slip
//! too, less the time there was between; and what will never be done stops them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use muster_book::{Outlook, Plan, Reported, Status};

use crate::dates::{months_after, months_between};

/// What somebody wants to know: some actions slip further, come in part, or are given up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WhatIf {
    /// Actions, as indices, and how many months later they come than they stand.
    pub slip: Vec<(usize, u32)>,
    /// Actions, as indices, and the share of their effects that comes.
    pub deliver: Vec<(usize, f64)>,
    /// Actions, as indices, that are given up.
    pub abandon: Vec<usize>,
}

impl WhatIf {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.slip.is_empty() && self.deliver.is_empty() && self.abandon.is_empty()
    }
}

/// Why an action does not come as promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Its owner says so.
    Reported,
    /// It was due, was not done, and nobody says by when it will be: it is taken to be done today.
    Overdue,
    /// It was asked what would follow.
    Asked,
    /// It cannot begin before this one, as an index, is done.
    WaitsFor(usize),
    /// It needs this one, as an index, which will not be done.
    BlockedBy(usize),
}

/// How an action stands, with everything that it waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    /// The latest report that counts, if there is one.
    pub reported: Option<Reported>,
    /// When it is done, or expected; none where it will not be.
    pub expected: Option<Date>,
    /// What becomes of its effects.
    pub outlook: Outlook,
    /// Why, where it does not come as promised.
    pub causes: Vec<Cause>,
}

impl Stand {
    /// Whether it comes otherwise than promised.
    pub fn is_moved(&self) -> bool {
        self.outlook != Outlook::PROMISED || self.expected.is_none()
    }

    /// How it is doing; none where nobody reported.
    pub fn status(&self) -> Option<Status> {
        self.reported.as_ref().map(|reported| reported.status)
    }

    /// Whether nothing more will come of it, by what was reported.
    pub fn is_over(&self) -> bool {
        self.status().is_some_and(Status::is_over)
    }
}

/// How every action of a plan stands on a day, in the plan's order.
pub fn stands(plan: &Plan, today: Date, what_if: &WhatIf) -> Vec<Stand> {
    let mut found: Vec<Option<Stand>> = vec![None; plan.actions.len()];
    for action in in_order(plan) {
        let own = by_itself(plan, action, today, what_if);
        let stand = with_needs(plan, action, own, &found);
        found[action] = Some(stand);
    }
    // `in_order` names every action once.
    found.into_iter().flatten().collect()
}

/// The outlook of those actions that do not come as promised.
pub fn outlook_of(stands: &[Stand]) -> BTreeMap<usize, Outlook> {
    let moved = stands.iter().enumerate().filter(|(_, stand)| stand.outlook != Outlook::PROMISED);
    moved.map(|(action, stand)| (action, stand.outlook)).collect()
}

/// The actions, each after all that it needs.
fn in_order(plan: &Plan) -> Vec<usize> {
    let mut order = Vec::with_capacity(plan.actions.len());
    let mut is_in = vec![false; plan.actions.len()];
    // A plan that was read has no circle, so each round finds at least one.
    while order.len() < plan.actions.len() {
        let before = order.len();
        for (i, action) in plan.actions.iter().enumerate() {
            if !is_in[i] && action.needs.iter().all(|need| is_in[*need]) {
                is_in[i] = true;
                order.push(i);
            }
        }
        if order.len() == before {
            break;
        }
    }
    order
}

/// An action by its own reports, and by what is asked about it.
fn by_itself(plan: &Plan, action: usize, today: Date, what_if: &WhatIf) -> Stand {
    let due = plan.actions[action].due;
    let reported = plan.reported(action, Some(today));
    let mut stand = Stand { reported, expected: Some(due), outlook: Outlook::PROMISED, causes: Vec::new() };
    if let Some(reported) = &stand.reported {
        let expected = reported.expected.unwrap_or(due);
        stand.outlook.share = reported.delivered;
        stand.expected = match reported.status {
            Status::Abandoned => None,
            Status::Done => Some(expected),
            _ => Some(expected.max(today)),
        };
        let is_late = stand.expected.is_none_or(|day| months_between(due, day) > 0);
        let is_said = reported.status.is_over() || expected >= today;
        if reported.delivered != 1.0 || (is_late && is_said) {
            stand.causes.push(Cause::Reported);
        }
        if is_late && !is_said {
            stand.causes.push(Cause::Overdue);
        }
    }
    let asked = |of: &[(usize, u32)]| of.iter().filter(|(of, _)| *of == action).map(|(_, months)| months).sum::<u32>();
    let further = asked(&what_if.slip);
    if further > 0 {
        stand.expected = stand.expected.map(|day| months_after(day.max(due), further));
        stand.causes.push(Cause::Asked);
    }
    if let Some((_, share)) = what_if.deliver.iter().rev().find(|(of, _)| *of == action) {
        stand.outlook.share = *share;
        stand.causes.push(Cause::Asked);
    }
    if what_if.abandon.contains(&action) {
        stand.expected = None;
        stand.outlook.share = 0.0;
        stand.causes.push(Cause::Asked);
    }
    stand.causes.dedup();
    stand.outlook.months_late = stand.expected.map_or(0, |day| months_between(due, day));
    stand
}

/// The same action, held up by those that it needs.
fn with_needs(plan: &Plan, action: usize, own: Stand, found: &[Option<Stand>]) -> Stand {
    let mut stand = own;
    // What is done waits for nothing, and what is given up has nothing to begin.
    if stand.is_over() {
        return stand;
    }
    let this = &plan.actions[action];
    let begins = this.begins.unwrap_or(this.due);
    for &need in &this.needs {
        let Some(needed) = &found[need] else { continue };
        let Some(done) = needed.expected else {
            stand.expected = None;
            stand.outlook = Outlook { months_late: 0, share: 0.0 };
            stand.causes.push(Cause::BlockedBy(need));
            continue;
        };
        // The plan may have promised to begin before what it needs was due; then only what slips since counts.
        let months = months_between(begins.max(plan.actions[need].due), done);
        if months > stand.outlook.months_late && stand.expected.is_some() {
            stand.outlook.months_late = months;
            stand.expected = Some(months_after(this.due, months));
            stand.causes.retain(|cause| !matches!(cause, Cause::WaitsFor(_)));
            stand.causes.push(Cause::WaitsFor(need));
        }
    }
    stand
}
