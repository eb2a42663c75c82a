//! What became of actions: dated reports in `progress.toml`, and the policy that follows when things stand as reported.
//!
//! A plan is what was promised, and stays so: reports stand beside it in a file of their own and change no result until somebody asks how
//! things stand on a day. Then the latest report of each action on or before that day counts; what it does not say stays as before.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::book::Context;
use crate::diagnostic::{Diagnostics, Location, suggest};
use crate::document::{At, Day, Document, Nothing};
use crate::files::TextFile;
use crate::plan::Plan;
use crate::scenario::{Scenario, action_named};

/// The name of the file.
const FILE: &str = "progress.toml";
/// The largest share of what was promised that anyone may report, as in the range of an effect.
const MOST_DELIVERED: f64 = 3.0;

/// How an action is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has begun.
    NotStarted,
    /// Under way, and expected on time.
    OnTrack,
    /// Under way, and the date is in doubt.
    AtRisk,
    /// Expected after the promised date.
    Late,
    /// Finished.
    Done,
    /// Given up.
    Abandoned,
}

impl Status {
    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::NotStarted => "not started",
            Self::OnTrack => "on track",
            Self::AtRisk => "at risk",
            Self::Late => "late",
            Self::Done => "done",
            Self::Abandoned => "abandoned",
        }
    }

    /// Whether nothing more will come of it.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Abandoned)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// What somebody reported of an action on a day.
#[derive(Debug, Clone)]
pub struct Report {
    /// The action, as an index.
    pub action: usize,
    /// The day.
    pub on: Date,
    /// How it is doing.
    pub status: Status,
    /// The day on which it is now expected to be done, or was done.
    pub expected: Option<Date>,
    /// The share of what it promised that is delivered, or is now expected to be.
    pub delivered: Option<f64>,
    /// Milestones that were reached by then, as indices.
    pub milestones: Vec<usize>,
    /// Who said so.
    pub by: String,
    /// What to know about it.
    pub note: String,
    /// Where it can be read, if it is published.
    pub source: Option<String>,
    /// Where it is written.
    pub location: Location,
}

/// How an action stands after some reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reported {
    /// The day of the latest report.
    pub on: Date,
    /// How it is doing.
    pub status: Status,
    /// The day on which it is expected, as last said; the day on which it was done, once it is.
    pub expected: Option<Date>,
    /// The share of what it promised that comes, as last said: all, unless somebody said otherwise, and nothing once it is abandoned.
    pub delivered: f64,
    /// Who said so.
    pub by: String,
    /// What they said.
    pub note: String,
}

/// What becomes of an action.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// Whole months later than promised.
    pub months_late: u32,
    /// The share of its effects that comes about.
    pub share: f64,
}

impl Outlook {
    /// As promised.
    pub const PROMISED: Self = Self { months_late: 0, share: 1.0 };
}

/// A report as written.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawReport {
    action: At<String>,
    on: At<Day>,
    status: At<Status>,
    /// When it is now expected to be done; for what is done, the day it was.
    expected: Option<At<Day>>,
    /// The share of what it promised that is delivered, or is now expected to be: 1 for all.
    delivered: Option<At<f64>>,
    /// Milestones reached by then.
    #[serde(default)]
    milestones: Vec<At<String>>,
    /// Who says so.
    by: At<String>,
    #[serde(default)]
    note: String,
    source: Option<At<String>>,
}

/// Reads the reports of a plan, by action and day; none without the file.
pub(crate) fn read_progress(
    folder: &Path,
    actions: &[Action],
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Report> {
    let path = folder.join(FILE);
    if !context.files.has_file(&path) {
        return Vec::new();
    }
    let Some(file) = context.files.read(&path, diagnostics) else { return Vec::new() };
    let Some(mut document) = Document::parse(&file, diagnostics) else { return Vec::new() };
    let mut reports: Vec<Report> = Vec::new();
    for raw in document.list::<RawReport>("progress", diagnostics) {
        let Some(report) = read_report(&file, &raw, actions, context, diagnostics) else { continue };
        if reports.iter().any(|other| (other.action, other.on) == (report.action, report.on)) {
            let message = format!("`{}` has two reports on {}", raw.action.value, report.on);
            let help = "keep the one that holds, or give the later one its own day";
            diagnostics.push("M013", file.locate(raw.on.span.clone()), message, help);
            continue;
        }
        reports.push(report);
    }
    document.rest::<Nothing>("a list of progress reports", diagnostics);
    reports.sort_by_key(|report| (report.action, report.on));
    for history in reports.chunk_by(|a, b| a.action == b.action) {
        check_history(&actions[history[0].action], history, diagnostics);
    }
    reports
}

fn read_report(
    file: &TextFile,
    raw: &At<RawReport>,
    actions: &[Action],
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Report> {
    let action = action_named(&raw.action, actions, file, diagnostics)?;
    let (on, status) = (raw.on.value.0, raw.status.value);
    let at = |span: &std::ops::Range<usize>| file.locate(span.clone());
    if raw.by.trim().is_empty() {
        let help = "say who reports it: a role is enough";
        diagnostics.push("M037", at(&raw.by.span), "the report does not say whose it is", help);
    }
    if let Some(source) = &raw.source {
        context.sources.need(source, at(&source.span), diagnostics);
    }
    if let Some(share) = &raw.delivered {
        if !(0.0..=MOST_DELIVERED).contains(&share.value) {
            let message = format!("a share of {} of what was promised cannot be delivered", share.value);
            let help =
                format!("write a share from 0 (nothing) to 1 (all of it), or to {MOST_DELIVERED} where more comes");
            diagnostics.push("M009", at(&share.span), message, help);
        } else if status == Status::NotStarted && share.value > 0.0 {
            let help = "say what is under way (`on_track`, `at_risk` or `late`), or leave `delivered` out";
            diagnostics.push("M037", at(&share.span), "an action that has not started has delivered nothing", help);
        }
    }
    if let Some(expected) = &raw.expected {
        let day = expected.value.0;
        let fault = match status {
            Status::Abandoned => {
                Some(("an abandoned action is not expected any more".to_owned(), "leave `expected` out"))
            }
            Status::Done if day > on => {
                let message = format!("the action is done on {on}, and yet expected on {day}");
                Some((message, "write in `expected` the day on which it was done"))
            }
            Status::NotStarted | Status::OnTrack | Status::AtRisk | Status::Late if day < on => {
                let message = format!("the action is not done on {on}, and was expected by {day}");
                Some((message, "write the day on which it is now expected"))
            }
            _ => None,
        };
        if let Some((message, help)) = fault {
            diagnostics.push("M037", at(&expected.span), message, help);
        }
    }
    let milestone = |name: &At<String>| {
        let of = &actions[action].milestones;
        let found = of.iter().position(|milestone| milestone.id == name.value);
        if found.is_none() {
            let known = of.iter().map(|milestone| milestone.id.as_str());
            let help = suggest(name, known, "milestones are written with the action, in actions.toml");
            let message = format!("`{}` has no milestone called `{}`", raw.action.value, name.value);
            diagnostics.push("M010", at(&name.span), message, help);
        }
        found
    };
    Some(Report {
        action,
        on,
        status,
        expected: raw.expected.as_ref().map(|day| day.value.0),
        delivered: raw.delivered.as_ref().map(|share| share.value),
        milestones: raw.milestones.iter().filter_map(milestone).collect(),
        by: raw.by.value.clone(),
        note: raw.note.clone(),
        source: raw.source.as_ref().map(|source| source.value.clone()),
        location: at(&raw.status.span),
    })
}

/// What one report says must go with what was said before.
fn check_history(action: &Action, history: &[Report], diagnostics: &mut Diagnostics) {
    let mut expected = None;
    for (i, report) in history.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| &history[i]);
        if let Some(before) = before.filter(|before| before.status.is_over())
            && before.status != report.status
            && report.note.trim().is_empty()
        {
            let message = format!(
                "`{}` was {} on {} and is {} on {}, and nothing says why",
                action.id, before.status, before.on, report.status, report.on
            );
            diagnostics.push("M037", report.location.clone(), message, "say in `note` what happened");
        }
        expected = report.expected.or(expected);
        if report.status == Status::Late && expected.is_none_or(|day| day <= action.due) {
            let message = format!("`{}` is late, and nothing says how late: it was due on {}", action.id, action.due);
            let help = "write in `expected` the day on which it will be done, after the one it was due on";
            diagnostics.push("M037", report.location.clone(), message, help);
        }
    }
}

impl Plan {
    /// Every report of an action up to a day, oldest first; all of them without a day.
    pub fn history(&self, action: usize, until: Option<Date>) -> impl Iterator<Item = &Report> {
        let counts = move |report: &&Report| report.action == action && until.is_none_or(|until| report.on <= until);
        self.progress.iter().filter(counts)
    }

    /// How an action stands by the reports up to a day, or by all of them; none where nobody reported.
    pub fn reported(&self, action: usize, until: Option<Date>) -> Option<Reported> {
        let mut stands: Option<Reported> = None;
        for report in self.history(action, until) {
            let before = stands.as_ref().filter(|before| !before.status.is_over());
            let expected = match report.status {
                Status::Abandoned => None,
                Status::Done => Some(report.expected.unwrap_or(report.on)),
                _ => report.expected.or_else(|| before.and_then(|before| before.expected)),
            };
            let usual =
                if report.status == Status::Abandoned { 0.0 } else { before.map_or(1.0, |before| before.delivered) };
            stands = Some(Reported {
                on: report.on,
                status: report.status,
                expected,
                delivered: report.delivered.unwrap_or(usual),
                by: report.by.clone(),
                note: report.note.clone(),
            });
        }
        stands
    }

    /// The day on which a milestone was reached, by the plan or by the reports up to a day.
    pub fn milestone_reached(&self, action: usize, milestone: usize, until: Option<Date>) -> Option<Date> {
        let reports = self.history(action, until).filter(|report| report.milestones.contains(&milestone));
        let written =
            self.actions[action].milestones[milestone].done.filter(|day| until.is_none_or(|until| *day <= until));
        reports.map(|report| report.on).chain(written).min()
    }

    /// A policy whose actions come to what is expected of them now. One that is not named comes as the policy has it.
    ///
    /// The whole path of an action moves, the years already gone among them: what they really brought belongs in a book.
    pub fn with_outlook(&self, policy: &Scenario, outlook: &BTreeMap<usize, Outlook>) -> Scenario {
        let mut here = policy.clone();
        // What does not come at all costs nothing either.
        here.actions.retain(|action| outlook.get(action).is_none_or(|expected| expected.share > 0.0));
        for &action in &here.actions {
            let Some(expected) = outlook.get(&action).filter(|expected| **expected != Outlook::PROMISED) else {
                continue;
            };
            here.otherwise.insert(action, self.late_and_less(policy, action, expected.months_late, expected.share));
        }
        here
    }
}
