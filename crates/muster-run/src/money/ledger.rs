//! The ledger of a scenario, made from its projection and the prices of the books.

use std::collections::BTreeMap;

use muster_book::{Cost, CostOf, CountedIn, Prices};
use muster_core::{FinancialYear, PlaceCode};
use muster_engine::YearResult;

use super::Line;
use super::make::Maker;
use crate::run::{Run, RunError, ScenarioRun, scenario_named};

/// What a row is about. Each is an index into the taxonomy or the plan's actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Staff.
    Profession(usize),
    /// Students.
    Programme(usize),
    /// Something the plan does.
    Action(usize),
}

/// One line for one subject at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// What the money is spent on.
    pub line: Line,
    /// Where, as an index into the places of the run; none for what belongs to the plan as a whole.
    pub place: Option<usize>,
    /// On whom or what.
    pub subject: Subject,
    /// The pay band, as an index; none where pay is not divided by bands.
    pub band: Option<usize>,
    /// Pounds by year, the baseline first.
    pub gbp: Vec<f64>,
    /// FTE, students or joiners by year: see [`Line::quantity`].
    pub quantity: Vec<f64>,
}

/// A stated cost of an action that another line holds already: shown, and not added.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedCost {
    /// The action, as an index.
    pub action: usize,
    /// The line that holds it.
    pub counted_in: CountedIn,
    /// Pounds by year.
    pub gbp: Vec<f64>,
}

/// Which pounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pounds {
    /// Of the books' price year.
    Real,
    /// Of each year itself.
    Cash,
}

/// What to add up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Line.
    Line,
    /// Profession: pay, temporary staff and hiring.
    Profession,
    /// Pay band: pay of permanent staff.
    Band,
    /// Programme: training.
    Programme,
    /// Place.
    Place,
    /// Action: what actions cost by themselves.
    Action,
}

/// What a scenario costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// The scenario.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// Which pounds.
    pub pounds: Pounds,
    /// The year of the pounds, where they are real.
    pub price_year: FinancialYear,
    /// The years, the baseline first.
    pub years: Vec<FinancialYear>,
    /// Every row. They add up to the total.
    pub rows: Vec<LedgerRow>,
    /// Costs of actions that rows hold already.
    pub stated: Vec<StatedCost>,
    /// The budget of all places together, if each has one.
    pub budget_gbp: Option<Vec<f64>>,
    /// By place.
    pub budget_by_place: Vec<Option<Vec<f64>>>,
    /// What could not be counted, in words.
    pub lacks: Vec<String>,
    /// What a pound of the price year is worth in each year, if that is known.
    cash: Option<Vec<f64>>,
}

/// How far lines may be from the total they belong to, as a share: rounding, no more.
const EXACT: f64 = 1e-9;

impl Ledger {
    /// The ledger of a scenario of a run, in real pounds.
    pub fn of(run: &Run, scenario: &ScenarioRun) -> Result<Self, RunError> {
        let known = scenario_named(&run.plan, &scenario.id)?;
        let prices = run.plan.prices(known, &run.places).map_err(RunError::Plan)?;
        let mut maker = Maker { run, scenario, prices: &prices, rows: Vec::new() };
        maker.staff();
        maker.students();
        let mut lacks = prices.lacks.clone();
        let stated = maker.actions(known, &mut lacks);
        let rows = maker.rows;
        let budget_by_place: Vec<Option<Vec<f64>>> =
            prices.places.iter().map(|place| place.budget_gbp.clone()).collect();
        let ledger = Self {
            scenario: scenario.id.clone(),
            title: scenario.title.clone(),
            pounds: Pounds::Real,
            price_year: prices.price_year,
            years: run.years(),
            rows,
            stated,
            budget_gbp: sum_of_all(&budget_by_place),
            budget_by_place,
            lacks,
            cash: cash_factors(&prices, &run.years()),
        };
        ledger.check(scenario)?;
        Ok(ledger)
    }

    /// Refuses pay that is not the engine's.
    fn check(&self, scenario: &ScenarioRun) -> Result<(), RunError> {
        let of_rows = |lines: &[Line], year: usize| -> f64 {
            self.rows.iter().filter(|row| lines.contains(&row.line)).map(|row| row.gbp[year]).sum()
        };
        let of_cells = |of: fn(&YearResult) -> f64, year: usize| -> f64 {
            scenario.projection.cells.iter().map(|cell| of(&cell.years[year])).sum()
        };
        for year in 0..self.years.len() {
            let pairs = [
                (of_rows(&[Line::PermanentPay], year), of_cells(|result| result.pay_gbp, year)),
                (
                    of_rows(&[Line::TemporaryCover, Line::TemporaryPremium], year),
                    of_cells(|result| result.temporary_gbp, year),
                ),
                (self.by_line().iter().map(|(_, gbp)| gbp[year]).sum(), self.total()[year]),
            ];
            for (rows, whole) in pairs {
                if (rows - whole).abs() > EXACT * whole.abs().max(1.0) {
                    let year = self.years[year];
                    return Err(RunError::Request(format!(
                        "the lines of {} in {year} add to {rows} and the whole is {whole}: a fault of Muster, please report it",
                        self.scenario
                    )));
                }
            }
        }
        Ok(())
    }

    /// The same in the pounds of each year.
    pub fn in_cash(&self) -> Result<Self, RunError> {
        let factors = self.cash.as_ref().ok_or_else(|| {
            RunError::Request(
                "the books do not state inflation for every year (M033): state `inflation`, or ask for --prices real"
                    .to_owned(),
            )
        })?;
        let scale = |gbp: &mut Vec<f64>| gbp.iter_mut().zip(factors).for_each(|(gbp, factor)| *gbp *= factor);
        let mut cash = Self { pounds: Pounds::Cash, ..self.clone() };
        cash.rows.iter_mut().for_each(|row| scale(&mut row.gbp));
        cash.stated.iter_mut().for_each(|stated| scale(&mut stated.gbp));
        cash.budget_by_place.iter_mut().flatten().for_each(scale);
        cash.budget_gbp.iter_mut().for_each(scale);
        Ok(cash)
    }

    /// "2022/23 prices", or "cash".
    pub fn pounds_in_words(&self) -> String {
        match self.pounds {
            Pounds::Real => format!("{} prices", self.price_year),
            Pounds::Cash => "cash, the prices of each year".to_owned(),
        }
    }

    /// Each line by year, in the order of [`Line::ALL`].
    pub fn by_line(&self) -> Vec<(Line, Vec<f64>)> {
        Line::ALL.into_iter().map(|line| (line, self.sum(|row| row.line == line))).collect()
    }

    /// Everything by year.
    pub fn total(&self) -> Vec<f64> {
        self.sum(|_| true)
    }

    /// The sum of some rows by year.
    pub fn sum(&self, of: impl Fn(&LedgerRow) -> bool) -> Vec<f64> {
        let mut sum = vec![0.0; self.years.len()];
        for row in self.rows.iter().filter(|row| of(row)) {
            sum.iter_mut().zip(&row.gbp).for_each(|(sum, gbp)| *sum += gbp);
        }
        sum
    }

    /// How much more is spent than there is, by year; nothing without a budget.
    pub fn affordability_gap(&self) -> Option<Vec<f64>> {
        let budget = self.budget_gbp.as_ref()?;
        Some(self.total().iter().zip(budget).map(|(spent, budget)| spent - budget).collect())
    }

    /// The rows of the places that `keep` picks, with their budgets.
    #[must_use]
    pub fn within(&self, keep: impl Fn(usize) -> bool) -> Self {
        let mut here = self.clone();
        here.rows.retain(|row| row.place.is_some_and(&keep));
        let budgets = here.budget_by_place.iter().enumerate().filter(|(place, _)| keep(*place));
        here.budget_gbp = sum_of_all(&budgets.map(|(_, budget)| budget.clone()).collect::<Vec<_>>());
        here
    }

    /// Sums by year, by whatever is asked for, each with its title; what is all nought is left out, but for lines.
    pub fn by(&self, run: &Run, by: By) -> Vec<(String, Vec<f64>)> {
        let taxonomy = &run.plan.shelf.taxonomy;
        if by == By::Line {
            return self.by_line().into_iter().map(|(line, gbp)| (line.title().to_owned(), gbp)).collect();
        }
        let mut sums: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        let bands = run.plan.pay_bands().map_or(0, |bands| bands.bands.len());
        let whole_plan = run.places.len();
        for row in &self.rows {
            let key = match (by, row.subject) {
                (By::Profession, Subject::Profession(i))
                | (By::Programme, Subject::Programme(i))
                | (By::Action, Subject::Action(i)) => i,
                (By::Band, Subject::Profession(_)) if row.line == Line::PermanentPay => row.band.unwrap_or(bands),
                (By::Place, _) => row.place.unwrap_or(whole_plan),
                _ => continue,
            };
            let sum = sums.entry(key).or_insert_with(|| vec![0.0; self.years.len()]);
            sum.iter_mut().zip(&row.gbp).for_each(|(sum, gbp)| *sum += gbp);
        }
        let title = |key: usize| match by {
            By::Profession => taxonomy.professions[key].title.clone(),
            By::Programme => taxonomy.programmes[key].title.clone(),
            By::Action => run.plan.actions[key].title.clone(),
            By::Place => run.places.get(key).map_or_else(|| "The plan as a whole".to_owned(), |code| place(run, code)),
            By::Band | By::Line => run
                .plan
                .pay_bands()
                .and_then(|bands| bands.bands.get(key))
                .map_or_else(|| "Scales of their own (doctors, dentists)".to_owned(), |band| band.title.clone()),
        };
        sums.into_iter().map(|(key, gbp)| (title(key), gbp)).filter(|(_, gbp)| gbp.iter().any(|v| *v != 0.0)).collect()
    }
}

fn place(run: &Run, code: &PlaceCode) -> String {
    run.plan.shelf.places.get(code).map_or_else(|| code.to_string(), |place| place.name.clone())
}

/// The sum of budgets; nothing where one is missing.
fn sum_of_all(parts: &[Option<Vec<f64>>]) -> Option<Vec<f64>> {
    let mut parts = parts.iter();
    let mut sum = parts.next()?.clone()?;
    for part in parts {
        sum.iter_mut().zip(part.as_ref()?).for_each(|(sum, part)| *sum += part);
    }
    Some(sum)
}

fn cash_factors(prices: &Prices, years: &[FinancialYear]) -> Option<Vec<f64>> {
    let index = prices.index.as_ref()?;
    years.iter().map(|year| index.factor(prices.price_year, *year)).collect()
}

/// A cost by year, in the price year of the books; nothing where it cannot be converted.
pub(super) fn cost_by_year(cost: &Cost, gbp: f64, prices: &Prices, years: &[FinancialYear]) -> Option<Vec<f64>> {
    let factor = match &prices.index {
        Some(index) => index.factor(cost.price_year, prices.price_year)?,
        None if cost.price_year == prices.price_year => 1.0,
        None => return None,
    };
    Some(years.iter().map(|year| gbp * factor * cost.share_of(*year)).collect())
}

pub(super) fn line_of(cost: &Cost) -> Line {
    match cost.what {
        CostOf::Recurrent => Line::ActionsRecurrent,
        CostOf::OneOff => Line::ActionsOneOff,
        CostOf::Retention => Line::ActionsRetention,
    }
}
