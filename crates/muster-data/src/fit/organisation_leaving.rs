//! How often staff leave an organisation, each drawn towards its peers as far as its numbers are small.

use std::collections::BTreeMap;

use super::number::{places, significant, thousands};
use super::observed::{Evidence, STAFF_GROUPS};
use super::shrink::{Count, Peers, peers, shrink};
use super::{FitError, entry};
use crate::Period;

/// The table of the fit.
pub const FILE: &str = "fit/organisation_leaving.csv";
/// The group that adds the others up; doctors in training are not in it.
const TOTAL: &str = "all-excluding-residents";
/// 90% of a normal distribution lies within so many standard errors.
const NINETY: f64 = 1.645;

/// Fits the rate of leaving an organisation, for every organisation and staff group of turnover benchmarking.
///
/// Leaving an organisation is not leaving the NHS: who moves to another trust is counted, and so is who goes on an unpaid
/// break. No measure of a book takes it, and nothing here enters `leaver_rate`.
pub fn fit(evidence: &Evidence) -> Result<String, FitError> {
    let month = evidence
        .benchmarking
        .last_period("opening_org_headcount", TOTAL)
        .ok_or_else(|| FitError::Missing("no turnover by organisation: add files of `turnover-benchmarking`".into()))?;
    let head = ["place", "staff", "value", "low", "high", "weight", "own", "peers", "kind", "source", "where", "why"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for staff in std::iter::once(TOTAL).chain(STAFF_GROUPS).chain(["doctors-excluding-residents"]) {
        let counts = counts(evidence, staff, month);
        let all = peers(&counts.values().copied().collect::<Vec<_>>());
        for boards in [false, true] {
            let own: BTreeMap<&str, Count> =
                counts.iter().filter(|(place, _)| is_board(place) == boards).map(|(p, c)| (*p, *c)).collect();
            let (Some(common), Some(of_kind)) = (all, peers(&own.values().copied().collect::<Vec<_>>())) else {
                continue;
            };
            // The peers of one kind are themselves drawn towards all organisations.
            let kind = Count { events: own.values().map(|c| c.events).sum(), of: own.values().map(|c| c.of).sum() };
            let near = Peers { rate: shrink(kind, common).rate, strength: of_kind.strength };
            for (place, count) in own {
                rows.push(row(evidence, place, staff, month, count, near, boards));
            }
        }
    }
    let note = format!(
        "# Made by `muster data fit --write`. The chance in one month ({month}) that someone in post leaves the organisation, to another trust or \
         on an unpaid break included: not the leaver_rate of the book, which is leaving the NHS. Each rate is `weight` times its own and \
         the rest that of its peers: the same staff group in all trusts, or all boards, of the South West, themselves drawn towards both \
         together. Low and high: 90%. No projection reads it.\n"
    );
    Ok(note + &entry::table_to_csv(rows.into_iter())?)
}

/// Whether it is the board of a system, which has the system's code and a letter.
fn is_board(place: &str) -> bool {
    place.rsplit_once('.').is_some_and(|(_, letter)| letter == "B")
}

/// Leavers and staff in post; where nobody left there is no row.
fn counts<'a>(evidence: &'a Evidence, staff: &'a str, month: Period) -> BTreeMap<&'a str, Count> {
    let opening = evidence.benchmarking.places("opening_org_headcount", staff, month);
    let count = |(place, of): (&'a str, f64)| {
        let events = evidence.benchmarking.find("leavers_org_headcount", staff, place, "", month).unwrap_or(0.0);
        (place, Count { events: events.min(of), of })
    };
    opening.map(count).collect()
}

fn row(
    evidence: &Evidence,
    place: &str,
    staff: &str,
    month: Period,
    count: Count,
    near: Peers,
    boards: bool,
) -> Vec<String> {
    let shrunk = shrink(count, near);
    let peers = if boards { "boards" } else { "trusts" };
    let evidence_of_peers =
        if near.strength.is_finite() { thousands(near.strength) } else { "any number of".to_owned() };
    vec![
        place.to_owned(),
        staff.to_owned(),
        significant(shrunk.rate, 4),
        significant((shrunk.rate - NINETY * shrunk.error).max(0.0), 4),
        significant((shrunk.rate + NINETY * shrunk.error).min(1.0), 4),
        places(shrunk.weight, 3),
        significant(if count.of > 0.0 { count.events / count.of } else { 0.0 }, 4),
        significant(near.rate, 4),
        "derived".to_owned(),
        "nhse-turnover-benchmarking-2025-10".to_owned(),
        format!("{}, {month}: {} of {}", evidence.title(staff), thousands(count.events), thousands(count.of)),
        format!(
            "Own rate with weight {}; the {peers}' rate weighs as much as {evidence_of_peers} people.",
            places(shrunk.weight, 3)
        ),
    ]
}
