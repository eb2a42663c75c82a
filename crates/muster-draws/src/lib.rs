//! Random futures: distributions, dependence and streams; and what a set of draws says.
//!
//! The crate is pure. It reads no file, keeps no state, starts no thread, and knows nothing of plans: a caller names its
//! variables, and gets numbers that depend on the seed, the names and the draw alone.
//!
//! | module | in a sentence |
//! |---|---|
//! | [`distribution`] | A value and its range become a distribution that keeps the value as its mean, or are refused. |
//! | [`stream`] | Random numbers by address: seed, name, draw, step. |
//! | [`dependence`] | Correlation matrices: checked, mended with a warning, factored, conditioned. |
//! | [`sampler`] | Standard normal scores of many variables for a range of draws, with paths over years and correlated groups. |
//! | [`summary`] | What the draws of one result say: mean, spread, quantiles, each with its Monte Carlo error. |
//! | [`drivers`] | What drives a result: Sobol indices, Shapley effects, the value of learning, shares of actions. |
//!
//! A draw gives each variable a *score*, a standard normal number. A [`Distribution`](distribution::Distribution) turns a
//! score into a value by its quantile function, so that values which share a score move together.

pub mod dependence;
pub mod distribution;
pub mod drivers;
pub mod normal;
pub mod sampler;
pub mod stream;
pub mod summary;
