//! Every way in which answers can be wrong is found, and named.

use super::*;
use crate::rows::{Stamp, answer_to_batches, parts_from_batch};

fn bundle() -> Bundle {
    Bundle::new("test", b"inputs".to_vec())
}

fn tasks() -> Vec<Task> {
    Task::split(300, 100, 1, 1)
}

fn ledger() -> Ledger {
    Ledger::new(&tasks(), &bundle(), "1".to_owned()).unwrap()
}

/// The parts of an answer of so many bytes.
fn parts(task: u64, bytes: usize) -> Vec<Part> {
    let stamp = Stamp { worker: "worker a".to_owned(), version: "1".to_owned(), bundle: *bundle().sha256() };
    let batches = answer_to_batches(&stamp, task, &Ok(vec![task as u8; bytes]));
    batches.into_iter().flat_map(|batch| parts_from_batch(&batch.unwrap()).unwrap()).collect()
}

fn refusal(ledger: &mut Ledger, part: Part) -> String {
    ledger.take(part).unwrap_err().to_string()
}

#[test]
fn answers_in_any_order_and_in_parts_are_put_together() {
    let mut ledger = ledger();
    for task in [2, 0, 1] {
        let parts = parts(task, 3 << 20);
        assert_eq!(parts.len(), 3);
        let mut taken = parts.into_iter().map(|part| ledger.take(part).unwrap());
        assert!(taken.next().unwrap().is_none());
        assert!(taken.next().unwrap().is_none());
        let (whole, bytes) = taken.next().unwrap().unwrap();
        assert_eq!((whole.id, bytes), (task, vec![task as u8; 3 << 20]));
    }
    ledger.complete().unwrap();
}

#[test]
fn a_task_that_is_missing_doubled_or_unknown_is_named() {
    let mut ledger = ledger();
    let [first] = parts(0, 8).try_into().unwrap();
    assert!(ledger.take(first.clone()).unwrap().is_some());
    assert!(refusal(&mut ledger, first).starts_with("task 0 (draws 0 to 99, places 0 to 0) came back twice"));
    let large = parts(1, 2 << 20);
    assert!(ledger.take(large[0].clone()).unwrap().is_none());
    assert!(refusal(&mut ledger, large[0].clone()).contains("came back twice"));
    assert!(refusal(&mut ledger, Part { task: 9, ..large[0].clone() }).contains("number 9 that nobody asked for"));
    let missing = ledger.complete().unwrap_err().to_string();
    assert!(missing.starts_with("2 of 3 tasks did not come back, among them task 1 (draws 100 to 199"), "{missing}");
}

#[test]
fn an_answer_of_another_version_from_other_inputs_or_damaged_is_refused() {
    let [part] = parts(0, 8).try_into().unwrap();
    let other = Part { version: "2".to_owned(), ..part.clone() };
    assert!(refusal(&mut ledger(), other).starts_with("worker a runs Muster 2 and this is 1"));
    let other = Part { bundle: vec![0; 32], ..part.clone() };
    assert!(refusal(&mut ledger(), other).contains("from other inputs than were sent"));
    let other = Part { bytes: vec![9; 8], ..part.clone() };
    assert!(refusal(&mut ledger(), other).contains("was damaged"));
    for (number, of) in [(1, 2), (0, 0)] {
        let other = Part { part: number, parts: of, ..part.clone() };
        assert!(refusal(&mut ledger(), other).contains("was damaged"));
    }
    let mut mixed = ledger();
    let large = parts(1, 2 << 20);
    assert!(mixed.take(large[0].clone()).unwrap().is_none());
    let other = Part { worker: "worker b".to_owned(), ..large[1].clone() };
    assert!(refusal(&mut mixed, other).contains("was damaged"));
}

#[test]
fn work_that_fails_says_which_task_and_why() {
    let part = Part { failed: true, ..parts(2, 8).remove(0) };
    let bytes = b"no such place".to_vec();
    let part = Part { answer: hash(&bytes).to_vec(), bytes, ..part };
    let said = refusal(&mut ledger(), part);
    assert_eq!(said, "task 2 (draws 200 to 299, places 0 to 0) cannot be worked out (on worker a): no such place");
}

#[test]
fn what_had_begun_to_arrive_is_asked_for_again() {
    let mut ledger = ledger();
    ledger.take(parts(0, 8).remove(0)).unwrap();
    ledger.take(parts(1, 2 << 20).remove(0)).unwrap();
    assert_eq!(ledger.outstanding().iter().map(|task| task.id).collect::<Vec<_>>(), [1, 2]);
    for part in parts(1, 2 << 20) {
        ledger.take(part).unwrap();
    }
    assert_eq!(ledger.done_count(), 2);
}

#[test]
fn what_a_failed_source_had_sent_may_come_again_if_it_is_the_same_and_only_then() {
    let mut ledger = ledger();
    ledger.take(parts(0, 8).remove(0)).unwrap();
    ledger.take(parts(1, 2 << 20).remove(0)).unwrap();
    ledger.source_failed();
    assert!(ledger.take(parts(0, 8).remove(0)).unwrap().is_none());
    assert!(refusal(&mut ledger, parts(0, 9).remove(0)).contains("came back twice"));
    let again: Vec<_> = parts(1, 2 << 20).into_iter().map(|part| ledger.take(part).unwrap()).collect();
    assert!(again[0].is_none() && again[1].is_some());
    assert_eq!(ledger.outstanding().len(), 1);
    assert!(refusal(&mut ledger, parts(0, 8).remove(0)).contains("came back twice"));
}

#[test]
fn the_sample_has_its_size_and_follows_the_secret() {
    let audit = |secret| Audit::with_secret(NonZero::new(50).unwrap(), [secret; 32]);
    for (count, expected) in [(0, 0), (1, 1), (50, 1), (51, 2), (1_000, 20)] {
        assert_eq!(audit(1).sample(&Task::split(count, 1, 1, 1)).len(), expected);
    }
    let tasks = Task::split(1_000, 1, 1, 1);
    let sample = audit(1).sample(&tasks);
    assert_eq!(sample, audit(1).sample(&tasks));
    assert_ne!(sample, audit(2).sample(&tasks));
    assert!(sample.is_sorted_by_key(|task| task.id));
    // Twenty secrets reach far more than twenty tasks: no task is safe to lie about.
    let mut reached: Vec<u64> = (0..20).flat_map(|secret| audit(secret).sample(&tasks)).map(|task| task.id).collect();
    reached.sort_unstable();
    reached.dedup();
    assert!(reached.len() > 250, "{}", reached.len());
    let one = NonZero::new(50).unwrap();
    assert_ne!(Audit::one_in(one).secret, Audit::one_in(one).secret);
}
