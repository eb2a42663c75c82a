//! `muster plan maturity`: what a system says it is ready for, and what may be devolved to it.

use std::path::PathBuf;

use jiff::civil::Date;
use muster_plan::maturity::{Grid, Handover, Row, grid};
use muster_run::{RunError, percent};

use super::{day, read};
use crate::output::{Format, Output, Rows};

/// Show how ready a system is, activity by activity, and what may be devolved to it now and next.
///
/// The answers stand in maturity.toml beside the system's plan, which names the framework that asks.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    plan: PathBuf,
    /// The day on which to look; answers after it do not count. [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let found = grid(&read(&args.plan)?, day(args.today))?;
    if output.format() == Format::Json {
        Output::json(&found);
        return Ok(true);
    }
    output.say(&format!("{}: {}, on {}", found.place, found.framework, found.today));
    output.rows(&steps(&found));
    let score = found.score.map_or_else(|| "no answers yet".to_owned(), percent);
    let none =
        if found.unanswered == 0 { String::new() } else { format!("; {} activities have no answer", found.unanswered) };
    output.say(&format!("Score over all activities: {score}{none}. 0% is the first step in each, 100% the last."));
    found.cautions.iter().for_each(|caution| output.say(&format!("Caution: {caution}")));

    output.say("\nWhat may be devolved now");
    let now: Vec<(&Row, &Handover)> =
        found.rows.iter().flat_map(|row| row.now.iter().map(move |what| (row, what))).collect();
    if now.is_empty() {
        output.say("Nothing yet.");
    } else {
        let mut rows = Rows::new(&["Activity", "What", "From", "To"], None);
        now.iter().for_each(|(row, what)| rows.push(handover(row, what, false)));
        output.rows(&rows);
    }
    output.say("\nWhat comes next, and what is missing for it");
    let mut rows = Rows::new(&["Activity", "What", "From", "To", "Missing"], None);
    found.rows.iter().for_each(|row| row.later.iter().for_each(|what| rows.push(handover(row, what, true))));
    output.rows(&rows);
    Ok(true)
}

fn handover(row: &Row, what: &Handover, with_missing: bool) -> Vec<String> {
    let (from, to) = (what.from.title().to_owned(), what.to.title().to_owned());
    let mut cells = vec![row.activity.clone(), what.what.clone(), from, to];
    cells.extend(with_missing.then(|| what.missing.join("; ")));
    cells
}

/// The grid: a mark under the step that each activity has reached.
fn steps(found: &Grid) -> Rows {
    let mut head = vec!["Activity"];
    head.extend(found.steps.iter().map(String::as_str));
    head.extend(["Score", "Answered"]);
    let mut rows = Rows::new(&head, None);
    for row in &found.rows {
        let reached = row.readiness.as_ref().and_then(|step| found.steps.iter().position(|title| title == step));
        let mut cells = vec![row.activity.clone()];
        cells.extend((0..found.steps.len()).map(|step| match reached {
            Some(reached) if step < reached => "·".to_owned(),
            Some(reached) if step == reached => "●".to_owned(),
            _ => String::new(),
        }));
        cells.push(row.score.map_or_else(|| "–".to_owned(), |score| format!("{:.0}%", score * 100.0)));
        let stale = if row.is_stale { ", a year or more ago" } else { "" };
        cells.push(row.on.map_or_else(|| "not yet".to_owned(), |on| format!("{on} by {}{stale}", row.by)));
        rows.push(cells);
    }
    rows
}
