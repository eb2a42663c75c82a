//! Plans, rolled up: every line adds, and what makes the difference is named.

use std::fs;

use muster_plan::divide::{Among, divide};
use muster_plan::rollup::{Bridge, Found, Group, Item, Rollup, Standing, gather};
use muster_run::RunError;

use crate::world::{INTAKE, LEAVERS, TODAY, World, national, node};

/// The lines of every statement add to its difference, in every year, to a millionth of an FTE.
#[track_caller]
fn every_line_adds(rollup: &Rollup) {
    for node in &rollup.nodes {
        let statement = &node.statement;
        for year in 0..rollup.years.len() {
            for item in Item::ALL {
                let at = |ledger: &muster_plan::rollup::Ledger| ledger.at(year).get(item);
                let lines: f64 = statement.groups.values().map(at).sum::<f64>() + at(&statement.parts);
                let missed = at(&statement.submitted) - at(&statement.modelled) - lines;
                // Pounds are of the order of 1e11, where a double has five digits after the point.
                let least = if item.is_money() { 1e-3 } else { 1e-6 };
                assert!(missed.abs() < least, "{} {item:?} {year}: {missed}", node.name);
            }
        }
        for child in &node.children {
            assert!(rollup.nodes[*child].standing != Standing::Added || !rollup.nodes[*child].children.is_empty());
        }
    }
}

#[test]
fn forty_two_systems_roll_up_to_seven_regions_and_england() {
    let rollup = World::divided(Among::Systems).roll_up();
    every_line_adds(&rollup);
    assert_eq!(rollup.nodes.len(), 1 + 7 + 42);
    let england = rollup.whole().unwrap();
    assert_eq!(england.place.as_str(), "ENG");
    // Nobody states anything of its own, so nothing differs but what limits in each place do.
    let last = rollup.years.len() - 1;
    let difference = england.statement.difference().at(last);
    assert!(difference.get(Item::DemandFte).abs() < 1e-3 && difference.get(Item::StaffFte).abs() < 1.0);
    assert!(england.statement.groups.is_empty() && england.missing.is_empty());
    assert!(rollup.findings.is_empty(), "{:?}", rollup.findings);
}

#[test]
fn seven_regions_and_their_systems_add_up_and_a_region_is_held_against_the_sum() {
    let world = World::divided(Among::Systems);
    let regions = world.folder.path().join("regions");
    divide(national(), Among::Regions, &regions, TODAY).unwrap();
    let paths = [world.plans(), regions.clone()];
    // A region and its systems would be counted twice.
    let Err(RunError::Plan(list)) = gather(&paths, None) else { panic!("it should be refused") };
    assert!(list.iter().all(|fault| fault.code == "M041") && list.len() == 42);
    // A region that says that it adds them up is held against their sum.
    let places = &national().shelf.places;
    for region in places.of_kind(muster_core::PlaceKind::Region) {
        let systems = places.iter().filter(|place| place.parent.as_ref() == Some(&region.code));
        let list: Vec<String> = systems.map(|system| format!("\"{}\"", system.code)).collect();
        let file = regions.join(region.code.as_str()).join("submission.toml");
        let text = fs::read_to_string(&file).unwrap();
        let added = text.replace("covers ", &format!("adds_up_from = [{}]\ncovers ", list.join(", ")));
        fs::write(file, added).unwrap();
    }
    fs::write(
        regions.join("Y58/book/leaver_rate.toml"),
        "measure = \"leaver_rate\"\nabout = \"For a test.\"\nunit = \"share of opening headcount, per year\"\nchecked = 2026-11-23\n[[value]]\n\
         for = { profession = \"midwives\" }\nfrom = 2012-04-01\nvalue = 0.3\nkind = \"derived\"\nsource = \"muster-judgement\"\nwhere = \"Test\"\nwhy = \"Test.\"\n",
    )
    .unwrap();
    let rollup = Rollup::of(&gather(&paths, None).unwrap(), "plan").unwrap();
    every_line_adds(&rollup);
    let own: Vec<_> = rollup.findings.iter().filter(|finding| finding.found == Found::OwnPlan).collect();
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(own[0].place.as_str(), "Y58");
    assert!(own[0].amount < -100.0);
}

#[test]
fn a_leaver_rate_of_its_own_is_what_explains_the_difference() {
    let world = World::south_west(Among::Systems);
    world.state("QJK", LEAVERS, "profession = \"midwives\"", 0.2);
    let rollup = world.roll_up();
    every_line_adds(&rollup);
    let last = rollup.years.len() - 1;
    let devon = node(&rollup, "QJK");
    let staff = |ledger: &muster_plan::rollup::Ledger| ledger.at(last).get(Item::StaffFte);
    // The one thing that differs is all that explains: the amount is that of two runs of Devon.
    assert_eq!(devon.statement.groups.keys().collect::<Vec<_>>(), [&Group::Leaving]);
    let plain = World::south_west(Among::Systems).roll_up();
    let without = staff(&node(&plain, "QJK").statement.submitted);
    let explained = staff(&devon.statement.groups[&Group::Leaving]);
    assert!(explained < -10.0);
    assert!((explained - (staff(&devon.statement.submitted) - without)).abs() < 1e-6);
    // It goes up to the region unchanged, and reaches no other place.
    let region = rollup.whole().unwrap();
    assert_eq!(region.place.as_str(), "Y58");
    assert!((staff(&region.statement.groups[&Group::Leaving]) - explained).abs() < 1e-6);
    assert!(node(&rollup, "QT6").statement.groups.is_empty());
    assert!(devon.because[&Group::Leaving][0].contains("Midwives: 0.2"));
}

#[test]
fn of_two_changes_each_explains_its_own_and_half_of_what_both_make() {
    let world = World::south_west(Among::Systems);
    world.state("QJK", LEAVERS, "profession = \"midwives\"", 0.2);
    world.state("QJK", INTAKE, "programme = \"midwifery-degree\"", 300.0);
    let rollup = world.roll_up();
    every_line_adds(&rollup);
    let last = rollup.years.len() - 1;
    let of = |rollup: &Rollup, group| node(rollup, "QJK").statement.groups[&group].at(last).get(Item::StaffFte);
    let (leaving, training) = (of(&rollup, Group::Leaving), of(&rollup, Group::Training));
    let alone = |measure, subject: &str, value| {
        let world = World::south_west(Among::Systems);
        world.state("QJK", measure, subject, value);
        let rollup = world.roll_up();
        node(&rollup, "QJK").statement.difference().at(last).get(Item::StaffFte)
    };
    let only_leaving = alone(LEAVERS, "profession = \"midwives\"", 0.2);
    let only_training = alone(INTAKE, "programme = \"midwifery-degree\"", 300.0);
    let both = leaving + training - only_leaving - only_training;
    assert!(both < -1.0, "more midwives trained are more who leave: {both}");
    assert!((leaving - only_leaving - both / 2.0).abs() < 1e-6);
    assert!((training - only_training - both / 2.0).abs() < 1e-6);
}

#[test]
fn a_system_that_has_not_submitted_is_estimated_and_marked() {
    let world = World::south_west(Among::Systems);
    fs::remove_dir_all(world.plan("QT6")).unwrap();
    let rollup = world.roll_up();
    every_line_adds(&rollup);
    let last = rollup.years.len() - 1;
    let cornwall = node(&rollup, "QT6");
    assert_eq!(cornwall.standing, Standing::Estimated);
    let england = rollup.whole().unwrap();
    assert_eq!(england.missing.iter().map(muster_core::PlaceCode::as_str).collect::<Vec<_>>(), ["QT6"]);
    let estimated = england.statement.estimated.at(last).get(Item::StaffFte);
    assert!(estimated > 10_000.0);
    assert_eq!(estimated, cornwall.statement.submitted.at(last).get(Item::StaffFte));
    // The estimate is what the plan would have been: it had said nothing of its own.
    let plain = World::south_west(Among::Systems).roll_up();
    let submitted = node(&plain, "QT6").statement.submitted.at(last).get(Item::StaffFte);
    assert!((submitted - estimated).abs() < 1e-6);
}

#[test]
fn organisations_add_up_to_their_system_and_what_is_missing_is_the_rest_of_its_share() {
    let world = World::south_west(Among::Organisations);
    world.keep(&["RA9", "RH8", "QJK-rest"]);
    let rollup = world.roll_up();
    every_line_adds(&rollup);
    let devon = rollup.nodes.iter().find(|node| node.place.as_str() == "QJK" && !node.children.is_empty()).unwrap();
    assert_eq!(devon.standing, Standing::Added);
    let kinds: Vec<Standing> = devon.children.iter().map(|child| rollup.nodes[*child].standing).collect();
    assert_eq!(kinds, [Standing::Submitted, Standing::Submitted, Standing::Submitted, Standing::Estimated]);
    assert!(devon.missing.iter().any(|place| place.as_str() == "RK9"), "{:?}", devon.missing);
    let share = devon.statement.estimated_share(Item::StaffFte, 0);
    assert!((0.2..0.8).contains(&share), "{share}");
    // With an estimate for the rest, the parts are the whole.
    assert!(devon.statement.difference().at(0).get(Item::StaffFte).abs() < 1e-6);
}

#[test]
fn two_systems_that_hire_the_same_graduates_are_found() {
    let world = World::south_west(Among::Systems);
    world.state("QJK", INTAKE, "programme = \"midwifery-degree\"", 300.0);
    let rollup = world.roll_up();
    let found: Vec<_> = rollup.findings.iter().filter(|finding| finding.found == Found::Graduates).collect();
    assert_eq!(found.len(), 1, "once: {found:?}");
    assert_eq!((found[0].place.as_str(), found[0].by_place[0].0.as_str()), ("Y58", "QJK"));
    let region = rollup.nodes.len() - 1;
    let midwifery =
        national().shelf.taxonomy.programmes.iter().position(|programme| programme.id == "midwifery-degree").unwrap();
    let (submitted, modelled) = &rollup.accounts[region];
    let over: f64 = submitted.joined[midwifery].iter().sum::<f64>() - modelled.joined[midwifery].iter().sum::<f64>();
    assert!((found[0].amount - over).abs() < 1e-6 && over > 100.0);
}

#[test]
fn a_transfer_in_that_nobody_gives_up_is_found_and_one_that_is_matched_is_not() {
    let world = World::south_west(Among::Systems);
    let transfer = |headcount: u32| {
        format!(
            "[[transfer]]\nfrom = \"QT6\"\nto = \"QJK\"\nprofession = \"midwives\"\nyear = \"2025/26\"\nheadcount = {headcount}\n"
        )
    };
    world.add("QJK", "submission.toml", &transfer(40));
    let found = |world: &World| -> Vec<_> {
        let findings = world.roll_up().findings.into_iter();
        findings.filter(|finding| matches!(finding.found, Found::TransferIn | Found::TransferOut)).collect()
    };
    let alone = found(&world);
    assert_eq!(alone.len(), 1);
    assert_eq!((alone[0].found, alone[0].amount), (Found::TransferIn, 40.0));
    assert!(
        alone[0].words.contains("Cornwall") && alone[0].words.contains("does not say that they leave"),
        "{}",
        alone[0].words
    );
    world.add("QT6", "submission.toml", &transfer(30));
    let partly = found(&world);
    assert_eq!((partly.len(), partly[0].amount), (1, 10.0));
    world.change("QT6", "submission.toml", "headcount = 30", "headcount = 40");
    assert!(found(&world).is_empty());
}

#[test]
fn staff_whom_two_places_share_are_counted_by_one() {
    let world = World::south_west(Among::Systems);
    let shared = |with: &str, by: &str| {
        format!("[[shared]]\nwith = \"{with}\"\nprofession = \"midwives\"\nfte = 12\ncounted_by = \"{by}\"\n")
    };
    world.add("QJK", "submission.toml", &shared("QT6", "QJK"));
    world.add("QT6", "submission.toml", &shared("QJK", "QT6"));
    let rollup = world.roll_up();
    let found: Vec<_> = rollup.findings.iter().filter(|finding| finding.found == Found::SharedStaff).collect();
    assert_eq!((found.len(), found[0].amount), (1, 12.0));
    world.change("QT6", "submission.toml", "counted_by = \"QT6\"", "counted_by = \"QJK\"");
    assert!(world.roll_up().findings.is_empty());
}

#[test]
fn shares_that_are_more_than_the_whole_are_found() {
    let world = World::south_west(Among::Organisations);
    let members = ["RA9", "RH8", "RK9", "RWV", "RYF", "QJK-rest"];
    world.keep(&members);
    let path = world.plan("RA9").join("book/places/place_share.csv");
    let text = fs::read_to_string(&path).unwrap();
    let doubled: Vec<String> = text
        .lines()
        .map(|line| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if let Ok(value) = cells[4].parse::<f64>() {
                cells[4] = (2.0 * value).to_string();
            }
            cells.join(",")
        })
        .collect();
    fs::write(path, doubled.join("\n") + "\n").unwrap();
    let rollup = world.roll_up();
    every_line_adds(&rollup);
    let found = rollup.findings.iter().find(|finding| finding.found == Found::Shares).unwrap();
    assert_eq!(found.place.as_str(), "QJK");
    assert!(found.amount > 1_000.0, "{found:?}");
}

#[test]
fn the_bridge_from_the_version_before_adds_up() {
    let (before, after) = (World::south_west(Among::Systems), World::south_west(Among::Systems));
    fs::remove_dir_all(before.plan("QT6")).unwrap();
    before.state("QJK", LEAVERS, "profession = \"midwives\"", 0.2);
    after.state("QJK", LEAVERS, "profession = \"midwives\"", 0.1);
    after.change("QJK", "submission.toml", "version      = \"0.1\"", "version = \"0.2\"\nreplaces = \"0.1\"");
    after.state("QT6", LEAVERS, "profession = \"midwives\"", 0.3);
    let (old, new) = (before.gather(), after.gather());
    let (a, b) = (Rollup::of(&old, "plan").unwrap(), Rollup::of(&new, "plan").unwrap());
    let bridge = Bridge::between((&old, &a), (&new, &b), *b.years.last().unwrap()).unwrap();
    let lines = bridge.groups.values().fold(bridge.places, |sum, line| sum + *line);
    let missed = bridge.to - bridge.from - lines;
    assert!(missed.get(Item::StaffFte).abs() < 1e-6 && missed.get(Item::GapFte).abs() < 1e-6);
    // Devon's midwives leave less than before; Cornwall's, who were estimated, leave more.
    assert!(bridge.groups[&Group::Leaving].get(Item::StaffFte) > 10.0);
    assert!(bridge.places.get(Item::StaffFte) < -10.0);
    assert_eq!(bridge.changed, ["Devon, version 0.1 to 0.2"]);
}
