//! What may go wrong with a plan, and what might be done instead: failures and policies, read from `stress.toml`.
//!
//! A failure says what becomes of actions (they do not happen, or come late, or only in part) and what else changes. It speaks of
//! actions and not of numbers where it can, so that it does nothing to a policy that never took those actions.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::action::{Action, Effect, RawEffect, Theme, read_effect};
use crate::assumption::{Kind, Passport};
use crate::book::Context;
use crate::diagnostic::{Diagnostics, Location};
use crate::document::{At, Document, Nothing};
use crate::files::TextFile;
use crate::plan::{COUNTERFACTUAL, PLAN, Plan};
use crate::scenario::{Scenario, action_named, chosen, scenario_named};

/// The name of the file.
const FILE: &str = "stress.toml";
/// No plan is longer, so nothing can be later.
const LATEST_YEARS: i16 = 60;

/// Something that may go wrong, whatever is done.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What goes wrong.
    pub about: String,
    /// Actions that do not happen, as indices.
    pub without: Vec<usize>,
    /// Actions that come late, as indices, and by how many years.
    pub late: Vec<(usize, i16)>,
    /// Actions that come only in part, as indices, and the share that comes.
    pub delivered: Vec<(usize, f64)>,
    /// What else it changes.
    pub changes: Vec<Effect>,
    /// Why it is as bad as this.
    pub passport: Passport,
    /// Where it is written.
    pub location: Location,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFailure {
    id: At<String>,
    title: String,
    /// What goes wrong, in a sentence.
    about: At<String>,
    /// A scenario of the plan: what it takes away and what it changes goes wrong here.
    scenario: Option<At<String>>,
    #[serde(default)]
    without: Vec<At<String>>,
    #[serde(default)]
    late: Vec<At<RawLate>>,
    #[serde(default)]
    delivered: Vec<At<RawDelivered>>,
    #[serde(default)]
    change: Vec<At<RawEffect>>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

/// The actions of a theme, or one action, some years late.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLate {
    theme: Option<Theme>,
    action: Option<At<String>>,
    years: At<f64>,
}

/// The actions of a theme, or one action, of which a share is delivered.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDelivered {
    theme: Option<Theme>,
    action: Option<At<String>>,
    share: At<f64>,
}

/// What might be done instead of the plan.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPolicy {
    id: At<String>,
    title: String,
    #[serde(default)]
    about: String,
    /// A scenario of the plan: what it does is done here.
    scenario: Option<At<String>>,
    without: Option<Vec<At<String>>>,
    only: Option<Vec<At<String>>>,
}

/// What a stress file may name, and where faults go.
struct Reader<'r> {
    file: &'r TextFile,
    actions: &'r [Action],
    scenarios: &'r [Scenario],
    diagnostics: &'r mut Diagnostics,
}

/// Reads the failures and policies of a plan. The plan and doing nothing are always among the policies.
pub(crate) fn read_stress(
    folder: &Path,
    actions: &[Action],
    scenarios: &[Scenario],
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Failure>, Vec<Scenario>) {
    let mut failures: Vec<Failure> = Vec::new();
    let always = |scenario: &&Scenario| scenario.id == PLAN || scenario.id == COUNTERFACTUAL;
    let mut policies: Vec<Scenario> = scenarios.iter().filter(always).cloned().collect();
    let path = folder.join(FILE);
    if !path.exists() {
        return (failures, policies);
    }
    let Some(file) = context.files.read(&path, diagnostics) else { return (failures, policies) };
    let Some(mut document) = Document::parse(&file, diagnostics) else { return (failures, policies) };
    for At { value: raw, .. } in document.list::<RawFailure>("failure", diagnostics) {
        if failures.iter().any(|failure| failure.id == raw.id.value) {
            let message = format!("two failures are called `{}`", raw.id.value);
            diagnostics.push("M013", file.locate(raw.id.span.clone()), message, "give one of them another id");
            continue;
        }
        let mut reader = Reader { file: &file, actions, scenarios, diagnostics };
        failures.extend(reader.failure(raw, context));
    }
    for At { value: raw, .. } in document.list::<RawPolicy>("policy", diagnostics) {
        if policies.iter().any(|policy| policy.id == raw.id.value) {
            let message = format!("two policies are called `{}` (plan and counterfactual always exist)", raw.id.value);
            diagnostics.push("M013", file.locate(raw.id.span.clone()), message, "give one of them another id");
            continue;
        }
        let mut reader = Reader { file: &file, actions, scenarios, diagnostics };
        policies.extend(reader.policy(raw));
    }
    document.rest::<Nothing>("a list of failures and policies", diagnostics);
    (failures, policies)
}

impl Reader<'_> {
    fn failure(&mut self, raw: RawFailure, context: &Context<'_>) -> Option<Failure> {
        let before = self.diagnostics.count();
        let location = self.file.locate(raw.id.span.clone());
        self.need_reasons(&raw, context);
        let (mut without, mut changes) = (Vec::new(), Vec::new());
        if let Some(name) = &raw.scenario
            && let Some(scenario) = scenario_named(name, self.scenarios, self.file, self.diagnostics)
        {
            without.extend((0..self.actions.len()).filter(|i| !scenario.actions.contains(i)));
            changes.extend(scenario.changes.iter().cloned());
        }
        for name in &raw.without {
            without.extend(action_named(name, self.actions, self.file, self.diagnostics));
        }
        let mut late = Vec::new();
        for At { value: line, span } in &raw.late {
            let years = (1..=LATEST_YEARS).find(|years| f64::from(*years) == line.years.value);
            if years.is_none() {
                let message = format!("an action cannot come {} years late", line.years.value);
                let help = format!("write a whole number of years from 1 to {LATEST_YEARS}");
                self.diagnostics.push("M009", self.file.locate(line.years.span.clone()), message, help);
            }
            let reached = self.reached((line.theme, line.action.as_ref()), &self.file.locate(span.clone()));
            late.extend(reached.into_iter().filter_map(|action| Some((action, years?))));
        }
        let mut delivered = Vec::new();
        for At { value: line, span } in &raw.delivered {
            let share = line.share.value;
            if !(0.0..=1.0).contains(&share) {
                let message = format!("a share of {share} of an action cannot be delivered in a failure");
                let help = "write a share from 0 (nothing of it comes) to 1 (all of it)";
                self.diagnostics.push("M009", self.file.locate(line.share.span.clone()), message, help);
            }
            let reached = self.reached((line.theme, line.action.as_ref()), &self.file.locate(span.clone()));
            delivered.extend(reached.into_iter().map(|action| (action, share)));
        }
        let read = |change: &At<RawEffect>| read_effect(self.file, &raw.id, change, context, self.diagnostics);
        changes.extend(raw.change.iter().filter_map(read));
        let nothing = without.is_empty() && late.is_empty() && delivered.is_empty() && changes.is_empty();
        if self.diagnostics.count() == before && nothing {
            let message = format!("nothing goes wrong in `{}`", raw.id.value);
            let help = "say what does not happen (`without`), comes late or in part (`late`, `delivered`), what changes ([[failure.change]]), or name a `scenario` that does one of these";
            self.diagnostics.push("M022", location.clone(), message, help);
        }
        (self.diagnostics.count() == before).then_some(Failure {
            id: raw.id.value,
            title: raw.title,
            about: raw.about.value,
            without,
            late,
            delivered,
            changes,
            passport: Passport {
                kind: raw.kind,
                source: raw.source.value,
                where_in_source: raw.where_in_source,
                why: raw.why,
            },
            location,
        })
    }

    /// A failure says what goes wrong, on whose word, and why it is as bad as that.
    fn need_reasons(&mut self, raw: &RawFailure, context: &Context<'_>) {
        let at = |span: &std::ops::Range<usize>| self.file.locate(span.clone());
        context.sources.need(&raw.source, at(&raw.source.span), self.diagnostics);
        if raw.about.trim().is_empty() {
            let help = "say in a sentence what goes wrong";
            self.diagnostics.push("M005", at(&raw.about.span), "the definition in `about` is empty", help);
        }
        if raw.kind == Kind::Published && raw.where_in_source.trim().is_empty() {
            let message = "a published failure does not say where in its source it is printed";
            self.diagnostics.push("M011", at(&raw.source.span), message, "add `where`: the table or page");
        }
        if raw.kind != Kind::Published && raw.why.trim().is_empty() {
            let help = "add `why`, so that another planner can disagree with it";
            let message = "the failure does not say why it is as bad as this";
            self.diagnostics.push("M012", at(&raw.id.span), message, help);
        }
    }

    /// The actions that a line reaches: those of a theme that do something, or one that is named.
    fn reached(&mut self, wanted: (Option<Theme>, Option<&At<String>>), place: &Location) -> Vec<usize> {
        let acts = |i: &usize| !self.actions[*i].effects.is_empty();
        let (found, none) = match wanted {
            (Some(theme), None) => {
                let found = (0..self.actions.len()).filter(|i| self.actions[*i].theme == theme).filter(acts).collect();
                (found, "no action of this theme has an effect")
            }
            (None, Some(name)) => {
                let Some(found) = action_named(name, self.actions, self.file, self.diagnostics) else {
                    return Vec::new();
                };
                (std::iter::once(found).filter(acts).collect::<Vec<_>>(), "this action has no effect")
            }
            _ => {
                let help = "write { theme = \"train\", … } or { action = \"A1\", … }, one for each line";
                let message = "the line names a theme or an action: one of them, and not both";
                self.diagnostics.push("M022", place.clone(), message, help);
                return Vec::new();
            }
        };
        if found.is_empty() {
            let message = format!("{none}, so it cannot come late or in part");
            self.diagnostics.push("M022", place.clone(), message, "name one that has an effect, or leave the line out");
        }
        found
    }

    fn policy(&mut self, raw: RawPolicy) -> Option<Scenario> {
        let before = self.diagnostics.count();
        let ways = [raw.scenario.is_some(), raw.without.is_some() || raw.only.is_some()];
        if ways[0] == ways[1] {
            let message = format!("what `{}` does is not clear", raw.id.value);
            let help =
                "give it `only`, `without` or `scenario`, one of them; the plan itself is always among the policies";
            self.diagnostics.push("M022", self.file.locate(raw.id.span.clone()), message, help);
        }
        let scenario = raw
            .scenario
            .as_ref()
            .and_then(|name| scenario_named(name, self.scenarios, self.file, self.diagnostics))
            .cloned();
        let named = (self.actions, self.file, &raw.id);
        let actions = chosen(raw.without.as_deref(), raw.only.as_deref(), named, self.diagnostics);
        let of_its_own = || Scenario {
            id: String::new(),
            title: String::new(),
            about: String::new(),
            actions,
            otherwise: BTreeMap::new(),
            changes: Vec::new(),
        };
        let about = |given: String, of: &Scenario| if given.is_empty() { of.about.clone() } else { given };
        (self.diagnostics.count() == before).then(|| {
            let does = scenario.unwrap_or_else(of_its_own);
            Scenario { id: raw.id.value, title: raw.title, about: about(raw.about, &does), ..does }
        })
    }
}

impl Plan {
    /// The effects that an action has under a policy, some months later and a share of them.
    pub(crate) fn late_and_less(&self, policy: &Scenario, action: usize, months: u32, share: f64) -> Vec<Effect> {
        let stated = policy.otherwise.get(&action).unwrap_or(&self.actions[action].effects);
        stated.iter().map(|effect| effect.late_and_less(months, share)).collect()
    }

    /// A policy on which failures fall, one after the other.
    ///
    /// Where several reach one action, the longest delay counts and the shares multiply.
    pub fn under(&self, policy: &Scenario, failures: &[&Failure]) -> Scenario {
        let mut here = policy.clone();
        here.actions.retain(|action| !failures.iter().any(|failure| failure.without.contains(action)));
        for action in &here.actions {
            let late = failures.iter().flat_map(|failure| &failure.late).filter(|(late, _)| late == action);
            let years = late.map(|(_, years)| years.unsigned_abs()).max().unwrap_or_default();
            let parts = failures.iter().flat_map(|failure| &failure.delivered).filter(|(part, _)| part == action);
            let share: f64 = parts.map(|(_, share)| share).product();
            if years > 0 || share < 1.0 {
                here.otherwise.insert(*action, self.late_and_less(policy, *action, 12 * u32::from(years), share));
            }
        }
        for failure in failures {
            here.id = format!("{}+{}", here.id, failure.id);
            here.title = format!("{}; {}", here.title, failure.title);
            here.changes.extend(failure.changes.iter().cloned());
        }
        here
    }
}
