//! Where new places of training go: to the places that are shortest of staff, as far as they can be taught and supervised there.
//!
//! Two linear programs, one after the other. The first makes the share of its shortage that the worst-served place has met as large as it can
//! be; a place that is full is held where it is, and does not hold the others back. The second keeps that floor, or a stated part of it, and puts
//! what is left where it meets most shortage. Then places become whole, the largest remainder first.

mod fairness;
mod sites;

pub use fairness::Fairness;
pub use sites::{Fault, Request, Sites, counted};

use crate::lp::{Answer, Limits, Program, Row, SolveError, Solver, Variable};

/// One place, as the allocation sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Staff missing in the year that counts, in FTE.
    pub shortage_fte: f64,
    /// New learners a year today.
    pub current: f64,
    /// Most new learners a year, those of today with them.
    pub capacity: f64,
    /// A cohort smaller than this is not run.
    pub minimum_cohort: f64,
    /// FTE that one new learner a year is worth in the year that counts.
    pub fte_per_place: f64,
}

/// What was allocated.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// New places a year, in the order of the spots.
    pub new_places: Vec<u64>,
    /// Places that nobody could take, or that would meet no shortage.
    pub not_placed: u64,
}

/// A share of a person, or of a shortage, below which there is none.
const NOTHING: f64 = 1e-7;

impl Spot {
    /// How many whole places can be added: no more than fit, and no more than there is shortage for.
    fn room(&self) -> f64 {
        if self.shortage_fte <= NOTHING || self.fte_per_place <= NOTHING {
            return 0.0;
        }
        let fits = (self.capacity - self.current + NOTHING).floor().max(0.0);
        fits.min((self.shortage_fte / self.fte_per_place - NOTHING).ceil())
    }

    /// The share of the shortage that this many places meet.
    pub fn met(&self, places: f64) -> f64 {
        if self.shortage_fte <= NOTHING { 1.0 } else { (places * self.fte_per_place / self.shortage_fte).min(1.0) }
    }
}

/// Allocates `places` new places a year. `fairness` is the part of the best floor that is kept before the rest goes where it meets most: 1 is as even as can
/// be, 0 is as much as can be.
pub fn allocate(
    spots: &[Spot],
    places: u64,
    fairness: f64,
    solver: &dyn Solver,
    limits: &Limits,
) -> Result<Allocation, SolveError> {
    let mut room: Vec<f64> = spots.iter().map(Spot::room).collect();
    loop {
        let wanted = (places as f64).min(room.iter().sum());
        let values = shared_out(spots, &room, wanted, fairness.clamp(0.0, 1.0), solver, limits)?;
        let new_places = whole(&values, &room, wanted as u64);
        // The smallest cohort that is too small is not run, and what it had goes to others.
        let too_small = |at: &usize| {
            let (spot, new) = (&spots[*at], new_places[*at]);
            new > 0 && spot.current + (new as f64) + NOTHING < spot.minimum_cohort
        };
        let Some(at) = (0..spots.len()).filter(too_small).min_by_key(|at| new_places[*at]) else {
            let not_placed = places - new_places.iter().sum::<u64>();
            return Ok(Allocation { new_places, not_placed });
        };
        room[at] = 0.0;
    }
}

/// Places, in parts of places.
fn shared_out(
    spots: &[Spot],
    room: &[f64],
    wanted: f64,
    fairness: f64,
    solver: &dyn Solver,
    limits: &Limits,
) -> Result<Vec<f64>, SolveError> {
    let open: Vec<usize> = (0..spots.len()).filter(|at| room[*at] > 0.0).collect();
    let most = |at: usize| spots[at].met(room[at]);
    // Step one: the floor, with those that are full held at what they have.
    let mut floor = vec![0.0; spots.len()];
    let mut free = open.clone();
    while !free.is_empty() {
        let level = highest_floor(spots, room, &open, &free, &floor, wanted, solver, limits)?;
        let full: Vec<usize> = free.iter().copied().filter(|at| most(*at) <= level + NOTHING).collect();
        free.iter().for_each(|at| floor[*at] = level.min(most(*at)));
        if full.is_empty() {
            break;
        }
        free.retain(|at| !full.contains(at));
    }
    // Step two: most shortage met above the floor.
    let mut program = program(spots, room, &open, wanted);
    for (column, at) in open.iter().enumerate() {
        let spot = &spots[*at];
        program.variables[column].cost = -spot.fte_per_place;
        // A little below the floor, so that rounding cannot make the two steps contradict each other.
        program.variables[column].low =
            (floor[*at] * fairness * (1.0 - NOTHING) * spot.shortage_fte / spot.fte_per_place).min(room[*at]);
    }
    let mut values = vec![0.0; spots.len()];
    let found = optimal(solver.solve(&program, limits)?)?;
    open.iter().zip(found).for_each(|(at, value)| values[*at] = value);
    Ok(values)
}

/// A variable for each open spot, together no more than there are places.
fn program(spots: &[Spot], room: &[f64], open: &[usize], wanted: f64) -> Program {
    let mut program = Program::default();
    for at in open {
        // No more than the shortage: the last place may be a part of one.
        let high = room[*at].min(spots[*at].shortage_fte / spots[*at].fte_per_place);
        program.variable(Variable { name: format!("places {at}"), low: 0.0, high, cost: 0.0, whole: false });
    }
    let terms = (0..open.len()).map(|column| (column, 1.0)).collect();
    program.row(Row { name: "all places".to_owned(), low: f64::NEG_INFINITY, high: wanted, terms });
    program
}

/// The highest share of shortage met that every free spot can have, with the others at their floor.
#[expect(clippy::too_many_arguments, reason = "they are the state of one search, used here alone")]
fn highest_floor(
    spots: &[Spot],
    room: &[f64],
    open: &[usize],
    free: &[usize],
    floor: &[f64],
    wanted: f64,
    solver: &dyn Solver,
    limits: &Limits,
) -> Result<f64, SolveError> {
    let mut program = program(spots, room, open, wanted);
    let level = program.variable(Variable { name: "floor".to_owned(), low: 0.0, high: 1.0, cost: -1.0, whole: false });
    for (column, at) in open.iter().enumerate() {
        let spot = &spots[*at];
        let met = (column, spot.fte_per_place / spot.shortage_fte);
        let (low, terms) =
            if free.contains(at) { (0.0, vec![met, (level, -1.0)]) } else { (floor[*at] * (1.0 - NOTHING), vec![met]) };
        program.row(Row { name: format!("floor of {at}"), low, high: f64::INFINITY, terms });
    }
    Ok(optimal(solver.solve(&program, limits)?)?[level])
}

fn optimal(answer: Answer) -> Result<Vec<f64>, SolveError> {
    match answer {
        Answer::Optimal(found) => Ok(found.values),
        Answer::Stopped { why, .. } => Err(SolveError::Stopped(why)),
        Answer::Infeasible | Answer::Unbounded => {
            Err(SolveError::Inaccurate("no places at all is always an allocation, and it was not found".to_owned()))
        }
    }
}

/// Whole places: each its whole part, and what is left to the largest remainders that have room, the earlier where two are equal.
fn whole(values: &[f64], room: &[f64], most: u64) -> Vec<u64> {
    let wanted = ((values.iter().sum::<f64>() + 1e-4).floor() as u64).min(most);
    let mut places: Vec<u64> = values.iter().map(|value| (value + NOTHING).floor() as u64).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    let remainder = |at: usize| ((values[at] - (values[at] + NOTHING).floor()) * 1e6).round() as i64;
    order.sort_by_key(|at| (-remainder(*at), *at));
    let mut left = wanted.saturating_sub(places.iter().sum());
    for at in order {
        if left > 0 && remainder(at) > 0 && (places[at] + 1) as f64 <= room[at] + NOTHING {
            places[at] += 1;
            left -= 1;
        }
    }
    places
}
