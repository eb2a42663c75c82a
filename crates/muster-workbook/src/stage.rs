//! An import before anything is written: the new texts of the files, and the plan they would make.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use muster_book::Diagnostic;
use serde::Serialize;

use crate::base::{Base, FORMAT, Spoilt};
use crate::change::{Add, Change, Delete, Parent, Set};
use crate::compare::{Compared, compare};
use crate::error::WorkbookError;
use crate::fields::Schemas;
use crate::finding::{CONFLICT, Finding, UNREADABLE, UNWRITABLE};
use crate::folder::Folder;
use crate::grid::{self, Grid, Held};
use crate::log::Said;
use crate::merge;
use crate::place::place;
use crate::record::{Record, Text, is_csv};
use crate::value::Value;
use crate::write::BASE_SHEET;

/// One thing that an import changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The cell: `Supply!M12`.
    pub cell: String,
    /// The file, as the workbook names it.
    pub file: String,
    /// The entry.
    pub entry: String,
    /// The field; empty for a whole entry.
    pub field: String,
    /// What it was; empty where it was not stated.
    pub old: String,
    /// What it becomes; empty where it is no longer stated.
    pub new: String,
}

/// What an import would write.
#[derive(Debug)]
pub(crate) struct Staged {
    /// The plan's id.
    pub plan: String,
    /// What changes.
    pub changed: Vec<Changed>,
    /// The new text of each file that changes.
    pub texts: BTreeMap<String, String>,
    /// What was accepted in a form of its own, or is not read.
    pub notes: Vec<String>,
    /// What planners said of their changes.
    pub said: Vec<Said>,
}

/// Works out what a workbook changes in a plan, or lists everything that is not accepted.
pub(crate) fn stage(bytes: &[u8], file: &str, folder: &Folder, keep_missing: bool) -> Result<Staged, WorkbookError> {
    let one = |finding: Finding| WorkbookError::NotAccepted(vec![finding]);
    let grids = grid::read(bytes, file).map_err(one)?;
    let base = base_of(&grids, file).map_err(one)?;
    let broken = |why: String| one(Finding::new(UNREADABLE, file, why, "export the plan again"));
    let was = base.texts().map_err(broken)?;
    let sheets = base.sheets(&was, &Schemas::read());
    let mut compared = compare(&sheets, &grids, keep_missing);
    place(&mut compared, &sheets, &base, &was);
    let (now, moved) = current(&base, &was, folder, &mut compared);
    let mut changes = std::mem::take(&mut compared.changes);
    renumber(&mut changes);
    compared.findings.extend(merge::carry(&base, &was, &now, &moved, &mut changes));
    if !compared.findings.is_empty() {
        return Err(WorkbookError::NotAccepted(compared.findings));
    }
    let texts = edit(&base, folder, &changes).map_err(WorkbookError::NotAccepted)?;
    let edited = Edited { base: &base, folder, now: &now, changes: &changes, texts: &texts };
    edited.verify().map_err(WorkbookError::NotAccepted)?;
    if !texts.is_empty() {
        let places = edited.places(&compared, &was, &moved);
        let faults = |found: Vec<Diagnostic>| found.iter().map(|fault| edited.finding(fault, &places)).collect();
        folder.read_with(&texts).map_err(|found| WorkbookError::NotAccepted(faults(found)))?;
    }
    let changed = changes.iter().map(|change| edited.changed(change)).collect();
    let said = crate::log::said(&grids);
    Ok(Staged { plan: base.plan.clone(), changed, texts, notes: compared.notes, said })
}

/// What the workbook was made from.
fn base_of(grids: &[Grid], file: &str) -> Result<Base, Finding> {
    let refuse = |message: String, help: &str| Err(Finding::new(UNREADABLE, file, message, help));
    let Some(grid) = grids.iter().find(|grid| grid.name == BASE_SHEET) else {
        let help = "fill in a workbook that `muster workbook export` made; do not copy its sheets into another";
        return refuse(
            format!("the hidden sheet {BASE_SHEET} is not there: this workbook was not made by Muster"),
            help,
        );
    };
    let lines: Vec<String> = grid
        .rows
        .values()
        .filter_map(|cells| match cells.get(&0) {
            Some(Held::Text(text)) => Some(text.trim().to_owned()),
            _ => None,
        })
        .collect();
    match Base::unpack(&lines) {
        Ok(base) => Ok(base),
        Err(Spoilt::Changed) => refuse(
            format!("the hidden sheet {BASE_SHEET}, which says what the workbook was made from, was changed"),
            "export the plan again, and copy your changes into that workbook",
        ),
        Err(Spoilt::Version(version)) => refuse(
            format!("the workbook is of format {version}, and this Muster reads format {FORMAT}"),
            "export the plan again with this version",
        ),
    }
}

/// The files as they are now, and whether each is another than the workbook was made from.
fn current(base: &Base, was: &[Text], folder: &Folder, compared: &mut Compared) -> (Vec<Text>, Vec<bool>) {
    let mut moved = vec![false; was.len()];
    let mut now = Vec::new();
    let touched: BTreeSet<usize> = compared
        .changes
        .iter()
        .map(|change| match change {
            Change::Set(set) => set.file,
            Change::Delete(delete) => delete.file,
            Change::Add(add) => add.file,
        })
        .collect();
    for (at, made) in base.files.iter().enumerate() {
        let stored = folder.find(&made.name);
        let text = stored.map_or("", |stored| stored.text.as_str());
        let is_gone = made.exists && !stored.is_some_and(|stored| stored.exists);
        if text == made.text && !is_gone {
            now.push(was[at].clone());
            continue;
        }
        let read = Text::read(&made.name, text)
            .ok()
            .filter(|read| !is_gone && (!is_csv(&made.name) || read.columns == was[at].columns));
        if let Some(read) = read {
            compared.notes.push(format!(
                "{} has changed since the workbook was made; the workbook's changes are made to it as it is now",
                made.name
            ));
            moved[at] = true;
            now.push(read);
            continue;
        }
        now.push(was[at].clone());
        if touched.contains(&at) {
            let message = format!("{} is gone, or has other columns than when the workbook was made", made.name);
            compared.findings.push(Finding::new(
                CONFLICT,
                &made.name,
                message,
                "export the plan again, and make the changes there",
            ));
        }
    }
    (now, moved)
}

/// Additions come last, so that each keeps its number among them.
fn renumber(changes: &mut Vec<Change>) {
    let (adds, mut rest): (Vec<Change>, Vec<Change>) =
        std::mem::take(changes).into_iter().partition(|change| matches!(change, Change::Add(_)));
    rest.extend(adds);
    *changes = rest;
}

fn adds_of(changes: &[Change]) -> Vec<Add> {
    changes
        .iter()
        .filter_map(|change| match change {
            Change::Add(add) => Some(add.clone()),
            _ => None,
        })
        .collect()
}

fn of_file(changes: &[Change], file: usize) -> (Vec<&Set>, Vec<&Delete>) {
    let mut found = (Vec::new(), Vec::new());
    for change in changes {
        match change {
            Change::Set(set) if set.file == file => found.0.push(set),
            Change::Delete(delete) if delete.file == file => found.1.push(delete),
            _ => {}
        }
    }
    found
}

/// The new text of each file that changes.
fn edit(base: &Base, folder: &Folder, changes: &[Change]) -> Result<BTreeMap<String, String>, Vec<Finding>> {
    let adds = adds_of(changes);
    let mut texts = BTreeMap::new();
    let mut findings = Vec::new();
    for (file, made) in base.files.iter().enumerate() {
        let (sets, deletes) = of_file(changes, file);
        let own: Vec<&Add> = adds.iter().filter(|add| add.file == file).collect();
        if sets.is_empty() && deletes.is_empty() && own.is_empty() {
            continue;
        }
        let text = folder.find(&made.name).map_or("", |stored| stored.text.as_str());
        let edited = if is_csv(&made.name) {
            crate::edit_csv::edit(text, &sets, &deletes, &own)
        } else {
            crate::edit_toml::edit(text, file, &sets, &deletes, &adds)
        };
        match edited {
            Ok(edited) if edited != text => {
                texts.insert(made.name.clone(), edited);
            }
            Ok(_) => {}
            Err((address, why)) => {
                let place = if address.is_empty() { made.name.clone() } else { address };
                let message = format!("the change cannot be written into {}: {why}", made.name);
                findings.push(Finding::new(
                    UNWRITABLE,
                    place,
                    message,
                    "make this change in the file by hand, and export again",
                ));
            }
        }
    }
    if findings.is_empty() { Ok(texts) } else { Err(findings) }
}

/// Changes and the texts that they made.
struct Edited<'a> {
    base: &'a Base,
    folder: &'a Folder,
    now: &'a [Text],
    changes: &'a [Change],
    texts: &'a BTreeMap<String, String>,
}

/// Where an entry came to stand, and the cell of each of its fields; the one of no name is the row.
type Places = BTreeMap<(String, Vec<(String, usize)>), BTreeMap<String, String>>;

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
    fn verify(&self) -> Result<(), Vec<Finding>> {
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
    fn places(&self, compared: &Compared, was: &[Text], moved: &[bool]) -> Places {
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
    fn finding(&self, fault: &Diagnostic, places: &Places) -> Finding {
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
        let holds = |record: &&Record| record.span.contains(&at) || record.span.start == at;
        let record = read.records.iter().filter(holds).min_by_key(|record| record.span.len())?;
        let cells = places.get(&(stored.name.clone(), record.path.clone()))?;
        let near = |field: &&crate::record::Field| {
            field.span.contains(&at) || (field.span.start >= at && field.span.start < fault.location.span.end)
        };
        let field = record.fields.iter().find(near);
        // An empty cell of a table has no field: the column is named in the message alone.
        field.and_then(|field| cells.get(&field.name)).or_else(|| cells.get("")).cloned()
    }

    /// A change as it is told.
    fn changed(&self, change: &Change) -> Changed {
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
        match record.id() {
            Some(id) => words.push(id.to_owned()),
            None => {
                let numbers = |field: &&crate::record::Field| {
                    !matches!(field.value, Value::Number(_))
                        && !["kind", "source", "where", "why"].contains(&field.name.as_str())
                };
                words.extend(record.fields.iter().filter(numbers).take(3).map(|field| field.value.shown()));
            }
        }
        let said = words.join(" ").replace('\n', " ");
        said.chars().take(60).collect()
    }
}
