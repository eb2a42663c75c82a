//! What a plan says of each place: shortage, places today, staff to supervise, and what one more place is worth, asked of the engine.

use muster_book::{Diagnostic, Geography, Plan, Rule, Training};
use muster_core::{FinancialYear, PlaceCode};
use muster_engine::{Cause, EngineError, How, Inputs, Projection, Step, project};

use super::fairness::as_today;
use super::{Allocation, Fairness, Spot, allocate};
use crate::lp::{Limits, SolveError, Solver};

/// What is to be allocated, and against what.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which training.
    pub of: Training,
    /// Which scenario's future.
    pub scenario: String,
    /// In which places.
    pub places: Vec<PlaceCode>,
    /// The first year in which the new places are filled; they stay.
    pub from: FinancialYear,
    /// The year whose shortage counts.
    pub year: FinancialYear,
}

/// Every place, and what is known of it.
#[derive(Debug, Clone)]
pub struct Sites {
    /// In the order of the request.
    pub places: Vec<PlaceCode>,
    /// In the same order.
    pub spots: Vec<Spot>,
    /// How many education providers there are, where that is known; in the same order.
    pub providers: Vec<Option<usize>>,
    /// Whose shortage counts, as indices of professions.
    pub counted: Vec<usize>,
}

/// Why places cannot be allocated.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The request does not fit the plan.
    #[error("{0}")]
    Request(String),
    /// The plan lacks a value.
    #[error("the plan is not sound: {}", .0.first().map_or_else(String::new, ToString::to_string))]
    Plan(Vec<Diagnostic>),
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The solver failed.
    #[error(transparent)]
    Solve(#[from] SolveError),
}

/// The professions whose shortage a training is for: the one it leads to or, from a training grade, those at the end of the grades that follow.
pub fn counted(plan: &Plan, of: Training) -> Vec<usize> {
    let taxonomy = &plan.shelf.taxonomy;
    let mut seen = vec![of.fills(plan)];
    let mut at = 0;
    while at < seen.len() {
        let grade = seen[at];
        if taxonomy.professions[grade].stages > 1 {
            for next in taxonomy.moves.iter().filter(|next| next.from == grade && next.how != How::Rate) {
                if !seen.contains(&next.to) {
                    seen.push(next.to);
                }
            }
        }
        at += 1;
    }
    let mut found: Vec<usize> =
        seen.into_iter().filter(|profession| taxonomy.professions[*profession].stages == 1).collect();
    found.sort_unstable();
    found
}

/// The future that sites are read from, and how its indices are found.
struct Future<'a> {
    inputs: &'a Inputs,
    projection: &'a Projection,
    places: usize,
    /// Years counted from the baseline.
    from: usize,
    year: usize,
}

impl Sites {
    /// Reads every place's state from the plan's projection.
    pub fn of(plan: &Plan, geography: &Geography, request: &Request) -> Result<Self, Fault> {
        let refuse = |text: String| Err(Fault::Request(text));
        let title = request.of.title(plan);
        let Some(rule) = geography.rule(request.of) else {
            return refuse(format!(
                "nothing says how many staff a place of “{title}” needs: add a [[training]] with `staff_per_place` for it to geography.toml beside the plan"
            ));
        };
        let Some(scenario) = plan.scenario(&request.scenario) else {
            return refuse(format!("the plan has no scenario `{}`", request.scenario));
        };
        if request.from <= plan.from || request.year > plan.to || request.from > request.year {
            return refuse(format!(
                "new places from {} for the shortage of {} are not within the plan, {} to {}",
                request.from, request.year, plan.from, plan.to
            ));
        }
        let resolved = plan.resolve(scenario, &request.places, Step::Year).map_err(Fault::Plan)?;
        let years = |year: FinancialYear| year.years_since(plan.from).unsigned_abs() as usize;
        let projection = project(&resolved.inputs)?;
        let future = Future {
            inputs: &resolved.inputs,
            projection: &projection,
            places: request.places.len(),
            from: years(request.from),
            year: years(request.year),
        };
        let counted = counted(plan, request.of);
        let worth = future.worth(plan, request.of, &counted)?;
        if worth.iter().all(|fte| *fte <= super::NOTHING) {
            return refuse(format!(
                "whoever starts “{title}” in {} has not qualified by {}: take an earlier start or a later year",
                request.from, request.year
            ));
        }
        let current = future.current(plan, request.of)?;
        let shortage = future.by_place(&counted, |year| year.gap_fte);
        let staff = future.at(future.from).by_place(&rule.supervisors, |year| year.fte);
        let mut sites = Self { places: request.places.clone(), spots: Vec::new(), providers: Vec::new(), counted };
        for (at, place) in request.places.iter().enumerate() {
            let site = geography.site(request.of, place);
            let providers = site.and_then(|site| site.providers);
            sites.spots.push(Spot {
                shortage_fte: shortage[at].max(0.0),
                current: current[at],
                capacity: capacity(rule, site.and_then(|site| site.capacity), providers, staff[at], current[at]),
                minimum_cohort: site.and_then(|site| site.minimum_cohort).unwrap_or(rule.minimum_cohort),
                fte_per_place: worth[at],
            });
            sites.providers.push(providers);
        }
        Ok(sites)
    }

    /// Allocates new places, and says how even that is beside the same places spread as today's.
    pub fn allocate(
        &self,
        places: u64,
        fairness: f64,
        solver: &dyn Solver,
        limits: &Limits,
    ) -> Result<(Allocation, Fairness, Fairness), SolveError> {
        let allocation = allocate(&self.spots, places, fairness, solver, limits)?;
        let today = Fairness::of(&self.spots, &as_today(&self.spots, places));
        let then = Fairness::of(&self.spots, &allocation.new_places);
        Ok((allocation, today, then))
    }
}

/// What a place can take: what is stated, or what its staff can supervise; never less than it takes today. Without a provider no place is added.
fn capacity(rule: &Rule, stated: Option<f64>, providers: Option<usize>, staff_fte: f64, current: f64) -> f64 {
    if providers == Some(0) {
        return current;
    }
    stated.unwrap_or(staff_fte / rule.staff_per_place).max(current)
}

impl Future<'_> {
    fn at(&self, year: usize) -> Future<'_> {
        Future { year, ..*self }
    }

    /// The sum over some professions in each place.
    fn by_place(&self, professions: &[usize], what: impl Fn(&muster_engine::YearResult) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.places];
        for (cell, result) in self.inputs.cells.iter().zip(&self.projection.cells) {
            if professions.contains(&cell.profession) {
                sums[cell.place] += what(&result.years[self.year]);
            }
        }
        sums
    }

    /// New learners in the first year, by place.
    fn current(&self, plan: &Plan, of: Training) -> Result<Vec<f64>, EngineError> {
        match of {
            Training::Programme(index) => {
                let mut sums = vec![0.0; self.places];
                for programme in self.inputs.programmes.iter().filter(|programme| programme.programme == index) {
                    sums[programme.place] += programme.intake[self.from - 1];
                }
                Ok(sums)
            }
            // Those who come by a move are those who are missing when it stops for a year.
            Training::Move(index) => {
                let movement = &plan.shelf.taxonomy.moves[index];
                let mut without = self.inputs.clone();
                let profession = |cell: usize| self.inputs.cells[cell].profession;
                for transfer in &mut without.transfers {
                    if profession(transfer.from) == movement.from && profession(transfer.to) == movement.to {
                        transfer.amount[self.from - 1] = 0.0;
                    }
                }
                let without = project(&without)?;
                let stopped = Future { projection: &without, ..*self };
                let moved = |future: &Future<'_>| {
                    future.at(self.from).by_place(&[movement.to], |year| year.flow(Cause::MovedIn).headcount)
                };
                let (with, without) = (moved(self), moved(&stopped));
                Ok(with.iter().zip(without).map(|(with, without)| (with - without).max(0.0)).collect())
            }
        }
    }

    /// FTE that one more learner each year in every place adds there by the year that counts.
    fn worth(&self, plan: &Plan, of: Training, counted: &[usize]) -> Result<Vec<f64>, EngineError> {
        let mut more = self.inputs.clone();
        let years = self.from - 1..self.year;
        match of {
            Training::Programme(index) => {
                for programme in more.programmes.iter_mut().filter(|programme| programme.programme == index) {
                    programme.intake[years.clone()].iter_mut().for_each(|intake| *intake += 1.0);
                }
            }
            // Whoever takes the post: a doctor who starts in the grade, in the settings where the grade works.
            Training::Move(_) => {
                let grade = of.fills(plan);
                let mut all = vec![0.0; self.places];
                let inside = |cell: &&mut muster_engine::Cell| cell.profession == grade;
                more.cells.iter_mut().filter(inside).for_each(|cell| all[cell.place] += cell.demand_base_fte);
                for cell in more.cells.iter_mut().filter(inside) {
                    let part = if all[cell.place] > 0.0 { cell.demand_base_fte / all[cell.place] } else { 0.0 };
                    cell.years[years.clone()].iter_mut().for_each(|year| year.international_headcount += part);
                }
            }
        }
        let more = project(&more)?;
        let after = Future { projection: &more, ..*self }.by_place(counted, |year| year.fte);
        let before = self.by_place(counted, |year| year.fte);
        Ok(after.iter().zip(before).map(|(after, before)| after - before).collect())
    }
}
