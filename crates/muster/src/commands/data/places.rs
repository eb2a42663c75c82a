//! `muster data places`: a place with its dates, what it belongs to, and what became of it.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use muster_data::places::{Membership, Place, PlaceKind, Places, Succession};
use muster_data::read::kind_name;
use muster_data::{Amount, Dataset};
use muster_run::RunError;

use super::asked;
use crate::output::{Output, Rows};

/// Kinds of members that are listed one by one, and not only counted.
const LISTED: [PlaceKind; 3] = [PlaceKind::Region, PlaceKind::System, PlaceKind::Organisation];

/// Say what a place is, since when, what it belongs to, and what became of it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Its code or its name; without one, how many places of each kind there are.
    #[arg(num_args = 0..)]
    place: Vec<String>,
    /// The day for which its members are listed, and until which it is followed; members of any time, and today, without it.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// On what publications do not agree: of the place, or of all.
    #[arg(long)]
    findings: bool,
}

pub(crate) fn run(data: &Path, args: &Args, output: &Output) -> Result<bool, RunError> {
    let dataset = Dataset::open(data).map_err(asked)?;
    let places = output.progress(|progress| {
        progress("read places");
        Places::of(&dataset).map_err(asked)
    })?;
    let wanted = args.place.join(" ");
    if wanted.is_empty() {
        output.rows(&if args.findings { findings(&places, None) } else { kinds(&places) });
        return Ok(true);
    }
    let code = match places.find(&wanted)[..] {
        [] => known_by_succession(&places, &wanted)?,
        [one] => one.code.clone(),
        ref several => {
            output.say(&format!("`{wanted}` may mean any of these: ask again with a code."));
            let mut rows = Rows::new(&["Code", "Kind", "Name", "From", "To"], None);
            several.iter().for_each(|place| rows.push(heading(place)));
            output.rows(&rows);
            return Ok(false);
        }
    };
    output.rows(&if args.findings { findings(&places, Some(&code)) } else { all_of(&places, &code, args.on) });
    Ok(true)
}

/// A code that no publication describes may still be one that something became, or came of.
fn known_by_succession(places: &Places, wanted: &str) -> Result<String, RunError> {
    let code = wanted.trim().to_uppercase();
    let known = places.successions().any(|step| step.from == code || step.to == code);
    known.then_some(code).ok_or_else(|| {
        asked(format!(
            "no place of the dataset has the code or a name like `{wanted}`: `muster data places` counts them by kind"
        ))
    })
}

fn kind(place: &Place) -> String {
    let kinds = std::iter::once(&place.kind).chain(&place.also);
    kinds.map(|kind| kind_name(*kind).replace('_', " ")).collect::<Vec<_>>().join(", ")
}

fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

fn heading(place: &Place) -> Vec<String> {
    vec![place.code.clone(), kind(place), place.name.clone(), day(place.began), day(place.ended)]
}

fn kinds(places: &Places) -> Rows {
    let mut counts: BTreeMap<PlaceKind, [usize; 3]> = BTreeMap::new();
    for place in places.all() {
        let [all, ended, other] = counts.entry(place.kind).or_default();
        *all += 1;
        *ended += usize::from(place.ended.is_some());
        *other += usize::from(!place.also.is_empty());
    }
    let mut rows = Rows::new(&["Kind", "Places", "Ended", "Also of another kind"], Some(1));
    for (kind, counts) in counts {
        let mut row = vec![kind_name(kind).replace('_', " ")];
        row.extend(counts.map(|count| count.to_string()));
        rows.push(row);
    }
    rows
}

fn findings(places: &Places, code: Option<&str>) -> Rows {
    let mut rows = Rows::new(&["", "Code", "Name", "What was found"], None);
    for finding in places.findings().iter().filter(|finding| code.is_none_or(|code| code == finding.code)) {
        let name = places.get(&finding.code).map(|place| place.name.clone()).unwrap_or_default();
        rows.push(vec![finding.severity.to_string(), finding.code.clone(), name, finding.text.clone()]);
    }
    rows
}

/// Everything about one place, each line with what it is.
fn all_of(places: &Places, code: &str, on: Option<Date>) -> Rows {
    let today = on.unwrap_or_else(|| jiff::Zoned::now().date());
    let name = |code: &str| places.get(code).map(|place| place.name.clone()).unwrap_or_default();
    let mut rows = Rows::new(&["", "Code", "Name", "From", "To", "Share", "Source"], None);
    let mut push = |what: &str, code: &str, dates: [Option<Date>; 2], share: String, source: &str| {
        let [from, to] = dates.map(day);
        rows.push(vec![what.to_owned(), code.to_owned(), name(code), from, to, share, source.to_owned()]);
    };
    let share = |step: &Succession| match step.share {
        Some(share) => format!("{share} ({})", step.basis),
        None => step.basis.to_string(),
    };
    match places.get(code) {
        None => push("known only as what something became or came of", code, [None; 2], String::new(), ""),
        Some(place) => {
            push(&kind(place), code, [place.began, place.ended], String::new(), &place.sources.join(", "));
            let mut said: Vec<(&Membership, Vec<&str>)> = Vec::new();
            for held in &place.memberships {
                let same =
                    |other: &Membership| (&other.parent, other.from, other.to) == (&held.parent, held.from, held.to);
                match said.iter_mut().find(|(other, _)| same(other)) {
                    Some((_, sources)) => sources.push(&held.source),
                    None => said.push((held, vec![&held.source])),
                }
            }
            for (held, sources) in said {
                let now = places.parent(code, on) == Some(&held.parent);
                let what = if now { "belongs to" } else { "is also said to belong to" };
                push(what, &held.parent, [held.from, held.to], String::new(), &sources.join(", "));
            }
        }
    }
    for step in places.taken_over(code) {
        push("took over from", &step.from, [step.date, None], share(step), &step.source);
    }
    for step in places.successors(code) {
        push("became", &step.to, [step.date, None], share(step), &step.source);
    }
    let now = places.as_now(code, today);
    let same = |(other, share): &(String, Amount)| other == code && *share == Amount::from(1);
    for (other, part) in now.iter().filter(|now| !same(now)) {
        push("is now", other, [None; 2], part.to_string(), "");
    }
    if now.iter().any(same) && places.has_ended(code, today) {
        push("has ended, and stays itself", code, [None; 2], String::new(), "");
    }
    if let Some((publication, cluster)) = places.compared(code) {
        let what = format!("is compared in `{cluster}` with {} others", places.peers(code).len());
        push(&what, code, [None; 2], String::new(), publication);
    }
    for kind in [
        PlaceKind::Region,
        PlaceKind::System,
        PlaceKind::SubIcb,
        PlaceKind::Organisation,
        PlaceKind::Pcn,
        PlaceKind::Practice,
        PlaceKind::LocalAuthority,
        PlaceKind::Area,
    ] {
        let members = places.members(code, kind, on);
        let word = kind_name(kind).replace('_', " ");
        if LISTED.contains(&kind) && members.len() <= 100 {
            for member in members.into_iter().filter_map(|member| places.get(member)) {
                push(&format!("{word} in it"), &member.code, [member.began, member.ended], String::new(), "");
            }
        } else if !members.is_empty() {
            push(&format!("{word}: {} in it", members.len()), code, [None; 2], String::new(), "");
        }
    }
    rows
}
