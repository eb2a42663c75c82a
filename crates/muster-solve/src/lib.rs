//! What would it take? The least-cost plan that meets stated targets within stated limits, or the smallest set of limits that cannot hold together.
//!
//! A [`muster_book::Question`] says what may be moved, what is to be met and what holds back. [`search`] asks the engine what one more
//! of each lever does, solves a linear program over the levers, and asks the engine again what comes of the answer, until both agree.
//! The formulation is in `docs/solve.md`.

mod cost;
pub mod geography;
pub mod lp;
mod parts;
mod response;
mod rows;
mod solve;
mod unit;
mod world;

pub use response::{Reached, Response};
pub use rows::{About, Meaning};
pub use solve::{Search, search};
pub use unit::{Unit, What};
pub use world::{Outcome, World};
