//! The question of the repository's own plan.

use std::path::{Path, PathBuf};

use muster_book::{Plan, Question};
use muster_solve::World;
use muster_solve::lp::{Interior, Limits};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn what_would_it_take_in_england() {
    let started = std::time::Instant::now();
    let plan = Plan::read(&root().join("plans/ltwp-2023")).unwrap();
    let question = Question::of(&plan).unwrap_or_else(|list| panic!("{}", list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")));
    println!("read {:?}", started.elapsed());
    let places = plan.whole();
    let world = World::new(&plan, &question, &places).unwrap();
    println!("world {:?}", started.elapsed());
    let found = muster_solve::search(&world, &Interior, &Limits::default(), &|text| println!("{text} {:?}", started.elapsed())).unwrap();
    println!("{} units {} rows, rounds {} apart {:?}", found.units.len(), found.drawn.program.rows.len(), found.rounds, found.apart);
    for set in &found.conflicts {
        println!("CONFLICT");
        for row in set {
            println!("  {:?}", found.meaning(*row));
        }
    }
    for (row, by) in &found.broken {
        println!("broken {:?} by {by}", found.meaning(*row));
    }
    let answer = muster_solve::answer(&world, &found, &Interior, &Limits::default()).unwrap();
    println!("{}", started.elapsed().as_secs_f64());
    for line in answer.conflicts.iter().flatten().chain(&answer.broken) { println!("{line}"); }
    for b in answer.binding.iter().take(25) { println!("{}", b.words); }
    for l in answer.levers.iter().take(25) { println!("{} {} {:?}", l.title, l.cost_gbp, l.added); }
    for n in &answer.next_best { println!("{n:?}"); }
    println!("{} {:?} {:?}", answer.cost_gbp, answer.gap_fte[1], answer.spend_gbp);
    println!("objective {:?}", found.solution.as_ref().map(|s| s.objective));
}
