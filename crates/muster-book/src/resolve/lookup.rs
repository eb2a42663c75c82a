//! Looking values up: which one answers, what actions make of it, and what is missing.

use std::collections::{BTreeSet, HashMap};

use muster_core::{Age, CITIZEN_AGES, FinancialYear, PlaceCode, STAFF_AGES, Setting};
use muster_engine::{ProfileId, Slot};

use super::futures::{Applied, Base, Line, Stated, Uncertain};
use super::{Assumption, Opens, Resolver};
use crate::action::{Change, Effect};
use crate::assumption::{Interpolation, Key, Number, Scope, plain};
use crate::diagnostic::Location;
use crate::measure::Measure;
use crate::shelf::{Ask, Series, part_of_the_way};

/// Which series and effects make values by age; the same ones make the same values.
type AgesKey = (Measure, Vec<usize>, Vec<usize>);

/// Stands in for a value that is missing, which is reported.
const NOUGHT: (Base, f64) = (Base::One(Stated::Certain(0.0)), 1.0);

/// What was asked: the measure, its most exact subject, the setting, the place, from which year on, and for how many.
type Asked = (Measure, Scope, Option<Setting>, PlaceCode, FinancialYear, usize);

/// What is uncertain: an entry of a series, or an effect, each by its index; and the year, where that matters.
type Source = (Option<usize>, usize, usize);

/// Values of staff by age.
pub(super) type ByAge = [Slot; STAFF_AGES.len()];

/// What was looked up before: places that share a value share its slot too.
#[derive(Default)]
pub(super) struct Lookups {
    values: HashMap<Asked, Vec<Slot>>,
    ages: HashMap<AgesKey, Vec<ByAge>>,
    uncertain: HashMap<Source, usize>,
}

/// What is missing of one measure for one subject.
#[derive(Default)]
pub(super) struct Missing {
    pub(super) years: BTreeSet<FinancialYear>,
    pub(super) ages: BTreeSet<Age>,
    pub(super) near: Option<Location>,
}

/// How far an effect takes an assumption beyond what can be.
pub(super) struct Beyond {
    pub(super) years: BTreeSet<FinancialYear>,
    pub(super) furthest: f64,
}

/// An amount by year, and whether each is England's, of which a place gets its share, or the place's own.
pub(super) struct Amount {
    pub(super) by_year: Vec<Slot>,
    pub(super) national: Vec<bool>,
}

impl Amount {
    pub(super) fn national(by_year: Vec<Slot>) -> Self {
        Self { national: vec![true; by_year.len()], by_year }
    }
}

impl Resolver<'_> {
    /// The effects that reach what a question asks about, as indices.
    fn effects_on(&self, ask: &Ask<'_>) -> Vec<usize> {
        let reaches = |effect: &&Effect| effect.measure == ask.measure && ask.fits(&effect.key);
        (0..self.effects.len()).filter(|i| reaches(&self.effects[*i])).collect()
    }

    /// A number of a book or plan, which is uncertain if it belongs to an assumption that is left open, and has a range or needs none.
    fn stated(&mut self, assumption: &Assumption, source: (Option<usize>, usize), year: usize, of: Number) -> Stated {
        let may_differ = of.low < of.high || self.opens == Opens::Deliveries;
        let found = if may_differ { self.assumptions.binary_search(assumption).ok() } else { None };
        let Some(assumption) = found else { return Stated::Certain(of.value) };
        // Only an assumption that wanders has another score in each year.
        let year = if self.wanders[assumption] { year } else { 0 };
        let uncertain = &mut self.sheet.uncertain;
        let index = self.lookups.uncertain.entry((source.0, source.1, year)).or_insert_with(|| {
            uncertain.push(Uncertain { assumption, year, of });
            uncertain.len() - 1
        });
        Stated::Uncertain(*index)
    }

    /// The value in one year, from the first candidate that has one, and over how many ages it is spread.
    fn value_at(&mut self, candidates: &[usize], age: Option<Age>, year: FinancialYear) -> Option<(Base, f64)> {
        let plan = self.plan;
        candidates.iter().find_map(|&i| {
            let series = plan.shelf.get(i);
            let at_age = match (series.key.ages, age) {
                (Some(band), Some(age)) => band.contains(age),
                _ => true,
            };
            let (here, entry) = series.entry_at(year).filter(|_| at_age)?;
            let assumption = Assumption::Stated(series.measure, series.key.scope, series.key.setting);
            let after = self.years_after_baseline(year);
            let start = self.stated(&assumption, (Some(i), here), after, entry.number());
            let base = match series.entries[here..].iter().position(|next| next.from > year) {
                Some(next) if entry.interpolation != Interpolation::Step => {
                    let next = here + next;
                    let entry_after = &series.entries[next];
                    let end = self.stated(&assumption, (Some(i), next), after, entry_after.number());
                    let part = part_of_the_way(entry.from, entry_after.from, year);
                    Base::Between(entry.interpolation, start, end, part)
                }
                _ => Base::One(start),
            };
            // A share stated for a band of ages is spread evenly over it.
            let spread_over = match series.key.ages {
                Some(band) if series.measure.spec().parts_of_one => band.len() as f64,
                _ => 1.0,
            };
            Some((base, spread_over))
        })
    }

    fn years_after_baseline(&self, year: FinancialYear) -> usize {
        usize::try_from(year.years_since(self.years[0])).unwrap_or(0)
    }

    /// The slot of a value that was found, changed by those effects that reach it.
    fn read(
        &mut self,
        measure: Measure,
        (base, spread_over): (Base, f64),
        effects: &[usize],
        age: Option<Age>,
        year: FinancialYear,
    ) -> Slot {
        let spec = measure.spec();
        let mut applied = Vec::new();
        for &i in effects {
            let effect = self.effects[i];
            let at_age = match (effect.key.ages, age) {
                (Some(band), Some(age)) => band.contains(age),
                _ => true,
            };
            let Some(path) = effect.at(year).filter(|_| at_age) else { continue };
            let delivered = match self.action_of[i].filter(|_| !spec.parts_of_one) {
                Some(action) => {
                    let after = self.years_after_baseline(year);
                    self.stated(&Assumption::Delivery(action), (None, i), after, effect.delivery())
                }
                None => Stated::Certain(1.0),
            };
            applied.push((i, Applied { how: effect.how, path, share: effect.share_in(year), delivered }));
        }
        self.note_what_cannot_be(measure, (base, spread_over), &applied, year);
        let applied = applied.into_iter().map(|(_, applied)| applied).collect();
        self.sheet.slot(Line::Read { base, spread_over, applied, limits: [spec.lowest, spec.highest] })
    }

    /// Notes each effect that, with everything as stated, takes a value beyond what can be.
    fn note_what_cannot_be(
        &mut self,
        measure: Measure,
        (base, spread_over): (Base, f64),
        applied: &[(usize, Applied)],
        year: FinancialYear,
    ) {
        let spec = measure.spec();
        let mut value = self.sheet.stated_value(base) / spread_over;
        for (i, applied) in applied {
            value = applied.how.apply(value, applied.path, applied.share);
            if !(spec.lowest..=spec.highest).contains(&value) {
                let possible = value.clamp(spec.lowest, spec.highest);
                let beyond = self.beyond.entry(*i).or_insert(Beyond { years: BTreeSet::new(), furthest: possible });
                beyond.years.insert(year);
                if (value - possible).abs() > (beyond.furthest - possible).abs() {
                    beyond.furthest = value;
                }
                value = possible;
            }
        }
    }

    pub(super) fn miss(&mut self, ask: &Ask<'_>, age: Option<Age>, year: FinancialYear) {
        let shelf = &self.plan.shelf;
        // A share of England is each place's own; everything else is looked for above the place too.
        let place = ask.lineage.first().filter(|_| ask.measure == Measure::PlaceShare).cloned();
        let key = Key { scope: ask.scopes[0], setting: ask.setting, ages: None, place: place.clone() };
        // The value that is most like the missing one, by what it is for.
        let near = || {
            let likeness = |series: &&Series| {
                let Key { scope, setting, place: of, .. } = &series.key;
                (ask.scopes.contains(scope), place.is_some() && *of == place, *setting == ask.setting)
            };
            let same_measure = shelf.series().filter(|series| series.measure == ask.measure);
            let found = same_measure.rev().max_by_key(likeness);
            found.and_then(|series| series.entries.last()).map(|entry| entry.location.clone())
        };
        let missing = self.missing.entry((ask.measure, shelf.name(ask.measure, &key))).or_default();
        missing.years.insert(year);
        missing.ages.extend(age);
        if missing.near.is_none() {
            missing.near = near();
        }
    }

    /// One value a year, for the years of the plan from `first` (0 is the baseline) on.
    pub(super) fn by_year(&mut self, ask: &Ask<'_>, first: usize) -> Vec<Slot> {
        let years = self.years[first..].to_vec();
        self.in_years(ask, &years)
    }

    pub(super) fn in_years(&mut self, ask: &Ask<'_>, years: &[FinancialYear]) -> Vec<Slot> {
        let asked = asked(ask, years[0], years.len());
        if let Some(known) = self.lookups.values.get(&asked) {
            return known.clone();
        }
        let candidates = self.plan.shelf.candidates(ask);
        let effects = self.effects_on(ask);
        let mut values = Vec::with_capacity(years.len());
        for &year in years {
            let found = self.value_at(&candidates, None, year).unwrap_or_else(|| {
                self.miss(ask, None, year);
                NOUGHT
            });
            values.push(self.read(ask.measure, found, &effects, None, year));
        }
        self.lookups.values.insert(asked, values.clone());
        values
    }

    /// The value of one year of something that is not uncertain.
    pub(super) fn once(&mut self, ask: &Ask<'_>, year: FinancialYear) -> f64 {
        let slot = self.in_years(ask, &[year])[0];
        self.sheet.central(slot)
    }

    /// An amount: in each year the place's own where a book states it, else England's, to be shared.
    ///
    /// National effects on amounts are part of England's amount. A place's own amount is changed only by effects that multiply, or
    /// that name the place.
    pub(super) fn amount(&mut self, ask: &Ask<'_>, years: &[FinancialYear]) -> Amount {
        let england = [PlaceCode::england()];
        let national = Ask { lineage: &england, ..ask.clone() };
        let Some(place) = ask.lineage.first().filter(|place| **place != PlaceCode::england()) else {
            return Amount::national(self.in_years(&national, years));
        };
        let mut own = self.plan.shelf.candidates(ask);
        own.retain(|i| self.plan.shelf.get(*i).key.place.as_ref() == Some(place));
        if own.is_empty() {
            return Amount::national(self.in_years(&national, years));
        }
        let local = |i: &usize| self.effects[*i].how == Change::Multiply || self.effects[*i].key.place.is_some();
        let effects: Vec<usize> = self.effects_on(ask).into_iter().filter(local).collect();
        let mut amount = Amount { by_year: Vec::new(), national: Vec::new() };
        for &year in years {
            let stated = self.value_at(&own, None, year);
            amount.national.push(stated.is_none());
            amount.by_year.push(match stated {
                Some(found) => self.read(ask.measure, found, &effects, None, year),
                None => self.in_years(&national, &[year])[0],
            });
        }
        amount
    }

    /// Values by age for each year of the plan from `first` on.
    pub(super) fn ages(&mut self, ask: &Ask<'_>, first: usize) -> Vec<ByAge> {
        let key = (ask.measure, self.plan.shelf.candidates(ask), self.effects_on(ask));
        if let Some(known) = self.lookups.ages.get(&key) {
            return known.clone();
        }
        let (_, candidates, effects) = &key;
        let parts_of_one = ask.measure.spec().parts_of_one;
        let mut by_year = Vec::new();
        for year in self.years.clone().into_iter().skip(first) {
            let candidates = &self.one_statement(ask.measure, candidates, year);
            let mut by_age = [Slot::default(); STAFF_AGES.len()];
            for age in STAFF_AGES.ages() {
                let found = self.value_at(candidates, Some(age), year).unwrap_or_else(|| {
                    // An age that nobody has needs no share.
                    if !parts_of_one {
                        self.miss(ask, Some(age), year);
                    }
                    NOUGHT
                });
                by_age[STAFF_AGES.index(age)] = self.read(ask.measure, found, effects, Some(age), year);
            }
            if parts_of_one {
                let sum = by_age.iter().map(|slot| self.sheet.central(*slot)).sum();
                self.expect_one(ask, sum, year);
            }
            by_year.push(by_age);
        }
        self.lookups.ages.insert(key, by_year.clone());
        by_year
    }

    /// Parts of one whole by age, which are the same in every future, for each year of the plan from `first` on.
    pub(super) fn shapes(&mut self, ask: &Ask<'_>, first: usize) -> Vec<ProfileId> {
        let by_year = self.ages(ask, first);
        by_year.iter().map(|ages| self.model.shapes.intern(ages.map(|slot| self.sheet.central(slot)))).collect()
    }

    /// Values of people who may need care, by age.
    pub(super) fn citizens(&mut self, ask: &Ask<'_>, year: FinancialYear) -> [Slot; CITIZEN_AGES.len()] {
        let candidates = self.plan.shelf.candidates(ask);
        let effects = self.effects_on(ask);
        std::array::from_fn(|i| {
            let age = Some(CITIZEN_AGES.youngest + i as Age);
            let found = self.value_at(&candidates, age, year).unwrap_or_else(|| {
                self.miss(ask, age, year);
                NOUGHT
            });
            self.read(ask.measure, found, &effects, age, year)
        })
    }

    /// Parts of one whole come from one statement of it: the age shares of a profession are not topped up from its group's.
    fn one_statement(&self, measure: Measure, candidates: &[usize], year: FinancialYear) -> Vec<usize> {
        let series = |i: usize| self.plan.shelf.get(i);
        let best = candidates.iter().copied().map(series).find(|series| series.entry(year).is_some());
        let Some(best) = best.filter(|_| measure.spec().parts_of_one) else { return candidates.to_vec() };
        let same = |other: &Series| {
            (other.book, other.key.scope, &other.key.place) == (best.book, best.key.scope, &best.key.place)
        };
        candidates.iter().copied().filter(|i| same(series(*i))).collect()
    }

    /// Refuses parts that do not make a whole; parts that are not there at all are missing.
    pub(super) fn expect_one(&mut self, ask: &Ask<'_>, sum: f64, year: FinancialYear) {
        if sum == 0.0 {
            self.miss(ask, None, year);
        } else if (sum - 1.0).abs() > 1e-6 && self.not_one.insert((ask.measure, ask.scopes[0])) {
            let key = Key { scope: ask.scopes[0], setting: None, ages: None, place: None };
            let name = self.plan.shelf.name(ask.measure, &key);
            let candidates = self.plan.shelf.candidates(ask);
            let location = candidates.first().map(|i| self.plan.shelf.get(*i).entries[0].location.clone());
            let message = format!("the parts of {name} add to {} in {year}", (sum * 1e6).round() / 1e6);
            let help = "change them so that they add to 1";
            self.diagnostics.push("M015", location.unwrap_or_else(|| self.plan_file()), message, help);
        }
    }

    pub(super) fn plan_file(&self) -> Location {
        crate::files::nowhere(&self.plan.folder.join("plan.toml"))
    }

    /// Turns what was missing, and what cannot be, into a report: each thing once, with its years and ages.
    pub(super) fn report(mut self) -> Self {
        for (i, beyond) in std::mem::take(&mut self.beyond) {
            let effect = self.effects[i];
            let spec = effect.measure.spec();
            let message = format!(
                "`{}` takes {} as far as {} in {}, which cannot be",
                effect.of,
                self.plan.shelf.name(effect.measure, &effect.key),
                plain((beyond.furthest * 1e6).round() / 1e6),
                span_of(&beyond.years)
            );
            let help = format!("keep it between {} and {} ({})", plain(spec.lowest), plain(spec.highest), spec.unit);
            self.diagnostics.push("M022", effect.location.clone(), message, help);
        }
        for ((measure, name), missing) in std::mem::take(&mut self.missing) {
            let years = span_of(&missing.years);
            let ages =
                if missing.ages.is_empty() { String::new() } else { format!(", ages {}", span_of(&missing.ages)) };
            let message = format!("no value for {name}{ages} in {years}");
            let first = missing.years.first().copied().unwrap_or(self.plan.from);
            let help = format!(
                "state {} with a `from` in {first} or before, in `{}`, and let it run to {}",
                measure.id(),
                measure.spec().unit,
                self.plan.to
            );
            let location = missing.near.unwrap_or_else(|| self.plan_file());
            self.diagnostics.push("M014", location, message, help);
        }
        self
    }
}

fn asked(ask: &Ask<'_>, first: FinancialYear, years: usize) -> Asked {
    let place = ask.lineage.first().cloned().unwrap_or_else(PlaceCode::england);
    (ask.measure, ask.scopes[0], ask.setting, place, first, years)
}

/// "2022/23", "2022/23 to 2036/37", "16 to 20".
fn span_of<T: std::fmt::Display + Ord>(values: &BTreeSet<T>) -> String {
    match (values.first(), values.last()) {
        (Some(first), Some(last)) if values.len() > 1 => format!("{first} to {last}"),
        (Some(first), _) => first.to_string(),
        _ => String::new(),
    }
}
