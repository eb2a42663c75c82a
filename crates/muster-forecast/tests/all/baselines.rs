//! Baselines on histories whose forecast can be worked by hand.

use muster_forecast::{Forecasts, Method, Settings, forecast};

use crate::worlds::alone;

fn ahead(values_fte: Vec<f64>, method: Method, months: usize) -> Vec<f64> {
    let panel = alone(values_fte);
    let forecasts: Forecasts =
        forecast(&panel, &[], panel.last_month(), method, &Settings::ahead(months)).expect("three years of history");
    forecasts.series[0].months.iter().map(muster_forecast::MonthForecast::median_fte).collect()
}

fn close(found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < 0.001, "{found} is not {wanted}");
    }
}

/// Three years: 100, 110 and 121 in each year's months, and 12 more every August.
fn three_years() -> Vec<f64> {
    let year = |fte: f64| (0..12).map(move |month| fte + if month == 7 { 12.0 } else { 0.0 });
    [100.0, 110.0, 121.0].into_iter().flat_map(year).collect()
}

#[test]
fn the_last_value_stays() {
    close(&ahead(three_years(), Method::LastValue, 3), &[121.0; 3]);
}

#[test]
fn each_month_is_as_it_was_a_year_before() {
    close(&ahead(three_years(), Method::SeasonalNaive, 9)[6..], &[121.0, 133.0, 121.0]);
}

#[test]
fn last_years_growth_is_compounded() {
    // 110 became 121: 10% a year, and after two years 121 x 1.21.
    let months = ahead(three_years(), Method::Growth1Year, 24);
    close(&[months[11], months[23]], &[133.1, 146.41]);
}

#[test]
fn three_and_five_years_of_growth_are_two_when_two_are_known() {
    // 100 became 121 in two years, again 10% a year.
    for method in [Method::Growth3Years, Method::Growth5Years] {
        close(&ahead(three_years(), method, 12)[11..], &[133.1]);
    }
}

#[test]
fn methods_that_model_growth_carry_on_a_steady_one() {
    let steady: Vec<f64> = (0..48).map(|month| 1000.0 * 1.01_f64.powf(f64::from(month) / 12.0)).collect();
    let wanted = 1000.0 * 1.01_f64.powf(59.0 / 12.0);
    for method in [Method::ExponentialSmoothing, Method::Autoregression, Method::Muster] {
        close(&ahead(steady.clone(), method, 12)[11..], &[wanted]);
    }
}

#[test]
fn a_reorganisation_is_not_extrapolated() {
    // Four steady years but for a fifth of the staff who were moved elsewhere eight months ago.
    let moved: Vec<f64> = (0..48).map(|month| if month < 40 { 1000.0 } else { 800.0 }).collect();
    let year_on = |method| ahead(moved.clone(), method, 12)[11];
    assert!((year_on(Method::Growth1Year) - 640.0).abs() < 0.001, "growth takes a second fifth");
    assert!((year_on(Method::Muster) - 800.0).abs() < 0.001, "Muster takes no more");
}

#[test]
fn one_abnormal_year_is_not_taken_for_the_rule() {
    // Five years of 1% a year and one of 6%, on the log scale.
    let growth = |month: i32| 0.01 / 12.0 * f64::from(month) + 0.05 / 12.0 * f64::from((month - 60).max(0));
    let values_fte: Vec<f64> = (0..73).map(|month| 1000.0 * growth(month).exp()).collect();
    let last = values_fte[72];
    // 6% in the last year, 8/3% a year in the last three and 2% in the last five; a third of each.
    let wanted = last * ((0.06 + 0.08 / 3.0 + 0.02) / 3.0_f64).exp();
    close(&ahead(values_fte, Method::Muster, 12)[11..], &[wanted]);
}

#[test]
fn the_august_intake_comes_round() {
    let muster = ahead(three_years().iter().map(|fte| 10.0 * fte).collect(), Method::Muster, 12);
    assert!(muster[7] > muster[6] + 50.0 && muster[7] > muster[8] + 50.0, "{muster:?}");
}
