//! `muster export`: a plan's model and inputs for other software, to check Muster's arithmetic there.

use std::path::PathBuf;

use muster_book::Plan;
use muster_run::{ExportFormat, ExportRequest, RunError, export};

use crate::commands::DEFAULT_PLAN;
use crate::output::{Asked, Output};

/// Write a plan as a Vensim model, or all its inputs as tables, to check Muster in other software.
///
/// `--format mdl`: the model with its inputs, units and comments. `--format csv`: every input as a folder of CSV files. `--format xlsx`: the
/// same as a workbook. Example: `muster export --professions nursing --format mdl --out nursing.mdl`.
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
    /// Professions, staff groups or tags, with commas between; those from which people move into them are added. [default: everyone]
    #[arg(long, value_delimiter = ',')]
    professions: Vec<String>,
    /// What to write: a name that ends in .mdl or .xlsx, or for CSV the name of a folder.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args, asked: Asked, output: &Output) -> Result<bool, RunError> {
    let named = match asked {
        Asked::Mdl => Some(ExportFormat::Mdl),
        Asked::Csv => Some(ExportFormat::Csv),
        Asked::Xlsx => Some(ExportFormat::Xlsx),
        Asked::Table => None,
        Asked::Json | Asked::Markdown => {
            return Err(RunError::Request("an export is mdl, csv or xlsx: use one of them as --format".to_owned()));
        }
    };
    let trimmed = |list: &[String]| list.iter().map(|name| name.trim().to_owned()).collect();
    let request = ExportRequest {
        scenario: args.scenario.clone(),
        places: trimmed(&args.places),
        professions: trimmed(&args.professions),
        format: ExportFormat::of(named, &args.out)?,
    };
    let exported = output.progress(|progress| {
        progress("reading the plan and its books");
        let plan = Plan::read(&args.plan).map_err(RunError::Plan)?;
        progress("writing the export");
        let exported = export(&plan, &request)?;
        exported.write(&args.out)?;
        Ok::<_, RunError>(exported)
    })?;
    exported.notes.iter().for_each(|note| output.say(note));
    output.say(&format!("{}: {} kB", args.out.display(), exported.bytes().div_ceil(1000)));
    Ok(true)
}
