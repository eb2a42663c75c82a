//! `muster data fit`: what a book would say if it were fitted from the dataset today.

use std::path::{Path, PathBuf};

use muster_data::Dataset;
use muster_data::fit::{self, Book, Change, Evidence, FittedFile, What};
use muster_run::RunError;

use super::asked;
use crate::output::{Format, Output, Rows};

/// Fit a book's stocks, shares and rates from the dataset; without --write or --out, only say what would change.
#[derive(clap::Args)]
#[command(after_help = "Example: muster data fit --book books/england --what stock,shares")]
pub(crate) struct Args {
    /// The folder of the book, with its recipes in the folder `fit`.
    #[arg(long, default_value = "books/england", value_name = "FOLDER")]
    book: PathBuf,
    /// What to fit. [default: everything]
    #[arg(long, value_delimiter = ',', value_name = "WHAT")]
    what: Vec<Part>,
    /// Put the fitted files here, and leave the book as it is.
    #[arg(long, value_name = "FOLDER", conflicts_with = "write")]
    out: Option<PathBuf>,
    /// Replace the files of the book: all of them, or none.
    #[arg(long)]
    write: bool,
    /// Show every entry that changes, and not only those that change most.
    #[arg(long)]
    all: bool,
}

/// What can be fitted.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Part {
    /// Staff in post by profession.
    Stock,
    /// The shares of systems, of all staff and by staff group.
    Shares,
    /// Ages of staff.
    Ages,
    /// Hours per head by age.
    Hours,
    /// Leaver rates by age.
    Leaving,
    /// Ages of joiners.
    Joining,
    /// The season of each staff group.
    Seasonal,
    /// Leaving by organisation.
    Organisations,
}

impl Part {
    fn what(self) -> What {
        match self {
            Self::Stock => What::Stock,
            Self::Shares => What::Shares,
            Self::Ages => What::Ages,
            Self::Hours => What::Hours,
            Self::Leaving => What::Leaving,
            Self::Joining => What::Joining,
            Self::Seasonal => What::Seasonal,
            Self::Organisations => What::Organisations,
        }
    }
}

/// How many changed entries a person is shown unasked.
const SHOWN: usize = 40;

pub(crate) fn run(data: &Path, args: &Args, output: &Output) -> Result<bool, RunError> {
    let book = Book::open(&args.book).map_err(asked)?;
    let what: Vec<What> =
        if args.what.is_empty() { What::ALL.to_vec() } else { args.what.iter().map(|part| part.what()).collect() };
    let fitted = output.progress(|say| {
        say("reading the dataset");
        let dataset = Dataset::open(data).map_err(asked)?;
        let evidence = Evidence::of(&dataset).map_err(asked)?;
        say("fitting");
        fit::fit(&evidence, &book, &what).map_err(asked)
    })?;
    fitted.findings.iter().for_each(|finding| output.say(finding));
    difference(fitted.changes, args.all, output);
    let changed: Vec<FittedFile> = fitted.files.iter().filter(|file| file.changed).cloned().collect();
    let names: Vec<&str> = changed.iter().map(|file| file.path.as_str()).collect();
    if let Some(folder) = &args.out {
        fit::replace(folder, &fitted.files).map_err(asked)?;
        output.say(&format!("{} files written to {}; the book is as it was.", fitted.files.len(), folder.display()));
    } else if names.is_empty() {
        output.say("The book says what the dataset says: nothing would change.");
    } else if args.write {
        fit::replace(&args.book, &changed).map_err(asked)?;
        output.say(&format!("Replaced: {}.", names.join(", ")));
    } else {
        output.say(&format!("Would change: {}. Nothing was written; --write replaces them.", names.join(", ")));
    }
    Ok(true)
}

/// Shows what changes, the largest change first.
fn difference(mut changes: Vec<Change>, all: bool, output: &Output) {
    let size = |change: &Change| change.ratio().map_or(f64::INFINITY, f64::abs);
    changes.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let shown = if all || output.format() != Format::Table { changes.len() } else { SHOWN.min(changes.len()) };
    let mut rows = Rows::new(&["Table", "Entry", "Was", "Now", "Change %"], Some(2));
    for change in &changes[..shown] {
        let number = |number: Option<f64>| number.map_or_else(|| "none".to_owned(), |number| number.to_string());
        let ratio = change.ratio().map_or_else(String::new, |ratio| format!("{:+.2}", 100.0 * ratio));
        rows.push(vec![change.file.clone(), change.entry.clone(), number(change.was), number(change.now), ratio]);
    }
    if !changes.is_empty() || output.format() != Format::Table {
        output.rows(&rows);
    }
    if shown < changes.len() {
        output.say(&format!("… and {} more; --all shows them.", changes.len() - shown));
    }
}
