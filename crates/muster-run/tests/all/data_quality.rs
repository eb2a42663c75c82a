//! The data-quality page: it stands alone, can be read by everyone, says what the checks found, and keeps people's rows to itself.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use muster_data::Dataset;
use muster_data::store::AddOptions;
use muster_run::data_quality::DataQuality;

use crate::report::tags;

fn page_of(files: &[PathBuf], with: &[PathBuf]) -> DataQuality {
    let data = tempfile::tempdir().unwrap();
    let options = AddOptions { with: with.to_vec(), ..AddOptions::default() };
    Dataset::add(data.path(), files, &options, &mut |_| ()).unwrap();
    let dataset = Dataset::open(data.path()).unwrap();
    DataQuality::of(&dataset, "2022-03-31".parse().unwrap()).unwrap()
}

/// The page of the samples that come with the repository.
fn samples() -> DataQuality {
    page_of(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples")], &[])
}

/// The page of one value below nought, in a publication whose rows are people or are not.
fn below_nought(person_level: bool) -> DataQuality {
    let folder = tempfile::tempdir().unwrap();
    let description = folder.path().join("tiny.toml");
    let text = format!(
        r#"
id = "tiny"
title = "Tiny"
publisher = "Nobody"
licence = "own work"
about = "For a test."
person_level = {person_level}

[[table]]
name = "tiny"
headings = ["tiny month", "tiny trust", "tiny fte"]
period = {{ column = "tiny month", as = "month" }}
measure = "fte"
place = [{{ kind = "organisation", code = "tiny trust" }}]

[[table.values]]
columns = "tiny fte"
"#
    );
    std::fs::write(&description, text).unwrap();
    let file = folder.path().join("tiny.csv");
    std::fs::write(&file, "tiny month,tiny trust,tiny fte\n2021-03,RXX,-7.25\n2021-04,RXX,unreadable\n").unwrap();
    page_of(&[file], &[description])
}

#[test]
fn it_needs_nothing_from_elsewhere_and_can_be_read_without_seeing_it() {
    let page = samples().html().unwrap();
    assert!(tags(&page, "script").is_empty() && tags(&page, "link").is_empty() && tags(&page, "img").is_empty());
    assert!(!page.contains("url(") && !page.contains("@import"));
    assert!(page.contains("<html lang=\"en-GB\">") && page.contains("<title>Data quality</title>"));
    assert_eq!(tags(&page, "h1").len(), 1);
    let tables = tags(&page, "table").len();
    assert!(tables > 5);
    assert_eq!(tags(&page, "caption").len(), tables);
    assert!(tags(&page, "th").iter().all(|heading| heading.contains("scope=")));
    let charts = tags(&page, "svg");
    assert!(!charts.is_empty() && charts.iter().all(|chart| chart.contains("role=\"img\"")));
    assert_eq!(tags(&page, "desc").len(), charts.len());
    let after = |mark: &str| -> Vec<&str> {
        page.match_indices(mark).map(|(at, _)| page[at + mark.len()..].split('"').next().unwrap()).collect()
    };
    let ids = after(" id=\"");
    let known: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "an id is used twice");
    assert!(after("href=\"#").iter().all(|link| known.contains(link)));
}

#[test]
fn it_says_what_there_is_how_old_it_is_and_who_publishes_it() {
    let markdown = samples().markdown();
    for heading in ["In short", "Coverage", "Freshness", "Breaks", "Sums", "Files", "Publishers and licences"] {
        assert!(markdown.contains(&format!("\n## {heading}\n")), "{heading}");
    }
    assert!(markdown.contains("| hchs-staff | months |"), "{markdown}");
    assert!(markdown.contains("| NHS England | OGL-3.0 |"));
    assert!(markdown.contains("Ambulance staff are counted as support"));
    assert!(!markdown.contains("<svg"));
}

#[test]
fn a_page_made_twice_is_the_same() {
    assert_eq!(samples().html().unwrap(), samples().html().unwrap());
}

#[test]
fn values_of_rows_that_are_people_are_counted_and_not_shown() {
    let open = below_nought(false).markdown();
    assert!(open.contains("−7.25 is below nought") && open.contains("unreadable"), "{open}");
    let protected = below_nought(true);
    for page in [protected.markdown(), protected.html().unwrap()] {
        assert!(!page.contains("7.25") && !page.contains("unreadable"), "{page}");
        assert!(page.contains("tiny: below nought"), "the finding is counted");
    }
}
