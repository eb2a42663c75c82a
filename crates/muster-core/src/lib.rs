//! The words of workforce planning, as types.
//!
//! Every other crate speaks in these: [`Fte`] and [`Headcount`] cannot be added to one another, a [`FinancialYear`] knows when it
//! starts, a [`Probability`] knows how to become a monthly one, and a [`PlaceTree`] knows which trust belongs to which system on
//! which day. Nothing here reads a file or knows about plans.

mod age;
mod place;
mod profession;
mod quantity;
mod year;

pub use age::{Age, AgeBand, AgeError, AgeRange, CITIZEN_AGES, STAFF_AGES};
pub use place::{Place, PlaceCode, PlaceError, PlaceKind, PlaceTree};
pub use profession::{ParseSettingError, Setting};
pub use quantity::{Fte, Headcount, Pounds, PoundsError, Probability, RateError, grouped};
pub use year::{FinancialYear, YearError};
