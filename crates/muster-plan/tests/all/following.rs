//! Views of actions, what blocks what, and whether each action sits at the level where it belongs.

use jiff::civil::{Date, date};
use muster_book::Plan;
use muster_plan::actions::{Asked, Group, View, action_named, blocks, view};
use muster_plan::subsidiarity::{Severity, findings};

use crate::one_profession::{action, listed, plan_with, report};

const TODAY: Date = date(2024, 8, 15);
const UNTRACKED: &str = "untracked_effect = \"It prepares.\"";

/// Five actions: B and C need A, D needs B and C, E nothing.
fn five() -> Plan {
    let needs = |needs: &str| format!("needs = [{needs}]\n{UNTRACKED}");
    let actions = action("A", "2024-03-31", UNTRACKED)
        + &action("B", "2024-09-30", &needs("\"A\"")).replace("retain", "leadership")
        + &action("C", "2024-06-30", &needs("\"A\"")).replace("national", "system")
        + &action("D", "2024-12-31", &needs("\"B\", \"C\""))
        + &action("E", "2024-07-01", UNTRACKED).replace("Owner of E", "Owner of A");
    let reports = report("C", "2024-06-30", "done", "")
        + &report("E", "2024-05-31", "late", "expected = 2024-12-31")
        + &report("B", "2024-05-31", "at_risk", "");
    plan_with(&actions).with("progress.toml", &reports).plan()
}

fn shown(plan: &Plan, view_of: View, owner: Option<&str>, status: Option<&str>) -> Vec<(String, Vec<String>)> {
    let (owner, status) = (owner.map(str::to_owned), status.map(str::to_owned));
    let groups = view(plan, &Asked { view: view_of, today: TODAY, quarter: None, owner, status }).unwrap();
    let ids = |group: Group| group.lines.into_iter().map(|line| line.id).collect();
    groups.into_iter().map(|group| (group.title.clone(), ids(group))).collect()
}

fn is(shown: &[(String, Vec<String>)], expected: &[(&str, &[&str])]) {
    let shown: Vec<(&str, Vec<&str>)> =
        shown.iter().map(|(title, ids)| (title.as_str(), ids.iter().map(String::as_str).collect())).collect();
    let expected: Vec<(&str, Vec<&str>)> = expected.iter().map(|(title, ids)| (*title, ids.to_vec())).collect();
    assert_eq!(shown, expected);
}

#[test]
fn actions_are_gathered_in_each_way_that_a_planner_asks_for() {
    let plan = five();
    is(&shown(&plan, View::All, None, None), &[("", &["A", "B", "C", "D", "E"])]);
    // C is done; A and E were due before August.
    is(&shown(&plan, View::Overdue, None, None), &[("", &["A", "E"])]);
    is(&shown(&plan, View::Due, None, None), &[("Due 2024-07-01 to 2024-09-30", &["E", "B"])]);
    let owners: &[(&str, &[&str])] =
        &[("Owner of A", &["A", "E"]), ("Owner of B", &["B"]), ("Owner of C", &["C"]), ("Owner of D", &["D"])];
    is(&shown(&plan, View::Owner, None, None), owners);
    let themes: &[(&str, &[&str])] =
        &[("Fewer people who leave", &["A", "C", "D", "E"]), ("How people are led", &["B"])];
    is(&shown(&plan, View::Theme, None, None), themes);
    is(&shown(&plan, View::Level, None, None), &[("National", &["A", "B", "D", "E"]), ("System", &["C"])]);
    is(&shown(&plan, View::All, Some("owner of a"), None), &[("", &["A", "E"])]);
    is(&shown(&plan, View::All, None, Some("no report")), &[("", &["A", "D"])]);
    is(&shown(&plan, View::All, None, Some("at-risk")), &[("", &["B"])]);
    let asked = Asked { view: View::All, today: TODAY, quarter: None, owner: None, status: Some("fine".to_owned()) };
    assert!(view(&plan, &asked).unwrap_err().to_string().contains("on_track"));
}

#[test]
fn the_tree_shows_what_must_come_first_and_names_the_action_to_watch() {
    let found = blocks(&five(), TODAY);
    let lines: Vec<String> = found.steps.iter().map(|step| format!("{}{}", step.branch, step.id)).collect();
    assert_eq!(lines, ["A", "├─ B", "│  └─ D", "└─ C", "   └─ D"]);
    let critical = found.critical.unwrap();
    // C is done, so a delay of A holds up B and D.
    assert_eq!((critical.id.as_str(), critical.would_delay), ("A", vec!["B".to_owned(), "D".to_owned()]));
}

#[test]
fn a_plan_whose_actions_need_nothing_has_no_tree() {
    let found = blocks(&plan_with(&action("A", "2024-03-31", UNTRACKED)).plan(), TODAY);
    assert!(found.steps.is_empty() && found.critical.is_none());
}

#[test]
fn needs_that_cannot_be_are_refused() {
    let of = |id: &str, needs: &str| action(id, "2024-03-31", &format!("needs = [{needs}]\n{UNTRACKED}"));
    let cases = [
        (of("A", "\"Z\""), "no action is called that"),
        (of("A", "\"A\""), "needs itself"),
        (of("A", "\"B\"") + &of("B", "\"A\""), "`B` needs itself: it needs A, which needs B"),
        (of("A", "\"B\"") + &of("B", "\"C\"") + &of("C", "\"A\""), "it needs A, which needs B, which needs C"),
    ];
    for (text, words) in cases {
        let found = plan_with(&text).read().expect_err(&text);
        assert!(found.len() == 1 && found[0].code == "M035" && found[0].message.contains(words), "{}", listed(&found));
    }
}

#[test]
fn a_milestone_after_its_action_and_a_place_that_is_not_there_are_refused() {
    let late = "[[action.milestone]]\nid = \"m\"\ntitle = \"M\"\ndue = 2025-01-31\n";
    let text = action("A", "2024-03-31", &format!("place = \"QQQ\"\n{UNTRACKED}\n{late}{late}"));
    let found = plan_with(&text).read().unwrap_err();
    let codes: Vec<&str> = found.iter().map(|found| found.code).collect();
    assert_eq!(codes, ["M010", "M036", "M013"], "{}", listed(&found));
}

#[test]
fn an_owner_or_a_place_of_another_level_is_found() {
    let kind = |id: &str, kind: &str, level: &str, more: &str| {
        let owner = format!("role = \"Director\", kind = \"{kind}\"");
        let action = action(id, "2024-03-31", &format!("{more}\n{UNTRACKED}"));
        action.replace("role = \"Director\"", &owner).replace("\"national\"\ndue", &format!("\"{level}\"\ndue"))
    };
    let actions = kind("FITS", "system", "system", "place = \"QJK\"")
        + &kind("OWNER-TOO-LOCAL", "organisation", "national", "")
        + &kind("OWNER-TOO-HIGH", "national", "system", "")
        + &kind("PLACE-TOO-LOCAL", "national", "national", "place = \"QJK\"");
    let found = findings(&plan_with(&actions).plan());
    let found: Vec<(&str, Severity)> = found.iter().map(|found| (found.action.as_str(), found.severity)).collect();
    let expected = [
        ("OWNER-TOO-LOCAL", Severity::Error),
        ("OWNER-TOO-HIGH", Severity::Warning),
        ("PLACE-TOO-LOCAL", Severity::Error),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_wrong_name_of_an_action_is_answered_with_the_nearest() {
    let plan =
        plan_with(&(action("CARE-1", "2024-03-31", UNTRACKED) + &action("TRAIN-1", "2024-03-31", UNTRACKED))).plan();
    assert_eq!(action_named(&plan, "train-1").unwrap(), 1);
    assert!(action_named(&plan, "TRAN-1").unwrap_err().to_string().contains("did you mean `TRAIN-1`?"));
}
