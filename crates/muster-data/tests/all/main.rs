//! Every promise of the dataset that a reader can check.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod damaged;
mod fit;
mod fuzz;
mod lens;
mod places;
mod publications;
mod quality;
mod recipe;
#[cfg(feature = "sql")]
mod sql;
mod store;
