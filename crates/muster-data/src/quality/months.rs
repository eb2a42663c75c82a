//! Months that are missing, and series that stop before their place does.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::Tree;
use super::{Check, Finding, Holding, Severity, month_name, month_number};
use crate::Subject;
use crate::description::PlaceKind;
use crate::fact::{Fact, Word};

/// Of one place: how many of its series lack months, the first of them, and its months.
type Lacking<'a> = BTreeMap<Word, (usize, &'a Fact, String)>;

pub(super) fn check(holding: &Holding<'_>, places: &Tree) -> Vec<Finding> {
    let mut list = Vec::new();
    if !holding.description.checks.months {
        return list;
    }
    let all: BTreeSet<i32> = holding.facts.list.iter().filter_map(|fact| month_number(fact.period)).collect();
    let missing = between(&all);
    if !missing.is_empty() {
        let message = format!("no value of the publication is of {}: an edition may be missing", spans(&missing));
        list.push(holding.finding(Severity::Warning, Check::MissingMonths, message));
    }

    // What other places of the kind have, a place should have, too: so a gap of everybody's is reported once, above.
    let mut peers: BTreeMap<(Option<PlaceKind>, [Word; 9]), BTreeSet<i32>> = BTreeMap::new();
    let mut last: BTreeMap<(Word, Word), i32> = BTreeMap::new();
    for series in holding.series() {
        let months: Vec<i32> = series.iter().filter_map(|fact| month_number(fact.period)).collect();
        let subject = &series[0].subject;
        peers.entry((places.kind(subject.place), without_place(subject))).or_default().extend(&months);
        if let Some(end) = months.last() {
            let known = last.entry((subject.place, subject.measure)).or_insert(*end);
            *known = (*known).max(*end);
        }
    }
    let mut gaps: Lacking<'_> = BTreeMap::new();
    let mut stopped: Lacking<'_> = BTreeMap::new();
    for series in holding.series() {
        let fact = &series[0];
        let (subject, key) = (&fact.subject, (fact.subject.place, fact.subject.measure));
        let own: BTreeSet<i32> = series.iter().filter_map(|fact| month_number(fact.period)).collect();
        let (Some(start), Some(end)) = (own.first(), own.last()) else { continue };
        let peers = &peers[&(places.kind(subject.place), without_place(subject))];
        let missing: Vec<i32> = peers.range(start..end).filter(|month| !own.contains(month)).copied().collect();
        if !missing.is_empty() {
            gaps.entry(subject.place).or_insert_with(|| (0, fact, spans(&missing))).0 += 1;
        }
        let peers_end = peers.last().unwrap_or(end);
        if end < peers_end.min(&last[&key]) {
            stopped.entry(subject.place).or_insert_with(|| (0, fact, month_name(*end))).0 += 1;
        }
    }
    let of = |fact: &Fact| format!("{}{}", holding.facts.words.text(fact.subject.staff), holding.dimensions(fact));
    for (count, fact, missing) in gaps.values() {
        let severity = if places.is_wide(fact.subject.place) { Severity::Warning } else { Severity::Note };
        let message = format!("{} has no value of {missing}, which others have{}", of(fact), series_like(*count));
        list.push(holding.finding_at(severity, Check::MissingMonths, fact, message));
    }
    for (count, fact, end) in stopped.values() {
        let message = format!("{} ends in {end}, though the place goes on{}", of(fact), series_like(*count));
        list.push(holding.finding_at(Severity::Note, Check::Stopped, fact, message));
    }
    list
}

fn without_place(subject: &Subject) -> [Word; 9] {
    let [measure, staff, _, rest @ ..] = subject.words();
    let [setting, age, sex, ethnicity, nationality, grade, detail] = rest;
    [measure, staff, setting, age, sex, ethnicity, nationality, grade, detail]
}

fn series_like(count: usize) -> String {
    match count {
        1 => String::new(),
        2 => "; so it is with 1 more series of the place".to_owned(),
        count => format!("; so it is with {} more series of the place", count - 1),
    }
}

/// The months between the first and the last that are not there.
fn between(months: &BTreeSet<i32>) -> Vec<i32> {
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return Vec::new() };
    (*first..=*last).filter(|month| !months.contains(month)).collect()
}

/// `2019-04 to 2024-03 (60 months)`, and so for each stretch; of many stretches the first three.
fn spans(months: &[i32]) -> String {
    const SHOWN: usize = 3;
    let stretches: Vec<&[i32]> = months.chunk_by(|a, b| a + 1 == *b).collect();
    let name = |stretch: &&[i32]| match stretch {
        [one] => month_name(*one),
        [first, .., last] => format!("{} to {} ({} months)", month_name(*first), month_name(*last), stretch.len()),
        [] => String::new(),
    };
    let mut text = stretches.iter().take(SHOWN).map(name).collect::<Vec<_>>().join(", ");
    if stretches.len() > SHOWN {
        let rest: usize = stretches[SHOWN..].iter().map(|stretch| stretch.len()).sum();
        text.push_str(&format!(" and {rest} more months"));
    }
    text
}
