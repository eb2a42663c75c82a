//! From the opening year to the horizon: each step with its people, its pounds and its places in training.

use muster_engine::Cause;
use serde::Serialize;

use super::{Ledger, Line};
use crate::run::ScenarioRun;

/// A step of the waterfall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What it is.
    pub title: String,
    /// Permanent staff.
    pub fte: f64,
    /// Temporary staff.
    pub temporary_fte: f64,
    /// Pounds a year.
    pub gbp: f64,
    /// Students.
    pub students: f64,
}

/// The opening, the steps and the closing. Every column adds up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waterfall {
    /// The baseline.
    pub opening: Step,
    /// What made the difference.
    pub steps: Vec<Step>,
    /// The horizon: the opening and every step.
    pub closing: Step,
}

/// The waterfall of a scenario, in real pounds.
///
/// Someone who joins or leaves is worth what an FTE of the profession cost at the baseline; what an FTE costs more at the horizon is a
/// step of its own. The baseline has stocks and no flows, so hiring and actions begin at nought.
pub fn waterfall(scenario: &ScenarioRun, ledger: &Ledger) -> Waterfall {
    let end = ledger.years.len() - 1;
    let mut steps = staff(scenario, end);
    let change = |line: Line| {
        let gbp = ledger.sum(|row| row.line == line);
        gbp[end] - gbp[0]
    };
    let temporary =
        |year: usize| -> f64 { scenario.projection.cells.iter().map(|cell| cell.years[year].temporary_fte).sum() };
    let students =
        |year: usize| -> f64 { scenario.projection.programmes.iter().map(|programme| programme[year].students).sum() };
    for line in Line::ALL.into_iter().filter(|line| *line != Line::PermanentPay) {
        let mut step = plain(line.title(), 0.0, change(line));
        match line {
            Line::TemporaryCover => step.temporary_fte = temporary(end) - temporary(0),
            Line::Training => step.students = students(end) - students(0),
            _ => {}
        }
        if !line.of_actions() || step.gbp != 0.0 {
            steps.push(step);
        }
    }
    let at = |title: String, year: usize| Step {
        title,
        fte: scenario.projection.cells.iter().map(|cell| cell.years[year].fte).sum(),
        temporary_fte: temporary(year),
        gbp: ledger.total()[year],
        students: students(year),
    };
    Waterfall {
        opening: at(format!("In {}", ledger.years[0]), 0),
        steps,
        closing: at(format!("In {}", ledger.years[end]), end),
    }
}

fn plain(title: &str, fte: f64, gbp: f64) -> Step {
    Step { title: title.to_owned(), fte, temporary_fte: 0.0, gbp, students: 0.0 }
}

/// Steps of permanent staff, by cause, at what an FTE cost at the baseline; then what an FTE costs more.
fn staff(scenario: &ScenarioRun, end: usize) -> Vec<Step> {
    let inputs = &scenario.resolved.inputs;
    // What an FTE of a cell costs in a year, whoever is in post: a cell without staff has a price too.
    let cost = |cell: &muster_engine::Cell, year: usize| {
        let money = &inputs.places[cell.place].money;
        let growth: f64 = money.real_pay_growth[..year].iter().map(|growth| 1.0 + growth).product();
        let here = if year == 0 { &cell.baseline } else { &cell.years[year - 1] };
        here.earnings_gbp * money.on_cost[year] * growth
    };
    let cells = || inputs.cells.iter().zip(&scenario.projection.cells);
    let of = |title: &str, causes: &[Cause]| {
        let (mut fte, mut gbp) = (0.0, 0.0);
        for (cell, result) in cells() {
            let flow = |year: &muster_engine::YearResult| -> f64 {
                causes.iter().map(|cause| cause.sign() * year.flow(*cause).fte).sum()
            };
            let moved: f64 = result.years[1..].iter().map(flow).sum();
            fte += moved;
            gbp += moved * cost(cell, 0);
        }
        plain(title, fte, gbp)
    };
    let mut steps = vec![
        of(Cause::NewlyQualified.title(), &[Cause::NewlyQualified]),
        of("Recruits from abroad", &[Cause::International]),
        of(Cause::Returner.title(), &[Cause::Returner]),
        of(Cause::WiderLabourMarket.title(), &[Cause::WiderLabourMarket]),
        of("Moves between professions", &[Cause::MovedIn, Cause::MovedOut]),
        of(Cause::Hours.title(), &[Cause::Hours]),
        // Last of them: over many years more people leave than there were, and a bar does not go below nought.
        of("Leavers", &[Cause::LeaverUnder55, Cause::Leaver55AndOver]),
    ];
    let growth = cells().map(|(cell, result)| result.years[end].fte * (cost(cell, end) - cost(cell, 0))).sum();
    steps.push(plain("Growth of pay beyond prices", 0.0, growth));
    steps
}
