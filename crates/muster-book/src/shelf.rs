//! Every assumption of the books a plan stands on, found by what it is for.
//!
//! The most local value wins; then the later book; then the more exact subject: a profession before its staff group before everyone.

mod mixed;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use muster_core::{Age, FinancialYear, PlaceCode, PlaceKind, PlaceTree, Setting};
use muster_draws::sampler::Path;

use crate::assumption::{Entry, Interpolation, Key, Number, Scope, Stated};
use crate::book::Book;
use crate::diagnostic::{Diagnostics, Location};
use crate::measure::Measure;
use crate::source::Source;
use crate::spread::path_in_words;
use crate::taxonomy::Taxonomy;

/// Which end of a range to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// The value itself.
    #[default]
    Central,
    /// The low end.
    Low,
    /// The high end.
    High,
}

/// One book's values for one thing, by date.
#[derive(Debug, Clone)]
pub struct Series {
    /// Of what.
    pub measure: Measure,
    /// For what.
    pub key: Key,
    /// In which book, as an index into [`Shelf::books`].
    pub book: usize,
    /// By date.
    pub entries: Vec<Entry>,
}

/// The books of a plan. A copy is cheap: copies share their values.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// What there is to plan for.
    pub taxonomy: Taxonomy,
    /// Where.
    pub places: PlaceTree,
    /// Where numbers come from, by id.
    pub sources: BTreeMap<String, Source>,
    /// The books, in the order of layers.
    pub books: Vec<Book>,
    series: Vec<Arc<Series>>,
    index: HashMap<(Measure, Scope), Vec<usize>>,
    /// How each uncertain assumption moves over the years.
    paths: BTreeMap<(Measure, Scope, Option<Setting>), Path>,
}

/// A question to the shelf.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// Of what.
    pub measure: Measure,
    /// For whom, the most exact first.
    pub scopes: Vec<Scope>,
    /// In which setting.
    pub setting: Option<Setting>,
    /// Where: the place, then its parents.
    pub lineage: &'a [PlaceCode],
}

/// A local value that stands in for a national one.
#[derive(Debug, Clone)]
pub struct Override<'a> {
    /// The series that wins.
    pub winner: &'a Series,
    /// The series it covers.
    pub loser: &'a Series,
}

impl Entry {
    /// The number with its range.
    pub(crate) fn number(&self) -> Number {
        Number { value: self.value, low: self.low, high: self.high, spread: Arc::clone(&self.spread) }
    }

    fn on(&self, side: Side) -> f64 {
        match side {
            Side::Central => self.value,
            Side::Low => self.low,
            Side::High => self.high,
        }
    }
}

impl Series {
    /// The entry in force in a year.
    pub fn entry(&self, year: FinancialYear) -> Option<&Entry> {
        self.entry_at(year).map(|(_, entry)| entry)
    }

    /// The same, with its index.
    pub(crate) fn entry_at(&self, year: FinancialYear) -> Option<(usize, &Entry)> {
        let index = self.entries.partition_point(|entry| entry.from <= year).checked_sub(1)?;
        let entry = &self.entries[index];
        entry.to.is_none_or(|to| year <= to).then_some((index, entry))
    }

    /// The value in a year.
    pub fn at(&self, year: FinancialYear, side: Side) -> Option<f64> {
        let entry = self.entry(year)?;
        let next = self.entries.iter().find(|next| next.from > year);
        Some(match next {
            Some(next) => between(entry.interpolation, (entry.from, entry.on(side)), (next.from, next.on(side)), year),
            None => entry.on(side),
        })
    }

    /// Whether some entry is uncertain.
    pub fn has_range(&self) -> bool {
        self.entries.iter().any(|entry| entry.low < entry.high)
    }
}

/// The value in `year` between two dated ones.
pub(crate) fn between(
    how: Interpolation,
    (from, start): (FinancialYear, f64),
    (to, end): (FinancialYear, f64),
    year: FinancialYear,
) -> f64 {
    along(how, start, end, part_of_the_way(from, to, year))
}

/// How far a year lies between two others: 0 at the first, 1 at the second.
pub(crate) fn part_of_the_way(from: FinancialYear, to: FinancialYear, year: FinancialYear) -> f64 {
    f64::from(year.years_since(from)) / f64::from(to.years_since(from))
}

/// The value part of the way between two others.
pub(crate) fn along(how: Interpolation, start: f64, end: f64, part: f64) -> f64 {
    match how {
        Interpolation::Linear => start + (end - start) * part,
        Interpolation::Growth if start > 0.0 && end > 0.0 => start * (end / start).powf(part),
        Interpolation::Step | Interpolation::Growth => start,
    }
}

impl Ask<'_> {
    /// Whether a value for `key` answers this question, at some age.
    pub fn fits(&self, key: &Key) -> bool {
        self.scopes.contains(&key.scope)
            && key.setting.is_none_or(|setting| self.setting == Some(setting))
            && key.place.as_ref().is_none_or(|place| self.lineage.contains(place))
    }
}

impl Shelf {
    pub(crate) fn new(
        taxonomy: Taxonomy,
        places: PlaceTree,
        sources: BTreeMap<String, Source>,
        books: Vec<Book>,
        stated: Vec<(usize, Stated)>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut shelf = Self {
            taxonomy,
            places,
            sources,
            books: Vec::new(),
            series: Vec::new(),
            index: HashMap::new(),
            paths: BTreeMap::new(),
        };
        shelf.add(books, stated, diagnostics);
        shelf
    }

    /// Puts more books on the shelf, with what they state; the index of each is its place on the whole shelf.
    pub(crate) fn add(&mut self, books: Vec<Book>, stated: Vec<(usize, Stated)>, diagnostics: &mut Diagnostics) {
        let shelf = self;
        shelf.books.extend(books);
        let first_new = shelf.series.len();
        let mut by_key: BTreeMap<(Measure, Key, usize), Vec<Entry>> = BTreeMap::new();
        let mut first_said = BTreeMap::new();
        for (book, Stated { measure, key, entry, path }) in stated {
            if entry.low < entry.high {
                shelf.note_path((measure, &key, path), &entry.location, &mut first_said, diagnostics);
            }
            by_key.entry((measure, key, book)).or_default().push(entry);
        }
        for ((measure, key, book), mut entries) in by_key {
            entries.sort_by_key(|entry| entry.from);
            for pair in entries.windows(2) {
                let (first, second) = (&pair[0], &pair[1]);
                if first.from == second.from || first.to.is_some_and(|to| to >= second.from) {
                    let what = shelf.name(measure, &key);
                    let message =
                        format!("{what} is stated twice for {}; the other is at {}", second.from, first.location);
                    let help = "remove one, or end the first with `to` before the second begins";
                    diagnostics.push("M013", second.location.clone(), message, help);
                }
            }
            shelf.push(Arc::new(Series { measure, key, book, entries }));
        }
        shelf.refuse_overlapping_ages(first_new, diagnostics);
        shelf.refuse_amounts_for_regions(first_new, diagnostics);
    }

    fn push(&mut self, series: Arc<Series>) {
        self.index.entry((series.measure, series.key.scope)).or_default().push(self.series.len());
        self.series.push(series);
    }

    /// Notes how an assumption moves over the years. It has one score a year for all its ages, dates and places, so every file
    /// that gives it a range says the same.
    fn note_path(
        &mut self,
        (measure, key, path): (Measure, &Key, Path),
        at: &Location,
        first_said: &mut BTreeMap<(Measure, Scope, Option<Setting>), String>,
        diagnostics: &mut Diagnostics,
    ) {
        let assumption = (measure, key.scope, key.setting);
        let known = *self.paths.entry(assumption).or_insert(path);
        let first = first_said.entry(assumption).or_insert_with(|| at.file.clone());
        if known != path && *first != at.file {
            let what = self.name(measure, &Key { ages: None, place: None, ..key.clone() });
            let message = format!(
                "{what} has the path `{}` here and `{}` in {first}, and one assumption moves in one way",
                path_in_words(path),
                path_in_words(known),
            );
            diagnostics.push("M025", at.clone(), message, "write the same `path` at the top of both files");
            // Its other values in this file need not be reported as well.
            first.clone_from(&at.file);
        }
    }

    /// How what is not known about an assumption moves over the years.
    pub(crate) fn path(&self, measure: Measure, scope: Scope, setting: Option<Setting>) -> Path {
        self.paths.get(&(measure, scope, setting)).copied().unwrap_or_default()
    }

    fn refuse_overlapping_ages(&self, first_new: usize, diagnostics: &mut Diagnostics) {
        for list in self.index.values() {
            let list = &list[list.partition_point(|i| *i < first_new)..];
            for (i, first) in list.iter().map(|i| &self.series[*i]).enumerate() {
                for second in list[i + 1..].iter().map(|i| &self.series[*i]) {
                    let (Some(a), Some(b)) = (first.key.ages, second.key.ages) else { continue };
                    let same = first.book == second.book
                        && first.key.setting == second.key.setting
                        && first.key.place == second.key.place
                        && a != b
                        && a.overlaps(b);
                    if same {
                        let what = self.name(first.measure, &Key { ages: None, ..first.key.clone() });
                        let other = &first.entries[0].location;
                        let message =
                            format!("{what} is stated for ages {b} and, at {other}, for ages {a}, which overlap");
                        let help = "change the bands so that each age is in one of them";
                        diagnostics.push("M013", second.entries[0].location.clone(), message, help);
                    }
                }
            }
        }
    }

    fn refuse_amounts_for_regions(&self, first_new: usize, diagnostics: &mut Diagnostics) {
        for series in self.series[first_new..].iter().filter(|series| series.measure.spec().shared) {
            let Some(place) = series.key.place.as_ref().and_then(|code| self.places.get(code)) else { continue };
            if place.kind == PlaceKind::Region {
                let message = format!("{} is an amount, and {} is a region", series.measure.id(), place.name);
                let help = "state amounts for England, a system or a trust; regions are added up from their systems";
                diagnostics.push("M016", series.entries[0].location.clone(), message, help);
            }
        }
    }

    /// A measure that is read once is stated for the start; what is stated for later would be ignored.
    pub(crate) fn refuse_values_never_read(&self, baseline: FinancialYear, diagnostics: &mut Diagnostics) {
        for series in self.series.iter().filter(|series| series.measure.spec().read_once) {
            // Ages at entry are those of the first intake that the plan projects.
            let read = if series.measure == Measure::EntryAgeShare { baseline + 1 } else { baseline };
            for entry in series.entries.iter().filter(|entry| entry.from > read) {
                let message = format!(
                    "{} is read once, for {read}; a value from {} is never used",
                    series.measure.id(),
                    entry.from
                );
                let help = "give the value that holds at the start, and remove later ones";
                diagnostics.push("M018", entry.location.clone(), message, help);
            }
        }
    }

    /// The systems' shares of England add to 1 in each setting, for everyone and for each group or profession that has shares of its own, so
    /// that the parts sum to the whole.
    pub(crate) fn refuse_shares_of_england_that_are_not_one(
        &self,
        baseline: FinancialYear,
        diagnostics: &mut Diagnostics,
    ) {
        let is_system = |series: &&Series| {
            let place = series.key.place.as_ref().and_then(|code| self.places.get(code));
            series.measure == Measure::PlaceShare
                && series.book == 0
                && place.is_some_and(|place| place.kind == PlaceKind::System)
        };
        let mut stated: BTreeMap<(Setting, Scope), BTreeMap<&PlaceCode, &Series>> = BTreeMap::new();
        for series in self.series().filter(is_system) {
            if let (Some(setting), Some(place)) = (series.key.setting, &series.key.place) {
                stated.entry((setting, series.key.scope)).or_default().insert(place, series);
            }
        }
        for ((setting, scope), shares) in &stated {
            // A system that does not state the share of this subject has that of the wider one.
            let share = |system: &PlaceCode| {
                let scopes = self.scopes_from(*scope);
                let series = scopes.iter().find_map(|scope| stated.get(&(*setting, *scope))?.get(system));
                series.and_then(|series| series.at(baseline, Side::Central))
            };
            let sum: f64 = self.places.of_kind(PlaceKind::System).filter_map(|system| share(&system.code)).sum();
            let first = shares.values().next().and_then(|series| series.entries.first());
            if let Some(first) = first.filter(|_| (sum - 1.0).abs() > 1e-6) {
                let subject = self.subject(*scope);
                let of = if subject.is_empty() { String::new() } else { format!(" of {subject}") };
                let message = format!(
                    "the systems' shares of England{of} in {} add to {}",
                    setting.title(),
                    (sum * 1e6).round() / 1e6
                );
                diagnostics.push("M015", first.location.clone(), message, "change them so that they add to 1");
            }
        }
    }

    /// A subject and the wider ones that hold it, the most exact first.
    fn scopes_from(&self, scope: Scope) -> Vec<Scope> {
        match scope {
            Scope::Profession(profession) => self.scopes_of_profession(profession),
            Scope::Group(_) => vec![scope, Scope::All],
            other => vec![other],
        }
    }

    /// Every series, by measure and key.
    pub fn series(&self) -> impl DoubleEndedIterator<Item = &Series> {
        self.series.iter().map(Arc::as_ref)
    }

    pub(crate) fn get(&self, index: usize) -> &Series {
        &self.series[index]
    }

    /// The series that may answer a question, as indices, the one that wins first.
    pub(crate) fn candidates(&self, ask: &Ask<'_>) -> Vec<usize> {
        let mut found: Vec<(_, usize)> = Vec::new();
        for (exactness, scope) in ask.scopes.iter().enumerate() {
            for &i in self.index.get(&(ask.measure, *scope)).into_iter().flatten() {
                let Series { key, book, .. } = self.get(i);
                if ask.fits(key) {
                    let distance = match &key.place {
                        Some(place) => ask.lineage.iter().position(|at| at == place),
                        None => Some(ask.lineage.len()),
                    };
                    found.push(((distance, usize::MAX - book, exactness, key.setting.is_none()), i));
                }
            }
        }
        found.sort();
        found.into_iter().map(|(_, i)| i).collect()
    }

    /// The series that answers a question in a year, at an age where ages matter.
    pub fn find(&self, ask: &Ask<'_>, age: Option<Age>, year: FinancialYear) -> Option<&Series> {
        self.candidates(ask).into_iter().map(|i| self.get(i)).find(|series| {
            let at_age = match (series.key.ages, age) {
                (Some(band), Some(age)) => band.contains(age),
                _ => true,
            };
            at_age && series.entry(year).is_some()
        })
    }

    /// The question of a measure for a profession at a place.
    pub(crate) fn ask<'a>(&self, measure: Measure, profession: usize, lineage: &'a [PlaceCode]) -> Ask<'a> {
        Ask { measure, scopes: self.scopes_of_profession(profession), setting: None, lineage }
    }

    /// The question of a measure for a whole place, or a setting there.
    pub(crate) fn whole(measure: Measure, setting: Option<Setting>, lineage: &[PlaceCode]) -> Ask<'_> {
        Ask { measure, scopes: vec![Scope::All], setting, lineage }
    }

    /// Who a profession is, for a question: itself, its staff group, everyone.
    pub fn scopes_of_profession(&self, profession: usize) -> Vec<Scope> {
        vec![Scope::Profession(profession), Scope::Group(self.taxonomy.professions[profession].group), Scope::All]
    }

    /// What more local values and later books override: the winner, and what it covers.
    pub fn overrides(&self) -> Vec<Override<'_>> {
        let mut found = Vec::new();
        for winner in &self.series {
            let covered =
                self.series.iter().filter(|loser| loser.measure == winner.measure && self.wins_over(winner, loser));
            found.extend(covered.map(|loser| Override { winner, loser }));
        }
        found
    }

    /// Whether one series takes the place of another somewhere, for someone, in some year.
    fn wins_over(&self, winner: &Series, loser: &Series) -> bool {
        let (a, b) = (&winner.key, &loser.key);
        let precedes = match (&a.place, &b.place) {
            (Some(_), None) => true,
            // A place's share of England is its own: it does not stand in for that of the place round it.
            (Some(inner), Some(outer)) if inner != outer => {
                winner.measure != Measure::PlaceShare && self.places.is_within(inner, outer)
            }
            (a, b) => a == b && winner.book > loser.book,
        };
        let in_group = |scope: Scope, other: Scope| match (scope, other) {
            (Scope::All, _) => true,
            (Scope::Group(group), Scope::Profession(profession)) => {
                self.taxonomy.professions[profession].group == group
            }
            _ => scope == other,
        };
        let last = |series: &Series| series.entries.last().and_then(|entry| entry.to);
        let before_end = |from: FinancialYear, end: Option<FinancialYear>| end.is_none_or(|end| from <= end);
        precedes
            && (in_group(a.scope, b.scope) || in_group(b.scope, a.scope))
            && (a.setting.is_none() || b.setting.is_none() || a.setting == b.setting)
            && a.ages.is_none_or(|ages| b.ages.is_none_or(|other| ages.overlaps(other)))
            && before_end(winner.entries[0].from, last(loser))
            && before_end(loser.entries[0].from, last(winner))
    }

    /// "leaver rate of Midwives, ages 16-24", for messages.
    pub fn name(&self, measure: Measure, key: &Key) -> String {
        self.describe(measure.id(), key)
    }

    /// The same in plain words, for reports: "Leaver rate of Midwives".
    pub fn title(&self, measure: Measure, key: &Key) -> String {
        self.describe(measure.spec().title, key)
    }

    fn describe(&self, what: &str, key: &Key) -> String {
        let mut text = what.to_owned();
        let subject = self.subject(key.scope);
        if !subject.is_empty() {
            text.push_str(" of ");
            text.push_str(&subject);
        }
        if let Some(setting) = key.setting {
            text.push_str(", ");
            text.push_str(setting.title());
        }
        if let Some(ages) = key.ages {
            text.push_str(&format!(", ages {ages}"));
        }
        if let Some(place) = key.place.as_ref().and_then(|code| self.places.get(code)) {
            text.push_str(&format!(", in {}", place.name));
        }
        text
    }

    /// The title of a profession, group, programme or move; empty for everything.
    pub fn subject(&self, scope: Scope) -> String {
        match scope {
            Scope::All => String::new(),
            Scope::Group(i) => self.taxonomy.groups[i].title.clone(),
            Scope::Profession(i) => self.taxonomy.professions[i].title.clone(),
            Scope::Programme(i) => self.taxonomy.programmes[i].title.clone(),
            Scope::Move(i) => self.taxonomy.moves[i].title.clone(),
        }
    }

    /// The id of a profession, group, programme or move; `all` for everything.
    pub fn subject_id(&self, scope: Scope) -> &str {
        match scope {
            Scope::All => "all",
            Scope::Group(i) => &self.taxonomy.groups[i].id,
            Scope::Profession(i) => &self.taxonomy.professions[i].id,
            Scope::Programme(i) => &self.taxonomy.programmes[i].id,
            Scope::Move(i) => &self.taxonomy.moves[i].id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_two_dates_a_value_steps_or_goes_straight_or_grows() {
        let (from, to) = (FinancialYear::starting(2022), FinancialYear::starting(2026));
        let year = FinancialYear::starting(2024);
        assert_eq!(between(Interpolation::Step, (from, 100.0), (to, 200.0), year), 100.0);
        assert_eq!(between(Interpolation::Linear, (from, 100.0), (to, 200.0), year), 150.0);
        // Half of four years at a constant rate: 100 × √2.
        let grown = between(Interpolation::Growth, (from, 100.0), (to, 200.0), year);
        assert!((grown - 100.0 * 2.0_f64.sqrt()).abs() < 1e-9);
    }
}
