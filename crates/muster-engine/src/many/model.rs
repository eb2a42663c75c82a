//! What a run consists of, apart from its values.

use std::collections::HashMap;

use muster_core::{CITIZEN_AGES, STAFF_AGES, Setting};

use crate::inputs::{
    Cell, CellYear, Drivers, How, Inputs, Money, PlaceInputs, Profile, ProfileId, Profiles, Programme, Step, Transfer,
};

/// How many futures a block holds.
pub const LANES: usize = 8;

/// One value in each future of a block.
pub type Lanes = [f64; LANES];

const SETTINGS: usize = Setting::ALL.len();

/// Where a value is kept in a [`Block`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Slot(pub u32);

/// A value for the baseline and for each year after it; which slots it has is in [`Model::slot`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Series(u32);

/// A value for each age of staff, for the baseline and each year after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SlotsByAge(u32);

/// A series times a number that is the same in every future: a place's share of England, for one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The series.
    pub series: Series,
    /// By what it is multiplied.
    pub factor: f64,
}

/// The values of some futures, side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// By slot.
    pub values: Vec<Lanes>,
}

impl Block {
    /// The values of a slot.
    pub fn get(&self, slot: Slot) -> &Lanes {
        &self.values[slot.0 as usize]
    }
}

/// A run without its values.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// How many years after the baseline.
    pub years: usize,
    /// Year or month steps.
    pub step: Step,
    /// The places.
    pub places: Vec<ModelPlace>,
    /// What drives demand; places that share it point to the same.
    pub drivers: Vec<ModelDrivers>,
    /// What staff cost beyond their earnings; places that share it point to the same.
    pub money: Vec<ModelMoney>,
    /// One for each place, profession and setting in which people work.
    pub cells: Vec<ModelCell>,
    /// Moves, cell to cell.
    pub transfers: Vec<ModelTransfer>,
    /// Training programmes, one for each place that has students.
    pub programmes: Vec<ModelProgramme>,
    /// Shares by age that are the same in every future.
    pub shapes: Profiles,
    /// How many slots a block has.
    pub slots: usize,
    series: Vec<Vec<Slot>>,
    known_series: HashMap<Vec<Slot>, Series>,
    by_age: Vec<Vec<[Slot; STAFF_AGES.len()]>>,
    known_by_age: HashMap<Vec<[Slot; STAFF_AGES.len()]>, SlotsByAge>,
}

/// A place of a [`Model`].
#[derive(Debug, Clone, PartialEq)]
pub struct ModelPlace {
    /// Its code.
    pub code: String,
    /// Index into [`Model::drivers`].
    pub drivers: usize,
    /// Index into [`Model::money`].
    pub money: usize,
}

/// What drives demand.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelDrivers {
    /// People who may need care, for the baseline and each year.
    pub population: Vec<[Slot; CITIZEN_AGES.len()]>,
    /// Relative use per person, by [`Setting::index`].
    pub use_by_age: [[Slot; CITIZEN_AGES.len()]; SETTINGS],
    /// Growth that age does not explain.
    pub other_growth: [Series; SETTINGS],
    /// Activity that moves between settings.
    pub setting_shift: [Series; SETTINGS],
    /// Growth of labour productivity.
    pub productivity_growth: [Series; SETTINGS],
}

/// What staff cost beyond their earnings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelMoney {
    /// Employer's cost as a multiple of earnings.
    pub on_cost: Series,
    /// Growth of pay beyond prices; the baseline's is not used.
    pub real_pay_growth: Series,
    /// Cost of a temporary FTE as a multiple of a permanent one.
    pub temporary_premium: Series,
}

/// A place, profession and setting. Rates of flows for the baseline are not used.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCell {
    /// Index into [`Model::places`].
    pub place: usize,
    /// Which profession; carried along.
    pub profession: usize,
    /// The care setting.
    pub setting: Setting,
    /// People in post at the baseline, for each stage, are `people` (its first year) times the shape of the stage.
    pub people: Part,
    /// The shape of each stage by age, in [`Model::shapes`].
    pub opening: Vec<ProfileId>,
    /// Demand at the baseline, in FTE: the first year of this.
    pub demand_base_fte: Part,
    /// Chance of leaving.
    pub leaver: SlotsByAge,
    /// FTE per head.
    pub participation: SlotsByAge,
    /// Ages of joiners, in [`Model::shapes`], for each year after the baseline.
    pub joiner_ages: Vec<ProfileId>,
    /// Returners per opening head.
    pub returner_rate: Series,
    /// Joiners from the wider labour market per opening head.
    pub wider_market_rate: Series,
    /// International joiners.
    pub international_headcount: Part,
    /// Multiplier on demand.
    pub skill_mix: Series,
    /// Share of the gap that temporary staff cover.
    pub temporary_fill: Series,
    /// Earnings per FTE.
    pub earnings_gbp: Series,
}

/// A move of a [`Model`].
#[derive(Debug, Clone, PartialEq)]
pub struct ModelTransfer {
    /// The cell people move from.
    pub from: usize,
    /// The cell people move to.
    pub to: usize,
    /// What the amount means.
    pub how: How,
    /// Share or people.
    pub amount: Part,
}

/// A training programme of a [`Model`].
#[derive(Debug, Clone, PartialEq)]
pub struct ModelProgramme {
    /// Index into [`Model::places`].
    pub place: usize,
    /// Which programme; carried along.
    pub programme: usize,
    /// Students at the baseline, by year of study: a slot and what it is multiplied by.
    pub students: Vec<(Slot, f64)>,
    /// Starters.
    pub intake: Part,
    /// Chance of withdrawing in a year.
    pub withdrawal: Series,
    /// Share of those completing who join the NHS.
    pub join_share: Series,
    /// Ages at entry, in [`Model::shapes`].
    pub entry_ages: ProfileId,
    /// The cells that those who join go to, and the share that goes to each.
    pub fills: Vec<(usize, f64)>,
}

impl Model {
    /// The series with these slots, one for the baseline and one for each year.
    pub fn series(&mut self, slots: Vec<Slot>) -> Series {
        let list = &mut self.series;
        *self.known_series.entry(slots).or_insert_with_key(|slots| {
            list.push(slots.clone());
            Series(list.len() as u32 - 1)
        })
    }

    /// The values by age with these slots, for the baseline and each year.
    pub fn by_age(&mut self, slots: Vec<[Slot; STAFF_AGES.len()]>) -> SlotsByAge {
        let list = &mut self.by_age;
        *self.known_by_age.entry(slots).or_insert_with_key(|slots| {
            list.push(slots.clone());
            SlotsByAge(list.len() as u32 - 1)
        })
    }

    /// The slot of a series in a year; 0 is the baseline.
    pub fn slot(&self, series: Series, year: usize) -> Slot {
        self.series[series.0 as usize][year]
    }

    /// The slots by age in a year; 0 is the baseline.
    pub fn slots_by_age(&self, by_age: SlotsByAge, year: usize) -> &[Slot; STAFF_AGES.len()] {
        &self.by_age[by_age.0 as usize][year]
    }

    /// One future of a block, as [`crate::project`] reads it.
    pub fn inputs(&self, block: &Block, lane: usize) -> Inputs {
        let value = |slot: Slot| block.get(slot)[lane];
        let at = |series: Series, year: usize| value(self.slot(series, year));
        let part = |part: Part, year: usize| at(part.series, year) * part.factor;
        let all =
            |series: Series, first: usize| -> Vec<f64> { (first..=self.years).map(|year| at(series, year)).collect() };
        let mut profiles = self.shapes.clone();
        let mut known: HashMap<(SlotsByAge, usize), ProfileId> = HashMap::new();
        let mut profile = |by_age: SlotsByAge, year: usize| {
            *known.entry((by_age, year)).or_insert_with(|| profiles.intern(self.slots_by_age(by_age, year).map(value)))
        };
        let mut cells = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            let people = part(cell.people, 0);
            let opening = cell.opening.iter().map(|shape| self.shapes.get(*shape).map(|share| share * people));
            let mut in_year = |year: usize| CellYear {
                leaver: if year == 0 { ProfileId::default() } else { profile(cell.leaver, year) },
                participation: profile(cell.participation, year),
                joiner_ages: if year == 0 { ProfileId::default() } else { cell.joiner_ages[year - 1] },
                returner_rate: if year == 0 { 0.0 } else { at(cell.returner_rate, year) },
                wider_market_rate: if year == 0 { 0.0 } else { at(cell.wider_market_rate, year) },
                international_headcount: if year == 0 { 0.0 } else { part(cell.international_headcount, year) },
                skill_mix: at(cell.skill_mix, year),
                temporary_fill: at(cell.temporary_fill, year),
                earnings_gbp: at(cell.earnings_gbp, year),
            };
            let baseline = in_year(0);
            cells.push(Cell {
                place: cell.place,
                profession: cell.profession,
                setting: cell.setting,
                opening: opening.collect(),
                opening_participation: baseline.participation,
                demand_base_fte: part(cell.demand_base_fte, 0),
                baseline,
                years: (1..=self.years).map(in_year).collect(),
            });
        }
        let transfers = self.transfers.iter().map(|transfer| Transfer {
            from: transfer.from,
            to: transfer.to,
            how: transfer.how,
            amount: (1..=self.years).map(|year| part(transfer.amount, year)).collect(),
        });
        let programmes = self.programmes.iter().map(|programme| Programme {
            place: programme.place,
            programme: programme.programme,
            students: programme.students.iter().map(|(slot, factor)| value(*slot) * factor).collect(),
            intake: (1..=self.years).map(|year| part(programme.intake, year)).collect(),
            withdrawal: all(programme.withdrawal, 1),
            join_share: all(programme.join_share, 1),
            entry_ages: programme.entry_ages,
            fills: programme.fills.clone(),
        });
        let by_setting = |series: &[Series; SETTINGS], first: usize| -> Vec<[f64; SETTINGS]> {
            (first..=self.years).map(|year| series.map(|series| at(series, year))).collect()
        };
        let places = self.places.iter().map(|place| {
            let drivers = &self.drivers[place.drivers];
            let money = &self.money[place.money];
            PlaceInputs {
                code: place.code.clone(),
                drivers: Drivers {
                    population: drivers.population.iter().map(|ages| ages.map(value)).collect(),
                    use_by_age: drivers.use_by_age.map(|ages| ages.map(value)),
                    other_growth: by_setting(&drivers.other_growth, 1),
                    setting_shift: by_setting(&drivers.setting_shift, 0),
                    productivity_growth: by_setting(&drivers.productivity_growth, 1),
                },
                money: Money {
                    on_cost: all(money.on_cost, 0),
                    real_pay_growth: all(money.real_pay_growth, 1),
                    temporary_premium: all(money.temporary_premium, 0),
                },
            }
        });
        Inputs {
            years: self.years,
            step: self.step,
            places: places.collect(),
            transfers: transfers.collect(),
            programmes: programmes.collect(),
            cells,
            profiles,
        }
    }

    /// The model of one future, and a block that holds it in every lane.
    pub fn of(inputs: &Inputs) -> (Self, Block) {
        Maker::default().model(inputs)
    }
}

/// Takes the values out of inputs.
#[derive(Default)]
struct Maker {
    model: Model,
    values: Vec<Lanes>,
    known: HashMap<u64, Slot>,
}

impl Maker {
    fn model(mut self, inputs: &Inputs) -> (Model, Block) {
        self.model.years = inputs.years;
        self.model.step = inputs.step;
        self.model.shapes = inputs.profiles.clone();
        for (i, place) in inputs.places.iter().enumerate() {
            let drivers = self.drivers(&place.drivers);
            let money = ModelMoney {
                on_cost: self.series(&place.money.on_cost, 0),
                real_pay_growth: self.series(&place.money.real_pay_growth, 1),
                temporary_premium: self.series(&place.money.temporary_premium, 0),
            };
            self.model.drivers.push(drivers);
            self.model.money.push(money);
            self.model.places.push(ModelPlace { code: place.code.clone(), drivers: i, money: i });
        }
        for cell in &inputs.cells {
            let cell = self.cell(cell, &inputs.profiles);
            self.model.cells.push(cell);
        }
        for transfer in &inputs.transfers {
            let amount = Part { series: self.series(&transfer.amount, 1), factor: 1.0 };
            let Transfer { from, to, how, .. } = *transfer;
            self.model.transfers.push(ModelTransfer { from, to, how, amount });
        }
        for programme in &inputs.programmes {
            let made = ModelProgramme {
                place: programme.place,
                programme: programme.programme,
                students: programme.students.iter().map(|people| (self.slot(*people), 1.0)).collect(),
                intake: Part { series: self.series(&programme.intake, 1), factor: 1.0 },
                withdrawal: self.series(&programme.withdrawal, 1),
                join_share: self.series(&programme.join_share, 1),
                entry_ages: programme.entry_ages,
                fills: programme.fills.clone(),
            };
            self.model.programmes.push(made);
        }
        self.model.slots = self.values.len();
        (self.model, Block { values: self.values })
    }

    fn slot(&mut self, value: f64) -> Slot {
        let values = &mut self.values;
        *self.known.entry(value.to_bits()).or_insert_with(|| {
            values.push([value; LANES]);
            Slot(values.len() as u32 - 1)
        })
    }

    /// A series from values that begin at year `first`; earlier years hold nought.
    fn series(&mut self, values: &[f64], first: usize) -> Series {
        let before = std::iter::repeat_n(&0.0, first);
        let slots = before.chain(values).map(|value| self.slot(*value)).collect();
        self.model.series(slots)
    }

    fn by_age(&mut self, profiles: &[&Profile]) -> SlotsByAge {
        let slots = profiles.iter().map(|profile| profile.map(|value| self.slot(value))).collect();
        self.model.by_age(slots)
    }

    fn drivers(&mut self, drivers: &Drivers) -> ModelDrivers {
        let mut by_setting = |years: &[[f64; SETTINGS]], first: usize| -> [Series; SETTINGS] {
            std::array::from_fn(|setting| {
                let values: Vec<f64> = years.iter().map(|year| year[setting]).collect();
                self.series(&values, first)
            })
        };
        let other_growth = by_setting(&drivers.other_growth, 1);
        let setting_shift = by_setting(&drivers.setting_shift, 0);
        let productivity_growth = by_setting(&drivers.productivity_growth, 1);
        ModelDrivers {
            population: drivers.population.iter().map(|ages| ages.map(|people| self.slot(people))).collect(),
            use_by_age: drivers.use_by_age.map(|ages| ages.map(|rate| self.slot(rate))),
            other_growth,
            setting_shift,
            productivity_growth,
        }
    }

    fn cell(&mut self, cell: &Cell, profiles: &Profiles) -> ModelCell {
        let years = || std::iter::once(&cell.baseline).chain(&cell.years);
        let by_year = |maker: &mut Self, of: fn(&CellYear) -> f64| {
            let values: Vec<f64> = years().map(of).collect();
            maker.series(&values, 0)
        };
        let leaver: Vec<&Profile> = years().map(|year| profiles.get(year.leaver)).collect();
        let opening_participation = profiles.get(cell.opening_participation);
        let later = cell.years.iter().map(|year| profiles.get(year.participation));
        let participation: Vec<&Profile> = std::iter::once(opening_participation).chain(later).collect();
        let constant = |maker: &mut Self, value: f64| Part {
            series: { maker.series(&vec![value; cell.years.len() + 1], 0) },
            factor: 1.0,
        };
        ModelCell {
            place: cell.place,
            profession: cell.profession,
            setting: cell.setting,
            people: constant(self, 1.0),
            opening: cell.opening.iter().map(|ages| self.model.shapes.intern(*ages)).collect(),
            demand_base_fte: constant(self, cell.demand_base_fte),
            leaver: self.by_age(&leaver),
            participation: self.by_age(&participation),
            joiner_ages: cell.years.iter().map(|year| year.joiner_ages).collect(),
            returner_rate: by_year(self, |year| year.returner_rate),
            wider_market_rate: by_year(self, |year| year.wider_market_rate),
            international_headcount: Part { series: by_year(self, |year| year.international_headcount), factor: 1.0 },
            skill_mix: by_year(self, |year| year.skill_mix),
            temporary_fill: by_year(self, |year| year.temporary_fill),
            earnings_gbp: by_year(self, |year| year.earnings_gbp),
        }
    }
}
