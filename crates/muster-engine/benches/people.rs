//! How long one draw of whole people takes: a place the size of one organisation, and one the size of England. The expected
//! numbers of the same inputs stand beside it.

use divan::Bencher;
use divan::counter::ItemsCount;
use muster_core::{STAFF_AGES, Setting};
use muster_engine::{Ages, Cell, CellYear, Decides, How, Inputs, Programme, Stream, Transfer, project, project_people};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

const YEARS: usize = 15;
/// As many as England's book has in one place.
const CELLS: usize = 145;
const PROGRAMMES: usize = 30;

/// People of one organisation, and of England.
const SIZES: [f64; 2] = [5_000.0, 1_500_000.0];

#[divan::bench(args = SIZES)]
fn one_draw(bencher: Bencher<'_, '_>, people: f64) {
    let inputs = place(people);
    bencher
        .counter(ItemsCount::new(CELLS * YEARS))
        .bench(|| project_people(divan::black_box(&inputs), generator).expect("the inputs fit together"));
}

#[divan::bench(args = SIZES)]
fn expected_numbers(bencher: Bencher<'_, '_>, people: f64) {
    let inputs = place(people);
    bencher
        .counter(ItemsCount::new(CELLS * YEARS))
        .bench(|| project(divan::black_box(&inputs)).expect("the inputs fit together"));
}

/// A generator for each stream, made as a run would make it: a key from what is decided, and a place from the step.
fn generator(stream: Stream) -> ChaCha8Rng {
    let (kind, index) = match stream.decides {
        Decides::Leavers { cell } => (0, cell),
        Decides::Movers { cell } => (1, cell),
        Decides::Joiners { cell } => (2, cell),
        Decides::Students { programme } => (3, programme),
    };
    let mut seed = [kind; 32];
    seed[..8].copy_from_slice(&(index as u64).to_le_bytes());
    let mut generator = ChaCha8Rng::from_seed(seed);
    generator.set_stream(stream.step as u64);
    generator
}

/// Cells of the same size between 21 and 68, each with every kind of flow; every seventh has a move by rate and one by
/// posts, and thirty have a course.
fn place(people: f64) -> Inputs {
    let mut inputs = Inputs::empty(YEARS);
    let working: Ages = std::array::from_fn(|age| if (5..52).contains(&age) { 1.0 / 47.0 } else { 0.0 });
    let joiner_ages = inputs.profiles.intern(working);
    let per_cell = people / CELLS as f64;
    let year = CellYear {
        leaver: inputs.profiles.intern(std::array::from_fn(|age| 0.05 + 0.002 * age as f64)),
        participation: inputs.profiles.intern([0.9; STAFF_AGES.len()]),
        joiner_ages,
        returner_rate: 0.02,
        wider_market_rate: 0.03,
        international_headcount: per_cell * 0.02,
        temporary_fill: 0.6,
        earnings_gbp: 35_000.0,
        ..CellYear::default()
    };
    for cell in 0..CELLS {
        inputs.cells.push(Cell {
            place: 0,
            profession: cell,
            setting: Setting::Acute,
            opening: vec![working.map(|share| share * per_cell)],
            opening_participation: year.participation,
            demand_base_fte: per_cell,
            baseline: year,
            years: vec![year; YEARS],
        });
    }
    for from in (0..CELLS - 2).step_by(7) {
        for (to, how, amount) in [(from + 1, How::Rate, 0.02), (from + 2, How::Posts, per_cell * 0.01)] {
            inputs.transfers.push(Transfer { from, to, how, amount: vec![amount; YEARS] });
        }
    }
    for programme in 0..PROGRAMMES {
        inputs.programmes.push(Programme {
            place: 0,
            programme,
            students: vec![per_cell * 0.1; 3],
            intake: vec![per_cell * 0.1; YEARS],
            withdrawal: vec![0.08; YEARS],
            join_share: vec![0.85; YEARS],
            entry_ages: joiner_ages,
            fills: vec![(2 * programme, 0.6), (2 * programme + 1, 0.4)],
        });
    }
    inputs
}

fn main() {
    divan::main();
}
