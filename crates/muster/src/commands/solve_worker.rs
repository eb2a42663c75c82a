//! `muster solve-worker`: the process that HiGHS runs in, one for each program. Hidden, because nobody types it.

use muster_run::RunError;

/// Reads one program from standard input, and writes its answer to standard output.
pub(crate) fn run() -> Result<bool, RunError> {
    muster_solve::lp::serve(std::io::stdin(), std::io::stdout())
        .map(|()| true)
        .map_err(|error| RunError::Request(error.to_string()))
}
