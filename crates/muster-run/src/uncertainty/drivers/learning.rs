//! What would be gained by knowing an assumption, from the draws that the run has already.

use muster_book::Kind;
use muster_draws::drivers::{Learned, Unanswerable, learn};
use muster_draws::sampler::{Path, Sampler, Scores};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{WithError, unanswerable};
use crate::run::{Run, RunError};
use crate::sensitivity::stated_as;
use crate::uncertainty::{GAP, PAY_BILL, Uncertainty};

/// How much less uncertain a result would be if an assumption were known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learning {
    /// Its name.
    pub id: String,
    /// What to call it.
    pub assumption: String,
    /// The share of the variance that would be gone, on average over what may be learned.
    pub variance_share: WithError,
    /// By how much of itself the interval that holds four draws in five would shrink.
    pub interval_80_shrinks: WithError,
    /// Published, derived or judged.
    pub kind: Kind,
    /// The id of its source.
    pub source: String,
    /// Where it is written.
    pub written_at: String,
}

/// How many assumptions to tell of.
const TOP: usize = 15;
/// How many to look at closely: those that a result follows most, which costs little to find out.
const CLOSELY: usize = 40;
/// From fewer draws nothing is learned that would hold.
const FEWEST: usize = 64;

/// What can be learned about the gap and the pay bill at the horizon, from no more than so many draws.
pub(super) fn learned(
    run: &Run,
    uncertainty: &Uncertainty,
    sampler: &Sampler,
    most: usize,
) -> Result<[Vec<Learning>; 2], RunError> {
    let (plan, main) = (&run.plan, run.main_scenario());
    let drawn = uncertainty.scenarios.iter().find(|scenario| scenario.id == main.id);
    let (Some(drawn), Some(scenario)) = (drawn, plan.scenario(&main.id)) else {
        return Err(RunError::Request(format!("the scenario `{}` was not drawn", main.id)));
    };
    let draws = uncertainty.draws.min(most);
    if draws < FEWEST {
        return Ok([Vec::new(), Vec::new()]);
    }
    let scores = sampler.scores(0..draws as u64);
    let uncertain = plan.uncertain();
    let movable = plan.movable(scenario);
    let known: Vec<Vec<&[f64]>> = movable
        .iter()
        .filter_map(|assumption| uncertain.binary_search(assumption).ok())
        .map(|index| of_assumption(sampler, &scores, index))
        .collect();
    let horizon = run.years().len() - 1;
    let one = |measure: usize| -> Result<Vec<Learning>, RunError> {
        let result = &drawn.whole.of(measure, horizon)[..draws];
        let mut followed: Vec<(usize, f64)> =
            known.par_iter().map(|known| follows(known, result)).enumerate().collect();
        followed.sort_by(|a, b| b.1.total_cmp(&a.1));
        followed.truncate(CLOSELY);
        let learned = followed.par_iter().map(|(i, _)| Ok((*i, learn(&known[*i], result)?)));
        let mut learned =
            learned.collect::<Result<Vec<(usize, Learned)>, Unanswerable>>().map_err(|why| unanswerable(&why))?;
        learned.sort_by(|a, b| b.1.variance_share.value.total_cmp(&a.1.variance_share.value));
        let best = learned.into_iter().take(TOP).map(|(i, learned)| {
            let (_, kind, source, written_at) = stated_as(plan, &movable[i]);
            Learning {
                id: plan.assumption_id(&movable[i]),
                assumption: plan.assumption_title(&movable[i]),
                variance_share: learned.variance_share.into(),
                interval_80_shrinks: learned.interval_80_shrinks.into(),
                kind,
                source,
                written_at,
            }
        });
        Ok(best.collect())
    };
    Ok([one(GAP)?, one(PAY_BILL)?])
}

/// What there is to know of an assumption: its score, or those of a few years of its path.
fn of_assumption<'s>(sampler: &Sampler, scores: &'s Scores, index: usize) -> Vec<&'s [f64]> {
    let horizon = sampler.years();
    let mut years = match sampler.variables()[index].path {
        Path::Fixed => vec![horizon],
        // A walk stands at nought at the baseline, and says most about itself at its end.
        Path::RandomWalk => vec![horizon, horizon.div_ceil(2)],
        Path::Autoregressive { .. } => vec![horizon, (2 * horizon).div_ceil(3), horizon.div_ceil(3)],
    };
    years.dedup();
    years.into_iter().map(|year| scores.slice(index, year)).collect()
}

/// How closely a result follows scores, as a line and as a bowl: the squares of its correlations with each of them and with its
/// square, added up. Scores are about standard normal, so the two are about independent.
fn follows(known: &[&[f64]], result: &[f64]) -> f64 {
    let draws = result.len() as f64;
    let centre = result.iter().sum::<f64>() / draws;
    let squares = result.iter().map(|result| (result - centre) * (result - centre)).sum::<f64>();
    let with = |term: fn(f64) -> f64, scores: &[f64]| {
        let sum = scores.iter().zip(result).map(|(score, result)| term(*score) * (result - centre)).sum::<f64>();
        sum * sum / draws
    };
    let bowl = |score: f64| (score * score - 1.0) / std::f64::consts::SQRT_2;
    let sums = known.iter().map(|scores| with(|score| score, scores) + with(bowl, scores));
    if squares > 0.0 { sums.sum::<f64>() / squares } else { 0.0 }
}
