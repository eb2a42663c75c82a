//! How evenly shortage is met.

use super::Spot;

/// What a spread of places does for the shortages of all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fairness {
    /// FTE of shortage that is met.
    pub met_fte: f64,
    /// Share of all shortage that is met.
    pub met_share: f64,
    /// Share that is met where it is least.
    pub worst_share: f64,
    /// Gini coefficient of the shares met, each place weighted by its shortage: 0 where all have the same share met, towards 1 where one has everything.
    pub gini: f64,
}

impl Fairness {
    /// Of this many new places, in the order of the spots. Places without a shortage do not count.
    pub fn of(spots: &[Spot], new_places: &[u64]) -> Self {
        let short = spots.iter().zip(new_places).filter(|(spot, _)| spot.shortage_fte > super::NOTHING);
        let shares: Vec<(f64, f64)> = short.map(|(spot, new)| (spot.met(*new as f64), spot.shortage_fte)).collect();
        let all: f64 = shares.iter().map(|(_, shortage)| shortage).sum();
        let met_fte: f64 = shares.iter().map(|(share, shortage)| share * shortage).sum();
        let apart: f64 =
            shares.iter().flat_map(|(a, by_a)| shares.iter().map(move |(b, by_b)| by_a * by_b * (a - b).abs())).sum();
        let worst_share = shares.iter().map(|(share, _)| *share).fold(f64::INFINITY, f64::min);
        Self {
            met_fte,
            met_share: if all > 0.0 { met_fte / all } else { 1.0 },
            worst_share: if worst_share.is_finite() { worst_share } else { 1.0 },
            gini: if met_fte > 0.0 { apart / (2.0 * all * met_fte) } else { 0.0 },
        }
    }
}

/// The same number of places spread as today's are: what an allocation is compared with. Where there are none today, as shortages are.
pub(crate) fn as_today(spots: &[Spot], places: u64) -> Vec<u64> {
    let current: f64 = spots.iter().map(|spot| spot.current).sum();
    let weight = |spot: &Spot| if current > 0.0 { spot.current } else { spot.shortage_fte };
    let all: f64 = spots.iter().map(weight).sum();
    if all <= 0.0 {
        return vec![0; spots.len()];
    }
    let values: Vec<f64> = spots.iter().map(|spot| places as f64 * weight(spot) / all).collect();
    super::whole(&values, &vec![f64::INFINITY; spots.len()], places)
}
