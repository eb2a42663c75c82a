//! Shrinkage: a rate of few people, drawn towards the rate of their peers as far as chance alone could explain the difference.

/// A count out of a number, such as leavers out of staff in post.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// How many it happened to.
    pub events: f64,
    /// Out of how many.
    pub of: f64,
}

/// What the peers say: their rate, and how many people's worth of evidence it is for one of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peers {
    /// The rate of all of them together.
    pub rate: f64,
    /// The size at which an organisation's own rate and that of its peers weigh the same; infinite where chance explains
    /// every difference.
    pub strength: f64,
}

/// A rate that was drawn towards that of its peers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shrunk {
    /// The rate.
    pub rate: f64,
    /// The weight of its own count; the peers have the rest.
    pub weight: f64,
    /// Its standard error.
    pub error: f64,
}

/// What counts say of each other: the beta distribution of their rates, by the method of moments (empirical Bayes).
///
/// The rates differ by chance and by what the organisations are. What is left of their spread after chance says how much
/// they really differ: with much, each keeps its own rate; with nothing, all have the common one.
pub fn peers(counts: &[Count]) -> Option<Peers> {
    let all: f64 = counts.iter().map(|count| count.of).sum();
    if all <= 0.0 {
        return None;
    }
    let rate = counts.iter().map(|count| count.events).sum::<f64>() / all;
    let spread = rate * (1.0 - rate);
    let number = counts.iter().filter(|count| count.of > 0.0).count() as f64;
    // Of rates that differ by chance alone, Σ n (p − mean)² is (k − 1) p (1 − p) on average; anything beyond is real.
    let seen: f64 = counts.iter().filter(|count| count.of > 0.0).map(|c| c.of * (c.events / c.of - rate).powi(2)).sum();
    let squares: f64 = counts.iter().map(|count| count.of * count.of).sum();
    let beyond = (seen - (number - 1.0) * spread) / (all - squares / all - (number - 1.0));
    let strength = if spread > 0.0 && beyond > 0.0 { (spread / beyond - 1.0).max(1.0) } else { f64::INFINITY };
    Some(Peers { rate, strength })
}

/// Draws a count towards its peers: `weight · own rate + (1 − weight) · peers' rate`, with `weight = n / (n + strength)`.
///
/// ```
/// use muster_data::fit::shrink::{Count, Peers, shrink};
/// // 30 of 100 left; among peers 10 in 100 do, with the weight of 300 people: a quarter of the way from 10% to 30%.
/// let shrunk = shrink(Count { events: 30.0, of: 100.0 }, Peers { rate: 0.1, strength: 300.0 });
/// assert_eq!((shrunk.weight, (shrunk.rate * 100.0).round()), (0.25, 15.0));
/// ```
pub fn shrink(own: Count, peers: Peers) -> Shrunk {
    let weight = if peers.strength.is_finite() { own.of / (own.of + peers.strength) } else { 0.0 };
    let own_rate = if own.of > 0.0 { own.events / own.of } else { peers.rate };
    let rate = weight * own_rate + (1.0 - weight) * peers.rate;
    let evidence = own.of + if peers.strength.is_finite() { peers.strength } else { 0.0 };
    let error = if evidence > 0.0 { (rate * (1.0 - rate) / (evidence + 1.0)).sqrt() } else { 0.0 };
    Shrunk { rate, weight, error }
}
