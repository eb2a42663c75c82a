//! One file for each subcommand: its help, its arguments, what it does.

pub(crate) mod allocate;
pub(crate) mod backtest;
pub(crate) mod books;
pub(crate) mod check;
pub(crate) mod cluster;
pub(crate) mod data;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod money;
pub(crate) mod plan;
pub(crate) mod rollup;
pub(crate) mod run;
pub(crate) mod solve;
#[cfg(feature = "highs")]
pub(crate) mod solve_worker;
pub(crate) mod track;
pub(crate) mod verify;
pub(crate) mod workbook;

use std::path::{Path, PathBuf};

use muster_run::{Request, Run, RunError};
use muster_solve::lp::{Interior, Solver};

use crate::output::Output;

/// Who solves programs: the solver in Rust, and HiGHS where that is built in, which solves in whole numbers too.
pub(crate) fn solver() -> Box<dyn Solver + Sync> {
    #[cfg(feature = "highs")]
    if let Ok(this) = std::env::current_exe() {
        use muster_solve::lp::{Both, Highs};
        return Box::new(Both(Highs::in_process(this, ["solve-worker"])));
    }
    Box::new(Interior)
}

/// The plan that is run when none is named.
pub(crate) const DEFAULT_PLAN: &str = "plans/ltwp-2023";

/// A run from a plan's folder or a run's folder, in memory; `scenario` alone where it is named, for a plan.
pub(crate) fn load(path: &Path, scenario: Option<&str>, output: &Output) -> Result<Run, RunError> {
    if path.join("manifest.json").exists() {
        return output.progress(|progress| muster_run::open(path, progress)).map(|(_, run)| run);
    }
    let request = Request {
        plan: path.to_owned(),
        scenarios: scenario.map(str::to_owned).into_iter().collect(),
        places: Vec::new(),
        monthly: false,
        draws: None,
    };
    output.progress(|progress| Run::make(request, progress))
}

/// `PATH@SCENARIO` in its two parts.
pub(crate) fn split(text: &str) -> (PathBuf, Option<String>) {
    match text.rsplit_once('@') {
        Some((path, scenario)) => (path.into(), Some(scenario.to_owned())),
        None => (text.into(), None),
    }
}

/// The day that was named, or today.
pub(crate) fn today_or(named: Option<jiff::civil::Date>) -> jiff::civil::Date {
    named.unwrap_or_else(|| jiff::Zoned::now().date())
}
