//! Plans that lie within another: read on top of what the outer plan has read, and mixed with it one measure at a time.
//!
//! Some 260 organisations share one national book. Reading it once and each organisation's own book on top takes a thousandth of
//! the work of reading it 260 times.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::path::Path;

use muster_core::PlaceCode;

use crate::action::Effect;
use crate::assumption::Stated;
use crate::book::{Book, Context};
use crate::dependence;
use crate::diagnostic::{Diagnostic, Diagnostics, suggest};
use crate::document::Document;
use crate::files::{Files, tidy};
use crate::maturity::read_maturity;
use crate::measure::Measure;
use crate::plan::{Plan, RawPlan, acts_by_itself, read_years};
use crate::progress::read_progress;
use crate::source::Sources;

/// What of the outer plan's folder belongs to a plan within it.
const SHARED: [&str; 4] = ["plan.toml", "actions.toml", "actions", "scenarios.toml"];

impl Plan {
    /// Reads a plan that lies within this one. What the two share is not read again: the sources, the first book, and the actions
    /// and scenarios where the inner plan has none of its own. What moves together is what moves together in this plan; in all else the
    /// result is what [`Plan::read`] gives.
    pub fn read_within(&self, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Diagnostics::default();
        let mut files = Files::default();
        let file = files.read(&folder.join("plan.toml"), &mut diagnostics);
        let raw = file
            .as_ref()
            .and_then(|file| Document::parse(file, &mut diagnostics)?.rest::<RawPlan>("a plan", &mut diagnostics));
        match (raw, file) {
            (Some(raw), Some(file)) if self.shares_all_with(folder, &raw, &files) => {
                let plan = self.read_on_top(folder, raw, &file, &mut diagnostics);
                match plan {
                    Some(plan) => diagnostics.into_result(plan),
                    None => Err(diagnostics.into_list()),
                }
            }
            _ => Self::read(folder),
        }
    }

    /// Whether a plan has the sources, the first book, the start, the actions and the scenarios of this one.
    fn shares_all_with(&self, folder: &Path, raw: &RawPlan, files: &Files) -> bool {
        let absolute = |path: &Path| tidy(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
        let same = |a: &Path, b: &Path| absolute(a) == absolute(b);
        let first = raw.books.first().zip(self.shelf.books.first());
        let correlates = |book: &String| files.has_file(&folder.join(book).join(dependence::FILE));
        first.is_some_and(|(named, first)| same(&folder.join(named), &first.folder))
            && same(&folder.join(&raw.sources), &self.sources)
            && raw.from.parse().ok() == Some(self.from)
            && raw.within.as_ref().is_some_and(|within| same(&folder.join(&within.value), &self.folder))
            && !acts_by_itself(folder, files)
            && !["stress.toml", "targets.toml", "checks.toml", dependence::FILE]
                .iter()
                .any(|name| files.has_file(&folder.join(name)))
            // What moves together is settled over every book at once.
            && !raw.books.iter().skip(1).any(correlates)
    }

    fn read_on_top(
        &self,
        folder: &Path,
        raw: RawPlan,
        file: &crate::files::TextFile,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let (from, to) = read_years(file, &raw, diagnostics)?;
        let mut files = self.files.without(&self.folder, &SHARED);
        files.read(&folder.join("plan.toml"), diagnostics)?;
        let sources = Sources::known(&self.shelf.sources);
        let mut context = Context {
            files: &mut files,
            taxonomy: &self.shelf.taxonomy,
            places: &self.shelf.places,
            sources: &sources,
            book_place: PlaceCode::england(),
            price_year: Cell::new(self.price_year),
            passports: RefCell::new(HashSet::new()),
        };
        let mut shelf = self.shelf.first_book();
        let mut books = Vec::new();
        let mut stated: Vec<(usize, Stated)> = Vec::new();
        for name in raw.books.value.iter().skip(1) {
            let book = Book::read(&folder.join(name), from, context.places, context.files, diagnostics);
            let Some(mut book) = book else { continue };
            if shelf.books.iter().chain(&books).any(|other| other.id == book.id) {
                let place = crate::files::nowhere(&book.folder.join("book.toml"));
                let message = format!("two books are called `{}`", book.id);
                diagnostics.push("M024", place, message, "give one of them another id");
                continue;
            }
            context.book_place = book.place.clone();
            let values = book.read_assumptions(false, &mut context, diagnostics);
            stated.extend(values.into_iter().map(|value| (1 + books.len(), value)));
            books.push(book);
        }
        let progress = read_progress(folder, &self.actions, &mut context, diagnostics);
        let maturity = read_maturity(folder, &mut context, diagnostics);
        let price_year = context.price_year.get();
        shelf.add(books, stated, diagnostics);
        shelf.refuse_values_never_read(from, diagnostics);
        let place = raw.place.parse::<PlaceCode>().ok().filter(|code| shelf.places.get(code).is_some());
        if place.is_none() {
            let known = shelf.places.iter().map(|place| place.code.as_str());
            let help = suggest(&raw.place, known, "places are listed in places.csv");
            let message = format!("no place has the code `{}`", raw.place.value);
            diagnostics.push("M010", file.locate(raw.place.span.clone()), message, help);
        }
        Some(Self {
            id: raw.id,
            title: raw.title,
            about: raw.about,
            cautions: raw.cautions,
            place: place?,
            from,
            to,
            shelf,
            price_year,
            actions: self.actions.clone(),
            progress,
            maturity,
            scenarios: self.scenarios.clone(),
            failures: Vec::new(),
            policies: Vec::new(),
            targets: Vec::new(),
            checks: Vec::new(),
            dependence: self.dependence.clone(),
            repairs: self.repairs.clone(),
            files,
            folder: tidy(folder),
            within: Some(self.folder.clone()),
            sources: self.sources.clone(),
        })
    }

    /// This plan, with every value of some measures, or the actions and scenarios, as in another of the same place. For finding
    /// which assumptions make two plans differ: it is to be resolved, not to be relied on.
    ///
    /// The two count the same professions, programmes and moves; where they do not, nothing can be exchanged.
    pub fn exchanged(&self, other: &Self, taken: &dyn Fn(Measure) -> bool, actions: bool) -> Option<Self> {
        if self.shelf.taxonomy != other.shelf.taxonomy {
            return None;
        }
        let acting = if actions { other } else { self };
        Some(Self {
            id: self.id.clone(),
            title: self.title.clone(),
            about: self.about.clone(),
            cautions: Vec::new(),
            place: self.place.clone(),
            from: self.from,
            to: self.to,
            shelf: self.shelf.with_measures_of(&other.shelf, taken),
            price_year: self.price_year,
            actions: acting.actions.clone(),
            progress: Vec::new(),
            maturity: None,
            scenarios: acting.scenarios.clone(),
            failures: Vec::new(),
            policies: Vec::new(),
            targets: Vec::new(),
            checks: Vec::new(),
            dependence: Vec::new(),
            repairs: Vec::new(),
            files: Files::default(),
            folder: self.folder.clone(),
            within: self.within.clone(),
            sources: self.sources.clone(),
        })
    }

    /// This plan on its first book, with some of what other plans' own books state: to be resolved for the places of all of them at
    /// once, which shares the work that they have in common. No place of one may lie within a place of another, for it would have
    /// the other's values too.
    #[must_use]
    pub fn with_own_values_of(&self, others: &[(&Self, &dyn Fn(Measure) -> bool)]) -> Self {
        Self {
            id: self.id.clone(),
            title: self.title.clone(),
            about: self.about.clone(),
            cautions: Vec::new(),
            place: self.place.clone(),
            from: self.from,
            to: self.to,
            shelf: self.shelf.with_own_values_of(others.iter().map(|(plan, taken)| (&plan.shelf, *taken))),
            price_year: self.price_year,
            actions: self.actions.clone(),
            progress: Vec::new(),
            maturity: None,
            scenarios: self.scenarios.clone(),
            failures: Vec::new(),
            policies: Vec::new(),
            targets: Vec::new(),
            checks: Vec::new(),
            dependence: Vec::new(),
            repairs: Vec::new(),
            files: Files::default(),
            folder: self.folder.clone(),
            within: self.within.clone(),
            sources: self.sources.clone(),
        }
    }

    /// Whether a scenario of this name does the same to assumptions in two plans.
    pub fn acts_like(&self, other: &Self, scenario: &str) -> bool {
        let (Some(mine), Some(others)) = (self.scenario(scenario), other.scenario(scenario)) else { return false };
        let (mine, others) = (self.effects(mine), other.effects(others));
        let same = |(a, b): (&&Effect, &&Effect)| {
            (&a.of, a.measure, &a.key, a.how, &a.path, a.interpolation)
                == (&b.of, b.measure, &b.key, b.how, &b.path, b.interpolation)
        };
        mine.len() == others.len() && mine.iter().zip(&others).all(same)
    }
}
