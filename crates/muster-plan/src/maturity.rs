//! How ready a system is, activity by activity, and what may be devolved to it now, next and not yet.

use jiff::civil::Date;
use muster_book::{Activity, Answer, Devolution, Framework, Level, Plan, SelfAssessment};
use muster_run::RunError;
use serde::Serialize;

use crate::dates::months_between;

/// An answer that is older than this should be given again.
const STALE_MONTHS: u32 = 12;

/// Something that may be devolved, and what is missing for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handover {
    /// What it is.
    pub what: String,
    /// Who has it.
    pub from: Level,
    /// Who would have it.
    pub to: Level,
    /// What is missing, one sentence each; nothing where it may be devolved now.
    pub missing: Vec<String>,
}

/// One activity of a system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The activity.
    pub id: String,
    /// Its title.
    pub activity: String,
    /// How ready the system is, in a word; none where it did not answer.
    pub readiness: Option<String>,
    /// The same from 0 (the first step) to 1 (the last).
    pub score: Option<f64>,
    /// When it answered.
    pub on: Option<Date>,
    /// Who answered.
    pub by: String,
    /// On what evidence.
    pub evidence: String,
    /// What the system will do next.
    pub next: String,
    /// Whether the answer is more than a year old.
    pub is_stale: bool,
    /// What may be devolved now.
    pub now: Vec<Handover>,
    /// What comes next, with what is missing for it.
    pub later: Vec<Handover>,
}

/// A system against a framework.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grid {
    /// The system.
    pub place: String,
    /// The framework, by its title.
    pub framework: String,
    /// The day on which it is looked at.
    pub today: Date,
    /// The steps of readiness, the least first, by title.
    pub steps: Vec<String>,
    /// Its activities.
    pub rows: Vec<Row>,
    /// The mean score of the activities that were answered; none where none was.
    pub score: Option<f64>,
    /// How many activities have no answer.
    pub unanswered: usize,
    /// What a reader should know.
    pub cautions: Vec<String>,
}

/// A plan's self-assessment on a day, from the latest answer of each activity until then.
pub fn grid(plan: &Plan, today: Date) -> Result<Grid, RunError> {
    let Some(assessment) = &plan.maturity else {
        let text = "the plan has no self-assessment: put a maturity.toml in its folder that names a framework (docs/how-to/follow-actions.md)";
        return Err(RunError::Request(text.to_owned()));
    };
    let framework = &assessment.framework;
    let latest: Vec<Option<&Answer>> = (0..framework.activities.len()).map(|i| latest(assessment, i, today)).collect();
    let rows: Vec<Row> = framework
        .activities
        .iter()
        .enumerate()
        .map(|(i, activity)| row(framework, activity, i, &latest, today))
        .collect();
    let scores: Vec<f64> = rows.iter().filter_map(|row| row.score).collect();
    let place = plan.shelf.places.get(&plan.place);
    let mut cautions = Vec::new();
    if let Some(place) = place.filter(|place| place.kind != muster_core::PlaceKind::System) {
        cautions.push(format!("{} is no system: the framework asks what a system is ready for.", place.name));
    }
    let later = assessment.answers.iter().filter(|answer| answer.on > today).count();
    if later > 0 {
        cautions.push(format!("{later} answers are dated after {today} and do not count."));
    }
    Ok(Grid {
        place: place.map_or_else(|| plan.place.to_string(), |place| place.name.clone()),
        framework: framework.title.clone(),
        today,
        steps: framework.readiness.iter().map(|step| step.title.clone()).collect(),
        score: (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64),
        unanswered: rows.iter().filter(|row| row.readiness.is_none()).count(),
        rows,
        cautions,
    })
}

/// The latest answer on an activity, up to a day.
fn latest(assessment: &SelfAssessment, activity: usize, today: Date) -> Option<&Answer> {
    assessment.answers.iter().rfind(|answer| answer.activity == activity && answer.on <= today)
}

fn row(framework: &Framework, activity: &Activity, index: usize, latest: &[Option<&Answer>], today: Date) -> Row {
    let answer = latest[index];
    let handover = |devolution: &Devolution| Handover {
        what: devolution.what.clone(),
        from: devolution.from,
        to: devolution.to,
        missing: missing(framework, activity, answer, devolution, latest, today),
    };
    let (now, later) =
        activity.devolves.iter().map(handover).partition(|handover: &Handover| handover.missing.is_empty());
    let last = framework.readiness.len().saturating_sub(1).max(1);
    Row {
        id: activity.id.clone(),
        activity: activity.title.clone(),
        readiness: answer.map(|answer| framework.readiness[answer.readiness].title.clone()),
        score: answer.map(|answer| answer.readiness as f64 / last as f64),
        on: answer.map(|answer| answer.on),
        by: answer.map_or_else(String::new, |answer| answer.by.clone()),
        evidence: answer.map_or_else(String::new, |answer| answer.evidence.clone()),
        next: answer.map_or_else(String::new, |answer| answer.next.clone()),
        is_stale: answer.is_some_and(|answer| months_between(answer.on, today) >= STALE_MONTHS),
        now,
        later,
    }
}

/// Everything that is missing before something may be devolved.
fn missing(
    framework: &Framework,
    activity: &Activity,
    answer: Option<&Answer>,
    devolution: &Devolution,
    latest: &[Option<&Answer>],
    today: Date,
) -> Vec<String> {
    let step = |index: usize| framework.readiness[index].title.to_lowercase();
    let mut missing = Vec::new();
    match answer {
        None => missing.push("an answer on this activity".to_owned()),
        Some(answer) if answer.readiness < devolution.at => {
            let show = activity.shows.get(&(answer.readiness + 1));
            let show = show.map_or_else(String::new, |show| format!("; next to show: {show}"));
            missing.push(format!("to be {}{show}", step(devolution.at)));
        }
        Some(_) => {}
    }
    for &other in &devolution.after {
        if latest[other].is_none_or(|answer| answer.readiness < devolution.at) {
            missing.push(format!("{} to be {}", framework.activities[other].title, step(devolution.at)));
        }
    }
    if let Some(day) = devolution.not_before.filter(|day| *day > today) {
        missing.push(format!("nothing before {day}"));
    }
    missing
}
