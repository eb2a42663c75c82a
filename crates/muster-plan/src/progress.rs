//! What a plan comes to as promised, as it stands, and if something else happens: targets, the gap, milestones and moved actions.

use std::collections::BTreeMap;

use jiff::civil::Date;
use muster_book::{Check, Outlook, PLAN, Plan, Scenario};
use muster_core::FinancialYear;
use muster_engine::Step;
use muster_run::stress::Totals;
use muster_run::{RunError, ScenarioRun, Verdict, difference_in_words, hold, project_scenario};
use serde::Serialize;

use crate::dates::months_in_words;
use crate::outlook::{Cause, Stand, WhatIf, outlook_of, stands};

/// What the plan comes to in one version of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Version {
    /// Staff and money at the horizon.
    pub totals: Totals,
    /// The gap in each year, the baseline first.
    pub gap_fte: Vec<f64>,
    /// The gap at the horizon by profession, in the book's order.
    pub profession_gap_fte: Vec<f64>,
    /// Every target of the plan, held against this version.
    pub targets: Vec<Verdict>,
}

/// A target in every version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetMove {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is expected, in words.
    pub expected: String,
    /// What comes out as promised.
    pub promised: Verdict,
    /// What comes out as things stand.
    pub standing: Verdict,
    /// By how much that moved, in words; empty where it did not.
    pub moved_by: String,
    /// What comes out if what was asked happens.
    pub what_if: Option<Verdict>,
    /// By how much that differs from how things stand, in words; empty where it does not.
    pub what_if_moved_by: String,
}

/// An action that does not come as promised.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who owns it: organisation.
    pub owner: String,
    /// How it is doing, in words.
    pub status: String,
    /// When it was promised.
    pub due: Date,
    /// When it is expected; none where it will not be done.
    pub expected: Option<Date>,
    /// How many months late its effects come.
    pub months_late: u32,
    /// The share of its effects that comes.
    pub share: f64,
    /// Why, one sentence for each reason.
    pub why: Vec<String>,
    /// By how much the gap at the horizon would move if this action alone came so, and all others as promised.
    pub gap_change_alone_fte: f64,
}

/// A milestone that is past its date, or was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MilestonePassed {
    /// The action.
    pub action: String,
    /// The milestone, by its title.
    pub title: String,
    /// By when.
    pub due: Date,
    /// When it was reached; none where it was not.
    pub reached: Option<Date>,
}

/// A profession whose gap at the horizon moves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapMove {
    /// Its title.
    pub profession: String,
    /// Its gap as promised.
    pub promised_fte: f64,
    /// Its gap as things stand.
    pub standing_fte: f64,
    /// Its gap if what was asked happens.
    pub what_if_fte: Option<f64>,
}

/// How a plan stands on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// The plan, by its title.
    pub plan: String,
    /// The day.
    pub today: Date,
    /// The years, the baseline first.
    pub years: Vec<FinancialYear>,
    /// As promised.
    pub promised: Version,
    /// As it stands.
    pub standing: Version,
    /// If what was asked happens.
    pub what_if: Option<Version>,
    /// Every target, those that move first.
    pub targets: Vec<TargetMove>,
    /// Professions whose gap moves, the largest move first.
    pub professions: Vec<GapMove>,
    /// Actions that do not come as promised.
    pub moved: Vec<Moved>,
    /// Milestones whose date is past, or that were reached.
    pub milestones: Vec<MilestonePassed>,
    /// Actions of which nobody reported anything up to the day, and which are taken to come as promised.
    pub unreported: usize,
    /// Reports dated after the day, which do not count.
    pub later_reports: usize,
}

/// Works out how a plan stands on a day, and what would follow if something else happened on top.
pub fn progress(plan: &Plan, today: Date, what_if: &WhatIf) -> Result<Progress, RunError> {
    let standing = stands(plan, today, &WhatIf::default());
    let asked = (!what_if.is_empty()).then(|| stands(plan, today, what_if));
    let policy = promised_policy(plan)?;
    let version = |outlook: &BTreeMap<usize, Outlook>| version(plan, policy, outlook);
    let promised_version = version(&BTreeMap::new())?;
    let standing_version = version(&outlook_of(&standing))?;
    let asked_version = asked.as_ref().map(|asked| version(&outlook_of(asked))).transpose()?;

    let shown = asked.as_ref().unwrap_or(&standing);
    let mut moved = Vec::new();
    for (action, stand) in shown.iter().enumerate().filter(|(_, stand)| stand.is_moved()) {
        let alone = project(plan, policy, &BTreeMap::from([(action, stand.outlook)]))?;
        let change = Totals::of(&alone).gap_fte - promised_version.totals.gap_fte;
        moved.push(moved_action(plan, action, stand, change));
    }
    let unreported = standing.iter().filter(|stand| stand.reported.is_none()).count();
    Ok(Progress {
        plan: plan.title.clone(),
        today,
        years: plan.years(),
        targets: target_moves(plan, &promised_version, &standing_version, asked_version.as_ref()),
        professions: gap_moves(plan, &promised_version, &standing_version, asked_version.as_ref()),
        promised: promised_version,
        standing: standing_version,
        what_if: asked_version,
        moved,
        milestones: milestones_passed(plan, today),
        unreported,
        later_reports: plan.progress.iter().filter(|report| report.on > today).count(),
    })
}

/// Every action of the plan, as promised.
fn promised_policy(plan: &Plan) -> Result<&Scenario, RunError> {
    plan.scenario(PLAN).ok_or_else(|| RunError::Request(format!("the plan has no scenario `{PLAN}`")))
}

fn project(plan: &Plan, policy: &Scenario, outlook: &BTreeMap<usize, Outlook>) -> Result<ScenarioRun, RunError> {
    project_scenario(plan, &plan.with_outlook(policy, outlook), &plan.whole(), Step::Year)
}

fn version(plan: &Plan, policy: &Scenario, outlook: &BTreeMap<usize, Outlook>) -> Result<Version, RunError> {
    let run = project(plan, policy, outlook)?;
    let cells = &run.projection.cells;
    let gap_in = |year: usize| cells.iter().map(|cell| cell.years[year].gap_fte).sum();
    let horizon = run.resolved.inputs.years;
    let mut profession_gap_fte = vec![0.0; plan.shelf.taxonomy.professions.len()];
    for (cell, found) in run.resolved.inputs.cells.iter().zip(cells) {
        profession_gap_fte[cell.profession] += found.years[horizon].gap_fte;
    }
    let places = plan.whole();
    Ok(Version {
        totals: Totals::of(&run),
        gap_fte: (0..=horizon).map(gap_in).collect(),
        profession_gap_fte,
        targets: own_targets(plan).map(|target| hold(target, (plan, &places), &run)).collect(),
    })
}

/// The targets that speak of the plan itself, and not of another scenario.
fn own_targets(plan: &Plan) -> impl Iterator<Item = &Check> {
    plan.targets.iter().filter(|target| target.scenario == PLAN)
}

fn target_moves(plan: &Plan, promised: &Version, standing: &Version, what_if: Option<&Version>) -> Vec<TargetMove> {
    let moved_by = |check: &Check, from: &Verdict, to: &Verdict| {
        let by = to.figure.zip(from.figure).map_or(0.0, |(to, from)| to - from);
        let words = difference_in_words(check, by);
        // What rounds to nothing did not move.
        let is_seen = words.chars().any(|digit| ('1'..='9').contains(&digit));
        if is_seen { words } else { String::new() }
    };
    let moves = own_targets(plan).enumerate().map(|(i, check)| {
        let (promised, standing) = (&promised.targets[i], &standing.targets[i]);
        let what_if = what_if.map(|version| &version.targets[i]);
        TargetMove {
            id: check.id.clone(),
            title: check.title.clone(),
            expected: promised.expected.clone(),
            moved_by: moved_by(check, promised, standing),
            what_if_moved_by: what_if.map_or_else(String::new, |asked| moved_by(check, standing, asked)),
            promised: promised.clone(),
            standing: standing.clone(),
            what_if: what_if.cloned(),
        }
    });
    let mut moves: Vec<TargetMove> = moves.collect();
    moves.sort_by_key(|target| !target.is_moved());
    moves
}

impl TargetMove {
    /// Whether it comes out otherwise than promised, or would.
    pub fn is_moved(&self) -> bool {
        !self.moved_by.is_empty() || !self.what_if_moved_by.is_empty()
    }

    /// Whether it was met as promised and is not, or would not be.
    pub fn is_lost(&self) -> bool {
        let last = self.what_if.as_ref().unwrap_or(&self.standing);
        self.promised.outcome == muster_run::Outcome::Met && last.outcome == muster_run::Outcome::Missed
    }
}

fn gap_moves(plan: &Plan, promised: &Version, standing: &Version, what_if: Option<&Version>) -> Vec<GapMove> {
    let professions = plan.shelf.taxonomy.professions.iter().enumerate().map(|(i, profession)| GapMove {
        profession: profession.title.clone(),
        promised_fte: promised.profession_gap_fte[i],
        standing_fte: standing.profession_gap_fte[i],
        what_if_fte: what_if.map(|version| version.profession_gap_fte[i]),
    });
    let mut moves: Vec<GapMove> = professions.filter(|found| found.size_fte() >= 0.5).collect();
    moves.sort_by(|a, b| b.size_fte().total_cmp(&a.size_fte()));
    moves
}

impl GapMove {
    fn size_fte(&self) -> f64 {
        (self.what_if_fte.unwrap_or(self.standing_fte) - self.promised_fte).abs()
    }
}

fn moved_action(plan: &Plan, action: usize, stand: &Stand, gap_change_alone_fte: f64) -> Moved {
    let this = &plan.actions[action];
    let why = stand.causes.iter().map(|cause| cause_in_words(plan, stand, *cause));
    Moved {
        id: this.id.clone(),
        title: this.title.clone(),
        owner: this.owner.organisation.clone(),
        status: stand.status().map_or_else(|| "no report".to_owned(), |status| status.to_string()),
        due: this.due,
        expected: stand.expected,
        months_late: stand.outlook.months_late,
        share: stand.outlook.share,
        why: why.collect(),
        gap_change_alone_fte,
    }
}

/// A reason in a sentence.
fn cause_in_words(plan: &Plan, stand: &Stand, cause: Cause) -> String {
    let named = |need: usize| format!("{} ({})", plan.actions[need].id, plan.actions[need].title);
    let reported = stand.reported.as_ref();
    match cause {
        Cause::Reported => reported.map_or_else(String::new, |reported| {
            let share = match reported.delivered {
                1.0 => String::new(),
                share => format!(", {:.0}% of it", share * 100.0),
            };
            let note = if reported.note.is_empty() { String::new() } else { format!(": {}", reported.note) };
            format!("{}{share} on {}{note}", reported.status, reported.on)
        }),
        Cause::Overdue => reported.map_or_else(String::new, |reported| {
            format!(
                "{} on {}, overdue since and no later day given: today at the earliest",
                reported.status, reported.on
            )
        }),
        Cause::Asked => "as asked".to_owned(),
        Cause::WaitsFor(need) => {
            format!("delayed {} by {}", months_in_words(stand.outlook.months_late), named(need))
        }
        Cause::BlockedBy(need) => format!("stopped: {} will not be done", named(need)),
    }
}

fn milestones_passed(plan: &Plan, today: Date) -> Vec<MilestonePassed> {
    let of_action = |(i, action): (usize, &muster_book::Action)| {
        let passed = |(m, milestone): (usize, &muster_book::Milestone)| {
            let reached = plan.milestone_reached(i, m, Some(today));
            (milestone.due <= today || reached.is_some()).then(|| MilestonePassed {
                action: action.id.clone(),
                title: milestone.title.clone(),
                due: milestone.due,
                reached,
            })
        };
        action.milestones.iter().enumerate().filter_map(passed).collect::<Vec<_>>()
    };
    let mut passed: Vec<MilestonePassed> = plan.actions.iter().enumerate().flat_map(of_action).collect();
    passed.sort_by_key(|milestone| milestone.due);
    passed
}
