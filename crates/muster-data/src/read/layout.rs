//! Where a table is: which row holds its headings, and which columns are which.

use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use super::field;
use crate::description::{Field, Form, Table};
use crate::library::plain;
use crate::open::{Cell, Opened, Sheet};
use crate::period::{Period, Reading};

/// How far down the headings are looked for.
const DEPTH: usize = 80;

/// A table, found in a sheet.
pub(super) struct Layout<'f> {
    pub(super) file: &'f Opened,
    pub(super) sheet: &'f Sheet,
    /// Sheets without tables, which may hold a title.
    pub(super) notes: Vec<&'f Sheet>,
    /// The row from which the table was looked for.
    pub(super) from: usize,
    /// The first row below the headings.
    pub(super) first_row: usize,
    pub(super) width: usize,
    headings: Vec<String>,
    by_name: HashMap<String, usize>,
    /// Every name that the table uses, looked up once.
    known: HashMap<String, Option<usize>>,
    pub(super) date_columns: Vec<usize>,
    /// The row of merged cells above the headings.
    above: Option<usize>,
    pub(super) first_value_column: usize,
}

/// A regular expression of a description. The library refuses a description in which one is wrong.
pub(super) fn regex(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).case_insensitive(true).size_limit(1 << 20).build()
}

/// How well a table fits a sheet: the number of headings that it asks for and finds.
pub(super) fn fit(file: &Opened, sheet: &Sheet, table: &Table) -> Option<usize> {
    let named = |pattern: &Option<String>, name: &str| {
        pattern.as_ref().is_none_or(|pattern| regex(pattern).is_ok_and(|pattern| pattern.is_match(name)))
    };
    if !named(&table.sheet, &sheet.name) || !named(&table.file_name, &file.name) {
        return None;
    }
    let extra = usize::from(table.sheet.is_some()) + usize::from(table.file_name.is_some());
    if let Some(columns) = table.columns {
        let first = table.first_cell.as_deref().map(regex);
        let mut rows = sheet.rows.iter().filter(|row| !row.is_empty()).take(200).peekable();
        rows.peek()?;
        let all = rows.all(|row| {
            row.len() == columns
                && first.as_ref().is_none_or(|first| {
                    first.as_ref().is_ok_and(|first| row.first().is_some_and(|cell| first.is_match(&cell.text())))
                })
        });
        return all.then_some(columns + extra + usize::from(first.is_some()));
    }
    heading_row(sheet, table, 0).map(|_| table.headings.len() + extra)
}

/// The headings that a sheet lacks, in the row that has most of them.
pub(super) fn missing(sheet: &Sheet, table: &Table) -> Vec<String> {
    let lacking = |row: &Vec<Cell>| -> Vec<String> {
        table.headings.iter().filter(|heading| !has(row, heading)).cloned().collect()
    };
    sheet.rows.iter().take(DEPTH).map(lacking).min_by_key(Vec::len).unwrap_or_else(|| table.headings.clone())
}

/// The first row from one on that holds every heading.
fn heading_row(sheet: &Sheet, table: &Table, from: usize) -> Option<usize> {
    if table.headings.is_empty() {
        return None;
    }
    let rows = sheet.rows.iter().enumerate().skip(from).take(DEPTH);
    rows.filter(|(_, row)| table.headings.iter().all(|heading| has(row, heading))).map(|(at, _)| at).next()
}

fn has(row: &[Cell], heading: &str) -> bool {
    if heading == "<date>" {
        return row.iter().any(is_date);
    }
    heading.split('|').any(|name| {
        let name = plain(name);
        row.iter().any(|cell| matches!(cell, Cell::Text(text) if plain(text) == name))
    })
}

fn is_date(cell: &Cell) -> bool {
    match cell {
        Cell::Date(_) => true,
        Cell::Text(text) => Period::read(text, Reading::AsWritten).is_ok(),
        _ => false,
    }
}

impl<'f> Layout<'f> {
    /// The table, looked for from a row on; none where a table with headings is not there.
    pub(super) fn of(
        file: &'f Opened,
        sheet: &'f Sheet,
        from: usize,
        table: &Table,
        notes: &[&'f Sheet],
    ) -> Result<Option<Self>, String> {
        let heading_row = heading_row(sheet, table, from);
        if heading_row.is_none() && !table.headings.is_empty() {
            return Ok(None);
        }
        let none = Vec::new();
        let row = heading_row.map_or(&none, |row| &sheet.rows[row]);
        let width = table.columns.unwrap_or(row.len());
        let headings: Vec<String> =
            (0..width).map(|at| row.get(at).map(|cell| cell.text().into_owned()).unwrap_or_default()).collect();
        let mut by_name = HashMap::new();
        for (at, heading) in headings.iter().enumerate().rev() {
            by_name.insert(plain(heading), at);
        }
        let date_columns = (0..width).filter(|at| row.get(*at).is_some_and(is_date)).collect();
        let mut layout = Self {
            file,
            sheet,
            notes: notes.to_vec(),
            from,
            first_row: heading_row.map_or(0, |row| row + 1),
            width,
            headings,
            by_name,
            known: HashMap::new(),
            date_columns,
            above: None,
            first_value_column: 0,
        };
        layout.known = named_columns(table).into_iter().map(|name| (name.clone(), layout.look_up(&name))).collect();
        if let Some(name) = required_columns(table).into_iter().find(|name| layout.column(name).is_none()) {
            return Err(format!("table `{}` needs the column `{name}`, which is not there", table.name));
        }
        let twice =
            |at: usize| layout.headings.iter().skip(at + 1).position(|other| plain(other) == plain(layout.heading(at)));
        let columns = required_columns(table).into_iter().filter_map(|name| layout.column(&name));
        let mut columns = columns.filter(|at| !layout.heading(*at).is_empty());
        if let Some((first, second)) = columns.find_map(|at| twice(at).map(|more| (at, at + 1 + more))) {
            return Err(format!(
                "the heading `{}` stands over columns {} and {}: delete or rename the one that is not meant",
                layout.heading(first),
                first + 1,
                second + 1
            ));
        }
        let first = table.values.iter().flat_map(|values| layout.value_columns(table, &values.columns)).min();
        layout.first_value_column = first.unwrap_or(0);
        layout.above = (from..heading_row.unwrap_or(0))
            .rev()
            .find(|row| sheet.rows[*row].iter().skip(layout.first_value_column).any(|cell| !cell.is_empty()));
        Ok(Some(layout))
    }

    /// The column of a name, of the alternatives in it, or of a position.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.known.get(name).copied().unwrap_or_else(|| self.look_up(name))
    }

    fn look_up(&self, name: &str) -> Option<usize> {
        if let Some(position) = name.strip_prefix('#') {
            let position = position.parse::<usize>().ok().and_then(|position| position.checked_sub(1));
            return position.filter(|position| *position < self.width);
        }
        name.split('|').find_map(|name| self.by_name.get(&plain(name)).copied())
    }

    pub(super) fn heading(&self, column: usize) -> &str {
        self.headings.get(column).map_or("", String::as_str)
    }

    /// What to call a column in a message.
    pub(super) fn column_name(&self, column: usize) -> String {
        match self.heading(column) {
            "" => format!("column {}", column + 1),
            heading => heading.to_owned(),
        }
    }

    /// The merged cell above a column.
    pub(super) fn above(&self, column: usize) -> Option<String> {
        let row = &self.sheet.rows[self.above?];
        (self.first_value_column..=column)
            .rev()
            .find_map(|at| row.get(at).filter(|cell| !cell.is_empty()))
            .map(|cell| cell.text().into_owned())
    }

    /// The columns that hold values by one rule.
    pub(super) fn value_columns(&self, table: &Table, rule: &Form<crate::description::ColumnRule>) -> Vec<usize> {
        match rule {
            Form::Text(name) => self.column(name).into_iter().collect(),
            Form::List(_) => rule.texts().into_iter().filter_map(|name| self.column(name)).collect(),
            Form::Table(rule) if rule.dates => self.date_columns.clone(),
            Form::Table(rule) => {
                let taken: Vec<usize> = named_columns(table).iter().filter_map(|name| self.column(name)).collect();
                let pattern = rule.pattern.as_deref().and_then(|pattern| regex(pattern).ok());
                (0..self.width)
                    .filter(|at| !self.heading(*at).is_empty() && !taken.contains(at))
                    .filter(|at| pattern.as_ref().is_none_or(|pattern| pattern.is_match(self.heading(*at))))
                    .collect()
            }
        }
    }
}

/// Every column that a table names.
fn named_columns(table: &Table) -> Vec<String> {
    let mut names: Vec<String> = table.fill.clone();
    names.extend(table.skips.iter().map(|skip| skip.column.clone()));
    for place in &table.place {
        names.extend(field::columns_of_code(&place.code));
        names.extend(place.name.iter().flat_map(field::columns_of_code));
        names.extend(place.opened.iter().chain(&place.closed).cloned());
    }
    for (_, field) in field::all(&table.fields) {
        names.extend(field::columns(field));
    }
    for values in &table.values {
        names.extend(field::all(&values.fields).flat_map(|(_, field)| field::columns(field)));
        names.extend(values.columns.texts().into_iter().map(ToOwned::to_owned));
    }
    if let Some(people) = &table.people {
        names.extend([people.person.clone(), people.fte.clone()]);
    }
    for successor in &table.successors {
        names.extend([successor.from.clone(), successor.to.clone()]);
        names.extend(successor.date.iter().chain(&successor.share).chain(&successor.change).cloned());
    }
    for link in &table.links {
        names.extend(field::columns_of_code(&link.from.code));
        names.extend(field::columns_of_code(&link.to.code));
        names.extend(link.weight.clone());
    }
    names.sort();
    names.dedup();
    names
}

/// The columns without which a row would say something else than it does.
fn required_columns(table: &Table) -> Vec<String> {
    let mut names: Vec<String> = table.place.iter().flat_map(|place| field::columns_of_code(&place.code)).collect();
    let rows = field::all(&table.fields).chain(table.values.iter().flat_map(|values| field::all(&values.fields)));
    names.extend(rows.filter_map(|(_, field)| field::required_column(field)));
    names.extend(table.values.iter().filter_map(|values| match &values.columns {
        Form::Text(name) => Some(name.clone()),
        _ => None,
    }));
    names.extend(table.people.iter().flat_map(|people| [people.person.clone(), people.fte.clone()]));
    names.extend(table.successors.iter().flat_map(|successor| [successor.from.clone(), successor.to.clone()]));
    names.extend(table.links.iter().flat_map(|link| field::columns_of_code(&link.from.code)));
    names.extend(table.links.iter().flat_map(|link| field::columns_of_code(&link.to.code)));
    names.extend(table.skips.iter().map(|skip| skip.column.clone()));
    names
}

/// A text from outside the rows, as for the date of an edition.
pub(super) fn outside(file: &Opened, sheet: &Sheet, field: &Field) -> Option<String> {
    match field {
        Form::Text(text) => Some(text.clone()),
        Form::List(_) => None,
        Form::Table(found) if found.file => field::refine(found, file.name.trim_end_matches(".gz")),
        Form::Table(found) if found.sheet => field::refine(found, &sheet.name),
        Form::Table(found) => {
            let pattern = regex(found.text.as_deref()?).ok()?;
            let text = search(&sheet.rows[..sheet.rows.len().min(DEPTH)], &pattern)?;
            field::refine(found, &text)
        }
    }
}

/// The first cell that matches: its first group, or all that matched.
pub(super) fn search(rows: &[Vec<Cell>], pattern: &Regex) -> Option<String> {
    rows.iter().flatten().find_map(|cell| {
        let text = cell.text();
        let found = pattern.captures(&text)?;
        Some(found.get(1).or(found.get(0))?.as_str().to_owned())
    })
}
