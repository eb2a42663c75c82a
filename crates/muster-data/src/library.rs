//! The library: every publication that Muster knows, and the words that publications share.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Deserialize;

use crate::description::{Description, Field, Form, Measure};

const PUBLICATIONS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/publications.rs"));
const STAFF: &str = include_str!("../vocabulary/staff.toml");
const MEASURES: &str = include_str!("../vocabulary/measures.toml");

/// Descriptions and vocabularies.
#[derive(Debug, Clone)]
pub struct Library {
    publications: BTreeMap<String, Description>,
    measures: BTreeMap<String, Measure>,
    staff: BTreeMap<String, Staff>,
    staff_labels: HashMap<String, String>,
}

/// A profession or staff group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The group that it belongs to.
    #[serde(default)]
    pub parent: Option<String>,
    /// The groups that add to it, each person in exactly one.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Every spelling that publications use.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The same thing in the books.
    #[serde(default)]
    pub book: Option<String>,
}

/// What is wrong with a description.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub struct LibraryError {
    /// The file.
    pub file: String,
    /// What is wrong, and what to do.
    pub message: String,
}

/// A text without regard to case, spacing and the signs that editions change.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase));
    }
    plain
}

impl Library {
    /// The library that comes with Muster.
    pub fn built_in() -> Result<Self, LibraryError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct StaffFile {
            staff: Vec<Staff>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct MeasureFile {
            measure: Vec<Measure>,
        }
        let staff: StaffFile = parse("vocabulary/staff.toml", STAFF)?;
        let measures: MeasureFile = parse("vocabulary/measures.toml", MEASURES)?;
        let mut library = Self {
            publications: BTreeMap::new(),
            measures: BTreeMap::new(),
            staff: BTreeMap::new(),
            staff_labels: HashMap::new(),
        };
        for entry in staff.staff {
            for label in entry.labels.iter().chain([&entry.id, &entry.title]) {
                library.staff_labels.insert(plain(label), entry.id.clone());
            }
            library.staff.insert(entry.id.clone(), entry);
        }
        for measure in measures.measure {
            library.measures.insert(measure.id.clone(), measure);
        }
        for (name, text) in PUBLICATIONS {
            library.add(&format!("publications/{name}"), text)?;
        }
        Ok(library)
    }

    /// Adds a description from a file.
    pub fn add_file(&mut self, path: &Path) -> Result<String, LibraryError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| LibraryError { file: file.clone(), message: format!("cannot be read: {error}") })?;
        self.add(&file, &text)
    }

    /// Adds a description; one with the same id is replaced.
    pub fn add(&mut self, file: &str, text: &str) -> Result<String, LibraryError> {
        let description: Description = parse(file, text)?;
        let wrong = |message: String| Err(LibraryError { file: file.to_owned(), message });
        for pattern in patterns(&description) {
            if let Err(error) = crate::read::check_pattern(pattern) {
                return wrong(format!("`{pattern}` is not a regular expression: {error}"));
            }
        }
        if description.tables.is_empty() {
            return wrong("it has no [[table]], so nothing can be read with it".to_owned());
        }
        for table in &description.tables {
            if table.repeats && table.headings.is_empty() {
                return wrong(format!(
                    "table `{}` can only repeat where `headings` say where it begins again",
                    table.name
                ));
            }
            if table.otherwise.as_deref().is_some_and(|code| code.trim().is_empty()) {
                return wrong(format!("table `{}`: `otherwise` is the code of a place, or `refuse`", table.name));
            }
            if table.headings.is_empty() && table.columns.is_none() {
                return wrong(format!("table `{}` needs `headings`, or `columns` for a file without any", table.name));
            }
        }
        for measure in &description.measures {
            match self.measures.get(&measure.id) {
                Some(known) if known != measure => {
                    return wrong(format!(
                        "measure `{}` is defined elsewhere in another way: give it an id of its own",
                        measure.id
                    ));
                }
                _ => self.measures.insert(measure.id.clone(), measure.clone()),
            };
        }
        let id = description.id.clone();
        self.publications.insert(id.clone(), description);
        Ok(id)
    }

    /// Every publication, by id.
    pub fn publications(&self) -> impl Iterator<Item = &Description> {
        self.publications.values()
    }

    /// The publication with this id.
    pub fn publication(&self, id: &str) -> Option<&Description> {
        self.publications.get(id)
    }

    /// Every measure, by id.
    pub fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.measures.values()
    }

    /// The measure with this id.
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.measures.get(id)
    }

    /// Every profession and staff group, by id.
    pub fn all_staff(&self) -> impl Iterator<Item = &Staff> {
        self.staff.values()
    }

    /// The profession or staff group with this id.
    pub fn staff(&self, id: &str) -> Option<&Staff> {
        self.staff.get(id)
    }

    /// The profession or staff group that a publication calls by this name.
    pub fn staff_called(&self, label: &str) -> Option<&Staff> {
        self.staff.get(self.staff_labels.get(&plain(label))?)
    }
}

fn parse<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, LibraryError> {
    toml::from_str(text)
        .map_err(|error| LibraryError { file: file.to_owned(), message: error.to_string().trim().to_owned() })
}

/// Every regular expression of a description.
fn patterns(description: &Description) -> Vec<&str> {
    fn of<'d>(field: &'d Field, list: &mut Vec<&'d str>) {
        match field {
            Form::Text(_) => {}
            Form::List(fields) => fields.iter().for_each(|field| of(field, list)),
            Form::Table(found) => list.extend(found.pattern.iter().chain(&found.text).map(String::as_str)),
        }
    }
    let mut list = Vec::new();
    description.edition.iter().for_each(|field| of(field, &mut list));
    for table in &description.tables {
        list.extend(table.sheet.iter().chain(&table.file_name).chain(&table.first_cell).map(String::as_str));
        list.extend(table.skips.iter().filter_map(|skip| skip.pattern.as_deref()));
        let linked = table.links.iter().flat_map(|link| [&link.from, &link.to]);
        for place in table.place.iter().chain(linked) {
            [Some(&place.code), place.name.as_ref()].into_iter().flatten().for_each(|field| of(field, &mut list));
        }
        for field in crate::read::fields(&table.fields) {
            of(field, &mut list);
        }
        for values in &table.values {
            for field in crate::read::fields(&values.fields) {
                of(field, &mut list);
            }
            if let Form::Table(rule) = &values.columns {
                list.extend(rule.pattern.as_deref());
            }
        }
    }
    list
}
