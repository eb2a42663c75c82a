//! `muster plan divide`: a plan for each place from the plan of the whole.

use std::path::PathBuf;

use jiff::civil::Date;
use muster_book::Plan;
use muster_plan::divide::{Among, divide};
use muster_run::RunError;

use crate::commands::today_or;
use crate::output::{Format, Output, Rows};

/// Divide a plan between its regions, systems or organisations: a folder for each, ready to be filled in and submitted.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    plan: PathBuf,
    /// Between which places.
    #[arg(long, value_enum)]
    to: To,
    /// Where to write the folders; it must not be there yet, or be empty.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// The day to write into the submissions. [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum To {
    /// The seven regions.
    Regions,
    /// The 42 integrated care systems.
    Systems,
    /// The trusts of each system, and for each system what is with none of them.
    Organisations,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let among = match args.to {
        To::Regions => Among::Regions,
        To::Systems => Among::Systems,
        To::Organisations => Among::Organisations,
    };
    let plan = Plan::read(&args.plan).map_err(RunError::Plan)?;
    let divided = divide(&plan, among, &args.out, today_or(args.today))?;
    let mut rows = Rows::new(&["Place", "Name", "Folder"], None);
    for part in &divided {
        rows.push(vec![part.place.to_string(), part.name.clone(), part.folder.display().to_string()]);
    }
    if output.format() == Format::Table {
        output.say(&format!("{} plans written to {}", divided.len(), args.out.display()));
        let mut ways: Vec<&str> = divided.iter().filter_map(|part| part.share.as_deref()).collect();
        ways.dedup();
        for way in ways {
            output.say(&format!("The share of England of each organisation is {way}."));
        }
        output.say(&format!("Add them up: muster rollup {}", args.out.display()));
    } else {
        output.rows(&rows);
    }
    Ok(true)
}
