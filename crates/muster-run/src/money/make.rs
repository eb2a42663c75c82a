//! The rows of a ledger: staff by pay band, temporary staff, joiners, students and actions.

use std::collections::BTreeMap;

use muster_book::{Action, Prices, Scenario};
use muster_engine::{Cause, YearResult};

use super::Line;
use super::ledger::{LedgerRow, StatedCost, Subject, cost_by_year, line_of};
use crate::run::{Run, ScenarioRun};

/// Causes by which people are hired at home.
const HIRED: [Cause; 3] = [Cause::NewlyQualified, Cause::Returner, Cause::WiderLabourMarket];

/// Makes the rows of a ledger.
pub(super) struct Maker<'a> {
    pub(super) run: &'a Run,
    pub(super) scenario: &'a ScenarioRun,
    pub(super) prices: &'a Prices,
    pub(super) rows: Vec<LedgerRow>,
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

    pub(super) fn staff(&mut self) {
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
        let at_home = (Line::Hiring, &prices.hiring_gbp[profession], &HIRED[..]);
        let abroad = (Line::International, &prices.international_gbp[profession], &[Cause::International][..]);
        for (line, price, causes) in [at_home, abroad] {
            let Some(price) = price else { continue };
            let joiners =
                self.by_year(cells, |year| causes.iter().map(|cause| year.flow(*cause).headcount).sum::<f64>());
            let gbp = joiners.iter().zip(price).map(|(joiners, price)| joiners * price).collect();
            self.push(line, place, Subject::Profession(profession), gbp, joiners);
        }
    }

    pub(super) fn students(&mut self) {
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
    pub(super) fn actions(&mut self, scenario: &Scenario, lacks: &mut Vec<String>) -> Vec<StatedCost> {
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
                if let Some(counted_in) = cost.counted_in {
                    stated.push(StatedCost { action: i, counted_in, gbp });
                    continue;
                }
                let (line, subject, quantity) = (line_of(cost), Subject::Action(i), vec![0.0; years.len()]);
                self.rows.push(LedgerRow { line, place: None, subject, band: None, gbp, quantity });
            }
        }
        stated
    }
}
