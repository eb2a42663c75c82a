//! Tests of the engine from outside: against a plain twin, by properties that must hold of any plan, and by cases a
//! planner can read; and of whole people, against each person simulated by itself.

mod agreement;
mod cases;
mod chance;
mod many;
mod persons;
mod properties;
mod reference;
mod worlds;
