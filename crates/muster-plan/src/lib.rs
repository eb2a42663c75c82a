//! Plans that add up: who does what by when, what slips, and how the plans of places roll up to one.

pub mod actions;
pub mod dates;
pub mod divide;
pub mod maturity;
pub mod outlook;
pub mod progress;
pub mod rollup;
pub mod submission;
pub mod subsidiarity;
pub mod triangulate;
