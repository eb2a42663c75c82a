//! The checks: each fires on what it is about, and on nothing else.

use std::path::{Path, PathBuf};

use muster_data::description::PlaceKind;
use muster_data::quality::{Check, Finding, Findings, Holding, Severity, check, known_breaks};
use muster_data::read::{PlaceRecord, Succession};
use muster_data::store::{AddOptions, Filter};
use muster_data::{Amount, Dataset, Fact, Facts, Library, Subject};

const TINY: &str = r#"
id        = "hchs-staff"
title     = "A tiny publication"
publisher = "Nobody"
licence   = "own work"
about     = "For tests."

[[table]]
name     = "unread"
headings = ["value"]

[checks]
places = ["fte"]
staff  = ["fte"]
months = true
jumps  = ["fte", "headcount"]
"#;

/// Facts from lines: `period | place | staff | measure | value`.
fn facts(lines: &[String]) -> Facts {
    let mut facts = Facts::default();
    for line in lines {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let mut word = |at: usize| facts.words.add(parts[at]);
        let subject = Subject { place: word(1), staff: word(2), measure: word(3), ..Subject::default() };
        let value = (parts[4] != "withheld").then(|| parts[4].parse().unwrap());
        let source = facts.words.add("hchs-staff 2021-03-31");
        facts.list.push(Fact { subject, period: parts[0].parse().unwrap(), value, unit: source, source });
    }
    facts.sort();
    facts
}

/// The South West, Devon in it, two trusts in Devon and one that stands straight under the region.
fn places() -> Vec<PlaceRecord> {
    let record = |code: &str, kind, parent: Option<&str>| PlaceRecord {
        cluster: None,
        code: code.to_owned(),
        kind,
        name: code.to_owned(),
        parent: parent.map(str::to_owned),
        opened: None,
        closed: None,
        seen_from: None,
        seen_to: None,
    };
    vec![
        record("Y58", PlaceKind::Region, None),
        record("QJK", PlaceKind::System, Some("Y58")),
        record("RH8", PlaceKind::Organisation, Some("QJK")),
        record("RK9", PlaceKind::Organisation, Some("QJK")),
        record("RYF", PlaceKind::Organisation, Some("Y58")),
    ]
}

fn found_with(lines: &[String], successions: &[Succession]) -> Findings {
    let mut library = Library::built_in().unwrap();
    library.add("tiny.toml", TINY).unwrap();
    let (facts, places) = (facts(lines), places());
    let description = library.publication("hchs-staff").unwrap();
    check(&Holding { description, library: &library, facts: &facts, places: &places, successions })
}

fn found(lines: &[&str]) -> Findings {
    found_with(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>(), &[])
}

/// The findings of one check, as `severity place period message`.
fn of(findings: &Findings, check: Check) -> Vec<String> {
    let line = |finding: &Finding| {
        let period = finding.period.map(|period| period.to_string()).unwrap_or_default();
        format!("{} {} {period} {}", finding.severity.title(), finding.place, finding.message)
    };
    findings.list.iter().filter(|finding| finding.check == check).map(line).collect()
}

/// `2015-01`, `2015-02` … for a number of months.
fn month(number: usize) -> String {
    format!("{}-{:02}", 2015 + number / 12, number % 12 + 1)
}

/// A series of months, with a small seasonal step each August and a little unrest.
fn monthly(place: &str, months: usize, of: impl Fn(usize) -> f64) -> Vec<String> {
    let value = |at: usize| {
        let season = if at % 12 >= 7 { 1.03 } else { 1.0 };
        let unrest = 1.0 + 0.0005 * ((at * 7919) % 13) as f64;
        of(at) * season * unrest
    };
    (0..months).map(|at| format!("{} | {place} | all | fte | {:.2}", month(at), value(at))).collect()
}

#[test]
fn organisations_that_add_to_their_system_region_and_england_leave_nothing_to_say() {
    let findings = found(&[
        "2021-03 | ENG | all | fte | 350.5",
        "2021-03 | Y58 | all | fte | 350.5",
        "2021-03 | QJK | all | fte | 300.5",
        "2021-03 | RH8 | all | fte | 100.25",
        "2021-03 | RK9 | all | fte | 200.25",
        "2021-03 | RYF | all | fte | 50",
    ]);
    assert_eq!(findings.list, []);
    let sums: Vec<(&str, usize, usize)> =
        findings.sums.iter().map(|sums| (sums.of.as_str(), sums.tried, sums.hold)).collect();
    let expected = [
        ("organisations to England", 1, 1),
        ("organisations to regions", 1, 1),
        ("organisations to systems", 1, 1),
        ("regions to England", 1, 1),
        ("systems to England", 1, 1),
        ("systems to regions", 1, 1), // 300.5 of Devon, and 50 of the trust that is in no system
    ];
    assert_eq!(sums, expected);
}

#[test]
fn a_system_that_is_not_the_sum_of_its_organisations_is_found() {
    let findings = found(&[
        "2021-03 | QJK | all | fte | 310.5",
        "2021-03 | RH8 | all | fte | 100.25",
        "2021-03 | RK9 | all | fte | 200.25",
    ]);
    let expected = ["error QJK 2021-03 organisations add to 300.5, but the total is 310.5: 10 less"];
    assert_eq!(of(&findings, Check::SumOfPlaces), expected);
    assert_eq!(findings.sums[0].largest, -Amount::from(10));
}

#[test]
fn rounding_is_allowed_and_no_more() {
    let whole = |total: &str| {
        let total = format!("2021-03 | QJK | all | fte | {total}");
        found(&[&total, "2021-03 | RH8 | all | fte | 1000", "2021-03 | RK9 | all | fte | 2000"])
    };
    // Three whole numbers can each be a half away from what was counted.
    assert_eq!(of(&whole("3001"), Check::SumOfPlaces), [""; 0]);
    assert_eq!(
        of(&whole("3002"), Check::SumOfPlaces),
        ["warning QJK 2021-03 organisations add to 3,000, but the total is 3,002: 2 less"]
    );
}

#[test]
fn a_sum_with_a_value_that_was_withheld_is_not_tried() {
    let findings = found(&[
        "2021-03 | QJK | all | fte | 300",
        "2021-03 | RH8 | all | fte | withheld",
        "2021-03 | RK9 | all | fte | 200",
    ]);
    assert_eq!(findings.list, []);
    assert_eq!((findings.sums[0].tried, findings.sums[0].withheld), (0, 1));
}

#[test]
fn staff_groups_add_to_their_group_by_the_parts_that_are_there() {
    let lines = [
        "2021-03 | ENG | support | fte | 60",
        "2021-03 | ENG | support-clinical | fte | 30",
        "2021-03 | ENG | support-ambulance | fte | 10",
        "2021-03 | ENG | support-st-and-t | fte | 20",
        "2021-03 | ENG | foundation-doctors | fte | 9",
        "2021-03 | ENG | foundation-year-2 | fte | 4",
    ];
    let findings = found(&lines);
    assert_eq!(findings.list, [], "foundation year 1 is never published, so the group cannot be added up");
    assert_eq!((findings.sums[0].tried, findings.sums[0].hold), (1, 1));

    let findings = found(
        &[&lines[..], &["2021-02 | ENG | support | fte | 60", "2021-02 | ENG | support-clinical | fte | 30"]].concat(),
    );
    let expected = "warning ENG 2021-02 staff groups, without support-ambulance, support-st-and-t, of which there is no value \
                    add to 30, but the total is 60: 30 less";
    assert_eq!(of(&findings, Check::SumOfStaff), [expected]);
}

#[test]
fn a_month_that_others_have_is_missing_and_one_that_nobody_has_is_reported_once() {
    let findings = found(&[
        "2020-01 | RH8 | all | fte | 100",
        "2020-02 | RH8 | all | fte | 101",
        "2020-04 | RH8 | all | fte | 102",
        "2020-01 | RK9 | all | fte | 200",
        "2020-04 | RK9 | all | fte | 201",
        "2020-01 | RYF | all | fte | 50", // ends: not a missing month
    ]);
    let expected = [
        "warning   no value of the publication is of 2020-03: an edition may be missing",
        "note RK9 2020-01 all has no value of 2020-02, which others have",
    ];
    assert_eq!(of(&findings, Check::MissingMonths), expected);
}

#[test]
fn a_staff_group_that_stops_while_its_place_goes_on_is_told_from_a_place_that_ends() {
    let findings = found(&[
        "2020-01 | RH8 | nurses | fte | 100",
        "2020-01 | RH8 | midwives | fte | 20",
        "2020-02 | RH8 | nurses | fte | 101",
        "2020-01 | RK9 | midwives | fte | 30",
        "2020-02 | RK9 | midwives | fte | 31",
        "2020-01 | RYF | nurses | fte | 50",
    ]);
    let expected = ["note RH8 2020-01 midwives ends in 2020-01, though the place goes on"];
    assert_eq!(of(&findings, Check::Stopped), expected);
}

#[test]
fn a_value_in_thousands_is_found_by_itself() {
    let lines = |last: &str| {
        let last = format!("2020-02 | RH8 | all | fte | {last}");
        found(&["2020-01 | RH8 | all | fte | 250250", &last])
    };
    let expected = ["error RH8 2020-02 250,250 became 250.5, 1000 times less: has the unit changed?"];
    assert_eq!(of(&lines("250.5"), Check::Unit), expected);
    assert_eq!(of(&lines("400"), Check::Unit), [""; 0], "a fall of any other size is a fall");
}

#[test]
fn a_whole_measure_in_tens_is_found_though_each_place_changes_a_little_too() {
    let findings = found(&[
        "2020-01 | RH8 | all | fte | 90",
        "2020-01 | RK9 | all | fte | 80",
        "2020-01 | RYF | all | fte | 70",
        "2020-02 | RH8 | all | fte | 950",
        "2020-02 | RK9 | all | fte | 810",
        "2020-02 | RYF | all | fte | 690",
    ]);
    let expected = [
        "error  2020-02 the middle one of 3 series is about 10 times as much as the period before: has the unit changed?",
    ];
    assert_eq!(of(&findings, Check::Unit), expected);
}

#[test]
fn a_large_change_is_a_warning_and_a_note_where_a_merger_explains_it() {
    let lines = |was: &str| -> Vec<String> {
        let lines = [
            &format!("2016-01 | RH8 | all | fte | {was}")[..],
            "2016-02 | RH8 | all | fte | 2500",
            "2016-01 | RK9 | all | fte | 900",
        ];
        lines.map(str::to_owned).to_vec()
    };
    let found = |was: &str, successions: &[Succession]| of(&found_with(&lines(was), successions), Check::LargeChange);
    assert_eq!(found("1500", &[]), ["warning RH8 2016-02 1,500 became 2,500 within a month"]);
    assert_eq!(found("1700", &[]), [""; 0], "less than half");
    // The succession has no date: it shows in the month after the last value of what ended.
    let merger = Succession { from: "RK9".into(), to: "RH8".into(), date: None, share: None, change: "merger".into() };
    let expected = "note RH8 2016-02 1,500 became 2,500 within a month. At that time a merger, split or transfer has to do with RK9";
    assert_eq!(found("1500", &[merger]), [expected]);
}

#[test]
fn a_year_without_any_change_is_noted_and_eleven_months_are_not() {
    let still = |months: usize| {
        let lines: Vec<String> = (0..months).map(|at| format!("{} | RH8 | all | fte | 123.4", month(at))).collect();
        of(&found_with(&lines, &[]), Check::Repeated)
    };
    assert_eq!(still(12), ["note RH8 2015-01 123.4 in each of 12 months: carried forward?"]);
    assert_eq!(still(11), [""; 0]);
}

#[test]
fn codes_that_nothing_knows_are_found() {
    let findings = found(&[
        "2021-03 | RXX | all | fte | 1",
        "2021-03 | RH8 | alchemists | fte | 1",
        "2021-03 | RH8 | all | goodwill | 1",
        "2021-03 | ENG | all | fte | 1",
    ]);
    let checks: Vec<(Severity, Check)> = findings
        .list
        .iter()
        .map(|finding| (finding.severity, finding.check))
        .filter(|(_, check)| *check != Check::SumOfPlaces)
        .collect();
    let expected = [
        (Severity::Error, Check::UnknownStaff),
        (Severity::Error, Check::UndefinedMeasure),
        (Severity::Warning, Check::UnknownPlace),
    ];
    assert_eq!(checks, expected);
}

#[test]
fn staff_below_nought_and_shares_above_one_cannot_be() {
    let findings = found(&[
        "2021-02 | RH8 | all | fte | -0.5",
        "2021-03 | RH8 | all | fte | -0.25",
        "2021-03 | RH8 | all | sickness_rate | 1.2",
        "2021-03 | RK9 | all | sickness_rate | 0.05",
        "2021-03 | RK9 | all | fte | 0",
    ]);
    let negative = "error RH8 2021-02 −0.5 is below nought, which nothing counted can be; so is 1 more value";
    assert_eq!(of(&findings, Check::Negative), [negative]);
    let share = "warning RH8 2021-03 1.2 is no share of a whole, which lies between 0 and 1";
    assert_eq!(of(&findings, Check::Share), [share]);
}

#[test]
fn a_shift_of_the_level_is_a_break_and_the_season_and_a_single_odd_month_are_not() {
    let breaks =
        |place: &str, of_month: fn(usize) -> f64| of(&found_with(&monthly(place, 60, of_month), &[]), Check::Break);
    assert_eq!(breaks("QJK", |_| 2_000.0), [""; 0]);
    assert_eq!(breaks("QJK", |at| if at == 30 { 2_200.0 } else { 2_000.0 }), [""; 0]);
    let shifted = breaks("QJK", |at| if at >= 30 { 2_200.0 } else { 2_000.0 });
    assert!(shifted.len() == 1 && shifted[0].starts_with("warning QJK 2017-07 the level shifts by +"), "{shifted:?}");
    let small = breaks("QJK", |at| if at >= 30 { 220.0 } else { 200.0 });
    assert_eq!(small, [""; 0], "a shift of something small is not looked at");
    let trust = breaks("RH8", |at| if at >= 30 { 2_200.0 } else { 2_000.0 });
    assert!(trust[0].starts_with("note RH8"), "one organisation is a note: {trust:?}");
}

#[test]
fn a_break_that_is_known_says_so() {
    let findings = found_with(&monthly("ENG", 72, |at| if at >= 62 { 2_200.0 } else { 2_000.0 }), &[]);
    let found: Vec<&Finding> = findings.list.iter().filter(|finding| finding.check == Check::Break).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].severity, found[0].known.as_deref()), (Severity::Note, Some("pandemic")));
    assert!(found[0].message.ends_with(". Known: The first wave of the pandemic"), "{}", found[0].message);
}

#[test]
fn every_known_break_says_when_what_and_from_where() {
    let mut ids: Vec<&str> = known_breaks().iter().map(|known| known.id.as_str()).collect();
    for known in known_breaks() {
        assert!(!known.what.is_empty() && !known.source.is_empty() && !known.title.is_empty(), "{}", known.id);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), known_breaks().len(), "an id is used twice");
}

#[test]
fn the_findings_do_not_depend_on_the_order_of_the_facts() {
    let mut lines = monthly("QJK", 60, |at| if at >= 30 { 2_200.0 } else { 2_000.0 });
    lines.extend(monthly("RH8", 60, |at| if at >= 40 { 1_000.0 } else { 1_900.0 }));
    lines.push("2016-02 | RXX | all | fte | -3".to_owned());
    let one = found_with(&lines, &[]);
    lines.reverse();
    assert_eq!(one, found_with(&lines, &[]));
    assert!(one.total().errors > 0);
}

// On the dataset

/// A file of staff in post: Devon and its two trusts, for two years.
fn small_file(folder: &Path, damaged: bool) -> PathBuf {
    let mut text = "date,measure,level,region_code,region_name,ics_code,ics_name,org_code,org_name,value\n".to_owned();
    for at in 0..24 {
        let date = muster_data::Period::ends(month(at).parse().unwrap());
        let (one, two) = (1_000.5 + at as f64, 500.25 + at as f64);
        let system = "Y58,South West,QJK,Devon";
        let wrong = if damaged && at == 9 { one * 10.0 } else { one };
        text.push_str(&format!("{date},FTE,ICS,{system},,,{}\n", one + two));
        text.push_str(&format!("{date},FTE,Organisation,{system},RH8,Royal Devon,{wrong}\n"));
        text.push_str(&format!("{date},FTE,Organisation,{system},RK9,Plymouth,{two}\n"));
    }
    let path = folder.join("staff.csv");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn findings_are_kept_with_the_dataset_and_follow_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let add = |damaged| {
        let file = small_file(folder.path(), damaged);
        Dataset::add(&data, &[file], &AddOptions::default(), &mut |_| ()).unwrap();
        let dataset = Dataset::open(&data).unwrap();
        let stored = dataset.catalogue().publications["hchs-staff"].findings.clone().unwrap();
        assert!(data.join(&stored.file).is_file());
        (dataset.findings("hchs-staff").unwrap(), stored)
    };
    let (clean, first) = add(false);
    assert_eq!((clean.total().errors, clean.total().warnings), (0, 0), "{:?}", clean.list);
    assert_eq!((clean.sums[0].tried, clean.sums[0].hold), (24, 24));

    // A damaged copy of the same edition: one value of one trust is ten times too large.
    let (damaged, second) = add(true);
    assert_ne!(first.file, second.file);
    assert_eq!(of(&damaged, Check::Unit).len(), 2, "up, and down again: {:?}", damaged.list);
    assert_eq!(of(&damaged, Check::SumOfPlaces).len(), 1);
    assert_eq!(of(&damaged, Check::LargeChange).len(), 2);
    assert_eq!((damaged.sums[0].tried, damaged.sums[0].hold), (24, 23));
}

#[test]
fn organisations_of_the_published_record_add_to_system_region_and_england_in_every_month() {
    let folder = std::env::var_os("MUSTER_PUBLICATIONS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
        .join("hchs_workforce");
    if !folder.is_dir() {
        println!("skipped: the publications are not at hand");
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let files = ["england_staff_group_monthly_2009-09_2021-03.csv.gz", "org_total_monthly_2009-09_2021-03.csv.gz"];
    let files = files.map(|name| folder.join(name));
    Dataset::add(data.path(), &files, &AddOptions::default(), &mut |_| ()).unwrap();
    let dataset = Dataset::open(data.path()).unwrap();
    let findings = dataset.findings("hchs-staff").unwrap();
    for sums in &findings.sums {
        println!(
            "{}, {}: {} of {} hold, largest difference {}",
            sums.measure, sums.of, sums.hold, sums.tried, sums.largest
        );
        assert_eq!(sums.hold, sums.tried, "{}: largest at {}", sums.of, sums.largest_at);
    }
    let tried = |of: &str| findings.sums.iter().filter(|sums| sums.of == of).map(|sums| sums.tried).sum::<usize>();
    let england = Filter {
        places: vec!["ENG".into()],
        measures: vec!["fte".into()],
        staff: vec!["all".into()],
        ..Filter::default()
    };
    let months = dataset.facts(&england).unwrap().list.len();
    assert_eq!(tried("organisations to England"), months, "every month of England is tried");
    assert!(tried("organisations to systems") > 40 * months && tried("organisations to regions") >= 7 * months);
    assert_eq!(findings.total().errors, 0, "{:?}", findings.list.first());

    let regraded = findings.list.iter().find(|finding| finding.staff == "ambulance" && finding.check == Check::Break);
    assert_eq!(regraded.and_then(|finding| finding.known.as_deref()), Some("ambulance-staff-regraded"));
}
