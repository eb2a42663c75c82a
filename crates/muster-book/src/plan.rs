//! A plan: the books it stands on, what it does, what it promises and what it is held against.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use muster_core::{FinancialYear, PlaceCode, PlaceTree};
use serde::{Deserialize, Serialize};

use crate::assumption::{Interpolation, Key, Kind, Passport, RawKey, refuse_amount_for_many};
use crate::book::{Book, Context};
use crate::diagnostic::{Diagnostic, Diagnostics, Location, suggest};
use crate::document::{At, Day, Document, LowHigh};
use crate::figure::{Figure, RawFigure};
use crate::files::{Files, TextFile};
use crate::measure::{MEASURES, Measure};
use crate::shelf::{Shelf, between};
use crate::source::Sources;
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
    /// The place it is for.
    pub place: PlaceCode,
    /// The year that closes at the baseline.
    pub from: FinancialYear,
    /// The last year.
    pub to: FinancialYear,
    /// The books it stands on.
    pub shelf: Shelf,
    /// What it does.
    pub actions: Vec<Action>,
    /// Named differences; `plan` and `counterfactual` first.
    pub scenarios: Vec<Scenario>,
    /// What it promises.
    pub targets: Vec<Check>,
    /// What its results are held against.
    pub checks: Vec<Check>,
    /// Every file it was read from.
    pub files: Files,
    /// Its own folder.
    pub folder: PathBuf,
}

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// The organisation.
    pub organisation: String,
    /// The role in it.
    pub role: String,
}

/// Which level of the NHS does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// England.
    National,
    /// A region.
    Regional,
    /// An integrated care system.
    System,
    /// A trust or practice.
    Organisation,
}

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// More people in training.
    Train,
    /// Fewer people who leave.
    Retain,
    /// More people from elsewhere.
    Recruit,
    /// Another way of working.
    Reform,
    /// More care for each hour worked.
    Productivity,
    /// Bank and agency staff.
    Temporary,
}

/// What an action costs, when that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Pounds.
    pub gbp: f64,
    /// In the prices of which year.
    pub price_year: FinancialYear,
    /// What it pays for, and when.
    pub about: String,
}

/// Something a plan does.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub theme: Theme,
    /// Who does it.
    pub owner: Owner,
    /// At which level.
    pub level: Level,
    /// By when.
    pub due: Date,
    /// What it costs.
    pub cost: Option<Cost>,
    /// Where it was promised.
    pub source: String,
    /// Where in the source.
    pub where_in_source: String,
    /// Why its effect is believed.
    pub evidence: String,
    /// What it does to assumptions.
    pub effects: Vec<Effect>,
    /// Why no effect is modelled, when none is.
    pub untracked_effect: Option<String>,
}

/// How an effect changes an assumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The value becomes that of the path.
    Set,
    /// The value of the path is added.
    Add,
    /// The value is multiplied by that of the path.
    Multiply,
}

/// What an action or scenario does to assumptions.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The action or scenario it belongs to.
    pub of: String,
    /// What it changes.
    pub measure: Measure,
    /// For whom.
    pub key: Key,
    /// How.
    pub how: Change,
    /// By when how much; nothing before the first year, and the last value holds.
    pub path: Vec<(FinancialYear, f64)>,
    /// Between the dates.
    pub interpolation: Interpolation,
    /// How much of it may be delivered, low and high.
    pub delivered: [f64; 2],
    /// Where it came from.
    pub passport: Passport,
    /// Where it is written.
    pub location: Location,
}

/// A plan with named differences.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What to know about it.
    pub about: String,
    /// The actions it has, as indices.
    pub actions: Vec<usize>,
    /// What else it changes.
    pub changes: Vec<Effect>,
}

/// What a check is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The book was fitted to it, so it must agree.
    Calibration,
    /// Nothing was fitted to it.
    Prediction,
    /// It is one of the plan's own inputs.
    Input,
    /// The plan promises it.
    Target,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Expect {
    /// No less.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
    /// Between two numbers.
    Between(f64, f64),
    /// Within a share of a number.
    Near {
        /// The number.
        value: f64,
        /// The share of it by which a figure may differ.
        within: f64,
    },
}

/// A figure that is held against something published or promised.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The question.
    pub figure: Figure,
    /// The scenario it is put to.
    pub scenario: String,
    /// The answer hoped for.
    pub expect: Expect,
    /// What it is for.
    pub role: Role,
    /// By when, for a target.
    pub due: Option<Date>,
    /// Who published it.
    pub source: String,
    /// Where.
    pub where_in_source: String,
    /// Why it is missed, when it is.
    pub note: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPlan {
    id: String,
    title: String,
    place: At<String>,
    from: At<String>,
    to: At<String>,
    books: At<Vec<String>>,
    sources: String,
    #[serde(default)]
    about: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAction {
    id: At<String>,
    title: String,
    theme: Theme,
    owner: Owner,
    level: Level,
    due: Day,
    cost: Option<At<Cost>>,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    evidence: At<String>,
    #[serde(default)]
    effect: Vec<At<RawEffect>>,
    untracked_effect: Option<At<String>>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawEffect {
    measure: At<String>,
    #[serde(rename = "for", default)]
    key: RawKey,
    how: Change,
    #[serde(default)]
    interpolation: Interpolation,
    path: At<Vec<RawPoint>>,
    range: Option<At<LowHigh>>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPoint {
    from: Day,
    value: At<f64>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawScenario {
    id: At<String>,
    title: String,
    #[serde(default)]
    about: String,
    without: Option<Vec<At<String>>>,
    only: Option<Vec<At<String>>>,
    #[serde(default)]
    change: Vec<At<RawEffect>>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawCheck {
    id: At<String>,
    title: String,
    figure: At<RawFigure>,
    scenario: Option<At<String>>,
    expect: At<RawExpect>,
    role: Option<Role>,
    due: Option<Day>,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    note: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExpect {
    at_least: Option<f64>,
    at_most: Option<f64>,
    between: Option<LowHigh>,
    near: Option<f64>,
    within: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Plan {
    /// Reads a plan and every book it stands on, or says everything that is wrong with them.
    pub fn read(folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Diagnostics::default();
        let plan = Self::read_into(folder, &mut diagnostics);
        match plan {
            Some(plan) => diagnostics.into_result(plan),
            None => Err(diagnostics.into_list()),
        }
    }

    fn read_into(folder: &Path, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut files = Files::default();
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
            passports: RefCell::new(HashSet::new()),
        };
        let (books, stated) = read_books(folder, &raw, from, &mut context, diagnostics);
        context.book_place = PlaceCode::england();
        let actions = read_actions(folder, &mut context, diagnostics);
        let scenarios = read_scenarios(folder, &actions, &mut context, diagnostics);
        let mut checks = |name, list, role| {
            read_checks(folder, (name, list, role), &scenarios, (from, to), &mut context, diagnostics)
        };
        let targets = checks("targets.toml", "target", Role::Target);
        let checks = checks("checks.toml", "check", Role::Prediction);
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
        Some(Self {
            id: raw.id,
            title: raw.title,
            about: raw.about,
            place: place?,
            from,
            to,
            shelf,
            actions,
            scenarios,
            targets,
            checks,
            files,
            folder: crate::files::tidy(folder),
        })
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
        let own = self.folder.join("plan.toml").display().to_string();
        let files = self.files.by_relative_path();
        let path = files.iter().find(|(_, file)| file.name() == own).map(|(path, _)| path.as_str());
        path.and_then(|path| path.strip_suffix("/plan.toml")).unwrap_or_default().to_owned()
    }

    /// What a scenario does to assumptions, in the order it does it.
    pub fn effects<'p>(&'p self, scenario: &'p Scenario) -> Vec<&'p Effect> {
        let of_actions = scenario.actions.iter().flat_map(|i| &self.actions[*i].effects);
        of_actions.chain(&scenario.changes).collect()
    }
}

fn read_years(file: &TextFile, raw: &RawPlan, diagnostics: &mut Diagnostics) -> Option<(FinancialYear, FinancialYear)> {
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

fn read_books(
    folder: &Path,
    raw: &RawPlan,
    from: FinancialYear,
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Book>, Vec<(usize, crate::assumption::Stated)>) {
    let mut books: Vec<Book> = Vec::new();
    let mut stated = Vec::new();
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
        books.push(book);
    }
    (books, stated)
}

fn read_actions(folder: &Path, context: &mut Context<'_>, diagnostics: &mut Diagnostics) -> Vec<Action> {
    let mut paths = Vec::new();
    if folder.join("actions.toml").exists() {
        paths.push(folder.join("actions.toml"));
    }
    if folder.join("actions").is_dir() {
        paths.extend(Files::toml_files_below(&folder.join("actions"), diagnostics));
    }
    let mut actions: Vec<Action> = Vec::new();
    for path in paths {
        let Some(file) = context.files.read(&path, diagnostics) else { continue };
        let Some(mut document) = Document::parse(&file, diagnostics) else { continue };
        for raw in document.list::<RawAction>("action", diagnostics) {
            let place = file.locate(raw.id.span.clone());
            if actions.iter().any(|action| action.id == raw.id.value) {
                let message = format!("two actions are called `{}`", raw.id.value);
                diagnostics.push("M013", place, message, "give one of them another id");
                continue;
            }
            context.sources.need(&raw.source, file.locate(raw.source.span.clone()), diagnostics);
            if raw.evidence.trim().is_empty() {
                let help = "say why its effect is believed, or that it is not known";
                diagnostics.push("M012", file.locate(raw.evidence.span.clone()), "the action has no evidence", help);
            }
            if raw.effect.is_empty() != raw.untracked_effect.is_some() {
                let help = "give [[action.effect]], or say in `untracked_effect` why there is none; not both";
                diagnostics.push("M022", place, format!("what `{}` does is not clear", raw.id.value), help);
            }
            if let Some(why) = raw.untracked_effect.as_ref().filter(|why| why.trim().is_empty()) {
                let help = "say in `untracked_effect` why there is none, or give [[action.effect]]";
                let message = "the action does not say why no effect is modelled";
                diagnostics.push("M012", file.locate(why.span.clone()), message, help);
            }
            if let Some(cost) = raw.cost.as_ref().filter(|cost| !cost.gbp.is_finite()) {
                let help = "write the pounds as a number, or leave `cost` out when it is not known";
                diagnostics.push("M009", file.locate(cost.span.clone()), "the cost is not a finite number", help);
            }
            let read = |effect: &At<RawEffect>| read_effect(&file, &raw.id, effect, context, diagnostics);
            let effects = raw.effect.iter().filter_map(read).collect();
            let RawAction {
                id,
                title,
                theme,
                owner,
                level,
                due,
                cost,
                source,
                where_in_source,
                evidence,
                untracked_effect,
                ..
            } = raw.value;
            let (id, due, source, evidence) = (id.value, due.0, source.value, evidence.value);
            let (cost, untracked_effect) = (cost.map(|cost| cost.value), untracked_effect.map(|why| why.value));
            actions.push(Action {
                id,
                title,
                theme,
                owner,
                level,
                due,
                cost,
                source,
                where_in_source,
                evidence,
                effects,
                untracked_effect,
            });
        }
        document.rest::<Nothing>("a list of actions", diagnostics);
    }
    actions
}

fn read_effect(
    file: &TextFile,
    of: &str,
    raw: &At<RawEffect>,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Effect> {
    let before = diagnostics.count();
    context.sources.need(&raw.source, file.locate(raw.source.span.clone()), diagnostics);
    let Some(measure) = Measure::named(&raw.measure) else {
        let help = suggest(
            &raw.measure,
            MEASURES.iter().map(|spec| spec.id),
            "the measures are listed in docs/book-format.md",
        );
        let message = format!("no measure is called `{}`", raw.measure.value);
        diagnostics.push("M007", file.locate(raw.measure.span.clone()), message, help);
        return None;
    };
    if measure.spec().read_once {
        let message =
            format!("`{}` is read once, at the start: nothing that changes it later has an effect", measure.id());
        let help = "change it in a book, or act on a measure that is read every year";
        diagnostics.push("M022", file.locate(raw.measure.span.clone()), message, help);
    }
    let at = |part: &str| file.locate(raw.key.span_of(part).unwrap_or_else(|| raw.span.clone()));
    let key = context.key(measure, &raw.key, &at, diagnostics);
    // A group can grow by a tenth; what is added to it or set for it would be added to each of its professions.
    if raw.how != Change::Multiply {
        refuse_amount_for_many(measure, &raw.key, &at, diagnostics);
    }
    let mut path = Vec::new();
    for point in &raw.path.value {
        if !point.value.is_finite() {
            let help = "write a number";
            diagnostics.push("M009", file.locate(point.value.span.clone()), "the effect is not a finite number", help);
        }
        path.push((FinancialYear::containing(point.from.0), point.value.value));
    }
    let place = || file.locate(raw.path.span.clone());
    if path.is_empty() {
        diagnostics.push(
            "M022",
            place(),
            "the effect has no dated value",
            "give path = [{ from = 2025-04-01, value = … }]",
        );
    }
    if path.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        let help = "put the dates in order, no two in one financial year";
        diagnostics.push("M022", place(), "the dates of the effect are not in order", help);
    }
    let delivered = raw.range.as_ref().map_or([1.0, 1.0], |range| range.value.0);
    if !(delivered[0] <= 1.0 && delivered[1] >= 1.0 && delivered[0] >= -1.0 && delivered[1] <= 3.0) {
        let span = raw.range.as_ref().map_or(raw.span.clone(), |range| range.span.clone());
        let help = "range is the share of the effect delivered, low and high, with 1 in between: [0.5, 1.1]";
        diagnostics.push("M022", file.locate(span), "the range of delivery does not hold 1", help);
    }
    if raw.kind != Kind::Published && raw.why.trim().is_empty() {
        diagnostics.push("M012", file.locate(raw.span.clone()), "the effect does not say its reason", "add `why`");
    }
    let key = key?;
    (diagnostics.count() == before).then(|| Effect {
        of: of.to_owned(),
        measure,
        key,
        how: raw.how,
        path,
        interpolation: raw.interpolation,
        delivered,
        passport: Passport {
            kind: raw.kind,
            source: raw.source.value.clone(),
            where_in_source: raw.where_in_source.clone(),
            why: raw.why.clone(),
        },
        location: file.locate(raw.path.span.clone()),
    })
}

fn read_scenarios(
    folder: &Path,
    actions: &[Action],
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Scenario> {
    let all: Vec<usize> = (0..actions.len()).collect();
    let mut scenarios = vec![
        Scenario {
            id: PLAN.to_owned(),
            title: "With the plan".to_owned(),
            about: "Every action is delivered in full and on time.".to_owned(),
            actions: all.clone(),
            changes: Vec::new(),
        },
        Scenario {
            id: COUNTERFACTUAL.to_owned(),
            title: "Without the plan".to_owned(),
            about: "No action: intakes, recruitment and leaver rates stay as the books state them.".to_owned(),
            actions: Vec::new(),
            changes: Vec::new(),
        },
    ];
    let path = folder.join("scenarios.toml");
    if !path.exists() {
        return scenarios;
    }
    let Some(file) = context.files.read(&path, diagnostics) else { return scenarios };
    let Some(mut document) = Document::parse(&file, diagnostics) else { return scenarios };
    for raw in document.list::<RawScenario>("scenario", diagnostics) {
        let place = file.locate(raw.id.span.clone());
        if scenarios.iter().any(|scenario| scenario.id == raw.id.value) {
            let message = format!("two scenarios are called `{}` (plan and counterfactual always exist)", raw.id.value);
            diagnostics.push("M013", place, message, "give one of them another id");
            continue;
        }
        if raw.without.is_some() && raw.only.is_some() {
            diagnostics.push("M022", place, "a scenario has `without` or `only`, not both", "leave out one of them");
        }
        let mut named = |names: &[At<String>]| -> Vec<usize> {
            let find = |name: &At<String>| {
                let found = actions.iter().position(|action| action.id == name.value);
                if found.is_none() {
                    let help = suggest(
                        name,
                        actions.iter().map(|action| action.id.as_str()),
                        "actions are listed in actions.toml",
                    );
                    let message = format!("no action is called `{}`", name.value);
                    diagnostics.push("M010", file.locate(name.span.clone()), message, help);
                }
                found
            };
            names.iter().filter_map(find).collect()
        };
        let chosen = match (&raw.without, &raw.only) {
            (_, Some(only)) => {
                let only = named(only);
                all.iter().copied().filter(|i| only.contains(i)).collect()
            }
            (Some(without), None) => {
                let without = named(without);
                all.iter().copied().filter(|i| !without.contains(i)).collect()
            }
            (None, None) => all.clone(),
        };
        let read = |change: &At<RawEffect>| read_effect(&file, &raw.id, change, context, diagnostics);
        let changes = raw.change.iter().filter_map(read).collect();
        let RawScenario { id, title, about, .. } = raw.value;
        scenarios.push(Scenario { id: id.value, title, about, actions: chosen, changes });
    }
    document.rest::<Nothing>("a list of scenarios", diagnostics);
    scenarios
}

fn read_checks(
    folder: &Path,
    (name, list, role): (&str, &str, Role),
    scenarios: &[Scenario],
    years: (FinancialYear, FinancialYear),
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Check> {
    let path = folder.join(name);
    if !path.exists() {
        return Vec::new();
    }
    let Some(file) = context.files.read(&path, diagnostics) else { return Vec::new() };
    let Some(mut document) = Document::parse(&file, diagnostics) else { return Vec::new() };
    let mut checks: Vec<Check> = Vec::new();
    for raw in document.list::<RawCheck>(list, diagnostics) {
        if checks.iter().any(|check| check.id == raw.id.value) {
            let message = format!("two {list}s are called `{}`", raw.id.value);
            diagnostics.push("M013", file.locate(raw.id.span.clone()), message, "give one of them another id");
            continue;
        }
        context.sources.need(&raw.source, file.locate(raw.source.span.clone()), diagnostics);
        let scenario = raw.scenario.as_ref().map_or(PLAN, |scenario| scenario.as_str()).to_owned();
        if !scenarios.iter().any(|known| known.id == scenario) {
            let span = raw.scenario.as_ref().map_or(raw.span.clone(), |scenario| scenario.span.clone());
            let help = suggest(
                &scenario,
                scenarios.iter().map(|known| known.id.as_str()),
                "scenarios are listed in scenarios.toml",
            );
            diagnostics.push("M010", file.locate(span), format!("no scenario is called `{scenario}`"), help);
        }
        let expect = raw.expect.read();
        if expect.is_none() {
            let help =
                "write one of { at_least = a }, { at_most = b }, { between = [a, b] }, { near = x, within = 0.05 }";
            diagnostics.push("M023", file.locate(raw.expect.span.clone()), "it is not clear what is expected", help);
        }
        let figure = raw.figure.resolve(&file, context, years, diagnostics);
        let (Some(figure), Some(expect)) = (figure, expect) else { continue };
        let RawCheck { id, title, role: written, due, source, where_in_source, note, .. } = raw.value;
        let (due, role) = (due.map(|day| day.0), written.unwrap_or(role));
        checks.push(Check {
            id: id.value,
            title,
            figure,
            scenario,
            expect,
            role,
            due,
            source: source.value,
            where_in_source,
            note,
        });
    }
    document.rest::<Nothing>(&format!("a list of {list}s"), diagnostics);
    checks
}

impl RawExpect {
    fn read(&self) -> Option<Expect> {
        let expect = match (self.at_least, self.at_most, self.between, self.near, self.within) {
            (Some(least), None, None, None, None) => Expect::AtLeast(least),
            (None, Some(most), None, None, None) => Expect::AtMost(most),
            (None, None, Some(LowHigh([low, high])), None, None) if low <= high => Expect::Between(low, high),
            (None, None, None, Some(value), Some(within)) if within >= 0.0 => Expect::Near { value, within },
            _ => return None,
        };
        let (low, high) = expect.bounds();
        (!low.is_nan() && !high.is_nan() && low <= high).then_some(expect)
    }
}

impl Expect {
    /// The lowest and highest figure that meets it.
    pub fn bounds(self) -> (f64, f64) {
        match self {
            Self::AtLeast(least) => (least, f64::INFINITY),
            Self::AtMost(most) => (f64::NEG_INFINITY, most),
            Self::Between(low, high) => (low, high),
            Self::Near { value, within } => (value - value.abs() * within, value + value.abs() * within),
        }
    }

    /// How far a figure is outside; nought when it meets it.
    pub fn missed_by(self, figure: f64) -> f64 {
        let (low, high) = self.bounds();
        if figure < low {
            figure - low
        } else if figure > high {
            figure - high
        } else {
            0.0
        }
    }
}

impl Effect {
    /// The value of the path in a year; none before it begins.
    pub fn at(&self, year: FinancialYear) -> Option<f64> {
        let after = self.path.partition_point(|(from, _)| *from <= year);
        let here = *self.path[..after].last()?;
        Some(match self.path.get(after) {
            Some(next) => between(self.interpolation, here, *next, year),
            None => here.1,
        })
    }

    /// What the effect makes of a value, when a share of it is delivered.
    pub fn apply(&self, value: f64, year: FinancialYear, delivered: f64) -> f64 {
        let Some(path) = self.at(year) else { return value };
        match self.how {
            Change::Set => value + delivered * (path - value),
            Change::Add => value + delivered * path,
            Change::Multiply => value * (1.0 + delivered * (path - 1.0)),
        }
    }
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
