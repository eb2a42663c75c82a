//! A book: a folder of assumptions that speaks for one place.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use muster_core::{FinancialYear, PlaceCode, PlaceTree};
use serde::{Deserialize, Serialize};

use crate::assumption::{self, Passport, Stated};
use crate::dependence;
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::{At, Day, Document, Nothing};
use crate::files::Files;
use crate::pay_bands::{self, PayBands};
use crate::source::Sources;
use crate::taxonomy::Taxonomy;

/// What a book says of itself.
#[derive(Debug, Clone, Serialize)]
pub struct Book {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The place it speaks for.
    pub place: PlaceCode,
    /// The day its stocks stand on, if it has stocks.
    pub baseline: Option<Date>,
    /// What to know about it.
    pub about: String,
    /// Where it is.
    pub folder: PathBuf,
    /// What in it was fitted to a published outcome.
    pub calibrated: Vec<Calibrated>,
    /// How professions divide between pay bands, if it says.
    #[serde(skip)]
    pub pay_bands: Option<PayBands>,
}

/// An assumption that was fitted to a published outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibrated {
    /// Which assumption.
    pub assumption: String,
    /// The outcome, in words.
    pub to: String,
    /// The outcome, as a number.
    pub published: f64,
    /// Who published it.
    pub source: String,
    /// Where.
    #[serde(rename = "where")]
    pub where_in_source: String,
    /// How it was fitted.
    pub method: String,
    /// The file that holds the assumption.
    pub file: String,
}

/// An assumption that was fitted to a published outcome, as written.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCalibrated {
    /// Which assumption.
    assumption: String,
    /// The outcome, in words.
    to: String,
    /// The outcome, as a number.
    published: f64,
    /// Who published it.
    source: At<String>,
    /// Where.
    #[serde(rename = "where", default)]
    where_in_source: String,
    /// How it was fitted.
    method: String,
    /// The file that holds the assumption.
    file: At<String>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawBook {
    id: String,
    title: String,
    place: At<String>,
    baseline: Option<At<Day>>,
    #[serde(default)]
    about: String,
}

/// What is known while a book is read.
pub(crate) struct Context<'a> {
    pub files: &'a mut Files,
    pub taxonomy: &'a Taxonomy,
    pub places: &'a PlaceTree,
    pub sources: &'a Sources,
    pub book_place: PlaceCode,
    /// The year of the plan's prices, once a file has stated it.
    pub price_year: Cell<Option<FinancialYear>>,
    /// Passports seen so far: thousands of cells share a few.
    pub passports: RefCell<HashSet<Arc<Passport>>>,
}

impl Context<'_> {
    /// One copy of each passport.
    pub(crate) fn share(&self, passport: Passport) -> Arc<Passport> {
        let mut known = self.passports.borrow_mut();
        if let Some(same) = known.get(&passport) {
            return Arc::clone(same);
        }
        let passport = Arc::new(passport);
        known.insert(Arc::clone(&passport));
        passport
    }
}

/// The files of a book that are not assumptions.
const STRUCTURE: [&str; 7] = [
    "book.toml",
    "professions.toml",
    "programmes.toml",
    "moves.toml",
    "calibration.toml",
    dependence::FILE,
    pay_bands::FILE,
];

impl Book {
    /// Reads `book.toml` for a plan that starts from the end of a year.
    pub(crate) fn read(
        folder: &Path,
        from: FinancialYear,
        places: &PlaceTree,
        files: &mut Files,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let file = files.read(&folder.join("book.toml"), diagnostics)?;
        let raw = Document::parse(&file, diagnostics)?.rest::<RawBook>("a book", diagnostics)?;
        let place = raw.place.parse::<PlaceCode>().ok().filter(|code| places.get(code).is_some());
        if place.is_none() {
            let known = places.iter().map(|place| place.code.as_str());
            let help = suggest(&raw.place, known, "places are listed in places.csv of the national book");
            let message = format!("no place has the code `{}`", raw.place.value);
            diagnostics.push("M010", file.locate(raw.place.span.clone()), message, help);
        }
        if let Some(baseline) = raw.baseline.as_ref().filter(|baseline| baseline.0 != from.last_day()) {
            let day = baseline.value.0;
            let message = format!("the book's stocks stand on {day}, the plan starts from {}", from.last_day());
            let year = FinancialYear::containing(day);
            let help = format!("start the plan in {year}, or use a book for {}", from.last_day());
            diagnostics.push("M018", file.locate(baseline.span.clone()), message, help);
        }
        Some(Self {
            id: raw.id,
            title: raw.title,
            place: place?,
            baseline: raw.baseline.map(|day| day.value.0),
            about: raw.about,
            folder: crate::files::tidy(folder),
            calibrated: Vec::new(),
            pay_bands: None,
        })
    }

    /// Reads every assumption of the book.
    pub(crate) fn read_assumptions(
        &mut self,
        is_first: bool,
        context: &mut Context<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Stated> {
        let mut stated = Vec::new();
        for path in context.files.toml_files_below(&self.folder, diagnostics) {
            let structure = path.parent() == Some(&self.folder) && STRUCTURE.iter().any(|name| path.ends_with(name));
            if structure {
                self.refuse_second_taxonomy(&path, is_first, diagnostics);
                continue;
            }
            let values = assumption::read(&path, context, diagnostics);
            stated.extend(values);
        }
        self.read_calibration(context, diagnostics);
        self.pay_bands = pay_bands::read(&self.folder, context, diagnostics);
        stated
    }

    /// Professions, programmes and moves are those of the first book, so that every place counts the same things.
    fn refuse_second_taxonomy(&self, path: &Path, is_first: bool, diagnostics: &mut Diagnostics) {
        let of_first_book =
            ["professions.toml", "programmes.toml", "moves.toml"].iter().any(|name| path.ends_with(name));
        if of_first_book && !is_first {
            let message = format!("only the first book of a plan lists these, and `{}` is not the first", self.id);
            let help = "add them to the national book, and remove this file";
            diagnostics.push("M024", crate::files::nowhere(path), message, help);
        }
    }

    fn read_calibration(&mut self, context: &mut Context<'_>, diagnostics: &mut Diagnostics) {
        let path = self.folder.join("calibration.toml");
        if !context.files.has_file(&path) {
            return;
        }
        let Some(file) = context.files.read(&path, diagnostics) else { return };
        let Some(mut document) = Document::parse(&file, diagnostics) else { return };
        let below = |path: &PathBuf| Some(path.strip_prefix(&self.folder).ok()?.display().to_string());
        let known: Vec<String> =
            context.files.toml_files_below(&self.folder, diagnostics).iter().filter_map(below).collect();
        for At { value: raw, .. } in document.list::<RawCalibrated>("calibrated", diagnostics) {
            context.sources.need(&raw.source, file.locate(raw.source.span.clone()), diagnostics);
            let named = self.folder.join(&raw.file.value);
            if !context.files.has_file(&named) || context.files.has_folder(&named) {
                let known = known.iter().map(String::as_str);
                let help = suggest(&raw.file, known, "name the file that holds the assumption, relative to the book");
                let message = format!("the book has no file `{}`", raw.file.value);
                diagnostics.push("M001", file.locate(raw.file.span.clone()), message, help);
            }
            let RawCalibrated { assumption, to, published, source, where_in_source, method, file } = raw;
            let (source, file) = (source.value, file.value);
            self.calibrated.push(Calibrated { assumption, to, published, source, where_in_source, method, file });
        }
        document.rest::<Nothing>("a list of calibrated assumptions", diagnostics);
    }
}
