//! Linear programs in Rust alone, by Clarabel's interior-point method, with an answer that is checked before it is given.
//!
//! The method gives a point in the middle of all optimal points, where there are several, and so are its prices. It uses one thread, and no clock
//! but for the limit, so that the same program gives the same answer.

use std::time::Instant;

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, SolverStatus, SupportedConeT};

use super::scale::{Scaled, scale};
use super::{Answer, Limits, Program, Solution, SolveError, Solver};

/// The solver that is always built in: linear programs without whole numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Interior;

/// How far the answer may be from holding, relative to the size of each limit.
const HOLDS: f64 = 1e-8;
/// How large a scaled price may be of a limit that does not exist, where the largest cost is about one.
const PRICED: f64 = 1e-6;
/// How far the answer may be from the best that is possible, relative to it.
const BEST: f64 = 1e-8;
/// How far it may be where two attempts brought it no nearer, and the program is known to have an answer. Programs of tens of
/// thousands of rows can stop there.
const NEARLY_BEST: f64 = 1e-5;
/// What the method aims at, which is better than either.
const AIM: f64 = 1e-12;
/// Scaled limits that are broken by more than this, all together, cannot hold together.
const CANNOT_HOLD: f64 = 1e-7;

impl Solver for Interior {
    fn solve(&self, program: &Program, limits: &Limits) -> Result<Answer, SolveError> {
        if let Some(variable) = program.variables.iter().find(|variable| variable.whole) {
            return Err(SolveError::WholeNumbers { variable: variable.name.clone() });
        }
        let Some(scaled) = scale(program)? else { return Ok(Answer::Infeasible) };
        let begun = Instant::now();
        let left = || limits.seconds - begun.elapsed().as_secs_f64();
        let too_long =
            || Answer::Stopped { why: format!("it took longer than {} seconds", limits.seconds), best: None };
        let Some(found) = run(&scaled, left())? else { return Ok(too_long()) };
        let quality = found.quality(&scaled);
        if quality.good() {
            return Ok(Answer::Optimal(found.solution(program, &scaled)));
        }
        if quality.nearly_good() {
            // It holds and is nearly the best, so something fits and there is a least. A second attempt may come nearer.
            let boxed = scaled.boxed();
            let Some(second) = run(&boxed, left())? else { return Ok(too_long()) };
            let nearer = second.quality(&scaled);
            let best = if nearer.nearly_good() && nearer.gap < quality.gap { second } else { found };
            return Ok(Answer::Optimal(best.solution(program, &scaled)));
        }
        // Nothing fits, or there is no least, or the method failed: how far the limits must give way says whether anything fits.
        let elastic = scaled.elastic();
        let Some(least) = run(&elastic, left())? else { return Ok(too_long()) };
        if !least.quality(&elastic).good() {
            return Err(SolveError::Inaccurate(quality.words()));
        }
        if elastic.objective(&least.values) > CANNOT_HOLD {
            return Ok(Answer::Infeasible);
        }
        // Something fits. Within a box so large that no plan is outside it, is the best at the side of the box?
        let boxed = scaled.boxed();
        let Some(best) = run(&boxed, left())? else { return Ok(too_long()) };
        if best.values.iter().any(|value| value.abs() > BOX / 2.0) {
            return Ok(Answer::Unbounded);
        }
        let quality = best.quality(&scaled);
        if quality.nearly_good() {
            Ok(Answer::Optimal(best.solution(program, &scaled)))
        } else {
            Err(SolveError::Inaccurate(quality.words()))
        }
    }
}

/// Scaled values beyond this mean that a variable has no bound that matters.
pub(super) const BOX: f64 = 1e7;

/// A point in scaled units: a value for each variable, a price for each row.
struct Point {
    values: Vec<f64>,
    prices: Vec<f64>,
}

/// How far a point is from being the answer.
#[derive(Debug, Clone, Copy)]
struct Quality {
    /// By how much a limit is broken at most, relative to its size.
    broken: f64,
    /// Largest price of a limit that does not exist.
    mispriced: f64,
    /// Objective less what the prices vouch for, relative to the objective.
    gap: f64,
}

impl Quality {
    fn good(self) -> bool {
        self.nearly_good() && self.gap <= BEST
    }

    fn nearly_good(self) -> bool {
        self.broken <= HOLDS && self.mispriced <= PRICED && self.gap <= NEARLY_BEST
    }

    fn words(self) -> String {
        format!(
            "limits broken by {:.0e}, prices wrong by {:.0e}, best missed by {:.0e}",
            self.broken, self.mispriced, self.gap
        )
    }
}

/// One side of a limit, as the method wants it: sum of factor × variable ≤ bound, or = bound.
struct Side {
    row: usize,
    sign: f64,
}

/// Runs the method; `None` where it took too long.
fn run(scaled: &Scaled, seconds: f64) -> Result<Option<Point>, SolveError> {
    let (variables, rows) = (scaled.low.len(), scaled.terms.len());
    if variables == 0 {
        return Ok(Some(Point { values: Vec::new(), prices: vec![0.0; rows] }));
    }
    // Equations first, then ceilings and floors of rows, then those of variables (rows from `rows` on).
    let limits = |row: usize| {
        if row < rows {
            (scaled.row_low[row], scaled.row_high[row])
        } else {
            (scaled.low[row - rows], scaled.high[row - rows])
        }
    };
    let (mut equations, mut sides) = (Vec::new(), Vec::new());
    for row in 0..rows + variables {
        let (low, high) = limits(row);
        if low == high {
            equations.push(Side { row, sign: 1.0 });
            continue;
        }
        if high.is_finite() {
            sides.push(Side { row, sign: 1.0 });
        }
        if low.is_finite() {
            sides.push(Side { row, sign: -1.0 });
        }
    }
    let cones = [SupportedConeT::ZeroConeT(equations.len()), SupportedConeT::NonnegativeConeT(sides.len())];
    let all: Vec<Side> = equations.into_iter().chain(sides).collect();
    let bounds: Vec<f64> = all
        .iter()
        .map(|side| {
            let (low, high) = limits(side.row);
            if side.sign > 0.0 { high } else { -low }
        })
        .collect();
    let mut columns: Vec<Vec<(usize, f64)>> = vec![Vec::new(); variables];
    for (at, side) in all.iter().enumerate() {
        if side.row >= rows {
            columns[side.row - rows].push((at, side.sign));
        } else {
            scaled.terms[side.row]
                .iter()
                .for_each(|(variable, factor)| columns[*variable].push((at, side.sign * factor)));
        }
    }
    let mut starts = vec![0];
    starts.extend(columns.iter().scan(0, |sum, column| {
        *sum += column.len();
        Some(*sum)
    }));
    let (places, factors) = columns.into_iter().flatten().unzip();
    let matrix = CscMatrix::new(all.len(), variables, starts, places, factors);
    let nothing = CscMatrix::new(variables, variables, vec![0; variables + 1], Vec::new(), Vec::new());
    let failed = |error: &dyn std::fmt::Display| SolveError::Inaccurate(error.to_string());
    let mut solver = DefaultSolver::new(&nothing, &scaled.cost, &matrix, &bounds, &cones, settings(seconds))
        .map_err(|error| failed(&error))?;
    solver.solve();
    if solver.solution.status == SolverStatus::MaxTime {
        return Ok(None);
    }
    let mut prices = vec![0.0; rows];
    for (side, price) in all.iter().zip(&solver.solution.z) {
        if side.row < rows {
            prices[side.row] -= side.sign * price;
        }
    }
    let mut values = solver.solution.x.clone();
    for ((value, low), high) in values.iter_mut().zip(&scaled.low).zip(&scaled.high) {
        *value = value.clamp(*low, *high);
    }
    Ok(Some(Point { values, prices }))
}

/// Scaled prices below this, of limits with room to spare, are what the method had not yet rubbed out.
const NEARLY_NOUGHT: f64 = 1e-9;

fn settings(seconds: f64) -> DefaultSettings<f64> {
    DefaultSettings {
        verbose: false,
        time_limit: seconds.max(0.0),
        max_threads: 1,
        direct_solve_method: "qdldl".to_owned(),
        tol_gap_abs: AIM * 1e-2,
        tol_gap_rel: AIM,
        tol_feas: AIM,
        ..DefaultSettings::default()
    }
}

/// What a price vouches for: the limit that it is a price of, times the price. The second number is the price where that limit does not exist.
fn vouched(price: f64, low: f64, high: f64) -> (f64, f64) {
    let bound = if price > 0.0 { low } else { high };
    if price == 0.0 {
        (0.0, 0.0)
    } else if bound.is_finite() {
        (price * bound, 0.0)
    } else {
        (0.0, price.abs())
    }
}

impl Point {
    fn quality(&self, scaled: &Scaled) -> Quality {
        let excess = |value: f64, low: f64, high: f64| {
            let (bound, by) = if value < low { (low, low - value) } else { (high, value - high) };
            if by > 0.0 { by / (1.0 + bound.abs()) } else { 0.0 }
        };
        let row_values = scaled.row_values(&self.values);
        let reduced = scaled.reduced(&self.prices);
        let of_rows = row_values.iter().zip(&self.prices).zip(scaled.row_low.iter().zip(&scaled.row_high));
        let of_variables = self.values.iter().zip(&reduced).zip(scaled.low.iter().zip(&scaled.high));
        let (mut broken, mut mispriced, mut worth) = (0.0_f64, 0.0_f64, 0.0);
        for ((value, price), (low, high)) in of_rows.chain(of_variables) {
            broken = broken.max(excess(*value, *low, *high));
            let (sum, wrong) = vouched(*price, *low, *high);
            worth += sum;
            mispriced = mispriced.max(wrong);
        }
        let objective = scaled.objective(&self.values);
        let size: f64 = scaled.cost.iter().zip(&self.values).map(|(cost, value)| (cost * value).abs()).sum();
        let gap = (objective - worth).abs() / objective.abs().max(1e-4 * size).max(1e-4);
        // What is not a number is as far as can be.
        let or_infinite = |value: f64| if value.is_finite() { value } else { f64::INFINITY };
        let finite = self.values.iter().chain(&self.prices).all(|value| value.is_finite());
        Quality { broken: if finite { broken } else { f64::INFINITY }, mispriced, gap: or_infinite(gap) }
    }

    /// The point in the units of the program.
    fn solution(&self, program: &Program, scaled: &Scaled) -> Solution {
        let mut values: Vec<f64> = program.variables.iter().map(|variable| variable.low).collect();
        for ((index, unit), value) in scaled.kept.iter().zip(&scaled.unit).zip(&self.values) {
            let variable = &program.variables[*index];
            values[*index] = (value * unit).clamp(variable.low, variable.high);
        }
        let mut row_prices = vec![0.0; program.rows.len()];
        let row_values = scaled.row_values(&self.values);
        for (at, index) in scaled.rows.iter().enumerate() {
            let price = self.prices[at];
            let bound = if price > 0.0 { scaled.row_low[at] } else { scaled.row_high[at] };
            let spare = (row_values[at] - bound).abs();
            if price.abs() > NEARLY_NOUGHT || price.abs() > spare {
                row_prices[*index] = price * scaled.row_unit[at] * scaled.objective_unit;
            }
        }
        let mut reduced_costs: Vec<f64> = program.variables.iter().map(|variable| variable.cost).collect();
        for (row, price) in program.rows.iter().zip(&row_prices) {
            row.terms.iter().for_each(|(index, factor)| reduced_costs[*index] -= factor * price);
        }
        Solution {
            objective: program.objective(&values),
            row_values: program.row_values(&values),
            values,
            row_prices,
            reduced_costs,
        }
    }
}
