//! Rows that are people, counted: who they are is forgotten once they have been told apart.

use std::collections::{HashMap, HashSet};

use crate::fact::Subject;
use crate::{Amount, Period};

type Key = (Subject, Period);

#[derive(Debug, Default)]
pub(super) struct Tally {
    order: Vec<Key>,
    counts: HashMap<Key, (HashSet<String>, Amount)>,
    /// What each person works in a period, in all assignments together.
    works: HashMap<(Period, String), Amount>,
}

impl Tally {
    /// Adds to what a person works in all rows together; says what that would be where it is more than `most`, and adds nothing.
    pub(super) fn works(&mut self, period: Period, person: &str, fte: Amount, most: Amount) -> Result<(), Amount> {
        let works = self.works.entry((period, person.to_owned())).or_default();
        if *works + fte > most {
            return Err(*works + fte);
        }
        *works += fte;
        Ok(())
    }

    /// Counts a person in a group.
    pub(super) fn add(&mut self, key: Key, person: &str, fte: Amount) {
        let (people, total) = self.counts.entry(key).or_insert_with(|| {
            self.order.push(key);
            Default::default()
        });
        people.insert(person.to_owned());
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
