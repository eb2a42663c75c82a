//! Every description that comes with Muster, held to its own examples.

use muster_data::{Library, read};

#[test]
fn every_example_of_every_publication_holds() {
    let library = Library::built_in().unwrap();
    let mut held = 0;
    let mut wrong = String::new();
    for publication in library.publications() {
        assert!(!publication.examples.is_empty(), "{} has no example", publication.id);
        for difference in read::hold_examples(publication, &library) {
            wrong.push_str(&format!("{}: {difference}", publication.id));
        }
        held += publication.examples.len();
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    println!("{held} examples held");
}
