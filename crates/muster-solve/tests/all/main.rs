//! Tests of `muster-solve`.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod prices;
mod programs;
