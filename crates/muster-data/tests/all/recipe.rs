//! The recipe for a new publication, followed to the letter.

use std::fs;
use std::path::Path;

use muster_data::{Library, open, read};

/// The blocks of one language in a page.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let start = format!("```{language}\n");
    page.split(&start).skip(1).filter_map(|rest| rest.split_once("```").map(|(block, _)| block)).collect()
}

#[test]
fn a_newcomer_who_follows_the_recipe_has_a_description_that_works() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/how-to/add-a-source.md");
    let page = fs::read_to_string(page).unwrap();
    let mut library = Library::built_in().unwrap();
    let id = library.add("long-term-leave.toml", &blocks(&page, "toml").join("\n")).unwrap();
    let description = library.publication(&id).unwrap();
    assert_eq!(read::hold_examples(description, &library), []);

    let file =
        open::open_bytes("leave.csv", blocks(&page, "csv")[0].as_bytes().to_vec(), open::Limits::default()).unwrap();
    assert_eq!(read::recognise(&file, &library).unwrap().id, "long-term-leave");
    let filing = read::read(&file, description, &library).unwrap();
    assert_eq!(filing.lines().count(), 4);
    assert_eq!(filing.not_understood, []);
}
