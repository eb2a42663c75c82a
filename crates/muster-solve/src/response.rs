//! What one more of each lever does, found by asking the engine: the difference that one unit makes to a projection.
//!
//! Levers that reach no profession in common are moved together, in one projection, because nothing that one of them changes can touch what
//! another does. So a few hundred projections answer for thousands of levers.

use muster_book::Moves;
use muster_run::RunError;
use rayon::prelude::*;

use crate::unit::{Unit, What};
use crate::world::{Outcome, World};

/// What one of a unit does to a place and profession, by year.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// Index in an [`Outcome`].
    pub at: usize,
    /// Staff in post.
    pub fte: Vec<f64>,
    /// Staff needed.
    pub demand: Vec<f64>,
    /// Joiners.
    pub joiners: Vec<f64>,
    /// Joiners from abroad.
    pub abroad: Vec<f64>,
}

/// What one of a unit does.
pub type Response = Vec<Reached>;

/// How far a unit is moved to see what it does.
fn nudge(unit: &Unit) -> f64 {
    match unit.what {
        // The effect of a cut in one year is a straight line.
        What::Of(Moves::Retention) => 0.01,
        _ => 1.0,
    }
}

/// What one more of each unit does around a choice, in the order of the units.
pub(crate) fn responses(
    world: &World<'_>,
    units: &[Unit],
    chosen: &[(Unit, f64)],
    base: &Outcome,
) -> Result<Vec<Response>, RunError> {
    let lots = lots(world, units);
    // Joiners from the wider labour market stay the people they are, however many are there for them to be counted from.
    let project = |moved: &[(Unit, f64)]| {
        let mut inputs = world.resolved.inputs.clone();
        world.apply(&mut inputs, moved, base, None);
        world.outcome(&inputs)
    };
    let around = project(chosen)?;
    let answered: Vec<Vec<(usize, Response)>> = lots
        .par_iter()
        .map(|lot| {
            let mut moved = chosen.to_vec();
            moved.extend(lot.iter().map(|i| (units[*i], nudge(&units[*i]))));
            let outcome = project(&moved)?;
            Ok(lot.iter().map(|i| (*i, difference(world, &units[*i], &around, &outcome))).collect())
        })
        .collect::<Result<_, RunError>>()?;
    let mut all = vec![Response::new(); units.len()];
    for (i, response) in answered.into_iter().flatten() {
        all[i] = response;
    }
    // What passes to others is demand, which needs no projection; and the steps of one cut do the same.
    for (i, unit) in units.iter().enumerate() {
        if unit.what == What::Shift {
            all[i] = shift(world, unit);
        } else if unit.band > 0 {
            let (first, rest) = all.split_at_mut(i);
            rest[0].clone_from(&first[i - unit.band]);
        }
    }
    Ok(all)
}

/// Units that may be moved together, by index.
fn lots(world: &World<'_>, units: &[Unit]) -> Vec<Vec<usize>> {
    struct Lot {
        year: usize,
        units: Vec<usize>,
        /// By place and profession.
        taken: Vec<bool>,
    }
    let mut lots: Vec<Lot> = Vec::new();
    let mut of_year: Vec<Vec<usize>> = vec![Vec::new(); world.years() + 1];
    let asked = units.iter().enumerate().filter(|(_, unit)| unit.what != What::Shift && unit.band == 0);
    for (i, unit) in asked.filter(|(_, unit)| matters(world, unit)) {
        let reach: Vec<usize> =
            world.reach(unit).into_iter().map(|profession| world.at(unit.place, profession)).collect();
        let free = of_year[unit.year].iter().copied().find(|lot| reach.iter().all(|at| !lots[*lot].taken[*at]));
        let lot = free.unwrap_or_else(|| {
            let taken = vec![false; world.places() * world.professions()];
            lots.push(Lot { year: unit.year, units: Vec::new(), taken });
            of_year[unit.year].push(lots.len() - 1);
            lots.len() - 1
        });
        debug_assert_eq!(lots[lot].year, unit.year);
        lots[lot].units.push(i);
        reach.into_iter().for_each(|at| lots[lot].taken[at] = true);
    }
    lots.into_iter().map(|lot| lot.units).collect()
}

/// Whether a unit can change anybody's number before the end: a student who starts too late cannot.
fn matters(world: &World<'_>, unit: &Unit) -> bool {
    match unit.what {
        What::Of(Moves::Intake) => {
            unit.year + world.plan.shelf.taxonomy.programmes[unit.of].length_years <= world.years()
        }
        _ => true,
    }
}

fn difference(world: &World<'_>, unit: &Unit, before: &Outcome, after: &Outcome) -> Response {
    let step = nudge(unit);
    world
        .reach(unit)
        .into_iter()
        .map(|profession| {
            let at = world.at(unit.place, profession);
            let less = |after: &[Vec<f64>], before: &[Vec<f64>]| -> Vec<f64> {
                after[at].iter().zip(&before[at]).map(|(after, before)| (after - before) / step).collect()
            };
            Reached {
                at,
                fte: less(&after.fte, &before.fte),
                demand: vec![0.0; world.years() + 1],
                joiners: less(&after.joiners, &before.joiners),
                abroad: match unit.what {
                    What::Of(Moves::Domestic) => vec![0.0; world.years() + 1],
                    _ => less(&after.abroad, &before.abroad),
                },
            }
        })
        .collect()
}

fn shift(world: &World<'_>, unit: &Unit) -> Response {
    let nothing = || vec![0.0; world.years() + 1];
    let asked = world.shifted(unit, 1.0).into_iter().map(|(profession, fte)| {
        let mut demand = nothing();
        demand[unit.year] = fte;
        Reached { at: world.at(unit.place, profession), fte: nothing(), demand, joiners: nothing(), abroad: nothing() }
    });
    asked.collect()
}
