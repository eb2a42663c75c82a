//! `muster plan` as a script would use it.

use super::{code, err, muster, out};

const PEOPLE: &str = "plans/people-plan-2019";

#[test]
fn actions_come_in_every_view_and_format() {
    for view in ["all", "overdue", "due", "owner", "theme", "blocks"] {
        let shown = muster(&["plan", "actions", PEOPLE, "--view", view, "--today", "2020-03-01"]);
        code(&shown, 0);
        assert!(out(&shown).contains("IPP"), "{view}: {}", out(&shown));
    }
    let csv = muster(&["plan", "actions", PEOPLE, "--format", "csv"]);
    code(&csv, 0);
    assert_eq!(out(&csv).lines().count(), 80, "a head and 79 actions");
    let json = muster(&["plan", "actions", PEOPLE, "--view", "owner", "--owner", "education", "--format", "json"]);
    let groups: serde_json::Value = serde_json::from_str(out(&json)).unwrap();
    assert!(groups.as_array().unwrap().len() >= 2);
    let quarter = muster(&["plan", "actions", PEOPLE, "--view", "due", "--quarter", "2019/20-Q3", "--format", "csv"]);
    assert_eq!(out(&quarter).lines().count(), 1 + 11, "{}", out(&quarter));
    let levels = muster(&["plan", "actions", PEOPLE, "--view", "level"]);
    code(&levels, 0);
    assert!(out(&levels).contains("warning: IPP55"), "{}", out(&levels));
}

#[test]
fn progress_says_what_would_follow_and_strict_makes_it_an_answer() {
    let slipped = muster(&["plan", "progress", "--today", "2026-11-23", "--slip", "LTWP-T05=2y"]);
    code(&slipped, 0);
    assert!(out(&slipped).contains("Nearly 38,000 adult nursing places"), "{}", out(&slipped));
    code(&muster(&["plan", "progress", "--slip", "LTWP-T05=2y", "--strict"]), 1);
    let json = muster(&["plan", "progress", "--today", "2026-11-23", "--abandon", "LTWP-T05", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(out(&json)).unwrap();
    assert_eq!(found["standing"], found["promised"]);
    assert_eq!(found["moved"][0]["id"], "LTWP-T05");
}

#[test]
fn questions_that_cannot_be_put_are_answered_with_what_can() {
    let cases: [(&[&str], &str); 6] = [
        (&["progress", "--slip", "LTWP-T05"], "does not say how much"),
        (&["progress", "--slip", "LTWP-T05=soon"], "write 2y"),
        (&["progress", "--deliver", "LTWP-T05=-1"], "from 0 to 3"),
        (&["progress", "--abandon", "LTWP-T5"], "did you mean"),
        (&["actions", "--view", "due", "--quarter", "2025-Q5"], "is not a quarter"),
        (&["maturity", PEOPLE], "maturity.toml"),
    ];
    for (args, words) in cases {
        let answer = muster(&[&["plan"], args].concat());
        code(&answer, 2);
        assert!(err(&answer).contains(words), "{args:?}: {}", err(&answer));
    }
}

#[test]
fn one_action_is_shown_with_its_history() {
    let shown = muster(&["plan", "show", PEOPLE, "ipp15", "--format", "csv"]);
    code(&shown, 0);
    assert!(out(&shown).contains("IPP16") && out(&shown).contains("28% of it"), "{}", out(&shown));
    let default = muster(&["plan", "show", "LTWP-T05"]);
    code(&default, 0);
    assert!(out(&default).contains("starters of Adult nursing degree"), "{}", out(&default));
}
