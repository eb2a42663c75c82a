//! What everyone comes to at the horizon, future by future: the two results that are explained.

use muster_book::{Desk, Stands};
use muster_draws::sampler::Scores;
use muster_engine::{Block, Figures, Keep, LANES, Lanes};
use rayon::prelude::*;

use super::drawing::Drawing;
use super::rows::add;
use crate::run::RunError;

/// Which of the results of [`Drawing::of_scores`] is the gap.
pub(crate) const GAP_FTE: usize = 0;
/// Which of them is the pay bill.
pub(crate) const PAY_BILL_GBP: usize = 1;

/// The totals at the horizon in the futures of a block.
pub(crate) struct AtHorizon {
    horizon: usize,
    supply_fte: Lanes,
    demand_fte: Lanes,
    cost_gbp: Lanes,
}

impl AtHorizon {
    /// The gap in each future.
    pub(crate) fn gap_fte(&self) -> Lanes {
        std::array::from_fn(|lane| self.demand_fte[lane] - self.supply_fte[lane])
    }

    /// The gap and the pay bill in one future.
    fn results(&self, lane: usize) -> [f64; 2] {
        [self.demand_fte[lane] - self.supply_fte[lane], self.cost_gbp[lane]]
    }
}

impl Keep for AtHorizon {
    #[inline]
    fn cell(&mut self, _: usize, year: usize, figures: &Figures) {
        if year == self.horizon {
            add(&mut self.supply_fte, &figures.fte);
            add(&mut self.demand_fte, &figures.demand_fte);
            add(&mut self.cost_gbp, &figures.pay_gbp);
            add(&mut self.cost_gbp, &figures.temporary_gbp);
        }
    }
}

impl Drawing {
    /// The totals of all places in some blocks. `fill` works out each block.
    pub(crate) fn at_horizon(
        &self,
        blocks: usize,
        fill: impl Fn(usize, &mut Desk, &mut Block) + Sync,
    ) -> Result<Vec<AtHorizon>, RunError> {
        let places: Vec<usize> = (0..self.futures.places.len()).collect();
        let nought = [0.0; LANES];
        (0..blocks)
            .into_par_iter()
            .map_init(
                || self.worker(),
                |worker, block| {
                    fill(block, &mut worker.desk, &mut worker.block);
                    let horizon = self.futures.model.years;
                    let mut totals = AtHorizon { horizon, supply_fte: nought, demand_fte: nought, cost_gbp: nought };
                    self.project_block(worker, &places, &mut totals)?;
                    Ok(totals)
                },
            )
            .collect()
    }

    /// The gap and the pay bill at the horizon in futures with these scores, a list for each.
    pub(crate) fn of_scores(&self, scores: &Scores) -> Result<Vec<Vec<f64>>, RunError> {
        let futures = scores.len();
        let totals = self.at_horizon(futures.div_ceil(LANES), |block, desk, values| {
            // Beyond the last future scores are nought, and what comes of them is left out.
            let lanes = |assumption, year| {
                let scores = scores.slice(assumption, year);
                std::array::from_fn(|lane| scores.get(block * LANES + lane).copied().unwrap_or(0.0))
            };
            self.futures.fill(&Stands::Scores(&lanes), desk, values);
        })?;
        finite(&totals, futures)
    }

    /// The same in futures that have some of the actions each, and nothing else uncertain: for each action, as an index into the
    /// plan's, and each future, whether it has it.
    pub(crate) fn of_actions(
        &self,
        futures: usize,
        has: impl Fn(usize, usize) -> bool + Sync,
    ) -> Result<Vec<Vec<f64>>, RunError> {
        let totals = self.at_horizon(futures.div_ceil(LANES), |block, desk, values| {
            let lanes = |action| {
                let holds = |lane: usize| block * LANES + lane < futures && has(action, block * LANES + lane);
                std::array::from_fn(|lane| if holds(lane) { 1.0 } else { 0.0 })
            };
            self.futures.fill(&Stands::Delivered(&lanes), desk, values);
        })?;
        finite(&totals, futures)
    }
}

/// The gap and the pay bill in the first so many futures, if all are numbers.
fn finite(totals: &[AtHorizon], futures: usize) -> Result<Vec<Vec<f64>>, RunError> {
    let mut results = vec![Vec::new(); 2];
    for future in 0..futures {
        let here = totals[future / LANES].results(future % LANES);
        if !here.iter().all(|result| result.is_finite()) {
            return Err(super::ensemble::not_finite());
        }
        results.iter_mut().zip(here).for_each(|(results, result)| results.push(result));
    }
    Ok(results)
}
