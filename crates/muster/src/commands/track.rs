//! `muster track`: what happened, against the band that the plan forecast.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Zoned;
use jiff::civil::Date;
use muster_book::Plan;
use muster_data::Dataset;
use muster_run::track::{BAND, Basis, Calendar, Proposal, Refreshed, Track, TrackRequest, Tracked, Tracking};
use muster_run::{RunError, percent, thousands};
use textplots::{Chart, LabelBuilder, LabelFormat, Plot, Shape};

use super::DEFAULT_PLAN;
use crate::output::{Format, Output, Rows};

/// Set what happened against a plan's forecast, and say luck, drift or broken assumption.
///
/// For example: `muster track plans/ltwp-2023 --place QJK --chart`. Exits with 0 whatever the verdicts are; with `--strict`, with 1 where a
/// series drifts or an assumption is broken, or, with `--calendar`, where something is due.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    #[arg(default_value = DEFAULT_PLAN)]
    plan: PathBuf,
    /// The folder of the dataset.
    #[arg(long, default_value = "data", value_name = "FOLDER")]
    data: PathBuf,
    /// A region, system or organisation of the plan, by its code. Without it: the plan's own place.
    #[arg(long, value_name = "PLACE")]
    place: Option<String>,
    /// What to track. Without it: all four.
    #[arg(long, value_enum, value_name = "MEASURE")]
    measure: Vec<Measure>,
    /// A staff group, as in `nurses`. Without it: all that can be tracked.
    #[arg(long, value_name = "GROUP")]
    staff: Vec<String>,
    /// The scenario whose forecast is meant.
    #[arg(long, default_value = muster_book::PLAN)]
    scenario: String,
    /// The last day that counts, as in 2025-06-30. Without it: today.
    #[arg(long, value_name = "DAY")]
    today: Option<Date>,
    /// What to compare; without it, amounts where plan and data open alike, else growth.
    #[arg(long, value_enum)]
    basis: Option<Compared>,
    /// How many months are watched in all; the rate of false alarms is that of so many.
    #[arg(long, default_value_t = 60, value_name = "MONTHS", value_parser = clap::value_parser!(u16).range(12..=240))]
    watch: u16,
    /// How many futures the band is drawn from.
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u32).range(800..=65_536))]
    draws: u32,
    /// What the random numbers start from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Draw a chart of each series in the terminal.
    #[arg(long)]
    chart: bool,
    /// Write a page.
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Write a local book with updated assumptions for what is broken into a new folder.
    #[arg(long, value_name = "DIR")]
    propose: Option<PathBuf>,
    /// Say what is to be refreshed when, and what rests on it.
    #[arg(long, conflicts_with_all = ["chart", "propose", "page", "place", "measure", "staff", "basis"])]
    calendar: bool,
    /// Exit with 1 where something drifts, is broken or is due.
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum Measure {
    StaffFte,
    Leavers,
    Joiners,
    LeaverRate,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Compared {
    Level,
    Growth,
}

impl From<Measure> for Tracking {
    fn from(measure: Measure) -> Self {
        match measure {
            Measure::StaffFte => Self::StaffFte,
            Measure::Leavers => Self::Leavers,
            Measure::Joiners => Self::Joiners,
            Measure::LeaverRate => Self::LeaverRate,
        }
    }
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let today = args.today.unwrap_or_else(|| Zoned::now().date());
    let plan = Plan::read(&args.plan).map_err(RunError::Plan)?;
    if args.calendar {
        return calendar(args, &plan, today, output);
    }
    let dataset = open(&args.data)?;
    let mut request = TrackRequest {
        place: args.place.clone(),
        scenario: args.scenario.clone(),
        staff: args.staff.clone(),
        basis: args.basis.map(|basis| match basis {
            Compared::Level => Basis::Level,
            Compared::Growth => Basis::Growth,
        }),
        watch_months: usize::from(args.watch),
        draws: args.draws as usize,
        seed: args.seed,
        ..TrackRequest::on(today)
    };
    if !args.measure.is_empty() {
        request.measures = args.measure.iter().map(|measure| (*measure).into()).collect();
    }
    let track = output.progress(|progress| Track::of(&plan, &dataset, &request, progress))?;
    match output.format() {
        Format::Json => Output::json(&track),
        Format::Csv => output.rows(&months(&track)),
        Format::Table | Format::Markdown => {
            if !track.series.is_empty() {
                output.rows(&summary(&track));
            }
            for series in &track.series {
                if args.chart {
                    Output::data(&terminal(series));
                }
                output.say(&format!("{}: {}", series.title, series.says));
                if !series.rules.is_empty() {
                    output.say(&format!(
                        "  Rules of the chart: {}. Paths of the plan set off some rule in {} of watches as long.",
                        series.rules.join("; "),
                        percent(series.rules_by_chance)
                    ));
                }
            }
            passport(&track, output);
        }
    }
    if let Some(path) = &args.page {
        let calendar = Calendar::of(&plan, Some(&dataset), today)?;
        write(path, &track.html(Some(&calendar))?)?;
        output.say(&format!("The page is in {}.", path.display()));
    }
    if let Some(folder) = &args.propose {
        propose(folder, &track.proposal(&plan), output)?;
    }
    Ok(!(args.strict && track.has_alarm()))
}

fn open(folder: &Path) -> Result<Dataset, RunError> {
    Dataset::open(folder).map_err(|error| RunError::Request(error.to_string()))
}

fn summary(track: &Track) -> Rows {
    let mut rows = Rows::new(
        &["Series", "Month", "Actual", "Middle", "Four in five futures", "Below it", "Verdict", "Points to"],
        None,
    );
    for series in &track.series {
        let last = series.months.iter().rev().find_map(|month| Some((month, month.actual?)));
        let Some((month, actual)) = last else { continue };
        let shown = |value: f64| if series.measure == Tracking::LeaverRate { percent(value) } else { thousands(value) };
        let points_to = if series.is_alarm() { series.points_to.to_owned() } else { String::new() };
        let cells = vec![
            series.title.clone(),
            month.month.clone(),
            shown(actual),
            shown(month.band[3]),
            format!("{} to {}", shown(month.band[1]), shown(month.band[5])),
            month.pit.map_or(String::new(), percent),
            series.verdict.title().to_owned(),
            points_to,
        ];
        if series.is_alarm() { rows.push_strong(cells) } else { rows.push(cells) }
    }
    rows
}

/// Every month in a row of its own, for programs.
fn months(track: &Track) -> Rows {
    let quantiles = BAND.map(|chance| format!("q{chance}"));
    let head: Vec<&str> = ["series", "place", "month", "actual"]
        .into_iter()
        .chain(quantiles.iter().map(String::as_str))
        .chain(["share_below", "error", "unit", "basis", "verdict", "source"])
        .collect();
    let mut rows = Rows::new(&head, None);
    for series in &track.series {
        for month in &series.months {
            let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
            let mut cells = vec![series.id.clone(), track.place.clone(), month.month.clone(), number(month.actual)];
            cells.extend(month.band.map(|value| value.to_string()));
            cells.extend([
                number(month.pit),
                number(month.error),
                series.unit.to_owned(),
                if series.basis == Basis::Level { "level" } else { "growth" }.to_owned(),
                series.verdict.title().to_owned(),
                series.source.clone(),
            ]);
            rows.push(cells);
        }
    }
    rows
}

/// What must stand beside the verdicts: what each side counts, what is compared, and how often an alarm is false.
fn passport(track: &Track, output: &Output) {
    let rates = track.false_alarms;
    if !track.series.is_empty() {
        output.say(&format!(
            "If the plan is right, a series is called broken in at most {} of watches of {} months and drifting in at most {}, however often \
             it is looked at; of {} series together, more will be. Band: {} draws of the plan's ranges, with chance from month to month.",
            percent(rates.broken),
            track.watch_months,
            percent(rates.drift),
            track.series.len(),
            thousands(track.draws as f64)
        ));
    }
    let mut said: Vec<String> = Vec::new();
    for series in &track.series {
        let basis = if series.basis == Basis::Level { "Amounts are compared" } else { "Growth is compared" };
        let why = format!("{basis}: {}.", series.basis_why);
        let counts = format!("The plan counts {}; the data count {}.", series.plan_counts, series.data_count);
        for text in [counts, why, format!("Source: {}.", series.source)] {
            if !said.contains(&text) {
                output.say(&text);
                said.push(text);
            }
        }
    }
    for one in &track.not_tracked {
        output.say(&format!("Not tracked: {}: {}.", one.title, one.why.trim_end_matches('.')));
    }
}

/// What happened, the middle of the forecast and the edges of four futures in five.
fn terminal(series: &Tracked) -> String {
    let scale = if series.measure == Tracking::LeaverRate { 100.0 } else { 1.0 };
    let at = |month: &str| -> Option<f32> {
        let (year, month) = month.split_once('-')?;
        Some(year.parse::<f32>().ok()? + (month.parse::<f32>().ok()? - 0.5) / 12.0)
    };
    let line = |of: &dyn Fn(&muster_run::track::Month) -> Option<f64>| -> Vec<(f32, f32)> {
        series.months.iter().filter_map(|month| Some((at(&month.month)?, (of(month)? * scale) as f32))).collect()
    };
    let (actual, low) = (line(&|month| month.actual), line(&|month| Some(month.band[1])));
    let (middle, high) = (line(&|month| Some(month.band[3])), line(&|month| Some(month.band[5])));
    let (Some(first), Some(last)) = (low.first(), low.last()) else { return String::new() };
    let mut text = format!(
        "{}, {}: a line for what happened, dots for four in five futures and their middle; the axis does not start at nought\n",
        series.title,
        if scale > 1.0 { "% a year" } else { series.unit }
    );
    if first.0 < last.0 {
        let mut chart = Chart::new(120, 48, first.0, last.0);
        let shapes = [Shape::Points(&low), Shape::Points(&middle), Shape::Points(&high), Shape::Lines(&actual)];
        let year = LabelFormat::Custom(Box::new(|year| format!("{year:.0}")));
        let chart = shapes.iter().fold(chart.x_label_format(year), |chart, shape| chart.lineplot(shape));
        chart.axis();
        chart.figures();
        text.push_str(&chart.to_string());
    }
    text
}

fn calendar(args: &Args, plan: &Plan, today: Date, output: &Output) -> Result<bool, RunError> {
    // A calendar needs no dataset: what is not held is said to be so.
    let dataset = if args.data.exists() { Some(open(&args.data)?) } else { None };
    let calendar = Calendar::of(plan, dataset.as_ref(), today)?;
    if output.format() == Format::Json {
        Output::json(&calendar);
    } else {
        let mut rows =
            Rows::new(&["What", "How often", "Last", "Next", "Stands", "Uncertain assumptions that rest on it"], None);
        for line in calendar.publications.iter().chain(&calendar.assumptions) {
            rows.push(refreshed(line));
        }
        output.rows(&rows);
        output.say(&format!(
            "As on {today}. Publications whose rhythm their descriptions state; then files of assumptions, which are due a year after somebody \
             last looked."
        ));
        if dataset.is_none() {
            output.say(&format!("There is no dataset in {}: make one with `muster data add`.", args.data.display()));
        }
    }
    Ok(!(args.strict && calendar.has_due()))
}

fn refreshed(line: &Refreshed) -> Vec<String> {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    vec![
        line.id.clone(),
        line.every.clone(),
        day(line.last),
        day(line.next),
        line.due.title().to_owned(),
        line.rests_on_it.join(", "),
    ]
}

/// Writes the book whole or not at all.
fn propose(folder: &Path, proposal: &Proposal, output: &Output) -> Result<(), RunError> {
    proposal.notes.iter().for_each(|note| output.say(note));
    if proposal.files.is_empty() {
        return Ok(());
    }
    let wrong = |path: &Path, error: &dyn ToString| RunError::File {
        path: path.display().to_string(),
        error: error.to_string(),
    };
    if folder.exists() {
        return Err(wrong(
            folder,
            &"there is something already: name a new folder, so that no book is changed in silence",
        ));
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(above).map_err(|error| wrong(above, &error))?;
    let partial = tempfile::tempdir_in(above).map_err(|error| wrong(above, &error))?;
    for file in &proposal.files {
        let path = partial.path().join(&file.path);
        let inside = path.parent().unwrap_or(partial.path());
        fs::create_dir_all(inside).map_err(|error| wrong(inside, &error))?;
        fs::write(&path, &file.text).map_err(|error| wrong(&path, &error))?;
    }
    fs::rename(partial.keep(), folder).map_err(|error| wrong(folder, &error))?;
    output.say(&format!(
        "The proposal is a book in {}: add it to `books` of the plan, and `muster check` it.",
        folder.display()
    ));
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), RunError> {
    let wrong = |error: &dyn ToString| RunError::File { path: path.display().to_string(), error: error.to_string() };
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let partial = tempfile::NamedTempFile::new_in(above).map_err(|error| wrong(&error))?;
    fs::write(partial.path(), text).map_err(|error| wrong(&error))?;
    partial.persist(path).map_err(|error| wrong(&error))?;
    Ok(())
}
