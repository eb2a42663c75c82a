//! Many futures at once.
//!
//! A [`Model`] is a run with its values taken out: it says which cells, moves, courses and places there are, and for each value of
//! theirs in which [`Slot`] of a [`Block`] it is found. A block holds the values of [`LANES`] futures side by side, so that one
//! pass over the model projects all of them. Values that are the same in every future are written into a block once.
//!
//! [`Projector`] is made once from a model, and then projects any number of its blocks. Cells that moves join hang together; every
//! other cell is by itself, and all its years are done while its people are in the fastest memory. Nothing is allocated on the way:
//! what a thread works in is its [`Scratch`], and only what a [`Keep`] takes is kept.
//!
//! The arithmetic is that of [`crate::project`], which stays the judge: [`Model::inputs`] gives any future of a block in the form
//! that it reads, and the tests compare the two.

// What is called once an age must become part of the function that is compiled for an instruction set, or it is not compiled for it.
#[expect(clippy::inline_always, reason = "see above")]
mod ages;
#[expect(clippy::inline_always, reason = "see above")]
mod futures;
mod model;
mod plan;
#[expect(clippy::inline_always, reason = "see above")]
mod year;

pub use futures::{Figures, Keep, OpenBlock, Projector, Scratch, TrainingFigures};
pub use model::{
    Block, LANES, Lanes, Model, ModelCell, ModelDrivers, ModelMoney, ModelPlace, ModelProgramme, ModelTransfer, Part,
    Series, Slot, SlotsByAge,
};
