//! A workbook that came back, as cells. Whatever it is, it is read within limits: what unpacks to more than a plan can be is refused before
//! it is read, and cells are taken one by one, so that one cell in the last column of the last row costs no more than any other.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType, Reader, SheetVisible, Xlsx};
use jiff::civil::Date;

use crate::finding::{Finding, UNREADABLE};

/// The largest file.
pub const LARGEST_FILE: u64 = 32 << 20;
/// The most that a file may unpack to.
pub const LARGEST_UNPACKED: u64 = 256 << 20;
/// The most cells with something in them.
pub const MOST_CELLS: usize = 4_000_000;
/// The most parts that a file may have.
const MOST_PARTS: usize = 5_000;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Held {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A day.
    Day(Date),
    /// A day with a time, or a length of time, as it is shown.
    Moment(String),
    /// A formula that found an error.
    Error(String),
    /// A formula whose result was not saved.
    Unknown(String),
}

/// One sheet that came back.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    /// Its name.
    pub name: String,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Its cells, by row and column counted from 0.
    pub rows: BTreeMap<u32, BTreeMap<u32, Held>>,
    /// Cells that were merged into one, as first and last.
    pub merged: Vec<((u32, u32), (u32, u32))>,
    /// Whether days are counted from 1904.
    pub since_1904: bool,
}

impl Grid {
    /// What a cell holds.
    pub(crate) fn at(&self, row: u32, column: u32) -> Option<&Held> {
        self.rows.get(&row)?.get(&column)
    }

    /// Its address: `Supply!F12`.
    pub(crate) fn address(&self, row: u32, column: u32) -> String {
        format!("{}!{}", self.name, cell_name(row, column))
    }

    /// The day that a number stands for.
    pub(crate) fn day_of(&self, number: f64) -> Option<Date> {
        let is_day = number.fract() == 0.0 && (1.0..200_000.0).contains(&number);
        is_day.then(|| day(ExcelDateTime::new(number, ExcelDateTimeType::DateTime, self.since_1904))).flatten()
    }
}

/// `F12`.
pub(crate) fn cell_name(row: u32, column: u32) -> String {
    format!("{}{}", rust_xlsxwriter::utility::column_number_to_name(column.min(16_383) as u16), u64::from(row) + 1)
}

/// Reads every sheet, or says why the file cannot be read.
pub(crate) fn read(bytes: &[u8], file: &str) -> Result<Vec<Grid>, Finding> {
    look(bytes, file, LARGEST_UNPACKED)?;
    let refuse = |why: String| {
        Finding::new(UNREADABLE, file, why, "open it in a spreadsheet, save it again as .xlsx, and import that")
    };
    let mut book =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| refuse(format!("the workbook cannot be read: {error}")))?;
    let since_1904 = book.has_1904_epoch();
    let sheets: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect();
    let mut grids = Vec::new();
    let mut cells = 0;
    for (name, hidden) in sheets {
        let fault = |error: calamine::XlsxError| refuse(format!("the sheet {name} cannot be read: {error}"));
        let merged = book.merge_cells_by_sheet_name(&name).map_err(fault)?;
        let merged = merged.iter().map(|area| (area.start, area.end)).collect();
        let mut grid = Grid { name: name.clone(), hidden, rows: BTreeMap::new(), merged, since_1904 };
        let mut reader = book.worksheet_cells_reader(&name).map_err(fault)?;
        while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(fault)? {
            let Some(held) = held(cell.value, cell.formula.is_some()) else { continue };
            cells += 1;
            if cells > MOST_CELLS {
                return Err(too_large(file, &format!("it has more than {MOST_CELLS} cells that are filled")));
            }
            grid.rows.entry(cell.pos.0).or_default().insert(cell.pos.1, held);
        }
        grids.push(grid);
    }
    Ok(grids)
}

fn too_large(file: &str, why: &str) -> Finding {
    Finding::new(
        UNREADABLE,
        file,
        format!("the workbook is too large to be read safely: {why}"),
        "export the plan again and fill that workbook in; a plan of 52 professions and 42 places needs about a megabyte",
    )
}

/// Looks at a file before it is read: what it is, and how much it would unpack to.
fn look(bytes: &[u8], file: &str, most: u64) -> Result<(), Finding> {
    let refuse = |message: &str, help: &str| Err(Finding::new(UNREADABLE, file, message, help));
    let again = "open it in a spreadsheet, save it as .xlsx (Excel Workbook), and import that";
    if bytes.is_empty() {
        return refuse("the file is empty", "export the plan again");
    }
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(too_large(file, &format!("the file has more than {} MB", LARGEST_FILE >> 20)));
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        let message = "the file is locked with a password, or is an old .xls workbook";
        return refuse(message, "take the password off, save it as .xlsx (Excel Workbook), and import that");
    }
    if !bytes.starts_with(b"PK") {
        return refuse("the file is not an .xlsx workbook", again);
    }
    let cut = "the workbook is damaged: it may have been cut off when it was copied or sent";
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return refuse(cut, "copy or send it again, or open it in a spreadsheet that can repair it, and save it");
    };
    if archive.len() > MOST_PARTS {
        return Err(too_large(file, "it has too many parts"));
    }
    let mut unpacked = 0;
    for i in 0..archive.len() {
        let Ok(part) = archive.by_index(i) else {
            return refuse(cut, "open it in a spreadsheet that can repair it, and save it");
        };
        let name = part.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        if name == "mimetype" || name == "content.xml" {
            return refuse("the file is an OpenDocument spreadsheet (.ods), not .xlsx", again);
        }
        if name == "xl/workbook.bin" {
            return refuse("the file is a binary workbook (.xlsb), not .xlsx", again);
        }
        // What a part says of its own size may be wrong: it is unpacked, and counted, without being kept.
        let room = most.saturating_sub(unpacked) + 1;
        if part.size() > room {
            return Err(too_large(file, &format!("it unpacks to more than {} MB", most >> 20)));
        }
        match std::io::copy(&mut part.take(room), &mut std::io::sink()) {
            Ok(size) => unpacked += size,
            Err(_) => return refuse(cut, "open it in a spreadsheet that can repair it, and save it"),
        }
        if unpacked > most {
            return Err(too_large(file, &format!("it unpacks to more than {} MB", most >> 20)));
        }
    }
    Ok(())
}

fn held(value: DataRef<'_>, is_formula: bool) -> Option<Held> {
    Some(match value {
        DataRef::Empty if is_formula => Held::Unknown("the result of the formula was not saved".to_owned()),
        DataRef::Empty => return None,
        DataRef::Int(number) => Held::Number(number as f64),
        DataRef::Float(number) => Held::Number(number),
        DataRef::String(text) => return text_of(&text),
        DataRef::SharedString(text) => return text_of(text),
        DataRef::Bool(truth) => Held::Bool(truth),
        DataRef::Error(error) => Held::Error(error.to_string()),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            match day(moment).filter(|_| moment.as_f64().fract() == 0.0) {
                Some(day) => Held::Day(day),
                None => Held::Moment(format!("{}", moment.as_f64())),
            }
        }
        DataRef::DateTime(moment) => Held::Moment(format!("{}", moment.as_f64())),
        DataRef::DateTimeIso(text) => match text.get(..10).and_then(|text| text.parse().ok()) {
            Some(day) if text.len() == 10 || text[10..].trim_matches(['T', 'Z', '0', ':', '.']).is_empty() => {
                Held::Day(day)
            }
            _ => Held::Moment(text),
        },
        DataRef::DurationIso(text) => Held::Moment(text),
    })
}

fn text_of(text: &str) -> Option<Held> {
    let is_blank = text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{a0}').is_empty();
    (!is_blank).then(|| Held::Text(text.to_owned()))
}

fn day(moment: ExcelDateTime) -> Option<Date> {
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_unpacks_to_too_much_is_refused_before_it_is_read() {
        let zipped = |sizes: &[usize]| {
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (i, size) in sizes.iter().enumerate() {
                writer.start_file(format!("part{i}"), zip::write::SimpleFileOptions::default()).unwrap();
                writer.write_all(&vec![0; *size]).unwrap();
            }
            writer.finish().unwrap().into_inner()
        };
        let most = 1 << 20;
        assert!(look(&zipped(&[1 << 19, 1 << 19]), "a.xlsx", most).is_ok());
        for sizes in [&[2 << 20][..], &[1 << 19, 1 << 19, 1 << 19]] {
            let found = look(&zipped(sizes), "a.xlsx", most).unwrap_err();
            assert!(found.code == UNREADABLE && found.message.contains("too large"), "{found}");
        }
    }
}
