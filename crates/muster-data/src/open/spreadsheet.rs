//! Workbooks. What is inside one is measured before it is read: a small file can claim to be a very large one.

use std::io::{self, Cursor, Read};

use super::{Cell, Limits, Meter, OpenError, Sheet, refused};
use crate::period::serial;
use calamine::{DataRef, Reader, Xlsx, XlsxError};

type Bytes = Cursor<Vec<u8>>;
type Book = Xlsx<Bytes>;

/// As many as spreadsheet programs allow.
const MOST_ROWS: usize = 1 << 20;
const MOST_COLUMNS: usize = 1 << 14;

fn damaged(error: &dyn std::fmt::Display) -> OpenError {
    OpenError::Refused(format!("the workbook is damaged or cut short ({error}): fetch it again, or save it anew"))
}

pub(super) fn read(bytes: Bytes, limits: Limits) -> Result<Vec<Sheet>, OpenError> {
    measure(bytes.clone(), limits)?;
    let mut book: Book = Xlsx::new(bytes).map_err(|error| damaged(&error))?;
    let mut meter = Meter::new(limits);
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        if let Some(mut rows) = rows(&mut book, &name, &mut meter)? {
            fill_merged(&mut book, &name, &mut rows)?;
            sheets.push(Sheet { name, rows });
        }
    }
    if sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return refused("no sheet of the workbook holds anything: fetch it again, or choose another file");
    }
    Ok(sheets)
}

/// The cells of a sheet; none for a chart that has a sheet of its own.
fn rows(book: &mut Book, name: &str, meter: &mut Meter) -> Result<Option<Vec<Vec<Cell>>>, OpenError> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut reader = match book.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        Err(XlsxError::NotAWorksheet(_)) => return Ok(None),
        Err(error) => return Err(damaged(&error)),
    };
    while let Some(cell) = reader.next_cell().map_err(|error| damaged(&error))? {
        let value = value(cell.get_value());
        if value.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        let place = || format!("sheet `{name}`, row {}", row + 1);
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return refused(format!("{}: no spreadsheet program makes such a cell: fetch the workbook again", place()));
        }
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut rows[row];
        let more = (column + 1).saturating_sub(cells.len());
        meter.count(&value, more).or_else(|why| refused(format!("{}: {why}", place())))?;
        if meter.scattered() {
            return refused(format!(
                "{}: the cells are so far apart that nearly all are empty: save the table alone",
                place()
            ));
        }
        if more > 0 {
            cells.resize(column + 1, Cell::Empty);
        }
        cells[column] = value;
    }
    Ok(Some(rows))
}

/// A code or a date that is merged over several rows stands for all of them; a number does not, lest it be added twice.
fn fill_merged(book: &mut Book, name: &str, rows: &mut [Vec<Cell>]) -> Result<(), OpenError> {
    for merged in book.merge_cells_by_sheet_name(name).map_err(|error| damaged(&error))? {
        let (top, bottom, column) = (merged.start.0 as usize, merged.end.0 as usize, merged.start.1 as usize);
        let Some(value) = rows.get(top).and_then(|row| row.get(column)).cloned() else { continue };
        if !matches!(value, Cell::Text(_) | Cell::Date(_)) {
            continue;
        }
        for row in rows.iter_mut().take(bottom + 1).skip(top + 1).filter(|row| row.len() > column) {
            row[column] = value.clone();
        }
    }
    Ok(())
}

fn value(data: &DataRef) -> Cell {
    match data {
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::SharedString(text) => Cell::of(text),
        DataRef::Bool(yes) => Cell::of(if *yes { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) if moment.is_datetime() => serial(moment.as_f64()).map_or(Cell::Empty, Cell::Date),
        DataRef::DateTime(moment) => Cell::Number(moment.as_f64()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::of(text),
        DataRef::Error(error) => Cell::of(&error.to_string()),
        DataRef::Empty => Cell::Empty,
    }
}

/// Unpacks every part of the workbook once without keeping it, so that nothing larger than the limit is ever held.
fn measure(bytes: Bytes, limits: Limits) -> Result<(), OpenError> {
    let mut archive = zip::ZipArchive::new(bytes).map_err(|error| damaged(&error))?;
    let names: Result<Vec<String>, _> =
        archive.file_names().map(|name| name.map(|name| name.replace('\\', "/"))).collect();
    let names = names.map_err(|error| damaged(&error))?;
    if let Some(why) = other_archive(&names) {
        return refused(why);
    }
    let mut left = limits.bytes;
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|error| damaged(&error))?;
        let size = io::copy(&mut part.by_ref().take(left + 1), &mut io::sink()).map_err(|error| damaged(&error))?;
        if size > left {
            return refused(format!(
                "unpacked, the workbook is larger than {} MB: no publication is, so it was left alone",
                limits.megabytes()
            ));
        }
        left -= size;
    }
    Ok(())
}

/// What a zip file is that is no workbook, or none that a spreadsheet program made.
fn other_archive(names: &[String]) -> Option<&'static str> {
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    let leads_out =
        |name: &String| name.starts_with('/') || name.contains(':') || name.split('/').any(|part| part == "..");
    if names.iter().any(leads_out) {
        Some(
            "a part of the file has a name that leads out of it: no spreadsheet program does that, so it was left alone",
        )
    } else if has("xl/workbook.bin") {
        Some("this is a binary workbook (.xlsb): save it as .xlsx")
    } else if has("content.xml") {
        Some("this is an OpenDocument file: save it as .xlsx or CSV")
    } else if !has("[Content_Types].xml") {
        Some("this is a zip archive, not a workbook: unpack it, and add the files that are in it")
    } else {
        None
    }
}
