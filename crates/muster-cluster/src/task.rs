//! Tasks, what they need, and what works them out.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes.
pub(crate) type Hash = [u8; 32];

#[cfg(feature = "ballista")]
pub(crate) fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// A part of a run: some draws of some places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Task {
    /// Its number, its own within a run.
    pub id: u64,
    /// The first of its draws.
    pub first_draw: u64,
    /// How many draws it has.
    pub draw_count: u64,
    /// The first of its places, in the order of the request.
    pub first_place: u64,
    /// How many places it has.
    pub place_count: u64,
}

impl Task {
    /// A run of so many draws of so many places, cut into tasks of at most the given size and numbered from 0: all draws of the first
    /// places, then all draws of the next. A size of 0 counts as 1.
    ///
    /// ```
    /// let tasks = muster_cluster::Task::split(250, 100, 42, 42);
    /// assert_eq!(tasks.len(), 3);
    /// assert_eq!((tasks[2].first_draw, tasks[2].draw_count), (200, 50));
    /// ```
    pub fn split(draw_count: u64, draws_per_task: u64, place_count: u64, places_per_task: u64) -> Vec<Task> {
        let (draws_per_task, places_per_task) = (draws_per_task.max(1), places_per_task.max(1));
        let mut tasks = Vec::new();
        let mut first_place = 0;
        while first_place < place_count {
            let place_count = places_per_task.min(place_count - first_place);
            let mut first_draw = 0;
            while first_draw < draw_count {
                let draw_count = draws_per_task.min(draw_count - first_draw);
                tasks.push(Task { id: tasks.len() as u64, first_draw, draw_count, first_place, place_count });
                first_draw += draw_count;
            }
            first_place += place_count;
        }
        tasks
    }
}

/// `task 7 (draws 700 to 799, places 0 to 41)`.
impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = |first: u64, count: u64| first.saturating_add(count).saturating_sub(1);
        let (draw, place) = (last(self.first_draw, self.draw_count), last(self.first_place, self.place_count));
        write!(f, "task {} (draws {} to {draw}, places {} to {place})", self.id, self.first_draw, self.first_place)
    }
}

/// All that a task needs besides itself: a worker has the program and this, and no files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    kind: String,
    bytes: Vec<u8>,
    sha256: Hash,
}

impl Bundle {
    /// Puts together what tasks need. The kind says which [`Work`] can read the bytes.
    pub fn new(kind: &str, bytes: Vec<u8>) -> Self {
        let mut hasher = Sha256::new();
        hasher.update((kind.len() as u64).to_le_bytes());
        hasher.update(kind);
        hasher.update(&bytes);
        Self { kind: kind.to_owned(), bytes, sha256: hasher.finalize().into() }
    }

    /// Which work can read it.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What it holds.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash of all of it: work that reads the bytes into something larger can keep that under this name.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

/// What works tasks out.
///
/// The answer must depend on the bundle and the task alone: not on the clock, a file, the number of threads, or what was worked out before.
pub trait Work: Send + Sync + 'static {
    /// The answer to a task, or why there is none, in words for the person who set it.
    fn run(&self, bundle: &Bundle, task: &Task) -> Result<Vec<u8>, String>;

    /// The version of the program; answers of another version are refused.
    fn version(&self) -> String;
}

/// Several kinds of work under one version, told apart by the kind of the bundle.
pub struct Works {
    version: String,
    works: Vec<(&'static str, Arc<dyn Work>)>,
}

impl Works {
    /// The works, each with the kind of bundle that it reads.
    pub fn new(version: &str, works: Vec<(&'static str, Arc<dyn Work>)>) -> Self {
        Self { version: version.to_owned(), works }
    }
}

impl Work for Works {
    fn run(&self, bundle: &Bundle, task: &Task) -> Result<Vec<u8>, String> {
        match self.works.iter().find(|(kind, _)| *kind == bundle.kind()) {
            Some((_, work)) => work.run(bundle, task),
            None => Err(format!("this version knows no work called `{}`", bundle.kind())),
        }
    }

    fn version(&self) -> String {
        self.version.clone()
    }
}

/// Runs a task; a panic is an answer like another, so that one bad task does not end a worker.
pub(crate) fn answer(work: &dyn Work, bundle: &Bundle, task: &Task) -> Result<Vec<u8>, String> {
    catch_unwind(AssertUnwindSafe(|| work.run(bundle, task))).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(format!("the program failed: {}", said.as_deref().unwrap_or("it did not say why")))
    })
}
