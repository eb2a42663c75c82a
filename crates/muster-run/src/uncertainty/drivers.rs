//! What drives the gap and the pay bill at the horizon: which assumptions, and which actions.
//!
//! | question | answered by |
//! |---|---|
//! | Which kinds of assumption make the results uncertain? | [`Driven::families`], which add up, and [`Driven::apart`] |
//! | Which single assumption would be most worth knowing? | [`Driven::learning`] |
//! | What does each action add? | [`Contributions`] |
//!
//! All is about the run's main scenario, its places taken as the plan's whole where they cover it, as in the swings.

mod actions;
mod families;
mod learning;
mod variance;

use muster_draws::drivers::Unanswerable;
use muster_draws::summary::Estimate;
use muster_engine::Step;
use serde::{Deserialize, Serialize};

pub use actions::{ActionShare, Contribution, Contributions, FromTo, ThemeShare};
pub use families::Family;
pub use learning::Learning;
pub use variance::{FamilyIndex, FamilyShare};

use super::Uncertainty;
use super::ensemble::{drawing_of, sampler};
use super::totals::{GAP_FTE, PAY_BILL_GBP};
use crate::run::{Run, RunError};

/// A figure with its Monte Carlo standard error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WithError {
    /// The figure.
    pub value: f64,
    /// Its standard error; 0 where nothing was drawn.
    pub error: f64,
}

impl From<Estimate> for WithError {
    fn from(Estimate { value, error }: Estimate) -> Self {
        Self { value, error }
    }
}

/// How much to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// How many futures to project for the indices of families.
    pub index_futures: usize,
    /// How many futures to project for the shares of families.
    pub share_futures: usize,
    /// How many pairs of orders of families, each with its reverse, where there are too many for all orders.
    pub family_orders: usize,
    /// How many pairs of orders of actions, likewise.
    pub action_orders: usize,
    /// How many of the run's draws to learn from, at most.
    pub learning_draws: usize,
}

impl Default for Effort {
    /// About a second for one place on two cores. One pair of orders of families is enough: what two families do between them is
    /// shared rightly by an order and its reverse, and more than two at once do little.
    fn default() -> Self {
        Self {
            index_futures: 1 << 12,
            share_futures: 1 << 12,
            family_orders: 1,
            action_orders: 8,
            learning_draws: 2048,
        }
    }
}

impl Effort {
    /// The same for so many places: each takes its time, so there are fewer futures.
    fn for_places(self, places: usize) -> Self {
        let places = places.max(1);
        Self { index_futures: self.index_futures / places, share_futures: self.share_futures / places, ..self }
    }
}

/// What drives one result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Driven {
    /// Its standard deviation.
    pub standard_deviation: f64,
    /// How its variance is shared between families of assumptions, the largest share first. The shares add up to 1, and hold
    /// whether or not families are correlated (Shapley effects).
    pub families: Vec<FamilyShare>,
    /// What each family explains alone, and what it has any part in, the largest part first (Sobol indices). Families that are
    /// correlated with each other are taken as one, because between them these indices divide nothing.
    pub apart: Vec<FamilyIndex>,
    /// The assumptions that would be most worth knowing, the best first. None where the run has fewer than 64 draws.
    pub learning: Vec<Learning>,
}

/// What drives the results of a run at the horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drivers {
    /// The scenario that is explained.
    pub scenario: String,
    /// The horizon.
    pub year: String,
    /// How much was done.
    pub effort: Effort,
    /// What drives the gap, in FTE.
    pub gap_fte: Driven,
    /// What drives the pay bill, in pounds.
    pub pay_bill_gbp: Driven,
    /// What the scenario's actions add. None where it has none with an effect.
    pub actions: Option<Contributions>,
}

impl Drivers {
    /// What drives the run's main scenario.
    ///
    /// # Errors
    ///
    /// [`RunError`], if a range of the books reaches so far that a result is no number, or the main scenario was not drawn.
    pub fn of(run: &Run, uncertainty: &Uncertainty) -> Result<Self, RunError> {
        Self::with(run, uncertainty, Effort::default())
    }

    /// The same with another effort.
    ///
    /// # Errors
    ///
    /// As [`Drivers::of`].
    pub fn with(run: &Run, uncertainty: &Uncertainty, effort: Effort) -> Result<Self, RunError> {
        let main = run.main_scenario();
        let places = run.places_as_a_whole();
        // Steps of a month take about sixteen times as long as the same futures by years.
        let slow = if main.resolved.inputs.step == Step::Month { 16 } else { 1 };
        let effort = effort.for_places(places.len() * slow);
        let sampler = sampler(&run.plan, &uncertainty.ask)?;
        let drawing = drawing_of(&run.plan, &main.id, &places, main.resolved.inputs.step)?;
        let mut parts = variance::parts(&run.plan, &drawing, &sampler, &effort)?;
        let mut learned = learning::learned(run, uncertainty, &sampler, effort.learning_draws)?;
        let mut driven = |result: usize| Driven {
            standard_deviation: parts.standard_deviations[result],
            families: std::mem::take(&mut parts.families[result]),
            apart: std::mem::take(&mut parts.apart[result]),
            learning: std::mem::take(&mut learned[result]),
        };
        Ok(Self {
            scenario: main.id.clone(),
            year: run.plan.to.to_string(),
            effort,
            gap_fte: driven(GAP_FTE),
            pay_bill_gbp: driven(PAY_BILL_GBP),
            actions: actions::contributions(run, &places, uncertainty.ask.seed, effort.action_orders)?,
        })
    }
}

fn unanswerable(why: &Unanswerable) -> RunError {
    RunError::Request(why.to_string())
}
