//! How long draws take: `cargo run --release -p muster-run --example draws -- PLAN PLACES DRAWS`.

use std::path::PathBuf;
use std::time::Instant;

use muster_run::uncertainty::{Ask, Uncertainty};
use muster_run::{Request, Run};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plan, places, draws] = &arguments[..] else {
        eprintln!("usage: draws PLAN PLACES DRAWS");
        return;
    };
    let request = Request {
        plan: PathBuf::from(plan),
        scenarios: vec!["plan".into()],
        places: vec![places.clone()],
        monthly: false,
        draws: None,
    };
    let start = Instant::now();
    let run = Run::make(request, &|_| {}).expect("the plan runs");
    println!("run {:.3} s", start.elapsed().as_secs_f64());
    for _ in 0..3 {
        let ask = Ask { draws: draws.parse().ok(), ..Ask::default() };
        let start = Instant::now();
        let uncertainty = Uncertainty::of(&run, &ask).expect("it can be drawn");
        let seconds = start.elapsed().as_secs_f64();
        let horizon = uncertainty.scenarios[0].at_horizon();
        println!("{} draws {seconds:.3} s: gap {:?}", uncertainty.draws, horizon[2].quantiles.map(|q| q.value as i64));
        println!("{}", uncertainty.enough);
    }
}
