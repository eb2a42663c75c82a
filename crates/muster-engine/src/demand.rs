//! Demand, and the gap between demand and supply.
//!
//! Demand in a year = demand at the baseline × activity × skill mix ÷ productivity, where activity = population by age × use by age (as an index
//! of the baseline) × growth that age does not explain × shift between settings.

use muster_core::Setting;

use crate::inputs::{Cell, Citizens, Drivers, Inputs};
use crate::projection::Projection;

/// Demand by setting and year as a multiple of the baseline, before skill mix: activity ÷ productivity.
///
/// Index 0 is the baseline. A setting that nobody uses at the baseline has no need to grow from: its demand follows the other factors.
pub fn demand_index(drivers: &Drivers) -> Vec<[f64; Setting::ALL.len()]> {
    let mut growth = [1.0; Setting::ALL.len()];
    drivers
        .population
        .iter()
        .enumerate()
        .map(|(year, population)| {
            std::array::from_fn(|setting| {
                if year > 0 {
                    growth[setting] *= (1.0 + drivers.other_growth[year - 1][setting])
                        / (1.0 + drivers.productivity_growth[year - 1][setting]);
                }
                let need = activity(population, &drivers.use_by_age[setting]);
                let need_at_baseline = activity(&drivers.population[0], &drivers.use_by_age[setting]);
                let shift = drivers.setting_shift[year][setting] / drivers.setting_shift[0][setting];
                let ageing = if need_at_baseline > 0.0 { need / need_at_baseline } else { 1.0 };
                ageing * growth[setting] * shift
            })
        })
        .collect()
}

fn activity(population: &Citizens, use_by_age: &Citizens) -> f64 {
    population.iter().zip(use_by_age).map(|(people, per_person)| people * per_person).sum()
}

/// Demand of all cells together in one year, counted from the baseline; it needs no projection of supply.
pub fn total_demand_fte(inputs: &Inputs, year: usize) -> f64 {
    let index: Vec<_> = inputs.places.iter().map(|place| demand_index(&place.drivers)[year]).collect();
    inputs.cells.iter().map(|cell| demand_fte(cell, &index[cell.place], year)).sum()
}

fn demand_fte(cell: &Cell, index: &[f64; Setting::ALL.len()], year: usize) -> f64 {
    let skill_mix = cell.at(year).skill_mix / cell.baseline.skill_mix;
    cell.demand_base_fte * index[cell.setting.index()] * skill_mix
}

/// Adds demand and the gap to every cell and year.
pub(crate) fn add(inputs: &Inputs, projection: &mut Projection) {
    let index: Vec<_> = inputs.places.iter().map(|place| demand_index(&place.drivers)).collect();
    for (cell, result) in inputs.cells.iter().zip(&mut projection.cells) {
        for (year, result) in result.years.iter_mut().enumerate() {
            result.demand_fte = demand_fte(cell, &index[cell.place][year], year);
            result.gap_fte = result.demand_fte - result.fte;
        }
    }
}
