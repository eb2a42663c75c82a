//! What cannot be forecast is refused, and says why.

use muster_forecast::{Method, Reconciliation, Settings, backtest, forecast};

use crate::worlds::{alone, start};

fn refusal(months_known: usize, origin_months: i32, horizon_months: usize) -> String {
    let panel = alone(vec![100.0; months_known]);
    let origin = start().plus(origin_months);
    forecast(&panel, &[], origin, Method::Muster, &Settings::ahead(horizon_months)).expect_err("refused").to_string()
}

#[test]
fn two_years_of_history_are_needed() {
    let wanted =
        "cannot forecast from 2011-12: the history runs from 2010-01 to 2012-12, and two years of it are needed";
    assert_eq!(refusal(36, 23, 12), wanted);
}

#[test]
fn the_origin_is_in_the_history() {
    let wanted =
        "cannot forecast from 2013-01: the history runs from 2010-01 to 2012-12, and two years of it are needed";
    assert_eq!(refusal(36, 36, 12), wanted);
}

#[test]
fn a_forecast_is_of_something() {
    assert_eq!(refusal(36, 35, 0), "a forecast is of one month or more");
    let panel = alone(vec![100.0; 36]);
    let error = backtest(&panel, &[], &[start().plus(35)], &[], &[Method::Muster], Reconciliation::default());
    assert_eq!(error.expect_err("refused").to_string(), "a forecast is of one month or more");
}

#[test]
fn everyone_cannot_be_new() {
    let panel = alone([vec![0.0; 26], vec![100.0; 4]].concat());
    let error = forecast(&panel, &[], start().plus(29), Method::Muster, &Settings::ahead(12));
    assert_eq!(error.expect_err("refused").to_string(), "no series has two years of history at 2012-06");
}

#[test]
fn a_method_is_called_by_its_name() {
    for method in Method::ALL {
        assert_eq!(method.id().parse(), Ok(method));
    }
    let error = "prophet".parse::<Method>().expect_err("not one of ours").to_string();
    assert_eq!(
        error,
        "`prophet` is not a method: choose from last_value, seasonal_naive, growth_1_year, growth_3_years, growth_5_years, \
         exponential_smoothing, autoregression, muster"
    );
}
