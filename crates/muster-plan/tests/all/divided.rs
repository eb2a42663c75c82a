//! A plan, divided between places.

use std::fs;

use muster_book::{Measure, Plan};
use muster_core::PlaceKind;
use muster_plan::divide::{Among, divide};
use muster_run::RunError;

use crate::world::{TODAY, World, national};

#[test]
fn each_of_42_systems_has_a_plan_that_is_sound() {
    let world = World::divided(Among::Systems);
    let folders: Vec<_> = fs::read_dir(world.plans()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(folders.len(), 42);
    let devon = Plan::read(&world.plan("QJK")).unwrap();
    let national = national();
    assert_eq!(devon.place.as_str(), "QJK");
    assert_eq!(devon.actions.len(), national.actions.len());
    assert!(devon.checks.is_empty() && devon.targets.is_empty());
    let scenario = devon.scenario("plan").unwrap();
    devon.resolve(scenario, &devon.whole(), muster_engine::Step::Year).unwrap();
}

#[test]
fn the_shares_of_a_systems_organisations_and_its_rest_add_to_the_systems() {
    let world = World::divided(Among::Organisations);
    let national = national();
    let share_of = |plan: &Plan, book: usize, place: &str| -> f64 {
        let here = |series: &&muster_book::Series| {
            series.measure == Measure::PlaceShare
                && series.book == book
                && series.key.place.as_ref().is_some_and(|code| code.as_str() == place)
        };
        plan.shelf.series().filter(here).map(|series| series.entries[0].value).sum()
    };
    let members = national.shelf.places.of_kind(PlaceKind::Trust);
    let members = members.filter(|place| place.parent.as_ref().is_some_and(|parent| parent.as_str() == "QJK"));
    let mut sum = 0.0;
    let mut counted = 0;
    for place in members.filter(|place| world.plan(place.code.as_str()).exists()) {
        let plan = Plan::read(&world.plan(place.code.as_str())).unwrap();
        sum += share_of(&plan, 1, place.code.as_str());
        counted += 1;
    }
    let rest = Plan::read(&world.plan("QJK-rest")).unwrap();
    sum += share_of(&rest, 1, "QJK");
    assert!(counted >= 4, "Devon has several trusts");
    assert!((sum - share_of(national, 0, "QJK")).abs() < 1e-12);
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let refused = divide(national(), Among::Regions, folder.path(), TODAY);
    assert!(matches!(refused, Err(RunError::Request(text)) if text.contains("is not empty")));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_plan_of_a_system_has_no_regions() {
    let world = World::divided(Among::Systems);
    let devon = Plan::read(&world.plan("QJK")).unwrap();
    let refused = divide(&devon, Among::Regions, &world.folder.path().join("regions"), TODAY);
    assert!(matches!(refused, Err(RunError::Request(text)) if text.contains("no region lies in it")));
}

#[test]
fn a_system_within_a_region_within_england_has_the_actions_of_england() {
    let world = World::south_west(Among::Systems);
    let devon = Plan::read(&world.plan("QJK")).unwrap();
    assert_eq!(devon.actions.len(), national().actions.len());
    assert!(devon.acts_like(national(), "plan"));
    assert_eq!(fs::read_dir(world.plans()).unwrap().count(), 7);
    // A plan that lies within itself is refused, not followed for ever.
    world.change("QJK", "plan.toml", "within  = \"", "within  = \".\" # \"");
    let faults = Plan::read(&world.plan("QJK")).unwrap_err();
    assert!(faults.iter().any(|fault| fault.code == "M024" && fault.message.contains("within itself")), "{faults:?}");
}
