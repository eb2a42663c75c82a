//! Tests of `muster-measure`.
