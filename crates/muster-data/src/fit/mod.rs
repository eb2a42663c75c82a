//! Books fitted from the dataset: a value with its passport for everything that publications say and books state.
//!
//! Each file fits one measure and has the same shape: a function from the [`Evidence`] and the [`Book`] to entries, and the
//! passport of its table. What the dataset cannot say (how a staff group divides into professions, how many joiners are
//! newly qualified) stays a judgement in the folder `fit` of the book, and each entry says which part of it is which.

pub mod age_share;
pub mod book;
mod calibration;
pub mod entry;
pub mod ipf;
pub mod joiner_age_share;
pub mod leaver_rate;
pub mod number;
pub mod observed;
pub mod organisation_leaving;
pub mod participation;
pub mod place_share;
pub mod seasonal;
pub mod shapes;
pub mod shrink;
pub mod stock_fte;
mod write;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use book::Book;
pub use entry::Entry;
use leaver_rate::Workforce;
pub use observed::Evidence;
pub use write::{Change, FittedFile, replace};

use crate::store::StoreError;

/// Why a book cannot be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// The dataset lacks something.
    #[error("the dataset has {0}")]
    Missing(String),
    /// The book lacks something, or says something that cannot be.
    #[error("{file}: {why}")]
    Book {
        /// The file of the book.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// The totals and the seed do not go together.
    #[error("staff cannot be divided between systems and groups: {0}")]
    NoFit(#[from] ipf::NoFit),
    /// The dataset cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What can be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Staff in post by profession.
    Stock,
    /// The shares of systems.
    Shares,
    /// Ages of staff.
    Ages,
    /// Hours per head.
    Hours,
    /// Leaver rates by age.
    Leaving,
    /// Ages of joiners.
    Joining,
    /// The season, as a table beside the book.
    Seasonal,
    /// Leaving by organisation, as a table beside the book.
    Organisations,
}

impl What {
    /// Everything, in the order in which one rests on another.
    pub const ALL: [Self; 8] = [
        Self::Stock,
        Self::Shares,
        Self::Ages,
        Self::Hours,
        Self::Leaving,
        Self::Joining,
        Self::Seasonal,
        Self::Organisations,
    ];
}

/// The passport of a table: what holds for each row that does not say otherwise.
#[derive(Debug, Clone)]
pub struct Passport {
    /// The measure of the book.
    pub measure: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// What a reader should know, a paragraph each.
    pub notes: Vec<String>,
    /// The day from which the values hold.
    pub from: Date,
    /// Published, derived or judgement.
    pub kind: &'static str,
    /// The id of the source.
    pub source: &'static str,
    /// Where in the source.
    pub location: String,
    /// Why these numbers.
    pub why: String,
}

/// One fitted measure.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// Its files in the book, without `.toml` and `.csv`.
    pub file: &'static str,
    /// The passport of its table.
    pub passport: Passport,
    /// Its entries.
    pub entries: Vec<Entry>,
    /// What was measured on the way, such as the error of a method.
    pub findings: Vec<String>,
}

/// What a fit makes of a book.
#[derive(Debug)]
pub struct Fit {
    /// The files, by their path in the book.
    pub files: Vec<FittedFile>,
    /// Every entry that is new, gone or another.
    pub changes: Vec<Change>,
    /// What was measured on the way.
    pub findings: Vec<String>,
}

/// Fits a book: all of `what`, from the evidence and the recipes of the book. Nothing is written.
pub fn fit(evidence: &Evidence, book: &Book, what: &[What]) -> Result<Fit, FitError> {
    let wanted = |one: What| what.contains(&one);
    let mut fitted: Vec<Fitted> = Vec::new();
    let mut tables: Vec<(&'static str, String)> = Vec::new();
    let mut calibrated: Vec<(&'static str, f64)> = Vec::new();
    if wanted(What::Stock) {
        let stock = stock_fte::fit(evidence, book)?;
        calibrated.push(("uplift", stock.uplift));
        fitted.push(stock.fitted);
    }
    if wanted(What::Shares) {
        let shares = place_share::fit(evidence, book)?;
        fitted.extend([shares.of_all, shares.of_groups]);
    }
    if wanted(What::Ages) {
        fitted.push(age_share::fit(evidence, book)?);
    }
    if wanted(What::Hours) {
        let ages = current(&fitted, book, age_share::FILE)?;
        fitted.push(participation::fit(evidence, book, &ages)?);
    }
    if wanted(What::Leaving) {
        let [stock, ages, hours] = [stock_fte::FILE, age_share::FILE, participation::FILE];
        let [stock, ages, hours] =
            [current(&fitted, book, stock)?, current(&fitted, book, ages)?, current(&fitted, book, hours)?];
        let workforce = Workforce { stock: &stock, ages: &ages, hours: &hours };
        let leaving = leaver_rate::fit(evidence, book, workforce)?;
        calibrated.push(("factor", leaving.factor));
        fitted.push(leaving.fitted);
    }
    if wanted(What::Joining) {
        fitted.push(joiner_age_share::fit(evidence, book)?);
    }
    if wanted(What::Seasonal) {
        tables.push((seasonal::FILE, seasonal::fit(evidence)?));
    }
    if wanted(What::Organisations) {
        tables.push((organisation_leaving::FILE, organisation_leaving::fit(evidence)?));
    }
    write::gather(book, &fitted, tables, calibration::rewritten(book, &calibrated)?)
}

/// The entries of a file: as just fitted, or as the book has them.
fn current(fitted: &[Fitted], book: &Book, file: &str) -> Result<Vec<Entry>, FitError> {
    match fitted.iter().find(|fitted| fitted.file == file) {
        Some(fitted) => Ok(fitted.entries.clone()),
        None => book.entries(&format!("{file}.csv")),
    }
}

/// How the people of a subject divide between the bands of rates.
fn weights(ages: &[Entry], group: &str, profession: &str, book: &Book) -> Result<[f64; 7], FitError> {
    let own = book.professions.iter().find(|of| of.id == profession);
    // A group has the ages of a profession that has none of its own.
    let subject = book::Profession {
        id: profession.to_owned(),
        group: own.map_or_else(|| group.to_owned(), |of| of.group.clone()),
        settings: Vec::new(),
        stages: 0,
    };
    let mut weights = [0.0; 7];
    for (band, weight) in shapes::RATE_BANDS.iter().zip(&mut weights) {
        let (youngest, oldest) = crate::ages::range(band).unwrap_or_default();
        *weight = (youngest..=oldest).filter_map(|age| book.at_age(ages, &subject, age, true)).sum();
    }
    if weights.iter().sum::<f64>() > 0.0 {
        return Ok(weights);
    }
    let why = format!("it has no ages for `{group}{profession}`");
    Err(FitError::Book { file: "supply/age_share.csv".into(), why })
}

/// The people of a profession: its FTE over its FTE per head.
fn heads(book: &Book, workforce: Workforce, profession: &book::Profession) -> Result<f64, FitError> {
    let stock = workforce.stock.iter().find(|entry| entry.profession == profession.id).and_then(Entry::number);
    let missing =
        |file: &str| FitError::Book { file: file.into(), why: format!("there is nothing for `{}`", profession.id) };
    let stock = stock.ok_or_else(|| missing("supply/stock_fte.csv"))?;
    let mut fte_per_head = 0.0;
    for age in 16..=75 {
        let share = book.at_age(workforce.ages, profession, age, true).unwrap_or_default();
        if share > 0.0 {
            let hours = book.at_age(workforce.hours, profession, age, false);
            fte_per_head += share * hours.ok_or_else(|| missing("supply/participation.csv"))?;
        }
    }
    Ok(stock / fte_per_head)
}

/// Those who finish the last year of a training grade in the first year, and whom no move takes.
fn completers_who_leave(book: &Book, profession: &book::Profession, heads: f64, leaving: f64) -> Result<f64, FitError> {
    if profession.stages == 0 {
        return Ok(0.0);
    }
    let numbers = |file: &str| -> Result<BTreeMap<String, f64>, FitError> {
        let rows = entry::records(file, &book.text(file)?)?;
        let number = |row: &BTreeMap<String, String>| Some((row.get("move")?.clone(), row.get("value")?.parse().ok()?));
        Ok(rows.iter().filter_map(number).collect())
    };
    let (shares, posts) = (numbers("supply/moves/move_share.csv")?, numbers("supply/moves/move_headcount.csv")?);
    let sum = |how: &str, numbers: &BTreeMap<String, f64>| -> f64 {
        let moves = book.moves.iter().filter(|of| of.from == profession.id && of.how == how);
        moves.filter_map(|of| numbers.get(&of.id)).sum()
    };
    let (taken, posts) = (sum("completion", &shares), sum("posts", &posts));
    let completed = heads / profession.stages as f64 * (1.0 - leaving);
    Ok((completed * (1.0 - taken) - posts).max(0.0))
}
