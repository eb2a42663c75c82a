//! Each person by themselves: a list of people with ages, and a loop over them. The integer engine and the exact variance are held
//! to it.
//!
//! It is written to be read, not to be fast, and shares only the shape of the inputs with the engine.

use muster_core::STAFF_AGES;
use muster_engine::{Ages, How, Inputs, Programme, Transfer, headcount_moments};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::chance::{Sample, TOO_FAR, cell, drawn};

#[derive(Clone)]
struct Person {
    cell: usize,
    stage: usize,
    age: usize,
}

/// Someone in the given year of study of a programme.
struct Student {
    programme: usize,
    year_of_study: usize,
    age: usize,
}

struct World {
    rng: ChaCha8Rng,
    people: Vec<Person>,
    students: Vec<Student>,
    /// Fractions carried between stated numbers, by cell, transfer and programme.
    carried: [Vec<f64>; 3],
}

/// Adds to what is carried, and gives out the whole part.
fn carry(carried: &mut f64, stated: f64) -> usize {
    *carried += stated;
    let whole = carried.floor();
    *carried -= whole;
    whole as usize
}

impl World {
    fn happens(&mut self, chance: f64) -> bool {
        self.rng.random::<f64>() < chance
    }

    /// Which of several things happens to one person; none of them if the shares leave room.
    fn which(&mut self, shares: &[f64]) -> Option<usize> {
        let mut at = self.rng.random::<f64>();
        shares.iter().position(|share| {
            at -= share;
            at < 0.0
        })
    }

    fn age(&mut self, shares: &Ages) -> usize {
        self.which(shares).unwrap_or(shares.len() - 1)
    }

    fn open(inputs: &Inputs, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let lengths = [inputs.cells.len(), inputs.transfers.len(), inputs.programmes.len()];
        let mut carried = lengths.map(|length| (0..length).map(|_| rng.random::<f64>()).collect::<Vec<f64>>());
        let (mut people, mut students) = (Vec::new(), Vec::new());
        for (cell, carried) in carried[0].iter_mut().enumerate() {
            for (stage, ages) in inputs.cells[cell].opening.iter().enumerate() {
                for (age, stated) in ages.iter().enumerate() {
                    people.extend((0..carry(carried, *stated)).map(|_| Person { cell, stage, age }));
                }
            }
        }
        let mut world = Self { rng, people, students: Vec::new(), carried };
        for (programme, course) in inputs.programmes.iter().enumerate() {
            for (year_of_study, stated) in course.students.iter().enumerate() {
                for _ in 0..carry(&mut world.carried[2][programme], *stated) {
                    let age = world.age(inputs.profiles.get(course.entry_ages)) + year_of_study;
                    students.push(Student { programme, year_of_study, age });
                }
            }
        }
        world.students = students;
        world
    }

    fn year(&mut self, inputs: &Inputs, year: usize) {
        let opening: Vec<usize> = self.count(inputs);
        self.leave(inputs, year);
        self.go(inputs, year);
        self.study(inputs, year);
        self.join(inputs, year, &opening);
        for person in &mut self.people {
            person.age = (person.age + 1).min(STAFF_AGES.len() - 1);
        }
    }

    fn leave(&mut self, inputs: &Inputs, year: usize) {
        for person in std::mem::take(&mut self.people) {
            let chance = inputs.profiles.get(inputs.cells[person.cell].years[year].leaver)[person.age];
            if !self.happens(chance) {
                self.people.push(person);
            }
        }
    }

    /// Everyone decides before anyone arrives; then posts are offered, one at a time, to someone who has not moved.
    fn go(&mut self, inputs: &Inputs, year: usize) {
        let last_stage = |person: &Person| inputs.cells[person.cell].opening.len() - 1;
        let mut moved = Vec::new();
        let mut staying = Vec::new();
        for person in std::mem::take(&mut self.people) {
            let by_share = |t: &&Transfer| t.from == person.cell && t.how != How::Posts;
            let open: Vec<&Transfer> = inputs.transfers.iter().filter(by_share).collect();
            let shares: Vec<f64> = open.iter().map(|transfer| transfer.amount[year]).collect();
            match if person.stage == last_stage(&person) { self.which(&shares) } else { None } {
                Some(to) => moved.push(Person { cell: open[to].to, stage: 0, ..person }),
                None => staying.push(person),
            }
        }
        for (i, transfer) in inputs.transfers.iter().enumerate().filter(|(_, t)| t.how == How::Posts) {
            for _ in 0..carry(&mut self.carried[1][i], transfer.amount[year]) {
                let can = |person: &Person| person.cell == transfer.from && person.stage == last_stage(person);
                let candidates: Vec<usize> = (0..staying.len()).filter(|at| can(&staying[*at])).collect();
                let chosen = staying.swap_remove(candidates[self.rng.random_range(0..candidates.len())]);
                moved.push(Person { cell: transfer.to, stage: 0, ..chosen });
            }
        }
        // Grades go up a stage; whoever ends the last without a move leaves.
        staying.retain(|person| last_stage(person) == 0 || person.stage < last_stage(person));
        for person in staying.iter_mut().filter(|person| last_stage(person) > 0) {
            person.stage += 1;
        }
        self.people = staying;
        self.people.append(&mut moved);
    }

    fn study(&mut self, inputs: &Inputs, year: usize) {
        for mut student in std::mem::take(&mut self.students) {
            let course = &inputs.programmes[student.programme];
            if self.happens(course.withdrawal[year]) {
                continue;
            }
            (student.year_of_study, student.age) = (student.year_of_study + 1, student.age + 1);
            if student.year_of_study < course.students.len() {
                self.students.push(student);
            } else if self.happens(course.join_share[year]) {
                let shares: Vec<f64> = course.fills.iter().map(|(_, share)| *share).collect();
                let fill = self.which(&shares).unwrap_or(shares.len() - 1);
                self.people.push(Person { cell: course.fills[fill].0, stage: 0, age: student.age });
            }
        }
        for (programme, course) in inputs.programmes.iter().enumerate() {
            for _ in 0..carry(&mut self.carried[2][programme], course.intake[year]) {
                let age = self.age(inputs.profiles.get(course.entry_ages));
                self.students.push(Student { programme, year_of_study: 0, age });
            }
        }
    }

    /// Outside each cell waits a pool of 40 times its people, of whom each comes with a small chance; recruits are counted out.
    fn join(&mut self, inputs: &Inputs, year: usize, opening: &[usize]) {
        const POOL: f64 = 40.0;
        for (cell, there) in opening.iter().enumerate() {
            let rates = inputs.cells[cell].years[year];
            let chance = (rates.returner_rate + rates.wider_market_rate) / POOL;
            let waiting = if chance > 0.0 { *there * POOL as usize } else { 0 };
            let coming = (0..waiting).filter(|_| self.happens(chance)).count();
            let recruits = carry(&mut self.carried[0][cell], rates.international_headcount);
            for _ in 0..coming + recruits {
                let age = self.age(inputs.profiles.get(rates.joiner_ages));
                self.people.push(Person { cell, stage: 0, age });
            }
        }
    }

    fn count(&self, inputs: &Inputs) -> Vec<usize> {
        let mut count = vec![0; inputs.cells.len()];
        self.people.iter().for_each(|person| count[person.cell] += 1);
        count
    }
}

/// Headcount by year and cell, each person simulated.
fn simulated(inputs: &Inputs, seed: u64) -> Vec<Vec<f64>> {
    let mut world = World::open(inputs, seed);
    let counted = |world: &World| world.count(inputs).into_iter().map(|people| people as f64).collect();
    let mut years = vec![counted(&world)];
    for year in 0..inputs.years {
        world.year(inputs, year);
        years.push(counted(&world));
    }
    years
}

/// The same, by the integer engine.
fn by_engine(inputs: &Inputs, draw: u64) -> Vec<Vec<f64>> {
    let cells = drawn(inputs, draw).cells;
    (0..=inputs.years).map(|year| cells.iter().map(|cell| cell.years[year].headcount).collect()).collect()
}

/// A service with joiners of every kind, of which at least this share leaves each year.
fn service(people: f64, leaver: f64) -> Inputs {
    let mut inputs = Inputs::empty(8);
    let mut service = cell(&mut inputs, people, |age| leaver + age as f64 / 300.0);
    for (year, rates) in service.years.iter_mut().enumerate() {
        rates.returner_rate = 0.05;
        rates.wider_market_rate = 0.03 + 0.005 * year as f64;
        rates.international_headcount = 1.3;
    }
    inputs.cells.push(service);
    inputs
}

#[track_caller]
fn within(what: &str, value: f64, expected: f64, error: f64) {
    let away = (value - expected) / error.max(1e-9);
    assert!(away.abs() < TOO_FAR, "{what}: {value} for {expected}, {away:.1} standard errors");
}

/// Asserts that draws of a cell's headcount have the exact mean and variance in every year.
#[track_caller]
fn has_exact_moments(what: &str, inputs: &Inputs, draws: &[Vec<Vec<f64>>]) {
    let moments = headcount_moments(inputs, 0).unwrap_or_else(|error| panic!("{error}"));
    for (year, exact) in moments.iter().enumerate() {
        let sample = Sample::of(draws.iter().map(|years| years[year][0]));
        within(&format!("mean of {what} in year {year}"), sample.mean(), exact.mean, sample.error_of_mean());
        let variance = format!("variance of {what} in year {year}");
        within(&variance, sample.variance(), exact.variance, sample.error_of_variance());
    }
}

/// With one person or none of an age, any unbiased rule for who leaves is the same rule. The larger service has a dozen of each.
#[test]
fn the_integer_engine_has_the_exact_mean_and_variance() {
    for (people, leaver) in [(40.7, 0.1), (600.3, 0.2)] {
        let inputs = service(people, leaver);
        let draws: Vec<_> = (0..12_000).map(|draw| by_engine(&inputs, draw)).collect();
        has_exact_moments(&format!("{people} people"), &inputs, &draws);
    }
}

/// The pool outside is finite here, so the variance of joiners is a few thousandths less than that of a Poisson number: far within
/// the statistical error.
#[test]
fn persons_have_the_exact_mean_and_variance() {
    let inputs = service(40.7, 0.1);
    let draws: Vec<_> = (0..6_000).map(|seed| simulated(&inputs, seed)).collect();
    has_exact_moments("persons", &inputs, &draws);
}

#[test]
fn with_leaving_alone_the_variance_is_binomial() {
    let mut inputs = Inputs::empty(3);
    let service = cell(&mut inputs, 200.0, |_| 0.1);
    inputs.cells.push(service);
    for (year, exact) in headcount_moments(&inputs, 0).unwrap().iter().enumerate() {
        // Each of 200 people is still there with a chance of 0.9 each year; rounding keeps a whole total.
        let stays = 0.9_f64.powi(year as i32);
        within("mean", exact.mean, 200.0 * stays, 1e-10);
        within("variance", exact.variance, 200.0 * stays * (1.0 - stays), 1e-10);
    }
}

/// Two professions, a training grade, moves by share, by completion and by posts, and a course of two years.
fn ladder() -> Inputs {
    let mut inputs = Inputs::empty(5);
    for people in [60.4, 30.2, 25.0] {
        let mut cell = cell(&mut inputs, people, |age| 0.06 + age as f64 / 600.0);
        cell.years.iter_mut().for_each(|rates| rates.wider_market_rate = 0.04);
        inputs.cells.push(cell);
    }
    let mut grade = cell(&mut inputs, 12.5, |_| 0.04);
    grade.opening.push(grade.opening[0]);
    grade.years.iter_mut().for_each(|rates| rates.international_headcount = 8.6);
    inputs.cells.push(grade);
    let mut transfer = |from, to, how, amount: f64| {
        inputs.transfers.push(Transfer { from, to, how, amount: vec![amount; 5] });
    };
    transfer(0, 1, How::Rate, 0.12);
    transfer(0, 2, How::Rate, 0.25);
    transfer(0, 1, How::Posts, 1.6);
    transfer(3, 0, How::Completion, 0.55);
    transfer(3, 1, How::Completion, 0.3);
    let mut ages = [0.0; STAFF_AGES.len()];
    (ages[4], ages[12]) = (0.7, 0.3);
    inputs.programmes.push(Programme {
        place: 0,
        programme: 0,
        students: vec![20.6, 18.3],
        intake: vec![21.4; 5],
        withdrawal: vec![0.15; 5],
        join_share: vec![0.8; 5],
        entry_ages: inputs.profiles.intern(ages),
        fills: vec![(0, 0.6), (2, 0.4)],
    });
    inputs
}

/// How cells vary together is compared too: someone who goes to one cell does not go to another.
#[test]
fn the_integer_engine_agrees_with_persons_on_moves_grades_and_courses() {
    let inputs = ladder();
    let engine: Vec<_> = (0..4_000).map(|draw| by_engine(&inputs, draw)).collect();
    let persons: Vec<_> = (0..4_000).map(|seed| simulated(&inputs, seed)).collect();
    let cells = inputs.cells.len();
    for year in 0..=inputs.years {
        for (a, b) in (0..cells).flat_map(|a| (a..cells).map(move |b| (a, b))) {
            let sum = |draw: &Vec<Vec<f64>>| if a == b { draw[year][a] } else { draw[year][a] + draw[year][b] };
            let [engine, persons] = [&engine, &persons].map(|draws| Sample::of(draws.iter().map(sum)));
            let cells = format!("cells {a} and {b} in year {year}");
            let error = engine.error_of_mean().hypot(persons.error_of_mean());
            within(&format!("mean of {cells}"), engine.mean(), persons.mean(), error);
            let error = engine.error_of_variance().hypot(persons.error_of_variance());
            within(&format!("variance of {cells}"), engine.variance(), persons.variance(), error);
        }
    }
}
