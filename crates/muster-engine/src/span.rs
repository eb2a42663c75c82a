//! Years and months: the part of a year that a step covers, and what falls in it.

use muster_core::Probability;

use crate::inputs::Step;

/// Month steps count from April.
const AUGUST: usize = 4;
const SEPTEMBER: usize = 5;

/// The part of a year that a step covers, and what falls in it.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    /// Share of the year: 1 or 1/12.
    pub(crate) share: f64,
    /// Training grades go up a stage.
    pub(crate) grades_change: bool,
    /// Courses end and start.
    pub(crate) courses_change: bool,
    /// Everyone turns a year older.
    pub(crate) ages: bool,
}

impl Span {
    pub(crate) fn of_year(step: Step) -> Vec<Self> {
        match step {
            Step::Year => vec![Self { share: 1.0, grades_change: true, courses_change: true, ages: true }],
            Step::Month => (0..12)
                .map(|month| Self {
                    share: 1.0 / 12.0,
                    grades_change: month == AUGUST,
                    courses_change: month == SEPTEMBER,
                    ages: month == 11,
                })
                .collect(),
        }
    }

    /// Whether it is less than the whole year.
    pub(crate) fn is_part(self) -> bool {
        self.share < 1.0
    }

    /// The chance over this span that makes `yearly` over the year.
    pub(crate) fn chance(self, yearly: f64) -> f64 {
        if self.is_part() {
            Probability::per_year(yearly.clamp(0.0, 1.0)).map_or(yearly, Probability::per_month)
        } else {
            yearly
        }
    }
}
