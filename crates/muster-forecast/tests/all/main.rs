//! Tests of the forecasts from outside: known answers, what must hold of any panel, and that nothing is known before its time.

mod adding_up;
mod baselines;
mod foresight;
mod refusals;
mod scores;
mod worlds;
