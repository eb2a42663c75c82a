//! stub
use muster_run::RunError;
use crate::output::Output;
#[derive(clap::Args)]
pub(crate) struct Args {}
pub(crate) fn run(_: &Args, _: &Output) -> Result<bool, RunError> { Ok(true) }
