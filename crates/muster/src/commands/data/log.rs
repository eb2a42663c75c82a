//! `muster data log`: what each addition changed.

use std::path::Path;

use muster_data::Dataset;
use muster_run::RunError;

use super::asked;
use crate::output::{Output, Rows};

/// Say what each addition changed, and what was revised.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only one publication, with its largest revisions.
    publication: Option<String>,
    /// The cells of one file that were not understood: the start of its hash, or its name.
    #[arg(long, value_name = "FILE", conflicts_with = "publication")]
    file: Option<String>,
}

pub(crate) fn run(data: &Path, args: &Args, output: &Output) -> Result<bool, RunError> {
    let dataset = Dataset::open(data).map_err(asked)?;
    if let Some(file) = &args.file {
        return not_understood(&dataset, file, output);
    }
    let wanted = |publication: &str| args.publication.as_deref().is_none_or(|wanted| wanted == publication);
    let mut rows =
        Rows::new(&["When", "File", "Publication", "Edition", "New", "Unchanged", "Revised", "Newer kept"], Some(4));
    let mut revisions = Rows::new(&["Now", "Was", "Change", "Said before by"], None);
    for entry in dataset.catalogue().log.iter().filter(|entry| wanted(&entry.publication)) {
        let mut row = vec![
            entry.at.strftime("%Y-%m-%d %H:%M").to_string(),
            entry.file.clone(),
            entry.publication.clone(),
            entry.edition.clone(),
        ];
        row.extend([entry.added, entry.unchanged, entry.revised, entry.kept_newer].map(|count| count.to_string()));
        rows.push(row);
        for revision in &entry.largest {
            let was = revision.was.map_or_else(|| "withheld".to_owned(), |was| was.to_string());
            revisions.push(vec![revision.now.clone(), was, revision.by.to_string(), revision.said.clone()]);
        }
    }
    let found = !rows.rows.is_empty();
    output.rows(&rows);
    if args.publication.is_some() && !revisions.rows.is_empty() {
        output.say("The largest revisions:");
        output.rows(&revisions);
    }
    Ok(found)
}

fn not_understood(dataset: &Dataset, wanted: &str, output: &Output) -> Result<bool, RunError> {
    let files = &dataset.catalogue().files;
    let file = files.iter().find(|file| file.sha256.starts_with(wanted) || file.name == wanted);
    let file = file.ok_or_else(|| {
        asked(format!("no file of the dataset is called `{wanted}`, and none has a hash that starts so"))
    })?;
    let mut rows = Rows::new(&["Sheet", "Row", "Column", "Text", "Why"], None);
    for note in dataset.not_understood(file).map_err(asked)? {
        rows.push(vec![note.sheet, note.row.to_string(), note.column, note.text, note.why]);
    }
    output.rows(&rows);
    Ok(true)
}
