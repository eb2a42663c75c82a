//! Times the kernel by itself: `kernel PLACES DRAWS THREADS` projects that many futures of a world of England's shape and prints one
//! line of JSON, to be set beside the same arithmetic in other languages.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use muster_core::STAFF_AGES;
use muster_engine::{Figures, Keep, LANES, Lanes, Model, Projector};

#[path = "../benches/world/mod.rs"]
mod world;

/// FTE at the horizon, added up, so that the work has a result.
struct Total(Lanes);

impl Keep for Total {
    fn cell(&mut self, _: usize, year: usize, figures: &Figures) {
        if year == world::YEARS {
            for (sum, fte) in self.0.iter_mut().zip(&figures.fte) {
                *sum += fte;
            }
        }
    }
}

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let [places, draws, threads] = given[..] else {
        eprintln!("kernel needs three numbers: places, draws and threads, as in `kernel 42 1000 2`");
        std::process::exit(2);
    };
    let (model, block) = Model::of(&world::england(places));
    let cells = model.cells.len();
    let start = Instant::now();
    let projector = match Projector::new(model) {
        Ok(projector) => projector,
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    };
    let setup_seconds = start.elapsed().as_secs_f64();
    let blocks = draws.div_ceil(LANES);
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut scratch = projector.scratch();
                let mut total = Total([0.0; LANES]);
                while next.fetch_add(1, Ordering::Relaxed) < blocks {
                    projector.open(&block, &mut scratch).all(&mut total);
                }
                assert!(total.0.iter().all(|fte| fte.is_finite()));
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    let (ages, years, draws) = (STAFF_AGES.len(), world::YEARS, blocks * LANES);
    let elements_per_second = (cells * ages * years * draws) as f64 / seconds;
    println!(
        "{{\"cells\":{cells},\"ages\":{ages},\"years\":{years},\"draws\":{draws},\"threads\":{threads},\
         \"setup_seconds\":{setup_seconds:.6},\"seconds\":{seconds:.6},\"elements_per_second\":{elements_per_second:.0}}}"
    );
}
