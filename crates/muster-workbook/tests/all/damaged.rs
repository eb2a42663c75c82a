//! Damaged workbooks: each is refused with the right code, at the right place, and no file is touched. A damage is done at many places.

use muster_workbook::Finding;

use crate::bench::{Book, Desk, View};

/// A row by what it holds, and a column of it, on a sheet.
type Place = (&'static str, &'static [(&'static str, &'static str)], &'static str);
/// What is done to a workbook.
type Damage = Box<dyn Fn(&View, Vec<u8>) -> Vec<u8>>;

/// One damage, and what should be said of it.
struct Case {
    title: String,
    damage: Damage,
    code: &'static str,
    /// What the place must begin with.
    place: String,
    /// What the message and the help must hold.
    words: Vec<String>,
}

/// Rows of the small plan that damages are done to: a sheet, what a row of it holds, and a column of numbers.
const NUMBERS: [Place; 14] = [
    ("Supply", &[("measure", "stock_fte"), ("profession", "nurses")], "value"),
    ("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "value"),
    ("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "low"),
    ("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "high"),
    ("Supply", &[("measure", "international_headcount"), ("profession", "consultants")], "low"),
    ("Training", &[("measure", "training_intake"), ("programme", "medicine")], "value"),
    ("Training", &[("measure", "course_attrition"), ("programme", "medicine")], "value"),
    ("Demand", &[("measure", "demand_fte"), ("profession", "trainees")], "value"),
    ("Demand", &[("measure", "temporary_fill")], "high"),
    ("Money", &[("measure", "earnings_gbp"), ("profession", "consultants")], "value"),
    ("Place shares", &[("place", "QOX"), ("setting", "acute")], "value"),
    ("Effect points", &[("in action", "A2")], "value"),
    ("Effects", &[("in action", "A1")], "range[0]"),
    ("Programmes", &[("id", "medicine")], "length_years"),
];

/// Cells of days.
const DAYS: [Place; 4] = [
    ("Actions", &[("id", "A2")], "due"),
    ("Effect points", &[("in action", "A2")], "from"),
    ("Targets", &[("id", "more-nurses")], "due"),
    ("Demand", &[("measure", "temporary_fill")], "from"),
];

fn cell(sheet: &'static str, with: &'static [(&str, &str)], column: &'static str) -> impl Fn(&View) -> String + Clone {
    move |view: &View| view.find(sheet, with, column)
}

/// A case in which one cell is given a text, a number, or XML of its own.
fn in_cell(
    title: &str,
    (sheet, with, column): Place,
    put: impl Fn(&mut Book, &str) + 'static,
    code: &'static str,
    words: &[&str],
    view: &View,
) -> Case {
    let at = cell(sheet, with, column);
    Case {
        title: format!("{title} in {sheet} {column} of {with:?}"),
        place: format!("{sheet}!{}", at(view)),
        damage: Box::new(move |view, bytes| {
            let mut book = Book::open(&bytes);
            put(&mut book, &at(view));
            book.bytes()
        }),
        code,
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    }
}

fn texts_in_numbers(view: &View, cases: &mut Vec<Case>) {
    for place in NUMBERS {
        for text in ["about 5", "1,23", "n/a"] {
            let sheet = place.0;
            let put = move |book: &mut Book, at: &str| book.words(sheet, at, text);
            cases.push(in_cell(&format!("the text {text}"), place, put, "M053", &["is not a number", "digits"], view));
        }
    }
}

fn errors_of_formulas(view: &View, cases: &mut Vec<Case>) {
    let places =
        [NUMBERS[0], NUMBERS[5], NUMBERS[10], ("Actions", &[("id", "A1")] as &[(&str, &str)], "title"), DAYS[0]];
    for place in places {
        for error in ["#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"] {
            let sheet = place.0;
            let put = move |book: &mut Book, at: &str| book.put(sheet, at, "e", &format!("<f>1/0</f><v>{error}</v>"));
            cases.push(in_cell(error, place, put, "M053", &[error, "mend the formula"], view));
        }
        let sheet = place.0;
        let put = move |book: &mut Book, at: &str| book.put(sheet, at, "", "<f>B2*2</f>");
        cases.push(in_cell("a formula without a result", place, put, "M053", &["formula", "save it"], view));
    }
}

fn days(view: &View, cases: &mut Vec<Case>) {
    for place in DAYS {
        for (text, word) in [
            ("03/04/2029", "may be 2029-04-03 or 2029-03-04"),
            ("spring 2029", "is not a day"),
            ("31/02/2029", "is not a day"),
        ] {
            let sheet = place.0;
            let put = move |book: &mut Book, at: &str| book.words(sheet, at, text);
            cases.push(in_cell(&format!("the day {text}"), place, put, "M053", &[word, "write it as"], view));
        }
        let sheet = place.0;
        let put = move |book: &mut Book, at: &str| book.number(sheet, at, 2029.5);
        cases.push(in_cell("half a day", place, put, "M053", &["time"], view));
    }
    let age = ("Supply", &[("measure", "leaver_rate"), ("age", "55-75")] as &[(&str, &str)], "age");
    let put = |book: &mut Book, at: &str| book.put("Supply", at, "d", "<v>2026-10-12</v>");
    cases.push(in_cell(
        "an age band that became a day",
        age,
        put,
        "M053",
        &["taken the text for a date", "10-12"],
        view,
    ));
}

fn missing_columns(view: &View, cases: &mut Vec<Case>) {
    for sheet in ["Supply", "Training", "Money", "Actions", "Effects", "Effect points", "Targets", "Places", "Sources"]
    {
        for column in view.columns(sheet) {
            if ["measure", "growth", "width", "sum"].contains(&column.as_str()) && sheet != "Effects" {
                continue;
            }
            if sheet == "Effects" && column == "width" || column == "key" {
                continue;
            }
            for renamed in [false, true] {
                let name = column.clone();
                let damage = move |view: &View, bytes: Vec<u8>| {
                    let mut book = Book::open(&bytes);
                    let at = view.name_cell(sheet, &name);
                    if renamed {
                        book.words(sheet, &at, "my own name");
                    } else {
                        book.clear(sheet, &at);
                    }
                    book.bytes()
                };
                let words = if renamed {
                    vec![column.clone(), "my own name".to_owned()]
                } else {
                    vec![column.clone(), "put it back".to_owned()]
                };
                let title =
                    format!("the column {column} of {sheet} {}", if renamed { "renamed" } else { "without its name" });
                cases.push(Case { title, damage: Box::new(damage), code: "M051", place: sheet.to_owned(), words });
            }
        }
    }
}

fn missing_sheets_and_rows(view: &View, cases: &mut Vec<Case>) {
    for sheet in [
        "Plan",
        "Actions",
        "Effects",
        "Effect points",
        "Scenarios",
        "Targets",
        "Checks",
        "Supply",
        "Training",
        "Demand",
        "Money",
        "Places",
        "Sources",
        "Measures",
    ] {
        let damage = move |_: &View, bytes: Vec<u8>| {
            let mut book = Book::open(&bytes);
            let text = book.part("xl/workbook.xml").replace(&format!("name=\"{sheet}\""), "name=\"Gone\"");
            book.set_part("xl/workbook.xml", &text);
            book.bytes()
        };
        let words = vec!["the sheet is missing".to_owned(), "--keep-missing".to_owned()];
        cases.push(Case {
            title: format!("no sheet {sheet}"),
            damage: Box::new(damage),
            code: "M051",
            place: sheet.to_owned(),
            words,
        });
        let damage = move |view: &View, bytes: Vec<u8>| {
            let mut book = Book::open(&bytes);
            book.edit(sheet, |text| without_row(&text, view.first_row(sheet)));
            book.bytes()
        };
        let words = vec!["is missing".to_owned(), "put it back".to_owned()];
        cases.push(Case {
            title: format!("a row of {sheet} removed"),
            damage: Box::new(damage),
            code: "M051",
            place: format!("{sheet}!row"),
            words,
        });
        if sheet != "Plan" {
            let damage = move |view: &View, bytes: Vec<u8>| {
                let mut book = Book::open(&bytes);
                book.edit(sheet, |text| with_copy(&text, view.first_row(sheet), 5_000));
                book.bytes()
            };
            let words = vec!["is a copy of row".to_owned(), "clear this cell".to_owned()];
            cases.push(Case {
                title: format!("a row of {sheet} copied"),
                damage: Box::new(damage),
                code: "M055",
                place: format!("{sheet}!A5000"),
                words,
            });
        }
        let damage = move |view: &View, bytes: Vec<u8>| {
            let mut book = Book::open(&bytes);
            let row = view.first_row(sheet);
            book.edit(sheet, |text| {
                text.replace(
                    "</sheetData>",
                    &format!(
                        "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"B{row}:C{}\"/></mergeCells>",
                        row + 1
                    ),
                )
            });
            book.bytes()
        };
        let words = vec!["merged".to_owned(), "unmerge".to_owned()];
        let place = format!("{sheet}!B{}", view.first_row(sheet));
        cases.push(Case {
            title: format!("merged cells in {sheet}"),
            damage: Box::new(damage),
            code: "M057",
            place,
            words,
        });
        let damage = move |view: &View, bytes: Vec<u8>| {
            let mut book = Book::open(&bytes);
            book.words(sheet, &format!("A{}", view.first_row(sheet)), "E999-999");
            book.bytes()
        };
        let words = vec!["is no key".to_owned(), "put the key back".to_owned()];
        let place = format!("{sheet}!A{}", view.first_row(sheet));
        cases.push(Case {
            title: format!("another key in {sheet}"),
            damage: Box::new(damage),
            code: "M052",
            place,
            words,
        });
    }
}

/// What reads well as a cell and makes no plan.
fn unsound(view: &View, cases: &mut Vec<Case>) {
    let rate = ("Supply", &[("measure", "leaver_rate"), ("age", "55-75")] as &[(&str, &str)], "value");
    let numbers = [
        (rate, -0.1, "M009"),
        (rate, 1.5, "M009"),
        (NUMBERS[0], -5.0, "M009"),
        (NUMBERS[9], -1.0, "M009"),
        (NUMBERS[10], 0.9, "M015"),
    ];
    for (place, number, code) in numbers {
        let sheet = place.0;
        let put = move |book: &mut Book, at: &str| book.number(sheet, at, number);
        let mut case = in_cell(&format!("the number {number}"), place, put, code, &[], view);
        if code == "M015" {
            // What does not add up is said of the whole.
            sheet.clone_into(&mut case.place);
        }
        cases.push(case);
    }
    let texts: [(Place, &str, &str); 12] = [
        (("Supply", &[("measure", "stock_fte"), ("profession", "nurses")], "profession"), "nurse", "M010"),
        (("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "group"), "nursery", "M010"),
        (("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "age"), "55-120", "M017"),
        (("Supply", &[("measure", "stock_fte"), ("profession", "nurses")], "source"), "the-register", "M011"),
        (("Training", &[("measure", "training_intake"), ("programme", "medicine")], "programme"), "medecine", "M010"),
        (("Place shares", &[("place", "QOX"), ("setting", "acute")], "place"), "QZZ", "M010"),
        (("Place shares", &[("place", "QOX"), ("setting", "acute")], "setting"), "hospital", "M010"),
        (("Places", &[("code", "QOX")], "parent"), "Y99", "M019"),
        (("Places", &[("code", "QOX")], "kind"), "county", "M019"),
        (("Actions", &[("id", "A1")], "source"), "nobody", "M011"),
        (("Scenarios", &[("id", "no-retention")], "without"), "A9", "M010"),
        (("Effects", &[("in action", "A2")], "for.group"), "nursery", "M010"),
    ];
    for (place, text, code) in texts {
        let sheet = place.0;
        let put = move |book: &mut Book, at: &str| book.words(sheet, at, text);
        let mut case = in_cell(&format!("the name {text}"), place, put, code, &[], view);
        if place.2 == "parent" {
            // What a place belongs to is said of the place.
            sheet.clone_into(&mut case.place);
        }
        cases.push(case);
    }
    let needed: [(Place, &str); 3] = [
        (("Actions", &[("id", "A1")], "title"), "M005"),
        (("Supply", &[("measure", "stock_fte"), ("profession", "nurses")], "value"), "M005"),
        (("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "value"), "M005"),
    ];
    for (place, code) in needed {
        let sheet = place.0;
        let put = move |book: &mut Book, at: &str| book.clear(sheet, at);
        let mut case = in_cell("nothing", place, put, code, &[], view);
        sheet.clone_into(&mut case.place);
        cases.push(case);
    }
}

fn closed_cells_and_new_rows(view: &View, cases: &mut Vec<Case>) {
    let closed: [Place; 5] = [
        ("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "file"),
        ("Effects", &[("in action", "A1")], "in action"),
        ("Effect points", &[("in action", "A2")], "in effect"),
        ("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "profession"),
        ("Money", &[("measure", "earnings_gbp"), ("profession", "nurses")], "low"),
    ];
    for place in closed {
        let sheet = place.0;
        let put = move |book: &mut Book, at: &str| book.words(sheet, at, "0.5 of mine");
        cases.push(in_cell("a grey cell changed", place, put, "M054", &[], view));
    }
    let rows: [Place; 6] = [
        ("Supply", &[("value", "5")], "does not say its file"),
        ("Supply", &[("file", "nowhere.csv"), ("value", "5")], "is not a file of this sheet"),
        (
            "Supply",
            &[("file", "leaver_rate.csv"), ("profession", "nurses"), ("value", "0.1")],
            "has no column profession",
        ),
        ("Effects", &[("measure", "leaver_rate")], "does not say which action"),
        ("Effects", &[("in action", "A9"), ("measure", "leaver_rate")], "there is no action"),
        ("Effect points", &[("in action", "A1"), ("in effect", "7"), ("value", "1")], "there is no effect"),
    ];
    for (sheet, filled, word) in rows {
        let damage = move |view: &View, bytes: Vec<u8>| {
            let mut book = Book::open(&bytes);
            for (column, text) in filled {
                book.words(sheet, &view.empty(sheet, column), text);
            }
            book.bytes()
        };
        let words = vec![word.to_owned()];
        cases.push(Case {
            title: format!("a new row of {sheet} with {filled:?}"),
            damage: Box::new(damage),
            code: "M055",
            place: format!("{sheet}!"),
            words,
        });
    }
}

/// Files that are no workbook of Muster's.
fn files(cases: &mut Vec<Case>) {
    let mut add = |title: &str, words: &[&str], damage: Damage| {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        cases.push(Case { title: title.to_owned(), damage, code: "M050", place: "plan.xlsx".to_owned(), words });
    };
    add("an empty file", &["empty"], Box::new(|_, _| Vec::new()));
    add("a text file", &["not an .xlsx"], Box::new(|_, _| b"profession,value\nnurses,5\n".to_vec()));
    add(
        "an old or locked workbook",
        &["password"],
        Box::new(|_, _| [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1].repeat(64)),
    );
    for part in [10, 50, 90, 99] {
        let cut = move |_: &View, bytes: Vec<u8>| bytes[..bytes.len() * part / 100].to_vec();
        add(&format!("cut off at {part}%"), &["damaged"], Box::new(cut));
    }
    add(
        "bytes changed in the middle",
        &[],
        Box::new(|_, mut bytes| {
            let middle = bytes.len() / 2;
            bytes[middle..middle + 400].fill(0x55);
            bytes
        }),
    );
    add(
        "an OpenDocument file",
        &["OpenDocument"],
        Box::new(|_, bytes| {
            let mut book = Book::open(&bytes);
            book.parts.insert(0, ("mimetype".to_owned(), b"application/vnd.oasis.opendocument.spreadsheet".to_vec()));
            book.bytes()
        }),
    );
    add("a zip bomb", &["too large"], Box::new(|_, bytes| Book::open(&bytes).saying(300 << 20)));
    add(
        "a workbook of someone else",
        &["not made by Muster"],
        Box::new(|_, _| {
            let mut workbook = rust_xlsxwriter::Workbook::new();
            workbook.add_worksheet().write_string(0, 0, "key").unwrap();
            workbook.save_to_buffer().unwrap()
        }),
    );
    add(
        "without the hidden sheet",
        &["not made by Muster"],
        Box::new(|_, bytes| {
            let mut book = Book::open(&bytes);
            let text = book.part("xl/workbook.xml").replace("name=\"Muster\"", "name=\"Mine\"");
            book.set_part("xl/workbook.xml", &text);
            book.bytes()
        }),
    );
    add(
        "with the hidden sheet changed",
        &["was changed"],
        Box::new(|_, bytes| {
            let mut book = Book::open(&bytes);
            book.words("Muster", "A2", "abc");
            book.bytes()
        }),
    );
    add(
        "of another version",
        &["format 99"],
        Box::new(|_, bytes| {
            let mut book = Book::open(&bytes);
            book.words("Muster", "A1", "muster-workbook 99 0");
            book.bytes()
        }),
    );
    add(
        "without a list of sheets",
        &[],
        Box::new(|_, bytes| {
            let mut book = Book::open(&bytes);
            book.parts.retain(|(name, _)| name != "xl/workbook.xml");
            book.bytes()
        }),
    );
    add(
        "with XML that ends early",
        &[],
        Box::new(|_, bytes| {
            let mut book = Book::open(&bytes);
            book.edit("Supply", |text| text[..text.len() / 2].to_owned());
            book.bytes()
        }),
    );
}

/// The XML of a sheet without a row.
fn without_row(text: &str, row: usize) -> String {
    let start = text.find(&format!("<row r=\"{row}\"")).unwrap();
    let end = start + text[start..].find("</row>").unwrap() + 6;
    format!("{}{}", &text[..start], &text[end..])
}

/// The XML of a sheet with a copy of a row further down.
fn with_copy(text: &str, row: usize, to: usize) -> String {
    let start = text.find(&format!("<row r=\"{row}\"")).unwrap();
    let end = start + text[start..].find("</row>").unwrap() + 6;
    let copy = text[start..end].replace(&format!("<row r=\"{row}\""), &format!("<row r=\"{to}\""));
    let letters =
        ('A'..='Z').fold(copy, |copy, letter| copy.replace(&format!("{letter}{row}\""), &format!("{letter}{to}\"")));
    text.replace("</sheetData>", &format!("{letters}</sheetData>"))
}

fn said(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Does each damage, and looks at what is said of it.
fn judge(least: usize, fill: impl FnOnce(&View, &mut Vec<Case>)) {
    let desk = Desk::small();
    let bytes = desk.export();
    let view = View::of(&bytes);
    let mut cases = Vec::new();
    fill(&view, &mut cases);
    assert!(cases.len() >= least, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let findings = desk.refused(&(case.damage)(&view, bytes.clone()), &case.title);
        let is_it = |finding: &&Finding| finding.code == case.code && finding.place.starts_with(&case.place);
        match findings.iter().find(is_it) {
            None => wrong.push(format!(
                "{}: expected {} at {}, found:\n{}",
                case.title,
                case.code,
                case.place,
                said(&findings)
            )),
            Some(found) => {
                let text = format!("{} {}", found.message, found.help);
                if let Some(word) = case.words.iter().find(|word| !text.contains(word.as_str())) {
                    wrong.push(format!("{}: `{word}` is not said:\n{found}", case.title));
                }
                if found.help.is_empty() {
                    wrong.push(format!("{}: no next step", case.title));
                }
            }
        }
        // One damage is one finding, unless a column or sheet is gone.
        if findings.len() > 3 {
            wrong.push(format!("{}: {} findings for one damage:\n{}", case.title, findings.len(), said(&findings)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

// Together these are more than 200 damaged workbooks.

#[test]
fn cells_that_hold_what_does_not_belong_in_them() {
    judge(95, |view, cases| {
        texts_in_numbers(view, cases);
        errors_of_formulas(view, cases);
        days(view, cases);
    });
}

#[test]
fn columns_that_are_missing_or_renamed() {
    judge(60, missing_columns);
}

#[test]
fn sheets_and_rows_that_are_missing_copied_merged_or_without_their_keys() {
    judge(65, missing_sheets_and_rows);
}

#[test]
fn what_would_make_an_unsound_plan_has_no_place_or_is_no_workbook() {
    judge(45, |view, cases| {
        unsound(view, cases);
        closed_cells_and_new_rows(view, cases);
        files(cases);
    });
}
