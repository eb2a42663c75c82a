//! Where people can be trained: what a place of training asks of the staff there, and what is known of each system. Read from `geography.toml` beside
//! the plan.
//!
//! Each entry has a passport. Where nothing is known of a system, its capacity follows from the staff in post there, at the ratio that the
//! training states.

use std::path::Path;

use muster_core::PlaceCode;
use serde::{Deserialize, Serialize};

use crate::assumption::{Kind, Passport};
use crate::diagnostic::{Diagnostic, Diagnostics, suggest};
use crate::document::{At, Document};
use crate::files::{Files, TextFile};
use crate::plan::Plan;

/// The name of the file.
pub const GEOGRAPHY_FILE: &str = "geography.toml";

/// A kind of training that has places: a programme, or the posts of a training grade that a move leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Training {
    /// A programme, as an index.
    Programme(usize),
    /// A move, as an index.
    Move(usize),
}

/// What is known of where people can be trained.
#[derive(Debug, Clone, Default)]
pub struct Geography {
    /// What to know about it.
    pub about: String,
    /// What each training asks, in the order of the file.
    pub rules: Vec<Rule>,
    /// What is known of single systems.
    pub sites: Vec<Site>,
}

/// What a training asks of a place.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Which training.
    pub of: Training,
    /// FTE in post that a place needs to take one new learner each year.
    pub staff_per_place: f64,
    /// Who supervises, as indices of professions.
    pub supervisors: Vec<usize>,
    /// A cohort smaller than this is not run.
    pub minimum_cohort: f64,
    /// Where it came from.
    pub passport: Passport,
}

/// What is known of a training in one place.
#[derive(Debug, Clone)]
pub struct Site {
    /// Which training.
    pub of: Training,
    /// Where.
    pub place: PlaceCode,
    /// Most new learners a year, those of today with them.
    pub capacity: Option<f64>,
    /// How many education providers teach it there; none, and no cohort can start.
    pub providers: Option<usize>,
    /// A cohort smaller than this is not run.
    pub minimum_cohort: Option<f64>,
    /// Where it came from.
    pub passport: Passport,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawGeography {
    #[serde(default)]
    about: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRule {
    of: At<Vec<At<String>>>,
    staff_per_place: At<f64>,
    supervisors: Option<Vec<At<String>>>,
    minimum_cohort: Option<At<f64>>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSite {
    of: At<String>,
    place: At<String>,
    capacity: Option<At<f64>>,
    providers: Option<usize>,
    minimum_cohort: Option<At<f64>>,
    kind: Kind,
    source: At<String>,
    #[serde(rename = "where", default)]
    where_in_source: String,
    #[serde(default)]
    why: String,
}

impl Geography {
    /// What `geography.toml` beside the plan says, or nothing where there is no such file.
    pub fn of(plan: &Plan) -> Result<Self, Vec<Diagnostic>> {
        let path = plan.folder.join(GEOGRAPHY_FILE);
        if path.exists() { Self::read(plan, &path) } else { Ok(Self::default()) }
    }

    /// Reads a file about a plan, or says everything that is wrong with it.
    pub fn read(plan: &Plan, path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Diagnostics::default();
        let file = Files::default().read(path, &mut diagnostics);
        let read = file.and_then(|file| Reader { plan, file, diagnostics: &mut diagnostics }.geography());
        match read {
            Some(geography) => diagnostics.into_result(geography),
            None => Err(diagnostics.into_list()),
        }
    }

    /// The same from text.
    pub fn written(plan: &Plan, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Diagnostics::default();
        let mut files = Files::in_memory([(GEOGRAPHY_FILE.to_owned(), text.to_owned())]);
        let file = files.read(Path::new(GEOGRAPHY_FILE), &mut diagnostics);
        let read = file.and_then(|file| Reader { plan, file, diagnostics: &mut diagnostics }.geography());
        match read {
            Some(geography) => diagnostics.into_result(geography),
            None => Err(diagnostics.into_list()),
        }
    }

    /// What a training asks, if anything is known of it.
    pub fn rule(&self, of: Training) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.of == of)
    }

    /// What is known of a training in a place, if anything is.
    pub fn site(&self, of: Training, place: &PlaceCode) -> Option<&Site> {
        self.sites.iter().find(|site| site.of == of && site.place == *place)
    }
}

impl Training {
    /// The programme or move of this name.
    pub fn named(plan: &Plan, id: &str) -> Option<Self> {
        let taxonomy = &plan.shelf.taxonomy;
        taxonomy.programme(id).map(Self::Programme).or_else(|| taxonomy.movement(id).map(Self::Move))
    }

    /// As written in reports.
    pub fn title(self, plan: &Plan) -> &str {
        match self {
            Self::Programme(index) => &plan.shelf.taxonomy.programmes[index].title,
            Self::Move(index) => &plan.shelf.taxonomy.moves[index].title,
        }
    }

    /// The profession that it leads to, as an index.
    pub fn fills(self, plan: &Plan) -> usize {
        match self {
            Self::Programme(index) => plan.shelf.taxonomy.programmes[index].fills,
            Self::Move(index) => plan.shelf.taxonomy.moves[index].to,
        }
    }

    /// Every name of a programme or move.
    pub fn names(plan: &Plan) -> impl Iterator<Item = &str> {
        let taxonomy = &plan.shelf.taxonomy;
        let programmes = taxonomy.programmes.iter().map(|programme| programme.id.as_str());
        programmes.chain(taxonomy.moves.iter().map(|movement| movement.id.as_str()))
    }
}

struct Reader<'a> {
    plan: &'a Plan,
    file: TextFile,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn geography(mut self) -> Option<Geography> {
        let parsed = self.file.clone();
        let mut document = Document::parse(&parsed, self.diagnostics)?;
        let rules = document.list::<RawRule>("training", self.diagnostics);
        let sites = document.list::<RawSite>("site", self.diagnostics);
        let raw = document.rest::<RawGeography>("a geography of training", self.diagnostics)?;
        let mut geography = Geography { about: raw.about, ..Geography::default() };
        for raw in rules {
            self.rule(&raw, &mut geography);
        }
        for raw in sites {
            self.site(&raw, &mut geography);
        }
        Some(geography)
    }

    fn rule(&mut self, raw: &At<RawRule>, geography: &mut Geography) {
        self.above_nought(&raw.staff_per_place, "staff in post for a place of training");
        let minimum = raw.minimum_cohort.as_ref();
        minimum.into_iter().for_each(|minimum| self.above_nought(minimum, "the smallest cohort"));
        let supervisors: Option<Vec<usize>> =
            raw.supervisors.as_ref().map(|names| names.iter().filter_map(|name| self.profession(name)).collect());
        let passport = self.passport(raw.kind, &raw.source, &raw.where_in_source, &raw.why, raw.span.clone());
        for name in &raw.of.value {
            let Some(of) = self.training(name) else { continue };
            if geography.rule(of).is_some() {
                let location = self.file.locate(name.span.clone());
                let message = format!("`{}` is described twice", name.value);
                self.diagnostics.push("M013", location, message, "leave it out of one of the two");
                continue;
            }
            let Some(passport) = passport.clone() else { continue };
            geography.rules.push(Rule {
                of,
                staff_per_place: raw.staff_per_place.value,
                supervisors: supervisors.clone().unwrap_or_else(|| vec![of.fills(self.plan)]),
                minimum_cohort: minimum.map_or(0.0, |minimum| minimum.value),
                passport,
            });
        }
    }

    fn site(&mut self, raw: &At<RawSite>, geography: &mut Geography) {
        let of = self.training(&raw.of);
        let places = &self.plan.shelf.places;
        let place = raw.place.parse::<PlaceCode>().ok().filter(|code| places.get(code).is_some());
        if place.is_none() {
            let known = places.iter().map(|place| place.code.as_str());
            let help = suggest(&raw.place, known, "places are listed in places.csv");
            let location = self.file.locate(raw.place.span.clone());
            self.diagnostics.push("M010", location, format!("no place has the code `{}`", raw.place.value), help);
        }
        for number in raw.capacity.iter().chain(&raw.minimum_cohort) {
            if !(number.value >= 0.0 && number.value.is_finite()) {
                let location = self.file.locate(number.span.clone());
                let message = format!("there cannot be {} places", number.value);
                self.diagnostics.push("M009", location, message, "write a number of nought or more");
            }
        }
        let passport = self.passport(raw.kind, &raw.source, &raw.where_in_source, &raw.why, raw.span.clone());
        let (Some(of), Some(place), Some(passport)) = (of, place, passport) else { return };
        if geography.site(of, &place).is_some() {
            let location = self.file.locate(raw.span.clone());
            let message = format!("`{}` is described twice for {place}", raw.of.value);
            self.diagnostics.push("M013", location, message, "leave one of the two out");
            return;
        }
        geography.sites.push(Site {
            of,
            place,
            capacity: raw.capacity.as_ref().map(|number| number.value),
            providers: raw.providers,
            minimum_cohort: raw.minimum_cohort.as_ref().map(|number| number.value),
            passport,
        });
    }

    fn training(&mut self, name: &At<String>) -> Option<Training> {
        let found = Training::named(self.plan, name);
        if found.is_none() {
            let help = suggest(name, Training::names(self.plan), "name a programme or a move of the book");
            let location = self.file.locate(name.span.clone());
            let message = format!("no programme and no move is called `{}`", name.value);
            self.diagnostics.push("M010", location, message, help);
        }
        found
    }

    fn profession(&mut self, name: &At<String>) -> Option<usize> {
        let taxonomy = &self.plan.shelf.taxonomy;
        let found = taxonomy.profession(name);
        if found.is_none() {
            let known = taxonomy.professions.iter().map(|profession| profession.id.as_str());
            let help = suggest(name, known, "professions are listed in professions.toml");
            let location = self.file.locate(name.span.clone());
            self.diagnostics.push("M010", location, format!("no profession is called `{}`", name.value), help);
        }
        found
    }

    fn above_nought(&mut self, number: &At<f64>, what: &str) {
        if !(number.value > 0.0 && number.value.is_finite()) {
            let location = self.file.locate(number.span.clone());
            let message = format!("{} cannot be right for {what}", number.value);
            self.diagnostics.push("M009", location, message, "write a number above nought");
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
        if !self.plan.shelf.sources.contains_key(source.as_str()) {
            let known = self.plan.shelf.sources.keys().map(String::as_str);
            let help = suggest(source, known, "add a file for it to the plan's sources");
            let location = self.file.locate(source.span.clone());
            self.diagnostics.push("M011", location, format!("no source is called `{}`", source.value), help);
        }
        let unsaid = match kind {
            Kind::Published if where_in_source.trim().is_empty() => {
                Some(("M011", "a published number does not say where in its source it is printed", "add `where`"))
            }
            Kind::Derived | Kind::Judgement if why.trim().is_empty() => {
                Some(("M012", "the number does not say its reason", "add `why`"))
            }
            _ => None,
        };
        if let Some((code, message, help)) = unsaid {
            self.diagnostics.push(code, self.file.locate(span), message, help);
        }
        (self.diagnostics.count() == before).then(|| Passport {
            kind,
            source: source.value.clone(),
            where_in_source: where_in_source.to_owned(),
            why: why.to_owned(),
        })
    }
}
