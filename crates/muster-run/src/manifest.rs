//! The manifest of a run: what went in, what was asked, what came out, each pinned by its hash.

use std::collections::BTreeMap;

use muster_book::Plan;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::run::{Request, Run};
use crate::uncertainty::Ask;

/// One file that went in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// Below `inputs/` of the run folder.
    pub path: String,
    /// Of its text.
    pub sha256: String,
}

/// One file that came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Below the run folder.
    pub path: String,
    /// Of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: usize,
}

/// Everything needed to make a run again and to know whether it came out the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The shape of this file.
    pub format: u32,
    /// The version of Muster that made the run.
    pub muster_version: String,
    /// A command that makes it again.
    pub command: String,
    /// What was asked for; `plan` is below `inputs/`.
    pub request: Request,
    /// The seed of random numbers; none where nothing is drawn.
    pub seed: Option<u64>,
    /// Hash of the hashes of the inputs.
    pub inputs_sha256: String,
    /// What went in, by path.
    pub inputs: Vec<InputFile>,
    /// What came out, by path.
    pub outputs: Vec<OutputFile>,
}

/// The shape of a manifest and of a run folder.
pub(crate) const FORMAT: u32 = 1;

pub(crate) fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

impl Manifest {
    /// Whether a file of the run folder is part of the run.
    pub(crate) fn lists(&self, file: &str) -> bool {
        let input = |input: &InputFile| file.strip_prefix("inputs/") == Some(&input.path);
        file == "manifest.json"
            || self.outputs.iter().any(|output| output.path == file)
            || self.inputs.iter().any(input)
    }

    pub(crate) fn of(run: &Run, outputs: &BTreeMap<String, Vec<u8>>) -> Self {
        let inputs = input_files(&run.plan);
        let outputs = outputs.iter().map(|(path, bytes)| OutputFile {
            path: path.clone(),
            sha256: sha256(bytes),
            bytes: bytes.len(),
        });
        let request = Request { plan: run.plan.relative_folder().into(), ..run.request.clone() };
        let seed = request.draws.as_ref().map(|ask| ask.seed);
        Self {
            format: FORMAT,
            muster_version: env!("CARGO_PKG_VERSION").to_owned(),
            command: command(&request),
            request,
            seed,
            inputs_sha256: inputs_digest(&inputs),
            inputs,
            outputs: outputs.collect(),
        }
    }

    /// What the run folder is called: the same inputs, request and version have the same name.
    pub(crate) fn name(&self, plan: &str) -> String {
        let asked = format!("{} {} {}", self.inputs_sha256, self.command, self.muster_version);
        format!("{plan}-{}", &sha256(asked.as_bytes())[..8])
    }
}

/// Every file that a plan was read from, with its hash.
pub(crate) fn input_files(plan: &Plan) -> Vec<InputFile> {
    let files = plan.files.by_relative_path().into_iter();
    files.map(|(path, file)| InputFile { path, sha256: sha256(file.text.as_bytes()) }).collect()
}

pub(crate) fn inputs_digest(inputs: &[InputFile]) -> String {
    let lines: Vec<String> = inputs.iter().map(|input| format!("{}  {}", input.sha256, input.path)).collect();
    sha256(lines.join("\n").as_bytes())
}

/// The command that asks for this.
pub(crate) fn command(request: &Request) -> String {
    let mut command = format!("muster run {}", request.plan.display());
    for scenario in &request.scenarios {
        command.push_str(&format!(" --scenario {scenario}"));
    }
    command.push_str(&format!(" --places {}", request.places.join(",")));
    if request.monthly {
        command.push_str(" --step month");
    }
    command.push_str(&request.draws.as_ref().map_or(" --draws none".to_owned(), Ask::flags));
    command
}
