//! Draws that are projected elsewhere come to the same bits as those projected here.

use std::num::NonZero;
use std::sync::Arc;

use muster_cluster::{Bundle, ClusterError, Executor, Local, Task, Work};
use muster_run::uncertainty::{Ask, Elsewhere, Projecting, Uncertainty};
use muster_run::{Request, Run, RunError};

use super::{england, make, request, root};

fn ask(draws: usize) -> Ask {
    Ask { draws: Some(draws), ..Ask::default() }
}

fn threads(count: usize) -> Local {
    Local::new(Arc::new(Projecting::default()), NonZero::new(count).unwrap())
}

/// Every bit: equality of numbers would let -0 pass for 0.
fn bits(uncertainty: &Uncertainty) -> String {
    format!("{uncertainty:?}")
}

#[test]
fn the_size_of_tasks_and_the_number_of_threads_change_no_bit() {
    let run = england();
    // The last block is not full, and there are more draws than are scored at once.
    let ask = ask(530);
    let here = bits(&Uncertainty::of(run, &ask).unwrap());
    for (count, draws_per_task) in [(1, 520), (2, 64)] {
        let executor = threads(count);
        let elsewhere = Elsewhere::new(&executor).in_tasks_of(draws_per_task);
        let there = Uncertainty::with(run, &ask, Some(&elsewhere)).unwrap();
        assert!(bits(&there) == here, "{count} threads, {draws_per_task} draws in a task");
    }
}

#[test]
fn every_file_of_a_run_of_places_and_of_one_that_says_when_to_stop_is_the_same() {
    let plan = root().join("plans/ltwp-2023");
    let auto = Ask { draws: None, error: 0.2, sobol: false, keep: true, ..Ask::default() };
    let places = Request { draws: Some(ask(68)), ..request(&plan, &["QJK", "QT6"]) };
    for request in [places, Request { draws: Some(auto), ..request(&plan, &["QJK"]) }] {
        let executor = threads(2);
        let elsewhere = Elsewhere::new(&executor).in_tasks_of(64);
        let there = Run::make_with(request.clone(), Some(&elsewhere), &|_| {}).unwrap().outputs().unwrap();
        let here = make(request).unwrap().outputs().unwrap();
        assert!(here.contains_key("quantiles.parquet"));
        let differing: Vec<_> = here.iter().filter(|(path, bytes)| there.get(*path) != Some(bytes)).collect();
        assert!(differing.is_empty() && there.len() == here.len(), "{:?}", differing.first().map(|(path, _)| path));
    }
}

#[test]
fn months_are_the_same_too() {
    let run = make(Request { monthly: true, ..request(&root().join("plans/ltwp-2023"), &["QJK"]) }).unwrap();
    let executor = threads(2);
    let there = Uncertainty::with(&run, &ask(8), Some(&Elsewhere::new(&executor))).unwrap();
    assert_eq!(there, Uncertainty::of(&run, &ask(8)).unwrap());
}

/// Notes what was sent, and gives answers of a fixed kind.
struct Odd(fn(&Bundle, &Task) -> Vec<u8>);

impl Executor for Odd {
    fn execute(
        &self,
        bundle: &Bundle,
        tasks: &[Task],
        each: &mut dyn FnMut(Task, Vec<u8>) -> Result<(), ClusterError>,
    ) -> Result<(), ClusterError> {
        tasks.iter().try_for_each(|task| each(*task, (self.0)(bundle, task)))
    }
}

#[test]
fn answers_of_another_size_are_refused() {
    let cut = |bundle: &Bundle, task: &Task| {
        let mut answer = Projecting::default().run(bundle, task).unwrap();
        answer.pop();
        answer
    };
    for odd in [Odd(|_, _| Vec::new()), Odd(|_, _| vec![0; 4096]), Odd(cut)] {
        let refused = Uncertainty::with(england(), &ask(8), Some(&Elsewhere::new(&odd))).unwrap_err();
        assert!(matches!(refused, RunError::Cluster(ClusterError::Caller(_))), "{refused}");
        assert_eq!(refused.to_string(), "the answer to task 0 (draws 0 to 7, places 0 to 0) has not its size");
    }
}

#[test]
fn a_worker_refuses_what_is_no_run_and_reads_no_file() {
    let work = Projecting::default();
    let task = Task { id: 0, first_draw: 0, draw_count: 8, first_place: 0, place_count: 1 };
    let refused =
        |bytes: &[u8], task: &Task| work.run(&Bundle::new(Projecting::KIND, bytes.to_vec()), task).unwrap_err();
    assert!(refused(b"no JSON", &task).starts_with("what was sent cannot be read"));
    // A plan that names files of the worker's own disk finds none.
    let order = r#"{"scenario":"plan","rows":"EachPlace","sums":false}"#;
    let ask = serde_json::to_string(&ask(8)).unwrap();
    let folder = root().join("plans/ltwp-2023").canonicalize().unwrap();
    let stranger =
        format!(r#"[{{"files":{{}},"plan":{folder:?},"places":["england"],"monthly":false,"ask":{ask}}},{order}]"#);
    let said = refused(stranger.as_bytes(), &task);
    assert!(said.contains("plan.toml cannot be read: it is not there"), "{said}");

    // Draws that are not whole blocks, or more than any run has; places that are not there.
    let odd = Odd(|bundle, task| {
        let work = Projecting::default();
        for odd in [
            Task { first_draw: 4, ..*task },
            Task { draw_count: u64::MAX, ..*task },
            Task { first_draw: u64::MAX - 7, ..*task },
            Task { place_count: 2, ..*task },
        ] {
            assert_eq!(work.run(bundle, &odd).unwrap_err(), "it asks for draws or places that no run has");
        }
        work.run(bundle, task).unwrap()
    });
    Uncertainty::with(england(), &Ask { draws: Some(8), ..Ask::default() }, Some(&Elsewhere::new(&odd))).unwrap();
}
