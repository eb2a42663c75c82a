//! Checks and targets: figures, and what is expected of them.

use std::path::Path;

use jiff::civil::Date;
use muster_core::FinancialYear;
use serde::{Deserialize, Serialize};

use crate::book::Context;
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::{At, Day, Document, LowHigh, Nothing};
use crate::figure::{Figure, RawFigure};
use crate::plan::PLAN;
use crate::scenario::Scenario;

/// What a check is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The book was fitted to it, so it must agree.
    Calibration,
    /// Nothing was fitted to it.
    Prediction,
    /// It is one of the plan's own inputs.
    Input,
    /// The plan promises it.
    Target,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Expect {
    /// No less.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
    /// Between two numbers.
    Between(f64, f64),
    /// Within a share of a number.
    Near {
        /// The number.
        value: f64,
        /// The share of it by which a figure may differ.
        within: f64,
    },
}

/// A figure that is held against something published or promised.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The question.
    pub figure: Figure,
    /// The scenario it is put to.
    pub scenario: String,
    /// The scenario whose answer is taken away from it, if one is.
    pub against: Option<String>,
    /// The answer hoped for.
    pub expect: Expect,
    /// What it is for.
    pub role: Role,
    /// By when, for a target.
    pub due: Option<Date>,
    /// Who published it.
    pub source: String,
    /// Where.
    pub where_in_source: String,
    /// Why it is missed, when it is.
    pub note: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCheck {
    id: At<String>,
    title: String,
    figure: At<RawFigure>,
    scenario: Option<At<String>>,
    /// A scenario whose answer is taken away from that of `scenario`.
    against: Option<At<String>>,
    expect: At<RawExpect>,
    role: Option<Role>,
    due: Option<Day>,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    note: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExpect {
    at_least: Option<f64>,
    at_most: Option<f64>,
    between: Option<LowHigh>,
    near: Option<f64>,
    within: Option<f64>,
}

pub(crate) fn read_checks(
    folder: &Path,
    (name, list, role): (&str, &str, Role),
    scenarios: &[Scenario],
    years: (FinancialYear, FinancialYear),
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Check> {
    let path = folder.join(name);
    if !context.files.has_file(&path) {
        return Vec::new();
    }
    let Some(file) = context.files.read(&path, diagnostics) else { return Vec::new() };
    let Some(mut document) = Document::parse(&file, diagnostics) else { return Vec::new() };
    let mut checks: Vec<Check> = Vec::new();
    for raw in document.list::<RawCheck>(list, diagnostics) {
        if checks.iter().any(|check| check.id == raw.id.value) {
            let message = format!("two {list}s are called `{}`", raw.id.value);
            diagnostics.push("M013", file.locate(raw.id.span.clone()), message, "give one of them another id");
            continue;
        }
        context.sources.need(&raw.source, file.locate(raw.source.span.clone()), diagnostics);
        let scenario = raw.scenario.as_ref().map_or(PLAN, |scenario| scenario.as_str()).to_owned();
        if !scenarios.iter().any(|known| known.id == scenario) {
            let span = raw.scenario.as_ref().map_or(raw.span.clone(), |scenario| scenario.span.clone());
            let help = suggest(
                &scenario,
                scenarios.iter().map(|known| known.id.as_str()),
                "scenarios are listed in scenarios.toml",
            );
            diagnostics.push("M010", file.locate(span), format!("no scenario is called `{scenario}`"), help);
        }
        if let Some(against) = &raw.against {
            let at = || file.locate(against.span.clone());
            if !scenarios.iter().any(|known| known.id == against.value) {
                let known = scenarios.iter().map(|known| known.id.as_str());
                let help = suggest(against, known, "scenarios are listed in scenarios.toml");
                diagnostics.push("M010", at(), format!("no scenario is called `{}`", against.value), help);
            }
            if role == Role::Target {
                let help = "promise a figure of the plan itself, or make it a check";
                diagnostics.push("M032", at(), "a target is not a difference of two scenarios", help);
            }
        }
        let expect = raw.expect.read();
        if expect.is_none() {
            let help =
                "write one of { at_least = a }, { at_most = b }, { between = [a, b] }, { near = x, within = 0.05 }";
            diagnostics.push("M023", file.locate(raw.expect.span.clone()), "it is not clear what is expected", help);
        }
        let figure = raw.figure.resolve(&file, context, years, diagnostics);
        let (Some(figure), Some(expect)) = (figure, expect) else { continue };
        let RawCheck { id, title, role: written, against, due, source, where_in_source, note, .. } = raw.value;
        let (due, role) = (due.map(|day| day.0), written.unwrap_or(role));
        checks.push(Check {
            id: id.value,
            title,
            figure,
            scenario,
            against: against.map(|against| against.value),
            expect,
            role,
            due,
            source: source.value,
            where_in_source,
            note,
        });
    }
    document.rest::<Nothing>(&format!("a list of {list}s"), diagnostics);
    checks
}

impl RawExpect {
    fn read(&self) -> Option<Expect> {
        let expect = match (self.at_least, self.at_most, self.between, self.near, self.within) {
            (Some(least), None, None, None, None) => Expect::AtLeast(least),
            (None, Some(most), None, None, None) => Expect::AtMost(most),
            (None, None, Some(LowHigh([low, high])), None, None) if low <= high => Expect::Between(low, high),
            (None, None, None, Some(value), Some(within)) if within >= 0.0 => Expect::Near { value, within },
            _ => return None,
        };
        let (low, high) = expect.bounds();
        (!low.is_nan() && !high.is_nan() && low <= high).then_some(expect)
    }
}

impl Expect {
    /// The lowest and highest figure that meets it.
    pub fn bounds(self) -> (f64, f64) {
        match self {
            Self::AtLeast(least) => (least, f64::INFINITY),
            Self::AtMost(most) => (f64::NEG_INFINITY, most),
            Self::Between(low, high) => (low, high),
            Self::Near { value, within } => (value - value.abs() * within, value + value.abs() * within),
        }
    }

    /// How far a figure is outside; nought when it meets it.
    pub fn missed_by(self, figure: f64) -> f64 {
        let (low, high) = self.bounds();
        if figure < low {
            figure - low
        } else if figure > high {
            figure - high
        } else {
            0.0
        }
    }
}
