//! What can go wrong with a cluster, each with its cause and the next step.

use crate::Task;

/// Why tasks were not worked out, or why their answers are not believed.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The address cannot be read.
    #[error(
        "`{url}` is not the address of a scheduler: write it as http://HOST:PORT, for example http://127.0.0.1:50050"
    )]
    Address {
        /// What was given.
        url: String,
    },
    /// Nothing answers at the address.
    #[error(
        "no scheduler answers at {url} ({cause}): start one with `muster cluster scheduler`, or run on this machine alone"
    )]
    NoScheduler {
        /// Where it was looked for.
        url: String,
        /// What the connection said.
        cause: String,
    },
    /// Something else answers at the address.
    #[error("what answers at {url} is not a scheduler of Muster: check the host and the port")]
    NotAScheduler {
        /// Where it was looked for.
        url: String,
    },
    /// There is a scheduler and nobody works for it.
    #[error("the scheduler at {url} has no workers: start one or more with `muster cluster worker --scheduler {url}`")]
    NoWorkers {
        /// The scheduler.
        url: String,
    },
    /// The caller gave one number to two tasks.
    #[error("two tasks have the number {id}: each task needs its own")]
    SameNumber {
        /// The number.
        id: u64,
    },
    /// The inputs do not fit in a message.
    #[error(
        "the plan's files are too much to send: {bytes} bytes after compression, and {most} is the most. Run on this machine"
    )]
    TooLarge {
        /// Their size when compressed.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// The work itself says no. It would say the same anywhere.
    #[error("{task} cannot be worked out (on {worker}): {cause}")]
    Task {
        /// Which.
        task: Task,
        /// Who tried.
        worker: String,
        /// What it said.
        cause: String,
    },
    /// A worker runs another version of Muster.
    #[error(
        "{worker} runs Muster {theirs} and this is {ours}, so its numbers may differ: put the same version on all machines"
    )]
    OtherVersion {
        /// Who.
        worker: String,
        /// Its version.
        theirs: String,
        /// This one's.
        ours: String,
    },
    /// An answer was made from other inputs.
    #[error("{worker} answered {task} from other inputs than were sent: stop that worker and run again")]
    OtherInputs {
        /// Who.
        worker: String,
        /// For which task.
        task: Task,
    },
    /// An answer does not fit its own hash.
    #[error(
        "the answer of {worker} to {task} was damaged on its way: run again, and look at the network if it happens twice"
    )]
    Damaged {
        /// Who.
        worker: String,
        /// For which task.
        task: Task,
    },
    /// An answer came for a task that was not set.
    #[error("{worker} answered a task number {id} that nobody asked for: stop that worker and run again")]
    Unknown {
        /// Who.
        worker: String,
        /// The number.
        id: u64,
    },
    /// An answer came twice.
    #[error(
        "{task} came back twice, the second time from {worker}: nothing of this run is kept. Run again, and report it"
    )]
    Doubled {
        /// Which.
        task: Task,
        /// Who sent it again.
        worker: String,
    },
    /// The cluster says it is done, and answers are missing.
    #[error(
        "{count} of {of} tasks did not come back, among them {first}: nothing of this run is kept. Run again, and report it"
    )]
    Missing {
        /// How many.
        count: usize,
        /// Of how many.
        of: usize,
        /// The first of them.
        first: Task,
    },
    /// A worker's numbers are not those that this machine works out.
    #[error(
        "{worker} answered {task} with other numbers than this machine works out from the same inputs: nothing of this run is \
         kept. Stop that worker, and run again"
    )]
    Different {
        /// Who.
        worker: String,
        /// For which task.
        task: Task,
    },
    /// The cluster failed again and again.
    #[error(
        "the cluster at {url} failed {attempts} times, the last time with: {cause}. {done} of {of} tasks had come back"
    )]
    GaveUp {
        /// The scheduler.
        url: String,
        /// How often it was tried.
        attempts: usize,
        /// What the engine said last.
        cause: String,
        /// How many tasks were done.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// A scheduler or a worker cannot start, or stopped.
    #[error("{0}")]
    Server(String),
    /// The caller could not use an answer.
    #[error("{0}")]
    Caller(String),
}
