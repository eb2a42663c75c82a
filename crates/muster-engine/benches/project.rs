//! How long `project` takes, and how much memory, on inputs of the shape and size of England's: as one place and as 42
//! systems.

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use muster_engine::project;
use world::{YEARS, england};

mod world;

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

/// One England-sized place, or all integrated care systems.
#[divan::bench(args = [1, 42])]
fn england_15_years(bencher: Bencher<'_, '_>, places: usize) {
    let inputs = england(places);
    let cell_years = inputs.cells.len() * YEARS;
    bencher.counter(ItemsCount::new(cell_years)).bench(|| {
        let projection = project(divan::black_box(&inputs)).expect("the inputs fit together");
        assert!(projection.cells[0].years[YEARS].headcount > 0.0);
        projection
    });
}

fn main() {
    divan::main();
}
