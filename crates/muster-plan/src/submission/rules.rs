//! The rules that a submission is held against: a TOML file beside the plan of the whole, in words that a planner reads.

use std::path::Path;

use jiff::civil::Date;
use muster_book::{At, Day, Diagnostic, Diagnostics, Document, Files, MEASURES, Measure, TextFile, did_you_mean};
use muster_core::FinancialYear;
use muster_run::RunError;
use serde::{Deserialize, Serialize};

use crate::rollup::{Item, outwards};

/// The name of the file beside a plan.
pub const FILE: &str = "submission-rules.toml";

/// How much a broken rule matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The plan is sent back.
    Error,
    /// Somebody asks why.
    Warning,
    /// Good to know.
    Note,
}

/// A number that a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// An amount of the statement.
    Item(Item),
    /// Gap over demand.
    VacancyShare,
    /// Leavers over people who left or stayed.
    LeaverShare,
    /// Recruits from abroad over all joiners.
    InternationalShare,
    /// Temporary staff over all staff.
    TemporaryShare,
    /// Pay bill over staff in post.
    PayPerFteGbp,
}

/// What may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The least.
    pub low: Option<f64>,
    /// The most.
    pub high: Option<f64>,
}

/// What a rule asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Asks {
    /// A named person stands by the plan, on a day that is not in the future and not before the plan.
    SignedOff,
    /// The plan was submitted in time.
    SubmittedBy(Date),
    /// The version is a number, above that of the version it replaces.
    Versioned,
    /// The place's own book states a measure.
    StatedLocally(Measure),
    /// The place's own book states a budget.
    Budget,
    /// Every action has an organisation, a role, and a day within the plan.
    ActionsOwned,
    /// A number lies within bounds, in a year or in all.
    Lies(Measured, Bounds, Option<FinancialYear>),
    /// An amount grows from year to year within bounds.
    Grows(Item, Bounds),
    /// An amount lies within bounds of what is modelled top-down, as a share of it.
    NearModelled(Item, Bounds, Option<FinancialYear>),
    /// At most this share of the place's own numbers are judgements.
    FewJudgements(f64),
    /// At least this share of the place's own numbers have a range.
    Ranged(f64),
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// How much it matters.
    pub severity: Severity,
    /// What it asks, in a planner's words.
    pub says: String,
    /// Why.
    pub why: String,
    /// What it asks, for the program.
    pub asks: Asks,
}

/// How far growth in posts, activity and money may part, in growth a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Bands {
    /// Growth of activity beyond that of posts.
    pub productivity: Bounds,
    /// Growth of the pay bill beyond that of posts, in constant prices.
    pub pay_per_fte: Bounds,
    /// Why these.
    pub why: String,
}

/// Every rule of a plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// In the order of the file.
    pub rules: Vec<Rule>,
    /// For triangulation, where the file states them.
    pub bands: Option<Bands>,
}

/// What a rule asks, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// See [`Asks::SignedOff`].
    SignedOff,
    /// See [`Asks::SubmittedBy`]; needs `by`.
    SubmittedBy,
    /// See [`Asks::Versioned`].
    Versioned,
    /// See [`Asks::StatedLocally`]; needs `measure`.
    StatedLocally,
    /// See [`Asks::Budget`].
    Budget,
    /// See [`Asks::ActionsOwned`].
    ActionsOwned,
    /// See [`Asks::Lies`]; needs `of` and a bound.
    Lies,
    /// See [`Asks::Grows`]; needs `of` and a bound.
    Grows,
    /// See [`Asks::NearModelled`]; needs `of` and a bound.
    NearModelled,
    /// See [`Asks::FewJudgements`]; needs `high`.
    FewJudgements,
    /// See [`Asks::Ranged`]; needs `low`.
    Ranged,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: At<String>,
    severity: Severity,
    says: At<String>,
    #[serde(default)]
    why: String,
    check: At<Check>,
    of: Option<At<String>>,
    measure: Option<At<String>>,
    low: Option<At<f64>>,
    high: Option<At<f64>>,
    year: Option<At<String>>,
    by: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    triangulation: Option<RawBands>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBands {
    productivity: At<[f64; 2]>,
    pay_per_fte: At<[f64; 2]>,
    why: String,
}

impl Measured {
    const SHARES: [(&'static str, Self); 5] = [
        ("vacancy_share", Self::VacancyShare),
        ("leaver_share", Self::LeaverShare),
        ("international_share", Self::InternationalShare),
        ("temporary_share", Self::TemporaryShare),
        ("pay_per_fte_gbp", Self::PayPerFteGbp),
    ];

    /// The number of this name.
    pub fn named(id: &str) -> Option<Self> {
        let share = Self::SHARES.iter().find(|(name, _)| *name == id).map(|(_, share)| *share);
        share.or_else(|| Item::named(id).map(Self::Item))
    }
}

impl Rules {
    /// Reads the rules of a plan, or of the nearest plan it lies within that has some; none where none has.
    pub fn of_plan(folder: &Path) -> Result<Self, RunError> {
        let way = outwards(folder)?;
        let found = way.iter().map(|folder| folder.join(FILE)).find(|path| path.exists());
        found.map_or_else(|| Ok(Self::default()), |path| Self::read(&path).map_err(RunError::Plan))
    }

    /// Reads a file of rules.
    pub fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Diagnostics::default();
        let mut files = Files::default();
        let rules = files.read(path, &mut diagnostics).and_then(|file| read(&file, &mut diagnostics));
        diagnostics.into_result(rules.unwrap_or_default())
    }
}

fn read(file: &TextFile, diagnostics: &mut Diagnostics) -> Option<Rules> {
    let mut document = Document::parse(file, diagnostics)?;
    let mut rules: Vec<Rule> = Vec::new();
    for raw in document.list::<RawRule>("rule", diagnostics) {
        if rules.iter().any(|rule| rule.id == raw.id.value) {
            let message = format!("two rules are called `{}`", raw.id.value);
            diagnostics.push("M013", file.locate(raw.id.span.clone()), message, "give one of them another id");
            continue;
        }
        if raw.says.trim().is_empty() {
            let help = "say in a sentence what a place must do";
            diagnostics.push("M044", file.locate(raw.says.span.clone()), "the rule says nothing", help);
        }
        let Some(asks) = asks(file, &raw, diagnostics) else { continue };
        let RawRule { id, severity, says, why, .. } = raw.value;
        rules.push(Rule { id: id.value, severity, says: says.value, why, asks });
    }
    let raw = document.rest::<RawFile>("a file of rules", diagnostics)?;
    let bands = raw.triangulation.map(|raw| {
        let mut band = |pair: &At<[f64; 2]>| {
            let [low, high] = pair.value;
            if low.is_nan() || high.is_nan() || low >= high {
                let help = "write [low, high], as growth a year: [0.0, 0.02] for nought to two per cent";
                diagnostics.push("M044", file.locate(pair.span.clone()), "the band is empty", help);
            }
            Bounds { low: Some(low), high: Some(high) }
        };
        Bands { productivity: band(&raw.productivity), pay_per_fte: band(&raw.pay_per_fte), why: raw.why }
    });
    Some(Rules { rules, bands })
}

fn asks(file: &TextFile, raw: &At<RawRule>, diagnostics: &mut Diagnostics) -> Option<Asks> {
    let mut need = |what: &str| {
        let message = format!("the rule `{}` does not say `{what}`", raw.id.value);
        let help = format!("add `{what} = …`: what it checks needs it");
        diagnostics.push("M044", file.locate(raw.check.span.clone()), message, help);
    };
    let bounds = Bounds { low: raw.low.as_ref().map(|at| at.value), high: raw.high.as_ref().map(|at| at.value) };
    let has_bound = bounds.low.is_some() || bounds.high.is_some();
    let numeric = matches!(raw.check.value, Check::Lies | Check::Grows | Check::NearModelled);
    if numeric && !has_bound {
        need("low");
        return None;
    }
    if let (Some(low), Some(high)) = (bounds.low, bounds.high)
        && low > high
    {
        let message = format!("the rule `{}` asks for at least {low} and at most {high}", raw.id.value);
        diagnostics.push("M044", file.locate(raw.check.span.clone()), message, "put the smaller number in `low`");
        return None;
    }
    let year = match &raw.year {
        None => None,
        Some(text) => {
            let Ok(year) = text.parse() else {
                let message = format!("`{}` is not a financial year", text.value);
                diagnostics.push("M018", file.locate(text.span.clone()), message, "write it as 2026/27");
                return None;
            };
            Some(year)
        }
    };
    let item = |diagnostics: &mut Diagnostics| {
        let of = raw.of.as_ref()?;
        let item = Item::named(of);
        if item.is_none() {
            unknown(file, of, Item::ALL.iter().map(|item| item.id()), diagnostics);
        }
        item
    };
    match raw.check.value {
        Check::SignedOff => Some(Asks::SignedOff),
        Check::Versioned => Some(Asks::Versioned),
        Check::Budget => Some(Asks::Budget),
        Check::ActionsOwned => Some(Asks::ActionsOwned),
        Check::SubmittedBy => {
            if raw.by.is_none() {
                need("by");
            }
            raw.by.map(|day| Asks::SubmittedBy(day.0))
        }
        Check::StatedLocally => {
            let Some(id) = &raw.measure else {
                need("measure");
                return None;
            };
            let measure = Measure::named(id);
            if measure.is_none() {
                unknown(file, id, MEASURES.iter().map(|spec| spec.id), diagnostics);
            }
            measure.map(Asks::StatedLocally)
        }
        Check::FewJudgements => {
            if bounds.high.is_none() {
                need("high");
            }
            bounds.high.map(Asks::FewJudgements)
        }
        Check::Ranged => {
            if bounds.low.is_none() {
                need("low");
            }
            bounds.low.map(Asks::Ranged)
        }
        Check::Lies | Check::Grows | Check::NearModelled if raw.of.is_none() => {
            need("of");
            None
        }
        Check::Lies => {
            let of = raw.of.as_ref()?;
            let measured = Measured::named(of);
            if measured.is_none() {
                let shares = Measured::SHARES.iter().map(|(name, _)| *name);
                unknown(file, of, Item::ALL.iter().map(|item| item.id()).chain(shares), diagnostics);
            }
            measured.map(|measured| Asks::Lies(measured, bounds, year))
        }
        Check::Grows => item(diagnostics).map(|item| Asks::Grows(item, bounds)),
        Check::NearModelled => item(diagnostics).map(|item| Asks::NearModelled(item, bounds, year)),
    }
}

fn unknown<'a>(
    file: &TextFile,
    wrong: &At<String>,
    known: impl Iterator<Item = &'a str> + Clone,
    diagnostics: &mut Diagnostics,
) {
    let help = match did_you_mean(wrong, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use one of: {}", known.collect::<Vec<_>>().join(", ")),
    };
    let message = format!("`{}` is not something that a rule can look at", wrong.value);
    diagnostics.push("M044", file.locate(wrong.span.clone()), message, help);
}
