//! Shelves made of the values of others: what plans that share a national book are compared and resolved by.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::{Series, Shelf};
use crate::assumption::Key;
use crate::measure::Measure;

impl Shelf {
    /// The first book alone.
    pub(crate) fn first_book(&self) -> Self {
        if self.books.len() == 1 {
            return self.clone();
        }
        let mut first = self.without_values();
        first.books.truncate(1);
        self.series.iter().filter(|series| series.book == 0).for_each(|series| first.push(Arc::clone(series)));
        first
    }

    /// This shelf, with every value of some measures as on another. Both count the same professions, programmes and moves.
    pub(crate) fn with_measures_of(&self, other: &Self, taken: &dyn Fn(Measure) -> bool) -> Self {
        let mut mixed = self.without_values();
        if other.books.len() > mixed.books.len() {
            mixed.books.extend_from_slice(&other.books[mixed.books.len()..]);
        }
        self.series.iter().filter(|series| !taken(series.measure)).for_each(|series| mixed.push(Arc::clone(series)));
        other.series.iter().filter(|series| taken(series.measure)).for_each(|series| mixed.push(Arc::clone(series)));
        mixed
    }

    /// The first book, and what the later books of other shelves state of the measures that are taken.
    pub(crate) fn with_own_values_of<'a>(
        &self,
        others: impl Iterator<Item = (&'a Self, &'a dyn Fn(Measure) -> bool)>,
    ) -> Self {
        let mut mixed = self.first_book();
        for (other, taken) in others {
            if other.books.len() > mixed.books.len() {
                mixed.books.extend_from_slice(&other.books[mixed.books.len()..]);
            }
            let own = other.series.iter().filter(|series| series.book > 0 && taken(series.measure));
            own.for_each(|series| mixed.push(Arc::clone(series)));
        }
        mixed
    }

    /// Whether the first book is one and the same, and not only alike.
    pub fn shares_first_book(&self, other: &Self) -> bool {
        fn first(shelf: &Shelf) -> impl Iterator<Item = &Arc<Series>> {
            shelf.series.iter().filter(|series| series.book == 0)
        }
        first(self).count() == first(other).count() && first(self).zip(first(other)).all(|(a, b)| Arc::ptr_eq(a, b))
    }

    fn without_values(&self) -> Self {
        Self {
            taxonomy: self.taxonomy.clone(),
            places: self.places.clone(),
            sources: BTreeMap::new(),
            books: self.books.clone(),
            series: Vec::new(),
            index: HashMap::new(),
            paths: self.paths.clone(),
        }
    }

    /// The measures of which two shelves do not state the same: the same values, for the same things and times, in books of the same
    /// place on the shelf.
    pub fn measures_that_differ(&self, other: &Self) -> BTreeSet<Measure> {
        // Shelves that share their first book share its values, and only what they do not share is compared.
        let addresses = |shelf: &Self| -> HashSet<usize> {
            shelf.series.iter().map(|series| Arc::as_ptr(series) as usize).collect()
        };
        let (in_self, in_other) = (addresses(self), addresses(other));
        let by_key = |shelf: &Self| -> BTreeMap<(Measure, Key, usize), Arc<Series>> {
            let shared = |series: &&Arc<Series>| {
                let address = Arc::as_ptr(series) as usize;
                in_self.contains(&address) && in_other.contains(&address)
            };
            let own = shelf.series.iter().filter(|series| !shared(series));
            own.map(|series| ((series.measure, series.key.clone(), series.book), Arc::clone(series))).collect()
        };
        let (mine, others) = (by_key(self), by_key(other));
        let same = |a: &Series, b: &Series| {
            a.entries.len() == b.entries.len()
                && a.entries.iter().zip(&b.entries).all(|(a, b)| {
                    (a.from, a.to, a.interpolation, a.value.to_bits())
                        == (b.from, b.to, b.interpolation, b.value.to_bits())
                })
        };
        let unmatched = |mine: &BTreeMap<_, Arc<Series>>, others: &BTreeMap<_, Arc<Series>>| -> Vec<Measure> {
            let differs = |(key, series): (&(Measure, Key, usize), &Arc<Series>)| {
                others.get(key).is_none_or(|other| !same(series, other)).then_some(key.0)
            };
            mine.iter().filter_map(differs).collect()
        };
        unmatched(&mine, &others).into_iter().chain(unmatched(&others, &mine)).collect()
    }
}
