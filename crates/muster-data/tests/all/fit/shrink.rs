//! Shrinkage towards peers.

use muster_data::fit::shrink::{Count, Peers, peers, shrink};

fn counts(list: &[(f64, f64)]) -> Vec<Count> {
    list.iter().map(|(events, of)| Count { events: *events, of: *of }).collect()
}

#[test]
fn where_chance_explains_every_difference_all_have_the_common_rate() {
    // Three trusts of 100 with 9, 10 and 11 leavers: less apart than chance alone would put them.
    let peers = peers(&counts(&[(9.0, 100.0), (10.0, 100.0), (11.0, 100.0)])).unwrap();
    assert_eq!((peers.rate, peers.strength), (0.1, f64::INFINITY));
    let shrunk = shrink(Count { events: 11.0, of: 100.0 }, peers);
    assert_eq!((shrunk.rate, shrunk.weight), (0.1, 0.0));
}

#[test]
fn the_weight_of_ones_own_rate_is_what_the_moments_say() {
    // Two trusts of 100 with 10 and 30 leavers. Common rate 0.2, p(1 − p) = 0.16. Seen: 100 · 0.1² · 2 = 2; by chance (2 − 1) · 0.16.
    // Beyond chance (2 − 0.16) / (200 − 20,000/200 − 1) = 1.84 / 99, so strength = 0.16 · 99 / 1.84 − 1 = 7.6087.
    let peers = peers(&counts(&[(10.0, 100.0), (30.0, 100.0)])).unwrap();
    assert!((peers.rate - 0.2).abs() < 1e-12 && (peers.strength - 7.608_695_652).abs() < 1e-6, "{peers:?}");
    let shrunk = shrink(Count { events: 30.0, of: 100.0 }, peers);
    assert!((shrunk.weight - 100.0 / 107.608_695_652).abs() < 1e-9);
    assert!(shrunk.rate > 0.29 && shrunk.rate < 0.30);
}

#[test]
fn small_numbers_are_drawn_further_than_large_ones() {
    let peers = Peers { rate: 0.1, strength: 1000.0 };
    let weights = [10.0, 1000.0, 9000.0].map(|of| shrink(Count { events: 0.2 * of, of }, peers).weight);
    assert!((weights[0] - 10.0 / 1010.0).abs() < 1e-12);
    assert_eq!(weights[1..], [0.5, 0.9]);
}

#[test]
fn without_anybody_there_is_no_rate_and_without_peers_no_opinion() {
    assert_eq!(peers(&[]), None);
    assert_eq!(shrink(Count { events: 0.0, of: 0.0 }, Peers { rate: 0.1, strength: 50.0 }).rate, 0.1);
}
