//! What there is to plan for: staff groups, professions, training programmes and moves.

use std::path::Path;

use muster_core::Setting;
use muster_engine::How;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostics, suggest};
use crate::document::{At, Document, Nothing};
use crate::files::{Files, TextFile};
use crate::measure::Measure;

/// A staff group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// As written in books.
    pub id: String,
    /// As written in reports.
    pub title: String,
}

/// A profession.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profession {
    /// As written in books.
    pub id: String,
    /// As written in reports.
    pub title: String,
    /// Its staff group, as an index.
    pub group: usize,
    /// Where it works.
    pub settings: Vec<Setting>,
    /// Years of a training grade; 1 for everyone else.
    pub stages: usize,
    /// Other ways to add professions up.
    pub tags: Vec<String>,
}

/// A training programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Programme {
    /// As written in books.
    pub id: String,
    /// As written in reports.
    pub title: String,
    /// The profession it fills, as an index.
    pub fills: usize,
    /// How long it takes.
    pub length_years: usize,
}

/// A move between two professions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// As written in books.
    pub id: String,
    /// As written in reports.
    pub title: String,
    /// The profession people leave, as an index.
    pub from: usize,
    /// The profession people enter, as an index.
    pub to: usize,
    /// What its amount means.
    pub how: How,
}

impl Move {
    /// The measure that states how many make it.
    pub(crate) fn measure(&self) -> Measure {
        if self.how == How::Posts { Measure::MoveHeadcount } else { Measure::MoveShare }
    }
}

/// Everything there is to plan for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taxonomy {
    /// In the order of reports.
    pub groups: Vec<Group>,
    /// In the order of reports.
    pub professions: Vec<Profession>,
    /// In the order of reports.
    pub programmes: Vec<Programme>,
    /// In the order of reports.
    pub moves: Vec<Move>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawGroup {
    id: At<String>,
    title: String,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawProfession {
    id: At<String>,
    title: String,
    group: At<String>,
    settings: At<Vec<Setting>>,
    stages: Option<At<usize>>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawProgramme {
    id: At<String>,
    title: String,
    fills: At<String>,
    length_years: At<usize>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMove {
    id: At<String>,
    title: String,
    from: At<String>,
    to: At<String>,
    how: RawHow,
}

#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RawHow {
    Rate,
    Completion,
    Posts,
}

impl Taxonomy {
    /// The profession of this id, as an index.
    pub fn profession(&self, id: &str) -> Option<usize> {
        self.professions.iter().position(|profession| profession.id == id)
    }

    /// The staff group of this id, as an index.
    pub fn group(&self, id: &str) -> Option<usize> {
        self.groups.iter().position(|group| group.id == id)
    }

    /// The programme of this id, as an index.
    pub fn programme(&self, id: &str) -> Option<usize> {
        self.programmes.iter().position(|programme| programme.id == id)
    }

    /// The move of this id, as an index.
    pub fn movement(&self, id: &str) -> Option<usize> {
        self.moves.iter().position(|movement| movement.id == id)
    }

    /// Every tag, once, in order of appearance.
    pub fn tags(&self) -> Vec<&str> {
        let mut tags: Vec<&str> = Vec::new();
        for tag in self.professions.iter().flat_map(|profession| &profession.tags) {
            if !tags.contains(&tag.as_str()) {
                tags.push(tag);
            }
        }
        tags
    }

    /// Reads `professions.toml`, `programmes.toml` and `moves.toml` of a book.
    pub(crate) fn read(book: &Path, files: &mut Files, diagnostics: &mut Diagnostics) -> Self {
        let mut taxonomy = Self::default();
        let before = diagnostics.count();
        if let Some(file) = files.read(&book.join("professions.toml"), diagnostics) {
            taxonomy.read_professions(&file, diagnostics);
        }
        // Programmes and moves name professions, and would be blamed for one that is missing.
        if diagnostics.count() > before {
            return taxonomy;
        }
        for (name, read) in [
            ("programmes.toml", Self::read_programmes as fn(&mut Self, &TextFile, &mut Diagnostics)),
            ("moves.toml", Self::read_moves),
        ] {
            let path = book.join(name);
            if files.has_file(&path)
                && let Some(file) = files.read(&path, diagnostics)
            {
                read(&mut taxonomy, &file, diagnostics);
            }
        }
        taxonomy
    }

    fn read_professions(&mut self, file: &TextFile, diagnostics: &mut Diagnostics) {
        let before = diagnostics.count();
        let Some(mut document) = Document::parse(file, diagnostics) else { return };
        for raw in document.list::<RawGroup>("group", diagnostics) {
            if new_id(file, &raw.id, self.group(&raw.id).is_some(), "staff group", diagnostics) {
                let RawGroup { id, title } = raw.value;
                self.groups.push(Group { id: id.value, title });
            }
        }
        for raw in document.list::<RawProfession>("profession", diagnostics) {
            let known = self.profession(&raw.id).is_some();
            if !new_id(file, &raw.id, known, "profession", diagnostics) {
                continue;
            }
            let Some(group) = self.group(&raw.group) else {
                let help = suggest(
                    &raw.group,
                    self.groups.iter().map(|group| group.id.as_str()),
                    "list it as a [[group]] first",
                );
                let message = format!("no staff group is called `{}`", raw.group.value);
                diagnostics.push("M010", file.locate(raw.group.span.clone()), message, help);
                continue;
            };
            let stages = raw.stages.as_ref().map_or(1, |stages| stages.value);
            if let Some(written) = &raw.stages
                && !(1..=15).contains(&written.value)
            {
                let message = format!("a training grade cannot last {stages} years");
                diagnostics.push("M009", file.locate(written.span.clone()), message, "give a length of 1 to 15 years");
                continue;
            }
            let mut settings = raw.settings.value.clone();
            settings.sort();
            settings.dedup();
            if settings.is_empty() || settings.len() != raw.settings.len() {
                let help = "list each setting in which the profession works, once";
                let message = format!("the settings of `{}` are empty or doubled", raw.id.value);
                diagnostics.push("M006", file.locate(raw.settings.span.clone()), message, help);
                continue;
            }
            let RawProfession { id, title, tags, .. } = raw.value;
            self.professions.push(Profession { id: id.value, title, group, settings, stages, tags });
        }
        document.rest::<Nothing>("a list of professions", diagnostics);
        if self.professions.is_empty() && diagnostics.count() == before {
            diagnostics.push("M024", file.start(), "the book lists no profession", "add at least one [[profession]]");
        }
    }

    fn read_programmes(&mut self, file: &TextFile, diagnostics: &mut Diagnostics) {
        let Some(mut document) = Document::parse(file, diagnostics) else { return };
        for raw in document.list::<RawProgramme>("programme", diagnostics) {
            let known = self.programme(&raw.id).is_some();
            if !new_id(file, &raw.id, known, "programme", diagnostics) {
                continue;
            }
            if !(1..=12).contains(&raw.length_years.value) {
                let message = format!("a programme cannot last {} years", raw.length_years.value);
                diagnostics.push(
                    "M009",
                    file.locate(raw.length_years.span.clone()),
                    message,
                    "give a length of 1 to 12 years",
                );
                continue;
            }
            let Some(fills) = self.expect_profession(file, &raw.fills, diagnostics) else { continue };
            let RawProgramme { id, title, length_years, .. } = raw.value;
            self.programmes.push(Programme { id: id.value, title, fills, length_years: length_years.value });
        }
        document.rest::<Nothing>("a list of programmes", diagnostics);
    }

    fn read_moves(&mut self, file: &TextFile, diagnostics: &mut Diagnostics) {
        let Some(mut document) = Document::parse(file, diagnostics) else { return };
        for raw in document.list::<RawMove>("move", diagnostics) {
            let known = self.movement(&raw.id).is_some();
            if !new_id(file, &raw.id, known, "move", diagnostics) {
                continue;
            }
            let from = self.expect_profession(file, &raw.from, diagnostics);
            let to = self.expect_profession(file, &raw.to, diagnostics);
            let (Some(from), Some(to)) = (from, to) else { continue };
            let place = file.locate(raw.to.span.clone());
            if from == to {
                let help = "a move joins two professions; staying put needs no move";
                diagnostics.push("M020", place, format!("the move `{}` ends where it starts", raw.id.value), help);
                continue;
            }
            let staged = self.professions[from].stages > 1;
            let how = match raw.how {
                RawHow::Rate => How::Rate,
                RawHow::Completion => How::Completion,
                RawHow::Posts => How::Posts,
            };
            if how != How::Posts && staged != (how == How::Completion) {
                let (title, right) = (&self.professions[from].title, if staged { "completion" } else { "rate" });
                let message = format!("{title} cannot be left by this kind of move");
                diagnostics.push("M020", place, message, format!("use how = \"{right}\", or \"posts\""));
                continue;
            }
            if let Some(circle) = self.circle_closed_by(from, to) {
                let message = format!("the moves form a circle: {circle}");
                let help = "state the net movement as one move, so that nobody is counted going round";
                diagnostics.push("M020", place, message, help);
                continue;
            }
            let RawMove { id, title, .. } = raw.value;
            self.moves.push(Move { id: id.value, title, from, to, how });
        }
        document.rest::<Nothing>("a list of moves", diagnostics);
    }

    fn expect_profession(&self, file: &TextFile, id: &At<String>, diagnostics: &mut Diagnostics) -> Option<usize> {
        let found = self.profession(id);
        if found.is_none() {
            let known = self.professions.iter().map(|profession| profession.id.as_str());
            let help = suggest(id, known, "professions are listed in professions.toml");
            diagnostics.push(
                "M010",
                file.locate(id.span.clone()),
                format!("no profession is called `{}`", id.value),
                help,
            );
        }
        found
    }

    /// The professions round which a new move would let people go in circles, if it would.
    fn circle_closed_by(&self, from: usize, to: usize) -> Option<String> {
        let mut paths = vec![vec![from, to]];
        while let Some(path) = paths.pop() {
            let at = path[path.len() - 1];
            if at == from {
                let names: Vec<_> = path.iter().map(|at| self.professions[*at].id.as_str()).collect();
                return Some(names.join(" → "));
            }
            for next in self.moves.iter().filter(|next| next.from == at) {
                if next.to == from || !path.contains(&next.to) {
                    paths.push([path.as_slice(), &[next.to]].concat());
                }
            }
        }
        None
    }
}

/// Whether an id is well formed and not yet taken.
fn new_id(file: &TextFile, id: &At<String>, taken: bool, what: &str, diagnostics: &mut Diagnostics) -> bool {
    let well_formed =
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let place = file.locate(id.span.clone());
    if taken {
        diagnostics.push(
            "M013",
            place,
            format!("two {what}s are called `{}`", id.value),
            "give one of them another id",
        );
    } else if !well_formed {
        let help = "use small letters, digits and hyphens, as in adult-nurses";
        diagnostics.push("M010", place, format!("`{}` cannot be the id of a {what}", id.value), help);
    }
    well_formed && !taken
}
