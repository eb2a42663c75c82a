//! From a plan and a scenario to what the engine is given: every value looked up, every effect applied, nothing missing.

mod futures;
mod lookup;
mod prices;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use muster_core::{FinancialYear, PlaceCode, PlaceKind, STAFF_AGES, Setting};
use muster_draws::sampler::Path;
use muster_engine::{
    How, Inputs, Model, ModelCell, ModelDrivers, ModelMoney, ModelPlace, ModelProgramme, ModelTransfer, Part,
    Series as ModelSeries, Slot, Step,
};

pub use self::futures::{Desk, Futures, Limited, Stands, Uncertain};
use self::futures::{Line, Sheet};
use self::lookup::{Amount, Beyond, Lookups, Missing};
pub use self::prices::{PlacePrices, PriceFutures, PriceIndex, Prices};
use crate::action::Effect;
use crate::assumption::{Key, Scope};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::measure::Measure;
use crate::plan::Plan;
use crate::scenario::Scenario;
use crate::shelf::{Ask, Series, Shelf};

const SETTINGS: usize = Setting::ALL.len();

/// An assumption that can be moved by itself from low to high.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Assumption {
    /// What the books state of one measure for one subject and setting, at all ages, dates and places together.
    Stated(Measure, Scope, Option<Setting>),
    /// How much of an action is delivered, as an index into the plan's actions.
    Delivery(usize),
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
        self.futures(scenario, places, step).map(|futures| futures.central())
    }

    /// The same, with the uncertain assumptions left open.
    pub fn futures(&self, scenario: &Scenario, places: &[PlaceCode], step: Step) -> Result<Futures, Vec<Diagnostic>> {
        let mut resolver = Resolver::new(self, scenario);
        resolver.add_everything(places, step);
        let Resolver { diagnostics, model, sheet, assumptions, .. } = resolver.report();
        diagnostics.into_result(Futures::new(model, places.to_vec(), self.years(), assumptions, sheet))
    }

    /// The same, with what is delivered of each action of the scenario left open, and all else where the books say: ready for
    /// [`Stands::Delivered`].
    ///
    /// What an action makes of the parts of a whole, the ages of joiners say, is not left open: half of it would not add to one.
    pub fn futures_by_action(
        &self,
        scenario: &Scenario,
        places: &[PlaceCode],
        step: Step,
    ) -> Result<Futures, Vec<Diagnostic>> {
        let deliveries: BTreeSet<Assumption> = scenario.actions.iter().copied().map(Assumption::Delivery).collect();
        let mut resolver = Resolver::new(self, scenario);
        resolver.open(deliveries.into_iter().collect(), Opens::Deliveries);
        resolver.add_everything(places, step);
        let Resolver { diagnostics, model, sheet, assumptions, .. } = resolver.report();
        diagnostics.into_result(Futures::new(model, places.to_vec(), self.years(), assumptions, sheet))
    }

    /// Every assumption that the engine reads, has a range and can be moved, whatever the scenario.
    pub fn uncertain(&self) -> Vec<Assumption> {
        self.movable_with(&(0..self.actions.len()).collect::<Vec<_>>())
    }

    /// Every assumption that has a range and can be moved, in a scenario.
    pub fn movable(&self, scenario: &Scenario) -> Vec<Assumption> {
        self.movable_with(&scenario.actions)
    }

    /// Every price that has a range. The engine reads none of them, so they are drawn apart.
    pub fn uncertain_prices(&self) -> Vec<Assumption> {
        self.stated_with_a_range(true).into_iter().collect()
    }

    fn stated_with_a_range(&self, prices: bool) -> BTreeSet<Assumption> {
        let varied = |series: &&Series| {
            let spec = series.measure.spec();
            series.has_range() && !spec.parts_of_one && spec.price == prices
        };
        let assumption = |series: &Series| Assumption::Stated(series.measure, series.key.scope, series.key.setting);
        self.shelf.series().filter(varied).map(assumption).collect()
    }

    fn movable_with(&self, actions: &[usize]) -> Vec<Assumption> {
        let mut found = self.stated_with_a_range(false);
        for &action in actions {
            if self.actions[action].effects.iter().any(|effect| effect.delivered[0] < effect.delivered[1]) {
                found.insert(Assumption::Delivery(action));
            }
        }
        found.into_iter().collect()
    }

    /// How what is not known about an assumption moves over the years. What is delivered of an action is the same in all.
    pub fn path(&self, assumption: &Assumption) -> Path {
        match assumption {
            Assumption::Stated(measure, scope, setting) => self.shelf.path(*measure, *scope, *setting),
            Assumption::Delivery(_) => Path::Fixed,
        }
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

    /// A name for an assumption that stays the same from one edition of the plan to the next; it names the assumption's random
    /// numbers.
    pub fn assumption_id(&self, assumption: &Assumption) -> String {
        match assumption {
            Assumption::Delivery(action) => format!("delivery/{}", self.actions[*action].id),
            Assumption::Stated(measure, scope, setting) => {
                let setting = setting.map_or("all", Setting::id);
                format!("{}/{}/{setting}", measure.id(), self.shelf.subject_id(*scope))
            }
        }
    }
}

/// Which of the numbers of an assumption are left open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opens {
    /// Those with a range.
    Ranges,
    /// How much of an action is delivered, with a range or without.
    Deliveries,
}

struct Resolver<'p> {
    plan: &'p Plan,
    effects: Vec<&'p Effect>,
    /// The action of each effect, as an index; none where a scenario itself changes something.
    action_of: Vec<Option<usize>>,
    years: Vec<FinancialYear>,
    assumptions: Vec<Assumption>,
    opens: Opens,
    /// For each assumption, whether it has another score in each year.
    wanders: Vec<bool>,
    model: Model,
    sheet: Sheet,
    /// What was looked up before.
    lookups: Lookups,
    missing: BTreeMap<(Measure, String), Missing>,
    /// By effect, as an index.
    beyond: BTreeMap<usize, Beyond>,
    /// Wholes whose parts were already found not to add up, so that each is reported once and not for each year.
    not_one: BTreeSet<(Measure, Scope)>,
    /// Moves that were already found to take more than everyone, likewise.
    more_than_everyone: BTreeSet<usize>,
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
    fn new(plan: &'p Plan, scenario: &'p Scenario) -> Self {
        let effects = plan.effects(scenario);
        let of_action = |effect: &&Effect| plan.actions.iter().position(|action| action.id == effect.of);
        let mut resolver = Self {
            plan,
            action_of: effects.iter().map(of_action).collect(),
            effects,
            years: plan.years(),
            wanders: Vec::new(),
            assumptions: Vec::new(),
            opens: Opens::Ranges,
            model: Model::default(),
            sheet: Sheet::default(),
            lookups: Lookups::default(),
            missing: BTreeMap::new(),
            beyond: BTreeMap::new(),
            not_one: BTreeSet::new(),
            more_than_everyone: BTreeSet::new(),
            diagnostics: Diagnostics::default(),
        };
        resolver.open(plan.uncertain(), Opens::Ranges);
        resolver
    }

    /// Leaves these assumptions open, and no others.
    fn open(&mut self, assumptions: Vec<Assumption>, opens: Opens) {
        self.wanders = assumptions.iter().map(|assumption| self.plan.path(assumption) != Path::Fixed).collect();
        self.assumptions = assumptions;
        self.opens = opens;
    }

    fn add_everything(&mut self, places: &[PlaceCode], step: Step) {
        self.model.years = self.years.len() - 1;
        self.model.step = step;
        let england = self.setting_shares(&[PlaceCode::england()]);
        for (place, code) in places.iter().enumerate() {
            let lineage: Vec<PlaceCode> = self.plan.shelf.places.lineage(code).cloned().collect();
            let shares = Shares {
                england: england.clone(),
                own: self.setting_shares(&lineage),
                of_england: self.place_shares(code, &lineage),
            };
            let first_cell = self.model.cells.len();
            self.add_cells(place, &lineage, &shares);
            self.add_transfers(&lineage, &shares, first_cell);
            self.add_programmes(place, &lineage, &shares, first_cell);
            let (drivers, money) = (self.drivers(&lineage), self.money(&lineage));
            let drivers = position_or_push(&mut self.model.drivers, drivers);
            let money = position_or_push(&mut self.model.money, money);
            self.model.places.push(ModelPlace { code: code.to_string(), drivers, money });
        }
    }

    fn baseline(&self) -> FinancialYear {
        self.years[0]
    }

    /// A series of the model from slots that begin at year `first`; earlier years hold nought.
    fn series(&mut self, slots: &[Slot], first: usize) -> ModelSeries {
        let nought = self.sheet.constant(0.0);
        let before = std::iter::repeat_n(nought, first);
        self.model.series(before.chain(slots.iter().copied()).collect())
    }

    /// A measure that is looked up for the plan's years from `first` on, as a series.
    fn looked_up(&mut self, ask: &Ask<'_>, first: usize) -> ModelSeries {
        let slots = self.by_year(ask, first);
        self.series(&slots, first)
    }

    /// The part of an amount that falls where the place's share of England's is `share`, and of its own `own`.
    fn part(&mut self, amount: &Amount, first: usize, share: f64, own: f64) -> Part {
        let factor = |national: bool| if national { share } else { own };
        let national = amount.national.first().copied().unwrap_or(true);
        if amount.national.iter().all(|other| *other == national) {
            return Part { series: self.series(&amount.by_year, first), factor: factor(national) };
        }
        let both = amount.by_year.iter().zip(&amount.national);
        let scaled: Vec<Slot> =
            both.map(|(slot, national)| self.sheet.slot(Line::Scaled(*slot, factor(*national)))).collect();
        Part { series: self.series(&scaled, first), factor: 1.0 }
    }

    /// An amount that is read once, in every year of a series.
    fn once_in_all(&mut self, slot: Slot, factor: f64) -> Part {
        let series = self.model.series(vec![slot; self.years.len()]);
        Part { series, factor }
    }

    /// By profession and setting, at the baseline.
    fn setting_shares(&mut self, lineage: &[PlaceCode]) -> Vec<[f64; SETTINGS]> {
        let professions = &self.plan.shelf.taxonomy.professions;
        let mut shares = Vec::with_capacity(professions.len());
        for (i, profession) in professions.iter().enumerate() {
            let mut share = [0.0; SETTINGS];
            for setting in &profession.settings {
                let ask = Ask { setting: Some(*setting), ..self.plan.shelf.ask(Measure::SettingShare, i, lineage) };
                share[setting.index()] = self.once(&ask, self.baseline());
            }
            // Which setting the blame falls on does not matter: the message names the profession.
            let ask = Ask {
                setting: profession.settings.first().copied(),
                ..self.plan.shelf.ask(Measure::SettingShare, i, lineage)
            };
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
            self.once(&Shelf::whole(Measure::PlaceShare, Some(Setting::ALL[setting]), own), self.baseline())
        });
        let mut shares = vec![of_all; professions.len()];
        for (i, profession) in professions.iter().enumerate() {
            for setting in &profession.settings {
                let ask = Ask { setting: Some(*setting), ..self.plan.shelf.ask(Measure::PlaceShare, i, own) };
                let candidates = self.plan.shelf.candidates(&ask);
                if candidates.iter().any(|i| self.plan.shelf.get(*i).key.scope != Scope::All) {
                    shares[i][setting.index()] = self.once(&ask, self.baseline());
                }
            }
        }
        shares
    }

    fn add_cells(&mut self, place: usize, lineage: &[PlaceCode], shares: &Shares) {
        let at_baseline = [self.baseline()];
        let later = self.years[1..].to_vec();
        for (profession, details) in self.plan.shelf.taxonomy.professions.iter().enumerate() {
            let ask = |measure| self.plan.shelf.ask(measure, profession, lineage);
            let participation = self.ages(&ask(Measure::Participation), 0);
            let age_share = self.shapes(&ask(Measure::AgeShare), 0)[0];
            let leaver = self.ages(&ask(Measure::LeaverRate), 1);
            let joiner_ages = self.shapes(&ask(Measure::JoinerAgeShare), 1);
            let returner_rate = self.looked_up(&ask(Measure::ReturnerRate), 1);
            let wider_market_rate = self.looked_up(&ask(Measure::WiderMarketRate), 1);
            let skill_mix = self.looked_up(&ask(Measure::SkillMix), 0);
            let temporary_fill = self.looked_up(&ask(Measure::TemporaryFill), 0);
            let earnings_gbp = self.looked_up(&ask(Measure::EarningsGbp), 0);
            let stock = self.amount(&ask(Measure::StockFte), &at_baseline);
            let demand = self.amount(&ask(Measure::DemandFte), &at_baseline);
            let international = self.amount(&ask(Measure::InternationalHeadcount), &later);
            let skill_mix_at_baseline = self.sheet.central(self.model.slot(skill_mix, 0));
            self.refuse_no_skill_mix(profession, lineage, skill_mix_at_baseline);

            let shape = *self.model.shapes.get(age_share);
            let people = self.sheet.slot(Line::People {
                fte: stock.by_year[0],
                shares: Box::new(shape),
                participation: Box::new(participation[0]),
            });
            let nobody = [self.sheet.constant(0.0); STAFF_AGES.len()];
            let leaver = self.model.by_age(std::iter::once(nobody).chain(leaver).collect());
            let participation = self.model.by_age(participation);
            for setting in &details.settings {
                let (share, own) = (shares.national(profession, *setting), shares.own(profession, *setting));
                let factor = |amount: &Amount| if amount.national[0] { share } else { own };
                let international_headcount = self.part(&international, 1, share, own);
                let cell = ModelCell {
                    place,
                    profession,
                    setting: *setting,
                    // A training grade opens with the same number of people in each of its years.
                    people: self.once_in_all(people, factor(&stock) / details.stages as f64),
                    opening: vec![age_share; details.stages],
                    demand_base_fte: self.once_in_all(demand.by_year[0], factor(&demand)),
                    leaver,
                    participation,
                    joiner_ages: joiner_ages.clone(),
                    returner_rate,
                    wider_market_rate,
                    international_headcount,
                    skill_mix,
                    temporary_fill,
                    earnings_gbp,
                };
                self.model.cells.push(cell);
            }
        }
    }

    fn refuse_no_skill_mix(&mut self, profession: usize, lineage: &[PlaceCode], at_baseline: f64) {
        let stated =
            |missing: &BTreeMap<(Measure, String), Missing>| missing.keys().any(|(m, _)| *m == Measure::SkillMix);
        if at_baseline <= 0.0 && !stated(&self.missing) {
            let message = "the skill mix is nought at the baseline, so it cannot grow from there";
            let ask = self.plan.shelf.ask(Measure::SkillMix, profession, lineage);
            let entry =
                self.plan.shelf.find(&ask, None, self.baseline()).and_then(|series| series.entry(self.baseline()));
            let location = entry.map_or_else(|| self.plan_file(), |entry| entry.location.clone());
            self.diagnostics.push("M009", location, message, "state 1 at the baseline");
        }
    }

    /// The cell of a profession and setting at the place whose cells start at `first_cell`.
    fn cell_of(&self, first_cell: usize, profession: usize, setting: Setting) -> usize {
        let here = &self.model.cells[first_cell..];
        let found = here.iter().position(|cell| cell.profession == profession && cell.setting == setting);
        first_cell + found.unwrap_or_default()
    }

    /// Each move, between every setting of the one profession and every setting of the other, in proportion to where they work.
    fn add_transfers(&mut self, lineage: &[PlaceCode], shares: &Shares, first_cell: usize) {
        let later = self.years[1..].to_vec();
        let taxonomy = &self.plan.shelf.taxonomy;
        let mut leaving: HashMap<usize, Vec<Vec<Slot>>> = HashMap::new();
        for (i, movement) in taxonomy.moves.iter().enumerate() {
            let measure = movement.measure();
            let ask = Ask { measure, scopes: vec![Scope::Move(i)], setting: None, lineage };
            let mut amount =
                if measure.spec().shared { self.amount(&ask, &later) } else { Amount::national(self.by_year(&ask, 1)) };
            if movement.how != How::Posts {
                let taken = leaving.entry(movement.from).or_insert_with(|| vec![Vec::new(); later.len()]);
                for (year, (share, taken)) in amount.by_year.iter_mut().zip(taken).enumerate() {
                    let central = |slot: &Slot| self.sheet.central(*slot);
                    if taken.iter().map(central).sum::<f64>() + central(share) > 1.0 + 1e-9 {
                        self.refuse_more_than_everyone(i, later[year]);
                    }
                    // Where what is uncertain asks for more than everyone, the later move gets those who are left.
                    if !taken.is_empty() {
                        *share = self.sheet.slot(Line::Remaining { share: *share, taken: taken.clone() });
                    }
                    taken.push(*share);
                }
            }
            for from in &taxonomy.professions[movement.from].settings {
                for to in &taxonomy.professions[movement.to].settings {
                    let arriving = shares.own(movement.to, *to);
                    let (share, own) = match movement.how {
                        How::Posts => (shares.national(movement.from, *from), shares.own(movement.from, *from)),
                        How::Rate | How::Completion => (1.0, 1.0),
                    };
                    let transfer = ModelTransfer {
                        from: self.cell_of(first_cell, movement.from, *from),
                        to: self.cell_of(first_cell, movement.to, *to),
                        how: movement.how,
                        amount: self.part(&amount, 1, share * arriving, own * arriving),
                    };
                    self.model.transfers.push(transfer);
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
        if self.more_than_everyone.insert(movement) {
            self.diagnostics.push("M020", location, message, "lower the shares so that they add to 1 at most");
        }
    }

    fn add_programmes(&mut self, place: usize, lineage: &[PlaceCode], shares: &Shares, first_cell: usize) {
        let taxonomy = &self.plan.shelf.taxonomy;
        let later = self.years[1..].to_vec();
        for (i, programme) in taxonomy.programmes.iter().enumerate() {
            let ask = |measure| Ask { measure, scopes: vec![Scope::Programme(i)], setting: None, lineage };
            let attrition = self.by_year(&ask(Measure::CourseAttrition), 1);
            let join_share = self.looked_up(&ask(Measure::TrainingJoinShare), 1);
            let entry_ages = self.shapes(&ask(Measure::EntryAgeShare), 1)[0];
            let length = programme.length_years as f64;
            let withdrawal: Vec<Slot> = attrition
                .iter()
                .map(|whole| self.sheet.slot(Line::Withdrawal { attrition: *whole, years: length }))
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
            let staying =
                history.by_year.iter().zip(&history.national).enumerate().map(|(ago, (started, national))| {
                    let slot = self.sheet.slot(Line::Staying {
                        started: *started,
                        withdrawal: withdrawal[0],
                        years: ago as i32,
                    });
                    (slot, if *national { share } else { 1.0 })
                });
            let students = staying.collect();
            let fills = settings.iter().map(|setting| {
                let part = if own || share == 0.0 {
                    shares.own(programme.fills, *setting)
                } else {
                    shares.national(programme.fills, *setting) / share
                };
                (self.cell_of(first_cell, programme.fills, *setting), part)
            });
            let fills = fills.collect();
            let made = ModelProgramme {
                place,
                programme: i,
                students,
                intake: self.part(&intake, 1, share, 1.0),
                withdrawal: self.series(&withdrawal, 1),
                join_share,
                entry_ages,
                fills,
            };
            self.model.programmes.push(made);
        }
    }

    fn drivers(&mut self, lineage: &[PlaceCode]) -> ModelDrivers {
        let years = self.years.clone();
        let population = Shelf::whole(Measure::Population, None, lineage);
        let population = years.iter().map(|year| self.citizens(&population, *year)).collect();
        let use_by_age = Setting::ALL
            .map(|setting| self.citizens(&Shelf::whole(Measure::UseByAge, Some(setting), lineage), years[0]));
        let mut by_setting = |measure, first: usize| {
            Setting::ALL.map(|setting| self.looked_up(&Shelf::whole(measure, Some(setting), lineage), first))
        };
        ModelDrivers {
            other_growth: by_setting(Measure::OtherGrowth, 1),
            setting_shift: by_setting(Measure::SettingShift, 0),
            productivity_growth: by_setting(Measure::ProductivityGrowth, 1),
            population,
            use_by_age,
        }
    }

    fn money(&mut self, lineage: &[PlaceCode]) -> ModelMoney {
        ModelMoney {
            on_cost: self.looked_up(&Shelf::whole(Measure::OnCost, None, lineage), 0),
            real_pay_growth: self.looked_up(&Shelf::whole(Measure::RealPayGrowth, None, lineage), 1),
            temporary_premium: self.looked_up(&Shelf::whole(Measure::TemporaryPremium, None, lineage), 0),
        }
    }
}

/// Where an equal element stands, which is added if there is none.
fn position_or_push<T: PartialEq>(list: &mut Vec<T>, element: T) -> usize {
    list.iter().position(|other| *other == element).unwrap_or_else(|| {
        list.push(element);
        list.len() - 1
    })
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
