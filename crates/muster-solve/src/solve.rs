//! The search: draw up the program around a choice, solve it, ask the engine what comes of the answer, and draw up again around that, until
//! the program and the engine agree.

use muster_run::RunError;

use crate::cost::{spend, weight};
use crate::draws::Draws;
use crate::lp::{Limits, Row, Solution, Solver};
use crate::parts::{self, Outcome as Came};
use crate::response::{Response, responses};
use crate::rows::{About, Around, Drawn, Meaning, draw_up};
use crate::unit::{Unit, What, units};
use crate::world::{Outcome, World};

/// Program and engine agree when no number of staff differs by more than this share.
const AGREED: f64 = 1e-4;
/// Rounds that go all the way to what the program says.
const WHOLE_STEPS: usize = 5;
/// Beyond this share, it is a bend.
const BENT: f64 = 1e-3;
/// Rounds at most. Each comes nearer by two or three digits.
const ROUNDS: usize = 10;
/// Less than this many people is none: what the solver leaves of a number that is nought.
const NONE_PEOPLE: f64 = 1e-3;
/// Less than this share of a leaver rate is none.
const NONE_SHARE: f64 = 1e-6;

/// A choice that fits, or the nearest to one, and all that was found on the way.
pub struct Search {
    /// What may be chosen.
    pub units: Vec<Unit>,
    /// How much of each.
    pub values: Vec<f64>,
    /// What the engine makes of the scenario with no lever moved.
    pub base: Outcome,
    /// What it makes of the choice.
    pub outcome: Outcome,
    /// The people whom joiners per head were counted from, for the written plan.
    pub opening: Outcome,
    /// What it makes of the choice in each draw, where there are draws.
    pub outcomes: Vec<Outcome>,
    /// What one more of each does around the choice.
    pub responses: Vec<Response>,
    /// Pounds by unit and year.
    pub spend: Vec<Vec<f64>>,
    /// The program of the last round.
    pub drawn: Drawn,
    /// Its solution; none where nothing fits.
    pub solution: Option<Solution>,
    /// Sets of rows that cannot hold together.
    pub conflicts: Vec<Vec<usize>>,
    /// Rows that the nearest choice breaks, and by how much.
    pub broken: Vec<(usize, f64)>,
    /// The largest difference between program and engine in staff in post, as a share, and where it is: place and profession, year.
    pub apart: (f64, usize, usize),
    /// How many rounds it took.
    pub rounds: usize,
}

impl Search {
    /// The units that are moved, and by how much.
    pub fn chosen(&self) -> Vec<(Unit, f64)> {
        self.units.iter().copied().zip(self.values.iter().copied()).filter(|(_, value)| *value != 0.0).collect()
    }

    /// What a row is about.
    pub fn meaning(&self, row: usize) -> &Meaning {
        &self.drawn.meanings[row]
    }
}

/// Searches for the least-cost choice; where draws are given, for one with which each target holds with their chance.
pub fn search(
    world: &World<'_>,
    solver: &(dyn Solver + Sync),
    limits: &Limits,
    draws: Option<&Draws>,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Search, RunError> {
    progress("projecting the scenario as it stands");
    let base = world.outcome(&world.resolved.inputs)?;
    let units = units(world, &base);
    if units.is_empty() {
        let text = "nothing can be moved: no lever of the question names anything that these places have";
        return Err(RunError::Request(text.to_owned()));
    }
    let mut values = vec![0.0; units.len()];
    let mut outcome = base.clone();
    let mut drawn_outcomes = match draws {
        Some(draws) => draws.outcomes(world, &[], (&base, &base))?,
        None => Vec::new(),
    };
    progress("asking the engine what one more of each lever does");
    let mut answers = responses(world, &units, &[], &base)?;
    let mut rounds = 0;
    let mut whole = false;
    let mut kept: Vec<(Meaning, Row)> = Vec::new();
    loop {
        rounds += 1;
        let spend: Vec<Vec<f64>> = units.iter().map(|unit| spend(world, unit, &outcome)).collect::<Result<_, _>>()?;
        let cost: Vec<f64> = spend
            .iter()
            .map(|by_year| by_year.iter().enumerate().map(|(year, gbp)| gbp * weight(world, year)).sum())
            .collect();
        let risk = draws.map(|draws| (draws, drawn_outcomes.as_slice()));
        let around =
            Around { values: &values, outcome: &outcome, base: &base, responses: &answers, spend: &spend, risk };
        let mut drawn = draw_up(world, &units, &around, &cost);
        for (meaning, row) in &kept {
            drawn.program.row(row.clone());
            drawn.meanings.push(*meaning);
        }
        progress(&format!("solving, round {rounds}"));
        let came = parts::solve(&drawn.program, solver, limits)?;
        let (new, solution, conflicts, broken) = match came {
            Came::Fits(solution) => (solution.values.clone(), Some(solution), Vec::new(), Vec::new()),
            Came::Conflict { sets, values, broken } => (values, None, sets, broken),
        };
        // Where two ways cost nearly the same, the cheaper changes from round to round. Going only part of the way there settles it.
        let part = if rounds < WHOLE_STEPS { 1.0 } else { 1.0 / (rounds - WHOLE_STEPS + 2) as f64 };
        let step = |(old, new): (&f64, f64)| old + part * (new - old);
        let new: Vec<f64> =
            units.iter().zip(values.iter().zip(new).map(step)).map(|(unit, value)| tidy(unit, value)).collect();
        let predicted = predict(&outcome, &answers, &values, &new);
        let chosen: Vec<(Unit, f64)> =
            units.iter().copied().zip(new.iter().copied()).filter(|(_, v)| *v != 0.0).collect();
        progress("asking the engine what comes of the answer");
        let (after, mut heads) = world.simulate(&chosen, &base)?;
        if let Some(draws) = draws {
            drawn_outcomes = draws.outcomes(world, &chosen, (&base, &heads))?;
        }
        let apart = furthest(&predicted, &after);
        // Where supply bends, because posts outnumber those who could take them, what one more does on one side is not what it does on the
        // other. Both straight lines lie above the bend, so both are kept.
        let bends = bends(world, &predicted, &after);
        let is_kept = |meaning: &Meaning| {
            let of = |at: &usize| meaning.of.is_none_or(|of| at % world.professions() == of);
            matches!(meaning.about, About::Target(_)) && bends.iter().any(of)
        };
        if rounds > 1 {
            let rows = drawn.meanings.iter().zip(&drawn.program.rows).take(drawn.program.rows.len() - kept.len());
            let more: Vec<_> =
                rows.filter(|(meaning, _)| is_kept(meaning)).map(|(meaning, row)| (*meaning, row.clone())).collect();
            kept.extend(more);
        }
        // What holds in a share of the draws was found around the choice before, so it is asked once more.
        let settled = apart.0 <= AGREED && (draws.is_none() || rounds > 2);
        let done = settled || rounds == ROUNDS;
        (outcome, values) = (after, new);
        if done && !whole && has_parts(world, &units, &values) {
            // Parts of people are rounded up, and the engine is asked once more.
            whole = true;
            let up = |(unit, value): (&Unit, &f64)| {
                if in_whole(world, unit) { (value - NONE_PEOPLE).ceil() } else { *value }
            };
            values = units.iter().zip(&values).map(up).collect();
            let chosen: Vec<(Unit, f64)> =
                units.iter().copied().zip(values.iter().copied()).filter(|(_, v)| *v != 0.0).collect();
            (outcome, heads) = world.simulate(&chosen, &base)?;
            if let Some(draws) = draws {
                drawn_outcomes = draws.outcomes(world, &chosen, (&base, &heads))?;
            }
        }
        if done {
            return Ok(Search {
                units,
                values,
                base,
                outcome,
                opening: heads,
                outcomes: drawn_outcomes,
                responses: answers,
                spend,
                drawn,
                solution,
                conflicts,
                broken,
                apart,
                rounds,
            });
        }
        progress("asking the engine again, around the answer");
        answers = responses(world, &units, &chosen, &base)?;
    }
}

/// Whether only whole people may be chosen of a unit.
fn in_whole(world: &World<'_>, unit: &Unit) -> bool {
    match unit.what {
        What::Of(muster_book::Moves::Retention) | What::Shift => false,
        What::Of(_) => world.question.levers[unit.lever].whole,
    }
}

/// Whether parts of people were chosen where only whole ones may be.
fn has_parts(world: &World<'_>, units: &[Unit], values: &[f64]) -> bool {
    units.iter().zip(values).any(|(unit, value)| in_whole(world, unit) && value.fract() != 0.0)
}

/// What the solver leaves of nought becomes nought, and people are written to a thousandth.
pub(crate) fn tidy(unit: &Unit, value: f64) -> f64 {
    match unit.what {
        What::Of(muster_book::Moves::Retention) if value.abs() < NONE_SHARE => 0.0,
        What::Of(muster_book::Moves::Retention) => (value * 1e8).round() / 1e8,
        _ if value.abs() < NONE_PEOPLE => 0.0,
        _ => (value * 1e4).round() / 1e4,
    }
}

/// Staff in post as the program has them.
fn predict(outcome: &Outcome, responses: &[Response], before: &[f64], after: &[f64]) -> Vec<Vec<f64>> {
    let mut fte = outcome.fte.clone();
    for (response, (before, after)) in responses.iter().zip(before.iter().zip(after)) {
        let moved = after - before;
        for part in response.iter().filter(|_| moved != 0.0) {
            fte[part.at].iter_mut().zip(&part.fte).for_each(|(fte, each)| *fte += each * moved);
        }
    }
    fte
}

/// Places and professions with moves in or out in which program and engine differ by more than levers that work on each other explain.
fn bends(world: &World<'_>, predicted: &[Vec<f64>], after: &Outcome) -> Vec<usize> {
    let moves = &world.plan.shelf.taxonomy.moves;
    let is_moved = |at: &usize| {
        let profession = at % world.professions();
        moves.iter().any(|movement| movement.from == profession || movement.to == profession)
    };
    let bent = |at: &usize| predicted[*at].iter().zip(&after.fte[*at]).any(|(p, a)| (p - a).abs() > BENT * a.max(1.0));
    (0..predicted.len()).filter(|at| is_moved(at) && bent(at)).collect()
}

/// The largest difference as a share of what the engine says, and where.
fn furthest(predicted: &[Vec<f64>], after: &Outcome) -> (f64, usize, usize) {
    let mut worst = (0.0, 0, 0);
    for (at, (predicted, after)) in predicted.iter().zip(&after.fte).enumerate() {
        for (year, (predicted, after)) in predicted.iter().zip(after).enumerate() {
            let apart = (predicted - after).abs() / after.max(1.0);
            if apart > worst.0 {
                worst = (apart, at, year);
            }
        }
    }
    worst
}
