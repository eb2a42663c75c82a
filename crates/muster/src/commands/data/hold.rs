//! `muster data try`: hold a description of a publication to its own examples, or see what it makes of a file.

use std::path::PathBuf;

use muster_data::{Library, open, read};
use muster_run::RunError;

use super::asked;
use crate::output::Output;

/// Hold a description of a publication to its examples, and see what it makes of files; nothing is filed.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The description.
    description: PathBuf,
    /// Files to read with it.
    files: Vec<PathBuf>,
    /// How many facts of each file to show.
    #[arg(long, default_value_t = 20)]
    lines: usize,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let mut library = Library::built_in().map_err(asked)?;
    let id = library.add_file(&args.description).map_err(asked)?;
    let description = library.publication(&id).ok_or_else(|| asked("the description has no id"))?;
    let differences = read::hold_examples(description, &library);
    differences.iter().for_each(|difference| Output::data(&difference.to_string()));
    output.say(&format!(
        "{} of {} examples hold.",
        description.examples.len() - differences.len(),
        description.examples.len()
    ));
    let mut all_read = true;
    for path in &args.files {
        let read =
            open::open(path).map_err(asked).and_then(|file| read::read(&file, description, &library).map_err(asked));
        match read {
            Err(error) => {
                Output::data(&format!("{}: {error}", path.display()));
                all_read = false;
            }
            Ok(filing) => {
                let account = &filing.account;
                output.say(&format!(
                    "{}: {} rows, {} filed, {} refused; {} facts; edition {}",
                    path.display(),
                    account.rows_in,
                    account.rows_filed,
                    account.rows_refused,
                    account.facts,
                    filing.edition
                ));
                filing.lines().take(args.lines).for_each(|line| Output::data(&line));
                for note in filing.not_understood.iter().take(args.lines) {
                    Output::data(&format!("not understood: {note}"));
                }
                all_read &= filing.not_understood.is_empty();
            }
        }
    }
    Ok(differences.is_empty() && all_read)
}
