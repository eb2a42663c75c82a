//! Bytes and descriptions that nobody would write: reading them never panics, never runs away, and accounts for every row.
//!
//! Few cases run every time; `MUSTER_FUZZ_CASES=200000 cargo test --release -p muster-data --test all fuzz` runs many.

use std::collections::HashMap;
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

/// Reads the examples of a description by it, as they are and with faults in them.
fn read_by(text: &str, faults: &[Change]) {
    let mut library = LIBRARY.clone();
    let Ok(id) = library.add("changed.toml", text) else { return };
    let description = library.publication(&id).unwrap();
    // An example may fail; it may not panic.
    let _ = hold_examples(description, &library);
    for example in description.examples.iter().filter_map(|example| example.file.as_deref()) {
        for bytes in [example.as_bytes().to_vec(), changed(example, faults)] {
            if let Ok(file) = open_bytes("file.csv", bytes, LIMITS)
                && let Ok(filing) = read::read(&file, description, &library)
            {
                holds(&file, &filing);
            }
        }
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
    run(100, &strategy, |(which, changes)| read_as_added(changed(one(&FILES, which), &changes)));
}

/// A key and its value, where both stand on one line.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    let word = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let whole = [('[', ']'), ('{', '}')]
        .iter()
        .all(|(open, close)| value.matches(*open).count() == value.matches(*close).count());
    (word && whole && !value.contains("\"\"\"")).then_some((key, value))
}

/// A description in which some keys have the value that they have elsewhere, an odd one, or none: many such texts are
/// descriptions still.
fn rekeyed(text: &str, changes: &[(Index, Index)]) -> String {
    static VALUES: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
        let odd = [
            "''",
            "'#999999'",
            "['#1', '#2']",
            "[]",
            "{}",
            "true",
            "-1",
            "9223372036854775807",
            "1e308",
            "nan",
            "{ rest = true }",
            "{ dates = true }",
            "{ heading = true, as = 'month' }",
            "{ above = true }",
            "{ sheet = true }",
            "{ file = true, as = 'between' }",
            "{ column = '#1', plus = 9223372036854775807 }",
            "{ column = ['#1', '#2'], pattern = '(.)' }",
            "{ text = '.*' }",
            "{ born = '#1' }",
        ];
        let keys = DESCRIPTIONS.iter().flat_map(|text| text.lines()).filter_map(key_and_value);
        let mut values: HashMap<String, Vec<String>> = HashMap::new();
        keys.for_each(|(key, value)| values.entry(key.to_owned()).or_default().push(value.to_owned()));
        values.values_mut().for_each(|values| values.extend(odd.map(ToOwned::to_owned)));
        values
    });
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    for (at, value) in changes {
        let keys: Vec<usize> = (0..lines.len()).filter(|line| key_and_value(&lines[*line]).is_some()).collect();
        let Some(line) = keys.get(at.index(keys.len().max(1))) else { break };
        let key = key_and_value(&lines[*line]).map(|(key, _)| key.to_owned()).unwrap();
        lines[*line] =
            if value.index(8) == 0 { String::new() } else { format!("{key} = {}", one(&VALUES[&key], *value)) };
    }
    lines.join("\n")
}

#[test]
fn a_description_with_values_in_the_wrong_place_is_refused_or_read_with() {
    let keys = prop::collection::vec((any::<Index>(), any::<Index>()), 1..4);
    run(40, &(any::<Index>(), keys, changes()), |(which, keys, faults)| {
        read_by(&rekeyed(one(&DESCRIPTIONS, which), &keys), &faults);
    });
}

#[test]
fn a_description_with_faults_in_it_is_refused_or_read_with() {
    run(40, &(any::<Index>(), changes(), changes()), |(which, changes, faults)| {
        let text = changed(one(&DESCRIPTIONS, which), &changes);
        read_by(&String::from_utf8_lossy(&text), &faults);
    });
}
