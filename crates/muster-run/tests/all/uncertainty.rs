//! Draws: each is a projection of the plan with other numbers, the same whatever is drawn beside it.

use muster_book::{COUNTERFACTUAL, Desk, PLAN, Stands};
use muster_draws::sampler::Method;
use muster_engine::{LANES, Step};
use muster_run::uncertainty::{Ask, GAP, MEASURES, Uncertainty};
use muster_run::{Request, Row, Run, RunError};

use crate::{Copy, england, make, request, root};

fn ask(draws: usize) -> Ask {
    Ask { draws: Some(draws), ..Ask::default() }
}

fn drawn(run: &Run, ask: &Ask) -> Uncertainty {
    Uncertainty::of(run, ask).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn a_draw_is_what_the_plain_engine_makes_of_the_drawn_numbers() {
    let run = england();
    let made = drawn(run, &ask(24));
    let plan = &run.plan;
    let sampler = plan.sampler(1, Method::Sobol).unwrap();
    let scores = sampler.scores(0..24);
    for (scenario, of) in [COUNTERFACTUAL, PLAN].into_iter().zip(&made.scenarios) {
        let futures = plan.futures(plan.scenario(scenario).unwrap(), &run.places, Step::Year).unwrap();
        let mut block = futures.block();
        for draw in [0, 9, 23] {
            // The draw's scores in one lane of a block, and nothing in the others.
            let lane = draw % LANES;
            let stands = |assumption, year| {
                let mut lanes = [0.0; LANES];
                lanes[lane] = scores.slice(assumption, year)[draw];
                lanes
            };
            futures.fill(&Stands::Scores(&stands), &mut Desk::default(), &mut block);
            let inputs = futures.model.inputs(&block, lane);
            let projection = muster_engine::project(&inputs).unwrap();
            for year in [0, 7, 15] {
                let sum = |of: &dyn Fn(&muster_engine::YearResult) -> f64| -> f64 {
                    projection.cells.iter().map(|cell| of(&cell.years[year])).sum()
                };
                let expected = [
                    sum(&|year| year.fte),
                    sum(&|year| year.demand_fte),
                    sum(&|year| year.gap_fte),
                    sum(&|year| year.pay_gbp + year.temporary_gbp),
                ];
                for (measure, expected) in expected.into_iter().enumerate() {
                    let found = of.whole.of(measure, year)[draw];
                    assert!(close(found, expected), "{} {year}: {found} {expected}", MEASURES[measure]);
                }
            }
        }
    }
}

#[test]
fn draw_17_is_draw_17_whatever_is_drawn_beside_it() {
    let run = england();
    let (few, many) = (drawn(run, &ask(20)), drawn(run, &ask(700)));
    for (few, many) in few.scenarios.iter().zip(&many.scenarios) {
        for year in 0..=15 {
            assert_eq!(few.whole.of(GAP, year)[17].to_bits(), many.whole.of(GAP, year)[17].to_bits());
        }
    }
    let other = drawn(run, &Ask { seed: 2, ..ask(20) });
    assert_ne!(few.scenarios[0].whole.of(GAP, 15), other.scenarios[0].whole.of(GAP, 15));
}

#[test]
fn one_thread_and_three_leave_the_same_bytes() {
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let request =
            Request { draws: Some(Ask { keep: true, ..ask(40) }), ..request(&root().join("plans/ltwp-2023"), &[]) };
        pool.install(|| make(request).unwrap().outputs().unwrap())
    };
    let (one, three) = (with(1), with(3));
    for file in ["quantiles.parquet", "draws.parquet", "uncertainty.json", "chance.json"] {
        assert!(!one[file].is_empty());
        assert_eq!(one[file], three[file], "{file}");
    }
}

#[test]
fn places_add_up_to_the_whole_in_every_draw() {
    let run = make(request(&root().join("plans/ltwp-2023"), &["QJK", "QE1", "QWO"])).unwrap();
    let made = drawn(&run, &ask(16));
    for scenario in &made.scenarios {
        let mean = |place: Option<usize>, measure: usize| {
            let of = |row: &&muster_run::uncertainty::RowDraws| row.of.place == place && row.of.row == Row::All;
            scenario.rows.iter().find(of).unwrap().years[15][measure].mean.value
        };
        for (measure, name) in MEASURES.iter().enumerate() {
            let parts: f64 = (0..3).map(|place| mean(Some(place), measure)).sum();
            assert!(close(mean(None, measure), parts), "{name}");
        }
    }
    // Sums are made draw by draw, so quantiles of the whole are not sums of quantiles.
    let widths: f64 = (0..3)
        .map(|place| {
            let of = |row: &&muster_run::uncertainty::RowDraws| row.of.place == Some(place) && row.of.row == Row::All;
            let [low, high] = made.scenarios[1].rows.iter().find(of).unwrap().years[15][GAP].interval_80();
            high.value - low.value
        })
        .sum();
    let [low, high] = made.scenarios[1].at_horizon()[GAP].interval_80();
    assert!(high.value - low.value <= widths);
}

#[test]
fn scenarios_share_their_draws_so_their_difference_is_known_better_than_either() {
    let made = drawn(england(), &ask(256));
    let (without, with) = (made.scenarios[0].whole.of(GAP, 15), made.scenarios[1].whole.of(GAP, 15));
    let variance = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / values.len() as f64
    };
    let difference: Vec<f64> = without.iter().zip(with).map(|(without, with)| without - with).collect();
    assert!(variance(&difference) < 0.5 * (variance(without) + variance(with)));
}

#[test]
fn targets_have_chances_that_the_draws_bear_out() {
    let run = england();
    let made = drawn(run, &ask(64));
    let plan = made.scenario(PLAN).unwrap();
    assert_eq!(plan.targets.len(), run.plan.targets.len());
    let of = |id: &str| plan.targets.iter().find(|target| target.id == id).unwrap();
    let permanent = of("permanent-staff");
    let supply = plan.whole.of(0, 15);
    let met = supply.iter().filter(|supply| (2_200_000.0..=2_300_000.0).contains(*supply)).count();
    assert_eq!(permanent.chance, met as f64 / 64.0);
    assert!(permanent.figure[0] < permanent.figure[1] && permanent.figure[1] < permanent.figure[2]);
}

#[test]
fn auto_stops_at_the_error_that_was_asked_for() {
    let run = england();
    let made = drawn(run, &Ask { draws: None, error: 0.2, ..Ask::default() });
    assert!(made.enough.is_enough() && made.draws == 256, "{} {}", made.draws, made.enough);
    let more = drawn(run, &Ask { draws: None, error: 0.06, ..Ask::default() });
    assert!(more.enough.is_enough() && more.draws > 256, "{} {}", more.draws, more.enough);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_the_next_step() {
    let refused = |ask: Ask, words: &str| match Uncertainty::of(england(), &ask) {
        Err(RunError::Request(text)) => assert!(text.contains(words), "{text}"),
        other => panic!("{words}: {:?}", other.map(|made| made.draws)),
    };
    refused(ask(0), "no spread");
    refused(ask(1), "no spread");
    refused(ask(1_000_000), "at most 65536");
    refused(Ask { error: 0.0, ..ask(10) }, "between 0 and 1");
    refused(Ask { error: f64::NAN, ..ask(10) }, "between 0 and 1");
}

#[test]
fn chance_alone_is_small_beside_what_the_assumptions_leave_open() {
    let run = make(Request { draws: Some(ask(64)), ..request(&root().join("plans/ltwp-2023"), &["QT1"]) }).unwrap();
    let by_chance = run.by_chance.as_ref().unwrap();
    let everyone = by_chance.everyone();
    let spread = run.uncertainty.as_ref().unwrap().scenario(PLAN).unwrap().at_horizon()[0].standard_deviation;
    assert!(everyone.by_chance_fte > 0.0 && everyone.by_chance_fte < spread, "{everyone:?} {spread}");
    // Of a small profession chance is a larger part: the fewer, the less they average out.
    let part = |row: &muster_run::uncertainty::RowByChance| row.by_chance_fte / row.supply_fte;
    let smallest = by_chance.rows[1..].iter().filter(|row| row.supply_fte > 1.0);
    let smallest = smallest.min_by(|a, b| a.supply_fte.total_cmp(&b.supply_fte)).unwrap();
    assert!(part(smallest) > 3.0 * part(everyone), "{smallest:?} {everyone:?}");
}

#[test]
fn a_plan_in_which_nothing_has_a_range_runs_and_draws_nothing() {
    let copy = Copy::new();
    copy.narrow_every_range();
    let run = make(Request { draws: Some(ask(64)), ..request(&copy.plan(), &[]) }).unwrap();
    assert!(run.plan.uncertain().is_empty(), "{:?}", run.plan.uncertain());
    assert!(run.uncertainty.is_none() && run.drivers.is_none());
    assert_eq!(run.outputs().unwrap().keys().filter(|file| file.starts_with("quantiles")).count(), 0);
    let horizon =
        |run: &Run| run.main_scenario().projection.cells.iter().map(|cell| cell.years[15].gap_fte).sum::<f64>();
    assert!(close(horizon(&run), horizon(england())));
}
