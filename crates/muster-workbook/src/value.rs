//! A value as a file writes it, as a cell shows it, and as it is written again.

use jiff::civil::Date;

/// What a cell or a field of a file holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A day.
    Day(Date),
    /// Several texts: one on each line of a cell.
    List(Vec<String>),
    /// Anything else, as the file writes it: a table of correlations, say.
    Raw(String),
}

/// What kind of value belongs in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A day.
    Day,
    /// Several texts.
    List,
    /// As the file writes it.
    Raw,
}

impl Value {
    /// What kind it is.
    pub(crate) fn form(&self) -> Form {
        match self {
            Self::Text(_) => Form::Text,
            Self::Number(_) => Form::Number,
            Self::Bool(_) => Form::Bool,
            Self::Day(_) => Form::Day,
            Self::List(_) => Form::List,
            Self::Raw(_) => Form::Raw,
        }
    }

    /// As a cell shows it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Raw(text) => text.clone(),
            Self::Number(number) => plain(*number),
            Self::Bool(truth) => truth.to_string(),
            Self::Day(day) => day.to_string(),
            Self::List(list) => list.join("\n"),
        }
    }

    /// Whether two say the same: spreadsheets keep fifteen digits of a number, and write line ends and spaces in their own way.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a == b || (a - b).abs() <= 1e-14 * a.abs().max(b.abs()),
            (Self::Text(a), Self::Text(b)) | (Self::Raw(a), Self::Raw(b)) => tidy(a) == tidy(b),
            (Self::List(a), Self::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| tidy(a) == tidy(b)),
            _ => self == other,
        }
    }

    /// As TOML writes it.
    pub(crate) fn in_toml(&self) -> String {
        match self {
            Self::Text(text) => toml_text(text),
            Self::Number(number) => plain(*number),
            Self::Bool(truth) => truth.to_string(),
            Self::Day(day) => day.to_string(),
            Self::List(list) => format!("[{}]", list.iter().map(|text| toml_text(text)).collect::<Vec<_>>().join(", ")),
            Self::Raw(text) => text.clone(),
        }
    }

    /// As a cell of a CSV file writes it.
    pub(crate) fn in_csv(&self) -> String {
        let text = self.shown();
        let needs_quotes = text.contains([',', '"', '\n', '\r']) || text.trim() != text;
        if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    }
}

/// A number with as few digits as say it, without an exponent.
pub(crate) fn plain(number: f64) -> String {
    // What is written as -0 would read as another number than 0.
    format!("{}", if number == 0.0 { 0.0 } else { number })
}

/// Text without the spaces round it that nobody sees, and with the line ends and spaces of a file.
pub(crate) fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace("_x000D_", "").replace('\r', "\n").replace('\u{a0}', " ");
    text.trim().to_owned()
}

/// A text as TOML writes it: in quotes, or between triple quotes where it has several lines.
fn toml_text(text: &str) -> String {
    let escaped = |text: &str, lines: bool| {
        let mut out = String::with_capacity(text.len() + 2);
        for letter in text.chars() {
            match letter {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' if lines => out.push('\n'),
                '\t' => out.push_str("\\t"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                letter if letter.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(letter))),
                letter => out.push(letter),
            }
        }
        out
    };
    if text.contains('\n') {
        format!("\"\"\"\n{}\"\"\"", escaped(text, true))
    } else {
        format!("\"{}\"", escaped(text, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_toml_is_read_as_the_same() {
        let texts =
            ["plain", "with \"quotes\" and \\", "two\nlines", "\nled by a line", "a\ttab", "£5 – “so”", "bell\u{7}"];
        for text in texts {
            let written = format!("x = {}", Value::Text(text.to_owned()).in_toml());
            let document: toml_edit::Document<&str> = toml_edit::Document::parse(written.as_str()).unwrap();
            assert_eq!(document.as_table()["x"].as_str(), Some(text), "{written}");
        }
    }

    #[test]
    fn a_number_keeps_every_digit_and_has_no_exponent() {
        assert_eq!(plain(0.1), "0.1");
        assert_eq!(plain(1e8), "100000000");
        assert_eq!(plain(1.5e-7), "0.00000015");
        assert_eq!(plain(-0.0), "0");
        assert!(Value::Number(0.1 + 0.2).same_as(&Value::Number(0.3)));
        assert!(!Value::Number(0.300_001).same_as(&Value::Number(0.3)));
    }
}
