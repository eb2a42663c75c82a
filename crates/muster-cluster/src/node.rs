//! The node of a query plan that turns tasks into answers.
//!
//! It always stands on rows of tasks in memory, because its constructor accepts nothing else. That is what keeps Ballista from running it
//! whole in every task, on every machine that reads a plan: all of them build the node here.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
    SendableRecordBatchStream,
};
use futures::StreamExt;

use crate::codec::Packed;
use crate::rows::{Stamp, answer_to_batches, answers_schema, tasks_from_batch, tasks_schema, tasks_to_batch};
use crate::task::answer;
use crate::{Task, Work};

/// More parts of a plan than these cost more to hand out than they give: the rest of the tasks share them.
const PARTITIONS_MAX: usize = 512;

/// What a worker puts into a node: how it works and what it is called.
#[derive(Clone)]
pub(crate) struct Hand {
    pub(crate) work: Arc<dyn Work>,
    pub(crate) worker: String,
}

/// Tasks in, answers out.
pub(crate) struct TaskExec {
    packed: Packed,
    /// Only a worker has one; a scheduler passes the node on.
    hand: Option<Hand>,
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl TaskExec {
    /// A node over rows of tasks in memory, and over nothing else.
    pub(crate) fn new(packed: Packed, hand: Option<Hand>, input: Arc<dyn ExecutionPlan>) -> Result<Self> {
        let in_memory = input.downcast_ref::<DataSourceExec>().is_some_and(|source| {
            let source: &dyn Any = source.data_source().as_ref();
            source.is::<MemorySourceConfig>()
        });
        if !in_memory || input.schema() != tasks_schema() {
            return Err(DataFusionError::Plan(
                "tasks must be rows in memory: a cluster would run any other source more than once".to_owned(),
            ));
        }
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(answers_schema()),
            input.properties().output_partitioning().clone(),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Ok(Self { packed, hand, input, properties })
    }

    /// The plan of a run: the tasks, shared out in turn, under one node.
    pub(crate) fn plan(packed: Packed, tasks: &[Task]) -> Result<Arc<dyn ExecutionPlan>> {
        let count = tasks.len().clamp(1, PARTITIONS_MAX);
        let partitions = (0..count).map(|partition| {
            let share: Vec<_> = tasks.iter().skip(partition).step_by(count).copied().collect();
            Ok(vec![tasks_to_batch(&share)?])
        });
        let input = MemorySourceConfig::try_new_exec(&partitions.collect::<Result<Vec<_>>>()?, tasks_schema(), None)?;
        Ok(Arc::new(Self::new(packed, None, input)?))
    }

    pub(crate) fn packed(&self) -> &Packed {
        &self.packed
    }
}

impl fmt::Debug for TaskExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskExec").field("input", &self.input).finish_non_exhaustive()
    }
}

impl DisplayAs for TaskExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TaskExec")
    }
}

impl ExecutionPlan for TaskExec {
    fn name(&self) -> &'static str {
        "TaskExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    /// A task is a row of its own; sharing rows out anew would gain nothing.
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let [input] = <[_; 1]>::try_from(children).map_err(|children| {
            DataFusionError::Plan(format!("tasks need one source, and there are {}", children.len()))
        })?;
        Ok(Arc::new(Self::new(self.packed.clone(), self.hand.clone(), input)?))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let hand = self.hand.clone().ok_or_else(|| {
            DataFusionError::Execution("tasks are worked out by workers: a scheduler only passes them on".to_owned())
        })?;
        let bundle = Arc::new(self.packed.unpack()?);
        let stamp = Stamp { worker: hand.worker, version: hand.work.version(), bundle: *bundle.sha256() };
        let answers = self.input.execute(partition, context)?.flat_map(move |batch| {
            let (work, bundle, stamp) = (Arc::clone(&hand.work), Arc::clone(&bundle), stamp.clone());
            let tasks = batch.and_then(|batch| tasks_from_batch(&batch));
            let tasks = tasks.map_or_else(|error| vec![Err(error)], |tasks| tasks.into_iter().map(Ok).collect());
            // An iterator works one task out at a time, when its answer is asked for.
            futures::stream::iter(tasks.into_iter().flat_map(move |task: Result<Task>| match task {
                Ok(task) => answer_to_batches(&stamp, task.id, &answer(work.as_ref(), &bundle, &task)),
                Err(error) => vec![Err(error)],
            }))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(answers_schema(), answers)))
    }
}
