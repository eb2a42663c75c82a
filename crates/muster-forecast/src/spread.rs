//! How wide the intervals are, from errors at rehearsals before the origin.
//!
//! The errors of a level's series are pooled on the log scale. The usual error grows as a power of the horizon, between its
//! square root and itself, and is carried on by the same power past the horizons that could be rehearsed. Each series then has a
//! scale of its own, drawn towards the pool's, and the shape is that of the pooled errors: how many usual errors cover half, 80%
//! and 95% of them. Intervals are alike above and below on the log scale, for which side the past erred on says little of the
//! future.
//!
//! A width learnt from few errors is itself uncertain, and ten years hold only two and a half forecasts of four years that do not
//! overlap. So each width grows as Student's quantile exceeds the normal one with that many errors, little for next year and
//! much for the fifth.

use crate::Panel;
use crate::rehearsal::{Errors, LEAST_ERRORS, POOLS, PROBES, STEP_MONTHS, pool, size};
use crate::statistics::{line, median, quantile, sorted};

/// The shares of outcomes that the intervals are meant to cover.
pub(crate) const COVERS: [f64; 3] = [0.5, 0.8, 0.95];

/// How many standard deviations cover each of [`COVERS`] when errors are normal.
const NORMALS: [f64; 3] = [0.6745, 1.2816, 1.9600];

/// The slowest and the fastest that errors may grow with the horizon.
const POWERS: (f64, f64) = (0.5, 1.0);

/// The power where too few horizons are known to find one.
const USUAL_POWER: f64 = 0.75;

/// A power is found from this many horizons.
const LEAST_HORIZONS: usize = 3;

/// Errors smaller than this are rounding: a millionth.
const ROUNDING: f64 = 1e-6;

/// After this many years of errors a series' own scale counts as much as the pool's.
const YEARS_TO_HALF: f64 = 1.0;

/// How wide the intervals of one series are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spread {
    /// The usual error one month ahead, on the log scale.
    month: f64,
    /// The power of the horizon by which it grows.
    power: f64,
    /// How many usual errors cover each of [`COVERS`].
    widths: [f64; 3],
    /// How many months of rehearsals it was learnt from.
    rehearsed_months: usize,
}

impl Spread {
    /// The usual error `ahead` months (from 1) after the origin.
    pub(crate) fn usual_error(&self, ahead: usize) -> f64 {
        self.month * (ahead as f64).powf(self.power)
    }

    /// Half the width of each interval, on the log scale.
    pub(crate) fn half_widths(&self, ahead: usize) -> [f64; 3] {
        let independent = (self.rehearsed_months as f64 / ahead as f64).max(1.0);
        [0, 1, 2].map(|i| self.widths[i] * student(NORMALS[i], independent) * self.usual_error(ahead))
    }
}

/// How much further out Student's quantile is than the normal one, to first order in the number of errors: that of Cornish and
/// Fisher.
fn student(normal: f64, errors: f64) -> f64 {
    1.0 + (normal * normal + 1.0) / (4.0 * errors)
}

/// The spread of every series; none when no series has errors to go by.
pub(crate) fn spreads(panel: &Panel, errors: &Errors) -> Option<Vec<Spread>> {
    let everyone: Vec<usize> = (0..panel.series().len()).collect();
    let mut found: Vec<Option<Spread>> = vec![None; everyone.len()];
    for wanted in 0..POOLS {
        let members: Vec<usize> =
            everyone.iter().copied().filter(|&place| pool(panel.series()[place].level) == wanted).collect();
        if members.is_empty() {
            continue;
        }
        // A pool with no errors of its own, all its organisations being new, goes by everyone's.
        let pooled = Pool::of(errors, &members).or_else(|| Pool::of(errors, &everyone))?;
        for place in members {
            found[place] = Some(pooled.spread(errors, place));
        }
    }
    found.into_iter().collect()
}

/// What is common to the series of a pool.
struct Pool {
    month: f64,
    power: f64,
    scale: f64,
    widths: [f64; 3],
}

impl Pool {
    fn of(errors: &Errors, members: &[usize]) -> Option<Self> {
        let horizon = |probe: usize| ((probe + 1) * STEP_MONTHS) as f64;
        let points: Vec<(f64, f64, f64)> = (0..PROBES)
            .filter_map(|probe| {
                let (error, count) = errors.usual(members, probe)?;
                Some((horizon(probe).ln(), error.max(ROUNDING).ln(), count as f64))
            })
            .collect();
        if points.is_empty() {
            return None;
        }
        let ((centre_x, centre_y), slope) = line(&points);
        let power = if points.len() < LEAST_HORIZONS { USUAL_POWER } else { slope.clamp(POWERS.0, POWERS.1) };
        let month = (centre_y - power * centre_x).exp();

        let mut pooled = Self { month, power, scale: 1.0, widths: [0.0; 3] };
        let standard: Vec<Vec<f64>> = members.iter().map(|&place| pooled.standard(&errors.of_series[place])).collect();
        let known: Vec<&Vec<f64>> = standard.iter().filter(|errors| !errors.is_empty()).collect();
        pooled.scale = median(&known.iter().map(|errors| size(errors)).collect::<Vec<f64>>()).max(ROUNDING);
        let mut sizes = Vec::new();
        for (&place, standard) in members.iter().zip(&standard) {
            let scale = pooled.scale_of(&errors.of_series[place], standard);
            sizes.extend(standard.iter().map(|error| error.abs() / scale));
        }
        let sizes = sorted(&sizes);
        pooled.widths = COVERS.map(|share| quantile(&sizes, share));
        Some(pooled)
    }

    /// Errors in usual errors, at the horizons that were rehearsed often enough.
    fn standard(&self, errors: &[Vec<f64>]) -> Vec<f64> {
        let usual = |probe: usize| self.month * ((probe + 1) as f64 * STEP_MONTHS as f64).powf(self.power);
        let known = (0..PROBES).filter(|&probe| errors[probe].len() >= LEAST_ERRORS);
        known.flat_map(|probe| errors[probe].iter().map(move |error| error / usual(probe))).collect()
    }

    /// A series' own scale, as far as its history is long, and the pool's for the rest.
    fn scale_of(&self, errors: &[Vec<f64>], standard: &[f64]) -> f64 {
        let rehearsals = errors.first().map_or(0, Vec::len);
        let years = (rehearsals * STEP_MONTHS) as f64 / 12.0;
        let own = if standard.is_empty() { 0.0 } else { years / (years + YEARS_TO_HALF) };
        own * size(standard) + (1.0 - own) * self.scale
    }

    fn spread(&self, errors: &Errors, place: usize) -> Spread {
        let own = &errors.of_series[place];
        let scale = self.scale_of(own, &self.standard(own));
        let rehearsed_months = errors.rehearsed_months;
        Spread { month: self.month * scale, power: self.power, widths: self.widths, rehearsed_months }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_quantiles_are_near_those_of_tables() {
        // 80% two-sided with 10 degrees of freedom: 1.372; 95% with 5: 2.571.
        assert!((1.2816 * student(1.2816, 10.0) - 1.372).abs() < 0.01);
        assert!((1.96 * student(1.96, 5.0) - 2.571).abs() < 0.15);
    }

    #[test]
    fn few_errors_widen_long_horizons_most() {
        // Eight years of rehearsals: eight errors of a year, two of four years, and past eight years still one.
        let spread = Spread { month: 1.0, power: 1.0, widths: [0.6745, 1.2816, 1.96], rehearsed_months: 96 };
        let widening = |ahead| spread.half_widths(ahead)[1] / 1.2816 / ahead as f64;
        for (ahead, errors) in [(12, 8.0), (48, 2.0), (96, 1.0), (120, 1.0)] {
            assert!((widening(ahead) - (1.0 + (1.2816 * 1.2816 + 1.0) / 4.0 / errors)).abs() < 1e-12, "{ahead}");
        }
    }
}
