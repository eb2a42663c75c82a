//! Scores worked by hand.

use muster_forecast::{
    Forecasts, Level, Method, MonthForecast, ScoreRow, SeriesForecast, score, summary, weighted_interval_score,
};

use crate::worlds::{alone, start};

const QUANTILES_FTE: [f64; 7] = [80.0, 90.0, 95.0, 100.0, 105.0, 110.0, 120.0];

fn close(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

#[test]
fn the_weighted_interval_score_by_hand() {
    // Of 108: the median is 8 out; the 50% interval is 10 wide and missed by 3, the 80% 20 wide, the 95% 40 wide.
    // (8/2 + 0.5/2 x (10 + 2/0.5 x 3) + 0.2/2 x 20 + 0.05/2 x 40) / 3.5 = (4 + 5.5 + 2 + 1) / 3.5.
    close(weighted_interval_score(&QUANTILES_FTE, 108.0), 12.5 / 3.5);
    // On the median: half of no error, and a share of each width.
    close(weighted_interval_score(&QUANTILES_FTE, 100.0), (2.5 + 2.0 + 1.0) / 3.5);
    // Below all: 30 under the median, and under the intervals by 25, 20 and 10.
    close(
        weighted_interval_score(&QUANTILES_FTE, 70.0),
        (15.0 + 0.25 * (10.0 + 4.0 * 25.0) + 0.1 * (20.0 + 10.0 * 20.0) + 0.025 * (40.0 + 40.0 * 10.0)) / 3.5,
    );
}

#[test]
fn a_forecast_that_is_certain_pays_its_error() {
    // Fourteen halves of 7 FTE over seven quantiles: the score of a point is its absolute error.
    close(weighted_interval_score(&[100.0; 7], 107.0), 7.0);
}

/// Two years that grow by 10 a year, then a year of 108.
fn rows() -> Vec<ScoreRow> {
    let mut values_fte = vec![80.0; 12];
    values_fte.extend([90.0; 12]);
    values_fte.extend([108.0; 12]);
    let panel = alone(values_fte);
    let origin = start().plus(23);
    let month = |ahead: i32| MonthForecast { month: origin.plus(ahead), quantiles_fte: QUANTILES_FTE };
    let months = (1..=24).map(month).collect();
    let series = vec![SeriesForecast { id: "England".into(), level: Level::England, months }];
    score(&panel, &Forecasts { origin, method: Method::Muster, series }, &[1, 12, 24])
}

#[test]
fn a_row_by_hand() {
    let rows = rows();
    // Nothing is known 24 months ahead.
    assert_eq!(rows.iter().map(|row| row.horizon_months).collect::<Vec<usize>>(), [1, 12]);
    let row = &rows[1];
    assert_eq!((row.actual_fte, row.median_fte, row.origin_fte), (108.0, 100.0, 90.0));
    close(row.ape_percent, 100.0 * 8.0 / 108.0);
    // The same month a year before was 10 out in every month up to the origin.
    close(row.mase.expect("it changed before the origin"), 0.8);
    close(row.wis_fte, 12.5 / 3.5);
    close(row.wis_percent, 100.0 * 12.5 / 3.5 / 90.0);
    assert_eq!((row.inside_50, row.inside_80, row.inside_95), (false, true, true));
}

#[test]
fn a_summary_is_of_a_level_a_horizon_and_a_method() {
    let mut rows = rows();
    let mut twice = rows[1].clone();
    (twice.ape_percent, twice.wis_percent, twice.wis_fte, twice.mase) = (0.0, 0.0, 0.0, None);
    (twice.inside_50, twice.origin_fte) = (true, 30.0);
    rows.push(twice);
    let summary = summary(&rows);
    assert_eq!(summary.len(), 2);
    let year = &summary[1];
    assert_eq!((year.level, year.horizon_months, year.method), (Level::England, 12, Method::Muster));
    assert_eq!((year.outcomes, year.inside_50_percent, year.inside_80_percent), (2, 50.0, 100.0));
    close(year.mape_percent, 50.0 * 8.0 / 108.0);
    close(year.mase.expect("one has it"), 0.8);
    close(year.wis_percent, 50.0 * 12.5 / 3.5 / 90.0);
    // 12.5/3.5 FTE of score for 120 FTE of staff.
    close(year.pooled_wis_percent, 100.0 * 12.5 / 3.5 / 120.0);
}

#[test]
fn an_organisation_that_closed_is_not_scored() {
    let mut organisations = crate::worlds::five(48);
    organisations[0][40..].fill(0.0);
    let panel = crate::worlds::england(&organisations);
    let origin = start().plus(35);
    let settings = muster_forecast::Settings::ahead(12);
    let forecasts = muster_forecast::forecast(&panel, &[], origin, Method::LastValue, &settings).expect("three years");
    let rows = score(&panel, &forecasts, &[3, 12]);
    let leeds: Vec<usize> = rows.iter().filter(|row| row.series == "Leeds").map(|row| row.horizon_months).collect();
    assert_eq!(leeds, [3]);
}
