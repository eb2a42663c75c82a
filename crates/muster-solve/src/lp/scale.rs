//! A program without its fixed variables, in units in which its numbers are of one size.
//!
//! Plans mix FTE with pounds: factors from a millionth to a thousand million. Rows and variables are measured in powers of two, so that
//! changing the unit rounds nothing.

use super::interior::BOX;
use super::{Program, SolveError};

/// What is left of a program to solve.
#[derive(Debug, Clone)]
pub(super) struct Scaled {
    /// Index of each kept variable in the program.
    pub(super) kept: Vec<usize>,
    /// Bounds and costs of the kept variables, in scaled units.
    pub(super) low: Vec<f64>,
    pub(super) high: Vec<f64>,
    pub(super) cost: Vec<f64>,
    /// Index of each kept row in the program.
    pub(super) rows: Vec<usize>,
    pub(super) row_low: Vec<f64>,
    pub(super) row_high: Vec<f64>,
    /// Factors by row, each with the index of a kept variable; sorted, none twice, none nought.
    pub(super) terms: Vec<Vec<(usize, f64)>>,
    /// A value in the program is this times the scaled one.
    pub(super) unit: Vec<f64>,
    /// A scaled row is this times the row of the program.
    pub(super) row_unit: Vec<f64>,
    /// The objective of the program, apart from fixed variables, is this times the scaled one.
    pub(super) objective_unit: f64,
}

/// How far a row without variables, or a bound, may be out before the program is infeasible.
const TOLERANCE: f64 = 1e-9;
const ROUNDS: usize = 12;

/// `None` where a bound or an empty row cannot hold, whatever is chosen.
pub(super) fn scale(program: &Program) -> Result<Option<Scaled>, SolveError> {
    program.check()?;
    let crossed = |low: f64, high: f64| low - high > TOLERANCE * (1.0 + low.abs().min(high.abs()));
    if program.variables.iter().any(|variable| crossed(variable.low, variable.high)) {
        return Ok(None);
    }
    let mut place = vec![None; program.variables.len()];
    let mut kept = Vec::new();
    for (index, variable) in program.variables.iter().enumerate() {
        if variable.low < variable.high {
            place[index] = Some(kept.len());
            kept.push(index);
        }
    }
    let mut scaled = Scaled {
        low: kept.iter().map(|&index| program.variables[index].low).collect(),
        high: kept.iter().map(|&index| program.variables[index].high).collect(),
        cost: kept.iter().map(|&index| program.variables[index].cost).collect(),
        unit: vec![1.0; kept.len()],
        kept,
        rows: Vec::new(),
        row_low: Vec::new(),
        row_high: Vec::new(),
        terms: Vec::new(),
        row_unit: Vec::new(),
        objective_unit: 1.0,
    };
    for (index, row) in program.rows.iter().enumerate() {
        let mut terms: Vec<(usize, f64)> = Vec::with_capacity(row.terms.len());
        let (mut fixed, mut size) = (0.0, 0.0_f64);
        for &(variable, factor) in &row.terms {
            if let Some(at) = place[variable] {
                terms.push((at, factor));
            } else {
                fixed += factor * program.variables[variable].low;
                size = size.max((factor * program.variables[variable].low).abs());
            }
        }
        terms.sort_by_key(|(at, _)| *at);
        terms.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 += later.1;
            }
            same
        });
        terms.retain(|(_, factor)| *factor != 0.0);
        let (low, high) = (row.low - fixed, row.high - fixed);
        let slack = TOLERANCE * (1.0 + size);
        if crossed(row.low, row.high) || (terms.is_empty() && (low > slack || high < -slack)) {
            return Ok(None);
        }
        if !terms.is_empty() && (low.is_finite() || high.is_finite()) {
            scaled.rows.push(index);
            scaled.row_low.push(low);
            scaled.row_high.push(high.max(low));
            scaled.terms.push(terms);
            scaled.row_unit.push(1.0);
        }
    }
    scaled.even_out();
    Ok(Some(scaled))
}

/// The power of two nearest to a number.
fn power_of_two(value: f64) -> f64 {
    if value > 0.0 && value.is_finite() { value.log2().round().exp2() } else { 1.0 }
}

impl Scaled {
    /// Divides each row, then each variable, by the square root of its smallest × largest factor, some times over; then makes the largest
    /// factor of each row about one, and the costs about one.
    fn even_out(&mut self) {
        let mut rows = vec![1.0; self.terms.len()];
        let mut units = vec![1.0; self.kept.len()];
        for _ in 0..ROUNDS {
            for (unit, terms) in rows.iter_mut().zip(&self.terms) {
                let (least, most) = extent(terms.iter().map(|(at, factor)| (factor * units[*at]).abs()));
                *unit = (least * most).sqrt().recip();
            }
            let mut extents = vec![(f64::INFINITY, 0.0_f64); units.len()];
            for (unit, terms) in rows.iter().zip(&self.terms) {
                for (at, factor) in terms {
                    let size = (factor * unit).abs();
                    extents[*at] = (extents[*at].0.min(size), extents[*at].1.max(size));
                }
            }
            for (unit, (least, most)) in units.iter_mut().zip(extents) {
                if most > 0.0 {
                    *unit = (least * most).sqrt().recip();
                }
            }
        }
        let units: Vec<f64> = units.into_iter().map(power_of_two).collect();
        for row in 0..self.terms.len() {
            let (_, most) = extent(self.terms[row].iter().map(|(at, factor)| (factor * units[*at]).abs()));
            let unit = power_of_two(most.recip());
            self.row_unit[row] = unit;
            self.row_low[row] *= unit;
            self.row_high[row] *= unit;
            self.terms[row].iter_mut().for_each(|(at, factor)| *factor *= units[*at] * unit);
        }
        for (at, unit) in units.iter().enumerate() {
            self.low[at] /= unit;
            self.high[at] /= unit;
            self.cost[at] *= unit;
        }
        self.unit = units;
        let (_, most) = extent(self.cost.iter().map(|cost| cost.abs()));
        let cost_unit = power_of_two(most.recip());
        self.cost.iter_mut().for_each(|cost| *cost *= cost_unit);
        // Limits of about one, by one unit for all. The middle of them: a plan may hold a bound that stands for no bound.
        let bounds = self.low.iter().chain(&self.high).chain(&self.row_low).chain(&self.row_high);
        let mut sizes: Vec<f64> =
            bounds.map(|bound| bound.abs()).filter(|size| *size > 0.0 && size.is_finite()).collect();
        sizes.sort_by(f64::total_cmp);
        let shared = sizes.get(sizes.len() / 2).map_or(1.0, |middle| power_of_two(*middle));
        self.unit.iter_mut().for_each(|unit| *unit *= shared);
        self.row_unit.iter_mut().for_each(|unit| *unit /= shared);
        let bounds = self.low.iter_mut().chain(&mut self.high).chain(&mut self.row_low).chain(&mut self.row_high);
        bounds.for_each(|bound| *bound /= shared);
        self.objective_unit = shared / cost_unit;
    }

    /// The same limits on rows, each of which may give way at a cost of one: the least cost is how far they are from holding together.
    pub(super) fn elastic(&self) -> Self {
        let mut elastic = self.clone();
        elastic.cost.fill(0.0);
        for row in 0..self.terms.len() {
            for (limit, factor) in [(self.row_low[row], 1.0), (self.row_high[row], -1.0)] {
                if limit.is_finite() {
                    elastic.terms[row].push((elastic.low.len(), factor));
                    elastic.low.push(0.0);
                    elastic.high.push(f64::INFINITY);
                    elastic.cost.push(1.0);
                }
            }
        }
        elastic
    }

    /// The same program, with every variable within a large box.
    pub(super) fn boxed(&self) -> Self {
        let mut boxed = self.clone();
        boxed.low.iter_mut().for_each(|low| *low = low.max(-BOX));
        boxed.high.iter_mut().for_each(|high| *high = high.min(BOX));
        boxed
    }

    /// The sum of cost × value.
    pub(super) fn objective(&self, values: &[f64]) -> f64 {
        self.cost.iter().zip(values).map(|(cost, value)| cost * value).sum()
    }

    /// The sum of each row.
    pub(super) fn row_values(&self, values: &[f64]) -> Vec<f64> {
        self.terms.iter().map(|terms| terms.iter().map(|(at, factor)| factor * values[*at]).sum()).collect()
    }

    /// Costs less what rows pay: what one more of each variable changes when row limits have these prices.
    pub(super) fn reduced(&self, prices: &[f64]) -> Vec<f64> {
        let mut reduced = self.cost.clone();
        for (terms, price) in self.terms.iter().zip(prices) {
            terms.iter().for_each(|(at, factor)| reduced[*at] -= factor * price);
        }
        reduced
    }
}

/// Least and greatest of what is above nought; one and one where nothing is.
fn extent(sizes: impl Iterator<Item = f64>) -> (f64, f64) {
    let (least, most) = sizes
        .filter(|size| *size > 0.0)
        .fold((f64::INFINITY, 0.0_f64), |(least, most), size| (least.min(size), most.max(size)));
    if most > 0.0 { (least, most) } else { (1.0, 1.0) }
}
