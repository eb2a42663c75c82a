//! The scheduler: it holds no data and does no work; it knows the workers and hands tasks to them.

use std::net::SocketAddr;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion_proto::logical_plan::DefaultLogicalExtensionCodec;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tokio::net::{TcpListener, TcpSocket};

use crate::ClusterError;
use crate::ballista::runtime;
use crate::codec::{MESSAGE_BYTES_MAX, TaskCodec};

/// After how many seconds of silence a worker counts as lost, unless somebody says otherwise.
pub const WORKER_TIMEOUT_SECONDS: u64 = 12;

/// The least that can be said. A busy worker reports every five seconds, so that fewer would lose workers that are well.
pub const WORKER_TIMEOUT_SECONDS_MIN: u64 = 7;

/// How long answers stay on the workers after a run, for a caller who is slow to fetch them.
const KEEP_ANSWERS_SECONDS: u64 = 900;

/// How a scheduler is started.
#[derive(Debug, Clone, Copy)]
pub struct SchedulerOptions {
    /// Where it listens. Nobody is asked who they are there, so it should be an address of this machine or of a private network. With
    /// port 0 the system chooses one.
    pub bind: SocketAddr,
    /// After how many seconds of silence a worker counts as lost, and its tasks are given to others; fewer than the least count as that.
    pub worker_timeout_seconds: u64,
}

/// Runs a scheduler until the process is told to stop. Says where it listens once it does.
pub fn serve_scheduler(options: SchedulerOptions, listening: impl FnOnce(SocketAddr)) -> Result<(), ClusterError> {
    let timeout = options.worker_timeout_seconds.max(WORKER_TIMEOUT_SECONDS_MIN);
    let runtime = runtime()?;
    runtime.block_on(async {
        let listener = listen(options.bind).map_err(|error| cannot_listen(options.bind, &error))?;
        let bound = listener.local_addr().map_err(|error| cannot_listen(options.bind, &error))?;
        let config = Arc::new(SchedulerConfig {
            bind_host: bound.ip().to_string(),
            external_host: bound.ip().to_string(),
            bind_port: bound.port(),
            // Workers ask for tasks, so they can come and go, and need not be reached by the scheduler.
            scheduling_policy: TaskSchedulingPolicy::PullStaged,
            executor_timeout_seconds: timeout,
            expire_dead_executor_interval_seconds: 1,
            no_executors_grace_period_seconds: timeout,
            finished_job_data_clean_up_interval_seconds: KEEP_ANSWERS_SECONDS,
            finished_job_state_clean_up_interval_seconds: KEEP_ANSWERS_SECONDS,
            grpc_server_max_decoding_message_size: MESSAGE_BYTES_MAX,
            grpc_server_max_encoding_message_size: MESSAGE_BYTES_MAX,
            override_physical_codec: Some(Arc::new(TaskCodec::default())),
            // It reads no tables of a query: Muster sends plans of tasks, and nobody else has business here.
            override_logical_codec: Some(Arc::new(DefaultLogicalExtensionCodec {})),
            ..SchedulerConfig::default()
        });
        let cluster = BallistaCluster::new_from_config(&config).await.map_err(stopped)?;
        let scheduler =
            create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, config).await.map_err(stopped)?;
        listening(bound);
        tokio::select! {
            served = start_grpc_service_with_listener(listener, scheduler) => served.map_err(stopped),
            told = tokio::signal::ctrl_c() => told.map_err(stopped),
            told = ballista_executor::terminate::sig_term() => told.map_err(stopped),
        }
    })
}

/// Listens, and sends what there is to send at once: workers ask for each task, and would otherwise wait 40 milliseconds for each answer.
fn listen(bind: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if bind.is_ipv6() { TcpSocket::new_v6() } else { TcpSocket::new_v4() }?;
    socket.set_nodelay(true)?;
    socket.set_reuseaddr(true)?;
    socket.bind(bind)?;
    socket.listen(1_024)
}

pub(crate) fn cannot_listen(bind: SocketAddr, error: &std::io::Error) -> ClusterError {
    ClusterError::Server(format!("cannot listen at {bind} ({error}): choose another address or port with --bind"))
}

fn stopped(error: impl std::fmt::Display) -> ClusterError {
    ClusterError::Server(format!("the scheduler stopped: {error}"))
}
