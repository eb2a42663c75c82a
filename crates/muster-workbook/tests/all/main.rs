//! Tests of `muster-workbook`. Begin with [`round_trip`].
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod bench;
mod round_trip;
