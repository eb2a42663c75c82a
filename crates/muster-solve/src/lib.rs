//! What would it take? The least-cost plan that meets stated targets within stated limits, or the smallest set of limits that cannot hold together.
//!
//! A [`muster_book::Question`] says what may be moved, what is to be met and what holds back. [`search`] asks the engine what one more
//! of each lever does, solves a linear program over the levers, and asks the engine again what comes of the answer, until both agree.
//! The formulation is in `docs/solve.md`.

mod adopt;
mod answer;
mod cost;
mod draws;
mod front;
pub mod geography;
pub mod lp;
mod one;
mod page;
mod parts;
mod response;
mod rows;
mod solve;
mod unit;
mod words;
mod world;

pub use adopt::{save, written};
pub use answer::{Agreement, Answer, Chosen, Held, NextBest, answer};
pub use draws::Draws;
pub use front::{Elsewhere, Point, elsewhere, front};
pub use one::only;
pub use page::{Beside, Likely, page};
pub use response::{Reached, Response};
pub use rows::{About, Meaning};
pub use solve::{Search, search};
pub use unit::{Unit, What};
pub use words::Binding;
pub use world::{Outcome, World};
