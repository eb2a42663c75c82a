//! What must hold of any world, whatever the numbers in it.

use muster_core::{STAFF_AGES, Setting};
use muster_engine::{
    Ages, Cause, Cell, CellYear, How, Inputs, Profiles, Programme, Projection, Step, Transfer, YearResult, project,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::agreement::close;
use crate::worlds::worlds;

/// The projection of inputs that fit together.
pub(crate) fn projected(inputs: &Inputs) -> Projection {
    project(inputs).unwrap_or_else(|error| panic!("{error}"))
}

/// People so few that they are rounding.
const ROUNDING: f64 = 0.0;

/// Asserts that people and hours are conserved: in each cell, and in post, training and outside together.
pub(crate) fn conserved(projection: &Projection) {
    for (i, cell) in projection.cells.iter().enumerate() {
        for (year, pair) in cell.years.windows(2).enumerate() {
            let (before, after) = (&pair[0], &pair[1]);
            let gone = [Cause::LeaverUnder55, Cause::Leaver55AndOver, Cause::MovedOut];
            let (mut headcount, mut fte) = (before.headcount, before.fte);
            for cause in Cause::ALL {
                let flow = after.flow(cause);
                assert!(flow.headcount >= -ROUNDING, "{} of cell {i} in year {} is negative", cause.title(), year + 1);
                let sign = if gone.contains(&cause) { -1.0 } else { 1.0 };
                headcount += sign * flow.headcount;
                fte += sign * flow.fte;
            }
            close(&format!("people of cell {i} in year {}", year + 1), headcount, after.headcount, after.headcount);
            close(&format!("FTE of cell {i} in year {}", year + 1), fte, after.fte, after.headcount);
        }
    }
    let moved = |year: usize, cause| -> f64 {
        projection.cells.iter().map(|cell| cell.years[year].flow(cause).headcount).sum()
    };
    let everyone = |year: usize| -> f64 {
        let in_post: f64 = projection.cells.iter().map(|cell| cell.years[year].headcount).sum();
        let in_training: f64 = projection.programmes.iter().map(|programme| programme[year].students).sum();
        in_post + in_training + projection.outside_headcount[year]
    };
    for year in 1..projection.outside_headcount.len() {
        let scale = everyone(0) + projection.outside_headcount[year].abs();
        close(&format!("everyone in year {year}"), everyone(year), everyone(0), scale);
        close(&format!("movers of year {year}"), moved(year, Cause::MovedOut), moved(year, Cause::MovedIn), scale);
        let joined: f64 = projection.programmes.iter().map(|programme| programme[year].joined).sum();
        close(&format!("newly qualified of year {year}"), moved(year, Cause::NewlyQualified), joined, scale);
    }
}

/// Every figure of a cell in a year; flows come last.
fn figures(result: &YearResult) -> Vec<f64> {
    let flows = Cause::ALL.map(|cause| result.flow(cause));
    let mut figures =
        vec![result.headcount, result.headcount_55_and_over, result.fte, result.demand_fte, result.gap_fte];
    figures.extend([result.pay_gbp, result.temporary_fte, result.temporary_gbp]);
    figures.extend(flows.iter().flat_map(|flow| [flow.headcount, flow.fte]));
    figures
}

/// Asserts that the figures of one cell are the sum of those of some others.
fn sums(what: &str, whole: &[YearResult], parts: &[&[YearResult]], except: &[usize]) {
    for (year, whole) in whole.iter().enumerate() {
        let parts: Vec<Vec<f64>> = parts.iter().map(|part| figures(&part[year])).collect();
        for (i, whole) in figures(whole).into_iter().enumerate().filter(|(i, _)| !except.contains(i)) {
            let sum: f64 = parts.iter().map(|part| part[i]).sum();
            let size: f64 = parts.iter().map(|part| part[i].abs()).sum();
            close(&format!("figure {i} of {what} in year {year}"), whole, sum, 1000.0 + size);
        }
    }
}

/// Temporary staff and their cost among [`figures`]: a surplus in one part does not fill a gap in another, so they do
/// not add.
const TEMPORARY: [usize; 2] = [6, 7];

/// As many copies of a world as there are parts, side by side; `weight(part)` says how much of each amount a part gets.
fn split(inputs: &Inputs, parts: usize, mut weight: impl FnMut(usize) -> f64) -> Inputs {
    let mut whole = inputs.clone();
    (whole.places, whole.cells, whole.transfers, whole.programmes) = Default::default();
    for part in 0..parts {
        let (first_place, first_cell) = (part * inputs.places.len(), part * inputs.cells.len());
        whole.places.extend_from_slice(&inputs.places);
        for cell in &inputs.cells {
            let mut cell = Cell { place: first_place + cell.place, ..cell.clone() };
            let (people, international) = (weight(part), weight(part));
            cell.opening.iter_mut().flatten().for_each(|age| *age *= people);
            cell.demand_base_fte *= weight(part);
            cell.years.iter_mut().for_each(|year| year.international_headcount *= international);
            whole.cells.push(cell);
        }
        for transfer in &inputs.transfers {
            let mut transfer = transfer.clone();
            (transfer.from, transfer.to) = (first_cell + transfer.from, first_cell + transfer.to);
            if transfer.how == How::Posts {
                let posts = weight(part);
                transfer.amount.iter_mut().for_each(|amount| *amount *= posts);
            }
            whole.transfers.push(transfer);
        }
        for programme in &inputs.programmes {
            let mut programme = programme.clone();
            let (intake, students) = (weight(part), weight(part));
            programme.place += first_place;
            programme.intake.iter_mut().for_each(|people| *people *= intake);
            programme.students.iter_mut().for_each(|people| *people *= students);
            programme.fills.iter_mut().for_each(|(cell, _)| *cell += first_cell);
            whole.programmes.push(programme);
        }
    }
    whole
}

fn adds_up(inputs: &Inputs, parts: &Inputs, except: &[usize]) {
    let (whole, parts) = (projected(inputs), projected(parts));
    let cells = whole.cells.len();
    for (i, cell) in whole.cells.iter().enumerate() {
        let parts: Vec<&[YearResult]> = parts.cells.iter().skip(i).step_by(cells).map(|cell| &cell.years[..]).collect();
        sums(&format!("cell {i}"), &cell.years, &parts, except);
    }
    for year in 0..=inputs.years {
        close("outside", whole.outside_headcount[year], parts.outside_headcount[year], 10_000.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn people_are_conserved(world in worlds()) {
        conserved(&projected(&world.inputs()));
    }

    #[test]
    fn the_parts_of_a_place_add_up_to_it(world in worlds(), weights in vec(0.01..1.0, 2..=4)) {
        let inputs = world.inputs();
        let all: f64 = weights.iter().sum();
        adds_up(&inputs, &split(&inputs, weights.len(), |part| weights[part] / all), &[]);
    }

    /// Posts apart: which people take them depends on who else is there.
    #[test]
    fn parts_that_differ_in_mix_add_up_too(world in worlds(), weights in vec(0.0..=1.0, 1..20)) {
        let mut inputs = world.inputs();
        inputs.transfers.retain(|transfer| transfer.how != How::Posts);
        let mut drawn = [0, 0];
        let parts = split(&inputs, 2, |part| {
            drawn[part] += 1;
            let first = weights[drawn[part] % weights.len()];
            if part == 0 { first } else { 1.0 - first }
        });
        adds_up(&inputs, &parts, &TEMPORARY);
    }

    #[test]
    fn the_order_of_cells_and_moves_does_not_matter(world in worlds(), keys in vec(any::<u32>(), 40)) {
        let inputs = world.inputs();
        let mut order: Vec<usize> = (0..inputs.cells.len()).collect();
        order.sort_by_key(|cell| keys[cell % keys.len()]);
        let now_at = |cell: usize| order.iter().position(|before| *before == cell).unwrap();
        let mut shuffled = inputs.clone();
        shuffled.cells = order.iter().map(|cell| inputs.cells[*cell].clone()).collect();
        for transfer in &mut shuffled.transfers {
            (transfer.from, transfer.to) = (now_at(transfer.from), now_at(transfer.to));
        }
        shuffled.transfers.reverse();
        shuffled.programmes.iter_mut().flat_map(|p| &mut p.fills).for_each(|(cell, _)| *cell = now_at(*cell));
        shuffled.programmes.reverse();
        let (left, right) = (projected(&inputs), projected(&shuffled));
        for (i, cell) in left.cells.iter().enumerate() {
            sums(&format!("cell {i}"), &cell.years, &[&right.cells[now_at(i)].years], &[]);
        }
        prop_assert_eq!(left.unfilled.len(), right.unfilled.len());
    }

    /// Posts apart: a fixed number of movers out of fewer, older people are other people.
    #[test]
    fn more_leavers_never_raise_headcount(world in worlds(), cell in 0usize..100, age in 16u8..=75, more in 0.0..1.0) {
        let mut inputs = world.inputs();
        inputs.transfers.retain(|transfer| transfer.how != How::Posts);
        let before = projected(&inputs);
        let cell = cell % inputs.cells.len();
        for year in &mut inputs.cells[cell].years {
            let mut leaver: Ages = *inputs.profiles.get(year.leaver);
            let rate = &mut leaver[STAFF_AGES.index(age)];
            *rate += (1.0 - *rate) * more;
            year.leaver = inputs.profiles.intern(leaver);
        }
        let after = projected(&inputs);
        for (before, after) in before.cells.iter().zip(&after.cells) {
            for (before, after) in before.years.iter().zip(&after.years) {
                prop_assert!(after.headcount <= before.headcount * (1.0 + 1e-12) + 1e-12);
            }
        }
    }

    #[test]
    fn twelve_months_are_a_year_where_people_only_leave(world in worlds()) {
        let mut inputs = world.inputs();
        inputs.transfers.clear();
        inputs.programmes.clear();
        inputs.cells.retain(|cell| cell.opening.len() == 1);
        for year in inputs.cells.iter_mut().flat_map(|cell| &mut cell.years) {
            (year.returner_rate, year.wider_market_rate, year.international_headcount) = (0.0, 0.0, 0.0);
        }
        let [by_year, by_month] = [Step::Year, Step::Month].map(|step| projected(&Inputs { step, ..inputs.clone() }));
        for (i, (by_year, by_month)) in by_year.cells.iter().zip(&by_month.cells).enumerate() {
            sums(&format!("cell {i}"), &by_year.years, &[&by_month.years], &[]);
        }
    }
}

/// Two professions of the size and turnover of England's nurses: people leave, move, return, come from abroad and
/// qualify.
fn lifelike(step: Step) -> Inputs {
    let mut profiles = Profiles::default();
    let leaver = profiles.intern(std::array::from_fn(|age| if age < 39 { 0.08 } else { 0.2 }));
    let participation = profiles.intern(std::array::from_fn(|age| 0.95 - age as f64 / 400.0));
    let spread = profiles.intern([1.0 / STAFF_AGES.len() as f64; STAFF_AGES.len()]);
    let year = CellYear {
        leaver,
        participation,
        joiner_ages: spread,
        returner_rate: 0.03,
        international_headcount: 8_000.0,
        ..CellYear::default()
    };
    let cell = |profession| Cell {
        place: 0,
        profession,
        setting: Setting::Acute,
        opening: vec![[5_000.0; STAFF_AGES.len()]],
        opening_participation: participation,
        demand_base_fte: 300_000.0,
        baseline: year,
        years: vec![year; 15],
    };
    let transfer = Transfer { from: 0, to: 1, how: How::Rate, amount: vec![0.02; 15] };
    let programme = Programme {
        place: 0,
        programme: 0,
        students: vec![20_000.0; 3],
        intake: vec![22_000.0; 15],
        withdrawal: vec![0.08; 15],
        join_share: vec![0.85; 15],
        entry_ages: spread,
        fills: vec![(0, 1.0)],
    };
    Inputs {
        step,
        cells: vec![cell(0), cell(1)],
        transfers: vec![transfer],
        programmes: vec![programme],
        profiles,
        ..Inputs::empty(15)
    }
}

#[test]
fn months_and_years_tell_nearly_the_same_story() {
    let [by_year, by_month] = [Step::Year, Step::Month].map(|step| projected(&lifelike(step)));
    for (by_year, by_month) in by_year.cells.iter().zip(&by_month.cells) {
        // Looked at monthly, those who arrive in a year may leave in the same year, and so may those who move: fewer
        // staff.
        for (year, within) in [(1, 0.01), (15, 0.08)] {
            let (by_year, by_month) = (&by_year.years[year], &by_month.years[year]);
            for (by_year, by_month) in [(by_year.headcount, by_month.headcount), (by_year.fte, by_month.fte)] {
                let fewer = 1.0 - by_month / by_year;
                assert!(
                    (0.0..within).contains(&fewer),
                    "{fewer} fewer after {year} years, which is not between 0 and {within}"
                );
            }
        }
    }
}

/// Where posts take everyone month after month, what rounding leaves behind grows smaller than any number can be
/// divided by.
#[test]
fn posts_for_the_last_trace_of_a_person_do_no_harm() {
    let mut inputs = lifelike(Step::Year);
    inputs.cells[0].opening = vec![[1e-310; STAFF_AGES.len()]];
    inputs.transfers[0] = Transfer { from: 0, to: 1, how: How::Posts, amount: vec![500.0; 15] };
    conserved(&projected(&inputs));
}
