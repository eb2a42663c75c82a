//! Assumptions: dated values with a passport, as written in TOML or in a table beside it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use muster_core::{AgeBand, FinancialYear, PlaceCode, Setting};
use muster_draws::distribution::{self, Distribution};
use muster_draws::sampler::Path as Wander;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::book::Context;
use crate::diagnostic::{Diagnostics, Location, suggest};
use crate::document::{At, Day, Document, LowHigh, Quantile};
use crate::files::TextFile;
use crate::key::{RawKey, refuse_amount_for_many};
use crate::measure::{MEASURES, Measure};
use crate::spread::{RawPath, Shape, check_path};
use crate::table::{RowRef, Table};

/// How a number came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Printed by the source as it stands.
    Published,
    /// Worked out from what sources print, in a way that is stated.
    Derived,
    /// Judged, for a reason that is stated.
    Judgement,
}

/// How values between two dated ones are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// The earlier value holds.
    #[default]
    Step,
    /// A straight line.
    Linear,
    /// A constant rate of growth.
    Growth,
}

/// Who or what a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything.
    All,
    /// A staff group, as an index.
    Group(usize),
    /// A profession, as an index.
    Profession(usize),
    /// A programme, as an index.
    Programme(usize),
    /// A move, as an index.
    Move(usize),
}

/// What a value is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Who or what.
    pub scope: Scope,
    /// Where care is given.
    pub setting: Option<Setting>,
    /// Which ages.
    pub ages: Option<AgeBand>,
    /// Which place; none for the place of the book.
    pub place: Option<PlaceCode>,
}

/// Where a number came from, and why it is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Passport {
    /// Published, derived or judged.
    pub kind: Kind,
    /// The id of its source.
    pub source: String,
    /// Where in the source.
    #[serde(rename = "where")]
    pub where_in_source: String,
    /// The derivation or the reason.
    pub why: String,
}

/// A number, how low and how high it may be, and what lies between.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// The number.
    pub value: f64,
    /// How low it may be; the number itself where no range is stated.
    pub low: f64,
    /// How high it may be; the number itself where no range is stated.
    pub high: f64,
    /// What lies between.
    pub spread: Arc<Distribution>,
}

/// One dated value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The year it holds from.
    pub from: FinancialYear,
    /// The last year it holds, if it ends.
    pub to: Option<FinancialYear>,
    /// The value.
    pub value: f64,
    /// How low it may be; the value itself where no range is stated.
    pub low: f64,
    /// How high it may be; the value itself where no range is stated.
    pub high: f64,
    /// What lies between low and high.
    pub spread: Arc<Distribution>,
    /// How it becomes the next value.
    pub interpolation: Interpolation,
    /// Where it came from.
    pub passport: Arc<Passport>,
    /// Where it is written.
    pub location: Location,
}

/// A value as read, with what it is for.
pub(crate) struct Stated {
    pub measure: Measure,
    pub key: Key,
    pub entry: Entry,
    /// How what is not known about it moves over the years.
    pub path: Wander,
}

/// An assumption file as written.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFile {
    measure: At<String>,
    about: At<String>,
    unit: At<String>,
    #[serde(default)]
    interpolation: Interpolation,
    path: Option<At<RawPath>>,
    /// The day a person last looked at it.
    #[expect(dead_code, reason = "for people; its form is checked by being read")]
    checked: Day,
    price_year: Option<At<String>>,
    table: Option<At<RawTable>>,
    /// The values, which are read one by one so that each fault is reported.
    #[serde(default)]
    #[expect(dead_code, reason = "only for the schema")]
    value: Vec<RawValue>,
}

/// A value as written.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawValue {
    #[serde(rename = "for", default)]
    key: RawKey,
    from: At<Day>,
    to: Option<At<Day>>,
    value: At<f64>,
    range: Option<At<LowHigh>>,
    distribution: Option<At<Shape>>,
    quantiles: Option<At<Vec<Quantile>>>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

/// The passport of a table, as written.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTable {
    file: At<String>,
    from: Option<At<Day>>,
    to: Option<At<Day>>,
    distribution: Option<At<Shape>>,
    kind: Option<Kind>,
    source: Option<At<String>>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

const COLUMNS: &[&str] = &[
    "group",
    "profession",
    "programme",
    "move",
    "setting",
    "age",
    "place",
    "from",
    "to",
    "value",
    "low",
    "high",
    "distribution",
    "kind",
    "source",
    "where",
    "why",
];

/// Reads one assumption file and the table beside it.
pub(crate) fn read(path: &Path, context: &mut Context<'_>, diagnostics: &mut Diagnostics) -> Vec<Stated> {
    let Some(file) = context.files.read(path, diagnostics) else { return Vec::new() };
    let Some(mut document) = Document::parse(&file, diagnostics) else { return Vec::new() };
    let written = document.has("value");
    let values = document.list::<RawValue>("value", diagnostics);
    let Some(raw) = document.rest::<RawFile>("an assumption file", diagnostics) else { return Vec::new() };
    let Some(measure) = Measure::named(&raw.measure) else {
        let help = suggest(
            &raw.measure,
            MEASURES.iter().map(|spec| spec.id),
            "the measures are listed in docs/book-format.md",
        );
        let message = format!("no measure is called `{}`", raw.measure.value);
        diagnostics.push("M007", file.locate(raw.measure.span.clone()), message, help);
        return Vec::new();
    };
    check_header(&file, &raw, measure, context, diagnostics);
    let wander = check_path(&file, raw.path.as_ref(), measure, diagnostics);
    let reader = Reader { context, file: &file, measure, interpolation: raw.interpolation, path: wander };
    let mut stated: Vec<Stated> = values.iter().filter_map(|value| reader.value(value, diagnostics)).collect();
    match &raw.table {
        Some(table) => {
            let beside = path.with_file_name(&table.file.value);
            let named_at = file.locate(table.file.span.clone());
            if let Some(csv) = context.files.read_named(&beside, named_at, diagnostics) {
                let reader = Reader { context, file: &csv, measure, interpolation: raw.interpolation, path: wander };
                stated.extend(reader.table(&file, table, diagnostics));
            }
        }
        None if !written => {
            diagnostics.push(
                "M005",
                file.start(),
                "the file states no value",
                "add a [[value]], or a [table] with a CSV file",
            );
        }
        None => {}
    }
    stated
}

fn check_header(
    file: &TextFile,
    raw: &RawFile,
    measure: Measure,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let spec = measure.spec();
    if raw.unit.value != spec.unit {
        let message = format!("`{}` is stated in `{}`, not `{}`", spec.id, spec.unit, raw.unit.value);
        let help = format!("convert the values, then write unit = \"{}\"", spec.unit);
        diagnostics.push("M008", file.locate(raw.unit.span.clone()), message, help);
    }
    if raw.about.trim().is_empty() {
        let help = "say in a sentence what is counted and what is not";
        diagnostics.push("M005", file.locate(raw.about.span.clone()), "the definition in `about` is empty", help);
    }
    let Some(written) = &raw.price_year else {
        if spec.money {
            let message = format!("`{}` is money, and the file does not say in the prices of which year", spec.id);
            diagnostics.push("M005", file.start(), message, "add price_year = \"2022/23\" (or another year)");
        }
        return;
    };
    let place = file.locate(written.span.clone());
    match written.parse::<FinancialYear>() {
        Err(_) => {
            let message = format!("`{}` is not a price year", written.value);
            diagnostics.push("M018", place, message, "write it as 2022/23");
        }
        Ok(year) => {
            // Pounds of two years do not add: the first file that states a year states it for the plan.
            let first = context.price_year.get().unwrap_or(year);
            context.price_year.set(Some(first));
            if first != year {
                let message = format!("this file is in {year} prices, and another of the plan in {first} prices");
                let help = format!("convert the values to {first} prices, and say in `why` with which deflator");
                diagnostics.push("M008", place, message, help);
            }
        }
    }
}

/// What a row or section says, before it is checked.
struct Candidate<'a> {
    key: RawKey,
    from: FinancialYear,
    to: Option<FinancialYear>,
    value: f64,
    range: Option<[f64; 2]>,
    distribution: Option<Shape>,
    quantiles: Option<Vec<[f64; 2]>>,
    kind: Kind,
    source: &'a str,
    where_in_source: &'a str,
    why: &'a str,
    places: Places<'a>,
}

/// Where each part of a candidate is written.
struct Places<'a> {
    of: &'a dyn Fn(&str) -> Location,
}

struct Reader<'a, 'c> {
    context: &'a Context<'c>,
    file: &'a TextFile,
    measure: Measure,
    interpolation: Interpolation,
    path: Wander,
}

impl Reader<'_, '_> {
    fn value(&self, raw: &At<RawValue>, diagnostics: &mut Diagnostics) -> Option<Stated> {
        let spans = |part: &str| {
            let span = match part {
                "value" => raw.value.value.span.clone(),
                "low" | "high" => raw.range.as_ref().map_or(raw.value.value.span.clone(), |range| range.span.clone()),
                "quantiles" => match (&raw.quantiles, &raw.distribution) {
                    (Some(quantiles), _) => quantiles.span.clone(),
                    (None, Some(distribution)) => distribution.span.clone(),
                    (None, None) => raw.value.value.span.clone(),
                },
                "from" => raw.from.span.clone(),
                "to" => raw.to.as_ref().map_or(raw.from.span.clone(), |to| to.span.clone()),
                "source" => raw.source.span.clone(),
                _ => raw.value.key.span_of(part).unwrap_or_else(|| raw.span.clone()),
            };
            self.file.locate(span)
        };
        let candidate = Candidate {
            key: raw.key.clone(),
            from: FinancialYear::containing(raw.from.0),
            to: raw.to.as_ref().map(|to| FinancialYear::containing(to.0)),
            value: raw.value.value.value,
            range: raw.range.as_ref().map(|range| range.value.0),
            distribution: raw.distribution.as_ref().map(|shape| shape.value),
            quantiles: raw.quantiles.as_ref().map(|list| list.value.iter().map(|quantile| quantile.0).collect()),
            kind: raw.kind,
            source: &raw.source,
            where_in_source: &raw.where_in_source,
            why: &raw.why,
            places: Places { of: &spans },
        };
        self.context.sources.need(&raw.source, spans("source"), diagnostics);
        self.check(&candidate, diagnostics)
    }

    fn table(&self, toml: &TextFile, raw: &At<RawTable>, diagnostics: &mut Diagnostics) -> Vec<Stated> {
        if let Some(source) = &raw.source {
            self.context.sources.need(source, toml.locate(source.span.clone()), diagnostics);
        }
        if let Some(shape) = raw.distribution.as_ref().filter(|shape| shape.value == Shape::Metalog) {
            refuse_metalog_in_table(toml.locate(shape.span.clone()), diagnostics);
            return Vec::new();
        }
        let Some(table) = Table::read(self.file, COLUMNS, &["value"], diagnostics) else { return Vec::new() };
        let mut stated = Vec::new();
        for row in table.rows(self.file) {
            let number = |column: &str, diagnostics: &mut Diagnostics| -> Result<Option<f64>, Refused> {
                let Some(text) = row.cell(column) else { return Ok(None) };
                text.parse().map(Some).map_err(|_| {
                    let message = format!("`{text}` in column `{column}` is not a number");
                    let help = "write digits with a point, without separators, units or percent signs";
                    diagnostics.push("M006", row.place(column), message, help);
                    Refused
                })
            };
            let date = |column: &str,
                        written: Option<&At<Day>>,
                        diagnostics: &mut Diagnostics|
             -> Result<Option<FinancialYear>, Refused> {
                let Some(text) = row.cell(column) else {
                    return Ok(written.map(|day| FinancialYear::containing(day.0)));
                };
                let day = text.parse::<jiff::civil::Date>().ok().filter(|day| (1900..=2200).contains(&day.year()));
                if day.is_none() {
                    let message = format!("`{text}` in column `{column}` is not a date");
                    let help = "write it as 2022-04-01, in a year from 1900 to 2200";
                    diagnostics.push("M018", row.place(column), message, help);
                }
                day.map(|day| Some(FinancialYear::containing(day))).ok_or(Refused)
            };
            let numbers = (number("value", diagnostics), number("low", diagnostics), number("high", diagnostics));
            let dates = (date("from", raw.from.as_ref(), diagnostics), date("to", raw.to.as_ref(), diagnostics));
            let kind = word(&row, "kind", raw.kind, diagnostics);
            let usual = raw.distribution.as_ref().map(|shape| shape.value);
            let distribution = word(&row, "distribution", usual, diagnostics);
            let ((Ok(value), Ok(low), Ok(high)), (Ok(from), Ok(to))) = (numbers, dates) else { continue };
            let (Ok(kind), Ok(distribution)) = (kind, distribution) else { continue };
            if distribution == Some(Shape::Metalog) {
                refuse_metalog_in_table(row.place("distribution"), diagnostics);
                continue;
            }
            let mut need = |what: Option<()>, column: &str, help: &str| {
                if what.is_none() {
                    let message = format!("the row does not say its `{column}`");
                    diagnostics.push("M005", row.place(column), message, help);
                }
                what.is_some()
            };
            let both = format!("fill the cell, or write it once under [table] in {}", toml.name());
            let complete = need(value.map(|_| ()), "value", "fill the cell, or remove the row")
                & need(from.map(|_| ()), "from", &both)
                & need(kind.map(|_| ()), "kind", &both);
            let range = match (low, high) {
                (Some(low), Some(high)) => Some([low, high]),
                (None, None) => None,
                _ => {
                    let help = "give both ends of the range, or neither";
                    diagnostics.push("M012", row.place("low"), "the row has one end of a range", help);
                    continue;
                }
            };
            let (Some(value), Some(from), Some(kind), true) = (value, from, kind, complete) else { continue };
            let text = |column: &str, otherwise: &str| row.cell(column).unwrap_or(otherwise).to_owned();
            let place = |part: &str| row.place(part);
            let source = text("source", raw.source.as_ref().map_or("", |source| source.value.as_str()));
            if row.cell("source").is_some() || raw.source.is_none() {
                self.context.sources.need(&source, row.place("source"), diagnostics);
            }
            let candidate = Candidate {
                key: RawKey::from_cells(|column| row.cell(column)),
                from,
                to,
                value,
                range,
                distribution,
                quantiles: None,
                kind,
                source: &source,
                where_in_source: &text("where", &raw.where_in_source),
                why: &text("why", &raw.why),
                places: Places { of: &place },
            };
            stated.extend(self.check(&candidate, diagnostics));
        }
        stated
    }

    /// What can be wrong with one value, however it was written, but for its source.
    fn check(&self, candidate: &Candidate<'_>, diagnostics: &mut Diagnostics) -> Option<Stated> {
        let at = candidate.places.of;
        let before = diagnostics.count();
        let key = self.context.key(self.measure, &candidate.key, at, diagnostics);
        refuse_amount_for_many(self.measure, &candidate.key, at, diagnostics);
        let number = self.check_number(candidate, diagnostics);
        if candidate.to.is_some_and(|to| to < candidate.from) {
            diagnostics.push("M018", at("to"), "the value ends before it begins", "put `to` after `from`");
        }
        if candidate.kind == Kind::Published && candidate.where_in_source.trim().is_empty() {
            let help = "add `where`: the table, page or row that prints it";
            diagnostics.push(
                "M011",
                at("source"),
                "a published value does not say where in its source it is printed",
                help,
            );
        }
        if candidate.kind != Kind::Published && candidate.why.trim().is_empty() {
            let (message, help) = match candidate.kind {
                Kind::Derived => ("a derived value does not say how it was derived", "add `why`, with the sum"),
                _ => ("a judgement does not say its reason", "add `why`, so that another planner can disagree with it"),
            };
            diagnostics.push("M012", at("why"), message, help);
        }
        // Shares of a whole move together, so a range for one of them alone would mean nothing.
        let spec = self.measure.spec();
        let ranged = candidate.range.is_some() || candidate.quantiles.is_some();
        if candidate.kind == Kind::Judgement && !ranged && !spec.parts_of_one && spec.ages.is_none() {
            let help = "add range = [low, high], or columns low and high: how far could a reasonable person differ?";
            diagnostics.push("M012", at("value"), "a judgement does not say its range", help);
        }
        if diagnostics.count() > before {
            return None;
        }
        let Number { value, low, high, spread } = number?;
        let passport = Passport {
            kind: candidate.kind,
            source: candidate.source.to_owned(),
            where_in_source: candidate.where_in_source.to_owned(),
            why: candidate.why.to_owned(),
        };
        let entry = Entry {
            from: candidate.from,
            to: candidate.to,
            value,
            low,
            high,
            spread,
            interpolation: self.interpolation,
            passport: self.context.share(passport),
            location: at("value"),
        };
        Some(Stated { measure: self.measure, key: key?, entry, path: self.path })
    }

    /// The number with its range and what lies between, if all that can be right.
    fn check_number(&self, candidate: &Candidate<'_>, diagnostics: &mut Diagnostics) -> Option<Number> {
        let spec = self.measure.spec();
        let at = candidate.places.of;
        let value = candidate.value;
        let [low, high] = candidate.range.unwrap_or([value; 2]);
        for (number, part) in [(value, "value"), (low, "low"), (high, "high")] {
            if !(spec.lowest..=spec.highest).contains(&number) {
                let message = format!("{} cannot be {}", spec.id, plain(number));
                let help =
                    format!("it lies between {} and {} ({})", plain(spec.lowest), plain(spec.highest), spec.unit);
                diagnostics.push("M009", at(part), message, help);
                return None;
            }
        }
        if self.interpolation == Interpolation::Growth && value <= 0.0 {
            let help = "use interpolation = \"linear\", or a value above nought";
            diagnostics.push("M009", at("value"), "nothing grows at a constant rate from nought", help);
        }
        if low > value || high < value {
            let message =
                format!("the value {} is outside its own range, {} to {}", plain(value), plain(low), plain(high));
            diagnostics.push("M009", at("low"), message, "write range = [low, high] around the value");
            return None;
        }
        let is_metalog = candidate.distribution == Some(Shape::Metalog);
        let quantiles = candidate.quantiles.as_deref();
        if is_metalog != quantiles.is_some() {
            let (message, help) = if is_metalog {
                (
                    "a metalog goes through quantiles, and none are stated",
                    "add quantiles = [[0.1, …], [0.5, …], [0.9, …]], each a chance and the value it lies below, or name another distribution",
                )
            } else {
                (
                    "quantiles are stated, and the distribution is not a metalog",
                    "write distribution = \"metalog\", or leave the quantiles out and give a range",
                )
            };
            diagnostics.push("M025", at("quantiles"), message, help);
            return None;
        }
        let usual = || distribution::Shape::usual(value, low, high);
        let shape = candidate.distribution.map_or_else(usual, |shape| shape.form(quantiles.unwrap_or_default()));
        let (part, help) = if is_metalog { ("quantiles", UNFIT_METALOG) } else { ("low", UNFIT) };
        let fitted = Distribution::fit(&shape, value, low, high, [spec.lowest, spec.highest]);
        let spread = fitted.map_err(|unfit| diagnostics.push("M025", at(part), unfit.to_string(), help)).ok()?;
        // What is moved by itself from low to high goes from one point in twenty to the other.
        let ends = || if is_metalog { [spread.quantile(0.05), spread.quantile(0.95)] } else { [value; 2] };
        let [low, high] = candidate.range.unwrap_or_else(ends);
        Some(Number { value, low, high, spread: Arc::new(spread) })
    }
}

/// The next step for a range that its distribution does not fit; the message says what would.
const UNFIT: &str =
    "change the value, the range or the distribution; leave `distribution` out for a shape that always fits";
const UNFIT_METALOG: &str = "change the value or the quantiles; or give a range and leave both `distribution` and `quantiles` out for a shape that always fits";

fn refuse_metalog_in_table(at: Location, diagnostics: &mut Diagnostics) {
    let message = "a table has no place for the quantiles that a metalog goes through";
    let help =
        "name another distribution, or take the value out of the table and state it under [[value]] with `quantiles`";
    diagnostics.push("M025", at, message, help);
}

/// A cell that cannot be read, which was said.
struct Refused;

/// A cell that holds one of a few words.
fn word<T: DeserializeOwned>(
    row: &RowRef<'_>,
    column: &str,
    otherwise: Option<T>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<T>, Refused> {
    let Some(text) = row.cell(column) else { return Ok(otherwise) };
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map(Some).map_err(|_| {
        let help = match column {
            "kind" => "use published, derived or judgement",
            _ => "use triangular, uniform, normal, lognormal, beta or pert",
        };
        diagnostics.push("M010", row.place(column), format!("`{text}` is not a {column}"), help);
        Refused
    })
}

/// A number as a person writes it.
pub(crate) fn plain(number: f64) -> String {
    if !number.is_finite() {
        "a number that is not finite".to_owned()
    } else if number.abs() >= 1e15 {
        format!("{number:e}")
    } else {
        format!("{number}")
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Published => "published",
            Self::Derived => "derived",
            Self::Judgement => "judgement",
        })
    }
}
