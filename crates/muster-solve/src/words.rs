//! Rows and their prices in a planner's words.

use std::collections::BTreeMap;

use muster_book::{Aim, Holds, Moves, Target};
use muster_run::{gbp, percent, thousands};
use serde::Serialize;

use crate::rows::{About, Meaning};
use crate::solve::Search;
use crate::unit::{Unit, What};
use crate::world::World;

/// A target or limit that holds the answer back, in all the years in which it does.
#[derive(Debug, Clone, Serialize)]
pub struct Binding {
    /// The target's or limit's id.
    pub id: String,
    /// Which, and for whom.
    pub title: String,
    /// The years in which it binds, and what one more would save in each, in pounds as they are made least.
    pub years: Vec<(String, f64)>,
    /// The year in which one more would save most.
    pub year: String,
    /// What it would save.
    pub saves_gbp: f64,
    /// What one more then is worth in the last year of the plan, in FTE; none for a target.
    pub worth_fte: Option<f64>,
    /// All of it in a sentence.
    pub words: String,
}

/// What a row is about, where and for whom, whatever the year.
type Whom = (About, Option<usize>, Option<usize>);

/// Less than this is no price: what the method had not rubbed out.
const NO_PRICE_GBP: f64 = 0.5;

/// What binds, the most valuable first.
pub(crate) fn binding(world: &World<'_>, search: &Search) -> Vec<Binding> {
    let Some(solution) = &search.solution else { return Vec::new() };
    let mut gathered: BTreeMap<Whom, BTreeMap<usize, (f64, usize)>> = BTreeMap::new();
    for (row, price) in solution.row_prices.iter().enumerate() {
        let meaning = search.meaning(row);
        let saves = -price * one_more(world, meaning).1;
        if saves >= NO_PRICE_GBP {
            let years = gathered.entry((meaning.about, meaning.place, meaning.of)).or_default();
            let known = years.entry(meaning.year).or_insert((saves, row));
            // The steps of one cut, and rows kept from earlier rounds: what the cheapest would save.
            if saves > known.0 {
                *known = (saves, row);
            }
        }
    }
    let mut list: Vec<Binding> = gathered.into_values().map(|years| one_binding(world, search, &years)).collect();
    list.sort_by(|a, b| b.saves_gbp.total_cmp(&a.saves_gbp));
    list
}

fn one_binding(world: &World<'_>, search: &Search, years: &BTreeMap<usize, (f64, usize)>) -> Binding {
    let name = |year: usize| world.resolved.years[year].to_string();
    let best = years.iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0).then(b.0.cmp(a.0)));
    let (year, (saves_gbp, row)) = best.map_or((0, (0.0, 0)), |(year, best)| (*year, *best));
    let meaning = search.meaning(row);
    let (one, scale) = one_more(world, meaning);
    let worth_fte = worth(world, search, row).map(|fte| fte * scale);
    let title = row_title(world, meaning);
    let all: Vec<usize> = years.keys().copied().collect();
    let mut words = format!("{title} binds in {}", span(world, &all));
    if all.len() > 1 {
        words.push_str(&format!(", most in {}", name(year)));
    }
    words.push_str(&match worth_fte {
        Some(fte) => {
            let last = world.resolved.years[world.years()];
            format!(": one more {one} there is worth {fte:.2} FTE in {last} and saves {}", gbp(saves_gbp))
        }
        None => format!(": {one} would save {}", gbp(saves_gbp)),
    });
    let years = years.iter().map(|(year, (saves, _))| (name(*year), *saves)).collect();
    Binding { id: id_of(world, meaning), title, years, year: name(year), saves_gbp, worth_fte, words }
}

/// "2024/25", "2024/25 to 2028/29", "2024/25, 2026/27".
fn span(world: &World<'_>, years: &[usize]) -> String {
    let name = |year: &usize| world.resolved.years[*year].to_string();
    match (years.first(), years.last()) {
        (Some(first), Some(last)) if years.len() > 1 && years.len() == last - first + 1 => {
            format!("{} to {}", name(first), name(last))
        }
        _ => years.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}

/// What one more of what a limit holds back comes to in staff in post in the last year; none for a target.
fn worth(world: &World<'_>, search: &Search, row: usize) -> Option<f64> {
    let meaning = search.meaning(row);
    if matches!(meaning.about, About::Target(_)) {
        return None;
    }
    // The unit of the row's own year stands for one more of it: an earlier one is only there because growth or courses tie years together.
    let terms = &search.drawn.program.rows[row].terms;
    let own = terms.iter().filter(|(i, factor)| *factor > 0.0 && search.units[*i].year == meaning.year);
    let (unit, factor) = own.max_by(|a, b| value(search, a.0).total_cmp(&value(search, b.0)).then(b.0.cmp(&a.0)))?;
    let last = world.years();
    let response = &search.responses[*unit];
    let fte: f64 = match search.units[*unit].what {
        What::Shift => -response.iter().map(|part| part.demand[search.units[*unit].year]).sum::<f64>(),
        What::Of(_) => response.iter().map(|part| part.fte[last]).sum(),
    };
    Some(fte / factor)
}

fn value(search: &Search, unit: usize) -> f64 {
    search.values[unit]
}

/// One more of what a row holds back, in words, and how many of the row's own units that is.
fn one_more(world: &World<'_>, meaning: &Meaning) -> (&'static str, f64) {
    match meaning.about {
        About::Target(i) => match world.question.targets[i].aim {
            Aim::GapFte | Aim::VacancyRate => ("one more FTE of gap left open", 1.0),
            Aim::InternationalShare => ("one more recruit from abroad allowed", 1.0),
            Aim::SpendGbp => ("one more pound", 1.0),
        },
        About::Limit(i) => match world.question.limits[i].holds {
            Holds::IntakeGrowth => ("starter", 1.0),
            Holds::Applicants => ("applicant", 1.0),
            Holds::Placements => ("place", 1.0),
            Holds::Supervisors => ("student who can be supervised", 1.0),
            Holds::RecruitsAbroad => ("recruit", 1.0),
            Holds::RecruitsAtHome => ("joiner", 1.0),
            Holds::Posts => ("post", 1.0),
        },
        About::Lever(_) => ("hundredth off the leaver rate", 0.01),
        About::Substitution(_) => ("FTE of work that may pass", 1.0),
    }
}

/// The id of what a row is about.
fn id_of(world: &World<'_>, meaning: &Meaning) -> String {
    let question = world.question;
    match meaning.about {
        About::Target(i) => question.targets[i].id.clone(),
        About::Limit(i) => question.limits[i].id.clone(),
        About::Lever(i) => question.levers[i].id.clone(),
        About::Substitution(i) => question.substitutions[i].task.clone(),
    }
}

/// A profession, with its place where there are several.
pub(crate) fn staff(world: &World<'_>, at: usize) -> String {
    let (place, profession) = (at / world.professions(), at % world.professions());
    let title = world.plan.shelf.taxonomy.professions[profession].title.clone();
    if world.places() > 1 { format!("{title}, {}", place_name(world, place)) } else { title }
}

fn place_name(world: &World<'_>, place: usize) -> String {
    let code = &world.resolved.places[place];
    world.plan.shelf.places.get(code).map_or_else(|| code.to_string(), |place| place.name.clone())
}

/// A target with whom it is about.
pub(crate) fn target(world: &World<'_>, target: &Target, meaning: &Meaning) -> String {
    let mut text = target.title.clone();
    if let Some(of) = meaning.of {
        text.push_str(&format!(": {}", world.plan.shelf.taxonomy.professions[of].title));
    }
    if let Some(place) = meaning.place.filter(|_| world.places() > 1) {
        text.push_str(&format!(", {}", place_name(world, place)));
    }
    text
}

/// A row without its year.
pub(crate) fn row_title(world: &World<'_>, meaning: &Meaning) -> String {
    let (question, taxonomy) = (world.question, &world.plan.shelf.taxonomy);
    let mut text = match meaning.about {
        About::Target(i) => return target(world, &question.targets[i], meaning),
        About::Limit(i) => {
            let limit = &question.limits[i];
            let of = meaning.of.map(|of| match limit.holds {
                Holds::RecruitsAbroad | Holds::RecruitsAtHome => taxonomy.professions[of].title.clone(),
                Holds::Posts => taxonomy.moves[of].title.clone(),
                _ => taxonomy.programmes[of].title.clone(),
            });
            of.map_or_else(|| limit.title.clone(), |of| format!("{}: {of}", limit.title))
        }
        About::Lever(i) => {
            let lever = &question.levers[i];
            let of = meaning.of.filter(|_| lever.moves == Moves::Retention);
            of.map_or_else(|| lever.title.clone(), |of| format!("{}: {}", lever.title, taxonomy.professions[of].title))
        }
        About::Substitution(i) => {
            let unit = Unit { what: What::Shift, of: i, place: 0, year: 0, lever: i, band: 0 };
            unit.title(taxonomy, question)
        }
    };
    if let Some(place) = meaning.place.filter(|_| world.places() > 1) {
        text.push_str(&format!(", {}", place_name(world, place)));
    }
    text
}

/// What a row asks for, as a bound.
fn bound(world: &World<'_>, meaning: &Meaning) -> String {
    let question = world.question;
    match meaning.about {
        About::Target(i) => match question.targets[i].aim {
            Aim::GapFte => format!("gap of at most {} FTE", thousands(question.targets[i].at_most)),
            Aim::VacancyRate | Aim::InternationalShare => format!("at most {}", percent(question.targets[i].at_most)),
            Aim::SpendGbp => format!("at most {}", gbp(question.targets[i].at_most)),
        },
        About::Limit(i) => {
            let limit = &question.limits[i];
            let text = match limit.holds {
                Holds::IntakeGrowth => format!("at most {} a year", percent(limit.at_most)),
                Holds::RecruitsAbroad | Holds::RecruitsAtHome => {
                    format!("at most {} of heads in post", percent(limit.at_most))
                }
                Holds::Supervisors => format!("at most {} students for each FTE", limit.at_most),
                _ => format!("at most {}", thousands(limit.at_most)),
            };
            if limit.growth == 0.0 { text } else { format!("{text}, {} a year more", percent(limit.growth)) }
        }
        About::Lever(i) => {
            let most: f64 = question.levers[i].bands.iter().map(|band| band.cut).sum();
            format!("at most {} off the leaver rate", percent(most))
        }
        About::Substitution(i) => format!("at most {} of the work", percent(question.substitutions[i].share)),
    }
}

/// Rows that cannot hold together, years of one thing gathered: "Growth of intakes: Adult nursing degree (at most 15.0% a year), 2024/25 to 2028/29".
pub(crate) fn conflict(world: &World<'_>, search: &Search, rows: &[usize]) -> Vec<String> {
    let mut gathered: BTreeMap<Whom, Vec<usize>> = BTreeMap::new();
    for row in rows {
        let meaning = search.meaning(*row);
        gathered.entry((meaning.about, meaning.place, meaning.of)).or_default().push(meaning.year);
    }
    let said = gathered.into_iter().map(|((about, place, of), mut years)| {
        years.sort_unstable();
        years.dedup();
        let meaning = Meaning { about, place, of, year: years[0] };
        let when = span(world, &years);
        format!("{} ({}), {when}", row_title(world, &meaning), bound(world, &meaning))
    });
    said.collect()
}

/// What the nearest plan breaks, and by how much.
pub(crate) fn broken(world: &World<'_>, search: &Search) -> Vec<String> {
    let mut list: Vec<(&Meaning, f64)> = search.broken.iter().map(|(row, by)| (search.meaning(*row), *by)).collect();
    list.sort_by(|a, b| a.0.cmp(b.0).then(b.1.total_cmp(&a.1)));
    // Rows kept from earlier rounds say the same.
    list.dedup_by_key(|(meaning, _)| **meaning);
    let said = list.into_iter().map(|(meaning, by)| {
        let year = world.resolved.years[meaning.year];
        let by = match meaning.about {
            About::Target(i) if world.question.targets[i].aim == Aim::SpendGbp => gbp(by),
            About::Target(i) if world.question.targets[i].aim == Aim::InternationalShare => {
                format!("{} recruits", thousands(by))
            }
            About::Target(_) | About::Substitution(_) => format!("{} FTE", thousands(by)),
            About::Limit(_) => format!("{} people", thousands(by)),
            About::Lever(_) => format!("{} of the leaver rate", percent(by)),
        };
        format!("{} ({}), {year}: over by {by}", row_title(world, meaning), bound(world, meaning))
    });
    said.collect()
}
