//! Tests of `muster-measure`.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod chart;
mod noise;
mod update;
mod watch;

use muster_draws::normal::score;
use muster_draws::stream::Stream;

/// Standard normal numbers, as many rows of as many points as asked for, the same each time.
fn normals(name: &str, rows: u64, points: u32) -> Vec<Vec<f64>> {
    let stream = Stream::named(7, name);
    (0..rows).map(|row| (0..points).map(|point| score(stream.uniform(row, point))).collect()).collect()
}

fn known(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}
