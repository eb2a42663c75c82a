//! CSV tables, cell by cell, each with its place in the file.

use std::collections::BTreeSet;

use jiff::civil::Date;
use muster_core::{Place, PlaceCode, PlaceError, PlaceKind, PlaceTree};

use crate::diagnostic::{Diagnostics, Location, nearest};
use crate::files::TextFile;
use crate::source::Sources;

/// A table that was read.
pub(crate) struct Table {
    columns: Vec<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    cells: Vec<String>,
    line: usize,
    /// Bytes of the row in the file.
    start: usize,
}

/// One row of a table.
pub(crate) struct RowRef<'t> {
    file: &'t TextFile,
    table: &'t Table,
    row: &'t Row,
}

impl Table {
    /// Reads a CSV whose columns are some of `known` and at least `needed`.
    pub(crate) fn read(
        file: &TextFile,
        known: &[&'static str],
        needed: &[&str],
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        if let Some(at) = unclosed_quote(&file.text) {
            let help = "close the quote at the end of its cell; a quote that is part of the text is written twice";
            diagnostics.push("M021", file.locate(at..at + 1), "a quote that opens here is never closed", help);
            return None;
        }
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(file.text.as_bytes());
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => {
                diagnostics.push(
                    "M021",
                    file.start(),
                    format!("the table cannot be read: {error}"),
                    "save it again as CSV",
                );
                return None;
            }
        };
        let only = header.get(0).filter(|_| header.len() == 1).unwrap_or_default();
        if let Some((parted, _)) = PARTED_BY.iter().find(|(_, mark)| only.contains(*mark)) {
            let message = format!("the cells of this table are parted by {parted}");
            let help = "part them with commas (in Excel: Save As, “CSV UTF-8”)";
            diagnostics.push("M021", field_place(file, 0, 1, 0), message, help);
            return None;
        }
        let mut columns = Vec::new();
        for (i, name) in header.iter().enumerate() {
            match known.iter().find(|column| **column == name) {
                Some(column) if columns.contains(column) => {
                    let place = field_place(file, 0, 1, i);
                    diagnostics.push(
                        "M021",
                        place,
                        format!("the column `{name}` appears twice"),
                        "remove one of the two",
                    );
                }
                Some(column) => columns.push(*column),
                None => {
                    let help = match nearest(name, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("columns may be: {}", known.join(", ")),
                    };
                    let message = match name {
                        "" => "a column has no name".to_owned(),
                        _ => format!("`{name}` is not a column of this table"),
                    };
                    diagnostics.push("M021", field_place(file, 0, 1, i), message, help);
                }
            }
        }
        for name in needed.iter().filter(|name| !columns.contains(name)) {
            let message = format!("the table has no column `{name}`");
            diagnostics.push(
                "M021",
                file.start(),
                message,
                format!("the first row must name the columns, `{name}` among them"),
            );
        }
        if columns.len() != header.len() || needed.iter().any(|name| !columns.contains(name)) {
            return None;
        }
        let before = diagnostics.count();
        let mut rows = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let position = record.position();
                    let start = position.map_or(0, |position| position.byte() as usize);
                    // A quoted cell before this row may hold line breaks, which csv counts; blank lines before a row, it does not skip.
                    let start =
                        start + file.text[start..].bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                    let line = file.text[..start].matches('\n').count() + 1;
                    let row = Row { cells: record.iter().map(str::to_owned).collect(), line, start };
                    if row.cells.len() == columns.len() {
                        rows.push(row);
                    } else {
                        let cells = if row.cells.len() == 1 { "cell" } else { "cells" };
                        let message = format!("this row has {} {cells}, the header {}", row.cells.len(), columns.len());
                        let help = "add or remove commas; put text that holds a comma in double quotes";
                        diagnostics.push("M021", field_place(file, row.start, row.line, 0), message, help);
                    }
                }
                Err(error) => {
                    let line = error.position().map_or(1, |position| position.line() as usize);
                    let place =
                        field_place(file, error.position().map_or(0, |position| position.byte() as usize), line, 0);
                    diagnostics.push(
                        "M021",
                        place,
                        format!("this row cannot be read: {error}"),
                        "mend the row, or save the table again as CSV",
                    );
                }
            }
        }
        if rows.is_empty() && diagnostics.count() == before {
            let help = "add a row below the header, or remove the table";
            diagnostics.push("M021", file.start(), "the table has a header and no row", help);
        }
        Some(Self { columns, rows })
    }

    /// The rows, in order.
    pub(crate) fn rows<'t>(&'t self, file: &'t TextFile) -> impl Iterator<Item = RowRef<'t>> {
        self.rows.iter().map(move |row| RowRef { file, table: self, row })
    }
}

impl RowRef<'_> {
    /// What a cell says; none when it is empty or there is no such column.
    pub(crate) fn cell(&self, column: &str) -> Option<&str> {
        let at = self.table.columns.iter().position(|name| *name == column)?;
        Some(self.row.cells[at].as_str()).filter(|text| !text.is_empty())
    }

    /// Where a cell stands; the start of the row when there is no such column.
    pub(crate) fn place(&self, column: &str) -> Location {
        let at = self.table.columns.iter().position(|name| *name == column).unwrap_or(0);
        field_place(self.file, self.row.start, self.row.line, at)
    }
}

/// What a spreadsheet may write between cells in place of commas.
const PARTED_BY: [(&str, char); 2] = [("semicolons", ';'), ("tabs", '\t')];

/// Where a cell begins with a quote that is never closed, if one does.
fn unclosed_quote(text: &str) -> Option<usize> {
    let (mut opened, mut may_open) = (None, true);
    for (i, byte) in text.bytes().enumerate() {
        (opened, may_open) = match (opened, byte) {
            // A second quote right after a closing one stands for a quote in the text, which goes on.
            (Some(_), b'"') => (None, true),
            (None, b'"') if may_open => (Some(i), false),
            (Some(_), _) => (opened, false),
            (None, _) => (None, matches!(byte, b',' | b'\n' | b'\r')),
        };
    }
    opened
}

/// The place of the `index`th cell of the row that starts at byte `start`.
fn field_place(file: &TextFile, start: usize, line: usize, index: usize) -> Location {
    let start = start.min(file.text.len());
    let row = file.text[start..].split('\n').next().unwrap_or_default();
    let (mut field, mut quoted, mut from, mut to) = (0, false, 0, row.len());
    for (i, byte) in row.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                if field == index {
                    to = i;
                    break;
                }
                field += 1;
                from = i + 1;
            }
            _ => {}
        }
    }
    if field != index {
        (from, to) = (0, row.trim_end().len());
    }
    let column = row[..from].chars().count() + 1;
    Location { file: file.name().to_owned(), line, column, span: start + from..start + to.max(from) }
}

const PLACE_COLUMNS: &[&str] = &["code", "name", "kind", "parent", "from", "to", "successor", "source"];

/// Reads `places.csv` into a tree, which there is only when each row has its place in it.
pub(crate) fn read_places(file: &TextFile, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<PlaceTree> {
    let table = Table::read(file, PLACE_COLUMNS, &["code", "name", "kind"], diagnostics)?;
    let rows: Vec<RowRef<'_>> = table.rows(file).collect();
    let places: Vec<Option<Place>> = rows.iter().map(|row| read_place(row, sources, diagnostics)).collect();
    let known: BTreeSet<&str> = rows.iter().filter_map(|row| row.cell("code")).collect();
    for (row, place) in rows.iter().zip(&places) {
        let Some(Place { code, successor: Some(successor), .. }) = place else { continue };
        if !known.contains(successor.as_str()) {
            let message = format!("place {code} is succeeded by {successor}, which is not listed");
            diagnostics.push("M019", row.place("successor"), message, "add a row for the successor, or mend its code");
        }
    }
    let where_stated: Vec<(PlaceCode, Location)> = rows
        .iter()
        .zip(&places)
        .filter_map(|(row, place)| Some((place.as_ref()?.code.clone(), row.place("code"))))
        .collect();
    PlaceTree::new(places.into_iter().collect::<Option<_>>()?)
        .map_err(|errors| {
            for error in errors {
                let stated = where_stated.iter().rev().find(|(code, _)| Some(code) == error.code());
                let place = stated.map_or_else(|| file.start(), |(_, place)| place.clone());
                diagnostics.push("M019", place, error.to_string(), "mend the row, or add the place it belongs to");
            }
        })
        .ok()
}

/// Reads one row of `places.csv`.
fn read_place(row: &RowRef<'_>, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Place> {
    let code = |column: &str, diagnostics: &mut Diagnostics| -> Option<Option<PlaceCode>> {
        let refuse = |error: PlaceError| {
            diagnostics.push("M019", row.place(column), error.to_string(), "take the code from the ODS directory");
        };
        row.cell(column).map(|text| text.parse().map_err(refuse)).transpose().ok()
    };
    let day = |column: &str, diagnostics: &mut Diagnostics| -> Option<Date> {
        let text = row.cell(column)?;
        let refuse = |_| {
            let message = format!("`{text}` is not a date");
            diagnostics.push("M018", row.place(column), message, "write it as 2022-07-01");
        };
        text.parse().map_err(refuse).ok()
    };
    let mut refuse =
        |column: &str, message: String, help: &str| diagnostics.push("M019", row.place(column), message, help);
    let kind = row.cell("kind").unwrap_or_default().parse::<PlaceKind>();
    if let Err(message) = &kind {
        refuse("kind", message.clone(), "one of the four kinds is needed");
    }
    if row.cell("code").is_none() {
        refuse("code", "the place has no code".to_owned(), "take the code from the ODS directory");
    }
    if row.cell("parent").is_none() && kind.as_ref().is_ok_and(|kind| *kind != PlaceKind::Country) {
        let help = "name the parent: the code of the place it lies in; only a country has none";
        refuse("parent", "the place does not say what it belongs to".to_owned(), help);
    }
    let (from, to) = (day("from", diagnostics), day("to", diagnostics));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        diagnostics.push("M018", row.place("to"), "the place closes before it opens", "put `to` after `from`");
    }
    if let Some(source) = row.cell("source") {
        sources.need(source, row.place("source"), diagnostics);
    }
    let (own, parent, successor) =
        (code("code", diagnostics), code("parent", diagnostics), code("successor", diagnostics));
    let (parent, kind) = (parent?, kind.ok()?);
    (parent.is_some() || kind == PlaceKind::Country).then_some(())?;
    Some(Place {
        code: own??,
        name: row.cell("name").unwrap_or_default().to_owned(),
        kind,
        parent,
        from,
        to,
        successor: successor?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_never_closed_is_found_and_others_are_not() {
        let at = |text| unclosed_quote(text);
        assert_eq!(at("a,b\n\"one, two\",\"say \"\"yes\"\"\"\n"), None);
        assert_eq!(at("a,b\n5\" pipe,c\n"), None);
        assert_eq!(at("a,b\n\"one,two\nthree,four\n"), Some(4));
        assert_eq!(at("a,b\none,\"two\n"), Some(8));
    }
}
