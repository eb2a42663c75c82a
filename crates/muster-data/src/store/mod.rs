//! The dataset on disk: Parquet files that never change, and one catalogue that says which of them count.
//!
//! Adding writes new files first and replaces the catalogue last, in one step of the file system. Whatever happens before
//! that step leaves the dataset as it was.

mod catalogue;
mod checked;
mod merge;
pub(crate) mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread::ScopedJoinHandle;

use jiff::civil::Date;

pub use catalogue::{Catalogue, FileEntry, LogEntry, Publication, Stored};
pub use merge::Revision;
pub use tables::Filter;

use crate::Facts;
use crate::description::Measure;
use crate::library::{Library, LibraryError};
use crate::open::{self, OpenError};
use crate::read::{self, Filing, Link, NotUnderstood, PlaceRecord, ReadError, Succession};

/// A dataset, open for reading.
#[derive(Debug)]
pub struct Dataset {
    folder: PathBuf,
    catalogue: Catalogue,
    library: Library,
}

/// Why a dataset cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none.
    #[error("there is no dataset in {0}: make one with `muster data add FILE…`")]
    Missing(PathBuf),
    /// A file of it cannot be read or written.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A file of it is not what was written.
    #[error(
        "{path}: the dataset is damaged ({why}): move its folder away, and make it anew from the publications with `muster data add`"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Files were added while it was read.
    #[error("the dataset in {0} has changed since it was opened: ask again")]
    Changed(PathBuf),
    /// Another program is adding to it.
    #[error("another program is adding to the dataset in {0}: wait until it has finished")]
    Busy(PathBuf),
    /// A description is wrong.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over as they come")]
fn failed(path: &Path, why: impl ToString) -> StoreError {
    StoreError::File { path: path.to_owned(), why: why.to_string() }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over as they come")]
fn damaged(path: &Path, why: impl ToString) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), why: why.to_string() }
}

const CATALOGUE: &str = "catalogue.json";
/// How the name of a file begins that is not whole yet.
const UNFINISHED: &str = ".adding-";

/// What is wanted of an addition.
#[derive(Debug, Clone, Default)]
pub struct AddOptions {
    /// Descriptions of publications beside those that come with Muster.
    pub with: Vec<PathBuf>,
    /// The edition, where the files do not say it.
    pub edition: Option<Date>,
    /// Whether rows that are people are kept, in a table of their own that no question reaches.
    pub keep_people: bool,
}

/// What came of one file.
#[derive(Debug)]
pub struct Added {
    /// The file.
    pub path: PathBuf,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a file.
#[derive(Debug)]
pub enum Outcome {
    /// It was filed.
    Filed(Box<FileEntry>, Vec<NotUnderstood>),
    /// It is in the dataset already.
    Known(String),
    /// Nothing describes it.
    Unknown(ReadError),
    /// It is no table.
    OtherKind(String),
    /// It is damaged, or nothing in it could be filed.
    Refused(String),
}

impl Dataset {
    /// Opens a dataset.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(CATALOGUE);
        if !path.is_file() {
            return Err(StoreError::Missing(folder.to_owned()));
        }
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, error))?;
        let catalogue: Catalogue = serde_json::from_str(&text)
            .map_err(|error| damaged(&path, format!("not a catalogue of this version of Muster: {error}")))?;
        let mut library = Library::built_in()?;
        for (name, text) in &catalogue.descriptions {
            library.add(name, text)?;
        }
        Ok(Self { folder: folder.to_owned(), catalogue, library })
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it holds.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The words that it is written in.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// A measure of the dataset.
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.library.measure(id)
    }

    /// The facts that a filter lets through, of every publication that has any.
    pub fn facts(&self, filter: &Filter) -> Result<Facts, StoreError> {
        let mut facts = Facts::default();
        for (id, publication) in &self.catalogue.publications {
            let Some(stored) = &publication.facts else { continue };
            if filter.publication.as_ref().is_some_and(|wanted| wanted != id)
                || !filter.measures.is_empty()
                    && !filter.measures.iter().any(|wanted| publication.measures.contains(wanted))
            {
                continue;
            }
            self.read_facts(stored, filter, &mut facts)?;
        }
        Ok(facts)
    }

    fn read_facts(&self, stored: &Stored, filter: &Filter, facts: &mut Facts) -> Result<(), StoreError> {
        let path = self.folder.join(&stored.file);
        tables::read_facts(self.bytes(stored)?, filter, facts).map_err(|why| damaged(&path, why))
    }

    fn read_records<T: tables::Record>(&self, stored: &Stored) -> Result<Vec<T>, StoreError> {
        let path = self.folder.join(&stored.file);
        tables::read_records(self.bytes(stored)?).map_err(|why| damaged(&path, why))
    }

    /// The bytes of a file of the dataset, which are those that were written.
    fn bytes(&self, stored: &Stored) -> Result<Vec<u8>, StoreError> {
        let path = self.folder.join(&stored.file);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let now = Self::open(&self.folder)?.catalogue;
                return Err(if now.stored().any(|other| other.file == stored.file) {
                    damaged(&path, "the file is missing")
                } else {
                    StoreError::Changed(self.folder.clone())
                });
            }
            Err(error) => return Err(failed(&path, error)),
        };
        if tables::hash(&bytes) == stored.sha256 {
            Ok(bytes)
        } else {
            Err(damaged(&path, "the file is not what was written: its hash differs"))
        }
    }

    /// What publications say of places, with the id of the publication.
    pub fn place_records(&self) -> Result<Vec<(String, PlaceRecord)>, StoreError> {
        self.records(|publication| publication.places.as_ref())
    }

    /// What publications say became of places.
    pub fn successions(&self) -> Result<Vec<(String, Succession)>, StoreError> {
        self.records(|publication| publication.successors.as_ref())
    }

    /// How places relate.
    pub fn links(&self) -> Result<Vec<(String, Link)>, StoreError> {
        self.records(|publication| publication.links.as_ref())
    }

    fn records<T: tables::Record>(
        &self,
        which: impl Fn(&Publication) -> Option<&Stored>,
    ) -> Result<Vec<(String, T)>, StoreError> {
        let mut list = Vec::new();
        for (id, publication) in &self.catalogue.publications {
            if let Some(stored) = which(publication) {
                let records = self.read_records(stored)?;
                list.extend(records.into_iter().map(|record| (id.clone(), record)));
            }
        }
        Ok(list)
    }

    /// The cells of a file that were not understood, as far as they were listed.
    pub fn not_understood(&self, file: &FileEntry) -> Result<Vec<NotUnderstood>, StoreError> {
        let Some(notes) = &file.notes else { return Ok(Vec::new()) };
        let path = self.folder.join(notes);
        let text = fs::read_to_string(&path).map_err(|error| damaged(&path, error))?;
        serde_json::from_str(&text).map_err(|error| damaged(&path, error))
    }

    /// Adds files, and every file of folders; `each` hears of each file as soon as it has been read.
    ///
    /// Either all that could be read is in the dataset afterwards, or the dataset is as it was.
    pub fn add(
        folder: &Path,
        paths: &[PathBuf],
        options: &AddOptions,
        each: &mut dyn FnMut(&Path),
    ) -> Result<Vec<Added>, StoreError> {
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        let lock_path = folder.join(".lock");
        let lock = File::create(&lock_path).map_err(|error| failed(&lock_path, error))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::Busy(folder.to_owned()),
            TryLockError::Error(error) => failed(&lock_path, error),
        })?;

        let mut dataset = match Self::open(folder) {
            Ok(dataset) => dataset,
            Err(StoreError::Missing(_)) => {
                Self { folder: folder.to_owned(), catalogue: Catalogue::default(), library: Library::built_in()? }
            }
            Err(error) => return Err(error),
        };
        for path in &options.with {
            let id = dataset.library.add_file(path)?;
            dataset.hold_examples(&id, path)?;
            let text = fs::read_to_string(path).map_err(|error| failed(path, error))?;
            dataset.catalogue.descriptions.insert(format!("{id}.toml"), text);
        }
        let before = dataset.catalogue.clone();
        let added = dataset.read_all(&expand(paths), options, each)?;
        if dataset.catalogue != before {
            dataset.check_changed(&before)?;
            dataset.commit(&before)?;
        }
        Ok(added)
    }

    /// A description whose own examples do not hold does not say what its author means.
    fn hold_examples(&self, id: &str, path: &Path) -> Result<(), StoreError> {
        let Some(description) = self.library.publication(id) else { return Ok(()) };
        match read::hold_examples(description, &self.library).first() {
            None => Ok(()),
            Some(difference) => Err(LibraryError {
                file: path.display().to_string(),
                message: format!(
                    "an example does not hold, so nothing was added: {difference}`muster data try` shows all"
                ),
            }
            .into()),
        }
    }

    /// Reads every file, and merges what it says; nothing that counts is written yet.
    fn read_all(
        &mut self,
        paths: &[PathBuf],
        options: &AddOptions,
        each: &mut dyn FnMut(&Path),
    ) -> Result<Vec<Added>, StoreError> {
        let mut added: Vec<Added> = Vec::new();
        let mut filings: BTreeMap<String, Vec<(usize, Filing, FileEntry)>> = BTreeMap::new();
        let mut hashes = BTreeSet::new();
        for chunk in paths.chunks(2) {
            let read = std::thread::scope(|scope| {
                let this = &*self;
                let threads: Vec<_> =
                    chunk.iter().map(|path| scope.spawn(move || this.read_one(path, options))).collect();
                threads.into_iter().map(ScopedJoinHandle::join).collect::<Vec<_>>()
            });
            for (path, read) in chunk.iter().zip(read) {
                let read = read.unwrap_or_else(|_| {
                    Err(Outcome::Refused("reading it went wrong inside Muster: please report this file".to_owned()))
                });
                let outcome = match read {
                    Err(outcome) => outcome,
                    Ok((_, entry)) if !hashes.insert(entry.sha256.clone()) => Outcome::Known(entry.publication),
                    Ok((filing, entry)) => {
                        filings.entry(filing.publication.clone()).or_default().push((added.len(), filing, entry));
                        Outcome::Known(String::new())
                    }
                };
                each(path);
                added.push(Added { path: path.clone(), outcome });
            }
        }
        for (id, mut filings) in filings {
            // The oldest edition first, so that the newest has the last word whatever the order of the files.
            filings.sort_by(|(_, _, a), (_, _, b)| {
                (&a.edition, &a.name, &a.sha256).cmp(&(&b.edition, &b.name, &b.sha256))
            });
            let mut state = self.catalogue.publications.remove(&id).unwrap_or_default();
            let mut facts = Facts::default();
            if let Some(stored) = &state.facts {
                self.read_facts(stored, &Filter::default(), &mut facts)?;
            }
            let mut index = merge::Index::of(&facts);
            let mut places: Vec<PlaceRecord> = self.old(state.places.as_ref())?;
            let mut successors: Vec<Succession> = self.old(state.successors.as_ref())?;
            let mut links: Vec<Link> = self.old(state.links.as_ref())?;
            for (at, filing, mut entry) in filings {
                let change = merge::merge(&mut facts, &mut index, &filing);
                places = merge::places(places, &filing.places);
                merge::union(&mut successors, filing.successors);
                let newer = |file: &FileEntry| file.publication == id && file.edition > entry.edition;
                links = if self.catalogue.files.iter().any(newer) {
                    merge::links(filing.links, links)
                } else {
                    merge::links(links, filing.links)
                };
                let person_level = self.library.publication(&id).is_some_and(|found| found.person_level);
                self.catalogue.log.push(LogEntry::of(&entry, &change, person_level));
                entry.notes = self.write_notes(&entry, &filing.not_understood)?;
                self.catalogue.files.retain(|file| file.sha256 != entry.sha256);
                self.catalogue.files.push(entry.clone());
                added[at].outcome = Outcome::Filed(Box::new(entry), filing.not_understood);
            }
            facts.sort();
            state.describe(&facts, self.library.publication(&id));
            state.facts = self.store(&id, "facts", &tables::facts_bytes(&facts)?, facts.list.len())?;
            state.places = self.store(&id, "places", &tables::records_bytes(&places)?, places.len())?;
            state.successors = self.store(&id, "successors", &tables::records_bytes(&successors)?, successors.len())?;
            state.links = self.store(&id, "links", &tables::records_bytes(&links)?, links.len())?;
            self.catalogue.publications.insert(id, state);
        }
        Ok(added)
    }

    fn old<T: tables::Record>(&self, stored: Option<&Stored>) -> Result<Vec<T>, StoreError> {
        stored.map_or(Ok(Vec::new()), |stored| self.read_records(stored))
    }

    fn read_one(&self, path: &Path, options: &AddOptions) -> Result<(Filing, FileEntry), Outcome> {
        let refused = |error: OpenError| match error {
            OpenError::OtherKind(why) => Outcome::OtherKind(why),
            error => Outcome::Refused(error.to_string()),
        };
        let sha256 = open::hash(path).map_err(refused)?;
        if let Some(known) = self.catalogue.files.iter().find(|file| file.sha256 == sha256) {
            let description = self.library.publication(&known.publication).map(catalogue::description_hash);
            if description.as_deref() == Some(&known.description) {
                return Err(Outcome::Known(known.publication.clone()));
            }
        }
        let file = open::open(path).map_err(refused)?;
        let description = read::recognise(&file, &self.library).map_err(Outcome::Unknown)?;
        let mut filing =
            read::read(&file, description, &self.library).map_err(|error| Outcome::Refused(error.to_string()))?;
        if let Some(edition) = options.edition {
            filing.date(edition);
        }
        let mut entry = FileEntry {
            name: file.name,
            sha256: file.sha256,
            bytes: file.bytes,
            publication: description.id.clone(),
            description: catalogue::description_hash(description),
            edition: filing.edition.clone(),
            account: filing.account.clone(),
            notes: None,
            people: None,
        };
        if options.keep_people && description.person_level {
            let refused = |error: StoreError| Outcome::Refused(error.to_string());
            let bytes = tables::sheets_bytes(&file.sheets).map_err(refused)?;
            let rows = file.sheets.iter().map(|sheet| sheet.rows.len()).sum();
            entry.people = self.store(&entry.publication, "people", &bytes, rows).map_err(refused)?;
        }
        Ok((filing, entry))
    }

    fn write_notes(&self, entry: &FileEntry, list: &[NotUnderstood]) -> Result<Option<String>, StoreError> {
        if list.is_empty() {
            return Ok(None);
        }
        let text = serde_json::to_vec_pretty(list).map_err(|error| failed(Path::new("notes"), error))?;
        let name = format!("notes/{}-{}.json", entry.publication, &tables::hash(&text)[..16]);
        write_whole(&self.folder.join(&name), &text)?;
        Ok(Some(name))
    }

    /// Writes a table under a name that its content decides; none for an empty one.
    fn store(&self, id: &str, what: &str, bytes: &[u8], rows: usize) -> Result<Option<Stored>, StoreError> {
        if rows == 0 {
            return Ok(None);
        }
        let sha256 = tables::hash(bytes);
        let file = format!("{what}/{id}-{}.parquet", &sha256[..16]);
        let path = self.folder.join(&file);
        if !fs::read(&path).is_ok_and(|there| there == bytes) {
            write_whole(&path, bytes)?;
        }
        Ok(Some(Stored { file, rows, sha256 }))
    }

    /// Replaces the catalogue, then removes files that neither the old nor the new one names: whoever reads the old one
    /// still finds its files.
    fn commit(&self, before: &Catalogue) -> Result<(), StoreError> {
        let path = self.folder.join(CATALOGUE);
        let text = serde_json::to_vec_pretty(&self.catalogue).map_err(|error| failed(&path, error))?;
        write_whole(&path, &text)?;
        let named: BTreeSet<&str> = before.all_files().chain(self.catalogue.all_files()).collect();
        for what in ["", "facts", "places", "successors", "links", "people", "findings", "notes"] {
            let Ok(entries) = fs::read_dir(self.folder.join(what)) else { continue };
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let left_over = name.starts_with(UNFINISHED);
                if left_over || !what.is_empty() && !named.contains(format!("{what}/{name}").as_str()) {
                    // A file that nothing names does no harm: if it cannot be removed now, the next addition will.
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
        Ok(())
    }
}

impl Filing {
    /// Dates the edition from outside.
    fn date(&mut self, edition: Date) {
        self.edition = edition.to_string();
        let source = self.facts.words.add(&format!("{} {}", self.publication, self.edition));
        self.facts.list.iter_mut().for_each(|fact| fact.source = source);
    }
}

/// Writes a file so that it is either there whole or not there at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| failed(path, error);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    // The name is on disk only when the folder is.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Files, and every file below folders, in the order of their names. Notes beside data are passed over.
fn expand(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut list = Vec::new();
    for path in paths {
        match fs::read_dir(path) {
            Err(_) => list.push(path.clone()),
            Ok(entries) => {
                // A link to a folder may lead back to where it came from.
                let linked = |path: &Path| path.is_symlink() && path.is_dir();
                let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
                inside.retain(|path| !linked(path));
                inside.retain(|path| {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    let note = ["md", "txt", "json", "toml"]
                        .iter()
                        .any(|kind| path.extension().is_some_and(|own| own == *kind));
                    !(name.starts_with('.') || note && path.is_file())
                });
                inside.sort();
                list.extend(expand(&inside));
            }
        }
    }
    list
}
