//! CSV tables, cell by cell, each with its place in the file.

use muster_core::{Place, PlaceCode, PlaceKind, PlaceTree};

use crate::diagnostic::{Diagnostics, Location, nearest};
use crate::files::TextFile;

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
                    diagnostics.push(
                        "M021",
                        field_place(file, 0, 1, i),
                        format!("`{name}` is not a column of this table"),
                        help,
                    );
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
                        let message = format!("this row has {} cells, the header {}", row.cells.len(), columns.len());
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

/// Reads `places.csv` into a tree.
pub(crate) fn read_places(file: &TextFile, diagnostics: &mut Diagnostics) -> Option<PlaceTree> {
    let table = Table::read(file, PLACE_COLUMNS, &["code", "name", "kind"], diagnostics)?;
    let mut places = Vec::new();
    let mut where_stated = Vec::new();
    for row in table.rows(file) {
        let code = |column: &str, diagnostics: &mut Diagnostics| -> Option<PlaceCode> {
            let text = row.cell(column)?;
            text.parse()
                .map_err(|error: muster_core::PlaceError| {
                    diagnostics.push(
                        "M019",
                        row.place(column),
                        error.to_string(),
                        "take the code from the ODS directory",
                    );
                })
                .ok()
        };
        let day = |column: &str, diagnostics: &mut Diagnostics| {
            let text = row.cell(column)?;
            text.parse()
                .map_err(|_| {
                    let message = format!("`{text}` is not a date");
                    diagnostics.push("M018", row.place(column), message, "write it as 2022-07-01");
                })
                .ok()
        };
        let kind = row.cell("kind").unwrap_or_default().parse::<PlaceKind>();
        if let Err(message) = &kind {
            diagnostics.push("M019", row.place("kind"), message.clone(), "one of the four kinds is needed");
        }
        let parent = code("parent", diagnostics);
        let successor = code("successor", diagnostics);
        let (from, to) = (day("from", diagnostics), day("to", diagnostics));
        let (Some(code), Ok(kind)) = (code("code", diagnostics), kind) else { continue };
        where_stated.push((code.clone(), row.place("code")));
        places.push(Place {
            code,
            name: row.cell("name").unwrap_or_default().to_owned(),
            kind,
            parent,
            from,
            to,
            successor,
        });
    }
    PlaceTree::new(places)
        .map_err(|errors| {
            for error in errors {
                let stated = where_stated.iter().rev().find(|(code, _)| Some(code) == error.code());
                let place = stated.map_or_else(|| file.start(), |(_, place)| place.clone());
                diagnostics.push("M019", place, error.to_string(), "mend the row, or add the place it belongs to");
            }
        })
        .ok()
}
