//! Lenses: one question, asked of England, a region, a system, an organisation or a group of peers.

mod ask;
mod compare;
mod write;

use jiff::civil::Date;

pub use ask::ask;
pub use compare::{Comparison, Peers, compare};
pub use write::to_parquet;

use crate::description::Measure;
use crate::store::StoreError;
use crate::{Amount, Period};

/// A question to the dataset.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// A measure, by its id.
    pub measure: String,
    /// Places: codes, names, `regions`, `systems of Y58`, `organisations of QJK`. Without any: England.
    pub places: Vec<String>,
    /// Professions or staff groups, by id or by any name that publications use. Without any: all staff.
    pub staff: Vec<String>,
    /// The first day that counts.
    pub since: Option<Date>,
    /// The last.
    pub until: Option<Date>,
    /// How long a step is.
    pub by: Step,
    /// Dimensions that are held at a value, as in `age` = `25-34`.
    pub held: Vec<(String, String)>,
    /// A dimension that is laid out instead of totalled.
    pub across: Option<String>,
    /// Whether staff of bodies that are no more are counted with those that followed them.
    pub as_now: bool,
    /// One publication, where several answer.
    pub publication: Option<String>,
}

/// How long a step of an answer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Step {
    /// As it was published.
    #[default]
    AsPublished,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A financial year: a stock at its end, a flow over it.
    Year,
}

/// An answer, with all that is needed to believe it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was measured, with its definition.
    pub measure: Measure,
    /// Where it is from.
    pub source: Source,
    /// The values, by place, staff and period.
    pub rows: Vec<Row>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// The publication behind an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Its licence.
    pub licence: String,
    /// Its editions that the values are from.
    pub editions: Vec<String>,
}

impl Source {
    /// As a line under a table.
    pub fn line(&self) -> String {
        format!("{}, {}, edition {} ({})", self.title, self.publisher, self.editions.join(" and "), self.licence)
    }
}

/// One value of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The code of the place.
    pub place: String,
    /// Its name.
    pub place_name: String,
    /// The profession or staff group.
    pub staff: String,
    /// The value of the dimension that was laid out.
    pub across: String,
    /// When.
    pub period: Period,
    /// The value; none where it is withheld.
    pub value: Option<Amount>,
    /// Its unit.
    pub unit: String,
    /// How it came about.
    pub basis: Basis,
}

/// How a value came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// It was published.
    Published,
    /// It was added from so many published values.
    Summed(usize),
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LensError {
    /// The dataset cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The question is not clear.
    #[error("{0}")]
    Unclear(String),
    /// Nothing in the dataset answers it.
    #[error("{0}")]
    Nothing(String),
}
