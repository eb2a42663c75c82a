//! Many futures at once.
//!
//! A [`Model`] is a run with its values taken out: it says which cells, moves, courses and places there are, and for each value of
//! theirs in which [`Slot`] of a [`Block`] it is found. A block holds the values of [`LANES`] futures side by side, so that one
//! pass over the model projects all of them. Values that are the same in every future are written into a block once.
//!
//! The arithmetic is that of [`crate::project`], which stays the judge: [`Model::inputs`] gives any future of a block in the form
//! that it reads, and the tests compare the two.

mod ages;
mod futures;
mod model;
mod plan;
mod year;

pub use futures::{Figures, Keep, OpenBlock, Projector, Scratch, TrainingFigures};
pub use model::{
    Block, LANES, Lanes, Model, ModelCell, ModelDrivers, ModelMoney, ModelPlace, ModelProgramme, ModelTransfer, Part,
    Series, Slot, SlotsByAge,
};
