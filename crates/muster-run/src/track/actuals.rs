//! What the dataset says of a series, and how a month differs from the rest of the year.

use std::collections::BTreeMap;
use std::fs;

use jiff::civil::Date;
use muster_book::Plan;
use muster_data::description::PlaceKind;
use muster_data::lens::{Basis, LensError, Question, ask};
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
    let kind = |kind| places.get(place).is_some_and(|place| place.is(kind));
    let is_wide = place == "ENG" || kind(PlaceKind::Country) || kind(PlaceKind::Region);
    let question = |measure: &str| {
        let question = Question {
            measure: measure.to_owned(),
            places: vec![place.to_owned()],
            staff: vec![staff.id_in(&source)],
            until: Some(today),
            publication: Some(source.publication.to_owned()),
            ..Question::default()
        };
        match ask(dataset, places, &question) {
            // What the dataset happens to hold of a country or a region need not be all of it.
            Ok(answer) if is_wide && answer.rows.iter().any(|row| row.basis != Basis::Published) => {
                Err("it has no figure of its own for the whole place, and adding up the bodies in the dataset may leave some out".to_owned())
            }
            Ok(answer) => Ok(answer),
            Err(LensError::Store(error)) => Err(error.to_string()),
            Err(_) => Err(format!("it has no `{measure}` for this place and group")),
        }
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
    /// By group and month: the logarithm of the factor, and how much it differs between years, as a standard deviation.
    factors: BTreeMap<(String, u32), (f64, f64)>,
}

/// The range of five independent normal numbers is so many standard deviations on average; a factor's range is that of five years.
const RANGE_OF_FIVE: f64 = 2.326;

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
            let (low, high) = (cells.next(), cells.next());
            let number = |cell: Option<&str>| cell.and_then(|cell| cell.trim().parse::<f64>().ok());
            if let (Some(staff), Some(month), Some(value)) = (staff, number(month), number(value))
                && value > 0.0
            {
                let range = number(high).zip(number(low)).map_or(0.0, |(high, low)| (high - low).max(0.0));
                factors.insert((staff.to_owned(), month as u32), (value.ln(), range / value / RANGE_OF_FIVE));
            }
        }
        Self { factors }
    }

    /// Whether there are any for a group.
    pub(crate) fn knows(&self, staff: &Staff) -> bool {
        (1..=12).all(|month| self.factors.contains_key(&(staff.season.to_owned(), month)))
    }

    /// The logarithm of a month's factor, and how much it differs between years; nought where none is known.
    pub(crate) fn of_month(&self, staff: &Staff, month: i32) -> (f64, f64) {
        let key = (staff.season.to_owned(), month.rem_euclid(12) as u32 + 1);
        if self.knows(staff) { self.factors.get(&key).copied().unwrap_or_default() } else { (0.0, 0.0) }
    }

    /// The logarithm of a month's factor alone.
    pub(crate) fn log(&self, staff: &Staff, month: i32) -> f64 {
        self.of_month(staff, month).0
    }
}
