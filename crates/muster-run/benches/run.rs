//! The whole of a run, from files to the bytes of the run folder: England, and 42 systems, each without and with the plan.
//!
//! `cargo bench -p muster-run` reports time and peak memory.

use std::path::Path;

use muster_run::{Request, Run};

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

/// `england` is one place, `systems` are 42.
#[divan::bench(args = ["england", "systems"], sample_count = 10, sample_size = 1)]
fn from_files_to_report(places: &str) -> usize {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/ltwp-2023");
    let request = Request { plan, scenarios: Vec::new(), places: vec![places.to_owned()], monthly: false, draws: None };
    let run = Run::make(request, &|_| {}).unwrap_or_else(|error| panic!("{error}"));
    let outputs = run.outputs().unwrap_or_else(|error| panic!("{error}"));
    outputs.values().map(Vec::len).sum()
}
