//! Groups of assumptions that move together: read from `dependence.toml`, and held against what is uncertain in a plan.
//!
//! A group is written in a book or a plan, by measure. Which assumptions it holds is known only once every book is read, so it
//! is read as a [`Draft`] first.

mod settle;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use muster_core::Setting;
use muster_draws::dependence::Correlation;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::assumption::{Kind, Passport, Scope, plain};
use crate::book::Context;
use crate::diagnostic::{Diagnostics, Location, suggest};
use crate::document::{At, Document, Nothing};
use crate::files::TextFile;
use crate::key::RawKey;
use crate::measure::{MEASURES, Measure};
use crate::resolve::Assumption;

pub(crate) use self::settle::settle;

/// The name of the file, in a book or a plan.
pub(crate) const FILE: &str = "dependence.toml";

/// Assumptions that move together.
#[derive(Debug, Clone)]
pub struct Dependence {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What moves together, and why.
    pub about: String,
    /// The uncertain assumptions in it, by its lines.
    pub members: Vec<Assumption>,
    /// Their correlations, in the order of `members`: as stated, or the nearest that can be.
    pub correlation: Correlation,
    /// Where it came from.
    pub passport: Passport,
    /// Where it is written.
    pub location: Location,
}

/// A group of assumptions that move together, as written.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDependence {
    id: At<String>,
    title: String,
    /// What moves together, and why.
    about: At<String>,
    members: Vec<At<RawMember>>,
    correlation: At<RawCorrelation>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

/// A line of a group: every uncertain assumption of a measure, or of a part of it; or the delivery of an action.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMember {
    measure: Option<At<String>>,
    #[serde(rename = "for")]
    key: Option<RawKey>,
    delivery: Option<At<String>>,
}

/// One number for every two assumptions, or a matrix with a row for each line.
#[derive(Debug, Clone)]
pub(crate) enum RawCorrelation {
    One(f64),
    ByLine(Vec<Vec<f64>>),
}

impl<'de> Deserialize<'de> for RawCorrelation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = RawCorrelation;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number from -1 to 1, or a list of such numbers for each member")
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<RawCorrelation, E> {
                Ok(RawCorrelation::One(number))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<RawCorrelation, E> {
                Ok(RawCorrelation::One(number as f64))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<RawCorrelation, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(RawCorrelation::ByLine)
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl schemars::JsonSchema for RawCorrelation {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Correlation".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let number = || schemars::json_schema!({ "type": "number", "minimum": -1, "maximum": 1 });
        schemars::json_schema!({
            "description": "One number for every two assumptions of the group; or a row for each member, with the correlations between their assumptions, and on the diagonal those among the assumptions of one member.",
            "oneOf": [number(), { "type": "array", "items": { "type": "array", "items": number() } }]
        })
    }
}

/// A group that was read, before it is known which assumptions it holds.
pub(crate) struct Draft {
    id: String,
    title: String,
    about: String,
    lines: Vec<Line>,
    correlation: At<RawCorrelation>,
    passport: Passport,
    file: TextFile,
    location: Location,
}

struct Line {
    wanted: Wanted,
    location: Location,
}

/// What a line stands for.
enum Wanted {
    /// What is stated of a measure: for everything, or for a subject and what it holds, and for every setting or for one.
    Stated(Measure, Option<Scope>, Option<Setting>),
    /// The delivery of an action.
    Delivery(String),
}

/// Reads the groups of a folder, if it states any, and adds them to those of the folders before: a group of the same name
/// stands in for the earlier one. Only a plan knows its actions.
pub(crate) fn read(
    folder: &Path,
    is_plan: bool,
    drafts: &mut Vec<Draft>,
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let path = folder.join(FILE);
    if !context.files.has_file(&path) {
        return;
    }
    let Some(file) = context.files.read(&path, diagnostics) else { return };
    let Some(mut document) = Document::parse(&file, diagnostics) else { return };
    let mut found: Vec<Draft> = Vec::new();
    for At { value: raw, .. } in document.list::<RawDependence>("group", diagnostics) {
        if found.iter().any(|group| group.id == raw.id.value) {
            let message = format!("two groups are called `{}`", raw.id.value);
            diagnostics.push("M013", file.locate(raw.id.span.clone()), message, "give one of them another id");
            continue;
        }
        found.extend(draft(raw, &file, is_plan, context, diagnostics));
    }
    document.rest::<Nothing>("a list of groups", diagnostics);
    drafts.retain(|earlier| !found.iter().any(|later| later.id == earlier.id));
    drafts.extend(found);
}

fn draft(
    raw: RawDependence,
    file: &TextFile,
    is_plan: bool,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Draft> {
    let before = diagnostics.count();
    let location = file.locate(raw.id.span.clone());
    context.sources.need(&raw.source, file.locate(raw.source.span.clone()), diagnostics);
    if raw.about.trim().is_empty() {
        let help = "say in a sentence what moves together and why";
        let message = "the definition in `about` is empty";
        diagnostics.push("M005", file.locate(raw.about.span.clone()), message, help);
    }
    if raw.kind == Kind::Published && raw.where_in_source.trim().is_empty() {
        let message = "a published correlation does not say where in its source it is printed";
        diagnostics.push("M011", file.locate(raw.source.span.clone()), message, "add `where`: the table or page");
    }
    if raw.kind != Kind::Published && raw.why.trim().is_empty() {
        let help = "add `why`, so that another planner can disagree with it";
        diagnostics.push("M012", location.clone(), "the group does not say why it is correlated like that", help);
    }
    check_correlation(&raw.correlation, raw.members.len(), file, diagnostics);
    let lines = raw.members.iter().filter_map(|member| line(member, file, is_plan, context, diagnostics)).collect();
    (diagnostics.count() == before).then(|| Draft {
        id: raw.id.value,
        title: raw.title,
        about: raw.about.value,
        lines,
        correlation: raw.correlation,
        passport: Passport {
            kind: raw.kind,
            source: raw.source.value,
            where_in_source: raw.where_in_source,
            why: raw.why,
        },
        file: file.clone(),
        location,
    })
}

/// Refuses numbers that are no correlations, and a matrix that is not square or says two things of one pair.
fn check_correlation(raw: &At<RawCorrelation>, lines: usize, file: &TextFile, diagnostics: &mut Diagnostics) {
    let mut refuse =
        |message: String, help: &str| diagnostics.push("M025", file.locate(raw.span.clone()), message, help);
    let rows = match &raw.value {
        RawCorrelation::One(number) => &vec![vec![*number]],
        RawCorrelation::ByLine(rows) => {
            let uneven = rows.iter().position(|row| row.len() != lines);
            if let Some(row) = uneven.filter(|_| rows.len() == lines) {
                let message = format!(
                    "row {} of the correlations has {} numbers, and the group has {lines} members",
                    row + 1,
                    rows[row].len()
                );
                return refuse(message, "write one number for each member in each row");
            }
            if rows.len() != lines {
                let message = format!("the correlations have {} rows, and the group has {lines} members", rows.len());
                return refuse(message, "write one row for each member, with one number for each member");
            }
            rows
        }
    };
    for (i, row) in rows.iter().enumerate() {
        for (j, &number) in row.iter().enumerate() {
            if !(-1.0..=1.0).contains(&number) {
                let message = format!("a correlation cannot be {}", plain(number));
                return refuse(message, "write a number from -1 (one goes down as the other goes up) to 1");
            }
            if number != rows[j][i] {
                let (one, other) = (plain(number), plain(rows[j][i]));
                let message = format!(
                    "members {} and {} have the correlation {one} in one row and {other} in the other",
                    i + 1,
                    j + 1
                );
                return refuse(message, "write the same number in both rows");
            }
        }
    }
}

fn line(
    raw: &At<RawMember>,
    file: &TextFile,
    is_plan: bool,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Line> {
    let location = file.locate(raw.span.clone());
    let wanted = match (&raw.measure, &raw.delivery) {
        (Some(name), None) => {
            let Some(measure) = Measure::named(name) else {
                let known = MEASURES.iter().map(|spec| spec.id);
                let help = suggest(name, known, "the measures are listed in docs/book-format.md");
                let message = format!("no measure is called `{}`", name.value);
                diagnostics.push("M007", file.locate(name.span.clone()), message, help);
                return None;
            };
            let key = raw.key.clone().unwrap_or_default();
            let at = |part: &str| file.locate(key.span_of(part).unwrap_or_else(|| raw.span.clone()));
            let (scope, setting) = context.part_of(measure, &key, &at, diagnostics)?;
            Wanted::Stated(measure, scope, setting)
        }
        (None, Some(action)) if is_plan && raw.key.is_none() => Wanted::Delivery(action.value.clone()),
        (None, Some(action)) => {
            let (message, help) = if is_plan {
                ("the delivery of an action is not for anyone or anything", "leave out `for`")
            } else {
                (
                    "a book does not know the actions of a plan",
                    "move the group to dependence.toml in the folder of the plan, or leave the delivery out",
                )
            };
            diagnostics.push("M025", file.locate(action.span.clone()), message, help);
            return None;
        }
        (measure, _) => {
            let message = match measure {
                Some(_) => "a member is a measure or the delivery of an action, not both",
                None => "a member names neither a measure nor the delivery of an action",
            };
            let help = "write { measure = \"leaver_rate\" } or { delivery = \"A1\" }, one for each member";
            diagnostics.push("M025", location, message, help);
            return None;
        }
    };
    Some(Line { wanted, location })
}
