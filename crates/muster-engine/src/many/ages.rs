//! The inner loops: one row of people by age, in every future of a block.
//!
//! They are plain loops over fixed arrays. Inlined into a function that was compiled for an instruction set, they become its vector
//! instructions. Only separate multiplications, additions and subtractions are used, each future by itself, so the bits are the same
//! on every instruction set.

use muster_core::STAFF_AGES;

use super::model::{LANES, Lanes, Slot};
use crate::inputs::Ages;

pub(super) const AGES: usize = STAFF_AGES.len();
const OLDEST: usize = AGES - 1;

/// People by age.
pub(super) type ByAge = [Lanes; AGES];

pub(super) const NOUGHT: Lanes = [0.0; LANES];

/// Works out a value in each future.
#[inline(always)]
pub(super) fn each(value: impl Fn(usize) -> f64) -> Lanes {
    let mut lanes = NOUGHT;
    for (lane, result) in lanes.iter_mut().enumerate() {
        *result = value(lane);
    }
    lanes
}

#[inline(always)]
pub(super) fn add(left: &Lanes, right: &Lanes) -> Lanes {
    each(|lane| left[lane] + right[lane])
}

#[inline(always)]
pub(super) fn multiply(left: &Lanes, right: &Lanes) -> Lanes {
    each(|lane| left[lane] * right[lane])
}

#[inline(always)]
pub(super) fn scale(lanes: &Lanes, factor: f64) -> Lanes {
    each(|lane| lanes[lane] * factor)
}

/// Rates by age, wherever they are in a block.
#[derive(Clone, Copy)]
pub(super) struct Rates<'a> {
    pub(super) values: &'a [Lanes],
    pub(super) slots: &'a [Slot; AGES],
}

impl<'a> Rates<'a> {
    #[inline(always)]
    fn at(self, age: usize) -> &'a Lanes {
        &self.values[self.slots[age].0 as usize]
    }
}

/// People who start in a cell, and their ages.
pub(super) type Arrival<'a> = (Lanes, &'a Ages);

/// What is left of a row before others arrive.
#[derive(Clone, Copy)]
pub(super) enum Left<'a> {
    /// All but those who leave at the chance of their age.
    Leaving(Rates<'a>),
    /// This share of them, whatever their age.
    Share(Lanes),
}

/// People in post, and what they work.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    pub(super) headcount: Lanes,
    pub(super) fte: Lanes,
}

impl Count {
    pub(super) const NOBODY: Self = Self { headcount: NOUGHT, fte: NOUGHT };

    #[inline(always)]
    fn add(&mut self, people: &Lanes, participation: &Lanes) {
        self.headcount = add(&self.headcount, people);
        self.fte = each(|lane| self.fte[lane] + people[lane] * participation[lane]);
    }

    #[inline(always)]
    pub(super) fn include(&mut self, other: &Self) {
        self.headcount = add(&self.headcount, &other.headcount);
        self.fte = add(&self.fte, &other.fte);
    }
}

/// Fills a row at the baseline and counts it.
#[inline(always)]
pub(super) fn open(row: &mut ByAge, people: &Lanes, shape: &Ages, participation: Rates<'_>) -> Count {
    let mut count = Count::NOBODY;
    for (age, (there, share)) in row.iter_mut().zip(shape).enumerate() {
        *there = scale(people, *share);
        count.add(there, participation.at(age));
    }
    count
}

/// Takes away those who leave, and says how many are still there.
#[inline(always)]
pub(super) fn leave(row: &mut ByAge, leaver: Rates<'_>) -> Lanes {
    let mut there = NOUGHT;
    for (age, people) in row.iter_mut().enumerate() {
        *people = stay(people, leaver.at(age));
        there = add(&there, people);
    }
    there
}

#[inline(always)]
fn stay(people: &Lanes, leaver: &Lanes) -> Lanes {
    each(|lane| people[lane] * (1.0 - leaver[lane]))
}

/// Sends a share of a row on its way to another, and counts who goes. (The sum also keeps the compiler from taking two ages at once, for
/// which it would shuffle every lane.)
#[inline(always)]
pub(super) fn send(from: &ByAge, share: &Lanes, is_first: bool, to: &mut ByAge) -> Lanes {
    let mut count = NOUGHT;
    if is_first {
        for (incoming, people) in to.iter_mut().zip(from) {
            let going = multiply(people, share);
            count = add(&count, &going);
            *incoming = going;
        }
    } else {
        for (incoming, people) in to.iter_mut().zip(from) {
            let going = multiply(people, share);
            count = add(&count, &going);
            *incoming = add(incoming, &going);
        }
    }
    count
}

/// Adds arrivals to those on their way.
#[inline(always)]
pub(super) fn arrive(incoming: &mut ByAge, (people, ages): Arrival<'_>) {
    for (incoming, share) in incoming.iter_mut().zip(ages) {
        *incoming = each(|lane| incoming[lane] + people[lane] * share);
    }
}

/// The rest of a row's year in one pass: leave, come in, start, grow older, be counted.
#[inline(always)]
pub(super) fn finish<const ARRIVALS: usize>(
    row: &mut ByAge,
    left: Left<'_>,
    incoming: Option<&ByAge>,
    arrivals: [Arrival<'_>; ARRIVALS],
    participation: Rates<'_>,
) -> Count {
    match (left, incoming) {
        (Left::Leaving(leaver), None) => grow_older(
            row,
            participation,
            #[inline(always)]
            |age, people| start(&arrivals, age, stay(people, leaver.at(age))),
        ),
        (Left::Leaving(leaver), Some(incoming)) => grow_older(
            row,
            participation,
            #[inline(always)]
            |age, people| start(&arrivals, age, add(&stay(people, leaver.at(age)), &incoming[age])),
        ),
        (Left::Share(share), None) => grow_older(
            row,
            participation,
            #[inline(always)]
            |age, people| start(&arrivals, age, multiply(people, &share)),
        ),
        (Left::Share(share), Some(incoming)) => grow_older(
            row,
            participation,
            #[inline(always)]
            |age, people| start(&arrivals, age, add(&multiply(people, &share), &incoming[age])),
        ),
    }
}

/// People of an age and those who start at it.
#[inline(always)]
fn start<const ARRIVALS: usize>(arrivals: &[Arrival<'_>; ARRIVALS], age: usize, people: Lanes) -> Lanes {
    let mut people = people;
    for (starting, ages) in arrivals {
        let share = ages[age];
        people = each(|lane| people[lane] + starting[lane] * share);
    }
    people
}

/// Everyone of `now` turns a year older and is counted; the oldest age keeps its people. From the oldest down, so that nobody is moved
/// twice.
#[inline(always)]
fn grow_older(row: &mut ByAge, participation: Rates<'_>, now: impl Fn(usize, &Lanes) -> Lanes) -> Count {
    let mut count = Count::NOBODY;
    row[OLDEST] = add(&now(OLDEST, &row[OLDEST]), &now(OLDEST - 1, &row[OLDEST - 1]));
    count.add(&row[OLDEST], participation.at(OLDEST));
    for age in (1..OLDEST).rev() {
        let people = now(age - 1, &row[age - 1]);
        count.add(&people, participation.at(age));
        row[age] = people;
    }
    row[0] = NOUGHT;
    count
}
