//! What happened, held against what was expected: rules for runs of points, and actuals against a forecast. Pure.
//!
//! The crate reads no file and knows nothing of plans: a caller hands over numbers by month, with gaps where nothing is known.
//!
//! | module | in a sentence |
//! |---|---|
//! | [`chart`] | `XmR` charts and the four rules of *Making Data Count*. |
//! | [`watch`] | Actuals against the paths that a forecast drew, with a false-alarm rate that holds however often one looks. |
//! | [`noise`] | How much a series moves from month to month by itself. |
//! | [`update`] | A ratio of actual to expected, drawn towards 1 by how sure the plan was. |

pub mod chart;
pub mod noise;
pub mod update;
pub mod watch;
