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

/// What can be learned about one result.
pub(super) struct Best {
    pub(super) best: Vec<Learning>,
    pub(super) in_straight_lines: Option<WithError>,
}

/// How many assumptions to tell of.
const TOP: usize = 15;

/// What can be learned about the gap and the pay bill at the horizon, from no more than so many draws.
pub(super) fn learned(
    run: &Run,
    uncertainty: &Uncertainty,
    sampler: &Sampler,
    most: usize,
) -> Result<Vec<Best>, RunError> {
    let (plan, main) = (&run.plan, run.main_scenario());
    let drawn = uncertainty.scenarios.iter().find(|scenario| scenario.id == main.id);
    let (Some(drawn), Some(scenario)) = (drawn, plan.scenario(&main.id)) else {
        return Err(RunError::Request(format!("the scenario `{}` was not drawn", main.id)));
    };
    let draws = uncertainty.draws.min(most);
    let scores = sampler.scores(0..draws as u64);
    let uncertain = plan.uncertain();
    let movable = plan.movable(scenario);
    let known: Vec<Vec<&[f64]>> = movable
        .iter()
        .filter_map(|assumption| uncertain.binary_search(assumption).ok())
        .map(|index| of_assumption(sampler, &scores, index))
        .collect();
    let horizon = run.years().len() - 1;
    let one = |measure: usize| -> Result<Best, RunError> {
        let result = &drawn.whole.of(measure, horizon)[..draws];
        let each: Result<Vec<Learned>, Unanswerable> = known.par_iter().map(|known| learn(known, result)).collect();
        let each = each.map_err(|why| unanswerable(&why))?;
        let mut ranked: Vec<usize> = (0..movable.len()).collect();
        let share = |i: usize| each[i].variance_share.value;
        ranked.sort_by(|a, b| share(*b).total_cmp(&share(*a)));
        let best = ranked.into_iter().take(TOP).map(|i| {
            let (_, kind, source, written_at) = stated_as(plan, &movable[i]);
            Learning {
                id: plan.assumption_id(&movable[i]),
                assumption: plan.assumption_title(&movable[i]),
                variance_share: each[i].variance_share.into(),
                interval_80_shrinks: each[i].interval_80_shrinks.into(),
                kind,
                source,
                written_at,
            }
        });
        let everything = known.concat();
        // Where the draws are too few for so many assumptions at once, it stays unsaid.
        let together = if everything.len() > 1 { learn(&everything, result).ok() } else { None };
        Ok(Best { best: best.collect(), in_straight_lines: together.map(|learned| learned.variance_share.into()) })
    };
    Ok(vec![one(GAP)?, one(PAY_BILL)?])
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
