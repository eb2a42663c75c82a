//! Who works tasks out, and the simplest of them: the threads of this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::task::answer;
use crate::{Bundle, ClusterError, Task, Work};

/// Works tasks out and hands over each answer.
pub trait Executor {
    /// Calls `each` once for every task with its answer, in any order, on the calling thread.
    ///
    /// When this is an error, what `each` was given before must be thrown away: the fault may concern any of it.
    fn execute(
        &self,
        bundle: &Bundle,
        tasks: &[Task],
        each: &mut dyn FnMut(Task, Vec<u8>) -> Result<(), ClusterError>,
    ) -> Result<(), ClusterError>;

    /// All answers, in the order of the tasks.
    fn collect(&self, bundle: &Bundle, tasks: &[Task]) -> Result<Vec<Vec<u8>>, ClusterError> {
        let mut answers = BTreeMap::new();
        self.execute(bundle, tasks, &mut |task, bytes| {
            answers.insert(task.id, bytes);
            Ok(())
        })?;
        Ok(tasks.iter().filter_map(|task| answers.remove(&task.id)).collect())
    }
}

/// Refuses tasks that share a number: their answers could not be told apart.
pub(crate) fn each_its_own_number(tasks: &[Task]) -> Result<(), ClusterError> {
    let mut seen = BTreeSet::new();
    match tasks.iter().find(|task| !seen.insert(task.id)) {
        Some(task) => Err(ClusterError::SameNumber { id: task.id }),
        None => Ok(()),
    }
}

/// The threads of this machine.
pub struct Local {
    work: Arc<dyn Work>,
    threads: NonZero<usize>,
}

impl Local {
    /// So many threads, each with one task at a time.
    pub fn new(work: Arc<dyn Work>, threads: NonZero<usize>) -> Self {
        Self { work, threads }
    }
}

impl Executor for Local {
    fn execute(
        &self,
        bundle: &Bundle,
        tasks: &[Task],
        each: &mut dyn FnMut(Task, Vec<u8>) -> Result<(), ClusterError>,
    ) -> Result<(), ClusterError> {
        each_its_own_number(tasks)?;
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            // A thread waits when the caller is slow, so that answers do not pile up.
            let (answers, taken) = sync_channel(self.threads.get());
            for _ in 0..self.threads.get().min(tasks.len()) {
                let (answers, next) = (answers.clone(), &next);
                scope.spawn(move || {
                    while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if answers.send((*task, answer(self.work.as_ref(), bundle, task))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(answers);
            for (task, answer) in taken {
                let worker = "this machine".to_owned();
                each(task, answer.map_err(|cause| ClusterError::Task { task, worker, cause })?)?;
            }
            Ok(())
        })
    }
}
