//! Summaries: figures that are right, and errors that say how far off they are.

use muster_draws::distribution::{Distribution, Shape};
use muster_draws::normal;
use muster_draws::sampler::{Method, Path, Sampler, Variable};
use muster_draws::stream::Stream;
use muster_draws::summary::{CHANCES, Scratch, Summary, probability, quantile};

use crate::assert_near;

fn summary(draws: &[f64], method: Method) -> Summary {
    Summary::of(draws, method, &mut Scratch::default()).expect("draws")
}

/// Draws of 0.3 z₁ + e^(z₂/5), from one seed.
fn draws(seed: u64, method: Method, count: u64) -> Vec<f64> {
    let variables = ["one", "two"].map(|name| Variable { name: name.to_owned(), path: Path::Fixed }).to_vec();
    let scores = Sampler::new(seed, method, variables, vec![], 0).expect("two variables").scores(0..count);
    scores.slice(0, 0).iter().zip(scores.slice(1, 0)).map(|(a, b)| 0.3 * a + (b / 5.0).exp()).collect()
}

#[test]
fn quantiles_are_those_of_numpy() {
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], q), its default method.
    let found = summary(&[3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0], Method::Random);
    for (estimate, wanted) in found.quantiles.iter().zip([1.0, 1.0, 1.75, 3.5, 5.25, 6.9, 8.475]) {
        assert_near("a quantile", estimate.value, wanted, 1e-12);
    }
    assert_near("mean", found.mean.value, 3.875, 1e-12);
    assert_near("standard deviation", found.standard_deviation, 2.748_376_143_938_713, 1e-12);
    assert_near("error of the mean", found.mean.error, 2.748_376_143_938_713 / 8.0_f64.sqrt(), 1e-12);
    assert_eq!(quantile(&[], 0.5).to_bits(), f64::NAN.to_bits());
}

/// Over many seeds, the error beside each figure is the spread of that figure from seed to seed.
#[test]
fn errors_are_the_spread_over_seeds() {
    for (method, low, high) in [(Method::Random, 0.85, 1.2), (Method::Sobol, 0.7, 1.6)] {
        let all: Vec<Summary> = (0..300).map(|seed| summary(&draws(seed, method, 512), method)).collect();
        let figures = |pick: &dyn Fn(&Summary) -> (f64, f64)| {
            let count = all.len() as f64;
            let mean = all.iter().map(|one| pick(one).0).sum::<f64>() / count;
            let spread = (all.iter().map(|one| (pick(one).0 - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
            let stated = (all.iter().map(|one| pick(one).1.powi(2)).sum::<f64>() / count).sqrt();
            (spread, stated)
        };
        let mut ratios = vec![figures(&|one| (one.mean.value, one.mean.error))];
        for k in 0..CHANCES.len() {
            ratios.push(figures(&|one| (one.quantiles[k].value, one.quantiles[k].error)));
        }
        for (spread, stated) in ratios {
            let ratio = stated / spread;
            assert!((low..high).contains(&ratio), "{method:?}: stated {stated}, spread {spread}, ratio {ratio}");
        }
    }
}

#[test]
fn sobol_draws_state_a_smaller_error() {
    let random = summary(&draws(1, Method::Random, 1_024), Method::Random);
    let sobol = summary(&draws(1, Method::Sobol, 1_024), Method::Sobol);
    assert!(sobol.mean.error < random.mean.error / 5.0, "{:?} and {:?}", sobol.mean, random.mean);
    assert!(sobol.median().error < random.median().error / 1.5, "{:?} and {:?}", sobol.median(), random.median());
}

#[test]
fn the_chance_of_an_event_and_of_one_never_seen() {
    let values = draws(1, Method::Random, 1_000);
    let found = probability(&values, Method::Random, |value| value > 1.0).unwrap();
    let share = values.iter().filter(|value| **value > 1.0).count() as f64 / 1000.0;
    assert_eq!(found.value, share);
    assert_near("error", found.error, (share * (1.0 - share) / 1000.0).sqrt(), 1e-4);
    let never = probability(&values, Method::Random, |value| value > 100.0).unwrap();
    assert_eq!(never.value, 0.0);
    assert_near("error of what never happened", never.error, 0.001, 1e-4);
    let sobol = probability(&draws(1, Method::Sobol, 1_024), Method::Sobol, |value| value > 1.0).unwrap();
    assert!(sobol.error < found.error / 1.5, "{sobol:?}");
    assert_eq!(probability(&[], Method::Random, |_| true), None);
}

#[test]
fn nothing_and_nonsense_have_no_summary() {
    let mut scratch = Scratch::default();
    assert_eq!(Summary::of(&[], Method::Random, &mut scratch), None);
    assert_eq!(Summary::of(&[1.0, f64::NAN], Method::Random, &mut scratch), None);
    let one = Summary::of(&[4.0], Method::Sobol, &mut scratch).unwrap();
    assert_eq!((one.mean.value, one.median().value, one.standard_deviation), (4.0, 4.0, 0.0));
}

#[test]
fn whether_the_draws_suffice_is_said_plainly() {
    let few = summary(&draws(1, Method::Random, 200), Method::Random).suffices(0.01);
    assert!(!few.is_enough());
    let message = few.to_string();
    assert!(message.starts_with("200 draws are too few for an error of 1.0%"), "{message}");
    let enough = summary(&draws(1, Method::Random, few.draws_needed * 2), Method::Random).suffices(0.01);
    assert!(enough.is_enough(), "{enough}");
    assert!(enough.to_string().contains("draws are enough"));
    let constant = summary(&[2.0; 50], Method::Random).suffices(0.001);
    assert!(constant.is_enough() && constant.draws_needed == 1, "{constant:?}");
    // Nothing in nineteen futures of twenty: the standard deviation is all there is to measure by.
    let rare: Vec<f64> = (0..200).map(|draw| f64::from(u8::from(draw % 20 == 0))).collect();
    let rare = summary(&rare, Method::Random).suffices(0.01);
    assert!(!rare.is_enough() && rare.reached < 0.5 && rare.draws_needed > 10_000, "{rare:?}");
}

/// Simulation-based calibration: the truth is drawn from the same distributions as the draws, and the intervals hold it as
/// often as they say.
#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let any = [f64::NEG_INFINITY, f64::INFINITY];
    let stock = Distribution::fit(&Shape::Beta, 350.0, 330.0, 390.0, any).unwrap();
    let rate = Distribution::fit(&Shape::Lognormal, 0.0988, 0.08, 0.12, any).unwrap();
    let joiners = Distribution::fit(&Shape::Triangular, 30.0, 20.0, 42.0, any).unwrap();
    let future = |z: [f64; 3]| (0..5).fold(stock.at(z[0]), |stock, _| stock * (1.0 - rate.at(z[1])) + joiners.at(z[2]));
    let worlds = 1_000;
    let mut held = [0.0; 3];
    let mut below_median = 0.0;
    for world in 0..worlds {
        let truth = ["stock", "rate", "joiners"].map(|name| normal::score(Stream::named(77, name).uniform(world, 0)));
        let truth = future(truth);
        let variables = ["s", "r", "j"].map(|name| Variable { name: name.to_owned(), path: Path::Fixed }).to_vec();
        let scores = Sampler::new(1_000 + world, Method::Random, variables, vec![], 0).unwrap().scores(0..400);
        let values: Vec<f64> = (0..400).map(|d| future([0, 1, 2].map(|k| scores.score(k, 0, d)))).collect();
        let quantiles = summary(&values, Method::Random).quantiles.map(|estimate| estimate.value);
        for (held, ends) in held.iter_mut().zip([[0, 6], [1, 5], [2, 4]]) {
            *held += f64::from(u8::from(quantiles[ends[0]] <= truth && truth <= quantiles[ends[1]]));
        }
        below_median += f64::from(u8::from(truth < quantiles[3]));
    }
    let worlds = worlds as f64;
    for (held, nominal) in held.into_iter().zip([0.95, 0.8, 0.5]) {
        // Three and a half binomial standard errors, and a little for the quantiles being estimates themselves.
        let tolerance = 3.5 * (nominal * (1.0 - nominal) / worlds).sqrt() + 0.003;
        assert_near(&format!("the {nominal} interval"), held / worlds, nominal, tolerance);
    }
    assert_near("below the median", below_median / worlds, 0.5, 3.5 * 0.5 / worlds.sqrt());
}
