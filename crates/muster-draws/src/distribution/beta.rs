//! The beta distribution: its distribution function, its quantile, and a table that turns scores into values quickly.
//!
//! All of it works on y = ln(x / (1 − x)), where both tails are straight lines. There the logarithm of the distribution
//! function is increasing and concave, so Newton's method cannot miss: from wherever it starts, its second step is on the
//! left of the answer, and from there it climbs.

use crate::normal;

/// Scores are tabled from −`REACH` to `REACH`. A number of 53 bits gives no score beyond 8.3; a caller's own may, and is
/// answered without the table.
const REACH: f64 = 8.5;
/// Intervals of the table for each unit of score; and where an exponent is so small that the curve bends sharply.
const FEW_STEPS: usize = 4;
const MANY_STEPS: usize = 12;
const SMALL_EXPONENT: f64 = 0.5;

/// A beta distribution on 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Beta {
    a: f64,
    b: f64,
    /// The logarithm of the beta function of `a` and `b`.
    ln_beta: f64,
    steps_per_unit: usize,
    /// For each interval of score, y as a polynomial of degree seven.
    table: Vec<[f64; 8]>,
}

impl Beta {
    /// The beta with exponents `a` and `b`, both above 0.
    pub(super) fn new(a: f64, b: f64) -> Self {
        let ln_beta = libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
        let steps_per_unit = if a.min(b) < SMALL_EXPONENT { MANY_STEPS } else { FEW_STEPS };
        let mut beta = Self { a, b, ln_beta, steps_per_unit, table: Vec::new() };
        beta.fill();
        beta
    }

    /// The value at a score, from the table: within 10^−12 of the quantile function at the score's chance.
    pub(super) fn at(&self, score: f64) -> f64 {
        let place = (score + REACH) * self.steps_per_unit as f64;
        let interval = place as usize;
        match self.table.get(interval) {
            Some(c) if place >= 0.0 => {
                let t = place - interval as f64;
                let low = (c[0] + c[1] * t) + (c[2] + c[3] * t) * (t * t);
                let high = (c[4] + c[5] * t) + (c[6] + c[7] * t) * (t * t);
                logistic(low + high * (t * t * t * t))
            }
            _ => logistic(self.solve(score, None)),
        }
    }

    /// The value below which the chance is `p`.
    pub(super) fn quantile(&self, p: f64) -> f64 {
        if p <= 0.0 {
            0.0
        } else if p >= 1.0 {
            1.0
        } else if p <= 0.5 {
            logistic(solve_lower(self.a, self.b, self.ln_beta, libm::log(p), None))
        } else {
            1.0 - logistic(solve_lower(self.b, self.a, self.ln_beta, libm::log1p(-p), None))
        }
    }

    /// The chance of a value below `x`.
    #[cfg(test)]
    fn below(&self, x: f64) -> f64 {
        libm::exp(ln_below(self.a, self.b, self.ln_beta, libm::log(x) - libm::log1p(-x)))
    }

    /// Fills the table. Between two scores it holds the polynomial of degree seven that agrees with y and its first three
    /// derivatives at both: these follow from the density alone, and y at one score starts the search for y at the next.
    fn fill(&mut self) {
        let step = 1.0 / self.steps_per_unit as f64;
        let intervals = (2.0 * REACH) as usize * self.steps_per_unit;
        self.table.reserve_exact(intervals);
        let mut left: Option<[f64; 4]> = None;
        for k in 0..=intervals {
            let score = k as f64 * step - REACH;
            let start = left.map(|[y, first, second, third]| y + first + second + third);
            let y = self.solve(score, start);
            let [first, second, third] = self.derivatives(score, y);
            // In units of the step: the Taylor coefficients of y.
            let right = [y, first * step, second * step * step / 2.0, third * step * step * step / 6.0];
            if let Some(left) = left {
                self.table.push(joined(left, right));
            }
            left = Some(right);
        }
    }

    /// y at a score.
    fn solve(&self, score: f64, start: Option<f64>) -> f64 {
        if score <= 0.0 {
            solve_lower(self.a, self.b, self.ln_beta, libm::log(normal::below(score)), start)
        } else {
            -solve_lower(self.b, self.a, self.ln_beta, libm::log(normal::below(-score)), start.map(|y| -y))
        }
    }

    /// The first three derivatives of y by the score. The density of y at a score's value, times dy, is the normal density,
    /// times dz: that is the first derivative, and differentiating it gives the others.
    fn derivatives(&self, score: f64, y: f64) -> [f64; 3] {
        let total = self.a + self.b;
        let x = logistic(y);
        let first = libm::exp(
            -0.5 * score * score - 0.5 * libm::log(std::f64::consts::TAU) - ln_density(self.a, self.b, self.ln_beta, y),
        );
        let lean = self.a - total * x;
        let rate = -score - lean * first;
        let rate_change = -1.0 + total * x * (1.0 - x) * first * first - lean * first * rate;
        [first, first * rate, first * (rate * rate + rate_change)]
    }
}

/// The polynomial on 0 to 1 whose Taylor coefficients at either end are those given, up to the third.
fn joined(left: [f64; 4], right: [f64; 4]) -> [f64; 8] {
    let [c0, c1, c2, c3] = left;
    let value = right[0] - (c0 + c1 + c2 + c3);
    let slope = right[1] - (c1 + 2.0 * c2 + 3.0 * c3);
    let bend = 2.0 * right[2] - (2.0 * c2 + 6.0 * c3);
    let twist = 6.0 * (right[3] - c3);
    [
        c0,
        c1,
        c2,
        c3,
        35.0 * value - 15.0 * slope + 2.5 * bend - twist / 6.0,
        -84.0 * value + 39.0 * slope - 7.0 * bend + twist / 2.0,
        70.0 * value - 34.0 * slope + 6.5 * bend - twist / 2.0,
        -20.0 * value + 10.0 * slope - 2.0 * bend + twist / 6.0,
    ]
}

fn logistic(y: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-y))
}

/// ln(1 + e^y) without overflow.
fn softplus(y: f64) -> f64 {
    if y > 0.0 { y + libm::log1p(libm::exp(-y)) } else { libm::log1p(libm::exp(y)) }
}

/// The logarithm of the density of y.
fn ln_density(a: f64, b: f64, ln_beta: f64, y: f64) -> f64 {
    -a * softplus(-y) - b * softplus(y) - ln_beta
}

/// The y at which the logarithm of the distribution function is `ln_p`, at most the logarithm of a half.
fn solve_lower(a: f64, b: f64, ln_beta: f64, ln_p: f64, start: Option<f64>) -> f64 {
    // Far in the tail the distribution function is x^a / (a B(a, b)); nearer, that lies on one side of it.
    let tail = (ln_p + libm::log(a) + ln_beta) / a;
    let mut y = start.unwrap_or_else(|| tail.min(libm::log(a / b)));
    for _ in 0..60 {
        let ln_below = ln_below(a, b, ln_beta, y);
        let slope = libm::exp(ln_density(a, b, ln_beta, y) - ln_below);
        let change = (ln_p - ln_below) / slope;
        y += change;
        // The next step would be about the square of this one.
        if change.abs() <= 1e-8 {
            break;
        }
    }
    y
}

/// The logarithm of the distribution function at y: the continued fraction of the incomplete beta function, on whichever
/// side of the mean it converges.
fn ln_below(a: f64, b: f64, ln_beta: f64, y: f64) -> f64 {
    let x = logistic(y);
    let front = ln_density(a, b, ln_beta, y);
    if x < (a + 1.0) / (a + b + 2.0) {
        front - libm::log(a) + libm::log(fraction(a, b, x))
    } else {
        let above = libm::exp(front) * fraction(b, a, logistic(-y)) / b;
        libm::log1p(-above)
    }
}

/// The continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut below = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut above = 1.0;
    let mut product = below;
    for m in 1..500 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = product;
        for part in [even, odd] {
            below = 1.0 / away(1.0 + part * below);
            above = away(1.0 + part / above);
            product *= below * above;
        }
        if (product - before).abs() <= 1e-16 * product.abs() {
            break;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_the_quantile_function() {
        for (a, b) in [
            (3.0, 3.0),
            (1.2, 4.8),
            (5.4, 0.6),
            (0.3, 5.7),
            (0.06, 5.94),
            (1.0, 5.0),
            (5.0, 1.0),
            (2.5, 3.5),
            (0.5, 5.5),
            (0.01, 5.99),
            (5.999, 0.001),
        ] {
            let beta = Beta::new(a, b);
            let mut worst = 0.0_f64;
            for k in -8_300..=8_300 {
                let score = f64::from(k) / 1000.0 + 0.000_13;
                worst = worst.max((beta.at(score) - logistic(beta.solve(score, None))).abs());
            }
            assert!(worst < 1e-12, "beta({a}, {b}): the table is off by {worst:e}");
        }
    }

    #[test]
    fn the_quantile_undoes_the_distribution_function() {
        for (a, b) in [(3.0, 3.0), (0.3, 5.7), (5.0, 1.0)] {
            let beta = Beta::new(a, b);
            for k in 1..200 {
                let p = f64::from(k) / 200.0;
                assert!((beta.below(beta.quantile(p)) - p).abs() < 1e-13, "beta({a}, {b}) at {p}");
            }
        }
    }
}
