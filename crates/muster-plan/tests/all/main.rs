//! Tests of `muster-plan`.
