//! Whether each action sits where it belongs: at the most local level that can answer for it, with an owner and a place of that level.

use muster_book::{Action, Level, Plan};
use muster_core::PlaceKind;
use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Somebody should say why, or change it.
    Warning,
    /// It cannot work as written.
    Error,
}

impl Severity {
    /// In a word.
    pub fn title(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something about an action that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The action; empty where the finding is about many.
    pub action: String,
    /// What does not fit, in a sentence.
    pub message: String,
    /// What to do next.
    pub next: String,
}

/// Everything that does not fit about the levels, owners, places and needs of a plan's actions, by action.
pub fn findings(plan: &Plan) -> Vec<Finding> {
    let mut found = Vec::new();
    for action in &plan.actions {
        found.extend(owner_and_level(action));
        found.extend(place_and_level(plan, action));
        found.extend(begins_too_soon(plan, action));
    }
    let unknown = plan.actions.iter().filter(|action| action.owner.kind.is_none()).count();
    if unknown > 0 && unknown < plan.actions.len() {
        found.push(Finding {
            severity: Severity::Note,
            action: String::new(),
            message: format!(
                "{unknown} of {} actions do not say at which level their owner stands",
                plan.actions.len()
            ),
            next: "add `kind` to the owner, so that it can be held against the level of the action".to_owned(),
        });
    }
    found
}

fn finding(severity: Severity, action: &Action, message: String, next: &str) -> Finding {
    Finding { severity, action: action.id.clone(), message, next: next.to_owned() }
}

/// Levels go from national to organisation: a later one is more local.
fn owner_and_level(action: &Action) -> Option<Finding> {
    let kind = action.owner.kind?;
    let (owner, level) = (kind.title().to_lowercase(), action.level.title().to_lowercase());
    let who = &action.owner.organisation;
    if kind > action.level {
        let message = format!("of {level} level, and owned by {who}, of {owner} level, which cannot answer for others");
        let next = "name an owner at the level of the action, or put the action at the level of its owner";
        return Some(finding(Severity::Error, action, message, next));
    }
    if kind < action.level {
        let message = format!("of {level} level, and owned by {who}, of {owner} level");
        let next = "say in its role who does it there, or put the action at the level of its owner if it cannot be done more locally";
        return Some(finding(Severity::Warning, action, message, next));
    }
    None
}

fn place_and_level(plan: &Plan, action: &Action) -> Option<Finding> {
    let code = action.place.as_ref()?;
    let places = &plan.shelf.places;
    let place = places.get(code)?;
    if !places.is_within(code, &plan.place) {
        let message = format!("it is done in {}, which is not in the place of the plan", place.name);
        return Some(finding(
            Severity::Warning,
            action,
            message,
            "leave the place out, or move the action to that place's plan",
        ));
    }
    let level = level_of(place.kind);
    if level > action.level {
        let message =
            format!("the action is {}, and is done in {} alone", action.level.title().to_lowercase(), place.name);
        let next = "put the action at the level of its place, or leave the place out";
        return Some(finding(Severity::Error, action, message, next));
    }
    None
}

/// The level that a place of a kind answers for.
fn level_of(kind: PlaceKind) -> Level {
    match kind {
        PlaceKind::Country => Level::National,
        PlaceKind::Region => Level::Regional,
        PlaceKind::System => Level::System,
        PlaceKind::Trust => Level::Organisation,
    }
}

/// A plan that promises an action, or its effect, before what the action needs is due.
fn begins_too_soon(plan: &Plan, action: &Action) -> Option<Finding> {
    let (what, day) = action.begins.map_or(("it is due", action.due), |begins| ("its effect begins", begins));
    let needed = action.needs.iter().map(|need| &plan.actions[*need]).filter(|needed| needed.due > day);
    let last = needed.max_by_key(|needed| needed.due)?;
    let message = format!("{what} on {day}, and {}, which it needs, on {}", last.id, last.due);
    let next = "put it later, ask for what it needs earlier, or leave out the need";
    Some(finding(Severity::Warning, action, message, next))
}
