//! What drives the results: shares add up, and agree with runs that were made the long way.

use std::sync::OnceLock;

use muster_book::{COUNTERFACTUAL, PLAN, Scenario, Side};
use muster_engine::{Inputs, Step, project, total_demand_fte};
use muster_run::Run;
use muster_run::uncertainty::drivers::{Driven, Drivers, Effort};
use muster_run::uncertainty::{Ask, Uncertainty};

use crate::{Copy, england, make, request};

/// As little as gives an answer.
const LITTLE: Effort =
    Effort { index_futures: 0, share_futures: 0, family_orders: 1, action_orders: 1, learning_draws: 64 };

fn drivers_of(run: &Run) -> Drivers {
    let uncertainty = Uncertainty::of(run, &Ask { draws: Some(64), ..Ask::default() }).unwrap();
    Drivers::with(run, &uncertainty, LITTLE).unwrap()
}

/// Those of England, worked out once for all tests.
fn of_england() -> &'static Drivers {
    static DRIVERS: OnceLock<Drivers> = OnceLock::new();
    DRIVERS.get_or_init(|| drivers_of(england()))
}

fn results() -> [&'static Driven; 2] {
    [&of_england().gap_fte, &of_england().pay_bill_gbp]
}

/// The gap at the horizon, the long way.
fn gap_fte(inputs: &Inputs) -> f64 {
    let supply_fte: f64 = project(inputs).unwrap().cells.iter().map(|cell| cell.years[inputs.years].fte).sum();
    total_demand_fte(inputs, inputs.years) - supply_fte
}

fn gap_with(run: &Run, actions: Vec<usize>) -> f64 {
    let scenario = Scenario { actions, ..run.plan.scenario(PLAN).unwrap().clone() };
    gap_fte(&run.plan.resolve(&scenario, &run.plan.whole(), Step::Year).unwrap().inputs)
}

#[track_caller]
fn close(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within * wanted.abs().max(1.0), "{found} is not {wanted}");
}

#[test]
fn shares_of_families_add_up_and_are_sorted() {
    for driven in results() {
        assert!(driven.standard_deviation > 0.0);
        close(driven.families.iter().map(|family| family.share.value).sum(), 1.0, 1e-6);
        assert!(driven.families.is_sorted_by(|a, b| a.share.value >= b.share.value));
        let assumptions: usize = driven.families.iter().map(|family| family.assumptions).sum();
        assert_eq!(assumptions, england().plan.uncertain().len(), "each is in one family");
    }
}

#[test]
fn what_a_family_explains_alone_is_between_nothing_and_all_it_has_a_part_in() {
    for driven in results() {
        for family in &driven.apart {
            let error = 4.0 * (family.alone.error + family.any_part.error) + 1e-9;
            assert!(family.any_part.value >= 0.0);
            assert!(family.alone.value >= -error, "{family:?}");
            assert!(family.alone.value <= family.any_part.value + error, "{family:?}");
        }
        // Correlated families are one, and no family is lost.
        assert!(driven.apart.iter().any(|family| family.families.len() > 1));
        assert_eq!(driven.apart.iter().map(|family| family.families.len()).sum::<usize>(), driven.families.len());
    }
}

#[test]
fn assumptions_worth_knowing_are_sorted_and_say_where_they_stand() {
    for driven in results() {
        assert_eq!(driven.learning.len(), 15);
        assert!(driven.learning.is_sorted_by(|a, b| a.variance_share.value >= b.variance_share.value));
        let best = &driven.learning[0];
        assert!(best.variance_share.value > 0.1 && best.variance_share.value <= 1.0, "{best:?}");
        assert!(england().plan.shelf.sources.contains_key(&best.source));
    }
    assert_eq!(of_england().pay_bill_gbp.learning[0].assumption, "real pay growth");
}

#[test]
fn shares_of_actions_add_up_to_what_the_plan_changes() {
    let run = england();
    let actions = of_england().actions.as_ref().unwrap();
    let gap = |id: &str| {
        let scenario = run.scenario(id).unwrap();
        gap_fte(&scenario.resolved.inputs)
    };
    close(actions.gap_fte.without_actions, gap(COUNTERFACTUAL), 1e-9);
    close(actions.gap_fte.with_actions, gap(PLAN), 1e-9);
    close(actions.gap_fte.not_shared_out, 0.0, 1e-6);
    let change = actions.gap_fte.with_actions - actions.gap_fte.without_actions;
    close(actions.actions.iter().map(|action| action.gap_fte.share.value).sum(), change, 1e-9);
    close(actions.themes.iter().map(|theme| theme.gap_fte.share.value).sum(), change, 1e-9);
    let change = actions.pay_bill_gbp.with_actions - actions.pay_bill_gbp.without_actions;
    close(actions.actions.iter().map(|action| action.pay_bill_gbp.share.value).sum(), change, 1e-9);
    assert_eq!(actions.themes.iter().map(|theme| theme.actions).sum::<usize>(), actions.actions.len());
}

#[test]
fn with_and_without_an_action_agree_with_scenarios() {
    let run = england();
    let actions = of_england().actions.as_ref().unwrap();
    for id in ["LTWP-R01", "LTWP-T05", "LTWP-F04"] {
        let found = actions.actions.iter().find(|action| action.action == id).unwrap();
        let index = run.plan.actions.iter().position(|action| action.id == id).unwrap();
        close(found.gap_fte.only_it, gap_with(run, vec![index]), 1e-9);
        let others = (0..run.plan.actions.len()).filter(|other| *other != index).collect();
        close(found.gap_fte.without_it, gap_with(run, others), 1e-9);
    }
    let theme = &actions.themes[0];
    let of_theme = |own: bool| {
        let all = run.plan.actions.iter().enumerate();
        all.filter(|(_, action)| (action.theme == theme.theme) == own).map(|(index, _)| index).collect()
    };
    close(theme.gap_fte.only_it, gap_with(run, of_theme(true)), 1e-9);
    close(theme.gap_fte.without_it, gap_with(run, of_theme(false)), 1e-9);
}

#[test]
fn an_action_without_effect_adds_nothing() {
    let copy = Copy::new();
    let path = copy.path("plans/ltwp-2023/actions.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str(
        "\n[[action]]\nid = \"IDLE\"\ntitle = \"Do as before\"\ntheme = \"retain\"\nowner = { organisation = \"NHS England\", role = \"Waits\" }\n\
         level = \"national\"\ndue = 2025-03-31\nsource = \"muster-judgement\"\nevidence = \"None.\"\n\n[[action.effect]]\n\
         measure = \"leaver_rate\"\nhow = \"multiply\"\ninterpolation = \"step\"\npath = [{ from = 2023-04-01, value = 1.0 }]\n\
         kind = \"judgement\"\nsource = \"muster-judgement\"\nwhere = \"Nothing\"\nwhy = \"Nothing changes.\"\n",
    );
    std::fs::write(&path, text).unwrap();
    let run = make(request(&copy.plan(), &[])).unwrap();
    let actions = drivers_of(&run).actions.unwrap();
    let idle = actions.actions.iter().find(|action| action.action == "IDLE").unwrap();
    for own in [&idle.gap_fte, &idle.pay_bill_gbp] {
        assert_eq!((own.share.value, own.share.error), (0.0, 0.0));
    }
    assert_eq!(idle.gap_fte.without_it, actions.gap_fte.with_actions);
    assert_eq!(idle.gap_fte.only_it, actions.gap_fte.without_actions);
}

#[test]
fn drivers_are_the_same_on_one_thread() {
    let (run, expected) = (england(), of_england());
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one.install(|| drivers_of(run)), *expected);
}

#[test]
fn ends_eight_at_a_time_give_what_one_by_one_gives() {
    let run = england();
    let plan = &run.plan;
    let scenario = plan.scenario(PLAN).unwrap();
    let futures = plan.futures(scenario, &plan.whole(), Step::Year).unwrap();
    let movable = plan.movable(scenario);
    let mut checked = 0;
    for swing in run.swings.iter().step_by(60) {
        let assumption = movable.iter().find(|found| plan.assumption_title(found) == swing.assumption).unwrap();
        close(swing.gap_at_low_fte, gap_fte(&futures.moved(assumption, Side::Low).inputs), 1e-9);
        close(swing.gap_at_high_fte, gap_fte(&futures.moved(assumption, Side::High).inputs), 1e-9);
        close(swing.gap_fte, gap_fte(&futures.central().inputs), 1e-9);
        checked += 1;
    }
    assert!(checked >= 5);
}
