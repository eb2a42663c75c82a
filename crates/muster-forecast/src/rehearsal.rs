//! What would have been forecast before the origin, and how far off it would have been.
//!
//! Every third month back from the origin, the method forecasts from what was known then. Those forecasts whose outcome was known
//! by the origin are errors, and from errors comes the width of the intervals. Nothing here looks past the month it stands in.

use crate::history::known_to;
use crate::path::{LEAST_MONTHS, growth_per_month, path};
use crate::statistics::{mean, median};
use crate::{Level, Method, Month, Panel};

/// Rehearsals are this far apart, and so are the horizons at which they are judged.
pub(crate) const STEP_MONTHS: usize = 3;

/// Rehearsals look five years ahead; further than that, widths grow by their rule.
const REHEARSED_MONTHS: usize = 60;

/// How many horizons are judged.
pub(crate) const PROBES: usize = REHEARSED_MONTHS / STEP_MONTHS;

/// A series has a typical error once it has this many.
pub(crate) const LEAST_ERRORS: usize = 2;

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

/// What a method would have said, for each series and each rehearsal.
pub(crate) struct Rehearsals {
    /// When they were held, the earliest first.
    months: Vec<Month>,
    /// By series and rehearsal; none when there was too little history. By probe inside.
    said: Vec<Vec<Option<Vec<f64>>>>,
}

/// The errors known at an origin.
pub(crate) struct Errors {
    /// By series and probe: how far off the method was, on the log scale; positive when more staff were in post.
    pub(crate) of_series: Vec<Vec<Vec<f64>>>,
    /// From the first rehearsal to the origin.
    pub(crate) rehearsed_months: usize,
}

/// For each series of a panel, the growth a month of the whole it is a part of, as known at `origin`.
pub(crate) fn whole_growth_per_month(panel: &Panel, origin: Month) -> Vec<f64> {
    let growth = |place: usize| {
        let history = known_to(&panel.series()[place], origin);
        if history.len() < LEAST_MONTHS { 0.0 } else { growth_per_month(&history) }
    };
    let mut found = vec![0.0; panel.series().len()];
    for &place in panel.downwards() {
        let whole = panel.wholes()[place];
        found[place] = if whole == place { growth(place) } else { found[whole] };
    }
    found
}

impl Rehearsals {
    /// Rehearsals every third month back from `until`.
    pub(crate) fn hold(panel: &Panel, method: Method, until: Month) -> Self {
        let earliest = panel.first_month().plus(LEAST_MONTHS as i32 - 1);
        let count = until.months_since(earliest).div_euclid(STEP_MONTHS as i32) + 1;
        let back = |i: i32| until.plus(-(STEP_MONTHS as i32) * (count - 1 - i));
        let months: Vec<Month> = (0..count).map(back).collect();
        let wholes: Vec<Vec<f64>> = months.iter().map(|month| whole_growth_per_month(panel, *month)).collect();
        let said = panel.series().iter().enumerate().map(|(place, series)| {
            let say = |(month, wholes): (&Month, &Vec<f64>)| {
                let history = known_to(series, *month);
                (history.len() >= LEAST_MONTHS).then(|| {
                    let path = path(method, &history, wholes[place], REHEARSED_MONTHS);
                    path.into_iter().skip(STEP_MONTHS - 1).step_by(STEP_MONTHS).collect()
                })
            };
            months.iter().zip(&wholes).map(say).collect()
        });
        Self { said: said.collect(), months }
    }

    /// Whether rehearsals fall on `origin`.
    pub(crate) fn cover(&self, origin: Month) -> bool {
        self.months.contains(&origin)
    }

    /// The errors that were known at `origin`, which the rehearsals cover.
    pub(crate) fn errors(&self, panel: &Panel, origin: Month) -> Errors {
        let held = self.months.iter().take_while(|month| **month <= origin).count();
        let of_one = |(place, said): (usize, &Vec<Option<Vec<f64>>>)| {
            let mut errors = vec![Vec::new(); PROBES];
            for (now, month) in self.months[..held].iter().enumerate() {
                let fte = panel.series()[place].fte_in(*month);
                if fte <= 0.0 {
                    continue;
                }
                for (probe, errors) in errors.iter_mut().enumerate().take(now) {
                    if let Some(said) = &said[now - 1 - probe] {
                        errors.push((fte.ln() - said[probe]).clamp(-MOST_ERROR, MOST_ERROR));
                    }
                }
            }
            errors
        };
        let of_series = self.said.iter().enumerate().map(of_one).collect();
        Errors { of_series, rehearsed_months: held.saturating_sub(1) * STEP_MONTHS }
    }
}

impl Errors {
    /// The usual size of error of the middle one of some series at a probe, and the number of rehearsals behind it.
    pub(crate) fn usual(&self, members: &[usize], probe: usize) -> Option<(f64, usize)> {
        let known = members.iter().map(|&place| &self.of_series[place][probe]);
        let judged: Vec<&Vec<f64>> = known.filter(|errors| errors.len() >= LEAST_ERRORS).collect();
        let sizes: Vec<f64> = judged.iter().map(|errors| size(errors)).collect();
        let most = judged.iter().map(|errors| errors.len()).max()?;
        Some((median(&sizes), most))
    }
}

/// The mean size of some errors.
pub(crate) fn size(errors: &[f64]) -> f64 {
    mean(&errors.iter().map(|error| error.abs()).collect::<Vec<f64>>())
}
