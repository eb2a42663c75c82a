//! The program: targets and limits as rows over the units, each with what it means to a planner.

use std::collections::BTreeMap;

use muster_book::{Aim, Holds, Limit, Moves, Target};

use crate::cost::studying;
use crate::draws::Draws;
use crate::lp::{Program, Row, Variable};
use crate::response::Response;
use crate::unit::{Unit, What};
use crate::world::{Outcome, World};

/// What a row of the program is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A target of the question, as an index.
    Target(usize),
    /// A limit of the question, as an index.
    Limit(usize),
    /// How far a lever reaches, as an index: the steps of a cut, or the least that must be left.
    Lever(usize),
    /// How much work may pass, as an index of the substitution.
    Substitution(usize),
}

/// What a row of the program means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Meaning {
    /// What it is about.
    pub about: About,
    /// The place; none for all together.
    pub place: Option<usize>,
    /// The programme, profession or move; none for all together.
    pub of: Option<usize>,
    /// The year, counted from the baseline.
    pub year: usize,
}

/// Where the program was drawn up: a choice, what the engine makes of it, and what one more of each unit would do and cost.
pub(crate) struct Around<'a> {
    /// What is chosen there, by unit.
    pub values: &'a [f64],
    /// What the engine makes of it.
    pub outcome: &'a Outcome,
    /// What it makes of no choice at all.
    pub base: &'a Outcome,
    /// By unit.
    pub responses: &'a [Response],
    /// Pounds by unit and year.
    pub spend: &'a [Vec<f64>],
    /// Draws in which targets are to hold with a chance, and what the engine makes of the choice in each.
    pub risk: Option<(&'a Draws, &'a [Outcome])>,
}

/// A program and what its rows mean.
pub struct Drawn {
    /// For the solver.
    pub program: Program,
    /// By row.
    pub meanings: Vec<Meaning>,
}

/// A response below this is rounding of the projections that it is the difference of.
const NO_EFFECT: f64 = 1e-7;

/// A sum over units and a constant.
#[derive(Default, Clone)]
struct Sum {
    terms: Vec<(usize, f64)>,
    constant: f64,
}

/// Draws up rows.
struct Draft<'a, 'w> {
    world: &'a World<'w>,
    units: &'a [Unit],
    around: &'a Around<'a>,
    /// By place and profession: the units that reach it and where in their response.
    reached: Vec<Vec<(usize, usize)>>,
    /// Units by what they move, where and when.
    found: BTreeMap<(What, usize, usize, usize), Vec<usize>>,
    drawn: Drawn,
}

/// Draws up the program around a choice.
pub(crate) fn draw_up(world: &World<'_>, units: &[Unit], around: &Around<'_>, cost: &[f64]) -> Drawn {
    let taxonomy = &world.plan.shelf.taxonomy;
    let mut reached = vec![Vec::new(); world.places() * world.professions()];
    for (unit, response) in around.responses.iter().enumerate() {
        for (i, part) in response.iter().enumerate() {
            reached[part.at].push((unit, i));
        }
    }
    let mut found: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (i, unit) in units.iter().enumerate() {
        found.entry((unit.what, unit.place, unit.of, unit.year)).or_default().push(i);
    }
    let variables = units.iter().zip(cost).map(|(unit, cost)| {
        let least = match unit.what {
            What::Of(Moves::Intake | Moves::International | Moves::Posts) => {
                -(1.0 - world.question.levers[unit.lever].at_least) * world.already(unit)
            }
            _ => 0.0,
        };
        let year = world.resolved.years[unit.year];
        let name = format!("{} {year}", unit.id(taxonomy, world.question));
        Variable { name, low: least, high: f64::INFINITY, cost: *cost, whole: false }
    });
    let program = Program { variables: variables.collect(), rows: Vec::new() };
    let drawn = Drawn { program, meanings: Vec::new() };
    let mut draft = Draft { world, units, around, reached, found, drawn };
    for (i, target) in world.question.targets.iter().enumerate() {
        draft.target(i, target);
    }
    for (i, limit) in world.question.limits.iter().enumerate() {
        draft.limit(i, limit);
    }
    draft.reach_of_levers();
    draft.drawn
}

impl Draft<'_, '_> {
    /// A row that holds a sum at or under a bound.
    fn at_most(&mut self, meaning: Meaning, sum: Sum, bound: f64) {
        let name = format!("{meaning:?}");
        let high = bound - sum.constant;
        self.drawn.program.row(Row { name, low: f64::NEG_INFINITY, high, terms: sum.terms });
        self.drawn.meanings.push(meaning);
    }

    fn targets_places(&self, each: bool) -> Vec<Option<usize>> {
        if each || self.world.places() == 1 { (0..self.world.places()).map(Some).collect() } else { vec![None] }
    }

    fn target(&mut self, i: usize, target: &Target) {
        let first = usize::try_from(target.year.years_since(self.world.plan.from)).unwrap_or(0);
        let last = usize::try_from(target.until.years_since(self.world.plan.from)).unwrap_or(0);
        for year in first..=last {
            for place in self.targets_places(target.each_place) {
                let who: Vec<Vec<usize>> = if target.each {
                    target.professions.iter().map(|one| vec![*one]).collect()
                } else {
                    vec![target.professions.clone()]
                };
                for who in who {
                    let of = target.each.then(|| who[0]);
                    let meaning = Meaning { about: About::Target(i), place, of, year };
                    let sum = self.aimed_at(target, place, &who, year);
                    let bound = if matches!(target.aim, Aim::GapFte | Aim::SpendGbp) { target.at_most } else { 0.0 };
                    // A profession that nobody needs has no gap to close.
                    if sum.terms.is_empty() && sum.constant <= bound {
                        continue;
                    }
                    self.at_most(meaning, sum, bound);
                }
            }
        }
    }

    /// What a target holds down, as a sum over units around the choice.
    fn aimed_at(&self, target: &Target, place: Option<usize>, who: &[usize], year: usize) -> Sum {
        if target.aim == Aim::SpendGbp {
            let here = |unit: &Unit| place.is_none_or(|place| unit.place == place);
            let terms = self.units.iter().zip(self.around.spend).enumerate();
            let terms =
                terms.filter(|(_, (unit, gbp))| here(unit) && gbp[year] != 0.0).map(|(i, (_, gbp))| (i, gbp[year]));
            return Sum { terms: terms.collect(), constant: 0.0 };
        }
        let [fte, demand, joiners, abroad] = match target.aim {
            Aim::GapFte => [-1.0, 1.0, 0.0, 0.0],
            Aim::VacancyRate => [-1.0, 1.0 - target.at_most, 0.0, 0.0],
            _ => [0.0, 0.0, -target.at_most, 1.0],
        };
        let places: Vec<usize> = place.map_or_else(|| (0..self.world.places()).collect(), |place| vec![place]);
        let cells: Vec<usize> =
            places.iter().flat_map(|place| who.iter().map(|one| self.world.at(*place, *one))).collect();
        let level = |of: &Outcome| -> f64 {
            let at = |table: &[Vec<f64>], at: &usize| table[*at][year];
            let one = |cell: &usize| {
                fte * at(&of.fte, cell)
                    + demand * at(&of.demand, cell)
                    + joiners * at(&of.joiners, cell)
                    + abroad * at(&of.abroad, cell)
            };
            cells.iter().map(one).sum()
        };
        let mut sum = Sum::default();
        let mut factors = BTreeMap::new();
        sum.constant = match self.around.risk {
            Some((draws, outcomes)) => draws.held(outcomes.iter().map(level).collect()),
            None => level(self.around.outcome),
        };
        for at in &cells {
            for (unit, part) in &self.reached[*at] {
                let reached = &self.around.responses[*unit][*part];
                let factor = fte * reached.fte[year]
                    + demand * reached.demand[year]
                    + joiners * reached.joiners[year]
                    + abroad * reached.abroad[year];
                if factor.abs() > NO_EFFECT {
                    *factors.entry(*unit).or_insert(0.0) += factor;
                    sum.constant -= factor * self.around.values[*unit];
                }
            }
        }
        sum.terms = factors.into_iter().filter(|(_, factor)| factor.abs() > NO_EFFECT).collect();
        sum
    }

    fn limit(&mut self, i: usize, limit: &Limit) {
        let tree = &self.world.plan.shelf.places;
        let named = limit.place.as_ref();
        let here: Vec<usize> = (0..self.world.places())
            .filter(|place| named.is_none_or(|of| tree.is_within(&self.world.resolved.places[*place], of)))
            .collect();
        let each: Vec<Vec<usize>> =
            if limit.each { limit.of.iter().map(|one| vec![*one]).collect() } else { vec![limit.of.clone()] };
        let first = usize::try_from(self.world.question.from.years_since(self.world.plan.from)).unwrap_or(1).max(1);
        for place in here {
            for of in &each {
                for year in first..=self.world.years() {
                    let meaning =
                        Meaning { about: About::Limit(i), place: Some(place), of: limit.each.then(|| of[0]), year };
                    if let Some((sum, bound)) = self.held(limit, place, of, (first, year)) {
                        self.at_most(meaning, sum, bound);
                    }
                }
            }
        }
    }

    /// The units that move some things in a place and year.
    fn moving(&self, moves: Moves, place: usize, of: &[usize], year: usize) -> Vec<usize> {
        of.iter().filter_map(|of| self.found.get(&(What::Of(moves), place, *of, year))).flatten().copied().collect()
    }

    /// What a limit holds back, and to how much of it levers may add; none where no lever is held.
    ///
    /// Where the scenario is above a limit by itself, what it has stays allowed and nothing may be added.
    fn held(&self, limit: &Limit, place: usize, of: &[usize], (first, year): (usize, usize)) -> Option<(Sum, f64)> {
        let world = self.world;
        let grown = limit.at_most * (1.0 + limit.growth).powi((year - first) as i32);
        let one = |i: &usize| (*i, 1.0);
        let (terms, room): (Vec<(usize, f64)>, f64) = match limit.holds {
            Holds::IntakeGrowth => {
                let mut terms: Vec<_> = self.moving(Moves::Intake, place, of, year).iter().map(one).collect();
                let had = |year: usize| -> f64 { of.iter().map(|of| self.starters(place, *of, year)).sum() };
                if year < 2 || terms.is_empty() {
                    return None;
                }
                // Where the scenario grows faster by itself, as fast as that.
                let (before, now) = (had(year - 1), had(year));
                let by = (1.0 + limit.at_most).max(if before > 0.0 { now / before } else { 0.0 });
                terms.extend(self.moving(Moves::Intake, place, of, year - 1).iter().map(|i| (*i, -by)));
                (terms, by * before - now)
            }
            Holds::Applicants => {
                let terms = self.moving(Moves::Intake, place, of, year).iter().map(one).collect();
                let had: f64 = of.iter().map(|of| self.starters(place, *of, year)).sum();
                (terms, grown * self.share(limit, place, of) - had)
            }
            Holds::Placements | Holds::Supervisors => {
                let mut terms = self.students(place, of, year);
                let had: f64 = of.iter().map(|of| self.around.base.students[world.course(place, *of)][year]).sum();
                match limit.supervisor {
                    Some(who) => {
                        let at = world.at(place, who);
                        let mut there = self.around.outcome.fte[at][year];
                        for (unit, part) in &self.reached[at] {
                            let more = self.around.responses[*unit][*part].fte[year];
                            if more.abs() <= NO_EFFECT {
                                continue;
                            }
                            there -= more * self.around.values[*unit];
                            terms.push((*unit, -grown * more));
                        }
                        (terms, grown * there - had)
                    }
                    None => (terms, grown * self.share(limit, place, of) - had),
                }
            }
            Holds::RecruitsAbroad => {
                let moved = self.moving(Moves::International, place, of, year);
                let had: f64 = moved.iter().map(|i| world.already(&self.units[*i])).sum();
                (moved.iter().map(one).collect(), grown * self.heads(place, of) - had)
            }
            Holds::RecruitsAtHome => {
                let moved = self.moving(Moves::Domestic, place, of, year);
                (moved.iter().map(one).collect(), grown * self.heads(place, of))
            }
            Holds::Posts => {
                let moved = self.moving(Moves::Posts, place, of, year);
                (moved.iter().map(one).collect(), grown * self.share(limit, place, of))
            }
        };
        (!terms.is_empty()).then(|| (Sum { terms, constant: 0.0 }, room.max(0.0)))
    }

    fn starters(&self, place: usize, programme: usize, year: usize) -> f64 {
        self.world.programme(place, programme).map_or(0.0, |programme| programme.intake[year - 1])
    }

    /// Students that units of some programmes have in training in a year.
    fn students(&self, place: usize, of: &[usize], year: usize) -> Vec<(usize, f64)> {
        let mut terms = Vec::new();
        for of in of {
            let Some(programme) = self.world.programme(place, *of) else { continue };
            let length = programme.students.len();
            for start in (year + 1).saturating_sub(length).max(1)..=year {
                let studying = studying(&programme.withdrawal, start, length);
                let left = studying.into_iter().find(|(at, _)| *at == year).map_or(0.0, |(_, left)| left);
                terms.extend(self.moving(Moves::Intake, place, &[*of], start).into_iter().map(|i| (i, left)));
            }
        }
        terms
    }

    /// The place's share of a national amount: all of it where the limit names the place, or where there is one; else as students are shared
    /// at the baseline, or people where there are no students.
    fn share(&self, limit: &Limit, place: usize, of: &[usize]) -> f64 {
        if limit.place.is_some() || self.world.places() == 1 {
            return 1.0;
        }
        let students = |place: usize| -> f64 {
            of.iter()
                .map(|of| self.around.base.students.get(self.world.course(place, *of)).map_or(0.0, |years| years[0]))
                .sum()
        };
        let people = |place: usize| -> f64 {
            (0..self.world.professions()).map(|one| self.around.base.headcount[self.world.at(place, one)][0]).sum()
        };
        let of_all = |count: &dyn Fn(usize) -> f64| -> f64 { (0..self.world.places()).map(count).sum() };
        let (all_students, all_people) = (of_all(&students), of_all(&people));
        if limit.holds != Holds::Posts && all_students > 0.0 {
            students(place) / all_students
        } else if all_people > 0.0 {
            people(place) / all_people
        } else {
            1.0 / self.world.places() as f64
        }
    }

    fn heads(&self, place: usize, of: &[usize]) -> f64 {
        of.iter().map(|of| self.around.base.headcount[self.world.at(place, *of)][0]).sum()
    }

    /// The steps of each cut, and how much of a profession's work may pass.
    fn reach_of_levers(&mut self) {
        for (i, unit) in self.units.iter().enumerate() {
            let meaning = |about| Meaning { about, place: Some(unit.place), of: Some(unit.of), year: unit.year };
            let sum = Sum { terms: vec![(i, 1.0)], constant: 0.0 };
            match unit.what {
                What::Of(Moves::Retention) => {
                    let band = self.world.question.levers[unit.lever].bands[unit.band];
                    self.at_most(meaning(About::Lever(unit.lever)), sum, band.cut);
                }
                What::Shift => {
                    let substitution = &self.world.question.substitutions[unit.of];
                    let demand = self.around.base.demand[self.world.at(unit.place, substitution.from)][unit.year];
                    self.at_most(meaning(About::Substitution(unit.of)), sum, substitution.share * demand);
                }
                What::Of(_) => {}
            }
        }
    }
}
