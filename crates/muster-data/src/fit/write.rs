//! From entries to the files of a book, what they change, and putting them in place: all or none.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::book::Book;
use super::entry::{self, Entry};
use super::{Fit, FitError, Fitted};

/// A file of a fitted book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FittedFile {
    /// Its path in the book.
    pub path: String,
    /// What it holds.
    pub text: String,
    /// Whether the book has another text now, or none.
    pub changed: bool,
}

/// An entry that a fit changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The table.
    pub file: String,
    /// What the value is for.
    pub entry: String,
    /// The value that the book has; none where it is new.
    pub was: Option<f64>,
    /// The value that was fitted; none where the entry goes.
    pub now: Option<f64>,
}

impl Change {
    /// Now over was, less 1.
    pub fn ratio(&self) -> Option<f64> {
        self.was.zip(self.now).filter(|(was, _)| *was != 0.0).map(|(was, now)| now / was - 1.0)
    }
}

/// How wide a line of notes may be.
const WIDTH: usize = 140;

pub(super) fn gather(
    book: &Book,
    fitted: &[Fitted],
    tables: Vec<(&'static str, String)>,
    calibration: String,
) -> Result<Fit, FitError> {
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut changes = Vec::new();
    for one in fitted {
        let (table, passport) = (format!("{}.csv", one.file), format!("{}.toml", one.file));
        changes.extend(difference(&table, &book.entries(&table)?, &one.entries));
        texts.push((table, entry::to_csv(&one.entries)?));
        texts.push((passport.clone(), toml(book, one, &passport)));
    }
    texts.extend(tables.into_iter().map(|(file, text)| (file.to_owned(), text)));
    texts.push(("calibration.toml".to_owned(), calibration));
    let file = |(path, text): (String, String)| {
        let changed = fs::read_to_string(book.folder().join(&path)).is_ok_and(|own| own == text);
        FittedFile { path, text, changed: !changed }
    };
    let findings = fitted.iter().flat_map(|one| one.findings.clone()).collect();
    Ok(Fit { files: texts.into_iter().map(file).collect(), changes, findings })
}

fn difference(file: &str, was: &[Entry], now: &[Entry]) -> Vec<Change> {
    let by_name = |entries: &[Entry]| -> BTreeMap<String, Option<f64>> {
        entries.iter().map(|entry| (entry.name(), entry.number())).collect()
    };
    let (was, now) = (by_name(was), by_name(now));
    let mut names: Vec<&String> = was.keys().chain(now.keys()).collect();
    names.sort();
    names.dedup();
    let change = |name: &String| {
        let (was, now) = (was.get(name).copied().flatten(), now.get(name).copied().flatten());
        Change { file: file.to_owned(), entry: name.clone(), was, now }
    };
    names.into_iter().map(change).filter(|change| change.was != change.now).collect()
}

/// The passport of a table. The day it was last checked is a person's, so it stays.
fn toml(book: &Book, fitted: &Fitted, path: &str) -> String {
    let passport = &fitted.passport;
    let own = book.text(path).ok().and_then(|text| text.parse::<toml::Table>().ok());
    let checked =
        own.as_ref().and_then(|own| own.get("checked")).map_or(passport.from.to_string(), ToString::to_string);
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let name = fitted.file.rsplit('/').next().unwrap_or_default();
    let mut text = format!(
        "measure = {}\nabout   = {}\nunit    = {}\nchecked = {checked}\n\n",
        quoted(passport.measure),
        quoted(passport.about),
        quoted(passport.unit)
    );
    let made =
        "Made by `muster data fit --write`: change the recipes in fit/ or the dataset, not this file and its table."
            .to_owned();
    for note in std::iter::once(&made).chain(&passport.notes) {
        text.push_str(&comment(note));
        text.push_str("#\n");
    }
    text.truncate(text.len() - "#\n".len());
    text.push_str(&format!(
        "\n[table]\nfile   = {}\nfrom   = {}\nkind   = {}\nsource = {}\nwhere  = {}\nwhy    = {}\n",
        quoted(&format!("{name}.csv")),
        passport.from,
        quoted(passport.kind),
        quoted(passport.source),
        quoted(&passport.location),
        quoted(&passport.why)
    ));
    text
}

/// A paragraph as comment lines.
fn comment(text: &str) -> String {
    let mut lines = String::new();
    let mut line = "#".to_owned();
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push_str(&line);
            lines.push('\n');
            line.truncate(1);
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}

/// Writes files into a folder: all of them, or, where one cannot be written, none.
pub fn replace(folder: &Path, files: &[FittedFile]) -> Result<(), FitError> {
    let failed = |path: &Path, error: &dyn ToString| FitError::Book {
        file: path.display().to_string(),
        why: format!("it cannot be written, so nothing was changed: {}", error.to_string()),
    };
    // Everything is on disk under another name before the first file gets its own.
    let mut ready: Vec<Ready> = Vec::new();
    let written = files.iter().try_for_each(|file| {
        let path = folder.join(&file.path);
        let beside = PathBuf::from(format!("{}.fitted", path.display()));
        ready.push(Ready { before: fs::read(&path).ok(), beside: beside.clone(), path: path.clone() });
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            let mut new = fs::File::create(&beside)?;
            new.write_all(file.text.as_bytes())?;
            new.sync_all()
        };
        write().map_err(|error| failed(&path, &error))
    });
    let mut done = 0;
    let replaced = written.and_then(|()| {
        ready.iter().try_for_each(|file| {
            fs::rename(&file.beside, &file.path).map_err(|error| failed(&file.path, &error))?;
            done += 1;
            Ok(())
        })
    });
    if replaced.is_err() {
        for (at, file) in ready.iter().enumerate() {
            // Tidying up cannot be helped further when it fails too: the fault to report is the first one.
            let _ = fs::remove_file(&file.beside);
            if at < done {
                let _ = file
                    .before
                    .as_ref()
                    .map_or_else(|| fs::remove_file(&file.path), |text| fs::write(&file.path, text));
            }
        }
    }
    replaced
}

/// A file that is written beside the one it replaces.
struct Ready {
    path: PathBuf,
    beside: PathBuf,
    before: Option<Vec<u8>>,
}
