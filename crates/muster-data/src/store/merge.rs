//! Editions: what is new, what was revised, and what an older edition can no longer change.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::fact::Word;
use crate::read::{Filing, Link, PlaceRecord, fact_line};
use crate::{Amount, Facts, Period, Subject};

/// How many revisions the log keeps.
const KEPT: usize = 20;

/// Where each fact is.
pub(super) struct Index(HashMap<(Subject, Period), usize>);

impl Index {
    pub(super) fn of(facts: &Facts) -> Self {
        Self(facts.list.iter().enumerate().map(|(at, fact)| ((fact.subject, fact.period), at)).collect())
    }
}

/// A value that an edition changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// What it is a value of, and what it is now.
    pub now: String,
    /// What it was; none where it had been withheld.
    pub was: Option<Amount>,
    /// The edition that had said so.
    pub said: String,
    /// How much it changed.
    pub by: Amount,
}

/// What an edition changed.
#[derive(Debug, Default)]
pub(super) struct Change {
    pub(super) added: usize,
    pub(super) unchanged: usize,
    pub(super) kept_newer: usize,
    pub(super) revised: Vec<Revision>,
}

impl Change {
    pub(super) fn largest(&self) -> Vec<Revision> {
        let mut list: Vec<&Revision> = self.revised.iter().collect();
        list.sort_by(|a, b| b.by.abs().cmp(&a.by.abs()).then_with(|| a.now.cmp(&b.now)));
        list.into_iter().take(KEPT).cloned().collect()
    }
}

/// Merges what a file says into what is known.
pub(super) fn merge(facts: &mut Facts, index: &mut Index, filing: &Filing) -> Change {
    let mut change = Change::default();
    let mut known_words: HashMap<Word, Word> = HashMap::new();
    for fact in &filing.facts.list {
        let mut here =
            |word: Word| *known_words.entry(word).or_insert_with(|| facts.words.add(filing.facts.words.text(word)));
        let mut new = *fact;
        new.subject = Subject::of_words(fact.subject.words().map(&mut here));
        (new.unit, new.source) = (here(fact.unit), here(fact.source));
        let Some(at) = index.0.get(&(new.subject, new.period)).copied() else {
            index.0.insert((new.subject, new.period), facts.list.len());
            facts.list.push(new);
            change.added += 1;
            continue;
        };
        let old = facts.list[at];
        let same = match (old.value, new.value) {
            (Some(old), Some(new)) => old.says_the_same(new),
            (None, None) => true,
            _ => false,
        };
        // The newest edition has the last word whatever the order of adding; of one edition, what was added last.
        let newer_is_known = facts.words.text(old.source) > facts.words.text(new.source);
        if !newer_is_known {
            facts.list[at] = new;
        }
        if same {
            change.unchanged += 1;
        } else if newer_is_known {
            change.kept_newer += 1;
        } else {
            change.revised.push(Revision {
                now: fact_line(facts, &new),
                was: old.value,
                said: facts.words.text(old.source).to_owned(),
                by: new.value.unwrap_or_default() - old.value.unwrap_or_default(),
            });
        }
    }
    change
}

/// Adds what is not there yet.
pub(super) fn union<T: Ord>(list: &mut Vec<T>, more: Vec<T>) {
    list.extend(more);
    list.sort();
    list.dedup();
}

/// Records of one place under one parent and name become one, seen for as long as any of them.
pub(super) fn places(old: Vec<PlaceRecord>, new: &[PlaceRecord]) -> Vec<PlaceRecord> {
    let mut merged: BTreeMap<(String, Option<String>, String), PlaceRecord> = BTreeMap::new();
    for record in old.into_iter().chain(new.iter().cloned()) {
        let key = (record.code.clone(), record.parent.clone(), record.name.clone());
        let Some(known) = merged.get_mut(&key) else {
            merged.insert(key, record);
            continue;
        };
        known.seen_from = [known.seen_from, record.seen_from].into_iter().flatten().min();
        known.seen_to = known.seen_to.max(record.seen_to);
        known.opened = [known.opened, record.opened].into_iter().flatten().min();
        known.closed = known.closed.max(record.closed);
        known.kind = known.kind.min(record.kind);
        known.cluster = known.cluster.take().max(record.cluster);
    }
    merged.into_values().collect()
}

/// A link that the newer edition says again has its weight.
pub(super) fn links(older: Vec<Link>, newer: Vec<Link>) -> Vec<Link> {
    let mut merged: BTreeMap<(String, String, String), Amount> = BTreeMap::new();
    for link in older.into_iter().chain(newer) {
        merged.insert((link.kind, link.from, link.to), link.weight);
    }
    merged.into_iter().map(|((kind, from, to), weight)| Link { kind, from, to, weight }).collect()
}
