//! A sheet of the workbook before it is written: its columns, and a row for each entry.

use crate::value::{Form, Value};

/// One sheet.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    /// Its name, of at most 31 characters.
    pub name: String,
    /// The topic it belongs to.
    pub topic: String,
    /// What stands in it.
    pub about: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// The list that a new row is an entry of; none where rows cannot be added.
    pub adds: Option<String>,
    /// The files that a new row may go to.
    pub targets: Vec<usize>,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Which entry a row is.
    Key,
    /// A mark that an entry is to be deleted.
    Delete,
    /// The file that holds the entry.
    File,
    /// The entry at this depth in which the entry lies, by its id or its number.
    Parent(usize),
    /// The number of the entry within its list.
    Ordinal,
    /// Words that say what a row is.
    Told,
    /// The value of one field of a file.
    Fact,
    /// Something that an entry says.
    Field,
    /// Worked out by a formula.
    Derived(Derived),
}

/// What a formula works out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derived {
    /// High less low, over the value.
    Width,
    /// The value over the one before it, less 1.
    Growth,
    /// What the parts of a whole add to.
    Sum,
}

/// One column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// As files call it; the workbook finds the column by it.
    pub id: String,
    /// As planners call it.
    pub heading: String,
    /// What it is.
    pub about: String,
    /// What it is for.
    pub role: Role,
    /// What belongs in it.
    pub form: Form,
    /// The words that may stand in it; empty where others may.
    pub words: Vec<String>,
    /// Whether an entry must have it.
    pub needed: bool,
    /// The field it is in TOML.
    pub in_toml: String,
}

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The file, by its place in the list.
    pub file: usize,
    /// The record in it.
    pub record: usize,
    /// The field that the row is, on a sheet of facts, and what belongs in it.
    pub fact: Option<(String, Form)>,
    /// Whether it is a row of a table, whose fields are called as its columns are.
    pub in_table: bool,
    /// The measure it states, if it states one.
    pub measure: Option<String>,
    /// A cell for each column.
    pub cells: Vec<Cell>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// To be filled in.
    Open(Option<Value>),
    /// For reading.
    Fixed(Value),
    /// Nothing can stand here.
    Closed,
}

impl Column {
    /// A column that is not a field of a file.
    pub(crate) fn of(role: Role, id: &str, heading: &str, about: &str) -> Self {
        Self {
            id: id.to_owned(),
            heading: heading.to_owned(),
            about: about.to_owned(),
            role,
            form: Form::Text,
            words: Vec::new(),
            needed: false,
            in_toml: String::new(),
        }
    }
}

impl Sheet {
    /// Where a column of a role is.
    pub(crate) fn column(&self, role: Role) -> Option<usize> {
        self.columns.iter().position(|column| column.role == role)
    }

    /// Where a field is.
    pub(crate) fn field(&self, id: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.role == Role::Field && column.id == id)
    }
}

impl Row {
    /// What names the row in the workbook, whatever is sorted or inserted.
    pub(crate) fn key(&self) -> String {
        let fact = self.fact.as_ref().map(|(field, _)| format!("/{field}")).unwrap_or_default();
        format!("E{}-{}{fact}", self.file, self.record)
    }
}
