//! Plans resolved together come to what each comes to by itself, and plans read on top of another are what they are by themselves.

use muster_book::Plan;
use muster_plan::divide::Among;
use muster_plan::rollup::{Item, accounts};

use crate::world::{INTAKE, LEAVERS, World, national};

#[test]
fn a_plan_read_within_another_is_the_plan_read_by_itself() {
    let world = World::divided(Among::Organisations);
    world.state("RA9", LEAVERS, "profession = \"midwives\"", 0.2);
    let top = national();
    let (within, alone) = (top.read_within(&world.plan("RA9")).unwrap(), Plan::read(&world.plan("RA9")).unwrap());
    assert!(within.shelf.shares_first_book(&top.shelf) && !alone.shelf.shares_first_book(&top.shelf));
    assert!(within.shelf.measures_that_differ(&alone.shelf).is_empty());
    assert!(within.acts_like(&alone, "plan") && within.acts_like(&alone, "counterfactual"));
    let files = |plan: &Plan| plan.files.iter().map(|(path, _)| path.to_owned()).collect::<Vec<_>>();
    assert_eq!(files(&within), files(&alone));
    assert_eq!((within.place, within.price_year, within.to), (alone.place, alone.price_year, alone.to));
}

#[test]
fn many_plans_at_once_come_to_what_each_comes_to_alone() {
    let world = World::south_west(Among::Organisations);
    world.keep(&["RA9", "RH8", "RK9", "QJK-rest"]);
    world.state("RA9", LEAVERS, "profession = \"midwives\"", 0.2);
    world.state("RH8", INTAKE, "programme = \"midwifery-degree\"", 50.0);
    world.state("QJK-rest", LEAVERS, "profession = \"midwives\"", 0.3);
    let rollup = world.roll_up();
    for name in ["RA9", "RH8", "RK9", "QJK-rest"] {
        let plan = Plan::read(&world.plan(name)).unwrap();
        let alone = &accounts(&plan, "plan", &plan.whole()).unwrap()[0];
        let place = name.trim_end_matches("-rest");
        let node = rollup.nodes.iter().find(|node| node.place.as_str() == place && node.children.is_empty()).unwrap();
        for year in 0..rollup.years.len() {
            for item in Item::ALL {
                let (a, b) = (alone.ledger.at(year).get(item), node.statement.submitted.at(year).get(item));
                assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{name} {item:?} {year}: {a} and {b}");
            }
        }
    }
}

#[test]
fn a_fault_in_a_local_book_is_said_once_and_in_place() {
    let world = World::south_west(Among::Systems);
    world.keep(&["QJK", "QT6"]);
    world.state("QJK", LEAVERS, "profession = \"midwifes\"", 0.2);
    let faults = world.faults();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].location.file.contains("QJK") && faults[0].help.contains("midwives"));
}
