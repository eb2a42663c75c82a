//! The question of the repository's own plan: answered, written down, and run again by the engine.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use muster_book::{PLAN, Plan, Question};
use muster_engine::Step;
use muster_solve::lp::{Interior, Limits};
use muster_solve::{Answer, Search, World};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn plan() -> &'static (Plan, Question) {
    static PLAN: OnceLock<(Plan, Question)> = OnceLock::new();
    PLAN.get_or_init(|| {
        let plan = Plan::read(&root().join("plans/ltwp-2023")).unwrap();
        let question = Question::of(&plan).unwrap();
        (plan, question)
    })
}

/// The plan's own question, asked once for all tests.
fn asked() -> &'static (World<'static>, Search, Answer) {
    static ASKED: OnceLock<(World<'static>, Search, Answer)> = OnceLock::new();
    ASKED.get_or_init(|| {
        let (plan, question) = plan();
        let world = World::new(plan, question, &plan.whole()).unwrap();
        let search = muster_solve::search(&world, &Interior, &Limits::default(), None, &|_| {}).unwrap();
        let answer = muster_solve::answer(&world, &search, &Interior, &Limits::default());
        (world, search, answer)
    })
}

#[test]
fn every_gap_of_the_plan_can_be_closed() {
    let (_, _, answer) = asked();
    assert!(answer.fits, "{:?}", answer.conflicts);
    assert!(answer.cost_gbp > 1e9, "{}", answer.cost_gbp);
    let missed: Vec<_> = answer.targets.iter().filter(|held| !held.met).collect();
    assert!(missed.is_empty(), "{missed:?}");
    assert!(answer.targets.iter().any(|held| held.without > 10_000.0));
}

#[test]
fn program_and_engine_agree_to_a_thousandth() {
    let (_, _, answer) = asked();
    assert!(answer.agreement.apart <= 1e-3, "{:?}", answer.agreement);
    assert!(answer.agreement.rounds > 1, "levers work on each other, so one round cannot do: {:?}", answer.agreement);
}

#[test]
fn the_written_plan_is_sound_and_comes_to_what_was_promised() {
    let (world, search, answer) = asked();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let out = folder.path().join("solved");
    let files = muster_solve::written(world, search, answer, &out).unwrap();
    muster_solve::save(&files, &out).unwrap();
    let plan = Plan::read(&out).unwrap_or_else(|list| panic!("{}", list[0]));
    let resolved = plan.resolve(plan.scenario(PLAN).unwrap(), &plan.whole(), Step::Year).unwrap();
    let outcome = world.outcome(&resolved.inputs).unwrap();
    for (at, (run, promised)) in outcome.fte.iter().zip(&search.outcome.fte).enumerate() {
        for (run, promised) in run.iter().zip(promised) {
            assert!((run - promised).abs() <= 1e-6 * promised.max(1.0), "{at}: {run} {promised}");
        }
    }
    for (run, promised) in outcome.demand.iter().flatten().zip(search.outcome.demand.iter().flatten()) {
        assert!((run - promised).abs() <= 1e-9 * promised.max(1.0), "{run} {promised}");
    }
    // A second answer may take the first one's place; anything else is somebody's.
    muster_solve::save(&files, &out).unwrap();
    std::fs::remove_file(out.join("answer.json")).unwrap();
    assert!(muster_solve::save(&files, &out).is_err());
}
