//! Assumptions: dated values with a passport, as written in TOML or in a table beside it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use muster_core::{AgeBand, FinancialYear, PlaceCode, Setting};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::book::Context;
use crate::diagnostic::{Diagnostics, Location, suggest};
use crate::document::{At, Day, Document, LowHigh};
use crate::files::TextFile;
use crate::measure::{MEASURES, Measure, Part, Subject};
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

/// The shape of what is not known about a number; the range says how wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Likeliest at the value, never beyond low and high.
    #[default]
    Triangular,
    /// As likely anywhere between low and high.
    Uniform,
    /// Bell-shaped; low and high are its 5% and 95% points.
    Normal,
    /// Bell-shaped on a log scale; low and high are its 5% and 95% points.
    Lognormal,
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
    /// The shape of the range.
    pub distribution: Distribution,
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
}

/// What a value is for, as written.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawKey {
    pub group: Option<At<String>>,
    pub profession: Option<At<String>>,
    pub programme: Option<At<String>>,
    #[serde(rename = "move")]
    pub movement: Option<At<String>>,
    pub setting: Option<At<String>>,
    pub age: Option<At<String>>,
    pub place: Option<At<String>>,
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
    #[serde(default)]
    distribution: Distribution,
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
    distribution: Option<Distribution>,
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
    check_header(&file, &raw, measure, diagnostics);
    let reader = Reader { context, file: &file, measure, interpolation: raw.interpolation };
    let mut stated: Vec<Stated> = values.iter().filter_map(|value| reader.value(value, diagnostics)).collect();
    match &raw.table {
        Some(table) => {
            let beside = path.with_file_name(&table.file.value);
            let named_at = file.locate(table.file.span.clone());
            if let Some(csv) = context.files.read_named(&beside, named_at, diagnostics) {
                let reader = Reader { context, file: &csv, measure, interpolation: raw.interpolation };
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

fn check_header(file: &TextFile, raw: &RawFile, measure: Measure, diagnostics: &mut Diagnostics) {
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
    match &raw.price_year {
        Some(year) if year.parse::<FinancialYear>().is_err() => {
            let message = format!("`{}` is not a price year", year.value);
            diagnostics.push("M018", file.locate(year.span.clone()), message, "write it as 2022/23");
        }
        None if spec.money => {
            let message = format!("`{}` is money, and the file does not say in the prices of which year", spec.id);
            diagnostics.push("M005", file.start(), message, "add price_year = \"2022/23\" (or another year)");
        }
        _ => {}
    }
}

/// The price year a file states, if it states one.
pub(crate) fn price_year(file: &TextFile) -> Option<FinancialYear> {
    let mut unheard = Diagnostics::default();
    let mut document = Document::parse(file, &mut unheard)?;
    document.list::<RawValue>("value", &mut unheard);
    document.rest::<RawFile>("", &mut unheard)?.price_year?.value.parse().ok()
}

/// What a row or section says, before it is checked.
struct Candidate<'a> {
    key: RawKey,
    from: FinancialYear,
    to: Option<FinancialYear>,
    value: f64,
    range: Option<[f64; 2]>,
    distribution: Distribution,
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
}

impl Reader<'_, '_> {
    fn value(&self, raw: &At<RawValue>, diagnostics: &mut Diagnostics) -> Option<Stated> {
        let spans = |part: &str| {
            let span = match part {
                "value" => raw.value.value.span.clone(),
                "low" | "high" => raw.range.as_ref().map_or(raw.value.value.span.clone(), |range| range.span.clone()),
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
            distribution: raw.distribution,
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
            let distribution = word(&row, "distribution", raw.distribution, diagnostics);
            let ((Ok(value), Ok(low), Ok(high)), (Ok(from), Ok(to))) = (numbers, dates) else { continue };
            let (Ok(kind), Ok(distribution)) = (kind, distribution) else { continue };
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
                distribution: distribution.unwrap_or_default(),
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
        self.check_number(candidate, diagnostics);
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
        if candidate.kind == Kind::Judgement && candidate.range.is_none() && !spec.parts_of_one && spec.ages.is_none() {
            let help = "add range = [low, high], or columns low and high: how far could a reasonable person differ?";
            diagnostics.push("M012", at("value"), "a judgement does not say its range", help);
        }
        if diagnostics.count() > before {
            return None;
        }
        let [low, high] = candidate.range.unwrap_or([candidate.value; 2]);
        let passport = Passport {
            kind: candidate.kind,
            source: candidate.source.to_owned(),
            where_in_source: candidate.where_in_source.to_owned(),
            why: candidate.why.to_owned(),
        };
        let entry = Entry {
            from: candidate.from,
            to: candidate.to,
            value: candidate.value,
            low,
            high,
            distribution: candidate.distribution,
            interpolation: self.interpolation,
            passport: self.context.share(passport),
            location: at("value"),
        };
        Some(Stated { measure: self.measure, key: key?, entry })
    }

    fn check_number(&self, candidate: &Candidate<'_>, diagnostics: &mut Diagnostics) {
        let spec = self.measure.spec();
        let at = candidate.places.of;
        let [low, high] = candidate.range.unwrap_or([candidate.value; 2]);
        for (number, part) in [(candidate.value, "value"), (low, "low"), (high, "high")] {
            if !(spec.lowest..=spec.highest).contains(&number) {
                let message = format!("{} cannot be {}", spec.id, plain(number));
                let help =
                    format!("it lies between {} and {} ({})", plain(spec.lowest), plain(spec.highest), spec.unit);
                diagnostics.push("M009", at(part), message, help);
                return;
            }
        }
        if low > candidate.value || high < candidate.value {
            let message = format!(
                "the value {} is outside its own range, {} to {}",
                plain(candidate.value),
                plain(low),
                plain(high)
            );
            diagnostics.push("M009", at("low"), message, "write range = [low, high] around the value");
        }
        if self.interpolation == Interpolation::Growth && candidate.value <= 0.0 {
            let help = "use interpolation = \"linear\", or a value above nought";
            diagnostics.push("M009", at("value"), "nothing grows at a constant rate from nought", help);
        }
    }
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
            _ => "use triangular, uniform, normal or lognormal",
        };
        diagnostics.push("M010", row.place(column), format!("`{text}` is not a {column}"), help);
        Refused
    })
}

impl Context<'_> {
    /// Reads what a value is for, and refuses what does not fit the measure.
    pub(crate) fn key(
        &self,
        measure: Measure,
        raw: &RawKey,
        at: &dyn Fn(&str) -> Location,
        diagnostics: &mut Diagnostics,
    ) -> Option<Key> {
        let before = diagnostics.count();
        let scope = self.scope(measure, raw, at, diagnostics);
        let spec = measure.spec();
        let mut refuse = |part: &str, help: String| {
            let message = format!("`{}` is not stated for this kind of thing", spec.id);
            diagnostics.push("M016", at(part), message, help);
        };
        match (&raw.setting, spec.setting) {
            (None, Part::Required) => refuse("value", "say for which setting".to_owned()),
            (Some(_), Part::Never) => refuse("setting", "leave out the setting".to_owned()),
            _ => {}
        }
        if raw.age.is_some() && spec.ages.is_none() {
            refuse("age", "leave out the age".to_owned());
        }
        if measure == Measure::PlaceShare && raw.place.is_none() {
            refuse("value", "say for which place".to_owned());
        }
        let setting = raw.setting.as_ref().and_then(|text| {
            text.parse::<Setting>()
                .map_err(|error| {
                    let help = suggest(text, Setting::ALL.map(Setting::id), "use one of the five settings");
                    diagnostics.push("M010", at("setting"), error.to_string(), help);
                })
                .ok()
        });
        if let (Scope::Profession(profession), Some(setting)) = (scope.unwrap_or(Scope::All), setting)
            && !self.taxonomy.professions[profession].settings.contains(&setting)
        {
            let message =
                format!("{} do not work in the setting {setting}", self.taxonomy.professions[profession].title);
            let help = "add the setting to the profession in professions.toml, or remove the value";
            diagnostics.push("M016", at("setting"), message, help);
        }
        let ages = raw.age.as_ref().and_then(|text| {
            AgeBand::parse(text, spec.ages?)
                .map_err(|error| {
                    let message = error.to_string();
                    diagnostics.push("M017", at("age"), message, "write a band such as 25-34 within the ages shown");
                })
                .ok()
        });
        let place = match &raw.place {
            Some(text) => self.place(text, at, diagnostics),
            None => (self.book_place != PlaceCode::england()).then(|| self.book_place.clone()),
        };
        (diagnostics.count() == before).then_some(Key { scope: scope?, setting, ages, place })
    }

    fn place(&self, text: &str, at: &dyn Fn(&str) -> Location, diagnostics: &mut Diagnostics) -> Option<PlaceCode> {
        let code = text.parse::<PlaceCode>().ok().filter(|code| self.places.get(code).is_some());
        let Some(code) = code else {
            let known = self.places.iter().map(|place| place.code.as_str());
            let help = suggest(text, known, "places are listed in places.csv of the national book");
            diagnostics.push("M010", at("place"), format!("no place has the code `{text}`"), help);
            return None;
        };
        if !self.places.is_within(&code, &self.book_place) {
            let message = format!("this book speaks for {}, and {code} is not in it", self.book_place);
            diagnostics.push("M016", at("place"), message, "state the value in a book of that place");
            return None;
        }
        Some(code).filter(|code| *code != PlaceCode::england())
    }

    fn scope(
        &self,
        measure: Measure,
        raw: &RawKey,
        at: &dyn Fn(&str) -> Location,
        diagnostics: &mut Diagnostics,
    ) -> Option<Scope> {
        let spec = measure.spec();
        let taxonomy = self.taxonomy;
        let named = [
            ("profession", &raw.profession, Subject::Staff),
            ("group", &raw.group, Subject::Staff),
            ("programme", &raw.programme, Subject::Programme),
            ("move", &raw.movement, Subject::Move),
        ];
        let mut given =
            named.iter().filter_map(|(part, text, subject)| text.as_ref().map(|text| (*part, text, *subject)));
        let Some((part, text, subject)) = given.next() else {
            let needs = match spec.subject {
                Subject::Staff | Subject::Whole => return Some(Scope::All),
                Subject::Programme => "programme",
                Subject::Move => "move",
            };
            let message = format!("`{}` is not stated for this kind of thing", spec.id);
            diagnostics.push("M016", at("value"), message, format!("say for which {needs}"));
            return None;
        };
        if let Some((other, ..)) = given.next() {
            let message = format!("a value is for a {part} or for a {other}, not both");
            diagnostics.push("M016", at(other), message, "leave out one of them");
            return None;
        }
        if subject != spec.subject {
            let message = format!("`{}` is not stated for a {part}", spec.id);
            let help = match spec.subject {
                Subject::Staff => "state it for a profession or a staff group",
                Subject::Programme => "state it for a programme",
                Subject::Move => "state it for a move",
                Subject::Whole => "leave it out",
            };
            diagnostics.push("M016", at(part), message, help);
            return None;
        }
        let found = match part {
            "profession" => taxonomy.profession(text).map(Scope::Profession),
            "group" => taxonomy.group(text).map(Scope::Group),
            "programme" => taxonomy.programme(text).map(Scope::Programme),
            _ => taxonomy.movement(text).map(Scope::Move),
        };
        if found.is_none() {
            let known: Vec<&str> = match part {
                "profession" => taxonomy.professions.iter().map(|item| item.id.as_str()).collect(),
                "group" => taxonomy.groups.iter().map(|item| item.id.as_str()).collect(),
                "programme" => taxonomy.programmes.iter().map(|item| item.id.as_str()).collect(),
                _ => taxonomy.moves.iter().map(|item| item.id.as_str()).collect(),
            };
            let help = suggest(text, known, "`muster books list` shows every name");
            diagnostics.push("M010", at(part), format!("no {part} is called `{}`", text.value), help);
        }
        if let Some(Scope::Move(i)) = found {
            let right = taxonomy.moves[i].measure();
            if right != measure {
                let message = format!("`{}` is not stated for the move `{}`", spec.id, text.value);
                let help = format!("state its `{}`, in `{}`", right.id(), right.spec().unit);
                diagnostics.push("M016", at(part), message, help);
                return None;
            }
        }
        found
    }
}

/// Refuses an amount of staff for a group or for everyone, which each profession in it would have in full.
pub(crate) fn refuse_amount_for_many(
    measure: Measure,
    raw: &RawKey,
    at: &dyn Fn(&str) -> Location,
    diagnostics: &mut Diagnostics,
) {
    let spec = measure.spec();
    if spec.shared && spec.subject == Subject::Staff && raw.profession.is_none() {
        let part = if raw.group.is_some() { "group" } else { "value" };
        let message = format!("`{}` is an amount, and is stated for one profession at a time", spec.id);
        diagnostics.push("M016", at(part), message, "state an amount for each profession");
    }
}

impl RawKey {
    /// Where a part is written, if it is.
    pub(crate) fn span_of(&self, part: &str) -> Option<std::ops::Range<usize>> {
        let text = match part {
            "group" => &self.group,
            "profession" => &self.profession,
            "programme" => &self.programme,
            "move" => &self.movement,
            "setting" => &self.setting,
            "age" => &self.age,
            "place" => &self.place,
            _ => &None,
        };
        text.as_ref().map(|text| text.span.clone())
    }

    fn from_cells<'t>(cell: impl Fn(&str) -> Option<&'t str>) -> Self {
        let part = |column| cell(column).map(|text| At { value: text.to_owned(), span: 0..0 });
        Self {
            group: part("group"),
            profession: part("profession"),
            programme: part("programme"),
            movement: part("move"),
            setting: part("setting"),
            age: part("age"),
            place: part("place"),
        }
    }
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
