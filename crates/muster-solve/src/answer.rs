//! The answer, in words and figures: what to do, what it comes to, what holds it back, and what else might be done.

use muster_book::{Aim, Target};
use serde::Serialize;

use crate::cost::weight;
use crate::lp::{Limits, Solver};
use crate::parts::{self, Outcome as Came};
use crate::rows::{About, Meaning};
use crate::solve::Search;
use crate::unit::{Unit, What};
use crate::words::{self, Binding};
use crate::world::{Outcome, World};

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The plan's name.
    pub plan: String,
    /// The question's title.
    pub question: String,
    /// The scenario that levers were added to.
    pub scenario: String,
    /// The places, by code.
    pub places: Vec<String>,
    /// The years, the baseline first.
    pub years: Vec<String>,
    /// The year of the pounds.
    pub price_year: String,
    /// Whether targets and limits can hold together.
    pub fits: bool,
    /// What the levers cost over all years, as they fall.
    pub cost_gbp: f64,
    /// The same, with later pounds counting less: what was made least.
    pub discounted_gbp: f64,
    /// By year, the baseline first.
    pub spend_gbp: Vec<f64>,
    /// By how much more all staff cost than in the scenario, by year.
    pub pay_more_gbp: Vec<f64>,
    /// Demand less supply of all staff by year: in the scenario, and with the levers.
    pub gap_fte: [Vec<f64>; 2],
    /// What to do.
    pub levers: Vec<Chosen>,
    /// What it comes to, target by target.
    pub targets: Vec<Held>,
    /// What holds it back, what matters most first.
    pub binding: Vec<Binding>,
    /// What else might be done.
    pub next_best: Vec<NextBest>,
    /// Where nothing fits: for each conflict, the targets and limits that cannot hold together.
    pub conflicts: Vec<Vec<String>>,
    /// Where nothing fits: what the nearest plan breaks.
    pub broken: Vec<String>,
    /// How far program and engine are apart.
    pub agreement: Agreement,
}

/// A lever that is moved.
#[derive(Debug, Clone, Serialize)]
pub struct Chosen {
    /// The lever of the question.
    pub lever: String,
    /// The thing it moves.
    pub id: String,
    /// In words.
    pub title: String,
    /// The place, where there are several.
    pub place: String,
    /// What it is counted in.
    pub counted_in: String,
    /// What the scenario has already, by year.
    pub already: Vec<f64>,
    /// What is added, by year.
    pub added: Vec<f64>,
    /// What it costs over all years, as it falls.
    pub cost_gbp: f64,
}

/// A target, held against the answer.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    /// Its name.
    pub id: String,
    /// In words, with whom it is about.
    pub title: String,
    /// The year.
    pub year: String,
    /// What is asked: FTE, a share or pounds.
    pub at_most: f64,
    /// Without the levers.
    pub without: f64,
    /// As the program has it.
    pub promised: f64,
    /// As the engine has it.
    pub simulated: f64,
    /// Whether the engine's figure meets it, to a thousandth of what it is held against.
    pub met: bool,
    /// The share of draws in which it is met; none without draws.
    pub chance: Option<f64>,
    /// Whether these are shares rather than FTE or pounds.
    pub is_share: bool,
}

/// Another way.
#[derive(Debug, Clone, Serialize)]
pub struct NextBest {
    /// What is different.
    pub title: String,
    /// Whether it fits; none where the solver found no answer that it could vouch for.
    pub fits: Option<bool>,
    /// What it costs, discounted, as the program has it.
    pub discounted_gbp: f64,
    /// By how much more than the least.
    pub more_gbp: f64,
}

/// How far program and engine are apart.
#[derive(Debug, Clone, Serialize)]
pub struct Agreement {
    /// The largest difference in staff in post of any profession, place and year, as a share.
    pub apart: f64,
    /// Where it is.
    pub at: String,
    /// How often the program was drawn up.
    pub rounds: usize,
    /// How many levers, things, places and years could be chosen.
    pub units: usize,
    /// How many targets and limits there were, each counted for each thing, place and year.
    pub rows: usize,
}

/// Puts a search into words, and asks for the next-best ways.
pub fn answer(world: &World<'_>, search: &Search, solver: &(dyn Solver + Sync), limits: &Limits) -> Answer {
    let years: Vec<String> = world.resolved.years.iter().map(ToString::to_string).collect();
    let spend_gbp: Vec<f64> = (0..years.len())
        .map(|year| search.values.iter().zip(&search.spend).map(|(value, gbp)| value * gbp[year]).sum())
        .collect();
    let discounted = spend_gbp.iter().enumerate().map(|(year, gbp)| gbp * weight(world, year)).sum();
    let gap = |of: &Outcome| -> Vec<f64> {
        let sum = |table: &[Vec<f64>], year: usize| -> f64 { table.iter().map(|row| row[year]).sum() };
        (0..years.len()).map(|year| sum(&of.demand, year) - sum(&of.fte, year)).collect()
    };
    let (_, at, year) = search.apart;
    Answer {
        plan: world.plan.id.clone(),
        question: world.question.title.clone(),
        scenario: world.question.scenario.clone(),
        places: world.resolved.places.iter().map(ToString::to_string).collect(),
        price_year: world.prices.price_year.to_string(),
        fits: search.conflicts.is_empty(),
        cost_gbp: spend_gbp.iter().sum(),
        discounted_gbp: discounted,
        pay_more_gbp: search
            .outcome
            .pay_gbp
            .iter()
            .zip(&search.base.pay_gbp)
            .map(|(with, without)| with - without)
            .collect(),
        gap_fte: [gap(&search.base), gap(&search.outcome)],
        levers: levers(world, search),
        targets: targets(world, search),
        binding: words::binding(world, search),
        next_best: next_best(world, search, solver, limits),
        conflicts: search.conflicts.iter().map(|rows| words::conflict(world, search, rows)).collect(),
        broken: words::broken(world, search),
        agreement: Agreement {
            apart: search.apart.0,
            at: format!("{}, {}", words::staff(world, at), years[year]),
            rounds: search.rounds,
            units: search.units.len(),
            rows: search.drawn.meanings.len(),
        },
        spend_gbp,
        years,
    }
}

/// What is moved, the dearest first.
fn levers(world: &World<'_>, search: &Search) -> Vec<Chosen> {
    let (taxonomy, question) = (&world.plan.shelf.taxonomy, world.question);
    let mut list: Vec<(Unit, Chosen)> = Vec::new();
    for (i, (unit, amount)) in
        search.units.iter().zip(&search.values).enumerate().filter(|(_, (_, amount))| **amount != 0.0)
    {
        let known = list.iter().rposition(|(other, _)| other.same_thing(unit));
        let at = known.unwrap_or_else(|| {
            let nothing = vec![0.0; world.years() + 1];
            let lever = match unit.what {
                What::Of(_) => question.levers[unit.lever].id.clone(),
                What::Shift => "work that passes".to_owned(),
            };
            let chosen = Chosen {
                lever,
                id: unit.id(taxonomy, question).to_owned(),
                title: unit.title(taxonomy, question),
                place: if world.places() > 1 { world.resolved.places[unit.place].to_string() } else { String::new() },
                counted_in: unit.counted_in().to_owned(),
                already: (0..=world.years())
                    .map(|year| if year == 0 { 0.0 } else { world.already(&Unit { year, ..*unit }) })
                    .collect(),
                added: nothing,
                cost_gbp: 0.0,
            };
            list.push((*unit, chosen));
            list.len() - 1
        });
        let chosen = &mut list[at].1;
        chosen.added[unit.year] += amount;
        chosen.cost_gbp += amount * search.spend[i].iter().sum::<f64>();
    }
    let mut list: Vec<Chosen> = list.into_iter().map(|(_, chosen)| chosen).collect();
    list.sort_by(|a, b| b.cost_gbp.total_cmp(&a.cost_gbp));
    list
}

/// Each target as the program and as the engine have it; where it is held for each profession, each.
fn targets(world: &World<'_>, search: &Search) -> Vec<Held> {
    let mut list = Vec::new();
    let rows = search.drawn.program.row_values(&search.values);
    let mut seen = std::collections::BTreeSet::new();
    for (row, meaning) in search.drawn.meanings.iter().enumerate() {
        let About::Target(i) = meaning.about else { continue };
        // Rows kept from earlier rounds say the same.
        if !seen.insert(*meaning) {
            continue;
        }
        let target = &world.question.targets[i];
        let without = figure(world, target, meaning, &search.base, None);
        let simulated = figure(world, target, meaning, &search.outcome, Some(search));
        let (below, scale) = weights(world, target, meaning, &search.outcome);
        let over = rows[row] - search.drawn.program.rows[row].high;
        let bound = target.at_most;
        let in_draw = |of: &Outcome| (figure(world, target, meaning, of, Some(search)) - bound) * below <= 1e-3 * scale;
        let met = search.outcomes.iter().filter(|of| in_draw(of)).count();
        let chance = (!search.outcomes.is_empty()).then(|| met as f64 / search.outcomes.len() as f64);
        let is_share = matches!(target.aim, Aim::VacancyRate | Aim::InternationalShare);
        list.push(Held {
            id: target.id.clone(),
            title: words::target(world, target, meaning),
            year: world.resolved.years[meaning.year].to_string(),
            at_most: bound,
            without,
            promised: bound + over / below,
            simulated,
            met: (simulated - bound) * below <= 1e-3 * scale,
            chance,
            is_share,
        });
    }
    list
}

/// What a target is about, in some outcome.
fn figure(world: &World<'_>, target: &Target, meaning: &Meaning, of: &Outcome, search: Option<&Search>) -> f64 {
    if target.aim == Aim::SpendGbp {
        let Some(search) = search else { return 0.0 };
        let here = |unit: &Unit| meaning.place.is_none_or(|place| place == unit.place);
        let all = search.units.iter().zip(&search.values).zip(&search.spend);
        return all.filter(|((unit, _), _)| here(unit)).map(|((_, value), gbp)| value * gbp[meaning.year]).sum();
    }
    let sum =
        |table: &[Vec<f64>]| -> f64 { cells(world, target, meaning).iter().map(|at| table[*at][meaning.year]).sum() };
    let gap = sum(&of.demand) - sum(&of.fte);
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    match target.aim {
        Aim::GapFte => gap,
        Aim::VacancyRate => share(gap, sum(&of.demand)),
        _ => share(sum(&of.abroad), sum(&of.joiners)),
    }
}

fn cells(world: &World<'_>, target: &Target, meaning: &Meaning) -> Vec<usize> {
    let places: Vec<usize> = meaning.place.map_or_else(|| (0..world.places()).collect(), |place| vec![place]);
    let who: Vec<usize> = meaning.of.map_or_else(|| target.professions.clone(), |of| vec![of]);
    places.iter().flat_map(|place| who.iter().map(|one| world.at(*place, *one))).collect()
}

/// What a share is a share of, and what a target is held against: posts, joiners or the budget.
fn weights(world: &World<'_>, target: &Target, meaning: &Meaning, of: &Outcome) -> (f64, f64) {
    let sum =
        |table: &[Vec<f64>]| -> f64 { cells(world, target, meaning).iter().map(|at| table[*at][meaning.year]).sum() };
    match target.aim {
        Aim::GapFte => (1.0, sum(&of.demand).max(1.0)),
        Aim::VacancyRate => (sum(&of.demand).max(1.0), sum(&of.demand).max(1.0)),
        Aim::InternationalShare => (sum(&of.joiners).max(1.0), sum(&of.joiners).max(1.0)),
        Aim::SpendGbp => (1.0, target.at_most.max(1.0)),
    }
}

/// What the plan would cost without each of the levers that it uses, in turn.
fn next_best(world: &World<'_>, search: &Search, solver: &(dyn Solver + Sync), limits: &Limits) -> Vec<NextBest> {
    let Some(solution) = &search.solution else { return Vec::new() };
    let least = solution.objective;
    let group = |unit: &Unit| match unit.what {
        What::Of(_) => (0, unit.lever),
        What::Shift => (1, 0),
    };
    let mut used: Vec<(i32, usize)> = search.chosen().iter().map(|(unit, _)| group(unit)).collect();
    used.sort_unstable();
    used.dedup();
    let mut list = Vec::new();
    for without in used {
        let mut program = search.drawn.program.clone();
        for (variable, unit) in program.variables.iter_mut().zip(&search.units) {
            if group(unit) == without {
                (variable.low, variable.high) = (0.0, 0.0);
            }
        }
        let name = if without.0 == 0 {
            world.question.levers[without.1].title.clone()
        } else {
            "work that passes to others".to_owned()
        };
        let (fits, discounted_gbp) = match parts::solve_only(&program, solver, limits) {
            Ok(Came::Fits(solution)) => (Some(true), solution.objective),
            Ok(Came::Conflict { .. }) => (Some(false), 0.0),
            // One way that is not settled is no reason to keep the others back.
            Err(_) => (None, 0.0),
        };
        // The least itself is known to no more digits than the solver's.
        let more_gbp = if fits == Some(true) { (discounted_gbp - least).max(0.0) } else { 0.0 };
        list.push(NextBest { title: format!("Without {}", lower(&name)), fits, discounted_gbp, more_gbp });
    }
    list.sort_by(|a, b| b.fits.cmp(&a.fits).then(a.more_gbp.total_cmp(&b.more_gbp)));
    list
}

/// With a small first letter, unless it is an abbreviation.
pub(crate) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}
