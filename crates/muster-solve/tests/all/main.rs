//! Questions with answers worked out by hand or by brute force, and questions asked of the repository's own plan.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod allocation;
mod by_hand;
mod conflicts;
mod england;
mod faults;
mod prices;
#[cfg(feature = "highs")]
mod processes;
mod programs;
mod small;
