//! What a unit costs, by year: students in each year of study, recruits, posts, retention, and work that passes.

use muster_book::Moves;
use muster_run::RunError;

use crate::unit::{Unit, What};
use crate::world::{Outcome, World};

/// Pounds by year, the baseline first, for one of a unit.
///
/// What falls after the plan's last year is not counted: a student who starts in the last year costs one year of study.
pub(crate) fn spend(world: &World<'_>, unit: &Unit, around: &Outcome) -> Result<Vec<f64>, RunError> {
    let question = world.question;
    let mut gbp = vec![0.0; world.years() + 1];
    let taxonomy = &world.plan.shelf.taxonomy;
    let prices = &world.prices.places[unit.place];
    let stated = |moves: &str, list: Option<&Vec<f64>>, year: usize| -> Result<f64, RunError> {
        let lever = &question.levers[unit.lever];
        let found = lever.gbp.or_else(|| list.and_then(|list| list.get(year).copied()));
        found.ok_or_else(|| {
            let id = unit.id(taxonomy, question);
            RunError::Request(format!(
                "what {moves} cost for `{id}` is in no book of this plan: state `gbp` in the lever `{}`, or `{moves}_cost_gbp` in a book",
                lever.id
            ))
        })
    };
    match unit.what {
        What::Of(Moves::Intake) => {
            let Some(programme) = world.programme(unit.place, unit.of) else { return Ok(gbp) };
            let length = programme.students.len();
            for (year, left) in studying(&programme.withdrawal, unit.year, length) {
                gbp[year] += left * stated("training", prices.training_gbp[unit.of].as_ref(), year)?;
            }
            // Whoever is appointed at the end costs what appointing costs, where the books price it.
            let done = unit.year + length;
            if done <= world.years()
                && let Some(hiring) = prices.hiring_gbp[taxonomy.programmes[unit.of].fills].as_ref()
            {
                let left: f64 = (unit.year + 1..=done).map(|year| 1.0 - programme.withdrawal[year - 1]).product();
                gbp[done] += left * programme.join_share[done - 1] * hiring[done];
            }
        }
        What::Of(Moves::International) => {
            gbp[unit.year] = stated("international", prices.international_gbp[unit.of].as_ref(), unit.year)?;
        }
        What::Of(Moves::Domestic) => {
            gbp[unit.year] = stated("hiring", prices.hiring_gbp[unit.of].as_ref(), unit.year)?;
        }
        What::Of(Moves::Retention) => {
            let band = question.levers[unit.lever].bands[unit.band];
            let heads = around.headcount[world.at(unit.place, unit.of)][unit.year - 1];
            gbp[unit.year] = band.gbp_per_head / band.cut * heads;
        }
        What::Of(Moves::Posts) => gbp[unit.year] = question.levers[unit.lever].gbp.unwrap_or(0.0),
        What::Shift => gbp[unit.year] = question.substitutions[unit.of].gbp,
    }
    Ok(gbp)
}

/// How many of one starter are students at the close of each year, from the year of starting on.
pub(crate) fn studying(withdrawal: &[f64], start: usize, length: usize) -> Vec<(usize, f64)> {
    let mut left = 1.0;
    let mut list = Vec::new();
    for year in start..(start + length).min(withdrawal.len() + 1) {
        if year > start {
            left *= 1.0 - withdrawal[year - 1];
        }
        list.push((year, left));
    }
    list
}

/// What a pound of a year counts.
pub(crate) fn weight(world: &World<'_>, year: usize) -> f64 {
    let first = world.question.from.years_since(world.plan.from);
    let rate = world.question.discount.as_ref().map_or(0.0, |(rate, _)| *rate);
    (1.0 + rate).powi(first - year as i32)
}
