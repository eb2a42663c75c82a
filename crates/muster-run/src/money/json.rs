//! Everything that a run says of money, in one place, and as `money.json` has it.

use std::collections::BTreeMap;

use muster_book::COUNTERFACTUAL;
use muster_draws::summary::Summary;
use serde::Serialize;

use super::{ActionMoney, Item, Ledger, MoneyDraws, Waterfall, by_action, waterfall};
use crate::run::{Run, RunError};
use crate::uncertainty::Ask;

/// What a run says of money.
#[derive(Debug, Clone, PartialEq)]
pub struct Money {
    /// By scenario, in the order of the run, in real pounds.
    pub ledgers: Vec<Ledger>,
    /// The waterfall of each.
    pub waterfalls: Vec<Waterfall>,
    /// What each action of the main scenario brings and costs.
    pub actions: Vec<ActionMoney>,
    /// What the draws say, where any were asked for.
    pub draws: Option<MoneyDraws>,
}

/// A figure in pounds and how sure it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sure {
    /// Where the books say.
    pub gbp: f64,
    /// What lies between the 10% and the 90% point, where futures were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range_80: Option<[f64; 2]>,
    /// What lies between the 2.5% and the 97.5% point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range_95: Option<[f64; 2]>,
    /// The larger Monte Carlo error of the ends of the 80% range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
}

/// `money.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MoneyInWords {
    /// Which pounds.
    pub pounds: String,
    /// How many draws stand behind ranges.
    pub draws: usize,
    /// The years, the baseline first.
    pub years: Vec<String>,
    /// By scenario.
    pub scenarios: Vec<ScenarioInWords>,
    /// What each action of the main scenario brings and costs, over all years.
    pub actions: Vec<ActionMoney>,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioInWords {
    /// Its name.
    pub id: String,
    /// By line and year; `total` is their sum.
    pub lines: BTreeMap<&'static str, Vec<Sure>>,
    /// The budget by year, if there is one.
    pub budget_gbp: Option<Vec<f64>>,
    /// What is spent beyond it.
    pub over_budget_gbp: Option<Vec<Sure>>,
    /// From the baseline to the horizon.
    pub waterfall: Waterfall,
    /// What could not be counted.
    pub lacks: Vec<String>,
}

impl Sure {
    pub(crate) fn of(gbp: f64, summary: Option<&Summary>) -> Self {
        let range = |low: usize, high: usize| summary.map(|s| [s.quantiles[low].value, s.quantiles[high].value]);
        Self {
            gbp,
            range_80: range(1, 5),
            range_95: range(0, 6),
            error: summary.map(|s| s.quantiles[1].error.max(s.quantiles[5].error)),
        }
    }
}

impl Money {
    /// Works out the money of a run. Without an `ask`, nothing is drawn.
    pub fn of(run: &Run, ask: Option<&Ask>) -> Result<Self, RunError> {
        let ledgers = run.scenarios.iter().map(|s| Ledger::of(run, s)).collect::<Result<Vec<_>, _>>()?;
        let waterfalls = run.scenarios.iter().zip(&ledgers).map(|(s, ledger)| waterfall(s, ledger)).collect();
        let main = run.main_scenario();
        let actions = if main.id == COUNTERFACTUAL { Vec::new() } else { by_action(run, main)? };
        let draws = ask.map(|ask| MoneyDraws::of(run, ask)).transpose()?;
        Ok(Self { ledgers, waterfalls, actions, draws })
    }

    /// The ledger of a scenario.
    pub fn ledger(&self, scenario: &str) -> Option<&Ledger> {
        self.ledgers.iter().find(|ledger| ledger.scenario == scenario)
    }

    /// What the draws say of an item of a scenario in a year, beside the central value.
    pub fn sure(&self, scenario: &str, item: Item, year: usize, gbp: f64) -> Sure {
        let summary = self.draws.as_ref().and_then(|draws| draws.summary(scenario, item, year));
        Sure::of(gbp, summary.as_ref())
    }

    /// As it is written down.
    pub fn in_words(&self) -> MoneyInWords {
        let first = &self.ledgers[0];
        let scenario = |(ledger, waterfall): (&Ledger, &Waterfall)| {
            let sure = |item: Item, by_year: &[f64]| -> Vec<Sure> {
                let each = by_year.iter().enumerate();
                each.map(|(year, gbp)| self.sure(&ledger.scenario, item, year, *gbp)).collect()
            };
            let mut lines: BTreeMap<&'static str, Vec<Sure>> = BTreeMap::new();
            for (line, gbp) in ledger.by_line() {
                lines.insert(line.id(), sure(Item::Line(line), &gbp));
            }
            lines.insert("total", sure(Item::Total, &ledger.total()));
            ScenarioInWords {
                id: ledger.scenario.clone(),
                lines,
                budget_gbp: ledger.budget_gbp.clone(),
                over_budget_gbp: ledger.affordability_gap().map(|gap| sure(Item::OverBudget, &gap)),
                waterfall: waterfall.clone(),
                lacks: ledger.lacks.clone(),
            }
        };
        MoneyInWords {
            pounds: first.pounds_in_words(),
            draws: self.draws.as_ref().map_or(0, |draws| draws.draws),
            years: first.years.iter().map(ToString::to_string).collect(),
            scenarios: self.ledgers.iter().zip(&self.waterfalls).map(scenario).collect(),
            actions: self.actions.clone(),
        }
    }
}
