//! What travels arrives, and what must not travel is refused.

use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::physical_plan::common::collect;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::{ChildrenPropertiesMode, ReplaceChildrenOptions};
use datafusion::prelude::SessionContext;
use datafusion_proto::physical_plan::AsExecutionPlan;
use datafusion_proto::protobuf::PhysicalPlanNode;

use super::*;
use crate::rows::{answers_schema, parts_from_batch, tasks_schema, tasks_to_batch};
use crate::{SelfTest, Task};

fn packed() -> Packed {
    Packed::pack(&SelfTest::bundle(1)).unwrap()
}

fn hand() -> Hand {
    Hand { work: Arc::new(SelfTest), worker: "worker".to_owned() }
}

#[test]
fn a_bundle_survives_the_journey_and_one_too_large_is_refused() {
    for bundle in [Bundle::new("", vec![]), Bundle::new("draws", vec![0; 1 << 20])] {
        assert_eq!(Packed::pack(&bundle).unwrap().unpack().unwrap(), bundle);
    }
    // A generator of 64 bits: nothing that can be compressed.
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 32) as u32
    };
    let noise = (0..1_100_000).flat_map(|_| next().to_le_bytes()).collect();
    assert!(matches!(Packed::pack(&Bundle::new("draws", noise)), Err(ClusterError::TooLarge { .. })));
    let whole = Packed::pack(&Bundle::new("draws", vec![1; 100])).unwrap();
    assert!(Packed(whole.0[..whole.0.len() - 2].into()).unpack().is_err());
    assert!(Packed(Arc::from(&b"no deflate"[..])).unpack().is_err());
}

#[test]
fn a_plan_survives_the_journey_with_every_task_in_one_partition() {
    let tasks = Task::split(1_000, 1, 1, 1);
    let plan = TaskExec::plan(packed(), &tasks).unwrap();
    let codec = TaskCodec::of_worker(hand());
    let sent = PhysicalPlanNode::try_from_physical_plan(plan, &codec).unwrap();
    let context = SessionContext::new().task_ctx();
    let plan = sent.try_into_physical_plan(&context, &codec).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut seen = Vec::new();
    for partition in 0..plan.properties().output_partitioning().partition_count() {
        let answers = plan.execute(partition, Arc::clone(&context)).unwrap();
        for batch in runtime.block_on(collect(answers)).unwrap() {
            seen.extend(parts_from_batch(&batch).unwrap().iter().map(|part| part.task));
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..1_000).collect::<Vec<u64>>());
}

#[test]
fn a_node_without_a_source_or_over_another_than_rows_of_tasks_cannot_be_made() {
    let context = SessionContext::new().task_ctx();
    let codec = TaskCodec::of_worker(hand());
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&packed().0);
    let converter = datafusion_proto::physical_plan::DefaultPhysicalProtoConverter {};
    assert!(codec.try_decode(&bytes, &[], &context, &converter).is_err());
    let empty: Arc<dyn ExecutionPlan> = Arc::new(EmptyExec::new(tasks_schema()));
    assert!(codec.try_decode(&bytes, &[Arc::clone(&empty)], &context, &converter).is_err());
    let other: Arc<dyn ExecutionPlan> = MemorySourceConfig::try_new_exec(&[vec![]], answers_schema(), None).unwrap();
    assert!(codec.try_decode(&bytes, &[other], &context, &converter).is_err());
    let batch = tasks_to_batch(&Task::split(1, 1, 1, 1)).unwrap();
    let tasks: Arc<dyn ExecutionPlan> = MemorySourceConfig::try_new_exec(&[vec![batch]], tasks_schema(), None).unwrap();
    let node = codec.try_decode(&bytes, &[tasks], &context, &converter).unwrap();
    for children in [vec![], vec![empty]] {
        let options = ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute);
        assert!(Arc::clone(&node).replace_children(children, options).is_err());
    }
}

#[test]
fn a_scheduler_cannot_run_tasks_and_a_worker_runs_nothing_else() {
    let context = SessionContext::new().task_ctx();
    let plan = TaskExec::plan(packed(), &Task::split(1, 1, 1, 1)).unwrap();
    assert!(plan.execute(0, context).is_err());
    let config = SessionConfig::new();
    let run = |plan| {
        let job: JobId = "job".to_owned().into();
        let writer = Arc::new(ShuffleWriterExec::try_new(job.clone(), 1, plan, String::new()).unwrap());
        OnlyTasks::default().create_query_stage_exec(job, 1, 0, vec![0], writer, "", &config).map(|_| ())
    };
    run(plan).unwrap();
    let refused = run(Arc::new(EmptyExec::new(tasks_schema()))).unwrap_err().to_string();
    assert!(refused.contains("runs tasks of Muster and nothing else"), "{refused}");
}
