//! `muster backtest`: forecast from months gone by, and see who was nearer.

use std::fs;
use std::path::{Path, PathBuf};

use muster_data::Dataset;
use muster_data::store::AddOptions;
use muster_forecast::{Level, Method, Month, QUANTILES, Reconciliation};
use muster_run::{Backtest, BacktestRequest, RunError, level_title, track_record, track_record_chart};

use crate::output::{Format, Output, Rows};

/// Forecast staff in post from months gone by, on what was known then, and score the forecasts.
///
/// For example: `muster backtest --origin 2016-03 --origin 2017-03 --horizon 60`
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The dataset, or a folder of publications.
    #[arg(long, default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// The month to forecast from; may be said several times. Without it: every March from 2016 that leaves a year to score.
    #[arg(long, value_name = "MONTH")]
    origin: Vec<Month>,
    /// How many months ahead to go; each full year on the way is scored.
    #[arg(long, default_value_t = 60, value_name = "MONTHS", value_parser = clap::value_parser!(u16).range(1..=240))]
    horizon: u16,
    /// How the forecasts of parts and wholes are made to add up.
    #[arg(long, value_enum, default_value_t = How::WeightedLeastSquares)]
    reconcile: How,
    /// Every score in a row of its own: origin, horizon, series, method.
    #[arg(long)]
    rows: bool,
    /// Write Muster's forecasts from the last origin, with their intervals, as CSV.
    #[arg(long, value_name = "FILE")]
    forecasts: Option<PathBuf>,
    /// Write the track record into this Markdown file, below the line that marks where it begins, with a chart beside it.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum How {
    WeightedLeastSquares,
    BottomUp,
    TopDown,
}

/// Below this line a track record is written by the command; above it, by people.
const MARK: &str = "<!-- Below this line the page is written by `muster backtest --write`. -->";

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let holder;
    let folder: &Path = if args.data.join("catalogue.json").is_file() || !args.data.is_dir() {
        &args.data
    } else {
        holder = tempfile::tempdir().map_err(|error| RunError::Request(error.to_string()))?;
        let paths = [args.data.clone()];
        output
            .progress(|progress| {
                Dataset::add(holder.path(), &paths, &AddOptions::default(), &mut |path| {
                    progress(&format!("read {}", path.display()));
                })
            })
            .map_err(|error| RunError::Request(error.to_string()))?;
        holder.path()
    };
    let dataset = Dataset::open(folder).map_err(|error| RunError::Request(error.to_string()))?;
    let request = BacktestRequest {
        origins: origins(&args.origin)?,
        horizons_months: horizons(usize::from(args.horizon)),
        reconciliation: match args.reconcile {
            How::WeightedLeastSquares => Reconciliation::WeightedLeastSquares,
            How::BottomUp => Reconciliation::BottomUp,
            How::TopDown => Reconciliation::TopDown,
        },
    };
    let backtest = output.progress(|progress| {
        progress("forecast and score");
        Backtest::make(&dataset, request)
    })?;
    if let Some(path) = &args.forecasts {
        write(path, &forecasts(&backtest))?;
        output.say(&format!("Forecasts from {} written to {}.", backtest.latest.origin, path.display()));
    }
    if let Some(path) = &args.write {
        write_page(path, &backtest)?;
        output.say(&format!("Written to {}.", path.display()));
        return Ok(true);
    }
    if args.rows || matches!(output.format(), Format::Csv | Format::Json) {
        output.rows(&score_rows(&backtest));
    } else {
        print(&backtest, output);
    }
    Ok(true)
}

/// The origins that were asked for, or every March from 2016 to 2020.
fn origins(asked: &[Month]) -> Result<Vec<Month>, RunError> {
    if !asked.is_empty() {
        return Ok(asked.to_vec());
    }
    (2016..=2020)
        .map(|year| Month::new(year, 3).ok_or_else(|| RunError::Request(format!("{year}-03 is no month"))))
        .collect()
}

/// Each full year on the way, and the end.
fn horizons(last: usize) -> Vec<usize> {
    let mut list: Vec<usize> = (1..=last / 12).map(|year| year * 12).collect();
    if list.last() != Some(&last) {
        list.push(last);
    }
    list
}

fn print(backtest: &Backtest, output: &Output) {
    let summary = backtest.summary();
    if summary.is_empty() {
        output.say(&format!(
            "Nothing to score: the data end in {}. `--forecasts FILE` writes what is forecast from {}.",
            backtest.data.1, backtest.latest.origin
        ));
        return;
    }
    for level in Level::ALL {
        let mut head = vec!["Months ahead"];
        head.extend(Method::ALL.map(Method::title));
        head.push("Inside 80%");
        head.push("Outcomes");
        let mut rows = Rows::new(&head, Some(0));
        for horizon in &backtest.request.horizons_months {
            let of = |method: Method| {
                summary.iter().find(|row| row.level == level && row.method == method && row.horizon_months == *horizon)
            };
            let Some(own) = of(Method::Muster) else { continue };
            let error = |method: Method| {
                of(method).map_or(String::new(), |row| {
                    format!(
                        "{:.2}",
                        if level == Level::Organisation { row.pooled_wis_percent } else { row.wis_percent }
                    )
                })
            };
            let mut cells = vec![horizon.to_string()];
            cells.extend(Method::ALL.map(error));
            cells.extend([format!("{:.0}%", own.inside_80_percent), own.outcomes.to_string()]);
            rows.push(cells);
        }
        if !rows.rows.is_empty() {
            output.say(&format!("{}: weighted interval score, % of staff in post", level_title(level)));
            output.rows(&rows);
        }
    }
}

fn score_rows(backtest: &Backtest) -> Rows {
    let head = [
        "origin",
        "horizon_months",
        "level",
        "series",
        "name",
        "method",
        "origin_fte",
        "actual_fte",
        "median_fte",
        "ape_percent",
        "mase",
        "wis_fte",
        "wis_percent",
        "inside_50",
        "inside_80",
        "inside_95",
    ];
    let mut rows = Rows::new(&head, None);
    for row in &backtest.scores {
        rows.push(vec![
            row.origin.to_string(),
            row.horizon_months.to_string(),
            row.level.id().to_owned(),
            row.series.clone(),
            backtest.name(&row.series).to_owned(),
            row.method.id().to_owned(),
            row.origin_fte.to_string(),
            row.actual_fte.to_string(),
            row.median_fte.to_string(),
            row.ape_percent.to_string(),
            row.mase.map(|value| value.to_string()).unwrap_or_default(),
            row.wis_fte.to_string(),
            row.wis_percent.to_string(),
            row.inside_50.to_string(),
            row.inside_80.to_string(),
            row.inside_95.to_string(),
        ]);
    }
    rows
}

fn forecasts(backtest: &Backtest) -> String {
    let quantiles: Vec<String> = QUANTILES.iter().map(|quantile| format!("q{quantile}")).collect();
    let mut text = format!("origin,month,level,series,name,{}\n", quantiles.join(","));
    for series in &backtest.latest.series {
        for month in &series.months {
            let values: Vec<String> = month.quantiles_fte.iter().map(|value| format!("{value:.3}")).collect();
            let name = backtest.name(&series.id).replace('"', "\"\"");
            text.push_str(&format!(
                "{},{},{},{},\"{name}\",{}\n",
                backtest.latest.origin,
                month.month,
                series.level.id(),
                series.id,
                values.join(",")
            ));
        }
    }
    text
}

fn write(path: &Path, text: &str) -> Result<(), RunError> {
    fs::write(path, text).map_err(|error| RunError::File { path: path.display().to_string(), error: error.to_string() })
}

/// Replaces what is below the mark, and the chart beside the page.
fn write_page(path: &Path, backtest: &Backtest) -> Result<(), RunError> {
    let chart = path.with_extension("svg");
    write(&chart, &track_record_chart(backtest)?)?;
    let old = fs::read_to_string(path).unwrap_or_default();
    let above = old.split_once(MARK).map_or("# Track record\n\n", |(above, _)| above);
    let picture = chart.file_name().unwrap_or_default().to_string_lossy();
    let text = format!(
        "{above}{MARK}\n\nOrigins {}; data from {} to {}.\n\n![Scores by months ahead]({picture})\n{}",
        backtest.request.origins.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        backtest.data.0,
        backtest.data.1,
        track_record(backtest)
    );
    write(path, &text)
}
