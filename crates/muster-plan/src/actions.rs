//! Views of a plan's actions: by owner, overdue, due in a quarter, by theme, by level, and what blocks what.

mod blocks;

use jiff::civil::Date;
use muster_book::{Level, Plan, Status, Theme};
use muster_run::RunError;
use serde::Serialize;

use crate::dates::{Quarter, months_between};
use crate::outlook::{Stand, WhatIf, stands};

pub use blocks::{Blocks, Critical, Step, blocks};

/// What nobody reported anything about, as a status to ask for.
const NO_REPORT: &str = "no_report";

/// An action as a line of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who owns it.
    pub owner: String,
    /// Their role.
    pub role: String,
    /// What it is about.
    pub theme: Theme,
    /// At which level.
    pub level: Level,
    /// When it was promised.
    pub due: Date,
    /// When it is expected; none where it will not be done.
    pub expected: Option<Date>,
    /// How it is doing; none where nobody reported.
    pub status: Option<Status>,
    /// When that was reported.
    pub reported_on: Option<Date>,
    /// Whether it should have been done, and was not reported to be.
    pub is_overdue: bool,
    /// By how many whole months.
    pub months_overdue: u32,
    /// Actions that it waits for, which are not done: their ids.
    pub waits_for: Vec<String>,
    /// The next milestone that was not reached.
    pub next_milestone: Option<String>,
    /// Whether it changes an assumption.
    pub has_effect: bool,
}

/// How to gather actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// All, in the plan's order.
    All,
    /// Those that should be done by now, the longest overdue first.
    Overdue,
    /// Those due in a quarter.
    Due,
    /// By owner.
    Owner,
    /// By theme.
    Theme,
    /// By level.
    Level,
}

/// Which actions to show.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How to gather them.
    pub view: View,
    /// The day on which they are looked at.
    pub today: Date,
    /// The quarter of [`View::Due`]; that of the day where none is named.
    pub quarter: Option<Quarter>,
    /// Only owners whose organisation or role has this in it, capitals apart.
    pub owner: Option<String>,
    /// Only this status: `on_track`, `no_report` and so on.
    pub status: Option<String>,
}

/// Actions under one heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The heading; empty where the view has only one group.
    pub title: String,
    /// Its actions.
    pub lines: Vec<Line>,
}

/// How an action is doing, in words.
pub fn status_in_words(status: Option<Status>) -> &'static str {
    status.map_or("no report", Status::title)
}

/// Every action of a plan as it stands on a day.
pub fn lines(plan: &Plan, today: Date) -> Vec<Line> {
    let stands = stands(plan, today, &WhatIf::default());
    stands.iter().enumerate().map(|(action, stand)| line(plan, action, stand, &stands, today)).collect()
}

fn line(plan: &Plan, action: usize, stand: &Stand, all: &[Stand], today: Date) -> Line {
    let this = &plan.actions[action];
    let waits = this.needs.iter().filter(|need| all[**need].status() != Some(Status::Done) && !stand.is_over());
    let next =
        this.milestones.iter().enumerate().find(|(m, _)| plan.milestone_reached(action, *m, Some(today)).is_none());
    Line {
        id: this.id.clone(),
        title: this.title.clone(),
        owner: this.owner.organisation.clone(),
        role: this.owner.role.clone(),
        theme: this.theme,
        level: this.level,
        due: this.due,
        expected: stand.expected,
        status: stand.status(),
        reported_on: stand.reported.as_ref().map(|reported| reported.on),
        is_overdue: this.due < today && !stand.is_over(),
        months_overdue: if stand.is_over() { 0 } else { months_between(this.due, today) },
        waits_for: waits.map(|need| plan.actions[*need].id.clone()).collect(),
        next_milestone: next.map(|(_, milestone)| format!("{} ({})", milestone.title, milestone.due)),
        has_effect: !this.effects.is_empty(),
    }
}

/// The actions that were asked for, gathered as asked.
pub fn view(plan: &Plan, asked: &Asked) -> Result<Vec<Group>, RunError> {
    let status = asked.status.as_deref().map(status_named).transpose()?;
    let owner = asked.owner.as_ref().map(|owner| owner.to_lowercase());
    let is_asked = |line: &Line| {
        let of_owner = owner
            .as_ref()
            .is_none_or(|owner| line.owner.to_lowercase().contains(owner) || line.role.to_lowercase().contains(owner));
        of_owner && status.is_none_or(|status| status == line.status)
    };
    let mut lines: Vec<Line> = lines(plan, asked.today).into_iter().filter(is_asked).collect();
    let quarter = asked.quarter.unwrap_or_else(|| Quarter::containing(asked.today));
    Ok(match asked.view {
        View::All => vec![Group { title: String::new(), lines }],
        View::Overdue => {
            lines.retain(|line| line.is_overdue);
            lines.sort_by_key(|line| line.due);
            vec![Group { title: String::new(), lines }]
        }
        View::Due => {
            lines.retain(|line| (quarter.from..=quarter.to).contains(&line.due));
            lines.sort_by_key(|line| line.due);
            vec![Group { title: format!("Due {quarter}"), lines }]
        }
        View::Owner => gathered(lines, |line| line.owner.clone()),
        View::Theme => gathered(lines, |line| line.theme.title().to_owned()),
        View::Level => {
            lines.sort_by_key(|line| line.level);
            gathered(lines, |line| line.level.title().to_owned())
        }
    })
}

/// Lines under headings, each in the order in which it first comes.
fn gathered(lines: Vec<Line>, heading: impl Fn(&Line) -> String) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in lines {
        let title = heading(&line);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.lines.push(line),
            None => groups.push(Group { title, lines: vec![line] }),
        }
    }
    groups
}

/// A status as it is asked for; none for actions that nobody reported on.
fn status_named(name: &str) -> Result<Option<Status>, RunError> {
    const ALL: [(&str, Status); 6] = [
        ("not_started", Status::NotStarted),
        ("on_track", Status::OnTrack),
        ("at_risk", Status::AtRisk),
        ("late", Status::Late),
        ("done", Status::Done),
        ("abandoned", Status::Abandoned),
    ];
    let wanted = name.trim().to_lowercase().replace(['-', ' '], "_");
    if wanted == NO_REPORT {
        return Ok(None);
    }
    ALL.iter().find(|(known, _)| *known == wanted).map(|(_, status)| Some(*status)).ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|(known, _)| *known).collect();
        RunError::Request(format!("no status is called `{name}`: use one of {}, {NO_REPORT}", known.join(", ")))
    })
}

/// The action of this name, as an index.
pub fn action_named(plan: &Plan, id: &str) -> Result<usize, RunError> {
    let found = plan.actions.iter().position(|action| action.id.eq_ignore_ascii_case(id));
    found.ok_or_else(|| {
        let known = plan.actions.iter().map(|action| action.id.as_str());
        let hint = muster_book::did_you_mean(id, known)
            .map_or_else(|| "`muster plan actions` lists them".to_owned(), |name| format!("did you mean `{name}`?"));
        RunError::Request(format!("no action of the plan is called `{id}`: {hint}"))
    })
}
