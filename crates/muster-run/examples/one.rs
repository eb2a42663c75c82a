//! How long one projection of a plan's systems takes when it has been read: `one PLAN THREADS`.
//!
//! Prints a line of JSON for `bench/run --muster-one`. Every figure of every cell and year is worked out, as for a table of results.

use std::path::Path;
use std::time::Instant;

use muster_book::{PLAN, Plan};
use muster_engine::{Figures, Keep, Projector, Step};

/// Adds everything up, so that nothing is left out.
struct Total(f64);

impl Keep for Total {
    fn cell(&mut self, _: usize, _: usize, figures: &Figures) {
        self.0 += figures.fte[0] + figures.demand_fte[0] + figures.headcount[0] + figures.pay_gbp[0];
    }
}

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plan, _threads] = &arguments[..] else { return Err("usage: one PLAN THREADS".to_owned()) };
    let said = |found: &dyn std::fmt::Debug| format!("{found:?}");
    let plan = Plan::read(Path::new(plan)).map_err(|found| said(&found))?;
    let places = plan.places_named(&["systems".to_owned()])?;
    let scenario = plan.scenario(PLAN).ok_or("the plan has no scenario")?;
    let futures = plan.futures(scenario, &places, Step::Year).map_err(|found| said(&found))?;
    let block = futures.block();
    let projector = Projector::new(futures.model).map_err(|error| error.to_string())?;
    let mut scratch = projector.scratch();
    let (mut seconds, mut total) = (f64::INFINITY, Total(0.0));
    for _ in 0..7 {
        let start = Instant::now();
        projector.open(&block, &mut scratch).all(&mut total);
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    println!("{{\"seconds\": {seconds}, \"threads\": 1, \"checksum\": {}}}", total.0);
    Ok(())
}
