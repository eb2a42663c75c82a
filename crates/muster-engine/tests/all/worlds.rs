//! Invented worlds of a few places and professions, with everything in them that a plan can say.
//!
//! A [`World`] is a short recipe, so that a test that fails can print it; [`World::inputs`] bakes it.

use muster_core::{CITIZEN_AGES, STAFF_AGES, Setting};
use muster_engine::{
    Ages, Cell, CellYear, Drivers, How, Inputs, Money, PlaceInputs, Profile, ProfileId, Profiles, Programme, Step,
    Transfer,
};
use proptest::collection::vec;
use proptest::prelude::*;

const SETTINGS: usize = Setting::ALL.len();

/// A number that differs at every age: a level, a slope through life and a spike at one age.
#[derive(Debug, Clone)]
struct Shape {
    level: f64,
    slope: f64,
    spike: f64,
    spike_at: usize,
}

/// What one cell is like. Figures of a year are these times `by_year`.
#[derive(Debug, Clone)]
struct Staff {
    people: f64,
    ages: Shape,
    leaver: Shape,
    participation: Shape,
    joiner_ages: Shape,
    returner_rate: f64,
    wider_market_rate: f64,
    international: f64,
    demand: f64,
    temporary_fill: f64,
    by_year: Vec<f64>,
}

/// A profession: how many stages, and how many settings it works in.
type Profession = (usize, usize);

#[derive(Debug, Clone)]
struct Move {
    from: usize,
    to: usize,
    posts: Option<f64>,
    share: f64,
    by_year: Vec<f64>,
}

#[derive(Debug, Clone)]
struct Course {
    students: Vec<f64>,
    intake: f64,
    withdrawal: f64,
    join_share: f64,
    entry_ages: Shape,
    fills: Vec<(usize, f64)>,
    by_year: Vec<f64>,
}

#[derive(Debug, Clone)]
struct Surroundings {
    population: Shape,
    use_by_age: Shape,
    growth: f64,
    premium: f64,
    by_year: Vec<f64>,
}

/// The recipe.
#[derive(Debug, Clone)]
pub(crate) struct World {
    years: usize,
    monthly: bool,
    places: Vec<Surroundings>,
    professions: Vec<Profession>,
    /// Used in turn for the cells.
    staff: Vec<Staff>,
    moves: Vec<Move>,
    courses: Vec<Course>,
}

/// The longest horizon, in years.
const LONGEST: usize = 12;

/// What happens by year: a factor a little or a lot away from one, or nought.
fn by_year() -> impl Strategy<Value = Vec<f64>> {
    vec(prop_oneof![9 => 0.5..1.5, 1 => Just(0.0)], LONGEST + 1)
}

fn shape(level: std::ops::Range<f64>) -> impl Strategy<Value = Shape> {
    (level, -1.0..1.0, prop_oneof![Just(0.0), Just(1.0), 0.0..1.0], 0..STAFF_AGES.len())
        .prop_map(|(level, slope, spike, spike_at)| Shape { level, slope, spike, spike_at })
}

prop_compose! {
    fn staff()(
        people in prop_oneof![1 => Just(0.0), 6 => 1.0..400.0],
        ages in shape(0.1..1.0),
        leaver in shape(0.0..0.3),
        participation in shape(0.3..0.9),
        joiner_ages in shape(0.1..1.0),
        returner_rate in 0.0..0.1,
        wider_market_rate in 0.0..0.1,
        international in prop_oneof![Just(0.0), 0.0..30.0],
        demand in 0.0..500.0,
        temporary_fill in 0.0..1.0,
        by_year in by_year(),
    ) -> Staff {
        Staff {
            people, ages, leaver, participation, joiner_ages, returner_rate, wider_market_rate, international, demand,
            temporary_fill, by_year,
        }
    }
}

prop_compose! {
    fn movement()(
        from in 0usize..100,
        to in 0usize..100,
        posts in proptest::option::of(prop_oneof![0.0..10.0, 50.0..500.0]),
        share in 0.0..0.7,
        by_year in by_year(),
    ) -> Move {
        Move { from, to, posts, share, by_year }
    }
}

prop_compose! {
    fn course()(
        students in vec(0.0..100.0, 1..=5),
        intake in 0.0..100.0,
        withdrawal in 0.0..0.3,
        join_share in 0.0..1.0,
        entry_ages in shape(0.1..1.0),
        fills in vec((0usize..100, 0.1..1.0), 1..=3),
        by_year in by_year(),
    ) -> Course {
        Course { students, intake, withdrawal, join_share, entry_ages, fills, by_year }
    }
}

prop_compose! {
    fn surroundings()(
        population in shape(0.1..1.0),
        use_by_age in shape(0.1..1.0),
        growth in -0.05..0.05,
        premium in 1.0..3.0,
        by_year in vec(0.5..1.5, LONGEST + 1),
    ) -> Surroundings {
        Surroundings { population, use_by_age, growth, premium, by_year }
    }
}

prop_compose! {
    /// Any world.
    pub(crate) fn worlds()(
        years in 1..=LONGEST,
        monthly in any::<bool>(),
        places in vec(surroundings(), 1..=3),
        professions in vec((prop_oneof![2 => Just(1usize), 3 => 2usize..=4], 1usize..=2), 1..=5),
        staff in vec(staff(), 1..=6),
        moves in vec(movement(), 0..=10),
        courses in vec(course(), 0..=4),
    ) -> World {
        World { years, monthly, places, professions, staff, moves, courses }
    }
}

impl Shape {
    fn at(&self, age: usize, of: usize) -> f64 {
        let slope = 1.0 + self.slope * (age as f64 / of as f64 - 0.5);
        self.level * slope + if age == self.spike_at { self.spike } else { 0.0 }
    }

    fn shares(&self) -> Ages {
        let ages: Ages = std::array::from_fn(|age| self.at(age, STAFF_AGES.len()));
        let sum: f64 = ages.iter().sum();
        ages.map(|share| share / sum)
    }

    fn rates(&self, factor: f64) -> Profile {
        std::array::from_fn(|age| (self.at(age, STAFF_AGES.len()) * factor).clamp(0.0, 1.0))
    }
}

impl Staff {
    /// What holds in one year; hours change with the year too, and are never nought.
    fn year(&self, year: usize, profiles: &mut Profiles) -> CellYear {
        let factor = self.by_year[year];
        CellYear {
            leaver: profiles.intern(self.leaver.rates(factor)),
            participation: self.participation(year, profiles),
            joiner_ages: profiles.intern(self.joiner_ages.shares()),
            returner_rate: self.returner_rate * factor,
            wider_market_rate: self.wider_market_rate * factor,
            international_headcount: self.international * factor,
            skill_mix: 0.5 + factor,
            temporary_fill: (self.temporary_fill * factor).min(1.0),
            earnings_gbp: 30_000.0 * (1.0 + factor),
        }
    }

    fn participation(&self, year: usize, profiles: &mut Profiles) -> ProfileId {
        profiles.intern(self.participation.rates(0.5 + 0.5 * self.by_year[year]))
    }
}

impl World {
    /// What the engine is given.
    pub(crate) fn inputs(&self) -> Inputs {
        let mut inputs = Inputs::empty(self.years);
        inputs.step = if self.monthly { Step::Month } else { Step::Year };
        inputs.places = self.places.iter().enumerate().map(|(i, place)| place.bake(i, self.years)).collect();
        self.add_cells(&mut inputs);
        self.add_moves(&mut inputs);
        for (i, course) in self.courses.iter().enumerate() {
            inputs.programmes.push(course.bake(i, &mut inputs.profiles, &inputs.cells, self.years));
        }
        inputs
    }

    fn add_cells(&self, inputs: &mut Inputs) {
        for place in 0..self.places.len() {
            for (profession, (stages, settings)) in self.professions.iter().enumerate() {
                for setting in Setting::ALL.into_iter().cycle().skip(profession).take(*settings) {
                    let staff = &self.staff[inputs.cells.len() % self.staff.len()];
                    let ages = staff.ages.shares();
                    let opening = |stage: usize| ages.map(|share| share * staff.people / (stage + 1) as f64);
                    inputs.cells.push(Cell {
                        place,
                        profession,
                        setting,
                        opening: (0..*stages).map(opening).collect(),
                        opening_participation: staff.participation(0, &mut inputs.profiles),
                        demand_base_fte: staff.demand,
                        baseline: staff.year(0, &mut inputs.profiles),
                        years: (1..=self.years).map(|year| staff.year(year, &mut inputs.profiles)).collect(),
                    });
                }
            }
        }
    }

    /// Moves between any two cells, across places too. Shares of completers add to one at most. Rates stay clear of it:
    /// by month, a chance of one and a chance of nearly one are far apart.
    fn add_moves(&self, inputs: &mut Inputs) {
        let cells = inputs.cells.len();
        let at_most = |cell: &Cell| if cell.opening.len() > 1 { 1.0 } else { 0.9 };
        let mut left_to_take: Vec<Vec<f64>> = inputs.cells.iter().map(|cell| vec![at_most(cell); self.years]).collect();
        for movement in &self.moves {
            let (from, to) = (movement.from % cells, movement.to % cells);
            if from == to {
                continue;
            }
            let is_grade = inputs.cells[from].opening.len() > 1;
            let how = match movement.posts {
                Some(_) => How::Posts,
                None if is_grade => How::Completion,
                None => How::Rate,
            };
            let amount = (0..self.years).map(|year| {
                let factor = movement.by_year[year];
                movement.posts.map_or_else(
                    || {
                        let share = (movement.share * factor).min(left_to_take[from][year]);
                        left_to_take[from][year] -= share;
                        share
                    },
                    |posts| posts * factor,
                )
            });
            inputs.transfers.push(Transfer { from, to, how, amount: amount.collect() });
        }
    }
}

impl Course {
    fn bake(&self, programme: usize, profiles: &mut Profiles, cells: &[Cell], years: usize) -> Programme {
        let over_years = |value: f64| self.by_year[1..=years].iter().map(|factor| value * factor).collect();
        let all: f64 = self.fills.iter().map(|(_, weight)| weight).sum();
        let fills: Vec<_> = self.fills.iter().map(|(cell, weight)| (cell % cells.len(), weight / all)).collect();
        Programme {
            place: cells[fills[0].0].place,
            programme,
            students: self.students.clone(),
            intake: over_years(self.intake),
            withdrawal: over_years(self.withdrawal),
            join_share: self.by_year[1..=years].iter().map(|factor| (self.join_share * factor).min(1.0)).collect(),
            entry_ages: profiles.intern(self.entry_ages.shares()),
            fills,
        }
    }
}

impl Surroundings {
    fn bake(&self, place: usize, years: usize) -> PlaceInputs {
        let citizens = CITIZEN_AGES.len();
        let differing = |factor: f64| std::array::from_fn::<_, SETTINGS, _>(|setting| factor * (1.0 + setting as f64));
        let growth = |year: usize| self.growth * self.by_year[year];
        PlaceInputs {
            code: format!("P{place}"),
            drivers: Drivers {
                population: (0..=years)
                    .map(|year| {
                        std::array::from_fn(|age| {
                            self.population.at(age, citizens) * (1.0 + growth(year) * age as f64 / 9.0)
                        })
                    })
                    .collect(),
                use_by_age: std::array::from_fn(|setting| {
                    std::array::from_fn(|age| self.use_by_age.at(age, citizens) * (1.0 + (setting * age) as f64))
                }),
                other_growth: (1..=years).map(|year| differing(growth(year) / 5.0)).collect(),
                setting_shift: (0..=years).map(|year| differing(self.by_year[year])).collect(),
                productivity_growth: (1..=years).map(|year| differing(-growth(year) / 7.0)).collect(),
            },
            money: Money {
                on_cost: (0..=years).map(|year| 1.0 + 0.2 * self.by_year[year]).collect(),
                real_pay_growth: (1..=years).map(growth).collect(),
                temporary_premium: (0..=years).map(|year| self.premium * self.by_year[year]).collect(),
            },
        }
    }
}
