//! A book, as far as a fit has to know it: its professions, its recipes, and the tables that it has now.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use super::FitError;
use super::entry::{self, Entry};

/// A profession of the book.
#[derive(Debug, Clone, Deserialize)]
pub struct Profession {
    /// Its id.
    pub id: String,
    /// Its staff group.
    pub group: String,
    /// The settings it works in.
    pub settings: Vec<String>,
    /// The years of a training grade; 0 for all others.
    #[serde(default)]
    pub stages: usize,
}

/// A move between professions of the book.
#[derive(Debug, Clone, Deserialize)]
pub struct Move {
    /// Its id.
    pub id: String,
    /// The profession it starts from.
    pub from: String,
    /// Whether it takes a share of those who complete, a share of everyone, or a number of people.
    pub how: String,
}

/// A book that is fitted.
#[derive(Debug)]
pub struct Book {
    folder: PathBuf,
    /// The day on which its stocks stand.
    pub baseline: Date,
    /// Its staff groups, in order.
    pub groups: Vec<String>,
    /// Its professions, in order.
    pub professions: Vec<Profession>,
    /// Its moves.
    pub moves: Vec<Move>,
    /// The published outcomes that assumptions are fitted to, by the name of the assumption.
    pub published: BTreeMap<String, f64>,
    judgements: BTreeMap<String, f64>,
}

/// A row of a recipe: what is judged about one subject, and what of the dataset it is fitted from.
#[derive(Debug, Clone)]
pub struct Recipe {
    file: String,
    cells: BTreeMap<String, String>,
}

impl Recipe {
    /// A cell; empty where the recipe has no such column.
    pub fn text(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// A number, where the cell is not empty.
    pub fn number(&self, column: &str) -> Result<Option<f64>, FitError> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| FitError::Book {
            file: self.file.clone(),
            why: format!("`{text}` in the column `{column}` is not a number"),
        })
    }

    /// A number that must be there.
    pub fn needed(&self, column: &str) -> Result<f64, FitError> {
        let subject = format!("{}{}", self.text("group"), self.text("profession"));
        self.number(column)?.ok_or_else(|| FitError::Book {
            file: self.file.clone(),
            why: format!("the row of `{subject}` needs a number in the column `{column}`"),
        })
    }
}

fn parse<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str) -> Result<T, FitError> {
    let text = read(&folder.join(name))?;
    toml::from_str(&text).map_err(|error| FitError::Book { file: name.to_owned(), why: error.to_string() })
}

fn read(path: &Path) -> Result<String, FitError> {
    fs::read_to_string(path)
        .map_err(|error| FitError::Book { file: path.display().to_string(), why: error.to_string() })
}

impl Book {
    /// Reads what a fit needs of a book.
    pub fn open(folder: &Path) -> Result<Self, FitError> {
        #[derive(Deserialize)]
        struct Named {
            id: String,
        }
        #[derive(Deserialize)]
        struct Staff {
            group: Vec<Named>,
            profession: Vec<Profession>,
        }
        #[derive(Deserialize)]
        struct Moves {
            #[serde(rename = "move")]
            list: Vec<Move>,
        }
        #[derive(Deserialize)]
        struct Head {
            baseline: toml::value::Datetime,
        }
        #[derive(Deserialize)]
        struct Calibrated {
            assumption: String,
            published: f64,
        }
        #[derive(Deserialize)]
        struct Calibration {
            calibrated: Vec<Calibrated>,
        }
        let head: Head = parse(folder, "book.toml")?;
        let staff: Staff = parse(folder, "professions.toml")?;
        let moves: Moves = parse(folder, "moves.toml")?;
        let calibration: Calibration = parse(folder, "calibration.toml")?;
        let mut book = Self {
            folder: folder.to_owned(),
            baseline: Date::from_str(&head.baseline.to_string())
                .map_err(|error| FitError::Book { file: "book.toml".into(), why: error.to_string() })?,
            groups: staff.group.into_iter().map(|group| group.id).collect(),
            professions: staff.profession,
            moves: moves.list,
            published: calibration.calibrated.into_iter().map(|of| (of.assumption, of.published)).collect(),
            judgements: BTreeMap::new(),
        };
        for row in book.recipe("judgements")? {
            book.judgements.insert(row.text("name").to_owned(), row.needed("value")?);
        }
        Ok(book)
    }

    /// The first day after the baseline, from which rates hold.
    pub fn day_after(&self) -> Date {
        self.baseline.saturating_add(1.day())
    }

    /// A recipe of the book: the file of that name in its folder `fit`.
    pub fn recipe(&self, name: &str) -> Result<Vec<Recipe>, FitError> {
        let file = format!("fit/{name}.csv");
        let rows = entry::records(&file, &self.text(&file)?)?;
        Ok(rows.into_iter().map(|cells| Recipe { file: file.clone(), cells }).collect())
    }

    /// A number that the book judges and the dataset cannot give.
    pub fn judgement(&self, name: &str) -> Result<f64, FitError> {
        self.judgements.get(name).copied().ok_or_else(|| FitError::Book {
            file: "fit/judgements.csv".into(),
            why: format!("there is no row `{name}`"),
        })
    }

    /// A published outcome that an assumption is fitted to.
    pub fn outcome(&self, assumption: &str) -> Result<f64, FitError> {
        self.published.get(assumption).copied().ok_or_else(|| FitError::Book {
            file: "calibration.toml".into(),
            why: format!("nothing is calibrated under the name `{assumption}`"),
        })
    }

    /// The text of a file of the book.
    pub fn text(&self, file: &str) -> Result<String, FitError> {
        read(&self.folder.join(file))
    }

    /// The entries of a table that the book has now; none where it has no such file.
    pub fn entries(&self, file: &str) -> Result<Vec<Entry>, FitError> {
        if self.folder.join(file).is_file() { entry::from_csv(file, &self.text(file)?) } else { Ok(Vec::new()) }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The entries of `fitted`, and of the book's own table those of other subjects, in the order of the book.
    pub fn with_kept(&self, fitted: Vec<Entry>, file: &str) -> Result<Vec<Entry>, FitError> {
        let own = self.entries(file)?;
        let kept = own.into_iter().filter(|entry| !fitted.iter().any(|other| other.subject() == entry.subject()));
        let mut all: Vec<Entry> = kept.collect();
        all.extend(fitted);
        let group = |entry: &Entry| self.groups.iter().position(|group| *group == entry.group);
        let profession = |entry: &Entry| self.professions.iter().position(|of| of.id == entry.profession);
        all.sort_by_cached_key(|entry| (profession(entry), group(entry)));
        Ok(all)
    }

    /// What entries say of a profession at an age: its own, or else its group's. A share of a band is spread over its ages.
    pub fn at_age(&self, entries: &[Entry], profession: &Profession, age: u32, share: bool) -> Option<f64> {
        let own = |entry: &&Entry| !entry.profession.is_empty() && entry.profession == profession.id;
        let group = |entry: &&Entry| entry.profession.is_empty() && entry.group == profession.group;
        let first = |entry: &&Entry| entry.from.is_empty() || *entry.from <= *self.day_after().to_string();
        let mine: Vec<&Entry> = entries.iter().filter(own).filter(first).collect();
        let from = if mine.is_empty() { entries.iter().filter(group).filter(first).collect() } else { mine };
        let found = from.into_iter().find_map(|entry| {
            let (youngest, oldest) = crate::ages::range(&entry.age)?;
            let ages = if share { f64::from(oldest - youngest + 1) } else { 1.0 };
            (youngest..=oldest).contains(&age).then(|| entry.number().map(|number| number / ages))?
        });
        if share { Some(found.unwrap_or(0.0)) } else { found }
    }
}
