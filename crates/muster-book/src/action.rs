//! What a plan does: actions, their owners and dates, and what they change in the assumptions.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use muster_core::FinancialYear;
use muster_draws::distribution::{self, Distribution};
use serde::{Deserialize, Serialize};

use crate::assumption::{Interpolation, Key, Kind, Number, Passport};
use crate::book::Context;
use crate::diagnostic::{Diagnostics, Location, suggest};
use crate::document::{At, Day, Document, LowHigh, Nothing};
use crate::files::TextFile;
use crate::key::{RawKey, refuse_amount_for_many};
use crate::measure::{MEASURES, Measure};
use crate::shelf::between;
use crate::spread::Shape;

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// The organisation.
    pub organisation: String,
    /// The role in it.
    pub role: String,
}

/// Which level of the NHS does something.
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
}

/// What an action costs, when that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Pounds.
    pub gbp: f64,
    /// In the prices of which year.
    pub price_year: FinancialYear,
    /// What it pays for, and when.
    pub about: String,
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
    /// What it costs.
    pub cost: Option<Cost>,
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

/// How an effect changes an assumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The value becomes that of the path.
    Set,
    /// The value of the path is added.
    Add,
    /// The value is multiplied by that of the path.
    Multiply,
}

/// What an action or scenario does to assumptions.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The action or scenario it belongs to.
    pub of: String,
    /// What it changes.
    pub measure: Measure,
    /// For whom.
    pub key: Key,
    /// How.
    pub how: Change,
    /// By when how much; nothing before the first year, and the last value holds.
    pub path: Vec<(FinancialYear, f64)>,
    /// Between the dates.
    pub interpolation: Interpolation,
    /// How much of it may be delivered, low and high.
    pub delivered: [f64; 2],
    /// What lies between.
    pub spread: Arc<Distribution>,
    /// The share of it that comes about: 1, unless a stress test says less. What is delivered is a share of this.
    pub share: f64,
    /// Where it came from.
    pub passport: Passport,
    /// Where it is written.
    pub location: Location,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAction {
    id: At<String>,
    title: String,
    theme: Theme,
    owner: Owner,
    level: Level,
    due: Day,
    cost: Option<At<Cost>>,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    evidence: At<String>,
    #[serde(default)]
    effect: Vec<At<RawEffect>>,
    untracked_effect: Option<At<String>>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawEffect {
    measure: At<String>,
    #[serde(rename = "for", default)]
    key: RawKey,
    how: Change,
    #[serde(default)]
    interpolation: Interpolation,
    path: At<Vec<RawPoint>>,
    range: Option<At<LowHigh>>,
    distribution: Option<At<Shape>>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPoint {
    from: Day,
    value: At<f64>,
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
            if let Some(cost) = raw.cost.as_ref().filter(|cost| !cost.gbp.is_finite()) {
                let help = "write the pounds as a number, or leave `cost` out when it is not known";
                diagnostics.push("M009", file.locate(cost.span.clone()), "the cost is not a finite number", help);
            }
            let read = |effect: &At<RawEffect>| read_effect(&file, &raw.id, effect, context, diagnostics);
            let effects = raw.effect.iter().filter_map(read).collect();
            let RawAction {
                id,
                title,
                theme,
                owner,
                level,
                due,
                cost,
                source,
                where_in_source,
                evidence,
                untracked_effect,
                ..
            } = raw.value;
            let (id, due, source, evidence) = (id.value, due.0, source.value, evidence.value);
            let (cost, untracked_effect) = (cost.map(|cost| cost.value), untracked_effect.map(|why| why.value));
            actions.push(Action {
                id,
                title,
                theme,
                owner,
                level,
                due,
                cost,
                source,
                where_in_source,
                evidence,
                effects,
                untracked_effect,
            });
        }
        document.rest::<Nothing>("a list of actions", diagnostics);
    }
    actions
}

pub(crate) fn read_effect(
    file: &TextFile,
    of: &str,
    raw: &At<RawEffect>,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Effect> {
    let before = diagnostics.count();
    context.sources.need(&raw.source, file.locate(raw.source.span.clone()), diagnostics);
    let Some(measure) = Measure::named(&raw.measure) else {
        let help = suggest(
            &raw.measure,
            MEASURES.iter().map(|spec| spec.id),
            "the measures are listed in docs/book-format.md",
        );
        let message = format!("no measure is called `{}`", raw.measure.value);
        diagnostics.push("M007", file.locate(raw.measure.span.clone()), message, help);
        return None;
    };
    if measure.spec().read_once {
        let message =
            format!("`{}` is read once, at the start: nothing that changes it later has an effect", measure.id());
        let help = "change it in a book, or act on a measure that is read every year";
        diagnostics.push("M022", file.locate(raw.measure.span.clone()), message, help);
    }
    let at = |part: &str| file.locate(raw.key.span_of(part).unwrap_or_else(|| raw.span.clone()));
    let key = context.key(measure, &raw.key, &at, diagnostics);
    // A group can grow by a tenth; what is added to it or set for it would be added to each of its professions.
    if raw.how != Change::Multiply {
        refuse_amount_for_many(measure, &raw.key, &at, diagnostics);
    }
    let mut path = Vec::new();
    for point in &raw.path.value {
        if !point.value.is_finite() {
            let help = "write a number";
            diagnostics.push("M009", file.locate(point.value.span.clone()), "the effect is not a finite number", help);
        }
        path.push((FinancialYear::containing(point.from.0), point.value.value));
    }
    let place = || file.locate(raw.path.span.clone());
    if path.is_empty() {
        diagnostics.push(
            "M022",
            place(),
            "the effect has no dated value",
            "give path = [{ from = 2025-04-01, value = … }]",
        );
    }
    if path.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        let help = "put the dates in order, no two in one financial year";
        diagnostics.push("M022", place(), "the dates of the effect are not in order", help);
    }
    let delivery = read_delivery(file, raw, diagnostics);
    if raw.kind != Kind::Published && raw.why.trim().is_empty() {
        diagnostics.push("M012", file.locate(raw.span.clone()), "the effect does not say its reason", "add `why`");
    }
    let (key, (delivered, spread)) = (key?, delivery?);
    (diagnostics.count() == before).then(|| Effect {
        of: of.to_owned(),
        measure,
        key,
        how: raw.how,
        path,
        interpolation: raw.interpolation,
        delivered,
        spread: Arc::new(spread),
        share: 1.0,
        passport: Passport {
            kind: raw.kind,
            source: raw.source.value.clone(),
            where_in_source: raw.where_in_source.clone(),
            why: raw.why.clone(),
        },
        location: file.locate(raw.path.span.clone()),
    })
}

/// How much of an effect may be delivered, low and high, and what lies between; all of it, unless a range is stated.
fn read_delivery(
    file: &TextFile,
    raw: &At<RawEffect>,
    diagnostics: &mut Diagnostics,
) -> Option<([f64; 2], Distribution)> {
    let delivered = raw.range.as_ref().map_or([1.0, 1.0], |range| range.value.0);
    let [low, high] = delivered;
    if !(low <= 1.0 && high >= 1.0 && low >= -1.0 && high <= 3.0) {
        let span = raw.range.as_ref().map_or(raw.span.clone(), |range| range.span.clone());
        let help = "range is the share of the effect delivered, low and high, with 1 in between: [0.5, 1.1]";
        diagnostics.push("M022", file.locate(span), "the range of delivery does not hold 1", help);
        return None;
    }
    let written = raw.distribution.as_ref();
    if let Some(shape) = written.filter(|shape| shape.value == Shape::Metalog) {
        let help = "give a range, and name another distribution or none";
        let message = "how much of an effect is delivered has a range and no quantiles, so it is no metalog";
        diagnostics.push("M025", file.locate(shape.span.clone()), message, help);
        return None;
    }
    if let Some(shape) = written.filter(|_| raw.range.is_none()) {
        let help =
            "add range = [low, high], the share of the effect that may be delivered, or leave `distribution` out";
        diagnostics.push("M025", file.locate(shape.span.clone()), "a distribution is named, and no range", help);
        return None;
    }
    let shape = written.map_or_else(|| distribution::Shape::usual(1.0, low, high), |shape| shape.form(&[]));
    let fitted = Distribution::fit(&shape, 1.0, low, high, [f64::NEG_INFINITY, f64::INFINITY]);
    let spread = fitted.map_err(|unfit| {
        let span = written.map_or(raw.span.clone(), |shape| shape.span.clone());
        let help = "the value here is the whole effect, 1: change the range or the distribution, or leave `distribution` out for a shape that always fits";
        diagnostics.push("M025", file.locate(span), unfit.to_string(), help);
    });
    Some((delivered, spread.ok()?))
}

impl Effect {
    /// The value of the path in a year; none before it begins.
    pub fn at(&self, year: FinancialYear) -> Option<f64> {
        let after = self.path.partition_point(|(from, _)| *from <= year);
        let here = *self.path[..after].last()?;
        Some(match self.path.get(after) {
            Some(next) => between(self.interpolation, here, *next, year),
            None => here.1,
        })
    }

    /// How much of it is delivered: all, with the range that is stated.
    pub(crate) fn delivery(&self) -> Number {
        let [low, high] = self.delivered;
        Number { value: 1.0, low, high, spread: Arc::clone(&self.spread) }
    }

    /// What the effect makes of a value, when a share of it is delivered.
    pub fn apply(&self, value: f64, year: FinancialYear, delivered: f64) -> f64 {
        self.at(year).map_or(value, |path| self.how.apply(value, path, self.share * delivered))
    }

    /// The same some years later, and a share of it.
    #[must_use]
    pub(crate) fn late_and_less(&self, years: i16, share: f64) -> Self {
        let path = self.path.iter().map(|(from, value)| (*from + years, *value)).collect();
        Self { path, share: self.share * share, ..self.clone() }
    }
}

impl Change {
    /// What an effect with this value of its path makes of a value, when a share of it is delivered.
    pub(crate) fn apply(self, value: f64, path: f64, delivered: f64) -> f64 {
        match self {
            Self::Set => value + delivered * (path - value),
            Self::Add => value + delivered * path,
            Self::Multiply => value * (1.0 + delivered * (path - 1.0)),
        }
    }
}
