//! What a system says it is ready for, and what may be devolved to it.

use jiff::civil::date;
use muster_plan::maturity::grid;

use crate::one_profession::{OnDisk, listed, plan_with};

const FRAMEWORK: &str = r#"
id     = "f"
title  = "A framework"
about  = "Made up."
kind   = "judgement"
source = "register"
why    = "Made up."

[[readiness]]
id = "starting"
title = "Starting"
about = "…"

[[readiness]]
id = "ready"
title = "Ready"
about = "…"

[[readiness]]
id = "leading"
title = "Leading"
about = "…"

[[activity]]
id = "planning"
title = "Planning"
does = { system = "Plans." }
shows = [{ readiness = "ready", what = "one plan" }, { readiness = "leading", what = "plans that held" }]
devolve = [
  { what = "Sign-off", from = "regional", to = "system", at = "ready", not_before = 2021-04-01 },
  { what = "Money", from = "national", to = "system", at = "leading", after = ["data"] },
]

[[activity]]
id = "data"
title = "Data"
"#;

const ANSWERS: &str = r#"
framework = "../../f.toml"

[[answer]]
activity  = "planning"
readiness = "starting"
on        = 2023-06-30
by        = "Chief people officer"
evidence  = "No plan yet."

[[answer]]
activity  = "planning"
readiness = "ready"
on        = 2025-06-30
by        = "Chief people officer"
evidence  = "The plan of June."
next      = "Hold it against what happens."
"#;

fn with(framework: &str, answers: &str) -> OnDisk {
    plan_with("").with("../../f.toml", framework).with("maturity.toml", answers)
}

#[test]
fn the_latest_answer_counts_and_says_what_may_be_devolved_now_and_next() {
    let plan = with(FRAMEWORK, ANSWERS).plan();
    let found = grid(&plan, date(2026, 1, 31)).unwrap();
    let planning = &found.rows[0];
    assert_eq!((planning.readiness.as_deref(), planning.score, planning.is_stale), (Some("Ready"), Some(0.5), false));
    assert_eq!(planning.now.iter().map(|what| what.what.as_str()).collect::<Vec<_>>(), ["Sign-off"]);
    let missing = ["to be leading; next to show: plans that held", "Data to be leading"];
    assert_eq!(
        (planning.later[0].what.as_str(), &planning.later[0].missing[..]),
        ("Money", &missing.map(str::to_owned)[..])
    );
    assert_eq!((found.score, found.unanswered), (Some(0.5), 1));
    // Two years earlier the first answer counted, and a year after the second it is old.
    let before = grid(&plan, date(2024, 1, 31)).unwrap();
    assert_eq!((before.rows[0].score, before.rows[0].now.len()), (Some(0.0), 0));
    assert!(grid(&plan, date(2026, 7, 1)).unwrap().rows[0].is_stale);
    // Nothing may be devolved before its day, however ready a system is.
    let early = ANSWERS.replace("2025-06-30", "2021-03-01").replace("2023-06-30", "2020-06-30");
    let early = grid(&with(FRAMEWORK, &early).plan(), date(2021, 3, 31)).unwrap();
    assert_eq!(early.rows[0].later[0].missing, ["nothing before 2021-04-01"]);
}

#[test]
fn a_plan_without_answers_is_told_how_to_begin() {
    let error = grid(&plan_with("").plan(), date(2026, 1, 31)).unwrap_err();
    assert!(error.to_string().contains("maturity.toml"));
}

#[test]
fn answers_and_frameworks_that_cannot_be_are_refused() {
    let cases = [
        (FRAMEWORK.to_owned(), ANSWERS.replace("\"planning\"", "\"planing\""), "M010", "did you mean `planning`?"),
        (FRAMEWORK.to_owned(), ANSWERS.replace("\"ready\"", "\"able\""), "M010", "no readiness called `able`"),
        (FRAMEWORK.to_owned(), ANSWERS.replace("\"The plan of June.\"", "\"\""), "M038", "evidence"),
        (FRAMEWORK.to_owned(), ANSWERS.replace("2025-06-30", "2023-06-30"), "M013", "answered twice"),
        (FRAMEWORK.to_owned(), ANSWERS.replace("f.toml", "g.toml"), "M001", "g.toml"),
        (
            FRAMEWORK.replace("to = \"system\", at = \"ready\"", "to = \"national\", at = \"ready\""),
            ANSWERS.to_owned(),
            "M038",
            "same level or up",
        ),
        (FRAMEWORK.replace("[\"data\"]", "[\"date\"]"), ANSWERS.to_owned(), "M010", "no activity called `date`"),
        (FRAMEWORK.replace("id = \"data\"", "id = \"planning\""), ANSWERS.to_owned(), "M013", "planning"),
        (FRAMEWORK.replace("why    = \"Made up.\"", ""), ANSWERS.to_owned(), "M012", "why it asks"),
        (FRAMEWORK.replace("source = \"register\"", "source = \"hearsay\""), ANSWERS.to_owned(), "M011", "hearsay"),
    ];
    for (framework, answers, code, words) in cases {
        let found = with(&framework, &answers).read().expect_err(words);
        let said = found.iter().any(|found| found.code == code && found.to_string().contains(words));
        assert!(said, "{words}\n{}", listed(&found));
    }
}

#[test]
fn the_framework_of_the_repository_says_for_each_activity_what_to_show_and_what_follows() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../frameworks/people-readiness.toml");
    let framework = std::fs::read_to_string(path).unwrap().replace("interim-people-plan-2019", "register");
    let answer = |readiness: &str| {
        let answers = ANSWERS.replace("\"ready\"", &format!("\"{readiness}\""));
        grid(&with(&framework, &answers).plan(), date(2026, 1, 31)).unwrap()
    };
    let plan = with(&framework, ANSWERS).plan();
    let framework = &plan.maturity.as_ref().unwrap().framework;
    assert_eq!((framework.activities.len(), framework.readiness.len()), (8, 4));
    for activity in &framework.activities {
        assert_eq!((activity.does.len(), activity.shows.len()), (4, 3), "{}", activity.id);
        assert!(!activity.devolves.is_empty(), "{}", activity.id);
    }
    // A system that plans may sign off its plan; to reconcile it must also have figures.
    let ready = answer("ready");
    assert_eq!(
        (ready.rows[0].now.len(), &ready.rows[0].later[0].missing[..]),
        (1, &["Workforce data to be ready".to_owned()][..])
    );
    assert_eq!(answer("starting").rows[0].now.len(), 0);
}
