//! The England book against the publications that it was fitted from.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use muster_data::Dataset;
use muster_data::fit::{Book, Evidence, What, fit, place_share};
use muster_data::store::AddOptions;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every publication that the book is fitted from, below the folder of publications.
const PUBLICATIONS: [&str; 6] = [
    "hchs_workforce",
    "sandbox_south_west",
    "turnover",
    "workforce_nationality",
    "pcn_workforce",
    "activity/icb_allocations_practice_weighted_population_2025_2026.csv.gz",
];

/// The evidence, from the folder named by `MUSTER_PUBLICATIONS`, or beside the repository; none where there is no such folder.
static EVIDENCE: LazyLock<Option<Evidence>> = LazyLock::new(|| {
    let folder = std::env::var_os("MUSTER_PUBLICATIONS").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if !folder.is_dir() {
        return None;
    }
    let data = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = PUBLICATIONS.iter().map(|name| folder.join(name)).collect();
    Dataset::add(data.path(), &paths, &AddOptions::default(), &mut |_| {}).unwrap();
    Some(Evidence::of(&Dataset::open(data.path()).unwrap()).unwrap())
});

fn evidence() -> Option<&'static Evidence> {
    let found = EVIDENCE.as_ref();
    if found.is_none() {
        println!("skipped: the publications are not at hand");
    }
    found
}

fn book() -> Book {
    Book::open(&root().join("books/england")).unwrap()
}

#[test]
fn the_fit_reproduces_every_file_of_the_england_book() {
    let Some(evidence) = evidence() else { return };
    let fitted = fit(evidence, &book(), &What::ALL).unwrap();
    assert_eq!(fitted.changes, [], "entries that the book has otherwise");
    let other: Vec<&str> = fitted.files.iter().filter(|file| file.changed).map(|file| file.path.as_str()).collect();
    assert!(other.is_empty(), "the dataset says otherwise than {other:?}: run `muster data fit --write`");
}

#[test]
fn parts_that_are_fitted_alone_are_the_same_as_together() {
    let Some(evidence) = evidence() else { return };
    for what in What::ALL {
        let fitted = fit(evidence, &book(), &[what]).unwrap();
        assert!(fitted.files.iter().all(|file| !file.changed), "{what:?}");
    }
}

#[test]
fn shares_fitted_from_an_old_table_come_nearer_to_a_new_one_than_without_it() {
    let Some(evidence) = evidence() else { return };
    let shares = place_share::fit(evidence, &book()).unwrap();
    for (tested, limit) in [(&shares.england, 0.02), (&shares.region, 0.065)] {
        println!("{:?}: {:.4}, without a seed {:.4}", tested.months, tested.all, tested.without_seed);
        assert!(tested.all < limit && tested.all < tested.without_seed, "{tested:?}");
    }
}
