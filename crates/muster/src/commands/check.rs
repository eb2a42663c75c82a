//! `muster check`: is the plan sound, and what do its results say against the published record?

use std::path::PathBuf;

use muster_book::{Plan, Role};
use muster_plan::subsidiarity::{Severity, findings};
use muster_run::{Outcome, Request, Run, RunError};

use crate::commands::DEFAULT_PLAN;
use crate::output::{Format, Output, Rows};

/// Check a plan and its books, and hold its results against its checks and targets.
///
/// Exits with 0 when every calibration and input is met, 1 when one is not, 2 when the plan has a fault. A missed prediction or
/// target is a finding, not a fault.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    #[arg(default_value = DEFAULT_PLAN)]
    plan: PathBuf,
    /// Exit with 1 when a prediction or target is missed, too.
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let request =
        Request { plan: args.plan.clone(), scenarios: Vec::new(), places: Vec::new(), monthly: false, draws: None };
    let run = output.progress(|progress| Run::make(request, progress))?;
    output.say(&sound(&run.plan));
    for over in run.plan.overrides_in_words() {
        output.say(&format!(
            "  {} instead of {} (book: {}, written at {})",
            over.what, over.instead_of, over.book, over.written_at
        ));
    }
    for repair in &run.plan.repairs {
        output.say(&format!("  Caution: {repair}"));
    }
    let misplaced = findings(&run.plan).iter().filter(|finding| finding.severity > Severity::Note).count();
    if misplaced > 0 {
        let of = if misplaced == 1 { "1 action does" } else { &format!("{misplaced} actions do") };
        output.say(&format!(
            "  Caution: {of} not fit their level, owner, place or needs: `muster plan actions {} --view level` says why.",
            args.plan.display()
        ));
    }
    if run.verdicts.is_empty() {
        output.say("The plan has no checks and no targets.");
        return Ok(true);
    }
    if output.format() == Format::Json {
        Output::json(&run.verdicts);
    } else {
        let mut rows = Rows::new(&["Check", "Expected", "This run", "Outcome"], None);
        // Reasons are too long for a terminal; `--format csv` and `markdown` have them.
        let with_notes = output.format() != Format::Table;
        if with_notes {
            rows.head.push("Note".to_owned());
        }
        for verdict in &run.verdicts {
            let title = match verdict.role {
                Role::Target => format!("Target: {}", verdict.title),
                _ => verdict.title.clone(),
            };
            let mut row = vec![title, verdict.expected.clone(), verdict.found.clone(), verdict.words()];
            row.extend(with_notes.then(|| verdict.note.clone()));
            rows.push(row);
        }
        output.rows(&rows);
    }
    let blame = |role: Role| matches!(role, Role::Calibration | Role::Input) || args.strict;
    Ok(!run.verdicts.iter().any(|verdict| verdict.outcome == Outcome::Missed && blame(verdict.role)))
}

fn sound(plan: &Plan) -> String {
    let shelf = &plan.shelf;
    let values: usize = shelf.series().map(|series| series.entries.len()).sum();
    format!(
        "{} is sound: {values} values in {} {}, {} professions, {} actions, {} sources. Nothing is missing, doubled or unsourced.",
        plan.folder.display(),
        shelf.books.len(),
        if shelf.books.len() == 1 { "book" } else { "books" },
        shelf.taxonomy.professions.len(),
        plan.actions.len(),
        shelf.sources.len()
    )
}
