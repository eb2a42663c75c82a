//! A plan as a workbook that planners fill in.

use std::path::Path;

use crate::base::Base;
use crate::error::WorkbookError;
use crate::fields::Schemas;
use crate::folder::Folder;

/// A workbook, and what is in it.
#[derive(Debug)]
pub struct Exported {
    /// The file.
    pub bytes: Vec<u8>,
    /// Each sheet to be filled in, and how many entries it has.
    pub sheets: Vec<(String, usize)>,
}

/// The workbook of a plan and its books; of some topics alone where any are named.
pub fn export_plan(plan: &Path, topics: &[String]) -> Result<Exported, WorkbookError> {
    let (plan, folder) = Folder::read(plan).map_err(WorkbookError::Plan)?;
    let schemas = Schemas::known();
    let mut base = Base::of(&plan, &folder, &[]);
    let texts = base.texts().map_err(WorkbookError::Request)?;
    let all = base.sheets(&texts, schemas);
    let mut known: Vec<&str> = all.iter().map(|sheet| sheet.topic.as_str()).collect();
    known.dedup();
    if let Some(topic) = topics.iter().find(|topic| !known.contains(&topic.as_str())) {
        return Err(WorkbookError::Request(format!("no topic is called `{topic}`: topics are {}", known.join(", "))));
    }
    base.topics = topics.to_vec();
    let sheets = base.sheets(&texts, schemas);
    let bytes = crate::write::workbook(&plan, &base, &sheets)
        .map_err(|error| WorkbookError::Request(format!("the workbook cannot be made: {error}")))?;
    let sheets = sheets.iter().map(|sheet| (sheet.name.clone(), sheet.rows.len())).collect();
    Ok(Exported { bytes, sheets })
}
