//! What a plan does: actions, their owners and dates, what they need, and what they change in the assumptions.

mod effect;
mod milestone;
mod needs;

use std::path::Path;

use jiff::civil::Date;
use muster_core::PlaceCode;
use serde::{Deserialize, Serialize};

use crate::book::Context;
use crate::cost::{Cost, RawCost};
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::{At, Day, Document, Nothing};
use crate::files::TextFile;

pub use effect::{Change, Effect};
pub(crate) use effect::{RawEffect, read_effect};
pub use milestone::Milestone;
use milestone::{RawMilestone, read_milestones};

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// The organisation.
    pub organisation: String,
    /// The role in it.
    pub role: String,
    /// The level that the organisation itself belongs to, when that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Level>,
}

/// Which level of the NHS does something, by subsidiarity: the most local one that can.
///
/// National is what must be the same everywhere or needs law, national money or a regulator. Regional is what several systems need together,
/// and what helps systems until they can do it themselves. A system does what its organisations need one answer to: recruiting together,
/// placements, careers across employers. An organisation does what concerns the people it employs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// England.
    National,
    /// A region.
    Regional,
    /// An integrated care system.
    System,
    /// A trust or practice.
    Organisation,
}

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// More people in training.
    Train,
    /// Fewer people who leave.
    Retain,
    /// More people from elsewhere.
    Recruit,
    /// Another way of working.
    Reform,
    /// More care for each hour worked.
    Productivity,
    /// Bank and agency staff.
    Temporary,
    /// A better place to work.
    BestPlace,
    /// How people are led.
    Leadership,
    /// Enough nurses.
    Nursing,
    /// Skills and roles for care as it will be.
    #[serde(rename = "care_21st_century")]
    Care21stCentury,
    /// Who in the NHS does what about its people.
    OperatingModel,
}

impl Theme {
    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Train => "More people in training",
            Self::Retain => "Fewer people who leave",
            Self::Recruit => "More people from elsewhere",
            Self::Reform => "Another way of working",
            Self::Productivity => "More care for each hour",
            Self::Temporary => "Bank and agency staff",
            Self::BestPlace => "A better place to work",
            Self::Leadership => "How people are led",
            Self::Nursing => "Enough nurses",
            Self::Care21stCentury => "Skills and roles for care to come",
            Self::OperatingModel => "Who does what about people",
        }
    }
}

impl Level {
    /// In a word.
    pub fn title(self) -> &'static str {
        match self {
            Self::National => "National",
            Self::Regional => "Regional",
            Self::System => "System",
            Self::Organisation => "Organisation",
        }
    }
}

/// Something a plan does.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub theme: Theme,
    /// Who does it.
    pub owner: Owner,
    /// At which level.
    pub level: Level,
    /// By when.
    pub due: Date,
    /// How that day was read, where the source gives none.
    pub due_why: String,
    /// Where it is done, when it is for one place; its effects say for themselves whom they reach.
    pub place: Option<PlaceCode>,
    /// Other ways to gather actions.
    pub tags: Vec<String>,
    /// The actions that must be done before this one can begin to have an effect, as indices into the plan's.
    pub needs: Vec<usize>,
    /// The steps on the way, by date.
    pub milestones: Vec<Milestone>,
    /// The day on which its first effect begins, if it has one.
    pub begins: Option<Date>,
    /// What it costs, as far as that is known.
    pub costs: Vec<Cost>,
    /// Where it was promised.
    pub source: String,
    /// Where in the source.
    pub where_in_source: String,
    /// Why its effect is believed.
    pub evidence: String,
    /// What it does to assumptions.
    pub effects: Vec<Effect>,
    /// Why no effect is modelled, when none is.
    pub untracked_effect: Option<String>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAction {
    id: At<String>,
    title: String,
    theme: Theme,
    owner: Owner,
    level: Level,
    due: At<Day>,
    /// How `due` was read, where the source gives no day.
    #[serde(default)]
    due_why: String,
    /// Where it is done, when it is for one place.
    place: Option<At<String>>,
    #[serde(default)]
    tags: Vec<String>,
    /// Actions that must be done first.
    #[serde(default)]
    needs: Vec<At<String>>,
    #[serde(default)]
    milestone: Vec<At<RawMilestone>>,
    #[serde(default)]
    cost: Vec<At<RawCost>>,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    evidence: At<String>,
    #[serde(default)]
    effect: Vec<At<RawEffect>>,
    untracked_effect: Option<At<String>>,
}

pub(crate) fn read_actions(folder: &Path, context: &mut Context<'_>, diagnostics: &mut Diagnostics) -> Vec<Action> {
    let mut paths = Vec::new();
    if context.files.has_file(&folder.join("actions.toml")) {
        paths.push(folder.join("actions.toml"));
    }
    if context.files.has_folder(&folder.join("actions")) {
        paths.extend(context.files.toml_files_below(&folder.join("actions"), diagnostics));
    }
    let mut actions: Vec<Action> = Vec::new();
    let mut needed = Vec::new();
    for path in paths {
        let Some(file) = context.files.read(&path, diagnostics) else { continue };
        let Some(mut document) = Document::parse(&file, diagnostics) else { continue };
        for raw in document.list::<RawAction>("action", diagnostics) {
            let place = file.locate(raw.id.span.clone());
            if actions.iter().any(|action| action.id == raw.id.value) {
                let message = format!("two actions are called `{}`", raw.id.value);
                diagnostics.push("M013", place, message, "give one of them another id");
                continue;
            }
            context.sources.need(&raw.source, file.locate(raw.source.span.clone()), diagnostics);
            if raw.evidence.trim().is_empty() {
                let help = "say why its effect is believed, or that it is not known";
                diagnostics.push("M012", file.locate(raw.evidence.span.clone()), "the action has no evidence", help);
            }
            if raw.effect.is_empty() != raw.untracked_effect.is_some() {
                let help = "give [[action.effect]], or say in `untracked_effect` why there is none; not both";
                diagnostics.push("M022", place, format!("what `{}` does is not clear", raw.id.value), help);
            }
            if let Some(why) = raw.untracked_effect.as_ref().filter(|why| why.trim().is_empty()) {
                let help = "say in `untracked_effect` why there is none, or give [[action.effect]]";
                let message = "the action does not say why no effect is modelled";
                diagnostics.push("M012", file.locate(why.span.clone()), message, help);
            }
            let costs = raw.cost.iter().filter_map(|cost| cost.read(&file, diagnostics)).collect();
            let read = |effect: &At<RawEffect>| read_effect(&file, &raw.id, effect, context, diagnostics);
            let effects = raw.effect.iter().filter_map(read).collect();
            let begins = raw.effect.iter().filter_map(|effect| effect.begins()).min();
            let milestones = read_milestones(&file, &raw.milestone, raw.due.value, diagnostics);
            let place = raw.place.as_ref().and_then(|code| read_place(&file, code, context, diagnostics));
            let RawAction {
                id,
                title,
                theme,
                owner,
                level,
                due,
                due_why,
                tags,
                needs,
                source,
                where_in_source,
                evidence,
                untracked_effect,
                ..
            } = raw.value;
            needed.push((file.clone(), needs));
            let (id, due, source, evidence) = (id.value, due.value.0, source.value, evidence.value);
            let untracked_effect = untracked_effect.map(|why| why.value);
            actions.push(Action {
                id,
                title,
                theme,
                owner,
                level,
                due,
                due_why,
                place,
                tags,
                needs: Vec::new(),
                milestones,
                begins,
                costs,
                source,
                where_in_source,
                evidence,
                effects,
                untracked_effect,
            });
        }
        document.rest::<Nothing>("a list of actions", diagnostics);
    }
    needs::read(&needed, &mut actions, diagnostics);
    actions
}

/// The place of this code.
fn read_place(
    file: &TextFile,
    code: &At<String>,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<PlaceCode> {
    let found = code.parse::<PlaceCode>().ok().filter(|code| context.places.get(code).is_some());
    if found.is_none() {
        let known = context.places.iter().map(|place| place.code.as_str());
        let help = suggest(code, known, "places are listed in places.csv of the national book");
        let message = format!("no place has the code `{}`", code.value);
        diagnostics.push("M010", file.locate(code.span.clone()), message, help);
    }
    found
}
