//! Optimum, prices and reduced costs: by hand, by moving a limit, and by what every optimum must meet.

use muster_solve::lp::{Answer, Limits, Program, Solution, SolveError};

use crate::programs::{Dice, INF, answer, near, program, random, solve};

#[test]
fn nurses_at_least_cost() {
    // 100 nurses are needed. Home-trained cost 5 and there are at most 60; from abroad cost 8; retention keeps up to 10 at 2.
    let asked = program(
        &[(0.0, INF, 5.0), (0.0, INF, 8.0), (0.0, 10.0, 2.0)],
        &[(100.0, &[1.0, 1.0, 1.0], INF), (-INF, &[1.0, 0.0, 0.0], 60.0)],
    );
    let found = solve(&asked);
    // 10 kept, 60 home, 30 abroad: 20 + 300 + 240.
    assert!(near(found.objective, 560.0, 1e-9), "{found:?}");
    for (value, hand) in found.values.iter().zip([60.0, 30.0, 10.0]) {
        assert!(near(*value, hand, 1e-8), "{found:?}");
    }
    // One more nurse needed costs 8, from abroad. One more place at home saves 8 - 5. One more kept saves 8 - 2.
    for (price, hand) in found.row_prices.iter().zip([8.0, -3.0]) {
        assert!(near(*price, hand, 1e-8), "{found:?}");
    }
    for (price, hand) in found.reduced_costs.iter().zip([0.0, 0.0, -6.0]) {
        assert!(near(*price, hand, 1e-8), "{found:?}");
    }
}

#[test]
fn a_price_is_what_moving_the_limit_changes() {
    let mut dice = Dice::new(7);
    let mut moved = 0;
    for _ in 0..40 {
        let asked = random(&mut dice, 8, 6, 1.0);
        let found = solve(&asked);
        for row in 0..asked.rows.len() {
            let price = found.row_prices[row];
            let (low, high) = (asked.rows[row].low, asked.rows[row].high);
            let size = 1e-4 * (1.0 + found.row_values[row].abs());
            let shifted = |by: f64| {
                let mut other = asked.clone();
                let target = &mut other.rows[row];
                // An equation moves as a whole; otherwise the side that binds.
                if low == high || price > 0.0 {
                    target.low += by;
                }
                if low == high || price < 0.0 {
                    target.high += by;
                }
                match answer(&other) {
                    Answer::Optimal(solution) => Some(solution.objective),
                    _ => None,
                }
            };
            let (Some(more), Some(less)) = (shifted(size), shifted(-size)) else { continue };
            let (up, down) = ((more - found.objective) / size, (found.objective - less) / size);
            // At a corner the two differ, and the price is between them.
            let slack = 1e-5 * (1.0 + price.abs());
            assert!(down.min(up) - slack <= price && price <= down.max(up) + slack, "{down} {price} {up} {asked:?}");
            moved += usize::from(price != 0.0);
        }
    }
    assert!(moved > 50, "only {moved} limits bound");
}

/// What makes a solution optimal, whoever found it.
pub(crate) fn assert_optimal(asked: &Program, found: &Solution) {
    let mut worth = 0.0;
    let of_rows = asked.rows.iter().zip(&found.row_values).zip(&found.row_prices);
    let of_variables = asked.variables.iter().zip(&found.values).zip(&found.reduced_costs);
    let limits = of_rows
        .map(|((row, value), price)| (row.low, row.high, *value, *price))
        .chain(of_variables.map(|((variable, value), price)| (variable.low, variable.high, *value, *price)));
    for (low, high, value, price) in limits {
        let size = 1e-7 * (1.0 + value.abs());
        assert!(low - size <= value && value <= high + size, "{value} is not within {low} and {high}");
        let bound = if price > 0.0 { low } else { high };
        if bound.is_finite() {
            worth += price * bound;
            // A limit with a price has no room to spare.
            assert!(
                ((value - bound) * price).abs() <= 1e-6 * (1.0 + found.objective.abs()),
                "{price} for {value} at {bound}"
            );
        } else {
            assert!(price.abs() <= 1e-6 * (1.0 + found.objective.abs()), "a price of {price} for no limit");
        }
    }
    assert!(near(worth, found.objective, 1e-7), "prices vouch for {worth}, and it costs {}", found.objective);
    let costs: f64 = asked.variables.iter().zip(&found.values).map(|(variable, value)| variable.cost * value).sum();
    assert!(near(costs, found.objective, 1e-12));
    // Reduced costs are costs less what the rows pay.
    let mut left: Vec<f64> = asked.variables.iter().map(|variable| variable.cost).collect();
    for (row, price) in asked.rows.iter().zip(&found.row_prices) {
        row.terms.iter().for_each(|(at, factor)| left[*at] -= factor * price);
    }
    for (left, reduced) in left.iter().zip(&found.reduced_costs) {
        assert!(near(*left, *reduced, 1e-6));
    }
}

#[test]
fn random_programs_are_optimal() {
    // `MUSTER_SOLVE_CASES=20000` after a change to the solver.
    let cases = std::env::var("MUSTER_SOLVE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300);
    for seed in 0..cases {
        let mut dice = Dice::new(seed);
        let (variables, rows) = (1 + dice.below(30), dice.below(25));
        let asked = random(&mut dice, variables, rows, 1.0);
        assert_optimal(&asked, &solve(&asked));
    }
}

#[test]
fn fte_and_pounds_in_one_program() {
    // Units from a millionth to a thousand million. Values are compared with their own size, so the optimum is found again in even units.
    for seed in 0..100 {
        let (mixed, even) = (random(&mut Dice::new(1000 + seed), 12, 8, 4.5), random_in_one_unit(1000 + seed));
        let (found, same) = (solve(&mixed), solve(&even));
        assert!(near(found.objective, same.objective, 1e-7), "seed {seed}: {} and {}", found.objective, same.objective);
    }
}

/// The program that `random` draws from this seed, with every variable measured by its own ceiling and every row by its largest factor.
fn random_in_one_unit(seed: u64) -> Program {
    let mut asked = random(&mut Dice::new(seed), 12, 8, 4.5);
    let units: Vec<f64> =
        asked.variables.iter().map(|variable| if variable.high > 0.0 { variable.high } else { 1.0 }).collect();
    for (variable, unit) in asked.variables.iter_mut().zip(&units) {
        variable.low /= unit;
        variable.high /= unit;
        variable.cost *= unit;
    }
    for row in &mut asked.rows {
        row.terms.iter_mut().for_each(|(at, factor)| *factor *= units[*at]);
        let largest = row.terms.iter().map(|(_, factor)| factor.abs()).fold(0.0, f64::max);
        if largest > 0.0 {
            row.terms.iter_mut().for_each(|(_, factor)| *factor /= largest);
            row.low /= largest;
            row.high /= largest;
        }
    }
    asked
}

#[test]
fn no_answer_is_an_answer() {
    let infeasible = program(&[(0.0, 5.0, 1.0)], &[(6.0, &[1.0], INF)]);
    assert_eq!(answer(&infeasible), Answer::Infeasible);
    let crossed = program(&[(5.0, 4.0, 1.0)], &[]);
    assert_eq!(answer(&crossed), Answer::Infeasible);
    let empty_row = program(&[(0.0, 5.0, 1.0)], &[(1.0, &[], INF)]);
    assert_eq!(answer(&empty_row), Answer::Infeasible);
    let unbounded = program(&[(0.0, INF, -1.0), (0.0, INF, 1.0)], &[(-INF, &[1.0, -2.0], 6.0)]);
    assert_eq!(answer(&unbounded), Answer::Unbounded);
    let free = program(&[(-INF, INF, 1.0)], &[]);
    assert_eq!(answer(&free), Answer::Unbounded);
    // Both at once: that nothing fits comes first.
    let both = program(&[(0.0, 5.0, 0.0), (0.0, INF, -1.0)], &[(6.0, &[1.0], INF)]);
    assert_eq!(answer(&both), Answer::Infeasible);
}

#[test]
fn nothing_to_choose() {
    let empty = solve(&Program::default());
    assert_eq!(empty, Solution::default());
    let fixed = program(&[(3.0, 3.0, 2.0)], &[(-INF, &[1.0], 3.0), (3.0, &[1.0], 3.0)]);
    let found = solve(&fixed);
    assert_eq!((found.objective, found.values.as_slice()), (6.0, [3.0].as_slice()));
    assert_eq!(answer(&program(&[(3.0, 3.0, 2.0)], &[(-INF, &[1.0], 2.0)])), Answer::Infeasible);
    // A variable in no row goes where it is cheapest, or stays where it is when it costs nothing.
    let idle = solve(&program(&[(-1.0, 4.0, -2.0), (0.0, 1.0, 0.0)], &[]));
    assert!(near(idle.objective, -8.0, 1e-9));
}

#[test]
fn the_same_limit_twice_and_corners() {
    let row: (f64, &[f64], f64) = (10.0, &[1.0, 1.0], INF);
    let same = program(&[(0.0, INF, 1.0), (0.0, INF, 1.0)], &[row, row, (20.0, &[2.0, 2.0], 20.0)]);
    let found = solve(&same);
    assert!(near(found.objective, 10.0, 1e-9));
    assert_optimal(&same, &found);
    // A variable that appears twice in a row counts twice.
    let mut twice = program(&[(0.0, INF, 1.0)], &[(10.0, &[1.0], INF)]);
    twice.rows[0].terms.push((0, 1.0));
    assert!(near(solve(&twice).values[0], 5.0, 1e-9));
}

#[test]
fn what_is_not_a_program_is_refused() {
    let refused =
        |asked: &Program| match muster_solve::lp::Solver::solve(&muster_solve::lp::Interior, asked, &Limits::default())
        {
            Err(SolveError::Program(words)) => words,
            other => panic!("{other:?}"),
        };
    let nan = program(&[(0.0, f64::NAN, 1.0)], &[]);
    assert!(refused(&nan).contains("x0"));
    let mut beyond = program(&[(0.0, 1.0, 1.0)], &[(0.0, &[1.0], 1.0)]);
    beyond.rows[0].terms.push((4, 1.0));
    assert!(refused(&beyond).contains("uses variable 4"));
    let mut whole = program(&[(0.0, 1.0, 1.0)], &[]);
    whole.variables[0].whole = true;
    let error = muster_solve::lp::Solver::solve(&muster_solve::lp::Interior, &whole, &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("--features highs"), "{error}");
}
