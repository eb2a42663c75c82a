//! Coverage: for which places and which periods there are values.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;
use muster_data::description::PlaceKind;
use muster_data::quality::kind_title;
use muster_data::read::PlaceRecord;
use muster_data::{Facts, Period, Word};

use crate::number::thousands;
use crate::report::chart::Strip;

/// The level of a publication of which England is the only country.
const ENGLAND: &str = "England";

/// What a publication has values of.
pub(super) struct Coverage {
    pub(super) rows: Vec<Row>,
}

/// Measures that are there for the same places and periods.
pub(super) struct Row {
    pub(super) level: &'static str,
    pub(super) measures: Vec<String>,
    /// How many places have a value, by period.
    pub(super) places: BTreeMap<Period, usize>,
}

impl Coverage {
    pub(super) fn of<'a>(facts: &Facts, places: impl Iterator<Item = &'a PlaceRecord>) -> Self {
        let mut kinds: HashMap<Word, PlaceKind> =
            places.filter_map(|record| Some((facts.words.find(&record.code)?, record.kind))).collect();
        kinds.extend(facts.words.find("ENG").map(|england| (england, PlaceKind::Country)));
        let seen: HashSet<(Word, Word, Period)> =
            facts.list.iter().map(|fact| (fact.subject.measure, fact.subject.place, fact.period)).collect();
        let mut counts: BTreeMap<(PlaceKind, &str), BTreeMap<Period, usize>> = BTreeMap::new();
        for (measure, place, period) in seen {
            let kind = kinds.get(&place).copied().unwrap_or(PlaceKind::Area);
            *counts.entry((kind, facts.words.text(measure))).or_default().entry(period).or_default() += 1;
        }
        let mut rows: Vec<Row> = Vec::new();
        for ((kind, measure), places) in counts {
            let (level, measure) = (kind_title(kind), measure.replace('_', " "));
            match rows.iter_mut().find(|row| row.level == level && row.places == places) {
                Some(row) => row.measures.push(measure),
                None => rows.push(Row { level, measures: vec![measure], places }),
            }
        }
        for row in rows.iter_mut().filter(|row| row.most() == 1 && row.level == kind_title(PlaceKind::Country)) {
            row.level = ENGLAND;
        }
        Self { rows }
    }

    /// How long its periods are, in a word.
    pub(super) fn rhythm(&self) -> &'static str {
        let periods: BTreeSet<Period> = self.rows.iter().flat_map(|row| row.places.keys().copied()).collect();
        let mut days: Vec<i32> =
            periods.iter().map(|period| (period.ends() - period.starts()).get_days() + 1).collect();
        days.sort_unstable();
        match days.get(days.len() / 2) {
            None => "no values",
            Some(1) => "days",
            Some(2..=45) => "months",
            Some(46..=135) => "quarters",
            Some(136..=300) => "half-years",
            Some(_) => "years",
        }
    }
}

impl Row {
    pub(super) fn first(&self) -> Option<Date> {
        self.places.keys().map(|period| period.starts()).min()
    }

    pub(super) fn last(&self) -> Option<Date> {
        self.places.keys().map(|period| period.ends()).max()
    }

    pub(super) fn most(&self) -> usize {
        self.places.values().copied().max().unwrap_or_default()
    }

    /// `454 organisations: fte, headcount`, or how many measures they are where they do not fit.
    fn name(&self) -> String {
        const FITS: usize = 38;
        let most = thousands(self.most() as f64);
        let places = if self.level == ENGLAND { self.level.to_owned() } else { format!("{most} {}", self.level) };
        let name = format!("{places}: {}", self.measures.join(", "));
        match self.measures.len() {
            _ if name.len() <= FITS => name,
            1 => format!("{places}: 1 measure"),
            many => format!("{places}: {many} measures"),
        }
    }

    /// As a strip of a chart.
    pub(super) fn strip(&self) -> Strip {
        let most = self.most().max(1);
        let mut spans: Vec<(f64, f64, f64)> = Vec::new();
        for (period, count) in &self.places {
            // In quarters of the most: few shades, and neighbours that are alike become one stretch.
            let full = (4.0 * *count as f64 / most as f64).ceil() / 4.0;
            let (from, to) = (year_of(period.starts()), year_of(period.ends()) + 1.0 / 365.25);
            match spans.last_mut() {
                Some(last) if last.2.to_bits() == full.to_bits() && (from - last.1).abs() < 0.01 => last.1 = to,
                _ => spans.push((from, to, full)),
            }
        }
        let month = |day: Option<Date>| day.map(|day| day.strftime("%Y-%m").to_string()).unwrap_or_default();
        let (first, last) = (month(self.first()), month(self.last()));
        let words = if first == last { first } else { format!("{first} to {last}") };
        Strip { name: self.name(), spans, words }
    }
}

/// A day as a year with its fraction.
fn year_of(day: Date) -> f64 {
    f64::from(day.year()) + f64::from(day.day_of_year() - 1) / f64::from(day.days_in_year())
}

/// With a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
