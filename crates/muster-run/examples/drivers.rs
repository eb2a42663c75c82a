//! What drives a plan's results, and how long it takes to find out: `cargo run --release -p muster-run --example drivers -- PLAN PLACES`.

use std::path::PathBuf;
use std::time::Instant;

use muster_run::uncertainty::drivers::{Driven, Drivers};
use muster_run::uncertainty::{Ask, Uncertainty};
use muster_run::{Request, Run, swings};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plan, places] = &arguments[..] else {
        eprintln!("usage: drivers PLAN PLACES");
        return;
    };
    let request =
        Request { plan: PathBuf::from(plan), scenarios: Vec::new(), places: vec![places.clone()], monthly: false };
    let start = Instant::now();
    let run = Run::make(request, &|_| {}).expect("the plan runs");
    println!("run {:.3} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let swings = swings(&run).expect("assumptions move");
    println!("{} swings {:.3} s", swings.len(), start.elapsed().as_secs_f64());
    let ask = Ask { draws: Some(2048), ..Ask::default() };
    let uncertainty = Uncertainty::of(&run, &ask).expect("it can be drawn");
    for _ in 0..3 {
        let start = Instant::now();
        Drivers::of(&run, &uncertainty).expect("it can be explained");
        println!("drivers {:.3} s", start.elapsed().as_secs_f64());
    }
    let drivers = Drivers::of(&run, &uncertainty).expect("it can be explained");
    tell("gap, FTE", &drivers.gap_fte);
    tell("pay bill, GBP", &drivers.pay_bill_gbp);
    let Some(actions) = &drivers.actions else { return };
    println!("\nactions: {:?} {:?}", actions.gap_fte, actions.pay_bill_gbp);
    for theme in &actions.themes {
        println!("{:10.0} {:9.1} {:?}", theme.gap_fte.share.value, theme.gap_fte.share.error, theme.theme);
    }
    for action in &actions.actions {
        let gap = &action.gap_fte;
        println!(
            "{:10.0} {:9.1} last {:9.0} alone {:9.0}  {} {}",
            gap.share.value,
            gap.share.error,
            actions.gap_fte.with_actions - gap.without_it,
            gap.only_it - actions.gap_fte.without_actions,
            action.action,
            action.title
        );
    }
}

fn tell(result: &str, driven: &Driven) {
    println!("\n{result}: standard deviation {:.0}", driven.standard_deviation);
    for family in &driven.families {
        println!("{:7.3} ± {:.3} {} ({})", family.share.value, family.share.error, family.title, family.assumptions);
    }
    for family in &driven.apart {
        let (alone, any) = (family.alone, family.any_part);
        println!("{:7.3} ± {:.3} {:7.3} ± {:.3} {}", alone.value, alone.error, any.value, any.error, family.title);
    }
    for learning in &driven.learning {
        let (share, shrinks) = (learning.variance_share, learning.interval_80_shrinks);
        println!(
            "{:7.3} ± {:.3} {:7.3} ± {:.3} {}",
            share.value, share.error, shrinks.value, shrinks.error, learning.assumption
        );
    }
}
