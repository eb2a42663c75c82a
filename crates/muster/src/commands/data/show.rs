//! `muster data show`: a question through a lens.

use std::fs;
use std::path::{Path, PathBuf};

use muster_data::Dataset;
use muster_data::lens::{Answer, Basis, Row, ask, to_parquet};
use muster_data::places::Places;
use muster_run::RunError;

use super::question::{QuestionArgs, for_people, long, passport, shown, unit};
use super::{asked, chart};
use crate::output::{Output, Rows};

/// More series than this are shown one below the other.
const COLUMNS: usize = 8;

/// Show a measure of England, regions, systems or organisations.
///
/// For example: `muster data show --measure fte --place QJK --profession nurses --since 2019 --by month`
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    question: QuestionArgs,
    /// Draw a chart: in the terminal, or into a file that ends in .svg or .png.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    chart: Option<PathBuf>,
    /// Write the answer as Parquet.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(data: &Path, args: &Args, output: &Output) -> Result<bool, RunError> {
    let dataset = Dataset::open(data).map_err(asked)?;
    let places = Places::of(&dataset).map_err(asked)?;
    let answer = ask(&dataset, &places, &args.question.question()?).map_err(asked)?;
    if let Some(path) = &args.out {
        let bytes = to_parquet(&answer).map_err(asked)?;
        fs::write(path, bytes).map_err(|error| asked(format!("{}: {error}", path.display())))?;
        output.say(&format!("Written to {}.", path.display()));
    }
    match &args.chart {
        Some(path) if path.as_os_str() == "-" => Output::data(&chart::terminal(&series(&answer), unit(&answer))),
        Some(path) => {
            chart::file(path, &answer, &series(&answer)).map_err(asked)?;
            output.say(&format!("Drawn into {}.", path.display()));
        }
        None if args.out.is_some() => {}
        None if for_people(output) => output.rows(&table(&answer)),
        None => output.rows(&long(&answer)),
    }
    passport(&answer, output);
    Ok(true)
}

/// The rows of one place, staff group and value of the dimension that was laid out, with a name.
pub(crate) fn series(answer: &Answer) -> Vec<(String, Vec<&Row>)> {
    let mut list: Vec<(String, Vec<&Row>)> = Vec::new();
    let several_places = answer.rows.iter().any(|row| row.place != answer.rows[0].place);
    for row in &answer.rows {
        let place = if row.place_name.is_empty() { &row.place } else { &row.place_name };
        let mut parts: Vec<&str> = Vec::new();
        if row.staff != "all" {
            parts.push(&row.staff);
        }
        if !row.across.is_empty() {
            parts.push(&row.across);
        }
        if several_places || parts.is_empty() {
            parts.insert(0, place);
        }
        let name = parts.join(", ");
        match list.iter_mut().find(|(known, rows)| *known == name && rows[0].place == row.place) {
            Some((_, rows)) => rows.push(row),
            None => list.push((name, vec![row])),
        }
    }
    list
}

/// Periods down and series across where that fits; otherwise a row for each value.
fn table(answer: &Answer) -> Rows {
    let series = series(answer);
    let mut periods: Vec<_> = answer.rows.iter().map(|row| row.period).collect();
    periods.sort_unstable();
    periods.dedup();
    if series.len() <= COLUMNS && periods.len() > 1 {
        let head: Vec<&str> = ["Period"].into_iter().chain(series.iter().map(|(name, _)| name.as_str())).collect();
        let mut rows = Rows::new(&head, Some(1));
        for period in periods {
            let value = |(_, rows): &(String, Vec<&Row>)| {
                rows.iter().find(|row| row.period == period).map_or(String::new(), |row| {
                    let mark = if matches!(row.basis, Basis::Summed(_)) { "*" } else { "" };
                    format!("{}{mark}", shown(row.value))
                })
            };
            rows.push([period.to_string()].into_iter().chain(series.iter().map(value)).collect());
        }
        return rows;
    }
    let mut rows = Rows::new(&["Place", "", "Period", unit(answer), "Basis"], None);
    for (name, list) in series {
        for row in list {
            rows.push(vec![
                row.place.clone(),
                name.clone(),
                row.period.to_string(),
                shown(row.value),
                row.basis.text(),
            ]);
        }
    }
    rows
}
