//! Sums over cells in every draw of a scenario, for those who want whole paths and no summaries.

use muster_book::Plan;
use muster_core::PlaceCode;
use muster_engine::{LANES, Step};

use super::drawing::Drawn;
use super::ensemble::{Ask, Pass, drawing_of, not_finite, sampler};
use super::rows::Sums;
use crate::figure::Sum;
use crate::run::RunError;

/// By sum and draw. `wanted` is given the cells of the run, as place, profession and setting, and says what to add.
pub(crate) fn sums_in_draws(
    plan: &Plan,
    scenario: &str,
    places: &[PlaceCode],
    ask: &Ask,
    wanted: impl FnOnce(&[muster_engine::ModelCell]) -> Vec<Sum>,
) -> Result<Vec<Vec<f64>>, RunError> {
    let drawing = drawing_of(plan, scenario, places, Step::Year)?;
    let draws = ask.draws.unwrap_or_default();
    let scored = Drawn::new(&sampler(plan, ask)?, draws, ask.method());
    let model = &drawing.futures.model;
    let wanted = wanted(&model.cells);
    let sums = Sums::of(&wanted, model);
    let pass = Pass::new(plan, &drawing, &[], &sums);
    let all: Vec<usize> = (0..places.len()).collect();
    let (out, _) = pass.project(&drawing, &scored, &all)?;
    let width = pass.width();
    let of = |sum: &Sum| {
        let index = sums.index(sum).ok_or_else(not_finite)?;
        let values: Vec<f64> = (0..draws).map(|draw| out[draw / LANES * width + index][draw % LANES]).collect();
        if values.iter().all(|value| value.is_finite()) { Ok(values) } else { Err(not_finite()) }
    };
    wanted.iter().map(of).collect()
}
