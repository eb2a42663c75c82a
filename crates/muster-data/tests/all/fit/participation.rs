//! Hours at a level.

use muster_data::fit::participation::at_level;

#[test]
fn hours_are_scaled_to_the_level_of_the_group() {
    // Everyone works 0.8 on average and the group 0.9: all hours times 1.125.
    let hours = at_level([0.8; 7], [1.0, 2.0, 3.0, 2.0, 1.0, 1.0, 0.0], 0.9);
    assert!(hours.iter().all(|hours| (hours - 0.9).abs() < 1e-12));
}

#[test]
fn nobody_works_more_than_full_time_and_the_level_is_still_met() {
    let (hours, weights) = ([0.98, 0.9, 0.8, 0.8, 0.8, 0.7, 0.5], [0.1, 0.4, 0.2, 0.2, 0.05, 0.04, 0.01]);
    let scaled = at_level(hours, weights, 0.94);
    let mean: f64 = scaled.iter().zip(weights).map(|(hours, weight)| hours * weight).sum();
    assert!((mean - 0.94).abs() < 1e-12, "{mean}");
    assert!(scaled[0] == 1.0 && scaled.iter().all(|hours| *hours <= 1.0), "{scaled:?}");
    // The others keep their ratios.
    assert!((scaled[2] / scaled[6] - 1.6).abs() < 1e-12);
}
