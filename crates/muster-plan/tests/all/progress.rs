//! What slips moves the gap by what a sum on paper says, and holds up what needs it.

use jiff::civil::{Date, date};
use muster_book::{PLAN, Plan};
use muster_engine::Step;
use muster_plan::outlook::{Cause, Stand, WhatIf, stands};
use muster_plan::progress::{Progress, progress};
use muster_run::{Outcome, project_scenario};

use crate::one_profession::{OnDisk, action, leave_at, listed, plan_with, report};

const TODAY: Date = date(2026, 11, 23);

/// From April 2023, one in twenty leaves in place of one in ten.
fn retention() -> OnDisk {
    plan_with(&action("A", "2023-03-31", &leave_at(0.05, "2023-04-01")))
}

fn found(plan: &Plan, what_if: &WhatIf) -> Progress {
    progress(plan, TODAY, what_if).unwrap()
}

fn slip(months: u32) -> WhatIf {
    WhatIf { slip: vec![(0, months)], ..WhatIf::default() }
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
}

#[test]
fn an_action_moved_by_two_years_changes_the_gap_as_a_sum_on_paper_says() {
    let found = found(&retention().plan(), &slip(24));
    // As promised: one year at 10%, then four at 5%: 1,000 x 0.9 x 0.95^4 = 733.06 nurses; 266.94 are missing.
    let promised = 1000.0 - 1000.0 * 0.9 * 0.95_f64.powi(4);
    close(found.promised.totals.gap_fte, promised);
    // Two years later: three years at 10%, then two at 5%: 1,000 x 0.9^3 x 0.95^2 = 657.92 nurses; 342.08 are missing.
    let late = 1000.0 - 1000.0 * 0.9_f64.powi(3) * 0.95_f64.powi(2);
    let asked = found.what_if.unwrap();
    close(asked.totals.gap_fte, late);
    close(asked.totals.gap_fte - found.promised.totals.gap_fte, 75.133_125);
    // At most 300 may be missing: a target that was met is missed.
    let target = &found.targets[0];
    assert_eq!((target.promised.outcome, target.what_if.as_ref().unwrap().outcome), (Outcome::Met, Outcome::Missed));
    assert!(target.is_lost() && target.what_if_moved_by == "+75", "{}", target.what_if_moved_by);
    // Nothing was reported, so as it stands is as promised.
    assert_eq!(found.standing, found.promised);
}

#[test]
fn a_slip_of_part_of_a_year_is_spread_over_two_years() {
    // Eighteen months late: 10% for two years, halfway between in the third (7.5%), then 5%: 1,000 x 0.9^2 x 0.925 x 0.95^2.
    let asked = found(&retention().plan(), &slip(18)).what_if.unwrap();
    close(asked.totals.gap_fte, 1000.0 - 1000.0 * 0.9_f64.powi(2) * 0.925 * 0.95_f64.powi(2));
    // A path with two points moves each: 6% from 2023/24, 4% from 2025/26; six months late, 8%, 6%, 5%, 4%.
    let effect = leave_at(0.06, "2023-04-01").replace("0.06 }]", "0.06 }, { from = 2025-04-01, value = 0.04 }]");
    let asked = found(&plan_with(&action("A", "2023-03-31", &effect)).plan(), &slip(6)).what_if.unwrap();
    close(asked.totals.gap_fte, 1000.0 - 1000.0 * 0.9 * 0.92 * 0.94 * 0.95 * 0.96);
}

#[test]
fn half_of_an_action_is_half_of_its_effect_and_none_is_none() {
    let half = WhatIf { deliver: vec![(0, 0.5)], ..WhatIf::default() };
    let plan = retention().plan();
    close(found(&plan, &half).what_if.unwrap().totals.gap_fte, 1000.0 - 1000.0 * 0.9 * 0.925_f64.powi(4));
    let none = WhatIf { abandon: vec![0], ..WhatIf::default() };
    let found = found(&plan, &none);
    close(found.what_if.unwrap().totals.gap_fte, 1000.0 - 1000.0 * 0.9_f64.powi(5));
    assert_eq!((found.moved[0].expected, found.moved[0].share), (None, 0.0));
}

#[test]
fn the_latest_report_up_to_the_day_counts() {
    let reports = report("A", "2025-06-30", "late", "expected = 2026-12-31")
        + &report("A", "2023-01-31", "late", "expected = 2025-03-31\nnote = \"No money this year.\"")
        + &report("A", "2027-01-31", "done", "");
    let plan = retention().with("progress.toml", &reports).plan();
    let months = |today: Date| stands(&plan, today, &WhatIf::default())[0].outlook.months_late;
    // Due at the end of March 2023: nothing is known yet, then two years, then three and three quarters.
    assert_eq!([date(2022, 12, 31), date(2024, 3, 31), TODAY].map(months), [0, 24, 45]);
    let found = progress(&plan, date(2024, 3, 31), &WhatIf::default()).unwrap();
    close(found.standing.totals.gap_fte, 1000.0 - 1000.0 * 0.9_f64.powi(3) * 0.95_f64.powi(2));
    assert_eq!(found.moved[0].why, ["late on 2023-01-31: No money this year."]);
    assert_eq!(found.later_reports, 2);
}

#[test]
fn an_overdue_action_without_a_new_date_is_done_today_at_the_earliest() {
    let plan = retention().with("progress.toml", &report("A", "2022-06-30", "on_track", "")).plan();
    let late = |today: Date| stands(&plan, today, &WhatIf::default()).remove(0);
    assert_eq!(late(date(2023, 3, 31)).outlook.months_late, 0);
    let a_year = late(date(2024, 3, 31));
    assert_eq!((a_year.outlook.months_late, &a_year.causes[..]), (12, &[Cause::Overdue][..]));
}

#[test]
fn what_was_delivered_in_part_and_then_given_up_keeps_its_part() {
    let given_up = report("A", "2024-03-31", "abandoned", "delivered = 0.5");
    let plan = retention().with("progress.toml", &given_up).plan();
    close(found(&plan, &WhatIf::default()).standing.totals.gap_fte, 1000.0 - 1000.0 * 0.9 * 0.925_f64.powi(4));
}

/// A course is opened (A), which retention (B) needs, which a third (C) needs.
fn chain() -> OnDisk {
    let untracked = "untracked_effect = \"It prepares.\"";
    let actions = action("A", "2023-03-31", untracked)
        + &action("B", "2023-03-31", &format!("needs = [\"A\"]\n{}", leave_at(0.05, "2023-04-01")))
        + &action("C", "2026-03-31", &format!("needs = [\"B\"]\n{}", leave_at(0.04, "2026-04-01")));
    plan_with(&actions)
}

#[test]
fn what_needs_a_late_action_is_late_too_less_the_time_between() {
    let plan = chain().plan();
    let late = |months: u32| {
        let stands = stands(&plan, TODAY, &slip(months));
        stands.iter().map(|stand: &Stand| stand.outlook.months_late).collect::<Vec<_>>()
    };
    // B begins the day after A is due, so a year's slip is hers (less that day); C has three years to spare after B.
    assert_eq!(late(12), [12, 11, 0]);
    assert_eq!(late(48), [48, 47, 10]);
    let found = found(&plan, &slip(24));
    let b = found.moved.iter().find(|moved| moved.id == "B").unwrap();
    assert_eq!(b.why, ["delayed 1 year 11 months by A (Action A)"]);
}

#[test]
fn what_needs_an_abandoned_action_is_stopped_unless_it_is_done() {
    let given_up = report("A", "2022-09-30", "abandoned", "");
    let plan = chain().with("progress.toml", &given_up).plan();
    let stopped = found(&plan, &WhatIf::default());
    close(stopped.standing.totals.gap_fte, 1000.0 - 1000.0 * 0.9_f64.powi(5));
    assert_eq!(stopped.moved[2].why, ["stopped: B (Action B) will not be done"]);
    let done = given_up + &report("B", "2023-03-31", "done", "");
    let plan = chain().with("progress.toml", &done).plan();
    close(found(&plan, &WhatIf::default()).standing.totals.gap_fte, 1000.0 - 1000.0 * 0.9 * 0.95_f64.powi(3) * 0.96);
}

#[test]
fn milestones_are_reached_by_the_plan_or_by_a_report() {
    let steps = "untracked_effect = \"It prepares.\"\n[[action.milestone]]\nid = \"law\"\ntitle = \"The law is passed\"\ndue = 2022-06-30\ndone = 2022-07-15\n[[action.milestone]]\nid = \"money\"\ntitle = \"The money is there\"\ndue = 2022-09-30\n[[action.milestone]]\nid = \"people\"\ntitle = \"The people are there\"\ndue = 2022-12-31\n";
    let reports = report("A", "2022-11-30", "at_risk", "milestones = [\"money\"]");
    let plan = plan_with(&action("A", "2023-03-31", steps)).with("progress.toml", &reports).plan();
    let reached: Vec<_> = found(&plan, &WhatIf::default()).milestones.iter().map(|passed| passed.reached).collect();
    assert_eq!(reached, [Some(date(2022, 7, 15)), Some(date(2022, 11, 30)), None]);
}

#[test]
fn without_reports_nothing_changes_by_a_bit() {
    let plan = chain().plan();
    let reported = chain().with("progress.toml", &report("B", "2022-09-30", "on_track", "")).plan();
    let project = |plan: &Plan| {
        project_scenario(plan, plan.scenario(PLAN).unwrap(), &plan.whole(), Step::Year).unwrap().projection
    };
    // A report changes nothing of the plan itself, and one that says all is well changes nothing of how it stands.
    assert_eq!(format!("{:?}", project(&plan)), format!("{:?}", project(&reported)));
    let early = progress(&reported, date(2022, 12, 31), &WhatIf::default()).unwrap();
    assert_eq!(early.standing, early.promised);
    assert!(early.moved.is_empty());
}

#[test]
fn a_report_that_cannot_be_is_refused_with_a_reason() {
    let done = report("A", "2024-03-31", "done", "");
    let cases = [
        (report("B7", "2024-03-31", "done", ""), "M010", "B7"),
        (report("A", "2024-03-31", "done", "delivered = -0.1"), "M009", "from 0"),
        (report("A", "2024-03-31", "done", "delivered = 3.5"), "M009", "from 0"),
        (report("A", "2024-03-31", "done", "delivered = nan"), "M009", "from 0"),
        (report("A", "2022-03-31", "not_started", "delivered = 0.5"), "M037", "has delivered nothing"),
        (report("A", "2022-03-31", "late", ""), "M037", "how late"),
        (report("A", "2022-03-31", "late", "expected = 2023-01-31"), "M037", "how late"),
        (report("A", "2024-03-31", "on_track", "expected = 2024-01-31"), "M037", "was expected by"),
        (report("A", "2024-03-31", "done", "expected = 2024-04-30"), "M037", "and yet expected"),
        (report("A", "2024-03-31", "abandoned", "expected = 2025-03-31"), "M037", "not expected any more"),
        (done.clone() + &report("A", "2024-06-30", "on_track", ""), "M037", "nothing says why"),
        (done.clone() + &done, "M013", "two reports"),
        (report("A", "2024-03-31", "done", "milestones = [\"law\"]"), "M010", "no milestone"),
        (report("A", "2024-03-31", "done", "source = \"hearsay\""), "M011", "hearsay"),
        (report("A", "2024-03-31", "finished", ""), "M010", "finished"),
        (report("A", "\"2024-03-31\"", "done", ""), "M006", "a date"),
        (done.replace("\"Director\"", "\" \""), "M037", "whose it is"),
        (done.replace("status = \"done\"\n", ""), "M005", "status"),
        (format!("{done}state = \"ok\"\n"), "M004", "status"),
    ];
    for (text, code, words) in cases {
        let found = retention().with("progress.toml", &text).read().expect_err(&text);
        let said = found.iter().any(|found| found.code == code && found.to_string().contains(words));
        assert!(said, "{text}\n{}", listed(&found));
    }
    // The same goes back to being under way with a note.
    let note = report("A", "2024-06-30", "on_track", "note = \"It was not done after all.\"");
    retention().with("progress.toml", &(done + &note)).plan();
}

#[test]
fn the_later_the_worse_month_by_month() {
    let plan = retention().plan();
    let gaps: Vec<f64> =
        (0..60).map(|months| found(&plan, &slip(months)).what_if.map_or(0.0, |asked| asked.totals.gap_fte)).collect();
    assert!(gaps[1..].windows(2).all(|pair| pair[0] <= pair[1]), "{gaps:?}");
    // Twelve months are a year, and four years later nothing of it is left before the horizon.
    close(gaps[12], 1000.0 - 1000.0 * 0.9_f64.powi(2) * 0.95_f64.powi(3));
    close(gaps[48], 1000.0 - 1000.0 * 0.9_f64.powi(5));
}
