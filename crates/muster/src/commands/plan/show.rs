//! `muster plan show`: one action, with all that is known of it.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use muster_book::{Action, Plan};
use muster_plan::actions::{action_named, lines, status_in_words};
use muster_plan::subsidiarity::findings;
use muster_run::RunError;

use super::{day, read};
use crate::commands::DEFAULT_PLAN;
use crate::output::{Format, Output, Rows};

/// Show one action: owner, dates, what it needs, what it changes, and what became of it.
///
/// Examples: `muster plan show LTWP-T05`, `muster plan show plans/people-plan-2019 IPP15`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder, if it is not the national plan's, and the action.
    #[arg(required = true, num_args = 1..=2, value_names = ["PLAN", "ACTION"])]
    what: Vec<String>,
    /// The day on which to look; reports after it do not count. [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let (folder, id) = match &args.what[..] {
        [folder, id] => (PathBuf::from(folder), id),
        [id, ..] => (Path::new(DEFAULT_PLAN).to_owned(), id),
        [] => return Err(RunError::Request("name an action".to_owned())),
    };
    let plan = read(&folder)?;
    let today = day(args.today);
    let index = action_named(&plan, id)?;
    let action = &plan.actions[index];
    let mut rows = Rows::new(&["What", "Of the action"], None);
    for (what, text) in facts(&plan, index, action, today) {
        if !text.trim().is_empty() {
            rows.push(vec![what.to_owned(), text]);
        }
    }
    if output.format() == Format::Table {
        Output::data(&format!("{}: {}\n", action.id, action.title));
    }
    output.rows(&rows);
    Ok(true)
}

/// Everything about an action, in the order in which a reader asks.
fn facts(plan: &Plan, index: usize, action: &Action, today: Date) -> Vec<(&'static str, String)> {
    let line = &lines(plan, today)[index];
    let names = |of: &mut dyn Iterator<Item = &Action>| {
        of.map(|action| format!("{} ({})", action.id, action.title)).collect::<Vec<_>>().join("\n")
    };
    let place = action.place.as_ref().and_then(|code| plan.shelf.places.get(code));
    let due = if action.due_why.is_empty() { String::new() } else { format!("\n{}", action.due_why) };
    let overdue = if line.is_overdue { ", overdue" } else { "" };
    let reported = line.reported_on.map_or_else(String::new, |on| format!(" (reported on {on})"));
    let expected = line.expected.map_or_else(|| "never".to_owned(), |day| day.to_string());
    let milestones = action.milestones.iter().enumerate().map(|(m, milestone)| {
        let reached = plan.milestone_reached(index, m, Some(today));
        let reached = reached.map_or_else(|| "not reached".to_owned(), |day| format!("reached on {day}"));
        format!("{}, due on {}: {reached}", milestone.title, milestone.due)
    });
    let history = plan.history(index, Some(today)).map(|report| {
        let share = report.delivered.map_or_else(String::new, |share| format!(", {:.0}% of it", share * 100.0));
        let until = report.expected.map_or_else(String::new, |day| format!(", expected {day}"));
        let note = if report.note.is_empty() { String::new() } else { format!(": {}", report.note) };
        format!("{} {}{until}{share}, by {}{note}", report.on, report.status, report.by)
    });
    let effects = action.effects.iter().map(|effect| {
        let path: Vec<String> = effect.path.iter().map(|(year, value)| format!("{value} in {year}")).collect();
        let [low, high] = effect.delivered;
        let how = format!("{:?}", effect.how).to_lowercase();
        let range = if low < high {
            format!("; {:.0}% to {:.0}% of it may come", low * 100.0, high * 100.0)
        } else {
            String::new()
        };
        format!("{how} {}: {}{range}", plan.shelf.title(effect.measure, &effect.key), path.join(", "))
    });
    let source = plan.shelf.sources.get(&action.source).map_or(action.source.as_str(), |source| source.title.as_str());
    let findings = findings(plan).into_iter().filter(|finding| finding.action == action.id);
    let findings =
        findings.map(|finding| format!("{}: {}. Next: {}.", finding.severity.title(), finding.message, finding.next));
    vec![
        ("Owner", format!("{}: {}", action.owner.organisation, action.owner.role)),
        ("Level", action.level.title().to_owned()),
        ("Place", place.map_or_else(String::new, |place| place.name.clone())),
        ("Theme", action.theme.title().to_owned()),
        ("Tags", action.tags.join(", ")),
        ("Due", format!("{}{due}", action.due)),
        ("Status", format!("{}{overdue}{reported}", status_in_words(line.status))),
        ("Expected", expected),
        ("Milestones", milestones.collect::<Vec<_>>().join("\n")),
        ("Needs", names(&mut action.needs.iter().map(|need| &plan.actions[*need]))),
        ("Needed by", names(&mut plan.actions.iter().filter(|other| other.needs.contains(&index)))),
        ("Changes", effects.collect::<Vec<_>>().join("\n")),
        ("No effect modelled", action.untracked_effect.clone().unwrap_or_default()),
        ("Evidence", action.evidence.clone()),
        ("Source", format!("{source}. {}", action.where_in_source)),
        ("Reports", history.collect::<Vec<_>>().join("\n")),
        ("To look at", findings.collect::<Vec<_>>().join("\n")),
    ]
}
