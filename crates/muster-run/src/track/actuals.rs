//! What the dataset says of a series, and how a month differs from the rest of the year.

use std::collections::BTreeMap;
use std::fs;

use jiff::civil::Date;
use muster_book::Plan;
use muster_data::lens::{Question, ask};
use muster_data::places::Places;
use muster_data::{Dataset, Period};

use super::kinds::{DataSource, Staff, Tracking};

/// Months since the year nought, so that they can be counted.
pub(crate) fn month_number(day: Date) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month()) - 1
}

/// `2024-08`, of a number of months.
pub(crate) fn month_name(month: i32) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

/// What the dataset says of a series.
pub(crate) struct Actuals {
    /// Periods of whole months, in order, with what was counted.
    pub(crate) points: Vec<(Period, f64)>,
    pub(crate) source: DataSource,
    /// The publication, as a line under a table.
    pub(crate) cited: String,
}

/// A series of a place up to a day: from the publication whose definition is nearest among those that say something after `opening`.
pub(crate) fn actuals(
    (dataset, places): (&Dataset, &Places),
    place: &str,
    (tracking, staff): (Tracking, &Staff),
    opening: Date,
    today: Date,
) -> Result<Actuals, String> {
    let mut silent = Vec::new();
    let mut old: Option<Actuals> = None;
    for source in tracking.sources() {
        match of_source((dataset, places), place, *source, staff, today) {
            Ok(found) if found.points.iter().any(|(period, _)| period.ends() >= opening) => return Ok(found),
            Ok(found) => old = old.or(Some(found)),
            Err(why) => silent.push(format!("{}: {why}", source.publication)),
        }
    }
    let Some(old) = old else { return Err(silent.join("; ")) };
    let last = old.points.last().map_or(String::new(), |(period, _)| period.to_string());
    let mut why = format!("{} ends with {last}, before the plan opens on {opening}", old.source.publication);
    if place == "ENG" && tracking == Tracking::StaffFte {
        why.push_str("; stocks of England after March 2021 are kept out of the data on purpose");
    }
    silent.insert(0, why);
    Err(silent.join("; "))
}

fn of_source(
    (dataset, places): (&Dataset, &Places),
    place: &str,
    source: DataSource,
    staff: &Staff,
    today: Date,
) -> Result<Actuals, String> {
    let question = |measure: &str| {
        let question = Question {
            measure: measure.to_owned(),
            places: vec![place.to_owned()],
            staff: vec![staff.id_in(&source)],
            until: Some(today),
            publication: Some(source.publication.to_owned()),
            ..Question::default()
        };
        ask(dataset, places, &question).map_err(|error| error.to_string())
    };
    let answer = question(source.measure)?;
    let values = |rows: &[muster_data::lens::Row]| -> BTreeMap<Period, f64> {
        let known = rows.iter().filter_map(|row| Some((row.period, row.value?.to_f64())));
        known.filter(|(period, value)| is_of_months(*period) && *value > 0.0).collect()
    };
    let mut points = values(&answer.rows);
    if let Some(over) = source.over {
        let below = values(&question(over)?.rows);
        points = points
            .into_iter()
            .filter_map(|(period, value)| {
                Some((period, value / below.get(&period)? * 12.0 / f64::from(months_of(period))))
            })
            .collect();
    }
    if points.is_empty() {
        return Err("it has no value of whole months up to that day".to_owned());
    }
    Ok(Actuals { points: points.into_iter().collect(), source, cited: answer.source.line() })
}

fn is_of_months(period: Period) -> bool {
    period.starts() == period.starts().first_of_month() && period.ends() == period.ends().last_of_month()
}

/// How many months a period has.
pub(crate) fn months_of(period: Period) -> i32 {
    month_number(period.ends()) - month_number(period.starts()) + 1
}

/// How many times its year's average a month's staff are, by group.
pub(crate) struct Seasons {
    factors: BTreeMap<(String, u32), f64>,
}

/// Where a book keeps them.
const FILE: &str = "fit/seasonal.csv";

impl Seasons {
    /// Those of the first of the plan's books that has any.
    pub(crate) fn of(plan: &Plan) -> Self {
        let text = plan.shelf.books.iter().find_map(|book| fs::read_to_string(book.folder.join(FILE)).ok());
        let mut factors = BTreeMap::new();
        for line in text.iter().flat_map(|text| text.lines()) {
            let mut cells = line.split(',');
            let (staff, month, value) = (cells.next(), cells.next(), cells.next());
            let number = |cell: Option<&str>| cell.and_then(|cell| cell.trim().parse::<f64>().ok());
            if let (Some(staff), Some(month), Some(value)) = (staff, number(month), number(value))
                && value > 0.0
            {
                factors.insert((staff.to_owned(), month as u32), value);
            }
        }
        Self { factors }
    }

    /// Whether there are any for a group.
    pub(crate) fn knows(&self, staff: &Staff) -> bool {
        (1..=12).all(|month| self.factors.contains_key(&(staff.season.to_owned(), month)))
    }

    /// The logarithm of a month's factor; nought where none is known.
    pub(crate) fn log(&self, staff: &Staff, month: i32) -> f64 {
        let key = (staff.season.to_owned(), month.rem_euclid(12) as u32 + 1);
        if self.knows(staff) { self.factors.get(&key).map_or(0.0, |factor| factor.ln()) } else { 0.0 }
    }
}
