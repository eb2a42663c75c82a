//! Runs of the repository's own plan: they reproduce, add up, explain themselves and are never half there.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod backtest;
mod data_quality;
mod drivers;
mod elsewhere;
mod explaining;
mod export;
mod folder;
mod money;
mod report;
mod report_uncertainty;
mod results;
mod sensitivity;
mod stress;
mod track;
mod uncertainty;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use muster_run::uncertainty::Ask;
use muster_run::{Request, Run, RunError};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn request(plan: &Path, places: &[&str]) -> Request {
    let places = places.iter().map(|place| (*place).to_owned()).collect();
    Request { plan: plan.to_owned(), scenarios: Vec::new(), places, monthly: false, draws: None }
}

fn make(request: Request) -> Result<Run, RunError> {
    Run::make(request, &|_| {})
}

/// The national plan, run once for all tests.
fn england() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        let run = make(request(&root().join("plans/ltwp-2023"), &[])).unwrap();
        // Once for all, before tests on several threads each work it out.
        run.stress().unwrap();
        run
    })
}

/// The same with a few draws.
fn england_drawn() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        let draws = Some(Ask { draws: Some(64), ..Ask::default() });
        make(Request { draws, ..request(&root().join("plans/ltwp-2023"), &[]) }).unwrap()
    })
}

/// A copy of the plan and all it stands on, to change.
struct Copy {
    folder: tempfile::TempDir,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["books", "plans", "sources"] {
            copy_all(&root().join(part), &folder.path().join(part));
        }
        Self { folder }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn plan(&self) -> PathBuf {
        self.path("plans/ltwp-2023")
    }

    /// Makes every range of the books and the plan as narrow as its value; then nothing is left to move together.
    fn narrow_every_range(&self) {
        for file in files_below(self.folder.path()) {
            if file.ends_with("dependence.toml") {
                std::fs::remove_file(&file).unwrap();
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let narrow = match file.extension().and_then(|ending| ending.to_str()) {
                Some("toml") => narrow_sections(&text),
                Some("csv") => narrow_rows(&text),
                _ => continue,
            };
            std::fs::write(&file, narrow).unwrap();
        }
    }

    /// Replaces text that must be there.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} does not hold {from}");
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let inside = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    inside.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// A range follows the value it is round; that of an effect is round 1. A shape without a width says nothing.
fn narrow_sections(text: &str) -> String {
    let mut value = "1";
    let mut lines = Vec::new();
    for line in text.lines() {
        let (key, rest) = line.split_once('=').unwrap_or((line, ""));
        match key.trim() {
            _ if line.starts_with('[') => value = "1",
            "value" => value = rest.trim(),
            "range" => {
                lines.push(format!("range = [{value}, {value}]"));
                continue;
            }
            "distribution" => continue,
            _ => {}
        }
        lines.push(line.to_owned());
    }
    lines.join("\n") + "\n"
}

/// Low and high are the value.
fn narrow_rows(text: &str) -> String {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|column| column == name);
    let (Some(value), Some(low), Some(high)) = (at("value"), at("low"), at("high")) else { return text.to_owned() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&head).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        let cell = |i: usize| if (i == low || i == high) && !row[i].is_empty() { &row[value] } else { &row[i] };
        writer.write_record((0..row.len()).map(cell)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}
