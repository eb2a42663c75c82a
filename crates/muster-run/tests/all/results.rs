//! Results add up: over causes, professions, places and files.

use muster_book::{Figure, FigureMeasure, Form};
use muster_core::Fte;
use muster_run::{Outcome, Row, answer, bridge, difference, summary};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::{Copy, england, make, request, root};

#[track_caller]
fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs())), "{a} is not {b}");
}

#[test]
fn every_bridge_goes_from_the_baseline_to_the_horizon() {
    let run = england();
    for scenario in &run.scenarios {
        for profession in 0..run.plan.shelf.taxonomy.professions.len() {
            let cells = &scenario.resolved.inputs.cells;
            let bridge = bridge(scenario, &|i| cells[i].profession == profession);
            close(bridge.opening_fte + bridge.steps.iter().map(|(_, step)| step).sum::<f64>(), bridge.closing_fte);
        }
    }
}

#[test]
fn professions_add_to_groups_and_groups_to_all() {
    let table = summary(england());
    for scenario in 0..table.scenarios.len() {
        for year in 0..table.years.len() {
            let total = |of: fn(&Row) -> bool| -> f64 {
                table
                    .rows
                    .iter()
                    .filter(|row| of(&row.row))
                    .map(|row| f64::from(row.lines[scenario][year].gap_fte))
                    .sum()
            };
            let all = f64::from(table.rows[0].lines[scenario][year].gap_fte);
            close(total(|row| matches!(row, Row::Group(_))), all);
            close(total(|row| matches!(row, Row::Profession(_))), all);
        }
    }
}

#[test]
fn parquet_holds_what_the_summary_says() {
    let run = england();
    let bytes = run.outputs().unwrap().remove("workforce.parquet").unwrap();
    let file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut &file, &bytes).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let (mut rows, mut supply) = (0, 0.0);
    for batch in reader.map(Result::unwrap) {
        rows += batch.num_rows();
        let column = batch.column_by_name("supply_fte").unwrap();
        let column = column.as_any().downcast_ref::<arrow_array::Float64Array>().unwrap();
        supply += column.values().iter().sum::<f64>();
    }
    let cells = run.scenarios[0].resolved.inputs.cells.len();
    assert_eq!(rows, cells * run.years().len() * run.scenarios.len());
    let in_summary: f64 = summary(run).rows[0].lines.iter().flatten().map(|line| f64::from(line.supply_fte)).sum();
    close(supply, in_summary);
}

#[test]
fn systems_add_to_england_and_regions_to_their_systems() {
    let whole = england();
    let systems = make(request(&root().join("plans/ltwp-2023"), &["systems"])).unwrap();
    assert_eq!(systems.places.len(), 42);
    for (a, b) in whole.scenarios.iter().zip(&systems.scenarios) {
        for measure in [FigureMeasure::SupplyFte, FigureMeasure::SupplyHeadcount, FigureMeasure::DemandFte] {
            for year in [whole.plan.from, whole.plan.to] {
                let figure = Figure::of(measure, year);
                close(answer(whole, a, &figure).unwrap(), answer(&systems, b, &figure).unwrap());
                let regions = ["Y56", "Y58", "Y59", "Y60", "Y61", "Y62", "Y63"].map(|code| {
                    answer(&systems, b, &Figure { place: Some(code.parse().unwrap()), ..figure.clone() }).unwrap()
                });
                close(regions.iter().sum(), answer(whole, a, &figure).unwrap());
            }
        }
    }
}

#[test]
fn a_check_of_england_is_not_put_to_devon() {
    let devon = make(request(&root().join("plans/ltwp-2023"), &["QJK"])).unwrap();
    assert!(devon.verdicts.iter().all(|verdict| verdict.outcome == Outcome::NotAsked));
    let run = england();
    assert!(run.verdicts.iter().all(|verdict| verdict.outcome != Outcome::NotAsked));
}

#[test]
fn what_was_calibrated_agrees_and_what_is_an_input_arrives() {
    for verdict in &england().verdicts {
        if matches!(verdict.role, muster_book::Role::Calibration | muster_book::Role::Input) {
            assert_eq!(verdict.outcome, Outcome::Met, "{}: {} for {}", verdict.id, verdict.found, verdict.expected);
        }
    }
}

#[test]
fn a_figure_can_be_a_change_a_ratio_or_a_growth() {
    let run = england();
    let scenario = run.main_scenario();
    let (from, to) = (run.plan.from, run.plan.to);
    let figure = |form| answer(run, scenario, &Figure::of(FigureMeasure::DemandFte, to).since(from, form)).unwrap();
    let at = |year| answer(run, scenario, &Figure::of(FigureMeasure::DemandFte, year)).unwrap();
    close(figure(Form::Change), at(to) - at(from));
    close(figure(Form::Ratio), at(to) / at(from));
    close((1.0 + figure(Form::Growth)).powi(15), at(to) / at(from));
}

#[test]
fn the_counterfactual_does_not_notice_what_actions_do() {
    let copy = Copy::new();
    copy.edit("plans/ltwp-2023/actions.toml", "value = 15000", "value = 16000");
    let changed = make(request(&copy.plan(), &[])).unwrap();
    let run = england();
    let supply =
        |run, scenario| answer(run, scenario, &Figure::of(FigureMeasure::SupplyFte, england().plan.to)).unwrap();
    let of = |id| supply(&changed, changed.scenario(id).unwrap()) - supply(run, run.scenario(id).unwrap());
    assert!(of("counterfactual") == 0.0);
    assert!(of("plan") > 100.0, "a thousand more medical students are some hundred foundation doctors by the horizon");
}

#[test]
fn a_difference_says_what_changed_and_by_how_much() {
    let run = england();
    let (none, plan) = (run.scenario("counterfactual").unwrap(), run.scenario("plan").unwrap());
    let same = difference((run, plan), (run, plan));
    assert!(
        same.inputs.is_empty() && same.years.iter().all(|year| year.supply_fte == Fte(0.0) && year.pay_bill_gbp == 0.0)
    );
    let effect = difference((run, none), (run, plan));
    assert_eq!(effect.years.len(), 16);
    let last = effect.years.last().unwrap();
    close(last.gap_fte.into(), (last.demand_fte - last.supply_fte).into());
    assert!(last.supply_fte > Fte(0.0));
    assert!(effect.inputs.iter().any(|change| change.what.contains("LTWP-T02") && change.a.is_empty()));

    let copy = Copy::new();
    let file = "books/england/demand/productivity_growth.toml";
    // A uniform range has its value in the middle, so the shape goes as well.
    copy.edit(file, "distribution = \"uniform\"\n", "");
    copy.edit(file, "value  = 0.0175", "value  = 0.0180");
    let changed = make(request(&copy.plan(), &[])).unwrap();
    let books = difference((run, plan), (&changed, changed.scenario("plan").unwrap()));
    assert_eq!(books.inputs.len(), 1, "{:?}", books.inputs);
    assert!(books.inputs[0].what.starts_with("productivity_growth"));
    assert!(books.years.last().unwrap().demand_fte < Fte(0.0) && books.years.last().unwrap().supply_fte == Fte(0.0));
}
