//! The plans and the framework of the repository.

use std::path::{Path, PathBuf};

use jiff::civil::date;
use muster_book::{Level, Plan};
use muster_plan::actions::blocks;
use muster_plan::outlook::{WhatIf, outlook_of, stands};
use muster_plan::progress::progress;
use muster_plan::subsidiarity::{Severity, findings};

fn plan(name: &str) -> Plan {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans").join(name);
    Plan::read(&folder).unwrap()
}

#[test]
fn the_people_plan_has_its_79_actions_each_with_an_owner_a_date_and_a_reason() {
    let plan = plan("people-plan-2019");
    let ids: Vec<String> = plan.actions.iter().map(|action| action.id.clone()).collect();
    assert_eq!(ids, (1..=79).map(|i| format!("IPP{i:02}")).collect::<Vec<_>>());
    for action in &plan.actions {
        assert!(action.title.len() < 70 && !action.owner.organisation.is_empty(), "{}", action.id);
        assert!(action.effects.is_empty() == action.untracked_effect.is_some(), "{}", action.id);
        // No date is before the plan, apart from the one that is printed so.
        assert!(action.due >= date(2019, 6, 1) || action.id == "IPP53", "{}", action.id);
    }
    let with_effect: Vec<&str> =
        plan.actions.iter().filter(|action| !action.effects.is_empty()).map(|action| action.id.as_str()).collect();
    assert_eq!(with_effect, ["IPP01", "IPP19", "IPP63"]);
    assert!(plan.actions.iter().any(|action| action.level == Level::System));
}

#[test]
fn what_the_people_plan_owns_nationally_and_systems_must_do_is_found() {
    let found = findings(&plan("people-plan-2019"));
    assert!(found.iter().all(|finding| finding.severity < Severity::Error), "{found:?}");
    assert!(found.iter().any(|finding| finding.action == "IPP55" && finding.severity == Severity::Warning));
}

#[test]
fn the_people_plan_has_one_action_to_watch() {
    let found = blocks(&plan("people-plan-2019"), date(2019, 10, 1));
    assert!(found.steps.len() > 20);
    assert!(found.critical.is_some_and(|critical| critical.would_delay.len() >= 2));
}

#[test]
fn the_long_term_plan_without_reports_stands_as_promised_and_a_slip_widens_its_gap() {
    let plan = plan("ltwp-2023");
    let today = date(2026, 11, 23);
    assert!(outlook_of(&stands(&plan, today, &WhatIf::default())).is_empty());
    let nursing = plan.actions.iter().position(|action| action.id == "LTWP-T05").unwrap();
    let found = progress(&plan, today, &WhatIf { slip: vec![(nursing, 24)], ..WhatIf::default() }).unwrap();
    assert_eq!(found.standing, found.promised);
    let asked = found.what_if.as_ref().unwrap();
    assert!(asked.totals.gap_fte > found.promised.totals.gap_fte + 1000.0);
    assert!(found.targets.iter().any(|target| target.id == "nurses" && target.what_if_moved_by.starts_with('−')));
}
