//! Dividing a plan between the places in it: a folder for each, with a plan that lies within the first, a local book and a submission
//! to be filled in.
//!
//! Regions and systems have what the national book gives them. Organisations have no share of England there, so theirs is made: the
//! system's share, divided by staff in post where the book holds it, else evenly, and their book says which.

mod staff;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use muster_book::{Measure, Plan, Scope, Shelf};
use muster_core::{Place, PlaceCode, PlaceKind};
use muster_run::{RunError, csv_cell};

use self::staff::Staff;

/// Between which places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// The regions.
    Regions,
    /// The integrated care systems.
    Systems,
    /// The trusts of each system, and for each system what is with none of them.
    Organisations,
}

/// One folder that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Divided {
    /// Where.
    pub folder: PathBuf,
    /// For which place.
    pub place: PlaceCode,
    /// What it is called.
    pub name: String,
    /// How its share of England was found, where it was made here.
    pub share: Option<String>,
}

/// What is written for one place.
struct Part<'p> {
    place: &'p Place,
    /// Whether it is the rest of its place: what is with none of its organisations.
    is_rest: bool,
    /// Its share of England: the table, and how it was found.
    share: Option<(String, String)>,
    /// What is said of the share in its header.
    passport: String,
}

/// Divides a plan, and writes a folder for each place below `out`, all or none.
///
/// `today` is written into the submissions as their date.
pub fn divide(plan: &Plan, among: Among, out: &Path, today: Date) -> Result<Vec<Divided>, RunError> {
    let parts = parts(plan, among)?;
    if parts.is_empty() {
        let what = match among {
            Among::Regions => "region",
            Among::Systems => "integrated care system",
            Among::Organisations => "organisation",
        };
        return Err(RunError::Request(format!("the plan is for {}, and no {what} lies in it", plan.place)));
    }
    if fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
        let text = format!("{} is not empty: name a folder that is not there yet", out.display());
        return Err(RunError::Request(text));
    }
    let beside = out.with_extension("part");
    let written = write_all(plan, &parts, out, &beside, today);
    let moved = written.and_then(|divided| {
        if out.exists() {
            fs::remove_dir(out)?;
        }
        fs::rename(&beside, out)?;
        Ok(divided)
    });
    moved.map_err(|error| {
        // What was half written is of no use to anyone.
        let _ = fs::remove_dir_all(&beside);
        RunError::File { path: out.display().to_string(), error: error.to_string() }
    })
}

/// The places of the plan that exist when it starts, and what is written for each.
fn parts(plan: &Plan, among: Among) -> Result<Vec<Part<'_>>, RunError> {
    let tree = &plan.shelf.places;
    let kind = match among {
        Among::Regions => PlaceKind::Region,
        Among::Systems => PlaceKind::System,
        Among::Organisations => return organisations(plan),
    };
    let here = tree.of_kind(kind).filter(|place| place.code != plan.place && tree.is_within(&place.code, &plan.place));
    let whole = |place| Part { place, is_rest: false, share: None, passport: String::new() };
    Ok(here.filter(|place| place.exists_on(plan.from.last_day())).map(whole).collect())
}

/// The organisations of each system, and the rest of it, with their shares.
fn organisations(plan: &Plan) -> Result<Vec<Part<'_>>, RunError> {
    let tree = &plan.shelf.places;
    let staff = Staff::read(plan)?;
    let mut parts = Vec::new();
    for system in tree.of_kind(PlaceKind::System).filter(|system| tree.is_within(&system.code, &plan.place)) {
        let members = members(plan, &system.code);
        let shares = staff.divide(&system.code, &members)?;
        let passport = staff.passport(&system.name, plan.from.last_day());
        for (place, fractions) in members.iter().zip(&shares.of_members) {
            let table = table(&plan.shelf, (&system.code, &place.code), fractions, shares.are_judged);
            let share = Some((table, shares.how.clone()));
            parts.push(Part { place, is_rest: false, share, passport: passport.clone() });
        }
        let table = table(&plan.shelf, (&system.code, &system.code), &shares.of_rest, shares.are_judged);
        let share = Some((table, shares.how.clone()));
        parts.push(Part { place: system, is_rest: true, share, passport });
    }
    Ok(parts)
}

/// The organisations of a system that exist when the plan starts, by code: not those that close with the year before.
pub(crate) fn members<'p>(plan: &'p Plan, system: &PlaceCode) -> Vec<&'p Place> {
    let last = plan.from.last_day();
    let next = last.tomorrow().unwrap_or(last);
    let of_system =
        |place: &&Place| place.parent.as_ref() == Some(system) && place.exists_on(last) && place.exists_on(next);
    plan.shelf.places.of_kind(PlaceKind::Trust).filter(of_system).collect()
}

/// A place's share of England as a table: the part of each share of its system, by setting, that is the place's.
///
/// What was judged may be as little as nothing and as much as double, and no more than all of it.
fn table(
    shelf: &Shelf,
    (system, place): (&PlaceCode, &PlaceCode),
    fractions: &BTreeMap<String, f64>,
    is_judged: bool,
) -> String {
    let mut text = "group,profession,place,setting,value,low,high\n".to_owned();
    for series in shelf.series().filter(|series| series.measure == Measure::PlaceShare && series.book == 0) {
        let (true, Some(setting), Some(entry)) =
            (series.key.place.as_ref() == Some(system), series.key.setting, series.entries.first())
        else {
            continue;
        };
        let (group, profession) = match series.key.scope {
            Scope::Group(_) => (shelf.subject_id(series.key.scope), ""),
            Scope::Profession(_) => ("", shelf.subject_id(series.key.scope)),
            _ => ("", ""),
        };
        let value = entry.value * fractions.get(setting.id()).copied().unwrap_or_default();
        let range = if is_judged { format!("0,{}", (2.0 * value).min(1.0)) } else { ",".to_owned() };
        let (group, profession) = (csv_cell(group), csv_cell(profession));
        text.push_str(&format!("{group},{profession},{place},{},{value},{range}\n", setting.id()));
    }
    text
}

fn write_all(plan: &Plan, parts: &[Part<'_>], out: &Path, beside: &Path, today: Date) -> std::io::Result<Vec<Divided>> {
    if beside.exists() {
        fs::remove_dir_all(beside)?;
    }
    let mut divided = Vec::new();
    for part in parts {
        let name = folder_name(part);
        let (at, folder) = (beside.join(&name), out.join(&name));
        fs::create_dir_all(at.join("book"))?;
        fs::write(at.join("plan.toml"), plan_file(plan, part, &folder)?)?;
        fs::write(at.join("submission.toml"), submission_file(plan, part, today))?;
        fs::write(at.join("book/book.toml"), book_file(plan, part))?;
        if let Some((table, _)) = &part.share {
            fs::create_dir_all(at.join("book/places"))?;
            fs::write(at.join("book/places/place_share.csv"), table)?;
            fs::write(at.join("book/places/place_share.toml"), share_file(part, today))?;
        }
        divided.push(Divided {
            folder,
            place: part.place.code.clone(),
            name: title(part),
            share: part.share.as_ref().map(|(_, how)| how.clone()),
        });
    }
    Ok(divided)
}

fn folder_name(part: &Part<'_>) -> String {
    if part.is_rest { format!("{}-rest", part.place.code) } else { part.place.code.to_string() }
}

fn title(part: &Part<'_>) -> String {
    if part.is_rest { format!("{}, other than its trusts", part.place.name) } else { part.place.name.clone() }
}

/// Text in quotes, as TOML has it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn plan_file(plan: &Plan, part: &Part<'_>, folder: &Path) -> std::io::Result<String> {
    let from = std::path::absolute(folder)?;
    let to = |path: &Path| std::path::absolute(path).map(|path| relative(&from, &path));
    let id = format!("{}-{}", plan.id, folder_name(part).to_lowercase());
    let title = format!("{}, within: {}", title(part), plan.title);
    let first = plan.shelf.books.first().map(|book| book.folder.clone()).unwrap_or_default();
    Ok(format!(
        "# The plan of one place within another. It has the actions and scenarios of that plan; what the place knows better goes into\n\
         # its book beside this file. To have actions of its own, copy actions.toml and scenarios.toml here.\n\
         id      = {}\ntitle   = {}\nplace   = \"{}\"\nfrom    = \"{}\"\nto      = \"{}\"\nwithin  = {}\nbooks   = [{}, \"book\"]\nsources = {}\n",
        quoted(&id),
        quoted(&title),
        part.place.code,
        plan.from,
        plan.to,
        quoted(&to(&plan.folder)?),
        quoted(&to(&first)?),
        quoted(&to(plan.sources())?),
    ))
}

fn submission_file(plan: &Plan, part: &Part<'_>, today: Date) -> String {
    let covers = if part.is_rest { "rest" } else { "whole" };
    format!(
        "# Who submits this plan. Fill in the sign-off when somebody stands by it; count versions up when you submit again.\n\
         organisation = {}\nplace        = \"{}\"\ncovers       = \"{covers}\"\nversion      = \"0.1\"\nyear         = \"{}\"\ndate         = {today}\n\n\
         # [sign_off]\n# name = \"\"\n# role = \"\"\n# date = {today}\n\n\
         # Staff who come from another place or go there, so that nobody is counted twice:\n\
         # [[transfer]]\n# from = \"\"\n# to = \"{}\"\n# profession = \"\"\n# year = \"{}\"\n# headcount = 0\n",
        quoted(&part.place.name),
        part.place.code,
        plan.from + 1,
        part.place.code,
        plan.from + 1,
    )
}

fn book_file(plan: &Plan, part: &Part<'_>) -> String {
    let id = format!("{}-{}-book", plan.id, folder_name(part).to_lowercase());
    let about = match &part.share {
        Some((_, how)) => format!("Its share of England: {how}. All else is England's until the place states its own."),
        None => "Everything is England's, and the place's share of it, until the place states its own.".to_owned(),
    };
    format!(
        "# What this place knows better than England's average: one file for each measure, as docs/how-to/write-a-local-book.md has it.\n\
         id    = {}\ntitle = {}\nplace = \"{}\"\nabout = {}\n",
        quoted(&id),
        quoted(&title(part)),
        part.place.code,
        quoted(&about),
    )
}

fn share_file(part: &Part<'_>, today: Date) -> String {
    format!(
        "measure = \"place_share\"\nabout   = {}\nunit    = \"share of England\"\nchecked = {today}\n\n[table]\nfile   = \"place_share.csv\"\n{}",
        quoted(&format!("The share of England that is with {}, by setting and staff group.", title(part))),
        part.passport,
    )
}

/// The way from one folder to another, with `/` between its parts.
fn relative(from: &Path, to: &Path) -> String {
    let clean = |path: &Path| {
        let mut parts: Vec<String> = Vec::new();
        for part in path.components() {
            match part {
                std::path::Component::ParentDir => drop(parts.pop()),
                std::path::Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
                _ => {}
            }
        }
        parts
    };
    let (from, to) = (clean(from), clean(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    let way: Vec<String> = up.chain(to[common..].iter().cloned()).collect();
    if way.is_empty() { ".".to_owned() } else { way.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_one_folder_to_another_goes_up_as_far_as_it_must() {
        assert_eq!(relative(Path::new("/a/b/c"), Path::new("/a/books/x")), "../../books/x");
        assert_eq!(relative(Path::new("/a/b/../c"), Path::new("/a")), "..");
        assert_eq!(relative(Path::new("/a"), Path::new("/a")), ".");
    }
}
