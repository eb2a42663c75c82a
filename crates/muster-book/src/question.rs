//! What would it take? The question that an optimiser is asked: levers, targets and limits, read from `solve.toml` beside the plan.
//!
//! Each number has a passport like any other. Reading finds everything that is wrong; a question that was read fits its plan.

mod read;
pub(crate) use read::{RawLever, RawLimit, RawQuestion, RawSubstitution, RawTarget};

use std::path::Path;

use muster_core::{FinancialYear, PlaceCode};
use serde::{Deserialize, Serialize};

use crate::assumption::Passport;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::files::{Files, TextFile};
use crate::plan::Plan;

/// The name of the file.
pub const QUESTION_FILE: &str = "solve.toml";

/// What is asked of an optimiser.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its title.
    pub title: String,
    /// What to know about it.
    pub about: String,
    /// The scenario that the levers are added to.
    pub scenario: String,
    /// The first year in which a lever may move.
    pub from: FinancialYear,
    /// By how much a pound a year later counts less.
    pub discount: Option<(f64, Passport)>,
    /// What is to be met.
    pub targets: Vec<Target>,
    /// What may be moved, the first that names a thing deciding for it.
    pub levers: Vec<Lever>,
    /// What holds the levers back.
    pub limits: Vec<Limit>,
    /// Which work may pass from whom to whom.
    pub substitutions: Vec<Substitution>,
    /// The file it was read from.
    pub file: TextFile,
}

/// What a target holds down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// Demand less supply, in FTE.
    GapFte,
    /// The gap as a share of demand.
    VacancyRate,
    /// Recruits from abroad as a share of all joiners.
    InternationalShare,
    /// What the levers cost in a year.
    SpendGbp,
}

/// Something to be met.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it holds down.
    pub aim: Aim,
    /// To how much.
    pub at_most: f64,
    /// The first year in which it must hold.
    pub year: FinancialYear,
    /// The last.
    pub until: FinancialYear,
    /// For whom, as indices of professions.
    pub professions: Vec<usize>,
    /// For each profession by itself, or for all of them together.
    pub each: bool,
    /// For each place by itself, or for all of them together.
    pub each_place: bool,
    /// Where it came from.
    pub passport: Passport,
}

/// What a lever moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moves {
    /// Starters of a programme.
    Intake,
    /// Recruits from abroad.
    International,
    /// Joiners from the wider labour market.
    Domestic,
    /// The leaver rate, downwards.
    Retention,
    /// Posts of a move: conversion courses and training posts.
    Posts,
}

/// Something that may be moved.
#[derive(Debug, Clone)]
pub struct Lever {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it moves.
    pub moves: Moves,
    /// Which programmes, professions or moves, as indices.
    pub of: Vec<usize>,
    /// What one costs: a student in each year of study, a recruit, a post. Where none is stated the books' price counts; retention has
    /// bands instead.
    pub gbp: Option<f64>,
    /// Whether only whole people may be chosen.
    pub whole: bool,
    /// How far what the scenario has may fall: 1 not at all, 0 to nothing.
    pub at_least: f64,
    /// For retention: steps of the cut, each dearer than the one before.
    pub bands: Vec<Band>,
    /// The years that a course takes before the move, which nobody can finish sooner.
    pub lead_years: i32,
    /// Where it came from.
    pub passport: Passport,
}

/// A step of what can be taken off a leaver rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// By how much of itself the leaver rate can fall in this step.
    pub cut: f64,
    /// Pounds for each head in post in a year, for the whole of the step.
    pub gbp_per_head: f64,
}

/// What a limit holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Growth of an intake from one year to the next, as a share.
    IntakeGrowth,
    /// Starters in a year: applicants who can be admitted.
    Applicants,
    /// Students in training at the close of a year: placements.
    Placements,
    /// Students for each FTE of the profession that supervises them.
    Supervisors,
    /// Recruits from abroad in a year, for each head in post at the start of the plan.
    RecruitsAbroad,
    /// Joiners from the wider labour market that a lever adds in a year, for each head in post at the start of the plan.
    RecruitsAtHome,
    /// Posts that a lever adds to a move in a year.
    Posts,
}

/// Something that holds levers back.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it holds back.
    pub holds: Holds,
    /// To how much.
    pub at_most: f64,
    /// By how much of itself it grows in a year.
    pub growth: f64,
    /// Which programmes, professions or moves, as indices.
    pub of: Vec<usize>,
    /// Each by itself, or all of them together.
    pub each: bool,
    /// The one place it is about; none for every place, each with its share.
    pub place: Option<PlaceCode>,
    /// Who supervises, as an index of a profession.
    pub supervisor: Option<usize>,
    /// Where it came from.
    pub passport: Passport,
}

/// Work that may pass from one profession to another.
#[derive(Debug, Clone)]
pub struct Substitution {
    /// Whose work it is, as an index of a profession.
    pub from: usize,
    /// Who may take it over, as an index of a profession.
    pub to: usize,
    /// Which work.
    pub task: String,
    /// The share of the work of the first that this task is.
    pub share: f64,
    /// FTE of the second who do what one FTE of the first did.
    pub ratio: f64,
    /// Who supervises, as an index of a profession, and how many FTE for each FTE of the second.
    pub supervision: Option<(usize, f64)>,
    /// Pounds a year for each FTE of the first that is relieved.
    pub gbp: f64,
    /// Where it came from.
    pub passport: Passport,
}

impl Question {
    /// The question in `solve.toml` beside the plan, or the usual one where there is none.
    pub fn of(plan: &Plan) -> Result<Self, Vec<Diagnostic>> {
        let path = plan.folder.join(QUESTION_FILE);
        if path.exists() { Self::read(plan, &path) } else { Self::usual(plan) }
    }

    /// Reads a question about a plan, or says everything that is wrong with it.
    pub fn read(plan: &Plan, path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Diagnostics::default();
        let file = Files::default().read(path, &mut diagnostics);
        let question = file.and_then(|file| read::question(plan, file, true, &mut diagnostics));
        match question {
            Some(question) => diagnostics.into_result(question),
            None => Err(diagnostics.into_list()),
        }
    }

    /// The question that is asked where a plan has none of its own: its numbers are judgements, and say so.
    pub fn usual(plan: &Plan) -> Result<Self, Vec<Diagnostic>> {
        Self::written(plan, "the usual question", include_str!("question/usual.toml"), false)
    }

    /// Reads a question from text. Where it is not part of a plan, its sources need no files.
    pub fn written(plan: &Plan, name: &str, text: &str, sourced: bool) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Diagnostics::default();
        let mut files = Files::in_memory([(name.to_owned(), text.to_owned())]);
        let file = files.read(Path::new(name), &mut diagnostics);
        let question = file.and_then(|file| read::question(plan, file, sourced, &mut diagnostics));
        match question {
            Some(question) => diagnostics.into_result(question),
            None => Err(diagnostics.into_list()),
        }
    }
}
