//! What formulas work out: growth, widths of ranges, what parts add to, and totals of measures.

use std::collections::BTreeMap;

use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use crate::formats::Formats;
use crate::sheet::{Cell, Derived, Role, Row, Sheet};
use crate::value::Value;
use crate::write::{FIRST, mark_sums, protection, spec};

/// Columns that do not say what a number is for.
const NOT_SUBJECT: [&str; 8] = ["value", "low", "high", "distribution", "kind", "source", "where", "why"];

/// Writes the formulas of a sheet.
pub(crate) fn write(page: &mut Worksheet, sheet: &Sheet, formats: &Formats) -> Result<(), XlsxError> {
    for (at, column) in sheet.columns.iter().enumerate() {
        let at = at as u16;
        match column.role {
            Role::Derived(Derived::Width) => widths(page, sheet, at, formats)?,
            Role::Derived(Derived::Growth) => growth(page, sheet, at, formats)?,
            Role::Derived(Derived::Sum) => sums(page, sheet, at, formats)?,
            _ => {}
        }
    }
    Ok(())
}

fn letter(sheet: &Sheet, id: &str) -> Option<String> {
    sheet.field(id).map(|at| column_number_to_name(at as u16))
}

fn number(sheet: &Sheet, row: &Row, id: &str) -> Option<f64> {
    match row.cells.get(sheet.field(id)?)? {
        Cell::Open(Some(Value::Number(number))) => Some(*number),
        _ => None,
    }
}

fn shown(number: Option<f64>) -> String {
    number.filter(|number| number.is_finite()).map_or_else(String::new, crate::value::plain)
}

fn widths(page: &mut Worksheet, sheet: &Sheet, at: u16, formats: &Formats) -> Result<(), XlsxError> {
    let of_factor = letter(sheet, "range[0]").zip(letter(sheet, "range[1]"));
    let of_value = letter(sheet, "low").zip(letter(sheet, "high")).zip(letter(sheet, "value"));
    for (i, row) in sheet.rows.iter().enumerate() {
        let line = FIRST + i as u32;
        let n = line + 1;
        let (text, result) = if let Some(((low, high), value)) = &of_value {
            let result = number(sheet, row, "low")
                .zip(number(sheet, row, "high"))
                .zip(number(sheet, row, "value").filter(|value| *value != 0.0))
                .map(|((low, high), value)| (high - low) / value.abs());
            (
                format!(
                    "=IF(AND(ISNUMBER({low}{n}),ISNUMBER({high}{n}),N({value}{n})<>0),({high}{n}-{low}{n})/ABS({value}{n}),\"\")"
                ),
                result,
            )
        } else if let Some((low, high)) = &of_factor {
            let result =
                number(sheet, row, "range[0]").zip(number(sheet, row, "range[1]")).map(|(low, high)| high - low);
            (format!("=IF(AND(ISNUMBER({low}{n}),ISNUMBER({high}{n})),{high}{n}-{low}{n},\"\")"), result)
        } else {
            continue;
        };
        page.write_formula_with_format(line, at, Formula::new(text).set_result(shown(result)), &formats.ratio)?;
    }
    Ok(())
}

/// What a row is about: everything that it says but its numbers and where they come from.
fn subject(sheet: &Sheet, row: &Row, without: &[&str]) -> String {
    let mut subject = format!("{}|{}", row.file, row.measure.as_deref().unwrap_or_default());
    for (column, cell) in sheet.columns.iter().zip(&row.cells) {
        let counts = match column.role {
            Role::Field => !NOT_SUBJECT.contains(&column.id.as_str()) && !without.contains(&column.id.as_str()),
            Role::Parent(_) => true,
            _ => false,
        };
        if let (true, Cell::Open(Some(value)) | Cell::Fixed(value)) = (counts, cell) {
            subject.push_str(&format!("|{}={}", column.id, value.shown()));
        }
    }
    subject
}

fn growth(page: &mut Worksheet, sheet: &Sheet, at: u16, formats: &Formats) -> Result<(), XlsxError> {
    let Some(value) = letter(sheet, "value") else { return Ok(()) };
    let mut before: BTreeMap<String, (u32, Option<f64>)> = BTreeMap::new();
    for (i, row) in sheet.rows.iter().enumerate() {
        let line = FIRST + i as u32;
        let now = number(sheet, row, "value");
        if let Some((earlier, old)) = before.insert(subject(sheet, row, &["from", "to"]), (line, now)) {
            let (n, old_n) = (line + 1, earlier + 1);
            let result = now.zip(old.filter(|old| *old != 0.0)).map(|(now, old)| now / old - 1.0);
            let text = format!("=IF(N({value}{old_n})=0,\"\",{value}{n}/{value}{old_n}-1)");
            page.write_formula_with_format(line, at, Formula::new(text).set_result(shown(result)), &formats.ratio)?;
        }
    }
    Ok(())
}

fn sums(page: &mut Worksheet, sheet: &Sheet, at: u16, formats: &Formats) -> Result<(), XlsxError> {
    let Some(value) = letter(sheet, "value") else { return Ok(()) };
    let mut wholes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, row) in sheet.rows.iter().enumerate() {
        let Some(spec) = row.measure.as_deref().and_then(spec).filter(|spec| spec.parts_of_one) else { continue };
        let parted = match () {
            () if spec.id == "place_share" => "place",
            () if spec.ages.is_some() => "age",
            () => "setting",
        };
        wholes.entry(subject(sheet, row, &[parted])).or_default().push(i);
    }
    for rows in wholes.values().filter(|rows| rows.len() > 1) {
        let ranges: Vec<String> = stretches(rows)
            .into_iter()
            .map(|(from, to)| format!("{value}{}:{value}{}", FIRST as usize + from + 1, FIRST as usize + to + 1))
            .collect();
        // Excel takes 255 parts, and a formula of 8,192 letters.
        if ranges.len() > 200 {
            continue;
        }
        let sum: f64 = rows.iter().filter_map(|row| number(sheet, &sheet.rows[*row], "value")).sum();
        let formula = Formula::new(format!("=SUM({})", ranges.join(","))).set_result(shown(Some(sum)));
        page.write_formula_with_format(FIRST + rows[0] as u32, at, formula, &formats.sum)?;
    }
    if !sheet.rows.is_empty() {
        mark_sums(page, at, FIRST + sheet.rows.len() as u32 - 1, formats)?;
    }
    Ok(())
}

/// Rows that follow each other, as first and last.
fn stretches(rows: &[usize]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for row in rows {
        match found.last_mut() {
            Some((_, to)) if *to + 1 == *row => *to = *row,
            _ => found.push((*row, *row)),
        }
    }
    found
}

/// One line for each file of numbers: how many, from what to what, and what they add to.
pub(crate) struct Totals<'s> {
    lines: Vec<Total<'s>>,
}

struct Total<'s> {
    sheet: &'s Sheet,
    measure: &'s str,
    file: usize,
    from: usize,
    to: usize,
}

impl<'s> Totals<'s> {
    /// Of the sheets that state measures; none where none does.
    pub(crate) fn of(sheets: &'s [Sheet]) -> Option<Self> {
        let mut lines: Vec<Total<'s>> = Vec::new();
        for sheet in sheets.iter().filter(|sheet| sheet.field("value").is_some()) {
            for (i, row) in sheet.rows.iter().enumerate() {
                let Some(measure) = row.measure.as_deref() else { continue };
                match lines.last_mut() {
                    Some(last) if last.sheet.name == sheet.name && last.file == row.file => last.to = i,
                    _ => lines.push(Total { sheet, measure, file: row.file, from: i, to: i }),
                }
            }
        }
        (!lines.is_empty()).then_some(Self { lines })
    }

    /// Writes them as a sheet.
    pub(crate) fn write(&self, page: &mut Worksheet, formats: &Formats) -> Result<(), XlsxError> {
        page.set_name("Totals")?;
        page.write_string_with_format(0, 0, "Totals", &formats.title)?;
        let about = "Worked out from the other sheets as they are filled in. Amounts of several years are not added.";
        page.write_string_with_format(1, 0, about, &formats.about)?;
        let heads = ["Measure", "Unit", "Sheet", "File", "Numbers", "Least", "Most", "Total"];
        for (at, (head, width)) in heads.iter().zip([34.0, 30.0, 20.0, 48.0, 10.0, 14.0, 14.0, 16.0]).enumerate() {
            page.write_string_with_format(3, at as u16, *head, &formats.fixed_heading)?;
            page.set_column_width(at as u16, width)?;
        }
        for (i, total) in self.lines.iter().enumerate() {
            let line = 4 + i as u32;
            let sheet = total.sheet;
            let value = letter(sheet, "value").unwrap_or_default();
            let range = format!(
                "'{}'!${value}${}:${value}${}",
                sheet.name,
                FIRST as usize + total.from + 1,
                FIRST as usize + total.to + 1
            );
            let rows = &sheet.rows[total.from..=total.to];
            let numbers: Vec<f64> = rows.iter().filter_map(|row| number(sheet, row, "value")).collect();
            let known = spec(total.measure);
            let file = sheet.column(Role::File).map(|at| match &rows[0].cells[at] {
                Cell::Fixed(value) => value.shown(),
                _ => String::new(),
            });
            let texts = [
                known.map_or(total.measure, |spec| spec.title).to_owned(),
                known.map_or("", |spec| spec.unit).to_owned(),
                sheet.name.clone(),
                file.unwrap_or_default(),
            ];
            for (at, text) in texts.iter().enumerate() {
                page.write_string_with_format(line, at as u16, text, &formats.closed)?;
            }
            let least = numbers.iter().copied().reduce(f64::min);
            let most = numbers.iter().copied().reduce(f64::max);
            let mut formulas = vec![("COUNT", Some(numbers.len() as f64)), ("MIN", least), ("MAX", most)];
            let dates: std::collections::BTreeSet<String> = rows
                .iter()
                .filter_map(|row| match &row.cells[sheet.field("from")?] {
                    Cell::Open(Some(value)) => Some(value.shown()),
                    _ => None,
                })
                .collect();
            if known.is_some_and(|spec| spec.shared) && dates.len() < 2 {
                formulas.push(("SUM", Some(numbers.iter().sum())));
            }
            for (at, (name, result)) in formulas.into_iter().enumerate() {
                let formula = Formula::new(format!("={name}({range})")).set_result(shown(result));
                page.write_formula_with_format(line, 4 + at as u16, formula, &formats.closed)?;
            }
        }
        page.set_freeze_panes(4, 1)?;
        page.protect_with_options(&protection());
        Ok(())
    }
}
