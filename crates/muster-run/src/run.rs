//! Making a run: read the plan, resolve each scenario, project it.

use std::path::PathBuf;
use std::sync::OnceLock;

use muster_book::{COUNTERFACTUAL, Diagnostic, PLAN, Plan, Resolved, Scenario, did_you_mean};
use muster_cluster::ClusterError;
use muster_core::{FinancialYear, PlaceCode};
use muster_engine::{EngineError, Projection, Step};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::sensitivity::{self, Swing};
use crate::stress::Stress;
use crate::uncertainty::{Ask, ByChance, Drivers, Elsewhere, Uncertainty};
use crate::verdict::{self, Verdict};

/// What to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The plan's folder.
    pub plan: PathBuf,
    /// The scenarios, in the order of the report; the counterfactual and the plan when empty.
    pub scenarios: Vec<String>,
    /// `england`, `systems`, or codes of places.
    pub places: Vec<String>,
    /// Whether to step by months.
    pub monthly: bool,
    /// Draws of what is uncertain; none for the central values alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draws: Option<Ask>,
}

/// One scenario, projected.
#[derive(Debug)]
pub struct ScenarioRun {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What the engine was given.
    pub resolved: Resolved,
    /// What it made of it.
    pub projection: Projection,
}

/// A plan and some scenarios, projected.
#[derive(Debug)]
pub struct Run {
    /// What was asked for, with the scenarios named.
    pub request: Request,
    /// The plan.
    pub plan: Plan,
    /// The places, one by one.
    pub places: Vec<PlaceCode>,
    /// The scenarios, in order.
    pub scenarios: Vec<ScenarioRun>,
    /// The plan's checks and targets, held against the results.
    pub verdicts: Vec<Verdict>,
    /// What the gap rests on most.
    pub swings: Vec<Swing>,
    /// What the draws say, where any were asked for.
    pub uncertainty: Option<Uncertainty>,
    /// What drives the results, where draws were asked for.
    pub drivers: Option<Drivers>,
    /// What chance alone does, where draws were asked for.
    pub by_chance: Option<ByChance>,
    /// Worked out when somebody first asks: see [`Run::stress`].
    stressed: OnceLock<Option<Stress>>,
    /// Likewise: see [`Run::money`].
    costed: OnceLock<Money>,
}

/// Why there is no run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan or its books are at fault.
    #[error("the plan has {} {}", .0.len(), if .0.len() == 1 { "fault" } else { "faults" })]
    Plan(Vec<Diagnostic>),
    /// What was asked for does not exist.
    #[error("{0}")]
    Request(String),
    /// The engine refused its inputs or its results.
    #[error("scenario {scenario}: {error}")]
    Engine {
        /// The scenario.
        scenario: String,
        /// What it said.
        error: EngineError,
    },
    /// A file or folder could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: String,
        /// Why.
        error: String,
    },
    /// A run folder is not what its manifest says.
    #[error("{0}")]
    Folder(String),
    /// Those who were to project the draws did not.
    #[error("{0}")]
    Cluster(#[from] ClusterError),
}

impl Run {
    /// Makes a run. `progress` is told what is being done, in a few words.
    pub fn make(request: Request, progress: &(dyn Fn(&str) + Sync)) -> Result<Self, RunError> {
        Self::make_with(request, None, progress)
    }

    /// The same run, with its draws projected elsewhere.
    pub fn make_with(
        request: Request,
        elsewhere: Option<&Elsewhere<'_>>,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<Self, RunError> {
        progress("reading the plan and its books");
        let plan = Plan::read(&request.plan).map_err(RunError::Plan)?;
        Self::of_with(plan, request, elsewhere, progress)
    }

    /// The same, for a plan that has been read.
    pub fn of(plan: Plan, request: Request, progress: &(dyn Fn(&str) + Sync)) -> Result<Self, RunError> {
        Self::of_with(plan, request, None, progress)
    }

    fn of_with(
        plan: Plan,
        mut request: Request,
        elsewhere: Option<&Elsewhere<'_>>,
        progress: &(dyn Fn(&str) + Sync),
    ) -> Result<Self, RunError> {
        if request.scenarios.is_empty() {
            request.scenarios = vec![COUNTERFACTUAL.to_owned(), PLAN.to_owned()];
        }
        let mut named = std::collections::HashSet::new();
        request.scenarios.retain(|scenario| named.insert(scenario.clone()));
        if request.places.is_empty() {
            request.places = vec!["england".to_owned()];
        }
        let places = plan.places_named(&request.places).map_err(RunError::Request)?;
        let step = if request.monthly { Step::Month } else { Step::Year };
        progress("projecting each scenario");
        let scenarios =
            request.scenarios.par_iter().map(|id| project(&plan, id, &places, step)).collect::<Result<Vec<_>, _>>()?;
        let mut run = Self {
            request,
            plan,
            places,
            scenarios,
            verdicts: Vec::new(),
            swings: Vec::new(),
            uncertainty: None,
            drivers: None,
            by_chance: None,
            stressed: OnceLock::new(),
            costed: OnceLock::new(),
        };
        progress("finding which assumptions matter most");
        run.swings = sensitivity::swings(&run)?;
        progress("holding the results against the published record");
        run.verdicts = verdict::verdicts(&run)?;
        // Where nothing has a range, every draw would be the central value.
        if let Some(ask) = run.request.draws.as_ref().filter(|_| !run.plan.uncertain().is_empty()) {
            progress("drawing futures");
            run.uncertainty = Some(Uncertainty::with(&run, ask, elsewhere)?);
            progress("finding what drives the results");
            run.drivers = run.uncertainty.as_ref().map(|drawn| Drivers::of(&run, drawn)).transpose()?;
            progress("drawing whole people");
            run.by_chance = Some(ByChance::of(&run, ask.seed)?);
        }
        Ok(run)
    }

    /// What the run costs, with ranges where it was drawn.
    pub fn money(&self) -> Result<&Money, RunError> {
        if self.costed.get().is_none() {
            let ask = self.uncertainty.as_ref().map(|drawn| Ask { draws: Some(drawn.draws), ..drawn.ask.clone() });
            let money = Money::of(self, ask.as_ref())?;
            // Another thread may have been first, with the same answer.
            let _ = self.costed.set(money);
        }
        self.costed.get().ok_or_else(|| RunError::Request("the money of the run was not kept".to_owned()))
    }

    /// What the plan comes to when things go wrong; none where it does not say what may.
    ///
    /// Takes some dozens of projections, which a run that is only asked for a figure does not need.
    pub fn stress(&self) -> Result<Option<&Stress>, RunError> {
        if self.stressed.get().is_none() {
            let stress = Stress::of(self)?;
            // Another thread may have been first, with the same answer.
            let _ = self.stressed.set(stress);
        }
        Ok(self.stressed.get().and_then(Option::as_ref))
    }

    /// The years, the baseline first.
    pub fn years(&self) -> Vec<FinancialYear> {
        self.plan.years()
    }

    /// The index of a year, counted from the baseline.
    pub fn year_index(&self, year: FinancialYear) -> Option<usize> {
        usize::try_from(year.years_since(self.plan.from)).ok().filter(|_| year <= self.plan.to)
    }

    /// The scenario of this name.
    pub fn scenario(&self, id: &str) -> Option<&ScenarioRun> {
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }

    /// The scenario that the report tells most about: the plan where it is there, else the last that takes action.
    pub fn main_scenario(&self) -> &ScenarioRun {
        let acts = self.scenarios.iter().rev().find(|scenario| scenario.id != COUNTERFACTUAL);
        self.scenario(PLAN).or(acts).unwrap_or(&self.scenarios[0])
    }

    /// Where the run is, in words: "England", "Devon", "England, as 42 places", "3 places".
    pub fn place_title(&self) -> String {
        let name = |code: &PlaceCode| {
            self.plan.shelf.places.get(code).map_or_else(|| code.to_string(), |place| place.name.clone())
        };
        match (&self.places[..], self.covers_the_plan()) {
            ([one], _) => name(one),
            (several, true) => format!("{}, as {} places", name(&self.plan.place), several.len()),
            (several, false) => several.iter().map(name).collect::<Vec<_>>().join(", "),
        }
    }

    /// The places that results are explained for: the plan's place as a whole where the run covers it, however many places it tells
    /// apart; else the run's own.
    pub(crate) fn places_as_a_whole(&self) -> Vec<PlaceCode> {
        if self.covers_the_plan() { self.plan.whole() } else { self.places.clone() }
    }

    /// Whether the run's places make up the whole of the plan's place.
    pub fn covers_the_plan(&self) -> bool {
        covers(&self.plan, &self.places)
    }
}

/// Whether these places make up the whole of the plan's place.
pub(crate) fn covers(plan: &Plan, places: &[PlaceCode]) -> bool {
    places == plan.whole() || places == muster_book::systems_of(&plan.shelf.places, &plan.place)
}

/// Resolves and projects one scenario of a plan.
pub(crate) fn project(plan: &Plan, id: &str, places: &[PlaceCode], step: Step) -> Result<ScenarioRun, RunError> {
    project_scenario(plan, scenario_named(plan, id)?, places, step)
}

/// The same for a scenario that the plan need not know: one that was made from it.
pub fn project_scenario(
    plan: &Plan,
    scenario: &Scenario,
    places: &[PlaceCode],
    step: Step,
) -> Result<ScenarioRun, RunError> {
    let resolved = plan.resolve(scenario, places, step).map_err(RunError::Plan)?;
    let projection = muster_engine::project(&resolved.inputs)
        .map_err(|error| RunError::Engine { scenario: scenario.id.clone(), error })?;
    Ok(ScenarioRun { id: scenario.id.clone(), title: scenario.title.clone(), resolved, projection })
}

/// The scenario of this name, or what it may have been meant to be.
pub(crate) fn scenario_named<'p>(plan: &'p Plan, id: &str) -> Result<&'p Scenario, RunError> {
    plan.scenario(id).ok_or_else(|| {
        let known = plan.scenarios.iter().map(|scenario| scenario.id.as_str());
        let list = known.clone().collect::<Vec<_>>().join(", ");
        let hint =
            did_you_mean(id, known).map_or(format!("use one of: {list}"), |name| format!("did you mean `{name}`?"));
        RunError::Request(format!("no scenario is called `{id}`: {hint}"))
    })
}
