//! Runs: a plan and some scenarios, projected, checked against the published record, explained, written down and verified.
//!
//! A [`Run`] is made in memory from values. What it leaves on disk is a pure function of it: [`Run::outputs`] gives every file of the run
//! folder as bytes, so that [`verify`] can make them again from the inputs kept beside them and compare bit for bit.

mod backtest;
mod bridge;
mod changes;
mod csv;
pub mod data_quality;
mod explain;
mod export;
mod figure;
mod folder;
mod manifest;
pub mod money;
mod number;
pub mod page;
mod report;
mod run;
mod sensitivity;
pub mod stress;
mod summary;
mod tables;
pub mod track;
pub mod uncertainty;
mod verdict;

pub use backtest::{Backtest, BacktestRequest, level_title, track_record, track_record_chart};
pub use bridge::{Bridge, bridge};
pub use changes::{Difference, InputChange, YearDifference, difference};
pub use csv::csv_cell;
pub use explain::{Explanation, Part, explain};
pub use export::{Contents, ExportFormat, ExportRequest, Exported, export};
pub use figure::answer;
pub use folder::{Verification, open, save, verify};
pub use manifest::{InputFile, Manifest, OutputFile};
pub use number::{gbp, percent, signed, thousands};
pub use report::line_chart;
pub use run::{Request, Run, RunError, ScenarioRun, project_scenario};
pub use sensitivity::{Swing, swings};
pub use stress::Stress;
pub use summary::{Line, Row, Summary, SummaryRow, summary};
pub use verdict::{Outcome, Verdict, difference_in_words, hold, verdicts};
