//! `muster export`: a plan's model and inputs for other software, to check Muster's arithmetic there.

use std::path::PathBuf;

use muster_book::Plan;
use muster_run::{ExportFormat, ExportRequest, RunError, export};

use crate::commands::DEFAULT_PLAN;
use crate::output::Output;

/// Write a plan as a Vensim model, or all its inputs as tables, to check Muster in other software.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    #[arg(default_value = DEFAULT_PLAN)]
    plan: PathBuf,
    /// The scenario.
    #[arg(long, short, default_value = muster_book::PLAN)]
    scenario: String,
    /// `england`, `systems` (each of the 42), or codes of places, with commas between.
    #[arg(long, value_delimiter = ',', default_value = "england")]
    places: Vec<String>,
    /// Professions, staff groups or tags, with commas between. [default: everyone]
    #[arg(long, value_delimiter = ',')]
    professions: Vec<String>,
    /// The file to write: `.mdl` for Vensim.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let trimmed = |list: &[String]| list.iter().map(|name| name.trim().to_owned()).collect();
    let request = ExportRequest {
        scenario: args.scenario.clone(),
        places: trimmed(&args.places),
        professions: trimmed(&args.professions),
        format: ExportFormat::Mdl,
    };
    let exported = output.progress(|progress| {
        progress("reading the plan and its books");
        let plan = Plan::read(&args.plan).map_err(RunError::Plan)?;
        export(&plan, &request)
    })?;
    std::fs::write(&args.out, &exported.bytes).map_err(|error| RunError::File { path: args.out.display().to_string(), error: error.to_string() })?;
    for note in &exported.notes {
        output.say(note);
    }
    Ok(true)
}
