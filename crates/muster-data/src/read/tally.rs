//! Rows that are people, counted: who they are is forgotten once they have been told apart.

use std::collections::{HashMap, HashSet};

use crate::fact::Subject;
use crate::{Amount, Period};

type Key = (Subject, Period);

#[derive(Debug, Default)]
pub(super) struct Tally {
    order: Vec<Key>,
    counts: HashMap<Key, (HashSet<String>, Amount)>,
}

impl Tally {
    pub(super) fn add(&mut self, key: Key, person: String, fte: Amount) {
        let (people, total) = self.counts.entry(key).or_insert_with(|| {
            self.order.push(key);
            Default::default()
        });
        people.insert(person);
        *total += fte;
    }

    /// Headcount and FTE of each group, in the order in which the groups were first met.
    pub(super) fn totals(&self) -> impl Iterator<Item = (Key, Amount, Amount)> {
        self.order.iter().map(|key| {
            let (people, fte) = &self.counts[key];
            (*key, Amount::from(i32::try_from(people.len()).unwrap_or(i32::MAX)), *fte)
        })
    }
}
