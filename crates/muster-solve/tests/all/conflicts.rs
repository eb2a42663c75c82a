//! Ten questions that have no answer: the limits that cannot hold together, checked against every subset of them; and what breaks them least.
//!
//! Whether a subset can hold is decided here by eliminating variables one after another (Fourier and Motzkin), which has nothing in common with the
//! solvers.

use muster_solve::lp::{Interior, Limits, Program, Row, conflict, nearest};

use crate::programs::{INF, near, program};

struct Question {
    name: &'static str,
    program: Program,
    /// Rows that may be relaxed.
    asked: Vec<usize>,
    /// How many conflicts there are among them.
    conflicts: usize,
}

/// `low <= factors × variables <= high` for each; the rows in `asked` may be relaxed.
fn question(
    name: &'static str,
    variables: &[(f64, f64)],
    rows: &[(f64, &[f64], f64)],
    asked: &[usize],
    conflicts: usize,
) -> Question {
    let variables: Vec<(f64, f64, f64)> = variables.iter().map(|(low, high)| (*low, *high, 1.0)).collect();
    Question { name, program: program(&variables, rows), asked: asked.to_vec(), conflicts }
}

fn questions() -> Vec<Question> {
    let any = (0.0, INF);
    vec![
        question(
            "100 nurses are needed and at most 90 can be found",
            &[any],
            &[(100.0, &[1.0], INF), (-INF, &[1.0], 90.0), (-INF, &[1.0], 500.0)],
            &[0, 1, 2],
            1,
        ),
        question(
            "home and abroad together are too few; the ceiling on each alone is not the cause",
            &[any, any],
            &[
                (100.0, &[1.0, 1.0], INF),
                (-INF, &[1.0, 0.0], 60.0),
                (-INF, &[0.0, 1.0], 30.0),
                (10.0, &[1.0, 0.0], INF),
            ],
            &[0, 1, 2, 3],
            1,
        ),
        question(
            "two conflicts that have nothing to do with each other",
            &[any, any],
            &[
                (100.0, &[1.0, 0.0], INF),
                (-INF, &[1.0, 0.0], 90.0),
                (50.0, &[0.0, 1.0], INF),
                (-INF, &[0.0, 1.0], 40.0),
            ],
            &[0, 1, 2, 3],
            2,
        ),
        question(
            "two conflicts that share the need",
            &[any, any],
            &[
                (100.0, &[1.0, 1.0], INF),
                (-INF, &[1.0, 1.0], 80.0),
                (-INF, &[1.0, 0.0], 50.0),
                (-INF, &[0.0, 1.0], 40.0),
            ],
            &[0, 1, 2, 3],
            2,
        ),
        question(
            "intakes may grow by 15% a year, and are to double in four",
            &[any, any, any, any],
            &[
                (-INF, &[1.0, 0.0, 0.0, 0.0], 100.0),
                (-INF, &[-1.15, 1.0, 0.0, 0.0], 0.0),
                (-INF, &[0.0, -1.15, 1.0, 0.0], 0.0),
                (-INF, &[0.0, 0.0, -1.15, 1.0], 0.0),
                (200.0, &[0.0, 0.0, 0.0, 1.0], INF),
                (-INF, &[1.0, 1.0, 1.0, 1.0], 2000.0),
            ],
            &[0, 1, 2, 3, 4, 5],
            1,
        ),
        question(
            "a budget in pounds and a need in people",
            &[any, any],
            &[
                (12_000.0, &[1.0, 1.0], INF),
                (-INF, &[26_000.0, 14_000.0], 200e6),
                (-INF, &[0.0, 1.0], 4_000.0),
                (-INF, &[26_000.0, 0.0], 900e6),
            ],
            &[0, 1, 2, 3],
            1,
        ),
        question(
            "an equation against a band",
            &[any, any],
            &[(30.0, &[1.0, 2.0], 40.0), (100.0, &[2.0, 4.0], 100.0), (0.0, &[1.0, -1.0], 5.0)],
            &[0, 1, 2],
            1,
        ),
        question(
            "one limit that cannot hold by itself, because of bounds",
            &[(0.0, 10.0), (0.0, 10.0)],
            &[(25.0, &[1.0, 1.0], INF), (-INF, &[1.0, 0.0], 3.0)],
            &[0, 1],
            1,
        ),
        question(
            "the ceiling may not be questioned, so the need alone is the conflict",
            &[any, any],
            &[(-INF, &[1.0, 1.0], 80.0), (100.0, &[1.0, 1.0], INF), (20.0, &[1.0, 0.0], INF), (30.0, &[0.0, 1.0], INF)],
            &[1, 2, 3],
            1,
        ),
        question(
            "supervisors: each ten learners need one, of whom there are few, and one trade is paid for by another",
            &[any, any, any],
            &[
                (500.0, &[1.0, 1.0, 0.0], INF),
                (-INF, &[1.0, 1.0, -10.0], 0.0),
                (-INF, &[0.0, 0.0, 1.0], 45.0),
                (300.0, &[1.0, 0.0, 0.0], INF),
                (300.0, &[0.0, 1.0, 0.0], INF),
                (-INF, &[1.0, -1.0, 0.0], 0.0),
                (-INF, &[0.0, 1.0, -7.0], 0.0),
            ],
            &[0, 1, 2, 3, 4, 5, 6],
            3,
        ),
    ]
}

/// Can these rows and all bounds hold? By elimination.
fn can_hold(asked: &Program, rows: &[usize]) -> bool {
    let count = asked.variables.len();
    let mut ceilings: Vec<(Vec<f64>, f64)> = Vec::new();
    let mut limit = |factors: &[f64], low: f64, high: f64| {
        if high < INF {
            ceilings.push((factors.to_vec(), high));
        }
        if low > -INF {
            ceilings.push((factors.iter().map(|factor| -factor).collect(), -low));
        }
    };
    for row in rows.iter().map(|row| &asked.rows[*row]) {
        let mut factors = vec![0.0; count];
        row.terms.iter().for_each(|(at, factor)| factors[*at] += factor);
        limit(&factors, row.low, row.high);
    }
    for (at, variable) in asked.variables.iter().enumerate() {
        let mut factors = vec![0.0; count];
        factors[at] = 1.0;
        limit(&factors, variable.low, variable.high);
    }
    for gone in 0..count {
        let (with, mut kept): (Vec<_>, Vec<_>) = ceilings.into_iter().partition(|(factors, _)| factors[gone] != 0.0);
        let (above, below): (Vec<_>, Vec<_>) = with.into_iter().partition(|(factors, _)| factors[gone] > 0.0);
        for (up, most) in &above {
            for (down, least) in &below {
                let (by_up, by_down) = (1.0 / up[gone], -1.0 / down[gone]);
                let factors = (0..count)
                    .map(|at| if at == gone { 0.0 } else { up[at] * by_up + down[at] * by_down })
                    .map(|factor| if factor.abs() < 1e-12 { 0.0 } else { factor })
                    .collect();
                kept.push((factors, most * by_up + least * by_down));
            }
        }
        ceilings = kept;
    }
    ceilings.iter().all(|(_, most)| *most > -1e-9)
}

/// Every smallest conflict, by looking at every subset.
fn all_conflicts(question: &Question) -> Vec<Vec<usize>> {
    let firm: Vec<usize> = (0..question.program.rows.len()).filter(|row| !question.asked.contains(row)).collect();
    let subset = |mask: u32| -> Vec<usize> {
        question.asked.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0).map(|(_, row)| *row).collect()
    };
    let holds = |mask: u32| can_hold(&question.program, &[firm.clone(), subset(mask)].concat());
    let masks = 0..1_u32 << question.asked.len();
    let broken: Vec<u32> = masks.filter(|mask| !holds(*mask)).collect();
    let within = |inner: u32, outer: u32| inner != outer && inner & outer == inner;
    let smallest = broken.iter().filter(|mask| !broken.iter().any(|other| within(*other, **mask)));
    smallest.map(|mask| subset(*mask)).collect()
}

#[test]
fn every_conflict_is_one_that_brute_force_finds() {
    for question in questions() {
        let known = all_conflicts(&question);
        assert_eq!(known.len(), question.conflicts, "{}: {known:?}", question.name);
        let found = conflict(&question.program, &question.asked, &Interior, &Limits::default()).unwrap();
        assert!(known.contains(&found), "{}: {found:?} is none of {known:?}", question.name);
        // The same question, the same answer.
        assert_eq!(conflict(&question.program, &question.asked, &Interior, &Limits::default()).unwrap(), found);
    }
}

#[test]
fn where_all_can_hold_there_is_no_conflict() {
    let fine = program(&[(0.0, INF, 1.0)], &[(10.0, &[1.0], INF), (-INF, &[1.0], 20.0)]);
    assert!(conflict(&fine, &[0, 1], &Interior, &Limits::default()).unwrap().is_empty());
    // What may not be relaxed contradicts itself: no set of the others is to blame.
    let broken = program(&[(0.0, INF, 1.0)], &[(10.0, &[1.0], INF), (-INF, &[1.0], 5.0), (-INF, &[1.0], 90.0)]);
    assert!(conflict(&broken, &[2], &Interior, &Limits::default()).unwrap().is_empty());
    assert!(conflict(&broken, &[7], &Interior, &Limits::default()).is_err());
}

#[test]
fn the_nearest_answer_breaks_limits_least() {
    // 100 are needed, at most 60 from home and 20 from abroad. 20 are missing. By size, the need gives way most cheaply: 20 of 100 is 0.2, where 20 of
    // 60 is a third and 20 of 20 is all.
    let asked = program(
        &[(0.0, INF, 5.0), (0.0, INF, 8.0)],
        &[(100.0, &[1.0, 1.0], INF), (-INF, &[1.0, 0.0], 60.0), (-INF, &[0.0, 1.0], 20.0)],
    );
    let found = nearest(&asked, &[(0, 1.0), (1, 1.0), (2, 1.0)], &Interior, &Limits::default()).unwrap().unwrap();
    assert_eq!(found.broken.len(), 1);
    assert_eq!(found.broken[0].row, 0);
    assert!(near(found.broken[0].by, -20.0, 1e-5), "{found:?}");
    assert!(near(found.solution.objective, 60.0 * 5.0 + 20.0 * 8.0, 1e-5));
    // With the need worth ten times as much, the ceiling at home gives way: a third is less than one.
    let found = nearest(&asked, &[(0, 10.0), (1, 1.0), (2, 1.0)], &Interior, &Limits::default()).unwrap().unwrap();
    assert_eq!(found.broken.len(), 1);
    assert_eq!(found.broken[0].row, 1);
    assert!(near(found.broken[0].by, 20.0, 1e-5), "{found:?}");
    // What may not give way cannot hold.
    assert_eq!(nearest(&asked, &[], &Interior, &Limits::default()).unwrap(), None);
    assert!(nearest(&asked, &[(0, f64::NAN)], &Interior, &Limits::default()).is_err());
}

#[test]
fn of_the_nearest_the_cheapest() {
    // 10 are missing whoever comes; home costs less.
    let asked = program(&[(0.0, 50.0, 5.0), (0.0, 50.0, 8.0)], &[(100.0, &[1.0, 1.0], INF), (-INF, &[1.0, 1.0], 90.0)]);
    let found = nearest(&asked, &[(0, 1.0)], &Interior, &Limits::default()).unwrap().unwrap();
    assert!(near(found.solution.values[0], 50.0, 1e-4) && near(found.solution.values[1], 40.0, 1e-4), "{found:?}");
}

#[test]
fn nothing_gives_way_where_nothing_must() {
    for question in questions() {
        let rows: Vec<Row> = question.program.rows.iter().map(|row| Row { low: -INF, ..row.clone() }).collect();
        let fine = Program { rows, ..question.program };
        let weights: Vec<(usize, f64)> = question.asked.iter().map(|row| (*row, 1.0)).collect();
        let found = nearest(&fine, &weights, &Interior, &Limits::default()).unwrap().unwrap();
        assert!(found.broken.is_empty(), "{}: {found:?}", question.name);
    }
}
