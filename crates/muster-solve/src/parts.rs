//! A program in parts that have nothing to do with each other, each solved by itself: most professions are such a part.

use std::collections::BTreeMap;

use muster_run::RunError;
use rayon::prelude::*;

use crate::lp::{Answer, Limits, Nearest, Program, Solution, Solver, conflict, nearest};

/// Some rows and variables of a program that share nothing with the rest.
pub(crate) struct Part {
    /// As a program of its own.
    pub program: Program,
    /// Which variable of the whole each of its variables is.
    pub variables: Vec<usize>,
    /// Which row of the whole each of its rows is.
    pub rows: Vec<usize>,
}

/// What came of a program.
pub(crate) enum Outcome {
    /// The least-cost choice.
    Fits(Solution),
    /// Nothing fits: rows of the whole that cannot hold together, and the choice that breaks rows least.
    Conflict {
        /// Each a smallest set that cannot hold together, one for each part that does not fit.
        sets: Vec<Vec<usize>>,
        /// The nearest choice, with the rows it breaks and by how much.
        values: Vec<f64>,
        /// Rows of the whole, and by how much they are broken.
        broken: Vec<(usize, f64)>,
    },
}

/// Divides a program.
pub(crate) fn parts(program: &Program) -> Vec<Part> {
    let mut leader: Vec<usize> = (0..program.variables.len()).collect();
    for row in &program.rows {
        for pair in row.terms.windows(2) {
            let (a, b) = (find(&mut leader, pair[0].0), find(&mut leader, pair[1].0));
            leader[a.max(b)] = a.min(b);
        }
    }
    let mut list: BTreeMap<usize, Part> = BTreeMap::new();
    let mut new_index = vec![0; program.variables.len()];
    let empty = || Part { program: Program::default(), variables: Vec::new(), rows: Vec::new() };
    for (i, variable) in program.variables.iter().enumerate() {
        let part = list.entry(find(&mut leader, i)).or_insert_with(empty);
        new_index[i] = part.program.variable(variable.clone());
        part.variables.push(i);
    }
    for (i, row) in program.rows.iter().enumerate() {
        // A row without variables belongs to nobody: it holds or it does not.
        let of = row.terms.first().map_or(usize::MAX, |(variable, _)| find(&mut leader, *variable));
        let part = list.entry(of).or_insert_with(empty);
        let mut row = row.clone();
        row.terms.iter_mut().for_each(|(variable, _)| *variable = new_index[*variable]);
        part.program.row(row);
        part.rows.push(i);
    }
    list.into_values().collect()
}

fn find(leader: &mut [usize], mut of: usize) -> usize {
    while leader[of] != of {
        leader[of] = leader[leader[of]];
        of = leader[of];
    }
    of
}

/// What the solver said of a part.
enum Said {
    Optimal(Solution),
    Not { set: Vec<usize>, nearest: Option<Nearest> },
}

/// Fixes variables that a row leaves no choice, so that the solver is not asked to find room where there is none: where a sum is already at
/// its ceiling with every variable at its least, that is where they stay.
fn without_forced(program: &Program) -> Program {
    let mut program = program.clone();
    loop {
        let mut fixed = 0;
        for row in program.rows.iter().filter(|row| row.low == f64::NEG_INFINITY) {
            let variables = &mut program.variables;
            let least = |(i, factor): &(usize, f64)| {
                factor * if *factor > 0.0 { variables[*i].low } else { variables[*i].high }
            };
            let sum: f64 = row.terms.iter().map(least).sum();
            // Broken for good is for the solver to say.
            if !sum.is_finite() || (sum - row.high).abs() > 1e-9 * (1.0 + sum.abs()) {
                continue;
            }
            for (i, factor) in row.terms.iter().filter(|(_, factor)| *factor != 0.0) {
                let variable = &mut variables[*i];
                fixed += usize::from(variable.low < variable.high);
                if *factor > 0.0 { variable.high = variable.low } else { variable.low = variable.high }
            }
        }
        if fixed == 0 {
            return program;
        }
    }
}

/// Counts each variable from its least, so that every cost is of something that is there: a sum in which savings cancel spending is hard to be
/// sure of.
fn from_least(program: &Program) -> Program {
    let mut program = program.clone();
    let least: Vec<f64> =
        program.variables.iter().map(|variable| if variable.low.is_finite() { variable.low } else { 0.0 }).collect();
    for row in &mut program.rows {
        let sum: f64 = row.terms.iter().map(|(i, factor)| factor * least[*i]).sum();
        row.low -= sum;
        row.high -= sum;
    }
    for (variable, least) in program.variables.iter_mut().zip(&least) {
        variable.low -= least;
        variable.high -= least;
    }
    program
}

/// The least-cost choice for a whole program, part by part; or what cannot hold together.
pub(crate) fn solve(program: &Program, solver: &(dyn Solver + Sync), limits: &Limits) -> Result<Outcome, RunError> {
    solve_as(program, solver, limits, true)
}

/// The same, without asking why nothing fits.
pub(crate) fn solve_only(
    program: &Program,
    solver: &(dyn Solver + Sync),
    limits: &Limits,
) -> Result<Outcome, RunError> {
    solve_as(program, solver, limits, false)
}

fn solve_as(
    program: &Program,
    solver: &(dyn Solver + Sync),
    limits: &Limits,
    explain: bool,
) -> Result<Outcome, RunError> {
    let parts = parts(&from_least(&without_forced(program)));
    let said: Vec<Said> =
        parts.par_iter().map(|part| one(part, solver, limits, explain)).collect::<Result<_, RunError>>()?;
    let mut whole = Solution {
        objective: 0.0,
        values: vec![0.0; program.variables.len()],
        row_values: Vec::new(),
        row_prices: vec![0.0; program.rows.len()],
        reduced_costs: vec![0.0; program.variables.len()],
    };
    let (mut sets, mut broken) = (Vec::new(), Vec::new());
    for (part, said) in parts.iter().zip(&said) {
        let solution = match said {
            Said::Optimal(solution) => Some(solution),
            Said::Not { set, nearest } => {
                sets.push(set.iter().map(|row| part.rows[*row]).collect());
                broken.extend(
                    nearest.iter().flat_map(|near| &near.broken).map(|broken| (part.rows[broken.row], broken.by)),
                );
                nearest.as_ref().map(|near| &near.solution)
            }
        };
        let Some(solution) = solution else { continue };
        for (i, value) in part.variables.iter().zip(&solution.values) {
            let least = program.variables[*i].low;
            whole.values[*i] = value + if least.is_finite() { least } else { 0.0 };
        }
        for (i, price) in part.rows.iter().zip(&solution.row_prices) {
            whole.row_prices[*i] = *price;
        }
        for (i, price) in part.variables.iter().zip(&solution.reduced_costs) {
            whole.reduced_costs[*i] = *price;
        }
    }
    whole.objective = program.objective(&whole.values);
    whole.row_values = program.row_values(&whole.values);
    if sets.is_empty() {
        Ok(Outcome::Fits(whole))
    } else {
        Ok(Outcome::Conflict { sets, values: whole.values, broken })
    }
}

fn one(part: &Part, solver: &(dyn Solver + Sync), limits: &Limits, explain: bool) -> Result<Said, RunError> {
    let fail = |error: crate::lp::SolveError| RunError::Request(error.to_string());
    // Without a variable there is nothing to choose, and a solver nothing to do.
    let holds = |row: &crate::lp::Row| row.low <= 0.0 && row.high >= 0.0;
    if part.program.variables.is_empty() {
        let wrong: Vec<usize> = (0..part.rows.len()).filter(|row| !holds(&part.program.rows[*row])).take(1).collect();
        return Ok(if wrong.is_empty() {
            Said::Optimal(Solution::default())
        } else {
            Said::Not { set: wrong, nearest: None }
        });
    }
    match solver.solve(&part.program, limits).map_err(fail)? {
        Answer::Optimal(solution) => Ok(Said::Optimal(solution)),
        Answer::Infeasible if !explain => Ok(Said::Not { set: Vec::new(), nearest: None }),
        Answer::Infeasible => {
            let rows: Vec<usize> = (0..part.rows.len()).collect();
            let set = smallest(&part.program, solver, limits)?;
            let weighted: Vec<(usize, f64)> = rows.iter().map(|row| (*row, 1.0)).collect();
            let nearest = nearest(&part.program, &weighted, solver, limits).map_err(fail)?;
            Ok(Said::Not { set, nearest })
        }
        Answer::Unbounded => Err(RunError::Request(
            "the cost can be made as small as one likes: a lever has a price below nought, or a limit is missing"
                .to_owned(),
        )),
        Answer::Stopped { why, .. } => Err(RunError::Request(format!("the solver was stopped: {why}"))),
    }
}

/// Rows with more terms than this tie professions together that have nothing else in common.
const TIES: usize = 400;

/// A smallest set of rows that cannot hold together.
///
/// Most conflicts lie within one profession. So the rows that tie professions together are left out at first, and what falls apart is looked
/// at by itself; a set that cannot hold there cannot hold anywhere.
fn smallest(program: &Program, solver: &(dyn Solver + Sync), limits: &Limits) -> Result<Vec<usize>, RunError> {
    let fail = |error: crate::lp::SolveError| RunError::Request(error.to_string());
    let near: Vec<usize> = (0..program.rows.len()).filter(|row| program.rows[*row].terms.len() <= TIES).collect();
    if near.len() < program.rows.len() {
        let rows = near.iter().map(|row| program.rows[*row].clone()).collect();
        let loose = Program { variables: program.variables.clone(), rows };
        for part in parts(&loose) {
            if !part.program.variables.is_empty()
                && matches!(solver.solve(&part.program, limits).map_err(fail)?, Answer::Infeasible)
            {
                let all: Vec<usize> = (0..part.rows.len()).collect();
                let set = conflict(&part.program, &all, solver, limits).map_err(fail)?;
                return Ok(set.into_iter().map(|row| near[part.rows[row]]).collect());
            }
        }
    }
    let all: Vec<usize> = (0..program.rows.len()).collect();
    conflict(program, &all, solver, limits).map_err(fail)
}
