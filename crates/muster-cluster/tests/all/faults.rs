//! What goes wrong is survived or said; wrong numbers never pass.

use std::net::TcpListener;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

use muster_cluster::{
    Ballista, ClusterError, Executor, Local, SchedulerOptions, SelfTest, Task, WORKER_TIMEOUT_SECONDS, WorkerOptions,
    serve_scheduler, serve_worker,
};

use crate::servers::{Manner, Servers, work};

fn local(tasks: &[Task]) -> Vec<Vec<u8>> {
    Local::new(work(Manner::Honest), NonZero::<usize>::MIN).collect(&SelfTest::bundle(1), tasks).unwrap()
}

#[test]
fn a_worker_that_dies_in_mid_run_costs_time_and_no_result() {
    let mut servers = Servers::start(&[Manner::Slow, Manner::Slow]);
    let tasks = Task::split(40, 1, 42, 42);
    let cluster = servers.cluster(Manner::Honest);
    let mut first = servers.workers.remove(0);
    let done = AtomicBool::new(false);
    let answers = scope(|scope| {
        let running = scope.spawn(|| {
            let answers = cluster.collect(&SelfTest::bundle(1), &tasks);
            done.store(true, Ordering::SeqCst);
            answers
        });
        // In the middle of its fourth task: three answers lie on its disk and die with it.
        while first.begun() < 4 {
            sleep(Duration::from_millis(5));
        }
        first.kill();
        assert!(!done.load(Ordering::SeqCst), "the run was over before the worker died");
        running.join().unwrap().unwrap()
    });
    assert!(answers == local(&tasks));
    let (lost, kept) = (first.begun(), servers.workers[0].begun());
    assert_eq!(kept, 40, "the other worker works out all that was lost: {lost} tasks");
}

#[test]
fn when_all_workers_die_the_run_ends_and_says_so() {
    let mut servers = Servers::start(&[Manner::Slow]);
    let tasks = Task::split(40, 1, 1, 1);
    let cluster = servers.cluster(Manner::Honest).waiting(Duration::from_millis(300));
    let mut only = servers.workers.remove(0);
    let failed = scope(|scope| {
        let running = scope.spawn(|| cluster.collect(&SelfTest::bundle(1), &tasks));
        while only.begun() < 2 {
            sleep(Duration::from_millis(5));
        }
        only.kill();
        running.join().unwrap().unwrap_err()
    });
    let url = servers.scheduler.url();
    let expected = format!(
        "the scheduler at {url} has no workers: start one or more with `muster cluster worker --scheduler {url}`"
    );
    assert_eq!(failed.to_string(), expected);
}

#[test]
fn when_the_scheduler_dies_the_run_ends_and_says_so() {
    let mut servers = Servers::start(&[Manner::Slow]);
    let tasks = Task::split(40, 1, 1, 1);
    let cluster = servers.cluster(Manner::Honest);
    let failed = scope(|scope| {
        let running = scope.spawn(|| cluster.collect(&SelfTest::bundle(1), &tasks));
        while servers.workers[0].begun() < 2 {
            sleep(Duration::from_millis(5));
        }
        servers.scheduler.kill();
        running.join().unwrap().unwrap_err()
    });
    assert!(matches!(&failed, ClusterError::NoScheduler { url, .. } if *url == servers.scheduler.url()), "{failed}");
}

#[test]
fn a_worker_that_lies_is_found_and_nothing_is_kept() {
    let servers = Servers::start(&[Manner::Lying]);
    // Fewer tasks than fifty: one of them is worked out again, and it is a lie like all.
    let tasks = Task::split(20, 1, 42, 42);
    let found = servers.cluster(Manner::Honest).collect(&SelfTest::bundle(1), &tasks).unwrap_err();
    let ClusterError::Different { worker, task } = &found else { panic!("{found}") };
    assert_eq!(worker, &format!("the worker at {}", servers.workers[0].address));
    assert_eq!(tasks[task.id as usize], *task);
    assert!(found.to_string().contains("other numbers than this machine works out"), "{found}");
}

#[test]
fn a_worker_of_another_version_is_refused_by_name() {
    let servers = Servers::start(&[Manner::OtherVersion]);
    let tasks = Task::split(2, 1, 1, 1);
    let found = servers.cluster(Manner::Honest).collect(&SelfTest::bundle(1), &tasks).unwrap_err().to_string();
    let expected = format!("the worker at {} runs Muster 0.0.1 and this is ", servers.workers[0].address);
    assert!(found.starts_with(&expected), "{found}");
}

#[test]
fn work_that_fails_or_panics_is_not_repeated_and_says_which_task() {
    for (manner, expected) in
        [(Manner::Failing, "the book has no place 41"), (Manner::Panicking, "the program failed: index out of bounds")]
    {
        let servers = Servers::start(&[manner]);
        let tasks = Task::split(5, 1, 1, 1);
        let found = servers.cluster(manner).collect(&SelfTest::bundle(1), &tasks).unwrap_err().to_string();
        assert!(found.starts_with("task 3 (draws 3 to 3, places 0 to 0) cannot be worked out (on "), "{found}");
        assert!(found.ends_with(expected), "{found}");
        assert_eq!(servers.workers[0].begun(), 5);
        let here = Local::new(work(manner), NonZero::<usize>::MIN).collect(&SelfTest::bundle(1), &tasks).unwrap_err();
        assert_eq!(
            here.to_string(),
            found.replace(&format!("the worker at {}", servers.workers[0].address), "this machine")
        );
    }
}

#[test]
fn a_scheduler_that_is_not_there_is_said_at_once_with_the_next_step() {
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let cluster = Ballista::new(&format!("http://{address}"), work(Manner::Honest)).unwrap();
    let found = cluster.collect(&SelfTest::bundle(1), &Task::split(1, 1, 1, 1)).unwrap_err().to_string();
    let expected = format!(
        "no scheduler answers at http://{address} (the connection was refused): start one with `muster cluster scheduler`, or run \
         on this machine alone"
    );
    assert_eq!(found, expected);
}

#[test]
fn a_scheduler_without_workers_is_said_with_the_next_step() {
    let servers = Servers::start(&[]);
    let cluster = servers.cluster(Manner::Honest).waiting(Duration::from_millis(300));
    let found = cluster.collect(&SelfTest::bundle(1), &Task::split(1, 1, 1, 1)).unwrap_err();
    assert!(matches!(&found, ClusterError::NoWorkers { url } if *url == servers.scheduler.url()), "{found}");
}

#[test]
fn tasks_that_share_a_number_and_servers_that_cannot_start_are_refused() {
    let mut tasks = Task::split(2, 1, 1, 1);
    tasks[1].id = 0;
    let nobody = Ballista::new("http://127.0.0.1:9", work(Manner::Honest)).unwrap();
    let here = Local::new(work(Manner::Honest), NonZero::<usize>::MIN);
    let executors: [&dyn Executor; 2] = [&nobody, &here];
    for executor in executors {
        let found = executor.collect(&SelfTest::bundle(1), &tasks).unwrap_err();
        assert!(matches!(found, ClusterError::SameNumber { id: 0 }), "{found}");
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = taken.local_addr().unwrap();
    let options = SchedulerOptions { bind, worker_timeout_seconds: WORKER_TIMEOUT_SECONDS };
    let found = serve_scheduler(options, |_| ()).unwrap_err().to_string();
    assert!(found.starts_with(&format!("cannot listen at {bind}")) && found.ends_with("with --bind"), "{found}");
    let options = WorkerOptions { scheduler: "nowhere".to_owned(), bind, slots: NonZero::<usize>::MIN };
    let found = serve_worker(work(Manner::Honest), &options, |_| ()).unwrap_err();
    assert!(matches!(found, ClusterError::Address { .. }), "{found}");
}
