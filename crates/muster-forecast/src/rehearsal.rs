//! What would have been forecast before the origin, and how far off it would have been.
//!
//! Every third month back from the origin, each component forecasts from what was known then. Those forecasts whose outcome was
//! known by the origin are errors, and from errors come the weights of the components and the width of the intervals. Nothing
//! here looks past the month it stands in: the weights used at a rehearsal are learnt from the rehearsals before it.

use crate::component::{Component, LEAST_MONTHS};
use crate::history::known_to;
use crate::statistics::{mean, median};
use crate::{Level, Month, Panel};

/// Rehearsals are this far apart, and so are the horizons at which they are judged.
pub(crate) const STEP_MONTHS: usize = 3;

/// Rehearsals look five years ahead; further than that, weights stay as they are and widths grow by their rule.
const REHEARSED_MONTHS: usize = 60;

/// How many horizons are judged.
const PROBES: usize = REHEARSED_MONTHS / STEP_MONTHS;

/// A series has a typical error once it has this many.
pub(crate) const LEAST_ERRORS: usize = 2;

/// Keeps an error of exactly nothing from having all the weight; a hundred-thousandth.
const LEAST_ERROR: f64 = 1e-5;

/// Staff who more than doubled or halved were reorganised, and one reorganisation counts for no more than this: a doubling.
const MOST_ERROR: f64 = std::f64::consts::LN_2;

/// Series whose errors are learnt from together. England, one series, is judged with its regions.
pub(crate) fn pool(level: Level) -> usize {
    match level {
        Level::England | Level::Region => 0,
        Level::StaffGroup => 1,
        Level::System => 2,
        Level::Organisation => 3,
    }
}

/// How many pools there are.
pub(crate) const POOLS: usize = 4;

/// What each component would have said, for each series and each rehearsal.
pub(crate) struct Rehearsals {
    /// When they were held, the earliest first.
    months: Vec<Month>,
    components: usize,
    /// By series and rehearsal; none when there was too little history. By component and probe inside.
    said: Vec<Vec<Option<Vec<f64>>>>,
}

/// What the errors known at an origin teach.
pub(crate) struct Lessons {
    /// By pool and probe: the weight of each component, which add up to 1.
    weights: Vec<Vec<Vec<f64>>>,
    /// By series and probe: how far off the combination was, on the log scale; positive when more staff were in post.
    pub(crate) errors: Vec<Vec<Vec<f64>>>,
}

impl Rehearsals {
    /// Rehearsals every third month back from `until`.
    pub(crate) fn hold(panel: &Panel, components: &[Component], until: Month) -> Self {
        let earliest = panel.first_month().plus(LEAST_MONTHS as i32 - 1);
        let count = until.months_since(earliest).div_euclid(STEP_MONTHS as i32) + 1;
        let back = |i: i32| until.plus(-(STEP_MONTHS as i32) * (count - 1 - i));
        let months: Vec<Month> = (0..count).map(back).collect();
        let say = |history: &[f64]| -> Vec<f64> {
            let paths = components.iter().map(|component| component.path(history, REHEARSED_MONTHS));
            paths.flat_map(|path| path.into_iter().skip(STEP_MONTHS - 1).step_by(STEP_MONTHS)).collect()
        };
        let said = panel.series().iter().map(|series| {
            let histories = months.iter().map(|month| known_to(series, *month));
            histories.map(|history| (history.len() >= LEAST_MONTHS).then(|| say(&history))).collect()
        });
        Self { components: components.len(), said: said.collect(), months }
    }

    /// Whether rehearsals fall on `origin`.
    pub(crate) fn cover(&self, origin: Month) -> bool {
        self.months.contains(&origin)
    }

    /// What had been learnt by `origin`, which the rehearsals cover.
    pub(crate) fn lessons(&self, panel: &Panel, origin: Month) -> Lessons {
        let series = panel.series();
        let mut totals = vec![vec![vec![0.0; self.components]; PROBES]; series.len()];
        let mut counts = vec![vec![0_usize; PROBES]; series.len()];
        let mut errors = vec![vec![Vec::new(); PROBES]; series.len()];
        let mut combined: Vec<Vec<Option<Vec<f64>>>> = vec![Vec::new(); series.len()];
        let mut weights = Vec::new();

        for (now, month) in self.months.iter().enumerate().take_while(|(_, month)| **month <= origin) {
            for (place, one) in series.iter().enumerate() {
                let fte = one.fte_in(*month);
                if fte <= 0.0 {
                    continue;
                }
                for probe in 0..PROBES.min(now) {
                    let then = now - 1 - probe;
                    let (Some(said), Some(combined)) = (&self.said[place][then], &combined[place][then]) else {
                        continue;
                    };
                    counts[place][probe] += 1;
                    for (component, total) in totals[place][probe].iter_mut().enumerate() {
                        *total += (fte.ln() - said[component * PROBES + probe]).abs().min(MOST_ERROR);
                    }
                    errors[place][probe].push((fte.ln() - combined[probe]).clamp(-MOST_ERROR, MOST_ERROR));
                }
            }
            weights = self.weigh(panel, &totals, &counts);
            for (place, one) in series.iter().enumerate() {
                let by_probe = &weights[pool(one.level)];
                let combine = |said: &Vec<f64>| -> Vec<f64> {
                    let weighed =
                        |probe: usize, component: usize| by_probe[probe][component] * said[component * PROBES + probe];
                    let sum = |probe| (0..self.components).map(|component| weighed(probe, component)).sum();
                    (0..PROBES).map(sum).collect()
                };
                combined[place].push(self.said[place][now].as_ref().map(combine));
            }
        }
        Lessons { weights, errors }
    }

    /// For each pool and probe, weights that fall with the square of the error. Each series counts alike, however large its errors
    /// are; where nothing is known so far ahead, the weights are those of the horizon before.
    fn weigh(&self, panel: &Panel, totals: &[Vec<Vec<f64>>], counts: &[Vec<usize>]) -> Vec<Vec<Vec<f64>>> {
        let equal = vec![1.0 / self.components as f64; self.components];
        let mut pools = Vec::new();
        for wanted in 0..POOLS {
            let members: Vec<usize> =
                (0..totals.len()).filter(|&place| pool(panel.series()[place].level) == wanted).collect();
            let mut weights = equal.clone();
            let mut by_probe = Vec::new();
            for probe in 0..PROBES {
                let judged = members.iter().filter(|&&place| counts[place][probe] >= LEAST_ERRORS);
                let relative: Vec<Vec<f64>> = judged
                    .map(|&place| {
                        let count = counts[place][probe] as f64;
                        let errors: Vec<f64> =
                            totals[place][probe].iter().map(|total| total / count + LEAST_ERROR).collect();
                        let usual = mean(&errors);
                        errors.iter().map(|error| error / usual).collect()
                    })
                    .collect();
                if !relative.is_empty() {
                    let of = |component: usize| relative.iter().map(|errors| errors[component]).collect::<Vec<f64>>();
                    let raw: Vec<f64> = (0..self.components).map(|component| mean(&of(component)).powi(-2)).collect();
                    let sum: f64 = raw.iter().sum();
                    weights = raw.iter().map(|weight| weight / sum).collect();
                }
                by_probe.push(weights.clone());
            }
            pools.push(by_probe);
        }
        pools
    }
}

impl Lessons {
    /// The weights of the components `ahead` months (from 1) after the origin: on the straight line between two probes.
    pub(crate) fn weights(&self, level: Level, ahead: usize) -> Vec<f64> {
        let by_probe = &self.weights[pool(level)];
        let place = (ahead as f64 / STEP_MONTHS as f64 - 1.0).max(0.0);
        let below = (place.floor() as usize).min(by_probe.len() - 1);
        let above = (below + 1).min(by_probe.len() - 1);
        let share = place - place.floor();
        let between = by_probe[below].iter().zip(&by_probe[above]);
        between.map(|(below, above)| below + (above - below) * share).collect()
    }

    /// The usual size of error of the middle one of some series at a probe, and the number of rehearsals behind it.
    pub(crate) fn usual_error(&self, members: &[usize], probe: usize) -> Option<(f64, usize)> {
        let known = members.iter().map(|&place| &self.errors[place][probe]);
        let judged: Vec<&Vec<f64>> = known.filter(|errors| errors.len() >= LEAST_ERRORS).collect();
        let sizes: Vec<f64> = judged.iter().map(|errors| size(errors)).collect();
        let most = judged.iter().map(|errors| errors.len()).max()?;
        Some((median(&sizes), most))
    }

    /// How many horizons were rehearsed.
    pub(crate) fn probes(&self) -> usize {
        self.errors.first().map_or(0, Vec::len)
    }
}

/// The mean size of some errors.
pub(crate) fn size(errors: &[f64]) -> f64 {
    mean(&errors.iter().map(|error| error.abs()).collect::<Vec<f64>>())
}
