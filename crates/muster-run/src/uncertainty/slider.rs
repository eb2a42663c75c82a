//! A fan that follows a slider: one assumption held somewhere in its range, and everything else drawn as before.

use muster_draws::summary::Summary;

use super::drawing::{Drawing, Drawn};
use super::ensemble::{self, Ask, MEASURES};
use crate::run::{Run, RunError};

/// The main scenario of a run, made ready to be drawn again and again.
pub struct Slider<'a> {
    run: &'a Run,
    drawing: Drawing,
    drawn: Drawn,
}

impl<'a> Slider<'a> {
    /// Makes ready. This takes longer than a fan does, and is done once.
    pub fn new(run: &'a Run, ask: &Ask) -> Result<Self, RunError> {
        let sampler = ensemble::sampler(&run.plan, ask)?;
        let drawing = ensemble::drawing(run, &run.main_scenario().id)?;
        let drawn = Drawn::new(&sampler, ask.draws.unwrap_or(200), ask.method());
        Ok(Self { run, drawing, drawn })
    }

    /// Everyone together by year and measure, with one assumption (an index into the plan's uncertain ones) held at a score: 0 is the middle
    /// of its range, ±1.645 its 5% and 95% points.
    pub fn fan(&self, assumption: usize, score: f64) -> Result<Vec<[Summary; MEASURES.len()]>, RunError> {
        ensemble::everyone(self.run, &self.drawing, &self.drawn.holding(assumption, score))
    }
}
