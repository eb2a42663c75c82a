//! What the draws of one result say, and how well they say it.
//!
//! Every figure comes with its Monte Carlo error: the standard deviation it would have if all the draws were drawn again.
//! It says how many draws are missing, and nothing about whether the assumptions are right.
//!
//! # How the errors are found
//!
//! *Random draws.* The error of a mean is the standard deviation over the square root of the number of draws. A quantile at p
//! is between the order statistics one binomial standard error, √(p(1 − p)/n), either side of it, and its error is half the
//! distance between them; where one of them lies beyond the draws, it is the distance to the other.
//!
//! *Sobol draws.* The sixteen independent scramblings say how far off they are. The error of a mean is the standard
//! deviation of their means over 4. For a quantile, the share of draws below it is found in each: the standard deviation of
//! those shares over 4 takes the place of the binomial standard error. With fewer than 32 draws, or scramblings that all
//! agree, the rule for random draws is used, which is the larger.

use std::fmt;

use crate::sampler::{Method, REPLICATES};

const SCRAMBLINGS: usize = REPLICATES as usize;

/// The chances at which quantiles are reported: the ends of the intervals that hold 95%, 80% and 50%, and the median.
pub const CHANCES: [f64; 7] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/// A figure read from draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Its Monte Carlo standard error: it is within twice this of what endless draws would give, 19 times in 20.
    pub error: f64,
}

/// What the draws of one result say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many draws.
    pub draws: usize,
    /// The mean.
    pub mean: Estimate,
    /// The standard deviation.
    pub standard_deviation: f64,
    /// The quantiles at [`CHANCES`].
    pub quantiles: [Estimate; 7],
}

/// Room to work in, so that summing up many results allocates once.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    keys: Vec<i64>,
    sorted: Vec<f64>,
}

impl Scratch {
    /// The draws in order. They are sorted as whole numbers in the same order, which takes two thirds of the time.
    fn sort(&mut self, draws: &[f64]) -> &[f64] {
        // The bits of a number, with all but the sign flipped where it is negative, rise with the number; twice gives it back.
        let flipped = |bits: i64| bits ^ ((bits >> 63) as u64 >> 1) as i64;
        self.keys.clear();
        self.keys.extend(draws.iter().map(|draw| flipped(draw.to_bits() as i64)));
        self.keys.sort_unstable();
        self.sorted.clear();
        self.sorted.extend(self.keys.iter().map(|key| f64::from_bits(flipped(*key) as u64)));
        &self.sorted
    }
}

impl Summary {
    /// Sums up the draws of one result, the first of which is draw 0 or a multiple of 16. `None` if there are none, or one of
    /// them is not a number.
    ///
    /// A quantile lies between two draws in proportion (type 7 of Hyndman and Fan, the usual one), so that it is exact.
    pub fn of(draws: &[f64], method: Method, scratch: &mut Scratch) -> Option<Self> {
        if draws.is_empty() || draws.iter().any(|draw| draw.is_nan()) {
            return None;
        }
        let (mean, variance) = moments(draws.iter().copied());
        let sorted = scratch.sort(draws);
        let quantiles = CHANCES.map(|chance| quantile(sorted, chance));
        let random_error = (variance / draws.len() as f64).sqrt();
        let (mean_error, steps) = if by_scrambling(method, draws.len()) {
            (between(draws, |draw| draw).unwrap_or(random_error), between_shares(draws, &quantiles))
        } else {
            (random_error, CHANCES.map(|chance| binomial_error(chance, draws.len())))
        };
        let estimate = |k: usize| {
            let (value, chance) = (quantiles[k], CHANCES[k]);
            Estimate { value, error: quantile_error(sorted, chance, steps[k]) }
        };
        Some(Self {
            draws: draws.len(),
            mean: Estimate { value: mean, error: mean_error },
            standard_deviation: variance.sqrt(),
            quantiles: std::array::from_fn(estimate),
        })
    }

    /// The median.
    pub fn median(&self) -> Estimate {
        self.quantiles[3]
    }

    /// The ends of the interval that holds four draws in five.
    pub fn interval_80(&self) -> [Estimate; 2] {
        [self.quantiles[1], self.quantiles[5]]
    }

    /// Whether the draws suffice to know the mean, the median and the ends of the 80% interval to within `tolerance`, a share
    /// of the median, of the width of that interval or of the standard deviation, whichever is largest, 19 times in 20.
    pub fn suffices(&self, tolerance: f64) -> Sufficiency {
        let [low, high] = self.interval_80();
        let scale = self.median().value.abs().max(high.value - low.value).max(self.standard_deviation);
        let largest = [self.mean, self.median(), low, high].iter().map(|estimate| estimate.error).fold(0.0, f64::max);
        let reached = if largest == 0.0 { 0.0 } else { 2.0 * largest / scale };
        let needed = (self.draws as f64 * (reached / tolerance) * (reached / tolerance)).ceil();
        Sufficiency { draws: self.draws, tolerance, reached, draws_needed: two_figures_up(needed).max(1.0) as u64 }
    }
}

/// The chance of an event, from draws: the share of them in which it happens.
///
/// With random draws its error is √(p(1 − p)/n), with p moved towards a half by one draw each way, so that an event which
/// never happened is not known for certain. `None` if there are no draws.
pub fn probability(draws: &[f64], method: Method, event: impl Fn(f64) -> bool) -> Option<Estimate> {
    if draws.is_empty() {
        return None;
    }
    let happens = |draw: &f64| f64::from(u8::from(event(*draw)));
    let count = draws.len() as f64;
    let happened = draws.iter().map(happens).sum::<f64>();
    let moved = (happened + 1.0) / (count + 2.0);
    let error = if by_scrambling(method, draws.len()) { between(draws, |draw| happens(&draw)) } else { None };
    Some(Estimate { value: happened / count, error: error.unwrap_or((moved * (1.0 - moved) / count).sqrt()) })
}

/// Whether there are enough draws, in a sentence when printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sufficiency {
    /// How many draws there are.
    pub draws: usize,
    /// The error asked for, as a share.
    pub tolerance: f64,
    /// The error reached: twice the largest Monte Carlo error, as a share.
    pub reached: f64,
    /// About how many draws would reach it, by the square root rule of random draws. Sobol draws need fewer.
    pub draws_needed: u64,
}

impl Sufficiency {
    /// Whether there are enough.
    pub fn is_enough(&self) -> bool {
        self.reached <= self.tolerance
    }
}

impl fmt::Display for Sufficiency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { draws, tolerance, reached, draws_needed } = self;
        let (tolerance, reached) = (100.0 * tolerance, 100.0 * reached);
        if self.is_enough() {
            write!(f, "{draws} draws are enough: drawn again, these figures would move by at most {reached:.1}%")
        } else {
            write!(
                f,
                "{draws} draws are too few for an error of {tolerance:.1}%: drawn again, these figures could move by \
                 {reached:.1}%; about {draws_needed} draws are needed"
            )
        }
    }
}

/// The quantile of sorted draws at a chance: type 7, in proportion between two draws.
pub fn quantile(sorted: &[f64], chance: f64) -> f64 {
    let place = chance.clamp(0.0, 1.0) * (sorted.len().saturating_sub(1)) as f64;
    let lower = place.floor() as usize;
    match (sorted.get(lower), sorted.get(lower + 1)) {
        (Some(low), Some(high)) if low != high => low + (place - lower as f64) * (high - low),
        (Some(low), _) => *low,
        (None, _) => f64::NAN,
    }
}

/// Half the distance between the quantiles a step of chance below and above; where one is beyond the draws, the distance to
/// the other.
fn quantile_error(sorted: &[f64], chance: f64, step: f64) -> f64 {
    let here = quantile(sorted, chance);
    let below = here - quantile(sorted, chance - step);
    let above = quantile(sorted, chance + step) - here;
    if chance < step || chance + step > 1.0 { below.max(above) } else { 0.5 * (below + above) }
}

/// The standard error of a share of random draws.
fn binomial_error(chance: f64, draws: usize) -> f64 {
    (chance * (1.0 - chance) / draws as f64).sqrt()
}

/// Whether the scramblings of these draws can be looked at separately.
fn by_scrambling(method: Method, draws: usize) -> bool {
    method == Method::Sobol && draws >= 2 * SCRAMBLINGS
}

/// The standard errors of the shares of draws below each quantile, by how far the scramblings differ.
fn between_shares(draws: &[f64], quantiles: &[f64; 7]) -> [f64; 7] {
    // One pass, with the scramblings side by side.
    let mut below = [[0.0; SCRAMBLINGS]; 7];
    for round in draws.chunks(SCRAMBLINGS) {
        for (below, quantile) in below.iter_mut().zip(quantiles) {
            below.iter_mut().zip(round).for_each(|(below, draw)| *below += f64::from(u8::from(draw < quantile)));
        }
    }
    let errors = below.map(|below| standard_error(std::array::from_fn(|k| below[k] / size(draws.len(), k))));
    std::array::from_fn(|k| errors[k].unwrap_or_else(|| binomial_error(CHANCES[k], draws.len())))
}

/// The standard error of the mean of `of` a draw, by how far the scramblings differ; `None` if they do not.
fn between(draws: &[f64], of: impl Fn(f64) -> f64) -> Option<f64> {
    let mut sums = [0.0; SCRAMBLINGS];
    for round in draws.chunks(SCRAMBLINGS) {
        sums.iter_mut().zip(round).for_each(|(sum, draw)| *sum += of(*draw));
    }
    standard_error(std::array::from_fn(|k| sums[k] / size(draws.len(), k)))
}

/// How many of so many draws belong to one scrambling.
fn size(draws: usize, scrambling: usize) -> f64 {
    (draws + SCRAMBLINGS - 1 - scrambling).div_euclid(SCRAMBLINGS) as f64
}

/// The standard error of the mean of what the scramblings say; `None` if they all say the same.
fn standard_error(said: [f64; SCRAMBLINGS]) -> Option<f64> {
    let (_, variance) = moments(said.iter().copied());
    (variance > 0.0).then(|| (variance / SCRAMBLINGS as f64).sqrt())
}

/// The mean and the variance (divided by one less than the count).
fn moments(values: impl ExactSizeIterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let squares = values.map(|value| (value - mean) * (value - mean)).sum::<f64>();
    (mean, if count > 1.0 { squares / (count - 1.0) } else { 0.0 })
}

/// The number rounded up to two significant figures, as befits a guess.
fn two_figures_up(number: f64) -> f64 {
    let mut unit = 1.0;
    while number / unit >= 100.0 && number.is_finite() {
        unit *= 10.0;
    }
    (number / unit).ceil() * unit
}
