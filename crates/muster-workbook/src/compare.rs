//! A workbook that came back, held against what it was made from: what was changed, and what cannot be accepted.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::{Taken, take};
use crate::change::{Change, Delete, Set};
use crate::finding::{Finding, MERGED, MISSING, NOT_OPEN, UNKNOWN, UNPLACED, WRONG_KIND, quoted};
use crate::grid::{Grid, Held};
use crate::sheet::{Cell, Column, Role, Row, Sheet};
use crate::value::{Form, Value, tidy};

/// What stands in a cell for a text that no cell can hold.
pub(crate) const TOO_LONG: &str = "(too long for a cell: change it in the file)";

/// The row of names is among the first.
const NAMES_WITHIN: u32 = 60;

/// What a comparison found.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// The changes, sheet by sheet and row by row.
    pub changes: Vec<Change>,
    /// New rows, still to be placed.
    pub rows: Vec<NewRow>,
    /// What was not accepted.
    pub findings: Vec<Finding>,
    /// What was accepted in a form of its own, or is not read.
    pub notes: Vec<String>,
    /// The cell of each field, for faults that are found later: by file, record and field.
    pub cells: BTreeMap<(usize, usize, String), String>,
}

/// A row without a key.
#[derive(Debug)]
pub(crate) struct NewRow {
    /// The sheet, by its place.
    pub sheet: usize,
    /// Its values, by column.
    pub values: BTreeMap<usize, (Value, String)>,
    /// Its first cell.
    pub address: String,
}

/// Where the columns of a sheet were found.
struct Found {
    names: u32,
    columns: BTreeMap<usize, u32>,
}

/// Compares every sheet.
pub(crate) fn compare(sheets: &[Sheet], grids: &[Grid], keep_missing: bool) -> Compared {
    let mut compared = Compared::default();
    let mut known: BTreeSet<String> = crate::words::RESERVED.iter().map(|name| (*name).to_owned()).collect();
    for (at, sheet) in sheets.iter().enumerate() {
        known.insert(sheet.name.to_lowercase());
        let mut named = grids.iter().filter(|grid| grid.name.trim().to_lowercase() == sheet.name.to_lowercase());
        match named.next() {
            Some(grid) => compared.sheet(at, sheet, grid, keep_missing),
            None if keep_missing => compared.notes.push(format!("the sheet {} is not there: what it held is kept", sheet.name)),
            None => compared.findings.push(Finding::new(
                MISSING,
                &sheet.name,
                format!("the sheet is missing, with {} entries", sheet.rows.len()),
                "put it back under this name, or import with --keep-missing, which leaves what it held as it is in the files",
            )),
        }
    }
    for grid in grids.iter().filter(|grid| !known.contains(&grid.name.trim().to_lowercase())) {
        compared.notes.push(format!("the sheet {} is not one of the plan's and is not read", grid.name));
    }
    compared
}

impl Compared {
    fn refuse(&mut self, code: &str, place: String, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Finding::new(code, place, message, help));
    }

    fn sheet(&mut self, at: usize, sheet: &Sheet, grid: &Grid, keep_missing: bool) {
        if grid.hidden {
            self.notes.push(format!("the sheet {} is hidden; it was read like the others", grid.name));
        }
        let Some(found) = self.columns(sheet, grid, keep_missing) else { return };
        for (from, to) in &grid.merged {
            if to.0 > found.names {
                let place = format!("{}:{}", grid.address(from.0, from.1), crate::grid::cell_name(to.0, to.1));
                let message = "cells are merged here, so that it is not clear which entry the value belongs to";
                self.refuse(MERGED, place, message, "unmerge the cells, and fill each of them");
            }
        }
        let by_key: BTreeMap<String, usize> = sheet.rows.iter().enumerate().map(|(i, row)| (row.key(), i)).collect();
        let key_column = sheet.column(Role::Key).and_then(|key| found.columns.get(&key)).copied().unwrap_or_default();
        let mut seen: BTreeMap<usize, u32> = BTreeMap::new();
        for (line, cells) in grid.rows.range(found.names + 1..) {
            let place = grid.address(*line, key_column);
            let key = match cells.get(&key_column) {
                None => {
                    self.new_row((at, sheet), grid, *line, &found);
                    continue;
                }
                Some(Held::Text(key)) => tidy(key),
                Some(_) => String::new(),
            };
            match by_key.get(&key) {
                None => {
                    let message = format!("{} is no key of this sheet", quoted(&key));
                    let help = "clear this cell to add the row as a new entry, or put the key back";
                    self.refuse(UNKNOWN, place, message, help);
                }
                Some(row) => match seen.insert(*row, *line) {
                    Some(first) => {
                        let message = format!("the row is a copy of row {}: both have the key {key}", first + 1);
                        let help = "clear this cell to add the copy as a new entry, or remove the copy";
                        self.refuse(UNPLACED, place, message, help);
                    }
                    None => self.row(sheet, &sheet.rows[*row], grid, *line, &found),
                },
            }
        }
        for (i, row) in sheet.rows.iter().enumerate().filter(|(i, _)| !seen.contains_key(i)) {
            let what = named(sheet, row);
            if keep_missing {
                self.notes.push(format!(
                    "{}: the row {} ({what}) is not there: the entry is kept",
                    sheet.name,
                    row.key()
                ));
                continue;
            }
            let message = format!("the row {} ({what}) is missing", row.key());
            let help = match sheet.column(Role::Delete) {
                Some(_) => {
                    "put it back, and write yes in its Delete cell if the entry is to go; or import with --keep-missing, which keeps the entry"
                }
                None => "put it back, or import with --keep-missing, which leaves it as it is in the file",
            };
            self.refuse(MISSING, format!("{}!row {}", sheet.name, i as u32 + crate::write::FIRST + 1), message, help);
        }
    }

    /// Finds the columns by the names under their headings.
    fn columns(&mut self, sheet: &Sheet, grid: &Grid, keep_missing: bool) -> Option<Found> {
        let is_key = |held: &Held| matches!(held, Held::Text(text) if tidy(text) == "key");
        let names = grid.rows.range(..NAMES_WITHIN).find(|(_, cells)| cells.values().any(is_key));
        let Some((names, cells)) = names else {
            let message = "the row of small grey names under the headings, which begins with key, is missing";
            self.refuse(MISSING, grid.name.clone(), message, "put the row back, or export the plan again");
            return None;
        };
        let mut columns = BTreeMap::new();
        let mut strange = Vec::new();
        let before = self.findings.len();
        for (at, held) in cells {
            let name = match held {
                Held::Text(text) => tidy(text),
                _ => String::new(),
            };
            match sheet.columns.iter().position(|column| column.id == name) {
                Some(column) if columns.contains_key(&column) => {
                    let message = format!("two columns are called {}", quoted(&name));
                    self.refuse(UNKNOWN, grid.address(*names, *at), message, "remove the one that was added");
                }
                Some(column) => {
                    columns.insert(column, *at);
                }
                None => strange.push((*at, name)),
            }
        }
        let missing: Vec<&Column> = sheet
            .columns
            .iter()
            .enumerate()
            .filter(|(i, column)| !columns.contains_key(i) && !matches!(column.role, Role::Derived(_) | Role::Told))
            .map(|(_, column)| column)
            .collect();
        for column in &missing {
            if keep_missing && column.role == Role::Field {
                self.notes.push(format!("{}: the column {} is not there: what it held is kept", grid.name, column.id));
                continue;
            }
            let help = match strange.first() {
                Some((at, name)) => {
                    format!(
                        "if the column was renamed, write {} again in {} in place of {}",
                        column.id,
                        grid.address(*names, *at),
                        quoted(name)
                    )
                }
                None => "put it back, with this name under its heading, or export the plan again".to_owned(),
            };
            self.refuse(
                MISSING,
                grid.name.clone(),
                format!("the column {} ({}) is missing", column.id, column.heading),
                help,
            );
        }
        for (at, name) in strange.iter().filter(|_| missing.is_empty()) {
            self.notes.push(format!(
                "{}: the column {} is not one of the sheet's and is not read",
                grid.address(*names, *at),
                quoted(name)
            ));
        }
        (self.findings.len() == before).then_some(Found { names: *names, columns })
    }

    /// A row that was there.
    fn row(&mut self, sheet: &Sheet, row: &Row, grid: &Grid, line: u32, found: &Found) {
        // The row itself stands for what is missing from it.
        let first = found.columns.values().min().copied().unwrap_or_default();
        self.cells.insert((row.file, row.record, String::new()), grid.address(line, first));
        let deleted = sheet
            .column(Role::Delete)
            .and_then(|at| found.columns.get(&at))
            .and_then(|at| Some((*at, grid.at(line, *at)?)));
        if let Some((at, mark)) = deleted {
            let address = grid.address(line, at);
            match mark {
                Held::Text(text) if ["yes", "delete", "x"].contains(&tidy(text).to_lowercase().as_str()) => {
                    self.changes.push(Change::Delete(Delete { file: row.file, record: row.record, address }));
                    return;
                }
                Held::Bool(true) => {
                    self.changes.push(Change::Delete(Delete { file: row.file, record: row.record, address }));
                    return;
                }
                Held::Bool(false) => {}
                Held::Text(text) if tidy(text).to_lowercase() == "no" => {}
                _ => self.refuse(
                    WRONG_KIND,
                    address,
                    "the Delete cell holds neither yes nor nothing",
                    "write yes, or clear it",
                ),
            }
        }
        for (i, column) in sheet.columns.iter().enumerate() {
            let Some(at) = found.columns.get(&i) else { continue };
            let address = grid.address(line, *at);
            let held = grid.at(line, *at);
            match (&row.cells[i], column.role) {
                (_, Role::Key | Role::Delete | Role::Derived(_) | Role::Told) => {}
                (Cell::Closed, _) => {
                    if let Some(held) = held {
                        let message = format!("{} stands where this entry has no cell to fill", shown(held));
                        let help = "clear the cell: the table that the entry is in has no such column";
                        self.refuse(NOT_OPEN, address, message, help);
                    }
                }
                (Cell::Fixed(old), _) => {
                    let same = match held {
                        Some(held) => take(held, old.form(), grid).is_ok_and(|taken| taken.value.same_as(old)),
                        None => old.shown().is_empty(),
                    };
                    if !same {
                        let message = format!("the cell held {} and is not one to fill in", quoted(&old.shown()));
                        let help = "put it back; to move an entry, add it as a new row, and write yes in the Delete cell of this one";
                        self.refuse(NOT_OPEN, address, message, help);
                    }
                }
                (Cell::Open(old), _) => self.open((row, column), old.as_ref(), held, grid, address),
            }
        }
    }

    fn open(
        &mut self,
        (row, column): (&Row, &Column),
        old: Option<&Value>,
        held: Option<&Held>,
        grid: &Grid,
        address: String,
    ) {
        let (field, form) = match &row.fact {
            Some((field, form)) => (field.clone(), *form),
            None if row.in_table => (column.id.clone(), column.form),
            None => (column.in_toml.clone(), column.form),
        };
        self.cells.insert((row.file, row.record, field.clone()), address.clone());
        let was_blank = old.is_none_or(|old| old.shown().trim().is_empty());
        let new = match held {
            None if was_blank => return,
            None => None,
            Some(held) => {
                if matches!(held, Held::Text(text) if text == TOO_LONG) {
                    return;
                }
                match self.taken(held, form, old, grid, &address) {
                    Some(taken) if old.is_some_and(|old| taken.value.same_as(old)) => return,
                    Some(taken) => {
                        self.notes.extend(taken.note.map(|note| format!("{address}: {note}")));
                        Some(taken.value)
                    }
                    None => return,
                }
            }
        };
        self.changes.push(Change::Set(Set {
            file: row.file,
            record: row.record,
            field,
            old: old.cloned(),
            new,
            address,
        }));
    }

    /// Reads a cell in the form of what stood there, or in that of its column.
    fn taken(&mut self, held: &Held, form: Form, old: Option<&Value>, grid: &Grid, address: &str) -> Option<Taken> {
        let first = old.map_or(form, Value::form);
        let outcome = take(held, first, grid)
            .or_else(|refused| if first == form { Err(refused) } else { take(held, form, grid) });
        outcome.map_err(|(message, help)| self.refuse(WRONG_KIND, address.to_owned(), message, help)).ok()
    }

    /// A row without a key: a new entry, if anything stands in it.
    fn new_row(&mut self, (at, sheet): (usize, &Sheet), grid: &Grid, line: u32, found: &Found) {
        let mut values = BTreeMap::new();
        let mut refused = false;
        for (i, column) in sheet.columns.iter().enumerate() {
            let Some(place) = found.columns.get(&i) else { continue };
            let Some(held) = grid.at(line, *place) else { continue };
            if matches!(column.role, Role::Derived(_) | Role::Told | Role::Key) {
                continue;
            }
            let address = grid.address(line, *place);
            // Ids and numbers both name what a row lies in.
            let form = if matches!(column.role, Role::Parent(_)) { Form::Text } else { column.form };
            match self.taken(held, form, None, grid, &address) {
                Some(taken) => {
                    self.notes.extend(taken.note.map(|note| format!("{address}: {note}")));
                    values.insert(i, (taken.value, address));
                }
                None => refused = true,
            }
        }
        let marked = sheet.column(Role::Delete).is_some_and(|delete| values.contains_key(&delete));
        if values.is_empty() || refused || marked {
            return;
        }
        let address = values.values().next().map(|(_, address)| address.clone()).unwrap_or_default();
        if sheet.adds.is_none() {
            let message = "the row has no key, and entries cannot be added on this sheet";
            self.refuse(UNPLACED, address, message, "clear the row; add what it says to the files by hand");
            return;
        }
        self.rows.push(NewRow { sheet: at, values, address });
    }
}

/// An entry by what a person would call it.
fn named(sheet: &Sheet, row: &Row) -> String {
    let texts = sheet.columns.iter().zip(&row.cells).filter_map(|(column, cell)| match (column.role, cell) {
        (Role::Field | Role::Parent(_), Cell::Open(Some(value)) | Cell::Fixed(value)) => Some(value.shown()),
        _ => None,
    });
    let words: Vec<String> = texts.filter(|text| !text.is_empty()).take(3).collect();
    quoted(&words.join(", "))
}

fn shown(held: &Held) -> String {
    match held {
        Held::Text(text) | Held::Moment(text) | Held::Error(text) | Held::Unknown(text) => quoted(text),
        Held::Number(number) => format!("`{number}`"),
        Held::Bool(truth) => format!("`{truth}`"),
        Held::Day(day) => format!("`{day}`"),
    }
}
