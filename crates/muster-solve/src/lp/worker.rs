//! The other end of [`super::Highs`]: one process, one program, one solve by HiGHS.
//!
//! HiGHS shuts down its threads for the whole process when a solve ends, so two at once in one process may crash it. Here there is never a second.
//! The process limits its own memory and processor time before it begins, and ends when whoever asked is gone.

use std::io::{Read, Write};

use highs::{HighsModelStatus, HighsSolutionStatus, Model, RowProblem, Sense, SolvedModel};

use super::wire::{self, read_question};
use super::{Answer, Limits, Program, Solution, SolveError};

/// The longest question that is read.
const QUESTION_BYTES: u64 = 1 << 32;
/// Limits hold to this share of their size, and whole numbers to this.
const HOLDS: f64 = 1e-9;
const WHOLE: f64 = 1e-7;
/// An answer in whole numbers is within this share of the best there may be.
const BEST: f64 = 1e-6;

/// Reads one program from `input`, solves it, and writes the answer to `output`. When `input` ends before that, so does the process.
pub fn serve(mut input: impl Read + Send + 'static, mut output: impl Write) -> Result<(), SolveError> {
    let failed = |error: std::io::Error| SolveError::Worker(error.to_string());
    let mut length = [0; 8];
    input.read_exact(&mut length).map_err(failed)?;
    let length = u64::from_le_bytes(length);
    let mut bytes = Vec::new();
    if length <= QUESTION_BYTES {
        (&mut input).take(length).read_to_end(&mut bytes).map_err(failed)?;
    }
    let Some((program, limits)) = read_question(&bytes) else {
        return Err(SolveError::Worker("what came in is no program".to_owned()));
    };
    drop(bytes);
    // Nobody waits for the answer once the other end has closed.
    std::thread::spawn(move || {
        let _ = input.read(&mut [0]);
        std::process::exit(2);
    });
    limit(&limits).map_err(failed)?;
    let answer = solve(&program, &limits).map_err(|error| error.to_string());
    output.write_all(&wire::answer(&answer)).and_then(|()| output.flush()).map_err(failed)
}

/// Limits this process.
#[cfg(unix)]
fn limit(limits: &Limits) -> std::io::Result<()> {
    use rlimit::Resource;
    // Less than this and the process cannot say that it has too little.
    const LEAST_MEGABYTES: u64 = 64;
    let lower = |resource: Resource, wanted: u64| {
        let (_, most) = resource.get()?;
        resource.set(wanted.min(most), wanted.min(most))
    };
    lower(Resource::AS, limits.megabytes.max(LEAST_MEGABYTES).saturating_mul(1_000_000))?;
    lower(Resource::CPU, limits.seconds.max(0.0).ceil() as u64 + 2)?;
    // A process that runs out of memory leaves no picture of it on the disk.
    lower(Resource::CORE, 0)
}

#[cfg(not(unix))]
fn limit(_: &Limits) -> std::io::Result<()> {
    Ok(())
}

/// Solves in this process. Never two at once.
pub(super) fn solve(program: &Program, limits: &Limits) -> Result<Answer, SolveError> {
    program.check()?;
    let crossed = |low: f64, high: f64| low > high;
    if program.variables.iter().any(|variable| crossed(variable.low, variable.high))
        || program.rows.iter().any(|row| crossed(row.low, row.high))
    {
        return Ok(Answer::Infeasible);
    }
    let whole = program.variables.iter().any(|variable| variable.whole);
    let mut solved = run(program, limits, true)?;
    if solved.status() == HighsModelStatus::UnboundedOrInfeasible {
        solved = run(program, limits, false)?;
    }
    let found = || (solved.primal_solution_status() == HighsSolutionStatus::Feasible).then(|| solution(&solved, whole));
    let stopped = |why: String| Answer::Stopped { why, best: found() };
    Ok(match solved.status() {
        HighsModelStatus::Optimal | HighsModelStatus::ModelEmpty => Answer::Optimal(solution(&solved, whole)),
        HighsModelStatus::Infeasible => Answer::Infeasible,
        HighsModelStatus::Unbounded => Answer::Unbounded,
        HighsModelStatus::ReachedTimeLimit => stopped(format!("it took longer than {} seconds", limits.seconds)),
        HighsModelStatus::ReachedMemoryLimit => stopped(format!("it needed more than {} MB", limits.megabytes)),
        other => return Err(SolveError::Inaccurate(format!("HiGHS says {other:?}"))),
    })
}

fn run(program: &Program, limits: &Limits, presolve: bool) -> Result<SolvedModel, SolveError> {
    let failed = |error: &dyn std::fmt::Debug| SolveError::Inaccurate(format!("HiGHS says {error:?}"));
    let mut problem = RowProblem::default();
    let columns: Vec<_> = program
        .variables
        .iter()
        .map(|variable| {
            problem.add_column_with_integrality(variable.cost, variable.low..=variable.high, variable.whole)
        })
        .collect();
    for row in &program.rows {
        let mut terms = row.terms.clone();
        terms.sort_by_key(|(index, _)| *index);
        terms.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 += later.1;
            }
            same
        });
        problem.add_row(row.low..=row.high, terms.into_iter().map(|(index, factor)| (columns[index], factor)));
    }
    let mut model = Model::try_new(problem).map_err(|error| failed(&error))?;
    model.set_sense(Sense::Minimise);
    model.make_quiet();
    let mut set = |name: &str, value: f64| model.try_set_option(name, value).map_err(|error| failed(&error));
    set("time_limit", limits.seconds.max(0.0))?;
    set("primal_feasibility_tolerance", HOLDS)?;
    set("dual_feasibility_tolerance", HOLDS)?;
    set("mip_feasibility_tolerance", WHOLE)?;
    set("mip_rel_gap", BEST)?;
    model.try_set_option("threads", 1).map_err(|error| failed(&error))?;
    if !presolve {
        model.try_set_option("presolve", "off").map_err(|error| failed(&error))?;
    }
    model.try_solve().map_err(|error| failed(&error))
}

fn solution(solved: &SolvedModel, whole: bool) -> Solution {
    let found = solved.get_solution();
    let unless_whole = |prices: &[f64]| if whole { Vec::new() } else { prices.to_vec() };
    Solution {
        objective: 0.0,
        values: found.columns().to_vec(),
        row_values: Vec::new(),
        row_prices: unless_whole(found.dual_rows()),
        reduced_costs: unless_whole(found.dual_columns()),
    }
}
