//! Workbooks. What is inside one is measured before it is read: a small file can claim to be a very large one.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{Cell, LIMIT_BYTES, LIMIT_CELLS, OpenError, Sheet, refused};

type Bytes = Cursor<Vec<u8>>;

pub(super) fn read(bytes: Bytes) -> Result<Vec<Sheet>, OpenError> {
    measure(bytes.clone())?;
    let damaged = |error: calamine::XlsxError| {
        OpenError::Refused(format!(
            "the workbook is damaged or not a workbook ({error}): fetch it again, or save it anew"
        ))
    };
    let mut book: Xlsx<Bytes> = Xlsx::new(bytes).map_err(damaged)?;
    let mut sheets = Vec::new();
    let mut cells = 0;
    for name in book.sheet_names() {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        // A chart on a sheet of its own has no cells.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        while let Some(cell) = reader.next_cell().map_err(damaged)? {
            let value = value(cell.get_value());
            if value.is_empty() {
                continue;
            }
            let (row, column) = cell.get_position();
            let (row, column) = (row as usize, column as usize);
            if rows.len() <= row {
                rows.resize_with(row + 1, Vec::new);
            }
            let row = &mut rows[row];
            if row.len() <= column {
                cells += column + 1 - row.len();
                row.resize(column + 1, Cell::Empty);
            }
            row[column] = value;
            if cells > LIMIT_CELLS || rows.len() > 1 << 20 {
                return refused(format!("sheet `{name}` has more than 30 million cells: no publication does"));
            }
        }
        sheets.push(Sheet { name, rows });
    }
    if sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return refused("no sheet of the workbook holds anything");
    }
    Ok(sheets)
}

fn value(data: &DataRef) -> Cell {
    match data {
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => Cell::of(text),
        DataRef::SharedString(text) => Cell::of(text),
        DataRef::Bool(yes) => Cell::of(if *yes { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) if moment.is_datetime() => serial(moment.as_f64()).map_or(Cell::Empty, Cell::Date),
        DataRef::DateTime(moment) => Cell::Number(moment.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::of(text),
        DataRef::Error(error) => Cell::of(&error.to_string()),
        DataRef::Empty => Cell::Empty,
    }
}

/// The day of a spreadsheet's number: 1 is 1 January 1900, and 29 February 1900 is counted although it never was.
pub(crate) fn serial(number: f64) -> Option<Date> {
    let days = number.floor();
    (1.0..=110_000.0).contains(&days).then(|| date(1899, 12, 30).saturating_add((days as i64).days()))
}

/// Unpacks every part of the workbook once without keeping it, so that nothing larger than the limit is ever held.
fn measure(bytes: Bytes) -> Result<(), OpenError> {
    let damaged = |error: &dyn std::fmt::Display| {
        OpenError::Refused(format!("the workbook is damaged or cut short ({error}): fetch it again"))
    };
    let mut archive = zip::ZipArchive::new(bytes).map_err(|error| damaged(&error))?;
    let mut left = LIMIT_BYTES;
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|error| damaged(&error))?;
        if part.enclosed_name().is_none() {
            return refused(
                "a part of the workbook has a name that leads out of it: it was not made by a spreadsheet program",
            );
        }
        let size = io::copy(&mut part.by_ref().take(left + 1), &mut io::sink()).map_err(|error| damaged(&error))?;
        if size > left {
            return refused("unpacked, the workbook is larger than 1 GiB: no publication is, so it was left alone");
        }
        left -= size;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheets_number_is_a_day() {
        assert_eq!(serial(44_286.0).map(|day| day.to_string()).as_deref(), Some("2021-03-31"));
        assert_eq!(serial(0.0), None);
        assert_eq!(serial(f64::NAN), None);
    }
}
