//! Bytes and descriptions that nobody would write: reading them never panics, never runs away, and accounts for every row.
//!
//! Few cases run every time; `MUSTER_FUZZ_CASES=200000 cargo test --release -p muster-data --test all fuzz` runs many.

use std::sync::LazyLock;

use muster_data::open::{Limits, Opened, open_bytes};
use muster_data::read::{self, Filing, hold_examples};
use muster_data::{Library, Word};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::built_in().unwrap());

/// The descriptions that come with Muster, as texts.
static DESCRIPTIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/publications");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
});

/// Files that are sound: the examples of the descriptions.
static FILES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let examples = LIBRARY.publications().flat_map(|publication| &publication.examples);
    examples.filter_map(|example| example.file.as_deref().map(|file| file.trim_start().to_owned())).collect()
});

/// Small, so that nothing that a small file becomes is large.
const LIMITS: Limits = Limits { bytes: 4_000_000, cells: 200_000 };

fn run<S: Strategy>(few: u32, strategy: &S, test: impl Fn(S::Value)) {
    let cases = std::env::var("MUSTER_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(few);
    let persistence = Some(Box::new(FileFailurePersistence::Off) as _);
    let config = ProptestConfig { cases, failure_persistence: persistence, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(strategy, |value| {
            test(value);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// One change to a file.
#[derive(Debug, Clone)]
enum Change {
    /// Other bytes in the place of some.
    Replace(Index, usize, Vec<u8>),
    /// A piece of the file once more.
    Repeat(Index, usize, Index),
    /// Nothing from here on.
    Cut(Index),
}

/// Bytes that mean something in a table or a description.
fn meaningful() -> impl Strategy<Value = Vec<u8>> {
    let tokens: Vec<&[u8]> = vec![
        b"\"",
        b",",
        b";",
        b"\t",
        b"|",
        b"\n",
        b"\r",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"-",
        b"1e309",
        b"NaN",
        b"99999999999999999999",
        b"9e12",
        b"*",
        b"%",
        b"31/12/9999",
        b"0000-00-00",
        b"9999/00",
        b"2020",
        b"44286",
        b"QJK",
        b"Y58",
        b"#1",
        b"#0",
        b"#999",
        b"#18446744073709551615",
        b"''",
        b"[",
        b"]",
        b"{",
        b"}",
        b"=",
        b"true",
        b"0.01",
        b"-9223372036854775808",
        b"9223372036854775807",
        b"1e308",
        b"rest = true",
        b"dates = true",
        b"above = true",
        b"heading = true",
        b"sheet = true",
        b"repeats = true\n",
        b"columns = 8\n",
        b"fill = [\"#40\"]\n",
        b"until = [\"\"]\n",
        b"keep = true",
        b"plus = 9223372036854775807",
        b"(",
        b".*",
        b"(a*)*$",
        b"{999999999}",
        b"otherwise = \"\"\n",
        b"\xc3\xa9",
        b"\xf0\x9f\x98\x80",
    ];
    prop_oneof![
        3 => prop::sample::select(tokens).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        8 => (any::<Index>(), 0..12_usize, meaningful()).prop_map(|(at, length, bytes)| Change::Replace(at, length, bytes)),
        2 => (any::<Index>(), 1..80_usize, any::<Index>()).prop_map(|(at, length, to)| Change::Repeat(at, length, to)),
        1 => any::<Index>().prop_map(Change::Cut),
    ];
    prop::collection::vec(change, 1..6)
}

fn one(list: &[String], which: Index) -> &str {
    &list[which.index(list.len())]
}

fn changed(text: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for change in changes {
        let at = |index: &Index| index.index(bytes.len() + 1);
        match change {
            Change::Replace(from, length, new) => {
                let from = at(from);
                let to = (from + length).min(bytes.len());
                bytes.splice(from..to, new.iter().copied());
            }
            Change::Repeat(from, length, to) => {
                let (from, to) = (at(from), at(to));
                let piece = bytes[from..(from + length).min(bytes.len())].to_vec();
                bytes.splice(to..to, piece);
            }
            Change::Cut(from) => bytes.truncate(at(from)),
        }
    }
    bytes
}

/// What holds of every filing, whatever was read.
fn holds(file: &Opened, filing: &Filing) {
    let account = &filing.account;
    let left_out: usize = account.rows_left_out.values().sum();
    assert_eq!(
        account.rows_in,
        account.rows_filed + account.rows_refused + account.rows_without_value + left_out,
        "every row is accounted for"
    );
    let cells: usize = file.sheets.iter().flat_map(|sheet| &sheet.rows).map(Vec::len).sum();
    assert!(account.rows_in <= cells && account.facts <= 50 * (cells + 1), "no more comes out than went in");
    assert!(filing.not_understood.len() <= account.not_understood);
    assert_eq!(account.facts, filing.facts.list.len());
    for fact in &filing.facts.list {
        let texts = [fact.subject.measure, fact.subject.place, fact.subject.staff, fact.source];
        assert!(
            texts.iter().all(|word| *word != Word::default()),
            "a fact has a measure, a place, a staff group, a source"
        );
        assert!(fact.period.starts() <= fact.period.ends());
    }
    assert_eq!(filing.lines().count(), account.facts);
}

/// Reads bytes as `muster data add` does, by the description that fits.
fn read_as_added(bytes: Vec<u8>) {
    let Ok(file) = open_bytes("file.csv", bytes, LIMITS) else { return };
    if let Ok(filing) = read::recognise(&file, &LIBRARY).map(|found| read::read(&file, found, &LIBRARY)) {
        filing.iter().for_each(|filing| holds(&file, filing));
    }
}

/// Reads a file by a description, whether it fits or not.
fn read_by(text: &str, bytes: &[u8]) {
    let mut library = LIBRARY.clone();
    let Ok(id) = library.add("changed.toml", text) else {
        eprintln!("BAD");
        return;
    };
    let description = library.publication(&id).unwrap();
    // An example may fail; it may not panic.
    let _ = hold_examples(description, &library);
    if let Ok(file) = open_bytes("file.csv", bytes.to_vec(), LIMITS)
        && let Ok(filing) = read::read(&file, description, &library)
    {
        holds(&file, &filing);
    }
}

#[test]
fn any_bytes_are_refused_or_read() {
    let magic: Vec<&[u8]> = vec![
        b"",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
        b"PAR1",
        b"\xd0\xcf\x11\xe0",
        b"%PDF",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"<",
    ];
    let bytes = (prop::sample::select(magic), prop::collection::vec(any::<u8>(), 0..400));
    run(300, &bytes, |(magic, bytes)| read_as_added([magic, &bytes].concat()));
}

#[test]
fn any_text_is_refused_or_read() {
    run(200, &prop::collection::vec(meaningful(), 0..200), |parts| read_as_added(parts.concat()));
}

#[test]
fn a_sound_file_with_faults_in_it_is_refused_or_read() {
    let strategy = (any::<Index>(), changes());
    run(200, &strategy, |(which, changes)| read_as_added(changed(one(&FILES, which), &changes)));
}

#[test]
fn a_description_with_faults_in_it_is_refused_or_read_with() {
    let strategy = (any::<Index>(), changes(), any::<Index>(), changes());
    run(40, &strategy, |(which, changes, file, faults)| {
        let text = changed(one(&DESCRIPTIONS, which), &changes);
        read_by(&String::from_utf8_lossy(&text), &changed(one(&FILES, file), &faults));
    });
}
