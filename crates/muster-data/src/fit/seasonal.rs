//! The season: how far each month of the year lies above or below the year round it.

use std::collections::BTreeMap;

use jiff::ToSpan;

use super::number::places;
use super::observed::{Evidence, STAFF_GROUPS};
use super::{FitError, entry};
use crate::Period;

/// The table of the fit.
pub const FILE: &str = "fit/seasonal.csv";
/// How many years the factors are the mean of.
const YEARS: usize = 5;

/// The factor of one month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// The mean of the years.
    pub mean: f64,
    /// The least of them.
    pub low: f64,
    /// The most.
    pub high: f64,
}

/// The factors of January to December, from the values of consecutive months of which the first is `first_month` (1 is
/// January): each value over the mean of the twelve months round it, averaged over the last `years`, and scaled so that the
/// twelve average 1. None where there are fewer months.
pub fn factors(values: &[f64], first_month: usize, years: usize) -> Option<[Factor; 12]> {
    // Thirteen months, the first and the last by half, are centred on the seventh and hold each month of the year once.
    let mut ratios: Vec<(usize, f64)> = Vec::new();
    for (at, window) in values.windows(13).enumerate() {
        let round = (window.iter().sum::<f64>() - f64::midpoint(window[0], window[12])) / 12.0;
        ratios.push(((first_month - 1 + at + 6) % 12, window[6] / round));
    }
    let ratios = ratios.split_off(ratios.len().checked_sub(12 * years)?);
    let of = |month: usize| ratios.iter().filter(move |(of, _)| *of == month).map(|(_, ratio)| *ratio);
    let raw: [Factor; 12] = std::array::from_fn(|month| Factor {
        mean: of(month).sum::<f64>() / years as f64,
        low: of(month).fold(f64::INFINITY, f64::min),
        high: of(month).fold(0.0, f64::max),
    });
    let scale = 12.0 / raw.iter().map(|factor| factor.mean).sum::<f64>();
    Some(raw.map(|f| Factor { mean: f.mean * scale, low: f.low * scale, high: f.high * scale }))
}

/// Fits the season of each staff group and writes it as a table. No measure of a book takes it: yearly projections have no
/// months. It says what a month's figure has to be divided by before it is held against a yearly path.
pub fn fit(evidence: &Evidence) -> Result<String, FitError> {
    let mut rows =
        vec![["staff", "month", "value", "low", "high", "kind", "source", "where", "why"].map(str::to_owned).to_vec()];
    let mut span = String::new();
    for staff in std::iter::once("all").chain(STAFF_GROUPS.into_iter().filter(|staff| *staff != "unknown")) {
        let series = evidence.staff.series("fte", staff, "ENG", "").cloned().unwrap_or_default();
        let until: BTreeMap<Period, _> = series.into_iter().filter(|(month, _)| *month <= evidence.month).collect();
        let values: Vec<f64> = until.values().map(|value| value.to_f64()).collect();
        let Some(first) = until.keys().next() else { continue };
        let Some(factors) = factors(&values, first.starts().month() as usize, YEARS) else { continue };
        // The last month that has six after it.
        let last = evidence.month.starts().saturating_sub(6.months());
        let first = last.saturating_sub((12 * YEARS as i32 - 1).months());
        span = format!("{} to {}", first.strftime("%B %Y"), last.strftime("%B %Y"));
        for (month, factor) in factors.iter().enumerate() {
            rows.push(vec![
                staff.to_owned(),
                (month + 1).to_string(),
                places(factor.mean, 5),
                places(factor.low, 5),
                places(factor.high, 5),
                "derived".to_owned(),
                "nhse-hchs-2025-05".to_owned(),
                format!("{}, monthly FTE of England, {span}", evidence.title(staff)),
                String::new(),
            ]);
        }
    }
    if rows.len() == 1 {
        return Err(FitError::Missing("six years of months of staff in post: add files of `hchs-staff`".into()));
    }
    let note = format!(
        "# Made by `muster data fit --write`. The FTE of a month over the mean of the twelve months round it, mean of five years ({span}), \
         low and high the least and the most of them; the twelve average 1. For tracking by month: divide a month's FTE by its factor \
         before holding it against a path of yearly values. No projection reads it.\n"
    );
    for row in &mut rows[1..] {
        row[8].push_str("Ratio to the centred twelve-month mean, averaged over five years and scaled to average 1.");
    }
    Ok(note + &entry::table_to_csv(rows.into_iter())?)
}
