//! When things go wrong: failures alone and together on the repository's plan, and policies held against each other.

use muster_book::PLAN;
use muster_run::stress::{Stress, Stressed};

use crate::{Copy, england, make, request, root};

fn stress() -> &'static Stress {
    england().stress().unwrap().unwrap()
}

fn alone(id: &str) -> &'static Stressed {
    stress().alone.iter().find(|stressed| stressed.failures == [id]).unwrap()
}

/// The gap at the horizon of a scenario of the plan.
fn gap_of(scenarios: &[&str]) -> Vec<f64> {
    let scenarios = scenarios.iter().map(|id| (*id).to_owned()).collect();
    let asked = muster_run::Request { scenarios, ..request(&root().join("plans/ltwp-2023"), &[]) };
    let run = make(asked).unwrap();
    let gap = muster_book::Figure::of(muster_book::FigureMeasure::GapFte, run.plan.to);
    run.scenarios.iter().map(|scenario| muster_run::answer(&run, scenario, &gap).unwrap()).collect()
}

#[test]
fn each_failure_widens_the_gap_or_costs_more_and_all_together_are_the_worst() {
    let stress = stress();
    assert_eq!((stress.scenario.as_str(), stress.alone.len()), (PLAN, england().plan.failures.len()));
    for stressed in &stress.alone {
        assert!(stressed.gap_change_fte > 1000.0 || stressed.pay_bill_change_gbp > 1e9, "{}", stressed.title);
        let change = stressed.totals.gap_fte - stress.as_expected.gap_fte;
        assert!((stressed.gap_change_fte - change).abs() < 1e-6, "{}", stressed.title);
    }
    let together = stress.together.as_ref().unwrap();
    let worst = stress.alone.iter().map(|stressed| stressed.totals.gap_fte).fold(f64::MIN, f64::max);
    assert!(together.totals.gap_fte > stress.pairs[0].totals.gap_fte && stress.pairs[0].totals.gap_fte > worst);
    assert_eq!(together.failures.len(), stress.alone.len());
}

#[test]
fn a_failure_that_is_a_scenario_comes_to_what_the_scenario_comes_to() {
    let gaps = gap_of(&["no-retention", "productivity-at-history", "training-half-delivered"]);
    for (id, gap) in ["no-retention-gains", "productivity-history"].iter().zip(&gaps) {
        let found = alone(id).totals.gap_fte;
        assert!((found - gap).abs() < 1e-6, "{id}: {found} is not {gap}");
    }
    // The scenario scales numbers of places, with straight lines between the published years; the failure halves each action.
    let found = alone("training-half").gap_change_fte;
    let scenario = gaps[2] - stress().as_expected.gap_fte;
    assert!((found / scenario - 1.0).abs() < 0.1, "{found} is far from {scenario}");
}

#[test]
fn a_target_breaks_when_what_it_promises_does_not_come() {
    let broken = |id: &str| -> Vec<&str> { alone(id).broken.iter().map(|turned| turned.id.as_str()).collect() };
    assert!(broken("training-late").contains(&"medical-places"));
    assert!(broken("training-half").contains(&"nursing-places"));
    assert!(broken("pay-catches-up").is_empty());
    let medicine = alone("training-half").broken.iter().find(|turned| turned.id == "medical-places").unwrap();
    // Half of the way from 7,500 to 15,000.
    assert_eq!((medicine.expected.as_str(), medicine.found.as_str()), ("at least 15,000", "11,250"));
}

#[test]
fn pay_that_catches_up_costs_and_moves_nobody() {
    let stressed = alone("pay-catches-up");
    assert_eq!(stressed.gap_change_fte, 0.0);
    // A point more a year for fourteen years, on earnings that grow by one: 1.02 / 1.01.
    let ratio = stressed.totals.pay_bill_gbp / stress().as_expected.pay_bill_gbp;
    assert!((ratio - (1.02_f64 / 1.01).powi(14)).abs() < 1e-9, "{ratio}");
    assert!(stress().pairs.iter().all(|pair| !pair.failures.contains(&"pay-catches-up".to_owned())));
}

#[test]
fn somebody_is_best_in_each_future_and_the_least_worst_regret_is_the_least() {
    let stress = stress();
    assert_eq!(stress.futures.len(), stress.alone.len() + 2);
    for (i, future) in stress.futures.iter().enumerate() {
        let regrets: Vec<f64> = stress.policies.iter().map(|policy| policy.cells[i].regret_fte).collect();
        assert!(regrets.iter().all(|regret| *regret >= 0.0) && regrets.contains(&0.0), "{}: {regrets:?}", future.title);
    }
    let least = stress.policies.iter().find(|policy| policy.id == stress.least_regret).unwrap();
    for policy in &stress.policies {
        let worst = policy.cells.iter().map(|cell| cell.regret_fte).fold(0.0, f64::max);
        assert_eq!(policy.worst_regret_fte, worst);
        assert!(least.worst_regret_fte <= worst, "{}", policy.title);
    }
    let plan = stress.policies.iter().find(|policy| policy.id == PLAN).unwrap();
    for (cell, stressed) in plan.cells[1..].iter().zip(stress.alone.iter().chain(&stress.together)) {
        assert_eq!(cell.totals, stressed.totals);
    }
}

#[test]
fn a_plan_that_names_no_failure_has_no_stress_test() {
    let copy = Copy::new();
    std::fs::remove_file(copy.path("plans/ltwp-2023/stress.toml")).unwrap();
    let run = make(request(&copy.plan(), &[])).unwrap();
    assert!(run.stress().unwrap().is_none());
    let outputs = run.outputs().unwrap();
    assert!(!outputs.contains_key("stress.json"));
    assert!(!String::from_utf8_lossy(&outputs["report.html"]).contains("When things go wrong"));
}

#[test]
fn the_report_and_the_run_folder_tell_it() {
    let outputs = england().outputs().unwrap();
    let page = String::from_utf8_lossy(&outputs["report.html"]);
    assert!(page.contains("When things go wrong") && page.contains("Recruitment from abroad collapses"));
    let kept: serde_json::Value = serde_json::from_slice(&outputs["stress.json"]).unwrap();
    assert_eq!(kept["least_regret"], stress().least_regret.as_str());
    assert_eq!(kept["alone"].as_array().unwrap().len(), stress().alone.len());
}
