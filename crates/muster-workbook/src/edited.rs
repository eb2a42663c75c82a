//! Changes and what they made of the texts: whether each arrived, where each entry came to stand, and which cell a fault is about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use muster_book::Diagnostic;

use crate::base::Base;
use crate::change::{Add, Change, Parent};
use crate::compare::Compared;
use crate::finding::{Finding, UNWRITABLE};
use crate::folder::Folder;
use crate::merge;
use crate::record::{Record, Text};
use crate::stage::{Changed, adds_of, of_file};
use crate::value::Value;

/// Changes and the texts that they made.
pub(crate) struct Edited<'a> {
    pub base: &'a Base,
    pub folder: &'a Folder,
    pub now: &'a [Text],
    pub changes: &'a [Change],
    pub texts: &'a BTreeMap<String, String>,
}

/// Where an entry came to stand, and the cell of each of its fields; the one of no name is the row.
pub(crate) type Places = BTreeMap<(String, Vec<(String, usize)>), BTreeMap<String, String>>;

impl Edited<'_> {
    /// Where an entry that was there stands after deletions.
    fn path_after(&self, file: usize, record: usize) -> Vec<(String, usize)> {
        let text = &self.now[file];
        let mut path = text.records[record].path.clone();
        for depth in 0..path.len() {
            let above = text.records[record].path[..depth].to_vec();
            let (list, own) = text.records[record].path[depth].clone();
            let gone = of_file(self.changes, file).1.into_iter().filter(|delete| {
                let other = &text.records[delete.record].path;
                other.len() == depth + 1
                    && other[..depth] == above[..]
                    && other[depth].0 == list
                    && other[depth].1 < own
            });
            path[depth].1 -= gone.map(|delete| delete.record).collect::<BTreeSet<_>>().len();
        }
        path
    }

    /// Where a new entry stands.
    fn path_of_new(&self, adds: &[Add], at: usize) -> Vec<(String, usize)> {
        let add = &adds[at];
        let text = &self.now[add.file];
        let (mut path, old) = match add.parent {
            Parent::File => (Vec::new(), text.count(&[], &add.list)),
            Parent::Old(record) => {
                (self.path_after(add.file, record), text.count(&text.records[record].path, &add.list))
            }
            Parent::New(above) => (self.path_of_new(adds, above), 0),
        };
        let above = match add.parent {
            Parent::Old(record) => text.records[record].path.clone(),
            _ => Vec::new(),
        };
        let gone = of_file(self.changes, add.file)
            .1
            .iter()
            .map(|delete| delete.record)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter(|record| {
                let other = &text.records[*record].path;
                !matches!(add.parent, Parent::New(_))
                    && other.len() == above.len() + 1
                    && other.starts_with(&above)
                    && other.last().is_some_and(|(list, _)| *list == add.list)
            })
            .count();
        let before = adds[..at]
            .iter()
            .filter(|other| other.file == add.file && other.parent == add.parent && other.list == add.list);
        path.push((add.list.clone(), old - gone + before.count()));
        path
    }

    /// Whether the new texts say what was to be written, and no more entries or fewer.
    pub(crate) fn verify(&self) -> Result<(), Vec<Finding>> {
        let adds = adds_of(self.changes);
        let mut findings = Vec::new();
        for (name, text) in self.texts {
            let Some(file) = self.base.files.iter().position(|made| made.name == *name) else { continue };
            let mut refuse = |place: &str| {
                let message = format!("the change did not arrive in {name} as it was meant");
                findings.push(Finding::new(
                    UNWRITABLE,
                    place,
                    message,
                    "make this change in the file by hand, and export again",
                ));
            };
            let Ok(read) = Text::read(name, text) else {
                refuse(name);
                continue;
            };
            let (sets, deletes) = of_file(self.changes, file);
            let says = |path: &[(String, usize)], field: &str, value: Option<&Value>| {
                let said = read.at(path).and_then(|at| read.records[at].get(field)).map(|field| &field.value);
                match (said, value) {
                    (Some(said), Some(value)) => said.same_as(value) || said.shown() == value.shown(),
                    (said, value) => {
                        let blank = |value: Option<&Value>| value.is_none_or(|value| value.shown().trim().is_empty());
                        blank(said) && blank(value)
                    }
                }
            };
            let records = &self.now[file].records;
            let is_gone = |record: usize| {
                deletes.iter().any(|delete| records[record].path.starts_with(&records[delete.record].path))
            };
            for set in sets.iter().filter(|set| !is_gone(set.record)) {
                if !says(&self.path_after(file, set.record), &set.field, set.new.as_ref()) {
                    refuse(&set.address);
                }
            }
            let own: Vec<usize> = (0..adds.len()).filter(|at| adds[*at].file == file).collect();
            for at in &own {
                let path = self.path_of_new(&adds, *at);
                if !adds[*at].fields.iter().all(|(field, value, _)| says(&path, field, Some(value))) {
                    refuse(&adds[*at].address);
                }
            }
            let kept = (0..records.len()).filter(|record| !is_gone(*record)).count();
            if read.records.len() != kept + own.len() {
                refuse(name);
            }
        }
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }

    /// The cells of each entry, by where it stands in the new texts.
    pub(crate) fn places(&self, compared: &Compared, was: &[Text], moved: &[bool]) -> Places {
        let mut places = Places::new();
        let mut maps: BTreeMap<usize, Vec<Option<usize>>> = BTreeMap::new();
        for ((file, record, field), address) in &compared.cells {
            let record = if moved[*file] {
                maps.entry(*file).or_insert_with(|| merge::pairs(&was[*file], &self.now[*file]))[*record]
            } else {
                Some(*record)
            };
            let Some(record) = record else { continue };
            let key = (self.base.files[*file].name.clone(), self.path_after(*file, record));
            places.entry(key).or_default().insert(field.clone(), address.clone());
        }
        let adds = adds_of(self.changes);
        for (at, add) in adds.iter().enumerate() {
            let key = (self.base.files[add.file].name.clone(), self.path_of_new(&adds, at));
            let cells = places.entry(key).or_default();
            cells.insert(String::new(), add.address.clone());
            cells.extend(add.fields.iter().map(|(field, _, address)| (field.clone(), address.clone())));
        }
        places
    }

    /// A fault of the plan as a finding, at the cell that it is about where there is one.
    pub(crate) fn finding(&self, fault: &Diagnostic, places: &Places) -> Finding {
        let written = format!("{}:{}", fault.location.file, fault.location.line);
        let cell = self.cell_of(fault, places);
        let place = cell.map_or_else(|| written.clone(), |cell| format!("{cell} ({written})"));
        Finding::new(fault.code, place, &fault.message, &fault.help)
    }

    fn cell_of(&self, fault: &Diagnostic, places: &Places) -> Option<String> {
        let is_it = |relative: &str| Path::new(&fault.location.file) == Path::new(relative);
        let stored = self.folder.files.iter().find(|file| is_it(&file.relative))?;
        let text = self.texts.get(&stored.name).unwrap_or(&stored.text);
        let read = Text::read(&stored.name, text).ok()?;
        let at = fault.location.span.start;
        if let Some(columns) = &read.columns {
            // An empty cell says nothing, and a fault may be about that.
            let is_it = |cell: &crate::csv_text::Cell| cell.span.contains(&at) || cell.span == (at..at);
            let lines = crate::csv_text::rows(text);
            let (row, column) = lines.iter().skip(1).enumerate().find_map(|(row, line)| {
                let column = line.iter().position(is_it)?;
                Some((row, columns.get(column)?))
            })?;
            let cells = places.get(&(stored.name.clone(), vec![(crate::csv_text::ROWS.to_owned(), row)]))?;
            return cells.get(column).or_else(|| cells.get("")).cloned();
        }
        let holds = |record: &&Record| record.span.contains(&at) || record.span.start == at;
        let record = read.records.iter().filter(holds).min_by_key(|record| record.span.len())?;
        let cells = places.get(&(stored.name.clone(), record.path.clone()))?;
        let near = |field: &&crate::record::Field| {
            field.span.contains(&at) || (field.span.start >= at && field.span.start < fault.location.span.end)
        };
        let field = record.fields.iter().find(near);
        field.and_then(|field| cells.get(&field.name)).or_else(|| cells.get("")).cloned()
    }

    /// A change as it is told.
    pub(crate) fn changed(&self, change: &Change) -> Changed {
        let (file, cell) = match change {
            Change::Set(set) => (set.file, &set.address),
            Change::Delete(delete) => (delete.file, &delete.address),
            Change::Add(add) => (add.file, &add.address),
        };
        let shown = |value: Option<&Value>| value.map_or_else(String::new, Value::shown);
        let (entry, field, old, new) = match change {
            Change::Set(set) => {
                (self.entry(file, set.record), set.field.clone(), shown(set.old.as_ref()), shown(set.new.as_ref()))
            }
            Change::Delete(delete) => {
                (self.entry(file, delete.record), String::new(), "the entry".to_owned(), String::new())
            }
            Change::Add(add) => {
                let words: Vec<String> =
                    add.fields.iter().map(|(name, value, _)| format!("{name} {}", value.shown())).collect();
                (format!("new {}", add.list), String::new(), String::new(), words.join(", "))
            }
        };
        Changed { cell: cell.clone(), file: self.base.files[file].name.clone(), entry, field, old, new }
    }

    /// An entry by its id, or by what it is about, with what it lies in.
    fn entry(&self, file: usize, record: usize) -> String {
        let text = &self.now[file];
        let record = &text.records[record];
        let mut words: Vec<String> = (1..record.path.len())
            .filter_map(|depth| text.at(&record.path[..depth]))
            .filter_map(|at| text.records[at].id().map(str::to_owned))
            .collect();
        if let Some(id) = record.id() {
            words.push(id.to_owned());
        } else {
            let is_subject = |field: &&crate::record::Field| {
                !matches!(field.value, Value::Number(_))
                    && !["kind", "source", "where", "why"].contains(&field.name.as_str())
            };
            words.extend(record.fields.iter().filter(is_subject).take(3).map(|field| field.value.shown()));
        }
        let said = words.join(" ").replace('\n', " ");
        said.chars().take(60).collect()
    }
}
