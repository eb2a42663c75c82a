//! Tests of `muster-solve`.
