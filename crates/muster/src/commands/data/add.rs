//! `muster data add`: file publications in the dataset.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use muster_data::Dataset;
use muster_data::read::ReadError;
use muster_data::store::{AddOptions, Added, Outcome};
use muster_run::RunError;

use super::{asked, findings};
use crate::output::{Output, Rows};

/// How many cells that were not understood are shown of each file.
const SHOWN: usize = 5;

/// Recognise publications, check them, and file them in the dataset.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files, or folders of files: CSV, XLSX or Parquet, also in gzip.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// A description of a publication that Muster does not know; see docs/how-to/add-a-source.md.
    #[arg(long, value_name = "TOML")]
    with: Vec<PathBuf>,
    /// The day of the edition, where the files do not say it.
    #[arg(long, value_name = "DATE")]
    edition: Option<Date>,
    /// Keep rows that are people, in a table that no question reaches; without it they are counted and forgotten.
    #[arg(long)]
    keep_people: bool,
}

pub(crate) fn run(data: &Path, args: &Args, output: &Output) -> Result<bool, RunError> {
    let missing = args.files.iter().find(|file| !file.exists());
    if let Some(missing) = missing {
        return Err(asked(format!("there is no file or folder called {}", missing.display())));
    }
    let options = AddOptions { with: args.with.clone(), edition: args.edition, keep_people: args.keep_people };
    let added = output
        .progress(|progress| {
            Dataset::add(data, &args.files, &options, &mut |path| progress(&format!("read {}", path.display())))
        })
        .map_err(asked)?;
    report(&added, output);
    findings::report(data, &added, output)?;
    let asked_for = |path: &Path| args.files.iter().any(|file| file == path);
    // In a folder, files of other kinds are to be expected; a file that was named is meant.
    Ok(added.iter().all(|file| match file.outcome {
        Outcome::Filed(..) | Outcome::Known(_) => true,
        Outcome::Unknown(_) | Outcome::OtherKind(_) => !asked_for(&file.path),
        Outcome::Refused(_) => false,
    }))
}

fn report(added: &[Added], output: &Output) {
    let mut rows = Rows::new(
        &[
            "File",
            "Publication",
            "Edition",
            "Rows in",
            "Filed",
            "Without value",
            "Left out",
            "Refused",
            "Facts",
            "Not understood",
        ],
        Some(3),
    );
    let mut notes = Vec::new();
    let (mut known, mut unknown) = (0, Vec::new());
    for file in added {
        let name = file.path.display();
        match &file.outcome {
            Outcome::Known(_) => known += 1,
            Outcome::Unknown(why) => unknown.push((&file.path, unknown_why(why))),
            Outcome::OtherKind(why) => unknown.push((&file.path, why.clone())),
            Outcome::Refused(why) => notes.push(format!("{name}: refused: {why}")),
            Outcome::Filed(entry, not_understood) => {
                let account = &entry.account;
                let left_out: usize = account.rows_left_out.values().sum();
                let mut row = vec![entry.name.clone(), entry.publication.clone(), entry.edition.clone()];
                row.extend(
                    [
                        account.rows_in,
                        account.rows_filed,
                        account.rows_without_value,
                        left_out,
                        account.rows_refused,
                        account.facts,
                        account.not_understood,
                    ]
                    .map(|count| count.to_string()),
                );
                rows.push(row);
                for (why, count) in &account.rows_left_out {
                    notes.push(format!("{}: {count} rows left out: {why}", entry.name));
                }
                notes.extend(not_understood.iter().take(SHOWN).map(|note| format!("{}: {note}", entry.name)));
                if account.not_understood > SHOWN {
                    notes.push(format!(
                        "{}: {} more: `muster data log --file {}` lists them",
                        entry.name,
                        account.not_understood - SHOWN,
                        &entry.sha256[..8]
                    ));
                }
            }
        }
    }
    if !rows.rows.is_empty() {
        output.rows(&rows);
    }
    notes.iter().for_each(|note| output.say(note));
    if known > 0 {
        output.say(&format!("{known} files are in the dataset already: nothing changed."));
    }
    match unknown.as_slice() {
        [] => {}
        few if few.len() <= 10 => few.iter().for_each(|(path, why)| output.say(&format!("{}: {why}", path.display()))),
        many => {
            output.say(&format!("{} files are no publications that Muster knows, and were passed over.", many.len()));
        }
    }
}

fn unknown_why(error: &ReadError) -> String {
    match error {
        ReadError::Unknown { nearest: Some((publication, table, missing)) } => format!(
            "{error}. It is nearest to {publication} ({table}), but lacks {}",
            missing.iter().map(|heading| format!("`{heading}`")).collect::<Vec<_>>().join(", ")
        ),
        other => format!("{other}. docs/how-to/add-a-source.md says how to describe it"),
    }
}
