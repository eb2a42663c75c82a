//! Why a question has no answer, in words that say what to do next.

use datafusion::common::{DataFusionError, SchemaError};

use super::VIEWS;
use crate::store::StoreError;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// It is no question.
    #[error(
        "`{0}` is not a question: SQL reads the dataset and changes nothing. Begin with SELECT, WITH, EXPLAIN, SHOW or \
         DESCRIBE; `muster data add` is what adds to a dataset"
    )]
    ReadOnly(String),
    /// It names a view that is not there.
    #[error("there is no view `{name}`{near} The views are {known}; `muster data sql --views` says what is in them")]
    NoView {
        /// The name.
        name: String,
        /// What may have been meant.
        near: String,
        /// The views that are there.
        known: String,
    },
    /// It names a column that is not there.
    #[error("there is no column `{name}`{near} The columns there are {known}")]
    NoColumn {
        /// The name.
        name: String,
        /// What may have been meant.
        near: String,
        /// The columns that are there.
        known: String,
    },
    /// It would take too much memory.
    #[error("this takes more memory than a question may have: ask for fewer rows or columns, or for totals")]
    Memory,
    /// It is not understood, or cannot be worked out.
    #[error("{0}")]
    Question(String),
    /// Its answer cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SqlError {
    pub(super) fn no_view(name: &str) -> Self {
        let names: Vec<&str> = VIEWS.iter().map(|view| view.name).collect();
        Self::NoView { name: name.to_owned(), near: did_you_mean(name, &names), known: names.join(", ") }
    }
}

impl From<DataFusionError> for SqlError {
    fn from(error: DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::Memory,
            DataFusionError::SchemaError(wrong, _) => match wrong.as_ref() {
                SchemaError::FieldNotFound { field, valid_fields } => {
                    let mut names: Vec<&str> = valid_fields.iter().map(|field| field.name.as_str()).collect();
                    names.sort_unstable();
                    names.dedup();
                    let name = field.name.clone();
                    Self::NoColumn { near: did_you_mean(&name, &names), name, known: names.join(", ") }
                }
                other => Self::Question(other.to_string()),
            },
            DataFusionError::SQL(wrong, _) => Self::Question(format!("this is not SQL: {wrong}")),
            DataFusionError::Plan(why) | DataFusionError::Execution(why) | DataFusionError::NotImplemented(why) => {
                Self::Question(why.clone())
            }
            other => Self::Question(other.strip_backtrace()),
        }
    }
}

/// The end of the sentence: what may have been meant, or a full stop.
fn did_you_mean(wrong: &str, known: &[&str]) -> String {
    let wrong = wrong.to_lowercase();
    let distance = |name: &&str| strsim::damerau_levenshtein(&wrong, &name.to_lowercase());
    let nearest = known.iter().copied().min_by_key(distance);
    nearest
        .filter(|name| distance(name) <= 2.max(name.len() / 3).min(name.len().saturating_sub(1)))
        .map_or_else(|| ".".to_owned(), |name| format!(": did you mean `{name}`?"))
}
