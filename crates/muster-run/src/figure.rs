//! Answers to figures: the one place where cells are added up.
//!
//! A figure becomes a [`Question`]: sums over cells or programmes, and what is made of them. The sums may come from a projection or
//! from a draw, so that both answer in the same way.

use muster_book::{Figure, FigureMeasure, Form, Plan};
use muster_core::{PlaceCode, Setting};
use muster_engine::{Cause, Figures, Inputs, Lanes, Model, ProgrammeYear, TrainingFigures, YearResult};

use crate::run::{Run, RunError, ScenarioRun};

/// Causes by which people join the NHS; a move within it is not joining.
pub(crate) const JOINING: [Cause; 4] =
    [Cause::NewlyQualified, Cause::Returner, Cause::WiderLabourMarket, Cause::International];
/// Causes by which people leave it.
pub(crate) const LEAVING: [Cause; 2] = [Cause::LeaverUnder55, Cause::Leaver55AndOver];

/// What is added up over cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Fte,
    Headcount,
    DemandFte,
    GapFte,
    ShortfallFte,
    TemporaryFte,
    PayBillGbp,
    TemporaryGbp,
    Leavers,
    Joiners,
    International,
    /// Over programmes.
    Intake,
    /// Over programmes.
    Completed,
}

/// One thing added up over some cells, or programmes, in one year.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sum {
    pub(crate) counted: Counted,
    /// Indices of cells, or of programmes.
    pub(crate) over: Vec<usize>,
    /// Counted from the baseline.
    pub(crate) year: usize,
}

/// Sums divided by sums; by nothing where there are none below.
#[derive(Debug, Clone, PartialEq)]
struct Quotient {
    above: Vec<Sum>,
    below: Vec<Sum>,
}

/// A figure as sums to be made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Question {
    then: Quotient,
    before: Option<(Quotient, f64)>,
    form: Form,
}

/// Which place, profession and setting each cell of a run is, and which place and programme each programme.
pub(crate) struct Roll<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) places: &'a [PlaceCode],
    cells: Vec<(usize, usize, Setting)>,
    programmes: Vec<(usize, usize)>,
}

impl<'a> Roll<'a> {
    pub(crate) fn of_inputs(plan: &'a Plan, places: &'a [PlaceCode], inputs: &Inputs) -> Self {
        let cells = inputs.cells.iter().map(|cell| (cell.place, cell.profession, cell.setting)).collect();
        let programmes = inputs.programmes.iter().map(|programme| (programme.place, programme.programme)).collect();
        Self { plan, places, cells, programmes }
    }

    pub(crate) fn of_model(plan: &'a Plan, places: &'a [PlaceCode], model: &Model) -> Self {
        let cells = model.cells.iter().map(|cell| (cell.place, cell.profession, cell.setting)).collect();
        let programmes = model.programmes.iter().map(|programme| (programme.place, programme.programme)).collect();
        Self { plan, places, cells, programmes }
    }

    /// The question that a figure asks, or why these places cannot answer it.
    pub(crate) fn question(&self, figure: &Figure) -> Result<Question, RunError> {
        let at = |year: muster_core::FinancialYear| {
            let (from, to) = (self.plan.from, self.plan.to);
            let index = usize::try_from(year.years_since(from)).ok().filter(|_| year <= to);
            let index = index.filter(|index| *index > 0 || !figure.measure.of_flow()).ok_or_else(|| {
                let measure = figure.measure.id();
                RunError::Request(format!("the run has no `{measure}` for {year}; its years are {from} to {to}"))
            })?;
            self.quotient(figure, index)
        };
        let mut then = at(figure.year)?;
        if figure.form == Form::Total
            && let Some(since) = figure.since
        {
            for earlier in 0..figure.year.years_since(since) {
                then.above.extend(at(since + earlier as i16)?.above);
            }
            return Ok(Question { then, before: None, form: Form::Value });
        }
        let before = match figure.since {
            Some(since) => Some((at(since)?, f64::from(figure.year.years_since(since)))),
            None => None,
        };
        Ok(Question { then, before, form: figure.form })
    }

    fn quotient(&self, figure: &Figure, year: usize) -> Result<Quotient, RunError> {
        let here = self.here(figure)?;
        if figure.measure.of_training() && !figure.measure.of_ledger() {
            let chosen = |(place, programme): &(usize, usize)| {
                here[*place] && figure.programmes.as_ref().is_none_or(|chosen| chosen.contains(programme))
            };
            let over = (0..self.programmes.len()).filter(|i| chosen(&self.programmes[*i])).collect();
            let counted = match figure.measure {
                FigureMeasure::TrainingCompletions => Counted::Completed,
                _ => Counted::Intake,
            };
            return Ok(Quotient { above: vec![Sum { counted, over, year }], below: Vec::new() });
        }
        let chosen = |(place, profession, setting): &(usize, usize, Setting)| {
            here[*place]
                && figure.setting.is_none_or(|chosen| chosen == *setting)
                && figure.professions.as_ref().is_none_or(|chosen| chosen.contains(profession))
        };
        let over: Vec<usize> = (0..self.cells.len()).filter(|i| chosen(&self.cells[*i])).collect();
        if over.is_empty() {
            return Err(RunError::Request(format!("nobody in the run fits what `{}` asks for", figure.measure.id())));
        }
        let sum = |counted: Counted, year: usize| Sum { counted, over: over.clone(), year };
        let plain = |counted: Counted| (vec![sum(counted, year)], Vec::new());
        let (above, below) = match figure.measure {
            FigureMeasure::SupplyFte => plain(Counted::Fte),
            FigureMeasure::SupplyHeadcount => plain(Counted::Headcount),
            FigureMeasure::DemandFte => plain(Counted::DemandFte),
            FigureMeasure::GapFte => plain(Counted::GapFte),
            FigureMeasure::ShortfallFte => plain(Counted::ShortfallFte),
            FigureMeasure::TemporaryFte => plain(Counted::TemporaryFte),
            FigureMeasure::TemporaryShare => {
                let temporary = || sum(Counted::TemporaryFte, year);
                (vec![temporary()], vec![temporary(), sum(Counted::Fte, year)])
            }
            FigureMeasure::PayBillGbp => plain(Counted::PayBillGbp),
            FigureMeasure::TemporaryGbp => plain(Counted::TemporaryGbp),
            FigureMeasure::LeaverRate => (vec![sum(Counted::Leavers, year)], vec![sum(Counted::Headcount, year - 1)]),
            FigureMeasure::LeaversHeadcount => plain(Counted::Leavers),
            FigureMeasure::JoinerHeadcount => plain(Counted::Joiners),
            FigureMeasure::InternationalShare => {
                (vec![sum(Counted::International, year)], vec![sum(Counted::Joiners, year)])
            }
            FigureMeasure::TrainingIntake => plain(Counted::Intake),
            FigureMeasure::TrainingCompletions => plain(Counted::Completed),
            FigureMeasure::TrainingGbp | FigureMeasure::RecruitmentGbp | FigureMeasure::SpendGbp => {
                return Err(RunError::Request(format!("`{}` is asked of the ledger", figure.measure.id())));
            }
        };
        Ok(Quotient { above, below })
    }

    /// Which of the places a figure counts.
    fn here(&self, figure: &Figure) -> Result<Vec<bool>, RunError> {
        let Some(place) = &figure.place else { return Ok(vec![true; self.places.len()]) };
        let tree = &self.plan.shelf.places;
        let here: Vec<bool> = self.places.iter().map(|at| tree.is_within(at, place)).collect();
        if here.contains(&true) {
            Ok(here)
        } else {
            let name = tree.get(place).map_or_else(|| place.to_string(), |place| place.name.clone());
            Err(RunError::Request(format!(
                "the run does not tell {name} apart: run it with --places systems, or --places {place}"
            )))
        }
    }
}

impl Quotient {
    fn value(&self, sum: &impl Fn(&Sum) -> f64) -> f64 {
        let total = |sums: &[Sum]| sums.iter().map(sum).sum::<f64>();
        if self.below.is_empty() { total(&self.above) } else { total(&self.above) / total(&self.below) }
    }
}

impl Question {
    /// Every sum that the answer needs, in a fixed order.
    pub(crate) fn sums(&self) -> impl Iterator<Item = &Sum> {
        let quotients = std::iter::once(&self.then).chain(self.before.as_ref().map(|(before, _)| before));
        quotients.flat_map(|quotient| quotient.above.iter().chain(&quotient.below))
    }

    /// The answer, from the sums.
    pub(crate) fn answer(&self, sum: impl Fn(&Sum) -> f64) -> f64 {
        let value = self.then.value(&sum);
        let Some((before, years)) = &self.before else { return value };
        let before = before.value(&sum);
        match self.form {
            Form::Value | Form::Total => value,
            Form::Change => value - before,
            Form::Ratio => value / before,
            Form::Growth => (value / before).powf(1.0 / years) - 1.0,
        }
    }
}

impl Counted {
    pub(crate) fn of_cell(self, result: &YearResult) -> f64 {
        let flows = |causes: &[Cause]| causes.iter().map(|cause| result.flow(*cause).headcount).sum();
        match self {
            Self::Fte => result.fte,
            Self::Headcount => result.headcount,
            Self::DemandFte => result.demand_fte,
            Self::GapFte => result.gap_fte,
            Self::ShortfallFte => result.gap_fte.max(0.0),
            Self::TemporaryFte => result.temporary_fte,
            Self::PayBillGbp => result.pay_gbp + result.temporary_gbp,
            Self::TemporaryGbp => result.temporary_gbp,
            Self::Leavers => flows(&LEAVING),
            Self::Joiners => flows(&JOINING),
            Self::International => flows(&[Cause::International]),
            Self::Intake | Self::Completed => 0.0,
        }
    }

    fn of_programme(self, result: &ProgrammeYear) -> f64 {
        if self == Self::Completed { result.completed } else { result.intake }
    }

    /// The same in each future of a block.
    pub(crate) fn of_figures(self, figures: &Figures) -> Lanes {
        let each = |of: &dyn Fn(usize) -> f64| std::array::from_fn(of);
        match self {
            Self::Fte => figures.fte,
            Self::Headcount => figures.headcount,
            Self::DemandFte => figures.demand_fte,
            Self::GapFte => each(&|lane| figures.demand_fte[lane] - figures.fte[lane]),
            Self::ShortfallFte => each(&|lane| (figures.demand_fte[lane] - figures.fte[lane]).max(0.0)),
            Self::TemporaryFte => figures.temporary_fte,
            Self::TemporaryGbp => figures.temporary_gbp,
            Self::PayBillGbp => each(&|lane| figures.pay_gbp[lane] + figures.temporary_gbp[lane]),
            Self::Leavers => figures.leavers,
            Self::Joiners => each(&|lane| {
                figures.newly_qualified[lane]
                    + figures.returners[lane]
                    + figures.wider_market[lane]
                    + figures.international[lane]
            }),
            Self::International => figures.international,
            Self::Intake | Self::Completed => [0.0; muster_engine::LANES],
        }
    }

    /// The same for a programme.
    pub(crate) fn of_training(self, figures: &TrainingFigures) -> Lanes {
        if self == Self::Completed { figures.completed } else { figures.intake }
    }

    pub(crate) fn is_of_training(self) -> bool {
        matches!(self, Self::Intake | Self::Completed)
    }
}

/// The figure of a check or target, which speaks of the plan's whole place unless it names another.
pub(crate) fn answer_for_the_plan(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<f64, RunError> {
    if figure.place.is_none() && !run.covers_the_plan() {
        return Err(RunError::Request("it is about the whole plan, and this run is of some of its places".to_owned()));
    }
    answer(run, scenario, figure)
}

/// The figure, in a scenario of the run.
pub fn answer(run: &Run, scenario: &ScenarioRun, figure: &Figure) -> Result<f64, RunError> {
    if figure.measure.of_ledger() {
        return crate::money::answer(run, scenario, figure);
    }
    answer_at((&run.plan, &run.places), scenario, figure)
}

/// The same for a scenario that was projected for other places than the run's.
pub(crate) fn answer_at(
    (plan, places): (&Plan, &[PlaceCode]),
    scenario: &ScenarioRun,
    figure: &Figure,
) -> Result<f64, RunError> {
    let question = Roll::of_inputs(plan, places, &scenario.resolved.inputs).question(figure)?;
    let projection = &scenario.projection;
    Ok(question.answer(|sum| {
        let of = |i: &usize| {
            if sum.counted.is_of_training() {
                sum.counted.of_programme(&projection.programmes[*i][sum.year])
            } else {
                sum.counted.of_cell(&projection.cells[*i].years[sum.year])
            }
        };
        sum.over.iter().map(of).sum()
    }))
}
