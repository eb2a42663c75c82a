//! Sources: one file for each thing that numbers were read from.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::document::{At, Day, Document};
use crate::files::Files;

/// How well a source is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Grade {
    /// The primary publisher's own text or data was seen.
    A,
    /// A report that quotes the primary publisher.
    B,
    /// A weaker report.
    C,
    /// Derived by arithmetic from others.
    D,
    /// A judgement.
    J,
}

/// Where numbers came from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Source {
    /// Its name in books: the name of its file.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// When, if known.
    pub published: Option<Date>,
    /// Its address, if it has one.
    pub url: Option<String>,
    /// On what terms it may be used.
    pub licence: String,
    /// How well it is known.
    pub grade: Grade,
    /// What was read from it, and how.
    pub about: String,
}

/// A source as written.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSource {
    title: At<String>,
    publisher: String,
    published: Option<Day>,
    url: Option<String>,
    licence: String,
    grade: Grade,
    about: At<String>,
}

/// Reads every source in a folder.
pub(crate) fn read_all(folder: &Path, files: &mut Files, diagnostics: &mut Diagnostics) -> BTreeMap<String, Source> {
    let mut sources = BTreeMap::new();
    for path in Files::toml_files_below(folder, diagnostics) {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Some(file) = files.read(&path, diagnostics) else { continue };
        let Some(document) = Document::parse(&file, diagnostics) else { continue };
        let Some(raw) = document.rest::<RawSource>("a source", diagnostics) else { continue };
        for (name, text) in [("title", &raw.title), ("about", &raw.about)] {
            if text.value.trim().is_empty() {
                let help = "a reader must be able to find it again";
                diagnostics.push(
                    "M005",
                    file.locate(text.span.clone()),
                    format!("the source has an empty `{name}`"),
                    help,
                );
            }
        }
        let source = Source {
            id: id.clone(),
            title: raw.title.value,
            publisher: raw.publisher,
            published: raw.published.map(|day| day.0),
            url: raw.url,
            licence: raw.licence,
            grade: raw.grade,
            about: raw.about.value,
        };
        sources.insert(id, source);
    }
    sources
}
