//! Tests of `muster-plan`.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod divided;
mod following;
mod maturity;
mod national;
mod one_profession;
mod progress;
mod rolled_up;
mod submitted;
mod together;
mod world;
