//! Scenarios: a plan with named differences.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::action::{Action, Effect, RawEffect, read_effect};
use crate::book::Context;
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::{At, Document, Nothing};
use crate::files::TextFile;
use crate::plan::{COUNTERFACTUAL, PLAN};

/// A plan with named differences.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What to know about it.
    pub about: String,
    /// The actions it has, as indices.
    pub actions: Vec<usize>,
    /// What some of them do in place of what the plan says: later, or less of it.
    pub otherwise: BTreeMap<usize, Vec<Effect>>,
    /// What else it changes.
    pub changes: Vec<Effect>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawScenario {
    id: At<String>,
    title: String,
    #[serde(default)]
    about: String,
    without: Option<Vec<At<String>>>,
    only: Option<Vec<At<String>>>,
    #[serde(default)]
    change: Vec<At<RawEffect>>,
}

pub(crate) fn read_scenarios(
    folder: &Path,
    actions: &[Action],
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Scenario> {
    let mut scenarios = vec![
        Scenario {
            id: PLAN.to_owned(),
            title: "With the plan".to_owned(),
            about: "Every action is delivered in full and on time.".to_owned(),
            actions: (0..actions.len()).collect(),
            otherwise: BTreeMap::new(),
            changes: Vec::new(),
        },
        Scenario {
            id: COUNTERFACTUAL.to_owned(),
            title: "Without the plan".to_owned(),
            about: "No action: intakes, recruitment and leaver rates stay as the books state them.".to_owned(),
            actions: Vec::new(),
            otherwise: BTreeMap::new(),
            changes: Vec::new(),
        },
    ];
    let path = folder.join("scenarios.toml");
    if !context.files.has_file(&path) {
        return scenarios;
    }
    let Some(file) = context.files.read(&path, diagnostics) else { return scenarios };
    let Some(mut document) = Document::parse(&file, diagnostics) else { return scenarios };
    for raw in document.list::<RawScenario>("scenario", diagnostics) {
        let place = file.locate(raw.id.span.clone());
        if scenarios.iter().any(|scenario| scenario.id == raw.id.value) {
            let message = format!("two scenarios are called `{}` (plan and counterfactual always exist)", raw.id.value);
            diagnostics.push("M013", place, message, "give one of them another id");
            continue;
        }
        let chosen = chosen(raw.without.as_deref(), raw.only.as_deref(), (actions, &file, &raw.id), diagnostics);
        let read = |change: &At<RawEffect>| read_effect(&file, &raw.id, change, context, diagnostics);
        let changes = raw.change.iter().filter_map(read).collect();
        let RawScenario { id, title, about, .. } = raw.value;
        scenarios.push(Scenario { id: id.value, title, about, actions: chosen, otherwise: BTreeMap::new(), changes });
    }
    document.rest::<Nothing>("a list of scenarios", diagnostics);
    scenarios
}

/// The actions that are left when some are taken away, or when only some are kept.
pub(crate) fn chosen(
    without: Option<&[At<String>]>,
    only: Option<&[At<String>]>,
    (actions, file, id): (&[Action], &TextFile, &At<String>),
    diagnostics: &mut Diagnostics,
) -> Vec<usize> {
    if without.is_some() && only.is_some() {
        let place = file.locate(id.span.clone());
        let message = format!("`{}` has `without` or `only`, not both", id.value);
        diagnostics.push("M022", place, message, "leave out one of them");
    }
    let mut named = |names: &[At<String>]| -> Vec<usize> {
        names.iter().filter_map(|name| action_named(name, actions, file, diagnostics)).collect()
    };
    match (without, only) {
        (_, Some(only)) => {
            let only = named(only);
            (0..actions.len()).filter(|i| only.contains(i)).collect()
        }
        (Some(without), None) => {
            let without = named(without);
            (0..actions.len()).filter(|i| !without.contains(i)).collect()
        }
        (None, None) => (0..actions.len()).collect(),
    }
}

/// The action of this name, as an index.
pub(crate) fn action_named(
    name: &At<String>,
    actions: &[Action],
    file: &TextFile,
    diagnostics: &mut Diagnostics,
) -> Option<usize> {
    let found = actions.iter().position(|action| action.id == name.value);
    if found.is_none() {
        let known = actions.iter().map(|action| action.id.as_str());
        let help = suggest(name, known, "actions are listed in actions.toml");
        let message = format!("no action is called `{}`", name.value);
        diagnostics.push("M010", file.locate(name.span.clone()), message, help);
    }
    found
}

/// The scenario of this name.
pub(crate) fn scenario_named<'s>(
    name: &At<String>,
    scenarios: &'s [Scenario],
    file: &TextFile,
    diagnostics: &mut Diagnostics,
) -> Option<&'s Scenario> {
    let found = scenarios.iter().find(|scenario| scenario.id == name.value);
    if found.is_none() {
        let known = scenarios.iter().map(|scenario| scenario.id.as_str());
        let help = suggest(name, known, "scenarios are listed in scenarios.toml");
        let message = format!("no scenario is called `{}`", name.value);
        diagnostics.push("M010", file.locate(name.span.clone()), message, help);
    }
    found
}
