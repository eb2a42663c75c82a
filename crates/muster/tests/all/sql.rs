//! `muster data sql` as a script would use it.

use super::{code, err, muster, out};

#[cfg(not(feature = "sql"))]
#[test]
fn without_the_feature_the_command_says_how_to_build_a_muster_that_has_it() {
    for args in [["data", "sql", "SELECT 1"], ["data", "sql", "--views"]] {
        let answer = muster(&args);
        code(&answer, 2);
        assert!(out(&answer).is_empty());
        assert!(err(&answer).contains("cargo build --release --features sql"), "{}", err(&answer));
    }
}

#[cfg(feature = "sql")]
mod with_the_feature {
    use std::fs;
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::{code, err, muster, out};

    const NURSES: &str = "\
date,measure,main_staff_group,staff_group,grade,value
2021-03-31,FTE,Professionally qualified clinical staff,Nurses & health visitors,All,311137.04283
2021-03-31,HC,Professionally qualified clinical staff,Nurses & health visitors,All,347385
";
    const QUESTION: &str = "SELECT staff_title AS who, fte, headcount FROM stock WHERE place = 'ENG'";

    /// A dataset with one file, and the arguments that name it.
    fn dataset() -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let (file, data) = (folder.path().join("nurses.csv"), folder.path().join("data"));
        fs::write(&file, NURSES).unwrap();
        let data = data.to_str().unwrap().to_owned();
        code(&muster(&["data", "--data", &data, "add", file.to_str().unwrap()]), 0);
        (folder, data)
    }

    #[test]
    fn an_answer_comes_in_every_format() {
        let (_folder, data) = dataset();
        let ask = |format: &str| {
            let answer = muster(&["data", "sql", "--data", &data, "--format", format, QUESTION]);
            code(&answer, 0);
            out(&answer).to_owned()
        };
        assert_eq!(ask("csv"), "who,fte,headcount\nNurses and health visitors,311137.04283,347385\n");
        assert_eq!(
            ask("markdown"),
            "| who | fte | headcount |\n|---|---|---|\n| Nurses and health visitors | 311137.04283 | 347385 |\n"
        );
        let json: serde_json::Value = serde_json::from_str(&ask("json")).unwrap();
        assert_eq!(json[0]["headcount"], 347_385);
        assert!(ask("table").contains("│ Nurses and health visitors   311137.04283      347385 │"));
    }

    #[test]
    fn a_question_comes_from_a_file_or_standard_input_and_an_answer_can_go_to_a_parquet_file() {
        let (folder, data) = dataset();
        let (file, answer) = (folder.path().join("question.sql"), folder.path().join("answer.parquet"));
        fs::write(&file, QUESTION).unwrap();
        let (file, answer) = (file.to_str().unwrap(), answer.to_str().unwrap());
        let written = muster(&["data", "sql", "--data", &data, "--file", file, "--out", answer]);
        code(&written, 0);
        assert!(out(&written).starts_with("1 rows in "), "{}", out(&written));
        assert!(fs::read(answer).unwrap().starts_with(b"PAR1"));
        let into_the_dataset = format!("{data}/facts/answer.parquet");
        code(&muster(&["data", "sql", "--data", &data, "--file", file, "--out", &into_the_dataset]), 2);

        let mut asking = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(["data", "sql", "--data", &data, "--format", "csv", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        asking.stdin.take().unwrap().write_all(b"SELECT count(*) AS facts FROM facts").unwrap();
        let answer = asking.wait_with_output().unwrap();
        code(&answer, 0);
        assert_eq!(out(&answer), "facts\n2\n");
    }

    #[test]
    fn what_is_no_question_or_too_long_an_answer_is_refused_with_a_next_step() {
        let (_folder, data) = dataset();
        for (statement, expected) in [
            ("DROP VIEW facts", "error: `DROP VIEW` is not a question"),
            ("SELECT * FROM stok", "error: there is no view `stok`: did you mean `stock`?"),
            ("SELECT value FROM generate_series(1, 200000)", "error: the answer has 200000 rows"),
        ] {
            let answer = muster(&["data", "sql", "--data", &data, statement]);
            code(&answer, 2);
            assert!(err(&answer).starts_with(expected), "{}", err(&answer));
        }
    }

    #[test]
    fn the_views_are_documented_without_a_dataset_and_a_question_can_be_timed() {
        let views = muster(&["data", "sql", "--views", "--format", "csv"]);
        code(&views, 0);
        assert!(out(&views).contains("stock,fte,full-time equivalents\n"));
        let (_folder, data) = dataset();
        let timed = muster(&["data", "sql", "--data", &data, "--repeat", "2", "--format", "csv", QUESTION]);
        code(&timed, 0);
        assert!(out(&timed).starts_with("Rows,\"Opening, ms\",\"First, ms\","), "{}", out(&timed));
    }
}
