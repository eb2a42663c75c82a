//! `muster data`: the workforce dataset, from publications to answers.

mod add;
mod chart;
mod compare;
mod findings;
mod fit;
mod hold;
mod list;
mod log;
mod places;
mod question;
mod report;
mod show;
mod sql;

use std::path::PathBuf;

use muster_run::RunError;

use crate::output::Output;

/// Build the workforce dataset, and ask it questions.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder of the dataset.
    #[arg(long, default_value = "data", global = true, value_name = "DIR")]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Add(add::Args),
    Show(show::Args),
    Compare(compare::Args),
    List(list::Args),
    Fit(fit::Args),
    Log(log::Args),
    Places(places::Args),
    Report(report::Args),
    Sql(sql::Args),
    Try(hold::Args),
}

pub(crate) fn run(args: Args, output: &Output) -> Result<bool, RunError> {
    match args.command {
        Command::Add(add) => add::run(&args.data, &add, output),
        Command::Show(show) => show::run(&args.data, &show, output),
        Command::Compare(compare) => compare::run(&args.data, &compare, output),
        Command::List(list) => list::run(&args.data, &list, output),
        Command::Fit(fit) => fit::run(&args.data, &fit, output),
        Command::Log(log) => log::run(&args.data, &log, output),
        Command::Places(places) => places::run(&args.data, &places, output),
        Command::Report(report) => report::run(&args.data, &report, output),
        Command::Sql(sql) => sql::run(&args.data, &sql, output),
        Command::Try(hold) => hold::run(&hold, output),
    }
}

/// A fault of the dataset, as the command reports it.
#[expect(clippy::needless_pass_by_value, reason = "errors are handed over as they come")]
fn asked(error: impl ToString) -> RunError {
    RunError::Request(error.to_string())
}
