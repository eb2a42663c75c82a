//! `XmR` charts: process limits from moving ranges, and the rules that say when a point or a run of points is more than noise.
//!
//! The rules are those of NHS England's *Making Data Count*, with the lengths that its chart package uses (`NHSRplotthedots`, function
//! `ptd_spc`): a point outside the limits; seven points in a row on one side of the centre; seven in a row that each rise, or each
//! fall; two of three in a row near the same limit, in the outer third on that side.
//!
//! A missing month is passed over. It neither counts nor ends a run, and no moving range is taken across it. A point on the centre
//! line ends nothing and counts for neither side.

use serde::Serialize;

/// Points in a row on one side that make a shift.
pub const SHIFT: usize = 7;
/// Points in a row, each above or each below the one before, that make a trend.
pub const TREND: usize = 7;
/// The mean moving range times this is three standard deviations of points that vary by chance: 3 / 1.128.
pub const THREE_SIGMA: f64 = 2.66;

/// A centre line and the limits of what chance explains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Limits {
    /// The mean.
    pub centre: f64,
    /// Three standard deviations below.
    pub low: f64,
    /// Three standard deviations above.
    pub high: f64,
}

impl Limits {
    /// The limits of an `XmR` chart: the mean, and 2.66 times the mean moving range either side. None without two points in a row.
    ///
    /// ```
    /// use muster_measure::chart::Limits;
    /// let limits = Limits::of(&[Some(10.0), Some(12.0), Some(11.0), None, Some(11.0)]).unwrap();
    /// // The moving ranges are 2 and 1; none is taken across the gap.
    /// assert_eq!((limits.centre, limits.high), (11.0, 11.0 + 2.66 * 1.5));
    /// ```
    pub fn of(values: &[Option<f64>]) -> Option<Self> {
        let known: Vec<f64> = values.iter().flatten().copied().collect();
        let ranges = moving_ranges(values);
        if ranges.is_empty() {
            return None;
        }
        let centre = mean(&known);
        let reach = THREE_SIGMA * mean(&ranges);
        Some(Self { centre, low: centre - reach, high: centre + reach })
    }

    /// The limits of standard scores: three either side of nought.
    pub const fn standard() -> Self {
        Self { centre: 0.0, low: -3.0, high: 3.0 }
    }

    /// Whether a value is in the outer third on one side, or beyond it.
    fn near(&self, value: f64, up: bool) -> bool {
        let third = if up { self.high - self.centre } else { self.centre - self.low } / 3.0;
        if up { value > self.high - third } else { value < self.low + third }
    }
}

/// A rule of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A point outside the limits.
    Outside,
    /// Seven in a row on one side of the centre.
    Shift,
    /// Seven in a row that rise, or fall.
    Trend,
    /// Two of three in a row in the outer third on one side.
    NearLimit,
}

impl Rule {
    /// The rule in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Outside => "a point outside the limits",
            Self::Shift => "seven in a row on one side",
            Self::Trend => "seven in a row one way",
            Self::NearLimit => "two of three near a limit",
        }
    }
}

/// Where a rule speaks: the points, by index, from the first to the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Signal {
    /// The first point.
    pub from: usize,
    /// The last.
    pub to: usize,
    /// Which rule.
    pub rule: Rule,
    /// Whether it is above, or rising.
    pub up: bool,
}

/// Every signal in a series, in the order of its first point. A run is one signal, however long.
pub fn signals(values: &[Option<f64>], limits: &Limits) -> Vec<Signal> {
    let points: Vec<(usize, f64)> = values.iter().enumerate().filter_map(|(i, value)| Some((i, (*value)?))).collect();
    let mut found = Vec::new();
    for &(i, value) in &points {
        if value > limits.high || value < limits.low {
            found.push(Signal { from: i, to: i, rule: Rule::Outside, up: value > limits.high });
        }
    }
    for up in [false, true] {
        let side = |value: f64| if up { value > limits.centre } else { value < limits.centre };
        let off_centre: Vec<(usize, f64)> =
            points.iter().filter(|(_, value)| *value != limits.centre).copied().collect();
        let sides: Vec<(usize, bool)> = off_centre.iter().map(|(i, value)| (*i, side(*value))).collect();
        found.extend(runs(&sides, SHIFT).map(|(from, to)| Signal { from, to, rule: Rule::Shift, up }));

        // A trend of seven points has six steps; the point before the first step is the first of the seven.
        let onward = |a: f64, b: f64| if up { b > a } else { b < a };
        let steps: Vec<(usize, bool)> =
            points.windows(2).enumerate().map(|(n, pair)| (n, onward(pair[0].1, pair[1].1))).collect();
        let trends = runs(&steps, TREND - 1).map(|(from, to)| (points[from].0, points[to + 1].0));
        found.extend(trends.map(|(from, to)| Signal { from, to, rule: Rule::Trend, up }));

        for three in points.windows(3) {
            let near: Vec<usize> = three.iter().filter(|(_, value)| limits.near(*value, up)).map(|(i, _)| *i).collect();
            if near.len() < 2 {
                continue;
            }
            let (from, to) = (near[0], near[near.len() - 1]);
            match found.last_mut().filter(|last| last.rule == Rule::NearLimit && last.up == up && from <= last.to) {
                Some(last) => last.to = to.max(last.to),
                None => found.push(Signal { from, to, rule: Rule::NearLimit, up }),
            }
        }
    }
    found.sort_unstable();
    found
}

/// The longest run of points on one side of a centre.
pub fn longest_run(values: &[Option<f64>], centre: f64) -> usize {
    let (mut longest, mut length, mut side) = (0, 0, None);
    for value in values.iter().flatten().filter(|value| **value != centre) {
        let up = *value > centre;
        length = if side == Some(up) { length + 1 } else { 1 };
        side = Some(up);
        longest = longest.max(length);
    }
    longest
}

/// Runs of at least so many `true` in a row, as the indices of their first and last.
fn runs(list: &[(usize, bool)], least: usize) -> impl Iterator<Item = (usize, usize)> {
    list.chunk_by(|a, b| a.1 == b.1)
        .filter(move |run| run[0].1 && run.len() >= least)
        .map(|run| (run[0].0, run[run.len() - 1].0))
}

/// How far each point is from the one in the month before it, where both are known.
pub(crate) fn moving_ranges(values: &[Option<f64>]) -> Vec<f64> {
    values.windows(2).filter_map(|pair| Some((pair[1]? - pair[0]?).abs())).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
