//! Stress tests: what the plan comes to when named things go wrong, one by one and together, and what another policy would come to.
//!
//! Everything is at its central value: a stress test asks what would follow if something happened, and not how likely it is.

use muster_book::{Check, Failure, Scenario};
use muster_core::{FinancialYear, PlaceCode};
use rayon::prelude::*;
use serde::Serialize;

use crate::figure::Counted;
use crate::run::{Run, RunError, ScenarioRun, project_scenario};
use crate::verdict::{Outcome, expected_in_words, hold};

/// What staff and money come to at the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Totals {
    /// Demand less supply.
    pub gap_fte: f64,
    /// What is missing where too few are there; what is over elsewhere is not set against it.
    pub shortfall_fte: f64,
    /// Permanent and temporary staff, in the last year.
    pub pay_bill_gbp: f64,
    /// The same in all years after the baseline together.
    pub pay_bills_gbp: f64,
}

impl Totals {
    /// What a scenario comes to.
    pub fn of(scenario: &ScenarioRun) -> Self {
        let horizon = scenario.resolved.inputs.years;
        let total = |counted: Counted, year: usize| {
            scenario.projection.cells.iter().map(|cell| counted.of_cell(&cell.years[year])).sum::<f64>()
        };
        Self {
            gap_fte: total(Counted::GapFte, horizon),
            shortfall_fte: total(Counted::ShortfallFte, horizon),
            pay_bill_gbp: total(Counted::PayBillGbp, horizon),
            pay_bills_gbp: (1..=horizon).map(|year| total(Counted::PayBillGbp, year)).sum(),
        }
    }
}

/// A target that comes out another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Turned {
    /// The target's name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What was expected, in words.
    pub expected: String,
    /// What comes out as expected, in words.
    pub before: String,
    /// What comes out under the failure, in words.
    pub found: String,
}

/// What becomes of the main scenario when something goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stressed {
    /// The failures, by name: one, or all of them.
    pub failures: Vec<String>,
    /// What goes wrong, in a few words.
    pub title: String,
    /// The same in a sentence.
    pub about: String,
    /// What it comes to.
    pub totals: Totals,
    /// How much wider the gap is than without the failure.
    pub gap_change_fte: f64,
    /// How much higher the pay bill is in the last year.
    pub pay_bill_change_gbp: f64,
    /// How much higher the pay bills of all years are.
    pub pay_bills_change_gbp: f64,
    /// Targets that were met and are not any more.
    pub broken: Vec<Turned>,
    /// Targets that were missed and are met now.
    pub mended: Vec<Turned>,
}

/// Two failures at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// Their names.
    pub failures: [String; 2],
    /// What they come to.
    pub totals: Totals,
    /// How much wider the gap is than if each did by itself what it does alone.
    pub beyond_the_sum_fte: f64,
}

/// A future that every policy is put to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Future {
    /// The failures that happen in it, by name; none in the one that is expected.
    pub failures: Vec<String>,
    /// What happens in it.
    pub title: String,
}

/// What a policy comes to in a future.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cell {
    /// What it comes to.
    pub totals: Totals,
    /// How many more are missing than under the best policy in this future: its regret.
    pub regret_fte: f64,
}

/// A policy in every future.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Policy {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What to know about it.
    pub about: String,
    /// By future, in the same order.
    pub cells: Vec<Cell>,
    /// The largest of its regrets.
    pub worst_regret_fte: f64,
}

/// The stress tests of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stress {
    /// The scenario that things go wrong in.
    pub scenario: String,
    /// The year that results are of: the last.
    pub year: FinancialYear,
    /// What it comes to if nothing goes wrong.
    pub as_expected: Totals,
    /// Each failure alone, in the plan's order.
    pub alone: Vec<Stressed>,
    /// All of them at once, where there are two or more.
    pub together: Option<Stressed>,
    /// Every two of those that move the gap, the widest gap first.
    pub pairs: Vec<Pair>,
    /// The futures of the table of regrets.
    pub futures: Vec<Future>,
    /// Its policies, each in every future.
    pub policies: Vec<Policy>,
    /// The policy whose worst regret is least, by name.
    pub least_regret: String,
}

/// A policy with some failures on top, projected.
struct Trial {
    totals: Totals,
    /// By target; none where the run cannot say.
    targets: Vec<Option<Held>>,
}

/// A target held against a trial.
struct Held {
    met: bool,
    /// The figure, in words.
    found: String,
}

/// Where and how stress tests are projected.
struct Bench<'r> {
    run: &'r Run,
    places: Vec<PlaceCode>,
    /// Those that speak of the scenario under stress.
    targets: Vec<&'r Check>,
}

impl Stress {
    /// Puts the run's main scenario, and every policy of its plan, to what the plan says may go wrong; none where it says nothing.
    ///
    /// Worked out for the plan's place as a whole where the run covers it, like the swings of single assumptions.
    pub fn of(run: &Run) -> Result<Option<Self>, RunError> {
        let plan = &run.plan;
        let main = run.main_scenario();
        let Some(scenario) = plan.scenario(&main.id).filter(|_| !plan.failures.is_empty()) else { return Ok(None) };
        let places = if run.covers_the_plan() { plan.whole() } else { run.places.clone() };
        let targets = plan.targets.iter().filter(|target| target.scenario == main.id).collect();
        let bench = Bench { run, places, targets };

        let failures: Vec<&Failure> = plan.failures.iter().collect();
        let mut futures: Vec<Vec<&Failure>> = vec![Vec::new()];
        futures.extend(failures.iter().map(|failure| vec![*failure]));
        if failures.len() > 1 {
            futures.push(failures.clone());
        }
        let mut policies: Vec<&Scenario> = plan.policies.iter().collect();
        let own = policies.iter().position(|policy| policy.id == scenario.id).unwrap_or_else(|| {
            policies.insert(0, scenario);
            0
        });
        policies[own] = scenario;

        let of_policies = policies.iter().flat_map(|policy| futures.iter().map(|future| (*policy, &future[..])));
        let trials = bench.trials(&of_policies.collect::<Vec<_>>())?;
        let rows: Vec<&[Trial]> = trials.chunks(futures.len()).collect();
        let expected = &rows[own][0];
        let alone: Vec<Stressed> = failures
            .iter()
            .zip(&rows[own][1..])
            .map(|(failure, trial)| bench.stressed(&[failure], expected, trial))
            .collect();
        let together = rows[own].get(failures.len() + 1).map(|trial| bench.stressed(&failures, expected, trial));
        let pairs = bench.pairs(scenario, &failures, &alone, expected.totals)?;
        let policies = regrets(&policies, &rows);
        let least = policies.iter().min_by(|a, b| a.worst_regret_fte.total_cmp(&b.worst_regret_fte));
        Ok(Some(Self {
            scenario: scenario.id.clone(),
            year: plan.to,
            as_expected: expected.totals,
            least_regret: least.map(|policy| policy.id.clone()).unwrap_or_default(),
            futures: futures.iter().map(|future| Future { failures: names(future), title: title(future) }).collect(),
            alone,
            together,
            pairs,
            policies,
        }))
    }
}

/// What some failures are called together.
fn title(failures: &[&Failure]) -> String {
    match failures {
        [] => "As expected".to_owned(),
        [one] => one.title.clone(),
        _ => "All of these together".to_owned(),
    }
}

fn names(failures: &[&Failure]) -> Vec<String> {
    failures.iter().map(|failure| failure.id.clone()).collect()
}

/// Each policy against the best of them in each future.
fn regrets(policies: &[&Scenario], rows: &[&[Trial]]) -> Vec<Policy> {
    let futures = rows.first().map_or(0, |row| row.len());
    let least = |future: usize| rows.iter().map(|row| row[future].totals.shortfall_fte).fold(f64::INFINITY, f64::min);
    let best: Vec<f64> = (0..futures).map(least).collect();
    let policy = |(policy, row): (&&Scenario, &&[Trial])| {
        let cell = |(trial, best): (&Trial, &f64)| Cell {
            totals: trial.totals,
            regret_fte: trial.totals.shortfall_fte - best,
        };
        let cells: Vec<Cell> = row.iter().zip(&best).map(cell).collect();
        Policy {
            id: policy.id.clone(),
            title: policy.title.clone(),
            about: policy.about.trim().to_owned(),
            worst_regret_fte: cells.iter().map(|cell| cell.regret_fte).fold(0.0, f64::max),
            cells,
        }
    };
    policies.iter().zip(rows).map(policy).collect()
}

impl Bench<'_> {
    /// Policies, each with some failures on top.
    fn trials(&self, of: &[(&Scenario, &[&Failure])]) -> Result<Vec<Trial>, RunError> {
        of.par_iter().map(|(policy, failures)| self.trial(policy, failures)).collect()
    }

    /// Every two of the failures that move the gap.
    fn pairs(
        &self,
        scenario: &Scenario,
        failures: &[&Failure],
        alone: &[Stressed],
        expected: Totals,
    ) -> Result<Vec<Pair>, RunError> {
        let moving: Vec<(&Failure, f64)> =
            failures.iter().zip(alone).map(|(failure, stressed)| (*failure, stressed.gap_change_fte)).collect();
        let moving: Vec<(&Failure, f64)> = moving.into_iter().filter(|(_, change)| change.abs() > 0.5).collect();
        let twos = moving.iter().enumerate().flat_map(|(i, a)| moving[i + 1..].iter().map(move |b| [*a, *b]));
        let twos: Vec<[(&Failure, f64); 2]> = twos.collect();
        let named: Vec<[&Failure; 2]> = twos.iter().map(|two| two.map(|(failure, _)| failure)).collect();
        let trials = self.trials(&named.iter().map(|two| (scenario, &two[..])).collect::<Vec<_>>())?;
        let pair = |(two, trial): (&[(&Failure, f64); 2], Trial)| Pair {
            failures: two.map(|(failure, _)| failure.id.clone()),
            totals: trial.totals,
            beyond_the_sum_fte: trial.totals.gap_fte - expected.gap_fte - two[0].1 - two[1].1,
        };
        let mut pairs: Vec<Pair> = twos.iter().zip(trials).map(pair).collect();
        pairs.sort_by(|a, b| b.totals.gap_fte.total_cmp(&a.totals.gap_fte));
        Ok(pairs)
    }

    fn trial(&self, policy: &Scenario, failures: &[&Failure]) -> Result<Trial, RunError> {
        let plan = &self.run.plan;
        let scenario = plan.under(policy, failures);
        let step = self.run.main_scenario().resolved.inputs.step;
        let projected = project_scenario(plan, &scenario, &self.places, step)?;
        let target = |check: &&Check| {
            // A run of some of the plan's places cannot say what becomes of a target for all of them.
            if check.figure.place.is_none() && !self.run.covers_the_plan() {
                return None;
            }
            let verdict = hold(check, (plan, &self.places), &projected);
            (verdict.outcome != Outcome::NotAsked)
                .then(|| Held { met: verdict.outcome == Outcome::Met, found: verdict.found })
        };
        Ok(Trial { totals: Totals::of(&projected), targets: self.targets.iter().map(target).collect() })
    }

    fn stressed(&self, failures: &[&Failure], expected: &Trial, trial: &Trial) -> Stressed {
        let abouts: Vec<&str> = failures.iter().map(|failure| failure.about.as_str()).collect();
        Stressed {
            failures: names(failures),
            title: title(failures),
            about: abouts.join(" "),
            totals: trial.totals,
            gap_change_fte: trial.totals.gap_fte - expected.totals.gap_fte,
            pay_bill_change_gbp: trial.totals.pay_bill_gbp - expected.totals.pay_bill_gbp,
            pay_bills_change_gbp: trial.totals.pay_bills_gbp - expected.totals.pay_bills_gbp,
            broken: self.turned(expected, trial, true),
            mended: self.turned(expected, trial, false),
        }
    }

    /// The targets that were met, or missed, as expected and are not under the failure.
    fn turned(&self, expected: &Trial, trial: &Trial, was_met: bool) -> Vec<Turned> {
        let held = expected.targets.iter().zip(&trial.targets);
        let turned = self.targets.iter().zip(held).filter_map(|(check, (before, now))| {
            let (before, now) = (before.as_ref()?, now.as_ref()?);
            (before.met == was_met && now.met != was_met).then(|| Turned {
                id: check.id.clone(),
                title: check.title.clone(),
                expected: expected_in_words(check),
                before: before.found.clone(),
                found: now.found.clone(),
            })
        });
        turned.collect()
    }
}
