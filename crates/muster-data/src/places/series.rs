//! A series as it is now: what bodies that ended reported, under the bodies that took over.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::civil::Date;

use super::{PlaceKind, Places};
use crate::fact::{Fact, Subject, Word};
use crate::{Amount, Facts, Library, Period};

/// Divides an amount by shares that add to one, so that the parts add to exactly that amount: each part is rounded down, and what
/// is left goes to the largest remainders.
///
/// ```
/// use muster_data::{Amount, places::divide};
/// let third = Amount::from_millionths(333_333);
/// let shares = [third, third, Amount::from_millionths(333_334)];
/// let parts = divide("0.00001".parse().unwrap(), &shares);
/// assert_eq!(parts.iter().map(|part| part.millionths()).collect::<Vec<_>>(), [3, 3, 4]);
/// ```
pub fn divide(amount: Amount, shares: &[Amount]) -> Vec<Amount> {
    const ONE: i128 = 1_000_000;
    let products = shares.iter().map(|share| i128::from(amount.millionths()) * i128::from(share.millionths()));
    let (mut parts, remainders): (Vec<i128>, Vec<i128>) =
        products.map(|product| (product.div_euclid(ONE), product.rem_euclid(ONE))).unzip();
    let left = i128::from(amount.millionths()) - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| Reverse(remainders[*at]));
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[at] += 1;
    }
    parts.into_iter().map(|part| Amount::from_millionths(part as i64)).collect()
}

/// Facts as they are now, and how many were moved.
#[derive(Debug, Clone, Default)]
pub struct AsNow {
    /// The facts.
    pub facts: Facts,
    /// Facts that stand under other codes now.
    pub moved: usize,
    /// Facts of bodies that ended, which could not be moved because their value was withheld.
    pub withheld: usize,
}

impl Places {
    /// Facts as they are now, after every succession that is known: of the measures that may be added, and of headcounts.
    pub fn as_it_is_now(&self, facts: &Facts, library: &Library) -> Facts {
        let adds = |measure: &str| measure == "headcount" || library.measure(measure).is_some_and(|known| known.adds);
        self.as_it_is_on(facts, Date::MAX, adds).facts
    }

    /// Facts with what bodies that had ended by a day reported put under the bodies of that day; `adds` says of which measures values may be added.
    ///
    /// What cannot be added stays where it was, and so do values that were withheld. An area is followed into other areas, never
    /// into the body that took over staff: which of the two a code means, its publication says. Headcounts are added, so someone
    /// whom both of two merged trusts employed is counted twice.
    pub fn as_it_is_on(&self, facts: &Facts, today: Date, adds: impl Fn(&str) -> bool) -> AsNow {
        let mut result = AsNow { facts: Facts { words: facts.words.clone(), list: Vec::new() }, ..AsNow::default() };
        let mut adding: HashMap<Word, bool> = HashMap::new();
        let mut known: HashMap<(Word, Word), (Vec<Word>, Vec<Amount>)> = HashMap::new();
        let mut seen: HashMap<(Subject, Period, Word), usize> = HashMap::new();
        for fact in &facts.list {
            let adds =
                *adding.entry(fact.subject.measure).or_insert_with(|| adds(facts.words.text(fact.subject.measure)));
            if !adds {
                result.facts.list.push(*fact);
                continue;
            }
            let (codes, shares) = known
                .entry((fact.subject.place, fact.source))
                .or_insert_with(|| self.targets(facts, fact, today, &mut result.facts));
            let moved = **codes != [fact.subject.place];
            let Some(value) = fact.value else {
                result.withheld += usize::from(moved);
                result.facts.list.push(*fact);
                continue;
            };
            result.moved += usize::from(moved);
            for (place, part) in codes.iter().zip(divide(value, shares)) {
                let subject = Subject { place: *place, ..fact.subject };
                let publication = result.facts.publication(fact.source);
                let at = *seen.entry((subject, fact.period, publication)).or_insert_with(|| {
                    result.facts.list.push(Fact { subject, value: Some(Amount::ZERO), ..*fact });
                    result.facts.list.len() - 1
                });
                let whole = &mut result.facts.list[at].value;
                *whole = Some(whole.unwrap_or_default() + part);
            }
        }
        result
    }

    fn targets(&self, facts: &Facts, fact: &Fact, today: Date, result: &mut Facts) -> (Vec<Word>, Vec<Amount>) {
        let code = facts.words.text(fact.subject.place);
        let publication = publication_of(facts.words.text(fact.source)).to_owned();
        let kind = self.filed_as.get(&(publication, code.to_owned()));
        let body = kind.is_none_or(|kind| *kind == PlaceKind::Organisation);
        let list = if body { self.as_now(code, today) } else { self.area_as_now(code, today) };
        list.into_iter().map(|(code, share)| (result.words.add(&code), share)).unzip()
    }
}

/// The publication of a source: `hchs-staff 2021-03` is an edition of `hchs-staff`.
fn publication_of(source: &str) -> &str {
    source.split_once(' ').map_or(source, |(publication, _)| publication)
}

impl Facts {
    fn publication(&mut self, source: Word) -> Word {
        let publication = publication_of(self.words.text(source)).to_owned();
        self.words.add(&publication)
    }
}
