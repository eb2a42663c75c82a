//! The catalogue: which files of the dataset count, what each publication holds, and what each addition changed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::merge::{Change, Revision};
use super::tables;
use crate::Facts;
use crate::description::Description;
use crate::read::Account;

/// What a dataset holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Publications, by id.
    pub publications: BTreeMap<String, Publication>,
    /// Files that were added, in the order of their adding.
    pub files: Vec<FileEntry>,
    /// What each addition changed.
    pub log: Vec<LogEntry>,
    /// Descriptions that did not come with Muster, by name.
    #[serde(default)]
    pub descriptions: BTreeMap<String, String>,
}

/// A publication, as far as it is in the dataset.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// Its title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Its licence.
    pub licence: String,
    /// Whether its rows are people, so that whatever leaves is rounded and suppressed.
    pub person_level: bool,
    /// Its measures.
    pub measures: BTreeSet<String>,
    /// The first and the last day that its facts speak of.
    pub covers: Option<(Date, Date)>,
    /// Its facts.
    pub facts: Option<Stored>,
    /// What it says of places.
    pub places: Option<Stored>,
    /// What it says became of places.
    pub successors: Option<Stored>,
    /// What it says of how places relate.
    pub links: Option<Stored>,
    /// What the checks found in it.
    #[serde(default)]
    pub findings: Option<Stored>,
}

/// A file of the dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    /// Its path inside the dataset.
    pub file: String,
    /// Its rows.
    pub rows: usize,
    /// Its hash.
    pub sha256: String,
}

/// A file that was added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name, without folders.
    pub name: String,
    /// The hash of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// The publication that it is.
    pub publication: String,
    /// The hash of the description that it was read with.
    pub description: String,
    /// Its edition.
    pub edition: String,
    /// What was read and what came of it.
    pub account: Account,
    /// Where the cells are listed that were not understood.
    pub notes: Option<String>,
    /// Its rows, where they are people and were to be kept.
    pub people: Option<Stored>,
}

/// What one addition changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When.
    pub at: Timestamp,
    /// The file.
    pub file: String,
    /// The publication.
    pub publication: String,
    /// The edition.
    pub edition: String,
    /// Facts that were new.
    pub added: usize,
    /// Facts that were there already, with the same value.
    pub unchanged: usize,
    /// Facts whose value this edition changed.
    pub revised: usize,
    /// Facts whose value differs and that a newer edition had given already.
    pub kept_newer: usize,
    /// The largest revisions.
    pub largest: Vec<Revision>,
}

impl LogEntry {
    /// The values of rows that are people stay out of the log: it is read by whoever reads the dataset.
    pub(super) fn of(entry: &FileEntry, change: &Change, person_level: bool) -> Self {
        Self {
            at: Timestamp::now(),
            file: entry.name.clone(),
            publication: entry.publication.clone(),
            edition: entry.edition.clone(),
            added: change.added,
            unchanged: change.unchanged,
            revised: change.revised.len(),
            kept_newer: change.kept_newer,
            largest: if person_level { Vec::new() } else { change.largest() },
        }
    }
}

impl Publication {
    /// Says what it holds now.
    pub(super) fn describe(&mut self, facts: &Facts, description: Option<&Description>) {
        if let Some(description) = description {
            self.title.clone_from(&description.title);
            self.publisher.clone_from(&description.publisher);
            self.licence.clone_from(&description.licence);
            self.person_level = description.person_level;
        }
        self.measures = facts
            .list
            .iter()
            .map(|fact| fact.subject.measure)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|word| facts.words.text(word).to_owned())
            .collect();
        let first = facts.list.iter().map(|fact| fact.period.starts()).min();
        self.covers = first.zip(facts.list.iter().map(|fact| fact.period.ends()).max());
    }
}

impl Catalogue {
    /// Every file that counts.
    pub fn stored(&self) -> impl Iterator<Item = &Stored> {
        self.publications
            .values()
            .flat_map(|found| [&found.facts, &found.places, &found.successors, &found.links, &found.findings])
            .chain(self.files.iter().map(|file| &file.people))
            .flatten()
    }
}

impl Catalogue {
    /// Every file of the dataset that counts, the lists of what was not understood among them.
    pub(super) fn all_files(&self) -> impl Iterator<Item = &str> {
        let notes = self.files.iter().filter_map(|file| file.notes.as_deref());
        self.stored().map(|stored| stored.file.as_str()).chain(notes)
    }
}

/// A hash of all that a description says: a file is read again when it has changed.
pub(super) fn description_hash(description: &Description) -> String {
    tables::hash(format!("{description:?}").as_bytes())[..16].to_owned()
}
