//! What an action or scenario does to an assumption: by when how much, how much of it may be delivered, and what lateness leaves of it.

use std::sync::Arc;

use jiff::civil::Date;
use muster_core::FinancialYear;
use muster_draws::distribution::{self, Distribution};
use serde::{Deserialize, Serialize};

use crate::assumption::{Interpolation, Key, Kind, Number, Passport};
use crate::book::Context;
use crate::diagnostic::{Diagnostics, Location, suggest};
use crate::document::{At, Day, LowHigh};
use crate::files::TextFile;
use crate::key::{RawKey, refuse_amount_for_many};
use crate::measure::{MEASURES, Measure};
use crate::shelf::between;
use crate::spread::Shape;

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
    /// By when how much, as promised; nothing before the first year, and the last value holds.
    pub path: Vec<(FinancialYear, f64)>,
    /// How many months later than that everything comes: none, unless it slipped.
    pub months_late: u32,
    /// Between the dates.
    pub interpolation: Interpolation,
    /// How much of it may be delivered, low and high.
    pub delivered: [f64; 2],
    /// What lies between.
    pub spread: Arc<Distribution>,
    /// The share of it that comes about: 1, unless a stress test or a report says otherwise. What is delivered is a share of this.
    pub share: f64,
    /// Where it came from.
    pub passport: Passport,
    /// Where it is written.
    pub location: Location,
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

impl RawEffect {
    /// The day on which it begins.
    pub(crate) fn begins(&self) -> Option<Date> {
        self.path.iter().map(|point| point.from.0).min()
    }
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
        months_late: 0,
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
    ///
    /// What comes some months late is spread over two years: six months late, a year has half of its own value and half of that of the
    /// year before. In the first year there is none before, and [`Self::share_in`] says how much of it there is.
    pub fn at(&self, year: FinancialYear) -> Option<f64> {
        let (years, part) = self.late();
        let now = self.promised(year + -years)?;
        match self.promised(year + -years + -1).filter(|_| part > 0.0) {
            Some(before) => Some(now + part * (before - now)),
            None => Some(now),
        }
    }

    /// The share of the effect that comes about in a year: less in its first when it comes part of a year late.
    pub fn share_in(&self, year: FinancialYear) -> f64 {
        let (years, part) = self.late();
        let is_first = part > 0.0 && self.promised(year + -years + -1).is_none();
        if is_first { self.share * (1.0 - part) } else { self.share }
    }

    /// Whole years late, and what part of another.
    fn late(&self) -> (i16, f64) {
        ((self.months_late / 12) as i16, f64::from(self.months_late % 12) / 12.0)
    }

    /// The value of the path in a year, if nothing is late; none before it begins.
    fn promised(&self, year: FinancialYear) -> Option<f64> {
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
        self.at(year).map_or(value, |path| self.how.apply(value, path, self.share_in(year) * delivered))
    }

    /// The same some months later than it stands, and a share of it.
    #[must_use]
    pub(crate) fn late_and_less(&self, months: u32, share: f64) -> Self {
        Self { months_late: self.months_late + months, share: self.share * share, ..self.clone() }
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
