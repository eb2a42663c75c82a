//! Runs of the repository's own plan: they reproduce, add up, explain themselves and are never half there.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod backtest;
mod data_quality;
mod drivers;
mod elsewhere;
mod explaining;
mod export;
mod folder;
mod report;
mod report_uncertainty;
mod results;
mod sensitivity;
mod stress;
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
