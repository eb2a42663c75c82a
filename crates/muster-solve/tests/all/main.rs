//! Tests of `muster-solve`.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod allocation;
mod conflicts;
mod prices;
#[cfg(feature = "highs")]
mod processes;
mod programs;
