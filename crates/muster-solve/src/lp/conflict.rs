//! A smallest set of limits that cannot hold together.
//!
//! First all limits give way at a price: those that must give way in the cheapest answer are held firm, one lot after another, until nothing fits. What was
//! held contains a conflict (the elastic filter of Chinneck and Dravnieks, 1991). Then each is let go in turn, and stays away where the rest still cannot hold (the
//! deletion filter). What is left is irreducible: with any one of it gone, the rest can hold. The order is that of the rows asked for, so the answer is
//! the same every time. There may be other conflicts, and a smaller one among them.

use super::nearest::elastic;
use super::{Answer, Limits, Program, SolveError, Solver};

/// Rows of `may_relax` that cannot hold together (nor with what may not be relaxed), and of which every one is needed for that; in the order of
/// `may_relax`. Empty where all can hold, or where those that may not be relaxed cannot hold by themselves.
///
/// Bounds of variables are never in a conflict: write those that may be questioned as rows.
pub fn conflict(
    program: &Program,
    may_relax: &[usize],
    solver: &dyn Solver,
    limits: &Limits,
) -> Result<Vec<usize>, SolveError> {
    let mut asked: Vec<usize> = Vec::with_capacity(may_relax.len());
    may_relax.iter().for_each(|row| {
        if !asked.contains(row) {
            asked.push(*row);
        }
    });
    if !holds(program, &asked, &[], solver, limits)? || holds(program, &asked, &asked, solver, limits)? {
        return Ok(Vec::new());
    }
    let mut kept = must_give_way(program, &asked, solver, limits)?;
    let mut at = 0;
    while at < kept.len() {
        let mut rest = kept.clone();
        rest.remove(at);
        if holds(program, &asked, &rest, solver, limits)? {
            at += 1;
        } else {
            kept = rest;
        }
    }
    Ok(kept)
}

/// A limit that gives way by less than this share of its size does not.
const GIVES: f64 = 1e-7;

/// The elastic filter: rows that hold a conflict between them.
fn must_give_way(
    program: &Program,
    asked: &[usize],
    solver: &dyn Solver,
    limits: &Limits,
) -> Result<Vec<usize>, SolveError> {
    let mut firm: Vec<usize> = Vec::new();
    loop {
        let soft: Vec<(usize, f64)> = asked.iter().filter(|row| !firm.contains(row)).map(|row| (*row, 1.0)).collect();
        let (relaxed, gives) = elastic(program, &soft)?;
        let found = match solver.solve(&relaxed, limits)? {
            Answer::Optimal(found) => found,
            Answer::Infeasible => break,
            Answer::Unbounded => return Err(SolveError::Inaccurate("a sum of breakages has no least".to_owned())),
            Answer::Stopped { why, .. } => return Err(SolveError::Stopped(why)),
        };
        let gave: Vec<usize> = gives
            .iter()
            .filter(|give| {
                [give.up, give.down].iter().any(|part| found.values[*part] * relaxed.variables[*part].cost > GIVES)
            })
            .map(|give| give.row)
            .collect();
        if gave.is_empty() {
            // Too close to call by breakage: the deletion filter decides among all.
            return Ok(asked.to_vec());
        }
        firm.extend(gave);
    }
    Ok(asked.iter().copied().filter(|row| firm.contains(row)).collect())
}

/// Can the program hold with only `keep` of the rows that may be relaxed?
fn holds(
    program: &Program,
    asked: &[usize],
    keep: &[usize],
    solver: &dyn Solver,
    limits: &Limits,
) -> Result<bool, SolveError> {
    let mut trial = program.clone();
    trial.variables.iter_mut().for_each(|variable| variable.cost = 0.0);
    for row in asked.iter().filter(|row| !keep.contains(row)) {
        let Some(row) = trial.rows.get_mut(*row) else {
            return Err(SolveError::Program(format!(
                "row {row} is to be relaxed, and there are {}",
                program.rows.len()
            )));
        };
        (row.low, row.high) = (f64::NEG_INFINITY, f64::INFINITY);
    }
    match solver.solve(&trial, limits)? {
        Answer::Optimal(_) | Answer::Unbounded => Ok(true),
        Answer::Infeasible => Ok(false),
        Answer::Stopped { why, .. } => Err(SolveError::Stopped(why)),
    }
}
