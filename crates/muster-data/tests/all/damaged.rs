//! Damaged and odd files: each is refused with its reason, or loaded with everything that was not understood listed.
//!
//! Headings decide which column is which, so whole columns may be swapped, moved and added. Contents under the wrong heading
//! are caught where their kind tells: a name, a number or the code of another kind of place is no code, a word is no number.
//! Two columns of numbers under each other's headings cannot be told apart here; the checks of a publication may find them.

use std::io::{Cursor, Write};
use std::sync::{Arc, LazyLock};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use flate2::Compression;
use flate2::write::GzEncoder;
use muster_data::open::{Limits, OpenError, open_bytes};
use muster_data::{Library, read};
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::built_in().unwrap());

/// What must come of a file.
enum Comes {
    /// It is refused, and the message holds this.
    Refused(&'static str),
    /// These facts come of it, and these places, reasons or texts were not understood, in this order.
    Loaded(&'static [&'static str], &'static [&'static str]),
}
use Comes::{Loaded, Refused};

/// What is wrong with the file, its bytes, and what must come of it.
type Case = (&'static str, Vec<u8>, Comes);

/// Holds every case; all of them imitate one publication.
fn hold(publication: &str, cases: Vec<Case>) {
    hold_where(publication, |_| true, cases);
}

/// Holds every case by some of its facts.
fn hold_where(publication: &str, counts: fn(&str) -> bool, cases: Vec<Case>) {
    let mut wrong = String::new();
    for (name, bytes, comes) in cases {
        let mut came = came_of(publication, bytes, Limits::default());
        if let Ok((facts, _)) = &mut came {
            facts.retain(|fact| counts(fact));
        }
        let fits = match (&came, &comes) {
            (Err(message), Refused(part)) => message.contains(part),
            (Ok((facts, notes)), Loaded(expected, parts)) => {
                facts == expected
                    && notes.len() == parts.len()
                    && notes.iter().zip(*parts).all(|(note, part)| note.contains(part))
            }
            _ => false,
        };
        if !fits {
            wrong.push_str(&format!("\n{name}:\n  {came:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The facts and what was not understood, as lines; or why the file was refused.
fn came_of(publication: &str, bytes: Vec<u8>, limits: Limits) -> Result<(Vec<String>, Vec<String>), String> {
    let file = open_bytes("file", bytes, limits).map_err(|error| error.to_string())?;
    let description = read::recognise(&file, &LIBRARY).map_err(|error| format!("{error} {error:?}"))?;
    assert_eq!(description.id, publication);
    let filing = read::read(&file, description, &LIBRARY).map_err(|error| error.to_string())?;
    let account = &filing.account;
    let left_out: usize = account.rows_left_out.values().sum();
    assert_eq!(
        account.rows_in,
        account.rows_filed + account.rows_refused + account.rows_without_value + left_out,
        "every row is accounted for"
    );
    Ok((filing.lines().collect(), filing.not_understood.iter().map(ToString::to_string).collect()))
}

// How files are made

const SICKNESS: &str =
    "DATE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,ORG_CODE,ORG_NAME,SICKNESS_ABSENCE_RATE_PERCENT\n";
const DEVON: &str = "30/04/2024,Y58,South West,QJK,Devon,RH8,Royal Devon,5.39\n";
const DEVON_FACT: &[&str] = &["2024-04 | RH8 | all | sickness_rate | 0.0539"];

fn sickness(rows: &str) -> Vec<u8> {
    format!("{SICKNESS}{rows}").into_bytes()
}

/// One row of sickness absence with this for its rate.
fn rate(text: &str) -> Vec<u8> {
    sickness(&DEVON.replace("5.39", text))
}

/// One row of sickness absence with this for its date.
fn dated(text: &str) -> Vec<u8> {
    sickness(&DEVON.replace("30/04/2024", text))
}

fn vacancies(rows: &str) -> Vec<u8> {
    format!("DATE,REGION_CODE,ICS_CODE,ORG_CODE,ORG_NAME,STAFF_GROUP,VACANCIES_FTE,ESTABLISHMENT_FTE\n{rows}")
        .into_bytes()
}

fn nurses(headcount: &str) -> Vec<u8> {
    format!(
        "date,measure,region_code,ics_code,org_code,staff_group,value\n2021-03-31,HC,Y58,QJK,RH8,Midwives,{headcount}\n"
    )
    .into_bytes()
}

fn people(rows: &str) -> Vec<u8> {
    let head =
        "Employee Number,Staff Group,Job Role,Org Code,FTE,Date of Birth,Gender,Ethnic Origin,AfC Band,Snapshot Date\n";
    format!("{head}{rows}").into_bytes()
}

/// A nurse, with a number, an FTE and a date of birth.
fn nurse(number: &str, fte: &str, born: &str) -> String {
    format!("{number},Nursing and Midwifery Registered,Staff Nurse,RH8,{fte},{born},Female,A,Band 5,31/03/2025\n")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A zip archive of parts, as text.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of one sheet, written by hand.
fn workbook_of(shared: &str, rows: &str) -> Vec<u8> {
    let relations = |list: &str| {
        format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{list}</Relationships>"#
        )
    };
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    archive(&[
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
        (
            "_rels/.rels",
            &relations(&format!(r#"<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>"#)),
        ),
        (
            "xl/workbook.xml",
            &format!(
                r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &relations(&format!(
                r#"<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>"#
            )),
        ),
        (
            "xl/sharedStrings.xml",
            &format!(r#"{shared}<sst xmlns="{main}"><si><t>&odd;</t></si></sst>"#)
                .replace("&odd;", if shared.is_empty() { "x" } else { "&odd;" }),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#),
        ),
    ])
}

/// A workbook of sheets, each of lines with bars between cells; `=2024-04-30` is a date of the spreadsheet.
fn workbook(sheets: &[(&str, &str)]) -> Workbook {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (name, text) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, line) in text.trim().lines().enumerate() {
            for (column, cell) in line.split('|').map(str::trim).enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let (row, column) = (row as u32, column as u16);
                match (cell.strip_prefix('='), cell.parse::<f64>()) {
                    (Some(day), _) => {
                        let day = ExcelDateTime::parse_from_str(day).unwrap();
                        sheet.write_datetime_with_format(row, column, day, &date).unwrap();
                    }
                    (_, Ok(number)) => drop(sheet.write_number(row, column, number).unwrap()),
                    _ => drop(sheet.write_string(row, column, cell).unwrap()),
                }
            }
        }
    }
    book
}

fn saved(mut book: Workbook) -> Vec<u8> {
    book.save_to_buffer().unwrap()
}

const BEDS: &str = "
| Period: | April to June 2025
| | | | | | Available | | Occupied
| Year | Period End | Region Code | Org Code | Org Name | Total | Maternity | Total | Maternity
| 2025-26 | June | Y58 | RA9 | TORBAY | 386.5 | 0 | 360.25 | 0";

/// A Parquet file with one row of texts.
fn parquet(head: &str, row: &str) -> Vec<u8> {
    let columns = head.trim().split(',').zip(row.trim().split(','));
    let columns = columns.map(|(name, cell)| (name, Arc::new(StringArray::from(vec![cell])) as ArrayRef));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn first(bytes: &[u8], share: f64) -> Vec<u8> {
    bytes[..(bytes.len() as f64 * share) as usize].to_vec()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

// The cases

#[test]
fn a_file_of_another_kind_is_refused_by_what_it_is() {
    let old_workbook = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], &[0; 504][..]].concat();
    hold(
        "sickness-absence",
        vec![
            ("an empty file", Vec::new(), Refused("the file is empty: fetch it again")),
            ("nothing but blank lines", b"\n\r\n  \n".to_vec(), Refused("the file is empty")),
            ("an old or encrypted workbook", old_workbook, Refused("save it as .xlsx without a password")),
            ("a PDF", b"%PDF-1.7 and so on".to_vec(), Refused("this is a PDF")),
            ("a web page", b"<!DOCTYPE html><title>503</title>".to_vec(), Refused("this is a web page")),
            ("a web page after a blank line", b"\n <html>".to_vec(), Refused("this is a web page")),
            ("a web page with a byte order mark", "\u{feff}<html>".as_bytes().to_vec(), Refused("this is a web page")),
            ("XML", b"<?xml version=\"1.0\"?><a/>".to_vec(), Refused("this is XML")),
            ("a picture", vec![0x89, b'P', b'N', b'G', 0, 0, 0, 13], Refused("this is not a text file")),
            ("a zip of a CSV", archive(&[("a.csv", SICKNESS)]), Refused("a zip archive, not a workbook: unpack it")),
            ("an OpenDocument file", archive(&[("content.xml", "<a/>")]), Refused("save it as .xlsx or CSV")),
            ("a binary workbook", archive(&[("xl/workbook.bin", "")]), Refused("save it as .xlsx")),
            ("a name that climbs", archive(&[("../../x", "y")]), Refused("a name that leads out of it")),
            ("a name from the root", archive(&[("/etc/x", "y")]), Refused("a name that leads out of it")),
            ("a name with backslashes", archive(&[("a\\..\\..\\x", "y")]), Refused("a name that leads out of it")),
            ("a name with a drive", archive(&[("C:\\x", "y")]), Refused("a name that leads out of it")),
            ("a gzip of a gzip", gzip(&gzip(&sickness(DEVON))), Refused("this is not a text file")),
        ],
    );
}

#[test]
fn a_file_that_was_not_fetched_whole_is_refused() {
    let csv = sickness(&DEVON.repeat(3));
    let xlsx = saved(workbook(&[("NHS Trust by Sector", BEDS)]));
    let columns = parquet(SICKNESS, DEVON);
    let mut damaged = gzip(&csv);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x55;
    hold(
        "sickness-absence",
        vec![
            ("a CSV that breaks off", csv[..csv.len() - 20].to_vec(), Refused("the file breaks off in row 4")),
            ("a gzip file that breaks off", first(&gzip(&csv), 0.7), Refused("the gzip file is damaged or cut short")),
            ("a gzip file with a wrong bit", damaged, Refused("the gzip file is damaged or cut short")),
            ("a workbook that breaks off", first(&xlsx, 0.9), Refused("the workbook is damaged or cut short")),
            ("a workbook of which little is left", first(&xlsx, 0.1), Refused("the workbook is damaged or cut short")),
            ("a Parquet file that breaks off", first(&columns, 0.9), Refused("the Parquet file is damaged")),
            ("a Parquet file of which little is left", columns[..5].to_vec(), Refused("the Parquet file is damaged")),
            (
                "zeros in the middle",
                sickness(&DEVON.replace("Royal", "Ro\0al")),
                Refused("row 2 holds signs that are no text"),
            ),
            (
                "a quotation mark never closed",
                sickness(&DEVON.replace("Royal", "\"Royal").repeat(3)),
                Refused("row 2: a quotation mark is opened"),
            ),
            (
                "a quotation mark that the next one seems to close",
                sickness(
                    "30/04/2024,Y58,South West,QJK,Devon,RH8,\"Royal Devon,5.39\n30/04/2024,Y58,South West,QJK,Devon,RK9,\"Plymouth\",4\n",
                ),
                Refused("row 2: a quotation mark is opened and not closed"),
            ),
            // Where the row breaks off inside its last number, nobody can tell.
            (
                "a CSV that breaks off in its last number",
                csv[..csv.len() - 3].to_vec(),
                Loaded(DEVON_FACT, &["row 4, SICKNESS_ABSENCE_RATE_PERCENT: `5.`: row 2 gives another value"]),
            ),
        ],
    );
}

#[test]
fn encodings_and_dialects_change_nothing() {
    let text = format!("{SICKNESS}{DEVON}");
    let semicolons = text.replace(',', ";");
    let quoted = text.replace("Royal Devon", "\"Royal Devon, \"\"Exeter\"\"\nand Barnstaple\"");
    let windows = sickness(&DEVON.replace("Royal Devon", "Ynys M\u{f4}n")).into_iter();
    let windows: Vec<u8> =
        windows.filter(|byte| *byte != 0xc3).map(|byte| if byte == 0xb4 { 0xf4 } else { byte }).collect();
    hold(
        "sickness-absence",
        vec![
            ("a byte order mark", format!("\u{feff}{text}").into_bytes(), Loaded(DEVON_FACT, &[])),
            ("UTF-16", utf16(&text), Loaded(DEVON_FACT, &[])),
            ("UTF-16 without its mark", utf16(&text)[2..].to_vec(), Refused("this is not a text file")),
            ("UTF-16 with half a letter", [utf16(&text), vec![0x20]].concat(), Refused("this is not a text file")),
            ("Windows-1252", windows, Loaded(DEVON_FACT, &[])),
            ("lines that end in CR alone", text.replace('\n', "\r").into_bytes(), Loaded(DEVON_FACT, &[])),
            ("lines that end in CR and LF", text.replace('\n', "\r\n").into_bytes(), Loaded(DEVON_FACT, &[])),
            ("no end of the last line", text.trim_end().as_bytes().to_vec(), Loaded(DEVON_FACT, &[])),
            ("semicolons", semicolons.clone().into_bytes(), Loaded(DEVON_FACT, &[])),
            ("tabs", text.replace(',', "\t").into_bytes(), Loaded(DEVON_FACT, &[])),
            ("bars", text.replace(',', "|").into_bytes(), Loaded(DEVON_FACT, &[])),
            ("quotation marks, commas and lines inside a cell", quoted.into_bytes(), Loaded(DEVON_FACT, &[])),
            ("gzip", gzip(text.as_bytes()), Loaded(DEVON_FACT, &[])),
            ("Parquet", parquet(SICKNESS, DEVON), Loaded(DEVON_FACT, &[])),
            ("Parquet in gzip", gzip(&parquet(SICKNESS, DEVON)), Loaded(DEVON_FACT, &[])),
            (
                "semicolons and decimal commas",
                semicolons.replace("5.39", "5,39").into_bytes(),
                Refused("write decimals with a point"),
            ),
            (
                "a decimal comma beside what may be thousands",
                format!("{semicolons}30/04/2024;Y58;South West;QJK;Devon;RK9;Plymouth;1,234\n")
                    .replace("5.39", "5,39")
                    .into_bytes(),
                Refused("`5,39` in row 2 has a decimal comma, so `1,234` in row 3 may be a decimal too"),
            ),
        ],
    );
}

#[test]
fn headings_decide_which_column_is_which() {
    let csv = |head: &str, row: &str| format!("{head}\n{row}\n").into_bytes();
    let moved = format!("Sickness absence,,,\n\n,Published: May 2024\n,{}\n,{DEVON}", SICKNESS.trim());
    hold(
        "sickness-absence",
        vec![
            ("only headings", sickness(""), Refused("no row below the headings holds a value")),
            ("headings moved down and right", moved.into_bytes(), Loaded(DEVON_FACT, &[])),
            (
                "columns in another order",
                csv(
                    "SICKNESS_ABSENCE_RATE_PERCENT,ORG_CODE,ICS_CODE,NHSE_REGION_CODE,DATE",
                    "5.39,RH8,QJK,Y58,30/04/2024",
                ),
                Loaded(DEVON_FACT, &[]),
            ),
            (
                "headings in other letters and spacing",
                csv(
                    " date ,Nhse_Region_Code,Ics_Code,org_code,sickness_absence_rate_percent",
                    "30/04/2024,Y58,QJK,RH8,5.39",
                ),
                Loaded(DEVON_FACT, &[]),
            ),
            (
                "a column more",
                csv(
                    "DATE,NHSE_REGION_CODE,ICS_CODE,ORG_CODE,NOTE,SICKNESS_ABSENCE_RATE_PERCENT",
                    "30/04/2024,Y58,QJK,RH8,late,5.39",
                ),
                Loaded(DEVON_FACT, &[]),
            ),
            (
                "a heading missing",
                csv("DATE,NHSE_REGION_CODE,ICS_CODE,SICKNESS_ABSENCE_RATE_PERCENT", "30/04/2024,Y58,QJK,5.39"),
                Refused("[\"ORG_CODE\"]"),
            ),
            (
                "a heading renamed",
                csv(
                    "DATE,NHSE_REGION_CODE,ICS_CODE,ORGANISATION,SICKNESS_ABSENCE_RATE_PERCENT",
                    "30/04/2024,Y58,QJK,RH8,5.39",
                ),
                Refused("[\"ORG_CODE\"]"),
            ),
            (
                "a column missing that places need",
                csv("DATE,ORG_CODE,SICKNESS_ABSENCE_RATE_PERCENT", "30/04/2024,RH8,5.39"),
                Refused("needs the column `ICS_CODE`, which is not there"),
            ),
            (
                "the same heading twice",
                csv(
                    "DATE,NHSE_REGION_CODE,ICS_CODE,ORG_CODE,SICKNESS_ABSENCE_RATE_PERCENT,SICKNESS_ABSENCE_RATE_PERCENT",
                    "30/04/2024,Y58,QJK,RH8,5.39,4.1",
                ),
                Refused("the heading `SICKNESS_ABSENCE_RATE_PERCENT` stands over columns 5 and 6: delete or rename"),
            ),
            (
                "headings far below",
                [",\n".repeat(100).into_bytes(), sickness(DEVON)].concat(),
                Refused("no publication that Muster knows has these headings"),
            ),
            (
                "headings without any line",
                SICKNESS.trim().as_bytes().to_vec(),
                Refused("no row below the headings holds a value"),
            ),
            (
                "the headings again among the rows",
                sickness(&format!("{DEVON}{SICKNESS}{DEVON}")),
                Loaded(DEVON_FACT, &["row 3, DATE: `DATE`"]),
            ),
        ],
    );
}

#[test]
fn rows_of_the_wrong_length_are_listed() {
    let wide = format!("{}{}\n", DEVON.trim(), ",x".repeat(5_000));
    hold(
        "sickness-absence",
        vec![
            (
                "a comma too many",
                sickness(&format!("{DEVON}{}", DEVON.replace("Royal Devon", "Royal, Devon").replace("RH8", "RK9"))),
                Loaded(DEVON_FACT, &["row 3, column 9: `5.39`: the row has more cells than there are headings"]),
            ),
            (
                "a comma too few",
                sickness(&format!("{DEVON}{}", DEVON.replace("Royal Devon,", ""))),
                Loaded(
                    DEVON_FACT,
                    &["row 3, SICKNESS_ABSENCE_RATE_PERCENT: ``: the row has fewer cells than there are headings"],
                ),
            ),
            (
                "a very wide row",
                sickness(&format!("{DEVON}{wide}")),
                Loaded(DEVON_FACT, &["row 3, column 9: `x`: the row has more cells"]),
            ),
            (
                "a huge cell",
                sickness(&DEVON.replace("Royal", &"Royal".repeat(10_000))),
                Refused("row 2: a cell has more than 32768 letters"),
            ),
            ("empty cells after the last", sickness(&format!("{},,,\n", DEVON.trim())), Loaded(DEVON_FACT, &[])),
            (
                "a note below the table",
                sickness(&format!("{DEVON}Source: NHS England\n")),
                Loaded(DEVON_FACT, &["row 3, DATE: `Source: NHS England`"]),
            ),
            (
                "blank lines between",
                sickness(&format!("\n{DEVON}\n,,,,,,,\n{}", DEVON.replace("5.39", "x"))),
                Loaded(DEVON_FACT, &["row 6, SICKNESS_ABSENCE_RATE_PERCENT: `x`"]),
            ),
        ],
    );
}

#[test]
fn rows_that_are_there_twice_count_once() {
    let other = DEVON.replace("5.39", "6.1");
    hold(
        "sickness-absence",
        vec![
            ("the same row twice", sickness(&DEVON.repeat(2)), Loaded(DEVON_FACT, &[])),
            (
                "another value for the same thing",
                sickness(&format!("{DEVON}{other}")),
                Loaded(
                    DEVON_FACT,
                    &[
                        "row 3, SICKNESS_ABSENCE_RATE_PERCENT: `6.1`: row 2 gives another value for the same thing; the first was kept",
                    ],
                ),
            ),
            (
                "the same value, rounded",
                sickness(&format!("{DEVON}{}", DEVON.replace("5.39", "5.3900001"))),
                Loaded(DEVON_FACT, &[]),
            ),
        ],
    );
    let sheet = |rate: &str| format!("{}\n{}", SICKNESS, DEVON.replace("5.39", rate)).replace(',', "|");
    hold(
        "sickness-absence",
        vec![
            (
                "the same row on two sheets",
                saved(workbook(&[("a", &sheet("5.39")), ("b", &sheet("5.39"))])),
                Loaded(DEVON_FACT, &[]),
            ),
            (
                "another value on another sheet",
                saved(workbook(&[("a", &sheet("5.39")), ("b", &sheet("6.1"))])),
                Loaded(
                    DEVON_FACT,
                    &["sheet `b`, row 3, SICKNESS_ABSENCE_RATE_PERCENT: `6.1`: row 3 of sheet `a` gives another value"],
                ),
            ),
        ],
    );
}

#[test]
fn a_number_is_read_as_it_is_meant_or_listed() {
    let withheld: &[&str] = &["2024-04 | RH8 | all | sickness_rate | suppressed"];
    let mut cases: Vec<Case> = Vec::new();
    for sign in ["*", "c", "[c]"] {
        cases.push(("a value withheld", rate(sign), Loaded(withheld, &[])));
    }
    for sign in ["-", ".", "..", "n/a", "NA", "", " ", "[x]"] {
        cases.push((
            "a value that is not there",
            [rate(sign), DEVON.replace("RH8", "RK9").into_bytes()].concat(),
            Loaded(&["2024-04 | RK9 | all | sickness_rate | 0.0539"], &[]),
        ));
    }
    for text in ["#N/A", "#REF!", "twelve", "5.3.9", "0x10", "1 2", "NaN", "--5", "(5)", "\"5,39\"", "=1+1", "5e", "£"]
    {
        cases.push(("no number", rate(text), Refused("row 2, SICKNESS_ABSENCE_RATE_PERCENT")));
    }
    for text in ["inf", "1e309", "99999999999999999999", "9e15"] {
        cases.push(("a number out of all proportion", rate(text), Refused("this number is too large to be true")));
    }
    cases.extend([
        ("a percent sign in a column of percentages", rate("5.39%"), Loaded(DEVON_FACT, &[])),
        ("a plain number in quotation marks", rate("\"5.39\""), Loaded(DEVON_FACT, &[])),
        ("an exponent", rate("539e-2"), Loaded(DEVON_FACT, &[])),
        ("thousands", rate("\"1,234.5\""), Loaded(&["2024-04 | RH8 | all | sickness_rate | 12.345"], &[])),
        ("commas that are not between thousands", rate("\"12,34,567\""), Refused("a number is expected here")),
    ]);
    hold("sickness-absence", cases);
    hold(
        "hchs-staff",
        vec![
            ("people less than nobody", nurses("-5"), Refused("`-5`: a number of people cannot be less than 0")),
            ("nobody", nurses("0"), Loaded(&["2021-03 | RH8 | midwives | headcount | 0"], &[])),
            ("pounds", nurses("£1"), Loaded(&["2021-03 | RH8 | midwives | headcount | 1"], &[])),
        ],
    );
    hold(
        "vacancies",
        vec![
            // More people than funded posts is a fact of life.
            (
                "vacancies less than none",
                vacancies("2021-03-31,Y58,QJK,RH8,x,Midwives,-5,10\n"),
                Loaded(
                    &[
                        "2021-03 | RH8 | midwives | establishment_fte | 10",
                        "2021-03 | RH8 | midwives | vacancies_fte | -5",
                    ],
                    &[],
                ),
            ),
        ],
    );
}

#[test]
fn a_date_is_read_as_it_is_meant_or_listed() {
    let two = |first: &str, second: &str| [dated(first), DEVON.replace("30/04/2024", second).into_bytes()].concat();
    let mut cases: Vec<Case> = Vec::new();
    for text in ["2024-04-30", "30APR2024", "30 April 2024", "April 2024", "202404", "2024-04-30T00:00:00", "2024-APR"]
    {
        cases.push(("a date in another form", dated(text), Loaded(DEVON_FACT, &[])));
    }
    for text in ["31/02/2024", "30/13/2024", "", "April", "30/04/24", "0204-04-30", "9999-12-31", "tomorrow"] {
        let row = [dated(text), DEVON.as_bytes().to_vec()].concat();
        let why: &[&str] = if text.is_empty() {
            &["row 2, SICKNESS_ABSENCE_RATE_PERCENT: `5.39`: the description says no period"]
        } else {
            &["row 2, DATE"]
        };
        cases.push(("a date that is none", row, Loaded(DEVON_FACT, why)));
    }
    cases.extend([
        ("a spreadsheet's number", dated("45412"), Refused("it may be a spreadsheet's number for 2024-04-30; give the column the format of a date")),
        ("the month first", dated("04/30/2024"), Refused("row 2, DATE: `04/30/2024`: the month comes first in this date")),
        ("the month first, and a date that could be either", two("04/01/2024", "04/30/2024"), Refused("row 3, DATE: `04/30/2024`: the month comes first")),
        ("one date with the month first among others", two("30/04/2024", "04/30/2024"), Loaded(DEVON_FACT, &["row 3, DATE: `04/30/2024`: `04/30/2024` is not a date, month, quarter or year that Muster knows: the month comes first"])),
        // Where every date of a file could be either, nobody can tell; it is read as in Britain.
        ("a date that could be either", dated("04/05/2024"), Loaded(&["2024-05 | RH8 | all | sickness_rate | 0.0539"], &[])),
    ]);
    hold("sickness-absence", cases);
}

#[test]
fn what_stands_under_the_wrong_heading_is_listed() {
    let good = "2021-03-31,Y58,QJK,RH8,Royal Devon,Midwives,5,10\n";
    let facts: &[&str] =
        &["2021-03 | RH8 | midwives | establishment_fte | 10", "2021-03 | RH8 | midwives | vacancies_fte | 5"];
    // Where only what it belongs to is wrong, the value of an organisation stands.
    let both: &[&str] = &[
        "2021-03 | RH8 | midwives | establishment_fte | 10",
        "2021-03 | RK9 | midwives | establishment_fte | 10",
        "2021-03 | RH8 | midwives | vacancies_fte | 5",
        "2021-03 | RK9 | midwives | vacancies_fte | 5",
    ];
    let and = |row: &str| vacancies(&format!("{good}{row}\n"));
    hold(
        "vacancies",
        vec![
            (
                "a name for a code",
                and("2021-03-31,Y58,QJK,Royal Devon,RH8,Midwives,5,10"),
                Loaded(facts, &["row 3, ORG_CODE: `Royal Devon`: this is not the code of a place"]),
            ),
            (
                "a name of one word for a code",
                and("2021-03-31,Y58,Devon,RK9,x,Midwives,5,10"),
                Loaded(both, &["row 3, ICS_CODE: `Devon`: this is not the code of a place"]),
            ),
            (
                "a region by its name",
                and("2021-03-31,South West,QJK,RK9,x,Midwives,5,10"),
                Loaded(both, &["row 3, REGION_CODE: `South West`"]),
            ),
            (
                "a region by a name of one word",
                and("2021-03-31,London,QJK,RK9,x,Midwives,5,10"),
                Loaded(both, &["row 3, REGION_CODE: `London`"]),
            ),
            (
                "a number for a code",
                and("2021-03-31,Y58,QJK,34.5,x,Midwives,5,10"),
                Loaded(facts, &["row 3, ORG_CODE: `34.5`: this is not the code of a place, which has letters"]),
            ),
            (
                "a region where a system should be",
                and("2021-03-31,QJK,Y58,RK9,x,Midwives,5,10"),
                Loaded(both, &["row 3, ICS_CODE: `Y58`: this is the code of a region, in a column of other places"]),
            ),
            (
                "a system where a region should be",
                and("2021-03-31,QJK,QJK,RK9,x,Midwives,5,10"),
                Loaded(both, &["row 3, REGION_CODE: `QJK`: this is the code of a system"]),
            ),
            (
                "a code with signs in it",
                and("2021-03-31,Y58,QJK,R/H8,x,Midwives,5,10"),
                Loaded(facts, &["row 3, ORG_CODE: `R/H8`"]),
            ),
            (
                "a group that nobody knows",
                and("2021-03-31,Y58,QJK,RH8,x,Ward Wizards,5,10"),
                Loaded(facts, &["row 3, STAFF_GROUP: `Ward Wizards`: no profession or staff group is called this"]),
            ),
            (
                "a number for a group",
                and("2021-03-31,Y58,QJK,RH8,Midwives,5,10,"),
                Loaded(facts, &["row 3, STAFF_GROUP: `5`"]),
            ),
            (
                "a group for a number",
                and("2021-03-31,Y58,QJK,RH8,x,All staff,Midwives,10"),
                Loaded(
                    &[
                        "2021-03 | RH8 | all | establishment_fte | 10",
                        "2021-03 | RH8 | midwives | establishment_fte | 10",
                        "2021-03 | RH8 | midwives | vacancies_fte | 5",
                    ],
                    &["row 3, VACANCIES_FTE: `Midwives`: a number is expected here"],
                ),
            ),
            ("a code in small letters", vacancies("2021-03-31,y58,qjk, rh8 ,x,midwives,5,10\n"), Loaded(facts, &[])),
            // Numbers under each other's headings are numbers still.
            (
                "posts and vacancies in each other's place",
                vacancies("2021-03-31,Y58,QJK,RH8,x,Midwives,10,5\n"),
                Loaded(
                    &[
                        "2021-03 | RH8 | midwives | establishment_fte | 5",
                        "2021-03 | RH8 | midwives | vacancies_fte | 10",
                    ],
                    &[],
                ),
            ),
            (
                "a formula for a name",
                vacancies("2021-03-31,Y58,QJK,RH8,=cmd|' /C calc'!A0,Midwives,5,10\n"),
                Loaded(facts, &[]),
            ),
            (
                "a formula for a group",
                and("2021-03-31,Y58,QJK,RH8,x,=1+1,5,10"),
                Loaded(facts, &["row 3, STAFF_GROUP: `=1+1`"]),
            ),
        ],
    );
}

#[test]
fn a_row_that_cannot_be_a_person_is_listed() {
    let good = nurse("1", "1.0", "15/06/1980");
    let facts: &[&str] =
        &["2025-03 | RH8 | nurses | age=40-44 | fte | 1", "2025-03 | RH8 | nurses | age=40-44 | headcount | 1"];
    let and = |row: String| people(&format!("{good}{row}"));
    // Everyone is counted in many groups; one of them shows it.
    hold_where(
        "staff-record",
        |fact| fact.contains("| nurses | age="),
        vec![
            (
                "hours for a full-time equivalent",
                and(nurse("2", "37.5", "15/06/1980")),
                Loaded(facts, &["row 3, FTE: `37.5`: a full-time equivalent lies between 0 and 2"]),
            ),
            ("less than no time", and(nurse("2", "-1", "15/06/1980")), Loaded(facts, &["row 3, FTE: `-1`"])),
            (
                "no time at all",
                and(nurse("2", "", "15/06/1980")),
                Loaded(facts, &["row 3, FTE: ``: every person needs one"]),
            ),
            (
                "no number",
                and(nurse("", "1", "15/06/1980")),
                Loaded(facts, &["row 3, Employee Number: ``: every person needs one"]),
            ),
            (
                "born tomorrow",
                and(nurse("2", "1", "15/06/2030")),
                Loaded(facts, &["row 3, Date of Birth: `15/06/2030`: this would make the person -6 years old"]),
            ),
            (
                "born in another century",
                and(nurse("2", "1", "15/06/1880")),
                Loaded(facts, &["row 3, Date of Birth: `15/06/1880`: this would make the person 144 years old"]),
            ),
            (
                "born on no day",
                and(nurse("2", "1", "30/02/1980")),
                Loaded(facts, &["row 3, Date of Birth: `30/02/1980`"]),
            ),
            (
                "the same person three times full time",
                and(nurse("1", "1", "15/06/1980").repeat(2)),
                Loaded(
                    &[
                        "2025-03 | RH8 | nurses | age=40-44 | fte | 2",
                        "2025-03 | RH8 | nurses | age=40-44 | headcount | 1",
                    ],
                    &[
                        "row 4, FTE: `1`: with the rows above this person would work 3 full-time equivalents: is the row there twice?",
                    ],
                ),
            ),
            (
                "no date of birth",
                people(&nurse("1", "1", "")),
                Loaded(
                    &[
                        "2025-03 | RH8 | nurses | age=unknown | fte | 1",
                        "2025-03 | RH8 | nurses | age=unknown | headcount | 1",
                    ],
                    &[],
                ),
            ),
        ],
    );
}

#[test]
fn a_workbook_is_read_where_its_tables_are() {
    let facts: &[&str] = &[
        "2025-04/2025-06 | RA9 | all | beds_available | 386.5",
        "2025-04/2025-06 | RA9 | all | detail=maternity | beds_available | 0",
        "2025-04/2025-06 | RA9 | all | beds_occupied | 360.25",
        "2025-04/2025-06 | RA9 | all | detail=maternity | beds_occupied | 0",
    ];
    let moved = format!("x |\n|\n|\n| |{}", BEDS.trim().replace('\n', "\n| |"));
    let texts = BEDS.replace("386.5", "386.50 ").replace("360.25", "£360.25");
    let mut far = workbook(&[("NHS Trust by Sector", BEDS)]);
    far.worksheet_from_index(0).unwrap().write_string(1_048_575, 16_383, "x").unwrap();
    let mut merged = workbook(&[("NHS Trust by Sector", BEDS)]);
    let sheet = merged.worksheet_from_index(0).unwrap();
    sheet.merge_range(1, 6, 1, 7, "Available", &Format::new()).unwrap();
    sheet.merge_range(1, 8, 1, 9, "Occupied", &Format::new()).unwrap();
    hold(
        "beds-kh03",
        vec![
            ("a sound workbook", saved(workbook(&[("NHS Trust by Sector", BEDS)])), Loaded(facts, &[])),
            ("cells merged above the headings", saved(merged), Loaded(facts, &[])),
            ("the table moved down and right", saved(workbook(&[("NHS Trust by Sector", &moved)])), Loaded(facts, &[])),
            ("numbers as text", saved(workbook(&[("NHS Trust by Sector", &texts)])), Loaded(facts, &[])),
            (
                "another sheet before it",
                saved(workbook(&[("Notes", "Contact | us"), ("NHS Trust by Sector", BEDS)])),
                Loaded(facts, &[]),
            ),
            ("the last cell that a sheet can have", saved(far), Loaded(facts, &[])),
            (
                "the sheet under another name",
                saved(workbook(&[("Sheet1", BEDS)])),
                Refused("no publication that Muster knows"),
            ),
            (
                "the sheet missing",
                saved(workbook(&[("Notes", "Contact | us")])),
                Refused("no publication that Muster knows"),
            ),
            (
                "no sheet with anything",
                saved(workbook(&[("a", ""), ("b", "")])),
                Refused("no sheet of the workbook holds anything"),
            ),
            (
                "an entity that the file defines itself",
                workbook_of("<!DOCTYPE sst [<!ENTITY odd \"odd\">]>", "<row><c t=\"s\"><v>0</v></c></row>"),
                Refused("the workbook is damaged"),
            ),
            (
                "a shared text that is not there",
                workbook_of("", "<row><c t=\"s\"><v>7</v></c></row>"),
                Refused("the workbook"),
            ),
            (
                "a cell that no sheet has",
                workbook_of("", "<row><c r=\"ZZZZ1\"><v>7</v></c></row>"),
                Refused("the workbook"),
            ),
        ],
    );
}

#[test]
fn a_code_merged_over_several_rows_is_the_code_of_each_and_a_number_only_of_the_first() {
    let text = "DATE|REGION_CODE|ICS_CODE|ORG_CODE|STAFF_GROUP|VACANCIES_FTE|ESTABLISHMENT_FTE
        =2021-03-31|Y58|QJK|RH8|Midwives|5|10
        | | | |All staff| |20";
    let mut book = workbook(&[("Posts", text)]);
    let sheet = book.worksheet_from_index(0).unwrap();
    for (column, code) in [(1, "Y58"), (2, "QJK"), (3, "RH8")] {
        sheet.merge_range(1, column, 2, column, code, &Format::new()).unwrap();
    }
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.merge_range(1, 0, 2, 0, "", &date).unwrap();
    sheet.write_datetime_with_format(1, 0, ExcelDateTime::parse_from_str("2021-03-31").unwrap(), &date).unwrap();
    sheet.merge_range(1, 5, 2, 5, "", &Format::new()).unwrap();
    sheet.write_number(1, 5, 5).unwrap();
    hold(
        "vacancies",
        vec![(
            "merged cells",
            saved(book),
            Loaded(
                &[
                    "2021-03 | RH8 | all | establishment_fte | 20",
                    "2021-03 | RH8 | midwives | establishment_fte | 10",
                    "2021-03 | RH8 | midwives | vacancies_fte | 5",
                ],
                &[],
            ),
        )],
    );
}

#[test]
fn a_small_file_that_unpacks_to_a_very_large_one_is_refused_before_it_is_held() {
    let limits = Limits { bytes: 2_000_000, cells: 1_000_000 };
    let refused = |bytes: Vec<u8>, part: &str| {
        assert!(bytes.len() < 300_000, "the file itself is small: {}", bytes.len());
        match open_bytes("bomb", bytes, limits) {
            Err(OpenError::Refused(why)) => assert!(why.contains(part), "{why}"),
            other => panic!("{part}: {:?}", other.map(|file| file.sheets.len())),
        }
    };
    let zeros = vec![0; 10_000_000];
    let spaces = " ".repeat(10_000_000);
    refused(gzip(&zeros), "unpacked, the file is larger than 2 MB");
    refused([gzip(&zeros[..1_500_000]), gzip(&zeros[..1_500_000])].concat(), "unpacked, the file is larger than 2 MB");
    let packed = zip::write::SimpleFileOptions::default();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", spaces.as_str())] {
        writer.start_file(name, packed).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    refused(writer.finish().unwrap().into_inner(), "unpacked, the workbook is larger than 2 MB");
    refused(gzip(",".repeat(1_500_000).as_bytes()), "more than 1 million cells");
    let shared: String = (1..=200).fold(String::new(), |rows, row| {
        rows + &format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>")
    });
    let long = workbook_of("", &shared);
    refused(
        {
            // One text of 30,000 letters in 200 cells.
            let mut archive = zip::ZipArchive::new(Cursor::new(long)).unwrap();
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for at in 0..archive.len() {
                let mut part = archive.by_index(at).unwrap();
                let name = part.name().unwrap().into_owned();
                let text = std::io::read_to_string(&mut part).unwrap();
                writer.start_file(name, packed).unwrap();
                writer
                    .write_all(text.replace("<t>x</t>", &format!("<t>{}</t>", "x".repeat(30_000))).as_bytes())
                    .unwrap();
            }
            writer.finish().unwrap().into_inner()
        },
        "the texts of the file come to more than 2 MB",
    );
    let scattered: String = (1..=70)
        .fold(String::new(), |rows, row| rows + &format!("<row r=\"{row}\"><c r=\"XFD{row}\"><v>1</v></c></row>"));
    let wide = Limits { cells: 30_000_000, ..limits };
    let why = open_bytes("scattered", workbook_of("", &scattered), wide).unwrap_err().to_string();
    assert!(why.contains("the cells are so far apart that nearly all are empty"), "{why}");
}

#[test]
fn a_file_that_fits_two_descriptions_is_filed_under_neither() {
    let mut library = Library::built_in().unwrap();
    library
        .add(
            "twin.toml",
            r#"
id        = "twin"
title     = "The same again"
publisher = "Nobody"
licence   = "OGL-3.0"
about     = "A second description of the same headings."
[[table]]
name     = "by organisation"
headings = ["DATE", "ORG_CODE", "SICKNESS_ABSENCE_RATE_PERCENT"]
[[table.values]]
columns = "SICKNESS_ABSENCE_RATE_PERCENT"
measure = "sickness_rate"
"#,
        )
        .unwrap();
    let file = open_bytes("file.csv", sickness(DEVON), Limits::default()).unwrap();
    let why = read::recognise(&file, &library).map(|found| found.id.clone()).unwrap_err().to_string();
    assert!(why.starts_with("it could be any of sickness-absence, twin: name the sheet or the file"), "{why}");
}

#[test]
fn a_description_that_would_run_away_is_refused() {
    let description = |keys: &str| {
        format!(
            "id = 'odd'\ntitle = 'Odd'\npublisher = 'Nobody'\nlicence = 'OGL-3.0'\nabout = 'Odd.'\n[[table]]\nname = 'odd'\n{keys}\n[[table.values]]\ncolumns = '#2'\nmeasure = 'fte'\nperiod = '2021-03'\n"
        )
    };
    for (name, keys, part) in [
        ("it would be read again for ever", "columns = 2\nrepeats = true", "can only repeat where `headings`"),
        ("a place without a code", "headings = ['a']\notherwise = ' '", "`otherwise` is the code of a place"),
        ("no sign of where the table is", "fill = ['#1']", "needs `headings`, or `columns`"),
        (
            "a pattern that is none",
            "headings = ['a']\nperiod = { column = 'a', pattern = '(' }",
            "is not a regular expression",
        ),
        (
            "a pattern that is too large",
            "headings = ['a']\nplace = [{ kind = 'area', code = 'a', name = { column = 'a', pattern = 'a{999999}' } }]",
            "is not a regular expression",
        ),
    ] {
        let error = Library::built_in().unwrap().add("odd.toml", &description(keys)).unwrap_err();
        assert!(error.to_string().contains(part), "{name}: {error}");
    }
    let mut library = Library::built_in().unwrap();
    for (name, keys) in [
        ("a column to fill that is not there", "headings = ['a', 'b']\nfill = ['#999999999999']"),
        (
            "a whole number that grows too large",
            "headings = ['a', 'b']\ngrade = { column = '#1', plus = 9223372036854775807 }",
        ),
    ] {
        library.add("odd.toml", &description(keys)).unwrap();
        let file = open_bytes("file.csv", b"a,b\n9,5\n".to_vec(), Limits::default()).unwrap();
        let filing = read::read(&file, library.publication("odd").unwrap(), &library).unwrap();
        assert_eq!(filing.facts.list.len(), 1, "{name}");
    }
}
