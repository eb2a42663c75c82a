//! Random edits go through a workbook into the files, and the files say exactly those edits and nothing else: read here with other readers
//! than the crate's own.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::bench::{Book, Desk, View};

/// One edit: a row that is named by what it holds, a column, and the new value.
#[derive(Debug, Clone)]
struct Edit {
    sheet: &'static str,
    column: &'static str,
    /// Which of the rows.
    row: usize,
    value: New,
}

#[derive(Debug, Clone)]
enum New {
    Number(f64),
    Words(String),
}

/// Where edits keep the plan sound whatever they say.
const WORDS: [(&str, &str); 9] = [
    ("Actions", "title"),
    ("Actions", "evidence"),
    ("Actions", "owner.role"),
    ("Scenarios", "title"),
    ("Effects", "why"),
    ("Supply", "where"),
    ("Targets", "note"),
    ("Checks", "title"),
    ("Measures", "about"),
];

fn edit() -> impl Strategy<Value = Edit> {
    let words = (0..WORDS.len(), 0..50_usize, "[ -~£é–]{1,12}[a-z\"\\\\#',\\n=\\[\\]]{1,12}[a-z]").prop_map(
        |(at, row, text)| {
            let (sheet, column) = WORDS[at];
            Edit { sheet, column, row, value: New::Words(text) }
        },
    );
    let rates = (0..50_usize, 0.0..0.9_f64).prop_map(|(row, number)| Edit {
        sheet: "Rates",
        column: "value",
        row,
        value: New::Number(number),
    });
    let points = (0..50_usize, 0.1..0.9_f64).prop_map(|(row, number)| Edit {
        sheet: "Money",
        column: "value",
        row,
        value: New::Number(number * 1e5),
    });
    prop_oneof![3 => words, 1 => rates, 1 => points]
}

/// Everything that the files say, by file and place in it, read by other means.
fn said(desk: &Desk) -> BTreeMap<String, String> {
    fn walk(at: &str, value: &toml::Value, said: &mut BTreeMap<String, String>) {
        match value {
            toml::Value::Table(table) => {
                table.iter().for_each(|(key, value)| walk(&format!("{at}/{key}"), value, said));
            }
            toml::Value::Array(list) => {
                list.iter().enumerate().for_each(|(i, value)| walk(&format!("{at}/{i}"), value, said));
            }
            toml::Value::Integer(number) => drop(said.insert(at.to_owned(), format!("{}", *number as f64))),
            toml::Value::Float(number) => drop(said.insert(at.to_owned(), format!("{number}"))),
            toml::Value::String(text) => drop(said.insert(at.to_owned(), text.clone())),
            other => drop(said.insert(at.to_owned(), other.to_string())),
        }
    }
    let mut said = BTreeMap::new();
    for (path, held) in desk.files() {
        let name = path.display().to_string();
        let text = String::from_utf8(held).unwrap();
        if name.ends_with("/change-log.csv") {
            continue;
        }
        if path.extension().is_some_and(|ending| ending == "toml") {
            walk(&name, &toml::Value::Table(text.parse().unwrap()), &mut said);
        } else {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            for (row, record) in reader.records().enumerate() {
                for (column, cell) in record.unwrap().iter().enumerate() {
                    said.insert(format!("{name}/{row}/{column}"), cell.to_owned());
                }
            }
        }
    }
    said
}

fn comments(desk: &Desk) -> usize {
    desk.files()
        .values()
        .map(|held| String::from_utf8_lossy(held).lines().filter(|line| line.contains("# kept")).count())
        .sum()
}

#[test]
fn random_edits_arrive_and_nothing_else_changes() {
    let config = ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(edits in proptest::collection::vec(edit(), 1..6), crlf in any::<bool>())| {
        let desk = Desk::small();
        // Comments in every place where one may stand, and the other line ends.
        let actions = desk.text("plans/small/actions.toml").replace("\n[[action", "\n# kept\n[[action").replace("level    = \"national\"", "level    = \"national\" # kept");
        desk.put("plans/small/actions.toml", &actions);
        if crlf {
            let rates = desk.text("books/small/supply/leaver_rate.csv").replace('\n', "\r\n");
            desk.put("books/small/supply/leaver_rate.csv", &rates);
        }
        let bytes = desk.export();
        let view = View::of(&bytes);
        let mut book = Book::open(&bytes);
        let mut expected: BTreeMap<(String, String), String> = BTreeMap::new();
        for edit in &edits {
            let sheet = if edit.sheet == "Rates" { "Supply" } else { edit.sheet };
            let is_open = |(key, column): &(String, String)| {
                column == edit.column
                    && (edit.sheet != "Rates" || view.cells(sheet)[&(key.clone(), "measure".to_owned())].1 == "leaver_rate")
                    && (edit.sheet != "Money" || view.cells(sheet)[&(key.clone(), "measure".to_owned())].1 == "earnings_gbp")
            };
            let cells: Vec<_> = view.cells(sheet).into_iter().filter(|(name, _)| is_open(name)).collect();
            let ((key, _), (address, _)) = &cells[edit.row % cells.len()];
            // Tables of the small book have no column for words.
            let closed = sheet == "Supply" && edit.column == "where" && view.cells(sheet)[&(key.clone(), "file".to_owned())].1.contains(".csv");
            if closed || expected.contains_key(&(sheet.to_owned(), address.clone())) {
                continue;
            }
            let shown = match &edit.value {
                New::Number(number) => {
                    // A rate stays within its range.
                    let number = if edit.sheet == "Rates" { 0.16 + number / 100.0 } else { number.round() };
                    if edit.sheet == "Rates" && !view.cells(sheet)[&(key.clone(), "age".to_owned())].1.starts_with("55") { continue }
                    book.number(sheet, address, number);
                    format!("{number}")
                }
                New::Words(text) => {
                    book.words(sheet, address, text);
                    text.trim().to_owned()
                }
            };
            expected.insert((sheet.to_owned(), address.clone()), shown);
        }
        let before = said(&desk);
        let kept = comments(&desk);
        let imported = desk.import(&book.bytes()).unwrap_or_else(|error| panic!("{error:?}\n{edits:?}"));
        let after = said(&desk);
        prop_assert_eq!(kept, comments(&desk));
        // What differs is what was edited, value by value.
        let mut new: Vec<String> = after.iter().filter(|(place, value)| before.get(*place) != Some(value)).map(|(_, value)| value.replace("\r\n", "\n")).collect();
        let mut meant: Vec<String> = imported.changed.iter().map(|change| expected[&change.cell.split_once('!').map(|(sheet, cell)| (sheet.to_owned(), cell.to_owned())).unwrap()].clone()).collect();
        new.sort();
        meant.sort();
        prop_assert_eq!(new, meant);
        prop_assert!(before.keys().all(|place| after.contains_key(place)), "something was lost");
        // Out again, every cell says what the workbook said; and back again, nothing changes.
        let again = desk.export();
        let (edited, out) = (View::of(&book.bytes()), View::of(&again));
        for sheet in edited.sheets() {
            let trimmed = |cells: BTreeMap<(String, String), (String, String)>| -> Vec<_> {
                let derived = ["growth", "width", "sum"];
                cells.into_iter().filter(|((_, name), _)| !derived.contains(&name.as_str())).map(|(key, (_, text))| (key, text.trim().to_owned())).collect()
            };
            prop_assert_eq!(trimmed(edited.cells(&sheet)), trimmed(out.cells(&sheet)));
        }
        prop_assert!(desk.import(&again).unwrap().changed.is_empty());
    });
}
