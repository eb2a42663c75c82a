//! SQL over a small dataset: what can be asked, what is refused, and that the answers are the numbers that went in.

use std::fs;
use std::path::Path;

use muster_data::Dataset;
use muster_data::sql::{Limits, Session, SqlError, VIEWS};
use muster_data::store::AddOptions;

/// Two systems with two trusts each, five years apart; nurses of England by month.
const STAFF: &str = "\
date,measure,level,region_code,region_name,ics_code,ics_name,org_code,org_name,value
2016-03-31,FTE,England,,England,,,,,1000.5
2021-03-31,FTE,England,,England,,,,,1200.75
2021-03-31,HC,England,,England,,,,,1300
2021-03-31,FTE,ICS,Y58,South West,QJK,Devon,,,300.25
2021-03-31,FTE,ICS,Y58,South West,QOX,\"Bath and North East Somerset, Swindon and Wiltshire\",,,600
2016-03-31,FTE,Organisation,Y58,South West,QJK,Devon,RH8,Royal Devon,100
2021-03-31,FTE,Organisation,Y58,South West,QJK,Devon,RH8,Royal Devon,125.1
2021-03-31,HC,Organisation,Y58,South West,QJK,Devon,RH8,Royal Devon,140
2016-03-31,FTE,Organisation,Y58,South West,QJK,Devon,RA9,Torbay and South Devon,160.2
2021-03-31,FTE,Organisation,Y58,South West,QJK,Devon,RA9,Torbay and South Devon,144.18
";
const NURSES: &str = "\
date,measure,main_staff_group,staff_group,grade,value
2018-12-31,FTE,Professionally qualified clinical staff,Nurses & health visitors,All,310.1
2019-01-31,FTE,Professionally qualified clinical staff,Nurses & health visitors,All,311.2
2021-03-31,FTE,Professionally qualified clinical staff,Nurses & health visitors,All,340.3
";
const NATIONALITY: &str = "\
Month,Organisation code,Organisation name,Staff group,Nationality,FTE
2018-JUN,RH8,Royal Devon,Nurses & health visitors,British,80.1
2018-JUN,RH8,Royal Devon,Nurses & health visitors,Spanish,19.9
2018-JUN,RH8,Royal Devon,Nurses & health visitors,Unknown,5
2018-JUN,RA9,Torbay and South Devon,Nurses & health visitors,British,60
2018-JUN,RA9,Torbay and South Devon,Nurses & health visitors,Filipino,20
";
const SUCCESSORS: &str = "old_code,new_code,date\nRBZ,RH8,2022-04-01\n";
const RECORD: &str = "\
Employee Number,Staff Group,Job Role,Org Code,FTE,Date of Birth,Gender,Ethnic Origin,AfC Band,Snapshot Date
10001,Nursing and Midwifery Registered,Staff Nurse,5ECRET,0.777,15/06/1980,Female,A White - British,Band 5,31/03/2025
";

fn dataset(folder: &Path, files: &[(&str, &str)]) -> Dataset {
    let mut paths = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        paths.push(path);
    }
    let data = folder.join("data");
    Dataset::add(&data, &paths, &AddOptions::default(), &mut |_| {}).unwrap();
    Dataset::open(&data).unwrap()
}

const PUBLISHED: &[(&str, &str)] =
    &[("staff.csv", STAFF), ("nurses.csv", NURSES), ("nationality.csv", NATIONALITY), ("successors.csv", SUCCESSORS)];

/// The rows of an answer, cells divided by bars.
fn ask(session: &Session, question: &str) -> Vec<String> {
    let answer = session.ask(question).unwrap_or_else(|error| panic!("{question}: {error}"));
    let rows = answer.rows().unwrap();
    rows.iter().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")).collect()
}

fn small() -> (tempfile::TempDir, Session) {
    let folder = tempfile::tempdir().unwrap();
    let dataset = dataset(folder.path(), PUBLISHED);
    let session = Session::open(&dataset, Limits::default()).unwrap();
    (folder, session)
}

fn refused(question: &str) -> SqlError {
    let (_folder, session) = small();
    session.ask(question).unwrap_err()
}

#[test]
fn every_view_has_the_columns_that_are_documented() {
    let (_folder, session) = small();
    for view in VIEWS {
        let answer = session.ask(&format!("SELECT * FROM {} LIMIT 3", view.name)).unwrap();
        let documented: Vec<&str> = view.columns.iter().map(|(name, _)| *name).collect();
        assert_eq!(answer.columns(), documented, "{}", view.name);
        answer.rows().unwrap();
    }
}

#[test]
fn every_view_can_be_selected_from_a_dataset_that_holds_next_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let session = Session::open(&dataset(folder.path(), &[("successors.csv", SUCCESSORS)]), Limits::default()).unwrap();
    for view in VIEWS {
        session.ask(&format!("SELECT count(*) FROM {}", view.name)).unwrap();
    }
    assert_eq!(ask(&session, "SELECT * FROM facts"), [""; 0]);
    assert_eq!(ask(&session, "SELECT from_place, to_place, \"date\" FROM successions"), ["RBZ | RH8 | 2022-04-01"]);
}

#[test]
fn staff_in_post_stands_beside_its_headcount_with_the_names_of_its_place_and_group() {
    let (_folder, session) = small();
    let question = "SELECT month_end, place_kind, place_name, staff_title, fte, headcount FROM stock \
                    WHERE month_end = '2021-03-31' AND place IN ('RH8', 'QOX') ORDER BY place";
    assert_eq!(
        ask(&session, question),
        [
            "2021-03-31 | system | Bath and North East Somerset, Swindon and Wiltshire | All staff | 600 | ",
            "2021-03-31 | organisation | Royal Devon | All staff | 125.1 | 140",
        ]
    );
}

#[test]
fn a_place_is_there_once_with_its_system_and_region() {
    let (_folder, session) = small();
    assert_eq!(ask(&session, "SELECT code FROM places GROUP BY code HAVING count(*) > 1"), [""; 0]);
    assert_eq!(
        ask(
            &session,
            "SELECT code, kind, name, system, region FROM places WHERE code IN ('RH8', 'QJK', 'Y58') ORDER BY 1"
        ),
        [
            "QJK | system | Devon | QJK | Y58",
            "RH8 | organisation | Royal Devon | QJK | Y58",
            "Y58 | region | South West |  | Y58"
        ]
    );
}

#[test]
fn nurses_of_england_by_month_since_2019() {
    let (_folder, session) = small();
    let question = "SELECT month_end, fte FROM stock WHERE publication = 'hchs-staff' AND place = 'ENG' \
                    AND staff = 'nurses' AND month_end >= '2019-01-01' ORDER BY month_end";
    assert_eq!(ask(&session, question), ["2019-01-31 | 311.2", "2021-03-31 | 340.3"]);
}

#[test]
fn systems_have_their_share_of_england() {
    let (_folder, session) = small();
    let question = "SELECT s.place_name, s.fte, round(100 * s.fte / e.fte, 2) AS percent FROM stock s \
                    JOIN stock e ON e.month_end = s.month_end AND e.place = 'ENG' AND e.staff = 'all' \
                    WHERE s.place_kind = 'system' AND s.staff = 'all' AND s.month_end = '2021-03-31' ORDER BY fte";
    assert_eq!(
        ask(&session, question),
        ["Devon | 300.25 | 25.01", "Bath and North East Somerset, Swindon and Wiltshire | 600 | 49.97"]
    );
}

#[test]
fn organisations_of_a_system_are_ranked_by_how_much_they_grew() {
    let (_folder, session) = small();
    let question = "SELECT rank() OVER (ORDER BY b.fte / a.fte DESC) AS rank, a.place, \
                    round(100 * (b.fte / a.fte - 1), 1) AS percent \
                    FROM stock a JOIN stock b ON b.place = a.place AND b.staff = a.staff \
                    JOIN places p ON p.code = a.place WHERE p.system = 'QJK' AND a.place_kind = 'organisation' \
                    AND a.month_end = '2016-03-31' AND b.month_end = '2021-03-31' ORDER BY 1";
    // 125.1 / 100 and 144.18 / 160.2
    assert_eq!(ask(&session, question), ["1 | RH8 | 25.1", "2 | RA9 | -10"]);
}

#[test]
fn nationalities_have_their_share_of_an_organisations_nurses() {
    let (_folder, session) = small();
    let question = "SELECT place, sum(value) AS nurses, \
                    100 * sum(CASE WHEN nationality = 'British' THEN value ELSE 0 END) / sum(value) AS percent \
                    FROM facts WHERE publication = 'nationality' AND period = '2018-06' AND staff = 'nurses' \
                    AND nationality <> 'Unknown' GROUP BY place ORDER BY place";
    assert_eq!(ask(&session, question), ["RA9 | 80 | 75", "RH8 | 100 | 80.1"]);
}

#[test]
fn facts_join_to_regions() {
    let (_folder, session) = small();
    let question = "SELECT r.name, count(*), avg(f.value) FROM facts f JOIN places p ON p.code = f.place \
                    JOIN places r ON r.code = p.region WHERE f.publication = 'hchs-staff' AND f.measure = 'fte' AND \
                    p.kind = 'organisation' AND f.period = '2021-03' GROUP BY r.name";
    assert_eq!(ask(&session, question), ["South West | 2 | 134.64"]);
}

#[test]
fn a_condition_on_the_publication_lets_through_its_facts_and_no_others() {
    let (_folder, session) = small();
    for condition in [
        "publication = 'nationality'",
        "publication LIKE '%ity'",
        "publication IN (SELECT id FROM publications WHERE facts = 5)",
        "publication = (SELECT min(publication) FROM facts WHERE nationality <> '')",
        "NOT publication = 'hchs-staff'",
    ] {
        let question = format!("SELECT publication, count(*), sum(value) FROM facts WHERE {condition} GROUP BY 1");
        assert_eq!(ask(&session, &question), ["nationality | 5 | 185"], "{condition}");
    }
    assert_eq!(ask(&session, "SELECT count(*) FROM facts WHERE publication = 'nothing'"), ["0"]);
}

#[test]
fn a_sum_is_the_same_in_one_partition_and_in_four() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "date,measure,level,region_code,region_name,ics_code,ics_name,org_code,org_name,value\n".to_owned();
    for number in 0..5_000 {
        text.push_str(&format!("2021-03-31,FTE,Organisation,Y58,,QJK,,R{number:04},,{number}.1234{}\n", number % 10));
    }
    let dataset =
        dataset(folder.path(), &[("many.csv", &text), ("nurses.csv", NURSES), ("nationality.csv", NATIONALITY)]);
    let question = "SELECT measure, place LIKE '%7' AS seven, sum(value), avg(value), count(*) FROM facts \
                    GROUP BY 1, 2 ORDER BY 1, 2";
    let alone = ask(&Session::open(&dataset, Limits::default()).unwrap(), question);
    let shared = ask(&Session::open(&dataset, Limits { partitions: 4, ..Limits::default() }).unwrap(), question);
    assert_eq!(alone, shared);
}

#[test]
fn what_would_write_is_refused() {
    for statement in [
        "CREATE TABLE mine AS SELECT * FROM facts",
        "CREATE VIEW mine AS SELECT 1",
        "CREATE EXTERNAL TABLE hosts STORED AS CSV LOCATION '/etc/hosts'",
        "INSERT INTO facts SELECT * FROM facts",
        "UPDATE facts SET value = 0",
        "DELETE FROM facts",
        "DROP VIEW facts",
        "COPY facts TO 'facts.csv'",
        "COPY (SELECT 1) TO 'one.parquet' STORED AS PARQUET",
        "EXPLAIN ANALYZE COPY facts TO 'facts.csv'",
        "SET datafusion.execution.target_partitions = 1",
        "RESET datafusion.execution.target_partitions",
        "PREPARE question AS SELECT 1",
        "BEGIN",
    ] {
        let error = refused(statement);
        assert!(matches!(error, SqlError::ReadOnly(_)), "{statement}: {error}");
    }
    let message = refused("drop view facts").to_string();
    assert!(
        message.starts_with("`DROP VIEW` is not a question: SQL reads the dataset and changes nothing."),
        "{message}"
    );
}

#[test]
fn files_outside_the_dataset_and_tables_behind_the_views_are_out_of_reach() {
    for question in
        ["SELECT * FROM '/etc/hosts'", "SELECT * FROM 'file:///etc/hosts.csv'", "SELECT * FROM stored.facts"]
    {
        let error = refused(question);
        assert!(matches!(error, SqlError::NoView { .. } | SqlError::Question(_)), "{question}: {error}");
    }
}

#[test]
fn questions_about_the_views_themselves_are_answered() {
    let (_folder, session) = small();
    assert!(ask(&session, "SHOW TABLES").iter().any(|row| row.contains("facts")));
    assert!(ask(&session, "DESCRIBE facts").iter().any(|row| row.starts_with("value | Decimal128(18, 6)")));
    assert!(!ask(&session, "EXPLAIN SELECT * FROM facts").is_empty());
    assert_eq!(ask(&session, "WITH two AS (SELECT 2 AS n) SELECT n FROM two;"), ["2"]);
}

#[test]
fn a_misspelt_view_or_column_is_told_what_may_have_been_meant() {
    let message = refused("SELECT * FROM fact").to_string();
    assert!(message.starts_with("there is no view `fact`: did you mean `facts`? The views are facts, "), "{message}");
    let message = refused("SELECT s.ftes FROM stock s").to_string();
    assert!(message.starts_with("there is no column `ftes`: did you mean `fte`? The columns there are "), "{message}");
    let message = refused("SELECT ) FROM facts").to_string();
    assert!(message.starts_with("this is not SQL: "), "{message}");
    assert!(matches!(refused("SELECT 1; SELECT 2"), SqlError::Question(_)));
}

#[test]
fn a_question_that_needs_too_much_memory_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = dataset(folder.path(), PUBLISHED);
    let session = Session::open(&dataset, Limits { memory_bytes: 4 << 20, ..Limits::default() }).unwrap();
    let many = "FROM generate_series(1, 1000) AS a(n), generate_series(1, 1000) AS b(n)";
    for question in
        [format!("SELECT a.n {many}"), format!("SELECT max(n) FROM (SELECT DISTINCT a.n * b.n AS n {many})")]
    {
        let error = session.ask(&question).unwrap_err();
        assert!(matches!(error, SqlError::Memory), "{question}: {error}");
    }
    assert_eq!(ask(&session, &format!("SELECT max(a.n) {many}")), ["1000"], "the session goes on");
}

#[test]
fn nothing_of_a_publication_whose_rows_are_people_is_in_sql() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = PUBLISHED.to_vec();
    files.push(("record.csv", RECORD));
    let dataset = dataset(folder.path(), &files);
    assert!(dataset.catalogue().publications.contains_key("staff-record"), "the record was filed");
    let session = Session::open(&dataset, Limits::default()).unwrap();
    assert_eq!(session.left_out(), ["staff-record"]);
    for view in VIEWS {
        for row in ask(&session, &format!("SELECT * FROM {}", view.name)) {
            assert!(!row.contains("5ECRET") && !row.contains("0.777"), "{}: {row}", view.name);
            assert!(!row.contains("staff-record") || view.name == "publications", "{}: {row}", view.name);
        }
    }
    assert_eq!(
        ask(&session, "SELECT facts, covers_from, person_level FROM publications WHERE id = 'staff-record'"),
        [" |  | true"]
    );
}

#[test]
fn an_answer_is_written_as_parquet_and_as_json_numbers() {
    let (folder, session) = small();
    let answer = session
        .ask(
            "SELECT place, value, value IS NULL AS withheld FROM facts WHERE place = 'RA9' AND \
                              publication = 'hchs-staff' AND period = '2021-03'",
        )
        .unwrap();
    let rows = answer.rows().unwrap();
    assert_eq!(serde_json::to_string(&rows).unwrap(), r#"[["RA9",144.18,false]]"#);
    let path = folder.path().join("answer.parquet");
    answer.write(&path).unwrap();
    assert!(fs::read(&path).unwrap().starts_with(b"PAR1"));
}
