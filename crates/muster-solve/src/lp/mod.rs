//! Linear and whole-number programs: the least cost of something, within limits.
//!
//! A [`Program`] is plain data. A [`Solver`] answers it: [`Interior`] is written in Rust and solves programs without whole numbers;
//! HiGHS, behind the feature `highs`, solves both kinds, each in a process of its own. Where nothing fits, [`conflict`] finds a smallest set of limits
//! that cannot hold together, and [`nearest`] the answer that breaks them least.
//!
//! A price says what a limit costs: by how much the objective would change if the limit that binds were one higher. Prices are nought where
//! nothing binds. In a program that is minimised, a floor has a price of nought or more, and a ceiling one of nought or less.

#[cfg(feature = "highs")]
mod child;
mod conflict;
mod interior;
mod nearest;
mod scale;
#[cfg(feature = "highs")]
mod wire;
#[cfg(feature = "highs")]
mod worker;

#[cfg(feature = "highs")]
pub use child::{Both, Highs};
pub use conflict::conflict;
pub use interior::Interior;
pub use nearest::{Broken, Nearest, nearest};
#[cfg(feature = "highs")]
pub use worker::serve;

/// A question: choose the variables so that the sum of cost × value is least, and every bound and row holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Program {
    /// What may be chosen.
    pub variables: Vec<Variable>,
    /// What must hold.
    pub rows: Vec<Row>,
}

/// Something that may be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// For messages; the solver does not read it.
    pub name: String,
    /// Its least value, or minus infinity.
    pub low: f64,
    /// Its greatest value, or infinity.
    pub high: f64,
    /// What one more of it costs.
    pub cost: f64,
    /// Must it be a whole number?
    pub whole: bool,
}

/// Something that must hold: `low <= sum of factor × variable <= high`.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// For messages; the solver does not read it.
    pub name: String,
    /// The least the sum may be, or minus infinity.
    pub low: f64,
    /// The most the sum may be, or infinity.
    pub high: f64,
    /// Variables by index, and their factors. A variable that appears twice counts twice.
    pub terms: Vec<(usize, f64)>,
}

/// What a solve may use before it is stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Seconds by the clock.
    pub seconds: f64,
    /// Memory, in millions of bytes. Only a solver in a process of its own can hold to it.
    pub megabytes: u64,
}

impl Default for Limits {
    /// A minute, and four thousand million bytes.
    fn default() -> Self {
        Self { seconds: 60.0, megabytes: 4000 }
    }
}

/// What a solver found.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Nothing costs less.
    Optimal(Solution),
    /// No choice meets every limit: see [`conflict`] and [`nearest`].
    Infeasible,
    /// The cost can be made as small as one likes: a limit is missing.
    Unbounded,
    /// A limit on time or memory was reached, or someone cancelled.
    Stopped {
        /// What stopped it, in words.
        why: String,
        /// The best found until then, if any was.
        best: Option<Solution>,
    },
}

/// Values for every variable, and what follows from them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Solution {
    /// The sum of cost × value.
    pub objective: f64,
    /// By variable.
    pub values: Vec<f64>,
    /// The sum of each row.
    pub row_values: Vec<f64>,
    /// By row, the change of the objective for one more of the limit that binds. Empty for programs with whole numbers.
    pub row_prices: Vec<f64>,
    /// By variable, the same for the bound that binds. Empty for programs with whole numbers.
    pub reduced_costs: Vec<f64>,
}

/// Why a program could not be answered. That nothing fits is an [`Answer`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SolveError {
    /// The program contradicts itself as data.
    #[error("the program makes no sense: {0}")]
    Program(String),
    /// Whole numbers, and a solver that has none.
    #[error(
        "`{variable}` must be a whole number, and this build cannot solve that; build Muster with HiGHS: `cargo build --release --features highs` \
         (needs cmake and libclang)"
    )]
    WholeNumbers {
        /// The first such variable.
        variable: String,
    },
    /// The solver found no answer that it could vouch for.
    #[error(
        "the solver did not reach an answer to be trusted ({0}); numbers of very different size in one plan are the usual cause"
    )]
    Inaccurate(String),
    /// A search that asks several programs was stopped before it had its answer.
    #[error("the search was stopped: {0}")]
    Stopped(String),
    /// The process that was to solve it did not work.
    #[error("the process that solves programs failed: {0}")]
    Worker(String),
}

/// Answers programs.
pub trait Solver {
    /// The least-cost choice, or why there is none.
    fn solve(&self, program: &Program, limits: &Limits) -> Result<Answer, SolveError>;
}

impl Program {
    /// Adds a variable and returns its index.
    pub fn variable(&mut self, variable: Variable) -> usize {
        self.variables.push(variable);
        self.variables.len() - 1
    }

    /// Adds a row and returns its index.
    pub fn row(&mut self, row: Row) -> usize {
        self.rows.push(row);
        self.rows.len() - 1
    }

    /// Refuses what is not a number, and terms of variables that do not exist.
    pub fn check(&self) -> Result<(), SolveError> {
        let bad = |name: &str, what: &str| Err(SolveError::Program(format!("`{name}` {what}")));
        for variable in &self.variables {
            if variable.low.is_nan() || variable.high.is_nan() || !variable.cost.is_finite() {
                return bad(&variable.name, "has a bound or a cost that is not a number");
            }
            if variable.low == f64::INFINITY || variable.high == f64::NEG_INFINITY {
                return bad(&variable.name, "has a bound that no number meets");
            }
        }
        for row in &self.rows {
            if row.low.is_nan() || row.high.is_nan() || row.terms.iter().any(|(_, factor)| !factor.is_finite()) {
                return bad(&row.name, "has a limit or a factor that is not a number");
            }
            if row.low == f64::INFINITY || row.high == f64::NEG_INFINITY {
                return bad(&row.name, "has a limit that no number meets");
            }
            if let Some((index, _)) = row.terms.iter().find(|(index, _)| *index >= self.variables.len()) {
                return bad(&row.name, &format!("uses variable {index}, and there are {}", self.variables.len()));
            }
        }
        Ok(())
    }

    /// The sum of each row for these values.
    pub fn row_values(&self, values: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|row| row.terms.iter().map(|(index, factor)| factor * values[*index]).sum()).collect()
    }

    /// The sum of cost × value.
    pub fn objective(&self, values: &[f64]) -> f64 {
        self.variables.iter().zip(values).map(|(variable, value)| variable.cost * value).sum()
    }
}
