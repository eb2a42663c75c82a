//! The run folder: written whole or not at all, opened again, and verified.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use muster_book::Plan;

use crate::manifest::{FORMAT, Manifest, OutputFile, input_files, inputs_digest, sha256};
use crate::report;
use crate::run::{Request, Run, RunError};
use crate::{summary, tables};

const MANIFEST: &str = "manifest.json";

/// What making a run again showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The version that made the run, and the one that made it again.
    pub versions: (String, String),
    /// Every file that came out, and whether it is the same, bit for bit.
    pub outputs: Vec<(OutputFile, bool)>,
}

impl Verification {
    /// Whether everything is the same.
    pub fn agrees(&self) -> bool {
        !self.outputs.is_empty() && self.outputs.iter().all(|(_, same)| *same)
    }
}

impl Run {
    /// Every file of the run folder but the manifest and the inputs, as bytes. They depend on the run alone.
    pub fn outputs(&self) -> Result<BTreeMap<String, Vec<u8>>, RunError> {
        let mut outputs = BTreeMap::new();
        outputs.insert("workforce.parquet".to_owned(), tables::workforce(self)?);
        outputs.insert("training.parquet".to_owned(), tables::training(self)?);
        outputs.insert("summary.csv".to_owned(), summary::summary(self).to_csv().into_bytes());
        if self.places.len() > 1 {
            outputs.insert("places.csv".to_owned(), summary::places_csv(self).into_bytes());
        }
        outputs.insert("checks.json".to_owned(), json(&self.verdicts)?);
        outputs.insert("sensitivity.json".to_owned(), json(&self.swings)?);
        if let Some(uncertainty) = &self.uncertainty {
            outputs.insert("quantiles.parquet".to_owned(), tables::quantiles(self, uncertainty)?);
            outputs.insert("uncertainty.json".to_owned(), json(&uncertainty.in_words())?);
            if let Some(drivers) = &self.drivers {
                outputs.insert("drivers.json".to_owned(), json(drivers)?);
            }
            if let Some(by_chance) = &self.by_chance {
                outputs.insert("chance.json".to_owned(), json(by_chance)?);
            }
            if uncertainty.ask.keep {
                outputs.insert("draws.parquet".to_owned(), tables::draws(self, uncertainty)?);
            }
        }
        if let Some(stress) = self.stress()? {
            outputs.insert("stress.json".to_owned(), json(stress)?);
        }
        let money = self.money()?;
        outputs.insert("money.parquet".to_owned(), tables::money(self, money)?);
        outputs.insert("money.json".to_owned(), json(&money.in_words())?);
        outputs.insert("report.html".to_owned(), report::html(self)?.into_bytes());
        Ok(outputs)
    }
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, RunError> {
    let text = serde_json::to_string_pretty(value);
    let text = text.map_err(|error| RunError::File { path: "JSON".to_owned(), error: error.to_string() })?;
    Ok((text + "\n").into_bytes())
}

/// Writes a run folder: `out` itself where it is given, else one under `runs/` named after what went in.
///
/// Everything is written beside the place and moved there at the end, so that there is never half a run.
pub fn save(run: &Run, out: Option<&Path>) -> Result<PathBuf, RunError> {
    let outputs = run.outputs()?;
    let manifest = Manifest::of(run, &outputs);
    let folder = out.map_or_else(|| Path::new("runs").join(manifest.name(&run.plan.id)), Path::to_owned);
    refuse_among_inputs(run, &folder)?;
    refuse_foreign(&folder)?;
    let beside = |suffix: &str| {
        let mut name = std::ffi::OsString::from(".");
        name.push(folder.file_name().unwrap_or_default());
        name.push(format!(".{suffix}-{}", std::process::id()));
        folder.with_file_name(name)
    };
    let (partial, replaced) = (beside("partial"), beside("replaced"));
    let written = write_all(run, &outputs, &manifest, &partial).and_then(|()| {
        if folder.exists() {
            fs::rename(&folder, &replaced).map_err(|error| at(&folder, &error))?;
        }
        fs::rename(&partial, &folder).map_err(|error| at(&folder, &error))
    });
    // What is left over is of no use to anyone, and failing to remove it does not make the run less whole.
    let _ = fs::remove_dir_all(&replaced);
    if written.is_err() {
        let _ = fs::remove_dir_all(&partial);
    }
    written.map(|()| folder)
}

fn at(path: &Path, error: &std::io::Error) -> RunError {
    RunError::File { path: path.display().to_string(), error: error.to_string() }
}

/// Only a run is replaced, and only when it holds nothing but what its manifest lists: anything else is somebody's.
fn refuse_foreign(folder: &Path) -> Result<(), RunError> {
    let name = folder.display();
    let Ok(found) = files_below(folder) else {
        let gone = !folder.exists() && !folder.is_symlink();
        return if gone {
            Ok(())
        } else {
            Err(RunError::Folder(format!("{name} is not a folder: choose another --out")))
        };
    };
    if found.is_empty() {
        return Ok(());
    }
    let Ok(manifest) = read_manifest(folder) else {
        return Err(RunError::Folder(format!("{name} holds something that is not a run: choose another --out")));
    };
    match found.iter().find(|file| !manifest.lists(file)) {
        Some(other) => Err(RunError::Folder(format!(
            "{name} holds {other}, which is not part of the run there: move it, or choose another --out"
        ))),
        None => Ok(()),
    }
}

/// A run among the books or sources would be read as part of them the next time.
fn refuse_among_inputs(run: &Run, folder: &Path) -> Result<(), RunError> {
    let read: BTreeSet<PathBuf> =
        run.plan.files.iter().filter_map(|(path, _)| real(path).parent().map(Path::to_owned)).collect();
    let out = real(folder);
    match read.iter().find(|inputs| out.starts_with(inputs)) {
        Some(inputs) => Err(RunError::Folder(format!(
            "{} lies in {}, which the plan reads: choose another --out",
            folder.display(),
            inputs.display()
        ))),
        None => Ok(()),
    }
}

/// The path without links and `..`, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = |at: &Path| Some(fs::canonicalize(at).ok()?.join(absolute.strip_prefix(at).ok()?));
    absolute.ancestors().find_map(known).unwrap_or_else(|| absolute.clone())
}

/// Every file of a folder and the folders in it, by its path below the folder, with `/` between.
fn files_below(folder: &Path) -> Result<BTreeSet<String>, std::io::Error> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at)? {
            let path = entry?.path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap_or(&path);
                let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                found.insert(parts.join("/"));
            }
        }
    }
    Ok(found)
}

fn read_manifest(folder: &Path) -> Result<Manifest, RunError> {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|error| {
        RunError::Folder(format!(
            "{} is not a run folder: its manifest.json cannot be read ({error})",
            folder.display()
        ))
    })?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|error| RunError::Folder(format!("{} is not the manifest of a run: {error}", path.display())))?;
    if manifest.format != FORMAT {
        let format = manifest.format;
        return Err(RunError::Folder(format!(
            "{} has format {format}; this version reads format {FORMAT}",
            path.display()
        )));
    }
    Ok(manifest)
}

fn write_all(
    run: &Run,
    outputs: &BTreeMap<String, Vec<u8>>,
    manifest: &Manifest,
    folder: &Path,
) -> Result<(), RunError> {
    let write = |path: &Path, bytes: &[u8]| -> Result<(), RunError> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| at(parent, &error))?;
        }
        fs::write(path, bytes).map_err(|error| at(path, &error))
    };
    for (path, file) in run.plan.files.by_relative_path() {
        write(&folder.join("inputs").join(path), file.text.as_bytes())?;
    }
    for (path, bytes) in outputs {
        write(&folder.join(path), bytes)?;
    }
    write(&folder.join(MANIFEST), &json(manifest)?)
}

/// Makes the run of a folder again from the inputs kept in it, which must be what its manifest says.
pub fn open(folder: &Path, progress: &(dyn Fn(&str) + Sync)) -> Result<(Manifest, Run), RunError> {
    let manifest = read_manifest(folder)?;
    let plain = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
    let inside = |path: &Path| path.components().all(plain);
    let leads_out =
        !inside(&manifest.request.plan) || manifest.inputs.iter().any(|input| !inside(Path::new(&input.path)));
    if leads_out || folder.join("inputs").is_symlink() {
        return Err(RunError::Folder(format!("the inputs of {} lead out of its folder", folder.display())));
    }
    let found = files_below(folder).map_err(|error| at(folder, &error))?;
    if let Some(other) = found.iter().find(|file| !manifest.lists(file)) {
        return Err(RunError::Folder(format!("{} holds {other}, which is not part of the run", folder.display())));
    }
    let inputs = folder.join("inputs");
    for input in &manifest.inputs {
        let bytes = fs::read(inputs.join(&input.path)).map_err(|error| at(&inputs.join(&input.path), &error))?;
        if sha256(&bytes) != input.sha256 {
            return Err(RunError::Folder(format!("inputs/{} is not the file that the run was made from", input.path)));
        }
    }
    if inputs_digest(&manifest.inputs) != manifest.inputs_sha256 {
        return Err(RunError::Folder("the manifest's list of inputs was changed after the run was made".to_owned()));
    }
    progress("reading the inputs kept in the run");
    let request = Request { plan: inputs.join(&manifest.request.plan), ..manifest.request.clone() };
    let plan = Plan::read(&request.plan).map_err(RunError::Plan)?;
    if input_files(&plan) != manifest.inputs {
        return Err(RunError::Folder("the folder's inputs hold other files than the run was made from".to_owned()));
    }
    Ok((manifest, Run::of(plan, request, progress)?))
}

/// Makes a run again and compares every file it left, bit for bit.
pub fn verify(folder: &Path, progress: &(dyn Fn(&str) + Sync)) -> Result<Verification, RunError> {
    let (manifest, run) = open(folder, progress)?;
    progress("comparing bit for bit");
    let again = run.outputs()?;
    let mut outputs: Vec<(OutputFile, bool)> = Vec::new();
    // What the manifest leaves out was made all the same, and must be there.
    let paths: BTreeSet<&String> = again.keys().chain(manifest.outputs.iter().map(|output| &output.path)).collect();
    for path in paths {
        let made =
            again.get(path).map(|bytes| OutputFile { path: path.clone(), sha256: sha256(bytes), bytes: bytes.len() });
        let listed = manifest.outputs.iter().find(|output| output.path == *path);
        let on_disk = fs::read(folder.join(path)).ok();
        let same = made.is_some() && made.as_ref() == listed && on_disk.as_ref() == again.get(path);
        outputs.extend(listed.cloned().or(made).map(|file| (file, same)));
    }
    Ok(Verification { versions: (manifest.muster_version, env!("CARGO_PKG_VERSION").to_owned()), outputs })
}
