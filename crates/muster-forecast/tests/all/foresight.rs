//! Nothing is known before its time, and everything comes out the same again.

use muster_forecast::{Driver, Forecasts, Method, Month, Reconciliation, Settings, backtest, forecast, score};

use crate::worlds::{england, five, start};

/// Six years of students who became nurses, published at the end of each, then `to_come`, published in month `published`.
fn students(to_come: f64, published: Month) -> Vec<Driver> {
    let driver = |(year, value): (i32, f64), published| Driver {
        series: "Nurses".into(),
        bears_on_year_to: start().plus(12 * year + 11),
        value,
        published,
    };
    let known = [900.0, 1100.0, 1000.0, 1200.0, 800.0, 1050.0];
    let mut drivers: Vec<Driver> =
        (0..6).zip(known).map(|(year, value)| driver((year, value), start().plus(12 * year + 11))).collect();
    drivers.push(driver((6, to_come), published));
    drivers
}

/// Organisations whose growth follows [`students`], so that they earn a place.
fn led_by_students(months: usize) -> Vec<Vec<f64>> {
    let mut organisations = five(months);
    let drivers = students(1500.0, start());
    for values_fte in &mut organisations {
        let mut added = 0.0;
        for (month, fte) in values_fte.iter_mut().enumerate() {
            added += 0.1 * (drivers[(month / 12).min(6)].value / 1000.0).ln() / 12.0;
            *fte *= f64::exp(added);
        }
    }
    organisations
}

fn bits(forecasts: &Forecasts) -> Vec<u64> {
    let months = forecasts.series.iter().flat_map(|series| &series.months);
    months.flat_map(|month| month.quantiles_fte).map(f64::to_bits).collect()
}

#[test]
fn whatever_comes_after_the_origin_the_forecast_is_the_same() {
    let origin = start().plus(71);
    let as_it_was = led_by_students(96);
    let mut otherwise = as_it_was.clone();
    for (one, values_fte) in otherwise.iter_mut().enumerate() {
        for (month, fte) in values_fte.iter_mut().enumerate().skip(72) {
            // One organisation closes, the others go their own ways.
            *fte = if one == 1 { 0.0 } else { *fte * (2.0 + one as f64) + month as f64 };
        }
    }
    let (as_it_was, otherwise) = (england(&as_it_was), england(&otherwise));
    let later = origin.plus(1);
    for method in Method::ALL {
        let of = |panel, drivers: &[Driver]| {
            bits(&forecast(panel, drivers, origin, method, &Settings::ahead(36)).expect("six years"))
        };
        let truth = of(&as_it_was, &students(1500.0, later));
        assert_eq!(truth, of(&otherwise, &students(10.0, later)), "{method} saw what was to come");
        assert_eq!(truth, of(&as_it_was.known_at(origin), &students(1500.0, later)[..6]), "{method} needs it not");
    }
}

#[test]
fn a_driver_published_in_time_is_used() {
    let origin = start().plus(71);
    let panel = england(&led_by_students(72));
    let nurses = |drivers: &[Driver]| {
        let forecasts = forecast(&panel, drivers, origin, Method::Muster, &Settings::ahead(12)).expect("six years");
        forecasts.find("Nurses").expect("a staff group").months[11].median_fte()
    };
    let (in_time, late) = (nurses(&students(2000.0, origin)), nurses(&students(2000.0, origin.plus(1))));
    assert!(in_time > late, "{in_time} nurses with the students, {late} without");
}

#[test]
fn a_backtest_is_forecasts_and_scores_one_by_one() {
    let panel = england(&five(84));
    // Not a whole number of quarters apart, and not in order.
    let origins = [60, 47, 36].map(|month| start().plus(month));
    let horizons = [6, 12, 24];
    let methods = [Method::Growth3Years, Method::Muster];
    let drivers = students(1500.0, start().plus(80));
    let together =
        backtest(&panel, &drivers, &origins, &horizons, &methods, Reconciliation::default()).expect("seven years");
    let mut one_by_one = Vec::new();
    for method in methods {
        for origin in origins {
            let forecasts = forecast(&panel, &drivers, origin, method, &Settings::ahead(24)).expect("seven years");
            one_by_one.extend(score(&panel, &forecasts, &horizons));
        }
    }
    assert_eq!(together, one_by_one);
    assert!(together.iter().any(|row| row.horizon_months == 24));
}

#[test]
fn a_forecast_of_a_year_is_the_start_of_a_forecast_of_three() {
    let panel = england(&five(72));
    let of = |months| {
        forecast(&panel, &[], panel.last_month(), Method::Muster, &Settings::ahead(months)).expect("six years")
    };
    let (one, three) = (of(12), of(36));
    for (one, three) in one.series.iter().zip(&three.series) {
        assert_eq!(one.months[..], three.months[..12]);
    }
}
