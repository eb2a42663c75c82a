//! Putting fitted files in place.

use std::fs;

use muster_data::fit::{FittedFile, replace};

fn file(path: &str, text: &str) -> FittedFile {
    FittedFile { path: path.to_owned(), text: text.to_owned(), changed: true }
}

#[test]
fn all_files_are_replaced_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "old").unwrap();
    replace(folder.path(), &[file("a.csv", "new"), file("supply/b.toml", "b"), file("supply/b.csv", "c")]).unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("a.csv")).unwrap(), "new");
    assert_eq!(fs::read_to_string(folder.path().join("supply/b.csv")).unwrap(), "c");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_eq!(fs::read_dir(folder.path().join("supply")).unwrap().count(), 2);
}

#[test]
fn when_one_file_cannot_be_replaced_all_stay_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), "old").unwrap();
    // A folder stands where the second file should be.
    fs::create_dir_all(folder.path().join("b.csv/inside")).unwrap();
    let error = replace(folder.path(), &[file("a.csv", "new"), file("b.csv", "b")]).unwrap_err();
    assert!(error.to_string().contains("b.csv"), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("a.csv")).unwrap(), "old");
    let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["a.csv", "b.csv"]);
}
