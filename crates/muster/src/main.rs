//! The `muster` command: thin. Each subcommand is a file in `commands/`.
//!
//! Exit codes: 0 all is well; 1 the answer is no (a check is missed, a run does not reproduce); 2 the question cannot be put (a fault in a
//! plan, an unknown name, a file that cannot be read).

mod commands;
mod output;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use muster_run::RunError;

use crate::output::{Asked, Format, Output};

/// Plan the NHS workforce, from sourced assumptions to supply, demand and gap.
#[derive(Parser)]
#[command(name = "muster", version, about, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Say nothing but the answer.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// How to print tables.
    #[arg(long, global = true, value_enum, default_value_t = Asked::Table)]
    format: Asked,
}

#[derive(Subcommand)]
enum Command {
    Run(commands::run::Args),
    Check(commands::check::Args),
    Diff(commands::diff::Args),
    Solve(commands::solve::Args),
    Explain(commands::explain::Args),
    Money(commands::money::Args),
    Verify(commands::verify::Args),
    Export(commands::export::Args),
    Books(commands::books::Args),
    Data(commands::data::Args),
    Backtest(commands::backtest::Args),
    Track(Box<commands::track::Args>),
    Cluster(commands::cluster::Args),
    Plan(commands::plan::Args),
    Rollup(commands::rollup::Args),
    Workbook(commands::workbook::Args),
    Allocate(commands::allocate::Args),
    /// Solve one program from standard input; Muster starts this by itself.
    #[cfg(feature = "highs")]
    #[command(hide = true)]
    SolveWorker,
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let exports = matches!(cli.command, Command::Export(_));
    let format = if exports { Some(Format::Table) } else { cli.format.printed() };
    let output = Output::new(cli.quiet, format.unwrap_or(Format::Table));
    if format.is_none() {
        output.fail(&RunError::Request("`--format mdl` and `--format xlsx` are for `muster export`".to_owned()));
        return ExitCode::from(2);
    }
    let result = match cli.command {
        Command::Run(args) => commands::run::run(args, &output),
        Command::Check(args) => commands::check::run(&args, &output),
        Command::Diff(args) => commands::diff::run(&args, &output),
        Command::Solve(args) => commands::solve::run(&args, &output),
        Command::Explain(args) => commands::explain::run(&args, &output),
        Command::Money(args) => commands::money::run(&args, &output),
        Command::Verify(args) => commands::verify::run(&args, &output),
        Command::Export(args) => commands::export::run(&args, cli.format, &output),
        Command::Books(args) => commands::books::run(args, &output),
        Command::Data(args) => commands::data::run(args, &output),
        Command::Backtest(args) => commands::backtest::run(&args, &output),
        Command::Track(args) => commands::track::run(&args, &output),
        Command::Cluster(args) => commands::cluster::run(&args, &output),
        Command::Plan(args) => commands::plan::run(&args, &output),
        Command::Rollup(args) => commands::rollup::run(&args, &output),
        Command::Workbook(args) => commands::workbook::run(args, &output),
        Command::Allocate(args) => commands::allocate::run(&args, &output),
        #[cfg(feature = "highs")]
        Command::SolveWorker => commands::solve_worker::run(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "muster", &mut std::io::stdout());
            Ok(true)
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            output.fail(&error);
            ExitCode::from(2)
        }
    }
}
