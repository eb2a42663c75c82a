//! A workbook that another office program opened, edited and saved. Skipped, and said so, where that is not installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::bench::{Desk, View};

/// Whether `soffice` can be run here.
fn is_there() -> bool {
    let there = Command::new("soffice").arg("--version").output().is_ok_and(|out| out.status.success());
    if !there {
        println!("skipped: soffice is not installed");
    }
    there
}

/// Opens a file with `soffice` and saves it in another format.
fn convert(file: &Path, format: &str, folder: &Path) -> PathBuf {
    let profile = folder.join("profile");
    let out = folder.join(format);
    let done = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--norestore", "--convert-to", format, "--outdir"])
        .arg(&out)
        .arg(file)
        .output()
        .unwrap();
    let path = out.join(file.with_extension(format).file_name().unwrap());
    assert!(path.exists(), "LibreOffice did not save {}: {}", path.display(), String::from_utf8_lossy(&done.stderr));
    path
}

#[test]
fn a_workbook_that_libreoffice_saved_changes_nothing_and_one_it_edited_changes_that() {
    if !is_there() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let desk = Desk::small();
    let file = folder.path().join("plan.xlsx");
    std::fs::write(&file, desk.export()).unwrap();
    let saved = convert(&file, "xlsx", folder.path());
    let imported = desk.import(&std::fs::read(&saved).unwrap()).unwrap_or_else(|error| panic!("{error:#?}"));
    assert!(imported.changed.is_empty(), "{:#?}", imported.changed);

    // LibreOffice's own format as text: two cells are edited in it, and LibreOffice opens it and saves the workbook.
    let flat = convert(&file, "fods", folder.path());
    let text = std::fs::read_to_string(&flat).unwrap();
    let supply = text.find("table:name=\"Supply\"").unwrap();
    let rate = supply + text[supply..].find("office:value=\"0.2\"").unwrap();
    let text = format!("{}office:value=\"0.21\"{}", &text[..rate], &text[rate + "office:value=\"0.2\"".len()..]);
    let text = text.replace("<text:p>Fewer nurses leave</text:p>", "<text:p>Fewer nurses leave early</text:p>");
    std::fs::write(&flat, text).unwrap();
    let edited = convert(&flat, "xlsx", folder.path());
    let imported = desk.import(&std::fs::read(&edited).unwrap()).unwrap_or_else(|error| panic!("{error:#?}"));
    let cells: Vec<(String, String)> =
        imported.changed.iter().map(|change| (change.old.clone(), change.new.clone())).collect();
    let pair = |old: &str, new: &str| (old.to_owned(), new.to_owned());
    assert_eq!(cells, [pair("Fewer nurses leave", "Fewer nurses leave early"), pair("0.2", "0.21")]);
    assert!(desk.text("books/small/supply/leaver_rate.csv").contains("nursing,55-75,,0.15,0.25,0.21\n"));
}

#[test]
fn the_whole_plan_saved_by_libreoffice_changes_nothing() {
    if !is_there() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let desk = Desk::whole();
    let file = folder.path().join("plan.xlsx");
    let bytes = desk.export();
    std::fs::write(&file, &bytes).unwrap();
    let saved = std::fs::read(convert(&file, "xlsx", folder.path())).unwrap();
    let before = desk.files();
    let imported = desk.import(&saved).unwrap_or_else(|error| panic!("{error:#?}"));
    assert!(imported.changed.is_empty(), "{:#?}", imported.changed);
    assert!(before == desk.files());
    assert_eq!(View::of(&saved).entries("Supply"), View::of(&bytes).entries("Supply"));
}
