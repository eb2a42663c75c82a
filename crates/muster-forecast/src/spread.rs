//! How wide the intervals are, from errors at rehearsals before the origin.
//!
//! The errors of a level's series are pooled on the log scale. The usual error grows as a power of the horizon, between its square
//! root and itself, and is carried on by the same power past the horizons that could be rehearsed. Each series then has a scale of
//! its own, drawn towards the pool's, and the shape is that of the pooled errors: how many usual errors cover half, 80% and 95% of
//! them. Intervals are alike above and below on the log scale, for which side the past erred on says little of the future.

use crate::Panel;
use crate::rehearsal::{LEAST_ERRORS, Lessons, POOLS, STEP_MONTHS, pool, size};
use crate::statistics::{line, median, quantile, sorted};

/// The shares of outcomes that the intervals are meant to cover.
pub(crate) const COVERS: [f64; 3] = [0.5, 0.8, 0.95];

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
}

impl Spread {
    /// The usual error `ahead` months (from 1) after the origin.
    pub(crate) fn usual_error(&self, ahead: usize) -> f64 {
        self.month * (ahead as f64).powf(self.power)
    }

    /// Half the width of each interval, on the log scale.
    pub(crate) fn half_widths(&self, ahead: usize) -> [f64; 3] {
        self.widths.map(|width| width * self.usual_error(ahead))
    }
}

/// The spread of every series; none when no series has errors to go by.
pub(crate) fn spreads(panel: &Panel, lessons: &Lessons) -> Option<Vec<Spread>> {
    let everyone: Vec<usize> = (0..panel.series().len()).collect();
    let mut found: Vec<Option<Spread>> = vec![None; everyone.len()];
    for wanted in 0..POOLS {
        let members: Vec<usize> =
            everyone.iter().copied().filter(|&place| pool(panel.series()[place].level) == wanted).collect();
        if members.is_empty() {
            continue;
        }
        // A pool with no errors of its own, all its organisations being new, goes by everyone's.
        let pooled = Pool::of(lessons, &members).or_else(|| Pool::of(lessons, &everyone))?;
        for place in members {
            found[place] = Some(pooled.spread(&lessons.errors[place]));
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
    fn of(lessons: &Lessons, members: &[usize]) -> Option<Self> {
        let horizon = |probe: usize| ((probe + 1) * STEP_MONTHS) as f64;
        let points: Vec<(f64, f64, f64)> = (0..lessons.probes())
            .filter_map(|probe| {
                let (error, count) = lessons.usual_error(members, probe)?;
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
        let standard: Vec<Vec<f64>> =
            members.iter().map(|&place| pooled.standard(&lessons.errors[place], lessons.probes())).collect();
        let known: Vec<&Vec<f64>> = standard.iter().filter(|errors| !errors.is_empty()).collect();
        pooled.scale = median(&known.iter().map(|errors| size(errors)).collect::<Vec<f64>>()).max(ROUNDING);
        let mut sizes = Vec::new();
        for (&place, errors) in members.iter().zip(&standard) {
            let scale = pooled.scale_of(&lessons.errors[place], errors);
            sizes.extend(errors.iter().map(|error| error.abs() / scale));
        }
        let sizes = sorted(&sizes);
        pooled.widths = COVERS.map(|share| quantile(&sizes, share));
        Some(pooled)
    }

    /// Errors in usual errors, at the horizons that were rehearsed often enough.
    fn standard(&self, errors: &[Vec<f64>], probes: usize) -> Vec<f64> {
        let usual = |probe: usize| self.month * ((probe + 1) as f64 * STEP_MONTHS as f64).powf(self.power);
        let known = (0..probes).filter(|&probe| errors[probe].len() >= LEAST_ERRORS);
        known.flat_map(|probe| errors[probe].iter().map(move |error| error / usual(probe))).collect()
    }

    /// A series' own scale, as far as its history is long, and the pool's for the rest.
    fn scale_of(&self, errors: &[Vec<f64>], standard: &[f64]) -> f64 {
        let rehearsals = errors.first().map_or(0, Vec::len);
        let years = (rehearsals * STEP_MONTHS) as f64 / 12.0;
        let own = if standard.is_empty() { 0.0 } else { years / (years + YEARS_TO_HALF) };
        own * size(standard) + (1.0 - own) * self.scale
    }

    fn spread(&self, errors: &[Vec<f64>]) -> Spread {
        let standard = self.standard(errors, errors.len());
        let scale = self.scale_of(errors, &standard);
        Spread { month: self.month * scale, power: self.power, widths: self.widths }
    }
}
