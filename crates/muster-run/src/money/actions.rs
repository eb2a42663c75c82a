//! What each action brings and costs: the plan with it against the plan without it.

use muster_book::{Scenario, Stands};
use muster_engine::{LANES, Lanes, Step};
use rayon::prelude::*;
use serde::Serialize;

use super::Line;
use super::draws::{Item, Keeper, lane_of};
use super::ledger::cost_by_year;
use crate::number::gbp;
use crate::run::{Run, RunError, ScenarioRun, scenario_named};
use crate::uncertainty::drawing::Drawing;

/// An action in people and pounds, by the plan with it less the plan without it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionMoney {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it adds to staff in post in the last year.
    pub extra_fte: f64,
    /// What it adds to training over all years.
    pub training_gbp: f64,
    /// What it adds to hiring, at home and abroad, over all years.
    pub recruitment_gbp: f64,
    /// What it costs by itself over all years, beside what is in another line; none where the plan states no cost of it.
    pub own_gbp: Option<f64>,
    /// What of its stated cost another line holds.
    pub stated_elsewhere_gbp: f64,
    /// What it adds to the cost of temporary staff over all years.
    pub temporary_gbp: f64,
    /// What it adds to permanent pay over all years.
    pub pay_gbp: f64,
    /// What it adds to all spending over all years.
    pub total_gbp: f64,
    /// Training, recruitment and its own cost for each FTE that it adds in the last year; none where it adds fewer than ten, or where it
    /// trains nobody and its own cost was never stated.
    pub gbp_per_extra_fte: Option<f64>,
}

impl ActionMoney {
    /// Its own cost in words: how much, in which line, or that nobody has said.
    pub fn own_in_words(&self) -> String {
        match self.own_gbp {
            None => "not stated".to_owned(),
            Some(own) if self.stated_elsewhere_gbp == 0.0 => gbp(own),
            Some(0.0) => format!("{} in another line", gbp(self.stated_elsewhere_gbp)),
            Some(own) => format!("{} and {} in another line", gbp(own), gbp(self.stated_elsewhere_gbp)),
        }
    }
}

/// An action that changes staff in post by less has no price for each.
const FEWEST_FTE: f64 = 10.0;

/// Each action of a scenario that has an effect or a cost, in the order of the plan. All in real pounds, where the books say.
pub fn by_action(run: &Run, scenario: &ScenarioRun) -> Result<Vec<ActionMoney>, RunError> {
    let known = scenario_named(&run.plan, &scenario.id)?;
    let step = if run.request.monthly { Step::Month } else { Step::Year };
    let futures = run.plan.futures_by_action(known, &run.places, step).map_err(RunError::Plan)?;
    let drawing = Drawing::new(futures)?;
    let prices = [run.plan.prices(known, &run.places).map_err(RunError::Plan)?];
    let years = run.years();
    let wanted: Vec<usize> = known
        .actions
        .iter()
        .copied()
        .filter(|i| !run.plan.actions[*i].effects.is_empty() || !run.plan.actions[*i].costs.is_empty())
        .collect();
    let all: Vec<usize> = (0..run.places.len()).collect();
    let width = Keeper::width(run.plan.shelf.taxonomy.programmes.len(), years.len());
    // The first future of each block has every action; the others lack one each.
    let each = LANES - 1;
    let mut out = vec![[0.0; LANES]; wanted.len().div_ceil(each) * width];
    out.par_chunks_mut(width).enumerate().try_for_each_init(
        || drawing.worker(),
        |worker, (b, out)| -> Result<(), RunError> {
            let without = |action: usize| -> Lanes {
                std::array::from_fn(|lane| {
                    let left_out = lane.checked_sub(1).and_then(|n| wanted.get(b * each + n));
                    if left_out == Some(&action) { 0.0 } else { 1.0 }
                })
            };
            drawing.futures.fill(&Stands::Delivered(&without), &mut worker.desk, &mut worker.block);
            let mut keeper = Keeper::new(&drawing.futures.model, &worker.block, &prices, years.len(), out);
            drawing.project_block(worker, &all, &mut keeper)
        },
    )?;
    let money = |(n, action): (usize, &usize)| {
        let block = &out[(n / each) * width..][..width];
        let by_year = |item: Item| -> Vec<f64> {
            let lane = |lane: usize| lane_of(block, years.len(), item, lane);
            lane(0).iter().zip(lane(1 + n % each)).map(|(with, without)| with - without).collect()
        };
        let sum = |lines: &[Line]| -> f64 { lines.iter().flat_map(|line| by_year(Item::Line(*line))).sum() };
        let cost = |elsewhere: bool| own_cost(run, known, *action, &prices[0], elsewhere);
        let extra_fte = by_year(Item::Fte).last().copied().unwrap_or_default();
        let (training_gbp, recruitment_gbp) = (sum(&[Line::Training]), sum(&[Line::Hiring, Line::International]));
        let is_stated = !run.plan.actions[*action].costs.is_empty();
        let (own_gbp, stated_elsewhere_gbp) = (is_stated.then(|| cost(false)), cost(true));
        let temporary_gbp = sum(&[Line::TemporaryCover, Line::TemporaryPremium]);
        let pay_gbp = sum(&[Line::PermanentPay]);
        let to_get_them = training_gbp + recruitment_gbp + own_gbp.unwrap_or_default();
        let is_priced = extra_fte >= FEWEST_FTE && (training_gbp > 0.0 || is_stated);
        ActionMoney {
            id: run.plan.actions[*action].id.clone(),
            title: run.plan.actions[*action].title.clone(),
            extra_fte,
            training_gbp,
            recruitment_gbp,
            own_gbp,
            stated_elsewhere_gbp,
            temporary_gbp,
            pay_gbp,
            total_gbp: to_get_them + temporary_gbp + pay_gbp,
            gbp_per_extra_fte: is_priced.then(|| to_get_them / extra_fte),
        }
    };
    Ok(wanted.iter().enumerate().map(money).collect())
}

/// The stated costs of an action over the years of the plan, which another line holds or not.
fn own_cost(run: &Run, scenario: &Scenario, action: usize, prices: &muster_book::Prices, elsewhere: bool) -> f64 {
    if !scenario.actions.contains(&action) || !run.covers_the_plan() {
        return 0.0;
    }
    let costs = run.plan.actions[action].costs.iter().filter(|cost| cost.counted_in.is_some() == elsewhere);
    // An empty sum of floats is minus nought.
    costs.filter_map(|cost| cost_by_year(cost, cost.gbp.value, prices, &run.years())).flatten().sum::<f64>() + 0.0
}
