//! How a plan travels, and what a worker agrees to run.

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;

use ballista_core::JobId;
use ballista_core::execution_plans::ShuffleWriterExec;
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use ballista_executor::execution_engine::{DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::node::{Hand, TaskExec};
use crate::{Bundle, ClusterError};

/// How our node's bytes begin. Ballista's own nodes are protobuf messages, which cannot begin like this.
const MAGIC: &[u8] = b"muster tasks 1\n";

/// The largest bundle once compressed. It travels with every task, and a message holds one for each free slot of a worker.
const PACKED_MAX: usize = 4 << 20;

/// The largest message between client, scheduler and workers: 256 slots with the largest bundle.
pub(crate) const MESSAGE_BYTES_MAX: u32 = 1 << 30;

/// What a bundle may unpack to: a small message must not fill a worker's memory.
const UNPACKED_MAX: u64 = 256 << 20;

/// A bundle, compressed. A scheduler never looks inside.
#[derive(Clone)]
pub(crate) struct Packed(Arc<[u8]>);

impl Packed {
    pub(crate) fn pack(bundle: &Bundle) -> Result<Self, ClusterError> {
        let pack = || {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&(bundle.kind().len() as u64).to_le_bytes())?;
            encoder.write_all(bundle.kind().as_bytes())?;
            encoder.write_all(bundle.bytes())?;
            encoder.finish()
        };
        let packed: Vec<u8> = pack().map_err(|error| ClusterError::Caller(error.to_string()))?;
        if packed.len() > PACKED_MAX {
            return Err(ClusterError::TooLarge { bytes: packed.len(), most: PACKED_MAX });
        }
        Ok(Self(packed.into()))
    }

    /// The bundle. Its hash is worked out here, from what arrived, so it says what the answers were really made from.
    pub(crate) fn unpack(&self) -> Result<Bundle> {
        let mut bytes = Vec::new();
        let read = DeflateDecoder::new(&self.0[..]).take(UNPACKED_MAX + 1).read_to_end(&mut bytes)?;
        if read as u64 > UNPACKED_MAX {
            return Err(DataFusionError::Execution("the inputs unpack to more than a worker accepts".to_owned()));
        }
        let unreadable = || DataFusionError::Execution("the inputs were damaged on their way".to_owned());
        let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(unreadable)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| unreadable())?;
        let (kind, rest) = rest.split_at_checked(length).ok_or_else(unreadable)?;
        Ok(Bundle::new(std::str::from_utf8(kind).map_err(|_| unreadable())?, rest.to_vec()))
    }
}

/// Reads and writes our node, and leaves all others to Ballista.
#[derive(Default)]
pub(crate) struct TaskCodec {
    ballista: BallistaPhysicalExtensionCodec,
    hand: Option<Hand>,
}

impl TaskCodec {
    /// A worker's: the nodes that it reads can be run.
    pub(crate) fn of_worker(hand: Hand) -> Self {
        Self { hand: Some(hand), ..Self::default() }
    }
}

impl fmt::Debug for TaskCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskCodec").finish_non_exhaustive()
    }
}

impl PhysicalExtensionCodec for TaskCodec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(packed) = bytes.strip_prefix(MAGIC) else {
            return self.ballista.try_decode(bytes, inputs, context, converter);
        };
        let [input] = inputs else {
            return Err(DataFusionError::Plan(format!("tasks need one source, and there are {}", inputs.len())));
        };
        Ok(Arc::new(TaskExec::new(Packed(packed.into()), self.hand.clone(), Arc::clone(input))?))
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(tasks) = node.downcast_ref::<TaskExec>() else {
            return self.ballista.try_encode(node, bytes, converter);
        };
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&tasks.packed().0);
        Ok(())
    }
}

/// A worker's engine: it runs tasks of Muster and nothing else, so whoever reaches its scheduler cannot have it read files.
#[derive(Default)]
pub(crate) struct OnlyTasks(DefaultExecutionEngine);

impl ExecutionEngine for OnlyTasks {
    fn create_query_stage_exec(
        &self,
        job_id: JobId,
        stage_id: usize,
        task_id: usize,
        partitions: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        work_dir: &str,
        config: &SessionConfig,
    ) -> Result<Arc<dyn QueryStageExecutor>> {
        let only_tasks = plan.downcast_ref::<ShuffleWriterExec>().is_some()
            && matches!(plan.children()[..], [child] if child.downcast_ref::<TaskExec>().is_some());
        if !only_tasks {
            return Err(DataFusionError::Plan("a worker of Muster runs tasks of Muster and nothing else".to_owned()));
        }
        self.0.create_query_stage_exec(job_id, stage_id, task_id, partitions, plan, work_dir, config)
    }
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
