//! Temporary staffing and the pay bill.
//!
//! Bank and agency staff cover a stated share of each shortfall. They cost what a permanent member of staff costs, times a premium.

use crate::inputs::Inputs;
use crate::projection::Projection;

/// Adds temporary staffing and cost to every cell and year; needs the gap.
pub(crate) fn add(inputs: &Inputs, projection: &mut Projection) {
    let pay_index: Vec<Vec<f64>> = inputs.places.iter().map(|place| compound(&place.money.real_pay_growth)).collect();
    for (cell, result) in inputs.cells.iter().zip(&mut projection.cells) {
        let money = &inputs.places[cell.place].money;
        for (year, result) in result.years.iter_mut().enumerate() {
            let rates = cell.at(year);
            let cost_per_fte_gbp = rates.earnings_gbp * money.on_cost[year] * pay_index[cell.place][year];
            result.temporary_fte = rates.temporary_fill * result.gap_fte.max(0.0);
            result.pay_gbp = result.fte * cost_per_fte_gbp;
            result.temporary_gbp = result.temporary_fte * cost_per_fte_gbp * money.temporary_premium[year];
        }
    }
}

/// 1, then 1 + g₁, then (1 + g₁)(1 + g₂), …
fn compound(growth: &[f64]) -> Vec<f64> {
    let mut index = vec![1.0];
    for rate in growth {
        index.push(index[index.len() - 1] * (1.0 + rate));
    }
    index
}
