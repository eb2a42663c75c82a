//! The page of a plan's progress, in the look of the report.

use askama::Template;
use jiff::civil::Date;
use muster_measure::watch::Verdict;

use super::Track;
use super::calendar::{Calendar, Refreshed};
use super::tracked::{Basis, Tracked, chance_of, shown};
use crate::number::percent;
use crate::report::track_chart::{Banded, banded};
use crate::report::{Block, Section, Stat, Table};
use crate::run::RunError;

#[derive(Template)]
#[template(path = "track.html")]
struct Page<'a> {
    title: &'a str,
    subtitle: &'a str,
    sections: &'a [Section],
    today: Date,
    version: &'static str,
}

/// The page.
pub(crate) fn html(track: &Track, calendar: Option<&Calendar>) -> Result<String, RunError> {
    let mut sections = vec![in_short(track), charts(track)?, tests(track), definitions(track), not_tracked(track)];
    sections.extend(calendar.map(refreshes));
    sections.retain(|section| !section.blocks.is_empty());
    let page = Page {
        title: &format!("{}: progress", track.plan),
        subtitle: &format!(
            "{}: what happened since {}, against the forecast of {}, on {}",
            track.place_name, track.opening, track.scenario, track.today
        ),
        sections: &sections,
        today: track.today,
        version: env!("CARGO_PKG_VERSION"),
    };
    page.render().map_err(|error| RunError::File { path: "track.html".to_owned(), error: error.to_string() })
}

fn section(id: &'static str, title: &str, blocks: Vec<Block>) -> Section {
    Section { id, title: title.to_owned(), blocks }
}

fn in_short(track: &Track) -> Section {
    let count = |verdict: Verdict| track.series.iter().filter(|series| series.verdict == verdict).count();
    let stat = |verdict: Verdict, note: &str| Stat {
        label: verdict.title().to_owned(),
        value: count(verdict).to_string(),
        note: note.to_owned(),
    };
    let stats = vec![
        stat(Verdict::BrokenAssumption, "series where the plan's ranges hardly ever reach"),
        stat(Verdict::Drift, "series that move away month by month, inside the band"),
        stat(Verdict::Luck, "series as near as chance and the plan's ranges explain"),
        stat(Verdict::NotEnoughMonths, "series with too few months to say"),
    ];
    let mut table = Table::words(
        "Each series in its last month",
        &["Series", "Month", "Actual", "Forecast, middle", "Four in five futures", "Verdict", "What it points to"],
    );
    for series in &track.series {
        let class = match series.verdict {
            Verdict::Luck => "luck",
            Verdict::Drift => "drift",
            Verdict::BrokenAssumption => "broken",
            Verdict::NotEnoughMonths => "",
        };
        table.push(class, summary_cells(series));
    }
    let rates = track.false_alarms;
    let text = format!(
        "If the plan is right, a series is called broken in at most {} of watches of {} months, and drifting in at most {}. Of {} series \
         watched together, more will be.",
        percent(rates.broken),
        track.watch_months,
        percent(rates.drift),
        track.series.len()
    );
    let mut blocks = Vec::new();
    if track.series.is_empty() {
        blocks.push(Block::Text(
            "Nothing in the dataset can be set against this plan there. The reasons are below.".to_owned(),
        ));
    } else {
        blocks.extend([Block::Stats(stats), Block::Table(table), Block::Text(text)]);
    }
    section("in-short", "In short", blocks)
}

/// The last month of a series: what happened, what was forecast, and the verdict.
pub(crate) fn summary_cells(series: &Tracked) -> Vec<String> {
    let last = series.months.iter().rev().find_map(|month| Some((month, month.actual?)));
    let Some((month, actual)) = last else { return vec![series.title.clone()] };
    let points_to = if series.is_alarm() { series.points_to } else { "" }.to_owned();
    vec![
        series.title.clone(),
        month.month.clone(),
        shown(series.measure, actual),
        shown(series.measure, month.band[3]),
        format!("{} to {}", shown(series.measure, month.band[1]), shown(series.measure, month.band[5])),
        series.verdict.title().to_owned(),
        points_to,
    ]
}

fn charts(track: &Track) -> Result<Section, RunError> {
    let chart = |(n, series): (usize, &Tracked)| {
        let scale = if series.unit == "share a year" { 100.0 } else { 1.0 };
        let unit = if series.unit == "share a year" { "% a year" } else { series.unit };
        banded(&Banded {
            id: &format!("series-{n}"),
            title: &series.title,
            unit,
            months: series.months.iter().map(|month| month.month.clone()).collect(),
            band: series.months.iter().map(|month| month.band.map(|value| value * scale)).collect(),
            actual: series.months.iter().map(|month| month.actual.map(|value| value * scale)).collect(),
        })
    };
    let drawable = track.series.iter().enumerate().filter(|(_, series)| series.months.len() > 1);
    let charts = drawable.map(chart).collect::<Result<Vec<_>, _>>()?;
    let blocks = if charts.is_empty() { Vec::new() } else { vec![Block::Charts(charts)] };
    Ok(section("months", "Month by month", blocks))
}

fn tests(track: &Track) -> Section {
    let mut words = Table::words("What the tests say", &["Series", "Rules of the chart", "In words"]);
    let mut numbers = Table::words(
        "The tests: how often a path of the plan itself reaches as much in the whole watch",
        &["Series", "Test", "Statistic", "p", "Speaks below", "Since"],
    );
    for series in &track.series {
        let rules = if series.rules.is_empty() {
            "none".to_owned()
        } else {
            format!(
                "{} (paths of the plan set off some rule in {} of watches as long)",
                series.rules.join("; "),
                percent(series.rules_by_chance)
            )
        };
        words.push("", vec![series.title.clone(), rules, series.says.clone()]);
        for test in &series.tests {
            let month = |point: usize| series.months.get(point).map(|month| month.month.clone());
            let since = test.since.and_then(month).unwrap_or_else(|| "does not speak".to_owned());
            numbers.push(
                "",
                vec![
                    series.title.clone(),
                    test.kind.title().to_owned(),
                    format!("{:.2}", test.statistic),
                    chance_of(test.p),
                    chance_of(test.level),
                    since,
                ],
            );
        }
    }
    let blocks = if words.rows.is_empty() { Vec::new() } else { vec![Block::Table(words), Block::Folded(numbers)] };
    section("tests", "Luck, drift or broken", blocks)
}

fn definitions(track: &Track) -> Section {
    let mut table = Table::words(
        "What each side counts, and what is compared",
        &["Series", "The plan counts", "The data count", "Compared", "Source"],
    );
    for series in &track.series {
        let basis = match series.basis {
            Basis::Level => "amounts",
            Basis::Growth => "growth since the first common point, to which the band is set",
        };
        table.push(
            "",
            vec![
                series.title.clone(),
                series.plan_counts.to_owned(),
                series.data_count.to_owned(),
                format!("{basis}: {}", series.basis_why),
                series.source.clone(),
            ],
        );
    }
    let blocks = if table.rows.is_empty() { Vec::new() } else { vec![Block::Table(table)] };
    section("definitions", "What is compared", blocks)
}

fn not_tracked(track: &Track) -> Section {
    let mut table = Table::words("Series that could not be tracked", &["Series", "Why"]);
    for one in &track.not_tracked {
        table.push("", vec![one.title.clone(), one.why.clone()]);
    }
    let blocks = if table.rows.is_empty() { Vec::new() } else { vec![Block::Table(table)] };
    section("not-tracked", "What could not be tracked", blocks)
}

fn refreshes(calendar: &Calendar) -> Section {
    let table = |caption: &str, list: &[Refreshed]| {
        let mut table =
            Table::words(caption, &["What", "How often", "Last", "Next", "Stands", "Uncertain assumptions on it"]);
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        for line in list {
            let cells = vec![
                line.id.clone(),
                line.every.clone(),
                day(line.last),
                day(line.next),
                line.due.title().to_owned(),
                line.rests_on_it.join(", "),
            ];
            table.push("", cells);
        }
        table
    };
    let blocks = vec![
        Block::Table(table("Publications", &calendar.publications)),
        Block::Folded(table("Assumptions, by when somebody last looked", &calendar.assumptions)),
    ];
    section("calendar", "Calendar of refreshes", blocks)
}
