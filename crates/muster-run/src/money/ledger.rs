//! The ledger of a scenario, made from its projection and the prices of the books.

use std::collections::BTreeMap;

use muster_book::{Action, Cost, CostOf, CountedIn, Prices, Scenario};
use muster_core::{FinancialYear, PlaceCode};
use muster_engine::{Cause, YearResult};

use super::Line;
use crate::run::{Run, RunError, ScenarioRun, scenario_named};

/// Causes by which people are hired at home.
pub(super) const HIRED: [Cause; 3] = [Cause::NewlyQualified, Cause::Returner, Cause::WiderLabourMarket];

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

struct Maker<'a> {
    run: &'a Run,
    scenario: &'a ScenarioRun,
    prices: &'a Prices,
    rows: Vec<LedgerRow>,
}

impl Maker<'_> {
    /// The sum over the settings of a profession at a place, by year.
    fn by_year(&self, cells: &[usize], of: impl Fn(&YearResult) -> f64) -> Vec<f64> {
        let cells = cells.iter().map(|i| &self.scenario.projection.cells[*i].years);
        let mut sum = vec![0.0; self.run.years().len()];
        for years in cells {
            sum.iter_mut().zip(years).for_each(|(sum, year)| *sum += of(year));
        }
        sum
    }

    fn staff(&mut self) {
        let mut cells: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (i, cell) in self.scenario.resolved.inputs.cells.iter().enumerate() {
            cells.entry((cell.place, cell.profession)).or_default().push(i);
        }
        for ((place, profession), cells) in cells {
            self.permanent(place, profession, &cells);
            self.temporary(place, profession, &cells);
            self.joiners(place, profession, &cells);
        }
    }

    fn push(&mut self, line: Line, place: usize, subject: Subject, gbp: Vec<f64>, quantity: Vec<f64>) {
        self.rows.push(LedgerRow { line, place: Some(place), subject, band: None, gbp, quantity });
    }

    /// A row for each pay band; the last takes what rounding leaves, so that they add up to the profession's pay.
    fn permanent(&mut self, place: usize, profession: usize, cells: &[usize]) {
        let (gbp, fte) = (self.by_year(cells, |year| year.pay_gbp), self.by_year(cells, |year| year.fte));
        let bands = self.run.plan.pay_bands();
        let shares = bands.map(|bands| bands.shares_of_pay(profession)).unwrap_or_default();
        let subject = Subject::Profession(profession);
        let Some(((last, _), before)) = shares.split_last() else {
            self.push(Line::PermanentPay, place, subject, gbp, fte);
            return;
        };
        let of_fte = |band: usize| bands.map_or(0.0, |bands| bands.mix[profession][band]);
        let (mut gbp_left, mut fte_left) = (gbp.clone(), fte.clone());
        let mut row = |band: usize, gbp: Vec<f64>, quantity: Vec<f64>| {
            let (line, place) = (Line::PermanentPay, Some(place));
            self.rows.push(LedgerRow { line, place, subject, band: Some(band), gbp, quantity });
        };
        for (band, share) in before {
            let take = |from: &[f64], left: &mut [f64], share: f64| -> Vec<f64> {
                let part: Vec<f64> = from.iter().map(|whole| whole * share).collect();
                left.iter_mut().zip(&part).for_each(|(left, part)| *left -= part);
                part
            };
            let (gbp, fte) = (take(&gbp, &mut gbp_left, *share), take(&fte, &mut fte_left, of_fte(*band)));
            row(*band, gbp, fte);
        }
        row(*last, gbp_left, fte_left);
    }

    fn temporary(&mut self, place: usize, profession: usize, cells: &[usize]) {
        let premium = &self.scenario.resolved.inputs.places[place].money.temporary_premium;
        let gbp = self.by_year(cells, |year| year.temporary_gbp);
        let fte = self.by_year(cells, |year| year.temporary_fte);
        let cover: Vec<f64> = gbp.iter().zip(premium).map(|(gbp, premium)| gbp / premium).collect();
        let extra = gbp.iter().zip(&cover).map(|(gbp, cover)| gbp - cover).collect();
        let subject = Subject::Profession(profession);
        self.push(Line::TemporaryCover, place, subject, cover, fte.clone());
        self.push(Line::TemporaryPremium, place, subject, extra, fte);
    }

    fn joiners(&mut self, place: usize, profession: usize, cells: &[usize]) {
        let prices = &self.prices.places[place];
        let lines: [(Line, &Option<Vec<f64>>, &[Cause]); 2] = [
            (Line::Hiring, &prices.hiring_gbp[profession], &HIRED),
            (Line::International, &prices.international_gbp[profession], &[Cause::International]),
        ];
        for (line, price, causes) in lines {
            let Some(price) = price else { continue };
            let joiners =
                self.by_year(cells, |year| causes.iter().map(|cause| year.flow(*cause).headcount).sum::<f64>());
            let gbp = joiners.iter().zip(price).map(|(joiners, price)| joiners * price).collect();
            self.push(line, place, Subject::Profession(profession), gbp, joiners);
        }
    }

    fn students(&mut self) {
        let both = self.scenario.resolved.inputs.programmes.iter().zip(&self.scenario.projection.programmes);
        for (programme, years) in both {
            let prices = &self.prices.places[programme.place];
            let Some(price) = &prices.training_gbp[programme.programme] else { continue };
            let students: Vec<f64> = years.iter().map(|year| year.students).collect();
            let gbp = students.iter().zip(price).map(|(students, price)| students * price).collect();
            self.push(Line::Training, programme.place, Subject::Programme(programme.programme), gbp, students);
        }
    }

    /// What the scenario's actions cost. They belong to the plan as a whole: a run of some of its places does not share them out.
    fn actions(&mut self, scenario: &Scenario, lacks: &mut Vec<String>) -> Vec<StatedCost> {
        let years = self.run.years();
        let mut stated = Vec::new();
        let costed: Vec<(usize, &Action)> = scenario.actions.iter().map(|i| (*i, &self.run.plan.actions[*i])).collect();
        if !self.run.covers_the_plan() && costed.iter().any(|(_, action)| !action.costs.is_empty()) {
            lacks.push("no place's share of what actions cost: they are costed for the plan as a whole".to_owned());
            return stated;
        }
        for (i, action) in costed {
            for cost in &action.costs {
                let Some(gbp) = cost_by_year(cost, cost.gbp.value, self.prices, &years) else {
                    lacks.push(format!(
                        "no inflation to bring what `{}` costs from {} prices",
                        action.id, cost.price_year
                    ));
                    continue;
                };
                match cost.counted_in {
                    Some(counted_in) => stated.push(StatedCost { action: i, counted_in, gbp }),
                    None => {
                        let (line, subject) = (line_of(cost), Subject::Action(i));
                        let quantity = vec![0.0; years.len()];
                        self.rows.push(LedgerRow { line, place: None, subject, band: None, gbp, quantity });
                    }
                }
            }
        }
        stated
    }
}
