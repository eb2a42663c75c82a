//! The engine and its plain twin agree on every cell, year, cause, programme and move of any world.

use muster_engine::{Cause, Inputs, Projection, total_demand_fte};
use proptest::prelude::*;

use crate::properties::projected;
use crate::reference;
use crate::worlds::worlds;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_engine_agrees_with_its_plain_twin(world in worlds()) {
        let inputs = world.inputs();
        agree(&inputs, &projected(&inputs), &reference::project(&inputs));
    }
}

/// Asserts that two figures agree to one in a thousand million of `scale`, or of a person or pound where that is less.
pub(crate) fn close(what: &str, left: f64, right: f64, scale: f64) {
    let difference = (left - right).abs();
    assert!(difference <= 1e-9 * (1.0 + scale.abs()), "{what}: {left} against {right}, which differ by {difference}");
}

/// Where rounding leaves a thousand-millionth of a person, it leaves that much of a salary too.
pub(crate) const A_SALARY_GBP: f64 = 50_000.0;

fn agree(inputs: &Inputs, fast: &Projection, plain: &[reference::Year]) {
    for (year, plain) in plain.iter().enumerate() {
        for (i, plain_cell) in plain.cells.iter().enumerate() {
            let cell = &fast.cells[i].years[year];
            let is = |what: &str, left: f64, right: f64, scale: f64| {
                close(&format!("{what} of cell {i} in year {year}"), left, right, scale);
            };
            let (people, fte) = (plain_cell.headcount, plain_cell.fte + plain_cell.demand_fte);
            let pounds = plain_cell.pay_gbp + plain_cell.temporary_gbp + A_SALARY_GBP;
            is("headcount", cell.headcount, plain_cell.headcount, people);
            is("headcount of 55 and over", cell.headcount_55_and_over, plain_cell.headcount_55_and_over, people);
            is("FTE", cell.fte, plain_cell.fte, fte);
            is("demand", cell.demand_fte, plain_cell.demand_fte, fte);
            is("gap", cell.gap_fte, plain_cell.gap_fte, fte);
            is("temporary staff", cell.temporary_fte, plain_cell.temporary_fte, fte);
            is("pay", cell.pay_gbp, plain_cell.pay_gbp, pounds);
            is("cost of temporary staff", cell.temporary_gbp, plain_cell.temporary_gbp, pounds);
            for cause in Cause::ALL {
                let (headcount, plain_fte) = plain.flows.get(&(i, cause)).copied().unwrap_or_default();
                is(cause.title(), cell.flow(cause).headcount, headcount, people + headcount);
                is(cause.title(), cell.flow(cause).fte, plain_fte, people + headcount);
            }
        }
        for (i, plain) in plain.training.iter().enumerate() {
            let training = &fast.programmes[i][year];
            for (what, left, right) in [
                ("intake", training.intake, plain.intake),
                ("withdrawn", training.withdrawn, plain.withdrawn),
                ("completed", training.completed, plain.completed),
                ("joined", training.joined, plain.joined),
                ("students", training.students, plain.students),
            ] {
                close(&format!("{what} of programme {i} in year {year}"), left, right, right);
            }
        }
        for transfer in 0..inputs.transfers.len() {
            let found = fast.unfilled.iter().find(|unfilled| (unfilled.transfer, unfilled.year) == (transfer, year));
            let missing = plain.unfilled.get(&transfer).copied().unwrap_or_default();
            // The engine leaves out less than a millionth of a person.
            if missing > 2e-6 || found.is_some() {
                let headcount = found.map_or(0.0, |unfilled| unfilled.headcount);
                close(&format!("posts unfilled of transfer {transfer} in year {year}"), headcount, missing, missing);
            }
        }
        let demand: f64 = plain.cells.iter().map(|cell| cell.demand_fte).sum();
        close(&format!("demand of everyone in year {year}"), total_demand_fte(inputs, year), demand, demand);
        let everyone: f64 = plain.cells.iter().map(|cell| cell.headcount).sum();
        close(
            &format!("outside in year {year}"),
            fast.outside_headcount[year],
            plain.outside,
            plain.outside.abs() + everyone,
        );
    }
}
