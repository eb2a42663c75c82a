//! Back-tests on a small dataset, written here.

use std::fs;

use muster_data::Dataset;
use muster_data::store::AddOptions;
use muster_forecast::{Level, Method, Month, Reconciliation};
use muster_run::{Backtest, BacktestRequest, track_record, track_record_chart};
use tempfile::TempDir;

/// Labels of the groups that are the whole of the staff, with the FTE of each at the start.
const GROUPS: [(&str, &str, f64); 10] = [
    ("Professionally qualified clinical staff", "HCHS doctors", 120.0),
    ("Professionally qualified clinical staff", "Nurses & health visitors", 300.0),
    ("Professionally qualified clinical staff", "Midwives", 22.0),
    ("Professionally qualified clinical staff", "Ambulance staff", 17.0),
    ("Professionally qualified clinical staff", "Scientific, therapeutic & technical staff", 150.0),
    ("Support to clinical staff", "Support to doctors, nurses & midwives", 280.0),
    ("Support to clinical staff", "Support to ambulance staff", 24.0),
    ("Support to clinical staff", "Support to ST&T staff", 70.0),
    ("NHS infrastructure support", "NHS infrastructure support", 15.0),
    ("Unknown classification", "Unknown classification", 2.0),
];

/// Ten years of months from April 2010. Each group grows by a quarter of one percent a month; from `changed` on by five.
fn publications(changed: Option<i32>) -> (String, String) {
    let mut england = String::from("date,measure,main_staff_group,staff_group,grade,value\n");
    let mut places =
        String::from("date,measure,level,region_code,region_name,ics_code,ics_name,org_code,org_name,value\n");
    let mut size = 1.0;
    for month in 0..120 {
        size *= if changed.is_some_and(|changed| month >= changed) { 1.05 } else { 1.0025 };
        let date = format!("{}-{:02}-28", 2010 + (month + 3) / 12, (month + 3) % 12 + 1);
        let total: f64 = GROUPS.iter().map(|(_, _, fte)| fte * size).sum();
        england.push_str(&format!("{date},FTE,All staff,All staff,All,{total:.5}\n"));
        for (main, group, fte) in GROUPS {
            let group = if main == group { "All" } else { group };
            england.push_str(&format!("{date},FTE,{main},\"{group}\",All,{:.5}\n", fte * size));
        }
        let mut row = |level: &str, place: &str, fte: f64| {
            places.push_str(&format!("{date},FTE,{level},Y58,South West,{place},{fte:.5}\n"));
        };
        row("Region", ",,,", total);
        for (system, trusts) in [("QJK,Devon", ["RH8", "RK9"]), ("QT6,Cornwall", ["REF", "RJ8"])] {
            row("ICS", &format!("{system},,"), total / 2.0);
            for (trust, share) in trusts.into_iter().zip([0.3, 0.2]) {
                row("Organisation", &format!("{system},{trust},Trust {trust}"), total * share);
            }
        }
    }
    (england, places)
}

fn dataset(changed: Option<i32>) -> (TempDir, Dataset) {
    let folder = tempfile::tempdir().unwrap();
    let (england, places) = publications(changed);
    fs::write(folder.path().join("england.csv"), england).unwrap();
    fs::write(folder.path().join("places.csv"), places).unwrap();
    let data = folder.path().join("data");
    Dataset::add(&data, &[folder.path().to_owned()], &AddOptions::default(), &mut |_| {}).unwrap();
    let dataset = Dataset::open(&data).unwrap();
    (folder, dataset)
}

fn backtest(dataset: &Dataset, origin: &str) -> Backtest {
    let origins: Vec<Month> = vec![origin.parse().unwrap()];
    let request = BacktestRequest { origins, horizons_months: vec![12, 24], reconciliation: Reconciliation::default() };
    Backtest::make(dataset, request).unwrap()
}

#[test]
fn every_level_of_a_dataset_is_forecast_and_scored() {
    let (_folder, dataset) = dataset(None);
    let found = backtest(&dataset, "2017-03");
    let counts: Vec<(Level, usize)> = found.series.iter().map(|(level, count)| (*level, *count)).collect();
    assert_eq!(
        counts,
        [
            (Level::England, 1),
            (Level::StaffGroup, 10),
            (Level::Region, 1),
            (Level::System, 2),
            (Level::Organisation, 4)
        ]
    );
    // 17 series without the one of unknown staff, two horizons, every method.
    assert_eq!(found.scores.len(), 17 * 2 * Method::ALL.len());
    // Steady growth is what a growth forecast knows.
    let growth = found.summary().into_iter().filter(|row| row.method == Method::Growth1Year);
    growth.for_each(|row| assert!(row.mape_percent < 0.01, "{row:?}"));
}

#[test]
fn forecasts_of_parts_add_to_the_forecast_of_the_whole() {
    let (_folder, dataset) = dataset(None);
    let latest = backtest(&dataset, "2017-03").latest;
    let median = |id: &str| latest.find(id).unwrap().months[23].median_fte();
    let organisations: f64 = ["RH8", "RK9", "REF", "RJ8"].iter().map(|id| median(id)).sum();
    for (whole, parts) in [("ENG", median("Y58")), ("Y58", median("QJK") + median("QT6")), ("ENG", organisations)] {
        assert!((median(whole) - parts).abs() < 1e-6, "{whole}");
    }
}

#[test]
fn nothing_after_the_origin_bears_on_a_forecast() {
    let (_one, steady) = dataset(None);
    // March 2017 is month 83 from April 2010.
    let (_two, explosive) = dataset(Some(84));
    let (steady, explosive) = (backtest(&steady, "2017-03"), backtest(&explosive, "2017-03"));
    assert_eq!(steady.latest, explosive.latest);
    assert_ne!(steady.scores, explosive.scores);
}

#[test]
fn the_track_record_has_a_table_for_each_level_and_a_chart() {
    let (_folder, dataset) = dataset(None);
    let found = backtest(&dataset, "2016-03");
    let page = track_record(&found);
    for heading in ["## England, all staff", "## England, nine staff groups", "## Seven regions", "## Organisations"] {
        assert!(page.contains(heading), "{page}");
    }
    assert!(track_record_chart(&found).unwrap().contains("nine staff groups"));
}

#[test]
fn a_dataset_without_england_says_what_to_add() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ages.csv");
    fs::write(&file, "old_code,new_code,date\nRBZ,RH8,2022-04-01\n").unwrap();
    let data = folder.path().join("data");
    Dataset::add(&data, &[file], &AddOptions::default(), &mut |_| {}).unwrap();
    let request = BacktestRequest {
        origins: vec!["2017-03".parse().unwrap()],
        horizons_months: vec![12],
        reconciliation: Reconciliation::default(),
    };
    let refused = Backtest::make(&Dataset::open(&data).unwrap(), request).unwrap_err().to_string();
    assert!(refused.contains("add NHS workforce statistics with `muster data add`"), "{refused}");
}
