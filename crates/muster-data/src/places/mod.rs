//! Places: what publications together say of where everything belongs, since when, and what became of what ended.
//!
//! No publication says it all, and some contradict others. The tree takes the first of a fixed order of publications that
//! speaks, keeps what all of them say, and lists every disagreement as a [`Finding`].

mod build;
mod find;
mod series;
mod succession;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use jiff::civil::Date;

pub use crate::description::PlaceKind;
pub use series::{AsNow, divide};
pub use succession::{Basis, Succession};

use crate::read::{self, PlaceRecord};
use crate::store::{Dataset, Filter, StoreError};
use crate::{Amount, Facts};
use succession::Graph;

/// The place that everything in England belongs to.
pub const ENGLAND: &str = "ENG";
/// The publication whose months say how staff were shared out when an organisation was divided.
const STAFF_IN_POST: &str = "hchs-staff";

/// A body or an area, as the publications together describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its code.
    pub code: String,
    /// What it is.
    pub kind: PlaceKind,
    /// What else it is: a clinical commissioning group is a part of a system, and was an organisation that employed people.
    pub also: Vec<PlaceKind>,
    /// Its name.
    pub name: String,
    /// Every other name that a publication uses, in their order.
    pub names: Vec<String>,
    /// The day on which it opened, as the register says.
    pub opened: Option<Date>,
    /// The day on which it closed, as the register says.
    pub closed: Option<Date>,
    /// The first day on which it was there: as the register says, or from when its publications know it though they began earlier.
    pub began: Option<Date>,
    /// The last day on which it was there: as the register says, before it was succeeded, or until when its publications knew it
    /// though they go on.
    pub ended: Option<Date>,
    /// What it belongs or belonged to, the weightiest word first.
    pub memberships: Vec<Membership>,
    /// The first day that any publication speaks of it.
    pub seen_from: Option<Date>,
    /// The last.
    pub seen_to: Option<Date>,
    /// The publications that speak of it.
    pub sources: Vec<String>,
    /// The cluster in which each publication that has clusters compares it.
    pub clusters: BTreeMap<String, String>,
}

impl Place {
    /// Whether it is of this kind, among others.
    pub fn is(&self, kind: PlaceKind) -> bool {
        self.kind == kind || self.also.contains(&kind)
    }

    /// Whether it was there on a day, as far as is known.
    pub fn existed(&self, on: Date) -> bool {
        self.began.is_none_or(|began| began <= on) && self.ended.is_none_or(|ended| on <= ended)
    }
}

/// That a place belongs to another, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// What it belongs to.
    pub parent: String,
    /// The first day for which it is said; none where the publication gives the order of its own day.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
    /// The publication.
    pub source: String,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something was set aside, or cannot be known: figures may depend on it.
    Warning,
    /// Publications differ in a way that changes nothing.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// Something on which publications do not agree, or do not say enough.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The place.
    pub code: String,
    /// What was found, and what Muster does about it.
    pub text: String,
}

/// The dated tree of places, with successors.
#[derive(Debug, Clone, Default)]
pub struct Places {
    places: BTreeMap<String, Place>,
    /// What each publication takes each code for.
    filed_as: HashMap<(String, String), PlaceKind>,
    graph: Graph,
    findings: Vec<Finding>,
}

impl Places {
    /// The places of a dataset.
    pub fn of(dataset: &Dataset) -> Result<Self, StoreError> {
        let mut places = Self::build(&dataset.place_records()?, &dataset.successions()?);
        let unshared = places.graph.divided_in_unknown_shares();
        if !unshared.is_empty() {
            let total = ["setting", "age", "sex", "ethnicity", "nationality", "grade", "detail"];
            let filter = Filter {
                publication: Some(STAFF_IN_POST.to_owned()),
                measures: vec!["fte".to_owned()],
                staff: vec!["all".to_owned()],
                places: unshared,
                within: None,
                dimensions: total.map(|name| (name.to_owned(), String::new())).to_vec(),
            };
            places.share_out(&dataset.facts(&filter)?);
        }
        Ok(places)
    }

    /// The places of records, each with the id of its publication; `staff` holds FTE in post by month, for the shares of
    /// organisations that were divided.
    pub fn from_records(
        records: &[(String, PlaceRecord)],
        successions: &[(String, read::Succession)],
        staff: &Facts,
    ) -> Self {
        let mut places = Self::build(records, successions);
        places.share_out(staff);
        places
    }

    fn build(records: &[(String, PlaceRecord)], successions: &[(String, read::Succession)]) -> Self {
        let (mut places, filed_as, mut findings) = build::places(records);
        let graph = Graph::choose(successions, &places, &mut findings);
        for place in places.values_mut().filter(|place| place.kind == PlaceKind::Organisation && place.closed.is_none())
        {
            let succeeded = graph.after(&place.code).iter().filter_map(|step| step.date).min();
            place.ended = succeeded.and_then(|day| day.yesterday().ok()).or(place.ended);
        }
        for step in graph.all().filter(|step| step.staff_only) {
            if let Some(board) = places.get_mut(&step.to) {
                board.began = board.began.max(step.date);
            }
        }
        Self { places, filed_as, graph, findings }
    }

    fn share_out(&mut self, staff: &Facts) {
        self.graph.share_out(staff, &self.places, &mut self.findings);
        self.findings.sort();
        self.findings.dedup();
    }

    /// The place with this code.
    pub fn get(&self, code: &str) -> Option<&Place> {
        self.places.get(code)
    }

    /// Every place, by code.
    pub fn all(&self) -> impl Iterator<Item = &Place> {
        self.places.values()
    }

    /// What publications do not agree on, warnings first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What a place belonged to on a day, or belongs to in the order of today.
    ///
    /// The smallest kind of place that is said to hold it counts; among several of that kind the publication that speaks of the
    /// day, then the first of the fixed order. Most publications give the order of their own day only, staff statistics for all
    /// months, so a place that moved before 2022 stands where it would be today.
    pub fn parent(&self, code: &str, on: Option<Date>) -> Option<&str> {
        let place = self.get(code)?;
        let timely = |membership: &Membership| match (on, membership.from, membership.to) {
            (Some(on), Some(from), Some(to)) => u8::from(from <= on && on <= to) * 2,
            _ => 1,
        };
        let held =
            place.memberships.iter().filter_map(|membership| Some((self.get(&membership.parent)?.kind, membership)));
        let best = held.enumerate().max_by_key(|(at, (kind, membership))| {
            (*kind, if on.is_some() { timely(membership) } else { 1 }, std::cmp::Reverse(*at))
        });
        best.map(|(_, (_, membership))| membership.parent.as_str())
    }

    /// What a place belongs to in the order of today, from the nearest to the country.
    pub fn ancestors(&self, code: &str) -> Vec<&str> {
        self.ancestors_on(code, None)
    }

    /// The same as it was on a day, as far as a publication speaks of that day.
    pub fn ancestors_on(&self, code: &str, on: Option<Date>) -> Vec<&str> {
        let mut list = Vec::new();
        let mut here = code;
        while let Some(parent) = self.parent(here, on).filter(|parent| *parent != code && !list.contains(parent)) {
            list.push(parent);
            here = parent;
        }
        list
    }

    /// The places of a kind inside a place: those that were there on a day, or all of any time in the order of today.
    pub fn members(&self, code: &str, kind: PlaceKind, on: Option<Date>) -> Vec<&str> {
        // A clinical commissioning group that became a part of its board employs nobody, though its area is there.
        let employs = |place: &Place, on: Date| {
            kind != PlaceKind::Organisation
                || !self.successors(&place.code).iter().any(|step| step.staff_only && step.date <= Some(on))
        };
        let there = |place: &&Place| {
            place.is(kind) && place.code != code && on.is_none_or(|on| place.existed(on) && employs(place, on))
        };
        let inside = |place: &&Place| self.ancestors_on(&place.code, on).contains(&code);
        self.all().filter(there).filter(inside).map(|place| place.code.as_str()).collect()
    }

    /// Every succession that counts, by the code that ended.
    pub fn successions(&self) -> impl Iterator<Item = &Succession> {
        self.graph.all()
    }

    /// What took over from a place.
    pub fn successors(&self, code: &str) -> &[Succession] {
        self.graph.after(code)
    }

    /// The successions by which a place took over from others.
    pub fn taken_over(&self, code: &str) -> Vec<&Succession> {
        self.graph.all().filter(|step| step.to == code).collect()
    }

    /// Every code that became this place in the end, or a part of it, by any number of steps.
    pub fn predecessors(&self, code: &str) -> Vec<&str> {
        self.graph.before(code)
    }

    /// The bodies of today that a body of any time has become, with shares that add to one.
    ///
    /// A body without a successor, and one divided in shares that nobody knows, stays itself: [`Places::has_ended`] says so.
    pub fn as_now(&self, code: &str, today: Date) -> Vec<(String, Amount)> {
        self.graph.follow(code, today, true)
    }

    /// The same for an area: a clinical commissioning group that became part of another is followed, but not the board that
    /// took over its staff, because its area is a part of the system still.
    pub fn area_as_now(&self, code: &str, today: Date) -> Vec<(String, Amount)> {
        self.graph.follow(code, today, false)
    }

    /// Whether a body is no longer there.
    pub fn has_ended(&self, code: &str, today: Date) -> bool {
        let ended = self.get(code).is_some_and(|place| place.ended.is_some_and(|day| day < today));
        ended || self.successors(code).iter().any(|step| !step.staff_only && step.date.is_none_or(|day| day <= today))
    }

    /// The cluster in which a place is compared: of several publications, in the words of the one that compares most places.
    pub fn cluster(&self, code: &str) -> Option<&str> {
        self.compared(code).map(|(_, cluster)| cluster)
    }

    /// The publication that compares a place, and its cluster there.
    pub fn compared(&self, code: &str) -> Option<(&str, &str)> {
        let size = |publication: &str| self.all().filter(|place| place.clusters.contains_key(publication)).count();
        let clusters = &self.get(code)?.clusters;
        let best = clusters.iter().max_by_key(|(publication, _)| (size(publication), std::cmp::Reverse(*publication)));
        best.map(|(publication, cluster)| (publication.as_str(), cluster.as_str()))
    }

    /// The other places of the same cluster; empty where no publication compares it.
    pub fn peers(&self, code: &str) -> Vec<&str> {
        let Some((publication, cluster)) = self.compared(code) else { return Vec::new() };
        let same = |place: &&Place| {
            place.code != code && place.clusters.get(publication).is_some_and(|other| other.as_str() == cluster)
        };
        self.all().filter(same).map(|place| place.code.as_str()).collect()
    }
}
