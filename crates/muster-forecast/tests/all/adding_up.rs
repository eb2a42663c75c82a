//! What must hold of any forecast: parts add up to wholes, quantiles are in order, no one has less than nobody.

use muster_forecast::{Forecasts, Method, Panel, Reconciliation, Settings, forecast};
use proptest::prelude::*;

use crate::worlds::{england, five, organisations};

/// The parts of each whole, in each way it is divided.
const DIVISIONS: [(&str, &[&str]); 6] = [
    ("England", &["North", "South"]),
    ("England", &["Doctors", "Nurses", "Others"]),
    ("North", &["Aire", "Tees"]),
    ("South", &["Solent"]),
    ("Aire", &["Leeds", "York"]),
    ("Solent", &["Dorset", "Hampshire"]),
];

fn check(panel: &Panel, forecasts: &Forecasts) {
    let median_fte = |id: &str, month: usize| forecasts.find(id).expect("in the panel").months[month].median_fte();
    let months = forecasts.series[0].months.len();
    for month in 0..months {
        for (whole, parts) in DIVISIONS {
            let sum: f64 = parts.iter().map(|part| median_fte(part, month)).sum();
            assert_eq!(median_fte(whole, month), sum, "{whole} is {parts:?}");
        }
    }
    for (series, known) in forecasts.series.iter().zip(panel.series()) {
        let ended = known.fte_in(forecasts.origin) <= 0.0;
        for month in &series.months {
            let quantiles = month.quantiles_fte;
            assert!(quantiles.iter().all(|fte| fte.is_finite() && *fte >= 0.0), "{}: {quantiles:?}", series.id);
            assert!(quantiles.is_sorted(), "{}: {quantiles:?}", series.id);
            assert!(!ended || quantiles == [0.0; 7], "{} had ended", series.id);
        }
    }
}

/// Asserts that 80% intervals do not narrow as months go by, beside their median.
fn widens(forecasts: &Forecasts) {
    for series in &forecasts.series {
        let widths: Vec<f64> = series
            .months
            .iter()
            .filter(|month| month.median_fte() > 0.0)
            .map(|month| month.quantiles_fte[5] / month.median_fte())
            .collect();
        assert!(widths.windows(2).all(|pair| pair[1] > pair[0] - 1e-12), "{}: {widths:?}", series.id);
    }
}

#[test]
fn every_method_and_reconciliation_adds_up() {
    let panel = england(&five(60));
    for method in Method::ALL {
        for reconciliation in Reconciliation::ALL {
            let settings = Settings { horizon_months: 24, reconciliation };
            let forecasts = forecast(&panel, &[], panel.last_month(), method, &settings).expect("five years");
            check(&panel, &forecasts);
            widens(&forecasts);
        }
    }
}

#[test]
fn bottom_up_keeps_what_each_organisation_would_be_alone() {
    let panel = england(&five(60));
    let alone = crate::worlds::alone(five(60)[0].clone());
    let origin = panel.last_month();
    let settings = Settings { horizon_months: 12, reconciliation: Reconciliation::BottomUp };
    let together = forecast(&panel, &[], origin, Method::Growth1Year, &settings).expect("five years");
    let alone = forecast(&alone, &[], origin, Method::Growth1Year, &settings).expect("five years");
    let leeds = together.find("Leeds").expect("an organisation");
    assert_eq!(leeds.months[11].median_fte(), alone.series[0].months[11].median_fte());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_to_organisations(organisations in organisations(48), months_known in 30..48_i32) {
        let panel = england(&organisations);
        let origin = panel.first_month().plus(months_known - 1);
        for method in [Method::Muster, Method::Growth1Year] {
            for reconciliation in Reconciliation::ALL {
                let settings = Settings { horizon_months: 18, reconciliation };
                let forecasts = forecast(&panel, &[], origin, method, &settings).expect("two years");
                check(&panel, &forecasts);
            }
        }
    }
}
