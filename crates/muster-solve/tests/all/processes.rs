//! HiGHS in processes of their own: the same answers as the solver in Rust, whole numbers, and processes that do not do what they should.
//!
//! A process is this test binary again, running the one ignored test below.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use muster_solve::lp::{Answer, Both, Highs, Limits, Program, SolveError, Solver, serve};

use crate::prices::assert_optimal;
use crate::programs::{Dice, INF, near, program, random, solve};

const ROLE: &str = "MUSTER_SOLVE_TEST_ROLE";

fn highs(role: &str) -> Highs {
    let this = std::env::current_exe().unwrap();
    let arguments = ["--exact", "processes::the_process", "--ignored", "--nocapture", "--test-threads=1"];
    Highs::in_process(this, arguments).environment(ROLE, role)
}

#[test]
#[ignore = "the process that other tests start"]
fn the_process() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let mut output = std::io::stdout();
    match role.as_str() {
        "solve" => serve(std::io::stdin(), &mut output).unwrap(),
        "die" => std::process::abort(),
        "complain" => {
            eprintln!("the disk is on fire");
            std::process::exit(3);
        }
        "nonsense" => output.write_all(b"MUSTERA1 and then something else").unwrap(),
        "sleep" => std::thread::sleep(Duration::from_mins(1)),
        other => panic!("{other}"),
    }
    output.flush().unwrap();
    // Before the test harness says anything more.
    std::process::exit(0);
}

fn by_highs(asked: &Program) -> Answer {
    highs("solve").solve(asked, &Limits::default()).unwrap()
}

#[test]
fn both_solvers_find_the_same_optimum() {
    for seed in 0..60 {
        let mut dice = Dice::new(500 + seed);
        let (variables, rows) = (1 + dice.below(25), dice.below(20));
        let asked = random(&mut dice, variables, rows, 1.0);
        let Answer::Optimal(theirs) = by_highs(&asked) else { panic!("seed {seed}") };
        let ours = solve(&asked);
        assert!(
            near(ours.objective, theirs.objective, 1e-8),
            "seed {seed}: {} and {}",
            ours.objective,
            theirs.objective
        );
        assert_optimal(&asked, &theirs);
    }
}

#[test]
fn both_solvers_know_when_there_is_no_answer() {
    assert_eq!(by_highs(&program(&[(0.0, 5.0, 1.0)], &[(6.0, &[1.0], INF)])), Answer::Infeasible);
    assert_eq!(by_highs(&program(&[(5.0, 4.0, 1.0)], &[])), Answer::Infeasible);
    assert_eq!(by_highs(&program(&[(0.0, INF, -1.0)], &[])), Answer::Unbounded);
    let both = program(&[(0.0, 5.0, 0.0), (0.0, INF, -1.0)], &[(6.0, &[1.0], INF)]);
    assert_eq!(by_highs(&both), Answer::Infeasible);
    assert!(matches!(by_highs(&Program::default()), Answer::Optimal(_)));
}

#[test]
fn whole_numbers_by_trying_them_all() {
    for seed in 0..12 {
        let mut dice = Dice::new(900 + seed);
        // Seven choices of 0 to 3, two limits: 16,384 combinations.
        let variables: Vec<(f64, f64, f64)> = (0..7).map(|_| (0.0, 3.0, -dice.between(1.0, 20.0).round())).collect();
        let factors: Vec<Vec<f64>> =
            (0..2).map(|_| (0..7).map(|_| dice.between(1.0, 15.0).round()).collect()).collect();
        let rows: Vec<(f64, &[f64], f64)> = factors.iter().map(|row| (-INF, row.as_slice(), 40.0)).collect();
        let mut asked = program(&variables, &rows);
        asked.variables.iter_mut().for_each(|variable| variable.whole = true);
        let value = |mut code: u32| -> Option<f64> {
            let mut choice = [0.0; 7];
            choice.iter_mut().for_each(|digit| {
                *digit = f64::from(code % 4);
                code /= 4;
            });
            let fits = asked.row_values(&choice).iter().all(|sum| *sum <= 40.0);
            fits.then(|| asked.objective(&choice))
        };
        let best = (0..4_u32.pow(7)).filter_map(value).fold(INF, f64::min);
        let Answer::Optimal(found) = by_highs(&asked) else { panic!("seed {seed}") };
        assert_eq!(found.objective, best);
        assert!(found.values.iter().all(|value| value.fract() == 0.0));
        assert!(found.row_prices.is_empty() && found.reduced_costs.is_empty());
    }
}

#[test]
fn without_whole_numbers_both_answer_as_the_one_in_rust() {
    let both = Both(highs("solve"));
    let mut asked = program(&[(0.0, 5.0, 1.0), (0.0, 5.0, 1.0)], &[(2.5, &[1.0, 1.0], INF)]);
    assert_eq!(both.solve(&asked, &Limits::default()).unwrap(), Answer::Optimal(solve(&asked)));
    asked.variables.iter_mut().for_each(|variable| variable.whole = true);
    let Answer::Optimal(found) = both.solve(&asked, &Limits::default()).unwrap() else { panic!("no answer") };
    assert_eq!(found.objective, 3.0);
}

fn trouble(role: &str) -> String {
    let asked = program(&[(0.0, 5.0, 1.0)], &[(2.0, &[1.0], INF)]);
    match highs(role).solve(&asked, &Limits { seconds: 20.0, megabytes: 2000 }) {
        Err(SolveError::Worker(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_process_that_fails_is_an_error_in_words() {
    assert!(trouble("die").contains("ended without an answer") || trouble("die").contains("no answer"));
    assert!(trouble("complain").contains("the disk is on fire"));
    assert!(trouble("nonsense").contains("said something that is no answer"));
    let nowhere = Highs::in_process("/no/such/program", ["x"]);
    let error = nowhere.solve(&Program::default(), &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("could not be started"), "{error}");
}

#[test]
fn limits_end_a_process() {
    let asked = program(&[(0.0, 5.0, 1.0)], &[(2.0, &[1.0], INF)]);
    let stopped = |role: &str, asked: &Program, limits: Limits| match highs(role).solve(asked, &limits).unwrap() {
        Answer::Stopped { why, .. } => why,
        other => panic!("{other:?}"),
    };
    assert!(stopped("sleep", &asked, Limits { seconds: 0.2, megabytes: 2000 }).contains("longer than 0.2 seconds"));
    if cfg!(target_os = "linux") {
        // Half a million factors do not fit.
        let factors: Vec<f64> = (1..=1000).map(f64::from).collect();
        let rows: Vec<(f64, &[f64], f64)> = (0..500).map(|row| (f64::from(row), factors.as_slice(), INF)).collect();
        let large = program(&vec![(0.0, 5.0, 1.0); 1000], &rows);
        assert!(stopped("solve", &large, Limits { seconds: 20.0, megabytes: 1 }).contains("more than 1 MB"));
    }
}

#[test]
fn a_hard_question_is_stopped_in_time() {
    // Market split: half of each of five lists, exactly. Nobody does this quickly with fifty entries.
    let mut dice = Dice::new(3);
    let mut asked = program(&vec![(0.0, 1.0, 0.0); 50], &[]);
    asked.variables.iter_mut().for_each(|variable| variable.whole = true);
    for list in 0..5 {
        let terms: Vec<(usize, f64)> = (0..50).map(|at| (at, dice.between(0.0, 100.0).floor())).collect();
        let half = (terms.iter().map(|(_, factor)| factor).sum::<f64>() / 2.0).floor();
        let row = muster_solve::lp::Row { name: format!("list {list}"), low: half, high: half, terms };
        asked.row(row);
    }
    let answer = highs("solve").solve(&asked, &Limits { seconds: 1.0, megabytes: 4000 }).unwrap();
    assert!(matches!(answer, Answer::Stopped { .. }), "{answer:?}");
}

#[test]
fn a_solve_can_be_cancelled() {
    let cancelled = Arc::new(AtomicBool::new(false));
    let solver = highs("sleep").cancelled_by(Arc::clone(&cancelled));
    let asked = program(&[(0.0, 5.0, 1.0)], &[]);
    let waiting = std::thread::spawn(move || solver.solve(&asked, &Limits::default()));
    cancelled.store(true, Ordering::Relaxed);
    match waiting.join().unwrap().unwrap() {
        Answer::Stopped { why, .. } => assert!(why.contains("cancelled"), "{why}"),
        other => panic!("{other:?}"),
    }
}
