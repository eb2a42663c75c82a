//! A file as records: one for each entry of a list, each row of a table, and one for what the file says of itself.

use std::ops::Range;

use crate::value::Value;

/// One entry of a file.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The lists it lies in, with its place in each: `[("action", 3), ("effect", 0)]`. Empty for the file itself.
    pub path: Vec<(String, usize)>,
    /// What it says, in the order of the file.
    pub fields: Vec<Field>,
    /// Where it is written, with what lies in it.
    pub span: Range<usize>,
}

/// One thing that an entry says.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// `title`, `owner.role`, or `range[0]` for one of a pair.
    pub name: String,
    /// What it says.
    pub value: Value,
    /// Where it is written.
    pub span: Range<usize>,
}

/// A file in records, or why it cannot be.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    /// The entries, each before those that lie in it.
    pub records: Vec<Record>,
    /// The columns of a table; none for TOML.
    pub columns: Option<Vec<String>>,
}

impl Record {
    /// The lists it lies in: `action.effect`.
    pub(crate) fn kind(&self) -> String {
        self.path.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(".")
    }

    /// What it says of something.
    pub(crate) fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Its id, if it has one.
    pub(crate) fn id(&self) -> Option<&str> {
        match self.get("id").map(|field| &field.value) {
            Some(Value::Text(id)) => Some(id),
            _ => None,
        }
    }
}

impl Text {
    /// Reads a file by the ending of its name.
    pub(crate) fn read(name: &str, text: &str) -> Result<Self, String> {
        if is_csv(name) { crate::csv_text::read(text) } else { crate::toml_text::read(text) }
    }

    /// The entry at a path.
    pub(crate) fn at(&self, path: &[(String, usize)]) -> Option<usize> {
        self.records.iter().position(|record| record.path == path)
    }

    /// How many entries a list has below an entry.
    pub(crate) fn count(&self, parent: &[(String, usize)], list: &str) -> usize {
        let below = |record: &&Record| {
            record.path.len() == parent.len() + 1
                && record.path.starts_with(parent)
                && record.path.last().is_some_and(|(name, _)| name == list)
        };
        self.records.iter().filter(below).count()
    }
}

/// Whether a file is a table.
pub(crate) fn is_csv(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}
