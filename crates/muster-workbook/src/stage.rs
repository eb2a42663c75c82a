//! An import before anything is written: the new texts of the files, and the plan they would make.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::base::{Base, FORMAT, Spoilt};
use crate::change::{Add, Change, Delete, Set};
use crate::compare::{Compared, compare};
use crate::edited::Edited;
use crate::error::WorkbookError;
use crate::fields::Schemas;
use crate::finding::{CONFLICT, Finding, UNREADABLE, UNWRITABLE};
use crate::folder::Folder;
use crate::grid::{self, Grid, Held};
use crate::log::Said;
use crate::merge;
use crate::place::place;
use crate::record::{Text, is_csv};
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
    let sheets = base.sheets(&was, Schemas::known());
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
        folder.read_with(&texts).map_err(|faults| {
            let places = edited.places(&compared, &was, &moved);
            WorkbookError::NotAccepted(faults.iter().map(|fault| edited.finding(fault, &places)).collect())
        })?;
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
            if touched.contains(&at) {
                let note =
                    "has changed since the workbook was made; the workbook's changes are made to it as it is now";
                compared.notes.push(format!("{} {note}", made.name));
            }
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

pub(crate) fn adds_of(changes: &[Change]) -> Vec<Add> {
    changes
        .iter()
        .filter_map(|change| match change {
            Change::Add(add) => Some(add.clone()),
            _ => None,
        })
        .collect()
}

pub(crate) fn of_file(changes: &[Change], file: usize) -> (Vec<&Set>, Vec<&Delete>) {
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
