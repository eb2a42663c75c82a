//! Checks on what the dataset holds: what a person should look at, and which sums were proved.
//!
//! Each check is a function from the facts of one publication to findings. A finding never changes a value: what a
//! publisher says stays as it was said.

mod breaks;
mod codes;
mod jumps;
mod months;
mod sums;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use breaks::{KnownBreak, KnownFrom, known_breaks};
pub use sums::Sums;

use crate::description::{Description, PlaceKind};
use crate::fact::{Fact, Facts};
use crate::read::{PlaceRecord, Succession};
use crate::{Amount, Library, Period};
use tree::Tree;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something that cannot be right.
    Error,
    /// Something that a person should look at before relying on it.
    Warning,
    /// Something to know.
    Note,
}

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Places add to what they belong to.
    SumOfPlaces,
    /// Staff groups add to their group.
    SumOfStaff,
    /// No value is below nought where it cannot be.
    Negative,
    /// Shares lie between 0 and 1.
    Share,
    /// The unit is the same from period to period.
    Unit,
    /// Every code of a place is known.
    UnknownPlace,
    /// Every staff group is in the vocabulary.
    UnknownStaff,
    /// Every measure has a definition.
    UndefinedMeasure,
    /// No month is missing.
    MissingMonths,
    /// No series stops before its place does.
    Stopped,
    /// Nothing large changes by more than half in a month.
    LargeChange,
    /// Nothing stays exactly the same for a year.
    Repeated,
    /// The level does not shift.
    Break,
}

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The check.
    pub check: Check,
    /// The publication.
    pub publication: String,
    /// The place; empty where it is about more than one, here and below.
    pub place: String,
    /// The staff group.
    pub staff: String,
    /// The measure.
    pub measure: String,
    /// The period in which it shows first.
    pub period: Option<Period>,
    /// What was found, and what explains it.
    pub message: String,
    /// The known break that explains it.
    #[serde(default)]
    pub known: Option<String>,
}

/// How many findings of one check there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

/// Everything that the checks have to say of a publication.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// How many findings there are, by check.
    pub counts: BTreeMap<Check, Counts>,
    /// Which sums were tried, and how many hold.
    pub sums: Vec<Sums>,
    /// The findings, those that matter most first. The list ends at [`LISTED`]; the counts go on.
    pub list: Vec<Finding>,
}

/// The longest list of findings.
pub const LISTED: usize = 1_000;

/// What counts as large: a thousand people, posts, beds or attendances.
const LARGE: Amount = Amount::from_millionths(1_000_000_000);

/// A publication, as the checks see it.
#[derive(Debug, Clone, Copy)]
pub struct Holding<'a> {
    /// How it is described.
    pub description: &'a Description,
    /// The words that it is written in.
    pub library: &'a Library,
    /// Its facts, sorted as they are stored.
    pub facts: &'a Facts,
    /// What it says of places.
    pub places: &'a [PlaceRecord],
    /// What any publication says became of places.
    pub successions: &'a [Succession],
}

/// Runs every check.
pub fn check(holding: &Holding<'_>) -> Findings {
    let places = Tree::of(holding);
    let (mut list, sums) = sums::check(holding, &places);
    list.extend(codes::check(holding, &places));
    list.extend(months::check(holding, &places));
    list.extend(jumps::check(holding, &places));
    list.extend(breaks::check(holding, &places));
    list.sort();
    let mut findings = Findings { sums, ..Findings::default() };
    for finding in &list {
        let counts = findings.counts.entry(finding.check).or_default();
        match finding.severity {
            Severity::Error => counts.errors += 1,
            Severity::Warning => counts.warnings += 1,
            Severity::Note => counts.notes += 1,
        }
    }
    list.truncate(LISTED);
    findings.list = list;
    findings
}

impl Check {
    /// What it looks for, as a short heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SumOfPlaces => "sums of places",
            Self::SumOfStaff => "sums of staff groups",
            Self::Negative => "below nought",
            Self::Share => "shares",
            Self::Unit => "units",
            Self::UnknownPlace => "unknown places",
            Self::UnknownStaff => "unknown staff groups",
            Self::UndefinedMeasure => "undefined measures",
            Self::MissingMonths => "missing months",
            Self::Stopped => "series that stop",
            Self::LargeChange => "sudden changes",
            Self::Repeated => "repeated values",
            Self::Break => "breaks",
        }
    }
}

impl Severity {
    /// As a word.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Counts {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            errors: self.errors + other.errors,
            warnings: self.warnings + other.warnings,
            notes: self.notes + other.notes,
        }
    }
}

impl Findings {
    /// How many findings there are.
    pub fn total(&self) -> Counts {
        self.counts.values().copied().fold(Counts::default(), Counts::plus)
    }
}

impl Holding<'_> {
    /// A finding of this publication, about everything; a check says of what.
    fn finding(&self, severity: Severity, check: Check, message: String) -> Finding {
        Finding {
            severity,
            check,
            publication: self.description.id.clone(),
            place: String::new(),
            staff: String::new(),
            measure: String::new(),
            period: None,
            message,
            known: None,
        }
    }

    /// A finding about a fact.
    fn finding_at(&self, severity: Severity, check: Check, fact: &Fact, message: String) -> Finding {
        let text = |word| self.facts.words.text(word).to_owned();
        Finding {
            place: text(fact.subject.place),
            staff: text(fact.subject.staff),
            measure: text(fact.subject.measure),
            period: Some(fact.period),
            ..self.finding(severity, check, message)
        }
    }

    /// Each series: the facts that differ in nothing but their period, in its order.
    fn series(&self) -> impl Iterator<Item = &[Fact]> {
        self.facts.list.chunk_by(|a, b| a.subject == b.subject)
    }

    /// The dimensions of a fact beyond place, staff group and measure, for a message: ` (acute · Band 5)`.
    fn dimensions(&self, fact: &Fact) -> String {
        let texts = self.facts.texts(&fact.subject);
        let list: Vec<&str> = texts[3..].iter().copied().filter(|text| !text.is_empty()).collect();
        if list.is_empty() { String::new() } else { format!(" ({})", list.join(" · ")) }
    }

    /// Which of these words the facts hold, as they keep them.
    fn words_of<'w>(&self, list: impl IntoIterator<Item = &'w String>) -> BTreeSet<crate::Word> {
        list.into_iter().filter_map(|id| self.facts.words.find(id)).collect()
    }
}

/// The number of a month, so that neighbours differ by one; none for other periods.
fn month_number(period: Period) -> Option<i32> {
    period.is_month().then(|| i32::from(period.starts().year()) * 12 + i32::from(period.starts().month()) - 1)
}

/// `2019-04` for the number of a month.
fn month_name(number: i32) -> String {
    format!("{}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)
}

/// `organisations` for a kind of place.
pub fn kind_title(kind: PlaceKind) -> &'static str {
    match kind {
        PlaceKind::Country => "countries",
        PlaceKind::Region => "regions",
        PlaceKind::System => "systems",
        PlaceKind::SubIcb => "parts of systems",
        PlaceKind::Organisation => "organisations",
        PlaceKind::Pcn => "primary care networks",
        PlaceKind::Practice => "practices",
        PlaceKind::LocalAuthority => "local authorities",
        PlaceKind::Area => "areas",
    }
}

/// `12,345.6` for an amount, with no more places than a reader needs.
pub fn plain_number(amount: Amount) -> String {
    let places = if amount.abs() >= Amount::from(100) {
        1
    } else if amount.abs() >= Amount::from(1) {
        2
    } else {
        6
    };
    let text = format!("{:.places$}", amount.to_f64().abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let part = part.trim_end_matches('0');
    let sign = if amount < Amount::ZERO { "−" } else { "" };
    if part.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{part}") }
}
