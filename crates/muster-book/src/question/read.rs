//! Reading a question: names looked up, numbers held against what can be, reasons asked for.

use muster_core::{FinancialYear, PlaceCode};
use muster_engine::How;
use serde::Deserialize;

use super::{Aim, Band, Holds, Lever, Limit, Moves, Question, Substitution, Target};
use crate::assumption::{Kind, Passport};
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::{At, Document};
use crate::files::TextFile;
use crate::plan::{PLAN, Plan};

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawQuestion {
    title: String,
    #[serde(default)]
    about: String,
    /// The scenario that the levers are added to; the plan where none is named.
    scenario: Option<At<String>>,
    /// The first year in which a lever may move; the year after the baseline where none is named.
    from: Option<At<String>>,
    discount: Option<At<RawNumber>>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawNumber {
    value: At<f64>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

/// Whom or what an entry is about.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawOf {
    #[serde(default)]
    programmes: Vec<At<String>>,
    #[serde(default)]
    professions: Vec<At<String>>,
    #[serde(default)]
    groups: Vec<At<String>>,
    #[serde(default)]
    tags: Vec<At<String>>,
    #[serde(default)]
    moves: Vec<At<String>>,
    /// Those that are left out of the rest.
    #[serde(default)]
    except: Vec<At<String>>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTarget {
    id: At<String>,
    title: String,
    aim: Aim,
    at_most: At<f64>,
    year: At<String>,
    until: Option<At<String>>,
    #[serde(rename = "for", default)]
    of: RawOf,
    #[serde(default)]
    each: bool,
    #[serde(default)]
    each_place: bool,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLever {
    id: At<String>,
    title: String,
    moves: Moves,
    #[serde(rename = "for", default)]
    of: RawOf,
    gbp: Option<At<f64>>,
    #[serde(default)]
    whole: bool,
    at_least: Option<At<f64>>,
    #[serde(default)]
    bands: Vec<At<RawBand>>,
    #[serde(default)]
    lead_years: i32,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawBand {
    cut: f64,
    gbp_per_head: f64,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLimit {
    id: At<String>,
    title: String,
    holds: Holds,
    at_most: At<f64>,
    #[serde(default)]
    growth: f64,
    #[serde(rename = "for", default)]
    of: RawOf,
    #[serde(default)]
    each: bool,
    place: Option<At<String>>,
    supervisor: Option<At<String>>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSubstitution {
    from: At<String>,
    to: At<String>,
    task: String,
    share: At<f64>,
    ratio: At<f64>,
    supervisor: Option<At<String>>,
    supervision: Option<At<f64>>,
    gbp: At<f64>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

/// Stands for the plan's last year.
const LAST: &str = "last";

/// What something is about, by the kind of thing.
#[derive(Clone, Copy, PartialEq)]
enum Subject {
    Programmes,
    Professions,
    Moves,
}

struct Reader<'a> {
    plan: &'a Plan,
    file: TextFile,
    sourced: bool,
    diagnostics: &'a mut Diagnostics,
}

pub(super) fn question(plan: &Plan, file: TextFile, sourced: bool, diagnostics: &mut Diagnostics) -> Option<Question> {
    let parsed = file.clone();
    let mut document = Document::parse(&parsed, diagnostics)?;
    let targets = document.list::<RawTarget>("target", diagnostics);
    let levers = document.list::<RawLever>("lever", diagnostics);
    let limits = document.list::<RawLimit>("limit", diagnostics);
    let substitutions = document.list::<RawSubstitution>("substitution", diagnostics);
    let raw = document.rest::<RawQuestion>("a question", diagnostics)?;
    let mut reader = Reader { plan, file: file.clone(), sourced, diagnostics };
    let targets: Vec<Target> = targets.into_iter().filter_map(|raw| reader.target(raw)).collect();
    let levers: Vec<Lever> = levers.into_iter().filter_map(|raw| reader.lever(raw)).collect();
    let limits = limits.into_iter().filter_map(|raw| reader.limit(raw)).collect::<Vec<_>>();
    let substitutions: Vec<_> = substitutions.into_iter().filter_map(|raw| reader.substitution(raw)).collect();
    let start = reader.file.start();
    if targets.is_empty() && reader.diagnostics.is_empty() {
        let help = "add at least one [[target]], such as aim = \"gap_fte\" and at_most = 0";
        reader.diagnostics.push("M065", start.clone(), "the question has no target", help);
    }
    if levers.is_empty() && substitutions.is_empty() && reader.diagnostics.is_empty() {
        let help = "add at least one [[lever]], such as moves = \"intake\"";
        reader.diagnostics.push("M065", start, "nothing may be moved: the question has no lever", help);
    }
    reader.refuse_doubles(targets.iter().map(|target| target.id.as_str()), "targets");
    reader.refuse_doubles(levers.iter().map(|lever| lever.id.as_str()), "levers");
    reader.refuse_doubles(limits.iter().map(|limit| limit.id.as_str()), "limits");
    let scenario = raw.scenario.as_ref().map_or(PLAN, |scenario| scenario.as_str()).to_owned();
    if plan.scenario(&scenario).is_none() {
        let location = raw.scenario.as_ref().map_or(file.start(), |at| file.locate(at.span.clone()));
        let known = plan.scenarios.iter().map(|known| known.id.as_str());
        let help = suggest(&scenario, known, "scenarios are listed in scenarios.toml");
        reader.diagnostics.push("M010", location, format!("no scenario is called `{scenario}`"), help);
    }
    let from = match &raw.from {
        Some(written) => reader.year(written)?,
        None => plan.from + 1,
    };
    let discount = raw.discount.as_ref().and_then(|number| {
        let RawNumber { value, kind, source, where_in_source, why } = &number.value;
        reader.between(value, "a discount rate", 0.0, 0.2);
        let passport = reader.passport(*kind, source, where_in_source, why, number.span.clone())?;
        Some((value.value, passport))
    });
    let RawQuestion { title, about, .. } = raw;
    Some(Question { title, about, scenario, from, discount, targets, levers, limits, substitutions, file })
}

impl Reader<'_> {
    fn push(&mut self, span: std::ops::Range<usize>, message: String, help: impl Into<String>) {
        let location = self.file.locate(span);
        self.diagnostics.push("M065", location, message, help);
    }

    fn refuse_doubles<'n>(&mut self, names: impl Iterator<Item = &'n str>, what: &str) {
        let mut seen = std::collections::BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                let location = self.file.start();
                let message = format!("two {what} are called `{name}`");
                self.diagnostics.push("M013", location, message, "give one of them another id");
            }
        }
    }

    fn passport(
        &mut self,
        kind: Kind,
        source: &At<String>,
        where_in_source: &str,
        why: &str,
        span: std::ops::Range<usize>,
    ) -> Option<Passport> {
        let before = self.diagnostics.count();
        if self.sourced && !self.plan.shelf.sources.contains_key(source.as_str()) {
            let known = self.plan.shelf.sources.keys().map(String::as_str);
            let help = suggest(source, known, "add a file for it to the plan's sources");
            let location = self.file.locate(source.span.clone());
            self.diagnostics.push("M011", location, format!("no source is called `{}`", source.value), help);
        }
        let (code, message, help) = match kind {
            Kind::Published if where_in_source.trim().is_empty() => {
                ("M011", "a published number does not say where in its source it is printed", "add `where`")
            }
            Kind::Derived | Kind::Judgement if why.trim().is_empty() => {
                ("M012", "the number does not say its reason", "add `why`")
            }
            _ => ("", "", ""),
        };
        if !code.is_empty() {
            let location = self.file.locate(span);
            self.diagnostics.push(code, location, message, help);
        }
        (self.diagnostics.count() == before).then(|| Passport {
            kind,
            source: source.value.clone(),
            where_in_source: where_in_source.to_owned(),
            why: why.to_owned(),
        })
    }

    fn between(&mut self, number: &At<f64>, what: &str, low: f64, high: f64) {
        if !(low..=high).contains(&number.value) {
            let location = self.file.locate(number.span.clone());
            let message = format!("{} cannot be right for {what}", number.value);
            let help = if high >= 1e12 {
                "write a number of nought or more".to_owned()
            } else {
                format!("write a number from {low} to {high}")
            };
            self.diagnostics.push("M009", location, message, help);
        }
    }

    fn year(&mut self, written: &At<String>) -> Option<FinancialYear> {
        let (first, last) = (self.plan.from + 1, self.plan.to);
        if written.value == LAST {
            return Some(last);
        }
        let year = written.parse::<FinancialYear>().ok().filter(|year| (first..=last).contains(year));
        if year.is_none() {
            let message = format!("`{}` is not a year of this plan that can still be changed", written.value);
            self.push(written.span.clone(), message, format!("write a year from {first} to {last}, or \"last\""));
        }
        year
    }

    fn profession(&mut self, written: &At<String>) -> Option<usize> {
        let taxonomy = &self.plan.shelf.taxonomy;
        let found = taxonomy.profession(written);
        if found.is_none() {
            self.unknown("profession", written, taxonomy.professions.iter().map(|item| item.id.as_str()).collect());
        }
        found
    }

    fn unknown(&mut self, what: &str, written: &At<String>, known: Vec<&str>) {
        let help = suggest(written, known, "`muster books list` shows the names");
        let location = self.file.locate(written.span.clone());
        self.diagnostics.push("M010", location, format!("no {what} is called `{}`", written.value), help);
    }

    /// The things that are meant: those named, or all where none is.
    fn of(&mut self, raw: &RawOf, subject: Subject, span: std::ops::Range<usize>) -> Vec<usize> {
        let plan = self.plan;
        let taxonomy = &plan.shelf.taxonomy;
        let people = !raw.professions.is_empty() || !raw.groups.is_empty() || !raw.tags.is_empty();
        let wrong = match subject {
            Subject::Programmes => people || !raw.moves.is_empty(),
            Subject::Professions => !raw.programmes.is_empty() || !raw.moves.is_empty(),
            Subject::Moves => people || !raw.programmes.is_empty(),
        };
        if wrong {
            let help = match subject {
                Subject::Programmes => "name `programmes`, or nothing for all of them",
                Subject::Professions => "name `professions`, `groups` or `tags`, or nothing for everyone",
                Subject::Moves => "name `moves`, or nothing for all that offer posts",
            };
            self.push(span, "the entry names things that it cannot be about".to_owned(), help);
            return Vec::new();
        }
        let ids: Vec<&str> = match subject {
            Subject::Programmes => taxonomy.programmes.iter().map(|item| item.id.as_str()).collect(),
            Subject::Professions => taxonomy.professions.iter().map(|item| item.id.as_str()).collect(),
            Subject::Moves => taxonomy.moves.iter().map(|item| item.id.as_str()).collect(),
        };
        let (what, named) = match subject {
            Subject::Programmes => ("programme", &raw.programmes),
            Subject::Professions => ("profession", &raw.professions),
            Subject::Moves => ("move", &raw.moves),
        };
        let mut found = Vec::new();
        for name in named {
            match ids.iter().position(|id| *id == name.as_str()) {
                Some(i) => found.push(i),
                None => self.unknown(what, name, ids.clone()),
            }
        }
        for (what, names) in [("group", &raw.groups), ("tag", &raw.tags)] {
            for name in names {
                let members = crate::figure::professions_named(taxonomy, what, name);
                if members.is_empty() {
                    let known = if what == "tag" {
                        taxonomy.tags()
                    } else {
                        taxonomy.groups.iter().map(|g| g.id.as_str()).collect()
                    };
                    self.unknown(what, name, known);
                }
                found.extend(members);
            }
        }
        if named.is_empty() && raw.groups.is_empty() && raw.tags.is_empty() {
            found = (0..ids.len()).collect();
        }
        for name in &raw.except {
            match ids.iter().position(|id| *id == name.as_str()) {
                Some(i) => found.retain(|other| *other != i),
                None => self.unknown(what, name, ids.clone()),
            }
        }
        // Only moves that offer posts can be given more of them.
        if subject == Subject::Moves {
            found.retain(|i| taxonomy.moves[*i].how == How::Posts);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn target(&mut self, raw: At<RawTarget>) -> Option<Target> {
        let before = self.diagnostics.count();
        let year = self.year(&raw.year);
        let until = raw.until.as_ref().map_or(year, |until| self.year(until));
        if let (Some(year), Some(until)) = (year, until)
            && until < year
        {
            self.push(
                raw.year.span.clone(),
                format!("the target ends in {until}, before {year}"),
                "put `until` after `year`",
            );
        }
        match raw.aim {
            Aim::VacancyRate | Aim::InternationalShare => self.between(&raw.at_most, "a share", 0.0, 1.0),
            Aim::GapFte => self.between(&raw.at_most, "a gap", -1e8, 1e8),
            Aim::SpendGbp => self.between(&raw.at_most, "a budget", 0.0, 1e13),
        }
        let professions = self.of(&raw.of, Subject::Professions, raw.span.clone());
        if raw.aim == Aim::SpendGbp && (raw.each || professions.len() != self.plan.shelf.taxonomy.professions.len()) {
            let help = "leave out `for` and `each`: a budget is for all levers together";
            self.push(raw.span.clone(), "a budget is not divided between professions".to_owned(), help);
        }
        let at = raw.span.clone();
        let passport = self.passport(raw.kind, &raw.source, &raw.where_in_source, &raw.why, at);
        let RawTarget { id, title, aim, at_most, each, each_place, .. } = raw.value;
        (self.diagnostics.count() == before).then_some(())?;
        Some(Target {
            id: id.value,
            title,
            aim,
            at_most: at_most.value,
            year: year?,
            until: until?,
            professions,
            each,
            each_place,
            passport: passport?,
        })
    }

    fn lever(&mut self, raw: At<RawLever>) -> Option<Lever> {
        let before = self.diagnostics.count();
        let subject = match raw.moves {
            Moves::Intake => Subject::Programmes,
            Moves::International | Moves::Domestic | Moves::Retention => Subject::Professions,
            Moves::Posts => Subject::Moves,
        };
        let of = self.of(&raw.of, subject, raw.span.clone());
        let retention = raw.moves == Moves::Retention;
        let unpriced = raw.moves == Moves::Posts && raw.gbp.is_none();
        if retention == raw.bands.is_empty() || (retention && raw.gbp.is_some()) || unpriced {
            let help = "give `gbp` for what one person or post costs; for retention give `bands` instead: [{ cut = 0.05, gbp_per_head = 100 }]";
            self.push(raw.span.clone(), format!("what `{}` costs is not clear", raw.id.value), help);
        }
        if let Some(gbp) = &raw.gbp {
            self.between(gbp, "a cost", 0.0, 1e12);
        }
        if let Some(at_least) = &raw.at_least {
            self.between(at_least, "what must be left of what the scenario has", 0.0, 1.0);
        }
        let bands: Vec<Band> =
            raw.bands.iter().map(|band| Band { cut: band.cut, gbp_per_head: band.gbp_per_head }).collect();
        let cuts: f64 = bands.iter().map(|band| band.cut).sum();
        let each = |band: &Band| band.gbp_per_head / band.cut;
        let good = bands.iter().all(|band| band.cut > 0.0 && band.gbp_per_head >= 0.0 && band.gbp_per_head.is_finite());
        if !good || cuts > 0.9 || bands.windows(2).any(|pair| each(&pair[1]) < each(&pair[0])) {
            let help = "each step takes something off, costs more for each point than the one before, and together they leave a tenth of the leaver rate";
            self.push(raw.span.clone(), format!("the steps of `{}` cannot be", raw.id.value), help);
        }
        let at = raw.span.clone();
        let passport = self.passport(raw.kind, &raw.source, &raw.where_in_source, &raw.why, at);
        let RawLever { id, title, moves, gbp, whole, at_least, lead_years, .. } = raw.value;
        (self.diagnostics.count() == before).then_some(())?;
        Some(Lever {
            id: id.value,
            title,
            moves,
            of,
            gbp: gbp.map(|gbp| gbp.value),
            whole,
            at_least: at_least.map_or(1.0, |at_least| at_least.value),
            bands,
            lead_years,
            passport: passport?,
        })
    }

    fn limit(&mut self, raw: At<RawLimit>) -> Option<Limit> {
        let before = self.diagnostics.count();
        let subject = match raw.holds {
            Holds::IntakeGrowth | Holds::Applicants | Holds::Placements | Holds::Supervisors => Subject::Programmes,
            Holds::RecruitsAbroad | Holds::RecruitsAtHome => Subject::Professions,
            Holds::Posts => Subject::Moves,
        };
        let of = self.of(&raw.of, subject, raw.span.clone());
        self.between(&raw.at_most, "a limit", 0.0, 1e12);
        if !(-0.5..=1.0).contains(&raw.growth) {
            self.push(
                raw.span.clone(),
                format!("a limit cannot grow by {} a year", raw.growth),
                "write a share a year, such as 0.05",
            );
        }
        let supervisor = raw.supervisor.as_ref().and_then(|name| self.profession(name));
        if (raw.holds == Holds::Supervisors) != raw.supervisor.is_some() {
            let help = "name the profession in `supervisor`, for holds = \"supervisors\" alone";
            self.push(raw.span.clone(), format!("who supervises is not clear in `{}`", raw.id.value), help);
        }
        let place = raw.place.as_ref().and_then(|text| {
            let tree = &self.plan.shelf.places;
            let code = text.parse::<PlaceCode>().ok().filter(|code| tree.get(code).is_some());
            if code.is_none() {
                let known = tree.iter().map(|place| place.code.as_str()).collect();
                self.unknown("place", text, known);
            }
            code
        });
        let at = raw.span.clone();
        let passport = self.passport(raw.kind, &raw.source, &raw.where_in_source, &raw.why, at);
        let RawLimit { id, title, holds, at_most, growth, each, .. } = raw.value;
        (self.diagnostics.count() == before).then_some(())?;
        let at_most = at_most.value;
        Some(Limit { id: id.value, title, holds, at_most, growth, of, each, place, supervisor, passport: passport? })
    }

    fn substitution(&mut self, raw: At<RawSubstitution>) -> Option<Substitution> {
        let before = self.diagnostics.count();
        let (from, to) = (self.profession(&raw.from), self.profession(&raw.to));
        if from.is_some() && from == to {
            self.push(
                raw.to.span.clone(),
                "work cannot pass from a profession to itself".to_owned(),
                "name another profession",
            );
        }
        self.between(&raw.share, "a share of work", 0.0, 1.0);
        self.between(&raw.ratio, "FTE who replace one FTE", 0.01, 20.0);
        self.between(&raw.gbp, "a cost", 0.0, 1e12);
        let supervision = match (&raw.supervisor, &raw.supervision) {
            (None, None) => None,
            (Some(name), Some(ratio)) => {
                self.between(ratio, "supervisors for one FTE", 0.0, 1.0);
                self.profession(name).map(|supervisor| (supervisor, ratio.value))
            }
            _ => {
                let help = "give both: supervisor = \"gps\" and supervision = 0.1";
                self.push(raw.span.clone(), "supervision names no profession, or no ratio".to_owned(), help);
                None
            }
        };
        let at = raw.span.clone();
        let passport = self.passport(raw.kind, &raw.source, &raw.where_in_source, &raw.why, at);
        let RawSubstitution { task, share, ratio, gbp, .. } = raw.value;
        (self.diagnostics.count() == before).then_some(())?;
        let (share, ratio, gbp) = (share.value, ratio.value, gbp.value);
        Some(Substitution { from: from?, to: to?, task, share, ratio, supervision, gbp, passport: passport? })
    }
}
