//! What would it take? The least-cost plan that meets stated targets within stated limits, or the smallest set of limits that cannot hold together.

pub mod geography;
pub mod lp;
