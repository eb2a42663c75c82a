//! `muster data add`, killed or starved of space at any moment: the dataset is as it was before, or as it is after.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use muster_data::Dataset;
use muster_data::store::Filter;

const HEAD: &str = "DATE,REGION_CODE,ICS_CODE,ORG_CODE,ORG_NAME,STAFF_GROUP,VACANCIES_FTE,ESTABLISHMENT_FTE\n";

/// Two editions of a publication, the newer with a row that is listed.
fn editions(folder: &Path) -> [PathBuf; 2] {
    let rows = |months: std::ops::RangeInclusive<u8>, value: u16| -> String {
        let row = |month| format!("2020-{month:02}-28,Y58,QJK,RH8,x,Midwives,{},100\n", value + u16::from(month));
        months.map(row).collect()
    };
    let texts = [rows(1..=6, 0), format!("{}2020-12-28,Y58,QJK,RH8,x,Wizards,1,1\n", rows(4..=12, 50))];
    let paths = ["old.csv", "new.csv"].map(|name| folder.join(name));
    paths.iter().zip(texts).for_each(|(path, rows)| fs::write(path, format!("{HEAD}{rows}")).unwrap());
    paths
}

fn add(data: &Path, file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.args(["data", "add", "--data"]).arg(data).arg(file).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// All that can be read of a dataset.
fn all_of(data: &Path) -> Vec<String> {
    let dataset = Dataset::open(data).unwrap();
    let facts = dataset.facts(&Filter::default()).unwrap();
    let mut all: Vec<String> = facts
        .list
        .iter()
        .map(|fact| format!("{} {:?} {:?}", fact.period, facts.texts(&fact.subject), fact.value))
        .collect();
    all.extend(dataset.place_records().unwrap().iter().map(|record| format!("{record:?}")));
    for file in &dataset.catalogue().files {
        all.extend(dataset.not_understood(file).unwrap().iter().map(ToString::to_string));
    }
    all
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A dataset with the older edition, what it holds, and what it holds with the newer one.
struct Start {
    folder: tempfile::TempDir,
    new: PathBuf,
    before: Vec<String>,
    after: Vec<String>,
    takes: Duration,
}

impl Start {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = editions(folder.path());
        let (start, whole) = (folder.path().join("start"), folder.path().join("whole"));
        assert!(add(&start, &old).status().unwrap().success());
        copy(&start, &whole);
        let clock = Instant::now();
        assert!(add(&whole, &new).status().unwrap().success());
        let takes = clock.elapsed();
        let (before, after) = (all_of(&start), all_of(&whole));
        assert_ne!(before, after);
        Self { folder, new, before, after, takes }
    }

    /// A copy of the dataset with the older edition.
    fn copy(&self, name: &str) -> PathBuf {
        let data = self.folder.path().join(name);
        copy(&self.folder.path().join("start"), &data);
        data
    }

    /// It is as before or as after; and the same command, left alone, finishes the work and leaves nothing over.
    fn is_whole(&self, data: &Path) {
        let now = all_of(data);
        assert!(now == self.before || now == self.after, "{now:#?}");
        assert!(add(data, &self.new).status().unwrap().success());
        assert_eq!(all_of(data), self.after);
    }
}

#[test]
fn an_addition_killed_at_any_moment_leaves_the_dataset_before_or_after_it() {
    let start = Start::new();
    for moment in 0..20_u32 {
        let data = start.copy(&format!("killed-{moment}"));
        let mut child = add(&data, &start.new).spawn().unwrap();
        std::thread::sleep(start.takes * moment / 18);
        // It may have finished already.
        let _ = child.kill();
        child.wait().unwrap();
        start.is_whole(&data);
    }
}

#[cfg(unix)]
#[test]
fn an_addition_that_runs_out_of_space_at_any_file_leaves_the_dataset_before_or_after_it() {
    let start = Start::new();
    let mut ends = BTreeSet::new();
    for blocks in [0, 1, 2, 4, 6, 8, 12, 16, 24, 100] {
        let data = start.copy(&format!("full-{blocks}"));
        // No file may be larger than so many blocks, and writing more is an error, as on a full disk.
        let shell = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let command = add(&data, &start.new);
        let status = Command::new("sh")
            .args(["-c", &shell, "sh"])
            .arg(command.get_program())
            .args(command.get_args())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        ends.insert(status.success());
        assert_eq!(all_of(&data), if status.success() { start.after.clone() } else { start.before.clone() });
        start.is_whole(&data);
        let left = fs::read_dir(data.join("facts")).unwrap().flatten();
        assert!(left.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with('.')));
    }
    assert_eq!(ends.len(), 2, "some limits are too small, and the last is not");
}
