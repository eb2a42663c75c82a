//! Scenarios: a plan with named differences.

use std::path::Path;

use serde::Deserialize;

use crate::action::{Action, Effect, RawEffect, read_effect};
use crate::book::Context;
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::{At, Document, Nothing};
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
    let all: Vec<usize> = (0..actions.len()).collect();
    let mut scenarios = vec![
        Scenario {
            id: PLAN.to_owned(),
            title: "With the plan".to_owned(),
            about: "Every action is delivered in full and on time.".to_owned(),
            actions: all.clone(),
            changes: Vec::new(),
        },
        Scenario {
            id: COUNTERFACTUAL.to_owned(),
            title: "Without the plan".to_owned(),
            about: "No action: intakes, recruitment and leaver rates stay as the books state them.".to_owned(),
            actions: Vec::new(),
            changes: Vec::new(),
        },
    ];
    let path = folder.join("scenarios.toml");
    if !path.exists() {
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
        if raw.without.is_some() && raw.only.is_some() {
            diagnostics.push("M022", place, "a scenario has `without` or `only`, not both", "leave out one of them");
        }
        let mut named = |names: &[At<String>]| -> Vec<usize> {
            let find = |name: &At<String>| {
                let found = actions.iter().position(|action| action.id == name.value);
                if found.is_none() {
                    let help = suggest(
                        name,
                        actions.iter().map(|action| action.id.as_str()),
                        "actions are listed in actions.toml",
                    );
                    let message = format!("no action is called `{}`", name.value);
                    diagnostics.push("M010", file.locate(name.span.clone()), message, help);
                }
                found
            };
            names.iter().filter_map(find).collect()
        };
        let chosen = match (&raw.without, &raw.only) {
            (_, Some(only)) => {
                let only = named(only);
                all.iter().copied().filter(|i| only.contains(i)).collect()
            }
            (Some(without), None) => {
                let without = named(without);
                all.iter().copied().filter(|i| !without.contains(i)).collect()
            }
            (None, None) => all.clone(),
        };
        let read = |change: &At<RawEffect>| read_effect(&file, &raw.id, change, context, diagnostics);
        let changes = raw.change.iter().filter_map(read).collect();
        let RawScenario { id, title, about, .. } = raw.value;
        scenarios.push(Scenario { id: id.value, title, about, actions: chosen, changes });
    }
    document.rest::<Nothing>("a list of scenarios", diagnostics);
    scenarios
}
