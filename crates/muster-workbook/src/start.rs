//! The first sheet, which says how to fill the others, and the last, on which changes are explained.

use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};

use crate::base::Base;
use crate::folder::hash;
use crate::formats::Formats;
use crate::sheet::Sheet;
use crate::value::Form;
use crate::write::{LOG_SHEET, protection};

/// What a planner needs to know.
const HOW: [&str; 9] = [
    "1. Fill in the white cells. Grey cells are for reading: they are locked, without a password.",
    "2. Rest the pointer on a heading to read what its column is, in which unit, and which words it takes.",
    "3. A new entry goes into an empty row at the end of its sheet. Its first cell, the key, stays empty.",
    "4. To delete an entry, write yes in its Delete cell. A row that is only removed is reported and not deleted.",
    "5. Filters work. To sort rows or move columns, unprotect the sheet first. Names of sheets and the small grey names must stay.",
    "6. Every number needs a kind, a source, where in the source it stands, and why it is what it is.",
    "7. Say on the sheet Change log who changed what, and why. The import keeps it beside the plan.",
    "8. Read it back with: muster workbook import FILE.xlsx --into PLANFOLDER. Add --dry-run to see what it would change.",
    "9. Either everything is read back or nothing. What is not accepted is listed by its cell, with what to do.",
];

/// The columns of the change log.
pub(crate) const LOG_COLUMNS: [(&str, &str, f64, Form); 5] = [
    ("day", "Day", 12.0, Form::Day),
    ("who", "Who", 26.0, Form::Text),
    ("sheet", "Sheet", 22.0, Form::Text),
    ("what", "What was changed", 60.0, Form::Text),
    ("why", "Why", 60.0, Form::Text),
];

/// Rows of the change log.
const LOG_ROWS: u32 = 300;

/// Writes the first sheet.
pub(crate) fn start(page: &mut Worksheet, base: &Base, sheets: &[Sheet], formats: &Formats) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    page.set_name("Start")?;
    page.set_column_width(0, 30)?;
    page.set_column_width(1, 12)?;
    page.set_column_width(2, 96)?;
    page.set_screen_gridlines(false);
    page.write_string_with_format(0, 0, &base.title, &formats.title)?;
    page.write_string_with_format(1, 0, "A plan and its books, to be filled in and read back.", &formats.about)?;
    let mut row = 3;
    for line in HOW {
        page.write_string(row, 0, line)?;
        row += 1;
    }
    row += 1;
    for (name, value) in [("Plan", base.plan.as_str()), ("Format of this workbook", &base.format.to_string())] {
        page.write_string_with_format(row, 0, name, &bold)?;
        page.write_string(row, 1, value)?;
        row += 1;
    }
    page.write_string_with_format(row, 0, "Made by", &bold)?;
    page.write_string(row, 1, format!("Muster {}", env!("CARGO_PKG_VERSION")))?;
    row += 2;
    for (at, heading) in ["Sheet", "Entries", "What stands there"].iter().enumerate() {
        page.write_string_with_format(row, at as u16, *heading, &formats.heading)?;
    }
    for sheet in sheets {
        row += 1;
        page.write_url(row, 0, Url::new(format!("internal:'{}'!A1", sheet.name)).set_text(&sheet.name))?;
        page.write_number(row, 1, sheet.rows.len() as f64)?;
        page.write_string(row, 2, &sheet.about)?;
    }
    row += 1;
    page.write_url(row, 0, Url::new(format!("internal:'{LOG_SHEET}'!A1")).set_text(LOG_SHEET))?;
    page.write_string(row, 2, "Who changed what, and why.")?;
    row += 2;
    for (at, heading) in ["File this was made from", "Lines", "SHA-256 of its text"].iter().enumerate() {
        page.write_string_with_format(row, at as u16, *heading, &formats.fixed_heading)?;
    }
    for file in base.files.iter().filter(|file| file.exists) {
        row += 1;
        page.write_string(row, 0, &file.name)?;
        page.write_number(row, 1, file.text.lines().count() as f64)?;
        page.write_string_with_format(row, 2, hash(&file.text), &formats.name)?;
    }
    page.set_landscape().set_print_fit_to_pages(1, 0);
    page.protect_with_options(&protection());
    Ok(())
}

/// Writes the sheet on which changes are explained.
pub(crate) fn change_log(page: &mut Worksheet, formats: &Formats) -> Result<(), XlsxError> {
    page.set_name(LOG_SHEET)?;
    page.write_string_with_format(0, 0, LOG_SHEET, &formats.title)?;
    page.write_string_with_format(
        1,
        0,
        "One row for each thing that was changed. The import keeps these beside each cell that it changes, in change-log.csv.",
        &formats.about,
    )?;
    for (at, (name, heading, width, form)) in LOG_COLUMNS.iter().enumerate() {
        let at = at as u16;
        page.write_string_with_format(3, at, *heading, &formats.heading)?;
        page.write_string_with_format(4, at, *name, &formats.name)?;
        page.set_column_width(at, *width)?;
        for row in 5..5 + LOG_ROWS {
            page.write_blank(row, at, &formats.open(*form, None))?;
        }
    }
    page.set_freeze_panes(5, 0)?;
    page.protect_with_options(&protection());
    Ok(())
}
