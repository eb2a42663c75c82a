//! A plan and its books as a workbook that planners fill in, and back to the same text.
//!
//! [`export_plan`] writes a sheet for each kind of entry and each topic of assumptions, and keeps in the workbook the texts it was made from.
//! [`import`] holds what came back against those, finds what was changed, and makes those changes in the files as they are now: each to its
//! own bytes, so that comments, order and the spelling of everything else stay. Whatever is not accepted is a [`Finding`] with the address
//! of its cell, and then nothing is written at all.
//!
//! Which sheets and columns there are follows from the files and their JSON Schemas. No field has code of its own.

mod base;
mod cell;
mod change;
mod compare;
mod csv_text;
mod derived;
mod edit_csv;
mod edit_lists;
mod edit_toml;
mod edited;
mod entry_text;
mod error;
mod export;
mod fields;
mod finding;
mod folder;
mod formats;
mod grid;
mod import;
mod layout;
mod lists;
mod log;
mod merge;
mod place;
mod record;
mod results;
mod results_lists;
mod save;
mod sheet;
mod splice;
mod stage;
mod start;
mod toml_text;
mod topics;
mod value;
mod words;
mod write;

pub use error::WorkbookError;
pub use export::{Exported, export_plan};
pub use finding::Finding;
pub use grid::{LARGEST_FILE, LARGEST_UNPACKED, MOST_CELLS};
pub use import::{ImportRequest, Imported, import};
pub use results::export_results;
pub use save::write_whole;
pub use stage::Changed;
