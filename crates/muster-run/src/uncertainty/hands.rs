//! Who projects the draws: the threads of this machine, or an executor that may have other machines.

use muster_book::Limited;
use muster_cluster::{ClusterError, Executor, Task};
use muster_draws::sampler::{Method, Sampler};
use muster_engine::{LANES, Lanes};

use super::Ask;
use super::drawing::{Drawing, Drawn};
use super::ensemble::Pass;
use super::work::{Order, Texts, read};
use crate::run::{Run, RunError};

/// An executor to project the draws of a run, and how they are cut into tasks. The results are the same bits as without it.
pub struct Elsewhere<'a> {
    executor: &'a dyn Executor,
    draws_per_task: u64,
}

/// Small enough that a run of a thousand draws keeps a dozen workers busy and an answer is a few megabytes.
const DRAWS_PER_TASK: u64 = 64;

impl<'a> Elsewhere<'a> {
    /// Tasks of a moderate size, on this executor. Its work must know [`Projecting`](super::Projecting).
    pub fn new(executor: &'a dyn Executor) -> Self {
        Self { executor, draws_per_task: DRAWS_PER_TASK }
    }

    /// The same with so many draws in a task, rounded up to whole blocks.
    #[must_use]
    pub fn in_tasks_of(self, draws: u64) -> Self {
        Self { draws_per_task: draws.max(1).next_multiple_of(LANES as u64), ..self }
    }
}

/// Who projects.
pub(crate) enum Hands<'a> {
    Here,
    There(&'a Elsewhere<'a>, Box<Texts>),
}

impl<'a> Hands<'a> {
    pub(crate) fn new(run: &Run, ask: &Ask, elsewhere: Option<&'a Elsewhere<'a>>) -> Self {
        elsewhere.map_or(Self::Here, |elsewhere| Self::There(elsewhere, Box::new(Texts::of(run, ask))))
    }

    /// Draws from 0, scored by those who project them.
    pub(crate) fn score(&self, sampler: &Sampler, draws: usize, method: Method) -> Drawn {
        match self {
            Self::Here => Drawn::new(sampler, draws, method),
            Self::There(..) => Drawn::scored_elsewhere(draws, method),
        }
    }

    /// Projects some neighbouring places in every draw. The pass is what the order asks for.
    pub(crate) fn project(
        &self,
        order: &Order,
        pass: &Pass<'_>,
        drawing: &Drawing,
        drawn: &Drawn,
        places: &[usize],
    ) -> Result<(Vec<Lanes>, Limited), RunError> {
        match self {
            Self::Here => pass.project(drawing, drawn, places),
            Self::There(elsewhere, texts) => elsewhere.project(texts, order, pass.width(), drawn.draws(), places),
        }
    }
}

impl Elsewhere<'_> {
    fn project(
        &self,
        texts: &Texts,
        order: &Order,
        width: usize,
        draws: usize,
        places: &[usize],
    ) -> Result<(Vec<Lanes>, Limited), RunError> {
        let first_place = places.first().map_or(0, |first| *first as u64);
        let place_count = places.len() as u64;
        let tasks: Vec<Task> = Task::split(draws as u64, self.draws_per_task, place_count, place_count)
            .into_iter()
            .map(|task| Task { first_place, ..task })
            .collect();
        let mut out = vec![[0.0; LANES]; draws.div_ceil(LANES) * width];
        let mut limited = Limited::default();
        self.executor.execute(&texts.bundle(order)?, &tasks, &mut |task, answer| {
            let first = task.first_draw as usize / LANES * width;
            let blocks = &mut out[first..first + (task.draw_count as usize).div_ceil(LANES) * width];
            let held = read(&answer, blocks, width);
            let held = held.ok_or_else(|| ClusterError::Caller(format!("the answer to {task} has not its size")))?;
            limited = limited.and(held);
            Ok(())
        })?;
        Ok((out, limited))
    }
}
