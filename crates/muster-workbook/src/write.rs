//! Sheets as a workbook. The same plan gives the same bytes.

use muster_book::{MEASURES, Plan, Spec};
use rust_xlsxwriter::{
    Color, ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties,
    ExcelDateTime, Formula, Note, ProtectionOptions, Workbook, Worksheet, XlsxError,
};

use crate::base::Base;
use crate::derived;
use crate::formats::Formats;
use crate::lists::Lists;
use crate::sheet::{Cell, Column, Role, Sheet};
use crate::start;
use crate::value::{Form, Value};

/// The row of headings, counted from 0; the names that files use stand below it.
pub(crate) const HEADINGS: u32 = 3;
/// The first row of entries.
pub(crate) const FIRST: u32 = HEADINGS + 2;
/// Empty rows for new entries.
pub(crate) const SPARE: u32 = 40;
/// The sheet that holds what the workbook was made from.
pub(crate) const BASE_SHEET: &str = "Muster";
/// The sheet that holds lists to choose from.
pub(crate) const LIST_SHEET: &str = "Lists";
/// The sheet on which planners say who changed what, and why.
pub(crate) const LOG_SHEET: &str = "Change log";
/// The longest text of a cell.
pub(crate) const LONGEST: usize = 32_767;

/// The workbook of a plan.
pub(crate) fn workbook(plan: &Plan, base: &Base, sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats::new();
    let lists = Lists::of(plan, base, sheets);
    let mut workbook = Workbook::new();
    // The day of a workbook would make each export another file.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook
        .set_properties(&DocProperties::new().set_author("Muster").set_title(&base.title).set_creation_datetime(&day));
    start::start(workbook.add_worksheet(), base, sheets, &formats)?;
    for sheet in sheets {
        write_sheet(workbook.add_worksheet(), sheet, &lists, &formats)?;
    }
    if let Some(totals) = derived::Totals::of(sheets) {
        totals.write(workbook.add_worksheet(), &formats)?;
    }
    start::change_log(workbook.add_worksheet(), &formats)?;
    write_lists(workbook.add_worksheet(), &lists)?;
    write_base(workbook.add_worksheet(), base)?;
    workbook.save_to_buffer()
}

/// What planners may do on a locked sheet without unlocking it.
pub(crate) fn protection() -> ProtectionOptions {
    ProtectionOptions {
        format_cells: true,
        format_columns: true,
        format_rows: true,
        insert_rows: true,
        sort: true,
        use_autofilter: true,
        ..ProtectionOptions::new()
    }
}

fn write_sheet(page: &mut Worksheet, sheet: &Sheet, lists: &Lists, formats: &Formats) -> Result<(), XlsxError> {
    page.set_name(&sheet.name)?;
    page.set_tab_color(tab(&sheet.topic));
    page.write_string_with_format(0, 0, &sheet.name, &formats.title)?;
    page.write_string_with_format(1, 0, &sheet.about, &formats.about)?;
    let about = match &sheet.adds {
        Some(_) => {
            "White cells are to be filled in. New entries go into the empty rows at the end. Notes on the headings say what each column is."
        }
        None => "White cells are to be filled in. Notes on the headings say what each column is.",
    };
    page.write_string_with_format(2, 0, about, &formats.about)?;
    page.set_default_note_author("Muster");
    page.set_row_height(HEADINGS, 32)?;
    for (at, column) in sheet.columns.iter().enumerate() {
        let at = at as u16;
        let is_open = matches!(column.role, Role::Field | Role::Fact | Role::Delete);
        let heading = if is_open { &formats.heading } else { &formats.fixed_heading };
        page.write_string_with_format(HEADINGS, at, &column.heading, heading)?;
        page.write_string_with_format(HEADINGS + 1, at, &column.id, &formats.name)?;
        page.set_column_width(at, width(sheet, column, usize::from(at)))?;
        let note = note_of(column);
        if !note.is_empty() {
            page.insert_note(HEADINGS, at, &Note::new(note).set_width(280).add_author_prefix(false))?;
        }
    }
    let wraps = sheet.column(Role::Fact).is_some();
    for (i, row) in sheet.rows.iter().enumerate() {
        let at = FIRST + i as u32;
        for (column, cell) in row.cells.iter().enumerate() {
            let spec = &sheet.columns[column];
            let column = column as u16;
            match (spec.role, cell) {
                (Role::Key, _) => page.write_string_with_format(at, column, row.key(), &formats.key)?,
                (_, Cell::Closed) => page.write_blank(at, column, &formats.closed)?,
                (_, Cell::Fixed(value)) => write_value(page, (at, column), value, &formats.fixed(value))?,
                (_, Cell::Open(None)) => page.write_blank(at, column, &formats.open(spec.form, None))?,
                (_, Cell::Open(Some(value))) if value.shown().chars().count() > LONGEST => {
                    page.write_string_with_format(at, column, crate::compare::TOO_LONG, &formats.closed)?
                }
                (_, Cell::Open(Some(value))) if wraps => {
                    write_value(page, (at, column), value, &formats.open_wrapped(Some(value)))?
                }
                (_, Cell::Open(Some(value))) => {
                    write_value(page, (at, column), value, &formats.open(spec.form, Some(value)))?
                }
            };
        }
    }
    let last = FIRST + sheet.rows.len() as u32;
    let spare = if sheet.adds.is_some() { SPARE } else { 0 };
    for at in last..last + spare {
        for (column, spec) in sheet.columns.iter().enumerate() {
            let format = match spec.role {
                Role::Key => formats.key.clone(),
                Role::Derived(_) | Role::Told => formats.closed.clone(),
                _ => formats.open(spec.form, None),
            };
            page.write_blank(at, column as u16, &format)?;
        }
    }
    derived::write(page, sheet, formats)?;
    notes_of_measures(page, sheet)?;
    validate(page, sheet, lists, last + spare)?;
    let fixed = sheet.columns.iter().take_while(|column| !matches!(column.role, Role::Field | Role::Fact)).count();
    page.set_freeze_panes(FIRST, fixed.min(4) as u16)?;
    if !sheet.columns.is_empty() && last > FIRST {
        page.autofilter(HEADINGS + 1, 0, last + spare - 1, sheet.columns.len() as u16 - 1)?;
    }
    page.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(HEADINGS, HEADINGS)?;
    page.protect_with_options(&protection());
    Ok(())
}

fn write_value<'p>(
    page: &'p mut Worksheet,
    (row, column): (u32, u16),
    value: &Value,
    format: &rust_xlsxwriter::Format,
) -> Result<&'p mut Worksheet, XlsxError> {
    match value {
        Value::Number(number) => page.write_number_with_format(row, column, *number, format),
        Value::Bool(truth) => page.write_boolean_with_format(row, column, *truth, format),
        Value::Day(day) => match ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8) {
            Ok(moment) => page.write_datetime_with_format(row, column, moment, format),
            Err(_) => page.write_string_with_format(row, column, value.shown(), format),
        },
        // Texts are written as texts, so none is taken for a formula.
        _ => page.write_string_with_format(row, column, value.shown(), format),
    }
}

fn note_of(column: &Column) -> String {
    let mut note = column.about.clone();
    let mut add = |text: &str| {
        if !note.is_empty() {
            note.push('\n');
        }
        note.push_str(text);
    };
    if !column.words.is_empty() && column.role == Role::Field {
        add(&format!("One of: {}.", column.words.join(", ")));
    }
    match column.form {
        Form::List => add("One on each line (Alt+Enter)."),
        Form::Raw if column.role == Role::Field => add("As the file writes it, in TOML."),
        Form::Day => add("A day, shown as 2022-04-01."),
        _ => {}
    }
    if column.needed {
        add("Each entry needs it.");
    }
    note
}

/// What a measure is, as a note on its first value.
fn notes_of_measures(page: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let Some(column) = sheet.field("value") else { return Ok(()) };
    let mut before: Option<(&str, usize)> = None;
    for (i, row) in sheet.rows.iter().enumerate() {
        let Some(measure) = row.measure.as_deref() else { continue };
        let now = Some((measure, row.file));
        let Some(spec) = spec(measure).filter(|_| now != before) else { continue };
        before = now;
        let source = sheet.field("source").and_then(|at| match &row.cells[at] {
            Cell::Open(Some(value)) => Some(format!("\nSource of this number: {}", value.shown())),
            _ => None,
        });
        let text = format!(
            "{}\n{}\nUnit: {}. From {} to {}.{}",
            spec.title,
            spec.about,
            spec.unit,
            crate::value::plain(spec.lowest),
            crate::value::plain(spec.highest),
            source.unwrap_or_default()
        );
        page.insert_note(FIRST + i as u32, column as u16, &Note::new(text).set_width(280).add_author_prefix(false))?;
    }
    Ok(())
}

/// What is known of a measure.
pub(crate) fn spec(measure: &str) -> Option<&'static Spec> {
    MEASURES.iter().find(|spec| spec.id == measure)
}

fn validate(page: &mut Worksheet, sheet: &Sheet, lists: &Lists, end: u32) -> Result<(), XlsxError> {
    if end <= FIRST {
        return Ok(());
    }
    for (at, column) in sheet.columns.iter().enumerate() {
        let at = at as u16;
        if column.role == Role::Delete {
            let rule = DataValidation::new().allow_list_strings(&["yes"])?;
            page.add_data_validation(FIRST, at, end - 1, at, &rule)?;
        } else if let Some(list) = lists.for_column(column) {
            let rule = choose(list, lists.lists[list].1.len(), &column.heading)?;
            page.add_data_validation(FIRST, at, end - 1, at, &rule)?;
        } else if column.role == Role::File {
            let names: Vec<&str> = column.words.iter().map(String::as_str).collect();
            // Excel holds a list of 255 letters in a cell's rule.
            let last = FIRST + sheet.rows.len() as u32;
            if !names.is_empty() && names.join(",").len() <= 255 && last < end {
                page.add_data_validation(last, at, end - 1, at, &DataValidation::new().allow_list_strings(&names)?)?;
            }
        } else if column.form == Form::Number && column.role == Role::Field {
            for (from, to, spec) in runs(sheet, end) {
                let is_value = matches!(column.id.as_str(), "value" | "low" | "high");
                let (low, high) = spec.filter(|_| is_value).map_or((-1e15, 1e15), |spec| (spec.lowest, spec.highest));
                let unit = spec.filter(|_| is_value).map_or(String::new(), |spec| format!(" ({})", spec.unit));
                let (least, most) = (crate::value::plain(low), crate::value::plain(high));
                let message = if is_value && spec.is_some() {
                    format!("A number from {least} to {most}{unit}.")
                } else {
                    "A number, without units or text.".to_owned()
                };
                let message: String = message.chars().take(220).collect();
                let rule = DataValidation::new()
                    .allow_decimal_number(DataValidationRule::Between(low, high))
                    .set_error_title("Not a number that can be")?
                    .set_error_message(message)?;
                page.add_data_validation(from, at, to, at, &rule)?;
            }
        } else if column.form == Form::Day && column.role == Role::Field {
            let (first, last) = (ExcelDateTime::from_ymd(1900, 1, 1)?, ExcelDateTime::from_ymd(2200, 12, 31)?);
            let rule = DataValidation::new()
                .allow_date(DataValidationRule::Between(first, last))
                .set_error_title("Not a day")?
                .set_error_message("A day from 1900 to 2200.")?;
            page.add_data_validation(FIRST, at, end - 1, at, &rule)?;
        }
    }
    Ok(())
}

fn choose(list: usize, length: usize, heading: &str) -> Result<DataValidation, XlsxError> {
    let column = rust_xlsxwriter::utility::column_number_to_name(list as u16);
    let range = format!("={LIST_SHEET}!${column}$2:${column}${}", length + 1);
    let title: String = format!("Not a {}", heading.to_lowercase()).chars().take(32).collect();
    DataValidation::new()
        .allow_list_formula(Formula::new(range))
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title(title)?
        .set_error_message("Choose one of the list. New names are added on their own sheet first.")
}

/// Rows of one measure that follow each other, and the empty rows at the end.
fn runs(sheet: &Sheet, end: u32) -> Vec<(u32, u32, Option<&'static Spec>)> {
    let mut runs: Vec<(u32, u32, Option<&'static Spec>)> = Vec::new();
    let known = sheet.rows.iter().map(|row| row.measure.as_deref().and_then(spec));
    let spare = (end - FIRST) as usize - sheet.rows.len();
    for (i, spec) in known.chain(std::iter::repeat_n(None, spare)).enumerate() {
        let at = FIRST + i as u32;
        let id = |spec: Option<&Spec>| spec.map(|spec| spec.id);
        match runs.last_mut() {
            Some((_, to, known)) if id(*known) == id(spec) => *to = at,
            _ => runs.push((at, at, spec)),
        }
    }
    runs
}

fn width(sheet: &Sheet, column: &Column, at: usize) -> f64 {
    if column.role == Role::Key {
        return 8.0;
    }
    if column.role == Role::Fact {
        return 90.0;
    }
    let longest = sheet
        .rows
        .iter()
        .filter_map(|row| match &row.cells[at] {
            Cell::Open(Some(value)) | Cell::Fixed(value) => Some(value.shown()),
            _ => None,
        })
        .map(|text| text.lines().next().unwrap_or_default().chars().count())
        .max();
    let heading = column.heading.split(' ').map(str::len).max().unwrap_or_default() + 3;
    (longest.unwrap_or_default() + 2).clamp(heading.max(9), 46) as f64
}

fn tab(topic: &str) -> Color {
    Color::RGB(match topic {
        "plan" | "actions" => 0x0000_5EB8,
        "scenarios" | "stress" => 0x0033_0072,
        "targets" | "checks" => 0x0000_6747,
        "sources" | "measures" => 0x0076_8692,
        _ => 0x0041_B6E6,
    })
}

fn write_lists(page: &mut Worksheet, lists: &Lists) -> Result<(), XlsxError> {
    page.set_name(LIST_SHEET)?;
    page.set_hidden(true);
    for (at, (name, list)) in lists.lists.iter().enumerate() {
        page.write_string(0, at as u16, name)?;
        for (i, text) in list.iter().enumerate() {
            page.write_string(i as u32 + 1, at as u16, text)?;
        }
    }
    page.protect();
    Ok(())
}

fn write_base(page: &mut Worksheet, base: &Base) -> Result<(), XlsxError> {
    page.set_name(BASE_SHEET)?;
    page.set_very_hidden(true);
    let lines = base.pack().map_err(XlsxError::IoError)?;
    for (i, line) in lines.iter().enumerate() {
        page.write_string(i as u32, 0, line)?;
    }
    page.protect();
    Ok(())
}

/// Red where the parts of a whole do not add to 1.
pub(crate) fn mark_sums(page: &mut Worksheet, column: u16, last: u32, formats: &Formats) -> Result<(), XlsxError> {
    let name = rust_xlsxwriter::utility::column_number_to_name(column);
    let at = format!("${name}{}", FIRST + 1);
    let rule = ConditionalFormatFormula::new()
        .set_rule(format!("=AND(ISNUMBER({at}),ABS({at}-1)>0.0005)").as_str())
        .set_format(&formats.wrong);
    page.add_conditional_format(FIRST, column, last, column, &rule)?;
    Ok(())
}
