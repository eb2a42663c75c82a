//! How ready a system is to do more for itself: a framework of activities, and a system's own answers beside its plan.
//!
//! A framework says, for each activity, what a system can show at each readiness and what may then be devolved to it. It is a file of its
//! own, so that all systems answer the same questions; `maturity.toml` in a plan's folder names it and holds the answers.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::action::Level;
use crate::assumption::{Kind, Passport};
use crate::book::Context;
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::{At, Day, Document};
use crate::files::TextFile;

/// The name of the file of answers.
const FILE: &str = "maturity.toml";

/// A step on the way to doing an activity alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it means.
    pub about: String,
}

/// Something that may be handed to a more local level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Devolution {
    /// What it is.
    pub what: String,
    /// Who has it until then.
    pub from: Level,
    /// Who may have it.
    pub to: Level,
    /// The readiness it takes, as an index.
    pub at: usize,
    /// Other activities that must be as ready, as indices.
    pub after: Vec<usize>,
    /// The first day on which it may be, whatever the readiness.
    pub not_before: Option<Date>,
}

/// Something that somebody must do about the people of the NHS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What each level does in it.
    pub does: BTreeMap<Level, String>,
    /// What a system can show, by readiness, as an index.
    pub shows: BTreeMap<usize, String>,
    /// What may be devolved, and when.
    pub devolves: Vec<Devolution>,
}

/// Activities, and what readiness means in each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Framework {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What to know about it.
    pub about: String,
    /// Where it came from.
    pub passport: Passport,
    /// Steps of readiness, the least first.
    pub readiness: Vec<Readiness>,
    /// Its activities.
    pub activities: Vec<Activity>,
}

/// What a system says of itself in one activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The activity, as an index.
    pub activity: usize,
    /// How ready it is, as an index.
    pub readiness: usize,
    /// When that was judged.
    pub on: Date,
    /// By whom.
    pub by: String,
    /// On what evidence.
    pub evidence: String,
    /// What it will do next.
    pub next: String,
}

/// A framework and a system's answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SelfAssessment {
    /// The framework.
    pub framework: Framework,
    /// The answers, by activity and day.
    pub answers: Vec<Answer>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawReadiness {
    id: At<String>,
    title: String,
    about: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawShows {
    readiness: At<String>,
    /// What a system at this readiness can show.
    what: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawDevolution {
    what: At<String>,
    from: Level,
    to: Level,
    /// The readiness it takes.
    at: At<String>,
    /// Other activities that must be as ready.
    #[serde(default)]
    after: Vec<At<String>>,
    not_before: Option<Day>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawActivity {
    id: At<String>,
    title: String,
    /// What each level does in it.
    #[serde(default)]
    does: BTreeMap<Level, String>,
    #[serde(default)]
    shows: Vec<At<RawShows>>,
    #[serde(default)]
    devolve: Vec<At<RawDevolution>>,
}

/// What a framework says of itself.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFramework {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) about: At<String>,
    pub(crate) kind: Kind,
    pub(crate) source: At<String>,
    #[serde(rename = "where", default)]
    pub(crate) where_in_source: String,
    #[serde(default)]
    pub(crate) why: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAnswer {
    activity: At<String>,
    readiness: At<String>,
    on: Day,
    /// Who judged it.
    by: At<String>,
    /// What shows it.
    evidence: At<String>,
    /// What is done next to get further.
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMaturity {
    /// The framework's file, relative to the plan.
    pub(crate) framework: At<String>,
}

/// Reads the self-assessment beside a plan; none where there is none.
pub(crate) fn read_maturity(
    folder: &Path,
    context: &mut Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<SelfAssessment> {
    let path = folder.join(FILE);
    if !context.files.has_file(&path) {
        return None;
    }
    let file = context.files.read(&path, diagnostics)?;
    let mut document = Document::parse(&file, diagnostics)?;
    let raw_answers = document.list::<RawAnswer>("answer", diagnostics);
    let raw = document.rest::<RawMaturity>("a self-assessment", diagnostics)?;
    let named_at = file.locate(raw.framework.span.clone());
    let of = context.files.read_named(&folder.join(&raw.framework.value), named_at, diagnostics)?;
    let framework = read_framework(&of, context, diagnostics)?;
    let mut answers: Vec<Answer> = Vec::new();
    for raw in raw_answers {
        let mut names = Names { file: &file, diagnostics };
        let activity = names.find(&raw.activity, "activity", framework.activities.iter().map(|of| of.id.as_str()));
        let readiness = names.find(&raw.readiness, "readiness", framework.readiness.iter().map(|of| of.id.as_str()));
        for (what, text) in [("evidence", &raw.evidence), ("name in `by`", &raw.by)] {
            if text.trim().is_empty() {
                let help = "say what shows it, and who judged it, so that somebody else can look";
                diagnostics.push("M038", file.locate(text.span.clone()), format!("the answer has no {what}"), help);
            }
        }
        let (Some(activity), Some(readiness)) = (activity, readiness) else { continue };
        if answers.iter().any(|other| (other.activity, other.on) == (activity, raw.on.0)) {
            let message = format!("`{}` is answered twice for {}", raw.activity.value, raw.on.0);
            let help = "keep the answer that holds, or give the later one its own day";
            diagnostics.push("M013", file.locate(raw.activity.span.clone()), message, help);
            continue;
        }
        let RawAnswer { on, by, evidence, next, .. } = raw.value;
        let (by, evidence) = (by.value, evidence.value.trim().to_owned());
        answers.push(Answer { activity, readiness, on: on.0, by, evidence, next });
    }
    answers.sort_by_key(|answer| (answer.activity, answer.on));
    Some(SelfAssessment { framework, answers })
}

fn read_framework(file: &TextFile, context: &Context<'_>, diagnostics: &mut Diagnostics) -> Option<Framework> {
    let mut document = Document::parse(file, diagnostics)?;
    let raw_readiness = document.list::<RawReadiness>("readiness", diagnostics);
    let raw_activities = document.list::<RawActivity>("activity", diagnostics);
    let raw = document.rest::<RawFramework>("a readiness framework", diagnostics)?;
    context.sources.need(&raw.source, file.locate(raw.source.span.clone()), diagnostics);
    if raw.kind != Kind::Published && raw.why.trim().is_empty() {
        let help = "add `why`, so that another planner can disagree with it";
        let at = file.locate(raw.source.span.clone());
        diagnostics.push("M012", at, "the framework does not say why it asks for this", help);
    }
    if raw_readiness.len() < 2 || raw_activities.is_empty() {
        let help = "write [[readiness]] sections, the least first, and [[activity]] sections";
        let message = "a framework needs at least two steps of readiness and one activity";
        diagnostics.push("M038", file.locate(raw.about.span.clone()), message, help);
        return None;
    }
    refuse_doubles(file, raw_readiness.iter().map(|of| &of.id), diagnostics);
    refuse_doubles(file, raw_activities.iter().map(|of| &of.id), diagnostics);
    let steps: Vec<String> = raw_readiness.iter().map(|of| of.id.value.clone()).collect();
    let ids: Vec<String> = raw_activities.iter().map(|of| of.id.value.clone()).collect();
    let activities = raw_activities.into_iter().map(|raw| read_activity(file, raw.value, &steps, &ids, diagnostics));
    let activities = activities.collect();
    let readiness = raw_readiness.into_iter().map(|At { value, .. }| Readiness {
        id: value.id.value,
        title: value.title,
        about: value.about,
    });
    Some(Framework {
        id: raw.id,
        title: raw.title,
        about: raw.about.value,
        passport: Passport {
            kind: raw.kind,
            source: raw.source.value,
            where_in_source: raw.where_in_source,
            why: raw.why,
        },
        readiness: readiness.collect(),
        activities,
    })
}

fn read_activity(
    file: &TextFile,
    raw: RawActivity,
    steps: &[String],
    ids: &[String],
    diagnostics: &mut Diagnostics,
) -> Activity {
    let mut names = Names { file, diagnostics };
    let step =
        |names: &mut Names<'_>, name: &At<String>| names.find(name, "readiness", steps.iter().map(String::as_str));
    let shows =
        raw.shows.into_iter().filter_map(|At { value, .. }| Some((step(&mut names, &value.readiness)?, value.what)));
    let shows: BTreeMap<usize, String> = shows.collect();
    let mut devolves = Vec::new();
    for At { value: raw, .. } in raw.devolve {
        // Levels go from national to organisation: a later one is more local.
        if raw.to <= raw.from {
            let message =
                format!("what is {} cannot be devolved to the same level or up", raw.from.title().to_lowercase());
            let help = "write in `to` a more local level than in `from`";
            names.diagnostics.push("M038", file.locate(raw.what.span.clone()), message, help);
        }
        let after = raw.after.iter().filter_map(|name| names.find(name, "activity", ids.iter().map(String::as_str)));
        let after = after.collect();
        let Some(at) = step(&mut names, &raw.at) else { continue };
        let not_before = raw.not_before.map(|day| day.0);
        devolves.push(Devolution { what: raw.what.value, from: raw.from, to: raw.to, at, after, not_before });
    }
    Activity { id: raw.id.value, title: raw.title, does: raw.does, shows, devolves }
}

/// Refuses two things of one name.
fn refuse_doubles<'a>(file: &TextFile, ids: impl Iterator<Item = &'a At<String>>, diagnostics: &mut Diagnostics) {
    let mut known: Vec<&str> = Vec::new();
    for id in ids {
        if known.contains(&id.value.as_str()) {
            let message = format!("two entries of the framework are called `{}`", id.value);
            diagnostics.push("M013", file.locate(id.span.clone()), message, "give one of them another id");
        }
        known.push(&id.value);
    }
}

/// Where names are looked up, and where wrong ones are said.
struct Names<'n> {
    file: &'n TextFile,
    diagnostics: &'n mut Diagnostics,
}

impl Names<'_> {
    fn find<'a>(
        &mut self,
        name: &At<String>,
        what: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<usize> {
        let found = known.clone().position(|id| id == name.value);
        if found.is_none() {
            let help = suggest(name, known, &format!("each {what} is written in the framework's file"));
            let message = format!("the framework has no {what} called `{}`", name.value);
            self.diagnostics.push("M010", self.file.locate(name.span.clone()), message, help);
        }
        found
    }
}
