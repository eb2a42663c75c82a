//! From the baseline to the horizon by cause: which flows made the difference.

use muster_engine::Cause;
use serde::Serialize;

use crate::run::ScenarioRun;

/// What took supply from the baseline to the horizon, in FTE.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bridge {
    /// In post at the baseline.
    pub opening_fte: f64,
    /// What each cause added (or, below nought, took away) over all years.
    pub steps: Vec<(&'static str, f64)>,
    /// In post at the horizon: the opening and every step.
    pub closing_fte: f64,
}

/// The bridge of a scenario for the cells that `of` picks.
///
/// Within the whole NHS the moves in and out cancel but for a change of hours, so they are one step.
pub fn bridge(scenario: &ScenarioRun, of: &dyn Fn(usize) -> bool) -> Bridge {
    let cells: Vec<_> =
        scenario.projection.cells.iter().enumerate().filter(|(i, _)| of(*i)).map(|(_, cell)| &cell.years).collect();
    let total = |cause: Cause| -> f64 {
        cells.iter().flat_map(|years| years.iter().skip(1)).map(|year| cause.sign() * year.flow(cause).fte).sum()
    };
    let moves = total(Cause::MovedIn) + total(Cause::MovedOut);
    let mut steps: Vec<(&'static str, f64)> = [
        Cause::NewlyQualified,
        Cause::International,
        Cause::Returner,
        Cause::WiderLabourMarket,
        Cause::LeaverUnder55,
        Cause::Leaver55AndOver,
    ]
    .map(|cause| (cause.title(), total(cause)))
    .to_vec();
    steps.push(("Moves between professions", moves));
    steps.push((Cause::Hours.title(), total(Cause::Hours)));
    let end = |last: bool| cells.iter().map(|years| if last { years[years.len() - 1].fte } else { years[0].fte }).sum();
    Bridge { opening_fte: end(false), steps, closing_fte: end(true) }
}
