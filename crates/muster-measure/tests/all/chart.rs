//! Each rule on an example that can be followed by hand.

use muster_measure::chart::{Limits, Rule, Signal, longest_run, signals};

use crate::known;

/// A centre of 10, limits at 4 and 16; the outer third above begins at 14.
const LIMITS: Limits = Limits { centre: 10.0, low: 4.0, high: 16.0 };

fn found(values: &[f64]) -> Vec<Signal> {
    signals(&known(values), &LIMITS)
}

#[test]
fn a_point_outside_the_limits_is_a_signal_and_one_on_them_is_not() {
    assert_eq!(found(&[10.0, 16.5, 9.0]), [Signal { from: 1, to: 1, rule: Rule::Outside, up: true }]);
    assert_eq!(found(&[10.0, 3.0, 11.0]), [Signal { from: 1, to: 1, rule: Rule::Outside, up: false }]);
    assert_eq!(found(&[10.0, 16.0, 9.0]), []);
}

#[test]
fn seven_in_a_row_on_one_side_are_a_shift_and_six_are_not() {
    let seven = [9.0, 11.0, 12.0, 11.0, 13.0, 11.0, 12.0, 11.0, 9.0];
    assert_eq!(found(&seven), [Signal { from: 1, to: 7, rule: Rule::Shift, up: true }]);
    assert_eq!(found(&seven[2..]), []);
    // A point on the centre neither counts nor ends the run.
    let with_centre = [9.0, 11.0, 12.0, 11.0, 10.0, 13.0, 11.0, 12.0, 11.0, 9.0];
    assert_eq!(found(&with_centre), [Signal { from: 1, to: 8, rule: Rule::Shift, up: true }]);
}

#[test]
fn seven_points_that_each_fall_are_a_trend_and_six_are_not() {
    let falling = [12.9, 12.4, 11.9, 11.4, 9.9, 8.9, 8.4, 9.0];
    assert_eq!(found(&falling), [Signal { from: 0, to: 6, rule: Rule::Trend, up: false }]);
    assert_eq!(found(&falling[1..]), []);
}

#[test]
fn two_of_three_near_a_limit_are_a_signal_only_on_the_same_side() {
    assert_eq!(found(&[9.0, 15.0, 9.0, 14.5, 9.0]), [Signal { from: 1, to: 3, rule: Rule::NearLimit, up: true }]);
    assert_eq!(found(&[9.0, 15.0, 9.0, 5.0, 9.0]), []);
    assert_eq!(found(&[9.0, 15.0, 9.0, 9.5, 14.5, 9.0]), []);
}

#[test]
fn a_missing_month_is_passed_over() {
    let values = [Some(11.0), Some(12.0), None, Some(11.0), Some(13.0), Some(11.0), None, Some(12.0), Some(11.0)];
    assert_eq!(signals(&values, &LIMITS), [Signal { from: 0, to: 8, rule: Rule::Shift, up: true }]);
    assert_eq!(longest_run(&values, 10.0), 7);
    // No moving range is taken across the gap: 1, 2, 2 and 1, of which the mean is 1.5.
    let limits = Limits::of(&values).unwrap();
    assert!((limits.high - limits.centre - 2.66 * 1.5).abs() < 1e-12, "{limits:?}");
    assert_eq!(Limits::of(&[Some(1.0), None, Some(2.0)]), None);
}
