//! Progress: a made-up Devon whose truth is known, against the real plan; and what the dataset cannot say.

use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::date;
use muster_book::Plan;
use muster_data::Dataset;
use muster_data::store::AddOptions;
use muster_measure::watch::Verdict;
use muster_run::track::{Basis, Calendar, Due, Track, TrackRequest, Tracking};

use crate::root;

/// Staff in post in Devon by month from March 2021: `growth` a year, a ripple of chance, and no season.
fn made_up(growth: f64, last_month: i32) -> (tempfile::TempDir, Dataset) {
    let folder = tempfile::tempdir().unwrap();
    let mut text =
        "date,measure,level,region_code,region_name,ics_code,ics_name,org_code,org_name,staff_group,value\n".to_owned();
    for month in 0..=last_month {
        let (year, of_year) = (2021 + (month + 2) / 12, (month + 2) % 12 + 1);
        let day = date(year as i16, of_year as i8, 1).last_of_month();
        // Moves by up to 0.2% from month to month, the same each time.
        let ripple = 0.002 * f64::from((month * 7919) % 13 - 6) / 6.0;
        let fte = 30_000.0 * (growth * f64::from(month) / 12.0 + ripple).exp();
        writeln!(text, "{day},FTE,ICS,Y58,South West,QJK,Devon,,,Total,{fte:.3}").unwrap();
    }
    let file = folder.path().join("made-up.csv");
    std::fs::write(&file, text).unwrap();
    let data = dataset(folder.path(), &file);
    (folder, data)
}

fn dataset(folder: &Path, file: &Path) -> Dataset {
    let data = folder.join("data");
    Dataset::add(&data, &[file.to_owned()], &AddOptions::default(), &mut |_| {}).unwrap();
    Dataset::open(&data).unwrap()
}

fn plan() -> Plan {
    Plan::read(&root().join("plans/ltwp-2023")).unwrap()
}

fn request() -> TrackRequest {
    TrackRequest {
        place: Some("QJK".to_owned()),
        measures: vec![Tracking::StaffFte],
        staff: vec!["all".to_owned()],
        draws: 800,
        ..TrackRequest::on(date(2025, 3, 31))
    }
}

fn track(data: &Dataset, request: &TrackRequest) -> Track {
    Track::of(&plan(), data, request, &|_| {}).unwrap()
}

#[test]
fn a_place_that_loses_staff_is_a_broken_assumption_and_the_proposal_is_a_book_that_can_be_read() {
    let (folder, data) = made_up(-0.08, 48);
    let track = track(&data, &request());
    let series = &track.series[0];
    assert_eq!(series.verdict, Verdict::BrokenAssumption, "{}", series.says);
    // The plan's Devon is a share of England and not the data's, so that growth is compared and the data keep their amounts.
    assert_eq!(series.basis, Basis::Growth);
    let first = &series.months[0];
    assert_eq!(first.month, "2022-03");
    assert!((first.band[3] - first.actual.unwrap()).abs() < 1e-6);
    let last = series.months.iter().rev().find(|month| month.actual.is_some()).unwrap();
    assert_eq!(last.month, "2025-03");
    assert!(last.actual.unwrap() < last.band[0]);
    assert!(track.html(None).unwrap().contains("broken assumption"));

    let plan = plan();
    let proposal = track.proposal(&plan);
    assert!(proposal.notes[0].contains("A stock cannot tell leaving from joining"), "{:?}", proposal.notes);
    let book = folder.path().join("book");
    for file in &proposal.files {
        let path = book.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.text).unwrap();
    }
    let own = folder.path().join("plan");
    std::fs::create_dir(&own).unwrap();
    let root = root().canonicalize().unwrap();
    let text = format!(
        "id = \"devon\"\ntitle = \"Devon\"\nplace = \"QJK\"\nfrom = \"2021/22\"\nto = \"2036/37\"\nbooks = [\"{0}/books/england\", \"{1}\"]\nsources = \
         \"{0}/sources\"\n",
        root.display(),
        book.display()
    );
    std::fs::write(own.join("plan.toml"), text).unwrap();
    for file in ["actions.toml", "scenarios.toml"] {
        std::fs::copy(root.join("plans/ltwp-2023").join(file), own.join(file)).unwrap();
    }
    let adopted = Plan::read(&own).unwrap();
    let overrides = adopted.overrides_in_words();
    assert!(overrides.iter().any(|over| over.what.contains("of Midwives")), "{}", overrides[0].what);
}

#[test]
fn too_few_months_and_months_before_the_plan_are_said_and_not_judged() {
    let (_folder, data) = made_up(0.02, 16);
    let short = track(&data, &request());
    assert_eq!(short.series[0].verdict, Verdict::NotEnoughMonths);
    let early = TrackRequest { today: date(2022, 2, 28), ..request() };
    let none = track(&data, &early);
    assert!(none.series.is_empty());
    assert!(none.not_tracked[0].why.contains("before the plan opens"), "{:?}", none.not_tracked);
}

#[test]
fn bodies_in_the_dataset_are_not_taken_for_england() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("turnover.csv");
    let mut text = "PERIOD,TYPE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,REPORTING_ORG_NAME,REPORTING_ORG_CODE,CLUSTER_GROUP,\
                    BENCHMARK_GROUP,STAFF_GROUP_1_NAME,HC,FTE\n"
        .to_owned();
    for kind in ["Leavers", "Denominator at start of period"] {
        writeln!(text, "202509 to 202510,{kind},Y58,South West,QJK,Devon,A made-up trust,RH8,Acute,Acute - Large,Nurses & health visitors,119,94.3")
            .unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let data = dataset(folder.path(), &file);
    let request = TrackRequest {
        place: None,
        measures: vec![Tracking::Leavers],
        staff: vec!["nurses".to_owned()],
        today: date(2026, 11, 1),
        ..request()
    };
    let track = track(&data, &request);
    assert!(
        track.series.is_empty() && track.not_tracked[0].why.contains("no figure of its own"),
        "{:?}",
        track.not_tracked
    );
}

#[test]
fn the_samples_end_before_the_plan_opens_and_the_calendar_says_what_is_due() {
    let folder = tempfile::tempdir().unwrap();
    let data = dataset(folder.path(), &root().join("samples"));
    let track = track(&data, &TrackRequest { place: None, ..request() });
    assert!(track.not_tracked[0].why.contains("kept out of the data on purpose"), "{:?}", track.not_tracked);
    let calendar = Calendar::of(&plan(), Some(&data), date(2026, 11, 23)).unwrap();
    let staff = calendar.publications.iter().find(|line| line.id == "hchs-staff").unwrap();
    // Figures to March 2021, monthly, three months later: the next was out at the end of July 2021.
    assert_eq!((staff.next, staff.due), (Some(date(2021, 7, 31)), Due::Overdue));
    assert!(staff.rests_on_it.contains(&"stock_fte".to_owned()));
    let later = Calendar::of(&plan(), None, date(2030, 1, 1)).unwrap();
    assert!(later.publications.iter().all(|line| line.due == Due::NotHeld));
    assert!(later.assumptions.iter().all(|line| line.due == Due::Overdue) && later.assumptions.len() > 20);
}
