//! HiGHS in a process of its own: one for each program, with limits on time and memory, and ended when it is no longer wanted.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::wire::{ANSWER_BYTES, question, read_answer};
use super::{Answer, Interior, Limits, Program, Solution, SolveError, Solver};

/// HiGHS, in a process that the named program becomes when it is started with the named arguments. That process must call [`super::serve`].
#[derive(Debug, Clone)]
pub struct Highs {
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    cancelled: Arc<AtomicBool>,
}

/// Both solvers: programs without whole numbers by the one in Rust, so that they have the same answer in every build, and by HiGHS what that one
/// cannot solve.
#[derive(Debug, Clone)]
pub struct Both(pub Highs);

impl Solver for Both {
    fn solve(&self, program: &Program, limits: &Limits) -> Result<Answer, SolveError> {
        match Interior.solve(program, limits) {
            Err(SolveError::WholeNumbers { .. } | SolveError::Inaccurate(_)) => self.0.solve(program, limits),
            answered => answered,
        }
    }
}

/// How long a process may take to start and to end beyond its limit.
const GRACE: Duration = Duration::from_millis(1500);
/// How often it is asked whether someone has cancelled.
const LOOK: Duration = Duration::from_millis(20);
/// How much of what the process said on standard error is repeated.
const REPEATED: usize = 400;
/// How far values from the process may break a limit of the program, relative to the sizes in it.
const HOLDS: f64 = 1e-6;

impl Highs {
    /// Starts `program` with `arguments` for each solve.
    pub fn in_process(program: impl Into<PathBuf>, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            environment: Vec::new(),
            cancelled: Arc::default(),
        }
    }

    /// Adds a variable to the process's environment.
    #[must_use]
    pub fn environment(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Solves, also those under way in other threads, end soon after this is set.
    #[must_use]
    pub fn cancelled_by(mut self, cancelled: Arc<AtomicBool>) -> Self {
        self.cancelled = cancelled;
        self
    }

    fn start(&self) -> Result<Child, SolveError> {
        Command::new(&self.program)
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| SolveError::Worker(format!("`{}` could not be started: {error}", self.program.display())))
    }
}

impl Solver for Highs {
    fn solve(&self, program: &Program, limits: &Limits) -> Result<Answer, SolveError> {
        program.check()?;
        let begun = Instant::now();
        let mut child = Ended(self.start()?);
        let (Some(mut input), Some(mut output), Some(mut errors)) =
            (child.0.stdin.take(), child.0.stdout.take(), child.0.stderr.take())
        else {
            return Err(SolveError::Worker("it has no pipes".to_owned()));
        };
        let question = question(program, limits);
        // The input stays open until the answer is there: its end would end the process.
        let (asked, keep_open) = channel::<()>();
        std::thread::spawn(move || {
            // A process that ends before it has read everything says why by other means.
            let _ = input.write_all(&question).and_then(|()| input.flush());
            let _ = keep_open.recv();
        });
        let (tell, told) = channel();
        let complaint = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = (&mut errors).take(1 << 16).read_to_end(&mut text);
            let _ = std::io::copy(&mut errors, &mut std::io::sink());
            text
        });
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = (&mut output).take(ANSWER_BYTES).read_to_end(&mut bytes);
            let _ = tell.send(read.map(|_| bytes));
        });
        let seconds = limits.seconds.clamp(0.0, 1e9);
        let until = begun + Duration::from_secs_f64(seconds) + GRACE;
        let stopped = |why: String| Ok(Answer::Stopped { why, best: None });
        let bytes = loop {
            match told.recv_timeout(LOOK) {
                Ok(Ok(bytes)) => break bytes,
                Ok(Err(error)) => return Err(SolveError::Worker(error.to_string())),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(SolveError::Worker("its answer was lost".to_owned()));
                }
                Err(RecvTimeoutError::Timeout) if self.cancelled.load(Ordering::Relaxed) => {
                    return stopped("it was cancelled".to_owned());
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() > until => {
                    return stopped(format!("it took longer than {} seconds", limits.seconds));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        };
        drop(asked);
        match read_answer(&bytes) {
            Some(Ok(answer)) => checked(program, answer),
            Some(Err(fault)) => Err(SolveError::Worker(fault)),
            None => {
                let _ = child.0.kill();
                let status = child.0.wait().map_err(|error| SolveError::Worker(error.to_string()))?;
                let text = complaint.join().unwrap_or_default();
                Ok(ended(status, bytes.is_empty(), &String::from_utf8_lossy(&text), limits)?)
            }
        }
    }
}

/// A process that has ended when this goes.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Why a process ended without an answer.
fn ended(
    status: std::process::ExitStatus,
    silent: bool,
    complaint: &str,
    limits: &Limits,
) -> Result<Answer, SolveError> {
    // In these words Rust and C++ say that memory could not be had; the last is what an exception of HiGHS looks like that HiGHS did not catch, and it
    // catches all others.
    let no_memory = ["memory allocation of", "bad_alloc", "cannot catch foreign exceptions"];
    if no_memory.iter().any(|words| complaint.contains(words)) {
        return Ok(Answer::Stopped { why: format!("it needed more than {} MB", limits.megabytes), best: None });
    }
    let last: String = complaint.trim().chars().take(REPEATED).collect();
    let said = if last.is_empty() { String::new() } else { format!("; it said: {last}") };
    let what = if silent { "ended without an answer" } else { "said something that is no answer" };
    Err(SolveError::Worker(format!("it {what} ({status}){said}")))
}

/// Works out what follows from the values, and refuses values that do not belong to the program.
fn checked(program: &Program, answer: Answer) -> Result<Answer, SolveError> {
    Ok(match answer {
        Answer::Optimal(solution) => Answer::Optimal(completed(program, solution)?),
        Answer::Stopped { why, best } => {
            Answer::Stopped { why, best: best.map(|solution| completed(program, solution)).transpose()? }
        }
        other => other,
    })
}

fn completed(program: &Program, mut solution: Solution) -> Result<Solution, SolveError> {
    let whole = program.variables.iter().any(|variable| variable.whole);
    let priced = |prices: &[f64], count: usize| prices.len() == if whole { 0 } else { count };
    if solution.values.len() != program.variables.len()
        || !priced(&solution.row_prices, program.rows.len())
        || !priced(&solution.reduced_costs, program.variables.len())
    {
        return Err(SolveError::Worker("its answer is to another program".to_owned()));
    }
    for (variable, value) in program.variables.iter().zip(&mut solution.values) {
        if variable.whole {
            *value = value.round();
        }
        *value = value.max(variable.low).min(variable.high);
    }
    solution.objective = program.objective(&solution.values);
    solution.row_values = program.row_values(&solution.values);
    for (row, value) in program.rows.iter().zip(&solution.row_values) {
        let size: f64 = row.terms.iter().map(|(index, factor)| (factor * solution.values[*index]).abs()).sum();
        let most = HOLDS * (1.0 + size);
        if !(row.low - most <= *value && *value <= row.high + most) {
            return Err(SolveError::Inaccurate(format!("`{}` is {value}, outside its limits", row.name)));
        }
    }
    Ok(solution)
}
