//! Sheets as a folder of CSV files, or as one workbook. The same sheets give the same bytes.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::names::number;
use super::sheets::{Sheet, Value};
use crate::csv::csv_cell;

/// Each sheet as the bytes of a CSV file, with its name.
pub(crate) fn csv(sheets: &[Sheet]) -> Vec<(String, Vec<u8>)> {
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let file = |sheet: &Sheet| {
        let mut text = line(sheet.head.iter().map(|name| csv_cell(name)).collect());
        for row in &sheet.rows {
            text.push_str(&line(row.iter().map(cell).collect()));
        }
        (format!("{}.csv", sheet.name.to_lowercase().replace(' ', "-")), text.into_bytes())
    };
    sheets.iter().map(file).collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Text(text) => csv_cell(text),
        Value::Number(value) => number(*value),
        Value::Nothing => String::new(),
    }
}

/// The sheets as a workbook. Texts are written as texts, so none is taken for a formula.
pub(crate) fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The day of a workbook would make each export another file.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_author("Muster").set_creation_datetime(&day));
    let bold = Format::new().set_bold();
    for sheet in sheets {
        let page = workbook.add_worksheet();
        page.set_name(&sheet.name)?;
        page.set_freeze_panes(1, 0)?;
        for (column, name) in sheet.head.iter().enumerate() {
            page.write_string_with_format(0, column as u16, name, &bold)?;
            page.set_column_width(column as u16, sheet.width(column))?;
        }
        for (row, values) in sheet.rows.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                let (row, column) = (row as u32 + 1, column as u16);
                match value {
                    Value::Text(text) => page.write_string(row, column, text)?,
                    Value::Number(value) => page.write_number(row, column, *value)?,
                    Value::Nothing => continue,
                };
            }
        }
    }
    workbook.save_to_buffer()
}
