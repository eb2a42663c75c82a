//! Where each place belongs, as the publication itself says it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use super::{Holding, month_number};
use crate::description::PlaceKind;
use crate::fact::{Word, Words};
use crate::{Period, Subject};

/// The code of England, which needs no record.
pub(super) const ENGLAND: &str = "ENG";

/// What a publication says of a place.
#[derive(Debug)]
struct Membership {
    parent: Option<Word>,
    seen_from: Option<Date>,
    seen_to: Option<Date>,
}

/// The places of a publication. Its words are those of the facts, and more.
pub(super) struct Tree {
    words: Words,
    kinds: HashMap<Word, PlaceKind>,
    memberships: HashMap<Word, Vec<Membership>>,
    /// Months in which a place took something over or lost it, with the other place.
    changes: HashMap<Word, BTreeMap<i32, BTreeSet<Word>>>,
}

impl Tree {
    pub(super) fn of(holding: &Holding<'_>) -> Self {
        let mut words = holding.facts.words.clone();
        let england = words.add(ENGLAND);
        let mut places = Self {
            words: Words::default(),
            kinds: HashMap::from([(england, PlaceKind::Country)]),
            memberships: HashMap::new(),
            changes: HashMap::new(),
        };
        let mut records: Vec<_> = holding.places.iter().collect();
        records.sort_by_key(|record| (record.seen_to, &record.parent));
        for record in records {
            let code = words.add(&record.code);
            if code == england {
                continue;
            }
            // Regions are of England, whether a publication says so or not.
            let above = (record.kind == PlaceKind::Region).then_some(england);
            let parent = record.parent.as_ref().map(|parent| words.add(parent)).or(above);
            places.kinds.insert(code, record.kind);
            let membership = Membership { parent, seen_from: record.seen_from, seen_to: record.seen_to };
            places.memberships.entry(code).or_default().push(membership);
        }
        places.words = words;
        places.note_changes(holding);
        places
    }

    /// What kind of place it is; none where the publication has no record of it.
    pub(super) fn kind(&self, place: Word) -> Option<PlaceKind> {
        self.kinds.get(&place).copied()
    }

    pub(super) fn text(&self, place: Word) -> &str {
        self.words.text(place)
    }

    /// Whether it is England, a region or a system.
    pub(super) fn is_wide(&self, place: Word) -> bool {
        self.kind(place).is_some_and(|kind| kind <= PlaceKind::System)
    }

    /// What a place belongs to in a period: the record that speaks of it, or else the latest.
    fn parent(&self, place: Word, period: Period) -> Option<Word> {
        let records = self.memberships.get(&place)?;
        let day = period.ends();
        let speaks = |record: &&Membership| {
            record.seen_from.is_none_or(|from| from <= day) && record.seen_to.is_none_or(|to| day <= to)
        };
        records.iter().rev().find(speaks).or(records.last())?.parent
    }

    /// Everything that a place belongs to in a period, the nearest first.
    pub(super) fn above(&self, place: Word, period: Period) -> Vec<Word> {
        let mut list = Vec::new();
        let mut at = place;
        while let Some(parent) = self.parent(at, period) {
            if parent == place || list.contains(&parent) {
                break;
            }
            list.push(parent);
            at = parent;
        }
        list
    }

    /// Remembers for each succession when it shows: on its date, and in the month after the last value of what ended.
    fn note_changes(&mut self, holding: &Holding<'_>) {
        if holding.successions.is_empty() {
            return;
        }
        let mut last: HashMap<Word, Period> = HashMap::new();
        for fact in &holding.facts.list {
            let known = last.entry(fact.subject.place).or_insert(fact.period);
            *known = fact.period.max(*known);
        }
        for succession in holding.successions {
            let (Some(from), Some(to)) = (self.words.find(&succession.from), self.words.find(&succession.to)) else {
                continue;
            };
            if from == to {
                continue;
            }
            let dated = succession.date.map(Period::month);
            let months = [dated.and_then(month_number), last.get(&from).and_then(|end| Some(month_number(*end)? + 1))];
            for month in months.into_iter().flatten() {
                let period = dated.or_else(|| last.get(&from).copied());
                let above = |place| period.map(|period| self.above(place, period)).unwrap_or_default();
                let (over_from, over_to) = (above(from), above(to));
                let mut sides: Vec<(Word, Word)> = vec![(from, to), (to, from)];
                // What moves within a system changes nothing for the system.
                sides.extend(over_from.iter().filter(|place| !over_to.contains(place)).map(|place| (*place, to)));
                sides.extend(over_to.iter().filter(|place| !over_from.contains(place)).map(|place| (*place, from)));
                for (place, other) in sides {
                    self.changes.entry(place).or_default().entry(month).or_default().insert(other);
                }
            }
        }
    }

    /// What publications say happened to a place within a month of another: `RT3, which has to do with RJ1`.
    pub(super) fn change_near(&self, subject: &Subject, month: i32) -> Option<String> {
        let changes = self.changes.get(&subject.place)?;
        let mut others: Vec<&str> =
            changes.range(month - 1..=month + 1).flat_map(|(_, others)| others).map(|word| self.text(*word)).collect();
        others.sort_unstable();
        others.dedup();
        let more = others.len().saturating_sub(3);
        let shown = others.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        match (others.is_empty(), more) {
            (true, _) => None,
            (_, 0) => Some(shown),
            _ => Some(format!("{shown} and {more} more")),
        }
    }
}
