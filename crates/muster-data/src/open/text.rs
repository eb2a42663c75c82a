//! CSV and its relatives: whatever the encoding and whatever stands between the columns.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::{Cell, Limits, Meter, OpenError, Sheet, refused};

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Sheet, OpenError> {
    let text = decode(bytes)?;
    let delimiter = delimiter(&text);
    check_quotes(&text, delimiter)?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let (mut rows, mut meter) = (Vec::new(), Meter::new(limits));
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|error| OpenError::Refused(format!("row {}: {error}", at + 1)))?;
        // The reader passes over lines without anything in them; counting them keeps the numbers of rows true.
        let line = record.position().map_or(at, |position| {
            let blank = text.as_bytes().iter().skip(position.byte() as usize).take_while(|byte| b"\r\n".contains(byte));
            position.line() as usize - 1 + blank.filter(|byte| **byte == b'\n').count()
        });
        if rows.len() < line && line - rows.len() < 1_000 {
            rows.resize_with(line, Vec::new);
        }
        let row: Vec<Cell> = record.iter().map(Cell::of).collect();
        for cell in &row {
            meter.count(cell, 1).or_else(|why| refused(format!("row {}: {why}", rows.len() + 1)))?;
        }
        rows.push(row);
    }
    check_end(&text, &rows)?;
    check_commas(&rows)?;
    Ok(Sheet { name: String::new(), rows })
}

/// A quotation mark that nobody closes swallows the rows below it, up to the next one.
fn check_quotes(text: &str, delimiter: u8) -> Result<(), OpenError> {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Start,
        Bare,
        Inside(usize),
        Closed(usize),
    }
    let wrong = |row: usize| {
        refused(format!(
            "row {row}: a quotation mark is opened and not closed, or stands inside a cell: write it twice (\"\") there, or fetch the file again"
        ))
    };
    let (mut at, mut row) = (At::Start, 1);
    for byte in text.bytes() {
        at = match (at, byte) {
            (At::Inside(from), b'"') => At::Closed(from),
            (At::Inside(_), _) => at,
            (At::Start, b'"') => At::Inside(row),
            (At::Closed(from), b'"') => At::Inside(from),
            (_, b'\n' | b'\r') => At::Start,
            (_, byte) if byte == delimiter => At::Start,
            (At::Start | At::Closed(_), b' ' | b'\t') => at,
            (At::Closed(from), _) => return wrong(from),
            _ => At::Bare,
        };
        row += usize::from(byte == b'\n');
    }
    if let At::Inside(from) = at { wrong(from) } else { Ok(()) }
}

/// A last row that breaks off is the sign of a file that was not fetched whole.
fn check_end(text: &str, rows: &[Vec<Cell>]) -> Result<(), OpenError> {
    match rows {
        [.., before, last] if (2..before.len()).contains(&last.len()) && !text.ends_with(['\n', '\r']) => refused(
            format!("the file breaks off in row {}, which is shorter than the row above: fetch it again", rows.len()),
        ),
        _ => Ok(()),
    }
}

/// Where one number has a decimal comma, `1,234` may be a little more than 1.
fn check_commas(rows: &[Vec<Cell>]) -> Result<(), OpenError> {
    let with_comma = |wanted: fn(usize) -> bool| {
        rows.iter().enumerate().find_map(|(at, row)| {
            let text = row.iter().find_map(|cell| match cell {
                Cell::Text(text) if digits_after_one_comma(text).is_some_and(wanted) => Some(text),
                _ => None,
            });
            text.map(|text| (at + 1, text))
        })
    };
    match (with_comma(|digits| digits != 3), with_comma(|digits| digits == 3)) {
        (Some((row, decimal)), Some((other, doubtful))) => refused(format!(
            "`{decimal}` in row {row} has a decimal comma, so `{doubtful}` in row {other} may be a decimal too: write decimals with a point"
        )),
        _ => Ok(()),
    }
}

/// How many digits follow the comma of a number that has one, and no point.
fn digits_after_one_comma(text: &str) -> Option<usize> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = text.strip_prefix('-').unwrap_or(text).split_once(',')?;
    (digits(whole) && digits(part)).then_some(part.len())
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, OpenError> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            detector.guess(None, Utf8Detection::Deny)
        }
    };
    let (text, _, broken) = encoding.decode(bytes);
    let odd = |letter: char| letter.is_control() && !"\r\n\t".contains(letter);
    match text.find(odd) {
        _ if broken => {}
        None => return Ok(text),
        Some(at) if !text[..at].contains('\n') => {}
        Some(at) => {
            let row = text[..at].matches('\n').count() + 1;
            return refused(format!("row {row} holds signs that are no text, as in a damaged file: fetch it again"));
        }
    }
    refused(
        "this is not a text file in any encoding that Muster knows: fetch it again, or save it as CSV, XLSX or Parquet",
    )
}

/// The sign that divides the first lines most evenly.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()).take(50).collect();
    let evenness = |sign: char| {
        let counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, sign)).collect();
        let usual = counts
            .iter()
            .copied()
            .filter(|count| *count > 0)
            .max_by_key(|count| counts.iter().filter(|other| *other == count).count());
        usual.map_or(0, |usual| counts.iter().filter(|count| **count == usual).count() * 1_000 + usual.min(999))
    };
    [',', '\t', ';', '|'].into_iter().rev().max_by_key(|sign| evenness(*sign)).map_or(b',', |sign| sign as u8)
}

fn outside_quotes(line: &str, sign: char) -> usize {
    let mut inside = false;
    line.chars()
        .filter(|letter| {
            inside ^= *letter == '"';
            !inside && *letter == sign
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        let sheet = read(bytes, Limits::default()).unwrap_or_else(|error| panic!("{error}"));
        sheet.rows.iter().map(|row| row.iter().map(|cell| cell.text().into_owned()).collect()).collect()
    }

    #[test]
    fn encodings_and_dialects_seen_in_the_wild_read_alike() {
        let expected = vec![vec!["Trust", "FTE"], vec!["Ynys Môn", "1,234.5"]];
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("Trust,FTE\r\nYnys Môn,\"1,234.5\"\r\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for bytes in [
            "Trust,FTE\nYnys Môn,\"1,234.5\"\n".as_bytes(),
            "\u{feff}Trust,FTE\r\nYnys Môn,\"1,234.5\"\r\n".as_bytes(),
            "Trust;FTE\nYnys Môn;1,234.5\n".as_bytes(),
            "Trust\tFTE\nYnys Môn\t1,234.5".as_bytes(),
            "Trust|FTE\nYnys Môn| 1,234.5 \n".as_bytes(),
            b"Trust,FTE\nYnys M\xf4n,\"1,234.5\"\n",
            &utf16,
        ] {
            assert_eq!(cells(bytes), expected);
        }
    }

    #[test]
    fn a_row_keeps_the_number_that_an_editor_shows() {
        let rows = cells(b"A,B\n\n\n1,2\n");
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[3], ["1", "2"]);
    }
}
