//! Entries of a book: one value each, with what it is for and its passport.

use std::collections::BTreeMap;

use super::FitError;

/// The columns of a book's tables that fits write, in this order.
pub const COLUMNS: [&str; 13] = [
    "group",
    "profession",
    "place",
    "setting",
    "age",
    "from",
    "value",
    "low",
    "high",
    "kind",
    "source",
    "where",
    "why",
];
/// The columns that say what a value is for.
const KEYS: usize = 6;

/// One row of a book's table, as it is written. An empty cell takes what the passport of the table says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The staff group of the book.
    pub group: String,
    /// The profession of the book.
    pub profession: String,
    /// The code of the place.
    pub place: String,
    /// The setting.
    pub setting: String,
    /// The band of ages.
    pub age: String,
    /// The day from which it holds.
    pub from: String,
    /// The value.
    pub value: String,
    /// The low end of its range.
    pub low: String,
    /// The high end.
    pub high: String,
    /// Published, derived or judgement.
    pub kind: String,
    /// The id of its source.
    pub source: String,
    /// Where in the source.
    pub location: String,
    /// Why this number.
    pub why: String,
}

impl Entry {
    /// The cells, in the order of [`COLUMNS`].
    pub fn cells(&self) -> [&str; 13] {
        [
            &self.group,
            &self.profession,
            &self.place,
            &self.setting,
            &self.age,
            &self.from,
            &self.value,
            &self.low,
            &self.high,
            &self.kind,
            &self.source,
            &self.location,
            &self.why,
        ]
    }

    /// What the value is for, as a reader would say it.
    pub fn name(&self) -> String {
        self.cells()[..KEYS].iter().filter(|cell| !cell.is_empty()).copied().collect::<Vec<_>>().join(", ")
    }

    /// The value as a number.
    pub fn number(&self) -> Option<f64> {
        self.value.parse().ok()
    }

    /// The profession, or else the staff group, that it is for.
    pub fn subject(&self) -> (&str, &str) {
        (&self.group, &self.profession)
    }
}

/// Entries as a CSV table, with only the columns that any of them fills.
pub fn to_csv(entries: &[Entry]) -> Result<String, FitError> {
    let used = |at: usize| COLUMNS[at] == "value" || entries.iter().any(|entry| !entry.cells()[at].is_empty());
    let columns: Vec<usize> = (0..COLUMNS.len()).filter(|at| used(*at)).collect();
    let rows = std::iter::once(columns.iter().map(|at| COLUMNS[*at].to_owned()).collect()).chain(
        entries.iter().map(|entry| columns.iter().map(|at| entry.cells()[*at].to_owned()).collect::<Vec<String>>()),
    );
    table_to_csv(rows)
}

/// Rows as CSV text.
pub fn table_to_csv(rows: impl Iterator<Item = Vec<String>>) -> Result<String, FitError> {
    let failed = |error: &dyn ToString| FitError::Book { file: "a table".into(), why: error.to_string() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

/// Reads the entries of a table.
pub fn from_csv(file: &str, text: &str) -> Result<Vec<Entry>, FitError> {
    let rows = records(file, text)?;
    let cell = |row: &BTreeMap<String, String>, name: &str| row.get(name).cloned().unwrap_or_default();
    Ok(rows
        .iter()
        .map(|row| Entry {
            group: cell(row, "group"),
            profession: cell(row, "profession"),
            place: cell(row, "place"),
            setting: cell(row, "setting"),
            age: cell(row, "age"),
            from: cell(row, "from"),
            value: cell(row, "value"),
            low: cell(row, "low"),
            high: cell(row, "high"),
            kind: cell(row, "kind"),
            source: cell(row, "source"),
            location: cell(row, "where"),
            why: cell(row, "why"),
        })
        .collect())
}

/// The rows of a CSV table by heading. Lines that begin with `#` are notes.
pub fn records(file: &str, text: &str) -> Result<Vec<BTreeMap<String, String>>, FitError> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(text.as_bytes());
    let rows: Result<Vec<_>, _> = reader.deserialize().collect();
    rows.map_err(|error| FitError::Book { file: file.to_owned(), why: error.to_string() })
}
