//! Many draws of a plan's systems from a file of multipliers: `many PLAN MULTIPLIERS DRAWS THREADS OUT`, for `bench/run --muster-many`.
//!
//! The multipliers are little-endian doubles by draw, lever and profession; the levers are leaver rates, starters, demand and the rate
//! of joining from the wider labour market. FTE by draw, cell and year goes to OUT in the same form. Nothing of Muster's own draws
//! is used, because everyone who takes part must read the same numbers.

use std::error::Error;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use muster_book::{PLAN, Plan};
use muster_engine::{Block, Figures, Keep, LANES, Lanes, Model, Projector, Slot, Step};

const LEVERS: usize = 4;
const LEAVER: usize = 0;
const INTAKE: usize = 1;
const WIDER_MARKET: usize = 3;

/// FTE of the cells of a block, by cell and year.
struct Kept {
    years: usize,
    fte: Vec<Lanes>,
}

impl Keep for Kept {
    fn cell(&mut self, cell: usize, year: usize, figures: &Figures) {
        self.fte[cell * (self.years + 1) + year] = figures.fte;
    }
}

/// Which values a lever moves: the slot, the lever and the profession, each slot once.
fn moved(model: &Model) -> Vec<(Slot, usize, usize)> {
    let mut found = Vec::new();
    for year in 1..=model.years {
        for cell in &model.cells {
            let ages = model.slots_by_age(cell.leaver, year).iter();
            found.extend(ages.map(|slot| (*slot, LEAVER, cell.profession)));
            found.push((model.slot(cell.wider_market_rate, year), WIDER_MARKET, cell.profession));
        }
        for programme in &model.programmes {
            let fills = programme.fills.iter().map(|(cell, _)| model.cells[*cell].profession);
            found.extend(fills.map(|profession| (model.slot(programme.intake.series, year), INTAKE, profession)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [plan, multipliers, draws, threads, out] = &arguments[..] else {
        return Err("usage: many PLAN MULTIPLIERS DRAWS THREADS OUT".into());
    };
    let (draws, threads): (usize, usize) = (draws.parse()?, threads.parse()?);
    let plan = Plan::read(Path::new(plan)).map_err(|found| format!("{found:?}"))?;
    let professions = plan.shelf.taxonomy.professions.len();
    let bytes = std::fs::read(multipliers)?;
    let multipliers: Vec<f64> =
        bytes.chunks_exact(8).map(|word| f64::from_le_bytes(word.try_into().unwrap_or_default())).collect();
    if multipliers.len() != draws * LEVERS * professions {
        return Err(format!(
            "the file holds {} multipliers, not {draws} × {LEVERS} × {professions}",
            multipliers.len()
        )
        .into());
    }
    let places = plan.places_named(&["systems".to_owned()])?;
    let scenario = plan.scenario(PLAN).ok_or("the plan has no scenario")?;
    let futures = plan.futures(scenario, &places, Step::Year).map_err(|found| format!("{found:?}"))?;
    let central = futures.block();
    let moved = moved(&futures.model);
    let (cells, years) = (futures.model.cells.len(), futures.model.years);
    let projector = Projector::new(futures.model)?;

    let start = Instant::now();
    let blocks = draws.div_ceil(LANES);
    let next = AtomicUsize::new(0);
    let kept: Mutex<Vec<(usize, Vec<Lanes>)>> = Mutex::new(Vec::with_capacity(blocks));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let (mut scratch, mut block) = (projector.scratch(), Block { values: central.values.clone() });
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= blocks {
                        break;
                    }
                    for (slot, lever, profession) in &moved {
                        let value = central.get(*slot);
                        let changed = std::array::from_fn(|lane| {
                            let draw = (at * LANES + lane).min(draws - 1);
                            value[lane] * multipliers[(draw * LEVERS + lever) * professions + profession]
                        });
                        block.values[slot.0 as usize] = changed;
                    }
                    let mut here = Kept { years, fte: vec![[0.0; LANES]; cells * (years + 1)] };
                    projector.open(&block, &mut scratch).all(&mut here);
                    if let Ok(mut kept) = kept.lock() {
                        kept.push((at, here.fte));
                    }
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();

    let mut kept = kept.into_inner().map_err(|_| "a thread failed")?;
    kept.sort_unstable_by_key(|(at, _)| *at);
    let mut bytes = Vec::with_capacity(draws * cells * (years + 1) * 8);
    for draw in 0..draws {
        let (_, fte) = &kept[draw / LANES];
        fte.iter().for_each(|lanes| bytes.extend(lanes[draw % LANES].to_le_bytes()));
    }
    std::fs::write(out, bytes)?;
    println!("{{\"seconds\": {seconds}, \"threads\": {threads}}}");
    Ok(())
}
