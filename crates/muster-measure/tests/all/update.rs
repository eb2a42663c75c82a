//! How far an assumption moves towards what was seen.

use muster_measure::update::shrunk;

#[test]
fn exact_data_are_believed_and_a_certain_plan_does_not_move() {
    let data = shrunk(1.3, 1e-9, 0.2).unwrap();
    assert!((data.value - 1.3).abs() < 1e-6 && data.high - data.low < 1e-6);
    let plan = shrunk(1.3, 0.1, 1e-9).unwrap();
    assert!((plan.value - 1.0).abs() < 1e-6);
}

#[test]
fn the_interval_is_that_of_the_sum_of_two_normals() {
    // Spread 0.3, error 0.1: the data weigh 0.09 / 0.10 = 0.9, and what is left of the error is 0.1 times the root of 0.9.
    let ratio = shrunk(0.8, 0.1, 0.3).unwrap();
    let (middle, reach) = (0.9 * 0.8_f64.ln(), 1.644_853_627 * 0.9_f64.sqrt() * 0.1);
    assert!((ratio.weight - 0.9).abs() < 1e-12);
    assert!((ratio.value - middle.exp()).abs() < 1e-12);
    assert!((ratio.low - (middle - reach).exp()).abs() < 1e-12 && (ratio.high - (middle + reach).exp()).abs() < 1e-12);
}

#[test]
fn what_is_no_ratio_gives_none() {
    assert!(shrunk(0.0, 0.1, 0.1).is_none());
    assert!(shrunk(f64::INFINITY, 0.1, 0.1).is_none());
    assert!(shrunk(1.1, 0.0, 0.0).is_none());
}
