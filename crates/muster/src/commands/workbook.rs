//! `muster workbook`: a plan as a workbook that planners fill in, and back to its files.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use muster_run::RunError;
use muster_workbook::{ImportRequest, WorkbookError, export_plan, export_results, import, write_whole};

use crate::commands::{DEFAULT_PLAN, load};
use crate::output::{Format, Output, Rows};

/// Write a plan as a workbook for planners to fill in, and read it back.
///
/// Only what was changed is written back, each cell to its place in the files; everything else stays as it is, comments too. What is not
/// accepted is listed by its cell, such as Supply!F12, and then nothing is written. See docs/how-to/plan-in-a-spreadsheet.md.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Write a plan and its books as a workbook to fill in, or the results of a run as one to read.
    Export {
        /// The plan's folder, or a run's, of which the results are written.
        #[arg(default_value = DEFAULT_PLAN)]
        plan: PathBuf,
        /// The workbook to write.
        #[arg(long, value_name = "FILE.xlsx")]
        out: PathBuf,
        /// Only these topics, with commas between: actions, scenarios, targets, checks, supply, training, demand, money, places and others.
        #[arg(long, value_delimiter = ',')]
        topic: Vec<String>,
        /// Run the plan, and write its results, checks, targets and actions.
        #[arg(long)]
        results: bool,
    },
    /// Read a workbook back into the plan it was made from.
    Import {
        /// The workbook.
        workbook: PathBuf,
        /// The plan's folder.
        #[arg(long, value_name = "PLAN")]
        into: PathBuf,
        /// Say what would change, and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Where rows, columns or sheets are missing, leave what they held as it is.
        #[arg(long)]
        keep_missing: bool,
        /// The day that the change log names. [default: today]
        #[arg(long)]
        today: Option<Date>,
    },
}

pub(crate) fn run(args: Args, output: &Output) -> Result<bool, RunError> {
    match args.what {
        What::Export { plan, out, topic, results } if results || plan.join("manifest.json").exists() => {
            if !topic.is_empty() {
                return Err(RunError::Request("results have no topics: leave out --topic".to_owned()));
            }
            let run = load(&plan, None, output)?;
            let bytes = match export_results(&run) {
                Ok(bytes) => bytes,
                Err(error) => return refuse(error, output),
            };
            write(&out, &bytes)?;
            output.say(&format!("{}: {} kB", out.display(), bytes.len().div_ceil(1000)));
            Ok(true)
        }
        What::Export { plan, out, topic, .. } => {
            let exported = output.progress(|progress| {
                progress("reading the plan and its books");
                export_plan(&plan, &topic)
            });
            let exported = match exported {
                Ok(exported) => exported,
                Err(error) => return refuse(error, output),
            };
            write(&out, &exported.bytes)?;
            let mut rows = Rows::new(&["Sheet", "Entries"], Some(1));
            exported.sheets.iter().for_each(|(name, count)| rows.push(vec![name.clone(), count.to_string()]));
            output.rows(&rows);
            output.say(&format!("{}: {} kB", out.display(), exported.bytes.len().div_ceil(1000)));
            Ok(true)
        }
        What::Import { workbook, into, dry_run, keep_missing, today } => {
            let today = today.unwrap_or_else(|| jiff::Zoned::now().date());
            let request = ImportRequest { workbook, plan: into, dry_run, keep_missing, today };
            let imported = output.progress(|progress| {
                progress("reading the workbook");
                import(&request)
            });
            let imported = match imported {
                Ok(imported) => imported,
                Err(error) => return refuse(error, output),
            };
            if output.format() == Format::Json {
                Output::json(&imported);
                return Ok(true);
            }
            imported.notes.iter().for_each(|note| output.say(&format!("note: {note}")));
            if imported.changed.is_empty() {
                output.say("Nothing was changed in the workbook, or the files already say it: no file was written.");
                return Ok(true);
            }
            let mut rows = Rows::new(&["Cell", "File", "Entry", "Field", "Was", "Is"], None);
            for change in &imported.changed {
                let cells = [&change.cell, &change.file, &change.entry, &change.field, &change.old, &change.new];
                rows.push(cells.into_iter().map(|cell| shortened(cell)).collect());
            }
            output.rows(&rows);
            let count = imported.changed.len();
            let changes = if count == 1 { "1 change".to_owned() } else { format!("{count} changes") };
            let files = imported.files.join(", ");
            output.say(&if imported.written {
                format!("{changes} written to {files}; change-log.csv beside the plan says who and why")
            } else {
                format!("{changes} would be written to {files}: nothing was written")
            });
            Ok(true)
        }
    }
}

/// Lists what was not accepted: the answer is no. A plan that cannot be read is a question that cannot be put.
fn refuse(error: WorkbookError, output: &Output) -> Result<bool, RunError> {
    match error {
        WorkbookError::Plan(faults) => Err(RunError::Plan(faults)),
        WorkbookError::Request(why) => Err(RunError::Request(why)),
        WorkbookError::NotAccepted(findings) => {
            if output.format() == Format::Table {
                findings.iter().for_each(|finding| Output::data(&format!("{finding}\n")));
                let count = findings.len();
                let things = if count == 1 { "1 thing is".to_owned() } else { format!("{count} things are") };
                let code = findings.first().map_or("", |finding| finding.code.as_str());
                output.say(&format!(
                    "{things} not accepted: nothing was written. `muster explain {code}` says more about one."
                ));
            } else {
                let mut rows = Rows::new(&["code", "place", "message", "help"], None);
                for finding in findings {
                    rows.push(vec![finding.code, finding.place, finding.message, finding.help]);
                }
                output.rows(&rows);
            }
            Ok(false)
        }
    }
}

/// Writes a workbook where there is none: one that is there may hold somebody's work.
fn write(out: &Path, bytes: &[u8]) -> Result<(), RunError> {
    if out.exists() {
        let text = format!("{} is already there: move it, or choose another --out", out.display());
        return Err(RunError::Request(text));
    }
    write_whole(out, bytes).map_err(|error| RunError::File { path: out.display().to_string(), error })
}

/// A long text cut to what a table shows.
fn shortened(text: &str) -> String {
    let line = text.replace('\n', " ");
    match line.char_indices().nth(70) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
