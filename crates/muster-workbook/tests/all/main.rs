//! Tests of `muster-workbook`. Begin with [`round_trip`].
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod accepted;
mod bench;
mod conflicts;
mod damaged;
mod libreoffice;
mod properties;
mod results;
mod round_trip;
#[path = "../../../muster-book/tests/all/small.rs"]
#[expect(dead_code, reason = "the small plan is shared with the tests of the book, which use more of it")]
mod small;
