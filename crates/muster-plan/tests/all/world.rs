//! Plans to add up: the national plan, divided into a folder that goes away with the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jiff::civil::{Date, date};
use muster_book::{Diagnostic, Plan};
use muster_plan::divide::{Among, divide};
use muster_plan::rollup::{Gathered, Node, Rollup, gather};
use muster_run::RunError;
use tempfile::TempDir;

/// The day of every test.
pub(crate) const TODAY: Date = date(2026, 11, 23);

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The national plan, read once.
pub(crate) fn national() -> &'static Plan {
    static NATIONAL: OnceLock<Plan> = OnceLock::new();
    NATIONAL.get_or_init(|| Plan::read(&root().join("plans/ltwp-2023")).unwrap())
}

/// A folder of plans.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    /// The plan that they are rolled up into.
    top: PathBuf,
}

impl World {
    pub(crate) fn divided(among: Among) -> Self {
        let folder = tempfile::tempdir().unwrap();
        divide(national(), among, &folder.path().join("plans"), TODAY).unwrap();
        Self { folder, top: root().join("plans/ltwp-2023") }
    }

    /// The South West, as a region's plan that lies within the national one, divided between its seven systems or their organisations.
    pub(crate) fn south_west(among: Among) -> Self {
        let folder = tempfile::tempdir().unwrap();
        divide(national(), Among::Regions, &folder.path().join("regions"), TODAY).unwrap();
        let top = folder.path().join("regions/Y58");
        let region = national().read_within(&top).unwrap();
        divide(&region, among, &folder.path().join("plans"), TODAY).unwrap();
        Self { folder, top }
    }

    pub(crate) fn plans(&self) -> PathBuf {
        self.folder.path().join("plans")
    }

    pub(crate) fn plan(&self, name: &str) -> PathBuf {
        self.plans().join(name)
    }

    /// Keeps these plans and no others.
    pub(crate) fn keep(&self, names: &[&str]) {
        for entry in fs::read_dir(self.plans()).unwrap() {
            let path = entry.unwrap().path();
            if !names.iter().any(|name| path.ends_with(name)) {
                fs::remove_dir_all(path).unwrap();
            }
        }
    }

    /// States something in the local book of a plan: a measure, who for, and how much from the plan's first year on.
    pub(crate) fn state(&self, plan: &str, (measure, unit): (&str, &str), subject: &str, value: f64) {
        let text = format!(
            "measure = \"{measure}\"\nabout = \"For a test.\"\nunit = \"{unit}\"\nchecked = 2026-11-23\n\n[[value]]\nfor = {{ {subject} }}\n\
             from = 2012-04-01\nvalue = {value}\nkind = \"derived\"\nsource = \"muster-judgement\"\nwhere = \"Test\"\nwhy = \"For a test.\"\n"
        );
        fs::write(self.plan(plan).join(format!("book/{measure}.toml")), text).unwrap();
    }

    /// Adds lines to a file of a plan.
    pub(crate) fn add(&self, plan: &str, file: &str, text: &str) {
        let path = self.plan(plan).join(file);
        let old = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("{old}\n{text}\n")).unwrap();
    }

    /// Replaces some words of a file of a plan.
    pub(crate) fn change(&self, plan: &str, file: &str, from: &str, to: &str) {
        let path = self.plan(plan).join(file);
        let old = fs::read_to_string(&path).unwrap();
        assert!(old.contains(from), "{from} is not in {old}");
        fs::write(path, old.replace(from, to)).unwrap();
    }

    pub(crate) fn gather(&self) -> Gathered {
        match gather(&[self.plans()], Some(&self.top)) {
            Ok(gathered) => gathered,
            Err(RunError::Plan(list)) => panic!("{list:#?}"),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn roll_up(&self) -> Rollup {
        Rollup::of(&self.gather(), "plan").unwrap()
    }

    /// What keeps the plans from being added up.
    #[track_caller]
    pub(crate) fn faults(&self) -> Vec<Diagnostic> {
        match gather(&[self.plans()], Some(&self.top)) {
            Err(RunError::Plan(list)) => list,
            other => panic!("it should be refused: {other:?}"),
        }
    }
}

/// The rates of one leaver rate, as a measure and its unit.
pub(crate) const LEAVERS: (&str, &str) = ("leaver_rate", "share of opening headcount, per year");
pub(crate) const INTAKE: (&str, &str) = ("training_intake", "people per year");

pub(crate) fn node<'r>(rollup: &'r Rollup, place: &str) -> &'r Node {
    rollup.nodes.iter().rev().find(|node| node.place.as_str() == place).unwrap()
}
