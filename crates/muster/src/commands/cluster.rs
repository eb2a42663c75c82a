//! `muster cluster`: machines that share the draws of a run.

use std::net::SocketAddr;

use muster_run::RunError;

use crate::output::Output;

/// Share the draws of a run between machines.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Hand out tasks to workers, until it is stopped. Nobody is asked who they are: keep it on a private network.
    Scheduler {
        /// Where to listen.
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
        bind: SocketAddr,
        /// After how many seconds of silence a worker counts as lost and its tasks are given to others.
        #[arg(long, value_name = "SECONDS", default_value_t = 12, value_parser = clap::value_parser!(u64).range(7..))]
        worker_timeout: u64,
    },
    /// Work out tasks for a scheduler, until it is stopped. Nobody is asked who they are: keep it on a private network.
    Worker {
        /// The scheduler.
        #[arg(long, value_name = "URL")]
        scheduler: String,
        /// Where to hand out answers: an address that those who start runs can reach. Port 0 is any free one.
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
        bind: SocketAddr,
        /// How many tasks to work out at once; as many as there are processors unless it is said.
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=256))]
        slots: Option<u16>,
    },
    /// Send a small task list with a known answer to a cluster, and compare every byte.
    Check {
        /// The scheduler.
        #[arg(long, value_name = "URL")]
        scheduler: String,
    },
}

#[cfg(not(feature = "cluster"))]
pub(crate) fn run(args: &Args, _: &Output) -> Result<bool, RunError> {
    match &args.command {
        Command::Scheduler { bind: _, worker_timeout: _ }
        | Command::Worker { scheduler: _, bind: _, slots: _ }
        | Command::Check { scheduler: _ } => Err(not_built()),
    }
}

/// The cluster at this address, to project draws.
#[cfg(not(feature = "cluster"))]
pub(crate) fn at(_: &str) -> Result<Box<dyn muster_cluster::Executor>, RunError> {
    Err(not_built())
}

#[cfg(not(feature = "cluster"))]
fn not_built() -> RunError {
    RunError::Request(
        "this muster was built without the cluster, which takes longer to build than everything else together. Build \
         it with `cargo build --release --features cluster`"
            .to_owned(),
    )
}

#[cfg(feature = "cluster")]
pub(crate) use serving::{at, run};

#[cfg(feature = "cluster")]
mod serving {
    use std::num::NonZero;
    use std::sync::Arc;

    use muster_cluster::{
        Ballista, Executor, SchedulerOptions, SelfTest, Work, WorkerOptions, Works, selftest, serve_scheduler,
        serve_worker,
    };
    use muster_run::uncertainty::Projecting;

    use super::{Args, Command, Output, RunError};

    pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
        match &args.command {
            Command::Scheduler { bind, worker_timeout } => {
                let options = SchedulerOptions { bind: *bind, worker_timeout_seconds: *worker_timeout };
                serve_scheduler(options, |bound| {
                    output.say(&format!("The scheduler is at http://{bound}"));
                    warn_of_strangers(bound, output);
                })
            }
            Command::Worker { scheduler, bind, slots } => {
                let slots = slots.and_then(|slots| NonZero::new(usize::from(slots)));
                let slots =
                    slots.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZero::<usize>::MIN);
                let options = WorkerOptions { scheduler: scheduler.clone(), bind: *bind, slots };
                serve_worker(works(), &options, |bound| {
                    output.say(&format!("The worker is at {bound}, with room for {slots} at once, for {scheduler}"));
                    warn_of_strangers(bound, output);
                })
            }
            Command::Check { scheduler } => selftest(scheduler, &works()).map(|(tasks, bytes)| {
                output
                    .say(&format!("The cluster works: {tasks} tasks, {bytes} bytes, each the same as on this machine"));
            }),
        }
        .map(|()| true)
        .map_err(RunError::Cluster)
    }

    /// What a worker of this program can do.
    fn works() -> Arc<dyn Work> {
        let works: Vec<(_, Arc<dyn Work>)> =
            vec![(SelfTest::KIND, Arc::new(SelfTest)), (Projecting::KIND, Arc::new(Projecting::default()))];
        Arc::new(Works::new(env!("CARGO_PKG_VERSION"), works))
    }

    /// The cluster at this address, to project draws.
    pub(crate) fn at(url: &str) -> Result<Box<dyn Executor>, RunError> {
        Ok(Box::new(Ballista::new(url, works())?))
    }

    fn warn_of_strangers(bound: std::net::SocketAddr, output: &Output) {
        if !bound.ip().is_loopback() {
            output.say("Whoever reaches this address can use it: let nobody else than your own machines do so.");
        }
    }
}
