//! How long draws take: fitting, turning scores into values, drawing scores, and summing up.
//!
//! `cargo bench -p muster-draws`. Each line is for 1,000 draws, but for `fit`, which is for one distribution.

use divan::{Bencher, black_box};
use muster_draws::distribution::{Distribution, Shape};
use muster_draws::sampler::{Method, Path, Sampler, Variable};
use muster_draws::summary::{Scratch, Summary};

const DRAWS: u64 = 1_000;
const SHAPES: [&str; 5] = ["beta", "triangular", "uniform", "normal", "lognormal"];

fn main() {
    divan::main();
}

fn fitted(shape: &str) -> Distribution {
    let shape = match shape {
        "beta" => Shape::Beta,
        "triangular" => Shape::Triangular,
        "uniform" => Shape::Uniform,
        "normal" => Shape::Normal,
        _ => Shape::Lognormal,
    };
    Distribution::fit(&shape, 0.10, 0.08, 0.12, [0.0, 1.0]).expect("a range that every shape fits")
}

fn sampler(method: Method, variables: usize, path: Path) -> Sampler {
    let variables = (0..variables).map(|k| Variable { name: format!("assumption {k}"), path }).collect();
    Sampler::new(1, method, variables, vec![], 15).expect("variables with names of their own")
}

#[divan::bench(args = SHAPES)]
fn fit(bencher: Bencher, shape: &str) {
    bencher.bench(|| fitted(black_box(shape)));
}

#[divan::bench(args = SHAPES)]
fn values(bencher: Bencher, shape: &str) {
    let distribution = fitted(shape);
    let scores = sampler(Method::Random, 1, Path::Fixed).scores(0..DRAWS);
    let mut out = vec![0.0; DRAWS as usize];
    bencher.bench_local(|| distribution.at_each(black_box(scores.slice(0, 0)), &mut out));
}

#[divan::bench]
fn scores_of_600_at_random(bencher: Bencher) {
    let sampler = sampler(Method::Random, 600, Path::Fixed);
    bencher.bench(|| sampler.scores(0..DRAWS));
}

#[divan::bench]
fn scores_of_600_by_sobol(bencher: Bencher) {
    let sampler = sampler(Method::Sobol, 600, Path::Fixed);
    bencher.bench(|| sampler.scores(0..DRAWS));
}

#[divan::bench]
fn scores_of_one_walk_of_15_years(bencher: Bencher) {
    let sampler = sampler(Method::Random, 1, Path::RandomWalk);
    bencher.bench(|| sampler.scores(0..DRAWS));
}

#[divan::bench]
fn making_a_sobol_sampler_of_600(bencher: Bencher) {
    bencher.bench(|| sampler(Method::Sobol, black_box(600), Path::Fixed));
}

#[divan::bench(args = [Method::Random, Method::Sobol])]
fn summing_up(bencher: Bencher, method: Method) {
    let scores = sampler(method, 1, Path::Fixed).scores(0..DRAWS);
    let mut scratch = Scratch::default();
    bencher.bench_local(|| Summary::of(black_box(scores.slice(0, 0)), method, &mut scratch));
}
