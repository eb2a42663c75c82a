//! From a plan and a scenario to what the engine is given: every value looked up, every effect applied, nothing missing.

mod lookup;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use muster_core::{Age, CITIZEN_AGES, FinancialYear, PlaceCode, PlaceKind, Probability, Setting};
use muster_engine::{
    Cell, CellYear, Citizens, Drivers, How, Inputs, Money, PlaceInputs, ProfileId, Profiles, Programme, Step, Transfer,
};

pub use self::lookup::Lookups;
use self::lookup::{Amount, Beyond, Missing, ProfileKey, asked};
use crate::action::Effect;
use crate::assumption::{Key, Scope};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::measure::Measure;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::shelf::{Ask, Side};

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
                self.shelf.title(*measure, &key)
            }
        }
    }
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

/// How staff divide between settings, by profession: England's, the place's own (the same unless its book says otherwise), and
/// the place's share of England by profession and setting.
struct Shares {
    england: Vec<[f64; SETTINGS]>,
    own: Vec<[f64; SETTINGS]>,
    of_england: Vec<[f64; SETTINGS]>,
}

impl Shares {
    /// The place's share of England's amount for a profession in a setting.
    fn national(&self, profession: usize, setting: Setting) -> f64 {
        self.england[profession][setting.index()] * self.of_england[profession][setting.index()]
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

    /// The place's share of England, by profession and setting: the profession's own where it is stated, else that of its group, else that of
    /// everyone in the setting.
    fn place_shares(&mut self, code: &PlaceCode, lineage: &[PlaceCode]) -> Vec<[f64; SETTINGS]> {
        let professions = &self.plan.shelf.taxonomy.professions;
        if *code == PlaceCode::england() {
            return vec![[1.0; SETTINGS]; professions.len()];
        }
        // Only the place's own share counts: a trust does not have its system's share.
        let own = &lineage[..1];
        let of_all: [f64; SETTINGS] = std::array::from_fn(|setting| {
            self.once(&Self::whole(Measure::PlaceShare, Some(Setting::ALL[setting]), own), self.baseline())
        });
        let mut shares = vec![of_all; professions.len()];
        for (i, profession) in professions.iter().enumerate() {
            for setting in &profession.settings {
                let ask = Ask { setting: Some(*setting), ..self.ask(Measure::PlaceShare, i, own) };
                let candidates = self.plan.shelf.candidates(&ask);
                if candidates.iter().any(|i| self.plan.shelf.get(*i).key.scope != Scope::All) {
                    shares[i][setting.index()] = self.once(&ask, self.baseline());
                }
            }
        }
        shares
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
