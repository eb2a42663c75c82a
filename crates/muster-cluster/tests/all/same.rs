//! A cluster gives what this machine gives: as many answers, the same exact sums, the same bytes.

use std::num::NonZero;

use muster_cluster::{Bundle, Executor, Local, SelfTest, Task};

use crate::servers::{Manner, Servers, work};

const SEED: u64 = 20_230_630;

/// Numbers in the answers, and their exact sum.
fn totals(answers: &[Vec<u8>]) -> (u64, u128) {
    let numbers = answers.iter().flat_map(|answer| answer[16..].chunks_exact(8));
    let people = numbers.map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()) as u128);
    people.fold((0, 0), |(count, sum), people| (count + 1, sum + people))
}

/// The same without tasks: each number worked out where it is added.
fn known_totals(draws: u64, places: u64) -> (u64, u128) {
    let people = (0..draws).flat_map(|draw| (0..places).map(move |place| SelfTest::people(SEED, draw, place)));
    people.fold((0, 0), |(count, sum), people| (count + 1, sum + u128::from(people)))
}

#[test]
fn two_workers_give_the_counts_the_sums_and_the_bytes_of_one_machine() {
    let servers = Servers::start(&[Manner::Honest, Manner::Honest]);
    let cluster = servers.cluster(Manner::Honest);
    let bundle = SelfTest::bundle(SEED);
    // One task; tasks that are not all of one size; more tasks than a plan has partitions.
    for (draws, draws_per_task, places, places_per_task) in [(10, 10, 3, 3), (500, 33, 42, 5), (1_400, 2, 3, 3)] {
        let tasks = Task::split(draws, draws_per_task, places, places_per_task);
        let answers = cluster.collect(&bundle, &tasks).unwrap();
        assert_eq!(answers.len(), tasks.len());
        assert_eq!(totals(&answers), known_totals(draws, places));
        for threads in [1, 2] {
            let local = Local::new(work(Manner::Honest), NonZero::new(threads).unwrap());
            assert!(answers == local.collect(&bundle, &tasks).unwrap(), "{draws} draws");
        }
    }
    let begun: Vec<_> = servers.workers.iter().map(super::servers::Server::begun).collect();
    assert!(begun.iter().all(|begun| *begun > 0), "one worker did nothing: {begun:?}");
    assert_eq!(begun.iter().sum::<usize>(), 1 + 16 * 9 + 700, "a task was worked out twice: {begun:?}");
}

#[test]
fn two_runs_at_once_do_not_mix() {
    let servers = Servers::start(&[Manner::Honest, Manner::Honest]);
    let tasks = Task::split(60, 2, 2, 2);
    std::thread::scope(|scope| {
        for seed in [SEED, SEED + 1] {
            let (servers, tasks) = (&servers, &tasks);
            scope.spawn(move || {
                let bundle = SelfTest::bundle(seed);
                let answers = servers.cluster(Manner::Honest).collect(&bundle, tasks).unwrap();
                let local = Local::new(work(Manner::Honest), NonZero::<usize>::MIN);
                assert!(answers == local.collect(&bundle, tasks).unwrap(), "seed {seed}");
            });
        }
    });
}

#[test]
fn large_answers_and_large_inputs_arrive_whole() {
    let servers = Servers::start(&[Manner::Large, Manner::Large]);
    let tasks = Task::split(4, 1, 2, 2);
    let bundle = SelfTest::bundle(SEED);
    let answers = servers.cluster(Manner::Large).collect(&bundle, &tasks).unwrap();
    assert!(answers.iter().all(|answer| answer.len() > 3 << 20));
    let local = Local::new(work(Manner::Large), NonZero::<usize>::MIN);
    assert!(answers == local.collect(&bundle, &tasks).unwrap());
    // A megabyte of inputs reaches the workers: they find that it is not a seed.
    let large = Bundle::new(SelfTest::KIND, b"leaver_rate = 0.1\n".repeat(60_000));
    let refused = servers.cluster(Manner::Large).collect(&large, &tasks).unwrap_err().to_string();
    assert!(refused.ends_with("a self-test needs a seed of 8 bytes"), "{refused}");
}

#[test]
fn a_run_without_tasks_asks_nobody() {
    let nobody = muster_cluster::Ballista::new("http://127.0.0.1:9", work(Manner::Honest)).unwrap();
    assert!(nobody.collect(&SelfTest::bundle(SEED), &[]).unwrap().is_empty());
    let local = Local::new(work(Manner::Honest), NonZero::<usize>::MIN);
    assert!(local.collect(&SelfTest::bundle(SEED), &[]).unwrap().is_empty());
}

#[test]
fn a_caller_who_stops_gets_the_reason_back() {
    let servers = Servers::start(&[Manner::Honest]);
    let tasks = Task::split(50, 1, 1, 1);
    let local = Local::new(work(Manner::Honest), NonZero::new(2).unwrap());
    let executors: [&dyn Executor; 2] = [&local, &servers.cluster(Manner::Honest)];
    for executor in executors {
        let mut taken = 0;
        let stopped = executor.execute(&SelfTest::bundle(SEED), &tasks, &mut |_, _| {
            taken += 1;
            if taken == 3 { Err(muster_cluster::ClusterError::Caller("the disk is full".to_owned())) } else { Ok(()) }
        });
        assert_eq!((stopped.unwrap_err().to_string().as_str(), taken), ("the disk is full", 3));
    }
}
