//! The files that a plan is made of, by names that stay the same wherever its folder stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use muster_book::{Diagnostic, Files, Plan};
use sha2::{Digest, Sha256};

/// Lists that a plan may have; those it lacks can be begun in a workbook.
const LISTS: [&str; 5] = ["actions.toml", "scenarios.toml", "targets.toml", "checks.toml", "stress.toml"];

/// What a spreadsheet writes at the start of a text file, which is not part of its text.
const MARK: &str = "\u{feff}";

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// `plan/actions.toml`, `books/england/supply/stock_fte.csv`.
    pub name: String,
    /// By the path that [`Files::in_memory`] takes.
    pub relative: String,
    /// On disk.
    pub disk: PathBuf,
    /// What it holds, without a byte-order mark.
    pub text: String,
    /// Whether it begins with a byte-order mark.
    pub marked: bool,
    /// Whether it is there.
    pub exists: bool,
}

/// A plan's files.
#[derive(Debug)]
pub(crate) struct Folder {
    /// The files, by name.
    pub files: Vec<Stored>,
    /// The plan's folder, by the path that [`Files::in_memory`] takes.
    pub plan: PathBuf,
}

impl Stored {
    /// The whole file as bytes.
    pub(crate) fn bytes(&self, text: &str) -> Vec<u8> {
        [if self.marked { MARK } else { "" }, text].concat().into_bytes()
    }
}

/// The hash of a text.
pub(crate) fn hash(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// Bytes in letters and digits, two for each.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |part: u8| char::from_digit(u32::from(part), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl Folder {
    /// Reads a plan, and each of its files as it stands on disk.
    pub(crate) fn read(folder: &Path) -> Result<(Plan, Self), Vec<Diagnostic>> {
        let plan = Plan::read(folder)?;
        let own = plan.relative_folder();
        let disk_of: BTreeMap<String, PathBuf> =
            plan.files.iter().map(|(path, file)| (file.name().to_owned(), path.to_owned())).collect();
        let mut files: Vec<Stored> = Vec::new();
        for (relative, file) in plan.files.by_relative_path() {
            let Some(disk) = disk_of.get(file.name()) else { continue };
            let marked = std::fs::read(disk).is_ok_and(|bytes| bytes.starts_with(MARK.as_bytes()));
            let name = named(&own, &relative);
            let (disk, text) = (disk.clone(), file.text.to_string());
            files.push(Stored { name, relative, disk, text, marked, exists: true });
        }
        let beside = |name: &str| if own.is_empty() { name.to_owned() } else { format!("{own}/{name}") };
        let is_new = |files: &[Stored], name: &str| files.iter().all(|file| file.name != format!("plan/{name}"));
        for (name, text) in others_in(&plan.folder) {
            if is_new(&files, &name) {
                let (relative, disk) = (beside(&name), plan.folder.join(&name));
                files.push(Stored { name: format!("plan/{name}"), relative, disk, text, marked: false, exists: true });
            }
        }
        for name in LISTS {
            if is_new(&files, name) {
                let (relative, disk) = (beside(name), plan.folder.join(name));
                let name = format!("plan/{name}");
                files.push(Stored { name, relative, disk, text: String::new(), marked: false, exists: false });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let plan_folder = PathBuf::from(if own.is_empty() { "." } else { &own });
        Ok((plan, Self { files, plan: plan_folder }))
    }

    /// The file of a name.
    pub(crate) fn find(&self, name: &str) -> Option<&Stored> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Reads the plan from these files with some texts in place of theirs; texts without a name of theirs are more files.
    pub(crate) fn read_with(&self, texts: &BTreeMap<String, String>) -> Result<Plan, Vec<Diagnostic>> {
        let is_there = |file: &&Stored| file.exists || texts.contains_key(&file.name);
        let own = |file: &Stored| {
            let text = texts.get(&file.name).unwrap_or(&file.text);
            (file.relative.clone(), text.clone())
        };
        Plan::read_from(&self.plan, Files::in_memory(self.files.iter().filter(is_there).map(own)))
    }
}

/// `plan/…` for a file of the plan's own folder.
fn named(own: &str, relative: &str) -> String {
    let below = if own.is_empty() {
        (!relative.contains('/')).then_some(relative)
    } else {
        relative.strip_prefix(own).and_then(|below| below.strip_prefix('/'))
    };
    below.map_or_else(|| relative.to_owned(), |below| format!("plan/{below}"))
}

/// TOML files beside a plan, whether it reads them or not, that are text.
fn others_in(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let toml = |path: PathBuf| {
        let name = path.file_name()?.to_str()?.to_owned();
        let is_toml = path.extension().is_some_and(|ending| ending == "toml");
        is_toml.then(|| std::fs::read_to_string(&path).ok()).flatten().map(|text| (name, text))
    };
    entries.flatten().filter_map(|entry| toml(entry.path())).filter(|(_, text)| !text.starts_with(MARK)).collect()
}
