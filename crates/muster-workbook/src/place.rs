//! New rows, each put where it belongs: into which file, and below which entry.

use std::collections::BTreeMap;

use crate::base::Base;
use crate::change::{Add, Change, Parent};
use crate::compare::{Compared, NewRow};
use crate::finding::{Finding, UNPLACED, quoted};
use crate::record::{Text, is_csv};
use crate::sheet::{Role, Sheet};
use crate::value::Value;

/// Turns new rows into additions, or says why one has no place.
pub(crate) fn place(compared: &mut Compared, sheets: &[Sheet], base: &Base, texts: &[Text]) {
    let rows = std::mem::take(&mut compared.rows);
    let mut adds: Vec<Add> = Vec::new();
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    let mut unplaced = 0;
    for row in &rows {
        match add_of(row, &sheets[row.sheet], base, texts, &adds, &numbers) {
            Ok(add) => {
                if let Some(Value::Number(number)) = value_of(row, &sheets[row.sheet], Role::Ordinal) {
                    numbers.insert(adds.len(), *number as usize);
                }
                adds.push(add);
            }
            Err(finding) => {
                unplaced += 1;
                compared.findings.push(finding);
            }
        }
    }
    if unplaced == 0 {
        compared.changes.extend(adds.into_iter().map(Change::Add));
    }
}

fn value_of<'r>(row: &'r NewRow, sheet: &Sheet, role: Role) -> Option<&'r Value> {
    sheet.column(role).and_then(|at| row.values.get(&at)).map(|(value, _)| value)
}

fn add_of(
    row: &NewRow,
    sheet: &Sheet,
    base: &Base,
    texts: &[Text],
    adds: &[Add],
    numbers: &BTreeMap<usize, usize>,
) -> Result<Add, Finding> {
    let refuse = |message: String, help: &str| Err(Finding::new(UNPLACED, &row.address, message, help));
    let file = match (value_of(row, sheet, Role::File), sheet.targets.as_slice()) {
        (Some(name), targets) => {
            let name = name.shown();
            let same = |file: &&usize| {
                base.files[**file].name == name || base.files[**file].name.ends_with(&format!("/{name}"))
            };
            let found: Vec<usize> = targets.iter().filter(same).copied().collect();
            match found.as_slice() {
                [one] => *one,
                _ => {
                    return refuse(
                        format!("{} is not a file of this sheet", quoted(&name)),
                        "copy the name of the file from a row above",
                    );
                }
            }
        }
        (None, [one]) => *one,
        _ => {
            return refuse(
                "the new row does not say its file".to_owned(),
                "copy the name of the file from a row above into the column File",
            );
        }
    };
    let in_table = is_csv(&base.files[file].name);
    let mut fields = Vec::new();
    for (at, (value, address)) in &row.values {
        let column = &sheet.columns[*at];
        if column.role != Role::Field {
            continue;
        }
        if in_table {
            let columns = texts[file].columns.as_deref().unwrap_or_default();
            if !columns.contains(&column.id) {
                let message = format!("the table {} has no column {}", base.files[file].name, column.id);
                return Err(Finding::new(
                    UNPLACED,
                    address,
                    message,
                    "clear the cell, or name another file in the column File",
                ));
            }
        }
        let name = if in_table { &column.id } else { &column.in_toml };
        fields.push((name.clone(), value.clone(), address.clone()));
    }
    let kind = sheet.adds.clone().unwrap_or_default();
    let list =
        if in_table { crate::csv_text::ROWS.to_owned() } else { kind.rsplit('.').next().unwrap_or(&kind).to_owned() };
    let mut parent = Parent::File;
    let levels: Vec<&str> = kind.split('.').collect();
    for (depth, level) in levels[..levels.len() - 1].iter().enumerate() {
        let Some(name) = value_of(row, sheet, Role::Parent(depth)).map(Value::shown) else {
            return refuse(
                format!("the new row does not say which {level} it belongs to"),
                "write its id, or its number counted from 1",
            );
        };
        match below(file, parent, level, &name, texts, adds, numbers) {
            Some(found) => parent = found,
            None => {
                return refuse(
                    format!("there is no {level} {} for it to belong to", quoted(&name)),
                    "write its id, or its number counted from 1",
                );
            }
        }
    }
    Ok(Add { file, parent, list, fields, address: row.address.clone() })
}

/// The entry of a list below another, by its id or its number.
fn below(
    file: usize,
    parent: Parent,
    list: &str,
    name: &str,
    texts: &[Text],
    adds: &[Add],
    numbers: &BTreeMap<usize, usize>,
) -> Option<Parent> {
    let text = &texts[file];
    let path = match parent {
        Parent::File => Some(Vec::new()),
        Parent::Old(record) => Some(text.records[record].path.clone()),
        Parent::New(_) => None,
    };
    let is_below = |record: &crate::record::Record| {
        path.as_ref().is_some_and(|path| {
            record.path.len() == path.len() + 1
                && record.path.starts_with(path)
                && record.path.last().is_some_and(|(own, _)| own == list)
        })
    };
    let number = name.parse::<usize>().ok();
    let mut count = 0;
    for (at, record) in text.records.iter().enumerate().filter(|(_, record)| is_below(record)) {
        count += 1;
        let by_number = record.id().is_none() && number == Some(count);
        if record.id() == Some(name) || by_number {
            return Some(Parent::Old(at));
        }
    }
    for (at, add) in adds.iter().enumerate() {
        if add.file != file || add.parent != parent || add.list != list {
            continue;
        }
        count += 1;
        let id = add.fields.iter().find(|(field, ..)| field == "id").map(|(_, value, _)| value.shown());
        let by_number = id.is_none() && number.is_some() && numbers.get(&at).copied().or(Some(count)) == number;
        if id.as_deref() == Some(name) || by_number {
            return Some(Parent::New(at));
        }
    }
    None
}
