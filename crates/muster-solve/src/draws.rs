//! Under uncertainty: targets that hold with a stated chance, and what that costs beside the plan for the central values.
//!
//! One more of each lever does the same in every draw, to within what levers change of each other. So what a chance asks for is a constant of
//! its row: the quantile, or the mean of the tail, of what the target is about over the draws, around the choice. Around the final choice each
//! draw is projected by the engine with the levers moved, so the chances that are reported are the engine's own.

use muster_book::{Desk, Stands};
use muster_draws::sampler::Method;
use muster_engine::{Inputs, LANES, Lanes, Step};
use muster_run::RunError;
use rayon::prelude::*;

use crate::unit::Unit;
use crate::world::{Outcome, World};

/// Draws of a scenario, and with what chance targets are to hold in them.
pub struct Draws {
    inputs: Vec<Inputs>,
    /// With what chance each target is to hold.
    pub chance: f64,
    /// Whether the mean of the worst cases is to hold, rather than the chance alone: the conditional value at risk.
    pub tail: bool,
}

impl Draws {
    /// Draws what is uncertain of the question's scenario.
    pub fn new(world: &World<'_>, count: usize, seed: u64, chance: f64, tail: bool) -> Result<Self, RunError> {
        if !(0.0..1.0).contains(&chance) || count < 2 {
            let text = format!(
                "a chance of {chance} in {count} draws says nothing: give a chance from 0 to below 1, and some dozens of draws"
            );
            return Err(RunError::Request(text));
        }
        let plan = world.plan;
        let scenario = plan.scenario(&world.question.scenario);
        let scenario = scenario.ok_or_else(|| RunError::Request("the question's scenario is gone".to_owned()))?;
        let futures = plan.futures(scenario, &world.resolved.places, Step::Year).map_err(RunError::Plan)?;
        let sampler = plan.sampler(seed, Method::Random).map_err(|misfit| RunError::Request(misfit.to_string()))?;
        let scores = sampler.scores(0..count as u64);
        let (mut desk, mut block) = (Desk::default(), futures.block());
        let mut inputs = Vec::with_capacity(count);
        for first in (0..count).step_by(LANES) {
            let lanes = |assumption: usize, year: usize| -> Lanes {
                let all = scores.slice(assumption, year);
                std::array::from_fn(|lane| all.get(first + lane).copied().unwrap_or(0.0))
            };
            futures.fill(&Stands::Scores(&lanes), &mut desk, &mut block);
            inputs.extend((0..LANES.min(count - first)).map(|lane| futures.model.inputs(&block, lane)));
        }
        Ok(Self { inputs, chance, tail })
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.inputs.len()
    }

    /// What the engine makes of each draw with some levers moved.
    pub(crate) fn outcomes(
        &self,
        world: &World<'_>,
        chosen: &[(Unit, f64)],
        (base, heads): (&Outcome, &Outcome),
    ) -> Result<Vec<Outcome>, RunError> {
        self.inputs
            .par_iter()
            .map(|inputs| {
                let mut inputs = inputs.clone();
                world.apply(&mut inputs, chosen, base, Some(heads));
                world.outcome(&inputs)
            })
            .collect()
    }

    /// What is to be held at a bound, of a figure in each draw.
    pub(crate) fn held(&self, mut figures: Vec<f64>) -> f64 {
        figures.sort_by(f64::total_cmp);
        let count = figures.len();
        // The least figure that at least this share of the draws is not above.
        let at = ((self.chance * count as f64 - 1e-9).ceil() as usize).clamp(1, count) - 1;
        if !self.tail {
            return figures[at];
        }
        // The mean of the worst share, of which the draw at its edge counts in part.
        let worst = (1.0 - self.chance) * count as f64;
        let whole = &figures[at + 1..];
        let part = worst - whole.len() as f64;
        (whole.iter().sum::<f64>() + part * figures[at]) / worst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(chance: f64, tail: bool) -> Draws {
        Draws { inputs: Vec::new(), chance, tail }
    }

    #[test]
    fn a_chance_is_a_quantile_and_a_tail_its_mean() {
        let figures: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(draws(0.8, false).held(figures.clone()), 8.0);
        assert_eq!(draws(0.75, false).held(figures.clone()), 8.0);
        assert_eq!(draws(0.0, false).held(figures.clone()), 1.0);
        assert!((draws(0.8, true).held(figures.clone()) - 9.5).abs() < 1e-12);
        // A quarter of ten draws: the two worst and half of the third.
        assert!((draws(0.75, true).held(figures) - (10.0 + 9.0 + 0.5 * 8.0) / 2.5).abs() < 1e-12);
    }
}
