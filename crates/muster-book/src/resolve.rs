//! From a plan and a scenario to what the engine is given: every value looked up, every effect applied, nothing missing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use muster_core::{Age, CITIZEN_AGES, FinancialYear, PlaceCode, PlaceKind, Probability, STAFF_AGES, Setting};
use muster_engine::{
    Ages, Cell, CellYear, Citizens, Drivers, How, Inputs, Money, PlaceInputs, ProfileId, Profiles, Programme, Step,
    Transfer,
};

use crate::assumption::{Key, Scope, plain};
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::measure::Measure;
use crate::plan::{Change, Effect, Plan, Scenario};
use crate::shelf::{Ask, Series, Side};

const SETTINGS: usize = Setting::ALL.len();

/// An assumption that can be moved by itself from low to high.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Assumption {
    /// What the books state of one measure for one subject and setting, at all ages, dates and places together.
    Stated(Measure, Scope, Option<Setting>),
    /// How much of an action is delivered, as an index into the plan's actions.
    Delivery(usize),
}

/// One assumption moved from its value.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Which.
    pub assumption: Assumption,
    /// Where to.
    pub side: Side,
}

/// What the engine is given, and what its indices mean.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// For the engine. Cells carry indices of professions, programmes likewise, as in the taxonomy.
    pub inputs: Inputs,
    /// The places, in the order of the inputs.
    pub places: Vec<PlaceCode>,
    /// The years, the baseline first.
    pub years: Vec<FinancialYear>,
}

impl Plan {
    /// Looks up everything a run of `scenario` needs for `places`, or says what is missing.
    pub fn resolve(&self, scenario: &Scenario, places: &[PlaceCode], step: Step) -> Result<Resolved, Vec<Diagnostic>> {
        self.resolve_keeping(scenario, places, step).map(|(resolved, _)| resolved)
    }

    /// The same, and keeps what was looked up for [`Plan::resolve_moved`].
    pub fn resolve_keeping(
        &self,
        scenario: &Scenario,
        places: &[PlaceCode],
        step: Step,
    ) -> Result<(Resolved, Lookups), Vec<Diagnostic>> {
        let mut resolver = Resolver::new(self, scenario, None);
        let inputs = resolver.inputs(places, step);
        let Resolver { diagnostics, lookups, .. } = resolver.report();
        let resolved = Resolved { inputs, places: places.to_vec(), years: self.years() };
        diagnostics.into_result((resolved, lookups))
    }

    /// The same scenario and places with one assumption moved to an end of its range; only what it touches is looked up again.
    pub fn resolve_moved(
        &self,
        scenario: &Scenario,
        places: &[PlaceCode],
        step: Step,
        moved: &Moved,
        kept: &Lookups,
    ) -> Result<Resolved, Vec<Diagnostic>> {
        let touched = match &moved.assumption {
            Assumption::Stated(measure, ..) => vec![*measure],
            Assumption::Delivery(action) => self.actions[*action].effects.iter().map(|effect| effect.measure).collect(),
        };
        let mut resolver = Resolver::new(self, scenario, Some((moved, kept, touched)));
        let inputs = resolver.inputs(places, step);
        let Resolver { diagnostics, .. } = resolver.report();
        diagnostics.into_result(Resolved { inputs, places: places.to_vec(), years: self.years() })
    }

    /// Every assumption that has a range and can be moved, in a scenario.
    pub fn movable(&self, scenario: &Scenario) -> Vec<Assumption> {
        let mut found: BTreeSet<Assumption> = self
            .shelf
            .series()
            .filter(|series| series.has_range() && !series.measure.spec().parts_of_one)
            .map(|series| Assumption::Stated(series.measure, series.key.scope, series.key.setting))
            .collect();
        for &action in &scenario.actions {
            if self.actions[action].effects.iter().any(|effect| effect.delivered[0] < effect.delivered[1]) {
                found.insert(Assumption::Delivery(action));
            }
        }
        found.into_iter().collect()
    }

    /// What to call an assumption in a report.
    pub fn assumption_title(&self, assumption: &Assumption) -> String {
        match assumption {
            Assumption::Delivery(action) => format!("Delivery of: {}", self.actions[*action].title),
            Assumption::Stated(measure, scope, setting) => {
                let key = Key { scope: *scope, setting: *setting, ages: None, place: None };
                self.shelf.name(*measure, &key)
            }
        }
    }
}

/// Which series and effects make a profile; the same ones make the same profile.
type ProfileKey = (Measure, Vec<usize>, Vec<usize>);

/// What was asked: the measure, its most exact subject, the setting, the place, and from which year on.
type Asked = (Measure, Scope, Option<Setting>, PlaceCode, FinancialYear, usize);

/// Every answer of a resolved scenario, kept so that moving one assumption costs little.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    values: HashMap<Asked, Vec<f64>>,
    profiles: HashMap<Asked, Vec<ProfileId>>,
    citizens: HashMap<Asked, Citizens>,
    table: Profiles,
}

/// What is missing of one measure for one subject.
#[derive(Default)]
struct Missing {
    years: BTreeSet<FinancialYear>,
    ages: BTreeSet<Age>,
    near: Option<Location>,
}

/// How far an effect takes an assumption beyond what can be.
struct Beyond {
    years: BTreeSet<FinancialYear>,
    furthest: f64,
}

struct Resolver<'p> {
    plan: &'p Plan,
    effects: Vec<&'p Effect>,
    /// What is moved, what was looked up before, and the measures for which that no longer holds.
    moved: Option<(&'p Moved, &'p Lookups, Vec<Measure>)>,
    years: Vec<FinancialYear>,
    lookups: Lookups,
    known_profiles: HashMap<ProfileKey, Vec<ProfileId>>,
    missing: BTreeMap<(Measure, String), Missing>,
    /// By effect, as an index.
    beyond: BTreeMap<usize, Beyond>,
    /// Wholes whose parts were already found not to add up, so that each is reported once and not for each year.
    not_one: BTreeSet<(Measure, Scope)>,
    diagnostics: Diagnostics,
}

/// An amount by year, and whether each is England's, of which a place gets its share, or the place's own.
struct Amount {
    by_year: Vec<f64>,
    national: Vec<bool>,
}

impl Amount {
    fn national(by_year: Vec<f64>) -> Self {
        Self { national: vec![true; by_year.len()], by_year }
    }

    /// The part of the amount that falls where the place's share of England's is `share`, and of its own `own`.
    fn part(&self, year: usize, share: f64, own: f64) -> f64 {
        self.by_year[year] * if self.national[year] { share } else { own }
    }
}

/// How staff divide between settings, by profession: England's, the place's own (the same unless its book says otherwise), and
/// the place's share of England by setting.
struct Shares {
    england: Vec<[f64; SETTINGS]>,
    own: Vec<[f64; SETTINGS]>,
    of_england: [f64; SETTINGS],
}

impl Shares {
    /// The place's share of England's amount for a profession in a setting.
    fn national(&self, profession: usize, setting: Setting) -> f64 {
        self.england[profession][setting.index()] * self.of_england[setting.index()]
    }

    /// The setting's share of the place's own amount.
    fn own(&self, profession: usize, setting: Setting) -> f64 {
        self.own[profession][setting.index()]
    }
}

impl<'p> Resolver<'p> {
    fn new(plan: &'p Plan, scenario: &'p Scenario, moved: Option<(&'p Moved, &'p Lookups, Vec<Measure>)>) -> Self {
        // Ids of profiles that were looked up before must go on meaning the same.
        let table = moved.as_ref().map_or_else(Profiles::default, |(_, kept, _)| kept.table.clone());
        Self {
            plan,
            effects: plan.effects(scenario),
            moved,
            years: plan.years(),
            lookups: Lookups { table, ..Lookups::default() },
            known_profiles: HashMap::new(),
            missing: BTreeMap::new(),
            beyond: BTreeMap::new(),
            not_one: BTreeSet::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    fn inputs(&mut self, places: &[PlaceCode], step: Step) -> Inputs {
        let years = self.years.len() - 1;
        let mut inputs = Inputs { step, places: Vec::new(), ..Inputs::empty(years) };
        let england = self.setting_shares(&[PlaceCode::england()]);
        for (place, code) in places.iter().enumerate() {
            let lineage: Vec<PlaceCode> = self.plan.shelf.places.lineage(code).cloned().collect();
            let shares = Shares {
                england: england.clone(),
                own: self.setting_shares(&lineage),
                of_england: self.place_shares(code, &lineage),
            };
            let first_cell = inputs.cells.len();
            self.add_cells(place, &lineage, &shares, &mut inputs);
            self.add_transfers(&lineage, &shares, first_cell, &mut inputs);
            self.add_programmes(place, &lineage, &shares, first_cell, &mut inputs);
            let (drivers, money) = (self.drivers(&lineage), self.money(&lineage));
            inputs.places.push(PlaceInputs { code: code.to_string(), drivers, money });
        }
        inputs.profiles = self.lookups.table.clone();
        inputs
    }

    // Looking up

    fn ask<'a>(&self, measure: Measure, profession: usize, lineage: &'a [PlaceCode]) -> Ask<'a> {
        Ask { measure, scopes: self.plan.shelf.scopes_of_profession(profession), setting: None, lineage }
    }

    fn whole(measure: Measure, setting: Option<Setting>, lineage: &[PlaceCode]) -> Ask<'_> {
        Ask { measure, scopes: vec![Scope::All], setting, lineage }
    }

    /// The end of its range that a series is moved to.
    fn side(&self, series: &Series) -> Side {
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
    fn delivered(&self, effect: &Effect) -> f64 {
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
    fn effects_on(&self, ask: &Ask<'_>) -> Vec<usize> {
        let reaches = |effect: &&Effect| effect.measure == ask.measure && ask.fits(&effect.key);
        (0..self.effects.len()).filter(|i| reaches(&self.effects[*i])).collect()
    }

    /// The value in one year, from the first candidate that has one.
    fn value_at(&self, candidates: &[usize], age: Option<Age>, year: FinancialYear) -> Option<f64> {
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

    fn apply(&mut self, effects: &[usize], age: Option<Age>, mut value: f64, year: FinancialYear) -> f64 {
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

    fn miss(&mut self, ask: &Ask<'_>, age: Option<Age>, year: FinancialYear) {
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
    fn by_year(&mut self, ask: &Ask<'_>, first: usize) -> Vec<f64> {
        let years = self.years[first..].to_vec();
        self.in_years(ask, &years)
    }

    fn in_years(&mut self, ask: &Ask<'_>, years: &[FinancialYear]) -> Vec<f64> {
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
    fn kept(&self, measure: Measure) -> Option<&'p Lookups> {
        self.moved.as_ref().filter(|(_, _, touched)| !touched.contains(&measure)).map(|(_, kept, _)| *kept)
    }

    fn values(&mut self, ask: &Ask<'_>, candidates: &[usize], effects: &[usize], years: &[FinancialYear]) -> Vec<f64> {
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
    fn once(&mut self, ask: &Ask<'_>, year: FinancialYear) -> f64 {
        self.in_years(ask, &[year])[0]
    }

    /// An amount: in each year the place's own where a book states it, else England's, to be shared.
    ///
    /// National effects on amounts are part of England's amount. A place's own amount is changed only by effects that multiply, or
    /// that name the place.
    fn amount(&mut self, ask: &Ask<'_>, years: &[FinancialYear]) -> Amount {
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
    fn profiles(&mut self, ask: &Ask<'_>, first: usize) -> Vec<ProfileId> {
        let asked = asked(ask, self.years[first], self.years.len() - first);
        if let Some(known) = self.kept(ask.measure).and_then(|kept| kept.profiles.get(&asked)) {
            return known.clone();
        }
        let ids = self.new_profiles(ask, first);
        self.lookups.profiles.insert(asked, ids.clone());
        ids
    }

    fn new_profiles(&mut self, ask: &Ask<'_>, first: usize) -> Vec<ProfileId> {
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
    fn expect_one(&mut self, ask: &Ask<'_>, sum: f64, year: FinancialYear) {
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

    fn plan_file(&self) -> Location {
        crate::files::nowhere(&self.plan.folder.join("plan.toml"))
    }

    /// Turns what was missing, and what cannot be, into a report: each thing once, with its years and ages.
    fn report(mut self) -> Self {
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

    // Putting together

    fn baseline(&self) -> FinancialYear {
        self.years[0]
    }

    /// By profession and setting, at the baseline.
    fn setting_shares(&mut self, lineage: &[PlaceCode]) -> Vec<[f64; SETTINGS]> {
        let professions = &self.plan.shelf.taxonomy.professions;
        let mut shares = Vec::with_capacity(professions.len());
        for (i, profession) in professions.iter().enumerate() {
            let mut share = [0.0; SETTINGS];
            for setting in &profession.settings {
                let ask = Ask { setting: Some(*setting), ..self.ask(Measure::SettingShare, i, lineage) };
                share[setting.index()] = self.once(&ask, self.baseline());
            }
            // Which setting the blame falls on does not matter: the message names the profession.
            let ask =
                Ask { setting: profession.settings.first().copied(), ..self.ask(Measure::SettingShare, i, lineage) };
            if share.iter().sum::<f64>() > 0.0 {
                self.expect_one(&ask, share.iter().sum(), self.baseline());
            }
            shares.push(share);
        }
        shares
    }

    /// The place's share of England, by setting.
    fn place_shares(&mut self, code: &PlaceCode, lineage: &[PlaceCode]) -> [f64; SETTINGS] {
        if *code == PlaceCode::england() {
            return [1.0; SETTINGS];
        }
        // Only the place's own share counts: a trust does not have its system's share.
        let own = &lineage[..1];
        std::array::from_fn(|setting| {
            self.once(&Self::whole(Measure::PlaceShare, Some(Setting::ALL[setting]), own), self.baseline())
        })
    }

    fn add_cells(&mut self, place: usize, lineage: &[PlaceCode], shares: &Shares, inputs: &mut Inputs) {
        let at_baseline = [self.baseline()];
        let later = self.years[1..].to_vec();
        for (profession, details) in self.plan.shelf.taxonomy.professions.iter().enumerate() {
            let ask = |resolver: &Self, measure| resolver.ask(measure, profession, lineage);
            macro_rules! look {
                ($how:ident, $measure:ident, $first:expr) => {{
                    let ask = ask(self, Measure::$measure);
                    self.$how(&ask, $first)
                }};
            }
            let participation = look!(profiles, Participation, 0);
            let age_share = look!(profiles, AgeShare, 0)[0];
            let leaver = look!(profiles, LeaverRate, 1);
            let joiner_ages = look!(profiles, JoinerAgeShare, 1);
            let returner_rate = look!(by_year, ReturnerRate, 1);
            let wider_market_rate = look!(by_year, WiderMarketRate, 1);
            let skill_mix = look!(by_year, SkillMix, 0);
            let temporary_fill = look!(by_year, TemporaryFill, 0);
            let earnings_gbp = look!(by_year, EarningsGbp, 0);
            let stock = look!(amount, StockFte, &at_baseline);
            let demand = look!(amount, DemandFte, &at_baseline);
            let international = look!(amount, InternationalHeadcount, &later);
            self.refuse_no_skill_mix(profession, lineage, skill_mix[0]);

            let people_per_age = *self.lookups.table.get(age_share);
            let fte_per_head: f64 = people_per_age
                .iter()
                .zip(self.lookups.table.get(participation[0]))
                .map(|(people, fte)| people * fte)
                .sum();
            for setting in &details.settings {
                let part = |amount: &Amount, year: usize| {
                    amount.part(year, shares.national(profession, *setting), shares.own(profession, *setting))
                };
                let stock_fte = part(&stock, 0);
                let headcount = if fte_per_head > 0.0 { stock_fte / fte_per_head } else { 0.0 };
                // A training grade opens with the same number of people in each of its years.
                let people_per_stage = headcount / details.stages as f64;
                let year = |y: usize| CellYear {
                    leaver: leaver[y],
                    participation: participation[y + 1],
                    joiner_ages: joiner_ages[y],
                    returner_rate: returner_rate[y],
                    wider_market_rate: wider_market_rate[y],
                    international_headcount: part(&international, y),
                    skill_mix: skill_mix[y + 1],
                    temporary_fill: temporary_fill[y + 1],
                    earnings_gbp: earnings_gbp[y + 1],
                };
                inputs.cells.push(Cell {
                    place,
                    profession,
                    setting: *setting,
                    opening: vec![people_per_age.map(|share| share * people_per_stage); details.stages],
                    opening_participation: participation[0],
                    demand_base_fte: part(&demand, 0),
                    baseline: CellYear {
                        participation: participation[0],
                        skill_mix: skill_mix[0],
                        temporary_fill: temporary_fill[0],
                        earnings_gbp: earnings_gbp[0],
                        ..CellYear::default()
                    },
                    years: (0..later.len()).map(year).collect(),
                });
            }
        }
    }

    fn refuse_no_skill_mix(&mut self, profession: usize, lineage: &[PlaceCode], at_baseline: f64) {
        let stated =
            |missing: &BTreeMap<(Measure, String), Missing>| missing.keys().any(|(m, _)| *m == Measure::SkillMix);
        if at_baseline <= 0.0 && !stated(&self.missing) {
            let message = "the skill mix is nought at the baseline, so it cannot grow from there";
            let ask = self.ask(Measure::SkillMix, profession, lineage);
            let entry =
                self.plan.shelf.find(&ask, None, self.baseline()).and_then(|series| series.entry(self.baseline()));
            let location = entry.map_or_else(|| self.plan_file(), |entry| entry.location.clone());
            self.diagnostics.push("M009", location, message, "state 1 at the baseline");
        }
    }

    /// The cell of a profession and setting at the place whose cells start at `first_cell`.
    fn cell_of(inputs: &Inputs, first_cell: usize, profession: usize, setting: Setting) -> usize {
        let here = &inputs.cells[first_cell..];
        let found = here.iter().position(|cell| cell.profession == profession && cell.setting == setting);
        first_cell + found.unwrap_or_default()
    }

    /// Each move, between every setting of the one profession and every setting of the other, in proportion to where they work.
    fn add_transfers(&mut self, lineage: &[PlaceCode], shares: &Shares, first_cell: usize, inputs: &mut Inputs) {
        let later = self.years[1..].to_vec();
        let taxonomy = &self.plan.shelf.taxonomy;
        let mut leaving: HashMap<usize, Vec<f64>> = HashMap::new();
        for (i, movement) in taxonomy.moves.iter().enumerate() {
            let measure = movement.measure();
            let ask = Ask { measure, scopes: vec![Scope::Move(i)], setting: None, lineage };
            let mut amount =
                if measure.spec().shared { self.amount(&ask, &later) } else { Amount::national(self.by_year(&ask, 1)) };
            if movement.how != How::Posts {
                let taken = leaving.entry(movement.from).or_insert_with(|| vec![0.0; later.len()]);
                if let Some(year) =
                    taken.iter().zip(&amount.by_year).position(|(taken, share)| taken + share > 1.0 + 1e-9)
                    && self.moved.is_none()
                {
                    self.refuse_more_than_everyone(i, later[year]);
                }
                // An assumption moved to an end of its range may ask for more than everyone: then it gets those who are left.
                for (taken, share) in taken.iter_mut().zip(&mut amount.by_year) {
                    *share = share.min(1.0 - *taken);
                    *taken += *share;
                }
            }
            for from in &taxonomy.professions[movement.from].settings {
                for to in &taxonomy.professions[movement.to].settings {
                    let arriving = shares.own(movement.to, *to);
                    let part = |year: usize| match movement.how {
                        How::Posts => amount.part(
                            year,
                            shares.national(movement.from, *from) * arriving,
                            shares.own(movement.from, *from) * arriving,
                        ),
                        How::Rate | How::Completion => amount.by_year[year] * arriving,
                    };
                    inputs.transfers.push(Transfer {
                        from: Self::cell_of(inputs, first_cell, movement.from, *from),
                        to: Self::cell_of(inputs, first_cell, movement.to, *to),
                        how: movement.how,
                        amount: (0..later.len()).map(part).collect(),
                    });
                }
            }
        }
    }

    fn refuse_more_than_everyone(&mut self, movement: usize, year: FinancialYear) {
        let taxonomy = &self.plan.shelf.taxonomy;
        let title = &taxonomy.professions[taxonomy.moves[movement].from].title;
        let stated = self.plan.shelf.series().find(|series| series.key.scope == Scope::Move(movement));
        let location = stated.map_or_else(|| self.plan_file(), |series| series.entries[0].location.clone());
        let message = format!("the moves out of {title} take more than everyone in {year}");
        self.diagnostics.push("M020", location, message, "lower the shares so that they add to 1 at most");
    }

    fn add_programmes(
        &mut self,
        place: usize,
        lineage: &[PlaceCode],
        shares: &Shares,
        first_cell: usize,
        inputs: &mut Inputs,
    ) {
        let taxonomy = &self.plan.shelf.taxonomy;
        let later = self.years[1..].to_vec();
        for (i, programme) in taxonomy.programmes.iter().enumerate() {
            let ask = |measure| Ask { measure, scopes: vec![Scope::Programme(i)], setting: None, lineage };
            let attrition = self.by_year(&ask(Measure::CourseAttrition), 1);
            let join_share = self.by_year(&ask(Measure::TrainingJoinShare), 1);
            let entry_ages = self.profiles(&ask(Measure::EntryAgeShare), 1)[0];
            let length = programme.length_years as f64;
            let withdrawal: Vec<f64> = attrition
                .iter()
                .map(|whole| Probability::per_year(*whole).map_or(0.0, |whole| whole.spread_over_years(length)))
                .collect();
            // Those who started in the baseline year are in their first year, those of the year before in their second, and so on.
            let started: Vec<FinancialYear> =
                (0..programme.length_years).map(|ago| self.baseline() + -(ago as i16)).collect();
            let intake = self.amount(&ask(Measure::TrainingIntake), &later);
            let history = self.amount(&ask(Measure::TrainingIntake), &started);
            let settings = &taxonomy.professions[programme.fills].settings;
            // A place trains England's people in proportion to where the profession works, and its own as its own divide.
            let share: f64 = settings.iter().map(|setting| shares.national(programme.fills, *setting)).sum();
            let own = shares.own[programme.fills] != shares.england[programme.fills];
            let staying = 1.0 - withdrawal[0];
            let students =
                (0..programme.length_years).map(|ago| history.part(ago, share, 1.0) * staying.powi(ago as i32));
            let fills = settings.iter().map(|setting| {
                let part = if own || share == 0.0 {
                    shares.own(programme.fills, *setting)
                } else {
                    shares.national(programme.fills, *setting) / share
                };
                (Self::cell_of(inputs, first_cell, programme.fills, *setting), part)
            });
            let fills = fills.collect();
            inputs.programmes.push(Programme {
                place,
                programme: i,
                students: students.collect(),
                intake: (0..later.len()).map(|year| intake.part(year, share, 1.0)).collect(),
                withdrawal,
                join_share,
                entry_ages,
                fills,
            });
        }
    }

    fn drivers(&mut self, lineage: &[PlaceCode]) -> Drivers {
        let years = self.years.clone();
        let by_age = |resolver: &mut Self, ask: &Ask<'_>, year: FinancialYear| -> Citizens {
            let asked = asked(ask, year, 1);
            if let Some(known) = resolver.kept(ask.measure).and_then(|kept| kept.citizens.get(&asked)) {
                return *known;
            }
            let candidates = resolver.plan.shelf.candidates(ask);
            let effects = resolver.effects_on(ask);
            let citizens = std::array::from_fn(|i| {
                let age = CITIZEN_AGES.youngest + i as Age;
                let value = resolver.value_at(&candidates, Some(age), year).unwrap_or_else(|| {
                    resolver.miss(ask, Some(age), year);
                    0.0
                });
                resolver.apply(&effects, Some(age), value, year)
            });
            resolver.lookups.citizens.insert(asked, citizens);
            citizens
        };
        let population = Self::whole(Measure::Population, None, lineage);
        let population = years.iter().map(|year| by_age(self, &population, *year)).collect();
        let use_by_age = std::array::from_fn(|setting| {
            by_age(self, &Self::whole(Measure::UseByAge, Some(Setting::ALL[setting]), lineage), years[0])
        });
        let mut by_setting = |measure, first: usize| -> Vec<[f64; SETTINGS]> {
            let series: Vec<Vec<f64>> = Setting::ALL
                .iter()
                .map(|setting| self.by_year(&Self::whole(measure, Some(*setting), lineage), first))
                .collect();
            (0..years.len() - first).map(|year| std::array::from_fn(|setting| series[setting][year])).collect()
        };
        Drivers {
            other_growth: by_setting(Measure::OtherGrowth, 1),
            setting_shift: by_setting(Measure::SettingShift, 0),
            productivity_growth: by_setting(Measure::ProductivityGrowth, 1),
            population,
            use_by_age,
        }
    }

    fn money(&mut self, lineage: &[PlaceCode]) -> Money {
        Money {
            on_cost: self.by_year(&Self::whole(Measure::OnCost, None, lineage), 0),
            real_pay_growth: self.by_year(&Self::whole(Measure::RealPayGrowth, None, lineage), 1),
            temporary_premium: self.by_year(&Self::whole(Measure::TemporaryPremium, None, lineage), 0),
        }
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

impl Plan {
    /// The plan's place as a run works it out: one place, or for a region its systems.
    pub fn whole(&self) -> Vec<PlaceCode> {
        let is_region = self.shelf.places.get(&self.place).is_some_and(|place| place.kind == PlaceKind::Region);
        if is_region { crate::plan::systems_of(&self.shelf.places, &self.place) } else { vec![self.place.clone()] }
    }

    /// The places a run of this plan is worked out for, one by one.
    ///
    /// `england` stands for the plan's own place as a whole, `systems` for each of its systems; otherwise codes, in which a region stands for
    /// its systems.
    pub fn places_named(&self, names: &[String]) -> Result<Vec<PlaceCode>, String> {
        let tree = &self.shelf.places;
        let mut places = Vec::new();
        for name in names {
            match name.as_str() {
                "england" => places.extend(self.whole()),
                "systems" => places.extend(crate::plan::systems_of(tree, &self.place)),
                code => {
                    let known = tree.iter().map(|place| place.code.as_str());
                    let place = code.parse::<PlaceCode>().ok().and_then(|code| tree.get(&code)).ok_or_else(|| {
                        let help = crate::diagnostic::suggest(
                            code,
                            known,
                            "use england, systems, or codes such as QJK or Y58",
                        );
                        format!("no place has the code `{code}`: {help}")
                    })?;
                    if !tree.is_within(&place.code, &self.place) {
                        return Err(format!("the plan is for {}, and {} is not in it", self.place, place.name));
                    }
                    if !place.exists_on(self.from.last_day()) {
                        let successor =
                            place.successor.as_ref().map_or(String::new(), |code| format!("; {code} took over"));
                        return Err(format!("{} did not exist on {}{successor}", place.name, self.from.last_day()));
                    }
                    if place.kind == PlaceKind::Region {
                        places.extend(crate::plan::systems_of(tree, &place.code));
                    } else {
                        places.push(place.code.clone());
                    }
                }
            }
        }
        let mut seen = BTreeSet::new();
        places.retain(|place| seen.insert(place.clone()));
        let nested = |a: &PlaceCode| places.iter().any(|b| a != b && tree.is_within(a, b));
        match places.iter().find(|place| nested(place)) {
            Some(inner) => Err(format!(
                "{inner} lies within another place of the same run, and would be counted twice: name one of them"
            )),
            None => Ok(places),
        }
    }
}
