//! `muster workbook` as a script would use it.

use super::{code, err, muster, out};

#[test]
fn a_workbook_goes_out_and_comes_back_and_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.xlsx");
    let file = file.to_str().unwrap();
    let made = muster(&["workbook", "export", "--out", file]);
    code(&made, 0);
    assert!(out(&made).contains("Effect points") && out(&made).contains("Supply"), "{}", out(&made));
    assert!(err(&made).is_empty(), "{}", err(&made));
    let again = muster(&["workbook", "export", "--out", file]);
    code(&again, 2);
    assert!(err(&again).contains("is already there: move it, or choose another --out"), "{}", err(&again));

    let back = muster(&["workbook", "import", file, "--into", "plans/ltwp-2023", "--dry-run"]);
    code(&back, 0);
    assert!(out(&back).contains("no file was written"), "{}", out(&back));

    let topic = folder.path().join("some.xlsx");
    let wrong = muster(&["workbook", "export", "--topic", "suply", "--out", topic.to_str().unwrap()]);
    code(&wrong, 2);
    assert!(err(&wrong).contains("no topic is called `suply`: topics are"), "{}", err(&wrong));
}

#[test]
fn what_is_no_workbook_is_refused_with_a_code_that_can_be_explained() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.xlsx");
    std::fs::write(&file, "profession,value\n").unwrap();
    let back = muster(&["workbook", "import", file.to_str().unwrap(), "--into", "plans/ltwp-2023"]);
    code(&back, 1);
    assert!(out(&back).contains("error[M050]: plan.xlsx: the file is not an .xlsx workbook"), "{}", out(&back));
    code(&muster(&["explain", "M050"]), 0);
}
