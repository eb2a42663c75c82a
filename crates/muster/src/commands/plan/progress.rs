//! `muster plan progress`: what the plan comes to as promised, as it stands, and if something else happens.

use std::path::PathBuf;

use jiff::civil::Date;
use muster_book::Plan;
use muster_plan::actions::action_named;
use muster_plan::dates::{months_in_words, months_of_slip};
use muster_plan::outlook::WhatIf;
use muster_plan::progress::{Progress, Version, progress};
use muster_run::{Outcome, RunError, Verdict, gbp, signed, thousands};

use super::{day, read};
use crate::commands::DEFAULT_PLAN;
use crate::output::{Format, Output, Rows};

/// Re-forecast a plan from what became of its actions: which targets move, and by how much.
///
/// Reports are read from progress.toml beside the plan; without it, everything comes as promised. `--slip`, `--deliver` and `--abandon` ask
/// what would follow on top of that. Actions that need what slips, slip too.
///
/// Example: `muster plan progress plans/ltwp-2023 --slip LTWP-T05=2y --deliver LTWP-R01=0.5`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    #[arg(default_value = DEFAULT_PLAN)]
    plan: PathBuf,
    /// The day on which to look; reports after it do not count. [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// What if this action slipped so much further: 2y, 18m, 1y6m, or months. May be repeated.
    #[arg(long, value_name = "ACTION=TIME")]
    slip: Vec<String>,
    /// What if this share of an action came, from 0 (nothing) to 3 (three times as much). May be repeated.
    #[arg(long, value_name = "ACTION=SHARE")]
    deliver: Vec<String>,
    /// What if this action were given up. May be repeated.
    #[arg(long, value_name = "ACTION")]
    abandon: Vec<String>,
    /// Show the targets and professions that do not move, too.
    #[arg(long)]
    all: bool,
    /// Exit with 1 when a target that was met as promised is missed.
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let plan = read(&args.plan)?;
    let what_if = asked(&plan, args)?;
    let found = output.progress(|_| progress(&plan, day(args.today), &what_if))?;
    if output.format() == Format::Json {
        Output::json(&found);
    } else {
        print(&found, args.all, output);
    }
    Ok(!args.strict || !found.targets.iter().any(muster_plan::progress::TargetMove::is_lost))
}

fn asked(plan: &Plan, args: &Args) -> Result<WhatIf, RunError> {
    let parts = |text: &str, example: &str| {
        let (action, value) = text.split_once('=').ok_or_else(|| {
            RunError::Request(format!("`{text}` does not say how much: write an action and a value, such as {example}"))
        })?;
        Ok::<_, RunError>((action_named(plan, action.trim())?, value.trim().to_owned()))
    };
    let slip = |text: &String| {
        let (action, time) = parts(text, "LTWP-T05=2y")?;
        Ok((action, months_of_slip(&time).map_err(RunError::Request)?))
    };
    let deliver = |text: &String| {
        let (action, share) = parts(text, "LTWP-T05=0.5")?;
        let share = share.parse::<f64>().ok().filter(|share| (0.0..=3.0).contains(share)).ok_or_else(|| {
            RunError::Request(format!("`{share}` is not a share that can be delivered: write a number from 0 to 3"))
        })?;
        Ok((action, share))
    };
    Ok(WhatIf {
        slip: args.slip.iter().map(slip).collect::<Result<_, RunError>>()?,
        deliver: args.deliver.iter().map(deliver).collect::<Result<_, RunError>>()?,
        abandon: args.abandon.iter().map(|id| action_named(plan, id)).collect::<Result<_, _>>()?,
    })
}

fn print(found: &Progress, all: bool, output: &Output) {
    output.say(&format!("{}, as it stands on {}", found.plan, found.today));
    print_versions(found, output);
    print_targets(found, all, output);
    print_professions(found, all, output);
    print_moved(found, output);
    print_milestones(found, output);
    if found.unreported > 0 {
        let plural = if found.unreported == 1 { "action has" } else { "actions have" };
        output.say(&format!("\n{} {plural} no report, and are taken to come as promised.", found.unreported));
    }
    if found.later_reports > 0 {
        output.say(&format!("{} reports are dated after {} and do not count.", found.later_reports, found.today));
    }
}

fn print_versions(found: &Progress, output: &Output) {
    let horizon = found.years.last().map(ToString::to_string).unwrap_or_default();
    let heads = ["Version", "Gap FTE", "moves by", "Shortfall FTE", "Pay bill", "moves by"];
    output.say(&format!("\nIn {horizon}"));
    let mut rows = Rows::new(&heads, Some(1));
    let mut push = |name: &str, version: &Version| {
        let (totals, promised) = (version.totals, found.promised.totals);
        rows.push(vec![
            name.to_owned(),
            thousands(totals.gap_fte),
            signed(totals.gap_fte - promised.gap_fte),
            thousands(totals.shortfall_fte),
            gbp(totals.pay_bill_gbp),
            gbp(totals.pay_bill_gbp - promised.pay_bill_gbp),
        ]);
    };
    push("As promised", &found.promised);
    push("As it stands", &found.standing);
    if let Some(what_if) = &found.what_if {
        push("What if", what_if);
    }
    output.rows(&rows);
}

fn print_targets(found: &Progress, all: bool, output: &Output) {
    let moved = found.targets.iter().filter(|target| target.is_moved()).count();
    output.say(&format!("\n{moved} of {} targets move", found.targets.len()));
    let mut head = vec!["Target", "Expected", "As promised", "As it stands"];
    if found.what_if.is_some() {
        head.push("What if");
    }
    let mut rows = Rows::new(&head, None);
    let words = |verdict: &Verdict, by: &str| {
        let met = match verdict.outcome {
            Outcome::Met => ", met",
            Outcome::Missed => ", missed",
            Outcome::NotAsked => "",
        };
        let by = if by.is_empty() { String::new() } else { format!(" ({by})") };
        format!("{}{by}{met}", verdict.found)
    };
    for target in found.targets.iter().filter(|target| all || target.is_moved()) {
        let mut row = vec![
            target.title.clone(),
            target.expected.clone(),
            words(&target.promised, ""),
            words(&target.standing, &target.moved_by),
        ];
        row.extend(target.what_if.as_ref().map(|verdict| words(verdict, &target.what_if_moved_by)));
        if target.is_lost() {
            rows.push_strong(row);
        } else {
            rows.push(row);
        }
    }
    if !rows.rows.is_empty() {
        output.rows(&rows);
    }
}

/// Professions listed where not all are asked for.
const PROFESSIONS: usize = 8;

fn print_professions(found: &Progress, all: bool, output: &Output) {
    if found.professions.is_empty() {
        return;
    }
    output.say("\nProfessions whose gap moves most");
    let mut head = vec!["Profession", "Gap as promised", "As it stands"];
    if found.what_if.is_some() {
        head.push("What if");
    }
    let mut rows = Rows::new(&head, Some(1));
    let shown = if all { found.professions.len() } else { PROFESSIONS };
    for moved in found.professions.iter().take(shown) {
        let with_change = |gap: f64| match signed(gap - moved.promised_fte) {
            same if same == "0" => thousands(gap),
            change => format!("{} ({change})", thousands(gap)),
        };
        let mut row = vec![moved.profession.clone(), thousands(moved.promised_fte), with_change(moved.standing_fte)];
        row.extend(moved.what_if_fte.map(with_change));
        rows.push(row);
    }
    output.rows(&rows);
    if found.professions.len() > shown {
        output.say(&format!("… and {} more: --all", found.professions.len() - shown));
    }
}

fn print_moved(found: &Progress, output: &Output) {
    let with = if found.what_if.is_some() { ", with what was asked" } else { "" };
    let moved = match found.moved.len() {
        1 => "1 action does".to_owned(),
        many => format!("{many} actions do"),
    };
    output.say(&format!("\n{moved} not come as promised{with}"));
    if found.moved.is_empty() {
        return;
    }
    // Reasons are sentences, which a narrow column would break into many lines: in a terminal they follow the table.
    let beside = output.format() != Format::Table;
    let mut head = vec!["Action", "What", "Due", "Now", "Late", "Share", "Gap by it alone"];
    head.extend(beside.then_some("Why"));
    let mut rows = Rows::new(&head, None);
    for moved in &found.moved {
        let late = if moved.months_late == 0 { String::new() } else { months_in_words(moved.months_late) };
        let mut row = vec![
            moved.id.clone(),
            moved.title.clone(),
            moved.due.to_string(),
            moved.expected.map_or_else(|| "never".to_owned(), |day| day.to_string()),
            late,
            format!("{:.0}%", moved.share * 100.0),
            signed(moved.gap_change_alone_fte),
        ];
        row.extend(beside.then(|| moved.why.join("; ")));
        rows.push(row);
    }
    output.rows(&rows);
    found
        .moved
        .iter()
        .for_each(|moved| output.say(&format!("{}: {}.", moved.id, moved.why.join("; ").trim_end_matches('.'))));
}

fn print_milestones(found: &Progress, output: &Output) {
    if found.milestones.is_empty() {
        return;
    }
    let reached = found.milestones.iter().filter(|milestone| milestone.reached.is_some()).count();
    output.say(&format!(
        "\n{} milestones are past their date or were reached; {reached} were reached",
        found.milestones.len()
    ));
    let mut rows = Rows::new(&["Action", "Milestone", "Due", "Reached"], None);
    for milestone in &found.milestones {
        let reached = milestone.reached.map_or_else(|| "not by any report".to_owned(), |day| day.to_string());
        rows.push(vec![milestone.action.clone(), milestone.title.clone(), milestone.due.to_string(), reached]);
    }
    output.rows(&rows);
}
