//! Actuals against the paths that a forecast drew: luck, drift, or a broken assumption.
//!
//! # The idea
//!
//! A forecast is a set of paths, each a future that the plan's ranges allow, with chance from month to month on top. If the plan is
//! right, what happens is one more such path. So whatever is measured of the actuals can be measured of each path, and the share of
//! paths that show as much is the p-value. Months that hang together in the actuals hang together in the paths as well, so that
//! nothing is assumed about independence: a path that starts high stays high, and is not counted as new evidence every month.
//!
//! Half of the paths (every second one) give the middle, the spread and the correlations that the measuring needs; the other half give
//! the p-values. Actuals and the second half are then treated alike, and under the plan the p-value of a test is exact: it is at most α
//! with probability at most α (Davison and Hinkley, *Bootstrap Methods and their Application*, 1997, section 4.2, on Monte Carlo tests).
//!
//! # Looking every month
//!
//! Each statistic is the largest so far, and is held against the largest that each path reaches in the *whole* time of the watch. The
//! rate of false alarms is therefore that of the whole watch, however often somebody looks.
//!
//! # The tests
//!
//! | test | statistic | what it says | verdict |
//! |---|---|---|---|
//! | [`TestKind::Band`] | largest distance from the middle of the forecast, in its standard deviations | the plan's ranges hardly ever reach there | broken assumption |
//! | [`TestKind::Step`] | largest error of one step, given all points before | something happened at once | broken assumption |
//! | [`TestKind::Cusum`] | largest two-sided cumulative sum of those errors, less 0.5 a point (Page, 1954) | small errors keep their sign | drift |
//! | [`TestKind::Run`] | longest run of those errors on one side | the same, without regard to size | drift |
//!
//! The error of a step is what the plan and the points so far did not lead one to expect, over its standard deviation: the paths' own
//! covariance, factored by Cholesky. Under the plan those errors are uncorrelated, which points of a path never are; so the rules of
//! charts ([`crate::chart`]) are applied to them, with limits at three standard deviations. The rules are shown, with how often paths
//! of the plan set them off; they do not decide the verdict, because their rate of false alarms grows with the number of points.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use serde::Serialize;

use crate::chart::{Limits, Signal, longest_run, signals};

/// The largest part of an error that a cumulative sum forgives.
const ALLOWANCE: f64 = 0.5;
/// Fewer points than this say nothing about drift.
pub const LEAST_FOR_DRIFT: usize = 7;
/// Fewer points than this say nothing at all.
pub const LEAST_FOR_BREAK: usize = 3;
/// Fewer paths than this cannot tell a chance of one in two hundred.
pub const LEAST_PATHS: usize = 800;

/// How often, in a whole watch, an alarm may be false.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FalseAlarms {
    /// Of saying that an assumption is broken; half of it for each test.
    pub broken: f64,
    /// Of saying that there is drift; half of it for each test.
    pub drift: f64,
}

impl Default for FalseAlarms {
    /// One watch in a hundred, and one in twenty-five: one in twenty together.
    fn default() -> Self {
        Self { broken: 0.01, drift: 0.04 }
    }
}

/// What the actuals say of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Too few points.
    NotEnoughMonths,
    /// As near as chance and the plan's own ranges explain.
    Luck,
    /// Inside what the plan allows, and moving away from it month by month.
    Drift,
    /// Where the plan's ranges hardly ever reach.
    BrokenAssumption,
}

impl Verdict {
    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::NotEnoughMonths => "not enough months",
            Self::Luck => "luck",
            Self::Drift => "drift",
            Self::BrokenAssumption => "broken assumption",
        }
    }
}

/// Which test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TestKind {
    /// The largest distance from the middle of the forecast.
    Band,
    /// The largest error of one step.
    Step,
    /// The largest cumulative sum of errors.
    Cusum,
    /// The longest run of errors on one side.
    Run,
}

impl TestKind {
    /// Every test, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Band, Self::Step, Self::Cusum, Self::Run];

    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Band => "distance from the middle of the forecast",
            Self::Step => "largest error of one month",
            Self::Cusum => "cumulative sum of errors",
            Self::Run => "longest run of errors on one side",
        }
    }
}

/// What a test found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Test {
    /// Which.
    pub kind: TestKind,
    /// The largest value so far.
    pub statistic: f64,
    /// How often a path of the plan reaches as much in the whole watch.
    pub p: f64,
    /// The p-value below which it speaks.
    pub level: f64,
    /// The first point at which it spoke.
    pub since: Option<usize>,
}

/// A point of the actuals, beside the forecast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The share of paths that lie below: the probability integral transform.
    pub pit: f64,
    /// The distance from the middle, in standard deviations.
    pub distance: f64,
    /// The error of the step, given all points before, in standard deviations.
    pub error: f64,
}

/// Actuals held against a forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// By point of the actuals; none where nothing is known, or where the forecast leaves no room.
    pub points: Vec<Option<Point>>,
    /// The tests, in the order of [`TestKind::ALL`]; none without a point.
    pub tests: Vec<Test>,
    /// What they say together.
    pub verdict: Verdict,
    /// The rules of charts that the errors set off.
    pub signals: Vec<Signal>,
    /// How often paths of the plan set off any rule in as many points.
    pub signals_by_chance: f64,
}

/// Why nothing can be held against a forecast.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WatchError {
    /// Too few paths.
    #[error("{0} paths are too few to tell a rare departure: draw at least {LEAST_PATHS}")]
    TooFewPaths(usize),
    /// Paths of several lengths, or shorter than the actuals.
    #[error("the paths of the forecast do not all reach as far as the actuals")]
    Lengths,
    /// A value that is not a number.
    #[error("the forecast or the actuals hold something that is not a number")]
    NotANumber,
    /// The forecast leaves no room.
    #[error("the forecast has no spread: nothing in the plan that bears on it has a range, and no chance was added")]
    NoSpread,
}

/// Paths of points from the first that is watched to the last that will be.
#[derive(Debug, Clone)]
pub struct Forecast {
    paths: Vec<Vec<f64>>,
}

/// What a path showed at most: by test.
type Largest = [f64; TestKind::ALL.len()];

/// A forecast made ready: what it takes to measure a series, and what paths of the plan come to.
pub struct Watch<'a> {
    forecast: &'a Forecast,
    missing: Vec<usize>,
    measure: Measure,
    /// By test, in rising order, what each path of the second half reaches.
    largest: [Vec<f64>; TestKind::ALL.len()],
    errors_of_paths: Vec<Vec<f64>>,
}

/// Points that are watched, with what the first half of the paths says of them.
struct Measure {
    /// Which points, in order.
    points: Vec<usize>,
    middle: DVector<f64>,
    spread: DVector<f64>,
    factor: Cholesky<f64, Dyn>,
}

impl Forecast {
    /// A forecast from its paths, drawn independently of one another. Values may be on any scale; logarithms suit amounts.
    pub fn new(paths: Vec<Vec<f64>>) -> Result<Self, WatchError> {
        if paths.len() < LEAST_PATHS {
            return Err(WatchError::TooFewPaths(paths.len()));
        }
        if paths.iter().any(|path| path.len() != paths[0].len()) {
            return Err(WatchError::Lengths);
        }
        if paths.iter().flatten().any(|value| !value.is_finite()) {
            return Err(WatchError::NotANumber);
        }
        Ok(Self { paths })
    }

    /// How many points are watched.
    pub fn len(&self) -> usize {
        self.paths[0].len()
    }

    /// Whether no point is watched.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A point's quantile over all paths, by linear interpolation between ranks.
    pub fn quantiles<const N: usize>(&self, point: usize, chances: [f64; N]) -> [f64; N] {
        let mut values: Vec<f64> = self.paths.iter().map(|path| path[point]).collect();
        values.sort_unstable_by(f64::total_cmp);
        chances.map(|chance| {
            let at = chance * (values.len() - 1) as f64;
            let (below, part) = (at.floor() as usize, at.fract());
            let above = values[(below + 1).min(values.len() - 1)];
            values[below] + (above - values[below]) * part
        })
    }

    /// The standard deviation of a point over all paths.
    pub fn spread(&self, point: usize) -> f64 {
        let values = || self.paths.iter().map(|path| path[point]);
        let middle = values().sum::<f64>() / self.paths.len() as f64;
        (values().map(|value| (value - middle).powi(2)).sum::<f64>() / (self.paths.len() - 1) as f64).sqrt()
    }

    /// Holds actuals against the forecast: the first of them is the first point.
    pub fn hold(&self, actuals: &[Option<f64>], rates: FalseAlarms) -> Result<Reading, WatchError> {
        let missing: Vec<usize> = (0..actuals.len()).filter(|point| actuals[*point].is_none()).collect();
        let watch = self.watch(&missing)?;
        let mut reading = watch.hold(actuals, rates)?;
        reading.signals_by_chance = watch.signals_by_chance(reading.points.iter().flatten().count());
        Ok(reading)
    }

    /// Makes ready to hold several series against the forecast, all of which lack the same points.
    pub fn watch(&self, missing: &[usize]) -> Result<Watch<'_>, WatchError> {
        let measure = self.measure(missing)?;
        let (mut largest, mut errors_of_paths): ([Vec<f64>; 4], Vec<_>) = Default::default();
        for path in self.paths.iter().skip(1).step_by(2) {
            let (distances, errors) = measure.of_path(path);
            let most = running(&distances, &errors).last().copied().unwrap_or_default();
            largest.iter_mut().zip(most).for_each(|(list, most)| list.push(most));
            errors_of_paths.push(errors);
        }
        largest.iter_mut().for_each(|list| list.sort_unstable_by(f64::total_cmp));
        Ok(Watch { forecast: self, missing: missing.to_vec(), measure, largest, errors_of_paths })
    }

    /// The share of paths below a value, those that equal it by half.
    fn pit(&self, point: usize, value: f64) -> f64 {
        let count = |of: &dyn Fn(f64) -> bool| self.paths.iter().filter(|path| of(path[point])).count() as f64;
        (count(&|path| path < value) + 0.5 * count(&|path| path == value)) / self.paths.len() as f64
    }

    /// The middle, spread and correlations of the points that are known or still to come, from the first half of the paths.
    fn measure(&self, missing: &[usize]) -> Result<Measure, WatchError> {
        let half: Vec<&Vec<f64>> = self.paths.iter().step_by(2).collect();
        let mean = |point: usize| half.iter().map(|path| path[point]).sum::<f64>() / half.len() as f64;
        // A point that is the same in every path, such as the one that all are set to, says nothing.
        let varies = |point: &usize| half.iter().any(|path| (path[*point] - half[0][*point]).abs() > 1e-12);
        let points: Vec<usize> = (0..self.len()).filter(|point| !missing.contains(point) && varies(point)).collect();
        if points.is_empty() {
            return Err(WatchError::NoSpread);
        }
        let middle = DVector::from_iterator(points.len(), points.iter().map(|point| mean(*point)));
        let centred =
            DMatrix::from_fn(half.len(), points.len(), |row, column| half[row][points[column]] - middle[column]);
        let mut covariance = centred.tr_mul(&centred) / (half.len() - 1) as f64;
        let spread = covariance.diagonal().map(f64::sqrt);
        // A hair of independent error keeps the factor stable where points hang together all but completely.
        for i in 0..points.len() {
            covariance[(i, i)] *= 1.0 + 1e-9;
        }
        let factor = Cholesky::new(covariance).ok_or(WatchError::NoSpread)?;
        Ok(Measure { points, middle, spread, factor })
    }
}

impl Watch<'_> {
    /// Holds actuals against the forecast. A point that is missing here must be among those the watch lacks.
    pub fn hold(&self, actuals: &[Option<f64>], rates: FalseAlarms) -> Result<Reading, WatchError> {
        let is_lacking = |point: usize| actuals[point].is_none() != self.missing.contains(&point);
        if actuals.len() > self.forecast.len() || (0..actuals.len()).any(is_lacking) {
            return Err(WatchError::Lengths);
        }
        if actuals.iter().flatten().any(|value| !value.is_finite()) {
            return Err(WatchError::NotANumber);
        }
        let measure = &self.measure;
        let seen: Vec<f64> = measure.points.iter().map_while(|point| actuals.get(*point).copied().flatten()).collect();
        let (distances, errors) = measure.of(&seen);
        let so_far = running(&distances, &errors);
        let last = so_far.last();
        let test = |(n, kind): (usize, TestKind)| {
            let level = if n < 2 { rates.broken } else { rates.drift } / 2.0;
            let statistic = last?[n];
            let since = so_far.iter().position(|of| self.p(n, of[n]) <= level).map(|at| measure.points[at]);
            Some(Test { kind, statistic, p: self.p(n, statistic), level, since })
        };
        let tests: Vec<Test> = TestKind::ALL.into_iter().enumerate().filter_map(test).collect();
        let speaks = |from: usize, to: usize| tests.iter().take(to).skip(from).any(|test| test.since.is_some());
        let count = seen.len();
        let verdict = if count < LEAST_FOR_BREAK {
            Verdict::NotEnoughMonths
        } else if speaks(0, 2) {
            Verdict::BrokenAssumption
        } else if count < LEAST_FOR_DRIFT {
            Verdict::NotEnoughMonths
        } else if speaks(2, 4) {
            Verdict::Drift
        } else {
            Verdict::Luck
        };
        let mut points = vec![None; actuals.len()];
        for (n, value) in seen.iter().enumerate() {
            let point = measure.points[n];
            let pit = self.forecast.pit(point, *value);
            points[point] = Some(Point { pit, distance: distances[n], error: errors[n] });
        }
        let of_errors: Vec<Option<f64>> = points.iter().map(|point| point.map(|point| point.error)).collect();
        let signals = signals(&of_errors, &Limits::standard());
        Ok(Reading { points, tests, verdict, signals, signals_by_chance: 0.0 })
    }

    /// How often a path of the plan sets off any rule of charts in its first points, so many of them.
    pub fn signals_by_chance(&self, points: usize) -> f64 {
        let alarms = |errors: &&Vec<f64>| {
            let errors: Vec<Option<f64>> = errors.iter().take(points).copied().map(Some).collect();
            !signals(&errors, &Limits::standard()).is_empty()
        };
        self.errors_of_paths.iter().filter(alarms).count() as f64 / self.errors_of_paths.len() as f64
    }

    /// How often a path of the plan reaches a statistic in the whole watch; the actuals are one more path.
    fn p(&self, test: usize, statistic: f64) -> f64 {
        let all = &self.largest[test];
        let as_much = all.len() - all.partition_point(|of| *of < statistic);
        (1 + as_much) as f64 / (1 + all.len()) as f64
    }
}

impl Measure {
    /// Distances from the middle, and errors of each step, of the first points.
    fn of(&self, values: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let count = values.len();
        let off = DVector::from_fn(count, |n, _| values[n] - self.middle[n]);
        let distances = off.iter().zip(self.spread.iter()).map(|(off, spread)| off / spread).collect();
        let factor = self.factor.l_dirty().view((0, 0), (count, count)).into_owned();
        let errors = factor.solve_lower_triangular(&off).unwrap_or(off);
        (distances, errors.iter().copied().collect())
    }

    fn of_path(&self, path: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let values: Vec<f64> = self.points.iter().map(|point| path[*point]).collect();
        self.of(&values)
    }
}

/// The largest value of each statistic up to each point.
fn running(distances: &[f64], errors: &[f64]) -> Vec<Largest> {
    let (mut largest, mut above, mut below): (Largest, f64, f64) = ([0.0; 4], 0.0, 0.0);
    let mut run = Vec::with_capacity(errors.len());
    let each = distances.iter().zip(errors).map(|(distance, error)| {
        above = (above + error - ALLOWANCE).max(0.0);
        below = (below - error - ALLOWANCE).max(0.0);
        run.push(Some(*error));
        // The longest run so far can only be the one that ends here, or an earlier one.
        let at_end = &run[run.len() - (run.len().min(largest[3] as usize + 1))..];
        let now = [distance.abs(), error.abs(), above.max(below), longest_run(at_end, 0.0) as f64];
        largest.iter_mut().zip(now).for_each(|(largest, now)| *largest = largest.max(now));
        largest
    });
    each.collect()
}
