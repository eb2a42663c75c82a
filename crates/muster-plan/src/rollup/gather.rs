//! Finding the plans that are to be rolled up, reading them on top of one national plan, and refusing those that do not add up.

use std::path::{Path, PathBuf};

use muster_book::{Diagnostic, Diagnostics, Location, Plan};
use muster_core::{PlaceCode, PlaceKind};
use muster_run::RunError;
use rayon::prelude::*;
use serde::Deserialize;

use crate::submission::{Covers, Submission};

/// Plans that are to be rolled up, and the plan that they lie within.
#[derive(Debug)]
pub struct Gathered {
    /// The plan of the whole: what is modelled top-down.
    pub top: Plan,
    /// The plans that were submitted, by place.
    pub submissions: Vec<Submission>,
}

/// Reads plans from folders, or from folders of such folders, and the plan that they lie within.
pub fn gather(paths: &[PathBuf], top: Option<&Path>) -> Result<Gathered, RunError> {
    let mut folders = Vec::new();
    for path in paths {
        folders.extend(plans_in(path)?);
    }
    folders.sort();
    folders.dedup();
    let Some(first) = folders.first() else {
        return Err(RunError::Request("no plan was named: give folders of plans".to_owned()));
    };
    let outer = top.map_or_else(|| outermost(first), |top| Ok(top.to_owned()))?;
    let is_outer = |folder: &PathBuf| std::fs::canonicalize(folder).ok() == std::fs::canonicalize(&outer).ok();
    // A plan that is rolled up by itself is the whole.
    folders.retain(|folder| !is_outer(folder));
    let top = Plan::read(&outer).map_err(RunError::Plan)?;
    let read: Vec<Result<Submission, Vec<Diagnostic>>> =
        folders.par_iter().map(|folder| Submission::read_within(&top, folder)).collect();
    let mut submissions = Vec::new();
    let mut faults = Vec::new();
    for one in read {
        match one {
            Ok(submission) => submissions.push(submission),
            Err(list) => faults.extend(list),
        }
    }
    if !faults.is_empty() {
        // A fault in a shared file is found once for each plan that reads it.
        let mut seen = std::collections::HashSet::new();
        faults.retain(|fault| seen.insert(fault.to_string()));
        return Err(RunError::Plan(faults));
    }
    submissions.sort_by(|a, b| (&a.plan.place, a.covers(), &a.folder).cmp(&(&b.plan.place, b.covers(), &b.folder)));
    let faults = faults_together(&top, &submissions);
    if faults.is_empty() { Ok(Gathered { top, submissions }) } else { Err(RunError::Plan(faults)) }
}

/// The plan of a folder, or those in it.
fn plans_in(path: &Path) -> Result<Vec<PathBuf>, RunError> {
    let is_plan = |folder: &Path| folder.join("plan.toml").is_file();
    if is_plan(path) {
        return Ok(vec![path.to_owned()]);
    }
    let fault = |error: &str| RunError::File { path: path.display().to_string(), error: error.to_owned() };
    let entries = std::fs::read_dir(path).map_err(|_| fault("there is no such folder"))?;
    let mut found: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|folder| is_plan(folder)).collect();
    found.sort();
    if found.is_empty() { Err(fault("neither it nor a folder in it holds a plan.toml")) } else { Ok(found) }
}

/// Plans do not lie deeper than this.
const DEEPEST: usize = 8;

/// The folders of a plan and of the plans it lies within, to one that lies within none.
pub(crate) fn outwards(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    #[derive(Deserialize)]
    struct Within {
        within: Option<String>,
    }
    let mut way = vec![folder.to_owned()];
    for _ in 0..DEEPEST {
        let at = &way[way.len() - 1];
        let path = at.join("plan.toml");
        let fault = |error: String| RunError::File { path: path.display().to_string(), error };
        let text = std::fs::read_to_string(&path).map_err(|_| fault("it cannot be read".to_owned()))?;
        let raw: Within = toml::from_str(&text).map_err(|error| fault(error.message().to_owned()))?;
        match raw.within {
            Some(within) => way.push(at.join(within)),
            None => return Ok(way),
        }
    }
    Err(RunError::Request(format!("{} lies within itself: mend `within` in its plan.toml", folder.display())))
}

/// The plan that a plan lies within, and so on to one that lies within none.
fn outermost(folder: &Path) -> Result<PathBuf, RunError> {
    Ok(outwards(folder)?.pop().unwrap_or_else(|| folder.to_owned()))
}

/// What keeps plans from being added, each of which is sound by itself.
fn faults_together(top: &Plan, submissions: &[Submission]) -> Vec<Diagnostic> {
    let mut diagnostics = Diagnostics::default();
    for submission in submissions {
        refuse_another_frame(top, submission, &mut diagnostics);
    }
    for pair in submissions.windows(2) {
        let (first, second) = (&pair[0], &pair[1]);
        if first.plan.place == second.plan.place && first.covers() == second.covers() {
            let place = name(top, &first.plan.place);
            let message = format!("{place} submits two plans; the other is in {}", first.folder.display());
            let help = "roll up the one that counts, and leave out the version it replaces";
            diagnostics.push("M040", second.location(), message, help);
        }
    }
    for outer in submissions.iter().filter(|outer| outer.covers() == Covers::Whole) {
        for inner in submissions {
            let lies_within = inner.plan.place != outer.plan.place || inner.covers() == Covers::Rest;
            if lies_within
                && top.shelf.places.is_within(&inner.plan.place, &outer.plan.place)
                && !is_added_up(top, outer, inner)
            {
                let (inside, outside) = (name(top, &inner.plan.place), name(top, &outer.plan.place));
                let code = &inner.plan.place;
                let message =
                    format!("{inside} and {outside}, which it lies in, both submit a plan: its staff are in both");
                let help = format!(
                    "leave out one of the two, or let the plan of {outside} say that it adds up from it: adds_up_from = [\"{code}\"]"
                );
                diagnostics.push("M041", outer.location(), message, help);
            }
        }
    }
    diagnostics.into_list()
}

/// Whether one plan says that it adds up another, or a place that holds it.
fn is_added_up(top: &Plan, outer: &Submission, inner: &Submission) -> bool {
    outer.adds_up_from().iter().any(|code| top.shelf.places.is_within(&inner.plan.place, code))
}

fn refuse_another_frame(top: &Plan, submission: &Submission, diagnostics: &mut Diagnostics) {
    let plan = &submission.plan;
    let at = Location { file: plan.folder.join("plan.toml").display().to_string(), line: 1, column: 1, span: 0..0 };
    let place = name(top, &plan.place);
    if plan.shelf.taxonomy != top.shelf.taxonomy {
        let message = format!("the plan of {place} does not count the same professions, programmes and moves");
        let help = "name the same national book first in `books`";
        diagnostics.push("M042", at.clone(), message, help);
        return;
    }
    if !top.shelf.places.is_within(&plan.place, &top.place) {
        let message = format!("{place} does not lie in {}", name(top, &top.place));
        let help = "roll it up into the plan of a place that holds it";
        diagnostics.push("M045", at.clone(), message, help);
    }
    if (plan.from, plan.to) != (top.from, top.to) {
        let message = format!(
            "the plan of {place} is for {} to {}, the plan of {} for {} to {}",
            plan.from,
            plan.to,
            name(top, &top.place),
            top.from,
            top.to
        );
        diagnostics.push("M042", at.clone(), message, "give both the same years");
    }
    if let (Some(own), Some(theirs)) = (plan.price_year, top.price_year)
        && own != theirs
    {
        let message = format!(
            "the plan of {place} is in prices of {own}, that of {} in prices of {theirs}",
            name(top, &top.place)
        );
        diagnostics.push("M042", at.clone(), message, "state its pounds in the same year's prices");
    }
    let kind = top.shelf.places.get(&plan.place).map(|place| place.kind);
    if submission.covers() == Covers::Rest && kind != Some(PlaceKind::System) {
        let message =
            format!("{place} is no integrated care system, and only a system has a rest that no organisation submits");
        diagnostics.push("M043", submission.location(), message, "write covers = \"whole\"");
    }
}

/// What a place is called, or its code.
pub(super) fn name(plan: &Plan, place: &PlaceCode) -> String {
    plan.shelf.places.get(place).map_or_else(|| place.to_string(), |place| place.name.clone())
}
