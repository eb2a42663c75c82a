//! Successions: one set without loops from several sources, with the share that each successor took.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use jiff::Span;
use jiff::civil::{Date, date};
use serde::Deserialize;

use super::series::divide;
use super::{Finding, Place, PlaceKind, Severity};
use crate::{Amount, Facts, read};

/// What the dataset shows of trusts of which no publication says what became of them.
const OWN: &str = include_str!("../../vocabulary/successions.toml");
/// The name of that list as a source.
const OWN_SOURCE: &str = "muster";
/// The register's list has the last word: it is dated, goes furthest, and is kept by those who give out the codes. What others
/// say of a body counts where it says nothing.
const ORDER: [&str; 2] = ["trust-successors", "org-changes"];
/// Integrated care boards took over the staff of clinical commissioning groups: Health and Care Act 2022, section 19.
const BOARDS_BEGAN: Date = date(2022, 7, 1);
const ONE: Amount = Amount::from_millionths(1_000_000);
/// By how much stated shares may miss one, and be taken for one.
const SLACK: i64 = 1_000;
/// How many days two files may differ in before it is worth a line.
const DAYS_APART: i32 = 31;

/// That one body took over from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The code that ended.
    pub from: String,
    /// The code that took over.
    pub to: String,
    /// The day; none where no source has it, and then it counts as long past.
    pub date: Option<Date>,
    /// What happened, in the source's word.
    pub change: String,
    /// How much of it went there; none where nobody knows, and then nothing is moved.
    pub share: Option<Amount>,
    /// How the share is known.
    pub basis: Basis,
    /// Who says so.
    pub source: String,
    /// Whether only its staff went there, while its area is what it was.
    pub staff_only: bool,
}

/// How the share of a succession is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// There is one successor, and it took over everything.
    Whole,
    /// The source states the share.
    Stated,
    /// From the staff by which each successor grew in the month in which the predecessor lost its own.
    Staff,
    /// It is not known.
    Unknown,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Whole => "whole",
            Self::Stated => "stated",
            Self::Staff => "derived from staff",
            Self::Unknown => "unknown",
        })
    }
}

/// The successions that count, without loops.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    /// By the code that ended; all of one code have one source and one day.
    after: BTreeMap<String, Vec<Succession>>,
    /// Where each code stands in an order in which nothing comes before its predecessors.
    order: HashMap<String, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnFile {
    succession: Vec<Own>,
}

/// A succession of Muster's own list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    from: String,
    to: Vec<String>,
    date: Date,
    why: String,
}

/// What one source says became of one body.
struct Said<'r> {
    source: &'r str,
    list: Vec<&'r read::Succession>,
}

impl Graph {
    /// Chooses among what the sources say.
    pub(super) fn choose(
        said: &[(String, read::Succession)],
        places: &BTreeMap<String, Place>,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut graph = Self::default();
        let mut later = Vec::new();
        for said in by_source(said) {
            graph.take(&said, places, &mut later, findings);
        }
        for (step, source) in later {
            let day = step.date.map_or_else(|| "without a day".to_owned(), |day| format!("on {day}"));
            let text = format!("became {} {day} as well, {source} says: the first change counts", step.to);
            let severity = if graph.leads(&step.from, &step.to) { Severity::Note } else { Severity::Warning };
            findings.push(Finding { severity, code: step.from.clone(), text });
        }
        graph.boards(places);
        graph.own(places, findings);
        graph.put_in_order();
        graph.compare_with_places(places, findings);
        graph
    }

    /// Takes what a source says of a body, unless another has said it, or it makes no sense.
    fn take<'r>(
        &mut self,
        said: &Said<'r>,
        places: &BTreeMap<String, Place>,
        later: &mut Vec<(&'r read::Succession, &'r str)>,
        findings: &mut Vec<Finding>,
    ) {
        let Some(first) = said.list.first() else { return };
        let from = &first.from;
        let mut find = |severity, text: String| findings.push(Finding { severity, code: from.clone(), text });
        if let Some(known) = self.after.get(from) {
            let other = known.first().map_or("", |step| &step.source);
            for step in &said.list {
                match known.iter().find(|known| known.to == step.to) {
                    Some(known) => {
                        if let (Some(day), Some(other_day)) = (step.date, known.date)
                            && day != other_day
                        {
                            let text = format!(
                                "became {} on {other_day}, as {other} says; {} has {day}",
                                step.to, said.source
                            );
                            find(Severity::Note, text);
                        }
                    }
                    None if self.leads(from, &step.to) => {}
                    None => {
                        let text =
                            format!("became part of {}, {} says; {other} does not, and counts", step.to, said.source);
                        find(Severity::Warning, text);
                    }
                }
            }
            return;
        }
        let opened = places.get(from).and_then(|place| place.opened);
        let day = said.list.iter().filter_map(|step| step.date).min();
        if let (Some(opened), Some(day)) = (opened, day.filter(|day| opened.is_some_and(|opened| opened > *day))) {
            let text = format!("became {} on {day}, {} says, but opened on {opened}: set aside", first.to, said.source);
            return find(Severity::Warning, text);
        }
        // What became of a body on a later day became of what it had become.
        let (now, rest): (Vec<&read::Succession>, Vec<_>) =
            said.list.iter().copied().partition(|step| step.date == day);
        if let Some(step) = now.iter().find(|step| step.to == *from || self.leads(&step.to, from)) {
            let text = format!("became {}, {} says, which is itself or became {from}: set aside", step.to, said.source);
            // The list without days has some changes the wrong way round.
            return find(if step.date.is_none() { Severity::Note } else { Severity::Warning }, text);
        }
        let steps = now.iter().map(|step| Succession {
            from: from.clone(),
            to: step.to.clone(),
            date: step.date,
            change: step.change.clone(),
            share: step.share,
            basis: Basis::Stated,
            source: said.source.to_owned(),
            staff_only: false,
        });
        let mut steps: Vec<Succession> = steps.collect();
        if !share(&mut steps) {
            find(
                Severity::Warning,
                format!("the shares that {} states are not shares: they are not used", said.source),
            );
        }
        self.after.insert(from.clone(), steps);
        later.extend(rest.into_iter().map(|step| (step, said.source)));
    }

    /// Clinical commissioning groups of which nobody says what became of them: their staff went to the board of their system.
    fn boards(&mut self, places: &BTreeMap<String, Place>) {
        for place in places.values().filter(|place| place.kind == PlaceKind::SubIcb) {
            let group = place.memberships.iter().find(|held| held.source == "ccg-icb");
            if let Some(group) = group.filter(|_| !self.after.contains_key(&place.code)) {
                let step = Succession {
                    from: place.code.clone(),
                    to: format!("{}.B", group.parent),
                    date: Some(BOARDS_BEGAN),
                    change: "board".to_owned(),
                    share: Some(ONE),
                    basis: Basis::Whole,
                    source: group.source.clone(),
                    staff_only: true,
                };
                self.after.insert(place.code.clone(), vec![step]);
            }
        }
    }

    fn own(&mut self, places: &BTreeMap<String, Place>, findings: &mut Vec<Finding>) {
        let own: OwnFile = toml::from_str(OWN).unwrap_or_else(|error| unreachable!("a file of this crate: {error}"));
        for own in own.succession.into_iter().filter(|own| places.contains_key(&own.from)) {
            if self.after.contains_key(&own.from) {
                continue;
            }
            let steps = own.to.iter().map(|to| Succession {
                from: own.from.clone(),
                to: to.clone(),
                date: Some(own.date),
                change: String::new(),
                share: None,
                basis: Basis::Stated,
                source: OWN_SOURCE.to_owned(),
                staff_only: false,
            });
            let mut steps: Vec<Succession> = steps.collect();
            share(&mut steps);
            if steps.iter().any(|step| self.leads(&step.to, &own.from)) {
                continue;
            }
            let text = format!("no publication says what became of it; Muster's own list does. {}", own.why);
            findings.push(Finding { severity: Severity::Note, code: own.from.clone(), text });
            self.after.insert(own.from, steps);
        }
    }

    /// Whether one code leads to another.
    fn leads(&self, from: &str, to: &str) -> bool {
        let mut open = vec![from];
        let mut seen = BTreeSet::new();
        while let Some(code) = open.pop() {
            if code == to {
                return true;
            }
            if seen.insert(code) {
                open.extend(self.after(code).iter().map(|step| step.to.as_str()));
            }
        }
        false
    }

    fn put_in_order(&mut self) {
        let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
        for step in self.all() {
            waiting.entry(&step.from).or_default();
            *waiting.entry(&step.to).or_default() += 1;
        }
        let mut ready: BTreeSet<&str> =
            waiting.iter().filter(|(_, count)| **count == 0).map(|(code, _)| *code).collect();
        let mut order = HashMap::new();
        while let Some(code) = ready.pop_first() {
            order.insert(code.to_owned(), order.len());
            for step in self.after(code) {
                if let Some(count) = waiting.get_mut(step.to.as_str()) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(&step.to);
                    }
                }
            }
        }
        self.order = order;
    }

    /// Days that do not fit those of the places, and bodies that ended without a successor.
    fn compare_with_places(&self, places: &BTreeMap<String, Place>, findings: &mut Vec<Finding>) {
        let mut find = |severity, code: &str, text| findings.push(Finding { severity, code: code.to_owned(), text });
        for step in self.all() {
            let Some(day) = step.date else { continue };
            let apart = |other: Date| (other - day).get_days().abs() > DAYS_APART;
            let from = places.get(&step.from);
            if let Some(closed) = from.and_then(|place| place.closed).filter(|closed| apart(*closed)) {
                find(Severity::Note, &step.from, format!("became {} on {day}, but closed on {closed}", step.to));
            }
            let opened = places.get(&step.to).and_then(|place| place.opened);
            if let Some(opened) = opened.filter(|opened| *opened > day && apart(*opened)) {
                find(Severity::Note, &step.from, format!("became {} on {day}, which opened on {opened}", step.to));
            }
            if let Some(next) = self.after(&step.to).first().filter(|next| next.date.is_some_and(|next| next < day)) {
                let text =
                    format!("became {} on {day}, which had become {} before: followed all the same", step.to, next.to);
                find(Severity::Warning, &step.from, text);
            }
        }
        for place in
            places.values().filter(|place| place.is(PlaceKind::Organisation) && self.after(&place.code).is_empty())
        {
            if let Some(closed) = place.closed {
                let text = format!("closed on {closed}, and no publication says what took over: it stays itself");
                find(Severity::Warning, &place.code, text);
            } else if let Some(ended) = place.ended {
                find(
                    Severity::Note,
                    &place.code,
                    format!("is reported until {ended} only, and nothing is known of a successor"),
                );
            }
        }
    }

    /// Works out, from staff by month, the shares of bodies that were divided.
    pub(super) fn share_out(&mut self, staff: &Facts, places: &BTreeMap<String, Place>, findings: &mut Vec<Finding>) {
        let staff = Months::of(staff);
        let befores: Vec<(String, String, Option<Date>)> =
            self.all().map(|step| (step.from.clone(), step.to.clone(), step.date)).collect();
        for (from, steps) in &mut self.after {
            if steps.iter().all(|step| step.basis != Basis::Unknown) {
                continue;
            }
            let day = steps.first().and_then(|step| step.date);
            // A successor that took over from someone else at the same time grew by both.
            let alone = |step: &Succession| {
                !befores.iter().any(|(other, to, when)| *to == step.to && other != from && *when == day)
            };
            let growth = day.filter(|_| steps.iter().all(alone)).and_then(|day| staff.growth(from, steps, day));
            let Some(growth) = growth else {
                let names = steps.iter().map(|step| step.to.as_str()).collect::<Vec<_>>().join(", ");
                let text = format!(
                    "was divided among {names}, in shares that nobody states and no staff show: it stays itself"
                );
                // Where no publication has a figure of it, nothing depends on it.
                let severity = if places.contains_key(from) { Severity::Warning } else { Severity::Note };
                findings.push(Finding { severity, code: from.clone(), text });
                continue;
            };
            for (step, share) in steps.iter_mut().zip(growth) {
                (step.share, step.basis) = (Some(share), Basis::Staff);
            }
        }
    }

    /// The codes whose staff say in which shares bodies were divided.
    pub(super) fn divided_in_unknown_shares(&self) -> Vec<String> {
        let unknown = self.all().filter(|step| step.basis == Basis::Unknown);
        unknown.flat_map(|step| [step.from.clone(), step.to.clone()]).collect::<BTreeSet<_>>().into_iter().collect()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Succession> {
        self.after.values().flatten()
    }

    pub(super) fn after(&self, code: &str) -> &[Succession] {
        self.after.get(code).map_or(&[], Vec::as_slice)
    }

    /// Every code that leads to this one.
    pub(super) fn before(&self, code: &str) -> Vec<&str> {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut open = vec![code];
        while let Some(here) = open.pop() {
            for step in self.all().filter(|step| step.to == here) {
                if found.insert(&step.from) {
                    open.push(&step.from);
                }
            }
        }
        found.into_iter().collect()
    }

    /// What a code has become, with shares that add to one: each code is passed once, after all that led to it.
    pub(super) fn follow(&self, code: &str, today: Date, staff: bool) -> Vec<(String, Amount)> {
        let mut open: BTreeMap<(usize, &str), Amount> = BTreeMap::new();
        let place = |code: &str| self.order.get(code).copied().unwrap_or(usize::MAX);
        open.insert((place(code), code), ONE);
        let mut now: BTreeMap<String, Amount> = BTreeMap::new();
        while let Some(((_, here), weight)) = open.pop_first() {
            let steps = self.after(here);
            let counts = |step: &Succession| {
                step.date.is_none_or(|day| day <= today) && step.share.is_some() && (staff || !step.staff_only)
            };
            let mut shares: Vec<Amount> =
                steps.iter().filter(|step| counts(step)).map(|step| step.share.unwrap_or_default()).collect();
            if shares.len() < steps.len() {
                shares.clear();
            }
            shares.push(ONE - shares.iter().copied().sum::<Amount>());
            let mut parts = divide(weight, &shares);
            let stays = parts.pop().unwrap_or_default();
            if stays != Amount::ZERO {
                *now.entry(here.to_owned()).or_default() += stays;
            }
            for (step, part) in steps.iter().zip(parts) {
                *open.entry((place(&step.to), &step.to)).or_default() += part;
            }
        }
        now.retain(|_, share| *share != Amount::ZERO);
        now.into_iter().collect()
    }
}

/// What each source says became of each body: the register's list first, what has a day before what has none.
fn by_source(said: &[(String, read::Succession)]) -> Vec<Said<'_>> {
    let mut groups: BTreeMap<(usize, bool, &str, &str), Vec<&read::Succession>> = BTreeMap::new();
    for (source, step) in said {
        let rank = ORDER.iter().position(|known| known == source).unwrap_or(ORDER.len());
        groups.entry((rank, step.date.is_none(), source, &step.from)).or_default().push(step);
    }
    let mut list = Vec::new();
    for ((_, _, source, _), mut steps) in groups {
        steps.sort_by_key(|step| (step.date, &step.to));
        steps.dedup_by_key(|step| (step.date, &step.to));
        list.push(Said { source, list: steps });
    }
    list
}

/// Gives each step of one body its share; says no where stated shares cannot be shares.
fn share(steps: &mut [Succession]) -> bool {
    if let [step] = steps
        && step.share.is_none()
    {
        (step.share, step.basis) = (Some(ONE), Basis::Whole);
        return true;
    }
    let stated: Vec<Amount> = steps.iter().filter_map(|step| step.share).collect();
    let total: Amount = stated.iter().copied().sum();
    let sound = stated.len() == steps.len()
        && stated.iter().all(|share| *share >= Amount::ZERO)
        && total.millionths() <= ONE.millionths() + SLACK;
    if !sound {
        steps.iter_mut().for_each(|step| (step.share, step.basis) = (None, Basis::Unknown));
        return stated.is_empty();
    }
    // What is missing for rounding, or too much, is not meant.
    if (total - ONE).abs().millionths() <= SLACK {
        let exact = proportions(&stated);
        steps.iter_mut().zip(exact).for_each(|(step, share)| step.share = Some(share));
    }
    true
}

/// Parts of a whole as shares that add to one.
fn proportions(parts: &[Amount]) -> Vec<Amount> {
    let total: i128 = parts.iter().map(|part| i128::from(part.millionths())).sum();
    if total <= 0 {
        return vec![Amount::ZERO; parts.len()];
    }
    let products = parts.iter().map(|part| i128::from(part.millionths()) * i128::from(ONE.millionths()));
    let mut shares: Vec<i128> = products.map(|product| product / total).collect();
    let missing = i128::from(ONE.millionths()) - shares.iter().sum::<i128>();
    if let Some(largest) = shares.iter_mut().max() {
        *largest += missing;
    }
    shares.into_iter().map(|share| Amount::from_millionths(share as i64)).collect()
}

/// Staff in post by body and month.
struct Months(HashMap<String, BTreeMap<Date, Amount>>);

/// How many months before and after the day of a change its staff may move in the statistics.
const WINDOW_MONTHS: i32 = 2;

impl Months {
    fn of(facts: &Facts) -> Self {
        let mut months: HashMap<String, BTreeMap<Date, Amount>> = HashMap::new();
        for fact in facts.list.iter().filter(|fact| fact.period.is_month()) {
            if let Some(value) = fact.value {
                let place = facts.words.text(fact.subject.place).to_owned();
                *months.entry(place).or_default().entry(fact.period.starts()).or_default() += value;
            }
        }
        Self(months)
    }

    fn at(&self, code: &str, month: Date) -> Amount {
        self.0.get(code).and_then(|months| months.get(&month)).copied().unwrap_or_default()
    }

    /// The shares by which successors grew in the month in which their predecessor lost most; none where what it lost and what they
    /// gained do not match.
    fn growth(&self, from: &str, steps: &[Succession], day: Date) -> Option<Vec<Amount>> {
        let step = |months: i32| day.first_of_month().checked_add(Span::new().months(months)).ok();
        let months = (-WINDOW_MONTHS..=WINDOW_MONTHS).filter_map(|at| Some((step(at - 1)?, step(at)?)));
        let lost = |(before, after): &(Date, Date)| self.at(from, *before) - self.at(from, *after);
        let (before, after) = months.max_by_key(lost)?;
        let lost = lost(&(before, after));
        if lost <= Amount::ZERO || lost.millionths() * 2 < self.at(from, before).millionths() {
            return None;
        }
        let gained = |step: &Succession| (self.at(&step.to, after) - self.at(&step.to, before)).max(Amount::ZERO);
        let gained: Vec<Amount> = steps.iter().map(gained).collect();
        let total: Amount = gained.iter().copied().sum();
        let matches = total.millionths() * 2 >= lost.millionths() && total.millionths() * 2 <= lost.millionths() * 3;
        matches.then(|| proportions(&gained))
    }
}
