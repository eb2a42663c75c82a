//! A run as a list of independent tasks, worked out on this machine or on a cluster, with the same bytes.
//!
//! A [`Task`] is a range of draws and a range of places. Its answer is a pure function of the [`Bundle`] (the texts of the plan and
//! what was asked) and of the task, and that function is a [`Work`]. An [`Executor`] hands each answer over once: [`Local`] uses threads,
//! `Ballista` sends the tasks to workers elsewhere. The caller cannot tell them apart by what it gets.
//!
//! The cluster is not trusted with correctness. Every answer says which task it is for, which version and which inputs made it, and its
//! own hash, and `Ballista` refuses a run in which a task is missing, doubled, unknown, damaged or made by another version. It works
//! out a sample of the tasks again itself, one that no worker can foresee, and compares bits.
//!
//! Ballista is a query engine, so a run has to look like a query: rows of tasks in memory, and above them one node of our own that
//! turns each task into its answer. The node is never a leaf. Ballista 55 runs a leaf that it does not know whole in every task, which would
//! double rows in silence; it knows how to share out rows in memory. `node.rs` makes the wrong shape impossible.

#[cfg(feature = "ballista")]
mod ballista;
#[cfg(feature = "ballista")]
mod check;
#[cfg(feature = "ballista")]
mod codec;
mod error;
mod executor;
#[cfg(feature = "ballista")]
mod node;
#[cfg(feature = "ballista")]
mod probe;
#[cfg(feature = "ballista")]
mod rows;
#[cfg(feature = "ballista")]
mod scheduler;
mod selftest;
mod task;
#[cfg(feature = "ballista")]
mod worker;

#[cfg(feature = "ballista")]
pub use ballista::Ballista;
#[cfg(feature = "ballista")]
pub use check::Audit;
pub use error::ClusterError;
pub use executor::{Executor, Local};
#[cfg(feature = "ballista")]
pub use scheduler::{SchedulerOptions, WORKER_TIMEOUT_SECONDS, WORKER_TIMEOUT_SECONDS_MIN, serve_scheduler};
pub use selftest::SelfTest;
#[cfg(feature = "ballista")]
pub use selftest::selftest;
pub use task::{Bundle, Task, Work, Works};
#[cfg(feature = "ballista")]
pub use worker::{WorkerOptions, serve_worker};
