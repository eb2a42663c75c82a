//! Codes that do not exist, and values that cannot be.

use std::collections::BTreeMap;

use super::tree::{ENGLAND, Tree};
use super::{Check, Finding, Holding, Severity, plain_number};
use crate::Amount;
use crate::description::MeasureKind;
use crate::fact::{Fact, Word};

pub(super) fn check(holding: &Holding<'_>, places: &Tree) -> Vec<Finding> {
    let mut list = unknown(holding, places);
    list.extend(impossible(holding));
    list
}

/// Places without a record, staff groups without an entry, measures without a definition: one finding for each code.
fn unknown(holding: &Holding<'_>, places: &Tree) -> Vec<Finding> {
    let library = holding.library;
    let text = |word| holding.facts.words.text(word);
    let kinds = [
        Kind {
            check: Check::UnknownPlace,
            severity: Severity::Warning,
            of: |fact| fact.subject.place,
            known: &|word| text(word) == ENGLAND || places.kind(word).is_some(),
            message: "the publication has values for this place but no record of it, so it belongs to nothing",
        },
        Kind {
            check: Check::UnknownStaff,
            severity: Severity::Error,
            of: |fact| fact.subject.staff,
            known: &|word| library.staff(text(word)).is_some(),
            message: "this staff group is not in the vocabulary: name it in vocabulary/staff.toml or in the description's labels",
        },
        Kind {
            check: Check::UndefinedMeasure,
            severity: Severity::Error,
            of: |fact| fact.subject.measure,
            known: &|word| library.measure(text(word)).is_some(),
            message: "this measure has no definition: give it one in the description of the publication",
        },
    ];
    let mut list = Vec::new();
    for kind in kinds {
        let mut seen: BTreeMap<Word, (&Fact, usize)> = BTreeMap::new();
        for fact in &holding.facts.list {
            seen.entry((kind.of)(fact)).or_insert((fact, 0)).1 += 1;
        }
        for (word, (fact, count)) in seen.into_iter().filter(|(word, _)| !(kind.known)(*word)) {
            let message = format!("`{}`: {} ({count} values)", text(word), kind.message);
            list.push(holding.finding_at(kind.severity, kind.check, fact, message));
        }
    }
    list
}

/// A kind of code, and how it is known.
struct Kind<'a> {
    check: Check,
    severity: Severity,
    of: fn(&Fact) -> Word,
    known: &'a dyn Fn(Word) -> bool,
    message: &'static str,
}

/// Stocks, flows and counts below nought, and shares outside 0 to 1; the values of one staff group or detail together.
fn impossible(holding: &Holding<'_>) -> Vec<Finding> {
    let mut negative: BTreeMap<Vec<Word>, Vec<&Fact>> = BTreeMap::new();
    let mut outside: BTreeMap<Vec<Word>, Vec<&Fact>> = BTreeMap::new();
    let mut kinds: BTreeMap<Word, Option<(MeasureKind, bool)>> = BTreeMap::new();
    for fact in &holding.facts.list {
        let Some(value) = fact.value else { continue };
        if (Amount::ZERO..=Amount::from(1)).contains(&value) {
            continue;
        }
        let measure = fact.subject.measure;
        let kind = *kinds.entry(measure).or_insert_with(|| {
            let found = holding.library.measure(holding.facts.words.text(measure))?;
            Some((found.kind, found.unit.starts_with("share")))
        });
        match kind {
            Some((MeasureKind::Stock | MeasureKind::Flow | MeasureKind::Count, _)) if value < Amount::ZERO => {
                negative.entry(vec![measure, fact.subject.staff, fact.subject.place]).or_default().push(fact);
            }
            Some((MeasureKind::Share | MeasureKind::Rate, true)) => {
                outside.entry(vec![measure, fact.subject.staff, fact.subject.detail]).or_default().push(fact);
            }
            _ => {}
        }
    }
    let amount = |fact: &Fact| plain_number(fact.value.unwrap_or_default());
    let mut list = Vec::new();
    for facts in negative.values() {
        let (first, more) = (facts[0], and_more(facts.len()));
        let message = format!(
            "{}{} is below nought, which nothing counted can be{more}",
            amount(first),
            holding.dimensions(first)
        );
        list.push(holding.finding_at(Severity::Error, Check::Negative, first, message));
    }
    for facts in outside.values() {
        let Some(worst) = facts.iter().max_by_key(|fact| {
            let value = fact.value.unwrap_or_default();
            (value - Amount::from(1)).max(-value)
        }) else {
            continue;
        };
        let (what, more) = (holding.dimensions(worst), and_more(facts.len()));
        let message = format!("{}{what} is no share of a whole, which lies between 0 and 1{more}", amount(worst));
        list.push(holding.finding_at(Severity::Warning, Check::Share, worst, message));
    }
    list
}

fn and_more(count: usize) -> String {
    match count {
        1 => String::new(),
        2 => "; so is 1 more value".to_owned(),
        count => format!("; so are {} more values", count - 1),
    }
}
