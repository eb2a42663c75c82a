//! Inputs of the shape and size of England's.

use muster_core::{STAFF_AGES, Setting};
use muster_engine::{Cell, CellYear, How, Inputs, Profile, ProfileId, Programme, Transfer};

/// The years of the Long Term Workforce Plan: 2021/22 to 2036/37.
pub(crate) const YEARS: usize = 15;
const PROFESSIONS: usize = 61;
const PROGRAMMES: usize = 32;
const MOVES: usize = 21;
/// Years of each training grade. Grades come first among the professions, and courses fill those after them.
const STAGES: [usize; 4] = [5, 2, 2, 3];

/// Each profession works in two or three settings, as England's do; four are training grades, and some moves join most
/// cells.
pub(crate) fn england(places: usize) -> Inputs {
    let mut inputs = Inputs::empty(YEARS);
    inputs.places = vec![inputs.places[0].clone(); places];
    let spread = inputs.profiles.intern([1.0 / STAFF_AGES.len() as f64; STAFF_AGES.len()]);
    for place in 0..places {
        let first_cell: Vec<usize> =
            (0..PROFESSIONS).map(|profession| add_profession(&mut inputs, place, profession, spread)).collect();
        for i in 0..MOVES {
            add_move(&mut inputs, &first_cell, i);
        }
        for programme in 0..PROGRAMMES {
            let cell = first_cell[STAGES.len() + programme];
            inputs.programmes.push(Programme {
                place,
                programme,
                students: vec![900.0; 3],
                intake: vec![1000.0; YEARS],
                withdrawal: vec![0.08; YEARS],
                join_share: vec![0.85; YEARS],
                entry_ages: spread,
                fills: vec![(cell, 0.6), (cell + 1, 0.4)],
            });
        }
    }
    inputs
}

/// Adds a profession in its settings, with rates of its own by age and year, and says which cell is its first.
fn add_profession(inputs: &mut Inputs, place: usize, profession: usize, joiner_ages: ProfileId) -> usize {
    let first = inputs.cells.len();
    let stages = STAGES.get(profession).copied().unwrap_or(1);
    let settings = if profession % 10 < 7 { 2 } else { 3 };
    for setting in Setting::ALL.into_iter().take(settings) {
        let years: Vec<CellYear> = (0..=YEARS).map(|year| year_of(inputs, profession, year, joiner_ages)).collect();
        inputs.cells.push(Cell {
            place,
            profession,
            setting,
            opening: vec![[100.0 / stages as f64; STAFF_AGES.len()]; stages],
            opening_participation: years[0].participation,
            demand_base_fte: 6_000.0,
            baseline: years[0],
            years: years[1..].to_vec(),
        });
    }
    first
}

fn year_of(inputs: &mut Inputs, profession: usize, year: usize, joiner_ages: ProfileId) -> CellYear {
    let by_age = |level: f64, slope: f64| -> Profile {
        std::array::from_fn(|age| level + slope * age as f64 + 1e-4 * (profession + year) as f64)
    };
    CellYear {
        leaver: inputs.profiles.intern(by_age(0.05, 0.002)),
        participation: inputs.profiles.intern(by_age(0.95, -0.003)),
        joiner_ages,
        returner_rate: 0.02,
        wider_market_rate: 0.02,
        international_headcount: 50.0,
        temporary_fill: 0.6,
        earnings_gbp: 35_000.0,
        ..CellYear::default()
    }
}

/// One move from each setting of a profession to each of the first two of another; grades move on by completion, some
/// others by posts.
fn add_move(inputs: &mut Inputs, first_cell: &[usize], i: usize) {
    let (from, to) = (i, i + 1);
    let how = match i {
        0..=3 => How::Completion,
        _ if i.is_multiple_of(2) => How::Posts,
        _ => How::Rate,
    };
    let amount = match how {
        How::Completion => 0.4,
        How::Rate => 0.02,
        How::Posts => 20.0,
    };
    for from in first_cell[from]..first_cell[from + 1] {
        for to in [first_cell[to], first_cell[to] + 1] {
            inputs.transfers.push(Transfer { from, to, how, amount: vec![amount; YEARS] });
        }
    }
}
