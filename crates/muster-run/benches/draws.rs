//! Draws: a thousand of England and of 42 systems with their quantiles, and the fan that follows a slider.
//!
//! `cargo bench -p muster-run --bench draws` reports time and peak memory of this thread.

use std::path::Path;

use divan::Bencher;
use muster_run::uncertainty::{Ask, Slider, Uncertainty};
use muster_run::{Request, Run};

fn main() {
    divan::main();
}

/// The plan, projected once; drawing it is what is timed.
fn run(places: &str) -> Run {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/ltwp-2023");
    let scenarios = vec!["plan".to_owned()];
    let request = Request { plan, scenarios, places: vec![places.to_owned()], monthly: false, draws: None };
    Run::make(request, &|_| {}).unwrap_or_else(|error| panic!("{error}"))
}

/// Every profession, staff group and everyone, by year and measure, with Monte Carlo errors.
#[divan::bench(args = [("england", 1000), ("systems", 1000), ("england", 10_000)], sample_count = 3, sample_size = 1)]
fn quantiles(bencher: Bencher<'_, '_>, (places, draws): (&str, usize)) {
    let run = run(places);
    let ask = Ask { draws: Some(draws), ..Ask::default() };
    bencher.bench_local(|| Uncertainty::of(&run, &ask).unwrap_or_else(|error| panic!("{error}")));
}

/// One assumption moved, and a new fan of 200 draws for England.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn slider_of_200_draws(bencher: Bencher<'_, '_>) {
    let run = run("england");
    let ask = Ask { draws: Some(200), ..Ask::default() };
    let slider = Slider::new(&run, &ask).unwrap_or_else(|error| panic!("{error}"));
    let mut score = 0.0;
    bencher.bench_local(|| {
        score += 0.01;
        slider.fan(0, score).unwrap_or_else(|error| panic!("{error}"))
    });
}
