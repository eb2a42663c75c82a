//! Seasonal factors.

use muster_data::fit::seasonal::factors;

/// Months with a trend of a hundredth a year and more staff in September by a twentieth.
fn months(count: usize) -> Vec<f64> {
    (0..count).map(|at| (1000.0 + at as f64 * 10.0 / 12.0) * if at % 12 == 8 { 1.05 } else { 1.0 }).collect()
}

#[test]
fn the_twelve_factors_average_one() {
    let factors = factors(&months(80), 1, 5).unwrap();
    assert!((factors.iter().map(|factor| factor.mean).sum::<f64>() / 12.0 - 1.0).abs() < 1e-12);
    assert!(factors.iter().all(|factor| factor.low <= factor.mean && factor.mean <= factor.high));
}

#[test]
fn the_month_that_stands_out_is_found() {
    // September is 5% above the others, so 1.05 of an average of (11 + 1.05) / 12.
    let factors = factors(&months(80), 1, 5).unwrap();
    assert!((factors[8].mean - 1.05 / (12.05 / 12.0)).abs() < 1e-3, "{}", factors[8].mean);
    // The same months counted from September stand out in the same place.
    let later = muster_data::fit::seasonal::factors(&months(80)[8..], 9, 5).unwrap();
    assert!((later[8].mean - factors[8].mean).abs() < 1e-12);
}

#[test]
fn five_years_need_six_years_of_months() {
    assert!(factors(&months(71), 1, 5).is_none());
    assert!(factors(&months(72), 1, 5).is_some());
}
