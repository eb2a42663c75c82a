//! What a plan comes to in a place: the amounts that are added up, and what double counting and triangulation are found from.

use std::ops::AddAssign;

use muster_book::Plan;
use muster_core::{PlaceCode, Setting};
use muster_engine::{Drivers, EngineError, Step, demand_index};
use muster_run::RunError;

use super::amounts::Ledger;

/// What a plan comes to, by year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Account {
    /// The amounts of the statement.
    pub ledger: Ledger,
    /// Care to be given, in the FTE that it would have taken at the baseline: demand before productivity and skill mix.
    pub activity_fte: Vec<f64>,
    /// People who finished each programme and joined, by programme of the taxonomy.
    pub joined: Vec<Vec<f64>>,
    /// People who finished each programme.
    pub completed: Vec<Vec<f64>>,
}

impl Account {
    /// This account less another. What neither has stays nothing.
    #[must_use]
    pub fn less(&self, other: &Self) -> Self {
        let mut left = self.clone();
        left.ledger = &self.ledger - &other.ledger;
        subtract(&mut left.activity_fte, &other.activity_fte);
        left.joined.iter_mut().zip(&other.joined).for_each(|(mine, others)| subtract(mine, others));
        left.completed.iter_mut().zip(&other.completed).for_each(|(mine, others)| subtract(mine, others));
        left
    }
}

fn subtract(mine: &mut [f64], others: &[f64]) {
    mine.iter_mut().zip(others).for_each(|(mine, others)| *mine -= others);
}

fn add(mine: &mut Vec<f64>, others: &[f64]) {
    mine.resize(mine.len().max(others.len()), 0.0);
    mine.iter_mut().zip(others).for_each(|(mine, others)| *mine += others);
}

impl AddAssign<&Self> for Account {
    fn add_assign(&mut self, other: &Self) {
        self.ledger += &other.ledger;
        add(&mut self.activity_fte, &other.activity_fte);
        for (mine, others) in [(&mut self.joined, &other.joined), (&mut self.completed, &other.completed)] {
            mine.resize(mine.len().max(others.len()), Vec::new());
            mine.iter_mut().zip(others).for_each(|(mine, others)| add(mine, others));
        }
    }
}

impl<'a> std::iter::Sum<&'a Self> for Account {
    fn sum<I: Iterator<Item = &'a Self>>(accounts: I) -> Self {
        let mut sum = Self::default();
        accounts.for_each(|account| sum += account);
        sum
    }
}

/// What a plan comes to in each of some places.
pub fn accounts(plan: &Plan, scenario: &str, places: &[PlaceCode]) -> Result<Vec<Account>, RunError> {
    let named = plan.scenario(scenario).ok_or_else(|| {
        let known: Vec<&str> = plan.scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
        let text = format!("the plan `{}` has no scenario called `{scenario}`; it has {}", plan.id, known.join(", "));
        RunError::Request(text)
    })?;
    let resolved = plan.resolve(named, places, Step::Year).map_err(RunError::Plan)?;
    let inputs = &resolved.inputs;
    let projection = muster_engine::project(inputs)
        .map_err(|error: EngineError| RunError::Engine { scenario: scenario.to_owned(), error })?;
    let courses = plan.shelf.taxonomy.programmes.len();
    let of_place = |place: usize| {
        let cells: Vec<usize> = (0..inputs.cells.len()).filter(|i| inputs.cells[*i].place == place).collect();
        let programmes: Vec<usize> =
            (0..inputs.programmes.len()).filter(|i| inputs.programmes[*i].place == place).collect();
        let by_course = |counted: &dyn Fn(usize, usize) -> f64| {
            let mut people = vec![vec![0.0; resolved.years.len()]; courses];
            for &programme in &programmes {
                for (year, sum) in people[inputs.programmes[programme].programme].iter_mut().enumerate() {
                    *sum += counted(programme, year);
                }
            }
            people
        };
        let index = activity_index(&inputs.places[place].drivers);
        let need = |setting: usize| -> f64 {
            let here = cells.iter().filter(|cell| inputs.cells[**cell].setting.index() == setting);
            here.map(|cell| inputs.cells[*cell].demand_base_fte).sum()
        };
        let needs: Vec<f64> = (0..Setting::ALL.len()).map(need).collect();
        Account {
            ledger: Ledger::of(&projection, &cells, &programmes),
            activity_fte: index
                .iter()
                .map(|year| year.iter().zip(&needs).map(|(growth, fte)| growth * fte).sum())
                .collect(),
            joined: by_course(&|programme, year| projection.programmes[programme][year].joined),
            completed: by_course(&|programme, year| projection.programmes[programme][year].completed),
        }
    };
    Ok((0..places.len()).map(of_place).collect())
}

/// Growth of care by setting: that of demand, were nobody to become more productive.
fn activity_index(drivers: &Drivers) -> Vec<[f64; Setting::ALL.len()]> {
    let steady = vec![[0.0; Setting::ALL.len()]; drivers.productivity_growth.len()];
    demand_index(&Drivers { productivity_growth: steady, ..drivers.clone() })
}
