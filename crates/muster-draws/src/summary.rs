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
//! *Sobol draws.* The error is what the sixteen independent scramblings say: their standard deviation over 4. With fewer than
//! 32 draws, or none that disagree, the rule for random draws is used, which is the larger.

use std::fmt;

use crate::sampler::{Method, REPLICATES};

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
    sorted: Vec<f64>,
    replicate: Vec<f64>,
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
        scratch.sorted.clear();
        scratch.sorted.extend_from_slice(draws);
        scratch.sorted.sort_unstable_by(f64::total_cmp);
        let sorted = &scratch.sorted;
        let mut summary = Self {
            draws: draws.len(),
            mean: Estimate { value: mean, error: (variance / draws.len() as f64).sqrt() },
            standard_deviation: variance.sqrt(),
            quantiles: CHANCES
                .map(|chance| Estimate { value: quantile(sorted, chance), error: quantile_error(sorted, chance) }),
        };
        if let Some(replicates) = replicates(method, draws.len()) {
            let mut spread = [Spread::default(); 8];
            for replicate in 0..replicates {
                scratch.replicate.clear();
                scratch.replicate.extend(draws.iter().skip(replicate).step_by(replicates));
                scratch.replicate.sort_unstable_by(f64::total_cmp);
                spread[7].add(moments(scratch.replicate.iter().copied()).0);
                for (spread, chance) in spread.iter_mut().zip(CHANCES) {
                    spread.add(quantile(&scratch.replicate, chance));
                }
            }
            summary.mean.error = spread[7].error_or(summary.mean.error);
            for (estimate, spread) in summary.quantiles.iter_mut().zip(&spread) {
                estimate.error = spread.error_or(estimate.error);
            }
        }
        Some(summary)
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
    /// of the median or of the width of that interval, whichever is larger, 19 times in 20.
    pub fn suffices(&self, tolerance: f64) -> Sufficiency {
        let [low, high] = self.interval_80();
        let scale = self.median().value.abs().max(high.value - low.value);
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
    let share = |replicate: usize, replicates: usize| {
        let (happened, of) = draws
            .iter()
            .skip(replicate)
            .step_by(replicates)
            .fold((0_u64, 0_u64), |(happened, of), draw| (happened + u64::from(event(*draw)), of + 1));
        (happened as f64, of as f64)
    };
    let (happened, of) = share(0, 1);
    let moved = (happened + 1.0) / (of + 2.0);
    let mut error = (moved * (1.0 - moved) / of).sqrt();
    if let Some(replicates) = replicates(method, draws.len()) {
        let mut spread = Spread::default();
        for replicate in 0..replicates {
            let (happened, of) = share(replicate, replicates);
            spread.add(happened / of);
        }
        error = spread.error_or(error);
    }
    Some(Estimate { value: happened / of, error })
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

fn quantile_error(sorted: &[f64], chance: f64) -> f64 {
    let step = (chance * (1.0 - chance) / sorted.len() as f64).sqrt();
    let here = quantile(sorted, chance);
    let below = here - quantile(sorted, chance - step);
    let above = quantile(sorted, chance + step) - here;
    if chance < step || chance + step > 1.0 { below.max(above) } else { 0.5 * (below + above) }
}

/// How many replicates to look at separately: none for random draws.
fn replicates(method: Method, draws: usize) -> Option<usize> {
    (method == Method::Sobol && draws >= 2 * REPLICATES as usize).then_some(REPLICATES as usize)
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

/// The running mean and spread of what each replicate says (Welford's method).
#[derive(Clone, Copy, Debug, Default)]
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let change = value - self.mean;
        self.mean += change / self.count;
        self.squares += change * (value - self.mean);
    }

    /// The standard error of the mean of what was added; `otherwise`, if all were the same.
    fn error_or(&self, otherwise: f64) -> f64 {
        if self.squares > 0.0 { (self.squares / (self.count - 1.0) / self.count).sqrt() } else { otherwise }
    }
}
