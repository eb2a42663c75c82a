//! The command as a script would use it: exit codes, formats, and where each thing is printed.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod adding;
mod allocating;
mod cluster;
mod export;
mod following;
mod plans;
mod sql;
mod workbook;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn muster(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_muster")).args(args).current_dir(root()).output().unwrap()
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

#[track_caller]
fn code(output: &Output, expected: i32) {
    assert_eq!(output.status.code(), Some(expected), "{}\n{}", out(output), err(output));
}

#[test]
fn a_run_is_written_verified_and_found_out_when_changed() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let run = run.to_str().unwrap();
    let made = muster(&["run", "--out", run, "--threads", "2"]);
    code(&made, 0);
    assert!(out(&made).contains("Midwives") && out(&made).contains("report.html"));
    assert!(!out(&made).contains('\x1b'), "no colours where there is no terminal");
    assert!(err(&made).is_empty(), "no progress where there is no terminal: {}", err(&made));

    let verified = muster(&["verify", run, "--threads", "1"]);
    code(&verified, 0);
    assert!(out(&verified).contains("The run reproduces"));

    let summary = Path::new(run).join("summary.csv");
    let text = std::fs::read_to_string(&summary).unwrap();
    std::fs::write(&summary, text.replacen("1400000.00", "1400000.01", 1)).unwrap();
    code(&muster(&["verify", run]), 1);

    std::fs::remove_file(Path::new(run).join("inputs/plans/ltwp-2023/plan.toml")).unwrap();
    code(&muster(&["verify", run]), 2);
}

#[test]
fn quiet_json_and_csv_hold_the_answer_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let json = muster(&["run", "--out", run.to_str().unwrap(), "--format", "json", "--scenario", "plan"]);
    code(&json, 0);
    let value: serde_json::Value = serde_json::from_str(out(&json)).unwrap();
    assert_eq!(value["scenarios"].as_array().unwrap().len(), 1);
    assert_eq!(value["years"].as_array().unwrap().len(), 16);
    let csv =
        muster(&["run", "--out", run.to_str().unwrap(), "--format", "csv", "--scenario", "plan", "--step", "month"]);
    code(&csv, 0);
    assert!(out(&csv).starts_with("scenario,level,id,title,year,headcount,supply_fte"));
    assert!(out(&csv).lines().all(|line| line.split(',').count() >= 13));
    let quiet = muster(&["check", "--quiet"]);
    code(&quiet, 0);
    assert!(!out(&quiet).contains("is sound"));
}

#[test]
fn a_check_that_is_missed_is_a_finding_and_in_strict_mode_a_failure() {
    code(&muster(&["check", "plans/ltwp-2023"]), 0);
    code(&muster(&["check", "plans/ltwp-2023", "--strict"]), 1);
}

#[test]
fn a_fault_names_its_place_cause_and_next_step_and_leaves_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan");
    std::fs::create_dir(&plan).unwrap();
    let text = std::fs::read_to_string(root().join("plans/ltwp-2023/plan.toml")).unwrap();
    let text = text.replace("../../", &format!("{}/", root().canonicalize().unwrap().display()));
    std::fs::write(plan.join("plan.toml"), text.replace("\"ENG\"", "\"ENX\"")).unwrap();
    let out_folder = folder.path().join("run");
    let failed = muster(&["run", plan.to_str().unwrap(), "--out", out_folder.to_str().unwrap()]);
    code(&failed, 2);
    let text = err(&failed);
    assert!(text.contains("M010") && text.contains("plan.toml:3:") && text.contains("did you mean `ENG`?"), "{text}");
    assert!(!text.contains('\x1b'));
    assert!(!out_folder.exists());
    let listed = muster(&["check", plan.to_str().unwrap(), "--format", "json"]);
    code(&listed, 2);
    let faults: serde_json::Value = serde_json::from_str(out(&listed)).unwrap();
    assert_eq!(faults[0]["code"], "M010");
}

#[test]
fn unknown_names_are_answered_with_the_nearest_known_one() {
    for (args, words) in [
        (&["run", "--scenario", "counterfactul"][..], "did you mean `counterfactual`?"),
        (&["run", "--places", "QJKK"][..], "did you mean `QJK`?"),
        (&["explain", "plans/ltwp-2023", "gap_fte", "midwifes"][..], "did you mean `midwives`?"),
        (&["books", "show", "leaver_rates"][..], "did you mean `leaver_rate`?"),
        (&["run", "plans/nowhere"][..], "plans/nowhere"),
        (&["run", "--threads", "0"][..], "at least 1"),
        (&["run", "--places", "england,QJK"][..], "counted twice"),
    ] {
        let output = muster(args);
        code(&output, 2);
        assert!(err(&output).contains(words), "{args:?}: {}", err(&output));
    }
}

#[test]
fn books_can_be_listed_shown_and_searched() {
    let professions = muster(&["books", "list", "professions", "--format", "csv"]);
    code(&professions, 0);
    assert!(out(&professions).lines().count() > 52);
    let shown = muster(&["books", "show", "leaver_rate", "consultants", "--format", "csv"]);
    code(&shown, 0);
    assert!(out(&shown).contains("Consultants") && !out(&shown).contains("Nursing"));
    let found = muster(&["books", "search", "nuffield", "--format", "json"]);
    code(&found, 0);
    let found: serde_json::Value = serde_json::from_str(out(&found)).unwrap();
    assert!(!found.as_array().unwrap().is_empty());
    let schema = muster(&["books", "schema", "assumption"]);
    code(&schema, 0);
    assert!(serde_json::from_str::<serde_json::Value>(out(&schema)).unwrap()["properties"]["measure"].is_object());
}

#[test]
fn figures_differences_and_codes_are_explained() {
    let figure = muster(&["explain", "plans/ltwp-2023", "gap_fte", "adult-nurses", "2036/37"]);
    code(&figure, 0);
    assert!(out(&figure).contains("demand − supply"));
    let codes = muster(&["explain", "m014"]);
    code(&codes, 0);
    assert!(out(&codes).starts_with("M014"));
    let diff = muster(&["diff", "plans/ltwp-2023@counterfactual", "plans/ltwp-2023@plan", "--format", "json"]);
    code(&diff, 0);
    let diff: serde_json::Value = serde_json::from_str(out(&diff)).unwrap();
    assert_eq!(diff["years"].as_array().unwrap().len(), 16);
    assert!(!diff["inputs"].as_array().unwrap().is_empty());
    let completions = muster(&["completions", "bash"]);
    code(&completions, 0);
    assert!(out(&completions).contains("_muster"));
}

#[test]
fn what_is_added_is_checked_and_a_page_says_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let file = folder.path().join("staff.csv");
    let head = "date,measure,level,region_code,region_name,ics_code,ics_name,org_code,org_name,value";
    let row = |org: &str, value: &str| format!("2021-03-31,FTE,Level,Y58,South West,QJK,Devon,{org},{org},{value}\n");
    let system = "2021-03-31,FTE,ICS,Y58,South West,QJK,Devon,,,350\n";
    std::fs::write(&file, format!("{head}\n{system}{}{}", row("RH8", "100"), row("RK9", "200"))).unwrap();
    let added = muster(&["data", "add", "--data", data, file.to_str().unwrap()]);
    code(&added, 0);
    assert!(out(&added).contains("hchs-staff: 1 error, 0 warnings, 0 notes; 0 of 1 sums hold"), "{}", out(&added));
    assert!(out(&added).contains("organisations add to 300, but the total is 350: 50 less"), "{}", out(&added));

    let made = muster(&["data", "report", "--data", data, "--today", "2021-04-10"]);
    code(&made, 0);
    let page = out(&made).trim();
    assert!(page.ends_with("data-quality.html"), "{page}");
    assert!(std::fs::read_to_string(page).unwrap().contains("but the total is 350"));
    let odd = folder.path().join("page.pdf");
    let refused = muster(&["data", "report", "--data", data, "--out", odd.to_str().unwrap()]);
    code(&refused, 2);
    assert!(err(&refused).contains(".html or .md"));
}

#[test]
fn a_fit_without_a_dataset_says_how_to_make_one_and_leaves_the_book_alone() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none");
    let fit = muster(&["data", "--data", missing.to_str().unwrap(), "fit", "--write"]);
    code(&fit, 2);
    assert!(err(&fit).contains("muster data add"), "{}", err(&fit));
    let nowhere = muster(&["data", "fit", "--book", missing.to_str().unwrap()]);
    code(&nowhere, 2);
    assert!(err(&nowhere).contains("book.toml"), "{}", err(&nowhere));
}
