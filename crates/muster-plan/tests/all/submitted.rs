//! Submissions: what keeps them from being added, and the rules they are held against.

use std::fs;

use muster_plan::divide::Among;
use muster_plan::rollup::Rollup;
use muster_plan::submission::{Fired, Rules, Severity};
use muster_plan::triangulate::triangulate;

use crate::world::{LEAVERS, TODAY, World, root};

/// The one fault that these plans have, as its code, message and help.
#[track_caller]
fn the_fault(world: &World) -> (String, String) {
    let faults = world.faults();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    (faults[0].code.to_owned(), format!("{} {}", faults[0].message, faults[0].help))
}

#[track_caller]
fn refused(change: impl FnOnce(&World), code: &str, words: &[&str]) {
    let world = World::south_west(Among::Systems);
    world.keep(&["QJK", "QT6"]);
    change(&world);
    let (found, text) = the_fault(&world);
    assert_eq!(found, code, "{text}");
    words.iter().for_each(|word| assert!(text.contains(word), "`{word}` is not in: {text}"));
}

#[test]
fn plans_that_do_not_add_up_are_refused_in_words() {
    let two_for_one = |world: &World| {
        world.change("QT6", "plan.toml", "place   = \"QT6\"", "place   = \"QJK\"");
        world.change("QT6", "submission.toml", "\"QT6\"", "\"QJK\"");
        world.change("QT6", "book/book.toml", "place = \"QT6\"", "place = \"QJK\"");
    };
    refused(two_for_one, "M040", &["Devon submits two plans", "leave out the version it replaces"]);
    let years = |world: &World| world.change("QT6", "plan.toml", "2036/37", "2035/36");
    refused(years, "M042", &["Cornwall", "2021/22 to 2035/36", "2036/37", "same years"]);
    let unknown =
        |world: &World| world.change("QT6", "submission.toml", "place        = \"QT6\"", "place        = \"QT66\"");
    refused(unknown, "M010", &["no place has the code `QT66`", "did you mean `QT6`?"]);
    let other =
        |world: &World| world.change("QT6", "submission.toml", "place        = \"QT6\"", "place        = \"QJK\"");
    refused(other, "M043", &["the submission is for QJK, and the plan beside it for QT6"]);
    let rest = |world: &World| {
        world.change("QT6", "submission.toml", "covers       = \"whole\"", "covers       = \"remainder\"");
    };
    refused(rest, "M010", &["remainder"]);
    let word = |world: &World| world.change("QT6", "submission.toml", "version ", "verzion ");
    refused(word, "M004", &["verzion"]);
    let profession = |world: &World| {
        let text =
            "[[transfer]]\nfrom = \"QT6\"\nto = \"QJK\"\nprofession = \"midwifes\"\nyear = \"2025/26\"\nheadcount = 4";
        world.add("QT6", "submission.toml", text);
    };
    refused(profession, "M010", &["midwifes", "did you mean `midwives`?"]);
    let elsewhere = |world: &World| {
        let text =
            "[[transfer]]\nfrom = \"QOX\"\nto = \"QJK\"\nprofession = \"midwives\"\nyear = \"2025/26\"\nheadcount = 4";
        world.add("QT6", "submission.toml", text);
    };
    refused(elsewhere, "M043", &["neither comes to QT6 nor leaves it"]);
    let nobody = |world: &World| {
        let text =
            "[[transfer]]\nfrom = \"QT6\"\nto = \"QJK\"\nprofession = \"midwives\"\nyear = \"2025/26\"\nheadcount = -4";
        world.add("QT6", "submission.toml", text);
    };
    refused(nobody, "M009", &["`headcount` is not a number above nought"]);
}

#[test]
fn a_system_and_its_own_organisation_are_not_both_counted() {
    let world = World::south_west(Among::Organisations);
    world.keep(&["RA9", "QJK-rest"]);
    // The rest of Devon says that it is all of Devon.
    world.change("QJK-rest", "submission.toml", "covers       = \"rest\"", "covers       = \"whole\"");
    let (code, text) = the_fault(&world);
    assert_eq!(code, "M041");
    assert!(text.contains("Torbay and South Devon") && text.contains("adds_up_from = [\"RA9\"]"), "{text}");
}

#[test]
fn prices_of_two_years_do_not_add() {
    let world = World::south_west(Among::Systems);
    world.keep(&["QJK", "QT6"]);
    let text = "measure = \"earnings_gbp\"\nabout = \"For a test.\"\nunit = \"GBP per FTE per year\"\nprice_year = \"2024/25\"\nchecked = 2026-11-23\n[[value]]\n\
                for = { profession = \"midwives\" }\nfrom = 2012-04-01\nvalue = 40000\nkind = \"derived\"\nsource = \"muster-judgement\"\nwhere = \"Test\"\nwhy = \"Test.\"\n";
    fs::write(world.plan("QT6").join("book/earnings_gbp.toml"), text).unwrap();
    let (_, text) = the_fault(&world);
    assert!(text.contains("2024/25"), "{text}");
}

fn fired(world: &World) -> Vec<(String, Fired)> {
    let rules = Rules::of_plan(&root().join("plans/ltwp-2023")).unwrap();
    assert!(rules.rules.len() >= 12 && rules.bands.is_some());
    let gathered = world.gather();
    Rollup::of(&gathered, "plan").unwrap().fired(&gathered, &rules, TODAY)
}

#[test]
fn a_plan_straight_from_divide_lacks_a_sign_off_and_numbers_of_its_own() {
    let world = World::south_west(Among::Systems);
    world.keep(&["QJK"]);
    let found = fired(&world);
    let errors: Vec<&str> = found
        .iter()
        .filter(|(_, fired)| fired.severity == Severity::Error)
        .map(|(_, fired)| fired.rule.as_str())
        .collect();
    assert_eq!(errors, ["signed-off"]);
    let rules: Vec<&str> = found.iter().map(|(_, fired)| fired.rule.as_str()).collect();
    assert!(rules.contains(&"own-staff") && rules.contains(&"own-need") && rules.contains(&"own-leavers"), "{rules:?}");
    assert!(!rules.contains(&"growth") && !rules.contains(&"intakes"), "{rules:?}");
}

#[test]
fn rules_fire_in_a_planners_words() {
    let world = World::south_west(Among::Systems);
    world.keep(&["QJK"]);
    let sign =
        |name: &str, day: &str| format!("[sign_off]\nname = \"{name}\"\nrole = \"Chief people officer\"\ndate = {day}");
    let text = fs::read_to_string(world.plan("QJK").join("submission.toml")).unwrap();
    let found_with = |file: &str, rule: &str| {
        fs::write(world.plan("QJK").join("submission.toml"), file).unwrap();
        fired(&world)
            .into_iter()
            .find(|(_, fired)| fired.rule == rule)
            .map(|(_, fired)| format!("{} {}", fired.found, fired.help))
    };
    let signed = format!("{text}\n{}", sign("A. Person", "2026-11-23"));
    assert_eq!(found_with(&signed, "signed-off"), None);
    let early = format!("{text}\n{}", sign("A. Person", "2026-11-22"));
    assert!(found_with(&early, "signed-off").unwrap().contains("2026-11-22"));
    let late = format!("{text}\n{}", sign("A. Person", "2026-11-24"));
    assert!(found_with(&late, "signed-off").unwrap().contains("after 2026-11-23"));
    let replaced = signed.replace("version      = \"0.1\"", "version = \"0.9\"\nreplaces = \"0.10\"");
    assert!(found_with(&replaced, "version").unwrap().contains("0.9 does not come after 0.10"));
    // Everyone leaves: the gap, leavers and growth are out of bounds, and the year and the bound are named.
    world.state("QJK", LEAVERS, "", 0.4);
    let broken = fired(&world);
    let rules: Vec<&str> = broken.iter().map(|(_, fired)| fired.rule.as_str()).collect();
    for rule in ["leavers", "growth", "vacancies"] {
        assert!(rules.contains(&rule), "{rule} is not in {rules:?}");
    }
    let leavers = &broken.iter().find(|(_, fired)| fired.rule == "leavers").unwrap().1;
    assert!(leavers.help.contains("between 4.0% and 16.0%"), "{leavers:?}");
}

#[test]
fn growth_outside_its_band_is_flagged() {
    let world = World::south_west(Among::Systems);
    world.keep(&["QJK"]);
    let rules = Rules::of_plan(&root().join("plans/ltwp-2023")).unwrap();
    let sound = triangulate(&world.roll_up(), rules.bands.as_ref());
    assert!(sound.iter().all(|triangle| triangle.flags.is_empty()), "{sound:#?}");
    world.state("QJK", LEAVERS, "", 0.4);
    let flagged = triangulate(&world.roll_up(), rules.bands.as_ref());
    let devon = flagged.iter().find(|triangle| triangle.place == "QJK").unwrap();
    assert!(devon.flags[0].contains("activity grows faster than posts"), "{devon:?}");
    assert!((devon.productivity - ((1.0 + devon.activity) / (1.0 + devon.posts) - 1.0)).abs() < 1e-12);
}

#[test]
fn rules_that_cannot_be_read_say_what_they_lack() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("submission-rules.toml");
    let faults = |text: &str| {
        fs::write(&path, text).unwrap();
        Rules::read(&path)
            .unwrap_err()
            .into_iter()
            .map(|fault| format!("{}: {} {}", fault.code, fault.message, fault.help))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let head = "[[rule]]\nid = \"a\"\nseverity = \"error\"\nsays = \"Be good.\"\n";
    assert!(faults(&format!("{head}check = \"lies\"\nof = \"staff_fte\"")).contains("does not say `low`"));
    assert!(faults(&format!("{head}check = \"lies\"\nhigh = 1.0")).contains("does not say `of`"));
    assert!(
        faults(&format!("{head}check = \"lies\"\nof = \"staf_fte\"\nhigh = 1.0")).contains("did you mean `staff_fte`?")
    );
    assert!(faults(&format!("{head}check = \"lies\"\nof = \"staff_fte\"\nlow = 2.0\nhigh = 1.0")).contains("M044"));
    assert!(faults(&format!("{head}check = \"stated_locally\"\nmeasure = \"stock\"")).contains("M044"));
    assert!(faults(&format!("{head}check = \"signed_of\"")).contains("signed_off"));
    assert!(
        faults(&format!("{head}check = \"budget\"\n{head}check = \"budget\"")).contains("two rules are called `a`")
    );
}
