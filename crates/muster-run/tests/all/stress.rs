//! What goes wrong on the repository's plan.
use muster_run::Stress;

use crate::england;

#[test]
fn show() {
    let run = england();
    let start = std::time::Instant::now();
    let stress = Stress::of(run).unwrap().unwrap();
    println!("{:?}", start.elapsed());
    println!("{}", serde_json::to_string_pretty(&stress).unwrap());
}
