//! CSV and its relatives: whatever the encoding and whatever stands between the columns.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::{Cell, LIMIT_CELLS, OpenError, Sheet, refused};

/// Longer than any cell of a publication. A quotation mark that nobody closed swallows the rest of its file.
const LONGEST_CELL: usize = 32_768;

pub(super) fn read(bytes: &[u8]) -> Result<Sheet, OpenError> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let (mut rows, mut cells) = (Vec::new(), 0);
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|error| OpenError::Refused(format!("row {}: {error}", at + 1)))?;
        if record.iter().any(|cell| cell.len() > LONGEST_CELL) {
            return refused(format!(
                "row {}: a cell has more than {LONGEST_CELL} letters, as when a quotation mark is never closed",
                at + 1
            ));
        }
        cells += record.len();
        if cells > LIMIT_CELLS {
            return refused("the file has more than 30 million cells: cut it to the rows that are needed");
        }
        // The reader passes over lines without anything in them; counting them keeps the numbers of rows true.
        let line = record.position().map_or(at, |position| {
            let blank = text.as_bytes().iter().skip(position.byte() as usize).take_while(|byte| b"\r\n".contains(byte));
            position.line() as usize - 1 + blank.filter(|byte| **byte == b'\n').count()
        });
        if rows.len() < line && line - rows.len() < 1_000 {
            rows.resize_with(line, Vec::new);
        }
        rows.push(record.iter().map(Cell::of).collect());
    }
    Ok(Sheet { name: String::new(), rows })
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
    let odd = text.chars().take(10_000).filter(|letter| letter.is_control() && !"\r\n\t".contains(*letter)).count();
    if broken || odd > 0 {
        return refused("this is not a text file in any encoding that Muster knows: use CSV, XLSX or Parquet");
    }
    Ok(text)
}

/// The sign that divides the first lines most evenly.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(50).collect();
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
        let sheet = read(bytes).unwrap_or_else(|error| panic!("{error}"));
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
