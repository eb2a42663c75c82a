//! `muster plan`: a plan as something that is followed, divided and submitted.

mod actions;
mod divide;
mod maturity;
mod progress;
mod show;
mod submit_check;

use std::path::Path;

use muster_book::Plan;
use muster_run::RunError;

use crate::output::Output;

/// Follow a plan: its actions and their progress, what a system is ready for, and what places submit of it.
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
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
    Divide(divide::Args),
    SubmitCheck(submit_check::Args),
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    match &args.command {
        Command::Actions(args) => actions::run(args, output),
        Command::Show(args) => show::run(args, output),
        Command::Progress(args) => progress::run(args, output),
        Command::Maturity(args) => maturity::run(args, output),
        Command::Divide(args) => divide::run(args, output),
        Command::SubmitCheck(args) => submit_check::run(args, output),
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
