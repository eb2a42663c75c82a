//! What is not known: thousands of draws of a run, and what they say.
//!
//! Two kinds of not knowing are kept apart. What the assumptions leave open is drawn from their distributions; what chance does to a given
//! number of people is drawn person by person (`chance`). Both are reported, and what they come to together.

mod added;
mod chance;
pub(crate) mod drawing;
pub mod drivers;
mod ensemble;
mod hands;
mod rows;
mod slider;
pub(crate) mod totals;
mod work;

pub(crate) use added::sums_in_draws;
pub use chance::{ByChance, RowByChance};
pub use drivers::{Drivers, Effort};
pub(crate) use ensemble::drawing as drawing_of_run;
pub use ensemble::{Ask, Chance, Drawn, GAP, MEASURES, PAY_BILL, RowDraws, ScenarioDraws, Uncertainty};
pub use hands::Elsewhere;
pub use rows::RowOf;
pub use slider::Slider;
pub use work::Projecting;
