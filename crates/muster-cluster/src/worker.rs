//! A worker: it asks a scheduler for tasks, works them out, and keeps the answers until they are fetched.

use std::net::{SocketAddr, TcpListener};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::extension::SessionConfigExt;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use datafusion::prelude::SessionConfig;

use crate::ballista::runtime;
use crate::codec::{MESSAGE_BYTES_MAX, OnlyTasks, TaskCodec};
use crate::node::Hand;
use crate::probe::Address;
use crate::scheduler::cannot_listen;
use crate::{ClusterError, Work};

/// How long a scheduler that is being started may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers of runs that nobody fetched are deleted after a day.
const KEEP_ANSWERS_SECONDS: u64 = 24 * 60 * 60;

/// How a worker is started.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// The scheduler, as `http://HOST:PORT`.
    pub scheduler: String,
    /// Where it hands out answers: an address that those who start runs can reach, and nobody else. With port 0 a free one is chosen.
    pub bind: SocketAddr,
    /// How many tasks it works out at once.
    pub slots: NonZero<usize>,
}

/// Runs a worker until the process is told to stop. Says where it hands out answers once it is about to ask for tasks.
pub fn serve_worker(
    work: Arc<dyn Work>,
    options: &WorkerOptions,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), ClusterError> {
    let scheduler = Address::read(&options.scheduler)?;
    scheduler.wait_for_scheduler(PATIENCE)?;
    let bound = free(options.bind)?;
    // Deleted with all answers when the worker stops. One that is killed leaves its folder behind.
    let folder = tempfile::Builder::new().prefix("muster-worker-").tempdir();
    let folder = folder.map_err(|error| ClusterError::Server(format!("there is no room for answers: {error}")))?;
    let host = if bound.is_ipv6() { format!("[{}]", bound.ip()) } else { bound.ip().to_string() };
    let config = ExecutorProcessConfig {
        bind_host: host.clone(),
        // A worker that listens at every address is known by the one that the scheduler sees.
        external_host: (!bound.ip().is_unspecified()).then_some(host),
        port: bound.port(),
        grpc_port: bound.port(),
        scheduler_host: scheduler.host,
        scheduler_port: scheduler.port,
        vcores: options.slots.get(),
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(folder.path().to_string_lossy().into_owned()),
        job_data_ttl_seconds: KEEP_ANSWERS_SECONDS,
        job_data_clean_up_interval_seconds: 60 * 60,
        grpc_max_decoding_message_size: MESSAGE_BYTES_MAX,
        grpc_max_encoding_message_size: MESSAGE_BYTES_MAX,
        override_execution_engine: Some(Arc::new(OnlyTasks::default())),
        override_config_producer: Some(Arc::new(SessionConfig::new_with_ballista)),
        override_physical_codec: Some(Arc::new(TaskCodec::of_worker(Hand {
            work,
            worker: format!("the worker at {bound}"),
        }))),
        ..ExecutorProcessConfig::default()
    };
    let runtime = runtime()?;
    listening(bound);
    let served = runtime.block_on(start_executor_process(Arc::new(config)));
    served.map_err(|error| ClusterError::Server(format!("the worker stopped: {error}")))
}

/// The address itself, or with a free port in it. Ballista says nothing when it cannot listen, so that is tried here.
fn free(bind: SocketAddr) -> Result<SocketAddr, ClusterError> {
    let listener = TcpListener::bind(bind).map_err(|error| cannot_listen(bind, &error))?;
    listener.local_addr().map_err(|error| cannot_listen(bind, &error))
}
