//! The workforce dataset: publications in, tidy Parquet out, read through four lenses; baselines and rates fitted from it.

pub mod ages;
mod amount;
pub mod description;
pub mod disclosure;
mod fact;
pub mod fit;
pub mod lens;
mod library;
pub mod open;
mod period;
pub mod places;
pub mod quality;
pub mod read;
#[cfg(feature = "sql")]
pub mod sql;
pub mod store;

pub use amount::Amount;
pub use fact::{COLUMNS, Fact, Facts, Subject, Word, Words};
pub use library::{Library, LibraryError, Staff};
pub use period::{NotAPeriod, Period, Reading};
pub use places::{Place, Places};
pub use store::Dataset;
