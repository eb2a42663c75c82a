//! The spread of one step, with and without a drift and a step in the series.

use muster_measure::noise::{of_points, of_steps};

use crate::{known, normals};

#[test]
fn the_spread_of_independent_points_is_found_in_spite_of_a_step() {
    let mut values = normals("points", 1, 600)[0].clone();
    let plain = of_points(&known(&values)).unwrap();
    assert!((plain - 1.0).abs() < 0.1, "{plain}");
    values[300..].iter_mut().for_each(|value| *value += 20.0);
    let stepped = of_points(&known(&values)).unwrap();
    assert!((stepped - plain).abs() < 0.02, "{stepped} beside {plain}");
}

#[test]
fn the_spread_of_steps_is_found_in_spite_of_growth() {
    let steps = &normals("steps", 1, 600)[0];
    let walk = |growth: f64| -> Vec<f64> {
        steps
            .iter()
            .scan(0.0, |at, step| {
                *at += 0.3 * step + growth;
                Some(*at)
            })
            .collect()
    };
    let flat = of_steps(&known(&walk(0.0))).unwrap();
    let growing = of_steps(&known(&walk(5.0))).unwrap();
    assert!((flat - 0.3).abs() < 0.03, "{flat}");
    assert!((flat - growing).abs() < 1e-9, "growth adds the same to each step");
}

#[test]
fn too_few_points_say_nothing() {
    assert_eq!(of_points(&known(&[1.0, 2.0, 1.0, 2.0, 1.0])), None);
    assert!(of_points(&known(&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0])).is_some());
    // Five ranges, but the gap takes two of them away.
    assert_eq!(of_points(&[Some(1.0), Some(2.0), None, Some(2.0), Some(1.0), Some(2.0)]), None);
}
