//! Export: a plan's model and inputs for other software, so that nobody needs to take Muster's word for its arithmetic.
//!
//! [`export`] makes the bytes; [`write`](Exported::write) puts them in their place, whole or not at all.

mod mdl;
mod names;
mod place;
mod selection;
mod sheets;
mod sources;
mod spreadsheet;
mod world;

use muster_book::Plan;
use muster_engine::Step;

use self::selection::Selection;
use self::sheets::{MOST_ROWS, Sheet};
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
    /// Every input as a folder of CSV files.
    Csv,
    /// Every input as a workbook.
    Xlsx,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// One file, or a folder of them.
    pub contents: Contents,
    /// What a reader should know about it.
    pub notes: Vec<String>,
}

/// One file, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// The bytes of a file.
    File(Vec<u8>),
    /// The names of the files in a folder, and their bytes.
    Folder(Vec<(String, Vec<u8>)>),
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
    let contents = match request.format {
        ExportFormat::Mdl => Contents::File(mdl::text(&world, &notes).into_bytes()),
        ExportFormat::Csv => Contents::Folder(spreadsheet::csv(&tables(&world, &notes)?)),
        ExportFormat::Xlsx => {
            let sheets = tables(&world, &notes)?;
            if let Some(long) = sheets.iter().find(|sheet| sheet.rows.len() > MOST_ROWS) {
                return Err(RunError::Request(format!(
                    "the sheet {} would have {} rows, and a workbook holds {MOST_ROWS}: name fewer places or professions, or use --format csv",
                    long.name,
                    long.rows.len()
                )));
            }
            let made = spreadsheet::workbook(&sheets);
            Contents::File(made.map_err(|error| RunError::Request(format!("the workbook cannot be made: {error}")))?)
        }
    };
    Ok(Exported { contents, notes })
}

/// The inputs as tables, with what the engine makes of them.
fn tables(world: &World<'_>, notes: &[String]) -> Result<Vec<Sheet>, RunError> {
    let results = muster_engine::project(&world.resolved.inputs)
        .map_err(|error| RunError::Engine { scenario: world.scenario.id.clone(), error })?;
    Ok(sheets::all(world, &results, notes))
}
