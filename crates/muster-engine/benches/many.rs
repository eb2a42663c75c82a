//! How long one block of futures takes, and how much memory, on inputs of the shape and size of England's: as one place and as
//! 42 systems. Nothing may be allocated.

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use muster_engine::{Figures, Keep, LANES, Lanes, Model, Projector};
use world::{YEARS, england};

mod world;

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

/// What a fan chart of everyone needs: FTE and demand of each year.
struct Totals {
    fte: [Lanes; YEARS + 1],
    demand_fte: [Lanes; YEARS + 1],
}

impl Keep for Totals {
    fn cell(&mut self, _: usize, year: usize, figures: &Figures) {
        for (sums, lanes) in [(&mut self.fte, &figures.fte), (&mut self.demand_fte, &figures.demand_fte)] {
            for (sum, value) in sums[year].iter_mut().zip(lanes) {
                *sum += value;
            }
        }
    }
}

/// One England-sized place, or all integrated care systems; an item is a cell in a year of one future.
#[divan::bench(args = [1, 42])]
fn england_15_years_8_futures(bencher: Bencher<'_, '_>, places: usize) {
    let (model, block) = Model::of(&england(places));
    let cell_years = model.cells.len() * YEARS * LANES;
    let projector = Projector::new(model).expect("the model hangs together");
    let mut scratch = projector.scratch();
    bencher.counter(ItemsCount::new(cell_years)).bench_local(|| {
        let mut totals = Totals { fte: [[0.0; LANES]; YEARS + 1], demand_fte: [[0.0; LANES]; YEARS + 1] };
        projector.open(divan::black_box(&block), &mut scratch).all(&mut totals);
        assert!(totals.fte[YEARS][0] > 0.0);
        totals
    });
}

fn main() {
    divan::main();
}
