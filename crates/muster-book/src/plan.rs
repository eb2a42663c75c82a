//! A plan: the books it stands on, what it does, what it promises and what it is held against.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use muster_core::{FinancialYear, PlaceCode, PlaceTree};
use serde::Deserialize;

use crate::action::{Action, Effect, read_actions};
use crate::book::{Book, Context};
use crate::check::{Check, Role, read_checks};
use crate::dependence::{self, Dependence};
use crate::diagnostic::{Diagnostic, Diagnostics, Location, suggest};
use crate::document::{At, Document};
use crate::files::{Files, TextFile};
use crate::maturity::{SelfAssessment, read_maturity};
use crate::pay_bands::PayBands;
use crate::progress::{Report, read_progress};
use crate::scenario::{Scenario, read_scenarios};
use crate::shelf::{Override, Series, Shelf, Side};
use crate::source::Sources;
use crate::stress::{Failure, read_stress};
use crate::table;
use crate::taxonomy::Taxonomy;

/// The scenario with every action.
pub const PLAN: &str = "plan";
/// The scenario with none.
pub const COUNTERFACTUAL: &str = "counterfactual";

/// A plan that was read and found sound.
#[derive(Debug)]
pub struct Plan {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What to know about it.
    pub about: String,
    /// What a reader should know before relying on it.
    pub cautions: Vec<String>,
    /// The place it is for.
    pub place: PlaceCode,
    /// The year that closes at the baseline.
    pub from: FinancialYear,
    /// The last year.
    pub to: FinancialYear,
    /// The books it stands on.
    pub shelf: Shelf,
    /// The year of its prices, if its books state money.
    pub price_year: Option<FinancialYear>,
    /// What it does.
    pub actions: Vec<Action>,
    /// What became of its actions, as reported, by action and day.
    pub progress: Vec<Report>,
    /// How ready its place says it is to do more for itself, where it says so.
    pub maturity: Option<SelfAssessment>,
    /// Named differences; `plan` and `counterfactual` first.
    pub scenarios: Vec<Scenario>,
    /// What may go wrong with it.
    pub failures: Vec<Failure>,
    /// What might be done instead, to hold against what may go wrong; the plan and doing nothing first.
    pub policies: Vec<Scenario>,
    /// What it promises.
    pub targets: Vec<Check>,
    /// What its results are held against.
    pub checks: Vec<Check>,
    /// Which uncertain assumptions move together.
    pub dependence: Vec<Dependence>,
    /// Correlations that could not hold together as stated, and what is used in their place: for whoever relies on the plan.
    pub repairs: Vec<String>,
    /// Every file it was read from.
    pub files: Files,
    /// Its own folder.
    pub folder: PathBuf,
    /// The folder of the plan it lies within, whose actions and scenarios it has.
    pub within: Option<PathBuf>,
    pub(crate) sources: PathBuf,
}

/// A value that stands in for others, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// What it is, and how much in which year.
    pub what: String,
    /// What it replaces, and how much that is.
    pub instead_of: String,
    /// The book that states it.
    pub book: String,
    /// Where.
    pub written_at: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPlan {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) place: At<String>,
    pub(crate) from: At<String>,
    pub(crate) to: At<String>,
    pub(crate) books: At<Vec<String>>,
    pub(crate) sources: String,
    #[serde(default)]
    pub(crate) about: String,
    /// What a reader of the report should know before relying on it.
    #[serde(default)]
    pub(crate) cautions: Vec<String>,
    /// The folder of the plan it lies within, whose actions and scenarios it has where it has none of its own.
    pub(crate) within: Option<At<String>>,
}

impl Plan {
    /// Reads a plan and every book it stands on, or says everything that is wrong with them.
    pub fn read(folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::read_from(folder, Files::default())
    }

    /// Reads a plan from files that are at hand, such as [`Files::in_memory`], and from the disk where those let it.
    pub fn read_from(folder: &Path, files: Files) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Diagnostics::default();
        let plan = Self::read_into(folder, files, &mut diagnostics);
        match plan {
            Some(plan) => diagnostics.into_result(plan),
            None => Err(diagnostics.into_list()),
        }
    }

    fn read_into(folder: &Path, mut files: Files, diagnostics: &mut Diagnostics) -> Option<Self> {
        let file = files.read(&folder.join("plan.toml"), diagnostics)?;
        let raw = Document::parse(&file, diagnostics)?.rest::<RawPlan>("a plan", diagnostics)?;
        let (from, to) = read_years(&file, &raw, diagnostics)?;
        let sources = Sources::read(&folder.join(&raw.sources), &mut files, diagnostics);
        // Without sources, places or professions every value would be refused, which would hide the cause.
        if sources.is_empty() && !diagnostics.is_empty() {
            return None;
        }
        let Some((first, _)) = raw.books.split_first() else {
            let help = "name at least the national book: books = [\"../../books/england\"]";
            diagnostics.push("M024", file.locate(raw.books.span.clone()), "the plan stands on no book", help);
            return None;
        };
        let national = folder.join(first);
        let before = diagnostics.count();
        let taxonomy = Taxonomy::read(&national, &mut files, diagnostics);
        let unsound = diagnostics.count() > before;
        let places = files.read(&national.join("places.csv"), diagnostics);
        let places = places.and_then(|places| table::read_places(&places, &sources, diagnostics))?;
        if unsound {
            return None;
        }
        let mut context = Context {
            files: &mut files,
            taxonomy: &taxonomy,
            places: &places,
            sources: &sources,
            book_place: PlaceCode::england(),
            price_year: Cell::new(None),
            passports: RefCell::new(HashSet::new()),
        };
        let (books, stated, mut groups) = read_books(folder, &raw, from, &mut context, diagnostics);
        context.book_place = PlaceCode::england();
        let price_year = context.price_year.get();
        let acts_from = acts_from(folder, &raw, &file, context.files, diagnostics);
        let actions = read_actions(&acts_from, &mut context, diagnostics);
        let progress = read_progress(folder, &actions, &mut context, diagnostics);
        let maturity = read_maturity(folder, &mut context, diagnostics);
        let scenarios = read_scenarios(&acts_from, &actions, &mut context, diagnostics);
        let (failures, policies) = read_stress(folder, &actions, &scenarios, &mut context, diagnostics);
        let mut checks = |name, list, role| {
            read_checks(folder, (name, list, role), &scenarios, (from, to), &mut context, diagnostics)
        };
        let targets = checks("targets.toml", "target", Role::Target);
        let checks = checks("checks.toml", "check", Role::Prediction);
        dependence::read(folder, true, &mut groups, &mut context, diagnostics);
        let place = raw.place.parse::<PlaceCode>().ok().filter(|code| places.get(code).is_some());
        if place.is_none() {
            let help =
                suggest(&raw.place, places.iter().map(|place| place.code.as_str()), "places are listed in places.csv");
            let message = format!("no place has the code `{}`", raw.place.value);
            diagnostics.push("M010", file.locate(raw.place.span.clone()), message, help);
        }
        let shelf = Shelf::new(taxonomy, places, sources.into_map(), books, stated, diagnostics);
        shelf.refuse_values_never_read(from, diagnostics);
        shelf.refuse_shares_of_england_that_are_not_one(from, diagnostics);
        let mut plan = Self {
            id: raw.id,
            title: raw.title,
            about: raw.about,
            cautions: raw.cautions,
            place: place?,
            from,
            to,
            shelf,
            price_year,
            actions,
            progress,
            maturity,
            scenarios,
            failures,
            policies,
            targets,
            checks,
            dependence: Vec::new(),
            repairs: Vec::new(),
            files,
            folder: crate::files::tidy(folder),
            within: raw.within.map(|within| crate::files::tidy(&folder.join(within.value))),
            sources: crate::files::tidy(&folder.join(&raw.sources)),
        };
        (plan.dependence, plan.repairs) = dependence::settle(&plan, groups, diagnostics);
        Some(plan)
    }

    /// How professions divide between pay bands, as the last book says that has something to say.
    pub fn pay_bands(&self) -> Option<&PayBands> {
        self.shelf.books.iter().rev().find_map(|book| book.pay_bands.as_ref())
    }

    /// The folder of its sources.
    pub fn sources(&self) -> &Path {
        &self.sources
    }

    /// The years of the plan, the baseline first.
    pub fn years(&self) -> Vec<FinancialYear> {
        (0..=self.to.years_since(self.from)).map(|i| self.from + i as i16).collect()
    }

    /// The scenario of this name.
    pub fn scenario(&self, id: &str) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }

    /// Where something is written, by a path that is the same wherever the plan's files stand: `books/england/…csv:12`.
    pub fn written_at(&self, location: &Location) -> String {
        let files = self.files.by_relative_path();
        let path = files.iter().find(|(_, file)| file.name() == location.file).map(|(path, _)| path.as_str());
        format!("{}:{}", path.unwrap_or(&location.file), location.line)
    }

    /// The plan's folder, by the same kind of path.
    pub fn relative_folder(&self) -> String {
        let own = crate::files::tidy(&self.folder.join("plan.toml")).display().to_string();
        let files = self.files.by_relative_path();
        let path = files.iter().find(|(_, file)| file.name() == own).map(|(path, _)| path.as_str());
        path.and_then(|path| path.strip_suffix("/plan.toml")).unwrap_or_default().to_owned()
    }

    /// What is overridden, each value once, with what it has in place of what in the first year that both cover.
    pub fn overrides_in_words(&self) -> Vec<Overridden> {
        let mut found: Vec<Overridden> = Vec::new();
        for Override { winner, loser } in self.shelf.overrides() {
            let what = self.shelf.title(winner.measure, &winner.key);
            let written_at = self.written_at(&winner.entries[0].location);
            let year =
                self.years().into_iter().find(|year| winner.entry(*year).is_some() && loser.entry(*year).is_some());
            let Some(year) = year else { continue };
            let value = |series: &Series| series.at(year, Side::Central).unwrap_or_default();
            let old = format!("{} ({})", value(loser), self.shelf.title(loser.measure, &loser.key));
            match found.iter_mut().find(|over| over.written_at == written_at) {
                Some(over) => over.instead_of.push_str(&format!("; {old}")),
                None => found.push(Overridden {
                    what: format!("{what}: {} in {year}", value(winner)),
                    instead_of: old,
                    book: self.shelf.books[winner.book].title.clone(),
                    written_at,
                }),
            }
        }
        found
    }

    /// What a scenario does to assumptions, in the order it does it.
    pub fn effects<'p>(&'p self, scenario: &'p Scenario) -> Vec<&'p Effect> {
        let of_action = |i: &usize| scenario.otherwise.get(i).unwrap_or(&self.actions[*i].effects);
        let of_actions = scenario.actions.iter().flat_map(of_action);
        of_actions.chain(&scenario.changes).collect()
    }
}

/// Plans do not lie deeper than this: England, region, system, organisation, and room for more.
const DEEPEST: usize = 8;

/// Whether a folder has actions or scenarios of its own.
pub(crate) fn acts_by_itself(folder: &Path, files: &Files) -> bool {
    ["actions.toml", "scenarios.toml"].iter().any(|name| files.has_file(&folder.join(name)))
        || files.has_folder(&folder.join("actions"))
}

/// Where the actions and scenarios of a plan are: with itself, or with the nearest plan it lies within that has some.
fn acts_from(
    folder: &Path,
    raw: &RawPlan,
    file: &TextFile,
    files: &mut Files,
    diagnostics: &mut Diagnostics,
) -> PathBuf {
    let locate = |file: &TextFile, within: &At<String>| (within.value.clone(), file.locate(within.span.clone()));
    let mut next = raw.within.as_ref().map(|within| locate(file, within));
    let mut at = folder.to_owned();
    let mut found = acts_by_itself(&at, files).then(|| at.clone());
    for _ in 0..DEEPEST {
        let Some((name, named_at)) = next.take() else { return found.unwrap_or(at) };
        let outer = at.join(name);
        let Some(file) = files.read_named(&outer.join("plan.toml"), named_at, diagnostics) else {
            return folder.to_owned();
        };
        if found.is_none() && acts_by_itself(&outer, files) {
            found = Some(outer.clone());
        }
        // What else is wrong with the outer plan is said when that plan is read.
        let raw = Document::parse(&file, &mut Diagnostics::default())
            .and_then(|document| document.rest::<RawPlan>("a plan", &mut Diagnostics::default()));
        next = raw.and_then(|raw| Some(locate(&file, raw.within.as_ref()?)));
        at = outer;
    }
    let help = "let `within` name the plan of a larger place, up to one that lies within none";
    diagnostics.push("M024", file.start(), "the plan lies within itself, by way of the plans it names", help);
    folder.to_owned()
}

pub(crate) fn read_years(
    file: &TextFile,
    raw: &RawPlan,
    diagnostics: &mut Diagnostics,
) -> Option<(FinancialYear, FinancialYear)> {
    let mut year = |text: &At<String>| {
        text.parse::<FinancialYear>()
            .map_err(|_| {
                let message = format!("`{}` is not a financial year", text.value);
                diagnostics.push("M018", file.locate(text.span.clone()), message, "write it as 2021/22");
            })
            .ok()
    };
    let (from, to) = (year(&raw.from), year(&raw.to));
    let (from, to) = (from?, to?);
    if !(1..=60).contains(&to.years_since(from)) {
        let message = format!("a plan from {from} to {to} has no year to project, or more than 60");
        diagnostics.push("M018", file.locate(raw.to.span.clone()), message, "put `to` 1 to 60 years after `from`");
        return None;
    }
    Some((from, to))
}

pub(crate) fn read_books(
    folder: &Path,
    raw: &RawPlan,
    from: FinancialYear,
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Book>, Vec<(usize, crate::assumption::Stated)>, Vec<dependence::Draft>) {
    let mut books: Vec<Book> = Vec::new();
    let mut stated = Vec::new();
    let mut groups = Vec::new();
    for name in &raw.books.value {
        let folder = folder.join(name);
        let Some(mut book) = Book::read(&folder, from, context.places, context.files, diagnostics) else { continue };
        if books.iter().any(|other| other.id == book.id) {
            let place = crate::files::nowhere(&book.folder.join("book.toml"));
            diagnostics.push(
                "M024",
                place,
                format!("two books are called `{}`", book.id),
                "give one of them another id",
            );
            continue;
        }
        context.book_place = book.place.clone();
        let values = book.read_assumptions(books.is_empty(), context, diagnostics);
        stated.extend(values.into_iter().map(|value| (books.len(), value)));
        dependence::read(&book.folder, false, &mut groups, context, diagnostics);
        books.push(book);
    }
    (books, stated, groups)
}

/// The places below and at `place` that a run is worked out for: the place itself, or its systems.
pub fn systems_of(places: &PlaceTree, place: &PlaceCode) -> Vec<PlaceCode> {
    let is_system = |code: &PlaceCode| places.get(code).is_some_and(|node| node.kind == muster_core::PlaceKind::System);
    let mut found: Vec<PlaceCode> = places
        .iter()
        .map(|node| node.code.clone())
        .filter(|code| is_system(code) && places.is_within(code, place))
        .collect();
    if found.is_empty() {
        found.push(place.clone());
    }
    found
}
