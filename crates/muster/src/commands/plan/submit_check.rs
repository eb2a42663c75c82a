//! `muster plan submit-check`: a submission against the rules, before it is sent.

use std::path::PathBuf;

use jiff::civil::Date;
use muster_plan::rollup::{Rollup, gather};
use muster_plan::submission::{Rules, Severity};
use muster_run::RunError;

use crate::commands::rollup::severity;
use crate::commands::today_or;
use crate::output::{Format, Output, Rows};

/// Check what a place submits against the submission rules: what is missing, out of bounds or not signed off, and what to do.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder of the submission: a plan with submission.toml and a local book.
    folder: PathBuf,
    /// The plan of the whole. [default: the plan that the submission lies within]
    #[arg(long, value_name = "PLAN")]
    top: Option<PathBuf>,
    /// The rules. [default: submission-rules.toml of the plan of the whole]
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The day that sign-offs are held against. [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let (rules, fired) = output.progress(|progress| {
        progress("reading the plan");
        let gathered = gather(std::slice::from_ref(&args.folder), args.top.as_deref())?;
        let rules = match &args.rules {
            Some(path) => Rules::read(path).map_err(RunError::Plan),
            None => Rules::of_plan(&gathered.top.folder),
        }?;
        progress("projecting it");
        let rollup = Rollup::of(&gathered, muster_book::PLAN)?;
        Ok::<_, RunError>((rules.rules.len(), rollup.fired(&gathered, &rules, today_or(args.today))))
    })?;
    if rules == 0 {
        let text =
            "there are no rules: write submission-rules.toml beside the plan of the whole, or name a file with --rules";
        return Err(RunError::Request(text.to_owned()));
    }
    let errors = fired.iter().filter(|(_, fired)| fired.severity == Severity::Error).count();
    if output.format() == Format::Json {
        Output::json(&fired.iter().map(|(_, fired)| fired).collect::<Vec<_>>());
        return Ok(errors == 0);
    }
    let mut rows = Rows::new(&["", "Rule", "What was found", "What to do"], None);
    for (_, fired) in &fired {
        let cells = [severity(fired.severity), &fired.says, &fired.found, &fired.help];
        rows.push(cells.map(str::to_owned).to_vec());
    }
    if fired.is_empty() {
        output.say(&format!("All {rules} rules are kept."));
    } else {
        output.rows(&rows);
        output.say(&format!("{} of {rules} rules are not kept, {errors} of them errors.", fired.len()));
    }
    Ok(errors == 0)
}
