//! What chance does to a given number of people, when every assumption is right: which of forty people leave.
//!
//! The central inputs of a scenario are projected a few times with whole people ([`muster_engine::project_people`]). How far those futures
//! differ is chance alone. Better evidence shrinks what the assumptions leave open; nothing shrinks this.

use muster_book::Plan;
use muster_core::PlaceCode;
use muster_draws::stream::Stream;
use muster_engine::{Decides, Inputs, Projection, project_people};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::Serialize;

use super::rows::{RowOf, rows_of};
use crate::run::{Run, RunError};
use crate::summary::Row;

/// What chance does to one row of results at the horizon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowByChance {
    /// What it is about.
    #[serde(skip)]
    pub of: RowOf,
    /// Staff, professions or places there: its name in files.
    pub id: String,
    /// The place's code; `all` for all of them together.
    pub place: String,
    /// Supply, when everything goes as expected.
    pub supply_fte: f64,
    /// The standard deviation of supply, and so of the gap, by chance alone.
    pub by_chance_fte: f64,
}

/// What chance does to the main scenario of a run at the horizon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ByChance {
    /// How many futures of whole people it rests on.
    pub futures: usize,
    /// Everyone first, then each group and profession; then, where the run tells places apart, everyone in each place.
    pub rows: Vec<RowByChance>,
}

/// How many futures of whole people are drawn. The standard deviation that they give is itself out by about a sixth.
const FUTURES: usize = 16;

impl ByChance {
    /// Draws whole people in the main scenario of a run.
    pub fn of(run: &Run, seed: u64) -> Result<Self, RunError> {
        let main = run.main_scenario();
        let inputs = &main.resolved.inputs;
        let mut rows = rows_of(&run.plan, None);
        if run.places.len() > 1 {
            rows.extend((0..run.places.len()).map(|place| RowOf { place: Some(place), row: Row::All }));
        }
        let made = (0..FUTURES as u64).into_par_iter().map(|future| {
            let projection = project_people(inputs, |asked| generator(run, inputs, seed, future, asked))
                .map_err(|error| RunError::Engine { scenario: main.id.clone(), error })?;
            Ok(rows.iter().map(|row| supply_fte(&run.plan, inputs, &projection, *row)).collect::<Vec<f64>>())
        });
        let made = made.collect::<Result<Vec<_>, RunError>>()?;
        let row = |(i, of): (usize, &RowOf)| {
            let expected = supply_fte(&run.plan, inputs, &main.projection, *of);
            // Around the mean of these futures: whole people share out what is scarce a little differently.
            let mean = made.iter().map(|future| future[i]).sum::<f64>() / FUTURES as f64;
            let squares: f64 = made.iter().map(|future| (future[i] - mean) * (future[i] - mean)).sum();
            let place = of.place.map_or("all", |place| run.places[place].as_str());
            RowByChance {
                of: *of,
                id: run.row_id(of.row)[1].to_owned(),
                place: place.to_owned(),
                supply_fte: expected,
                by_chance_fte: (squares / (FUTURES - 1) as f64).sqrt(),
            }
        };
        Ok(Self { futures: FUTURES, rows: rows.iter().enumerate().map(row).collect() })
    }

    /// Everyone together.
    pub fn everyone(&self) -> &RowByChance {
        &self.rows[0]
    }
}

/// The random numbers that one thing of one future is decided by. They are named after it, so that they stay the same when other places or
/// professions are added.
fn generator(run: &Run, inputs: &Inputs, seed: u64, future: u64, asked: muster_engine::Stream) -> ChaCha8Rng {
    let place = |index: usize| -> &PlaceCode { &run.places[index] };
    let of_cell = |what: &str, cell: usize| {
        let cell = &inputs.cells[cell];
        let profession = &run.plan.shelf.taxonomy.professions[cell.profession].id;
        format!("chance/{what}/{}/{profession}/{}", place(cell.place), cell.setting.id())
    };
    let name = match asked.decides {
        Decides::Leavers { cell } => of_cell("leavers", cell),
        Decides::Movers { cell } => of_cell("movers", cell),
        Decides::Joiners { cell } => of_cell("joiners", cell),
        Decides::Students { programme } => {
            let programme = &inputs.programmes[programme];
            let id = &run.plan.shelf.taxonomy.programmes[programme.programme].id;
            format!("chance/students/{}/{id}", place(programme.place))
        }
    };
    ChaCha8Rng::seed_from_u64(Stream::named(seed, &name).bits(future, asked.step as u32))
}

fn supply_fte(plan: &Plan, inputs: &Inputs, projection: &Projection, of: RowOf) -> f64 {
    let group_of = |profession: usize| plan.shelf.taxonomy.professions[profession].group;
    let picked = inputs.cells.iter().zip(&projection.cells).filter(|(cell, _)| {
        of.place.is_none_or(|place| place == cell.place)
            && match of.row {
                Row::All => true,
                Row::Group(group) => group_of(cell.profession) == group,
                Row::Profession(profession) => cell.profession == profession,
            }
    });
    picked.map(|(_, result)| result.years[inputs.years].fte).sum()
}
