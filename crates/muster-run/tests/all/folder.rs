//! A run folder is whole or not there, reproduces bit for bit, and notices what was changed in it.

use std::fs;
use std::path::Path;

use muster_run::{RunError, save, verify};

use crate::{Copy, england, make, request, root};

fn saved() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let run = save(england(), Some(&folder.path().join("run"))).unwrap();
    (folder, run)
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{} does not hold {from}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_run_is_the_same_on_one_thread_and_on_four() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| make(request(&root().join("plans/ltwp-2023"), &[])).unwrap().outputs().unwrap())
    };
    let (one, four) = (on(1), on(4));
    assert_eq!(one.keys().collect::<Vec<_>>(), four.keys().collect::<Vec<_>>());
    for (path, bytes) in &one {
        assert!(bytes == &four[path], "{path} depends on the number of threads");
    }
}

#[test]
fn a_saved_run_reproduces_from_its_own_folder_wherever_that_is() {
    let (folder, run) = saved();
    assert!(verify(&run, &|_| {}).unwrap().agrees());
    let moved = folder.path().join("somewhere-else");
    fs::rename(&run, &moved).unwrap();
    assert!(verify(&moved, &|_| {}).unwrap().agrees());
}

#[test]
fn a_changed_result_is_found() {
    let (_folder, run) = saved();
    replace(&run.join("summary.csv"), "1400000.00", "1400001.00");
    let verification = verify(&run, &|_| {}).unwrap();
    let differing: Vec<&str> =
        verification.outputs.iter().filter(|(_, same)| !same).map(|(file, _)| file.path.as_str()).collect();
    assert_eq!(differing, ["summary.csv"]);
    assert!(!verification.agrees());
}

#[test]
fn a_changed_missing_or_added_input_is_found() {
    let why_not = |spoil: &dyn Fn(&Path)| {
        let (_folder, run) = saved();
        spoil(&run);
        verify(&run, &|_| {}).unwrap_err().to_string()
    };
    let productivity = "inputs/books/england/demand/productivity_growth.toml";
    let changed = why_not(&|run| replace(&run.join(productivity), "0.0175", "0.0176"));
    assert!(changed.contains("productivity_growth.toml is not the file that the run was made from"), "{changed}");
    let missing = why_not(&|run| fs::remove_file(run.join(productivity)).unwrap());
    assert!(missing.contains("productivity_growth.toml"), "{missing}");
    let added = why_not(&|run| {
        fs::copy(run.join("inputs/sources/muster-judgement.toml"), run.join("inputs/sources/one-more.toml")).unwrap();
    });
    assert!(added.contains("one-more.toml, which is not part of the run"), "{added}");
}

#[test]
fn what_is_not_a_run_is_said_not_to_be_one_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letters.txt"), "keep").unwrap();
    let refused = save(england(), Some(folder.path())).unwrap_err();
    assert!(refused.to_string().contains("is not a run"), "{refused}");
    assert_eq!(fs::read_to_string(folder.path().join("letters.txt")).unwrap(), "keep");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let opened = verify(folder.path(), &|_| {}).unwrap_err();
    assert!(opened.to_string().contains("is not a run folder"), "{opened}");
}

#[test]
fn saving_again_replaces_the_run_and_leaves_nothing_behind() {
    let (folder, run) = saved();
    save(england(), Some(&run)).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_plan_with_faults_makes_no_run() {
    let copy = Copy::new();
    copy.edit("books/england/demand/productivity_growth.toml", "0.0175", "17.5");
    copy.edit("plans/ltwp-2023/plan.toml", "2036/37", "2036/38");
    match make(request(&copy.plan(), &[])).unwrap_err() {
        RunError::Plan(faults) => assert!(!faults.is_empty()),
        other => panic!("{other}"),
    }
}

#[test]
fn notes_kept_in_a_run_are_never_replaced_and_are_no_part_of_it() {
    let (_folder, run) = saved();
    fs::write(run.join("my-notes.md"), "keep").unwrap();
    let refused = save(england(), Some(&run)).unwrap_err().to_string();
    assert!(refused.contains("my-notes.md"), "{refused}");
    assert_eq!(fs::read_to_string(run.join("my-notes.md")).unwrap(), "keep");
    let verified = verify(&run, &|_| {}).unwrap_err().to_string();
    assert!(verified.contains("my-notes.md"), "{verified}");
}

#[test]
fn a_folder_with_somebody_elses_manifest_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("manifest.json"), "{\"name\": \"a web page\"}").unwrap();
    assert!(save(england(), Some(folder.path())).unwrap_err().to_string().contains("not a run"));
    assert!(folder.path().join("manifest.json").exists());
}

#[test]
fn a_result_left_out_of_the_manifest_is_still_compared() {
    let (_folder, run) = saved();
    let path = run.join("manifest.json");
    let mut manifest: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    manifest["outputs"].as_array_mut().unwrap().retain(|output| output["path"] == "checks.json");
    fs::write(&path, manifest.to_string()).unwrap();
    // The other results are now files that no list knows.
    assert!(verify(&run, &|_| {}).is_err());
    let results = fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    for file in results.filter(|path| !path.ends_with("manifest.json") && !path.ends_with("checks.json")) {
        fs::remove_file(file).unwrap();
    }
    assert!(!verify(&run, &|_| {}).unwrap().agrees());
}

#[test]
fn a_manifest_that_leads_out_of_its_folder_is_refused() {
    let (_folder, run) = saved();
    replace(&run.join("manifest.json"), "\"plan\": \"plans/ltwp-2023\"", "\"plan\": \"../../plans/ltwp-2023\"");
    assert!(verify(&run, &|_| {}).unwrap_err().to_string().contains("lead out"));
}

#[test]
fn a_run_is_not_written_among_what_it_reads() {
    let copy = Copy::new();
    let run = make(request(&copy.plan(), &[])).unwrap();
    for among in ["books/england/out", "sources/out", "plans/ltwp-2023/out"] {
        let refused = save(&run, Some(&copy.path(among))).unwrap_err().to_string();
        assert!(refused.contains("which the plan reads"), "{refused}");
        assert!(!copy.path(among).exists());
    }
}
