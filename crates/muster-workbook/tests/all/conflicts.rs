//! Two people's edits: one in the workbook, one in the files.

use crate::bench::{Book, Desk, View};

#[test]
fn edits_of_different_things_are_both_kept() {
    let desk = Desk::small();
    let bytes = desk.export();
    let view = View::of(&bytes);
    let mut book = Book::open(&bytes);
    book.number("Supply", &view.find("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "value"), 0.25);
    book.words("Actions", &view.find("Actions", &[("id", "A3")], "title"), "A passport for staff");
    // Meanwhile someone else adds a row above, changes another rate, and another action.
    let csv = desk.text("books/small/supply/leaver_rate.csv");
    let csv = csv
        .replace("age,from,low,high,value\n", "age,from,low,high,value\nmedical,16-75,2025-04-01,,,0.06\n")
        .replace("0.12,0.1\n", "0.12,0.11\n");
    desk.put("books/small/supply/leaver_rate.csv", &csv);
    let actions = desk.text("plans/small/actions.toml");
    desk.put("plans/small/actions.toml", &actions.replace("Fewer nurses leave", "Fewer nurses go"));

    let imported = desk.import(&book.bytes()).unwrap();
    assert_eq!(imported.changed.len(), 2);
    assert!(imported.notes.iter().any(|note| note.contains("has changed since")), "{:?}", imported.notes);
    let after = desk.text("books/small/supply/leaver_rate.csv");
    assert_eq!(after, csv.replace("0.15,0.25,0.2\n", "0.15,0.25,0.25\n"));
    let after = desk.text("plans/small/actions.toml");
    assert!(after.contains("A passport for staff") && after.contains("Fewer nurses go"));
}

#[test]
fn edits_of_one_thing_are_listed_with_all_three_values_and_nothing_is_written() {
    let desk = Desk::small();
    let bytes = desk.export();
    let view = View::of(&bytes);
    let mut book = Book::open(&bytes);
    let cell = view.find("Supply", &[("measure", "leaver_rate"), ("age", "55-75")], "value");
    book.number("Supply", &cell, 0.25);
    let csv = desk.text("books/small/supply/leaver_rate.csv");
    desk.put("books/small/supply/leaver_rate.csv", &csv.replace("0.15,0.25,0.2\n", "0.15,0.25,0.19\n"));
    let findings = desk.refused(&book.bytes(), "two edits of one rate");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!((findings[0].code.as_str(), findings[0].place.as_str()), ("M056", format!("Supply!{cell}").as_str()));
    for value in ["`0.2`", "`0.25`", "`0.19`"] {
        assert!(findings[0].message.contains(value), "{}", findings[0].message);
    }
    // When both say the same there is no conflict, and nothing to write.
    desk.put("books/small/supply/leaver_rate.csv", &csv.replace("0.15,0.25,0.2\n", "0.15,0.25,0.25\n"));
    assert!(desk.import(&book.bytes()).unwrap().changed.is_empty());
}

#[test]
fn an_entry_that_is_gone_or_was_changed_is_a_conflict() {
    let desk = Desk::small();
    let bytes = desk.export();
    let view = View::of(&bytes);
    let actions = desk.text("plans/small/actions.toml");
    let third = actions.find("\n[[action]]\nid       = \"A3\"").unwrap();

    let mut book = Book::open(&bytes);
    book.words("Actions", &view.find("Actions", &[("id", "A3")], "title"), "Mine");
    desk.put("plans/small/actions.toml", &actions[..third]);
    let findings = desk.refused(&book.bytes(), "the entry is gone");
    assert!(findings[0].code == "M056" && findings[0].message.contains("no longer in"), "{findings:?}");

    let mut book = Book::open(&bytes);
    book.words("Actions", &view.find("Actions", &[("id", "A3")], "delete"), "yes");
    desk.put("plans/small/actions.toml", &actions.replace("A staff passport", "A passport"));
    let findings = desk.refused(&book.bytes(), "the entry was changed");
    assert!(findings[0].code == "M056" && findings[0].message.contains("to be deleted"), "{findings:?}");
}
