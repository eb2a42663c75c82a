//! What a person wrote in a cell, as a value: what is clear is taken, what could mean two things is not.

use jiff::civil::Date;

use crate::finding::quoted;
use crate::grid::{Grid, Held};
use crate::value::{Form, Value, tidy};

/// A value, and what there is to say of how it was taken.
#[derive(Debug, PartialEq)]
pub(crate) struct Taken {
    /// The value.
    pub value: Value,
    /// How it was taken, where it was not written as it is kept.
    pub note: Option<String>,
}

/// Why a cell was not taken: what is wrong, and what to do.
pub(crate) type Refused = (String, String);

/// Reads a cell as a value of some form.
pub(crate) fn take(held: &Held, form: Form, grid: &Grid) -> Result<Taken, Refused> {
    let plain = |value: Value| Ok(Taken { value, note: None });
    match (held, form) {
        (Held::Error(error), _) => Err((
            format!("the formula in this cell ends in the error {error}"),
            "mend the formula, or write the value in its place".to_owned(),
        )),
        (Held::Unknown(why), _) => Err((
            format!("the cell holds a formula, and {why}"),
            "open the workbook in a spreadsheet and save it, or write the value in place of the formula".to_owned(),
        )),
        (Held::Number(number), Form::Number | Form::Raw) if number.is_finite() => plain(Value::Number(*number)),
        (Held::Text(text), Form::Number) => number(text),
        (Held::Day(day), Form::Number) => Err((
            format!(
                "the cell holds the day {day} where a number belongs: the spreadsheet may have taken the number for a date"
            ),
            "set the format of the cell to Number or General, and write the number again".to_owned(),
        )),
        (Held::Day(day), Form::Day | Form::Raw) => plain(Value::Day(*day)),
        (Held::Number(number), Form::Day) => match grid.day_of(*number) {
            Some(day) => Ok(Taken {
                value: Value::Day(day),
                note: Some(format!("the number {number} was read as the day {day}")),
            }),
            None => Err((format!("{number} is not a day"), "write a day, such as 2028-03-31".to_owned())),
        },
        (Held::Text(text), Form::Day) => day(text),
        (Held::Bool(truth), Form::Bool | Form::Raw) => plain(Value::Bool(*truth)),
        // LibreOffice saves truths as numbers.
        (Held::Number(number), Form::Bool) if *number == 0.0 || *number == 1.0 => plain(Value::Bool(*number == 1.0)),
        (Held::Text(text), Form::Bool) => match tidy(text).to_lowercase().as_str() {
            "yes" | "true" => plain(Value::Bool(true)),
            "no" | "false" => plain(Value::Bool(false)),
            _ => Err((format!("{} is neither yes nor no", quoted(text)), "write TRUE or FALSE".to_owned())),
        },
        (Held::Text(text), Form::Text) => plain(Value::Text(tidy(text))),
        (Held::Text(text), Form::List) => {
            let lines = tidy(text).lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
            plain(Value::List(lines))
        }
        (Held::Text(text), Form::Raw) => plain(raw(&tidy(text))),
        (Held::Number(number), Form::Text) => plain(Value::Text(crate::value::plain(*number))),
        (Held::Number(number), Form::List) => plain(Value::List(vec![crate::value::plain(*number)])),
        (Held::Day(day), Form::Text | Form::List) => Err((
            format!(
                "the cell holds the day {day} where text belongs: the spreadsheet may have taken the text for a date"
            ),
            "set the format of the cell to Text, and write it again, such as 10-12 for an age band".to_owned(),
        )),
        (Held::Moment(_), _) => Err((
            "the cell holds a time".to_owned(),
            "write a day without a time, or set the format of the cell to General and write the number again"
                .to_owned(),
        )),
        (Held::Bool(_), _) => Err((
            "the cell holds TRUE or FALSE".to_owned(),
            "write what belongs in the column: a note on its heading says what".to_owned(),
        )),
        (Held::Day(day), Form::Bool) => {
            Err((format!("{day} is not what belongs here"), "write TRUE or FALSE".to_owned()))
        }
        (Held::Number(number), _) => {
            Err((format!("{number} is not what belongs here"), "see the note on the heading".to_owned()))
        }
    }
}

/// A number that is written as text, where it can mean one thing only.
fn number(written: &str) -> Result<Taken, Refused> {
    let text = tidy(written);
    let refuse = || {
        Err((
            format!("{} is not a number", quoted(written)),
            "write digits with a point, without units or words; leave the cell empty where nothing is known".to_owned(),
        ))
    };
    let is_percent = text.ends_with('%');
    let mut core = text.trim_end_matches('%').trim().replace(['\u{2212}', '\u{2013}', '\u{2014}'], "-");
    let is_negative = core.starts_with('-');
    core = core.trim_start_matches(['-', '+']).trim().trim_start_matches('£').trim().to_owned();
    if core.matches(',').count() > 0 {
        let (whole, part) = core.split_once('.').unwrap_or((&core, ""));
        let groups: Vec<&str> = whole.split(',').collect();
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let are_thousands = !groups[0].is_empty()
            && groups[0].len() <= 3
            && groups[1..].iter().all(|group| group.len() == 3)
            && groups.iter().all(|group| digits(group))
            && digits(part);
        if !are_thousands {
            return refuse();
        }
        core = core.replace(',', "");
    }
    // Thousands parted by thin or plain spaces: 12 500.
    let spaced: Vec<&str> = core.split([' ', '\u{2009}', '\u{202f}']).collect();
    if spaced.len() > 1 && spaced[0].len() <= 3 && spaced[1..].iter().all(|group| group.len() == 3) {
        core = spaced.concat();
    }
    let is_plain = !core.is_empty()
        && core.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+'));
    if !is_plain || !core.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return refuse();
    }
    let sign = if is_negative { "-" } else { "" };
    // A percentage is a shift of the point by two, which keeps its digits.
    let shifted =
        if is_percent && !core.contains(['e', 'E']) { format!("{sign}{core}e-2") } else { format!("{sign}{core}") };
    match shifted.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            let note = format!(
                "{} was written as text and read as the number {}",
                quoted(written),
                crate::value::plain(number)
            );
            Ok(Taken { value: Value::Number(number), note: Some(note) })
        }
        _ => refuse(),
    }
}

/// A day that is written as text, where it can mean one day only.
fn day(written: &str) -> Result<Taken, Refused> {
    let text = tidy(written);
    if let Ok(day) = text.parse::<Date>() {
        return Ok(Taken { value: Value::Day(day), note: None });
    }
    let note = |day: Date| {
        let note = format!("{} was written as text and read as {day}", quoted(written));
        Ok(Taken { value: Value::Day(day), note: Some(note) })
    };
    let parts: Vec<&str> = text.split(['/', '.', '-', ' ']).filter(|part| !part.is_empty()).collect();
    if let [first, second, third] = parts.as_slice() {
        let number = |text: &str| text.parse::<i16>().ok();
        let month = |text: &str| {
            const MONTHS: [&str; 12] =
                ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
            let start: String = text.to_lowercase().chars().take(3).collect();
            MONTHS.iter().position(|month| *month == start).map(|at| at as i16 + 1)
        };
        let of =
            |year: i16, month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
        if let (Some(day), Some(month), Some(year)) =
            (number(first), month(second), number(third).filter(|_| third.len() == 4))
            && let Some(day) = of(year, month, day)
        {
            return note(day);
        }
        if let (Some(a), Some(b), Some(year)) =
            (number(first), number(second), number(third).filter(|_| third.len() == 4))
        {
            match (of(year, b, a), of(year, a, b)) {
                (Some(day), Some(other)) if day != other => {
                    return Err((
                        format!("{} may be {day} or {other}", quoted(written)),
                        format!("write it as {day} or {other}"),
                    ));
                }
                (Some(day), _) | (None, Some(day)) => return note(day),
                (None, None) => {}
            }
        }
    }
    Err((format!("{} is not a day", quoted(written)), "write it as 2028-03-31".to_owned()))
}

/// A value as TOML writes it, or the text itself where it is none.
fn raw(text: &str) -> Value {
    let document = format!("x = {text}\n");
    let parsed = toml_edit::Document::parse(document.as_str()).ok();
    let is_one = parsed.is_some_and(|document| document.as_table().len() == 1 && document.as_table()["x"].is_value());
    let is_structure = text.starts_with(['[', '{']);
    if is_one && is_structure { Value::Raw(text.to_owned()) } else { Value::Text(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_number(text: &str) -> Option<f64> {
        match take(&Held::Text(text.to_owned()), Form::Number, &Grid::default()) {
            Ok(Taken { value: Value::Number(number), .. }) => Some(number),
            _ => None,
        }
    }

    fn as_day(text: &str) -> Option<String> {
        take(&Held::Text(text.to_owned()), Form::Day, &Grid::default()).ok().map(|taken| taken.value.shown())
    }

    #[test]
    fn numbers_written_as_text_are_taken_where_they_mean_one_thing() {
        let clear = [
            ("1,234", 1234.0),
            ("12,345,678.5", 12_345_678.5),
            ("9.1%", 0.091),
            ("7.1 %", 0.071),
            ("£35,060", 35_060.0),
            ("\u{a0}12 ", 12.0),
            ("\u{2212}3", -3.0),
            ("\u{2014}0.5", -0.5),
            ("12 500", 12_500.0),
            ("-£5", -5.0),
            ("1e3", 1000.0),
        ];
        for (text, number) in clear {
            assert_eq!(as_number(text), Some(number), "{text}");
        }
        for text in [
            "1,23", "1.234,5", "12k", "n/a", "12 FTE", "", "1,2345", "(5)", "--", "3-4", "about 5", "inf", "NaN",
            "0x10",
        ] {
            assert_eq!(as_number(text), None, "{text}");
        }
    }

    #[test]
    fn days_written_as_text_are_taken_where_they_mean_one_day() {
        let clear = ["2029-03-31", "31/03/2029", "31.3.2029", "31 March 2029", "31-Mar-2029", "03/31/2029"];
        for text in clear {
            assert_eq!(as_day(text).as_deref(), Some("2029-03-31"), "{text}");
        }
        assert_eq!(as_day("05/05/2029").as_deref(), Some("2029-05-05"));
        for text in ["03/04/2029", "2028/29", "31/02/2029", "soon", "31/03/29"] {
            assert_eq!(as_day(text), None, "{text}");
        }
    }
}
