//! `muster export` as a script would use it.

use super::{code, err, muster, out};

#[test]
fn a_model_is_written_once_and_says_what_was_added_and_what_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gps.mdl");
    let file = file.to_str().unwrap();
    let export = |args: &[&str]| muster(&[&["export", "--professions", "gps"], args].concat());
    let made = export(&["--format", "mdl", "--out", file]);
    code(&made, 0);
    assert!(out(&made).contains("General practitioners in training"), "{}", out(&made));
    assert!(out(&made).contains("Foundation doctors entering core training"), "{}", out(&made));
    let model = std::fs::read_to_string(file).unwrap();
    assert!(model.starts_with("{UTF-8}") && model.contains("General practitioners in training"));
    assert!(model.contains("Foundation doctors entering core training"), "the file says it too");

    let again = export(&["--out", file]);
    code(&again, 2);
    assert!(err(&again).contains("is already there: move it, or choose another --out"), "{}", err(&again));
    code(&export(&["--format", "json", "--out", "gps.json"]), 2);
}

#[test]
fn formats_of_an_export_are_of_an_export_alone() {
    let answer = muster(&["check", "--format", "mdl"]);
    code(&answer, 2);
    assert!(err(&answer).contains("are for `muster export`"), "{}", err(&answer));
}
