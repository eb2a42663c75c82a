//! Runs on this machine and on a cluster of processes that the tests start and end.

mod faults;
mod same;
mod servers;
