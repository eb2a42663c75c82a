//! `muster plan`: who does what by when, what became of it, and what follows.

mod actions;
mod maturity;
mod progress;
mod show;

use std::path::Path;

use muster_book::Plan;
use muster_run::RunError;

use crate::output::Output;

/// Follow a plan: its actions, their progress, and what a system is ready for.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Actions(actions::Args),
    Show(show::Args),
    Progress(progress::Args),
    Maturity(maturity::Args),
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    match &args.command {
        Command::Actions(actions) => actions::run(actions, output),
        Command::Show(show) => show::run(show, output),
        Command::Progress(progress) => progress::run(progress, output),
        Command::Maturity(maturity) => maturity::run(maturity, output),
    }
}

/// The plan in a folder.
fn read(folder: &Path) -> Result<Plan, RunError> {
    Plan::read(folder).map_err(RunError::Plan)
}

/// The day that was asked for, or the day it is.
fn day(asked: Option<jiff::civil::Date>) -> jiff::civil::Date {
    asked.unwrap_or_else(|| jiff::Zoned::now().date())
}
