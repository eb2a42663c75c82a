//! `muster explain`: a figure with its formula, the assumptions under it and their sources; or an error code.

use std::path::Path;

use muster_book::CODES;
use muster_run::{RunError, explain};

use crate::commands::load;
use crate::output::{Format, Output, Rows};

/// Explain a figure of a run, or an error code.
///
/// Examples: `muster explain runs/ltwp-2023-1a2b3c4d gap_fte adult-nurses 2036/37`, `muster explain plans/ltwp-2023 demand_fte gps`,
/// `muster explain M014`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A run's or plan's folder, or an error code.
    run: String,
    /// A figure, and any of a profession, group or programme, a setting, a place, a year and a scenario.
    what: Vec<String>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    if let Some(code) = CODES.iter().find(|code| code.code.eq_ignore_ascii_case(&args.run)) {
        Output::data(&format!("{}: {}\n\n{}", code.code, code.title, code.text));
        return Ok(true);
    }
    let digits = args.run.strip_prefix(['M', 'm']).unwrap_or_default();
    if digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !Path::new(&args.run).exists() {
        return Err(RunError::Request(format!(
            "no error has the code {}; there are {} to {}",
            args.run,
            CODES[0].code,
            CODES[CODES.len() - 1].code
        )));
    }
    let run = load(Path::new(&args.run), None, output)?;
    let explanation = explain(&run, &args.what.join(" "))?;
    if output.format() == Format::Json {
        Output::json(&explanation);
        return Ok(true);
    }
    Output::data(&format!("{}\n\n    {}\n\n= {}\n", explanation.question, explanation.answer, explanation.formula));
    let mut parts = Rows::new(&["Part", "Amount"], None);
    for part in &explanation.parts {
        parts.push(vec![part.what.clone(), part.amount.clone()]);
    }
    output.rows(&parts);
    output.say("\nIt rests on");
    let mut basis = Rows::new(&["Assumption", "Value", "Kind", "Source", "Why", "Written at"], None);
    for item in &explanation.basis {
        let source = if item.passport.where_in_source.is_empty() {
            item.source_title.clone()
        } else {
            format!("{}: {}", item.source_title, item.passport.where_in_source)
        };
        basis.push(vec![
            item.what.clone(),
            item.value.clone(),
            item.passport.kind.to_string(),
            source,
            item.passport.why.clone(),
            item.written_at.clone(),
        ]);
    }
    output.rows(&basis);
    Ok(true)
}
