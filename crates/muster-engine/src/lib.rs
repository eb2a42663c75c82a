//! The projection engine: people by profession, place, setting and single year of age, moved forward a year at a time.
//!
//! The engine is pure. It takes [`Inputs`] and returns a [`Projection`]: no files, clock, network or global state, no random numbers of its
//! own, no threads. The same inputs give the same bits on every run.
//!
//! [`project`] moves expected numbers of people. [`project_people`] moves whole people by chance, with random numbers that the caller gives.
//!
//! One year, in this order (`step.rs`):
//!
//! 1. **open**: the stock at the last close;
//! 2. **leave**: by age, under 55 and 55 and over;
//! 3. **move**: between professions, settings and places; training grades go up a stage, and completers go where the moves say;
//! 4. **train**: students progress, withdraw and complete; a new intake starts;
//! 5. **join**: the newly qualified, then returners and the wider labour market, then international recruits;
//! 6. **age**: everyone is a year older;
//! 7. **close**: people are counted, and must equal the opening stock plus what came in less what went out.
//!
//! Demand, the gap, temporary staffing and the pay bill are worked out beside the stock and never feed back into it: the gap is an
//! output.

mod chance;
mod cost;
mod demand;
mod inputs;
mod many;
mod projection;
mod span;
mod step;

pub use chance::{Decides, Moments, Stream, headcount_moments, project_people};
pub use demand::{demand_index, total_demand_fte};
pub use inputs::{
    Ages, Cell, CellYear, Citizens, Drivers, How, Inputs, Money, PlaceInputs, Profile, ProfileId, Profiles, Programme,
    Step, Transfer,
};
pub use many::{
    Block, Figures, Keep, LANES, Lanes, Model, ModelCell, ModelDrivers, ModelMoney, ModelPlace, ModelProgramme,
    ModelTransfer, OpenBlock, Part, Projector, Scratch, Series, Slot, SlotsByAge, TrainingFigures,
};
pub use projection::{Cause, CellResult, Flow, ProgrammeYear, Projection, Unfilled, YearResult};

/// Why a projection could not be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// The inputs do not fit together; the text says where.
    #[error("the inputs do not fit together: {0}")]
    Inputs(String),
    /// People appeared or vanished: a fault of the engine, never of the plan.
    #[error(
        "people are not conserved in {place} in year {year}: opening plus in less out is {expected}, closing is {closing}"
    )]
    NotConserved {
        /// Which cell, or the whole.
        place: String,
        /// The step, counted from the baseline.
        year: usize,
        /// What the flows say.
        expected: f64,
        /// What was counted.
        closing: f64,
    },
    /// A result is not a number or is infinite.
    #[error("{what} is not a finite number in year {year}")]
    NotFinite {
        /// Which figure.
        what: String,
        /// The step, counted from the baseline.
        year: usize,
    },
}

/// Projects `inputs` from the baseline to the horizon.
///
/// ```
/// use muster_engine::{project, Cause};
/// # use muster_engine::doc_example;
/// let inputs = doc_example(); // 1,000 nurses aged 40, of whom 10% leave each year; nobody joins
/// let projection = project(&inputs).unwrap();
/// let first = &projection.cells[0].years[1];
/// assert_eq!(first.headcount, 900.0);
/// assert_eq!(first.flow(Cause::LeaverUnder55).headcount, 100.0);
/// ```
pub fn project(inputs: &Inputs) -> Result<Projection, EngineError> {
    inputs.check()?;
    finish(inputs, step::run(inputs))
}

/// Adds to the people what follows from them, and checks it all.
fn finish(inputs: &Inputs, mut projection: Projection) -> Result<Projection, EngineError> {
    demand::add(inputs, &mut projection);
    cost::add(inputs, &mut projection);
    projection.check()?;
    Ok(projection)
}

#[doc(hidden)]
pub fn doc_example() -> Inputs {
    let mut profiles = Profiles::default();
    let ten_percent = profiles.intern([0.1; muster_core::STAFF_AGES.len()]);
    let full_time = profiles.intern([1.0; muster_core::STAFF_AGES.len()]);
    let mut opening = [0.0; muster_core::STAFF_AGES.len()];
    opening[muster_core::STAFF_AGES.index(40)] = 1000.0;
    let year = CellYear { leaver: ten_percent, participation: full_time, ..CellYear::default() };
    let cell = Cell {
        place: 0,
        profession: 0,
        setting: muster_core::Setting::Acute,
        opening: vec![opening],
        opening_participation: full_time,
        demand_base_fte: 1000.0,
        years: vec![year; 3],
        baseline: CellYear { participation: full_time, ..year },
    };
    Inputs { cells: vec![cell], profiles, ..Inputs::empty(3) }
}
