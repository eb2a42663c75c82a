//! Sources: one file for each thing that numbers were read from.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostics, Location, suggest};
use crate::document::{At, Day, Document};
use crate::files::{Files, nowhere};

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

/// Every source, by id; none where its file cannot be used, which was said, and need not be said again of each number that cites it.
#[derive(Debug, Default)]
pub(crate) struct Sources(BTreeMap<String, Option<Source>>);

impl Sources {
    /// Reads every source in a folder.
    pub(crate) fn read(folder: &Path, files: &mut Files, diagnostics: &mut Diagnostics) -> Self {
        let mut sources = BTreeMap::new();
        for path in files.toml_files_below(folder, diagnostics) {
            let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if sources.contains_key(&id) {
                let message = format!("two source files are called `{id}`");
                diagnostics.push("M024", nowhere(&path), message, "give one of them another name");
                continue;
            }
            let source = read_source(&path, &id, files, diagnostics);
            sources.insert(id, source);
        }
        Self(sources)
    }

    /// Refuses an id that no source has.
    pub(crate) fn need(&self, id: &str, at: Location, diagnostics: &mut Diagnostics) {
        if id.trim().is_empty() {
            let help = "name a file in sources/; for a judgement, the source that informs it";
            diagnostics.push("M011", at, "there is no source", help);
        } else if !self.0.contains_key(id) {
            let known = self.0.keys().map(String::as_str);
            let help = suggest(id, known, "describe it in a file of that name in sources/");
            diagnostics.push("M011", at, format!("no source is called `{id}`"), help);
        }
    }

    /// Sources that were read before.
    pub(crate) fn known(sources: &BTreeMap<String, Source>) -> Self {
        Self(sources.iter().map(|(id, source)| (id.clone(), Some(source.clone()))).collect())
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that can be used.
    pub(crate) fn into_map(self) -> BTreeMap<String, Source> {
        self.0.into_iter().filter_map(|(id, source)| Some((id, source?))).collect()
    }
}

fn read_source(path: &Path, id: &str, files: &mut Files, diagnostics: &mut Diagnostics) -> Option<Source> {
    let file = files.read(path, diagnostics)?;
    let raw = Document::parse(&file, diagnostics)?.rest::<RawSource>("a source", diagnostics)?;
    for (name, text) in [("title", &raw.title), ("about", &raw.about)] {
        if text.value.trim().is_empty() {
            let message = format!("the source has an empty `{name}`");
            let help = "a reader must be able to find it again";
            diagnostics.push("M005", file.locate(text.span.clone()), message, help);
        }
    }
    Some(Source {
        id: id.to_owned(),
        title: raw.title.value,
        publisher: raw.publisher,
        published: raw.published.map(|day| day.0),
        url: raw.url,
        licence: raw.licence,
        grade: raw.grade,
        about: raw.about.value,
    })
}
