//! Money: what a scenario costs, by year, place, line and what it is spent on.
//!
//! A [`Ledger`] is made from a finished projection and the prices of the books. The pay in it is the engine's, to the penny; what the engine
//! does not price (students, hiring, actions) is a number of people times a price. Lines add up to the total, and that is asserted.
//!
//! The method is described in `docs/money.md`.

mod actions;
mod draws;
mod json;
mod ledger;
mod make;
mod waterfall;

use muster_book::{Figure, FigureMeasure, Form};
use serde::Serialize;

pub use actions::{ActionMoney, by_action};
pub use draws::{Item, Measured, MoneyDraws, ScenarioMoney};
pub use json::{Money, MoneyInWords, Sure};
pub use ledger::{By, Ledger, LedgerRow, Pounds, StatedCost, Subject};
pub use waterfall::{Step, Waterfall, waterfall};

use crate::run::{Run, RunError, ScenarioRun};

/// What money is spent on. The lines add up to the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Permanent staff, with the employer's own costs.
    PermanentPay,
    /// Bank and agency staff, at what permanent staff would cost.
    TemporaryCover,
    /// What bank and agency staff cost beyond that.
    TemporaryPremium,
    /// Students, by programme.
    Training,
    /// Joiners who are newly qualified, come back or are from the wider labour market.
    Hiring,
    /// Recruits from abroad.
    International,
    /// What actions cost again in each of their years.
    ActionsRecurrent,
    /// What actions cost once.
    ActionsOneOff,
    /// What actions pay to keep people.
    ActionsRetention,
}

impl Line {
    /// Every line, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::PermanentPay,
        Self::TemporaryCover,
        Self::TemporaryPremium,
        Self::Training,
        Self::Hiring,
        Self::International,
        Self::ActionsRecurrent,
        Self::ActionsOneOff,
        Self::ActionsRetention,
    ];

    /// As written in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::PermanentPay => "permanent_pay",
            Self::TemporaryCover => "temporary_cover",
            Self::TemporaryPremium => "temporary_premium",
            Self::Training => "training",
            Self::Hiring => "hiring",
            Self::International => "international",
            Self::ActionsRecurrent => "actions_recurrent",
            Self::ActionsOneOff => "actions_one_off",
            Self::ActionsRetention => "actions_retention",
        }
    }

    /// As written in reports.
    pub fn title(self) -> &'static str {
        match self {
            Self::PermanentPay => "Pay of permanent staff",
            Self::TemporaryCover => "Temporary staff, at the cost of permanent",
            Self::TemporaryPremium => "Premium of temporary staff",
            Self::Training => "Training",
            Self::Hiring => "Hiring at home",
            Self::International => "Recruiting abroad",
            Self::ActionsRecurrent => "Actions: recurrent",
            Self::ActionsOneOff => "Actions: one-off",
            Self::ActionsRetention => "Actions: keeping people",
        }
    }

    /// What its quantity counts; nothing where pounds are all there is.
    pub fn quantity(self) -> &'static str {
        match self {
            Self::PermanentPay | Self::TemporaryCover | Self::TemporaryPremium => "FTE",
            Self::Training => "students",
            Self::Hiring | Self::International => "joiners",
            Self::ActionsRecurrent | Self::ActionsOneOff | Self::ActionsRetention => "",
        }
    }

    /// Whether it is for an action.
    pub fn of_actions(self) -> bool {
        matches!(self, Self::ActionsRecurrent | Self::ActionsOneOff | Self::ActionsRetention)
    }
}

/// A figure that prices go into which the engine does not read.
pub(crate) fn answer(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<f64, RunError> {
    let rows = rows_of(run, scenario, figure)?;
    let at = |year: muster_core::FinancialYear| {
        run.year_index(year).ok_or_else(|| RunError::Request(format!("the run's years do not include {year}")))
    };
    let sum = |year: usize| -> f64 { rows.iter().map(|row| row.gbp[year]).sum() };
    let (then, before) = (at(figure.year)?, figure.since.map(at).transpose()?);
    let Some(before) = before else { return Ok(sum(then)) };
    Ok(match figure.form {
        Form::Value => sum(then),
        Form::Change => sum(then) - sum(before),
        Form::Ratio => sum(then) / sum(before),
        Form::Growth => (sum(then) / sum(before)).powf(1.0 / (then - before) as f64) - 1.0,
        Form::Total => (before..=then).map(sum).sum(),
    })
}

/// The parts of such a figure in its year: each line, its pounds, and how many FTE, students or joiners they are for.
pub(crate) fn parts(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<Vec<(Line, f64, f64)>, RunError> {
    let rows = rows_of(run, scenario, figure)?;
    let Some(year) = run.year_index(figure.year) else { return Ok(Vec::new()) };
    let of = |line: Line| {
        let here = || rows.iter().filter(|row| row.line == line);
        let (gbp, quantity) = (here().map(|row| row.gbp[year]).sum(), here().map(|row| row.quantity[year]).sum());
        here().next().map(|_| (line, gbp, quantity))
    };
    Ok(Line::ALL.into_iter().filter_map(of).collect())
}

/// The rows of the ledger that a figure adds up.
fn rows_of(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<Vec<LedgerRow>, RunError> {
    let ledger = Ledger::of(run, scenario)?;
    let lines: &[Line] = match figure.measure {
        FigureMeasure::TrainingGbp => &[Line::Training],
        FigureMeasure::RecruitmentGbp => &[Line::Hiring, Line::International],
        _ => &Line::ALL,
    };
    let needed = [(Line::Training, "training"), (Line::Hiring, "hiring"), (Line::International, "recruiting abroad")];
    let has = |line: Line| ledger.rows.iter().any(|row| row.line == line);
    if let Some((_, what)) = needed.iter().find(|(line, _)| lines.contains(line) && !has(*line)) {
        return Err(RunError::Request(format!("the books do not say what {what} costs")));
    }
    let tree = &run.plan.shelf.places;
    let here = |place: Option<usize>| match (&figure.place, place) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(place), Some(at)) => tree.is_within(&run.places[at], place),
    };
    let chosen = |row: &LedgerRow| {
        lines.contains(&row.line)
            && here(row.place)
            && match row.subject {
                Subject::Profession(i) => figure.professions.as_ref().is_none_or(|chosen| chosen.contains(&i)),
                Subject::Programme(i) => figure.programmes.as_ref().is_none_or(|chosen| chosen.contains(&i)),
                Subject::Action(_) => true,
            }
    };
    Ok(ledger.rows.into_iter().filter(chosen).collect())
}
