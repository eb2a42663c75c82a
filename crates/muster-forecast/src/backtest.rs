//! Forecasting again from months gone by.

use crate::forecast::{after_rehearsals, check};
use crate::rehearsal::Rehearsals;
use crate::score::{ScoreRow, score};
use crate::{Driver, ForecastError, Method, Month, Panel, Reconciliation, Settings};

/// Forecasts from each origin by each method and scores them at each horizon: the rows that [`forecast`](fn@crate::forecast) and
/// [`score`] give one origin and method at a time, in the order of the methods and then the origins, without holding the same
/// rehearsals twice.
pub fn backtest(
    panel: &Panel,
    drivers: &[Driver],
    origins: &[Month],
    horizons_months: &[usize],
    methods: &[Method],
    reconciliation: Reconciliation,
) -> Result<Vec<ScoreRow>, ForecastError> {
    let settings = Settings { horizon_months: horizons_months.iter().copied().max().unwrap_or(0), reconciliation };
    origins.iter().try_for_each(|origin| check(panel, *origin, &settings))?;
    let mut rows = Vec::new();
    for &method in methods {
        let mut held: Vec<Rehearsals> = Vec::new();
        // The latest origin's rehearsals serve every earlier one that is whole quarters before it.
        let mut latest_first = origins.to_vec();
        latest_first.sort_unstable_by(|a, b| b.cmp(a));
        for origin in latest_first {
            if !held.iter().any(|rehearsals| rehearsals.cover(origin)) {
                let known = panel.known_at(origin);
                held.push(Rehearsals::hold(&known, method, origin));
            }
        }
        for &origin in origins {
            let Some(rehearsals) = held.iter().find(|rehearsals| rehearsals.cover(origin)) else { continue };
            let known = panel.known_at(origin);
            let forecasts = after_rehearsals(&known, drivers, origin, method, &settings, rehearsals)?;
            rows.extend(score(panel, &forecasts, horizons_months));
        }
    }
    Ok(rows)
}
