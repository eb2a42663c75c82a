//! The tiny world that a case describes, and how it becomes what the engine is given.

use std::collections::BTreeMap;

use muster_core::{AgeRange, CITIZEN_AGES, FinancialYear, Probability, STAFF_AGES, Setting};
use muster_engine::{
    Ages, Cell, CellYear, Citizens, Drivers, How, Inputs, Money, PlaceInputs, Profile, Programme, Step, Transfer,
};
use serde::Deserialize;

use super::figure::{Ask, Figure};

/// Everything a case may say about its world; whatever it does not say is as in `cases/README.md`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    years: String,
    #[serde(default)]
    step: StepName,
    staff: Vec<Staff>,
    #[serde(default)]
    programme: Vec<Course>,
    #[serde(default)]
    r#move: Vec<Move>,
    #[serde(default)]
    place: BTreeMap<String, Surroundings>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StepName {
    #[default]
    Year,
    Month,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Staff {
    profession: String,
    #[serde(default = "england")]
    place: String,
    #[serde(default = "acute")]
    setting: Setting,
    #[serde(default = "one_stage")]
    stages: usize,
    people: Option<Figure>,
    participation: Option<Figure>,
    leaver_rate: Option<Figure>,
    joiner_age_share: Option<Figure>,
    returner_rate: Option<Figure>,
    wider_market_rate: Option<Figure>,
    international_headcount: Option<Figure>,
    demand_fte: Option<Figure>,
    skill_mix: Option<Figure>,
    temporary_fill: Option<Figure>,
    earnings_gbp: Option<Figure>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Course {
    id: String,
    fills: Fills,
    length_years: usize,
    students: Option<Vec<f64>>,
    intake: Option<Figure>,
    course_attrition: Option<Figure>,
    join_share: Option<Figure>,
    entry_age_share: Option<Figure>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Fills {
    One(String),
    Shares(BTreeMap<String, f64>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    id: String,
    from: String,
    to: String,
    how: HowName,
    amount: Figure,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HowName {
    Rate,
    Completion,
    Posts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Surroundings {
    population: Option<Figure>,
    use_by_age: Option<Figure>,
    other_growth: Option<Figure>,
    setting_shift: Option<Figure>,
    productivity_growth: Option<Figure>,
    on_cost: Option<Figure>,
    real_pay_growth: Option<Figure>,
    temporary_premium: Option<Figure>,
}

fn england() -> String {
    "England".to_owned()
}

fn acute() -> Setting {
    Setting::Acute
}

fn one_stage() -> usize {
    1
}

/// What the engine is given, and the names a case uses for its parts.
pub(super) struct World {
    pub(super) inputs: Inputs,
    pub(super) years: Vec<FinancialYear>,
    pub(super) programmes: Vec<String>,
    pub(super) moves: Vec<String>,
    /// Profession, place and setting of each cell.
    names: Vec<[String; 3]>,
}

impl World {
    /// The cells of "nurses", "nurses, Devon", "community" or "everyone": those of which every word is true.
    pub(super) fn cells(&self, subject: &str) -> Result<Vec<usize>, String> {
        let fits = |names: &[String; 3]| subject.split(", ").all(|word| names.iter().any(|name| name == word));
        let found: Vec<usize> =
            (0..self.names.len()).filter(|cell| subject == "everyone" || fits(&self.names[*cell])).collect();
        if found.is_empty() { Err(format!("nobody in this world is `{subject}`")) } else { Ok(found) }
    }

    fn one_cell(&self, subject: &str) -> Result<usize, String> {
        match self.cells(subject)?[..] {
            [cell] => Ok(cell),
            _ => Err(format!("`{subject}` stands for several kinds of staff: name the place or the setting")),
        }
    }
}

impl Given {
    /// Builds the world, or says what about it makes no sense.
    pub(super) fn world(&self) -> Result<World, String> {
        let years = self.years()?;
        let step = match self.step {
            StepName::Year => Step::Year,
            StepName::Month => Step::Month,
        };
        let mut inputs = Inputs { step, places: Vec::new(), ..Inputs::empty(years.len() - 1) };
        let reader = Reader { years: &years };
        let mut places: Vec<&str> = Vec::new();
        let mut names: Vec<[String; 3]> = Vec::new();
        for staff in &self.staff {
            let place = places.iter().position(|place| *place == staff.place).unwrap_or(places.len());
            if place == places.len() {
                places.push(&staff.place);
            }
            let name = [staff.profession.clone(), staff.place.clone(), staff.setting.id().to_owned()];
            if names.contains(&name) {
                return Err(format!("{} are described twice", name.join(", ")));
            }
            let cell = staff.cell(place, names.len(), &reader, &mut inputs);
            inputs.cells.push(cell.map_err(|error| format!("{}: {error}", name.join(", ")))?);
            names.push(name);
        }
        if let Some(stranger) = self.place.keys().find(|place| !places.contains(&place.as_str())) {
            return Err(format!("nobody works in `{stranger}`"));
        }
        for place in places {
            let surroundings =
                self.place.get(place).unwrap_or(&Surroundings { ..Surroundings::default() }).read(place, &reader);
            inputs.places.push(surroundings.map_err(|error| format!("{place}: {error}"))?);
        }
        let mut world = World { inputs, years: years.clone(), programmes: Vec::new(), moves: Vec::new(), names };
        for course in &self.programme {
            let programme = course.programme(&mut world, &reader).map_err(|error| format!("{}: {error}", course.id))?;
            world.inputs.programmes.push(programme);
            world.programmes.push(course.id.clone());
        }
        for movement in &self.r#move {
            let transfer = movement.transfer(&world, &reader).map_err(|error| format!("{}: {error}", movement.id))?;
            world.inputs.transfers.push(transfer);
            world.moves.push(movement.id.clone());
        }
        Ok(world)
    }

    fn years(&self) -> Result<Vec<FinancialYear>, String> {
        let (first, last) = self.years.split_once(" to ").ok_or("write years as \"2024/25 to 2026/27\"")?;
        let read = |text: &str| text.parse::<FinancialYear>().map_err(|error| error.to_string());
        let (first, last) = (read(first)?, read(last)?);
        let years: Vec<FinancialYear> = (0..=last.years_since(first)).map(|year| first + year as i16).collect();
        if years.len() < 2 { Err("a case has a year after the baseline".to_owned()) } else { Ok(years) }
    }
}

/// Looks figures up for each year of a case.
struct Reader<'a> {
    years: &'a [FinancialYear],
}

impl Reader<'_> {
    fn ask(&self, year: usize, setting: Option<Setting>) -> Ask {
        let (first, last) = (self.years[0], self.years[self.years.len() - 1]);
        Ask { year: self.years[year], setting, age: None, spread: false, first, last }
    }

    /// One number; `default` where the case says nothing.
    fn one(&self, figure: Option<&Figure>, year: usize, setting: Option<Setting>, default: f64) -> Result<f64, String> {
        let Some(figure) = figure else { return Ok(default) };
        Ok(figure.at(&self.ask(year, setting))?.unwrap_or(default))
    }

    fn series(&self, figure: Option<&Figure>, first: usize, default: f64) -> Result<Vec<f64>, String> {
        (first..self.years.len()).map(|year| self.one(figure, year, None, default)).collect()
    }

    fn by_setting(
        &self,
        figure: Option<&Figure>,
        first: usize,
        default: f64,
    ) -> Result<Vec<[f64; Setting::ALL.len()]>, String> {
        let mut series = Vec::new();
        for year in first..self.years.len() {
            let mut row = [default; Setting::ALL.len()];
            for setting in Setting::ALL {
                row[setting.index()] = self.one(figure, year, Some(setting), default)?;
            }
            series.push(row);
        }
        Ok(series)
    }

    /// A rate for each age; nought for ages that are not named.
    fn rates(&self, figure: Option<&Figure>, year: usize, setting: Setting) -> Result<Profile, String> {
        let Some(figure) = figure else { return Ok([0.0; STAFF_AGES.len()]) };
        let rates = by_age::<{ STAFF_AGES.len() }>(figure, STAFF_AGES, self.ask(year, Some(setting)))?;
        Ok(rates.map(Option::unwrap_or_default))
    }

    /// Hours: everyone works full time unless the case says otherwise, and then it says so for every age.
    fn participation(&self, figure: Option<&Figure>, year: usize, setting: Setting) -> Result<Profile, String> {
        let Some(figure) = figure else { return Ok([1.0; STAFF_AGES.len()]) };
        let hours = by_age::<{ STAFF_AGES.len() }>(figure, STAFF_AGES, self.ask(year, Some(setting)))?;
        match hours.iter().position(Option::is_none) {
            Some(age) => {
                Err(format!("participation says nothing of the age {}", age + usize::from(STAFF_AGES.youngest)))
            }
            None => Ok(hours.map(Option::unwrap_or_default)),
        }
    }

    /// Shares of joiners or starters; all of one age unless the case says otherwise.
    fn shares(&self, figure: Option<&Figure>, year: usize, age: u8) -> Result<Ages, String> {
        let mut shares = [0.0; STAFF_AGES.len()];
        let Some(figure) = figure else {
            shares[STAFF_AGES.index(age)] = 1.0;
            return Ok(shares);
        };
        let ask = Ask { spread: true, ..self.ask(year, None) };
        shares = by_age::<{ STAFF_AGES.len() }>(figure, STAFF_AGES, ask)?.map(Option::unwrap_or_default);
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() < 1e-9 { Ok(shares) } else { Err(format!("the shares by age add to {sum}, not 1")) }
    }
}

/// A number for each age; none where the case names other ages only.
fn by_age<const N: usize>(figure: &Figure, range: AgeRange, ask: Ask) -> Result<[Option<f64>; N], String> {
    let mut ages = [None; N];
    for age in range.ages() {
        ages[range.index(age)] = figure.at(&Ask { age: Some((age, range)), ..ask })?;
    }
    Ok(ages)
}

impl Staff {
    fn cell(&self, place: usize, profession: usize, reader: &Reader<'_>, inputs: &mut Inputs) -> Result<Cell, String> {
        let setting = self.setting;
        let one = |figure: &Option<Figure>, year, default| reader.one(figure.as_ref(), year, Some(setting), default);
        let mut people = [0.0; STAFF_AGES.len()];
        if let Some(figure) = &self.people {
            let ask = Ask { spread: true, ..reader.ask(0, Some(setting)) };
            people = by_age::<{ STAFF_AGES.len() }>(figure, STAFF_AGES, ask)?.map(Option::unwrap_or_default);
            if matches!(figure, Figure::One(_)) {
                return Err("say how old the people are".to_owned());
            }
        }
        let per_stage = people.map(|people| people / self.stages as f64);
        let mut years = Vec::new();
        for year in 0..reader.years.len() {
            let leaver = reader.rates(self.leaver_rate.as_ref(), year, setting)?;
            let participation = reader.participation(self.participation.as_ref(), year, setting)?;
            let joiner_ages = reader.shares(self.joiner_age_share.as_ref(), year, 30)?;
            years.push(CellYear {
                leaver: inputs.profiles.intern(leaver),
                participation: inputs.profiles.intern(participation),
                joiner_ages: inputs.profiles.intern(joiner_ages),
                returner_rate: one(&self.returner_rate, year, 0.0)?,
                wider_market_rate: one(&self.wider_market_rate, year, 0.0)?,
                international_headcount: one(&self.international_headcount, year, 0.0)?,
                skill_mix: one(&self.skill_mix, year, 1.0)?,
                temporary_fill: one(&self.temporary_fill, year, 0.0)?,
                earnings_gbp: one(&self.earnings_gbp, year, 0.0)?,
            });
        }
        let baseline = years.remove(0);
        Ok(Cell {
            place,
            profession,
            setting,
            opening: vec![per_stage; self.stages],
            opening_participation: baseline.participation,
            demand_base_fte: one(&self.demand_fte, 0, 0.0)?,
            baseline,
            years,
        })
    }
}

impl Course {
    fn programme(&self, world: &mut World, reader: &Reader<'_>) -> Result<Programme, String> {
        let fills = match &self.fills {
            Fills::One(subject) => vec![(world.one_cell(subject)?, 1.0)],
            Fills::Shares(shares) => shares
                .iter()
                .map(|(subject, share)| Ok((world.one_cell(subject)?, *share)))
                .collect::<Result<_, String>>()?,
        };
        let shares: f64 = fills.iter().map(|(_, share)| share).sum();
        let students = self.students.clone().unwrap_or_else(|| vec![0.0; self.length_years]);
        if students.len() != self.length_years || (shares - 1.0).abs() > 1e-9 {
            return Err("name the students of each year of study, and fill shares that add to 1".to_owned());
        }
        let entry_ages = reader.shares(self.entry_age_share.as_ref(), 0, 18)?;
        let mut withdrawal = reader.series(self.course_attrition.as_ref(), 1, 0.0)?;
        for share in &mut withdrawal {
            let whole_course = Probability::per_year(*share).map_err(|error| error.to_string())?;
            *share = whole_course.spread_over_years(self.length_years as f64);
        }
        Ok(Programme {
            place: world.inputs.cells[fills[0].0].place,
            programme: world.programmes.len(),
            students,
            intake: reader.series(self.intake.as_ref(), 1, 0.0)?,
            withdrawal,
            join_share: reader.series(self.join_share.as_ref(), 1, 1.0)?,
            entry_ages: world.inputs.profiles.intern(entry_ages),
            fills,
        })
    }
}

impl Move {
    fn transfer(&self, world: &World, reader: &Reader<'_>) -> Result<Transfer, String> {
        let how = match self.how {
            HowName::Rate => How::Rate,
            HowName::Completion => How::Completion,
            HowName::Posts => How::Posts,
        };
        let (from, to) = (world.one_cell(&self.from)?, world.one_cell(&self.to)?);
        Ok(Transfer { from, to, how, amount: reader.series(Some(&self.amount), 1, 0.0)? })
    }
}

impl Surroundings {
    fn read(&self, place: &str, reader: &Reader<'_>) -> Result<PlaceInputs, String> {
        let citizens = |figure: Option<&Figure>, ask: Ask| -> Result<Citizens, String> {
            let Some(figure) = figure else { return Ok([1.0; CITIZEN_AGES.len()]) };
            let ages = by_age::<{ CITIZEN_AGES.len() }>(figure, CITIZEN_AGES, ask)?;
            Ok(ages.map(Option::unwrap_or_default))
        };
        let mut population = Vec::new();
        for year in 0..reader.years.len() {
            population.push(citizens(self.population.as_ref(), Ask { spread: true, ..reader.ask(year, None) })?);
        }
        let mut use_by_age = [[0.0; CITIZEN_AGES.len()]; Setting::ALL.len()];
        for setting in Setting::ALL {
            use_by_age[setting.index()] = citizens(self.use_by_age.as_ref(), reader.ask(0, Some(setting)))?;
        }
        let drivers = Drivers {
            population,
            use_by_age,
            other_growth: reader.by_setting(self.other_growth.as_ref(), 1, 0.0)?,
            setting_shift: reader.by_setting(self.setting_shift.as_ref(), 0, 1.0)?,
            productivity_growth: reader.by_setting(self.productivity_growth.as_ref(), 1, 0.0)?,
        };
        let money = Money {
            on_cost: reader.series(self.on_cost.as_ref(), 0, 1.0)?,
            real_pay_growth: reader.series(self.real_pay_growth.as_ref(), 1, 0.0)?,
            temporary_premium: reader.series(self.temporary_premium.as_ref(), 0, 1.0)?,
        };
        Ok(PlaceInputs { code: place.to_owned(), drivers, money })
    }
}
