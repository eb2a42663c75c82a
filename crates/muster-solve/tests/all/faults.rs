//! Questions with a fault in them: each is named, with its code and what to do.

use muster_book::Question;

use crate::small::{QUESTION, on_disk, plan};

#[test]
fn a_fault_is_named_in_a_planners_words() {
    let folder = on_disk();
    let plan = plan(folder.path());
    let passport = "kind = \"judgement\"\nsource = \"judgement\"\nwhy = \"made up\"";
    for (old, new, code, words) in [
        ("aim = \"gap_fte\"", "aim = \"gap\"", "M010", "`gap` is not known here"),
        ("year = \"last\"", "year = \"2019/20\"", "M065", "not a year of this plan that can still be changed"),
        ("at_most = 0", "at_most = \"none\"", "M006", "a number"),
        ("gbp = 3000", "", "", ""),
        ("gbp = 3000", "gbp = -5", "M009", "cannot be right for a cost"),
        ("gbp = 3000", "bands = [{ cut = 0.1, gbp_per_head = 5 }]", "M065", "what `course` costs is not clear"),
        (
            "moves = \"intake\"",
            "moves = \"intake\"\nfor = { professions = [\"nurses\"] }",
            "M065",
            "names things that it cannot be about",
        ),
        (
            "moves = \"intake\"",
            "moves = \"intake\"\nfor = { programmes = [\"coarse\"] }",
            "M010",
            "no programme is called `coarse`",
        ),
        ("id = \"abroad\"", "id = \"course\"", "M013", "two levers are called `course`"),
        ("title = \"Close the gap\"", "title = \"x\"\nscenario = \"plam\"", "M010", "no scenario is called `plam`"),
        (
            "title = \"Close the gap\"",
            "title = \"x\"\nbudget = 5",
            "M004",
            "`budget` is not something that a question has",
        ),
        ("[[target]]", "[[aim]]", "M004", "`aim` is not something"),
        (
            "gbp = 10000\nPASSPORT",
            "gbp = 10000\nkind = \"judgement\"\nsource = \"judgement\"",
            "M012",
            "does not say its reason",
        ),
        (
            "gbp = 10000\nPASSPORT",
            "gbp = 10000\nkind = \"judgement\"\nsource = \"judgment\"\nwhy = \"x\"",
            "M011",
            "no source is called `judgment`",
        ),
    ] {
        assert!(QUESTION.contains(old), "{old}");
        let text = QUESTION.replacen(old, new, 1).replace("PASSPORT", passport);
        let read = Question::written(&plan, "solve.toml", &text, true);
        if code.is_empty() {
            assert!(read.is_ok(), "{new:?} is a question: the books may state the price");
            continue;
        }
        let list = read.err().unwrap_or_else(|| panic!("{new:?} was read"));
        let found = list.iter().any(|fault| fault.code == code && fault.message.contains(words));
        assert!(found, "{new:?} gives {}", list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }
}

#[test]
fn a_price_that_nobody_states_is_asked_for() {
    let folder = on_disk();
    let plan = plan(folder.path());
    let asked = crate::small::question(&plan, &QUESTION.replace("gbp = 3000", ""));
    let world = muster_solve::World::new(&plan, &asked, &plan.whole()).unwrap();
    let limits = muster_solve::lp::Limits::default();
    let error = muster_solve::search(&world, &muster_solve::lp::Interior, &limits, None, &|_| {}).err().unwrap();
    assert!(error.to_string().contains("what training cost for `course` is in no book of this plan"), "{error}");
}

#[test]
fn a_plan_without_a_question_is_asked_the_usual_one() {
    let folder = on_disk();
    let plan = plan(folder.path());
    let usual = Question::of(&plan).unwrap();
    assert_eq!(usual.targets[0].year, plan.to);
    assert!(usual.levers.len() == 3 && usual.limits.len() == 3);
}
