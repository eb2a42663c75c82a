//! Checks and targets, held against the results: met, or missed by how much.

use muster_book::{Check, Expect, Plan, Role};
use muster_core::PlaceCode;
use serde::Serialize;

use crate::figure::{answer_at, answer_for_the_plan};
use crate::number::{gbp, percent, signed, thousands};
use crate::run::{Run, RunError, ScenarioRun, project};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The figure is what was expected.
    Met,
    /// It is not.
    Missed,
    /// The run does not have what the check asks about.
    NotAsked,
}

/// A check or target and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The check's name.
    pub id: String,
    /// The check's title.
    pub title: String,
    /// What it is for.
    pub role: Role,
    /// The scenario it was put to.
    pub scenario: String,
    /// What was expected.
    pub expect: Expect,
    /// What was expected, in words.
    pub expected: String,
    /// What came out; none when the run could not say.
    pub figure: Option<f64>,
    /// The same, in words; why not, when the run could not say.
    pub found: String,
    /// How it came out.
    pub outcome: Outcome,
    /// How far outside, in words; empty when met.
    pub missed_by: String,
    /// Who published the expectation.
    pub source: String,
    /// Where.
    #[serde(rename = "where")]
    pub where_in_source: String,
    /// What to know about it.
    pub note: String,
}

impl Verdict {
    /// "met", "missed by −1,200" or "used for calibration: met", as the report says it.
    pub fn words(&self) -> String {
        let outcome = match self.outcome {
            Outcome::Met => "met".to_owned(),
            Outcome::Missed => format!("missed by {}", self.missed_by),
            Outcome::NotAsked => "not asked".to_owned(),
        };
        match self.role {
            Role::Calibration => format!("used for calibration: {outcome}"),
            Role::Input => format!("the plan's own input: {outcome}"),
            Role::Prediction | Role::Target => outcome,
        }
    }
}

/// Every check and target of the plan. A scenario that the run lacks is projected for the purpose.
pub fn verdicts(run: &Run) -> Result<Vec<Verdict>, RunError> {
    let mut extra = Vec::new();
    for check in run.plan.checks.iter().chain(&run.plan.targets) {
        for id in std::iter::once(&check.scenario).chain(&check.against) {
            let known = run.scenario(id).is_some() || extra.iter().any(|(known, _)| known == id);
            if !known {
                let step = run.scenarios[0].resolved.inputs.step;
                extra.push((id.clone(), project(&run.plan, id, &run.places, step)?));
            }
        }
    }
    let verdict = |check: &Check| {
        let in_scenario = |id: &String| {
            let made = || extra.iter().find(|(known, _)| known == id).map(|(_, scenario)| scenario);
            let scenario = run.scenario(id).or_else(made);
            let scenario = scenario.ok_or_else(|| RunError::Request(format!("there is no scenario `{id}`")))?;
            answer_for_the_plan(run, scenario, &check.figure)
        };
        let answer = in_scenario(&check.scenario).and_then(|answer| match &check.against {
            Some(against) => Ok(answer - in_scenario(against)?),
            None => Ok(answer),
        });
        Ok(judge(check, answer))
    };
    run.plan.checks.iter().chain(&run.plan.targets).map(verdict).collect()
}

/// Holds a check against a scenario that was projected for some places.
pub fn hold(check: &Check, at: (&Plan, &[PlaceCode]), scenario: &ScenarioRun) -> Verdict {
    judge(check, answer_at(at, scenario, &check.figure))
}

/// Holds a figure against a check.
pub(crate) fn judge(check: &Check, answer: Result<f64, RunError>) -> Verdict {
    let (figure, why_not) = match answer {
        Ok(figure) => (Some(figure), String::new()),
        Err(error) => (None, error.to_string()),
    };
    let write = |value: f64| write(check, value);
    let missed_by = figure.map_or(0.0, |figure| check.expect.missed_by(figure));
    let outcome = match figure {
        None => Outcome::NotAsked,
        Some(_) if missed_by == 0.0 => Outcome::Met,
        Some(_) => Outcome::Missed,
    };
    Verdict {
        id: check.id.clone(),
        title: check.title.clone(),
        role: check.role,
        scenario: check.scenario.clone(),
        expect: check.expect,
        expected: expected_in_words(check),
        figure,
        found: figure.map_or(why_not, write),
        outcome,
        missed_by: if outcome == Outcome::Missed { difference_in_words(check, missed_by) } else { String::new() },
        source: check.source.clone(),
        where_in_source: check.where_in_source.clone(),
        note: check.note.clone(),
    }
}

/// "at least 60,000", "7.4% to 8.2%".
pub(crate) fn expected_in_words(check: &Check) -> String {
    let write = |value: f64| write(check, value);
    match check.expect {
        Expect::AtLeast(least) => format!("at least {}", write(least)),
        Expect::AtMost(most) => format!("at most {}", write(most)),
        Expect::Between(low, high) => format!("{} to {}", write(low), write(high)),
        Expect::Near { value, within } => format!("{} ± {}", write(value), percent(within)),
    }
}

/// A figure of the check's kind, in words.
pub(crate) fn write(check: &Check, value: f64) -> String {
    use muster_book::Form;
    match (check.figure.form, check.figure.measure) {
        (Form::Ratio, _) => format!("{value:.2} times"),
        (Form::Growth, _) => format!("{:.2}% a year", value * 100.0),
        (_, measure) if measure.is_share() => percent(value),
        (_, measure) if measure.is_money() => gbp(value),
        _ => thousands(value),
    }
}

/// With a true minus sign, as everywhere else.
fn minus(text: &str) -> String {
    text.replace('-', "−")
}

/// A difference between two figures of the check's kind, with its sign: "+1,200", "−0.4 points".
pub fn difference_in_words(check: &Check, by: f64) -> String {
    use muster_book::Form;
    match check.figure.form {
        Form::Ratio => minus(&format!("{by:+.2}")),
        Form::Growth => minus(&format!("{:+.2} points a year", by * 100.0)),
        _ if check.figure.measure.is_share() => minus(&format!("{:+.1} points", by * 100.0)),
        _ if check.figure.measure.is_money() => gbp(by),
        _ => signed(by),
    }
}
