//! A plan goes out as a workbook, is filled in, and comes back: only what was filled in changes.

use crate::bench::{Book, Desk, View};

/// What differs between two texts, line by line.
fn differences(before: &str, after: &str) -> Vec<(String, String)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    assert_eq!(old.len(), new.len(), "lines were added or lost");
    old.iter()
        .zip(&new)
        .filter(|(old, new)| old != new)
        .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()))
        .collect()
}

#[test]
fn a_planner_changes_a_leaver_rate_and_a_title_and_nothing_else_changes() {
    let desk = Desk::whole();
    let bytes = desk.export();
    let view = View::of(&bytes);
    let mut book = Book::open(&bytes);

    let rate = view.find("Supply", &[("measure", "leaver_rate"), ("group", "dental"), ("age", "25-34")], "value");
    book.number("Supply", &rate, 0.13);
    let title = view.find("Actions", &[("id", "LTWP-T02")], "title");
    book.words("Actions", &title, "Double the places of medical schools");
    let who = view.empty("Change log", "who");
    book.words("Change log", &who, "A. Planner");

    let (actions, rates) =
        (desk.text("plans/ltwp-2023/actions.toml"), desk.text("books/england/supply/leaver_rate.csv"));
    let before = desk.files();
    let imported = desk.import(&book.bytes()).unwrap();

    assert_eq!(imported.changed.len(), 2);
    assert_eq!(
        differences(&actions, &desk.text("plans/ltwp-2023/actions.toml")),
        [(
            "title    = \"Double medical school places\"".to_owned(),
            "title    = \"Double the places of medical schools\"".to_owned()
        )]
    );
    let changed = differences(&rates, &desk.text("books/england/supply/leaver_rate.csv"));
    assert_eq!(changed.len(), 1);
    assert!(
        changed[0].0.starts_with("dental,,25-34,0.123,") && changed[0].1.starts_with("dental,,25-34,0.13,"),
        "{changed:?}"
    );
    let log = desk.text("plans/ltwp-2023/change-log.csv");
    assert!(log.contains("A. Planner") && log.contains("Double medical school places,Double the places"), "{log}");
    let others = desk.files().into_iter().filter(|(path, held)| before.get(path) != Some(held)).count();
    assert_eq!(others, 3, "two files and the change log");
}

#[test]
fn an_untouched_workbook_changes_no_byte() {
    let desk = Desk::whole();
    let before = desk.files();
    let imported = desk.import(&desk.export()).unwrap();
    assert!(imported.changed.is_empty() && !imported.written && imported.notes.is_empty(), "{imported:?}");
    assert_eq!(before, desk.files());
}

#[test]
fn the_same_plan_gives_the_same_workbook() {
    let desk = Desk::whole();
    assert!(desk.export() == desk.export());
}

#[test]
fn new_rows_become_entries_and_marked_rows_go() {
    let desk = Desk::whole();
    let bytes = desk.export();
    let view = View::of(&bytes);
    let mut book = Book::open(&bytes);

    // A new action with an effect and two points, a new row of a table, and an action that goes.
    let action = [
        ("id", "NEW-1"),
        ("title", "Keep midwives"),
        ("theme", "retain"),
        ("owner.organisation", "NHS England"),
        ("owner.role", "Leads"),
        ("level", "national"),
        ("source", "muster-judgement"),
        ("evidence", "A test."),
    ];
    for (column, text) in action {
        book.words("Actions", &view.empty("Actions", column), text);
    }
    book.words("Actions", &view.empty("Actions", "due"), "31 March 2030");
    let effect = [
        ("in action", "NEW-1"),
        ("measure", "leaver_rate"),
        ("for.profession", "midwives"),
        ("how", "multiply"),
        ("kind", "judgement"),
        ("source", "muster-judgement"),
        ("where", "A test"),
        ("why", "A test."),
    ];
    for (column, text) in effect {
        book.words("Effects", &view.empty("Effects", column), text);
    }
    book.number("Effects", &view.empty("Effects", "range[0]"), 0.5);
    book.number("Effects", &view.empty("Effects", "range[1]"), 1.0);
    book.words("Effect points", &view.empty("Effect points", "in action"), "NEW-1");
    book.words("Effect points", &view.empty("Effect points", "in effect"), "1");
    book.words("Effect points", &view.empty("Effect points", "from"), "2025-04-01");
    book.number("Effect points", &view.empty("Effect points", "value"), 0.9);
    book.words("Checks", &view.find("Checks", &[("id", "starting-gps")], "delete"), "yes");

    let (actions, checks) = (desk.text("plans/ltwp-2023/actions.toml"), desk.text("plans/ltwp-2023/checks.toml"));
    desk.import(&book.bytes()).unwrap();

    let after = desk.text("plans/ltwp-2023/actions.toml");
    assert!(after.starts_with(&actions));
    let expected = r#"
[[action]]
id       = "NEW-1"
title    = "Keep midwives"
theme    = "retain"
owner    = { organisation = "NHS England", role = "Leads" }
level    = "national"
due      = 2030-03-31
source   = "muster-judgement"
evidence = "A test."

[[action.effect]]
measure = "leaver_rate"
for     = { profession = "midwives" }
how     = "multiply"
range   = [0.5, 1]
kind    = "judgement"
source  = "muster-judgement"
where   = "A test"
why     = "A test."
path    = [{ from = 2025-04-01, value = 0.9 }]
"#;
    assert_eq!(&after[actions.len()..], expected);
    let after = desk.text("plans/ltwp-2023/checks.toml");
    let start = checks.find("[[check]]\nid       = \"starting-gps\"").unwrap();
    let end = start + checks[start..].find("\n\n").unwrap() + 2;
    assert_eq!(after, format!("{}{}", &checks[..start], &checks[end..]));
}
