//! Workbooks that were treated roughly and still mean one thing: they are read, and what was taken in a form of its own is said.

use crate::bench::{Book, Desk, View};

const RATE: (&str, &[(&str, &str)], &str) = ("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "value");

/// Imports a change of the small plan, and gives the text of the file that holds the leaver rates, and the notes.
fn after(change: impl FnOnce(&mut Book, &View)) -> (String, Vec<String>) {
    let desk = Desk::small();
    let bytes = desk.export();
    let view = View::of(&bytes);
    let mut book = Book::open(&bytes);
    change(&mut book, &view);
    let imported = desk.import(&book.bytes()).unwrap_or_else(|error| panic!("{error:?}"));
    (desk.text("books/small/supply/leaver_rate.csv"), imported.notes)
}

#[test]
fn numbers_that_were_written_as_text_are_taken_and_it_is_said() {
    for (text, value) in
        [("21%", "0.21"), ("\u{a0}0.21 ", "0.21"), ("0.2100", "0.21"), ("+.21", "0.21"), ("\u{2009}21 %", "0.21")]
    {
        let (csv, notes) = after(|book, view| book.words("Supply", &view.find(RATE.0, RATE.1, RATE.2), text));
        assert!(csv.contains(&format!("nursing,55-75,,0.15,0.25,{value}\n")), "{text}: {csv}");
        assert!(notes.iter().any(|note| note.contains("was written as text")), "{text}: {notes:?}");
    }
    let desk = Desk::small();
    let bytes = desk.export();
    let view = View::of(&bytes);
    for (text, value) in [("£36,500", "36500"), ("36 500", "36500"), ("36,500.50", "36500.5")] {
        let mut book = Book::open(&bytes);
        book.words("Money", &view.find("Money", &[("profession", "nurses")], "value"), text);
        let imported = desk.import(&book.bytes()).unwrap();
        assert!(imported.notes.iter().any(|note| note.contains(value)), "{:?}", imported.notes);
        assert!(desk.text("books/small/money/earnings_gbp.csv").contains(&format!("nurses,{value}\n")));
        desk.put(
            "books/small/money/earnings_gbp.csv",
            &crate::small::small().text("books/small/money/earnings_gbp.csv"),
        );
    }
}

#[test]
fn the_same_value_in_other_words_is_no_change() {
    for text in ["20%", " 0.2", "0.20", "\u{a0}0.2\u{a0}"] {
        let (csv, _) = after(|book, view| book.words("Supply", &view.find(RATE.0, RATE.1, RATE.2), text));
        assert_eq!(csv, crate::small::small().text("books/small/supply/leaver_rate.csv"), "{text}");
    }
}

#[test]
fn columns_may_be_moved_rows_sorted_and_sheets_hidden() {
    let (csv, notes) = after(|book, view| {
        // Two columns change places, with all that stands in them.
        let (a, b) = (view.name_cell("Supply", "low"), view.name_cell("Supply", "value"));
        let (a, b) = (a.trim_end_matches(char::is_numeric).to_owned(), b.trim_end_matches(char::is_numeric).to_owned());
        let rate = view.find(RATE.0, RATE.1, RATE.2);
        book.number("Supply", &rate, 0.22);
        book.edit("Supply", |text| {
            let mut out = text;
            for (from, to) in [(a.as_str(), "\u{1}"), (b.as_str(), a.as_str()), ("\u{1}", b.as_str())] {
                for row in 1..400 {
                    out = out.replace(&format!("r=\"{from}{row}\""), &format!("r=\"{to}{row}\""));
                }
            }
            out
        });
        let sheets = book.part("xl/workbook.xml").replace("name=\"Supply\"", "name=\"Supply\" state=\"hidden\"");
        book.set_part("xl/workbook.xml", &sheets);
    });
    assert!(csv.contains("nursing,55-75,,0.15,0.25,0.22\n"), "{csv}");
    assert!(notes.iter().any(|note| note.contains("hidden")), "{notes:?}");
}

#[test]
fn columns_and_sheets_of_ones_own_are_left_alone() {
    let (csv, notes) = after(|book, view| {
        let row = view.first_row("Supply") - 1;
        let cell = format!("<c r=\"ZZ{row}\" t=\"inlineStr\"><is><t>my notes</t></is></c></row>");
        book.edit("Supply", |text| {
            let start = text.find(&format!("<row r=\"{row}\"")).unwrap();
            let end = start + text[start..].find("</row>").unwrap();
            format!("{}{cell}{}", &text[..end], &text[end + 6..])
        });
        book.number("Supply", &view.find(RATE.0, RATE.1, RATE.2), 0.23);
    });
    assert!(csv.contains("nursing,55-75,,0.15,0.25,0.23\n"));
    assert!(notes.iter().any(|note| note.contains("my notes") && note.contains("not read")), "{notes:?}");
}

#[test]
fn days_counted_from_1904_and_days_as_numbers_are_the_days_they_are() {
    let desk = Desk::small();
    let bytes = desk.export();
    let view = View::of(&bytes);
    let due = view.find("Actions", &[("id", "A2")], "due");
    // Excel on some machines counts from 1904: every day in the workbook is then 1,462 less.
    let mut book = Book::open(&bytes);
    let text = book.part("xl/workbook.xml");
    let text = if text.contains("<workbookPr ") {
        text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ")
    } else {
        text.replace("<workbookPr/>", "<workbookPr date1904=\"1\"/>")
    };
    book.set_part("xl/workbook.xml", &text);
    let day_cells: Vec<(String, String)> = [
        "Plan",
        "Actions",
        "Action costs",
        "Effect points",
        "Targets",
        "Checks",
        "Supply",
        "Training",
        "Demand",
        "Money",
        "Places",
        "Place shares",
        "Measures",
        "Sources",
        "Scenario points",
        "Failure points",
    ]
    .iter()
    .flat_map(|sheet| {
        let days = ["due", "from", "to", "checked", "published", "table.from", "table.to"];
        let is_day = move |name: &str, text: &str| {
            (days.contains(&name) && !text.is_empty())
                || (*sheet == "Plan" && name == "value" && text.parse::<f64>().is_ok())
        };
        let cells = view.cells(sheet).into_iter().filter(move |((_, name), (_, text))| is_day(name, text));
        cells.map(|(_, (address, _))| ((*sheet).to_owned(), address)).collect::<Vec<_>>()
    })
    .collect();
    for (sheet, address) in &day_cells {
        book.edit(sheet, |text| {
            let start = text.find(&format!("<c r=\"{address}\"")).unwrap();
            let from = start + text[start..].find("<v>").unwrap() + 3;
            let to = from + text[from..].find("</v>").unwrap();
            let number: f64 = text[from..to].parse().unwrap();
            format!("{}{}{}", &text[..from], number - 1462.0, &text[to..])
        });
    }
    let imported = desk.import(&book.bytes()).unwrap();
    assert!(imported.changed.is_empty(), "{:?}", imported.changed);
    // A day that lost its format is a number.
    let mut book = Book::open(&bytes);
    book.edit("Actions", |text| {
        let start = text.find(&format!("<c r=\"{due}\"")).unwrap();
        let end = start + text[start..].find("</c>").unwrap() + 4;
        format!("{}<c r=\"{due}\"><v>46843</v></c>{}", &text[..start], &text[end..])
    });
    let imported = desk.import(&book.bytes()).unwrap();
    assert!(imported.notes.iter().any(|note| note.contains("2028-03-31")), "{:?}", imported.notes);
    assert!(desk.text("plans/small/actions.toml").contains("due      = 2028-03-31"));
}

#[test]
fn what_is_missing_is_kept_where_that_is_asked_for() {
    let desk = Desk::small();
    let bytes = desk.export();
    let view = View::of(&bytes);
    let mut book = Book::open(&bytes);
    let text = book.part("xl/workbook.xml").replace("name=\"Money\"", "name=\"Gone\"");
    book.set_part("xl/workbook.xml", &text);
    book.number("Supply", &view.find(RATE.0, RATE.1, RATE.2), 0.24);
    let before = desk.text("books/small/money/earnings_gbp.csv");
    let imported = desk.import_with(&book.bytes(), true).unwrap();
    assert_eq!(imported.changed.len(), 1);
    assert_eq!(before, desk.text("books/small/money/earnings_gbp.csv"));
    assert!(imported.notes.iter().any(|note| note.contains("Money") && note.contains("kept")), "{:?}", imported.notes);
}
