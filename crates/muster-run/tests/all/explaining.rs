//! A figure explains itself down to its sources; a question that cannot be answered says what can be asked.

use muster_run::explain;

use crate::england;

#[test]
fn a_gap_is_explained_by_demand_supply_and_the_assumptions_under_them() {
    let explanation = explain(england(), "gap_fte midwives 2030/31").unwrap();
    assert_eq!(explanation.formula, "demand − supply");
    let number = |what: &str| -> f64 {
        let part = explanation.parts.iter().find(|part| part.what == what).unwrap();
        part.amount.replace(',', "").replace('−', "-").parse().unwrap()
    };
    let answer: f64 = explanation.answer.replace(',', "").replace('−', "-").parse().unwrap();
    assert!((number("demand") - number("supply") - answer).abs() <= 1.0);
    let assumes = |name: &str| explanation.basis.iter().any(|basis| basis.what.starts_with(name));
    for measure in
        ["leaver_rate of Midwives", "training_intake of Midwifery degree", "demand_fte of Midwives", "other_growth"]
    {
        assert!(assumes(measure), "{measure} is missing");
    }
    assert!(explanation.basis.iter().any(|basis| basis.what.starts_with("LTWP-")), "the plan's actions are missing");
    assert!(!assumes("leaver_rate of Consultants"), "what belongs to others is left out");
    assert!(explanation.basis.iter().all(|basis| !basis.source_title.is_empty() && basis.written_at.contains(':')));
}

#[test]
fn the_counterfactual_rests_on_no_action() {
    let explanation = explain(england(), "supply_fte midwives 2030/31 counterfactual").unwrap();
    assert!(explanation.basis.iter().all(|basis| !basis.what.starts_with("LTWP-")));
}

#[test]
fn flows_add_from_one_close_to_the_next() {
    let explanation = explain(england(), "supply_headcount gps 2025/26").unwrap();
    let numbers: Vec<f64> = explanation
        .parts
        .iter()
        .map(|part| part.amount.replace([',', '+'], "").replace('−', "-").parse().unwrap())
        .collect();
    let (closing, rest) = numbers.split_last().unwrap();
    // Each line is rounded to a whole person.
    assert!((rest.iter().sum::<f64>() - closing).abs() <= 5.0, "{numbers:?}");
}

#[test]
fn a_question_that_cannot_be_answered_says_what_can_be_asked() {
    let wrong = |what: &str| explain(england(), what).unwrap_err().to_string();
    assert!(wrong("gap_fte midwifes 2030/31").contains("did you mean `midwives`?"));
    assert!(wrong("midwives 2030/31").contains("gap_fte"));
    assert!(wrong("leaver_rate 2021/22").contains("2021/22 to 2036/37"));
    assert!(wrong("gap_fte QJK 2030/31").contains("--places systems"));
    assert!(wrong("gap_fte gps ambulance 2030/31").contains("nobody"));
}
