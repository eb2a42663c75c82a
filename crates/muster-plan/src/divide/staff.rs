//! How a system's staff divide between its organisations.

use std::collections::BTreeMap;

use jiff::civil::Date;
use muster_book::Plan;
use muster_core::{Place, PlaceCode, Setting};
use muster_run::RunError;

/// Staff in post by organisation, in the first book of a plan.
const FILE: &str = "fit/organisation_staff.csv";
/// The source that judgements are by, as the national book has it.
const JUDGEMENT: &str = "muster-judgement";

/// What the book knows of staff by organisation; nothing where it has no such file.
pub(super) struct Staff {
    /// FTE and settings, by organisation; a system stands for what is with none of its trusts.
    rows: BTreeMap<String, Row>,
}

struct Row {
    fte: f64,
    settings: Vec<String>,
    source: String,
    place_in_source: String,
}

/// The part of a system's staff, by setting, that is with each of its organisations and with none.
pub(super) struct Fractions {
    pub(super) of_members: Vec<BTreeMap<String, f64>>,
    pub(super) of_rest: BTreeMap<String, f64>,
    /// How they were found.
    pub(super) how: String,
    /// Whether they are a judgement, and so have a range.
    pub(super) are_judged: bool,
}

impl Staff {
    pub(super) fn read(plan: &Plan) -> Result<Self, RunError> {
        let Some(book) = plan.shelf.books.first() else { return Ok(Self { rows: BTreeMap::new() }) };
        let path = book.folder.join(FILE);
        if !path.exists() {
            if !plan.shelf.sources.contains_key(JUDGEMENT) {
                let text = format!(
                    "the book holds no {FILE}, and no source is called `{JUDGEMENT}` for an even division: add one of the two"
                );
                return Err(RunError::Request(text));
            }
            return Ok(Self { rows: BTreeMap::new() });
        }
        let fault =
            |error: &dyn ToString| RunError::File { path: path.display().to_string(), error: error.to_string() };
        let mut reader =
            csv::ReaderBuilder::new().comment(Some(b'#')).from_path(&path).map_err(|error| fault(&error))?;
        let head = reader.headers().map_err(|error| fault(&error))?.clone();
        let column = |name: &str| {
            head.iter().position(|column| column == name).ok_or_else(|| fault(&format!("it has no column `{name}`")))
        };
        let (place, fte, settings) = (column("place")?, column("fte")?, column("settings")?);
        let (source, at) = (column("source")?, column("where")?);
        let mut rows = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| fault(&error))?;
            let cell = |i: usize| record.get(i).unwrap_or_default().trim().to_owned();
            let number: Option<f64> = cell(fte).parse().ok().filter(|fte: &f64| fte.is_finite() && *fte >= 0.0);
            let number = number.ok_or_else(|| fault(&format!("`{}` is not an FTE, for {}", cell(fte), cell(place))))?;
            let settings: Vec<String> = cell(settings).split_whitespace().map(str::to_owned).collect();
            if let Some(wrong) = settings.iter().find(|id| Setting::ALL.iter().all(|setting| setting.id() != *id)) {
                return Err(fault(&format!("no setting is called `{wrong}`, for {}", cell(place))));
            }
            let row = Row { fte: number, settings, source: cell(source), place_in_source: cell(at) };
            if rows.insert(cell(place), row).is_some() {
                return Err(fault(&format!("{} is listed twice", cell(place))));
            }
        }
        Ok(Self { rows })
    }

    /// How a system's staff divide between its organisations.
    ///
    /// In each setting by the staff of those who work in it; what nobody works in is the rest's. Without staff in post, evenly, but for
    /// primary care, which trusts do not provide.
    pub(super) fn divide(&self, system: &PlaceCode, members: &[&Place]) -> Result<Fractions, RunError> {
        if let Some(missing) =
            members.iter().find(|place| !self.rows.is_empty() && !self.rows.contains_key(place.code.as_str()))
        {
            let text = format!(
                "{FILE} of the book has no staff for {} ({}): add a row, or give the day it closed in places.csv",
                missing.name, missing.code
            );
            return Err(RunError::Request(text));
        }
        let mut of_members = vec![BTreeMap::new(); members.len()];
        let mut of_rest = BTreeMap::new();
        for setting in Setting::ALL {
            let id = setting.id();
            let weight = |code: &str| match self.rows.get(code) {
                Some(row) if row.settings.iter().any(|other| other == id) => row.fte,
                None if self.rows.is_empty() && setting != Setting::PrimaryCare => 1.0,
                _ => 0.0,
            };
            let weights: Vec<f64> = members.iter().map(|place| weight(place.code.as_str())).collect();
            let rest = if self.rows.is_empty() { 0.0 } else { weight(system.as_str()) };
            let all: f64 = weights.iter().sum::<f64>() + rest;
            let part = |weight: f64| if all > 0.0 { weight / all } else { 0.0 };
            for (fractions, weight) in of_members.iter_mut().zip(&weights) {
                fractions.insert(id.to_owned(), part(*weight));
            }
            of_rest.insert(id.to_owned(), if all > 0.0 { part(rest) } else { 1.0 });
        }
        let how = if self.rows.is_empty() {
            "its system's, divided evenly between its organisations, because the book holds no staff by organisation"
        } else {
            "its system's, divided by staff in post"
        };
        Ok(Fractions { of_members, of_rest, how: how.to_owned(), are_judged: self.rows.is_empty() })
    }

    /// The passport of the shares, as a table's header has it.
    pub(super) fn passport(&self, system: &str, from: Date) -> String {
        match self.rows.values().next() {
            Some(row) => format!(
                "from   = {from}\nkind   = \"derived\"\nsource = \"{}\"\nwhere  = \"{}\"\nwhy    = \"The share of {system}, times the part of its staff in post that is here, by setting. A trust that is not an ambulance trust has the same part of acute, community and mental health; general practice is with no trust.\"\n",
                row.source, row.place_in_source
            ),
            None => format!(
                "from   = {from}\nkind   = \"judgement\"\nsource = \"{JUDGEMENT}\"\nwhere  = \"Even division\"\nwhy    = \"The share of {system}, divided evenly between its organisations, because the book holds no staff by organisation. Replace it.\"\n"
            ),
        }
    }
}
