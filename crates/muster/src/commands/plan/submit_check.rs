//! stub
use crate::output::Output;
use muster_run::RunError;
#[derive(clap::Args)]
pub(crate) struct Args {}
pub(crate) fn run(_: &Args, _: &Output) -> Result<bool, RunError> {
    Ok(true)
}
