//! Sums that should hold: places to what they belong to, and staff groups to their group.
//!
//! A sum of published values differs from the published total by rounding alone: by at most half of the last decimal place
//! for each value in it. That much is allowed, and a hundredth where that is more.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::tree::Tree;
use super::{Check, Finding, Holding, Severity, kind_title, plain_number};
use crate::description::PlaceKind;
use crate::fact::{Fact, Word};
use crate::{Amount, Period, Subject};

/// Sums of one kind: how many were tried, and how many hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// The check.
    pub check: Check,
    /// The measure.
    pub measure: String,
    /// What is added to what: `organisations to systems`.
    pub of: String,
    /// Sums that were tried.
    pub tried: usize,
    /// Sums that hold.
    pub hold: usize,
    /// Sums that cannot be tried because a value in them was withheld.
    pub withheld: usize,
    /// The largest tolerance that was allowed.
    pub tolerance: Amount,
    /// The largest difference.
    pub largest: Amount,
    /// Where that was: period, place and staff group.
    pub largest_at: String,
}

/// A hundredth: no published stock is meant more exactly.
const LEAST: Amount = Amount::from_millionths(10_000);
/// A difference of more than one in a hundred of the total is an error.
const GROSS: i64 = 100;

/// The staff group of those whose group is not known.
const UNKNOWN: &str = "unknown";

/// Sums by the measure and what is added to what.
type Account = BTreeMap<(String, String), Sums>;

pub(super) fn check(holding: &Holding<'_>, places: &Tree) -> (Vec<Finding>, Vec<Sums>) {
    let (mut list, mut sums) = over_places(holding, places);
    let (more, more_sums) = over_staff(holding, places);
    list.extend(more);
    sums.extend(more_sums);
    (list, sums)
}

/// A sum and the total that it is held against.
struct Sum<'a> {
    total: &'a Fact,
    parts: Vec<&'a Fact>,
    /// How far rounding alone can move it.
    tolerance: Amount,
    of: String,
    /// The parts, as the message names them.
    called: &'static str,
    /// Parts that have no value here, and count as nought.
    absent: Vec<&'a str>,
}

/// Holds one sum; a finding where it does not hold.
fn hold(holding: &Holding<'_>, check: Check, sum: &Sum<'_>, account: &mut Account) -> Option<Finding> {
    let text = |word| holding.facts.words.text(word);
    let measure = text(sum.total.subject.measure).to_owned();
    let entry = account.entry((measure.clone(), sum.of.clone())).or_insert_with(|| Sums {
        check,
        measure,
        of: sum.of.clone(),
        tried: 0,
        hold: 0,
        withheld: 0,
        tolerance: Amount::ZERO,
        largest: Amount::ZERO,
        largest_at: String::new(),
    });
    let added = sum.parts.iter().try_fold(Amount::ZERO, |added, part| added.checked_add(part.value?));
    let (Some(total), Some(added)) = (sum.total.value, added) else {
        entry.withheld += 1;
        return None;
    };
    let difference = added - total;
    entry.tried += 1;
    entry.tolerance = entry.tolerance.max(sum.tolerance);
    if difference.abs() > entry.largest.abs() {
        entry.largest = difference;
        let subject = &sum.total.subject;
        let what = holding.dimensions(sum.total);
        entry.largest_at = format!("{}, {}, {}{what}", sum.total.period, text(subject.place), text(subject.staff));
    }
    if difference.abs() <= sum.tolerance {
        entry.hold += 1;
        return None;
    }
    // What is too little because a part is missing is incomplete, and not wrong.
    let incomplete = difference < Amount::ZERO && !sum.absent.is_empty();
    let gross = difference.abs().millionths() > total.abs().millionths() / GROSS;
    let severity = if gross && !incomplete { Severity::Error } else { Severity::Warning };
    let without = if incomplete {
        format!(", without {}, of which there is no value", sum.absent.join(", "))
    } else {
        String::new()
    };
    let message = format!(
        "{}{without} add to {}, but the total{} is {}: {} {}",
        sum.called,
        plain_number(added),
        holding.dimensions(sum.total),
        plain_number(total),
        plain_number(difference.abs()),
        if difference > Amount::ZERO { "more" } else { "less" },
    );
    Some(holding.finding_at(severity, check, sum.total, message))
}

/// Half of the last decimal place of a kind of value, as the publication writes it.
struct Rounding<K>(BTreeMap<K, i64>);

impl<K: Ord> Rounding<K> {
    fn of<'a>(facts: impl Iterator<Item = (K, &'a Fact)>) -> Self {
        let mut halves = BTreeMap::new();
        for (kind, fact) in facts {
            let half = halves.entry(kind).or_insert(500_000);
            let value = fact.value.unwrap_or_default().millionths();
            while *half > 1 && value % (*half * 2) != 0 {
                *half /= 10;
            }
        }
        Self(halves)
    }

    fn half(&self, kind: &K) -> Amount {
        Amount::from_millionths(self.0.get(kind).copied().unwrap_or_default().max(1))
    }
}

/// Organisations to their system, systems to their region, regions to England; and each level to all above it.
fn over_places(holding: &Holding<'_>, places: &Tree) -> (Vec<Finding>, Vec<Sums>) {
    let measures = holding.words_of(&holding.description.checks.places);
    let wanted = || holding.facts.list.iter().filter(|fact| measures.contains(&fact.subject.measure));
    let rounding = Rounding::of(wanted().map(|fact| (measure_and_level(fact, places), fact)));
    let mut groups: HashMap<(Subject, Period), Vec<&Fact>> = HashMap::new();
    for fact in wanted() {
        let key = (Subject { place: Word::default(), ..fact.subject }, fact.period);
        groups.entry(key).or_default().push(fact);
    }
    let mut groups: Vec<Vec<&Fact>> = groups.into_values().collect();
    groups.sort_by_key(|facts| (facts[0].subject.words(), facts[0].period));

    let (mut list, mut account) = (Vec::new(), Account::new());
    for facts in groups {
        let mut by_total: BTreeMap<(Word, PlaceKind), Vec<&Fact>> = BTreeMap::new();
        let there: HashMap<Word, &Fact> = facts.iter().map(|fact| (fact.subject.place, *fact)).collect();
        let levels: BTreeSet<PlaceKind> = facts.iter().filter_map(|fact| places.kind(fact.subject.place)).collect();
        for fact in &facts {
            let Some(kind) = places.kind(fact.subject.place) else { continue };
            // At a level count the places of that level, and smaller ones where nothing of that level stands above them.
            let mut open: Vec<PlaceKind> = levels.iter().copied().filter(|level| *level <= kind).collect();
            for place in places.above(fact.subject.place, fact.period) {
                let Some(above) = places.kind(place) else { break };
                if there.contains_key(&place) {
                    for level in open.iter().filter(|level| **level > above) {
                        by_total.entry((place, *level)).or_default().push(fact);
                    }
                    open.retain(|level| *level > above);
                }
            }
        }
        for ((place, level), parts) in by_total {
            let (total, Some(kind)) = (there[&place], places.kind(place)) else { continue };
            if !parts.iter().any(|part| places.kind(part.subject.place) == Some(level)) {
                continue;
            }
            let halves = parts.iter().chain([&total]).map(|fact| rounding.half(&measure_and_level(fact, places)));
            let roundings: Amount = halves.sum();
            let sum = Sum {
                total,
                parts,
                tolerance: roundings.max(LEAST),
                of: format!(
                    "{} to {}",
                    kind_title(level),
                    if kind == PlaceKind::Country { "England" } else { kind_title(kind) }
                ),
                called: kind_title(level),
                absent: Vec::new(),
            };
            list.extend(hold(holding, Check::SumOfPlaces, &sum, &mut account));
        }
    }
    (list, account.into_values().collect())
}

fn measure_and_level(fact: &Fact, places: &Tree) -> (Word, Option<PlaceKind>) {
    (fact.subject.measure, places.kind(fact.subject.place))
}

/// Facts that differ in their staff group only.
type ByStaff<'a> = BTreeMap<&'a str, &'a Fact>;

/// A way in which a publication cuts a measure: the kind of place, and which other dimensions are not in total.
type Cut = (Word, Option<PlaceKind>, [bool; 7]);

fn cut(subject: &Subject, places: &Tree) -> Cut {
    let [measure, _, place, rest @ ..] = subject.words();
    (measure, places.kind(place), rest.map(|word| word != Word::default()))
}

/// The parts of each staff group to the group, as the vocabulary nests them.
fn over_staff(holding: &Holding<'_>, places: &Tree) -> (Vec<Finding>, Vec<Sums>) {
    let measures = holding.words_of(&holding.description.checks.staff);
    let wanted = || holding.facts.list.iter().filter(|fact| measures.contains(&fact.subject.measure));
    let rounding = Rounding::of(wanted().map(|fact| (fact.subject.measure, fact)));
    let mut groups: HashMap<(Subject, Period), ByStaff<'_>> = HashMap::new();
    // A group of which the publication never has some part cannot be added up; a place without such staff may leave the part out.
    let mut published: BTreeSet<(Cut, &str)> = BTreeSet::new();
    for fact in wanted() {
        let key = (Subject { staff: Word::default(), ..fact.subject }, fact.period);
        let staff = holding.facts.words.text(fact.subject.staff);
        groups.entry(key).or_default().insert(staff, fact);
        published.insert((cut(&fact.subject, places), staff));
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|((subject, period), _)| (subject.words(), *period));

    let (mut list, mut account) = (Vec::new(), Account::new());
    for ((subject, _), there) in groups {
        for (staff, total) in &there {
            let known = |id: &str| published.contains(&(cut(&subject, places), id));
            let Some((parts, absent)) = parts_of(holding, staff, &there, &known) else { continue };
            if parts.is_empty() {
                continue;
            }
            let tolerance = rounding.half(&subject.measure).millionths() * (parts.len() as i64 + 1);
            let sum = Sum {
                total,
                parts,
                tolerance: Amount::from_millionths(tolerance).max(LEAST),
                of: "staff groups to their group".to_owned(),
                called: "staff groups",
                absent,
            };
            list.extend(hold(holding, Check::SumOfStaff, &sum, &mut account));
        }
    }
    (list, account.into_values().collect())
}

/// The facts that add to a staff group, and the parts without any: its parts, or the parts of a part that has no value
/// itself. None where the publication never says how many there are of some part.
fn parts_of<'a>(
    holding: &Holding<'a>,
    staff: &str,
    there: &ByStaff<'a>,
    published: &dyn Fn(&str) -> bool,
) -> Option<(Vec<&'a Fact>, Vec<&'a str>)> {
    let (mut facts, mut absent) = (Vec::new(), Vec::new());
    for part in &holding.library.staff(staff)?.parts {
        if let Some(fact) = there.get(part.as_str()) {
            facts.push(*fact);
            continue;
        }
        match parts_of(holding, part, there, published) {
            Some((more, without)) if !more.is_empty() => {
                facts.extend(more);
                absent.extend(without);
            }
            // Not every publication has staff of unknown kind.
            _ if published(part) || part == UNKNOWN => absent.push(part),
            _ => return None,
        }
    }
    Some((facts, absent))
}
