//! Two plans, scenarios or runs side by side: posts, people and pounds by year, and what was changed in the inputs.

use std::collections::BTreeMap;

use muster_book::{Plan, Series};
use muster_core::{FinancialYear, Fte, Headcount};
use serde::Serialize;

use crate::run::{Run, ScenarioRun};
use crate::summary::lines;

/// B less A in one year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct YearDifference {
    /// The year.
    pub year: FinancialYear,
    /// FTE needed.
    pub demand_fte: Fte,
    /// FTE in post.
    pub supply_fte: Fte,
    /// People in post.
    pub headcount: Headcount,
    /// Demand less supply.
    pub gap_fte: Fte,
    /// Permanent and temporary staff.
    pub pay_bill_gbp: f64,
}

/// Something that is not the same in the inputs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputChange {
    /// What.
    pub what: String,
    /// In A; empty when it is not there.
    pub a: String,
    /// In B; empty when it is not there.
    pub b: String,
}

/// Everything that is not the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// What A is.
    pub a: String,
    /// What B is.
    pub b: String,
    /// All staff, year by year, for the years both have.
    pub years: Vec<YearDifference>,
    /// Each staff group at the last of those years: title, supply, demand, gap, pounds.
    pub groups: Vec<(String, YearDifference)>,
    /// Each profession whose supply or demand differs at the last of those years, the largest change of the gap first.
    pub professions: Vec<(String, YearDifference)>,
    /// What was changed.
    pub inputs: Vec<InputChange>,
}

/// Compares a scenario of one run with a scenario of another (or the same).
pub fn difference(a: (&Run, &ScenarioRun), b: (&Run, &ScenarioRun)) -> Difference {
    let years: Vec<FinancialYear> = a.0.years().into_iter().filter(|year| b.0.year_index(*year).is_some()).collect();
    let all = by_year(a, b, &years, &|_| true);
    let taxonomy = &a.0.plan.shelf.taxonomy;
    let groups = taxonomy.groups.iter().filter_map(|group| {
        let of_group = |id: &str| {
            taxonomy.profession(id).is_some_and(|i| taxonomy.groups[taxonomy.professions[i].group].id == group.id)
        };
        Some((group.title.clone(), *by_year(a, b, &years, &of_group).last()?))
    });
    let mut professions: Vec<(String, YearDifference)> = taxonomy
        .professions
        .iter()
        .filter_map(|profession| {
            Some((profession.title.clone(), *by_year(a, b, &years, &|id| id == profession.id).last()?))
        })
        .filter(|(_, last)| last.supply_fte != Fte(0.0) || last.demand_fte != Fte(0.0))
        .collect();
    professions.sort_by(|(_, x), (_, y)| y.gap_fte.0.abs().total_cmp(&x.gap_fte.0.abs()));
    Difference {
        a: name(a),
        b: name(b),
        groups: groups.collect(),
        professions,
        years: all,
        inputs: inputs((&a.0.plan, &a.1.id), (&b.0.plan, &b.1.id)),
    }
}

fn name((run, scenario): (&Run, &ScenarioRun)) -> String {
    format!("{}@{}", run.plan.id, scenario.id)
}

/// The differences of the professions that `picks` picks by id.
fn by_year(
    a: (&Run, &ScenarioRun),
    b: (&Run, &ScenarioRun),
    years: &[FinancialYear],
    picks: &dyn Fn(&str) -> bool,
) -> Vec<YearDifference> {
    let of = |(run, scenario): (&Run, &ScenarioRun)| {
        let professions = &run.plan.shelf.taxonomy.professions;
        lines(scenario, &|cell| picks(&professions[cell.profession].id))
    };
    let (of_a, of_b) = (of(a), of(b));
    let difference = |year: &FinancialYear| {
        let (x, y) = (of_a[a.0.year_index(*year)?], of_b[b.0.year_index(*year)?]);
        Some(YearDifference {
            year: *year,
            demand_fte: y.demand_fte - x.demand_fte,
            supply_fte: y.supply_fte - x.supply_fte,
            headcount: y.headcount - x.headcount,
            gap_fte: y.gap_fte - x.gap_fte,
            pay_bill_gbp: (y.pay_gbp + y.temporary_gbp) - (x.pay_gbp + x.temporary_gbp),
        })
    };
    years.iter().filter_map(difference).collect()
}

/// What the two sides state differently: values of books, actions of scenarios.
fn inputs(a: (&Plan, &str), b: (&Plan, &str)) -> Vec<InputChange> {
    let (of_a, of_b) = (stated(a), stated(b));
    let keys: std::collections::BTreeSet<&String> = of_a.keys().chain(of_b.keys()).collect();
    let mut changes = Vec::new();
    for key in keys {
        let (x, y) = (of_a.get(key).cloned().unwrap_or_default(), of_b.get(key).cloned().unwrap_or_default());
        if x != y {
            changes.push(InputChange { what: key.clone(), a: x, b: y });
        }
    }
    changes
}

/// Everything a side states, as text, by what it is about.
fn stated((plan, scenario): (&Plan, &str)) -> BTreeMap<String, String> {
    let mut stated = BTreeMap::new();
    for series in plan.shelf.series() {
        let book = &plan.shelf.books[series.book].id;
        stated.insert(format!("{} ({book})", plan.shelf.name(series.measure, &series.key)), dated(series));
    }
    let Some(scenario) = plan.scenario(scenario) else { return stated };
    for &action in &scenario.actions {
        let action = &plan.actions[action];
        stated.insert(format!("action {}: {}", action.id, action.title), "taken".to_owned());
    }
    for effect in plan.effects(scenario) {
        let what = plan.shelf.name(effect.measure, &effect.key);
        let path: Vec<String> = effect.path.iter().map(|(year, value)| format!("{year}: {value}")).collect();
        let how = format!("{:?}", effect.how).to_lowercase();
        stated.insert(format!("effect of {} on {what}", effect.of), format!("{how} {}", path.join(", ")));
    }
    stated
}

fn dated(series: &Series) -> String {
    let one = |entry: &muster_book::Entry| match entry.to {
        Some(to) => format!("{} to {to}: {}", entry.from, entry.value),
        None => format!("{}: {}", entry.from, entry.value),
    };
    series.entries.iter().map(one).collect::<Vec<_>>().join(", ")
}
