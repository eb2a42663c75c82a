//! A calendar of refreshes: which publications and which assumptions are due to be looked at again, and what rests on them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use muster_book::Plan;
use muster_data::{Dataset, Library};
use serde::Serialize;

use crate::run::RunError;

/// An assumption that nobody has looked at for longer than this is stale.
const ASSUMPTION_MONTHS: i32 = 12;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// A newer edition should be out, or nobody has looked for a year.
    Overdue,
    /// The dataset does not have it.
    NotHeld,
    /// It is known when.
    Expected,
    /// Nobody has said how soon after its figures it comes out.
    Unknown,
}

impl Due {
    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overdue => "due",
            Self::NotHeld => "not in the dataset",
            Self::Expected => "up to date",
            Self::Unknown => "ask the publisher",
        }
    }
}

/// A line of the calendar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refreshed {
    /// The id of a publication, or the file of an assumption.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How often it is refreshed.
    pub every: String,
    /// The last day that it speaks of, or on which it was looked at.
    pub last: Option<Date>,
    /// When the next is due.
    pub next: Option<Date>,
    /// How it stands.
    pub due: Due,
    /// Uncertain assumptions of the plan that rest on it.
    pub rests_on_it: Vec<String>,
    /// How we know.
    pub why: String,
}

/// What is to be refreshed when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calendar {
    /// The day as which it was made.
    pub today: Date,
    /// Publications whose rhythm is known, the most urgent first.
    pub publications: Vec<Refreshed>,
    /// Files of assumptions, the longest unseen first.
    pub assumptions: Vec<Refreshed>,
}

impl Calendar {
    /// The calendar of a plan, and of a dataset where there is one.
    pub fn of(plan: &Plan, dataset: Option<&Dataset>, today: Date) -> Result<Self, RunError> {
        let built_in;
        let library = if let Some(dataset) = dataset {
            dataset.library()
        } else {
            built_in = Library::built_in().map_err(|error| RunError::Request(error.to_string()))?;
            &built_in
        };
        let resting = resting(plan);
        let mut publications = Vec::new();
        for description in library.publications() {
            let Some(refresh) = &description.refresh else { continue };
            let held = dataset.and_then(|dataset| dataset.catalogue().publications.get(&description.id));
            let last = held.and_then(|held| held.covers).map(|(_, last)| last);
            let lag = refresh.lag_months;
            let month_end = |day: Date, months: u8| day.saturating_add(i32::from(months).months()).last_of_month();
            let next = last.zip(lag).map(|(last, lag)| month_end(last, refresh.every.months() + lag));
            let due = match (last, next) {
                (None, _) => Due::NotHeld,
                (Some(_), None) => Due::Unknown,
                (Some(_), Some(next)) if next <= today => Due::Overdue,
                (Some(_), Some(_)) => Due::Expected,
            };
            let rests_on_it = description.cite.as_ref().and_then(|cite| resting.get(cite.as_str()));
            publications.push(Refreshed {
                id: description.id.clone(),
                title: description.title.clone(),
                every: refresh.every.title().to_owned(),
                last,
                next,
                due,
                rests_on_it: rests_on_it.into_iter().flatten().cloned().collect(),
                why: refresh.why.clone(),
            });
        }
        publications.sort_by(|a, b| (a.due, a.next, &a.id).cmp(&(b.due, b.next, &b.id)));
        Ok(Self { today, publications, assumptions: assumptions(plan, today) })
    }

    /// Whether anything is due.
    pub fn has_due(&self) -> bool {
        self.publications.iter().chain(&self.assumptions).any(|line| line.due == Due::Overdue)
    }
}

/// The uncertain measures of a plan's books, by the source they rest on.
fn resting(plan: &Plan) -> BTreeMap<&str, BTreeSet<String>> {
    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for series in plan.shelf.series() {
        for entry in series.entries.iter().filter(|entry| entry.low < entry.high) {
            let list = found.entry(entry.passport.source.as_str()).or_default();
            list.insert(series.measure.id().to_owned());
        }
    }
    found
}

/// The files of assumptions, with the day on which somebody last looked.
fn assumptions(plan: &Plan, today: Date) -> Vec<Refreshed> {
    let uncertain: BTreeSet<&str> =
        plan.shelf.series().filter(|series| series.has_range()).map(|series| series.measure.id()).collect();
    let names = plan.files.by_relative_path();
    let mut list = Vec::new();
    for (path, file) in names.iter().filter(|(path, _)| is_toml(path)) {
        // Files that are no assumption lack one of the two keys.
        let Ok(table) = file.text.parse::<toml::Table>() else {
            continue;
        };
        let measure = table.get("measure").and_then(toml::Value::as_str);
        let checked = table.get("checked").and_then(|day| day.to_string().parse::<Date>().ok());
        let (Some(measure), Some(checked)) = (measure, checked) else { continue };
        let next = checked.saturating_add(ASSUMPTION_MONTHS.months());
        list.push(Refreshed {
            id: path.clone(),
            title: table.get("about").and_then(toml::Value::as_str).unwrap_or(measure).to_owned(),
            every: "annual".to_owned(),
            last: Some(checked),
            next: Some(next),
            due: if next <= today { Due::Overdue } else { Due::Expected },
            rests_on_it: uncertain.get(measure).map(|id| (*id).to_owned()).into_iter().collect(),
            why: "Muster's own rule: an assumption is looked at once a year.".to_owned(),
        });
    }
    list.sort_by(|a, b| (a.due, a.next, &a.id).cmp(&(b.due, b.next, &b.id)));
    list
}

fn is_toml(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|kind| kind == "toml")
}
