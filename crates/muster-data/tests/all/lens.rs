//! Questions through the lenses, asked of the samples of this repository and of files written here.

use std::fs;
use std::path::{Path, PathBuf};

use muster_data::lens::{Answer, Basis, LensError, Peers, Question, Step, ask, compare};
use muster_data::places::Places;
use muster_data::store::AddOptions;
use muster_data::{Amount, Dataset};
use tempfile::TempDir;

/// A dataset of the samples and of files given by name and text.
fn dataset(files: &[(&str, &str)]) -> (TempDir, Dataset, Places) {
    let folder = tempfile::tempdir().unwrap();
    let mut paths: Vec<PathBuf> = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples")];
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        paths.push(path);
    }
    let data = folder.path().join("data");
    Dataset::add(&data, &paths, &AddOptions::default(), &mut |_| {}).unwrap();
    let dataset = Dataset::open(&data).unwrap();
    let places = Places::of(&dataset).unwrap();
    (folder, dataset, places)
}

fn question(measure: &str, places: &[&str], staff: &[&str]) -> Question {
    let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Question { measure: measure.to_owned(), places: own(places), staff: own(staff), ..Question::default() }
}

/// The rows of an answer as `place period value`.
fn lines(answer: &Answer) -> Vec<String> {
    let value = |value: Option<Amount>| value.map_or("withheld".to_owned(), |value| value.to_string());
    answer.rows.iter().map(|row| format!("{} {} {}", row.place, row.period, value(row.value))).collect()
}

#[test]
fn the_same_question_is_answered_for_england_and_for_each_organisation_of_a_system() {
    let (_folder, dataset, places) = dataset(&[]);
    let march = Question { since: Some("2021-03-01".parse().unwrap()), ..question("fte", &["england"], &["nurses"]) };
    assert_eq!(lines(&ask(&dataset, &places, &march).unwrap()), ["ENG 2021-03 311137.04283"]);

    let devon = Question { places: vec!["Devon".to_owned()], staff: Vec::new(), ..march.clone() };
    let system = ask(&dataset, &places, &devon).unwrap();
    let inside = Question { places: vec!["organisations of QJK".to_owned()], staff: Vec::new(), ..march };
    let organisations = ask(&dataset, &places, &inside).unwrap();
    assert_eq!(organisations.rows.len(), 7);
    let sum: Amount = organisations.rows.iter().filter_map(|row| row.value).sum();
    assert_eq!(Some(sum), system.rows[0].value);
}

#[test]
fn an_answer_carries_its_definition_and_its_source() {
    let (_folder, dataset, places) = dataset(&[]);
    let answer = ask(&dataset, &places, &question("fte", &[], &["midwives"])).unwrap();
    assert!(answer.measure.definition.contains("Bank and agency staff are not counted"));
    assert_eq!(
        answer.source.line(),
        "NHS workforce statistics: staff in post, NHS England, edition 2021-03-31 (OGL-3.0)"
    );
}

#[test]
fn two_definitions_of_one_name_are_told_apart_and_never_mixed() {
    let (_folder, dataset, places) = dataset(&[]);
    let refused = ask(&dataset, &places, &question("leaver_rate", &[], &[])).unwrap_err().to_string();
    assert!(refused.starts_with("`leaver_rate` has 3 definitions, which must not be mixed"), "{refused}");
    for id in ["leaver_rate_ltwp", "leaver_rate_nhs", "leaver_rate_org"] {
        assert!(refused.contains(id), "{refused}");
    }
}

#[test]
fn a_year_of_a_stock_is_its_last_day_and_a_year_that_has_not_ended_is_left_out() {
    let (_folder, dataset, places) = dataset(&[]);
    let by_year = Question { by: Step::Year, ..question("fte", &["QJK"], &[]) };
    let years = ask(&dataset, &places, &by_year).unwrap();
    assert_eq!(
        years.rows.iter().map(|row| row.period.to_string()).collect::<Vec<_>>(),
        ["2018/19", "2019/20", "2020/21"]
    );
    let until = Question { until: Some("2021-02-28".parse().unwrap()), ..by_year };
    let cut = ask(&dataset, &places, &until).unwrap();
    assert_eq!(cut.rows.len(), 2);
    assert!(cut.notes.iter().any(|note| note.contains("left out")), "{:?}", cut.notes);
}

#[test]
fn what_is_not_published_of_a_system_is_added_from_its_organisations() {
    let file = "Month,Organisation code,Organisation name,Staff group,Nationality,FTE\n\
                2018-JUN,RA9,Torbay and South Devon NHS Foundation Trust,Midwives,British,50.5\n\
                2018-JUN,RK9,University Hospitals Plymouth NHS Trust,Midwives,British,100.25\n";
    let (_folder, dataset, places) = dataset(&[("nationality.csv", file)]);
    let held = vec![("nationality".to_owned(), "British".to_owned())];
    let asked = Question { held, ..question("fte", &["QJK"], &["midwives"]) };
    let answer = ask(&dataset, &places, &asked).unwrap();
    assert_eq!(lines(&answer), ["QJK 2018-06 150.75"]);
    assert_eq!(answer.rows[0].basis, Basis::Summed(2));
}

#[test]
fn staff_of_a_trust_that_merged_are_counted_with_those_that_followed_them_if_so_asked() {
    let merger = "old_code,new_code,date\nRBZ,RH8,2022-04-01\n";
    let (_folder, dataset, places) = dataset(&[("successors.csv", merger)]);
    let march = Question { since: Some("2021-03-01".parse().unwrap()), ..question("fte", &["RH8"], &[]) };
    let value = |question: &Question| ask(&dataset, &places, question).unwrap().rows[0].value.unwrap();
    let (exeter, barnstaple) = (value(&march), value(&Question { places: vec!["RBZ".to_owned()], ..march.clone() }));
    assert_eq!(value(&Question { as_now: true, ..march }), exeter + barnstaple);
}

#[test]
fn a_place_is_ranked_among_its_peers() {
    let (_folder, dataset, places) = dataset(&[]);
    let found = compare(&dataset, &places, &question("fte", &["RA9"], &[]), Peers::System, None).unwrap();
    assert_eq!((found.rank, found.ranked.len(), found.period.to_string().as_str()), (3, 7, "2021-03"));
    let grown = compare(&dataset, &places, &question("fte", &["RA9"], &[]), Peers::System, Some(2)).unwrap();
    // 5,655.6 FTE in March 2021 after 5,168.1 in March 2019.
    let own = grown.ranked.iter().find(|(row, _)| row.place == "RA9").unwrap().1;
    assert!((own.to_f64() - 100.0 * (5655.6 / 5168.1 - 1.0)).abs() < 0.01, "{own}");
}

#[test]
fn a_question_that_is_not_clear_says_how_to_make_it_so() {
    let (_folder, dataset, places) = dataset(&[]);
    for (asked, expected) in [
        (question("ftes", &[], &[]), "no measure is called `ftes`: did you mean `fte`?"),
        (question("fte", &["Narnia"], &[]), "no place is called `Narnia`"),
        (question("fte", &[], &["nurse"]), "did you mean `nurses`?"),
        (question("sickness_rate", &[], &[]), "no publication in the dataset holds `sickness_rate`"),
        (question("headcount", &["QJK"], &[]), "no publication in the dataset holds `headcount`"),
        (
            Question { across: Some("colour".to_owned()), ..question("fte", &[], &[]) },
            "no dimension is called `colour`",
        ),
    ] {
        let refused = match ask(&dataset, &places, &asked).unwrap_err() {
            LensError::Store(error) => panic!("{error}"),
            refused => refused.to_string(),
        };
        assert!(refused.contains(expected), "{refused}");
    }
}

#[test]
fn people_of_a_trusts_own_record_are_counted_rounded_and_withheld_where_few() {
    let mut file = String::from(
        "Employee Number,Staff Group,Job Role,Org Code,FTE,Date of Birth,Gender,Ethnic Origin,AfC Band,Snapshot Date\n",
    );
    for (role, people) in [("Staff Nurse", 41), ("Midwife", 3), ("Consultant", 12)] {
        for person in 0..people {
            file.push_str(&format!("{role}{person},,{role},RH8,1.0,01/02/1980,Female,A,Band 5,31/03/2025\n"));
        }
    }
    let (_folder, dataset, places) = dataset(&[("record.csv", &file)]);
    let asked = Question {
        publication: Some("staff-record".to_owned()),
        ..question("headcount", &["RH8"], &["nurses", "midwives", "consultants"])
    };
    let answer = ask(&dataset, &places, &asked).unwrap();
    // 41, 3 and 12: the three are withheld, and the twelve with them, or the total would give the three away.
    assert_eq!(lines(&answer), ["RH8 2025-03 40", "RH8 2025-03 withheld", "RH8 2025-03 withheld"]);
    let all = Question { staff: Vec::new(), ..asked };
    assert_eq!(lines(&ask(&dataset, &places, &all).unwrap()), ["RH8 2025-03 55"]);
    assert!(answer.notes.iter().any(|note| note.contains("rounded to the nearest five")), "{:?}", answer.notes);
}

#[test]
fn months_that_speak_of_one_region_only_are_no_months_of_england() {
    let mut file = String::from(
        "date,measure,level,region_code,region_name,ics_code,ics_name,org_code,org_name,staff_group,value\n",
    );
    let of = |month: &str, region: &str, system: &str, org: &str, value: i32| {
        format!("{month}-28,FTE,Organisation,{region},R {region},{system},S {system},{org},T {org},Midwives,{value}\n")
    };
    for (region, system, org) in [
        ("Y58", "QJK", "RH8"),
        ("Y56", "QKK", "RJ1"),
        ("Y60", "QHL", "RRK"),
        ("Y62", "QYG", "REM"),
        ("Y63", "QWO", "RAE"),
    ] {
        file.push_str(&of("2022-03", region, system, org, 100));
    }
    file.push_str(&of("2022-04", "Y58", "QJK", "RH8", 101));
    let (_folder, dataset, places) = dataset(&[("groups.csv", &file)]);
    let asked =
        Question { since: Some("2022-01-01".parse().unwrap()), ..question("fte", &["Y58", "ENG"], &["midwives"]) };
    let lines = lines(&ask(&dataset, &places, &asked).unwrap());
    assert_eq!(
        lines,
        ["Y58 2022-03 100", "Y58 2022-04 101"],
        "England is published to 2021-03, so it is never added up"
    );
    let only = Question { places: vec!["ENG".to_owned()], ..asked };
    let refused = ask(&dataset, &places, &only).unwrap_err().to_string();
    assert!(refused.contains("`fte` is in hchs-staff, 2019-03-01 to 2022-04-30, but not as asked"), "{refused}");
}

#[test]
fn a_dimension_that_is_not_there_is_not_answered_with_the_total() {
    let (_folder, dataset, places) = dataset(&[]);
    let asked = Question { across: Some("age".to_owned()), ..question("fte", &[], &["nurses"]) };
    let refused = ask(&dataset, &places, &asked).unwrap_err().to_string();
    assert!(refused.contains("not divided by age"), "{refused}");
}

#[test]
fn the_log_of_peoples_records_counts_revisions_and_keeps_no_values() {
    let row = |number: u32| format!("{number},,Midwife,RH8,1.0,01/02/1980,Female,A,Band 5,31/03/2025\n");
    let head =
        "Employee Number,Staff Group,Job Role,Org Code,FTE,Date of Birth,Gender,Ethnic Origin,AfC Band,Snapshot Date\n";
    let (folder, dataset, _) = dataset(&[("record.csv", &format!("{head}{}{}{}", row(1), row(2), row(3)))]);
    let corrected = folder.path().join("corrected.csv");
    fs::write(&corrected, format!("{head}{}{}", row(1), row(2))).unwrap();
    Dataset::add(dataset.folder(), &[corrected], &AddOptions::default(), &mut |_| {}).unwrap();
    let dataset = Dataset::open(dataset.folder()).unwrap();
    let last = dataset.catalogue().log.last().unwrap();
    assert!(last.revised > 0);
    assert_eq!(last.largest, []);
}

#[test]
fn a_description_whose_example_does_not_hold_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("publications/icb-names.toml")).unwrap();
    let wrong = folder.path().join("wrong.toml");
    let example = "[[example]]\nsays = \"Wrong\"\nfile = \"\"\"\nICB24CD,ICB24CDH,ICB24NM,ObjectId\nE54000008,QYG,A,1\n\"\"\"\nfacts = [\"2020 | QYG | all | fte | 1\"]\n";
    fs::write(&wrong, format!("{page}\n{example}")).unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let options = AddOptions { with: vec![wrong], ..AddOptions::default() };
    let data = folder.path().join("data");
    let refused = Dataset::add(&data, &[samples], &options, &mut |_| {}).unwrap_err().to_string();
    assert!(refused.contains("an example does not hold, so nothing was added: Wrong"), "{refused}");
    assert!(Dataset::open(&data).is_err());
}
