//! Tests of distributions, dependence, sampling and what draws say, against known answers.

mod dependence;
mod drivers;
mod normal;
mod refusals;
mod sampling;
mod shapes;
mod streams;
mod summaries;

/// Whether two numbers agree to within `tolerance`, absolutely.
#[track_caller]
fn assert_near(what: &str, found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{what}: found {found}, wanted {wanted}, tolerance {tolerance:e}");
}
