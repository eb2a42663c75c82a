//! What blocks what: the actions that others need, as a tree, and the one whose delay would hold up most.

use jiff::civil::Date;
use muster_book::{Plan, Status};
use serde::Serialize;

use crate::outlook::{Stand, WhatIf, stands};

/// How long a delay is tried on each action, to see what it would hold up.
const TRIED_MONTHS: u32 = 12;

/// A line of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// How far below the first: 0 for what waits for nothing.
    pub depth: usize,
    /// The lines of the tree before it, as text.
    pub branch: String,
    /// The action.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who owns it.
    pub owner: String,
    /// When it was promised.
    pub due: Date,
    /// When it is expected; none where it will not be done.
    pub expected: Option<Date>,
    /// How it is doing; none where nobody reported.
    pub status: Option<Status>,
}

/// The action whose delay holds up most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Critical {
    /// The action.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who owns it.
    pub owner: String,
    /// Those that another year's delay of it would delay too: their ids.
    pub would_delay: Vec<String>,
}

/// What blocks what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blocks {
    /// The tree: each action followed by those that need it. One that needs several stands below each, with what needs it the first time.
    pub steps: Vec<Step>,
    /// The action to watch; none where a delay of any would delay no other.
    pub critical: Option<Critical>,
}

/// What blocks what in a plan on a day.
pub fn blocks(plan: &Plan, today: Date) -> Blocks {
    let stands = stands(plan, today, &WhatIf::default());
    let mut tree = Tree { plan, stands: &stands, steps: Vec::new(), is_written: vec![false; plan.actions.len()] };
    let is_needed = |action: usize| plan.actions.iter().any(|other| other.needs.contains(&action));
    for action in (0..plan.actions.len()).filter(|action| plan.actions[*action].needs.is_empty() && is_needed(*action))
    {
        tree.add(action, 0, String::new(), "");
    }
    let steps = tree.steps;
    Blocks { steps, critical: critical(plan, today, &stands) }
}

struct Tree<'t> {
    plan: &'t Plan,
    stands: &'t [Stand],
    steps: Vec<Step>,
    /// Actions whose own branch was written: with many ways to one action, the tree would otherwise have no end.
    is_written: Vec<bool>,
}

impl Tree<'_> {
    /// An action and those below it. `before` is the text before the action itself, `below` that before what comes below it.
    fn add(&mut self, action: usize, depth: usize, before: String, below: &str) {
        let this = &self.plan.actions[action];
        self.steps.push(Step {
            depth,
            branch: before,
            id: this.id.clone(),
            title: this.title.clone(),
            owner: this.owner.organisation.clone(),
            due: this.due,
            expected: self.stands[action].expected,
            status: self.stands[action].status(),
        });
        if std::mem::replace(&mut self.is_written[action], true) {
            return;
        }
        let needing: Vec<usize> =
            (0..self.plan.actions.len()).filter(|other| self.plan.actions[*other].needs.contains(&action)).collect();
        for (i, next) in needing.iter().enumerate() {
            let is_last = i + 1 == needing.len();
            let (branch, under) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.add(*next, depth + 1, format!("{below}{branch}"), &format!("{below}{under}"));
        }
    }
}

/// The action whose further delay would delay most others: of several, the one that is due first.
fn critical(plan: &Plan, today: Date, standing: &[Stand]) -> Option<Critical> {
    let of_action = |action: usize| {
        let what_if = WhatIf { slip: vec![(action, TRIED_MONTHS)], ..WhatIf::default() };
        let later = stands(plan, today, &what_if);
        let is_delayed = |other: &usize| {
            *other != action && later[*other].outlook.months_late > standing[*other].outlook.months_late
        };
        let delayed: Vec<usize> = (0..plan.actions.len()).filter(is_delayed).collect();
        (action, delayed)
    };
    let open = (0..plan.actions.len()).filter(|action| !standing[*action].is_over());
    let needed = open.filter(|action| plan.actions.iter().any(|other| other.needs.contains(action)));
    let found = needed.map(of_action).filter(|(_, delayed)| !delayed.is_empty());
    let (action, delayed) =
        found.max_by_key(|(action, delayed)| (delayed.len(), std::cmp::Reverse(plan.actions[*action].due)))?;
    Some(Critical {
        id: plan.actions[action].id.clone(),
        title: plan.actions[action].title.clone(),
        owner: plan.actions[action].owner.organisation.clone(),
        would_delay: delayed.iter().map(|other| plan.actions[*other].id.clone()).collect(),
    })
}
