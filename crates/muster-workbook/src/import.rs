//! A workbook read back into a plan's files: all of it or nothing.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Serialize;

use crate::error::WorkbookError;
use crate::finding::{Finding, UNREADABLE, UNSAVED};
use crate::folder::Folder;
use crate::log;
use crate::save::{ToWrite, save};
use crate::stage::{Changed, Staged, stage};

/// What is to be read back, and how.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// The workbook.
    pub workbook: PathBuf,
    /// The plan's folder.
    pub plan: PathBuf,
    /// Whether to say what would change, and write nothing.
    pub dry_run: bool,
    /// Whether rows, columns and sheets that are missing leave what they held as it is, where they would be refused.
    pub keep_missing: bool,
    /// The day that the change log names where planners named none.
    pub today: Date,
}

/// What was read back.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// The plan's id.
    pub plan: String,
    /// Each change.
    pub changed: Vec<Changed>,
    /// The files that were written, or would be, as the workbook names them.
    pub files: Vec<String>,
    /// What was accepted in a form of its own, or was not read.
    pub notes: Vec<String>,
    /// Whether anything was written.
    pub written: bool,
}

/// Reads a workbook back into the plan it was made from.
pub fn import(request: &ImportRequest) -> Result<Imported, WorkbookError> {
    let name = request.workbook.file_name().unwrap_or(request.workbook.as_os_str()).to_string_lossy().into_owned();
    let bytes = read(&request.workbook, &name)?;
    let (plan, folder) = Folder::read(&request.plan).map_err(WorkbookError::Plan)?;
    let staged = stage(&bytes, &name, &folder, request.keep_missing)?;
    let mut notes = staged.notes.clone();
    if staged.plan != plan.id {
        notes.insert(0, format!("the workbook was made of the plan {}, and is read into {}", staged.plan, plan.id));
    }
    let files: Vec<String> = staged.texts.keys().cloned().collect();
    let written = !request.dry_run && !staged.texts.is_empty();
    if written {
        write(request, &name, &folder, &staged).map_err(|finding| WorkbookError::NotAccepted(vec![finding]))?;
    }
    Ok(Imported { plan: plan.id, changed: staged.changed, files, notes, written })
}

fn read(path: &Path, name: &str) -> Result<Vec<u8>, WorkbookError> {
    let refuse =
        |message: String, help: &str| WorkbookError::NotAccepted(vec![Finding::new(UNREADABLE, name, message, help)]);
    let size = std::fs::metadata(path).map(|about| about.len());
    if size.as_ref().is_ok_and(|size| *size > crate::grid::LARGEST_FILE) {
        let message = format!("the file is larger than {} MB", crate::grid::LARGEST_FILE >> 20);
        return Err(refuse(message, "export the plan again and fill that workbook in"));
    }
    std::fs::read(path).map_err(|error| {
        refuse(format!("the file cannot be read: {error}"), "check the path, and that the file is there")
    })
}

fn write(request: &ImportRequest, name: &str, folder: &Folder, staged: &Staged) -> Result<(), Finding> {
    let mut files = Vec::new();
    for (of, text) in &staged.texts {
        let Some(stored) = folder.find(of) else { continue };
        let before = stored.exists.then(|| stored.bytes(&stored.text));
        files.push(ToWrite { path: stored.disk.clone(), before, after: stored.bytes(text) });
    }
    let path = request.plan.join(log::FILE);
    let before = std::fs::read(&path).ok();
    let text = before.as_deref().map(String::from_utf8_lossy);
    let after = log::with(text.as_deref(), name, request.today, &staged.changed, &staged.said).map_err(|why| {
        Finding::new(UNSAVED, path.display().to_string(), why, "move that file away, and import again")
    })?;
    files.push(ToWrite { path, before, after: after.into_bytes() });
    save(&files)
}
