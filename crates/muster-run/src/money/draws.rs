//! How sure the money is: the same futures with the same scores as the rest of the run, and prices drawn from their own ranges.

use muster_book::{Check, Desk, FigureMeasure, Form, PriceFutures, Prices, Scenario, Stands};
use muster_draws::sampler::{Path, Sampler, Variable};
use muster_draws::summary::{Scratch, Summary};
use muster_engine::{Block, Figures, Keep, LANES, Lanes, Model, TrainingFigures};
use rayon::prelude::*;

use super::Line;
use super::ledger::cost_by_year;
use crate::run::{Run, RunError, scenario_named};
use crate::uncertainty::Ask;
use crate::uncertainty::drawing::{Drawing, Drawn};

/// What is summed up in each draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A line; the three of actions are one item.
    Line(Line),
    /// What actions cost by themselves.
    Actions,
    /// Everything.
    Total,
    /// Everything less the budget.
    OverBudget,
    /// Permanent staff, in FTE.
    Fte,
    /// Training of one programme, as an index.
    Programme(usize),
}

/// Lines that the draws tell apart, in order.
const LINES: [Line; 6] = [
    Line::PermanentPay,
    Line::TemporaryCover,
    Line::TemporaryPremium,
    Line::Training,
    Line::Hiring,
    Line::International,
];
const PERMANENT: usize = 0;
const COVER: usize = 1;
const PREMIUM: usize = 2;
const TRAINING: usize = 3;
const HIRING: usize = 4;
const INTERNATIONAL: usize = 5;
const ACTIONS: usize = 6;
const TOTAL: usize = 7;
const OVER: usize = 8;
const FTE: usize = 9;
const PROGRAMMES: usize = 10;

/// Most draws that are taken for money: enough for the ends of a 95% interval.
const MOST: usize = 512;

/// An item in a year: what the draws say.
pub type Measured = Summary;

/// What the draws say of one scenario, or of one less another.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioMoney {
    /// The scenario.
    pub id: String,
    /// By item and year, in every draw.
    values: Vec<Vec<Vec<f64>>>,
}

/// What the draws say.
#[derive(Debug, Clone, PartialEq)]
pub struct MoneyDraws {
    /// How many.
    pub draws: usize,
    /// What was asked for.
    ask: Ask,
    /// The scenarios of the run, in order.
    pub scenarios: Vec<ScenarioMoney>,
    has_budget: bool,
}

impl MoneyDraws {
    /// Draws the money of every scenario of a run. The scores are those of the run's own draws, so that what is dear here is dear there.
    pub fn of(run: &Run, ask: &Ask) -> Result<Self, RunError> {
        let draws = ask.draws.unwrap_or(MOST).clamp(2, MOST);
        let misfit = |misfit: muster_draws::sampler::Misfit| RunError::Request(misfit.to_string());
        let method = ask.method();
        let scored = |sampler: &Sampler| Drawn::new(sampler, draws, method);
        let engine = scored(&run.plan.sampler(ask.seed, method).map_err(misfit)?);
        let prices = scored(&run.plan.price_sampler(ask.seed, method).map_err(misfit)?);
        let names = costs(run).map(|(name, _, _)| Variable { name, path: Path::Fixed }).collect();
        let costs = scored(&Sampler::new(ask.seed, method, names, Vec::new(), 0).map_err(misfit)?);
        let scores = Scores { engine, prices, costs };
        let made = run.scenarios.iter().map(|scenario| {
            let known = scenario_named(&run.plan, &scenario.id)?;
            let drawing = crate::uncertainty::drawing_of_run(run, &scenario.id)?;
            let priced = run.plan.price_futures(known, &run.places).map_err(RunError::Plan)?;
            let values = draw(run, known, &drawing, &priced, &scores, draws)?;
            Ok(ScenarioMoney { id: scenario.id.clone(), values })
        });
        let scenarios = made.collect::<Result<Vec<_>, RunError>>()?;
        let known = scenario_named(&run.plan, &run.scenarios[0].id)?;
        let central = run.plan.prices(known, &run.places).map_err(RunError::Plan)?;
        let has_budget = central.places.iter().all(|place| place.budget_gbp.is_some());
        Ok(Self { draws, ask: ask.clone(), scenarios, has_budget })
    }

    /// What the draws say of an item of a scenario in a year.
    pub fn summary(&self, scenario: &str, item: Item, year: usize) -> Option<Measured> {
        let values = self.values(scenario, item)?;
        self.sum_up(&values[year])
    }

    /// The same of how much more it is than in another scenario, future by future.
    pub fn difference(&self, scenario: &str, other: &str, item: Item, year: usize) -> Option<Measured> {
        let (a, b) = (&self.values(scenario, item)?[year], &self.values(other, item)?[year]);
        self.sum_up(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>())
    }

    /// The growth a year of the pay bill, with temporary staff, from the baseline to the horizon.
    pub fn pay_bill_growth(&self, scenario: &str) -> Option<Measured> {
        let lines = [Line::PermanentPay, Line::TemporaryCover, Line::TemporaryPremium].map(Item::Line);
        let values = lines.iter().map(|item| self.values(scenario, *item)).collect::<Option<Vec<_>>>()?;
        let end = values[0].len() - 1;
        let bill = |year: usize, draw: usize| -> f64 { values.iter().map(|item| item[year][draw]).sum() };
        let growth = |draw: usize| (bill(end, draw) / bill(0, draw)).powf(1.0 / end as f64) - 1.0;
        self.sum_up(&(0..self.draws).map(growth).collect::<Vec<_>>())
    }

    /// What the draws say of the figure of a check, where it is of everyone together and in pounds.
    pub fn of_check(&self, run: &Run, check: &Check) -> Option<Measured> {
        let figure = &check.figure;
        let lines = |lines: &[Line]| lines.iter().map(|line| Item::Line(*line)).collect();
        let items: Vec<Item> = match (figure.measure, &figure.programmes) {
            (FigureMeasure::PayBillGbp, _) => {
                lines(&[Line::PermanentPay, Line::TemporaryCover, Line::TemporaryPremium])
            }
            (FigureMeasure::TemporaryGbp, _) => lines(&[Line::TemporaryCover, Line::TemporaryPremium]),
            (FigureMeasure::TrainingGbp, Some(programmes)) => programmes.iter().map(|i| Item::Programme(*i)).collect(),
            (FigureMeasure::TrainingGbp, None) => lines(&[Line::Training]),
            (FigureMeasure::RecruitmentGbp, _) => lines(&[Line::Hiring, Line::International]),
            (FigureMeasure::SpendGbp, _) => vec![Item::Total],
            _ => return None,
        };
        let for_all = figure.professions.is_none();
        let everywhere = figure.setting.is_none() && figure.place.is_none() && run.covers_the_plan();
        let last = run.year_index(figure.year)?;
        let first = figure.since.map_or(Some(last), |since| run.year_index(since))?;
        let in_draws = |scenario: &str| -> Option<Vec<f64>> {
            let mut sum = vec![0.0; self.draws];
            let mut add = |year: usize, sign: f64| -> Option<()> {
                for item in &items {
                    let values = &self.values(scenario, *item)?[year];
                    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += sign * value);
                }
                Some(())
            };
            match figure.form {
                Form::Value => add(last, 1.0)?,
                Form::Change => add(last, 1.0).and_then(|()| add(first, -1.0))?,
                Form::Total => (first..=last).try_for_each(|year| add(year, 1.0))?,
                Form::Ratio | Form::Growth => return None,
            }
            Some(sum)
        };
        if !(for_all && everywhere) {
            return None;
        }
        let mut values = in_draws(&check.scenario)?;
        if let Some(against) = &check.against {
            let other = in_draws(against)?;
            values.iter_mut().zip(&other).for_each(|(value, other)| *value -= other);
        }
        self.sum_up(&values)
    }

    fn values(&self, scenario: &str, item: Item) -> Option<&Vec<Vec<f64>>> {
        let scenario = self.scenarios.iter().find(|known| known.id == scenario)?;
        let index = match item {
            Item::Line(line) => LINES.iter().position(|known| *known == line)?,
            Item::Actions => ACTIONS,
            Item::Total => TOTAL,
            Item::OverBudget if self.has_budget => OVER,
            Item::OverBudget => return None,
            Item::Fte => FTE,
            Item::Programme(programme) => PROGRAMMES + programme,
        };
        scenario.values.get(index)
    }

    fn sum_up(&self, values: &[f64]) -> Option<Measured> {
        Summary::of(values, self.ask.method(), &mut Scratch::default())
    }
}

/// The costs of actions that are not certain: the name of each one's random numbers, its action and its place in the list.
fn costs(run: &Run) -> impl Iterator<Item = (String, usize, usize)> {
    let of_action = |(i, action): (usize, &muster_book::Action)| -> Vec<(String, usize, usize)> {
        let uncertain = action.costs.iter().enumerate().filter(|(_, cost)| cost.gbp.low < cost.gbp.high);
        uncertain.map(|(n, _)| (format!("cost/{}/{n}", action.id), i, n)).collect()
    };
    run.plan.actions.iter().enumerate().flat_map(of_action).collect::<Vec<_>>().into_iter()
}

struct Scores {
    engine: Drawn,
    prices: Drawn,
    costs: Drawn,
}

/// By item, year and draw.
fn draw(
    run: &Run,
    scenario: &Scenario,
    drawing: &Drawing,
    priced: &PriceFutures,
    scores: &Scores,
    draws: usize,
) -> Result<Vec<Vec<Vec<f64>>>, RunError> {
    let items = PROGRAMMES + run.plan.shelf.taxonomy.programmes.len();
    let years = run.years().len();
    let known: Vec<(String, usize, usize)> = costs(run).collect();
    let all: Vec<usize> = (0..run.places.len()).collect();
    let mut out = vec![[0.0; LANES]; draws.div_ceil(LANES) * items * years];
    out.par_chunks_mut(items * years).enumerate().try_for_each_init(
        || (drawing.worker(), Desk::default(), priced.block()),
        |(worker, desk, block), (b, out)| -> Result<(), RunError> {
            let price_score = |assumption: usize, year: usize| scores.prices.lanes(b, assumption, year);
            priced.fill(&Stands::Scores(&price_score), desk, block);
            let prices: Vec<Prices> = (0..LANES).map(|lane| priced.read(block, lane)).collect();
            let score = |assumption: usize, year: usize| scores.engine.lanes(b, assumption, year);
            drawing.futures.fill(&Stands::Scores(&score), &mut worker.desk, &mut worker.block);
            let mut keeper = Keeper::new(&drawing.futures.model, &worker.block, &prices, years, out);
            drawing.project_block(worker, &all, &mut keeper)?;
            let drawn_cost = |action: usize, n: usize, lane: usize| {
                let cost = &run.plan.actions[action].costs[n];
                let which = known.iter().position(|(_, a, k)| (*a, *k) == (action, n));
                which.map_or(cost.gbp.value, |which| cost.gbp.spread.at(scores.costs.lanes(b, which, 0)[lane]))
            };
            keeper.actions(run, scenario, &drawn_cost);
            keeper.finish();
            Ok(())
        },
    )?;
    let value =
        |item: usize, year: usize, draw: usize| out[(draw / LANES) * items * years + item * years + year][draw % LANES];
    let of_year = |item: usize, year: usize| (0..draws).map(|draw| value(item, year, draw)).collect();
    Ok((0..items).map(|item| (0..years).map(|year| of_year(item, year)).collect()).collect())
}

/// Adds up the money of a block of eight futures, by item and year.
pub(super) struct Keeper<'a> {
    model: &'a Model,
    /// By the model's money and year.
    premium: Vec<Vec<Lanes>>,
    /// For each future, or one for all.
    prices: &'a [Prices],
    years: usize,
    out: &'a mut [Lanes],
}

impl<'a> Keeper<'a> {
    pub(super) fn new(
        model: &'a Model,
        block: &Block,
        prices: &'a [Prices],
        years: usize,
        out: &'a mut [Lanes],
    ) -> Self {
        let of_money = |money: &muster_engine::ModelMoney| {
            (0..years).map(|year| *block.get(model.slot(money.temporary_premium, year))).collect()
        };
        Self { model, premium: model.money.iter().map(of_money).collect(), prices, years, out }
    }

    /// How many items and years there are room for.
    pub(super) fn width(programmes: usize, years: usize) -> usize {
        (PROGRAMMES + programmes) * years
    }

    fn add(&mut self, item: usize, year: usize, value: impl Fn(usize) -> f64) {
        let to = &mut self.out[item * self.years + year];
        to.iter_mut().enumerate().for_each(|(lane, to)| *to += value(lane));
    }

    fn prices(&self, lane: usize) -> &'a Prices {
        let prices = self.prices;
        prices.get(lane).unwrap_or(&prices[0])
    }

    /// What the scenario's actions cost by themselves, where the run is of the whole plan.
    fn actions(&mut self, run: &Run, scenario: &Scenario, gbp: &dyn Fn(usize, usize, usize) -> f64) {
        if !run.covers_the_plan() {
            return;
        }
        let years = run.years();
        for &action in &scenario.actions {
            for (n, cost) in run.plan.actions[action].costs.iter().enumerate() {
                if cost.counted_in.is_some() {
                    continue;
                }
                for lane in 0..LANES {
                    let by_year = cost_by_year(cost, gbp(action, n, lane), self.prices(lane), &years);
                    for (year, gbp) in by_year.into_iter().flatten().enumerate() {
                        self.out[ACTIONS * self.years + year][lane] += gbp;
                    }
                }
            }
        }
    }

    /// The total, and what of it is over the budget.
    pub(super) fn finish(&mut self) {
        for year in 0..self.years {
            for lane in 0..LANES {
                let at = |item: usize| item * self.years + year;
                let total: f64 = (0..=ACTIONS).map(|item| self.out[at(item)][lane]).sum();
                let places = &self.prices(lane).places;
                let budget: f64 =
                    places.iter().map(|place| place.budget_gbp.as_ref().map_or(0.0, |budget| budget[year])).sum();
                self.out[at(TOTAL)][lane] = total;
                self.out[at(OVER)][lane] = total - budget;
            }
        }
    }
}

impl Keep for Keeper<'_> {
    fn cell(&mut self, cell: usize, year: usize, figures: &Figures) {
        let of = &self.model.cells[cell];
        let (place, profession) = (of.place, of.profession);
        let premium = self.premium[self.model.places[place].money][year];
        self.add(PERMANENT, year, |lane| figures.pay_gbp[lane]);
        self.add(COVER, year, |lane| figures.temporary_gbp[lane] / premium[lane]);
        self.add(PREMIUM, year, |lane| figures.temporary_gbp[lane] * (1.0 - 1.0 / premium[lane]));
        self.add(FTE, year, |lane| figures.fte[lane]);
        let prices: [&Prices; LANES] = std::array::from_fn(|lane| self.prices(lane));
        let price = |of: &Option<Vec<f64>>| of.as_ref().map_or(0.0, |by_year| by_year[year]);
        self.add(HIRING, year, |lane| {
            let hired = figures.newly_qualified[lane] + figures.returners[lane] + figures.wider_market[lane];
            hired * price(&prices[lane].places[place].hiring_gbp[profession])
        });
        self.add(INTERNATIONAL, year, |lane| {
            figures.international[lane] * price(&prices[lane].places[place].international_gbp[profession])
        });
    }

    fn programme(&mut self, programme: usize, year: usize, figures: &TrainingFigures) {
        let of = &self.model.programmes[programme];
        let (place, programme) = (of.place, of.programme);
        let prices: [&Prices; LANES] = std::array::from_fn(|lane| self.prices(lane));
        let gbp = |lane: usize| {
            let price = &prices[lane].places[place].training_gbp[programme];
            figures.students[lane] * price.as_ref().map_or(0.0, |by_year| by_year[year])
        };
        self.add(TRAINING, year, gbp);
        self.add(PROGRAMMES + programme, year, gbp);
    }
}

/// An item of one future, by year.
pub(super) fn lane_of(out: &[Lanes], years: usize, item: Item, lane: usize) -> Vec<f64> {
    let index = match item {
        Item::Line(line) => LINES.iter().position(|known| *known == line).unwrap_or(TOTAL),
        Item::Actions => ACTIONS,
        Item::Total => TOTAL,
        Item::OverBudget => OVER,
        Item::Fte => FTE,
        Item::Programme(programme) => PROGRAMMES + programme,
    };
    (0..years).map(|year| out[index * years + year][lane]).collect()
}
