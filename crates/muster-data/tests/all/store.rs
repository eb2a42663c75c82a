//! The dataset: adding is one step, adding again changes nothing, and neither order nor company matters.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use muster_data::store::{AddOptions, Added, Filter, Outcome, StoreError};
use muster_data::{Dataset, Facts};

/// A folder for a dataset and one for publications.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn try_add(&self, files: &[PathBuf]) -> Result<Vec<Added>, StoreError> {
        Dataset::add(&self.data(), files, &AddOptions::default(), &mut |_| {})
    }

    fn add(&self, files: &[PathBuf]) -> Vec<Added> {
        self.try_add(files).unwrap()
    }

    fn open(&self) -> Dataset {
        Dataset::open(&self.data()).unwrap()
    }

    /// Every file of the dataset, with its bytes.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.data()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.data()).unwrap().to_string_lossy().into_owned();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        found
    }

    /// The hashes of what counts: facts, places, successors and links of each publication.
    fn counts(&self) -> Vec<String> {
        self.open().catalogue().stored().map(|stored| format!("{} {}", stored.file, stored.sha256)).collect()
    }
}

const HEAD: &str = "DATE,REGION_CODE,ICS_CODE,ORG_CODE,ORG_NAME,STAFF_GROUP,VACANCIES_FTE,ESTABLISHMENT_FTE\n";

/// Vacancies of a trust in some months; the last is the date of the edition.
fn edition(months: &[(&str, &str, i32)]) -> String {
    let rows = months.iter().map(|(date, org, vacancies)| format!("{date},Y58,QJK,{org},x,Midwives,{vacancies},100\n"));
    format!("{HEAD}{}", rows.collect::<String>())
}

fn march() -> String {
    edition(&[("2021-02-28", "RH8", 5), ("2021-03-31", "RH8", 6)])
}

/// Says February anew, March as it was, and April for the first time.
fn april() -> String {
    edition(&[("2021-02-28", "RH8", 7), ("2021-03-31", "RH8", 6), ("2021-04-30", "RH8", 8)])
}

fn lines(facts: &Facts) -> Vec<String> {
    let line = |fact: &muster_data::Fact| {
        let texts = facts.texts(&fact.subject).join(",");
        format!("{} {texts} {:?} {}", fact.period, fact.value, facts.words.text(fact.source))
    };
    facts.list.iter().map(line).collect()
}

fn vacancies(dataset: &Dataset) -> Vec<(String, i64)> {
    let filter = Filter { measures: vec!["vacancies_fte".to_owned()], ..Filter::default() };
    let facts = dataset.facts(&filter).unwrap();
    facts.list.iter().map(|fact| (fact.period.to_string(), fact.value.unwrap().millionths() / 1_000_000)).collect()
}

fn expected(months: &[(&str, i64)]) -> Vec<(String, i64)> {
    months.iter().map(|(month, value)| ((*month).to_owned(), *value)).collect()
}

// Again, newer, older

#[test]
fn the_same_file_twice_changes_nothing() {
    let place = Place::new();
    let file = place.file("march.csv", &march());
    place.add(std::slice::from_ref(&file));
    let before = place.files();
    let copy = place.file("march under another name.csv", &march());
    let again = place.add(&[file, copy]);
    assert!(again.iter().all(|added| matches!(&added.outcome, Outcome::Known(id) if id == "vacancies")));
    assert_eq!(place.files(), before, "not a byte differs");
}

#[test]
fn a_newer_edition_has_the_last_word_and_the_log_says_what_was_revised() {
    let place = Place::new();
    place.add(&[place.file("march.csv", &march())]);
    place.add(&[place.file("april.csv", &april())]);
    let dataset = place.open();
    assert_eq!(vacancies(&dataset), expected(&[("2021-02", 7), ("2021-03", 6), ("2021-04", 8)]));
    let log = &dataset.catalogue().log[1];
    assert_eq!((log.added, log.unchanged, log.revised, log.kept_newer), (2, 3, 1, 0));
    let revision = &log.largest[0];
    assert_eq!(revision.now, "2021-02 | RH8 | midwives | vacancies_fte | 7");
    assert_eq!(revision.was.unwrap().to_string(), "5");
    assert_eq!(revision.said, "vacancies 2021-03-31");
}

#[test]
fn an_older_edition_changes_nothing_that_a_newer_one_gave() {
    let place = Place::new();
    place.add(&[place.file("april.csv", &april())]);
    let before = lines(&place.open().facts(&Filter::default()).unwrap());
    place.add(&[place.file("march.csv", &march())]);
    assert_eq!(lines(&place.open().facts(&Filter::default()).unwrap()), before);
    let dataset = place.open();
    let log = &dataset.catalogue().log[1];
    assert_eq!((log.added, log.unchanged, log.revised, log.kept_newer), (0, 3, 0, 1));
}

#[test]
fn of_one_edition_what_was_added_last_holds_so_that_a_correction_can_be_added() {
    let place = Place::new();
    place.add(&[place.file("march.csv", &march())]);
    place.add(&[place.file("corrected.csv", &march().replace(",6,", ",4,"))]);
    assert_eq!(vacancies(&place.open()), expected(&[("2021-02", 5), ("2021-03", 4)]));
}

// Order and company

#[test]
fn the_order_of_files_does_not_matter_in_one_command_or_in_several() {
    let texts = [
        ("a.csv", march()),
        ("b.csv", april()),
        ("c.csv", edition(&[("2021-04-30", "RK9", 1), ("2021-05-31", "RH8", 3), ("2021-03-31", "RH8", 9)])),
        ("d.csv", "DATE,NHSE_REGION_CODE,ICS_CODE,ORG_CODE,ORG_NAME,SICKNESS_ABSENCE_RATE_PERCENT\n30/04/2021,Y58,QJK,RH8,x,4\n".to_owned()),
    ];
    let orders = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]];
    let mut all = Vec::new();
    for order in orders {
        let together = Place::new();
        let files: Vec<PathBuf> = order.iter().map(|at| together.file(texts[*at].0, &texts[*at].1)).collect();
        together.add(&files);
        all.push(together.counts());
        let apart = Place::new();
        order.iter().for_each(|at| drop(apart.add(&[apart.file(texts[*at].0, &texts[*at].1)])));
        all.push(apart.counts());
    }
    assert!(!all[0].is_empty() && all.iter().all(|counts| *counts == all[0]), "{all:#?}");
}

#[test]
fn two_files_of_one_edition_that_disagree_give_the_same_whatever_their_order_in_a_command() {
    let other = march().replace(",6,", ",4,");
    let mut all = Vec::new();
    for turned in [false, true] {
        let place = Place::new();
        fs::create_dir(place.folder.path().join("copy")).unwrap();
        let mut files = [place.file("march.csv", &march()), place.file("copy/march.csv", &other)];
        if turned {
            files.reverse();
        }
        place.add(&files);
        all.push(place.counts());
    }
    assert_eq!(all[0], all[1]);
}

#[test]
fn a_refused_file_does_not_keep_others_out() {
    let place = Place::new();
    let damaged = place.file("damaged.csv", &format!("{HEAD}2021-03-31,Y58,QJK"));
    let added = place.add(&[damaged, place.file("march.csv", &march())]);
    assert!(matches!(&added[0].outcome, Outcome::Refused(why) if why.contains("breaks off in row 2")));
    assert!(matches!(&added[1].outcome, Outcome::Filed(..)));
    assert_eq!(vacancies(&place.open()).len(), 2);
}

#[test]
fn whoever_adds_second_hears_that_the_dataset_is_busy() {
    let place = Place::new();
    let (march, april) = (place.file("march.csv", &march()), place.file("april.csv", &april()));
    let mut second = None;
    Dataset::add(&place.data(), &[march], &AddOptions::default(), &mut |_| {
        second = Some(place.try_add(std::slice::from_ref(&april)));
    })
    .unwrap();
    let refused = second.unwrap().unwrap_err();
    assert!(matches!(refused, StoreError::Busy(_)));
    assert!(refused.to_string().ends_with("wait until it has finished"), "{refused}");
    place.add(&[april]);
    assert_eq!(vacancies(&place.open()).len(), 3, "when the first has finished, the second may");
}

#[test]
fn a_reader_sees_the_dataset_before_or_after_an_addition_and_never_a_mixture() {
    let place = Place::new();
    place.add(&[place.file("march.csv", &march())]);
    let opened_before = place.open();
    let old = lines(&opened_before.facts(&Filter::default()).unwrap());
    let file = place.file("april.csv", &april());
    let (done, data) = (AtomicBool::new(false), place.data());
    let seen = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = Vec::new();
            while !done.load(Ordering::Relaxed) {
                seen.push(lines(&Dataset::open(&data).unwrap().facts(&Filter::default()).unwrap()));
                seen.dedup();
            }
            seen
        });
        place.add(&[file]);
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    let new = lines(&place.open().facts(&Filter::default()).unwrap());
    assert!(seen.iter().all(|lines| *lines == old || *lines == new), "{seen:#?}");
    assert_eq!(lines(&opened_before.facts(&Filter::default()).unwrap()), old, "who opened the old one still reads it");

    place.add(&[place.file("may.csv", &edition(&[("2021-05-31", "RH8", 3)]))]);
    let error = opened_before.facts(&Filter::default()).unwrap_err();
    assert!(matches!(error, StoreError::Changed(_)) && error.to_string().contains("ask again"), "{error}");
}

// What goes wrong half-way

#[test]
fn an_addition_that_fails_at_any_step_leaves_the_dataset_as_it_was() {
    for step in ["facts", "places", "notes"] {
        let place = Place::new();
        place.add(&[place.file("march.csv", &march())]);
        let (before, counts) = (vacancies(&place.open()), place.counts());
        let new = place
            .file("april.csv", &format!("{}2021-04-30,Y58,QJK,RH8,x,Wizards,1,1\n", april().replace("RH8", "RK9")));
        // A file where a folder is expected: nothing can be written below it.
        let (folder, aside) = (place.data().join(step), place.data().join("aside"));
        let was_there = fs::rename(&folder, &aside).is_ok();
        fs::write(&folder, "no folder").unwrap();
        assert!(place.try_add(std::slice::from_ref(&new)).is_err(), "{step}");
        fs::remove_file(&folder).unwrap();
        if was_there {
            fs::rename(&aside, &folder).unwrap();
        }
        assert_eq!((vacancies(&place.open()), place.counts()), (before, counts), "{step}");
        place.add(&[new]);
        assert_eq!(vacancies(&place.open()).len(), 5, "{step}: once the fault is gone, the same command does it");
    }
}

#[test]
fn the_first_addition_that_fails_leaves_no_dataset() {
    let place = Place::new();
    let file = place.file("march.csv", &march());
    fs::create_dir_all(place.data().join("catalogue.json")).unwrap();
    assert!(matches!(place.try_add(&[file]).unwrap_err(), StoreError::File { .. }));
    let error = Dataset::open(&place.data()).unwrap_err();
    assert!(matches!(error, StoreError::Missing(_)) && error.to_string().contains("muster data add"), "{error}");
}

#[test]
fn what_a_crash_left_behind_does_no_harm_and_goes_with_the_next_addition() {
    let place = Place::new();
    place.add(&[place.file("march.csv", &march())]);
    let left = ["facts/.adding-x1", "notes/.adding-x2", ".adding-x3", "facts/vacancies-0123456789abcdef.parquet"];
    fs::create_dir_all(place.data().join("notes")).unwrap();
    left.iter().for_each(|name| fs::write(place.data().join(name), "half").unwrap());
    assert_eq!(vacancies(&place.open()).len(), 2);
    place.add(&[place.file("april.csv", &april())]);
    let files = place.files();
    assert!(left.iter().all(|name| !files.contains_key(*name)), "{:?}", files.keys());
    assert_eq!(vacancies(&place.open()).len(), 3);
}

// A damaged dataset

fn one_of(place: &Place, folder: &str) -> PathBuf {
    fs::read_dir(place.data().join(folder)).unwrap().next().unwrap().unwrap().path()
}

#[test]
fn a_damaged_dataset_says_which_file_is_damaged_and_the_way_out() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage, &str); 5] = [
        ("catalogue.json", |path| cut(path), "not a catalogue of this version of Muster"),
        ("catalogue.json", |path| fs::write(path, "").unwrap(), "not a catalogue"),
        ("facts", |path| fs::remove_file(path).unwrap(), "the file is missing"),
        ("facts", |path| flip(path), "its hash differs"),
        ("facts", |path| cut(path), "its hash differs"),
    ];
    for (what, damage, why) in damages {
        let place = Place::new();
        place.add(&[place.file("march.csv", &march())]);
        let path = if what == "facts" { one_of(&place, what) } else { place.data().join(what) };
        damage(&path);
        let read = Dataset::open(&place.data()).and_then(|dataset| dataset.facts(&Filter::default())).unwrap_err();
        let added = place.try_add(&[place.file("april.csv", &april())]).unwrap_err();
        for error in [read.to_string(), added.to_string()] {
            assert!(error.contains(&path.display().to_string()) && error.contains(why), "{what}: {error}");
            assert!(error.ends_with("make it anew from the publications with `muster data add`"), "{what}: {error}");
        }
        // The way out.
        fs::rename(place.data(), place.folder.path().join("damaged")).unwrap();
        place.add(&[place.folder.path().join("march.csv"), place.folder.path().join("april.csv")]);
        assert_eq!(vacancies(&place.open()).len(), 3);
    }
}

#[test]
fn damaged_places_are_found_out_too() {
    let place = Place::new();
    place.add(&[place.file("march.csv", &march())]);
    flip(&one_of(&place, "places"));
    let error = place.open().place_records().unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

/// Turns one bit in the middle of a file.
fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// Leaves the first half of a file.
fn cut(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

#[cfg(unix)]
#[test]
fn a_folder_that_links_back_to_itself_is_read_once() {
    let place = Place::new();
    let folder = place.folder.path().join("publications");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("march.csv"), march()).unwrap();
    std::os::unix::fs::symlink(&folder, folder.join("again")).unwrap();
    assert_eq!(place.add(&[folder]).len(), 1);
}
