//! A result shared between actions, so that the shares add up: Shapley values.

use std::collections::BTreeSet;

use crate::stream::Stream;
use crate::summary::Estimate;

/// Up to this many players all sets of them are looked at.
pub(super) const EXACT_PLAYERS: usize = 10;

/// From sets of players (for each whether it is in) to results: for each set, a number for each result.
pub type Worth<'a> = dyn Fn(&[Vec<bool>]) -> Vec<Vec<f64>> + 'a;

/// What one player adds to one result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// What it adds on top of nothing.
    pub alone: f64,
    /// What would be lost if it alone were left out.
    pub last: f64,
    /// What it adds on average over all orders of adding players. The error is 0 where all orders were looked at.
    pub shapley: Estimate,
}

/// How one result is shared between players.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// The result without any of them.
    pub without: f64,
    /// The result with all of them.
    pub with_all: f64,
    /// What each adds. The Shapley shares add up to `with_all` less `without`.
    pub players: Vec<Share>,
}

/// Shares results between `players` (actions, say). `worth` is called once, with all the sets that are
/// needed; no set is asked for twice.
///
/// With at most ten players all sets are looked at, and the shares are exact. With more, `pairs` orders are drawn from `seed`,
/// each with its reverse, which cancels much of the error; shares add up whatever the orders.
pub fn share_out(players: usize, seed: u64, pairs: usize, worth: &Worth) -> Vec<Shares> {
    let orders = if players <= EXACT_PLAYERS {
        Vec::new()
    } else {
        orders(players, pairs, &Stream::named(seed, "orders of actions"))
    };
    let wanted = wanted(players, &orders);
    let answers = worth(&wanted);
    let results = answers.first().map_or(0, Vec::len);
    let none = vec![false; players];
    let all = vec![true; players];
    let one = |result: usize| {
        // Every set was asked for; an answer that is missing is no number, and so is all that rests on it.
        let worth = |set: &Vec<bool>| {
            let place = wanted.binary_search(set).ok();
            place.and_then(|place| answers.get(place)?.get(result)).copied().unwrap_or(f64::NAN)
        };
        let share = |player: usize| Share {
            alone: worth(&with(&none, player, true)) - worth(&none),
            last: worth(&all) - worth(&with(&all, player, false)),
            shapley: if orders.is_empty() {
                let value = sets(players).map(|set| weight(&set, player) * worth(&set)).sum();
                Estimate { value, error: 0.0 }
            } else {
                over_orders(&orders, player, &worth)
            },
        };
        Shares { without: worth(&none), with_all: worth(&all), players: (0..players).map(share).collect() }
    };
    (0..results).map(one).collect()
}

/// What a player adds on average over orders; the error from how much pairs of orders differ.
fn over_orders(orders: &[Vec<usize>], player: usize, worth: &dyn Fn(&Vec<bool>) -> f64) -> Estimate {
    let added = |order: &Vec<usize>| {
        let mut set = vec![false; order.len()];
        order.iter().take_while(|other| **other != player).for_each(|other| set[*other] = true);
        worth(&with(&set, player, true)) - worth(&set)
    };
    let pairs: Vec<f64> =
        orders.chunks(2).map(|pair| pair.iter().map(added).sum::<f64>() / pair.len() as f64).collect();
    let count = pairs.len() as f64;
    let value = pairs.iter().sum::<f64>() / count;
    let squares = pairs.iter().map(|pair| (pair - value) * (pair - value)).sum::<f64>();
    Estimate { value, error: if count > 1.0 { (squares / (count - 1.0) / count).sqrt() } else { f64::INFINITY } }
}

/// The sets whose worth is needed, sorted.
fn wanted(players: usize, orders: &[Vec<usize>]) -> Vec<Vec<bool>> {
    let (none, all) = (vec![false; players], vec![true; players]);
    let mut wanted = BTreeSet::from([none.clone(), all.clone()]);
    if orders.is_empty() {
        wanted.extend(sets(players));
    }
    for player in 0..players {
        wanted.extend([with(&none, player, true), with(&all, player, false)]);
    }
    for order in orders {
        let mut set = none.clone();
        for &player in order {
            set[player] = true;
            wanted.insert(set.clone());
        }
    }
    wanted.into_iter().collect()
}

/// All sets of so many players.
pub(super) fn sets(players: usize) -> impl Iterator<Item = Vec<bool>> {
    (0..1_usize << players).map(move |bits| (0..players).map(|player| bits >> player & 1 == 1).collect())
}

/// What the worth of a set counts towards a player's share, with all orders alike: for what it adds to a set of s of n players
/// 1 / (n × the number of ways to choose s of n − 1), and the same taken away for the set before.
pub(super) fn weight(set: &[bool], player: usize) -> f64 {
    let players = set.len();
    let others = set.iter().enumerate().filter(|(other, inside)| **inside && *other != player).count();
    let ways = (0..others).fold(1.0, |ways, k| ways * (players - 1 - k) as f64 / (k + 1) as f64);
    let weight = 1.0 / (players as f64 * ways);
    if set[player] { weight } else { -weight }
}

/// Orders drawn from a stream, each followed by its reverse.
pub(super) fn orders(players: usize, pairs: usize, stream: &Stream) -> Vec<Vec<usize>> {
    let mut orders = Vec::with_capacity(2 * pairs.max(1));
    for pair in 0..pairs.max(1) {
        let mut order: Vec<usize> = (0..players).collect();
        for k in (1..players).rev() {
            order.swap(k, (stream.uniform(pair as u64, k as u32) * (k + 1) as f64) as usize);
        }
        let reverse = order.iter().rev().copied().collect();
        orders.push(order);
        orders.push(reverse);
    }
    orders
}

fn with(set: &[bool], player: usize, inside: bool) -> Vec<bool> {
    let mut set = set.to_vec();
    set[player] = inside;
    set
}
