//! What drives a result, on functions and games whose answers are known.

use std::cell::RefCell;
use std::f64::consts::PI;

use muster_draws::dependence::Correlation;
use muster_draws::drivers::{Index, Unanswerable, learn, shapley_effects, share_out, sobol_indices, value_of_learning};
use muster_draws::normal;
use muster_draws::sampler::{Group, Method, Path, Sampler, Scores, Variable};
use muster_draws::summary::Estimate;

use crate::assert_near;

fn sampler(method: Method, count: usize, path: Path, groups: Vec<Group>) -> Sampler {
    let variables = (0..count).map(|k| Variable { name: format!("x{k}"), path }).collect();
    Sampler::new(12, method, variables, groups, 3).expect("variables and groups that fit")
}

fn singles(count: usize) -> Vec<Vec<usize>> {
    (0..count).map(|k| vec![k]).collect()
}

fn pair(members: [usize; 2], r: f64) -> Group {
    let (correlation, _) = Correlation::new(&["a", "b"], &[vec![1.0, r], vec![r, 1.0]]).expect("a correlation");
    Group { name: "pair".into(), members: members.to_vec(), correlation }
}

/// A model of uniform numbers, made from one of a single future.
fn uniform_model(of: impl Fn(&[f64]) -> f64, inputs: usize) -> impl Fn(&Scores) -> Vec<Vec<f64>> {
    move |scores| {
        let future = |draw| {
            let inputs: Vec<f64> = (0..inputs).map(|k| normal::below(scores.score(k, 0, draw))).collect();
            of(&inputs)
        };
        vec![(0..scores.len()).map(future).collect()]
    }
}

fn linear(weights: Vec<f64>, year: usize) -> impl Fn(&Scores) -> Vec<Vec<f64>> {
    move |scores| {
        let future = |draw| weights.iter().enumerate().map(|(k, weight)| weight * scores.score(k, year, draw)).sum();
        vec![(0..scores.len()).map(future).collect()]
    }
}

#[track_caller]
fn within(what: &str, found: Estimate, wanted: f64, largest_error: f64) {
    assert!(found.error <= largest_error, "{what}: the error is {found:?}, above {largest_error}");
    assert_near(what, found.value, wanted, 4.0 * found.error + 1e-9);
}

fn ishigami(u: &[f64]) -> f64 {
    let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
    x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
}

#[test]
fn indices_of_the_ishigami_function() {
    let (v1, v2) = (0.5 * (1.0 + 0.1 * PI.powi(4) / 5.0).powi(2), 49.0 / 8.0);
    let v13 = 0.01 * PI.powi(8) * 8.0 / 225.0;
    let variance = v1 + v2 + v13;
    let model = uniform_model(ishigami, 3);
    let known = [(v1, v1 + v13), (v2, v2), (0.0, v13)];
    for (method, largest) in [(Method::Random, 0.05), (Method::Sobol, 0.02)] {
        let sampler = sampler(method, 3, Path::Fixed, vec![]);
        let found = &sobol_indices(&sampler, &singles(3), 0..8_192, &model).unwrap()[0];
        assert_near("variance", found.variance, variance, 0.05 * variance);
        for (k, (index, (first, total))) in found.families.iter().zip(known).enumerate() {
            within(&format!("{method:?}, first {k}"), index.first, first / variance, largest);
            within(&format!("{method:?}, total {k}"), index.total, total / variance, largest);
        }
        let together = &sobol_indices(&sampler, &[vec![2, 0], vec![1]], 0..8_192, &model).unwrap()[0];
        within("1 and 3 together", together.families[0].first, 1.0 - v2 / variance, largest);
        within("1 and 3 in total", together.families[0].total, 1.0 - v2 / variance, largest);
    }
}

#[test]
fn indices_of_the_g_function_of_sobol() {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    let parts = a.map(|a: f64| 1.0 / (3.0 * (1.0 + a).powi(2)));
    let variance = parts.iter().map(|part| 1.0 + part).product::<f64>() - 1.0;
    let model =
        uniform_model(move |u| u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product(), 8);
    for (method, largest) in [(Method::Random, 0.05), (Method::Sobol, 0.02)] {
        let sampler = sampler(method, 8, Path::Fixed, vec![]);
        let found = &sobol_indices(&sampler, &singles(8), 0..8_192, &model).unwrap()[0];
        for (k, index) in found.families.iter().enumerate() {
            let total = parts[k] * (variance + 1.0) / (1.0 + parts[k]) / variance;
            within(&format!("{method:?}, first {k}"), index.first, parts[k] / variance, largest);
            within(&format!("{method:?}, total {k}"), index.total, total, largest);
        }
    }
}

#[test]
fn correlated_families_have_no_sobol_indices() {
    let sampler = sampler(Method::Random, 3, Path::Fixed, vec![pair([0, 2], 0.4)]);
    let model = linear(vec![1.0; 3], 0);
    let refusal = sobol_indices(&sampler, &singles(3), 0..64, &model).unwrap_err();
    assert!(matches!(&refusal, Unanswerable::Correlated { .. }), "{refusal}");
    assert!(refusal.to_string().contains("x0 and x2 are correlated and are in different families"), "{refusal}");
    let together = sobol_indices(&sampler, &[vec![0, 2], vec![1]], 0..4_096, &model).unwrap();
    let Index { first, total } = together[0].families[0];
    within("the pair", first, 2.8 / 3.8, 0.05);
    within("the pair in total", total, 2.8 / 3.8, 0.05);
    let twice = sobol_indices(&sampler, &[vec![0, 2], vec![1, 2]], 0..64, &model).unwrap_err();
    assert!(twice.to_string().contains("x2 is in 2 families"), "{twice}");
    let few = sobol_indices(&sampler, &[vec![0, 1, 2]], 0..8, &model).unwrap_err();
    assert!(few.to_string().contains("8 draws are too few"), "{few}");
    let short = sobol_indices(&sampler, &[vec![0, 1, 2]], 0..64, &|_| vec![vec![0.0; 3]]).unwrap_err();
    assert!(short.to_string().contains("answered 3 of 64 draws"), "{short}");
}

/// Owen and Prieur (2017): with two correlated normals, each has its own variance less half of what the other tells of it,
/// half of what they share, and half of what it tells of the other.
#[test]
fn shapley_effects_of_a_linear_model_with_correlation() {
    let (b, r) = ([1.0, 2.0, -1.5], 0.6);
    let variance = b[0] * b[0] + b[1] * b[1] + b[2] * b[2] + 2.0 * r * b[1] * b[2];
    let share = |own: f64, other: f64| {
        (own * own * (1.0 - r * r / 2.0) + r * own * other + other * other * r * r / 2.0) / variance
    };
    let wanted = [b[0] * b[0] / variance, share(b[1], b[2]), share(b[2], b[1])];
    for path in [Path::Fixed, Path::RandomWalk, Path::Autoregressive { persistence: 0.5 }] {
        for method in [Method::Random, Method::Sobol] {
            let sampler = sampler(method, 3, path, vec![pair([2, 1], r)]);
            let model = linear(b.to_vec(), 3);
            let found = &shapley_effects(&sampler, &singles(3), 0..8_192, 0, &model).unwrap()[0];
            for (k, found) in found.shares.iter().enumerate() {
                within(&format!("{method:?}, {path:?}, {k}"), *found, wanted[k], 0.03);
            }
            assert_near("sum", found.shares.iter().map(|share| share.value).sum(), 1.0, 1e-12);
            assert_near("variance", found.variance, variance, 0.1 * variance);
        }
    }
}

#[test]
fn shapley_effects_of_many_families_by_orders() {
    let weights: Vec<f64> = (1..=12).map(f64::from).collect();
    let variance: f64 = weights.iter().map(|weight| weight * weight).sum();
    let sampler = sampler(Method::Random, 12, Path::Fixed, vec![]);
    let found = &shapley_effects(&sampler, &singles(12), 0..2_048, 20, &linear(weights.clone(), 0)).unwrap()[0];
    for (k, share) in found.shares.iter().enumerate() {
        within(&format!("family {k}"), *share, weights[k] * weights[k] / variance, 0.05);
    }
    assert_near("sum", found.shares.iter().map(|share| share.value).sum(), 1.0, 1e-12);
}

#[test]
fn a_result_that_does_not_vary_has_no_drivers() {
    let sampler = sampler(Method::Sobol, 2, Path::Fixed, vec![]);
    let constant = |scores: &Scores| vec![vec![7.0; scores.len()]];
    let indices = sobol_indices(&sampler, &singles(2), 0..64, &constant).unwrap();
    assert!(indices[0].families.iter().all(|index| index.first.value == 0.0 && index.total.value == 0.0));
    let effects = shapley_effects(&sampler, &singles(2), 0..64, 1, &constant).unwrap();
    assert!(effects[0].shares.iter().all(|share| share.value == 0.0));
    let scores = sampler.scores(0..64);
    let learned = learn(&[scores.slice(0, 0)], &[7.0; 64]).unwrap();
    assert_eq!((learned.variance_share.value, learned.interval_80_shrinks.value), (0.0, 0.0));
}

/// Given one of two correlated normals, a linear result keeps 1 − (b₁ + r b₂)² / variance of its variance, and the root of
/// that of any interval.
#[test]
fn learning_one_of_two_correlated_assumptions() {
    let (b, r) = ([1.0, 2.0], -0.3);
    let variance = b[0] * b[0] + b[1] * b[1] + 2.0 * r * b[0] * b[1];
    for method in [Method::Random, Method::Sobol] {
        let scores = sampler(method, 2, Path::Fixed, vec![pair([0, 1], r)]).scores(0..8_192);
        let result = &linear(b.to_vec(), 0)(&scores)[0];
        for k in 0..2 {
            let share = (b[k] + r * b[1 - k]).powi(2) / variance;
            let learned = learn(&[scores.slice(k, 0)], result).unwrap();
            within("variance", learned.variance_share, share, 0.03);
            within("interval", learned.interval_80_shrinks, 1.0 - (1.0 - share).sqrt(), 0.03);
        }
        let all = learn(&[scores.slice(0, 0), scores.slice(1, 0)], result).unwrap();
        assert_near("knowing all", all.variance_share.value, 1.0, 1e-9);
        assert_near("knowing all", all.interval_80_shrinks.value, 1.0, 1e-6);
    }
}

#[test]
fn learning_finds_the_first_order_indices_of_the_ishigami_function() {
    let scores = sampler(Method::Random, 3, Path::Fixed, vec![]).scores(0..8_192);
    let result = &uniform_model(ishigami, 3)(&scores)[0];
    let share = learn(&[scores.slice(0, 0)], result).unwrap().variance_share;
    assert_near("a wave", share.value, 0.3139, 0.03);
}

#[test]
fn where_there_is_nothing_to_learn_nothing_is_found_on_average() {
    let shares: Vec<f64> = (0..200)
        .map(|seed| {
            let variables = (0..5).map(|k| Variable { name: format!("x{k}"), path: Path::Fixed }).collect();
            let scores = Sampler::new(seed, Method::Random, variables, vec![], 0).unwrap().scores(0..200);
            let known: Vec<&[f64]> = (0..3).map(|k| scores.slice(k, 0)).collect();
            learn(&known, scores.slice(4, 0)).unwrap().variance_share.value
        })
        .collect();
    let mean = shares.iter().sum::<f64>() / 200.0;
    // Without the correction it would be 19 in 200.
    assert!(mean.abs() < 0.012, "{mean}");
}

#[test]
fn the_value_of_learning_of_a_linear_choice() {
    // Do nothing, or something worth 2 x₀ + 5 x₁: knowing x₀ is worth 2 φ(0) on average, knowing both √29 φ(0).
    let scores = sampler(Method::Sobol, 2, Path::Fixed, vec![]).scores(0..8_192);
    let something = &linear(vec![2.0, 5.0], 0)(&scores)[0];
    let nothing = vec![0.0; scores.len()];
    let options: [&[f64]; 2] = [&nothing, something];
    let one = value_of_learning(&[scores.slice(0, 0)], &options).unwrap();
    within("knowing one", one, 2.0 * normal::density(0.0), 0.1);
    let both = value_of_learning(&[scores.slice(0, 0), scores.slice(1, 0)], &options).unwrap();
    within("knowing both", both, 29.0_f64.sqrt() * normal::density(0.0), 0.1);
    assert!(value_of_learning(&[scores.slice(0, 0)], &[&nothing[..10]]).is_err());
}

/// One left glove and two right ones: a pair is worth 1. The left one is worth 2/3, each right one 1/6.
#[test]
fn shares_of_the_glove_game() {
    let worth = |sets: &[Vec<bool>]| {
        sets.iter().map(|set| vec![f64::from(u8::from(set[0] && (set[1] || set[2]))), 3.0]).collect()
    };
    let found = share_out(3, 0, 0, &worth);
    for (player, wanted) in [2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0].into_iter().enumerate() {
        assert_near("share", found[0].players[player].shapley.value, wanted, 1e-15);
    }
    assert_eq!((found[0].players[0].alone, found[0].players[0].last, found[0].players[1].last), (0.0, 1.0, 0.0));
    assert_eq!((found[0].without, found[0].with_all), (0.0, 1.0));
    assert!(found[1].players.iter().all(|share| share.shapley.value.abs() < 1e-15));
}

/// The airport game: a runway is as dear as its largest aeroplane needs. The k-th cheapest of n pays its part of each step.
#[test]
fn shares_of_the_airport_game_by_all_sets_and_by_orders() {
    for players in [10, 14] {
        let costs: Vec<f64> = (1..=players).map(|k| f64::from(k * k)).collect();
        let asked = RefCell::new(Vec::new());
        let worth = |sets: &[Vec<bool>]| -> Vec<Vec<f64>> {
            asked.borrow_mut().extend(sets.to_vec());
            let dearest = |set: &Vec<bool>| {
                set.iter().zip(&costs).filter(|(inside, _)| **inside).map(|(_, cost)| *cost).fold(0.0, f64::max)
            };
            sets.iter().map(|set| vec![dearest(set)]).collect()
        };
        let found = &share_out(players as usize, 4, 400, &worth)[0];
        let mut wanted = 0.0;
        for (k, share) in found.players.iter().enumerate() {
            let step = costs[k] - if k > 0 { costs[k - 1] } else { 0.0 };
            wanted += step / (costs.len() - k) as f64;
            within(&format!("{players}: {k}"), share.shapley, wanted, if players == 10 { 0.0 } else { 3.0 });
            assert_eq!(share.alone, costs[k]);
        }
        let sum: f64 = found.players.iter().map(|share| share.shapley.value).sum();
        assert_near("sum", sum, found.with_all - found.without, 1e-9);
        let mut asked = asked.into_inner();
        let count = asked.len();
        asked.sort_unstable();
        asked.dedup();
        assert_eq!(asked.len(), count, "a set was asked for twice");
    }
}
