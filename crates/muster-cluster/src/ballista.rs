//! The tasks of a run as one query on a cluster of Ballista.

use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ballista_core::config::{
    BALLISTA_CLIENT_IO_RETRY_WAIT_TIME_MS, BALLISTA_CLIENT_PULL, BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK,
};
use ballista_core::execution_plans::execute_physical_plan;
use ballista_core::extension::SessionConfigExt;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::PhysicalPlanNode;
use futures::StreamExt;

use crate::check::{Ledger, Recheck};
use crate::codec::{MESSAGE_BYTES_MAX, Packed, TaskCodec};
use crate::executor::Executor;
use crate::node::TaskExec;
use crate::probe::Address;
use crate::rows::parts_from_batch;
use crate::{Audit, Bundle, ClusterError, Task, Work};

/// How often tasks that are still out are sent again when the cluster fails as a whole. Ballista repeats single tasks by itself.
const ATTEMPTS: usize = 3;

/// How long workers that were just started may take to report.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// How long answers that cannot be fetched may keep the others waiting.
const LOST_MAX: Duration = Duration::from_secs(20);

/// One task in so many is worked out here too.
const AUDITED_ONE_IN: NonZero<usize> = NonZero::new(50).expect("not zero");

/// A cluster: a scheduler, and the workers that report to it.
///
/// It blocks until the run is done, so it must not be called from asynchronous code.
pub struct Ballista {
    scheduler: Address,
    work: Arc<dyn Work>,
    audit: Audit,
    patience: Duration,
}

/// Why an attempt ended early.
enum Stopped {
    /// The engine failed: another attempt may go better.
    Engine(DataFusionError),
    /// An answer is wrong, or nobody wants it: another attempt would change nothing.
    For(ClusterError),
}

impl From<DataFusionError> for Stopped {
    fn from(error: DataFusionError) -> Self {
        Self::Engine(error)
    }
}

impl Ballista {
    /// The cluster of the scheduler at `http://HOST:PORT`. The work is the same that its workers do; this machine does a sample of it.
    pub fn new(url: &str, work: Arc<dyn Work>) -> Result<Self, ClusterError> {
        Ok(Self { scheduler: Address::read(url)?, work, audit: Audit::one_in(AUDITED_ONE_IN), patience: PATIENCE })
    }

    /// The same, working another sample out again than one task in fifty.
    #[must_use]
    pub fn auditing(self, audit: Audit) -> Self {
        Self { audit, ..self }
    }

    /// The same, waiting so long for the first worker instead of ten seconds. A scheduler must be there at once.
    #[must_use]
    pub fn waiting(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sends the tasks that are out, and takes what comes back.
    async fn attempt(
        &self,
        packed: &Packed,
        ledger: &mut Ledger,
        each: &mut dyn FnMut(Task, Vec<u8>) -> Result<(), ClusterError>,
    ) -> Result<(), Stopped> {
        let config = SessionConfig::new_with_ballista()
            .with_ballista_job_name("muster")
            .with_ballista_grpc_client_max_message_size(MESSAGE_BYTES_MAX as usize)
            // A worker's slot takes one partition at a time, and a lost one costs no more than that.
            .set_usize(BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK, 1)
            // Asking for the state of the run again and again outlives a broken connection; one long answer does not.
            .set_bool(BALLISTA_CLIENT_PULL, true)
            .set_u64(BALLISTA_CLIENT_IO_RETRY_WAIT_TIME_MS, 250)
            .with_ballista_override_create_grpc_client_endpoint(Arc::new(|endpoint| {
                Ok(endpoint.connect_timeout(CONNECT_MAX).tcp_nodelay(true))
            }));
        let plan = TaskExec::plan(packed.clone(), &ledger.outstanding())?;
        let mut answers = execute_physical_plan::<PhysicalPlanNode>(
            self.scheduler.url(),
            &config.ballista_config(),
            plan,
            &TaskCodec::default(),
            "muster".to_owned(),
            config.clone(),
        )
        .await?;
        let (mut failure, mut lost) = (None, Duration::ZERO);
        loop {
            let asked = Instant::now();
            match answers.next().await {
                Some(Ok(batch)) => {
                    for part in parts_from_batch(&batch)? {
                        if let Some((task, bytes)) = ledger.take(part).map_err(Stopped::For)? {
                            each(task, bytes).map_err(Stopped::For)?;
                        }
                    }
                }
                // After a worker died, Ballista still names its disk as a source of what others have worked out again. What one source
                // does not have another may, so a failure ends the attempt only when failing takes long.
                Some(Err(error)) => {
                    lost += asked.elapsed();
                    if lost > LOST_MAX {
                        return Err(error.into());
                    }
                    ledger.source_failed();
                    failure = Some(error);
                }
                None => break,
            }
        }
        match (ledger.complete(), failure) {
            (Err(_), Some(error)) => Err(error.into()),
            (complete, _) => complete.map_err(Stopped::For),
        }
    }

    fn gave_up(&self, error: &DataFusionError, ledger: &Ledger) -> ClusterError {
        ClusterError::GaveUp {
            url: self.scheduler.url(),
            attempts: ATTEMPTS,
            cause: error.to_string(),
            done: ledger.done_count(),
            of: ledger.task_count(),
        }
    }
}

impl Executor for Ballista {
    fn execute(
        &self,
        bundle: &Bundle,
        tasks: &[Task],
        each: &mut dyn FnMut(Task, Vec<u8>) -> Result<(), ClusterError>,
    ) -> Result<(), ClusterError> {
        let mut ledger = Ledger::new(tasks, bundle, self.work.version())?;
        if tasks.is_empty() {
            return Ok(());
        }
        let packed = Packed::pack(bundle)?;
        self.scheduler.wait_for_workers(self.patience)?;
        let recheck = Recheck::start(Arc::clone(&self.work), bundle.clone(), self.audit.sample(tasks));
        let runtime = runtime()?;
        let mut failures = 0;
        loop {
            match runtime.block_on(self.attempt(&packed, &mut ledger, each)) {
                Ok(()) => break,
                Err(Stopped::For(error)) => return Err(error),
                Err(Stopped::Engine(error)) => {
                    failures += 1;
                    if failures == ATTEMPTS {
                        return Err(self.gave_up(&error, &ledger));
                    }
                    self.scheduler.wait_for_workers(self.patience)?;
                }
            }
        }
        runtime.shutdown_background();
        recheck.compare(&ledger)
    }
}

/// What carries connections; work runs elsewhere.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, ClusterError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(|error| ClusterError::Server(format!("the operating system gives no threads: {error}")))
}
