//! Answers to figures: the one place where a run's cells are added up.

use muster_book::{Figure, FigureMeasure, Form};
use muster_engine::{Cause, YearResult};

use crate::run::{Run, RunError, ScenarioRun};

/// Causes by which people join the NHS; a move within it is not joining.
pub(crate) const JOINING: [Cause; 4] =
    [Cause::NewlyQualified, Cause::Returner, Cause::WiderLabourMarket, Cause::International];
/// Causes by which people leave it.
pub(crate) const LEAVING: [Cause; 2] = [Cause::LeaverUnder55, Cause::Leaver55AndOver];

/// The figure of a check or target, which speaks of the plan's whole place unless it names another.
pub(crate) fn answer_for_the_plan(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<f64, RunError> {
    if figure.place.is_none() && !run.covers_the_plan() {
        return Err(RunError::Request("it is about the whole plan, and this run is of some of its places".to_owned()));
    }
    answer(run, scenario, figure)
}

/// The figure, in a scenario of the run.
pub fn answer(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<f64, RunError> {
    let at = |year| {
        let index = run.year_index(year).filter(|index| *index > 0 || !figure.measure.of_flow());
        let index = index.ok_or_else(|| {
            RunError::Request(format!(
                "the run has no `{}` for {year}; its years are {} to {}",
                figure.measure.id(),
                run.plan.from,
                run.plan.to
            ))
        })?;
        measure(run, scenario, figure, index)
    };
    let value = at(figure.year)?;
    let Some(since) = figure.since else { return Ok(value) };
    let before = at(since)?;
    let years = f64::from(figure.year.years_since(since));
    Ok(match figure.form {
        Form::Value => value,
        Form::Change => value - before,
        Form::Ratio => value / before,
        Form::Growth => (value / before).powf(1.0 / years) - 1.0,
    })
}

fn measure(run: &Run, scenario: &ScenarioRun, figure: &Figure, year: usize) -> Result<f64, RunError> {
    let here = places(run, figure)?;
    if figure.measure.of_training() {
        return Ok(training(scenario, figure, &here, year));
    }
    let inputs = &scenario.resolved.inputs;
    let chosen: Vec<usize> = (0..inputs.cells.len())
        .filter(|i| {
            let cell = &inputs.cells[*i];
            here[cell.place]
                && figure.setting.is_none_or(|setting| setting == cell.setting)
                && figure.professions.as_ref().is_none_or(|chosen| chosen.contains(&cell.profession))
        })
        .collect();
    if chosen.is_empty() {
        return Err(RunError::Request(format!("nobody in the run fits what `{}` asks for", figure.measure.id())));
    }
    let sum = |what: &dyn Fn(&YearResult) -> f64, year: usize| -> f64 {
        chosen.iter().map(|i| what(&scenario.projection.cells[*i].years[year])).sum()
    };
    let flows = |causes: &[Cause]| -> f64 {
        sum(&|result| causes.iter().map(|cause| result.flow(*cause).headcount).sum(), year)
    };
    Ok(match figure.measure {
        FigureMeasure::SupplyFte => sum(&|result| result.fte, year),
        FigureMeasure::SupplyHeadcount => sum(&|result| result.headcount, year),
        FigureMeasure::DemandFte => sum(&|result| result.demand_fte, year),
        FigureMeasure::GapFte => sum(&|result| result.gap_fte, year),
        FigureMeasure::ShortfallFte => sum(&|result| result.gap_fte.max(0.0), year),
        FigureMeasure::TemporaryFte => sum(&|result| result.temporary_fte, year),
        FigureMeasure::TemporaryShare => {
            let temporary = sum(&|result| result.temporary_fte, year);
            temporary / (temporary + sum(&|result| result.fte, year))
        }
        FigureMeasure::PayBillGbp => sum(&|result| result.pay_gbp + result.temporary_gbp, year),
        FigureMeasure::LeaverRate => flows(&LEAVING) / sum(&|result| result.headcount, year - 1),
        FigureMeasure::LeaversHeadcount => flows(&LEAVING),
        FigureMeasure::JoinerHeadcount => flows(&JOINING),
        FigureMeasure::InternationalShare => flows(&[Cause::International]) / flows(&JOINING),
        FigureMeasure::TrainingIntake | FigureMeasure::TrainingCompletions => training(scenario, figure, &here, year),
    })
}

fn training(scenario: &ScenarioRun, figure: &Figure, here: &[bool], year: usize) -> f64 {
    let programmes = scenario.resolved.inputs.programmes.iter().zip(&scenario.projection.programmes);
    programmes
        .filter(|(programme, _)| {
            here[programme.place]
                && figure.programmes.as_ref().is_none_or(|chosen| chosen.contains(&programme.programme))
        })
        .map(|(_, years)| match figure.measure {
            FigureMeasure::TrainingCompletions => years[year].completed,
            _ => years[year].intake,
        })
        .sum()
}

/// Which of the run's places a figure counts.
fn places(run: &Run, figure: &Figure) -> Result<Vec<bool>, RunError> {
    let Some(place) = &figure.place else { return Ok(vec![true; run.places.len()]) };
    let here: Vec<bool> = run.places.iter().map(|at| run.plan.shelf.places.is_within(at, place)).collect();
    if here.contains(&true) {
        Ok(here)
    } else {
        let name = run.plan.shelf.places.get(place).map_or_else(|| place.to_string(), |place| place.name.clone());
        Err(RunError::Request(format!(
            "the run does not tell {name} apart: run it with --places systems, or --places {place}"
        )))
    }
}
