//! Several files written all or none: each to a name of its own first, then all put in their places, and put back if one cannot be.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::finding::{CONFLICT, Finding, UNSAVED};

/// A file to write.
pub(crate) struct ToWrite {
    /// Where.
    pub path: PathBuf,
    /// What it must hold now; none where it must not be there.
    pub before: Option<Vec<u8>>,
    /// What it is to hold.
    pub after: Vec<u8>,
}

/// Writes all, or none and says why.
pub(crate) fn save(files: &[ToWrite]) -> Result<(), Finding> {
    let fault = |path: &Path, error: &std::io::Error| {
        let message = format!("{} cannot be written: {error}; nothing was changed", path.display());
        Finding::new(
            UNSAVED,
            path.display().to_string(),
            message,
            "check that the folder may be written to and that the disk has room",
        )
    };
    let mut ready = Vec::new();
    for file in files {
        ready.push(beside(file).map_err(|error| fault(&file.path, &error))?);
    }
    // Someone may have saved a file while the workbook was read.
    for file in files {
        let now = std::fs::read(&file.path).ok();
        if now != file.before {
            let message =
                format!("{} was changed while the workbook was read; nothing was written", file.path.display());
            return Err(Finding::new(CONFLICT, file.path.display().to_string(), message, "import again"));
        }
    }
    let mut done: Vec<&ToWrite> = Vec::new();
    for (file, temporary) in files.iter().zip(ready) {
        if let Err(error) = temporary.persist(&file.path) {
            let lost: Vec<String> = done.iter().filter_map(|file| put_back(file).err()).collect();
            let mut finding = fault(&file.path, &error.error);
            if !lost.is_empty() {
                finding.message = format!(
                    "{} cannot be written, and these could not be put back: {}",
                    file.path.display(),
                    lost.join(", ")
                );
            }
            return Err(finding);
        }
        done.push(file);
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn beside(file: &ToWrite) -> std::io::Result<NamedTempFile> {
    let mut temporary = NamedTempFile::new_in(folder(&file.path))?;
    temporary.write_all(&file.after)?;
    temporary.as_file().sync_all()?;
    // A new file is made for its owner alone: it takes the rights of the one it replaces, or of one beside it.
    let like = if file.before.is_some() { file.path.clone() } else { folder(&file.path).join("plan.toml") };
    if let Ok(like) = std::fs::metadata(like) {
        temporary.as_file().set_permissions(like.permissions())?;
    }
    Ok(temporary)
}

fn put_back(file: &ToWrite) -> Result<(), String> {
    let lost = |_| file.path.display().to_string();
    match &file.before {
        None => std::fs::remove_file(&file.path).map_err(lost),
        Some(before) => {
            let old = ToWrite { path: file.path.clone(), before: Some(file.after.clone()), after: before.clone() };
            let temporary = beside(&old).map_err(lost)?;
            temporary.persist(&file.path).map(|_| ()).map_err(|error| lost(error.error))
        }
    }
}

/// Writes one file whole: to a name of its own first, then in its place.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let file = ToWrite { path: path.to_owned(), before: std::fs::read(path).ok(), after: bytes.to_vec() };
    beside(&file).map_err(|error| error.to_string())?.persist(path).map(|_| ()).map_err(|error| error.error.to_string())
}
