//! Submissions: a plan of a place with its local book, and `submission.toml`, which says who submits it and who signed it off.

mod check;
mod rules;

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use muster_book::{At, Day, Diagnostic, Diagnostics, Document, Files, Plan, TextFile, did_you_mean};
use muster_core::{FinancialYear, PlaceCode};
use serde::{Deserialize, Serialize};

pub use self::check::{Fired, Worked, check};
pub use self::rules::{Asks, Bands, Bounds, Check, FILE as RULES_FILE, Measured, Rule, Rules, Severity};

/// The name of the file beside a plan.
pub const FILE: &str = "submission.toml";

/// How much of its place a plan covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covers {
    /// All of it.
    #[default]
    Whole,
    /// What none of the organisations in it submits: general practice, say.
    Rest,
}

/// Who stands by a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignOff {
    /// Who.
    pub name: String,
    /// As what.
    pub role: String,
    /// When.
    pub date: Date,
}

/// People who a plan says come from another place, or go there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Transfer {
    /// Where they come from.
    pub from: PlaceCode,
    /// Where they go.
    pub to: PlaceCode,
    /// Of which profession, by id.
    pub profession: String,
    /// In which year.
    pub year: FinancialYear,
    /// How many people.
    pub headcount: f64,
}

/// Staff who work for two places.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shared {
    /// The other place.
    pub with: PlaceCode,
    /// Of which profession, by id.
    pub profession: String,
    /// What they work in both together.
    pub fte: f64,
    /// The place that counts them.
    pub counted_by: PlaceCode,
}

/// Who submits which plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Details {
    /// The organisation that submits.
    pub organisation: String,
    /// For which place.
    pub place: PlaceCode,
    /// How much of the place.
    pub covers: Covers,
    /// Which version of the plan.
    pub version: String,
    /// The version that it replaces.
    pub replaces: Option<String>,
    /// The planning round.
    pub year: FinancialYear,
    /// When it was submitted.
    pub date: Date,
    /// The places whose plans it adds up.
    pub adds_up_from: Vec<PlaceCode>,
    /// Who stands by it, if anyone does yet.
    pub sign_off: Option<SignOff>,
    /// Who comes from where, and goes where.
    pub transfers: Vec<Transfer>,
    /// Who works for two places.
    pub shared: Vec<Shared>,
}

/// A plan that was submitted.
#[derive(Debug)]
pub struct Submission {
    /// Its folder.
    pub folder: PathBuf,
    /// The plan.
    pub plan: Plan,
    /// Who submits it; none where there is no `submission.toml`, as with a plan that somebody tries out.
    pub details: Option<Details>,
    /// The file that says so.
    pub file: Option<TextFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDetails {
    organisation: At<String>,
    place: At<String>,
    #[serde(default)]
    covers: Covers,
    version: At<String>,
    replaces: Option<String>,
    year: At<String>,
    date: Day,
    #[serde(default)]
    adds_up_from: Vec<At<String>>,
    sign_off: Option<RawSignOff>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSignOff {
    name: String,
    role: String,
    date: Day,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTransfer {
    from: At<String>,
    to: At<String>,
    profession: At<String>,
    year: At<String>,
    headcount: At<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawShared {
    with: At<String>,
    profession: At<String>,
    fte: At<f64>,
    counted_by: At<String>,
}

impl Submission {
    /// Reads a submission by itself.
    pub fn read(folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::with(folder, Plan::read(folder)?)
    }

    /// Reads a submission on top of the plan that it lies within.
    pub fn read_within(top: &Plan, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::with(folder, top.read_within(folder)?)
    }

    fn with(folder: &Path, plan: Plan) -> Result<Self, Vec<Diagnostic>> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Self { folder: folder.to_owned(), plan, details: None, file: None });
        }
        let mut diagnostics = Diagnostics::default();
        let mut files = Files::default();
        let file = files.read(&path, &mut diagnostics);
        let details = file.as_ref().and_then(|file| Reader { file, plan: &plan }.details(&mut diagnostics));
        diagnostics.into_result(Self { folder: folder.to_owned(), plan, details, file })
    }

    /// How much of its place it covers.
    pub fn covers(&self) -> Covers {
        self.details.as_ref().map_or(Covers::Whole, |details| details.covers)
    }

    /// The places whose plans it adds up.
    pub fn adds_up_from(&self) -> &[PlaceCode] {
        self.details.as_ref().map_or(&[], |details| &details.adds_up_from)
    }

    /// Where a fault of the submission as a whole is shown.
    pub(crate) fn location(&self) -> muster_book::Location {
        match &self.file {
            Some(file) => file.start(),
            None => muster_book::Location {
                file: self.folder.join("plan.toml").display().to_string(),
                line: 1,
                column: 1,
                span: 0..0,
            },
        }
    }
}

struct Reader<'a> {
    file: &'a TextFile,
    plan: &'a Plan,
}

impl Reader<'_> {
    fn details(&self, diagnostics: &mut Diagnostics) -> Option<Details> {
        let mut document = Document::parse(self.file, diagnostics)?;
        let transfers = document.list::<RawTransfer>("transfer", diagnostics);
        let shared = document.list::<RawShared>("shared", diagnostics);
        let raw = document.rest::<RawDetails>("a submission", diagnostics)?;
        for (name, text) in [("organisation", &raw.organisation), ("version", &raw.version)] {
            if text.trim().is_empty() {
                let message = format!("the submission has an empty `{name}`");
                diagnostics.push("M043", self.file.locate(text.span.clone()), message, "say who submits which version");
            }
        }
        let place = self.place(&raw.place, diagnostics);
        if let Some(place) = place.as_ref().filter(|place| **place != self.plan.place) {
            let message = format!("the submission is for {place}, and the plan beside it for {}", self.plan.place);
            let help = "give both the code of the place that submits";
            diagnostics.push("M043", self.file.locate(raw.place.span.clone()), message, help);
        }
        let year = self.year(&raw.year, diagnostics);
        let adds_up_from = raw.adds_up_from.iter().filter_map(|code| self.place(code, diagnostics)).collect();
        let transfers = transfers.iter().filter_map(|raw| self.transfer(raw, diagnostics)).collect();
        let shared = shared.iter().filter_map(|raw| self.shared(raw, diagnostics)).collect();
        Some(Details {
            organisation: raw.organisation.value,
            place: place?,
            covers: raw.covers,
            version: raw.version.value,
            replaces: raw.replaces,
            year: year?,
            date: raw.date.0,
            adds_up_from,
            sign_off: raw.sign_off.map(|RawSignOff { name, role, date }| SignOff { name, role, date: date.0 }),
            transfers,
            shared,
        })
    }

    fn place(&self, code: &At<String>, diagnostics: &mut Diagnostics) -> Option<PlaceCode> {
        let places = &self.plan.shelf.places;
        let found = code.parse::<PlaceCode>().ok().filter(|code| places.get(code).is_some());
        if found.is_none() {
            let near = did_you_mean(code, places.iter().map(|place| place.code.as_str()));
            let help = near.map_or_else(
                || "places are listed in places.csv of the national book".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("no place has the code `{}`", code.value);
            diagnostics.push("M010", self.file.locate(code.span.clone()), message, help);
        }
        found
    }

    fn year(&self, text: &At<String>, diagnostics: &mut Diagnostics) -> Option<FinancialYear> {
        let year = text.parse().ok();
        if year.is_none() {
            let message = format!("`{}` is not a financial year", text.value);
            diagnostics.push("M018", self.file.locate(text.span.clone()), message, "write it as 2026/27");
        }
        year
    }

    fn profession(&self, id: &At<String>, diagnostics: &mut Diagnostics) -> Option<String> {
        let taxonomy = &self.plan.shelf.taxonomy;
        if taxonomy.profession(id).is_some() {
            return Some(id.value.clone());
        }
        let near = did_you_mean(id, taxonomy.professions.iter().map(|profession| profession.id.as_str()));
        let help = near.map_or_else(
            || "professions are listed in professions.toml of the national book".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("no profession is called `{}`", id.value);
        diagnostics.push("M010", self.file.locate(id.span.clone()), message, help);
        None
    }

    fn amount(&self, amount: &At<f64>, what: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
        let good = amount.is_finite() && amount.value > 0.0;
        if !good {
            let message = format!("{what} is not a number above nought");
            diagnostics.push("M009", self.file.locate(amount.span.clone()), message, "say how many, or leave it out");
        }
        good.then_some(amount.value)
    }

    fn transfer(&self, raw: &At<RawTransfer>, diagnostics: &mut Diagnostics) -> Option<Transfer> {
        let (from, to) = (self.place(&raw.from, diagnostics), self.place(&raw.to, diagnostics));
        let profession = self.profession(&raw.profession, diagnostics);
        let year = self.year(&raw.year, diagnostics);
        let headcount = self.amount(&raw.headcount, "`headcount`", diagnostics);
        let (from, to) = (from?, to?);
        let here = |place: &PlaceCode| self.plan.shelf.places.is_within(place, &self.plan.place);
        if here(&from) == here(&to) {
            let message = format!("a transfer from {from} to {to} neither comes to {} nor leaves it", self.plan.place);
            let help = "one of its ends is in the place that submits, the other is not";
            diagnostics.push("M043", self.file.locate(raw.span.clone()), message, help);
            return None;
        }
        Some(Transfer { from, to, profession: profession?, year: year?, headcount: headcount? })
    }

    fn shared(&self, raw: &At<RawShared>, diagnostics: &mut Diagnostics) -> Option<Shared> {
        let (with, counted_by) = (self.place(&raw.with, diagnostics), self.place(&raw.counted_by, diagnostics));
        let profession = self.profession(&raw.profession, diagnostics);
        let fte = self.amount(&raw.fte, "`fte`", diagnostics);
        let (with, counted_by) = (with?, counted_by?);
        if counted_by != with && counted_by != self.plan.place {
            let message = format!("shared staff are counted by {} or by {with}, not by {counted_by}", self.plan.place);
            let help = "name one of the two places that share them";
            diagnostics.push("M043", self.file.locate(raw.counted_by.span.clone()), message, help);
            return None;
        }
        Some(Shared { with, profession: profession?, fte: fte?, counted_by })
    }
}
