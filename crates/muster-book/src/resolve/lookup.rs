//! Looking values up: which one answers, what actions make of it, and what is missing.

use std::collections::{BTreeSet, HashMap};

use muster_core::{Age, FinancialYear, PlaceCode, STAFF_AGES, Setting};
use muster_engine::{Ages, Citizens, ProfileId, Profiles};

use super::{Assumption, Moved, Resolver};
use crate::action::{Change, Effect};
use crate::assumption::{Key, Scope, plain};
use crate::diagnostic::Location;
use crate::measure::Measure;
use crate::shelf::{Ask, Series, Side};

/// Which series and effects make a profile; the same ones make the same profile.
pub(super) type ProfileKey = (Measure, Vec<usize>, Vec<usize>);

/// What was asked: the measure, its most exact subject, the setting, the place, and from which year on.
pub(super) type Asked = (Measure, Scope, Option<Setting>, PlaceCode, FinancialYear, usize);

/// Every answer of a resolved scenario, kept so that moving one assumption costs little.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    pub(super) values: HashMap<Asked, Vec<f64>>,
    pub(super) profiles: HashMap<Asked, Vec<ProfileId>>,
    pub(super) citizens: HashMap<Asked, Citizens>,
    pub(super) table: Profiles,
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
    pub(super) by_year: Vec<f64>,
    pub(super) national: Vec<bool>,
}

impl Amount {
    pub(super) fn national(by_year: Vec<f64>) -> Self {
        Self { national: vec![true; by_year.len()], by_year }
    }

    /// The part of the amount that falls where the place's share of England's is `share`, and of its own `own`.
    pub(super) fn part(&self, year: usize, share: f64, own: f64) -> f64 {
        self.by_year[year] * if self.national[year] { share } else { own }
    }
}

impl<'p> Resolver<'p> {
    pub(super) fn ask<'a>(&self, measure: Measure, profession: usize, lineage: &'a [PlaceCode]) -> Ask<'a> {
        Ask { measure, scopes: self.plan.shelf.scopes_of_profession(profession), setting: None, lineage }
    }

    pub(super) fn whole(measure: Measure, setting: Option<Setting>, lineage: &[PlaceCode]) -> Ask<'_> {
        Ask { measure, scopes: vec![Scope::All], setting, lineage }
    }

    /// The end of its range that a series is moved to.
    pub(super) fn side(&self, series: &Series) -> Side {
        match self.moved.as_ref().map(|(moved, ..)| moved) {
            Some(Moved { assumption: Assumption::Stated(measure, scope, setting), side })
                if (*measure, *scope, *setting) == (series.measure, series.key.scope, series.key.setting) =>
            {
                *side
            }
            _ => Side::Central,
        }
    }

    /// How much of an effect is delivered.
    pub(super) fn delivered(&self, effect: &Effect) -> f64 {
        match self.moved.as_ref().map(|(moved, ..)| moved) {
            Some(Moved { assumption: Assumption::Delivery(action), side })
                if self.plan.actions[*action].id == effect.of =>
            {
                match side {
                    Side::Low => effect.delivered[0],
                    Side::High => effect.delivered[1],
                    Side::Central => 1.0,
                }
            }
            _ => 1.0,
        }
    }

    /// The effects that reach what a question asks about, as indices.
    pub(super) fn effects_on(&self, ask: &Ask<'_>) -> Vec<usize> {
        let reaches = |effect: &&Effect| effect.measure == ask.measure && ask.fits(&effect.key);
        (0..self.effects.len()).filter(|i| reaches(&self.effects[*i])).collect()
    }

    /// The value in one year, from the first candidate that has one.
    pub(super) fn value_at(&self, candidates: &[usize], age: Option<Age>, year: FinancialYear) -> Option<f64> {
        candidates.iter().map(|i| self.plan.shelf.get(*i)).find_map(|series| {
            let at_age = match (series.key.ages, age) {
                (Some(band), Some(age)) => band.contains(age),
                _ => true,
            };
            let value = if at_age { series.at(year, self.side(series)) } else { None }?;
            // A share stated for a band of ages is spread evenly over it.
            let spread = match series.key.ages {
                Some(band) if series.measure.spec().parts_of_one => band.len() as f64,
                _ => 1.0,
            };
            Some(value / spread)
        })
    }

    pub(super) fn apply(&mut self, effects: &[usize], age: Option<Age>, mut value: f64, year: FinancialYear) -> f64 {
        for &i in effects {
            let effect = self.effects[i];
            let at_age = match (effect.key.ages, age) {
                (Some(band), Some(age)) => band.contains(age),
                _ => true,
            };
            if at_age {
                value = effect.apply(value, year, self.delivered(effect));
                let spec = effect.measure.spec();
                // When delivery is moved beyond what can be, the limit is what can be.
                if self.moved.is_some() {
                    value = value.clamp(spec.lowest, spec.highest);
                } else if !(spec.lowest..=spec.highest).contains(&value) {
                    let possible = value.clamp(spec.lowest, spec.highest);
                    let beyond = self.beyond.entry(i).or_insert(Beyond { years: BTreeSet::new(), furthest: possible });
                    beyond.years.insert(year);
                    if (value - possible).abs() > (beyond.furthest - possible).abs() {
                        beyond.furthest = value;
                    }
                    value = possible;
                }
            }
        }
        value
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
    pub(super) fn by_year(&mut self, ask: &Ask<'_>, first: usize) -> Vec<f64> {
        let years = self.years[first..].to_vec();
        self.in_years(ask, &years)
    }

    pub(super) fn in_years(&mut self, ask: &Ask<'_>, years: &[FinancialYear]) -> Vec<f64> {
        let asked = asked(ask, years[0], years.len());
        if let Some(known) = self.kept(ask.measure).and_then(|kept| kept.values.get(&asked)) {
            return known.clone();
        }
        let candidates = self.plan.shelf.candidates(ask);
        let effects = self.effects_on(ask);
        let values = self.values(ask, &candidates, &effects, years);
        self.lookups.values.insert(asked, values.clone());
        values
    }

    /// What was looked up before, if it still holds for a measure.
    pub(super) fn kept(&self, measure: Measure) -> Option<&'p Lookups> {
        self.moved.as_ref().filter(|(_, _, touched)| !touched.contains(&measure)).map(|(_, kept, _)| *kept)
    }

    pub(super) fn values(
        &mut self,
        ask: &Ask<'_>,
        candidates: &[usize],
        effects: &[usize],
        years: &[FinancialYear],
    ) -> Vec<f64> {
        let mut values = Vec::with_capacity(years.len());
        for &year in years {
            let value = self.value_at(candidates, None, year).unwrap_or_else(|| {
                self.miss(ask, None, year);
                0.0
            });
            values.push(self.apply(effects, None, value, year));
        }
        values
    }

    /// The value of one year.
    pub(super) fn once(&mut self, ask: &Ask<'_>, year: FinancialYear) -> f64 {
        self.in_years(ask, &[year])[0]
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
                Some(value) => self.apply(&effects, None, value, year),
                None => self.in_years(&national, &[year])[0],
            });
        }
        amount
    }

    /// A profile by age for each year of the plan from `first` on.
    pub(super) fn profiles(&mut self, ask: &Ask<'_>, first: usize) -> Vec<ProfileId> {
        let asked = asked(ask, self.years[first], self.years.len() - first);
        if let Some(known) = self.kept(ask.measure).and_then(|kept| kept.profiles.get(&asked)) {
            return known.clone();
        }
        let ids = self.new_profiles(ask, first);
        self.lookups.profiles.insert(asked, ids.clone());
        ids
    }

    pub(super) fn new_profiles(&mut self, ask: &Ask<'_>, first: usize) -> Vec<ProfileId> {
        let candidates = self.plan.shelf.candidates(ask);
        let effects = self.effects_on(ask);
        let key = (ask.measure, candidates, effects);
        if let Some(ids) = self.known_profiles.get(&key) {
            return ids[first..].to_vec();
        }
        let (_, candidates, effects) = &key;
        let mut ids = vec![ProfileId::default(); first];
        for year in self.years.clone().into_iter().skip(first) {
            let candidates = &self.one_statement(ask.measure, candidates, year);
            let mut profile: Ages = [0.0; STAFF_AGES.len()];
            for age in STAFF_AGES.ages() {
                let found = self.value_at(candidates, Some(age), year);
                // An age that nobody has needs no share.
                let value = match found {
                    None if ask.measure.spec().parts_of_one => 0.0,
                    None => {
                        self.miss(ask, Some(age), year);
                        0.0
                    }
                    Some(value) => value,
                };
                profile[STAFF_AGES.index(age)] = self.apply(effects, Some(age), value, year);
            }
            if ask.measure.spec().parts_of_one {
                self.expect_one(ask, profile.iter().sum(), year);
            }
            ids.push(self.lookups.table.intern(profile));
        }
        let wanted = ids[first..].to_vec();
        self.known_profiles.insert(key, ids);
        wanted
    }

    /// Parts of one whole come from one statement of it: the age shares of a profession are not topped up from its group's.
    pub(super) fn one_statement(&self, measure: Measure, candidates: &[usize], year: FinancialYear) -> Vec<usize> {
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

pub(super) fn asked(ask: &Ask<'_>, first: FinancialYear, years: usize) -> Asked {
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
