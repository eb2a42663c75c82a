//! What books and plans promise, tested from outside.
#![expect(clippy::unwrap_used, reason = "a test that finds nothing to unwrap has failed")]

// One case, one line: its tables are read across.
#[rustfmt::skip]
mod broken;
mod england;
mod layers;
mod money;
mod schema;
mod small;
mod uncertainty;
