//! Other answers around the first: a front of cost against gap, and how the choice does in other futures.

use muster_book::{Aim, Plan, Question};
use muster_engine::Step;
use muster_run::RunError;
use serde::Serialize;

use crate::cost::weight;
use crate::lp::{Limits, Solver};
use crate::parts::{self, Outcome as Came};
use crate::rows::About;
use crate::solve::{Search, search, tidy};
use crate::unit::Unit;
use crate::world::{Outcome, World};

/// A point of the front.
#[derive(Debug, Clone, Serialize)]
pub struct Point {
    /// How much of each gap that the levers are to close is closed, as a share.
    pub closed: f64,
    /// What the levers cost, discounted.
    pub discounted_gbp: f64,
    /// Shortfalls that are left in the last year, summed over professions and places, as the engine has them.
    pub shortfall_fte: f64,
    /// What the next FTE of shortfall costs here: the slope of the front, in discounted pounds.
    pub next_fte_gbp: f64,
}

/// What closing a part of the gaps costs, from none to all, in so many steps. Each point is a least-cost choice of the final program, run by the
/// engine.
pub fn front(
    world: &World<'_>,
    found: &Search,
    solver: &(dyn Solver + Sync),
    limits: &Limits,
    steps: usize,
) -> Result<Vec<Point>, RunError> {
    let mut points: Vec<Point> = Vec::new();
    for step in 0..=steps {
        let closed = step as f64 / steps.max(1) as f64;
        let mut program = found.drawn.program.clone();
        for (row, meaning) in program.rows.iter_mut().zip(&found.drawn.meanings) {
            let About::Target(i) = meaning.about else { continue };
            // Below nought is what levers must bring; the part of it that is asked for here.
            if matches!(world.question.targets[i].aim, Aim::GapFte | Aim::VacancyRate) && row.high < 0.0 {
                row.high *= closed;
            }
        }
        let Came::Fits(solution) = parts::solve_only(&program, solver, limits)? else { break };
        let values = found.units.iter().zip(solution.values).map(|(unit, value)| (*unit, tidy(unit, value)));
        let chosen: Vec<(Unit, f64)> = values.filter(|(_, value)| *value != 0.0).collect();
        let (outcome, _) = world.simulate(&chosen, &found.base)?;
        let by_unit = found.units.iter().zip(&found.spend);
        let spent = |unit: &Unit| {
            by_unit.clone().find(|(other, _)| *other == unit).map_or(0.0, |(_, gbp)| discounted(world, gbp))
        };
        let discounted_gbp = chosen.iter().map(|(unit, value)| value * spent(unit)).sum();
        let shortfall_fte = shortfall(world, &outcome);
        let slope = points.last().map_or(0.0, |before| {
            let closed = before.shortfall_fte - shortfall_fte;
            if closed > 1.0 { (discounted_gbp - before.discounted_gbp) / closed } else { 0.0 }
        });
        if let Some(before) = points.last_mut() {
            before.next_fte_gbp = slope;
        }
        points.push(Point { closed, discounted_gbp, shortfall_fte, next_fte_gbp: 0.0 });
    }
    Ok(points)
}

fn discounted(world: &World<'_>, gbp: &[f64]) -> f64 {
    gbp.iter().enumerate().map(|(year, gbp)| gbp * weight(world, year)).sum()
}

/// Shortfalls of the last year, surpluses not set against them.
fn shortfall(world: &World<'_>, outcome: &Outcome) -> f64 {
    let last = world.years();
    outcome.demand.iter().zip(&outcome.fte).map(|(demand, fte)| (demand[last] - fte[last]).max(0.0)).sum()
}

/// How the choice does in another future.
#[derive(Debug, Clone, Serialize)]
pub struct Elsewhere {
    /// The scenario, or the failure of a stress test.
    pub title: String,
    /// Shortfalls in the last year without the levers, in FTE.
    pub without_fte: f64,
    /// With them.
    pub with_fte: f64,
    /// What the least-cost choice for this future would cost, discounted; none where nothing fits.
    pub best_gbp: Option<f64>,
    /// What the choice costs more than that; below nought where it costs less and leaves a shortfall for it.
    pub regret_gbp: Option<f64>,
}

/// Holds the choice against the plan's other scenarios, and against what its stress tests say may go wrong.
pub fn elsewhere(
    plan: &Plan,
    question: &Question,
    (world, found): (&World<'_>, &Search),
    solver: &(dyn Solver + Sync),
    limits: &Limits,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Elsewhere>, RunError> {
    let Some(own) = plan.scenario(&question.scenario) else { return Ok(Vec::new()) };
    let scenarios =
        plan.scenarios.iter().filter(|scenario| scenario.id != own.id && scenario.id != muster_book::COUNTERFACTUAL);
    let mut futures: Vec<(String, muster_book::Scenario)> =
        scenarios.map(|one| (one.title.clone(), one.clone())).collect();
    futures.extend(plan.failures.iter().map(|failure| (failure.title.clone(), plan.under(own, &[failure]))));
    let ours: f64 = found.values.iter().zip(&found.spend).map(|(value, gbp)| value * discounted(world, gbp)).sum();
    let chosen = found.chosen();
    let mut list = Vec::new();
    for (title, scenario) in futures {
        progress(&format!("holding the choice against: {title}"));
        let resolved = plan.resolve(&scenario, &world.resolved.places, Step::Year).map_err(RunError::Plan)?;
        let there = World::of(plan, question, resolved, world.prices.clone());
        let base = there.outcome(&there.resolved.inputs)?;
        let mut inputs = there.resolved.inputs.clone();
        there.apply(&mut inputs, &chosen, &found.base, Some(&found.opening));
        let with = there.outcome(&inputs)?;
        // A future in which the solver finds no answer that it can vouch for has no best to regret.
        let best = search(&there, solver, limits, None, &|_| {}).ok().filter(|best| best.conflicts.is_empty());
        let best_gbp = best.map(|best| {
            best.values.iter().zip(&best.spend).map(|(value, gbp)| value * discounted(&there, gbp)).sum::<f64>()
        });
        list.push(Elsewhere {
            title,
            without_fte: shortfall(&there, &base),
            with_fte: shortfall(&there, &with),
            best_gbp,
            regret_gbp: best_gbp.map(|best| ours - best),
        });
    }
    Ok(list)
}
