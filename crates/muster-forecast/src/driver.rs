//! Figures from outside that bear on growth: students accepted three years before, joiners to a register.
//!
//! A driver is used only when the past earns it a place: at least five years of it were published by the origin, and growth in each
//! of those years is told better by a line through the other years' drivers than by their mean. None of the published figures in
//! the project's data reaches back so far, so the recorded evaluations are made without any.

use crate::shape::without_shifts;
use crate::statistics::{line, mean};
use crate::{Month, Series};

/// A yearly figure that may tell the growth of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Driver {
    /// The series whose growth it may tell.
    pub series: String,
    /// The last month of the year in which it bears on staff in post: for students accepted in autumn 2015 who qualify three years
    /// later, 2019-03.
    pub bears_on_year_to: Month,
    /// How many there were; more than 0.
    pub value: f64,
    /// When it became known. It is not used at an earlier origin.
    pub published: Month,
}

/// Years of growth and driver that it takes to see a connection.
const LEAST_YEARS: usize = 5;

/// What the drivers known at `origin` add to the logarithms of the `months` after it.
pub(crate) fn effect(series: &Series, drivers: &[Driver], history: &[f64], origin: Month, months: usize) -> Vec<f64> {
    let value_in_year_to = |end: Month| {
        let bears = |driver: &&Driver| {
            driver.series == series.id
                && driver.published <= origin
                && driver.value > 0.0
                && driver.bears_on_year_to <= end
                && driver.bears_on_year_to > end.plus(-12)
        };
        // A figure published again has been corrected.
        let latest = drivers.iter().filter(bears).max_by_key(|driver| driver.published);
        latest.map(|driver| driver.value.ln())
    };
    let joined = without_shifts(history);
    let years = joined.len().saturating_sub(1) / 12;
    let past: Vec<(f64, f64, f64)> = (0..years)
        .filter_map(|back| {
            let end = joined.len() - 1 - 12 * back;
            let value = value_in_year_to(origin.plus(-12 * back as i32))?;
            Some((value, joined[end] - joined[end - 12], 1.0))
        })
        .collect();
    let mut added = 0.0;
    let connection = earned(&past);
    (0..months)
        .map(|ahead| {
            let year = (ahead / 12) as i32 + 1;
            if let (Some(((usual, _), slope)), Some(value)) = (connection, value_in_year_to(origin.plus(12 * year))) {
                added += slope * (value - usual) / 12.0;
            }
            added
        })
        .collect()
}

/// The line through the years, if it tells each year from the others better than their mean does.
fn earned(past: &[(f64, f64, f64)]) -> Option<((f64, f64), f64)> {
    if past.len() < LEAST_YEARS {
        return None;
    }
    let (mut by_line, mut by_mean) = (0.0, 0.0);
    for (left_out, (value, growth, _)) in past.iter().enumerate() {
        let others: Vec<(f64, f64, f64)> =
            past.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, year)| *year).collect();
        let ((centre_x, centre_y), slope) = line(&others);
        by_line += (growth - centre_y - slope * (value - centre_x)).powi(2);
        by_mean += (growth - mean(&others.iter().map(|year| year.1).collect::<Vec<f64>>())).powi(2);
    }
    (by_line < by_mean).then(|| line(past))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

    /// Six years in which growth is a tenth of what the driver is above 1000, and the driver of the year to come.
    fn nurses(to_come: f64, published: Month) -> Vec<f64> {
        let origin = Month::new(2016, 3).expect("March");
        let accepted = [900.0, 1100.0, 1000.0, 1200.0, 800.0, 1050.0];
        let mut history = vec![10.0];
        for value in accepted {
            let growth: f64 = 0.1 * (value / 1000.0_f64).ln();
            (0..12).for_each(|_| history.push(history[history.len() - 1] + growth / 12.0));
        }
        let series = Series {
            id: "Nurses".into(),
            level: Level::StaffGroup,
            parent: None,
            start: origin.plus(-72),
            values_fte: history.iter().map(|value| value.exp()).collect(),
        };
        let driver = |(year, value): (usize, f64), published| Driver {
            series: "Nurses".into(),
            bears_on_year_to: origin.plus(12 * (year as i32 - 5)),
            value,
            published,
        };
        let mut drivers: Vec<Driver> = accepted.into_iter().enumerate().map(|one| driver(one, origin)).collect();
        drivers.push(driver((6, to_come), published));
        effect(&series, &drivers, &history, origin, 24)
    }

    #[test]
    fn more_students_are_more_growth() {
        let origin = Month::new(2016, 3).expect("March");
        let usual = mean(&[900.0_f64, 1100.0, 1000.0, 1200.0, 800.0, 1050.0].map(f64::ln));
        let added = nurses(1500.0, origin);
        let wanted = 0.1 * (1500.0_f64.ln() - usual);
        assert!((added[11] - wanted).abs() < 1e-9, "{} is not {wanted}", added[11]);
        assert_eq!(added[23], added[11], "nothing is known of the second year");
    }

    #[test]
    fn what_is_published_later_adds_nothing() {
        let later = Month::new(2016, 4).expect("April");
        assert_eq!(nurses(1500.0, later), vec![0.0; 24]);
    }

    #[test]
    fn a_driver_that_tells_nothing_is_left_out() {
        let chance = [(1.0, 0.02, 1.0), (2.0, -0.01, 1.0), (3.0, 0.02, 1.0), (4.0, -0.01, 1.0), (5.0, 0.02, 1.0)];
        assert_eq!(earned(&chance), None);
        assert_eq!(earned(&chance[..4]), None);
    }
}
