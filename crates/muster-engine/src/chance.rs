//! Chance: the same year as `step.rs`, with whole people, each flow drawn.
//!
//! A ward of 20 with a leaver rate of 10% does not lose 2 nurses a year. It loses none, one, two, three or four. [`project`](crate::project)
//! gives the expected number; [`project_people`] gives one of the futures, and many of them give the spread that chance alone makes.
//!
//! | flow | drawn as | because |
//! |---|---|---|
//! | opening people, international recruits, posts offered, intakes | the stated number, [rounded without bias](#rounding) | a plan states them: they are decided, and chance has no part in them |
//! | leavers, withdrawals, completers who join | binomial, age by age or year by year of study | each of so many people goes or stays |
//! | movers by share, the newly qualified over cells, ages of joiners | multinomial | each person goes to one of several places |
//! | who takes a post | without replacement from those who are there | a post does not ask how old someone is |
//! | returners and the wider labour market | Poisson | they come from a pool outside that is large, in which each person has a small chance |
//!
//! Skill mix, demand, the gap and cost follow from the stock as they do for expected numbers. Where no move runs short of people, the mean
//! over draws is what [`project`](crate::project) gives. Where moves run short, fewer are made on average: a post that stays empty by bad
//! luck is not made up for by good luck.
//!
//! # Rounding
//!
//! A series of stated numbers (people at each age, then recruits year by year) becomes whole ones by systematic rounding: start from a
//! random fraction `u` between 0 and 1, add each number, give out the whole part and carry the rest. Each number is then rounded up
//! or down with a mean equal to itself, and the total of any stretch of the series is within one person of what was stated. Rounding each by
//! itself would also keep the means, but could lose or gain several people in a small cell.
//!
//! # Streams
//!
//! The engine makes no random numbers. It asks the caller for a generator for each [`Stream`]: one thing that chance decides, for one cell or
//! programme, in one step. A caller who derives generators from names gets results that do not depend on the order of cells, and in which, say,
//! another leaver rate leaves the joiners of the first year as they were.
//!
//! The same generators give the same bits in the same build. `rand_distr` takes logarithms and powers from the system's library where another
//! crate of the build asks `num-traits` for it, so a draw can differ between systems; what it is drawn from does not.

mod draw;
mod moments;
mod people;

use rand::Rng;

use crate::inputs::Inputs;
use crate::projection::Projection;
use crate::{EngineError, step};

pub use moments::{Moments, headcount_moments};

/// What a stream of random numbers decides. Cells and programmes are indices into the [`Inputs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decides {
    /// Who leaves the NHS from this cell.
    Leavers {
        /// Which cell.
        cell: usize,
    },
    /// Who moves out of this cell, and where to. Moves out of one cell are drawn in the order in which the inputs list them.
    Movers {
        /// Which cell.
        cell: usize,
    },
    /// Who joins this cell other than from a programme.
    Joiners {
        /// Which cell.
        cell: usize,
    },
    /// Who withdraws from this programme, who joins the NHS from it, and where.
    Students {
        /// Which programme.
        programme: usize,
    },
}

/// A stream of random numbers: what it decides, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// What it decides.
    pub decides: Decides,
    /// The step, counted from the baseline: years, or months where a step is a month. Step 0 says where rounding starts.
    pub step: usize,
}

/// Projects whole people from the baseline to the horizon: one future of many.
///
/// `stream` gives the generator for each stream, and is asked once for each. The same generators give the same bits.
///
/// ```
/// use muster_engine::{Cause, project_people};
/// use rand_chacha::ChaCha8Rng;
/// use rand_chacha::rand_core::SeedableRng;
/// # use muster_engine::doc_example;
/// let inputs = doc_example(); // 1,000 nurses aged 40, of whom 10% leave each year; nobody joins
/// let draw = 17;
/// let people = project_people(&inputs, |stream| {
///     // One cell and one thing to decide here: the step and the draw name the stream.
///     let mut generator = ChaCha8Rng::seed_from_u64(stream.step as u64);
///     generator.set_stream(draw);
///     generator
/// })
/// .unwrap();
/// let first = &people.cells[0].years[1];
/// let leavers = first.flow(Cause::LeaverUnder55).headcount;
/// assert_eq!(first.headcount, 1000.0 - leavers);
/// assert!(leavers.fract() == 0.0 && (60.0..140.0).contains(&leavers)); // about 100, give or take 9.5
/// ```
pub fn project_people<R: Rng + 'static>(
    inputs: &Inputs,
    mut stream: impl FnMut(Stream) -> R,
) -> Result<Projection, EngineError> {
    inputs.check()?;
    let mut boxed = |which| Box::new(stream(which)) as Box<dyn Rng>;
    let (state, mut people) = people::open(inputs, &mut boxed);
    let projection = step::run_with(state, |state, year, span, opening_headcount, record| {
        people.step(state, year, span, opening_headcount, record);
    });
    crate::finish(inputs, projection)
}
