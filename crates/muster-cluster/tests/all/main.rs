//! Runs on this machine and on a cluster of processes that the tests start and end.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod faults;
mod same;
mod servers;
