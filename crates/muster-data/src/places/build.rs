//! One place from what several publications say of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Span;
use jiff::civil::Date;

use super::{ENGLAND, Finding, Membership, Place, PlaceKind, Severity};
use crate::library::plain;
use crate::read::{PlaceRecord, kind_name};

/// Whose word on names and memberships counts first. Staff statistics come first because they place every employer of any time, and
/// write names as people do; then the register; then whoever speaks of one day. Publications that are not listed come last, by id.
const ORDER: [&str; 14] = [
    "hchs-staff",
    "ods-trusts",
    "ods-ccgs",
    "ccg-icb",
    "gp-practices",
    "lsoa-icb",
    "sickness-absence",
    "icb-allocations",
    "pcn-workforce",
    "pulse-survey",
    "la-regions",
    "trust-regions",
    "staff-survey-2024",
    "icb-names",
];

/// Publications that give the order of one day for all their months.
const TIMELESS: [&str; 1] = ["hchs-staff"];

fn rank(publication: &str) -> (usize, &str) {
    (ORDER.iter().position(|known| *known == publication).unwrap_or(ORDER.len()), publication)
}

type Said<'r> = Vec<(&'r str, &'r PlaceRecord)>;
type FiledAs = HashMap<(String, String), PlaceKind>;

/// The places of all records, what each publication takes each code for, and what they do not agree on.
pub(super) fn places(records: &[(String, PlaceRecord)]) -> (BTreeMap<String, Place>, FiledAs, Vec<Finding>) {
    let mut said: BTreeMap<&str, Said> = BTreeMap::new();
    let mut filed_as = FiledAs::new();
    for (publication, record) in records {
        said.entry(&record.code).or_default().push((publication, record));
        filed_as.insert((publication.clone(), record.code.clone()), record.kind);
    }
    let usual = usual_days(records);
    let mut findings = Vec::new();
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for (code, mut list) in said {
        // Of two names in one publication, the one that it uses for longer.
        let days = |record: &PlaceRecord| match (record.seen_from, record.seen_to) {
            (Some(from), Some(to)) => (to - from).get_days(),
            _ => 0,
        };
        list.sort_by_key(|(publication, record)| (rank(publication), -days(record), &record.name, &record.parent));
        places.insert(code.to_owned(), place(code, &list, &usual, &mut findings));
    }
    let england = places.entry(ENGLAND.to_owned()).or_insert_with(|| Place::bare(ENGLAND, PlaceKind::Country));
    "England".clone_into(&mut england.name);
    under_countries(&mut places);
    several_parents(&places, &mut findings);
    (places, filed_as, findings)
}

impl Place {
    fn bare(code: &str, kind: PlaceKind) -> Self {
        Self {
            code: code.to_owned(),
            kind,
            also: Vec::new(),
            name: String::new(),
            names: Vec::new(),
            opened: None,
            closed: None,
            began: None,
            ended: None,
            memberships: Vec::new(),
            seen_from: None,
            seen_to: None,
            sources: Vec::new(),
            clusters: BTreeMap::new(),
        }
    }
}

fn place(code: &str, list: &Said, usual: &HashMap<&str, (Date, Date)>, findings: &mut Vec<Finding>) -> Place {
    let mut place = Place::bare(code, kind(code, list, findings));
    let kinds: BTreeSet<PlaceKind> = list.iter().map(|(_, record)| record.kind).collect();
    place.also = kinds.into_iter().filter(|kind| *kind != place.kind).collect();
    for (publication, record) in list {
        let name = record.name.trim();
        if !name.is_empty() && !place.names.iter().any(|known| plain(known) == plain(name)) {
            place.names.push(name.to_owned());
        }
        if !place.sources.iter().any(|known| known == publication) {
            place.sources.push((*publication).to_owned());
        }
        if let Some(cluster) = &record.cluster {
            place.clusters.insert((*publication).to_owned(), cluster.clone());
        }
        if let Some(parent) = record.parent.as_ref().filter(|parent| *parent != code) {
            let dated = !TIMELESS.contains(publication);
            let membership = Membership {
                parent: parent.clone(),
                from: record.seen_from.filter(|_| dated),
                to: record.seen_to.filter(|_| dated),
                source: (*publication).to_owned(),
            };
            match place.memberships.iter_mut().find(|known| known.parent == *parent && known.source == *publication) {
                None => place.memberships.push(membership),
                Some(known) => {
                    known.from = known.from.zip(membership.from).map(|(one, other)| one.min(other));
                    known.to = known.to.zip(membership.to).map(|(one, other)| one.max(other));
                }
            }
        }
    }
    if !place.names.is_empty() {
        place.name = place.names.remove(0);
    }
    dates(&mut place, list, usual, findings);
    place
}

/// A practice that runs an urgent treatment centre is a practice; a clinical commissioning group is a part of a system.
fn kind(code: &str, list: &Said, findings: &mut Vec<Finding>) -> PlaceKind {
    let mut by_kind: BTreeMap<PlaceKind, BTreeSet<&str>> = BTreeMap::new();
    for (publication, record) in list {
        by_kind.entry(record.kind).or_default().insert(publication);
    }
    let chosen = by_kind.keys().copied().find(|kind| *kind != PlaceKind::Organisation);
    let chosen = chosen.unwrap_or(PlaceKind::Organisation);
    if by_kind.len() > 1 {
        let words = by_kind.iter().map(|(kind, by)| {
            format!("{} ({})", kind_name(*kind).replace('_', " "), by.iter().copied().collect::<Vec<_>>().join(", "))
        });
        let text = format!("is filed as {}", words.collect::<Vec<_>>().join(" and as "));
        findings.push(Finding { severity: Severity::Note, code: code.to_owned(), text });
    }
    chosen
}

fn dates(place: &mut Place, list: &Said, usual: &HashMap<&str, (Date, Date)>, findings: &mut Vec<Finding>) {
    let records = || list.iter().map(|(_, record)| *record);
    place.seen_from = records().filter_map(|record| record.seen_from).min();
    place.seen_to = records().filter_map(|record| record.seen_to).max();
    let opened: BTreeSet<Date> = records().filter_map(|record| record.opened).collect();
    let closed: BTreeSet<Date> = records().filter_map(|record| record.closed).collect();
    for (word, days) in [("opened", &opened), ("closed", &closed)] {
        if days.len() > 1 {
            let days = days.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and on ");
            let text = format!("{word} on {days}, by different files: the first opening and the last closing count");
            findings.push(Finding { severity: Severity::Note, code: place.code.clone(), text });
        }
    }
    place.opened = opened.first().copied();
    place.closed = closed.last().copied();
    // Without the register: a place that its publications do not know from their beginning, or to their end.
    let days = || list.iter().filter_map(|(by, record)| Some((usual.get(by)?, record.seen_from?, record.seen_to?)));
    let late = || days().all(|((first, _), from, _)| from > *first).then_some(place.seen_from).flatten();
    let early = || days().all(|((_, last), _, to)| to < *last).then_some(place.seen_to).flatten();
    place.began = place.opened.or_else(late);
    place.ended = if place.opened.is_some() { place.closed } else { place.closed.or_else(early) };
    let long_after = place.closed.and_then(|closed| closed.checked_add(Span::new().months(2)).ok());
    if let (Some(closed), Some(seen)) =
        (place.closed, place.seen_to.filter(|seen| long_after.is_some_and(|day| *seen > day)))
    {
        let text = format!("closed on {closed}, but is reported until {seen}");
        findings.push(Finding { severity: Severity::Note, code: place.code.clone(), text });
    }
}

/// The first and the last day on which most places of a publication are seen.
fn usual_days(records: &[(String, PlaceRecord)]) -> HashMap<&str, (Date, Date)> {
    let mut counts: BTreeMap<&str, [BTreeMap<Date, usize>; 2]> = BTreeMap::new();
    for (publication, record) in records {
        if let (Some(from), Some(to)) = (record.seen_from, record.seen_to) {
            let [first, last] = counts.entry(publication).or_default();
            *first.entry(from).or_default() += 1;
            *last.entry(to).or_default() += 1;
        }
    }
    let most = |days: &BTreeMap<Date, usize>| days.iter().max_by_key(|(_, count)| **count).map(|(day, _)| *day);
    counts.iter().filter_map(|(by, [first, last])| Some((*by, (most(first)?, most(last)?)))).collect()
}

/// Regions and areas of which no publication says where they are belong to the country that their code begins with.
fn under_countries(places: &mut BTreeMap<String, Place>) {
    let codes: BTreeSet<String> = places.keys().cloned().collect();
    let countries = [("W", "W92000004"), ("S", "S92000003"), ("N", "N92000002")];
    for place in places.values_mut() {
        let area =
            matches!(place.kind, PlaceKind::Region | PlaceKind::System | PlaceKind::Area | PlaceKind::LocalAuthority);
        if !area || !place.memberships.is_empty() {
            continue;
        }
        let abroad =
            countries.iter().find(|(letter, country)| place.code.starts_with(letter) && codes.contains(*country));
        let parent = abroad.map_or(ENGLAND, |(_, country)| country);
        place.memberships.push(Membership { parent: parent.to_owned(), from: None, to: None, source: String::new() });
    }
}

/// That a place is said to belong to two places of one kind.
fn several_parents(places: &BTreeMap<String, Place>, findings: &mut Vec<Finding>) {
    for place in places.values() {
        let mut by_kind: BTreeMap<PlaceKind, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
        for membership in &place.memberships {
            if let Some(parent) = places.get(&membership.parent) {
                by_kind.entry(parent.kind).or_default().entry(&parent.code).or_default().push(&membership.source);
            }
        }
        for (kind, parents) in by_kind.into_iter().filter(|(_, parents)| parents.len() > 1) {
            let words = parents.iter().map(|(parent, by)| format!("{parent} ({})", by.join(", ")));
            let text = format!(
                "belongs to more than one {}: {}",
                kind_name(kind).replace('_', " "),
                words.collect::<Vec<_>>().join(" and ")
            );
            findings.push(Finding { severity: Severity::Warning, code: place.code.clone(), text });
        }
    }
}
