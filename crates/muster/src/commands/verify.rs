//! `muster verify`: make a run again and compare it bit for bit.

use std::path::PathBuf;

use muster_run::{RunError, verify};

use crate::output::{Format, Output, Rows};

/// Make a run again from the inputs kept in its folder, and compare every file bit for bit.
///
/// Exits with 0 when all agree, 1 when a result differs, 2 when the inputs are not those of the manifest.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The run's folder.
    run: PathBuf,
    /// How many threads to use; the results do not depend on it.
    #[arg(long)]
    threads: Option<usize>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    super::run::set_threads(args.threads)?;
    let verification = output.progress(|progress| verify(&args.run, progress))?;
    let mut rows = Rows::new(&["File", "SHA-256", "Made again"], None);
    for (file, same) in &verification.outputs {
        let result = if *same { "the same, bit for bit" } else { "DIFFERENT" };
        rows.push(vec![file.path.clone(), file.sha256[..16].to_owned(), result.to_owned()]);
    }
    output.rows(&rows);
    if verification.agrees() {
        output.say("The run reproduces: every input is the one recorded, and every result is the same.");
    } else if output.format() == Format::Table {
        let (made, again) = &verification.versions;
        let versions =
            if made == again { String::new() } else { format!(" It was made by Muster {made}; this is {again}.") };
        output.say(&format!("The run does NOT reproduce.{versions}"));
    }
    Ok(verification.agrees())
}
