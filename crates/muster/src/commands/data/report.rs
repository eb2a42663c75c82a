//! `muster data report`: a page that says how far the dataset can be relied on.

use std::path::{Path, PathBuf};

use jiff::Zoned;
use jiff::civil::Date;
use muster_data::Dataset;
use muster_run::RunError;
use muster_run::data_quality::DataQuality;

use super::asked;
use crate::output::Output;

/// Write a page about the quality of the dataset: coverage, freshness, breaks, sums, revisions, and what was left out.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where to write it: a name that ends in .html, or in .md for documents. Without it: data-quality.html in the dataset's folder.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The day from which freshness is counted; without it, today.
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

pub(crate) fn run(data: &Path, args: &Args, output: &Output) -> Result<bool, RunError> {
    let path = args.out.clone().unwrap_or_else(|| data.join("data-quality.html"));
    let kind = path.extension().and_then(|kind| kind.to_str()).map(str::to_lowercase);
    let markdown = match kind.as_deref() {
        Some("html" | "htm") => false,
        Some("md") => true,
        _ => return Err(asked(format!("{}: the name must end in .html or .md", path.display()))),
    };
    let dataset = Dataset::open(data).map_err(asked)?;
    let today = args.today.unwrap_or_else(|| Zoned::now().date());
    let page = output.progress(|progress| {
        progress("look through the dataset");
        DataQuality::of(&dataset, today)
    })?;
    let text = if markdown { page.markdown() } else { page.html()? };
    std::fs::write(&path, text).map_err(|error| asked(format!("{}: {error}", path.display())))?;
    Output::data(&path.display().to_string());
    Ok(true)
}
