//! Whole people: what must hold of every draw, and means over draws against expected numbers.

use muster_core::STAFF_AGES;
use muster_engine::{
    Ages, Cause, Cell, CellYear, Decides, How, Inputs, Projection, Step, Stream, Transfer, headcount_moments,
    project_people,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::properties::{conserved, projected};
use crate::worlds::worlds;

/// The generator of a stream in one draw. `name` is what a cell or programme is called.
fn generator(stream: Stream, draw: u64, name: usize) -> ChaCha8Rng {
    let kind = match stream.decides {
        Decides::Leavers { .. } => 0,
        Decides::Movers { .. } => 1,
        Decides::Joiners { .. } => 2,
        Decides::Students { .. } => 3,
    };
    let mut seed = [0; 32];
    for (bytes, part) in seed.chunks_exact_mut(8).zip([kind, name as u64, stream.step as u64, draw]) {
        bytes.copy_from_slice(&part.to_le_bytes());
    }
    ChaCha8Rng::from_seed(seed)
}

fn index(stream: Stream) -> usize {
    match stream.decides {
        Decides::Leavers { cell } | Decides::Movers { cell } | Decides::Joiners { cell } => cell,
        Decides::Students { programme } => programme,
    }
}

/// One future.
pub(crate) fn drawn(inputs: &Inputs, draw: u64) -> Projection {
    project_people(inputs, |stream| generator(stream, draw, index(stream))).unwrap_or_else(|error| panic!("{error}"))
}

/// Mean and variance of draws, and how far each may be out by chance.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sample {
    n: f64,
    powers: [f64; 4],
}

impl Sample {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut sample = Self::default();
        values.into_iter().for_each(|value| sample.add(value));
        sample
    }

    pub(crate) fn add(&mut self, value: f64) {
        self.n += 1.0;
        for (power, sum) in (1..).zip(&mut self.powers) {
            *sum += value.powi(power);
        }
    }

    pub(crate) fn mean(&self) -> f64 {
        self.powers[0] / self.n
    }

    pub(crate) fn variance(&self) -> f64 {
        (self.powers[1] - self.n * self.mean().powi(2)) / (self.n - 1.0)
    }

    pub(crate) fn error_of_mean(&self) -> f64 {
        (self.variance().max(0.0) / self.n).sqrt()
    }

    pub(crate) fn error_of_variance(&self) -> f64 {
        let m = self.mean();
        let [_, two, three, four] = self.powers.map(|sum| sum / self.n);
        let fourth = four - 4.0 * m * three + 6.0 * m * m * two - 3.0 * m.powi(4);
        ((fourth - self.variance().powi(2)).max(0.0) / self.n).sqrt()
    }
}

/// How many standard errors are too many. Seeds are fixed, so a test that passes goes on passing; of a thousand comparisons that
/// are right, fewer than one in a thousand runs would have one beyond this.
pub(crate) const TOO_FAR: f64 = 5.0;

#[track_caller]
fn whole(what: &str, number: f64) {
    assert!(number.fract() == 0.0 && number >= 0.0, "{what} is {number}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn people_are_whole_and_conserved_in_every_draw(world in worlds(), draw in any::<u64>()) {
        let inputs = world.inputs();
        let projection = drawn(&inputs, draw);
        conserved(&projection);
        for (cell, inputs) in projection.cells.iter().zip(&inputs.cells) {
            let stated: f64 = inputs.opening.iter().flatten().sum();
            prop_assert!((cell.years[0].headcount - stated).abs() < 1.0 + 1e-9, "the opening is not within one person");
            for year in &cell.years {
                whole("headcount", year.headcount);
                whole("headcount of 55 and over", year.headcount_55_and_over);
                Cause::ALL.into_iter().for_each(|cause| whole(cause.title(), year.flow(cause).headcount));
            }
        }
        for year in projection.programmes.iter().flatten() {
            for number in [year.intake, year.withdrawn, year.completed, year.joined, year.students] {
                whole("students", number);
            }
        }
        projection.unfilled.iter().for_each(|posts| whole("unfilled posts", posts.headcount));
    }

    #[test]
    fn the_order_of_cells_does_not_matter_where_streams_have_names(world in worlds(), draw in any::<u64>()) {
        let inputs = world.inputs();
        let last = inputs.cells.len() - 1;
        let mut turned = inputs.clone();
        turned.cells.reverse();
        for transfer in &mut turned.transfers {
            (transfer.from, transfer.to) = (last - transfer.from, last - transfer.to);
        }
        for (cell, _) in turned.programmes.iter_mut().flat_map(|programme| &mut programme.fills) {
            *cell = last - *cell;
        }
        let name = |stream: Stream| match stream.decides {
            Decides::Students { programme } => programme,
            _ => last - index(stream),
        };
        let turned = project_people(&turned, |stream| generator(stream, draw, name(stream))).unwrap();
        for (a, b) in drawn(&inputs, draw).cells.iter().zip(turned.cells.iter().rev()) {
            for (a, b) in a.years.iter().zip(&b.years) {
                prop_assert_eq!(a.headcount, b.headcount);
                for cause in Cause::ALL {
                    prop_assert_eq!(a.flow(cause).headcount, b.flow(cause).headcount);
                }
            }
        }
    }
}

/// Figures of a projection of which the mean over draws is known: people, hours and each flow, and students.
fn figures(projection: &Projection) -> Vec<f64> {
    let cells = projection.cells.iter().flat_map(|cell| &cell.years).flat_map(|year| {
        let flows = Cause::ALL.into_iter().map(|cause| year.flow(cause).headcount);
        [year.headcount, year.headcount_55_and_over, year.fte, year.pay_gbp / 50_000.0].into_iter().chain(flows)
    });
    let training = projection.programmes.iter().flatten();
    cells.chain(training.flat_map(|year| [year.withdrawn, year.completed, year.joined, year.students])).collect()
}

/// Asserts that the mean over draws is the expected number, within statistical error.
#[track_caller]
fn means_agree(what: &str, inputs: &Inputs, draws: u64) {
    let expected = figures(&projected(inputs));
    let mut samples = vec![Sample::default(); expected.len()];
    for draw in 0..draws {
        figures(&drawn(inputs, draw)).into_iter().zip(&mut samples).for_each(|(value, sample)| sample.add(value));
    }
    for (i, (sample, expected)) in samples.iter().zip(expected).enumerate() {
        // Of something rare all draws may be nought: then its error is not known from them, and a variance of 0.05 stands for it.
        let error = sample.error_of_mean().max((0.05 / draws as f64).sqrt());
        let away = (sample.mean() - expected) / error;
        assert!(away.abs() < TOO_FAR, "figure {i} of {what}: {} for {expected}, {away:.1} errors", sample.mean());
    }
}

#[test]
fn means_over_draws_are_the_expected_numbers_in_any_world_without_posts() {
    let mut runner = TestRunner::deterministic();
    for world in 0..10 {
        let mut inputs = worlds().new_tree(&mut runner).unwrap().current().inputs();
        inputs.transfers.retain(|transfer| transfer.how != How::Posts);
        means_agree(&format!("world {world}"), &inputs, 150);
    }
}

/// A cell whose people are `people` times shares that rise with age, and of whom a tenth leave.
pub(crate) fn cell(inputs: &mut Inputs, people: f64, leaver: impl Fn(usize) -> f64) -> Cell {
    let rising: Ages = std::array::from_fn(|age| if age < 50 { 1.0 + age as f64 / 50.0 } else { 0.0 });
    let shares = rising.map(|weight| weight / rising.iter().sum::<f64>());
    let year = CellYear {
        leaver: inputs.profiles.intern(std::array::from_fn(leaver)),
        participation: inputs.profiles.intern(std::array::from_fn(|age| 1.0 - age as f64 / 200.0)),
        joiner_ages: inputs.profiles.intern(shares),
        ..CellYear::default()
    };
    Cell {
        place: 0,
        profession: inputs.cells.len(),
        setting: muster_core::Setting::Acute,
        opening: vec![shares.map(|share| share * people)],
        opening_participation: year.participation,
        demand_base_fte: people,
        baseline: year,
        years: vec![year; inputs.years],
    }
}

#[test]
fn posts_are_offered_as_stated_and_taken_by_those_who_are_there() {
    for step in [Step::Year, Step::Month] {
        let mut inputs = Inputs { step, ..Inputs::empty(5) };
        for people in [600.3, 25.5, 0.0] {
            let cell = cell(&mut inputs, people, |age| 0.05 + age as f64 / 1000.0);
            inputs.cells.push(cell);
        }
        let transfer = |to, how, amount: f64| Transfer { from: 0, to, how, amount: vec![amount; 5] };
        inputs.transfers.push(transfer(1, How::Posts, 3.4));
        inputs.transfers.push(transfer(2, How::Rate, 0.03));
        inputs.transfers.push(transfer(2, How::Posts, 0.25));
        means_agree(&format!("posts by {step:?}"), &inputs, 1500);
        for draw in 0..20 {
            let people = drawn(&inputs, draw);
            let moved: f64 = people.cells[1].years.iter().map(|year| year.flow(Cause::MovedIn).headcount).sum();
            assert!((moved - 5.0 * 3.4).abs() < 1.0 + 1e-9, "{moved} moved for 17 posts over five years");
        }
    }
}

#[test]
fn posts_that_ask_for_more_than_everyone_take_everyone() {
    let mut inputs = Inputs::empty(1);
    for people in [10.0, 0.0, 0.0] {
        let cell = cell(&mut inputs, people, |_| 0.0);
        inputs.cells.push(cell);
    }
    for (to, amount) in [(1, 12.0), (2, 4.0)] {
        inputs.transfers.push(Transfer { from: 0, to, how: How::Posts, amount: vec![amount] });
    }
    let mut to_the_first = Sample::default();
    for draw in 0..2000 {
        let people = drawn(&inputs, draw);
        let close = |cell: usize| people.cells[cell].years[1].headcount;
        assert_eq!((close(0), close(1) + close(2)), (0.0, 10.0));
        assert_eq!(people.unfilled.iter().map(|posts| posts.headcount).sum::<f64>(), 6.0);
        to_the_first.add(close(1));
    }
    // Twelve of the sixteen posts: 7.5 of the ten people.
    assert!((to_the_first.mean() - 7.5).abs() < TOO_FAR * to_the_first.error_of_mean());
    assert!((projected(&inputs).cells[1].years[1].headcount - 7.5).abs() < 1e-9);
}

#[test]
fn the_same_streams_give_the_same_bits_and_others_do_not() {
    let mut inputs = Inputs::empty(5);
    let cell = cell(&mut inputs, 500.0, |_| 0.1);
    inputs.cells.push(cell);
    assert_eq!(drawn(&inputs, 3), drawn(&inputs, 3));
    assert_ne!(drawn(&inputs, 3), drawn(&inputs, 4));
}

#[test]
fn a_change_of_one_rate_leaves_other_draws_of_the_first_year_alone() {
    let mut inputs = Inputs::empty(1);
    let mut cell = cell(&mut inputs, 500.0, |_| 0.1);
    cell.years[0].returner_rate = 0.05;
    inputs.cells.push(cell);
    let mut more_leave = inputs.clone();
    more_leave.cells[0].years[0].leaver = more_leave.profiles.intern([0.2; STAFF_AGES.len()]);
    for draw in 0..50 {
        let [a, b] = [&inputs, &more_leave].map(|inputs| drawn(inputs, draw).cells[0].years[1]);
        assert_eq!(a.flow(Cause::Returner), b.flow(Cause::Returner));
        assert!(a.flow(Cause::LeaverUnder55).headcount < b.flow(Cause::LeaverUnder55).headcount);
    }
}

#[test]
fn exact_variance_is_refused_where_it_is_not_known() {
    let mut inputs = Inputs::empty(2);
    for _ in 0..2 {
        let cell = cell(&mut inputs, 10.0, |_| 0.1);
        inputs.cells.push(cell);
    }
    inputs.transfers.push(Transfer { from: 0, to: 1, how: How::Rate, amount: vec![0.1; 2] });
    let refused = |inputs: &Inputs, cell| headcount_moments(inputs, cell).unwrap_err().to_string();
    assert!(refused(&inputs, 1).contains("people move into it"));
    assert!(refused(&inputs, 2).contains("not there"));
    inputs.transfers.clear();
    assert!(headcount_moments(&inputs, 1).is_ok());
    inputs.step = Step::Month;
    assert!(refused(&inputs, 1).contains("not a year"));
}
