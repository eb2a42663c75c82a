//! Breaks: months in which the level of a series shifts, and the events that are known to have shifted some.
//!
//! A series moves by its own seasonal pattern: resident doctors rotate in August, courses end in September. So each monthly
//! change, as a logarithm, is compared with the middle change of the same month in other years, and with how much those
//! changes differ among themselves (their median absolute deviation). A change far outside that, which the months after
//! it do not take back, is a break.

use std::sync::LazyLock;

use serde::Deserialize;

use super::tree::Tree;
use super::{Check, Finding, Holding, LARGE, Severity, month_number, plain_number};
use crate::Period;
use crate::description::PlaceKind;
use crate::fact::Fact;

const FILE: &str = include_str!("../../vocabulary/breaks.toml");

/// Months of history without which a series has no seasonal pattern to compare with.
const HISTORY: usize = 48;
/// Changes of the same month in other years that are needed.
const SAME_MONTH: usize = 3;
/// How far outside a change must be, in robust standard deviations.
const OUTSIDE: f64 = 8.0;
/// The least shift that matters: 2%.
const LEAST: f64 = 0.02;
/// No pattern is more regular than this.
const STEADIEST: f64 = 0.002;
/// Months before and after that are compared.
const WINDOW: usize = 6;
/// A median absolute deviation times this is a standard deviation, for changes that vary as chance does.
const MAD_TO_DEVIATION: f64 = 1.4826;

/// An event that is known to have changed what series count.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownBreak {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The months in which it shows.
    pub when: Period,
    /// What happened.
    pub what: String,
    /// The publications in which it shows; empty means any.
    #[serde(default)]
    pub publications: Vec<String>,
    /// The staff groups in which it shows; empty means any.
    #[serde(default)]
    pub staff: Vec<String>,
    /// The kinds of place in which it shows; empty means any.
    #[serde(default)]
    pub kinds: Vec<PlaceKind>,
    /// How it came to be known.
    pub known_from: KnownFrom,
    /// Where it is from, and what part of it was read from the values.
    pub source: String,
}

/// How an event came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownFrom {
    /// The notes with the data name it.
    Notes,
    /// It was found in the values.
    Data,
}

/// Every known break, in the order of its file.
pub fn known_breaks() -> &'static [KnownBreak] {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Known {
        #[serde(rename = "break")]
        list: Vec<KnownBreak>,
    }
    static KNOWN: LazyLock<Vec<KnownBreak>> = LazyLock::new(|| {
        let known: Known = toml::from_str(FILE).unwrap_or_else(|error| unreachable!("vocabulary/breaks.toml: {error}"));
        known.list
    });
    &KNOWN
}

impl KnownBreak {
    fn explains(&self, publication: &str, staff: &str, kind: Option<PlaceKind>, period: Period) -> bool {
        let named = |list: &[String], text: &str| list.is_empty() || list.iter().any(|one| one == text);
        named(&self.publications, publication)
            && named(&self.staff, staff)
            && (self.kinds.is_empty() || kind.is_some_and(|kind| self.kinds.contains(&kind)))
            && period.within(self.when)
    }
}

/// What explains a change in a month: a known break, with its id, or what became of the place; nothing where nothing does.
pub(super) fn explanation(holding: &Holding<'_>, places: &Tree, fact: &Fact) -> (Option<String>, String) {
    let (kind, staff) = (places.kind(fact.subject.place), holding.facts.words.text(fact.subject.staff));
    let known = known_breaks().iter().find(|known| known.explains(&holding.description.id, staff, kind, fact.period));
    if let Some(known) = known {
        return (Some(known.id.clone()), format!(". Known: {}", known.title));
    }
    let change = month_number(fact.period).and_then(|month| places.change_near(&fact.subject, month));
    (
        None,
        change.map_or_else(String::new, |others| {
            format!(". At that time a merger, split or transfer has to do with {others}")
        }),
    )
}

pub(super) fn check(holding: &Holding<'_>, places: &Tree) -> Vec<Finding> {
    let measures = holding.words_of(&holding.description.checks.jumps);
    let mut list = Vec::new();
    for series in holding.series().filter(|series| measures.contains(&series[0].subject.measure)) {
        let months: Vec<(i32, f64)> = series
            .iter()
            .filter_map(|fact| Some((month_number(fact.period)?, fact.value?.to_f64())))
            .filter(|(_, value)| *value > 0.0)
            .collect();
        for (month, share) in shifts(&months) {
            let Some(at) = series.iter().position(|fact| month_number(fact.period) == Some(month)) else { continue };
            let (was, is) = (series[at - 1].value.unwrap_or_default(), series[at].value.unwrap_or_default());
            let (known, why) = explanation(holding, places, &series[at]);
            let severity = if why.is_empty() && places.is_wide(series[at].subject.place) {
                Severity::Warning
            } else {
                Severity::Note
            };
            let message = format!(
                "the level shifts by {}{:.1}%{}: {} became {}{why}",
                if share < 0.0 { "−" } else { "+" },
                share.abs() * 100.0,
                holding.dimensions(&series[at]),
                plain_number(was),
                plain_number(is),
            );
            list.push(Finding { known, ..holding.finding_at(severity, Check::Break, &series[at], message) });
        }
    }
    list
}

/// Months in which the level of a series shifts, and by what share beyond the usual change of that month.
fn shifts(months: &[(i32, f64)]) -> Vec<(i32, f64)> {
    if months.len() < HISTORY || median(months.iter().map(|(_, value)| *value)) < LARGE.to_f64() {
        return Vec::new();
    }
    // What each month changed by, where the month before is there.
    let changes: Vec<Option<f64>> = std::iter::once(None)
        .chain(months.windows(2).map(|pair| (pair[0].0 + 1 == pair[1].0).then(|| (pair[1].1 / pair[0].1).ln())))
        .collect();
    let of_calendar_month = |wanted: i32| {
        months
            .iter()
            .zip(&changes)
            .filter(move |((month, _), _)| month.rem_euclid(12) == wanted)
            .filter_map(|(_, change)| *change)
    };
    let usual: Vec<Option<(f64, f64)>> = (0..12)
        .map(|month| {
            let middle = median(of_calendar_month(month));
            let spread = median(of_calendar_month(month).map(|change| (change - middle).abs()));
            (of_calendar_month(month).count() >= SAME_MONTH).then_some((middle, spread))
        })
        .collect();
    let usual_of = |month: i32| usual[month.rem_euclid(12) as usize];
    let beyond: Vec<f64> = months
        .iter()
        .zip(&changes)
        .map(|((month, _), change)| change.zip(usual_of(*month)).map_or(0.0, |(change, (middle, _))| change - middle))
        .collect();
    let spread_of_all = median(beyond.iter().map(|change| change.abs()));
    // The level without its seasonal pattern.
    let level: Vec<f64> = beyond
        .iter()
        .scan(0.0, |level, change| {
            *level += change;
            Some(*level)
        })
        .collect();
    let mut list = Vec::new();
    for (at, (month, _)) in months.iter().enumerate() {
        let Some((_, spread)) = usual_of(*month) else { continue };
        let deviation = (MAD_TO_DEVIATION * spread.max(spread_of_all)).max(STEADIEST);
        if beyond[at].abs() <= (OUTSIDE * deviation).max(LEAST) {
            continue;
        }
        let before = median(level[at.saturating_sub(WINDOW)..at].iter().copied());
        let after = median(level[at..(at + WINDOW).min(level.len())].iter().copied());
        if (after - before).abs() > 0.5 * beyond[at].abs() {
            list.push((*month, beyond[at].exp_m1()));
        }
    }
    list
}

/// The middle of some numbers; of an even number of them the mean of the two in the middle, of none 0.
fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        count if count % 2 == 0 => f64::midpoint(sorted[half - 1], sorted[half]),
        _ => sorted[half],
    }
}
