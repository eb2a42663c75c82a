//! Export: a plan's model and inputs for other software, so that nobody needs to take Muster's word for its arithmetic.
//!
//! [`export`] makes the bytes; [`write`](Exported::write) puts them where they belong, whole or not at all.

mod mdl;
mod names;
mod selection;
mod sources;
mod world;

use muster_book::Plan;
use muster_engine::Step;

use self::selection::Selection;
use self::world::World;
use crate::run::{RunError, scenario_named};

/// What to export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRequest {
    /// The scenario.
    pub scenario: String,
    /// `england`, `systems`, or codes of places; England when empty.
    pub places: Vec<String>,
    /// Ids of professions, staff groups or tags; everyone when empty.
    pub professions: Vec<String>,
    /// As what.
    pub format: ExportFormat,
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// A Vensim model.
    Mdl,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The file.
    pub bytes: Vec<u8>,
    /// What a reader should know about it.
    pub notes: Vec<String>,
}

/// Exports a scenario of a plan.
pub fn export(plan: &Plan, request: &ExportRequest) -> Result<Exported, RunError> {
    let scenario = scenario_named(plan, &request.scenario)?;
    let selection = Selection::of(plan, &request.professions)?;
    let england = ["england".to_owned()];
    let places = if request.places.is_empty() { &england[..] } else { &request.places };
    let places = plan.places_named(places).map_err(RunError::Request)?;
    let resolved = plan.resolve(scenario, &places, Step::Year).map_err(RunError::Plan)?;
    let world = World::new(plan, scenario, &resolved, &selection);
    let notes = selection.notes(&plan.shelf.taxonomy);
    let bytes = match request.format {
        ExportFormat::Mdl => mdl::text(&world, &notes).into_bytes(),
    };
    Ok(Exported { bytes, notes })
}
