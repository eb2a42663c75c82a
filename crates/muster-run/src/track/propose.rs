//! Updated assumptions for what is broken, as a local book that a planner may add to the plan. Nothing is changed by itself.

use jiff::civil::date;
use muster_book::{Ask, Measure, Plan, Scope};
use muster_core::{FinancialYear, PlaceCode, STAFF_AGES, Setting};
use muster_data::Library;
use muster_measure::update::{Ratio, shrunk};
use muster_measure::watch::Verdict;
use serde::Serialize;

use super::Track;
use super::actuals::month_name;
use super::kinds::Tracking;
use super::tracked::{Tracked, shown};
use crate::csv::csv_cell;
use crate::number::percent;

/// A file of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedFile {
    /// Its path inside the proposal.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// A local book with updated assumptions.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// Its files; none when nothing is proposed.
    pub files: Vec<ProposedFile>,
    /// What it changes, and what was left alone and why, in sentences.
    pub notes: Vec<String>,
}

/// How an assumption moves.
#[derive(Debug, Clone, Serialize)]
struct Change<'a> {
    #[serde(skip)]
    series: &'a Tracked,
    ratio: Ratio,
}

/// A local book for the series whose assumption is broken: leaver rates, each times one factor for its staff group.
pub(crate) fn proposal(track: &Track, plan: &Plan) -> Proposal {
    let mut made = Proposal::default();
    let changes = changes(track, &mut made.notes);
    let Some(first) = changes.iter().filter_map(|change| change.series.departure).map(|of| of.since).min() else {
        return made;
    };
    let Some(source) = source(&changes, plan) else {
        made.notes.push(
            "Nothing was written: the plan has no source for this publication. Add one to its sources, under the id that the \
             description of the publication gives in `cite`, and propose again."
                .to_owned(),
        );
        return made;
    };
    let from = day_of(first).map_or(plan.from + 1, FinancialYear::containing);
    let rows = rows(&changes, (plan, &track.place), from);
    if rows.is_empty() {
        made.notes.push("Nothing was written: the plan states no leaver rate for these staff.".to_owned());
        return made;
    }
    let id = format!("track-{}", track.place.to_lowercase());
    let book = format!(
        "id    = \"{id}\"\ntitle = \"{}: leaver rates that tracking proposes\"\nplace = \"{}\"\nabout = \"\"\"\nProposed by `muster track` on {} from what the \
         dataset said up to then, for the scenario {}. A proposal: read what each row says before it is added to a plan.\"\"\"\n",
        quoted(&track.place_name),
        track.place,
        track.today,
        quoted(&track.scenario)
    );
    let table = format!(
        "measure = \"leaver_rate\"\nabout   = \"Share of those in post at the start of the year who have left the NHS by its end: the plan's rates, each times \
         the factor that tracking proposes for its staff group.\"\nunit    = \"share of opening headcount, per year\"\nchecked = {}\n\n[table]\nfile   = \
         \"leaver_rate.csv\"\nfrom   = {}\nkind   = \"derived\"\nsource = \"{}\"\nwhere  = \"{}\"\nwhy    = \"{}\"\n",
        track.today,
        from.first_day(),
        source.0,
        quoted(&source.1),
        quoted(METHOD)
    );
    made.files = vec![
        ProposedFile { path: "book.toml".to_owned(), text: book },
        ProposedFile { path: "supply/leaver_rate.toml".to_owned(), text: table },
        ProposedFile { path: "supply/leaver_rate.csv".to_owned(), text: rows },
    ];
    made
}

const METHOD: &str = "The plan's rate times a factor: the ratio of what happened to what was expected, drawn towards 1 by how sure the plan \
                      was (normal errors in logarithms; weight of the data: plan's variance over plan's variance plus that of chance). Low \
                      and high: the plan's, times the 5% and 95% points of the factor.";

/// The series that move an assumption. Leavers say it best; a stock is used only where nothing else is known of the group.
fn changes<'a>(track: &'a Track, notes: &mut Vec<String>) -> Vec<Change<'a>> {
    let broken = |series: &&Tracked| series.verdict == Verdict::BrokenAssumption;
    let rank = |series: &Tracked| match series.measure {
        Tracking::LeaverRate => Some(0),
        Tracking::Leavers => Some(1),
        Tracking::StaffFte => Some(2),
        Tracking::Joiners => None,
    };
    let mut candidates: Vec<&Tracked> = track.series.iter().filter(broken).collect();
    candidates.sort_by_key(|series| (rank(series), series.staff == "all"));
    let mut made: Vec<Change<'_>> = Vec::new();
    for series in candidates {
        let Some(of) = series.departure else { continue };
        let taken = |change: &Change<'_>| change.series.staff == series.staff || series.staff == "all";
        if made.iter().any(taken) {
            continue;
        }
        if series.is_step {
            notes.push(format!("{}: nothing is proposed. It points to {}.", series.title, series.points_to));
            continue;
        }
        if series.measure == Tracking::Joiners {
            notes.push(format!(
                "{}: nothing is proposed. Joiners are the sum of {}; look at them one by one.",
                series.title, series.points_to
            ));
            continue;
        }
        let ratio = if series.measure == Tracking::StaffFte {
            // A stock that is so much lower after so many years lost so much more of itself each year.
            let a_year = |log: f64| log / of.years / of.leaver_rate;
            shrunk(1.0 - a_year(of.log), a_year(of.error), a_year(of.spread))
        } else {
            shrunk(of.log.exp(), of.error, of.spread)
        };
        match ratio.filter(|ratio| ratio.value > LEAST_FACTOR) {
            Some(ratio) => {
                let only = if series.measure == Tracking::StaffFte {
                    " This takes leaving to explain all of it. A stock cannot tell leaving from joining: hold it against turnover before you use it."
                } else {
                    ""
                };
                notes.push(format!(
                    "{}: leaver rates times {:.3} ({:.3} to {:.3}); the data alone say {:.3} and count {}.{only}",
                    series.title,
                    ratio.value,
                    ratio.low,
                    ratio.high,
                    ratio.plain,
                    percent(ratio.weight)
                ));
                made.push(Change { series, ratio });
            }
            None => notes.push(format!(
                "{}: nothing is proposed. Leaving alone cannot explain it: even if hardly anybody left, staff would have grown less. Look at \
                 what brings joiners.",
                series.title
            )),
        }
    }
    if made.is_empty() && notes.is_empty() {
        notes.push("Nothing is proposed: no assumption is broken.".to_owned());
    }
    made
}

/// A factor below this would be no leaving to speak of.
const LEAST_FACTOR: f64 = 0.2;

/// The plan's source for what the changes rest on, and where in it they were read.
fn source(changes: &[Change<'_>], plan: &Plan) -> Option<(String, String)> {
    let library = Library::built_in().ok()?;
    let cite = |change: &Change<'_>| library.publication(change.series.publication)?.cite.clone();
    let id = changes.iter().find_map(|change| cite(change).filter(|id| plan.shelf.sources.contains_key(id)))?;
    let titles: Vec<&str> = changes.iter().map(|change| change.series.title.as_str()).collect();
    Some((id, titles.join("; ")))
}

/// The rows of the table: by profession and band of ages, as the plan has them.
fn rows(changes: &[Change<'_>], (plan, place): (&Plan, &str), from: FinancialYear) -> String {
    let shelf = &plan.shelf;
    let Ok(code) = place.parse::<PlaceCode>() else { return String::new() };
    let lineage: Vec<PlaceCode> = shelf.places.lineage(&code).cloned().collect();
    let mut text = String::new();
    let mut stated = Vec::new();
    for change in changes {
        let of = change.series;
        let last = of.months.iter().rev().find_map(|month| Some((month, month.actual?)));
        let seen = last.map_or(String::new(), |(month, actual)| {
            format!(
                "{} in {}, where the plan expected {}",
                shown(of.measure, actual),
                month.month,
                shown(of.measure, month.band[3])
            )
        });
        for profession in of.staff_group.professions(&shelf.taxonomy) {
            // Those who work in general practice alone are not among the staff that were tracked.
            let settings = &shelf.taxonomy.professions[profession].settings;
            if stated.contains(&profession) || settings.iter().all(|setting| *setting == Setting::PrimaryCare) {
                continue;
            }
            stated.push(profession);
            let scopes = shelf.scopes_of_profession(profession);
            let ask = Ask { measure: Measure::LeaverRate, scopes, setting: None, lineage: &lineage };
            // Ages that share a series share a row.
            let mut ages: Vec<(u8, u8, [f64; 3])> = Vec::new();
            for age in STAFF_AGES.ages() {
                let found = shelf.find(&ask, Some(age), from).and_then(|series| series.entry(from));
                let Some(entry) = found else { continue };
                let numbers = [entry.value, entry.low, entry.high];
                match ages.last_mut().filter(|(_, last, of)| *last + 1 == age && *of == numbers) {
                    Some((_, last, _)) => *last = age,
                    None => ages.push((age, age, numbers)),
                }
            }
            for (first, last, [value, low, high]) in ages {
                let Ratio { value: factor, low: least, high: most, .. } = change.ratio;
                let at_most_one = |rate: f64| rate.clamp(0.0, 1.0);
                let why = format!(
                    "Times {factor:.4} ({least:.4} to {most:.4}) for {}: {seen}. The plan has {value}.",
                    of.staff_group.title
                );
                text.push_str(&format!(
                    "{},{first}-{last},{:.6},{:.6},{:.6},{}\n",
                    shelf.subject_id(Scope::Profession(profession)),
                    at_most_one(value * factor),
                    at_most_one(low * least),
                    at_most_one(high * most),
                    csv_cell(&why)
                ));
            }
        }
    }
    if text.is_empty() { text } else { format!("profession,age,value,low,high,why\n{text}") }
}

/// The first day of a month.
fn day_of(month: i32) -> Option<jiff::civil::Date> {
    let name = month_name(month);
    let (year, month) = name.split_once('-')?;
    Some(date(year.parse().ok()?, month.parse().ok()?, 1))
}

/// A text between quotation marks of TOML.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
