//! What is not known: its shape, its path over the years, and what moves together, as a book states them and as draws use them.

use muster_book::{Assumption, COUNTERFACTUAL, Desk, Futures, Measure, PLAN, Plan, Scope, Stands};
use muster_draws::sampler::{Method, Path, Sampler};
use muster_engine::{LANES, Step};

use crate::small::{Small, code, file_of, small, swap, whole};

const GROUPS: &str = "books/small/dependence.toml";

/// A small plan whose consultants from abroad, 40 a year and 20 to 60, take this path.
fn with_path(path: &str) -> Plan {
    let line = format!("path = {path}\nunit ");
    small().with(file_of("international_headcount"), swap("unit ", &line)).plan()
}

fn consultants(plan: &Plan) -> Assumption {
    let consultants = plan.shelf.taxonomy.profession("consultants").unwrap();
    Assumption::Stated(Measure::InternationalHeadcount, Scope::Profession(consultants), None)
}

fn futures(plan: &Plan, scenario: &str) -> Futures {
    plan.futures(plan.scenario(scenario).unwrap(), &[code("ENG")], Step::Year).unwrap()
}

/// Recruits from abroad of consultants, by year after the baseline, in each of the first draws.
fn recruits(plan: &Plan, draws: u64) -> Vec<Vec<f64>> {
    let futures = futures(plan, COUNTERFACTUAL);
    let sampler = plan.sampler(7, Method::Random).unwrap();
    let scores = sampler.scores(0..draws);
    let cell = plan.shelf.taxonomy.profession("consultants").unwrap();
    let (mut desk, mut block) = (Desk::default(), futures.block());
    let mut found = Vec::new();
    for first in (0..draws as usize).step_by(LANES) {
        let lanes = |assumption, year| std::array::from_fn(|lane| scores.score(assumption, year, first + lane));
        futures.fill(&Stands::Scores(&lanes), &mut desk, &mut block);
        for lane in 0..LANES {
            let inputs = futures.model.inputs(&block, lane);
            let cell = inputs.cells.iter().find(|found| found.profession == cell).unwrap();
            found.push(cell.years.iter().map(|year| year.international_headcount).collect());
        }
    }
    found
}

fn spread(draws: &[Vec<f64>], year: usize) -> f64 {
    let values: Vec<f64> = draws.iter().map(|draw| draw[year]).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

#[test]
fn a_fixed_error_is_the_same_in_every_year_and_is_what_no_path_means() {
    let draws = recruits(&small().plan(), 64);
    assert!(draws.iter().all(|draw| draw.iter().all(|value| *value == draw[0])));
    assert_eq!(draws, recruits(&with_path("'fixed'"), 64));
    // A triangle from 20 to 60: its standard deviation is 20 / √6.
    assert!((spread(&recruits(&small().plan(), 2048), 0) - 20.0 / 6.0_f64.sqrt()).abs() < 0.3);
}

#[test]
fn a_random_walk_starts_at_the_value_and_widens_to_the_range() {
    let plan = with_path("'random_walk'");
    assert_eq!(plan.path(&consultants(&plan)), Path::RandomWalk);
    let sampler = plan.sampler(7, Method::Random).unwrap();
    let k = plan.uncertain().iter().position(|found| *found == consultants(&plan)).unwrap();
    assert!(sampler.scores(0..64).slice(k, 0).iter().all(|score| *score == 0.0), "nothing at the baseline");
    let draws = recruits(&plan, 2048);
    let years = draws[0].len();
    let widths: Vec<f64> = (0..years).map(|year| spread(&draws, year)).collect();
    assert!(widths.is_sorted_by(|a, b| a < b), "{widths:?}");
    assert!(widths[0] < 0.6 * widths[years - 1], "{widths:?}");
    assert!((widths[years - 1] - 20.0 / 6.0_f64.sqrt()).abs() < 0.3, "the range at the horizon: {widths:?}");
}

#[test]
fn a_walk_stands_at_the_value_at_the_baseline() {
    // Hours are read at the baseline too: those who work there then are not in doubt.
    let hours = "path = 'random_walk'\nunit ";
    let range = "value  = 0.9\nrange  = [0.8, 1.0]";
    let plan = small()
        .with(file_of("participation"), swap("unit ", hours))
        .with(file_of("participation"), swap("value  = 0.9", range))
        .plan();
    let futures = futures(&plan, PLAN);
    let scores = plan.sampler(1, Method::Random).unwrap().scores(0..LANES as u64);
    let lanes = |assumption, year| std::array::from_fn(|lane| scores.score(assumption, year, lane));
    let mut block = futures.block();
    futures.fill(&Stands::Scores(&lanes), &mut Desk::default(), &mut block);
    let k =
        futures.assumptions.iter().position(|found| matches!(found, Assumption::Stated(Measure::Participation, ..)));
    let hours: Vec<_> = futures.uncertain.iter().filter(|found| Some(found.assumption) == k).collect();
    assert!(hours.iter().any(|found| found.year == 0) && hours.iter().any(|found| found.year == 5));
    for at in hours {
        let drawn = scores.slice(k.unwrap(), at.year).iter().map(|score| at.of.spread.at(*score));
        assert!(drawn.into_iter().all(|value| ((value - 0.9_f64).abs() < 1e-12) == (at.year == 0)), "year {}", at.year);
    }
}

#[test]
fn an_autoregressive_error_holds_its_range_in_every_year_and_differs_from_year_to_year() {
    let draws = recruits(&with_path("{ autoregressive = 0.7 }"), 2048);
    for year in 0..draws[0].len() {
        assert!((spread(&draws, year) - 20.0 / 6.0_f64.sqrt()).abs() < 0.3, "year {year}");
    }
    assert!(draws.iter().all(|draw| draw.windows(2).all(|pair| pair[0] != pair[1])));
    let step: Vec<Vec<f64>> = draws.iter().map(|draw| vec![draw[1] - draw[0]]).collect();
    // Var(step) = 2 × (1 − 0.7) × Var(value), for a triangle a little less.
    let expected = (0.6_f64 / 6.0).sqrt() * 20.0;
    assert!((spread(&step, 0) / expected - 1.0).abs() < 0.06, "{} and {expected}", spread(&step, 0));
}

#[test]
fn a_metalog_goes_through_its_quantiles_and_needs_no_range() {
    let elicited = "value  = 0.5\ndistribution = 'metalog'\nquantiles = [[0.1, 0.45], [0.5, 0.5], [0.9, 0.55]]";
    let fill = |kind: &str| {
        small()
            .with(file_of("temporary_fill"), swap("value  = 0.5\nrange  = [0.4, 0.6]", elicited))
            .with(file_of("temporary_fill"), swap("'published'", kind))
    };
    let plan = fill("'published'").plan();
    let series = plan.shelf.series().find(|series| series.measure == Measure::TemporaryFill).unwrap();
    let entry = &series.entries[0];
    for (chance, value) in [(0.1, 0.45), (0.5, 0.5), (0.9, 0.55), (0.05, entry.low), (0.95, entry.high)] {
        assert!((entry.spread.quantile(chance) - value).abs() < 1e-9, "{chance}");
    }
    assert!(entry.low < 0.45 && entry.high > 0.55, "one point in twenty lies beyond one in ten");
    assert!(plan.uncertain().contains(&Assumption::Stated(Measure::TemporaryFill, Scope::All, None)));
    fill("'judgement'\nwhy = 'Asked of four managers.'").plan();
}

#[test]
fn delivery_has_the_shape_that_is_named() {
    let named = "distribution = 'uniform'\nrange   = [0.5, 1.5]";
    let plan = small().with("plans/small/actions.toml", swap("range   = [0.5, 1.1]", named)).plan();
    let spread = &plan.actions[0].effects[0].spread;
    assert!((spread.quantile(0.25) - 0.75).abs() < 1e-12, "a quarter of the way, as nothing but a uniform has it");
    assert_eq!(plan.actions[0].effects[0].delivered, [0.5, 1.5]);
}

fn grouped(file: &str, members: &str, correlation: &str) -> Small {
    let group = format!(
        "[[group]]\nid = \"staff\"\ntitle = \"Staff\"\nabout = \"They move together.\"\nmembers = [{members}]\n\
         correlation = {correlation}\nkind = \"judgement\"\nsource = \"judgement\"\nwhy = \"A guess.\"\n"
    );
    small().with(file, whole(group))
}

/// The correlation of the scores of two variables.
fn correlation(sampler: &Sampler, first: usize, second: usize) -> f64 {
    let scores = sampler.scores(0..8192);
    let (x, y) = (scores.slice(first, 0), scores.slice(second, 0));
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    dot(x, y) / (dot(x, x) * dot(y, y)).sqrt()
}

const ALL_STAFF: &str = "{ measure = \"leaver_rate\" }, { measure = \"temporary_fill\" }";

#[test]
fn members_of_a_group_move_together_and_others_do_not() {
    let plan = grouped(GROUPS, ALL_STAFF, "-0.6").plan();
    let names: Vec<String> = plan.uncertain().iter().map(|found| plan.assumption_id(found)).collect();
    let expected =
        ["leaver_rate/nursing/all", "international_headcount/consultants/all", "temporary_fill/all/all", "delivery/A1"];
    assert_eq!(names, expected);
    let sampler = plan.sampler(3, Method::Random).unwrap();
    assert_eq!(sampler.variables().iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>(), expected);
    assert_eq!(sampler.years(), 5);
    assert!((correlation(&sampler, 0, 2) + 0.6).abs() < 0.03);
    assert!(correlation(&sampler, 0, 1).abs() < 0.04);
    let [group] = &plan.dependence[..] else { panic!("one group") };
    assert_eq!((group.id.as_str(), group.members.len(), group.passport.why.as_str()), ("staff", 2, "A guess."));
    assert!((group.correlation.between(0, 1) + 0.6).abs() < 1e-12);
    assert!(plan.repairs.is_empty());
}

#[test]
fn a_measure_without_for_stands_for_all_of_its_assumptions_and_a_group_for_its_professions() {
    let rates = "group,profession,age,low,high,value\nnursing,,16-75,0.08,0.12,0.1\n,nurses,16-75,0.08,0.12,0.1\nmedical,,16-75,0.04,0.06,0.05\n";
    let members = |members: &str| {
        let plan = grouped(GROUPS, members, "[[0.7, -0.3], [-0.3, 1]]")
            .with("books/small/supply/leaver_rate.csv", whole(rates))
            .plan();
        let names: Vec<String> = plan.dependence[0].members.iter().map(|member| plan.assumption_id(member)).collect();
        (names, plan)
    };
    let (all, plan) = members(ALL_STAFF);
    let rates = ["leaver_rate/nursing/all", "leaver_rate/medical/all", "leaver_rate/nurses/all"];
    assert_eq!(all, [&rates[..], &["temporary_fill/all/all"]].concat());
    let between = |i, j| plan.dependence[0].correlation.between(i, j);
    assert!((between(0, 1) - 0.7).abs() < 1e-12 && (between(1, 2) - 0.7).abs() < 1e-12, "the diagonal");
    assert!((between(0, 3) + 0.3).abs() < 1e-12 && (between(2, 3) + 0.3).abs() < 1e-12, "between members");
    let (nursing, _) =
        members("{ measure = \"leaver_rate\", for = { group = \"nursing\" } }, { measure = \"temporary_fill\" }");
    assert_eq!(nursing, [rates[0], rates[2], "temporary_fill/all/all"]);
    let (one, _) =
        members("{ measure = \"leaver_rate\", for = { profession = \"nurses\" } }, { measure = \"temporary_fill\" }");
    assert_eq!(one, [rates[2], "temporary_fill/all/all"]);
}

#[test]
fn correlations_that_cannot_hold_together_are_mended_and_said() {
    let members =
        "{ measure = \"leaver_rate\" }, { measure = \"temporary_fill\" }, { measure = \"international_headcount\" }";
    let plan = grouped(GROUPS, members, "[[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]").plan();
    let [said] = &plan.repairs[..] else { panic!("one repair: {:?}", plan.repairs) };
    for words in ["Staff (books/small/dependence.toml:6)", "was stated", "is used", "nearest", "0.9000", "together."] {
        assert!(said.contains(words), "{said}");
    }
    assert!(plan.dependence[0].correlation.between(0, 1) < 0.9);
    plan.sampler(1, Method::Sobol).unwrap();
}

#[test]
fn a_plan_groups_the_delivery_of_its_actions_and_may_restate_a_group_of_a_book() {
    let members = "{ delivery = \"A1\" }, { measure = \"temporary_fill\" }";
    let plan = grouped("plans/small/dependence.toml", members, "0.5").plan();
    let sampler = plan.sampler(3, Method::Random).unwrap();
    assert!((correlation(&sampler, 2, 3) - 0.5).abs() < 0.03);
    // The book's group of the same name gives way.
    let book = grouped(GROUPS, ALL_STAFF, "0.9");
    let both = grouped("plans/small/dependence.toml", members, "0.5").with(GROUPS, whole(book.bytes(GROUPS)));
    let plan = both.plan();
    assert_eq!(plan.dependence.len(), 1);
    assert!(plan.dependence[0].members.contains(&Assumption::Delivery(0)));
}

#[test]
fn every_scenario_has_the_same_draws() {
    let plan = grouped(GROUPS, ALL_STAFF, "0.5").plan();
    for scenario in &plan.scenarios {
        assert_eq!(futures(&plan, &scenario.id).assumptions, plan.uncertain(), "{}", scenario.id);
    }
}

#[test]
fn actions_delivered_one_by_one_are_scenarios_with_and_without_them() {
    let plan = small().plan();
    let whole = plan.scenario(PLAN).unwrap();
    let futures = plan.futures_by_action(whole, &[code("ENG")], Step::Year).unwrap();
    assert_eq!(futures.assumptions, [0, 1, 2].map(Assumption::Delivery), "also those without a range");
    // Lane by lane, every set of the three actions.
    let (mut desk, mut block) = (Desk::default(), futures.block());
    let holds = |lane: usize, action: usize| lane >> action & 1 == 1;
    let delivered = |action| std::array::from_fn(|lane| f64::from(u8::from(holds(lane, action))));
    futures.fill(&Stands::Delivered(&delivered), &mut desk, &mut block);
    for lane in 0..LANES {
        let actions = (0..3).filter(|action| holds(lane, *action)).collect();
        let scenario = muster_book::Scenario { actions, ..whole.clone() };
        let resolved = plan.resolve(&scenario, &[code("ENG")], Step::Year).unwrap();
        let wanted = muster_engine::project(&resolved.inputs).unwrap();
        assert_eq!(muster_engine::project(&futures.model.inputs(&block, lane)).unwrap(), wanted, "set {lane:03b}");
    }
    let central = muster_engine::project(&futures.central().inputs).unwrap();
    let plan_itself = plan.resolve(whole, &[code("ENG")], Step::Year).unwrap();
    assert_eq!(central, muster_engine::project(&plan_itself.inputs).unwrap());
}

#[test]
fn half_of_an_action_without_a_range_is_half_of_its_effect() {
    let plan = small().plan();
    let delivered = |_| [0.5; LANES];
    let leaving = |futures: &Futures| {
        let (mut desk, mut block) = (Desk::default(), futures.block());
        futures.fill(&Stands::Delivered(&delivered), &mut desk, &mut block);
        let inputs = futures.model.inputs(&block, 0);
        let nurses = plan.shelf.taxonomy.profession("nurses").unwrap();
        let cell = inputs.cells.iter().find(|cell| cell.profession == nurses).unwrap();
        inputs.profiles.get(cell.years.last().unwrap().leaver)[20]
    };
    let by_action = plan.futures_by_action(plan.scenario(PLAN).unwrap(), &[code("ENG")], Step::Year).unwrap();
    let [none, half, all] = [COUNTERFACTUAL, "half", PLAN].map(|id| match id {
        "half" => leaving(&by_action),
        id => leaving(&futures(&plan, id)),
    });
    assert!((half - 0.5 * (none + all)).abs() < 1e-12 && all < none, "{none}, {half}, {all}");
}
