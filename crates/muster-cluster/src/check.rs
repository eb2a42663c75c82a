//! What is believed of a cluster's answers: a ledger of tasks, and a sample that this machine works out again.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

use crate::executor::each_its_own_number;
use crate::rows::Part;
use crate::task::{Hash, answer, hash};
use crate::{Bundle, ClusterError, Task, Work};

/// Which tasks came back, and what has arrived of the rest.
pub(crate) struct Ledger {
    tasks: BTreeMap<u64, Task>,
    done: BTreeMap<u64, (Hash, String)>,
    arriving: BTreeMap<u64, Vec<Part>>,
    /// Whether a source failed, so that what it had sent may come again from another.
    repeats: bool,
    bundle: Hash,
    version: String,
}

impl Ledger {
    pub(crate) fn new(tasks: &[Task], bundle: &Bundle, version: String) -> Result<Self, ClusterError> {
        each_its_own_number(tasks)?;
        Ok(Self {
            tasks: tasks.iter().map(|task| (task.id, *task)).collect(),
            done: BTreeMap::new(),
            arriving: BTreeMap::new(),
            repeats: false,
            bundle: *bundle.sha256(),
            version,
        })
    }

    /// Takes a part of an answer; with the last part of a task the answer is whole and has passed every check.
    pub(crate) fn take(&mut self, part: Part) -> Result<Option<(Task, Vec<u8>)>, ClusterError> {
        let Some(&task) = self.tasks.get(&part.task) else {
            return Err(ClusterError::Unknown { worker: part.worker, id: part.task });
        };
        if part.version != self.version {
            let ours = self.version.clone();
            return Err(ClusterError::OtherVersion { worker: part.worker, theirs: part.version, ours });
        }
        if part.bundle != self.bundle {
            return Err(ClusterError::OtherInputs { worker: part.worker, task });
        }
        if let Some((answer, _)) = self.done.get(&task.id) {
            let again = self.repeats && part.answer == answer;
            return if again { Ok(None) } else { Err(ClusterError::Doubled { task, worker: part.worker }) };
        }
        let arrived = self.arriving.entry(task.id).or_default();
        // Parts of an answer follow each other; one that comes again is how doubled rows show.
        if (part.part as usize) < arrived.len() {
            return Err(ClusterError::Doubled { task, worker: part.worker });
        }
        let parts = part.parts as usize;
        let fits =
            |first: &Part| (&first.worker, &first.answer, first.failed) == (&part.worker, &part.answer, part.failed);
        if part.part as usize > arrived.len() || arrived.len() >= parts || !arrived.first().is_none_or(fits) {
            return Err(ClusterError::Damaged { worker: part.worker, task });
        }
        arrived.push(part);
        if arrived.len() < parts {
            return Ok(None);
        }
        self.whole(task).map(Some)
    }

    fn whole(&mut self, task: Task) -> Result<(Task, Vec<u8>), ClusterError> {
        let parts = self.arriving.remove(&task.id).unwrap_or_default();
        let bytes: Vec<u8> = parts.iter().flat_map(|part| part.bytes.iter().copied()).collect();
        let whole = hash(&bytes);
        let (worker, stated, failed) = parts
            .into_iter()
            .next()
            .map_or_else(|| (String::new(), Vec::new(), false), |part| (part.worker, part.answer, part.failed));
        if stated != whole {
            return Err(ClusterError::Damaged { worker, task });
        }
        if failed {
            return Err(ClusterError::Task { task, worker, cause: String::from_utf8_lossy(&bytes).into_owned() });
        }
        self.done.insert(task.id, (whole, worker));
        Ok((task, bytes))
    }

    /// A source failed: answers of which it sent a part will come from another, and perhaps with them what it had sent in full.
    pub(crate) fn source_failed(&mut self) {
        self.arriving.clear();
        self.repeats = true;
    }

    /// The tasks without an answer; answers that had begun to arrive are forgotten, because they will be asked for again.
    pub(crate) fn outstanding(&mut self) -> Vec<Task> {
        self.arriving.clear();
        self.repeats = false;
        self.tasks.values().filter(|task| !self.done.contains_key(&task.id)).copied().collect()
    }

    pub(crate) fn done_count(&self) -> usize {
        self.done.len()
    }

    pub(crate) fn task_count(&self) -> usize {
        self.tasks.len()
    }

    /// Every task has come back.
    pub(crate) fn complete(&mut self) -> Result<(), ClusterError> {
        let missing = self.outstanding();
        match missing.first() {
            Some(first) => Err(ClusterError::Missing { count: missing.len(), of: self.tasks.len(), first: *first }),
            None => Ok(()),
        }
    }
}

/// Which tasks are worked out twice: by a worker, and by the machine that set them.
///
/// The choice depends on a secret that never leaves this machine, so no worker knows which tasks it must not lie about. It changes nothing
/// in the results: tasks that were chosen give the same bytes, or the run is refused.
#[derive(Clone)]
pub struct Audit {
    one_in: NonZero<usize>,
    secret: [u8; 32],
}

impl Audit {
    /// One task in so many, rounded up, with a new secret.
    pub fn one_in(one_in: NonZero<usize>) -> Self {
        let mut hasher = Sha256::new();
        // The standard library's hasher has keys from the operating system; four of its hashes are the secret's 256 bits.
        let keys = RandomState::new();
        (0_u64..4).for_each(|index| hasher.update(keys.hash_one(index).to_le_bytes()));
        Self { one_in, secret: hasher.finalize().into() }
    }

    /// The same with a given secret, for tests.
    pub fn with_secret(one_in: NonZero<usize>, secret: [u8; 32]) -> Self {
        Self { one_in, secret }
    }

    /// The sample, in the order of the tasks.
    pub fn sample(&self, tasks: &[Task]) -> Vec<Task> {
        let mut ranked: Vec<_> = tasks.iter().map(|task| (self.rank(task), *task)).collect();
        ranked.sort_by_key(|(rank, task)| (*rank, task.id));
        ranked.truncate(tasks.len().div_ceil(self.one_in.get()));
        let mut sample: Vec<_> = ranked.into_iter().map(|(_, task)| task).collect();
        sample.sort_by_key(|task| task.id);
        sample
    }

    fn rank(&self, task: &Task) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(self.secret);
        hasher.update(task.id.to_le_bytes());
        hasher.finalize().into()
    }
}

/// A task of the sample with the hash of its answer, or why it has none.
type Found = (Task, Result<Hash, String>);

/// The sample, worked out beside the cluster on a thread of its own.
pub(crate) struct Recheck {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<Found>>>,
}

impl Recheck {
    pub(crate) fn start(work: Arc<dyn Work>, bundle: Bundle, sample: Vec<Task>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let going = sample.into_iter().take_while(|_| !stopped.load(Ordering::Relaxed));
            going.map(|task| (task, answer(work.as_ref(), &bundle, &task).map(|bytes| hash(&bytes)))).collect()
        });
        Self { stop, thread: Some(thread) }
    }

    /// Compares the sample with what came back.
    pub(crate) fn compare(mut self, ledger: &Ledger) -> Result<(), ClusterError> {
        let found = self.thread.take().map_or_else(|| Ok(Vec::new()), JoinHandle::join);
        let found = found.map_err(|_| ClusterError::Caller("the sample could not be worked out again".to_owned()))?;
        for (task, expected) in found {
            let worker = "this machine, to check a worker".to_owned();
            let expected = expected.map_err(|cause| ClusterError::Task { task, worker, cause })?;
            match ledger.done.get(&task.id) {
                Some((answered, _)) if *answered == expected => {}
                Some((_, worker)) => return Err(ClusterError::Different { worker: worker.clone(), task }),
                None => return Err(ClusterError::Missing { count: 1, of: ledger.tasks.len(), first: task }),
            }
        }
        Ok(())
    }
}

impl Drop for Recheck {
    /// A run that failed does not wait for its sample.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
