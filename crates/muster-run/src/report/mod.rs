//! The report: one self-contained page for a board, an analyst or the public.
//!
//! Each section is a function that returns blocks; the template only lays them out.

pub(crate) mod chart;
mod drivers;
mod fan;
mod frame;
mod money;
mod odds;
mod sections;
mod stress;
pub(crate) mod track_chart;
mod uncertainty;

use askama::Template;

use crate::manifest;
use crate::run::{Request, Run, RunError};

/// A part of the page under its own heading.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

/// Something in a section.
pub(crate) enum Block {
    Text(String),
    Stats(Vec<Stat>),
    Chart(chart::Chart),
    /// Side by side where the page is wide enough.
    Charts(Vec<chart::Chart>),
    Table(Table),
    /// A long table, folded on the screen and open in print.
    Folded(Table),
}

/// A number in large type.
pub(crate) struct Stat {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) note: String,
}

pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<TableRow>,
    /// Whether all columns but the first hold numbers.
    pub(crate) numeric: bool,
}

pub(crate) struct TableRow {
    pub(crate) cells: Vec<String>,
    /// `total`, `group`, `met`, `missed` or nothing.
    pub(crate) class: &'static str,
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    title: String,
    subtitle: String,
    about: String,
    sections: Vec<Section>,
    command: String,
    version: &'static str,
}

/// A line chart of any series as one SVG element, in the look of the report.
pub fn line_chart(
    title: &str,
    labels: &[String],
    series: Vec<(String, Vec<f64>)>,
    unit: &str,
) -> Result<String, RunError> {
    let series: Vec<chart::Series> = series.into_iter().map(|(name, values)| chart::Series { name, values }).collect();
    chart::lines("chart", title, labels, &series, unit).map(|chart| chart.svg)
}

/// The page of a run.
pub(crate) fn html(run: &Run) -> Result<String, RunError> {
    let mut all = vec![sections::in_short(run)?];
    all.extend(uncertainty::section(run)?);
    all.extend([
        sections::gap(run)?,
        sections::staff_groups(run)?,
        sections::professions(run),
        sections::settings(run),
    ]);
    all.extend(sections::places(run));
    all.extend([sections::bridges(run)?, sections::training(run)?, sections::pay_bill(run)?, money::section(run)?]);
    all.extend(sections::sensitivity(run)?);
    all.extend(drivers::section(run));
    all.extend(stress::stress(run)?);
    all.extend([
        sections::checks(run),
        sections::targets(run),
        sections::actions(run),
        sections::calibration(run),
        sections::cautions(run),
        sections::sources(run),
    ]);
    all.retain(|section| !section.blocks.is_empty());
    let request = Request { plan: run.plan.relative_folder().into(), ..run.request.clone() };
    let names: Vec<&str> = run.scenarios.iter().map(|scenario| scenario.title.as_str()).collect();
    let page = Page {
        title: run.plan.title.clone(),
        subtitle: format!(
            "{}: supply, demand and gap, {} to {}, {}",
            run.place_title(),
            run.plan.from,
            run.plan.to,
            names.join(" and ").to_lowercase()
        ),
        about: run.plan.about.trim().to_owned(),
        sections: all,
        command: manifest::command(&request),
        version: env!("CARGO_PKG_VERSION"),
    };
    page.render().map_err(|error| RunError::File { path: "report.html".to_owned(), error: error.to_string() })
}

impl Table {
    pub(crate) fn numbers(caption: impl Into<String>, head: Vec<String>) -> Self {
        Self { caption: caption.into(), head, rows: Vec::new(), numeric: true }
    }

    pub(crate) fn words(caption: impl Into<String>, head: &[&str]) -> Self {
        let head = head.iter().map(|name| (*name).to_owned()).collect();
        Self { caption: caption.into(), head, rows: Vec::new(), numeric: false }
    }

    pub(crate) fn push(&mut self, class: &'static str, cells: Vec<String>) {
        self.rows.push(TableRow { cells, class });
    }
}
