//! `muster allocate`, and the process that HiGHS runs in.

use crate::{code, err, muster, out};

#[test]
fn new_places_are_allocated_and_the_whole_is_what_was_asked_for() {
    let asked = ["allocate", "--programme", "adult-nursing-degree", "--places", "500", "--from", "2026/27"];
    let table = muster(&asked);
    code(&table, 0);
    assert!(out(&table).contains("spread as places are now"), "{}", out(&table));
    assert!(out(&table).contains("Devon"));

    let json = muster(&[&asked[..], &["--format", "json"]].concat());
    code(&json, 0);
    let value: serde_json::Value = serde_json::from_str(out(&json)).unwrap();
    let places = value["places"].as_array().unwrap();
    assert_eq!(places.len(), 42);
    assert_eq!(places.iter().map(|place| place["new_places"].as_u64().unwrap()).sum::<u64>(), 500);
    let (today, then) = (&value["as_today"], &value["allocated"]);
    assert!(then["worst_share"].as_f64().unwrap() >= today["worst_share"].as_f64().unwrap());
    assert!(then["gini"].as_f64().unwrap() <= today["gini"].as_f64().unwrap());
}

#[test]
fn a_request_that_cannot_be_met_says_why() {
    let typo = muster(&["allocate", "--programme", "adult-nursing-degre", "--places", "5"]);
    code(&typo, 2);
    assert!(err(&typo).contains("did you mean `adult-nursing-degree`"), "{}", err(&typo));
    let late = muster(&["allocate", "--programme", "medicine", "--places", "5", "--from", "2036/37"]);
    code(&late, 2);
    assert!(err(&late).contains("has not qualified"), "{}", err(&late));
    let unknown = muster(&["allocate", "--programme", "dentistry", "--places", "5"]);
    code(&unknown, 2);
    assert!(err(&unknown).contains("staff_per_place"), "{}", err(&unknown));
    let unfair = muster(&["allocate", "--programme", "medicine", "--places", "5", "--fairness", "3"]);
    code(&unfair, 2);
    // More than all can take: the answer is no, and says how many are left.
    let many = muster(&["allocate", "--programme", "midwifery-degree", "--places", "90000", "--from", "2026/27"]);
    code(&many, 1);
    assert!(out(&many).contains("places are left"), "{}", out(&many));
}

#[cfg(feature = "highs")]
#[test]
fn the_command_is_the_process_that_highs_runs_in() {
    use muster_solve::lp::{Answer, Highs, Limits, Program, Row, Solver, Variable};

    let variable = |cost: f64| Variable { name: "posts".to_owned(), low: 0.0, high: 9.0, cost, whole: true };
    let row = Row { name: "need".to_owned(), low: 7.5, high: f64::INFINITY, terms: vec![(0, 2.0), (1, 3.0)] };
    let asked = Program { variables: vec![variable(3.0), variable(4.0)], rows: vec![row] };
    let solver = Highs::in_process(env!("CARGO_BIN_EXE_muster"), ["solve-worker"]);
    // 2 x 3 + 0 and 0 + 3 x 3 reach 7.5 at 12; 2 x 1 + 3 x 2 = 8 reaches it at 11.
    match solver.solve(&asked, &Limits::default()).unwrap() {
        Answer::Optimal(found) => assert_eq!((found.objective, found.values), (11.0, vec![1.0, 2.0])),
        other => panic!("{other:?}"),
    }
    // Nobody who types it by hand gets anything but an error.
    let typed = muster(&["solve-worker"]);
    code(&typed, 2);
}
