//! A CSV file as records, each cell with its place in the text.

use std::ops::Range;

use crate::record::{Field, Record, Text};
use crate::value::{Form, Value};

/// The list that the rows of a table are.
pub(crate) const ROWS: &str = "row";

/// One cell of a table.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// What it says, without quotes and without spaces round it.
    pub text: String,
    /// Its bytes, quotes and spaces among them.
    pub span: Range<usize>,
}

/// What belongs in a column of this name; none where its cells say.
pub(crate) fn form_of(column: &str) -> Option<Form> {
    match column {
        "value" | "low" | "high" => Some(Form::Number),
        "from" | "to" => Some(Form::Day),
        "age" | "code" | "parent" | "successor" | "name" | "place" | "profession" | "group" => Some(Form::Text),
        _ => None,
    }
}

/// Reads a CSV text.
pub(crate) fn read(text: &str) -> Result<Text, String> {
    let mut lines = rows(text).into_iter();
    let head = lines.next().ok_or("the table is empty")?;
    let columns: Vec<String> = head.iter().map(|cell| cell.text.clone()).collect();
    let lines: Vec<Vec<Cell>> = lines.collect();
    if let Some(line) = lines.iter().find(|line| line.len() != columns.len()) {
        let at = text[..line.first().map_or(0, |cell| cell.span.start)].matches('\n').count() + 1;
        return Err(format!("line {at} has {} cells, the header {}", line.len(), columns.len()));
    }
    let is_number = |at: usize| {
        let mut cells = lines.iter().map(|line| &line[at].text).filter(|text| !text.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|text| text.len() < 16 && number(text).is_some())
    };
    let forms: Vec<Form> = columns
        .iter()
        .enumerate()
        .map(|(at, name)| form_of(name).unwrap_or(if is_number(at) { Form::Number } else { Form::Text }))
        .collect();
    let mut records = vec![Record { path: Vec::new(), fields: Vec::new(), span: 0..text.len() }];
    for (i, line) in lines.iter().enumerate() {
        let fields = line
            .iter()
            .zip(&columns)
            .zip(&forms)
            .filter(|((cell, _), _)| !cell.text.is_empty())
            .map(|((cell, name), form)| Field {
                name: name.clone(),
                value: value(&cell.text, *form),
                span: cell.span.clone(),
            })
            .collect();
        let span = line.first().map_or(0, |cell| cell.span.start)..line.last().map_or(0, |cell| cell.span.end);
        records.push(Record { path: vec![(ROWS.to_owned(), i)], fields, span });
    }
    Ok(Text { records, columns: Some(columns) })
}

fn value(text: &str, form: Form) -> Value {
    let read = match form {
        Form::Number => number(text).map(Value::Number),
        Form::Day if text.len() == 10 => text.parse().ok().map(Value::Day),
        _ => None,
    };
    read.unwrap_or_else(|| Value::Text(text.to_owned()))
}

fn number(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|number| is_plain && number.is_finite())
}

/// The rows of a table, the header first; lines with nothing on them are not rows.
pub(crate) fn rows(text: &str) -> Vec<Vec<Cell>> {
    let bytes = text.as_bytes();
    let (mut rows, mut row, mut at) = (Vec::new(), Vec::new(), 0);
    while at < bytes.len() {
        let start = at;
        let quoted = text[at..].trim_start_matches(' ').starts_with('"');
        if quoted {
            at += text[at..].find('"').unwrap_or_default() + 1;
            // A quote that is doubled stands for one, and the cell goes on.
            while at < bytes.len() {
                match (bytes[at], bytes.get(at + 1)) {
                    (b'"', Some(b'"')) => at += 2,
                    (b'"', _) => break,
                    _ => at += 1,
                }
            }
        }
        while at < bytes.len() && !matches!(bytes[at], b',' | b'\n' | b'\r') {
            at += 1;
        }
        row.push(Cell { text: unquoted(&text[start..at]), span: start..at });
        if bytes.get(at) == Some(&b',') {
            at += 1;
            // A comma at the very end is followed by one more empty cell.
            if at == bytes.len() {
                row.push(Cell { text: String::new(), span: at..at });
            }
            continue;
        }
        // The line that follows may start with an empty cell: only line ends are passed.
        while at < bytes.len() && matches!(bytes[at], b'\n' | b'\r') {
            at += 1;
        }
        let done = std::mem::take(&mut row);
        let is_blank = done.len() == 1 && done[0].text.is_empty();
        if !is_blank {
            rows.push(done);
        }
    }
    if !row.is_empty() {
        rows.push(row);
    }
    rows
}

fn unquoted(cell: &str) -> String {
    let cell = cell.trim();
    match cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
        Some(inside) => inside.replace("\"\"", "\"").trim().to_owned(),
        None => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_with_their_bytes_whatever_the_line_ends_and_quotes() {
        let text = "a,value,why\r\nx,0.50,\"one, \"\"two\"\"\nthree\"\r\n\r\ny,,\n,2,";
        let read = read(text).unwrap();
        assert_eq!(read.records.len(), 4);
        let first = &read.records[1];
        assert_eq!(first.get("value").map(|field| &field.value), Some(&Value::Number(0.5)));
        assert_eq!(&text[first.get("value").unwrap().span.clone()], "0.50");
        assert_eq!(first.get("why").map(|field| field.value.shown()), Some("one, \"two\"\nthree".to_owned()));
        assert!(read.records[2].get("value").is_none());
        assert_eq!(read.records[3].get("value").map(|field| field.value.shown()), Some("2".to_owned()));
        assert!(super::read("a,b\n1\n").is_err());
    }
}
