//! The files that a plan is made of, each read once and remembered, so that a run can pin and keep exactly what it used.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostics, Location};

/// A text file that was read.
#[derive(Debug, Clone)]
pub struct TextFile {
    name: Arc<str>,
    /// What it holds.
    pub text: Arc<str>,
}

/// Every file read so far, by path.
#[derive(Debug, Clone, Default)]
pub struct Files {
    read: BTreeMap<PathBuf, TextFile>,
    /// Whether these are all that there are, so that the disk is never asked.
    is_closed: bool,
}

impl TextFile {
    /// As the reader would name it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The place of a range of bytes.
    pub fn locate(&self, span: Range<usize>) -> Location {
        let start = self.text.floor_char_boundary(span.start.min(self.text.len()));
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Location {
            file: self.name.to_string(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            span,
        }
    }

    /// The start of the file.
    pub fn start(&self) -> Location {
        self.locate(0..0)
    }
}

/// A place in a file that could not be read.
pub(crate) fn nowhere(path: &Path) -> Location {
    Location { file: path.display().to_string(), line: 1, column: 1, span: 0..0 }
}

impl Files {
    /// Files that were never on this machine's disk, by the paths of [`Files::by_relative_path`]. A plan that is read from them reads
    /// nothing else, whatever paths it names.
    pub fn in_memory(texts: impl IntoIterator<Item = (String, String)>) -> Self {
        let file = |(path, text): (String, String)| {
            let path = tidy(Path::new(&path));
            let file = TextFile { name: path.display().to_string().into(), text: text.into() };
            (path, file)
        };
        Self { read: texts.into_iter().map(file).collect(), is_closed: true }
    }

    /// Reads a file as UTF-8, or says why not.
    pub fn read(&mut self, path: &Path, diagnostics: &mut Diagnostics) -> Option<TextFile> {
        self.read_named(path, nowhere(&tidy(path)), diagnostics)
    }

    /// The same for a file that another names: when it is not there, the place that names it is shown.
    pub(crate) fn read_named(
        &mut self,
        path: &Path,
        named_at: Location,
        diagnostics: &mut Diagnostics,
    ) -> Option<TextFile> {
        let path = tidy(path);
        if let Some(file) = self.read.get(&path) {
            return Some(file.clone());
        }
        let on_disk = if self.is_closed { Err(ErrorKind::NotFound.into()) } else { std::fs::read(&path) };
        let bytes = match on_disk {
            Ok(bytes) => bytes,
            Err(error) => {
                let help = "check the path, and that the file is there and may be read";
                let message = format!("the file {} cannot be read: {}", path.display(), reason(&error));
                diagnostics.push("M001", named_at, message, help);
                return None;
            }
        };
        // Excel writes a byte-order mark at the start of “CSV UTF-8”: it is not part of the text.
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        match std::str::from_utf8(text) {
            Ok(text) => {
                let file = TextFile { name: path.display().to_string().into(), text: text.into() };
                self.read.insert(path, file.clone());
                Some(file)
            }
            Err(error) => {
                let good = String::from_utf8_lossy(&text[..error.valid_up_to()]).into_owned();
                let place = TextFile { name: path.display().to_string().into(), text: good.as_str().into() };
                let message = "the file is not UTF-8 text: it was probably saved in another encoding";
                let help = "save it again as UTF-8 (in Excel: Save As, “CSV UTF-8”)";
                diagnostics.push("M002", place.locate(good.len()..good.len()), message, help);
                None
            }
        }
    }

    /// These files without those below a folder, but for some: what a plan shares with another that lies there.
    pub(crate) fn without(&self, folder: &Path, but: &[&str]) -> Self {
        let keeps = |path: &Path| {
            path.strip_prefix(folder).map_or(true, |below| but.iter().any(|kept| below.starts_with(kept)))
        };
        let read = self.read.iter().filter(|(path, _)| keeps(path));
        Self { read: read.map(|(path, file)| (path.clone(), file.clone())).collect(), is_closed: self.is_closed }
    }

    /// Every file read, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &TextFile)> {
        self.read.iter().map(|(path, file)| (path.as_path(), file))
    }

    /// Every file by the path it has below the folder that holds them all: the same wherever that folder stands.
    pub fn by_relative_path(&self) -> BTreeMap<String, &TextFile> {
        let absolute = |path: &Path| tidy(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
        let paths: Vec<PathBuf> = self.read.keys().map(|path| absolute(path)).collect();
        let mut root = paths.first().and_then(|path| path.parent()).map(Path::to_owned).unwrap_or_default();
        while !paths.iter().all(|path| path.starts_with(&root)) {
            root.pop();
        }
        let relative = |path: &Path| {
            let below = path.strip_prefix(&root).unwrap_or(path);
            below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
        };
        paths.iter().map(|path| relative(path)).zip(self.read.values()).collect()
    }

    /// Whether there is something to read: a folder in the place of a file is there, so that reading it says what is wrong.
    pub(crate) fn has_file(&self, path: &Path) -> bool {
        if self.is_closed { self.read.contains_key(&tidy(path)) } else { path.exists() }
    }

    /// Whether there is such a folder.
    pub(crate) fn has_folder(&self, folder: &Path) -> bool {
        if self.is_closed { self.below(&tidy(folder)).next().is_some() } else { folder.is_dir() }
    }

    /// The paths known below a tidy folder.
    fn below(&self, folder: &Path) -> impl Iterator<Item = &PathBuf> {
        let all = folder == Path::new(".");
        // A file is not below itself.
        let is_below =
            move |path: &&PathBuf| if all { path.is_relative() } else { path.starts_with(folder) && *path != folder };
        self.read.keys().filter(is_below)
    }

    /// The `.toml` files in a folder and the folders in it, by path.
    pub(crate) fn toml_files_below(&self, folder: &Path, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
        let folder = tidy(folder);
        if self.is_closed {
            // They come sorted.
            let is_toml = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "toml");
            return self.below(&folder).filter(is_toml).cloned().collect();
        }
        let mut found = Vec::new();
        let mut folders = vec![folder.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    let help = "check the path that names this folder";
                    let message = format!("the folder cannot be read: {}", reason(&error));
                    diagnostics.push("M001", nowhere(&folder), message, help);
                    continue;
                }
            };
            for path in entries.flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "toml") {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }
}

/// Why something cannot be read.
fn reason(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "it is not there",
        ErrorKind::PermissionDenied => "you may not read it",
        ErrorKind::IsADirectory => "it is a folder",
        ErrorKind::NotADirectory => "a file stands where a folder should be",
        _ => "the disk does not give it",
    }
}

/// The same path without `.` and without `folder/..`, so that one file has one name.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_name_however_it_is_reached() {
        assert_eq!(tidy(Path::new("plans/x/../../books/./england")), Path::new("books/england"));
        assert_eq!(tidy(Path::new("../books")), Path::new("../books"));
        assert_eq!(tidy(Path::new("a/..")), Path::new("."));
    }

    #[test]
    fn files_in_memory_are_found_as_on_disk_and_the_disk_is_never_asked() {
        let path = |path: &str| (path.to_owned(), "[a]\n".to_owned());
        let mut files =
            Files::in_memory(["books/b/z.toml", "books/b/sub/a.toml", "books/b/x.csv", "p/plan.toml"].map(path));
        let mut diagnostics = Diagnostics::default();
        let found = files.toml_files_below(Path::new("p/../books/b"), &mut diagnostics);
        assert_eq!(found, ["books/b/sub/a.toml", "books/b/z.toml"].map(PathBuf::from));
        assert_eq!(files.toml_files_below(Path::new(""), &mut diagnostics).len(), 3);
        assert!(files.has_folder(Path::new("books")) && !files.has_folder(Path::new("book")));
        assert!(files.has_file(Path::new("p/plan.toml")) && !files.has_file(Path::new("p")));
        assert!(!files.has_folder(Path::new("p/plan.toml")));
        assert!(files.read(Path::new("books/b/../../p/plan.toml"), &mut diagnostics).is_some());
        assert_eq!(diagnostics.count(), 0);
        // This one is there on disk.
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        assert!(!files.has_file(&here) && !files.has_folder(here.parent().unwrap_or(&here)));
        assert!(files.read(&here, &mut diagnostics).is_none());
        assert_eq!(diagnostics.count(), 1);
    }

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let file = TextFile { name: "x".into(), text: "é = 1\nkey = 2\n".into() };
        let at = file.text.find("= 2").unwrap();
        let location = file.locate(at..at + 1);
        assert_eq!((location.line, location.column), (2, 5));
        let first = file.locate(3..4);
        assert_eq!((first.line, first.column), (1, 3));
    }
}
