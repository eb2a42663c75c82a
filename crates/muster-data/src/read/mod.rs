//! Reads a file by the description that fits it: facts, places, and a list of everything that was not understood.

mod example;
mod field;
mod layout;
mod row;
mod tally;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::description::{Description, Field, Fields, PlaceKind, Table};
use crate::library::Library;
use crate::open::{Opened, Sheet};
use crate::{Amount, Facts, Period, Subject};
use layout::Layout;

pub(crate) use example::fact_line;
pub use example::{Difference, hold_examples};

/// What came of a file.
#[derive(Debug, Default)]
pub struct Filing {
    /// The publication that it is.
    pub publication: String,
    /// Its edition, as a period: what is later is newer.
    pub edition: String,
    /// The facts.
    pub facts: Facts,
    /// What it says of places.
    pub places: Vec<PlaceRecord>,
    /// What it says became of places.
    pub successors: Vec<Succession>,
    /// What it says of how places relate.
    pub links: Vec<Link>,
    /// What was read and what came of it.
    pub account: Account,
    /// What was not understood, in the order of the file. The list ends at [`LISTED`]; the account counts on.
    pub not_understood: Vec<NotUnderstood>,
}

/// The longest list of what was not understood.
pub const LISTED: usize = 1_000;

/// What was read and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Rows below headings that hold anything.
    pub rows_in: usize,
    /// Rows of which something was filed.
    pub rows_filed: usize,
    /// Rows of which nothing was filed because something was not understood.
    pub rows_refused: usize,
    /// Rows that hold no value.
    pub rows_without_value: usize,
    /// Rows left out on purpose, by reason.
    pub rows_left_out: BTreeMap<String, usize>,
    /// Facts filed.
    pub facts: usize,
    /// Of them, those whose value the publisher withheld.
    pub withheld: usize,
    /// Cells that were not understood.
    pub not_understood: usize,
    /// Sheets that no table of the description fits.
    pub other_sheets: Vec<String>,
}

/// A cell that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotUnderstood {
    /// The sheet; empty for a CSV.
    pub sheet: String,
    /// The row, counted from 1.
    pub row: usize,
    /// The heading of the column, or its number.
    pub column: String,
    /// What stands there.
    pub text: String,
    /// Why it was not understood, and what to do.
    pub why: String,
}

impl std::fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.sheet.is_empty() {
            write!(f, "sheet `{}`, ", self.sheet)?;
        }
        write!(f, "row {}, {}: `{}`: {}", self.row, self.column, self.text, self.why)
    }
}

/// What a file says of a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlaceRecord {
    /// Its code.
    pub code: String,
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub name: String,
    /// What it belongs to.
    pub parent: Option<String>,
    /// The day it opened, where the file says so.
    pub opened: Option<Date>,
    /// The day it closed, where the file says so.
    pub closed: Option<Date>,
    /// The first day that the file speaks of it.
    pub seen_from: Option<Date>,
    /// The last.
    pub seen_to: Option<Date>,
    /// The cluster in which it is compared with others, where the file says so.
    #[serde(default)]
    pub cluster: Option<String>,
}

/// A place that ended, and what took over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Succession {
    /// The code that ended.
    pub from: String,
    /// The code that followed.
    pub to: String,
    /// When.
    pub date: Option<Date>,
    /// What share of it went there, where the file says so.
    pub share: Option<Amount>,
    /// What happened, in the file's word.
    pub change: String,
}

/// How much of one place has to do with another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// What kind of link.
    pub kind: String,
    /// From which place.
    pub from: String,
    /// To which place.
    pub to: String,
    /// How much, in the unit of its kind.
    pub weight: Amount,
}

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No description fits.
    #[error("no publication that Muster knows has these headings")]
    Unknown {
        /// The nearest that is known: the publication, its table, and the headings that are missing.
        nearest: Option<(String, String, Vec<String>)>,
    },
    /// More than one fits equally well.
    #[error("it could be any of {}: name the sheet or the file in one of the descriptions, or ask for one more heading", .0.join(", "))]
    Ambiguous(Vec<String>),
    /// Nothing in it can be filed.
    #[error("it was recognised as {publication}, but nothing in it can be filed: {why}")]
    Nothing {
        /// The publication.
        publication: String,
        /// Why.
        why: String,
    },
}

/// The word for a kind of place, as descriptions write it.
pub fn kind_name(kind: PlaceKind) -> &'static str {
    match kind {
        PlaceKind::Country => "country",
        PlaceKind::Region => "region",
        PlaceKind::System => "system",
        PlaceKind::SubIcb => "sub_icb",
        PlaceKind::Organisation => "organisation",
        PlaceKind::Pcn => "pcn",
        PlaceKind::Practice => "practice",
        PlaceKind::LocalAuthority => "local_authority",
        PlaceKind::Area => "area",
    }
}

/// Whether a text is a regular expression.
pub(crate) fn check_pattern(text: &str) -> Result<(), String> {
    layout::regex(text).map(drop).map_err(|error| error.to_string())
}

/// The fields that a description fills.
pub(crate) fn fields(fields: &Fields) -> impl Iterator<Item = &Field> {
    field::all(fields).map(|(_, field)| field)
}

/// The description that fits a file, if exactly one does best.
pub fn recognise<'l>(file: &Opened, library: &'l Library) -> Result<&'l Description, ReadError> {
    let mut best: Vec<(usize, &Description)> = Vec::new();
    for description in library.publications() {
        let fit = file
            .sheets
            .iter()
            .flat_map(|sheet| description.tables.iter().filter_map(|table| layout::fit(file, sheet, table)))
            .max();
        match fit {
            Some(fit) if best.first().is_none_or(|(other, _)| fit > *other) => best = vec![(fit, description)],
            Some(fit) if best[0].0 == fit => best.push((fit, description)),
            _ => {}
        }
    }
    match best[..] {
        [(_, description)] => Ok(description),
        [] => Err(ReadError::Unknown { nearest: nearest(file, library) }),
        _ => Err(ReadError::Ambiguous(best.iter().map(|(_, found)| found.id.clone()).collect())),
    }
}

/// The table that lacks fewest headings, where more than half of them are there.
fn nearest(file: &Opened, library: &Library) -> Option<(String, String, Vec<String>)> {
    let missing = |description: &Description, table: &Table| {
        let missing = file.sheets.iter().map(|sheet| layout::missing(sheet, table)).min_by_key(Vec::len)?;
        (table.headings.len() > 2 && missing.len() * 2 < table.headings.len())
            .then(|| (description.id.clone(), table.name.clone(), missing))
    };
    let all =
        library.publications().flat_map(|found| found.tables.iter().filter_map(move |table| missing(found, table)));
    all.min_by_key(|(_, _, missing)| missing.len())
}

/// Reads a file by a description.
pub fn read(file: &Opened, description: &Description, library: &Library) -> Result<Filing, ReadError> {
    let mut filing = Filing { publication: description.id.clone(), ..Filing::default() };
    let mut notes = Vec::new();
    let mut tables = Vec::new();
    for sheet in &file.sheets {
        let fits: Vec<(usize, &Table)> = description
            .tables
            .iter()
            .filter_map(|table| layout::fit(file, sheet, table).map(|fit| (fit, table)))
            .collect();
        // The table that asks for most is meant; of two, the one that is described first.
        let best = fits.iter().rev().max_by_key(|(fit, _)| *fit);
        tables.extend(best.map(|(_, table)| (sheet, *table)));
        if best.is_none() {
            notes.push(sheet);
            if file.sheets.len() > 1 && !sheet.rows.is_empty() {
                filing.account.other_sheets.push(sheet.name.clone());
            }
        }
    }
    let mut collected = Collected::default();
    let used: Vec<&Table> = tables.iter().map(|(_, table)| *table).collect();
    for (sheet, table) in tables {
        let sheet_name = if sheet.name.is_empty() { String::new() } else { format!("sheet `{}`: ", sheet.name) };
        let nothing =
            |why| ReadError::Nothing { publication: description.id.clone(), why: format!("{sheet_name}{why}") };
        let mut from = 0;
        while let Some(layout) = Layout::of(file, sheet, from, table, &notes).map_err(nothing)? {
            from = row::read_table(&layout, table, description, library, &mut filing, &mut collected);
            if !table.repeats {
                break;
            }
        }
    }
    row::count_people(&collected.tally, library, &mut filing);
    filing.places = collected.places.into_values().collect();
    filing.places.sort();
    filing.date_places();
    filing.links =
        collected.links.into_iter().map(|((kind, from, to), weight)| Link { kind, from, to, weight }).collect();
    filing.successors.sort();
    filing.successors.dedup();
    // Where a value was expected, places alone are not worth a file.
    let wants_values = used.iter().any(|table| !table.values.is_empty() || table.people.is_some());
    let wants_places =
        used.iter().any(|table| !(table.place.is_empty() && table.successors.is_empty() && table.links.is_empty()));
    let no_places = filing.places.is_empty() && filing.links.is_empty() && filing.successors.is_empty();
    if filing.facts.list.is_empty() && (wants_values || wants_places && no_places) {
        let why = filing
            .not_understood
            .first()
            .map_or_else(|| "no row below the headings holds a value".to_owned(), NotUnderstood::to_string);
        return Err(ReadError::Nothing { publication: description.id.clone(), why });
    }
    filing.edition = edition(file, description, &notes, &filing.facts);
    let source = filing.facts.words.add(&format!("{} {}", filing.publication, filing.edition));
    filing.facts.list.iter_mut().for_each(|fact| fact.source = source);
    filing.facts.sort();
    filing.account.facts = filing.facts.list.len();
    filing.account.withheld = filing.facts.list.iter().filter(|fact| fact.value.is_none()).count();
    Ok(filing)
}

impl Filing {
    /// A place in a row with many periods is seen in those for which it has a value.
    fn date_places(&mut self) {
        let mut seen: HashMap<&str, (Date, Date)> = HashMap::new();
        for fact in self.facts.list.iter().filter(|fact| fact.value != Some(Amount::ZERO)) {
            let days = (fact.period.starts(), fact.period.ends());
            let known = seen.entry(self.facts.words.text(fact.subject.place)).or_insert(days);
            *known = (known.0.min(days.0), known.1.max(days.1));
        }
        for place in self.places.iter_mut().filter(|place| place.seen_from.is_none()) {
            if let Some((from, to)) = seen.get(place.code.as_str()) {
                (place.seen_from, place.seen_to) = (Some(*from), Some(*to));
            }
        }
    }

    /// Its facts as lines, for people: `period | place | staff | dimension=value … | measure | value`.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.facts.list.iter().map(|fact| fact_line(&self.facts, fact))
    }
}

/// What several rows say of one thing.
#[derive(Debug, Default)]
struct Collected {
    places: HashMap<(String, Option<String>, String), PlaceRecord>,
    links: BTreeMap<(String, String, String), Amount>,
    /// Where each fact was first met.
    seen: HashMap<(Subject, Period), row::Met>,
    tally: tally::Tally,
}

/// The day on which the edition is dated: as the file says it, or the last day that its facts speak of.
fn edition(file: &Opened, description: &Description, notes: &[&Sheet], facts: &Facts) -> String {
    let said = description.edition.as_ref().and_then(|field| {
        let sheets = file.sheets.iter().chain(notes.iter().copied());
        let text = sheets.into_iter().find_map(|sheet| layout::outside(file, sheet, field))?;
        text.parse::<Period>().ok()
    });
    let last = || facts.list.iter().map(|fact| fact.period.ends()).max();
    said.map(Period::ends).or_else(last).map_or_else(|| "undated".to_owned(), |day| day.to_string())
}
