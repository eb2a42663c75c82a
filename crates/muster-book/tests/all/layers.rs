//! Which value applies: layers of books, dates, exact and less exact subjects, effects, scenarios, and assumptions moved by themselves.

use muster_book::{Assumption, COUNTERFACTUAL, Measure, PLAN, Plan, Resolved, Scope, Side};
use muster_core::{STAFF_AGES, Setting};
use muster_engine::{Cell, How, ProfileId, Step};

use crate::small::{Edit, Small, add, code, file_of, listed, projected, resolved, small, swap, whole};

/// The professions of the small book, in its order.
const ASSOCIATES: usize = 0;
const NURSES: usize = 1;
const TRAINEES: usize = 2;
const CONSULTANTS: usize = 3;

const ACTIONS: &str = "plans/small/actions.toml";

/// One published value: what it is for, when it holds, and the number.
fn value(key: &str, dates: &str, value: f64) -> String {
    let passport = "kind = \"published\"\nsource = \"register\"\nwhere = \"Table 1\"\n";
    format!("\n[[value]]\nfor = {{ {key} }}\n{dates}\nvalue = {value}\n{passport}")
}

/// A file of one measure.
fn stating(measure: Measure, values: &[String]) -> String {
    let spec = measure.spec();
    let header = format!("measure = \"{}\"\nabout = \"{}\"\nunit = \"{}\"\n", spec.id, spec.about, spec.unit);
    format!("{header}checked = 2026-01-31\n{}", values.concat())
}

/// The small plan with another statement of one measure in its national book.
fn with_national(measure: Measure, values: &[String]) -> Small {
    small().with(file_of(measure.id()), whole(stating(measure, values)))
}

/// The small plan with one action instead of its own, which has these effects.
fn with_effects(effects: &[&str]) -> Small {
    let action = "[[action]]\nid = \"A\"\ntitle = \"An action\"\ntheme = \"retain\"\nowner = { organisation = \"NHS England\", role = \"Director\" }\n\
                  level = \"national\"\ndue = 2026-03-31\nsource = \"register\"\nevidence = \"None.\"\n";
    let head = "\n[[action.effect]]\nkind = \"published\"\nsource = \"register\"\nwhere = \"Table 1\"\n";
    let effects: Vec<String> = effects.iter().map(|effect| format!("{head}{effect}\n")).collect();
    // Scenarios and stress tests speak of the actions that this one replaces.
    let small = small().with("plans/small/scenarios.toml", Edit::Gone).with("plans/small/stress.toml", Edit::Gone);
    small.with(ACTIONS, whole(action.to_owned() + &effects.concat()))
}

/// The plan resolved for one place.
fn at(plan: &Plan, scenario: &str, place: &str) -> Resolved {
    resolved(plan, scenario, &[code(place)])
}

/// The cells of one profession.
fn cells(resolved: &Resolved, profession: usize) -> Vec<&Cell> {
    resolved.inputs.cells.iter().filter(|cell| cell.profession == profession).collect()
}

/// A profile at one age.
fn at_age(resolved: &Resolved, profile: ProfileId, age: u8) -> f64 {
    resolved.inputs.profiles.get(profile)[STAFF_AGES.index(age)]
}

/// Returners of a profession per opening head, 2022/23 first.
fn returner_rate(resolved: &Resolved, profession: usize) -> Vec<f64> {
    cells(resolved, profession)[0].years.iter().map(|year| year.returner_rate).collect()
}

fn opening_fte(resolved: &Resolved, profession: usize) -> f64 {
    let fte = |cell: &&Cell| {
        let hours = resolved.inputs.profiles.get(cell.opening_participation);
        cell.opening.iter().flat_map(|stage| stage.iter().zip(hours)).map(|(people, fte)| people * fte).sum::<f64>()
    };
    cells(resolved, profession).iter().map(fte).sum()
}

fn international(resolved: &Resolved, profession: usize) -> Vec<f64> {
    let of_year =
        |year: usize| cells(resolved, profession).iter().map(|cell| cell.years[year].international_headcount).sum();
    (0..5).map(of_year).collect()
}

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let same = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9 * (1.0 + b.abs()));
    assert!(same, "found    {found:?}\nexpected {expected:?}");
}

// Layers

#[test]
fn a_local_value_holds_for_its_place_and_below_and_only_in_the_years_it_covers() {
    let local = stating(Measure::ReturnerRate, &[value("", "from = 2023-04-01\nto = 2024-03-31", 0.05)]);
    let plan = small().with_local_book("QJK", &local).plan();
    let in_one_year = [0.01, 0.05, 0.01, 0.01, 0.01];
    close(&returner_rate(&at(&plan, PLAN, "QJK"), NURSES), &in_one_year);
    close(&returner_rate(&at(&plan, PLAN, "RA9"), NURSES), &in_one_year);
    close(&returner_rate(&at(&plan, PLAN, "QOX"), NURSES), &[0.01; 5]);
    close(&returner_rate(&at(&plan, PLAN, "ENG"), NURSES), &[0.01; 5]);
}

#[test]
fn a_value_of_a_region_holds_for_its_systems_unless_a_system_says_otherwise() {
    let local = stating(
        Measure::ReturnerRate,
        &[value("", "from = 2021-04-01", 0.02), value("place = \"QOX\"", "from = 2021-04-01", 0.03)],
    );
    let plan = small().with_local_book("Y58", &local).plan();
    close(&returner_rate(&at(&plan, PLAN, "QJK"), NURSES), &[0.02; 5]);
    close(&returner_rate(&at(&plan, PLAN, "RA9"), NURSES), &[0.02; 5]);
    close(&returner_rate(&at(&plan, PLAN, "QOX"), NURSES), &[0.03; 5]);
    close(&returner_rate(&at(&plan, PLAN, "ENG"), NURSES), &[0.01; 5]);
}

#[test]
fn england_by_itself_is_not_touched_by_a_local_book() {
    let local = [
        stating(Measure::LeaverRate, &[value("", "from = 2021-04-01", 0.5)]),
        stating(Measure::StockFte, &[value("profession = \"nurses\"", "from = 2021-04-01", 1.0)]),
        stating(Measure::OnCost, &[value("", "from = 2021-04-01", 2.0)]),
    ];
    let england = [code("ENG")];
    let before = projected(&small().plan(), PLAN, &england);
    for local in local {
        let plan = small().with_local_book("QJK", &local).plan();
        assert_eq!(projected(&plan, PLAN, &england), before);
        assert_ne!(projected(&plan, PLAN, &[code("QJK")]), projected(&small().plan(), PLAN, &[code("QJK")]));
    }
}

#[test]
fn a_local_value_overrides_cell_by_cell_down_to_the_age() {
    // Nationally nurses leave at 0.1 to the age of 54 and 0.2 from 55.
    let local =
        stating(Measure::LeaverRate, &[value("profession = \"nurses\", age = \"50-60\"", "from = 2021-04-01", 0.3)]);
    let plan = small().with_local_book("QJK", &local).plan();
    let here = at(&plan, COUNTERFACTUAL, "QJK");
    let rates = |profession: usize| -> Vec<f64> {
        let profile = cells(&here, profession)[0].years[0].leaver;
        [49, 50, 60, 61].map(|age| at_age(&here, profile, age)).to_vec()
    };
    close(&rates(NURSES), &[0.1, 0.3, 0.3, 0.2]);
    close(&rates(ASSOCIATES), &[0.1, 0.1, 0.2, 0.2]);
    close(&rates(CONSULTANTS), &[0.05; 4]);
}

#[test]
fn a_local_value_for_everyone_comes_before_a_national_value_for_a_group() {
    let local = stating(Measure::LeaverRate, &[value("", "from = 2021-04-01", 0.15)]);
    let plan = small().with_local_book("QJK", &local).plan();
    let here = at(&plan, COUNTERFACTUAL, "QJK");
    let rate = |profession: usize| at_age(&here, cells(&here, profession)[0].years[0].leaver, 60);
    close(&[rate(NURSES), rate(CONSULTANTS)], &[0.15, 0.15]);
}

#[test]
fn parts_of_a_whole_are_taken_whole_from_the_local_book() {
    let local = stating(Measure::AgeShare, &[value("age = \"30-39\"", "from = 2021-04-01", 1.0)]);
    let plan = small().with_local_book("QJK", &local).plan();
    let here = at(&plan, PLAN, "QJK");
    let opening = &cells(&here, NURSES)[0].opening[0];
    let everyone: f64 = opening.iter().sum();
    let thirties: f64 = (30..=39).map(|age| opening[STAFF_AGES.index(age)]).sum();
    close(&[thirties], &[everyone]);
    assert!(everyone > 0.0);
}

#[test]
fn parts_of_a_whole_come_from_the_national_book_in_years_that_the_local_one_does_not_cover() {
    let local =
        stating(Measure::JoinerAgeShare, &[value("age = \"30-39\"", "from = 2023-04-01\nto = 2024-03-31", 1.0)]);
    let plan = small().with_local_book("QJK", &local).plan();
    let here = at(&plan, PLAN, "QJK");
    let at_25: Vec<f64> =
        cells(&here, NURSES)[0].years.iter().map(|year| at_age(&here, year.joiner_ages, 25)).collect();
    // Nationally joiners are spread evenly over 25 to 44.
    close(&at_25, &[0.05, 0.0, 0.05, 0.05, 0.05]);
}

#[test]
fn a_local_division_between_settings_divides_an_amount_of_its_own() {
    let settings = ["acute", "community"]
        .map(|setting| value(&format!("profession = \"nurses\", setting = \"{setting}\""), "from = 2021-04-01", 0.5));
    let demand = stating(Measure::DemandFte, &[value("profession = \"nurses\"", "from = 2021-04-01", 8000.0)]);
    let plan = small()
        .with_local_book("QJK", &stating(Measure::SettingShare, &settings))
        .with("books/local/demand.toml", whole(demand))
        .plan();
    let here = at(&plan, PLAN, "QJK");
    let demand: Vec<f64> = cells(&here, NURSES).iter().map(|cell| cell.demand_base_fte).collect();
    close(&demand, &[4000.0, 4000.0]);
    // England's staff divide as England's do.
    let people = |cell: &&Cell| cell.opening[0].iter().sum::<f64>();
    let [acute, community] = cells(&here, NURSES)[..] else { panic!("nurses work in two settings") };
    close(&[people(&acute) / people(&community)], &[0.7 / 0.3]);
}

/// Shares of England of the small book's systems for one group, in the settings where the group works.
fn group_shares(shares: [(&str, f64); 2]) -> Small {
    let rows: String = ["acute", "community"]
        .iter()
        .flat_map(|setting| shares.map(|(place, share)| format!("nursing,{place},{setting},{share}\n")))
        .collect();
    let passport = "measure = \"place_share\"\nabout = \"Shares of nurses.\"\nunit = \"share of England\"\nchecked = 2026-01-31\n\n[table]\n\
                    file = \"of_nurses.csv\"\nfrom = 2021-04-01\nkind = \"published\"\nsource = \"register\"\nwhere = \"Table 1\"\n";
    small()
        .with("books/small/places/of_nurses.toml", whole(passport))
        .with("books/small/places/of_nurses.csv", whole(format!("group,place,setting,value\n{rows}")))
}

#[test]
fn a_groups_own_share_of_england_stands_before_that_of_everyone() {
    let before = small().plan();
    let plan = group_shares([("QJK", 0.3), ("QOX", 0.7)]).plan();
    let share = |plan: &Plan, place: &str, of: usize| {
        opening_fte(&at(plan, PLAN, place), of) / opening_fte(&at(plan, PLAN, "ENG"), of)
    };
    close(&[share(&before, "QJK", NURSES), share(&before, "QOX", NURSES)], &[0.6, 0.4]);
    close(&[share(&plan, "QJK", NURSES), share(&plan, "QOX", NURSES)], &[0.3, 0.7]);
    close(&[share(&plan, "QJK", CONSULTANTS), share(&plan, "QOX", CONSULTANTS)], &[0.6, 0.4]);
}

#[test]
fn a_groups_own_shares_of_england_add_to_one() {
    let found = group_shares([("QJK", 0.3), ("QOX", 0.6)]).read().unwrap_err();
    assert!(found.iter().all(|diagnostic| diagnostic.code == "M015"), "{}", listed(&found));
    assert!(found[0].message.contains("of Nursing") && found[0].message.contains("0.9"), "{}", found[0].message);
}

#[test]
fn an_amount_of_a_systems_own_replaces_its_share() {
    let local = stating(Measure::StockFte, &[value("profession = \"nurses\"", "from = 2021-04-01", 7000.0)]);
    let plan = small().with_local_book("QJK", &local).plan();
    let here = at(&plan, PLAN, "QJK");
    // The system has six tenths of everyone else.
    let stocks = [ASSOCIATES, NURSES, TRAINEES, CONSULTANTS].map(|profession| opening_fte(&here, profession));
    close(&stocks, &[600.0, 7000.0, 480.0, 720.0]);
    // An amount of the system says nothing about a trust in it, or about the system beside it.
    close(
        &[opening_fte(&at(&plan, PLAN, "RA9"), NURSES), opening_fte(&at(&plan, PLAN, "QOX"), NURSES)],
        &[2000.0, 4000.0],
    );
}

#[test]
fn an_amount_of_a_trusts_own_replaces_its_share() {
    let local = [
        stating(Measure::DemandFte, &[value("profession = \"nurses\", place = \"RA9\"", "from = 2021-04-01", 2500.0)]),
        stating(Measure::DemandFte, &[value("profession = \"nurses\"", "from = 2021-04-01", 2500.0)]),
    ];
    for (place, local) in ["QJK", "RA9"].iter().zip(local) {
        let plan = small().with_local_book(place, &local).plan();
        let demand = |place: &str| -> f64 {
            cells(&at(&plan, PLAN, place), NURSES).iter().map(|cell| cell.demand_base_fte).sum()
        };
        close(&[demand("RA9"), demand("QJK"), demand("ENG")], &[2500.0, 6600.0, 11_000.0]);
    }
}

#[test]
fn an_amount_of_its_own_for_one_year_leaves_the_share_of_the_others() {
    let dates = "from = 2023-04-01\nto = 2024-03-31";
    let local = stating(Measure::InternationalHeadcount, &[value("profession = \"nurses\"", dates, 100.0)]);
    let plan = small().with_local_book("QJK", &local).plan();
    // Six tenths of England's 300, but for the year that the local book covers.
    close(&international(&at(&plan, PLAN, "QJK"), NURSES), &[180.0, 100.0, 180.0, 180.0, 180.0]);
}

#[test]
fn national_effects_that_add_or_set_do_not_change_an_amount_of_its_own() {
    let national = "measure = \"international_headcount\"\nfor = { profession = \"nurses\" }\npath = [{ from = 2024-04-01, value = 600 }]\n";
    let local =
        stating(Measure::InternationalHeadcount, &[value("profession = \"nurses\"", "from = 2021-04-01", 100.0)]);
    let with = |effect: &str| with_effects(&[effect]).with_local_book("QJK", &local).plan();
    let plan = with(&format!("{national}how = \"set\""));
    close(&international(&at(&plan, PLAN, "QJK"), NURSES), &[100.0; 5]);
    close(&international(&at(&plan, PLAN, "QOX"), NURSES), &[120.0, 120.0, 240.0, 240.0, 240.0]);
    let plan = with(&format!("{}how = \"multiply\"", national.replace("600", "2")));
    close(&international(&at(&plan, PLAN, "QJK"), NURSES), &[100.0, 100.0, 200.0, 200.0, 200.0]);
}

#[test]
fn what_a_local_book_overrides_is_listed() {
    let local =
        stating(Measure::LeaverRate, &[value("group = \"nursing\", age = \"50-60\"", "from = 2021-04-01", 0.3)]);
    let plan = small().with_local_book("QJK", &local).plan();
    let found: Vec<String> = plan
        .shelf
        .overrides()
        .iter()
        .map(|found| {
            let name = |series: &muster_book::Series| plan.shelf.name(series.measure, &series.key);
            assert_eq!((found.winner.book, found.loser.book), (1, 0));
            format!("{} over {}", name(found.winner), name(found.loser))
        })
        .collect();
    assert_eq!(
        found,
        [
            "leaver_rate of Nursing, ages 50-60, in Devon over leaver_rate of Nursing, ages 16-54",
            "leaver_rate of Nursing, ages 50-60, in Devon over leaver_rate of Nursing, ages 55-75",
        ]
    );
    assert!(small().plan().shelf.overrides().is_empty());
}

#[test]
fn a_less_exact_local_value_that_wins_is_listed_too() {
    let local = stating(Measure::LeaverRate, &[value("", "from = 2021-04-01", 0.15)]);
    let plan = small().with_local_book("QJK", &local).plan();
    assert_eq!(plan.shelf.overrides().len(), 3, "all three national bands are covered in Devon");
}

#[test]
fn books_of_two_places_do_not_override_each_other() {
    let local = stating(Measure::ReturnerRate, &[value("", "from = 2021-04-01", 0.05)]);
    let plan = small()
        .with_local_book("QJK", &local)
        .with("books/other/book.toml", whole("id = \"other\"\ntitle = \"Another book\"\nplace = \"QOX\"\n"))
        .with("books/other/values.toml", whole(&local))
        .with("plans/small/plan.toml", swap("/local']", "/local', '../../books/other']"))
        .plan();
    let found = plan.shelf.overrides();
    assert_eq!(found.len(), 2, "each overrides the national book");
    assert!(found.iter().all(|found| found.loser.book == 0));
}

#[test]
fn of_two_books_for_one_place_the_later_wins() {
    let local = |number: f64| stating(Measure::ReturnerRate, &[value("", "from = 2021-04-01", number)]);
    let plan = small()
        .with_local_book("QJK", &local(0.05))
        .with("books/other/book.toml", whole("id = \"other\"\ntitle = \"Another book\"\nplace = \"QJK\"\n"))
        .with("books/other/values.toml", whole(local(0.06)))
        .with("plans/small/plan.toml", swap("/local']", "/local', '../../books/other']"))
        .plan();
    close(&returner_rate(&at(&plan, PLAN, "QJK"), NURSES), &[0.06; 5]);
}

// Dates

#[test]
fn between_two_dates_a_value_steps_goes_straight_or_grows() {
    let cases: [(&str, [f64; 5]); 3] = [
        ("step", [0.01, 0.01, 0.01, 0.16, 0.16]),
        ("linear", [0.01 + 0.15 / 4.0, 0.01 + 0.15 / 2.0, 0.01 + 0.15 * 0.75, 0.16, 0.16]),
        // From 0.01 to 0.16 in four years: a factor of two each year.
        ("growth", [0.02, 0.04, 0.08, 0.16, 0.16]),
    ];
    for (interpolation, expected) in cases {
        let values = [value("", "from = 2021-04-01", 0.01), value("", "from = 2025-04-01", 0.16)];
        let text = stating(Measure::ReturnerRate, &values)
            .replace("checked", &format!("interpolation = \"{interpolation}\"\nchecked"));
        let plan = small().with(file_of("returner_rate"), whole(text)).plan();
        close(&returner_rate(&at(&plan, PLAN, "ENG"), NURSES), &expected);
    }
}

#[test]
fn a_value_belongs_to_the_financial_year_its_date_falls_in() {
    for (date, from) in [("2023-03-31", 0), ("2023-04-01", 1), ("2023-12-25", 1), ("2024-03-31", 1), ("2024-04-01", 2)]
    {
        let values = [value("", "from = 2021-04-01", 0.01), value("", &format!("from = {date}"), 0.02)];
        let plan = with_national(Measure::ReturnerRate, &values).plan();
        let expected: Vec<f64> = (0..5).map(|year| if year < from { 0.01 } else { 0.02 }).collect();
        close(&returner_rate(&at(&plan, PLAN, "ENG"), NURSES), &expected);
    }
}

#[test]
fn the_order_in_which_dated_values_are_written_does_not_matter() {
    let values = [
        value("", "from = 2024-04-01", 0.03),
        value("", "from = 2021-04-01", 0.01),
        value("", "from = 2023-04-01", 0.02),
    ];
    let plan = with_national(Measure::ReturnerRate, &values).plan();
    close(&returner_rate(&at(&plan, PLAN, "ENG"), NURSES), &[0.01, 0.02, 0.03, 0.03, 0.03]);
}

// Subjects

#[test]
fn the_most_exact_subject_wins() {
    let dates = "from = 2021-04-01";
    let values = [
        value("", dates, 0.01),
        value("profession = \"nurses\"", dates, 0.03),
        value("group = \"nursing\"", dates, 0.02),
    ];
    let here = at(&with_national(Measure::ReturnerRate, &values).plan(), PLAN, "ENG");
    let rates = [ASSOCIATES, NURSES, TRAINEES, CONSULTANTS].map(|profession| returner_rate(&here, profession)[0]);
    close(&rates, &[0.02, 0.03, 0.01, 0.01]);
}

#[test]
fn a_value_for_a_setting_comes_before_one_for_all_settings() {
    let dates = "from = 2021-04-01";
    let values = [value("", dates, 0.01), value("setting = \"acute\"", dates, 0.03)];
    let here = at(&with_national(Measure::ProductivityGrowth, &values).plan(), PLAN, "ENG");
    let growth = here.inputs.places[0].drivers.productivity_growth[0];
    close(&[growth[Setting::Acute.index()], growth[Setting::Community.index()]], &[0.03, 0.01]);
}

#[test]
fn a_more_exact_value_that_has_ended_gives_way_to_a_less_exact_one() {
    let values = [
        value("", "from = 2021-04-01", 0.01),
        value("profession = \"nurses\"", "from = 2021-04-01\nto = 2024-03-31", 0.03),
    ];
    let plan = with_national(Measure::ReturnerRate, &values).plan();
    close(&returner_rate(&at(&plan, PLAN, "ENG"), NURSES), &[0.03, 0.03, 0.01, 0.01, 0.01]);
}

#[test]
fn the_age_shares_of_a_profession_are_not_topped_up_from_its_group() {
    let dates = "from = 2021-04-01";
    let values = [
        value("age = \"20-39\"", dates, 0.6),
        value("age = \"40-64\"", dates, 0.4),
        value("profession = \"nurses\", age = \"50-59\"", dates, 1.0),
    ];
    let here = at(&with_national(Measure::AgeShare, &values).plan(), PLAN, "ENG");
    let under_50 =
        |profession: usize| -> f64 { cells(&here, profession)[0].opening[0][..STAFF_AGES.index(50)].iter().sum() };
    close(&[under_50(NURSES)], &[0.0]);
    assert!(under_50(ASSOCIATES) > 0.0);
}

// Effects

#[test]
fn effects_set_add_and_multiply_from_their_date_on() {
    let effect = |how: &str, value: f64| {
        format!("measure = \"returner_rate\"\nhow = \"{how}\"\npath = [{{ from = 2024-04-01, value = {value} }}]")
    };
    for (how, number, after) in [("set", 0.05, 0.05), ("add", 0.02, 0.03), ("multiply", 3.0, 0.03)] {
        let plan = with_effects(&[&effect(how, number)]).plan();
        close(&returner_rate(&at(&plan, PLAN, "ENG"), NURSES), &[0.01, 0.01, after, after, after]);
        close(&returner_rate(&at(&plan, COUNTERFACTUAL, "ENG"), NURSES), &[0.01; 5]);
    }
}

#[test]
fn the_path_of_an_effect_is_followed_between_its_dates() {
    let path = "measure = \"returner_rate\"\nhow = \"set\"\npath = [{ from = 2022-04-01, value = 0.02 }, { from = 2025-04-01, value = 0.16 }]";
    let cases: [(&str, [f64; 5]); 3] = [
        ("step", [0.02, 0.02, 0.02, 0.16, 0.16]),
        ("linear", [0.02, 0.02 + 0.14 / 3.0, 0.02 + 0.28 / 3.0, 0.16, 0.16]),
        // From 0.02 to 0.16 in three years: a factor of two each year.
        ("growth", [0.02, 0.04, 0.08, 0.16, 0.16]),
    ];
    for (interpolation, expected) in cases {
        let plan = with_effects(&[&format!("{path}\ninterpolation = \"{interpolation}\"")]).plan();
        close(&returner_rate(&at(&plan, PLAN, "ENG"), NURSES), &expected);
    }
}

#[test]
fn effects_follow_one_another_in_the_order_of_the_plan() {
    let multiply = "measure = \"returner_rate\"\nhow = \"multiply\"\npath = [{ from = 2022-04-01, value = 2 }]";
    let add = "measure = \"returner_rate\"\nhow = \"add\"\npath = [{ from = 2022-04-01, value = 0.03 }]";
    let rate = |effects: &[&str]| returner_rate(&at(&with_effects(effects).plan(), PLAN, "ENG"), NURSES)[0];
    close(&[rate(&[multiply, add]), rate(&[add, multiply])], &[0.05, 0.08]);
}

#[test]
fn an_effect_reaches_only_what_it_names() {
    let at_ages = "measure = \"leaver_rate\"\nfor = { profession = \"nurses\", age = \"55-75\" }\nhow = \"multiply\"\npath = [{ from = 2022-04-01, value = 0.5 }]";
    let here = at(&with_effects(&[at_ages]).plan(), PLAN, "ENG");
    let rate = |profession: usize, age: u8| at_age(&here, cells(&here, profession)[0].years[0].leaver, age);
    close(&[rate(NURSES, 54), rate(NURSES, 55), rate(ASSOCIATES, 55)], &[0.1, 0.1, 0.2]);

    let at_place = "measure = \"returner_rate\"\nfor = { place = \"QJK\" }\nhow = \"set\"\npath = [{ from = 2022-04-01, value = 0.04 }]";
    let plan = with_effects(&[at_place]).plan();
    let rates = ["QJK", "RA9", "QOX", "ENG"].map(|place| returner_rate(&at(&plan, PLAN, place), NURSES)[0]);
    close(&rates, &[0.04, 0.04, 0.01, 0.01]);
}

// Scenarios

/// Nursing students in the last year, the chance that an associate of 30 leaves in it, and real growth of pay.
fn story(plan: &Plan, scenario: &str) -> [f64; 3] {
    let here = at(plan, scenario, "ENG");
    let leaver = at_age(&here, cells(&here, ASSOCIATES)[0].years[4].leaver, 30);
    [here.inputs.programmes[0].intake[4], leaver, here.inputs.places[0].money.real_pay_growth[4]]
}

#[test]
fn a_scenario_has_the_plan_without_some_actions_or_only_some_and_its_own_changes() {
    let plan = small().plan();
    close(&story(&plan, PLAN), &[3000.0, 0.08, 0.005]);
    close(&story(&plan, COUNTERFACTUAL), &[2000.0, 0.1, 0.005]);
    close(&story(&plan, "no-retention"), &[3000.0, 0.1, 0.005]);
    close(&story(&plan, "retention-only"), &[2000.0, 0.08, 0.015]);
}

// Failures

/// Nursing students by year, 2022/23 first, when failures fall on a policy.
fn students(plan: &Plan, policy: &str, failures: &[&str]) -> Vec<f64> {
    under(plan, policy, failures).inputs.programmes[0].intake.clone()
}

fn under(plan: &Plan, policy: &str, failures: &[&str]) -> Resolved {
    let named = |id: &&str| plan.failures.iter().find(|failure| failure.id == *id).unwrap();
    let failures: Vec<_> = failures.iter().map(named).collect();
    let policy = plan.policies.iter().find(|known| known.id == policy).unwrap();
    plan.resolve(&plan.under(policy, &failures), &[code("ENG")], Step::Year).unwrap()
}

/// All that the engine makes of it.
fn made(resolved: &Resolved) -> String {
    let projection = muster_engine::project(&resolved.inputs).unwrap();
    format!("{:?}{:?}", projection.cells, projection.programmes)
}

#[test]
fn what_comes_late_comes_in_full_and_later() {
    let plan = small().plan();
    close(&students(&plan, PLAN, &[]), &[2000.0, 2250.0, 2500.0, 2750.0, 3000.0]);
    // The line from 2,000 to 3,000 begins two years later; until then the book's 2,000 stand.
    close(&students(&plan, PLAN, &["training-late"]), &[2000.0, 2000.0, 2000.0, 2250.0, 2500.0]);
}

#[test]
fn what_comes_in_part_is_a_part_of_the_change() {
    let plan = small().plan();
    close(&students(&plan, PLAN, &["half-of-all"]), &[2000.0, 2125.0, 2250.0, 2375.0, 2500.0]);
    close(&students(&plan, PLAN, &["half-of-all", "training-late"]), &[2000.0, 2000.0, 2000.0, 2125.0, 2250.0]);
    // A tenth leave, a fifth of them were to stay, and half of that fifth does.
    let here = under(&plan, PLAN, &["half-of-all"]);
    close(&[at_age(&here, cells(&here, ASSOCIATES)[0].years[4].leaver, 30)], &[0.09]);
}

#[test]
fn a_failure_that_takes_an_action_away_is_the_scenario_without_it() {
    let plan = small().plan();
    let here = under(&plan, PLAN, &["no-retention"]);
    assert_eq!(made(&here), made(&at(&plan, "no-retention", "ENG")));
    let both = under(&plan, PLAN, &["no-retention", "pay-rises"]);
    let [leaver, pay] = [
        at_age(&both, cells(&both, ASSOCIATES)[0].years[4].leaver, 30),
        both.inputs.places[0].money.real_pay_growth[4],
    ];
    close(&[both.inputs.programmes[0].intake[4], leaver, pay], &[2000.0, 0.1, 0.015]);
}

#[test]
fn a_failure_of_actions_does_nothing_to_a_policy_without_them() {
    let plan = small().plan();
    let ids: Vec<&str> = plan.policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(ids, [PLAN, COUNTERFACTUAL, "retain", "train"]);
    for failures in
        [&["training-late"][..], &["half-of-all"], &["no-retention"], &["training-late", "half-of-all", "no-retention"]]
    {
        assert_eq!(made(&under(&plan, COUNTERFACTUAL, failures)), made(&at(&plan, COUNTERFACTUAL, "ENG")));
    }
    close(&students(&plan, "retain", &["training-late"]), &[2000.0; 5]);
    close(&students(&plan, "train", &["training-late"]), &students(&plan, PLAN, &["training-late"]));
}

// Moving assumptions

/// The plan with one assumption moved.
fn moved(plan: &Plan, scenario: &str, assumption: &Assumption, side: Side) -> Resolved {
    let futures = plan.futures(plan.scenario(scenario).unwrap(), &[code("ENG")], Step::Year).unwrap();
    futures.moved(assumption, side)
}

#[test]
fn every_uncertain_assumption_of_a_scenario_can_be_moved() {
    let plan = small().plan();
    let movable = |scenario: &str| plan.movable(plan.scenario(scenario).unwrap());
    let stated = [
        Assumption::Stated(Measure::LeaverRate, Scope::Group(0), None),
        Assumption::Stated(Measure::InternationalHeadcount, Scope::Profession(CONSULTANTS), None),
        Assumption::Stated(Measure::TemporaryFill, Scope::All, None),
    ];
    assert_eq!(movable(COUNTERFACTUAL), stated);
    assert_eq!(movable(PLAN), [stated.as_slice(), &[Assumption::Delivery(0)]].concat());
    assert_eq!(movable("retention-only"), stated, "the change of pay has no range, and retention is certain");
    let titles: Vec<String> = movable(PLAN).iter().map(|assumption| plan.assumption_title(assumption)).collect();
    assert_eq!(
        titles,
        [
            "leaver rate of Nursing",
            "international recruits of Consultants",
            "share of gaps that temporary staff fill",
            "Delivery of: More nursing students",
        ]
    );
}

#[test]
fn a_range_on_parts_of_a_whole_is_not_moved() {
    let plan = small().with(file_of("age_share"), swap("value  = 0.6\n", "value  = 0.6\nrange  = [0.5, 0.7]\n")).plan();
    let found = plan.movable(plan.scenario(PLAN).unwrap());
    assert!(!found.iter().any(|assumption| matches!(assumption, Assumption::Stated(Measure::AgeShare, ..))));
}

#[test]
fn a_stated_value_is_moved_to_its_low_and_its_high_and_nothing_else_is() {
    let plan = small().plan();
    let consultants = Assumption::Stated(Measure::InternationalHeadcount, Scope::Profession(CONSULTANTS), None);
    for (side, expected) in [(Side::Low, 20.0), (Side::Central, 40.0), (Side::High, 60.0)] {
        let here = moved(&plan, PLAN, &consultants, side);
        close(&international(&here, CONSULTANTS), &[expected; 5]);
        close(&international(&here, NURSES), &[300.0; 5]);
    }
    let nursing = Assumption::Stated(Measure::LeaverRate, Scope::Group(0), None);
    for (side, young, old) in [(Side::Low, 0.08, 0.15), (Side::High, 0.12, 0.25)] {
        let here = moved(&plan, COUNTERFACTUAL, &nursing, side);
        let rate = |profession: usize, age: u8| at_age(&here, cells(&here, profession)[0].years[0].leaver, age);
        close(&[rate(NURSES, 30), rate(ASSOCIATES, 60), rate(CONSULTANTS, 60)], &[young, old, 0.05]);
    }
}

#[test]
fn an_assumption_moved_to_its_own_value_changes_nothing() {
    let plan = small().plan();
    let as_stated = projected(&plan, PLAN, &[code("ENG")]);
    for assumption in plan.movable(plan.scenario(PLAN).unwrap()) {
        let project = |side| muster_engine::project(&moved(&plan, PLAN, &assumption, side).inputs).unwrap();
        assert_eq!(project(Side::Central), as_stated, "{}", plan.assumption_title(&assumption));
        for side in [Side::Low, Side::High] {
            assert_ne!(project(side), as_stated, "{} {side:?}", plan.assumption_title(&assumption));
        }
    }
}

#[test]
fn delivery_moves_the_whole_of_an_effect() {
    let plan = small().plan();
    // From 2,000 in 2022/23 in a straight line to 3,000 in 2026/27; half delivered, or a tenth more.
    for (side, share) in [(Side::Low, 0.5), (Side::Central, 1.0), (Side::High, 1.1)] {
        let here = moved(&plan, PLAN, &Assumption::Delivery(0), side);
        let expected: Vec<f64> = (0..5).map(|year| 2000.0 + share * 250.0 * f64::from(year)).collect();
        close(&here.inputs.programmes[0].intake, &expected);
    }
}

#[test]
fn an_effect_moved_beyond_what_can_be_stops_at_the_limit() {
    let effect = "measure = \"leaver_rate\"\nfor = { group = \"nursing\", age = \"16-54\" }\nhow = \"set\"\nrange = [0.5, 3.0]\n\
                  path = [{ from = 2022-04-01, value = 0.9 }]";
    let plan = with_effects(&[effect]).plan();
    let here = moved(&plan, PLAN, &Assumption::Delivery(0), Side::High);
    close(&[at_age(&here, cells(&here, NURSES)[0].years[0].leaver, 30)], &[1.0]);
}

// Sharing

#[test]
fn amounts_are_shared_between_systems_and_add_up_to_england() {
    let plan = small().plan();
    let amounts = |places: &[&str]| -> Vec<f64> {
        let places: Vec<_> = places.iter().map(|place| code(place)).collect();
        let here = resolved(&plan, PLAN, &places);
        let inputs = &here.inputs;
        let posts = inputs.transfers.iter().filter(|transfer| transfer.how == How::Posts);
        vec![
            inputs.cells.iter().flat_map(|cell| cell.opening.iter().flatten()).sum(),
            inputs.cells.iter().map(|cell| cell.demand_base_fte).sum(),
            inputs.cells.iter().flat_map(|cell| &cell.years).map(|year| year.international_headcount).sum(),
            inputs.programmes.iter().flat_map(|programme| &programme.intake).sum(),
            inputs.programmes.iter().flat_map(|programme| &programme.students).sum(),
            posts.flat_map(|transfer| &transfer.amount).sum(),
        ]
    };
    close(&amounts(&["QJK", "QOX"]), &amounts(&["ENG"]));
    close(&amounts(&["QJK"]), &amounts(&["ENG"]).iter().map(|amount| amount * 0.6).collect::<Vec<_>>());
}

#[test]
fn rates_hold_everywhere_as_they_stand() {
    let plan = small().plan();
    let [england, devon] = ["ENG", "QJK"].map(|place| at(&plan, PLAN, place));
    for (a, b) in england.inputs.cells.iter().zip(&devon.inputs.cells) {
        for (a, b) in a.years.iter().zip(&b.years) {
            assert_eq!((a.returner_rate, a.skill_mix, a.earnings_gbp), (b.returner_rate, b.skill_mix, b.earnings_gbp));
            assert_eq!(england.inputs.profiles.get(a.leaver), devon.inputs.profiles.get(b.leaver));
        }
    }
}

#[test]
fn a_plan_made_by_adding_up_its_systems_has_the_results_of_england() {
    let plan = small().plan();
    let totals = |places: &[&str]| -> Vec<f64> {
        let places: Vec<_> = places.iter().map(|place| code(place)).collect();
        let projection = projected(&plan, PLAN, &places);
        (0..6)
            .flat_map(|year| {
                let sum = |of: fn(&muster_engine::YearResult) -> f64| {
                    projection.cells.iter().map(|cell| of(&cell.years[year])).sum()
                };
                [
                    sum(|result| result.headcount),
                    sum(|result| result.fte),
                    sum(|result| result.demand_fte),
                    sum(|result| result.pay_gbp),
                ]
            })
            .collect()
    };
    close(&totals(&["QJK", "QOX"]), &totals(&["ENG"]));
}

// Naming places

#[test]
fn a_region_stands_for_its_systems_and_no_place_is_counted_twice() {
    let plan = small().plan();
    let named = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        plan.places_named(&names).map(|places| places.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(named(&["Y58"]).unwrap(), ["QJK", "QOX"]);
    assert_eq!(named(&["systems", "QJK"]).unwrap(), ["QJK", "QOX"]);
    assert_eq!(named(&["england"]).unwrap(), ["ENG"]);
    assert!(named(&["QJK", "RA9"]).unwrap_err().contains("counted twice"));
    assert!(named(&["QJX"]).unwrap_err().contains("`QJK`"));
}

#[test]
fn adding_a_value_for_another_date_changes_only_what_comes_after_it() {
    let later = small().with(file_of("real_pay_growth"), add(&value("", "from = 2025-04-01", 0.02))).plan();
    let [before, after] =
        [small().plan(), later].map(|plan| at(&plan, PLAN, "ENG").inputs.places[0].money.real_pay_growth.clone());
    close(&before, &[0.005; 5]);
    close(&after, &[0.005, 0.005, 0.005, 0.02, 0.02]);
}
