//! What things cost, looked up for the places and years of a run: training, hiring, recruiting abroad, and the budget.
//!
//! The engine reads none of it. A book need not state prices; what it leaves out is listed, and is then not counted.

use std::collections::BTreeSet;

use muster_core::{FinancialYear, PlaceCode};
use muster_engine::{Block, Slot};

use super::futures::{Desk, Futures, Line, Stands};
use super::{Assumption, Opens, Resolver, Shares};
use crate::assumption::Scope;
use crate::diagnostic::Diagnostic;
use crate::measure::Measure;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::shelf::{Ask, Shelf};

/// Prices by year, the baseline first; none where the books do not state them for every year.
type ByYear<T> = Option<Vec<T>>;

/// What things cost in a scenario, in pounds of the books' price year.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    /// The year of the pounds.
    pub price_year: FinancialYear,
    /// What turns pounds of one year into those of another; none where the books do not state inflation for every year needed.
    pub index: Option<PriceIndex>,
    /// The places, in the order of the run.
    pub places: Vec<PlacePrices>,
    /// What the books do not price, in words, each once: it is not counted.
    pub lacks: Vec<String>,
}

/// What things cost in one place. Years are counted from the baseline.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlacePrices {
    /// For a student and a year of study, by programme.
    pub training_gbp: Vec<ByYear<f64>>,
    /// For a joiner who is newly qualified, comes back or joins from the wider labour market, by profession.
    pub hiring_gbp: Vec<ByYear<f64>>,
    /// For a recruit from abroad, by profession.
    pub international_gbp: Vec<ByYear<f64>>,
    /// Of the whole place. A system without its own has England's times its share of England's staff in post at the baseline.
    pub budget_gbp: ByYear<f64>,
}

/// Prices in general, by financial year.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceIndex {
    first: FinancialYear,
    level: Vec<f64>,
}

impl PriceIndex {
    /// From the first year and the growth of each later one.
    pub fn new(first: FinancialYear, growth: impl IntoIterator<Item = f64>) -> Self {
        let mut level = vec![1.0];
        level.extend(growth.into_iter().scan(1.0, |level, growth| {
            *level *= 1.0 + growth;
            Some(*level)
        }));
        Self { first, level }
    }

    /// What a pound of one year is worth in pounds of another; none where a year is not known.
    pub fn factor(&self, from: FinancialYear, to: FinancialYear) -> Option<f64> {
        let at = |year: FinancialYear| {
            usize::try_from(year.years_since(self.first)).ok().and_then(|index| self.level.get(index))
        };
        Some(at(to)? / at(from)?)
    }
}

/// The same, with what is uncertain left open.
#[derive(Debug, Clone)]
pub struct PriceFutures {
    futures: Futures,
    price_year: FinancialYear,
    /// The year before the first whose growth is known, and the growth of each year.
    inflation: Option<(FinancialYear, Vec<Slot>)>,
    places: Vec<PlaceSlots>,
    lacks: Vec<String>,
}

/// Where the prices of a place stand.
#[derive(Debug, Clone)]
struct PlaceSlots {
    training: Vec<ByYear<Slot>>,
    hiring: Vec<ByYear<Slot>>,
    international: Vec<ByYear<Slot>>,
    budget: ByYear<Slot>,
}

impl Plan {
    /// What things cost in a scenario, for some places, where the books say.
    pub fn prices(&self, scenario: &Scenario, places: &[PlaceCode]) -> Result<Prices, Vec<Diagnostic>> {
        self.price_futures(scenario, places).map(|futures| futures.central())
    }

    /// The same, with the uncertain prices left open, in the order of [`Plan::uncertain_prices`].
    pub fn price_futures(&self, scenario: &Scenario, places: &[PlaceCode]) -> Result<PriceFutures, Vec<Diagnostic>> {
        let mut resolver = Resolver::new(self, scenario);
        resolver.open(self.uncertain_prices(), Opens::Ranges);
        let mut lacks = BTreeSet::new();
        let inflation = resolver.inflation(&mut lacks);
        let slots = places.iter().map(|place| resolver.prices_of(place, &mut lacks)).collect();
        let Resolver { diagnostics, model, sheet, assumptions, .. } = resolver.report();
        let futures = Futures::new(model, places.to_vec(), self.years(), assumptions, sheet);
        diagnostics.into_result(PriceFutures {
            futures,
            price_year: self.price_year.unwrap_or(self.from),
            inflation,
            places: slots,
            lacks: lacks.into_iter().collect(),
        })
    }
}

impl PriceFutures {
    /// The uncertain prices that scores are asked for, by their index.
    pub fn assumptions(&self) -> &[Assumption] {
        &self.futures.assumptions
    }

    /// Every price where the books say.
    pub fn central(&self) -> Prices {
        self.read(&self.futures.block(), 0)
    }

    /// Room for eight futures.
    pub fn block(&self) -> Block {
        self.futures.block()
    }

    /// Works out eight futures, for where the uncertain prices stand.
    pub fn fill(&self, stands: &Stands<'_>, desk: &mut Desk, block: &mut Block) {
        self.futures.fill(stands, desk, block);
    }

    /// The prices of one of eight futures.
    pub fn read(&self, block: &Block, lane: usize) -> Prices {
        let one = |slots: &ByYear<Slot>| {
            let value = |slot: &Slot| block.values[slot.0 as usize][lane];
            slots.as_ref().map(|slots| slots.iter().map(value).collect())
        };
        let all = |list: &[ByYear<Slot>]| list.iter().map(one).collect();
        let place = |of: &PlaceSlots| PlacePrices {
            training_gbp: all(&of.training),
            hiring_gbp: all(&of.hiring),
            international_gbp: all(&of.international),
            budget_gbp: one(&of.budget),
        };
        let index = |(first, growth): &(FinancialYear, Vec<Slot>)| {
            PriceIndex::new(*first, growth.iter().map(|slot| block.values[slot.0 as usize][lane]))
        };
        Prices {
            price_year: self.price_year,
            index: self.inflation.as_ref().map(index),
            places: self.places.iter().map(place).collect(),
            lacks: self.lacks.clone(),
        }
    }
}

impl Resolver<'_> {
    fn prices_of(&mut self, place: &PlaceCode, lacks: &mut BTreeSet<String>) -> PlaceSlots {
        let lineage: Vec<PlaceCode> = self.plan.shelf.places.lineage(place).cloned().collect();
        let (professions, programmes) =
            (self.plan.shelf.taxonomy.professions.len(), self.plan.shelf.taxonomy.programmes.len());
        let mut for_programme = |measure| -> Vec<ByYear<Slot>> {
            let ask = |i| Ask { measure, scopes: vec![Scope::Programme(i)], setting: None, lineage: &lineage };
            (0..programmes).map(|i| self.price(&ask(i), lacks)).collect()
        };
        let training = for_programme(Measure::TrainingCostGbp);
        let mut for_profession = |measure| -> Vec<ByYear<Slot>> {
            (0..professions).map(|i| self.price(&self.plan.shelf.ask(measure, i, &lineage), lacks)).collect()
        };
        let hiring = for_profession(Measure::HiringCostGbp);
        let international = for_profession(Measure::InternationalCostGbp);
        PlaceSlots { training, hiring, international, budget: self.budget(place, &lineage, lacks) }
    }

    /// Whether the books state something for every year of the plan. What they leave out is noted.
    fn is_priced(&self, ask: &Ask<'_>, lacks: &mut BTreeSet<String>) -> bool {
        let stated = self.years.iter().all(|year| self.plan.shelf.find(ask, None, *year).is_some());
        if !stated {
            let spec = ask.measure.spec();
            let any = self.plan.shelf.series().any(|series| series.measure == ask.measure);
            let subject = if any { self.plan.shelf.subject(ask.scopes[0]) } else { String::new() };
            let of = if subject.is_empty() { String::new() } else { format!(" of {subject}") };
            lacks.insert(format!("no `{}`{of} ({}) for every year of the plan", spec.id, spec.title));
        }
        stated
    }

    /// Growth of prices from the first year that a price or a cost is stated in, to the horizon.
    fn inflation(&mut self, lacks: &mut BTreeSet<String>) -> Option<(FinancialYear, Vec<Slot>)> {
        let plan = self.plan;
        let costs = plan.actions.iter().flat_map(|action| &action.costs);
        let stated = costs.map(|cost| cost.price_year).chain(plan.price_year).chain([plan.from]);
        let (first, last) = stated.fold((plan.from, plan.to), |(first, last), year| (first.min(year), last.max(year)));
        let years: Vec<FinancialYear> = (1..=last.years_since(first)).map(|after| first + after as i16).collect();
        let england = [PlaceCode::england()];
        let ask = Shelf::whole(Measure::Inflation, None, &england);
        if years.iter().all(|year| plan.shelf.find(&ask, None, *year).is_some()) {
            return Some((first, self.in_years(&ask, &years)));
        }
        lacks.insert(format!("no `inflation` for every year from {} to {last}", first + 1));
        None
    }

    fn price(&mut self, ask: &Ask<'_>, lacks: &mut BTreeSet<String>) -> ByYear<Slot> {
        self.is_priced(ask, lacks).then(|| self.by_year(ask, 0))
    }

    fn budget(&mut self, place: &PlaceCode, lineage: &[PlaceCode], lacks: &mut BTreeSet<String>) -> ByYear<Slot> {
        let ask = Shelf::whole(Measure::BudgetGbp, None, lineage);
        if !self.is_priced(&ask, lacks) {
            return None;
        }
        let years = self.years.clone();
        let amount = self.amount(&ask, &years);
        let share = if amount.national.contains(&true) { self.share_of_staff(place, lineage) } else { 1.0 };
        let both = amount.by_year.iter().zip(&amount.national);
        let factor = |national: &bool| if *national { share } else { 1.0 };
        Some(both.map(|(slot, national)| self.sheet.slot(Line::Scaled(*slot, factor(national)))).collect())
    }

    /// The place's share of England's staff in post at the baseline, in FTE.
    fn share_of_staff(&mut self, place: &PlaceCode, lineage: &[PlaceCode]) -> f64 {
        let england = [PlaceCode::england()];
        if *place == england[0] {
            return 1.0;
        }
        let shares = Shares {
            england: self.setting_shares(&england),
            own: Vec::new(),
            of_england: self.place_shares(place, lineage),
        };
        let (mut here, mut everywhere) = (0.0, 0.0);
        for (profession, details) in self.plan.shelf.taxonomy.professions.iter().enumerate() {
            let ask = self.plan.shelf.ask(Measure::StockFte, profession, &england);
            let fte = self.once(&ask, self.baseline());
            everywhere += fte;
            here += fte * details.settings.iter().map(|setting| shares.national(profession, *setting)).sum::<f64>();
        }
        if everywhere > 0.0 { here / everywhere } else { 0.0 }
    }
}
