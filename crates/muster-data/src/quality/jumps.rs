//! Values that jump: a unit that changed, a change of more than half in a month, and a year without any change.

use std::collections::BTreeMap;

use super::breaks::explanation;
use super::tree::Tree;
use super::{Check, Finding, Holding, LARGE, Severity, month_number, plain_number};
use crate::description::MeasureKind;
use crate::fact::{Fact, Word};
use crate::{Amount, Period};

/// Factors by which a unit changes: tens, hundreds, thousands.
const FACTORS: [f64; 3] = [10.0, 100.0, 1_000.0];
/// A value that jumps by a factor this exactly was written in another unit. Real changes are of any size.
const EXACTLY: f64 = 0.02;
/// The smaller of two values: below it a jump by ten happens by itself.
const LEAST: Amount = Amount::from_millionths(100_000_000);
/// Series that must have changed together before all of them are believed to have changed their unit.
const TOGETHER: usize = 3;
/// How near the middle of many changes must come to a factor.
const ABOUT: f64 = 0.2;
/// Months without any change that are one year.
const YEAR: usize = 12;
/// The least value that would not stay the same for a year by itself.
const MOVING: Amount = Amount::from_millionths(20_000_000);

pub(super) fn check(holding: &Holding<'_>, places: &Tree) -> Vec<Finding> {
    let of_kinds = |kinds: &[MeasureKind]| {
        let measures = holding.library.measures().filter(|measure| kinds.contains(&measure.kind));
        holding.words_of(measures.map(|measure| &measure.id))
    };
    let amounts = of_kinds(&[MeasureKind::Stock, MeasureKind::Flow, MeasureKind::Count]);
    let stocks = of_kinds(&[MeasureKind::Stock]);
    let series: Vec<&[Fact]> = holding.series().filter(|series| amounts.contains(&series[0].subject.measure)).collect();
    let mut list = units_together(holding, &series);
    list.extend(units(holding, places, series.iter().filter(|series| stocks.contains(&series[0].subject.measure))));
    list.extend(large_changes(holding, places, &series));
    list.extend(repeated(holding, &series));
    list
}

/// The factor of another unit that lies between two values, up or down.
fn factor(was: Amount, is: Amount, within: f64) -> Option<f64> {
    if was <= Amount::ZERO || is <= Amount::ZERO {
        return None;
    }
    let ratio = is.to_f64() / was.to_f64();
    let up = if ratio < 1.0 { 1.0 / ratio } else { ratio };
    FACTORS.into_iter().find(|factor| (up / factor - 1.0).abs() <= within)
}

/// Stocks that are suddenly in tens, hundreds or thousands, each by itself. Flows do that in earnest: a service closes.
fn units<'a>(holding: &Holding<'_>, places: &Tree, series: impl Iterator<Item = &'a &'a [Fact]>) -> Vec<Finding> {
    let mut list = Vec::new();
    for pair in series.flat_map(|series| series.windows(2)) {
        let (Some(was), Some(is)) = (pair[0].value, pair[1].value) else { continue };
        let Some(factor) = factor(was, is, EXACTLY).filter(|_| was.min(is) >= LEAST) else { continue };
        let (known, why) = explanation(holding, places, &pair[1]);
        let severity = if why.is_empty() { Severity::Error } else { Severity::Note };
        let message = format!(
            "{} became {}{}, {factor} times {}: has the unit changed?{}",
            plain_number(was),
            plain_number(is),
            holding.dimensions(&pair[1]),
            if is > was { "as much" } else { "less" },
            why.trim_start_matches('.'),
        );
        list.push(Finding { known, ..holding.finding_at(severity, Check::Unit, &pair[1], message) });
    }
    list
}

/// Measures of which half of all series are suddenly in tens, hundreds or thousands.
fn units_together(holding: &Holding<'_>, series: &[&[Fact]]) -> Vec<Finding> {
    let mut ratios: BTreeMap<(Word, Period), Vec<f64>> = BTreeMap::new();
    for pair in series.iter().flat_map(|series| series.windows(2)) {
        if let (Some(was), Some(is)) = (pair[0].value, pair[1].value)
            && was > Amount::ZERO
            && is > Amount::ZERO
        {
            ratios.entry((pair[1].subject.measure, pair[1].period)).or_default().push(is.to_f64() / was.to_f64());
        }
    }
    let mut list = Vec::new();
    for ((measure, period), mut ratios) in ratios {
        ratios.sort_by(f64::total_cmp);
        let middle = ratios[ratios.len() / 2];
        let one = Amount::from(1);
        let changed = one.times(middle).and_then(|middle| factor(one, middle, ABOUT));
        if let Some(factor) = changed.filter(|_| ratios.len() >= TOGETHER) {
            let way = if middle > 1.0 { "as much" } else { "less" };
            let message = format!(
                "the middle one of {} series is about {factor} times {way} as the period before: has the unit changed?",
                ratios.len()
            );
            let mut finding = holding.finding(Severity::Error, Check::Unit, message);
            holding.facts.words.text(measure).clone_into(&mut finding.measure);
            finding.period = Some(period);
            list.push(finding);
        }
    }
    list
}

/// Changes of more than half in a month, in something large.
fn large_changes(holding: &Holding<'_>, places: &Tree, series: &[&[Fact]]) -> Vec<Finding> {
    let measures = holding.words_of(&holding.description.checks.jumps);
    let mut list = Vec::new();
    for pair in series.iter().flat_map(|series| series.windows(2)) {
        let (Some(was), Some(is)) = (pair[0].value, pair[1].value) else { continue };
        let (Some(before), Some(month)) = (month_number(pair[0].period), month_number(pair[1].period)) else {
            continue;
        };
        let change = (is - was).abs().to_f64();
        if before + 1 != month
            || was.max(is) < LARGE
            || change <= 0.5 * was.to_f64()
            || !measures.contains(&pair[1].subject.measure)
        {
            continue;
        }
        let (known, why) = explanation(holding, places, &pair[1]);
        let severity = if why.is_empty() { Severity::Warning } else { Severity::Note };
        let message = format!(
            "{} became {}{} within a month{why}",
            plain_number(was),
            plain_number(is),
            holding.dimensions(&pair[1])
        );
        list.push(Finding { known, ..holding.finding_at(severity, Check::LargeChange, &pair[1], message) });
    }
    list
}

/// Values that are exactly the same for a year: carried forward, perhaps.
fn repeated(holding: &Holding<'_>, series: &[&[Fact]]) -> Vec<Finding> {
    let same = |a: &Fact, b: &Fact| {
        let next = month_number(a.period).zip(month_number(b.period)).is_some_and(|(a, b)| a + 1 == b);
        next && a.value == b.value && a.value.is_some_and(|value| value >= MOVING)
    };
    let mut list = Vec::new();
    for run in series.iter().flat_map(|series| series.chunk_by(same)).filter(|run| run.len() >= YEAR) {
        let message = format!(
            "{} in each of {} months{}: carried forward?",
            plain_number(run[0].value.unwrap_or_default()),
            run.len(),
            holding.dimensions(&run[0])
        );
        list.push(holding.finding_at(Severity::Note, Check::Repeated, &run[0], message));
    }
    list
}
