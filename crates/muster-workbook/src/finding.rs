//! What an import did not accept: where, why and what to do; and what it accepted in a form of its own.

use std::fmt;

use serde::Serialize;

/// The file is no workbook that can be read here.
pub(crate) const UNREADABLE: &str = "M050";
/// A sheet, a column or a row is missing.
pub(crate) const MISSING: &str = "M051";
/// A heading, a sheet or a key is not known.
pub(crate) const UNKNOWN: &str = "M052";
/// A cell does not hold what belongs in it.
pub(crate) const WRONG_KIND: &str = "M053";
/// A cell that is for reading was changed.
pub(crate) const NOT_OPEN: &str = "M054";
/// A row appears twice, or it is not clear where a new one goes.
pub(crate) const UNPLACED: &str = "M055";
/// The workbook and the file were both changed.
pub(crate) const CONFLICT: &str = "M056";
/// Cells are merged.
pub(crate) const MERGED: &str = "M057";
/// A change that cannot be written into the text of the file.
pub(crate) const UNWRITABLE: &str = "M058";
/// The files cannot be written.
pub(crate) const UNSAVED: &str = "M059";

/// One thing that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its code, explained by [`muster_book::CODES`].
    pub code: String,
    /// The cell, as `Supply!F12`; a file and line, for what a change does to the plan; the workbook, where it is about the whole.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl Finding {
    /// Of some code.
    pub(crate) fn new(
        code: &str,
        place: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let short = |text: String| -> String {
            let text = text.replace(char::is_control, " ");
            match text.char_indices().nth(400) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            }
        };
        Self { code: code.to_owned(), place: place.into(), message: short(message.into()), help: short(help.into()) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}: {}\n  help: {}", self.code, self.place, self.message, self.help)
    }
}

/// A long text of a cell, cut to what is quoted.
pub(crate) fn quoted(text: &str) -> String {
    let line = text.replace(char::is_control, " ");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("`{}…`", &line[..end]),
        None => format!("`{line}`"),
    }
}
