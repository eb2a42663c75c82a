//! What a workbook changes in the plan it was made from.

use crate::value::Value;

/// One change.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// A field has another value, is new, or is gone.
    Set(Set),
    /// An entry is gone, with what lies in it.
    Delete(Delete),
    /// An entry is new.
    Add(Add),
}

/// A field that has another value.
#[derive(Debug, Clone)]
pub(crate) struct Set {
    /// The file.
    pub file: usize,
    /// The entry.
    pub record: usize,
    /// The field.
    pub field: String,
    /// What it was; none where it was not stated.
    pub old: Option<Value>,
    /// What it is; none where it is no longer stated.
    pub new: Option<Value>,
    /// The cell.
    pub address: String,
}

/// An entry that is gone.
#[derive(Debug, Clone)]
pub(crate) struct Delete {
    /// The file.
    pub file: usize,
    /// The entry.
    pub record: usize,
    /// The cell that says so.
    pub address: String,
}

/// What a new entry lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The file.
    File,
    /// An entry that was there.
    Old(usize),
    /// Another new entry, by its place among the additions.
    New(usize),
}

/// An entry that is new.
#[derive(Debug, Clone)]
pub(crate) struct Add {
    /// The file.
    pub file: usize,
    /// What it lies in.
    pub parent: Parent,
    /// The list in that which it is an entry of.
    pub list: String,
    /// What it says, and the cells.
    pub fields: Vec<(String, Value, String)>,
    /// The first cell of its row.
    pub address: String,
}
