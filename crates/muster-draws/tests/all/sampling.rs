//! Scores: the same draw whatever the pieces, paths and groups as stated, and Sobol numbers that are worth having.

use muster_draws::dependence::Correlation;
use muster_draws::normal;
use muster_draws::sampler::{Group, Method, Misfit, Path, REPLICATES, Sampler, Scores, Variable};

use crate::assert_near;

fn variable(name: &str, path: Path) -> Variable {
    Variable { name: name.to_owned(), path }
}

fn fixed(count: usize) -> Vec<Variable> {
    (0..count).map(|k| variable(&format!("v{k}"), Path::Fixed)).collect()
}

fn pair(r: f64) -> Correlation {
    Correlation::new(&["a", "b"], &[vec![1.0, r], vec![r, 1.0]]).expect("a correlation").0
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

fn product(scores: &Scores, first: (usize, usize), second: (usize, usize)) -> f64 {
    mean(scores.slice(first.0, first.1).iter().zip(scores.slice(second.0, second.1)).map(|(a, b)| a * b))
}

#[test]
fn draw_17_is_draw_17() {
    let variables = || {
        vec![
            variable("rate", Path::Fixed),
            variable("pay", Path::Autoregressive { persistence: 0.7 }),
            variable("growth", Path::RandomWalk),
            variable("other growth", Path::RandomWalk),
        ]
    };
    let groups = || vec![Group { name: "growth".into(), members: vec![2, 3], correlation: pair(0.6) }];
    for method in [Method::Random, Method::Sobol] {
        let sampler = Sampler::new(3, method, variables(), groups(), 5).unwrap();
        let all = sampler.scores(0..500);
        for part in [17..18, 0..20, 13..77, 499..500, 256..512] {
            let part = sampler.scores(part);
            for variable in 0..4 {
                for year in 0..=5 {
                    for (place, draw) in part.draws().enumerate().filter(|(_, draw)| *draw < 500) {
                        assert_eq!(part.score(variable, year, place), all.score(variable, year, draw as usize));
                    }
                }
            }
        }
    }
}

#[test]
fn random_scores_do_not_depend_on_what_else_is_drawn() {
    let few = Sampler::new(3, Method::Random, vec![variable("v7", Path::Fixed)], vec![], 3).unwrap().scores(0..50);
    let many = Sampler::new(3, Method::Random, fixed(20), vec![], 9).unwrap().scores(0..50);
    assert_eq!(few.slice(0, 0), many.slice(7, 0));
}

#[test]
fn sobol_scores_depend_on_the_place_in_the_list_and_not_on_its_length() {
    let scores = |count: usize| Sampler::new(3, Method::Sobol, fixed(count), vec![], 0).unwrap().scores(0..400);
    let (few, many) = (scores(100), scores(700));
    assert!((0..100).all(|variable| few.slice(variable, 0) == many.slice(variable, 0)));
}

const DRAWS: usize = 20_000;

#[test]
fn paths_have_the_spread_they_state_in_every_year() {
    let variables = vec![
        variable("fixed", Path::Fixed),
        variable("persistent", Path::Autoregressive { persistence: 0.8 }),
        variable("walk", Path::RandomWalk),
    ];
    let years = 10;
    for method in [Method::Random, Method::Sobol] {
        let scores = Sampler::new(1, method, variables.clone(), vec![], years).unwrap().scores(0..DRAWS as u64);
        // A variance has a standard error of √(2/n) of itself.
        let tolerance = 4.0 * (2.0 / DRAWS as f64).sqrt();
        assert_eq!(scores.slice(0, 0), scores.slice(0, 9));
        assert!(scores.slice(2, 0).iter().all(|score| *score == 0.0), "a walk starts at nothing");
        for year in 0..=years {
            let share = year as f64 / years as f64;
            assert_near("fixed", product(&scores, (0, year), (0, year)), 1.0, tolerance);
            assert_near("autoregressive", product(&scores, (1, year), (1, year)), 1.0, tolerance);
            assert_near("walk", product(&scores, (2, year), (2, year)), share, tolerance * share);
            if year > 0 {
                assert_near("persistence", product(&scores, (1, year), (1, year - 1)), 0.8, tolerance);
                // A walk's covariance of two years is the variance of the earlier.
                let before = share - 1.0 / years as f64;
                assert_near("walk, two years", product(&scores, (2, year), (2, year - 1)), before, tolerance);
                assert_near("walk, to the end", product(&scores, (2, year), (2, years)), share, tolerance);
            }
            assert_near("apart", product(&scores, (1, year), (2, year)), 0.0, tolerance);
        }
    }
}

#[test]
fn groups_have_their_correlations_in_every_year() {
    for path in [Path::Fixed, Path::RandomWalk, Path::Autoregressive { persistence: 0.5 }] {
        let variables = vec![variable("a", path), variable("alone", path), variable("b", path)];
        let groups = vec![Group { name: "pair".into(), members: vec![2, 0], correlation: pair(-0.7) }];
        for method in [Method::Random, Method::Sobol] {
            let sampler = Sampler::new(9, method, variables.clone(), groups.clone(), 4).unwrap();
            let scores = sampler.scores(0..DRAWS as u64);
            for year in 1..=4 {
                let spread = product(&scores, (0, year), (0, year)) * product(&scores, (2, year), (2, year));
                let r = product(&scores, (0, year), (2, year)) / spread.sqrt();
                // The standard error of a correlation is (1 − r²)/√n.
                assert_near("correlation", r, -0.7, 4.0 * 0.51 / (DRAWS as f64).sqrt());
                assert_near("apart", product(&scores, (0, year), (1, year)), 0.0, 4.0 / (DRAWS as f64).sqrt());
            }
        }
    }
}

/// The rank correlation of a Gaussian copula is (6/π) arcsin(r/2), whatever the shapes.
#[test]
fn ranks_are_correlated_as_a_gaussian_copula_has_it() {
    let groups = vec![Group { name: "pair".into(), members: vec![0, 1], correlation: pair(0.6) }];
    let scores = Sampler::new(4, Method::Random, fixed(2), groups, 0).unwrap().scores(0..DRAWS as u64);
    let ranks = |k: usize| scores.slice(k, 0).iter().map(|score| normal::below(*score) - 0.5);
    let found = 12.0 * mean(ranks(0).zip(ranks(1)).map(|(a, b)| a * b).collect::<Vec<f64>>().into_iter());
    assert_near("rank correlation", found, 6.0 / std::f64::consts::PI * (0.3_f64).asin(), 4.0 / (DRAWS as f64).sqrt());
}

#[test]
fn sobol_points_are_evenly_spread_in_every_dimension() {
    // The first 2^m points of each scrambling have exactly one in each of 2^m equal parts, in every dimension.
    let sampler = Sampler::new(2, Method::Sobol, fixed(700), vec![], 0).unwrap();
    let points = 64;
    let scores = sampler.scores(0..points * REPLICATES);
    for dimension in [0, 1, 2, 57, 400, 699] {
        for replicate in 0..REPLICATES as usize {
            let mut seen = vec![0; points as usize];
            let own = scores.slice(dimension, 0).iter().skip(replicate).step_by(REPLICATES as usize);
            own.for_each(|score| seen[(normal::below(*score) * points as f64) as usize] += 1);
            assert!(seen.iter().all(|count| *count == 1), "dimension {dimension}, scrambling {replicate}: {seen:?}");
        }
    }
}

/// A (0, 2)-sequence: the first two dimensions have one point in each elementary rectangle.
#[test]
fn the_first_two_dimensions_fill_every_rectangle() {
    let scores = Sampler::new(8, Method::Sobol, fixed(2), vec![], 0).unwrap().scores(0..64 * REPLICATES);
    for (wide, high) in [(1, 64), (2, 32), (4, 16), (8, 8), (16, 4), (32, 2), (64, 1)] {
        for replicate in 0..REPLICATES as usize {
            let mut seen = vec![0; 64];
            for point in 0..64 {
                let place = point * REPLICATES as usize + replicate;
                let part = |k: usize, parts: usize| (normal::below(scores.score(k, 0, place)) * parts as f64) as usize;
                seen[part(0, wide) * high + part(1, high)] += 1;
            }
            assert!(seen.iter().all(|count| *count == 1), "{wide} by {high}, scrambling {replicate}");
        }
    }
}

/// Each point alone is uniform over the scramblings: otherwise the mean would be off however many draws there are.
#[test]
fn each_scrambled_point_is_uniform() {
    let mut total = [0.0; 3];
    let mut squares = [0.0; 3];
    let seeds = 1_000;
    for seed in 0..seeds {
        let scores = Sampler::new(seed, Method::Sobol, fixed(1), vec![], 0).unwrap().scores(0..48);
        for (k, place) in [0, 17, 35].into_iter().enumerate() {
            let u = normal::below(scores.score(0, 0, place)) - 0.5;
            total[k] += u;
            squares[k] += u * u;
        }
    }
    let count = seeds as f64;
    for k in 0..3 {
        assert_near("mean", total[k] / count, 0.0, 4.0 / (12.0 * count).sqrt());
        assert_near("variance", squares[k] / count, 1.0 / 12.0, 4.0 / (180.0 * count).sqrt());
    }
}

/// The error of the mean of a smooth function of eight variables, over forty seeds, by each method.
#[test]
fn sobol_draws_save_error_on_a_smooth_function() {
    let error = |method: Method, draws: u64| {
        let squares = (0..40).map(|seed| {
            let scores = Sampler::new(seed, method, fixed(8), vec![], 0).unwrap().scores(0..draws);
            let value = |place: usize| (0..8).map(|k| scores.score(k, 0, place) / (k + 1) as f64).sum::<f64>();
            let found = mean((0..draws as usize).map(|place| (0.3 * value(place)).exp()));
            let variance: f64 = (1..=8).map(|k| (0.3 / f64::from(k)).powi(2)).sum();
            (found - (variance / 2.0).exp()).powi(2)
        });
        mean(squares.collect::<Vec<f64>>().into_iter()).sqrt()
    };
    let ratio = [256, 1_024, 4_096].map(|draws| error(Method::Random, draws) / error(Method::Sobol, draws));
    println!("random error over Sobol error at 256, 1,024 and 4,096 draws: {ratio:.1?}");
    assert!(ratio[0] > 3.0 && ratio[1] > 5.0 && ratio[2] > 10.0, "{ratio:?}");
}

#[test]
fn misfits_are_refused_by_name() {
    let message = |variables: Vec<Variable>, groups: Vec<Group>| {
        Sampler::new(0, Method::Random, variables, groups, 3).unwrap_err().to_string()
    };
    let group = |members: Vec<usize>| Group { name: "pay".into(), members, correlation: pair(0.5) };
    assert!(message(vec![variable("a", Path::Fixed), variable("a", Path::Fixed)], vec![]).contains("both called a"));
    let persistence = f64::NAN;
    let unstable = message(vec![variable("a", Path::Autoregressive { persistence })], vec![]);
    assert!(unstable.contains("the persistence of a is NaN"), "{unstable}");
    assert!(message(fixed(2), vec![group(vec![0, 2])]).contains("names assumption number 2, and there are 2"));
    assert!(message(fixed(2), vec![group(vec![0])]).contains("has 1 members and correlations for 2"));
    assert!(message(fixed(3), vec![group(vec![0, 1]), group(vec![1, 2])]).contains("v1 is in pay and in pay"));
    let mixed = message(vec![variable("a", Path::Fixed), variable("b", Path::RandomWalk)], vec![group(vec![0, 1])]);
    assert!(mixed.contains("a and b move over the years in different ways"), "{mixed}");
    assert!(matches!(
        Sampler::new(0, Method::Random, fixed(1), vec![group(vec![0, 0])], 1),
        Err(Misfit::InTwoGroups { .. })
    ));
}

#[test]
fn more_variables_than_dimensions_and_no_years() {
    let sampler = Sampler::new(0, Method::Sobol, fixed(1_003), vec![], 0).unwrap();
    let scores = sampler.scores(5..9);
    assert_eq!(scores.slice(1_002, 0).len(), 4);
    let walk = Sampler::new(0, Method::Random, vec![variable("w", Path::RandomWalk)], vec![], 0).unwrap();
    assert_eq!(walk.scores(0..2).slice(0, 0), [0.0, 0.0]);
    assert!(walk.scores(4..4).draws().is_empty());
}
