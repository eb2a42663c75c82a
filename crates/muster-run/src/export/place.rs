//! Where an export is put: beside its place first, then moved there, so that there is never half of one.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Contents, ExportFormat, Exported};
use crate::run::RunError;

impl ExportFormat {
    /// The format that was named, or the one that the file's ending tells; they must agree.
    pub fn of(named: Option<Self>, out: &Path) -> Result<Self, RunError> {
        let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let told = match ending.as_deref() {
            Some("mdl") => Some(Self::Mdl),
            Some("xlsx") => Some(Self::Xlsx),
            Some("csv") => {
                return refuse(format!(
                    "{} would be one table, and the inputs are several: name a folder, as in --format csv --out {}",
                    out.display(),
                    out.with_extension("").display()
                ));
            }
            _ => None,
        };
        match (named, told) {
            (Some(named), Some(told)) if named != told => refuse(format!(
                "{} does not end as the format asked for: use --out {}, or --format {}",
                out.display(),
                named.name_for(out).display(),
                told.id()
            )),
            (Some(Self::Csv), _) => Ok(Self::Csv),
            (Some(named), None) => {
                let better = named.name_for(out);
                refuse(format!("{} does not end in .{}: use --out {}", out.display(), named.id(), better.display()))
            }
            (_, Some(told)) => Ok(told),
            (None, None) => refuse(format!(
                "say what to make of {}: end it in .mdl or .xlsx, or add --format csv for a folder of tables",
                out.display()
            )),
        }
    }

    /// As written after `--format`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Mdl => "mdl",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    fn name_for(self, out: &Path) -> PathBuf {
        if self == Self::Csv { out.with_extension("") } else { out.with_extension(self.id()) }
    }
}

impl Exported {
    /// Writes the export where nothing is yet.
    pub fn write(&self, out: &Path) -> Result<(), RunError> {
        refuse_existing(out)?;
        if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
            return refuse(format!("{} is not a folder: make it first, or choose another --out", folder.display()));
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(out.file_name().unwrap_or_default());
        name.push(format!(".partial-{}", std::process::id()));
        let partial = out.with_file_name(name);
        let written = self.write_all(&partial).and_then(|()| {
            // Somebody may have put something there meanwhile.
            refuse_existing(out)?;
            fs::rename(&partial, out).map_err(|error| at(out, &error))
        });
        if written.is_err() {
            // What is left over is of no use to anyone, and failing to remove it is no worse than the first failure.
            let _ = fs::remove_file(&partial).or_else(|_| fs::remove_dir_all(&partial));
        }
        written
    }

    fn write_all(&self, to: &Path) -> Result<(), RunError> {
        match &self.contents {
            Contents::File(bytes) => fs::write(to, bytes).map_err(|error| at(to, &error)),
            Contents::Folder(files) => {
                fs::create_dir(to).map_err(|error| at(to, &error))?;
                files.iter().try_for_each(|(name, bytes)| {
                    let file = to.join(name);
                    fs::write(&file, bytes).map_err(|error| at(&file, &error))
                })
            }
        }
    }

    /// How large it is.
    pub fn bytes(&self) -> usize {
        match &self.contents {
            Contents::File(bytes) => bytes.len(),
            Contents::Folder(files) => files.iter().map(|(_, bytes)| bytes.len()).sum(),
        }
    }
}

fn refuse_existing(out: &Path) -> Result<(), RunError> {
    let there = out.symlink_metadata().is_ok();
    if there { refuse(format!("{} is already there: move it, or choose another --out", out.display())) } else { Ok(()) }
}

fn refuse<T>(words: String) -> Result<T, RunError> {
    Err(RunError::Request(words))
}

fn at(path: &Path, error: &std::io::Error) -> RunError {
    RunError::File { path: path.display().to_string(), error: error.to_string() }
}
