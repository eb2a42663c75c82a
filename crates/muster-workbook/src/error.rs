//! Why a workbook was not made, or not read back.

use muster_book::Diagnostic;

use crate::finding::Finding;

/// Why a workbook was not made, or not read back.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// The plan cannot be read as it stands.
    #[error("the plan has {} faults", .0.len())]
    Plan(Vec<Diagnostic>),
    /// The workbook holds what is not accepted, and nothing was written.
    #[error("{} things are not accepted", .0.len())]
    NotAccepted(Vec<Finding>),
    /// What was asked cannot be done.
    #[error("{0}")]
    Request(String),
}
