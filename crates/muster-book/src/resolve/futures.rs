//! A scenario with its assumptions left open: where each may stand, and what the engine is then given.
//!
//! Every value that the engine needs is one line of a sheet: an entry of a book, or two with a way between them, changed by the
//! effects of actions; or something worked out from earlier lines. Lines that rest on nothing uncertain are worked out once. The
//! others are worked out for eight futures at a time, which is all that a draw, a swing of one assumption or a moved slider costs.

use std::collections::HashMap;

use muster_core::{FinancialYear, PlaceCode, Probability, STAFF_AGES};
use muster_draws::normal;
use muster_engine::{Ages, Block, Inputs, LANES, Lanes, Model, Slot};

use super::{Assumption, Resolved};
use crate::action::Change;
use crate::assumption::{Interpolation, Number};
use crate::shelf::{Side, along};

/// Something uncertain that a value rests on: an entry of a book, or how much of an action is delivered.
#[derive(Debug, Clone)]
pub struct Uncertain {
    /// Which assumption it belongs to, as an index into [`Futures::assumptions`].
    pub assumption: usize,
    /// The year whose score counts, for an assumption that wanders through the years; else 0.
    pub year: usize,
    /// The number, its range and what lies between.
    pub of: Number,
}

/// A number that is certain, or where to find one that is not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Stated {
    /// The same in every future.
    Certain(f64),
    /// An index into [`Futures::uncertain`].
    Uncertain(usize),
}

/// Where a value starts, before actions change it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Base {
    /// One entry holds.
    One(Stated),
    /// Between two entries, this part of the way.
    Between(Interpolation, Stated, Stated, f64),
}

/// What an action makes of a value in one year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Applied {
    /// How.
    pub how: Change,
    /// The value of its path.
    pub path: f64,
    /// The share of it that comes about.
    pub share: f64,
    /// How much of that is delivered.
    pub delivered: Stated,
}

/// A line of the sheet: how a slot gets its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    /// The same in every future.
    Constant(f64),
    /// Read from books, divided evenly over a band of ages, and changed by actions within what can be.
    Read { base: Base, spread_over: f64, applied: Vec<Applied>, limits: [f64; 2] },
    /// A value times a number.
    Scaled(Slot, f64),
    /// FTE divided by FTE per head: people.
    People { fte: Slot, shares: Box<Ages>, participation: Box<[Slot; STAFF_AGES.len()]> },
    /// The chance of giving up in a year that makes this chance over a whole course.
    Withdrawal { attrition: Slot, years: f64 },
    /// Those who started some years ago and have not given up since.
    Staying { started: Slot, withdrawal: Slot, years: i32 },
    /// A share of people, but no more than others leave.
    Remaining { share: Slot, taken: Vec<Slot> },
}

/// Where the assumptions stand in the futures of a block.
pub enum Stands<'a> {
    /// Each where the books say.
    Central,
    /// In each future one assumption, as an index, at an end of its range, and the others where the books say.
    Ends([Option<(usize, Side)>; LANES]),
    /// Each at a score of its own: (assumption, year) to the standard normal score in each future.
    Scores(&'a dyn Fn(usize, usize) -> Lanes),
    /// How much is delivered of each action, as an index into the plan's actions, in each future; all else where the books say.
    /// Actions whose delivery is certain stay delivered in full, except with [`Plan::futures_by_action`](crate::Plan::futures_by_action).
    Delivered(&'a dyn Fn(usize) -> Lanes),
}

/// A scenario of a plan for some places, with its uncertain assumptions left open.
#[derive(Debug, Clone)]
pub struct Futures {
    /// The structure, for the engine.
    pub model: Model,
    /// The places, in the order of the model.
    pub places: Vec<PlaceCode>,
    /// The years, the baseline first.
    pub years: Vec<FinancialYear>,
    /// The plan's uncertain assumptions, in the plan's order: the same for all of its scenarios. With
    /// [`Plan::futures_by_action`](crate::Plan::futures_by_action), the delivery of each action of the scenario.
    pub assumptions: Vec<Assumption>,
    /// Everything uncertain that a value of this scenario rests on.
    pub uncertain: Vec<Uncertain>,
    pub(super) lines: Vec<Line>,
    /// The lines that rest on something uncertain, in order.
    open: Vec<usize>,
    central: Vec<f64>,
}

/// How often actions together would have taken a value beyond what can be, in the futures of some blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limited {
    /// Values that were held at the limit.
    pub values: u64,
    /// Values in all.
    pub of: u64,
}

impl Limited {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { values: self.values + other.values, of: self.of + other.of }
    }
}

/// The scores of an assumption in a year, with the chances of lying below and above them.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    year: usize,
    scores: Lanes,
    below: Lanes,
    above: Lanes,
}

/// Room to work in, kept from block to block.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    stated: Vec<Lanes>,
    drawn: Vec<Option<Drawn>>,
    /// What had to be limited so far.
    pub limited: Limited,
}

impl Futures {
    pub(super) fn new(
        mut model: Model,
        places: Vec<PlaceCode>,
        years: Vec<FinancialYear>,
        assumptions: Vec<Assumption>,
        sheet: Sheet,
    ) -> Self {
        let Sheet { lines, uncertain, central, .. } = sheet;
        model.slots = lines.len();
        let mut is_open = vec![false; lines.len()];
        for (i, line) in lines.iter().enumerate() {
            is_open[i] = line.rests_on_uncertain(&is_open);
        }
        let open = (0..lines.len()).filter(|i| is_open[*i]).collect();
        Self { model, places, years, assumptions, uncertain, lines, open, central }
    }

    /// A block in which every assumption is where the books say.
    pub fn block(&self) -> Block {
        Block { values: self.central.iter().map(|value| [*value; LANES]).collect() }
    }

    /// The inputs with every assumption where the books say.
    pub fn central(&self) -> Resolved {
        self.resolved(self.model.inputs(&self.block(), 0))
    }

    /// The inputs with one assumption moved to an end of its range.
    pub fn moved(&self, assumption: &Assumption, side: Side) -> Resolved {
        let mut block = self.block();
        if let Some(assumption) = self.index_of(assumption) {
            self.fill(&Stands::Ends([Some((assumption, side)); LANES]), &mut Desk::default(), &mut block);
        }
        self.resolved(self.model.inputs(&block, 0))
    }

    /// Which of [`Self::assumptions`] this is.
    pub fn index_of(&self, assumption: &Assumption) -> Option<usize> {
        self.assumptions.binary_search(assumption).ok()
    }

    fn resolved(&self, inputs: Inputs) -> Resolved {
        Resolved { inputs, places: self.places.clone(), years: self.years.clone() }
    }

    /// Works out a block of this scenario anew, for where the assumptions stand.
    pub fn fill(&self, stands: &Stands<'_>, desk: &mut Desk, block: &mut Block) {
        desk.stated.clear();
        desk.drawn.clear();
        desk.drawn.resize(self.assumptions.len(), None);
        for uncertain in &self.uncertain {
            let lanes = match (stands, &self.assumptions[uncertain.assumption]) {
                (Stands::Delivered(delivered), Assumption::Delivery(action)) => delivered(*action),
                _ => uncertain.in_each(stands, &mut desk.drawn[uncertain.assumption]),
            };
            desk.stated.push(lanes);
        }
        for &i in &self.open {
            let value = |slot: Slot| block.values[slot.0 as usize];
            block.values[i] = self.lines[i].work_out(|stated| stated.lanes(&desk.stated), value, &mut desk.limited);
        }
    }
}

impl Uncertain {
    /// Its value in each future. `known` keeps the scores of the assumption that were asked for last.
    fn in_each(&self, stands: &Stands<'_>, known: &mut Option<Drawn>) -> Lanes {
        match stands {
            Stands::Central | Stands::Delivered(_) => [self.of.value; LANES],
            Stands::Ends(moved) => moved.map(|moved| match moved {
                Some((assumption, Side::Low)) if assumption == self.assumption => self.of.low,
                Some((assumption, Side::High)) if assumption == self.assumption => self.of.high,
                _ => self.of.value,
            }),
            Stands::Scores(scores) => {
                let drawn = match known {
                    Some(found) if found.year == self.year => found,
                    _ => known.insert(Drawn::at(self.year, scores(self.assumption, self.year))),
                };
                self.of.spread.at_known(&drawn.scores, &drawn.below, &drawn.above)
            }
        }
    }
}

impl Drawn {
    fn at(year: usize, scores: Lanes) -> Self {
        let sides = scores.map(normal::sides);
        Self { year, scores, below: sides.map(|(below, _)| below), above: sides.map(|(_, above)| above) }
    }
}

impl Stated {
    fn lanes(self, stated: &[Lanes]) -> Lanes {
        match self {
            Self::Certain(value) => [value; LANES],
            Self::Uncertain(i) => stated[i],
        }
    }

    fn is_uncertain(self) -> bool {
        matches!(self, Self::Uncertain(_))
    }

    fn key(self, key: &mut Vec<u64>) {
        match self {
            Self::Certain(value) => key.extend([0, value.to_bits()]),
            Self::Uncertain(i) => key.extend([1, i as u64]),
        }
    }
}

impl Base {
    fn is_uncertain(self) -> bool {
        match self {
            Self::One(stated) => stated.is_uncertain(),
            Self::Between(_, start, end, _) => start.is_uncertain() || end.is_uncertain(),
        }
    }
}

impl Line {
    fn rests_on_uncertain(&self, open: &[bool]) -> bool {
        let is_open = |slot: &Slot| open[slot.0 as usize];
        match self {
            Self::Constant(_) => false,
            Self::Read { base, applied, .. } => {
                base.is_uncertain() || applied.iter().any(|applied| applied.delivered.is_uncertain())
            }
            Self::Scaled(slot, _) => is_open(slot),
            Self::People { fte, participation, .. } => is_open(fte) || participation.iter().any(is_open),
            Self::Withdrawal { attrition, .. } => is_open(attrition),
            Self::Staying { started, withdrawal, .. } => is_open(started) || is_open(withdrawal),
            Self::Remaining { share, taken } => is_open(share) || taken.iter().any(is_open),
        }
    }

    /// The value in each of some futures.
    #[inline]
    fn work_out<const N: usize>(
        &self,
        stated: impl Fn(Stated) -> [f64; N],
        at: impl Fn(Slot) -> [f64; N],
        limited: &mut Limited,
    ) -> [f64; N] {
        match self {
            Self::Constant(value) => [*value; N],
            Self::Read { base, spread_over, applied, limits } => {
                let mut lanes = match *base {
                    Base::One(one) => stated(one),
                    Base::Between(how, start, end, part) => {
                        let (start, end) = (stated(start), stated(end));
                        std::array::from_fn(|lane| along(how, start[lane], end[lane], part))
                    }
                };
                if *spread_over != 1.0 {
                    lanes = lanes.map(|value| value / spread_over);
                }
                for applied in applied {
                    let delivered = stated(applied.delivered);
                    for (value, delivered) in lanes.iter_mut().zip(&delivered) {
                        *value = applied.how.apply(*value, applied.path, applied.share * delivered);
                        let possible = value.clamp(limits[0], limits[1]);
                        limited.values += u64::from(possible != *value);
                        *value = possible;
                    }
                    limited.of += N as u64;
                }
                lanes
            }
            Self::Scaled(slot, factor) => at(*slot).map(|value| value * factor),
            Self::People { fte, shares, participation } => {
                let mut per_head = [0.0; N];
                for (share, slot) in shares.iter().zip(participation.iter()) {
                    for (sum, fte) in per_head.iter_mut().zip(at(*slot)) {
                        *sum += share * fte;
                    }
                }
                let fte = at(*fte);
                std::array::from_fn(|lane| if per_head[lane] > 0.0 { fte[lane] / per_head[lane] } else { 0.0 })
            }
            Self::Withdrawal { attrition, years } => at(*attrition).map(|whole| {
                let whole = Probability::per_year(whole);
                whole.map_or(0.0, |whole| whole.spread_over_years(*years))
            }),
            Self::Staying { started, withdrawal, years } => {
                let (started, withdrawal) = (at(*started), at(*withdrawal));
                std::array::from_fn(|lane| started[lane] * (1.0 - withdrawal[lane]).powi(*years))
            }
            Self::Remaining { share, taken } => {
                let mut left = [1.0; N];
                for slot in taken {
                    for (left, taken) in left.iter_mut().zip(at(*slot)) {
                        *left -= taken;
                    }
                }
                let share = at(*share);
                std::array::from_fn(|lane| share[lane].min(left[lane]))
            }
        }
    }

    /// Says everything about the line: two lines with the same key are the same.
    fn key(&self) -> Vec<u64> {
        let slot = |slot: &Slot| u64::from(slot.0);
        let mut key = Vec::new();
        match self {
            Self::Constant(value) => key.extend([0, value.to_bits()]),
            Self::Read { base, spread_over, applied, limits } => {
                key.extend([1, spread_over.to_bits(), limits[0].to_bits(), limits[1].to_bits()]);
                match *base {
                    Base::One(one) => one.key(&mut key),
                    Base::Between(how, start, end, part) => {
                        key.extend([2, how as u64, part.to_bits()]);
                        start.key(&mut key);
                        end.key(&mut key);
                    }
                }
                for applied in applied {
                    key.extend([applied.how as u64, applied.path.to_bits(), applied.share.to_bits()]);
                    applied.delivered.key(&mut key);
                }
            }
            Self::Scaled(of, factor) => key.extend([2, slot(of), factor.to_bits()]),
            Self::People { fte, shares, participation } => {
                key.extend([3, slot(fte)]);
                key.extend(shares.iter().map(|share| share.to_bits()));
                key.extend(participation.iter().map(slot));
            }
            Self::Withdrawal { attrition, years } => key.extend([4, slot(attrition), years.to_bits()]),
            Self::Staying { started, withdrawal, years } => {
                key.extend([5, slot(started), slot(withdrawal), *years as u64]);
            }
            Self::Remaining { share, taken } => {
                key.extend([6, slot(share)]);
                key.extend(taken.iter().map(slot));
            }
        }
        key
    }
}

/// Steps while they are being written.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    lines: Vec<Line>,
    pub(super) uncertain: Vec<Uncertain>,
    central: Vec<f64>,
    known: HashMap<Vec<u64>, Slot>,
}

impl Sheet {
    /// The slot of a line; the same line has the same slot.
    pub(super) fn slot(&mut self, line: Line) -> Slot {
        let key = line.key();
        if let Some(slot) = self.known.get(&key) {
            return *slot;
        }
        let slot = Slot(self.lines.len() as u32);
        let stated = |stated: Stated| match stated {
            Stated::Certain(value) => [value],
            Stated::Uncertain(i) => [self.uncertain[i].of.value],
        };
        let [central] = line.work_out(stated, |slot| [self.central[slot.0 as usize]], &mut Limited::default());
        self.known.insert(key, slot);
        self.central.push(central);
        self.lines.push(line);
        slot
    }

    /// What a base comes to where every assumption is where the books say.
    pub(super) fn stated_value(&self, base: Base) -> f64 {
        let value = |stated| match stated {
            Stated::Certain(value) => value,
            Stated::Uncertain(i) => self.uncertain[i].of.value,
        };
        match base {
            Base::One(one) => value(one),
            Base::Between(how, start, end, part) => along(how, value(start), value(end), part),
        }
    }

    pub(super) fn constant(&mut self, value: f64) -> Slot {
        self.slot(Line::Constant(value))
    }

    /// The value of a slot where every assumption is where the books say.
    pub(super) fn central(&self, slot: Slot) -> f64 {
        self.central[slot.0 as usize]
    }
}
