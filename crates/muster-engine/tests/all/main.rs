//! Tests of the engine from outside: against a plain twin, by properties that must hold of any plan, and by cases a
//! planner can read.

mod agreement;
mod cases;
mod many;
mod properties;
mod reference;
mod worlds;
