//! What the engine is given. Every value has been looked up, interpolated and checked by whoever made it; the engine only checks
//! that the parts fit together.

use std::collections::HashMap;

use muster_core::{CITIZEN_AGES, STAFF_AGES, Setting};

use crate::EngineError;

/// People, or a rate, by single year of age from 16 to 75 and over.
pub type Ages = [f64; STAFF_AGES.len()];

/// People, or use of care, by single year of age from 0 to 90 and over.
pub type Citizens = [f64; CITIZEN_AGES.len()];

/// A rate or share by age.
pub type Profile = Ages;

/// Which profile of [`Profiles`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ProfileId(u32);

/// The profiles of a run, each stored once: 42 systems that share a leaver rate share the numbers too.
#[derive(Debug, Clone)]
pub struct Profiles {
    list: Vec<Profile>,
    known: HashMap<Vec<u64>, ProfileId>,
}

impl Default for Profiles {
    /// Starts with the profile that is nought at every age, under `ProfileId::default()`.
    fn default() -> Self {
        let mut profiles = Self { list: Vec::new(), known: HashMap::new() };
        profiles.intern([0.0; STAFF_AGES.len()]);
        profiles
    }
}

impl Profiles {
    /// The id of this profile, stored if it is new.
    pub fn intern(&mut self, profile: Profile) -> ProfileId {
        let key = profile.iter().map(|value| value.to_bits()).collect();
        *self.known.entry(key).or_insert_with(|| {
            self.list.push(profile);
            ProfileId(self.list.len() as u32 - 1)
        })
    }

    /// The profile with this id.
    pub fn get(&self, id: ProfileId) -> &Profile {
        &self.list[id.0 as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Never: the profile of noughts is always there.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// How long a step is. Results are yearly either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// One step a year.
    #[default]
    Year,
    /// Twelve steps a year: chances convert by 1 − (1 − p)^(1/12), numbers of people by a twelfth. Training grades change over
    /// in August and courses start and end in September.
    Month,
}

/// A whole run.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// How many years after the baseline.
    pub years: usize,
    /// Year or month steps.
    pub step: Step,
    /// The places, in the order of results.
    pub places: Vec<PlaceInputs>,
    /// The cells: one for each place, profession and setting in which people work.
    pub cells: Vec<Cell>,
    /// Moves, cell to cell.
    pub transfers: Vec<Transfer>,
    /// Training programmes, one for each place that has students.
    pub programmes: Vec<Programme>,
    /// Rates and shares by age.
    pub profiles: Profiles,
}

/// What holds for a whole place.
#[derive(Debug, Clone)]
pub struct PlaceInputs {
    /// Its code, for messages.
    pub code: String,
    /// What drives demand there.
    pub drivers: Drivers,
    /// What staff cost there.
    pub money: Money,
}

/// What drives demand.
#[derive(Debug, Clone)]
pub struct Drivers {
    /// People who may need care, for the baseline and each year.
    pub population: Vec<Citizens>,
    /// Relative use per person, by [`Setting::index`].
    pub use_by_age: [Citizens; Setting::ALL.len()],
    /// Growth that age does not explain, for each year after the baseline.
    pub other_growth: Vec<[f64; Setting::ALL.len()]>,
    /// Activity that moves in from (above 1) or out to (below 1) other settings, for the baseline and each year.
    pub setting_shift: Vec<[f64; Setting::ALL.len()]>,
    /// Growth of labour productivity, for each year after the baseline.
    pub productivity_growth: Vec<[f64; Setting::ALL.len()]>,
}

/// What staff cost beyond their earnings.
#[derive(Debug, Clone)]
pub struct Money {
    /// Employer's cost as a multiple of earnings, for the baseline and each year.
    pub on_cost: Vec<f64>,
    /// Growth of pay beyond prices, for each year after the baseline.
    pub real_pay_growth: Vec<f64>,
    /// Cost of a temporary FTE as a multiple of a permanent one, for the baseline and each year.
    pub temporary_premium: Vec<f64>,
}

/// One place, profession and setting.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Index into [`Inputs::places`].
    pub place: usize,
    /// Which profession; the engine only carries it.
    pub profession: usize,
    /// The care setting.
    pub setting: Setting,
    /// People in post at the baseline, by stage of training and age. One stage unless this is a training grade.
    pub opening: Vec<Ages>,
    /// FTE per head at the baseline.
    pub opening_participation: ProfileId,
    /// Demand at the baseline, in FTE.
    pub demand_base_fte: f64,
    /// What holds in the baseline year: used for demand, temporary staffing and cost, not for flows.
    pub baseline: CellYear,
    /// What holds in each year after the baseline.
    pub years: Vec<CellYear>,
}

/// What holds for one cell in one year. By default nobody leaves, joins or works, and skill mix changes nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellYear {
    /// Chance of leaving the NHS, by age.
    pub leaver: ProfileId,
    /// FTE per head, by age.
    pub participation: ProfileId,
    /// Ages of those who join other than from a programme; adds to 1.
    pub joiner_ages: ProfileId,
    /// Returners in the year per opening head.
    pub returner_rate: f64,
    /// Joiners from the wider labour market in the year per opening head.
    pub wider_market_rate: f64,
    /// International joiners in the year.
    pub international_headcount: f64,
    /// Multiplier on demand from changes of skill mix.
    pub skill_mix: f64,
    /// Share of the gap that bank and agency staff cover.
    pub temporary_fill: f64,
    /// Earnings per FTE, before employer's costs, in prices of the book.
    pub earnings_gbp: f64,
}

impl Default for CellYear {
    fn default() -> Self {
        let none = ProfileId::default();
        Self {
            leaver: none,
            participation: none,
            joiner_ages: none,
            returner_rate: 0.0,
            wider_market_rate: 0.0,
            international_headcount: 0.0,
            skill_mix: 1.0,
            temporary_fill: 0.0,
            earnings_gbp: 0.0,
        }
    }
}

impl Cell {
    /// What holds in a year, counted from the baseline.
    pub(crate) fn at(&self, year: usize) -> &CellYear {
        if year == 0 { &self.baseline } else { &self.years[year - 1] }
    }
}

/// How people move from one cell to another.
///
/// Where the moves out of a cell ask for more people than there are, each gets the same part of what it asked for, shares too. By
/// months, posts of an ordinary cell that stay empty in a month are not offered again in the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A share of everyone in post, each year.
    Rate,
    /// A share of those who finish the last stage of a training grade.
    Completion,
    /// A number of people a year, limited to those there are.
    Posts,
}

/// A move between two cells.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// Index of the cell people move from.
    pub from: usize,
    /// Index of the cell people move to, where they enter the first stage.
    pub to: usize,
    /// What the amount means.
    pub how: How,
    /// Share or people, for each year after the baseline.
    pub amount: Vec<f64>,
}

/// A training programme at one place.
#[derive(Debug, Clone)]
pub struct Programme {
    /// Index into [`Inputs::places`].
    pub place: usize,
    /// Which programme; the engine only carries it.
    pub programme: usize,
    /// Students at the baseline, by year of study; its length is the length of the course.
    pub students: Vec<f64>,
    /// Starters, for each year after the baseline.
    pub intake: Vec<f64>,
    /// Chance of withdrawing, for each year after the baseline.
    pub withdrawal: Vec<f64>,
    /// Share of those completing who join the NHS, for each year after the baseline.
    pub join_share: Vec<f64>,
    /// Ages at entry; adds to 1.
    pub entry_ages: ProfileId,
    /// The cells that those who join go to, and the share that goes to each; adds to 1.
    pub fills: Vec<(usize, f64)>,
}

impl Inputs {
    /// One place called ENG, nobody in it, constant population, no growth.
    pub fn empty(years: usize) -> Self {
        let settings = [0.0; Setting::ALL.len()];
        let drivers = Drivers {
            population: vec![[1.0; CITIZEN_AGES.len()]; years + 1],
            use_by_age: [[1.0; CITIZEN_AGES.len()]; Setting::ALL.len()],
            other_growth: vec![settings; years],
            setting_shift: vec![[1.0; Setting::ALL.len()]; years + 1],
            productivity_growth: vec![settings; years],
        };
        let money = Money {
            on_cost: vec![1.0; years + 1],
            real_pay_growth: vec![0.0; years],
            temporary_premium: vec![1.0; years + 1],
        };
        Self {
            years,
            step: Step::Year,
            places: vec![PlaceInputs { code: "ENG".to_owned(), drivers, money }],
            cells: Vec::new(),
            transfers: Vec::new(),
            programmes: Vec::new(),
            profiles: Profiles::default(),
        }
    }

    /// Refuses parts that do not fit together, and rates that cannot be.
    pub(crate) fn check(&self) -> Result<(), EngineError> {
        self.check_places()?;
        self.check_cells()?;
        self.check_transfers()?;
        self.check_programmes()
    }

    fn check_places(&self) -> Result<(), EngineError> {
        let years = self.years;
        for PlaceInputs { code, drivers, money } in &self.places {
            let fits = drivers.population.len() == years + 1
                && drivers.setting_shift.len() == years + 1
                && drivers.other_growth.len() == years
                && drivers.productivity_growth.len() == years
                && money.on_cost.len() == years + 1
                && money.temporary_premium.len() == years + 1
                && money.real_pay_growth.len() == years;
            expect(fits, || format!("place {code} does not have {years} years of drivers and costs"))?;
        }
        Ok(())
    }

    fn check_cells(&self) -> Result<(), EngineError> {
        let shares: Vec<bool> =
            self.profiles.list.iter().map(|profile| profile.iter().all(|rate| is_share(*rate))).collect();
        let wholes: Vec<bool> = self.profiles.list.iter().map(is_whole).collect();
        for (i, cell) in self.cells.iter().enumerate() {
            let years = self.years;
            expect(cell.place < self.places.len() && !cell.opening.is_empty() && cell.years.len() == years, || {
                format!("cell {i} has no place, no stage or not {years} years")
            })?;
            expect(cell.baseline.skill_mix > 0.0, || {
                format!("cell {i} has no skill mix at the baseline for later years to be measured against")
            })?;
            expect(cell.opening.iter().flatten().all(|people| is_amount(*people)), || {
                format!("cell {i} opens with a number of people that is negative or not a number")
            })?;
            for (year, rates) in cell.years.iter().enumerate() {
                let joiners = [rates.returner_rate, rates.wider_market_rate, rates.international_headcount];
                let nobody_joins = joiners.iter().all(|joiners| *joiners == 0.0);
                let good = shares[rates.leaver.0 as usize]
                    && joiners.iter().all(|joiners| is_amount(*joiners))
                    && is_share(rates.temporary_fill)
                    && (nobody_joins || wholes[rates.joiner_ages.0 as usize]);
                expect(good, || {
                    format!(
                        "cell {i}, year {}: a rate is outside 0 to 1, joiners are negative, or their ages do not add to 1",
                        year + 1
                    )
                })?;
            }
        }
        Ok(())
    }

    fn check_transfers(&self) -> Result<(), EngineError> {
        let years = self.years;
        let mut out_share = vec![0.0; self.cells.len() * years];
        for (i, transfer) in self.transfers.iter().enumerate() {
            let cells = self.cells.len();
            expect(transfer.from < cells && transfer.to < cells && transfer.from != transfer.to, || {
                format!("transfer {i} does not join two different cells")
            })?;
            expect(transfer.amount.len() == years && transfer.amount.iter().all(|amount| is_amount(*amount)), || {
                format!("transfer {i} does not have {years} years, or an amount is negative")
            })?;
            let staged = self.cells[transfer.from].opening.len() > 1;
            expect(transfer.how == How::Posts || staged == (transfer.how == How::Completion), || {
                format!("transfer {i}: completers leave training grades, and a rate leaves other cells")
            })?;
            if transfer.how != How::Posts {
                for (year, amount) in transfer.amount.iter().enumerate() {
                    out_share[transfer.from * years + year] += amount;
                }
            }
        }
        match out_share.iter().position(|share| *share > 1.0 + ROUNDING) {
            Some(at) => Err(EngineError::Inputs(format!(
                "more than everyone would move out of cell {} in year {}",
                at / years,
                at % years + 1
            ))),
            None => Ok(()),
        }
    }

    fn check_programmes(&self) -> Result<(), EngineError> {
        let years = self.years;
        for (i, programme) in self.programmes.iter().enumerate() {
            let series = [&programme.intake, &programme.withdrawal, &programme.join_share];
            let fits = programme.place < self.places.len()
                && !programme.students.is_empty()
                && series.iter().all(|series| series.len() == years)
                && programme.fills.iter().all(|(cell, _)| *cell < self.cells.len());
            expect(fits, || {
                format!("programme {i} has no place, no year of study, a cell that is not there, or not {years} years")
            })?;
            let shares = [&programme.withdrawal, &programme.join_share];
            let filled: f64 = programme.fills.iter().map(|(_, share)| share).sum();
            let good = programme.students.iter().chain(&programme.intake).all(|people| is_amount(*people))
                && shares.iter().all(|series| series.iter().all(|share| is_share(*share)))
                && programme.fills.iter().all(|(_, share)| is_share(*share))
                && (filled - 1.0).abs() <= ROUNDING
                && is_whole(self.profiles.get(programme.entry_ages));
            expect(good, || {
                format!(
                    "programme {i}: people are negative, a share is outside 0 to 1, or parts of a whole do not add to 1"
                )
            })?;
        }
        Ok(())
    }
}

/// By how much parts may miss their whole and still be only rounded.
const ROUNDING: f64 = 1e-6;

fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), EngineError> {
    if holds { Ok(()) } else { Err(EngineError::Inputs(otherwise())) }
}

fn is_amount(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}

fn is_share(value: f64) -> bool {
    (0.0..=1.0 + ROUNDING).contains(&value)
}

fn is_whole(profile: &Profile) -> bool {
    profile.iter().all(|share| is_amount(*share)) && (profile.iter().sum::<f64>() - 1.0).abs() <= ROUNDING
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaks the good example in one way and expects the reason to hold these words.
    #[track_caller]
    fn refused(words: &str, spoil: impl FnOnce(&mut Inputs)) {
        let mut inputs = crate::doc_example();
        spoil(&mut inputs);
        match crate::project(&inputs) {
            Err(EngineError::Inputs(text)) => assert!(text.contains(words), "{text}"),
            other => panic!("{words}: {other:?}"),
        }
    }

    #[test]
    fn inputs_that_cannot_be_are_refused_before_anything_is_projected() {
        refused("outside 0 to 1", |inputs| inputs.cells[0].years[1].leaver = inputs.profiles.intern([1.5; 60]));
        refused("joiners are negative", |inputs| inputs.cells[0].years[0].international_headcount = -1.0);
        refused("do not add to 1", |inputs| inputs.cells[0].years[0].returner_rate = 0.1);
        refused("negative or not a number", |inputs| inputs.cells[0].opening[0][5] = f64::NAN);
        refused("skill mix", |inputs| inputs.cells[0].baseline.skill_mix = 0.0);
        refused("not 3 years", |inputs| inputs.cells[0].years.truncate(2));
        refused("years of drivers", |inputs| inputs.places[0].drivers.population.truncate(3));
        refused("two different cells", |inputs| {
            inputs.transfers.push(Transfer { from: 0, to: 0, how: How::Rate, amount: vec![0.1; 3] });
        });
        refused("more than everyone", |inputs| {
            inputs.cells.push(inputs.cells[0].clone());
            inputs.transfers.push(Transfer { from: 0, to: 1, how: How::Rate, amount: vec![0.5, 1.1, 0.5] });
        });
        refused("completers leave training grades", |inputs| {
            inputs.cells.push(inputs.cells[0].clone());
            inputs.transfers.push(Transfer { from: 0, to: 1, how: How::Completion, amount: vec![0.5; 3] });
        });
        let course = |inputs: &Inputs| Programme {
            place: 0,
            programme: 0,
            students: vec![10.0, 10.0],
            intake: vec![10.0; 3],
            withdrawal: vec![0.1; 3],
            join_share: vec![0.9; 3],
            entry_ages: inputs.profiles.clone().intern([1.0 / 60.0; 60]),
            fills: vec![(0, 1.0)],
        };
        refused("do not add to 1", |inputs| {
            inputs.profiles.intern([1.0 / 60.0; 60]);
            inputs.programmes.push(Programme { fills: vec![(0, 0.5)], ..course(inputs) });
        });
        refused("people are negative", |inputs| {
            inputs.profiles.intern([1.0 / 60.0; 60]);
            inputs.programmes.push(Programme { intake: vec![-1.0; 3], ..course(inputs) });
        });
    }
}
