//! The answer that breaks limits least, where no answer meets them all.

use super::{Answer, Limits, Program, Row, Solution, SolveError, Solver, Variable};

/// The nearest there is to an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// The values, with the cost they have in the program that was asked; its prices are empty.
    pub solution: Solution,
    /// The limits that it breaks, in the order of `may_relax`.
    pub broken: Vec<Broken>,
}

/// A limit that had to give way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Broken {
    /// Index of the row.
    pub row: usize,
    /// By how much, in the row's own unit: above nought where the sum is over the ceiling, below where it is under the floor.
    pub by: f64,
}

/// A limit that gives way by less than this share of its scale is kept.
const KEPT: f64 = 1e-7;
/// How much of the least breakage may be given up for a lower cost.
const SLACK: f64 = 1e-6;

/// The answer that breaks the rows in `may_relax` least, each with its weight: breaking a row of weight one by its own size counts one. Of those
/// answers, the one that costs least. `None` where the other limits cannot hold either, or the search was stopped.
///
/// A row's size is the larger of its limits without sign, or its largest factor where they are nought.
pub fn nearest(
    program: &Program,
    may_relax: &[(usize, f64)],
    solver: &dyn Solver,
    limits: &Limits,
) -> Result<Option<Nearest>, SolveError> {
    let (mut relaxed, steps) = elastic(program, may_relax)?;
    let Answer::Optimal(least) = solver.solve(&relaxed, limits)? else { return Ok(None) };
    // Second, at least cost: with every limit kept where that can be, and otherwise without breaking more.
    let cheapest = if least.objective <= KEPT {
        solver.solve(program, limits)
    } else {
        relaxed.variables.iter_mut().for_each(|variable| variable.cost = 0.0);
        for (variable, original) in relaxed.variables.iter_mut().zip(&program.variables) {
            variable.cost = original.cost;
        }
        let gives = steps.iter().flat_map(|step| [(step.up, step.weight), (step.down, step.weight)]).collect();
        let high = least.objective * (1.0 + SLACK);
        relaxed.row(Row { name: "limits broken".to_owned(), low: f64::NEG_INFINITY, high, terms: gives });
        solver.solve(&relaxed, limits)
    };
    let found = match cheapest {
        Ok(Answer::Optimal(found)) => found,
        // Nothing bounds the cost, time is up, or the room left is too narrow for the solver: the first answer breaks as little.
        Ok(_) | Err(SolveError::Inaccurate(_)) => least,
        Err(error) => return Err(error),
    };
    let values = found.values[..program.variables.len()].to_vec();
    let row_values = program.row_values(&values);
    let broken = steps
        .iter()
        .filter_map(|step| {
            let (row, value) = (&program.rows[step.row], row_values[step.row]);
            let by = (value - row.high).max(0.0) - (row.low - value).max(0.0);
            (by.abs() * step.weight_of_one > KEPT).then_some(Broken { row: step.row, by })
        })
        .collect();
    let solution = Solution {
        objective: program.objective(&values),
        row_values,
        values,
        row_prices: Vec::new(),
        reduced_costs: Vec::new(),
    };
    Ok(Some(Nearest { solution, broken }))
}

/// How one row gives way.
pub(super) struct Give {
    /// The row.
    pub(super) row: usize,
    /// Variables: how far below its floor and above its ceiling, in its own unit.
    pub(super) up: usize,
    pub(super) down: usize,
    weight: f64,
    /// One over the row's size.
    weight_of_one: f64,
}

/// The program in which these rows may give way, at their weight and at no other cost.
pub(super) fn elastic(program: &Program, may_relax: &[(usize, f64)]) -> Result<(Program, Vec<Give>), SolveError> {
    program.check()?;
    let mut relaxed = program.clone();
    relaxed.variables.iter_mut().for_each(|variable| variable.cost = 0.0);
    let mut steps = Vec::with_capacity(may_relax.len());
    for &(row, weight) in may_relax {
        let Some(original) = program.rows.get(row) else {
            return Err(SolveError::Program(format!("row {row} is to give way, and there are {}", program.rows.len())));
        };
        if !(weight.is_finite() && weight > 0.0) {
            return Err(SolveError::Program(format!("`{}` is to give way at a weight of {weight}", original.name)));
        }
        let weight_of_one = size(original).recip();
        let mut give = |what: &str| {
            relaxed.variable(Variable {
                name: format!("{} {what}", original.name),
                low: 0.0,
                high: f64::INFINITY,
                cost: weight * weight_of_one,
                whole: false,
            })
        };
        let (up, down) = (give("under its floor"), give("over its ceiling"));
        relaxed.rows[row].terms.extend([(up, 1.0), (down, -1.0)]);
        steps.push(Give { row, up, down, weight: weight * weight_of_one, weight_of_one });
    }
    Ok((relaxed, steps))
}

/// What a row is measured by.
fn size(row: &Row) -> f64 {
    let largest = |sizes: &mut dyn Iterator<Item = f64>| sizes.filter(|size| size.is_finite()).fold(0.0_f64, f64::max);
    let limits = largest(&mut [row.low.abs(), row.high.abs()].into_iter());
    let factors = largest(&mut row.terms.iter().map(|(_, factor)| factor.abs()));
    if limits > 0.0 {
        limits
    } else if factors > 0.0 {
        factors
    } else {
        1.0
    }
}
