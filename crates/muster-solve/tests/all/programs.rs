//! Programs to test with: written by hand in a line each, and drawn at random.

use muster_solve::lp::{Answer, Interior, Limits, Program, Row, Solution, Solver, Variable};

/// No limit.
pub(crate) const INF: f64 = f64::INFINITY;

/// A program from `(low, high, cost)` of each variable and `(low, factors, high)` of each row.
pub(crate) fn program(variables: &[(f64, f64, f64)], rows: &[(f64, &[f64], f64)]) -> Program {
    let variables = variables
        .iter()
        .enumerate()
        .map(|(at, &(low, high, cost))| Variable { name: format!("x{at}"), low, high, cost, whole: false })
        .collect();
    let rows = rows
        .iter()
        .enumerate()
        .map(|(at, (low, factors, high))| Row {
            name: format!("row {at}"),
            low: *low,
            high: *high,
            terms: factors.iter().copied().enumerate().filter(|(_, factor)| *factor != 0.0).collect(),
        })
        .collect();
    Program { variables, rows }
}

pub(crate) fn answer(program: &Program) -> Answer {
    Interior.solve(program, &Limits::default()).unwrap()
}

pub(crate) fn solve(program: &Program) -> Solution {
    match answer(program) {
        Answer::Optimal(solution) => solution,
        other => panic!("{other:?}"),
    }
}

/// Equal to within a share of their size.
pub(crate) fn near(left: f64, right: f64, share: f64) -> bool {
    (left - right).abs() <= share * (1.0 + left.abs().max(right.abs()))
}

/// Numbers that look random, from a seed: the low bits of a multiplication are dropped.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    /// At least `low`, less than `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.between(0.0, count as f64) as usize).min(count - 1)
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.between(0.0, 1.0) < share
    }
}

/// A program with an answer: limits are set around a point, and every variable is within bounds. Factors and units differ by powers of ten up to
/// `spread`.
pub(crate) fn random(dice: &mut Dice, variables: usize, rows: usize, spread: f64) -> Program {
    let unit = |dice: &mut Dice| 10_f64.powf(dice.between(-spread, spread).round());
    let units: Vec<f64> = (0..variables).map(|_| unit(dice)).collect();
    let point: Vec<f64> = units.iter().map(|unit| unit * dice.between(0.0, 10.0).round()).collect();
    let mut program = Program::default();
    for (at, unit) in units.iter().enumerate() {
        let fixed = dice.chance(0.1);
        program.variable(Variable {
            name: format!("x{at}"),
            low: if fixed { point[at] } else { 0.0 },
            high: if fixed { point[at] } else { unit * 12.0 },
            cost: dice.between(-5.0, 20.0).round() / unit,
            whole: false,
        });
    }
    for at in 0..rows {
        let own = unit(dice);
        let terms: Vec<(usize, f64)> = (0..variables)
            .filter_map(|variable| {
                let used = dice.chance(0.4);
                used.then(|| (variable, own * dice.between(-9.0, 9.0).round() / units[variable]))
            })
            .collect();
        let sum: f64 = terms.iter().map(|(variable, factor)| factor * point[*variable]).sum();
        let room = |dice: &mut Dice| if dice.chance(0.3) { 0.0 } else { own * dice.between(0.0, 20.0) };
        let (low, high) = match dice.below(4) {
            0 => (sum, sum),
            1 => (sum - room(dice), INF),
            2 => (-INF, sum + room(dice)),
            _ => (sum - room(dice), sum + room(dice)),
        };
        program.row(Row { name: format!("row {at}"), low, high, terms });
    }
    program
}
