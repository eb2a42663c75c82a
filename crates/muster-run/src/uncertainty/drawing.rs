//! Projects the draws of a scenario, block by block, on every thread there is or on one.
//!
//! A block of eight draws is one unit of work. What a block gives depends on its draws alone, and lands in a part of the results
//! that is its own, so neither the number of threads nor the order of the blocks can change a bit.

use std::ops::Range;
use std::sync::Arc;

use muster_book::{Desk, Futures, Limited, Stands};
use muster_draws::sampler::{Method, Sampler, Scores};
use muster_engine::{Block, Figures, Inputs, Keep, LANES, Lanes, Projector, Scratch, Step, TrainingFigures};
use rayon::prelude::*;

use crate::run::RunError;

/// How many draws are scored at once. A multiple of [`LANES`].
const CHUNK: usize = 512;

/// The scores of the draws of a run, or of some of them.
pub(crate) struct Drawn {
    chunks: Arc<[Scores]>,
    draws: usize,
    method: Method,
    /// An assumption that is held at one score in every draw.
    held: Option<(usize, f64)>,
}

impl Drawn {
    /// The scores of draws from 0.
    pub(crate) fn new(sampler: &Sampler, draws: usize, method: Method) -> Self {
        let chunks = (0..draws.div_ceil(CHUNK)).into_par_iter().map(|chunk| {
            let (first, last) = (chunk * CHUNK, ((chunk + 1) * CHUNK).min(draws));
            sampler.scores(first as u64..last as u64)
        });
        Self { chunks: chunks.collect::<Vec<_>>().into(), draws, method, held: None }
    }

    /// The same draws with one assumption held at a score.
    pub(crate) fn holding(&self, assumption: usize, score: f64) -> Self {
        Self { chunks: Arc::clone(&self.chunks), held: Some((assumption, score)), ..*self }
    }

    /// The scores of some draws, worked out on this thread. Block 0 is that of the first of them, which must be the first of a block
    /// in the run, so that both put the same draws together.
    pub(crate) fn some(sampler: &Sampler, draws: Range<u64>, method: Method) -> Self {
        let count = (draws.end - draws.start) as usize;
        let chunks =
            draws.clone().step_by(CHUNK).map(|first| sampler.scores(first..draws.end.min(first + CHUNK as u64)));
        Self { chunks: chunks.collect(), draws: count, method, held: None }
    }

    /// So many draws that others score and project.
    pub(crate) fn scored_elsewhere(draws: usize, method: Method) -> Self {
        Self { chunks: Arc::new([]), draws, method, held: None }
    }

    pub(crate) fn draws(&self) -> usize {
        self.draws
    }

    pub(crate) fn method(&self) -> Method {
        self.method
    }

    pub(crate) fn blocks(&self) -> usize {
        self.draws.div_ceil(LANES)
    }

    /// The scores of an assumption in a year, in each draw of a block. Beyond the last draw they are nought, and unused.
    pub(crate) fn lanes(&self, block: usize, assumption: usize, year: usize) -> Lanes {
        if let Some((_, score)) = self.held.filter(|(held, _)| *held == assumption) {
            return [score; LANES];
        }
        let first = block * LANES;
        let scores = self.chunks[first / CHUNK].slice(assumption, year);
        let here = &scores[first % CHUNK..];
        std::array::from_fn(|lane| here.get(lane).copied().unwrap_or(0.0))
    }
}

/// A scenario made ready to be drawn many times.
pub(crate) struct Drawing {
    pub(crate) futures: Futures,
    /// None where steps are months: then each draw is projected by itself.
    projector: Option<Projector>,
}

/// What a thread works with.
pub(crate) struct Worker {
    pub(crate) desk: Desk,
    pub(crate) block: Block,
    scratch: Option<Scratch>,
}

impl Drawing {
    pub(crate) fn new(futures: Futures) -> Result<Self, RunError> {
        let yearly = futures.model.step == Step::Year;
        let projector = if yearly { Some(Projector::new(futures.model.clone()).map_err(engine)?) } else { None };
        Ok(Self { futures, projector })
    }

    pub(crate) fn worker(&self) -> Worker {
        Worker {
            desk: Desk::default(),
            block: self.futures.block(),
            scratch: self.projector.as_ref().map(Projector::scratch),
        }
    }

    /// Projects some places in every draw. `keep` takes what it wants from a block into the part of `out` that is the block's, `width`
    /// values wide.
    pub(crate) fn project<'o, K: Keep + 'o>(
        &self,
        drawn: &Drawn,
        places: &[usize],
        (out, width): (&'o mut [Lanes], usize),
        keep: impl Fn(&'o mut [Lanes]) -> K + Sync,
    ) -> Result<Limited, RunError> {
        out.par_chunks_mut(width.max(1))
            .enumerate()
            .map_init(|| self.worker(), |worker, (block, out)| self.block(worker, drawn, block, places, &mut keep(out)))
            .try_reduce(Limited::default, |a, b| Ok(a.and(b)))
    }

    /// The same on this thread alone.
    pub(crate) fn project_on_one_thread<'o, K: Keep + 'o>(
        &self,
        drawn: &Drawn,
        places: &[usize],
        (out, width): (&'o mut [Lanes], usize),
        keep: impl Fn(&'o mut [Lanes]) -> K,
    ) -> Result<Limited, RunError> {
        let mut worker = self.worker();
        let mut blocks = out.chunks_mut(width.max(1)).enumerate();
        blocks.try_fold(Limited::default(), |limited, (block, out)| {
            Ok(limited.and(self.block(&mut worker, drawn, block, places, &mut keep(out))?))
        })
    }

    /// Projects the draws of a block.
    fn block<K: Keep>(
        &self,
        worker: &mut Worker,
        drawn: &Drawn,
        block: usize,
        places: &[usize],
        keep: &mut K,
    ) -> Result<Limited, RunError> {
        let scores = |assumption, year| drawn.lanes(block, assumption, year);
        worker.desk.limited = Limited::default();
        self.futures.fill(&Stands::Scores(&scores), &mut worker.desk, &mut worker.block);
        self.project_block(worker, places, keep)?;
        Ok(worker.desk.limited)
    }

    /// Projects the block as it stands.
    pub(crate) fn project_block<K: Keep>(
        &self,
        worker: &mut Worker,
        places: &[usize],
        keep: &mut K,
    ) -> Result<(), RunError> {
        let Worker { block, scratch, .. } = worker;
        if let (Some(projector), Some(scratch)) = (&self.projector, scratch) {
            let mut open = projector.open(block, scratch);
            places.iter().for_each(|place| open.place(*place, keep));
        } else {
            let each: Vec<Inputs> = (0..LANES).map(|lane| self.futures.model.inputs(block, lane)).collect();
            one_by_one(&each, places, keep)?;
        }
        Ok(())
    }
}

fn engine(error: muster_engine::EngineError) -> RunError {
    RunError::Engine { scenario: "of the draws".to_owned(), error }
}

/// Projects each future by itself, for steps that the fast way does not know.
fn one_by_one<K: Keep>(inputs: &[Inputs], places: &[usize], keep: &mut K) -> Result<(), RunError> {
    use muster_engine::Cause::{
        International, Leaver55AndOver, LeaverUnder55, MovedIn, MovedOut, NewlyQualified, Returner, WiderLabourMarket,
    };
    let projections = inputs.iter().map(muster_engine::project).collect::<Result<Vec<_>, _>>().map_err(engine)?;
    for (cell, of) in inputs[0].cells.iter().enumerate().filter(|(_, cell)| places.contains(&cell.place)) {
        for year in 0..=of.years.len() {
            let each = |value: &dyn Fn(&muster_engine::YearResult) -> f64| -> Lanes {
                std::array::from_fn(|lane| value(&projections[lane].cells[cell].years[year]))
            };
            let flow = |cause| each(&|result| result.flow(cause).headcount);
            let figures = Figures {
                headcount: each(&|result| result.headcount),
                fte: each(&|result| result.fte),
                demand_fte: each(&|result| result.demand_fte),
                temporary_fte: each(&|result| result.temporary_fte),
                pay_gbp: each(&|result| result.pay_gbp),
                temporary_gbp: each(&|result| result.temporary_gbp),
                leavers: each(&|result| result.flow(LeaverUnder55).headcount + result.flow(Leaver55AndOver).headcount),
                moved_out: flow(MovedOut),
                moved_in: flow(MovedIn),
                newly_qualified: flow(NewlyQualified),
                returners: flow(Returner),
                wider_market: flow(WiderLabourMarket),
                international: flow(International),
            };
            keep.cell(cell, year, &figures);
        }
    }
    let programmes = inputs[0].programmes.iter().enumerate();
    for (programme, of) in programmes.filter(|(_, programme)| places.contains(&programme.place)) {
        for year in 0..=of.intake.len() {
            let each = |value: &dyn Fn(&muster_engine::ProgrammeYear) -> f64| -> Lanes {
                std::array::from_fn(|lane| value(&projections[lane].programmes[programme][year]))
            };
            let figures = TrainingFigures {
                students: each(&|result| result.students),
                intake: each(&|result| result.intake),
                withdrawn: each(&|result| result.withdrawn),
                completed: each(&|result| result.completed),
                joined: each(&|result| result.joined),
            };
            keep.programme(programme, year, &figures);
        }
    }
    Ok(())
}
