//! What a value is for, read from names and held against what the measure is stated for.

use muster_core::{AgeBand, PlaceCode, Setting};
use serde::Deserialize;

use crate::assumption::{Key, Scope};
use crate::book::Context;
use crate::diagnostic::{Diagnostics, Location, suggest};
use crate::document::At;
use crate::measure::{Measure, Part, Subject};

/// What a value is for, as written.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawKey {
    pub group: Option<At<String>>,
    pub profession: Option<At<String>>,
    pub programme: Option<At<String>>,
    #[serde(rename = "move")]
    pub movement: Option<At<String>>,
    pub setting: Option<At<String>>,
    pub age: Option<At<String>>,
    pub place: Option<At<String>>,
}

impl Context<'_> {
    /// Reads what a value is for, and refuses what does not fit the measure.
    pub(crate) fn key(
        &self,
        measure: Measure,
        raw: &RawKey,
        at: &dyn Fn(&str) -> Location,
        diagnostics: &mut Diagnostics,
    ) -> Option<Key> {
        let before = diagnostics.count();
        let scope = self.scope(measure, raw, at, diagnostics);
        let spec = measure.spec();
        let mut refuse = |part: &str, help: String| {
            let message = format!("`{}` is not stated for this kind of thing", spec.id);
            diagnostics.push("M016", at(part), message, help);
        };
        match (&raw.setting, spec.setting) {
            (None, Part::Required) => refuse("value", "say for which setting".to_owned()),
            (Some(_), Part::Never) => refuse("setting", "leave out the setting".to_owned()),
            _ => {}
        }
        if raw.age.is_some() && spec.ages.is_none() {
            refuse("age", "leave out the age".to_owned());
        }
        if measure == Measure::PlaceShare && raw.place.is_none() {
            refuse("value", "say for which place".to_owned());
        }
        let setting = setting(raw, at, diagnostics);
        if let (Scope::Profession(profession), Some(setting)) = (scope.unwrap_or(Scope::All), setting)
            && !self.taxonomy.professions[profession].settings.contains(&setting)
        {
            let message =
                format!("{} do not work in the setting {setting}", self.taxonomy.professions[profession].title);
            let help = "add the setting to the profession in professions.toml, or remove the value";
            diagnostics.push("M016", at("setting"), message, help);
        }
        let ages = raw.age.as_ref().and_then(|text| {
            AgeBand::parse(text, spec.ages?)
                .map_err(|error| {
                    let message = error.to_string();
                    diagnostics.push("M017", at("age"), message, "write a band such as 25-34 within the ages shown");
                })
                .ok()
        });
        let place = match &raw.place {
            Some(text) => self.place(text, at, diagnostics),
            None => (self.book_place != PlaceCode::england()).then(|| self.book_place.clone()),
        };
        (diagnostics.count() == before).then_some(Key { scope: scope?, setting, ages, place })
    }

    /// Reads which part of a measure is meant, all of it where nothing is named. A part has no age and no place: what is not known of
    /// an assumption is the same for all of its ages and places.
    pub(crate) fn part_of(
        &self,
        measure: Measure,
        raw: &RawKey,
        at: &dyn Fn(&str) -> Location,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Option<Scope>, Option<Setting>)> {
        let before = diagnostics.count();
        for (part, written) in [("age", &raw.age), ("place", &raw.place)] {
            if written.is_some() {
                let message = format!("all values of one assumption move together, whatever their {part}");
                diagnostics.push("M016", at(part), message, format!("leave out the {part}"));
            }
        }
        if raw.setting.is_some() && measure.spec().setting == Part::Never {
            let message = format!("`{}` is not stated for a setting", measure.id());
            diagnostics.push("M016", at("setting"), message, "leave out the setting");
        }
        let named = [&raw.profession, &raw.group, &raw.programme, &raw.movement];
        let scope = named.iter().any(|name| name.is_some()).then(|| self.scope(measure, raw, at, diagnostics));
        let setting = setting(raw, at, diagnostics);
        (diagnostics.count() == before).then_some((scope.flatten(), setting))
    }

    fn place(&self, text: &str, at: &dyn Fn(&str) -> Location, diagnostics: &mut Diagnostics) -> Option<PlaceCode> {
        let code = text.parse::<PlaceCode>().ok().filter(|code| self.places.get(code).is_some());
        let Some(code) = code else {
            let known = self.places.iter().map(|place| place.code.as_str());
            let help = suggest(text, known, "places are listed in places.csv of the national book");
            diagnostics.push("M010", at("place"), format!("no place has the code `{text}`"), help);
            return None;
        };
        if !self.places.is_within(&code, &self.book_place) {
            let message = format!("this book speaks for {}, and {code} is not in it", self.book_place);
            diagnostics.push("M016", at("place"), message, "state the value in a book of that place");
            return None;
        }
        Some(code).filter(|code| *code != PlaceCode::england())
    }

    fn scope(
        &self,
        measure: Measure,
        raw: &RawKey,
        at: &dyn Fn(&str) -> Location,
        diagnostics: &mut Diagnostics,
    ) -> Option<Scope> {
        let spec = measure.spec();
        let taxonomy = self.taxonomy;
        let named = [
            ("profession", &raw.profession, Subject::Staff),
            ("group", &raw.group, Subject::Staff),
            ("programme", &raw.programme, Subject::Programme),
            ("move", &raw.movement, Subject::Move),
        ];
        let mut given =
            named.iter().filter_map(|(part, text, subject)| text.as_ref().map(|text| (*part, text, *subject)));
        let Some((part, text, subject)) = given.next() else {
            let needs = match spec.subject {
                Subject::Staff | Subject::Whole => return Some(Scope::All),
                Subject::Programme => "programme",
                Subject::Move => "move",
            };
            let message = format!("`{}` is not stated for this kind of thing", spec.id);
            diagnostics.push("M016", at("value"), message, format!("say for which {needs}"));
            return None;
        };
        if let Some((other, ..)) = given.next() {
            let message = format!("a value is for a {part} or for a {other}, not both");
            diagnostics.push("M016", at(other), message, "leave out one of them");
            return None;
        }
        if subject != spec.subject {
            let message = format!("`{}` is not stated for a {part}", spec.id);
            let help = match spec.subject {
                Subject::Staff => "state it for a profession or a staff group",
                Subject::Programme => "state it for a programme",
                Subject::Move => "state it for a move",
                Subject::Whole => "leave it out",
            };
            diagnostics.push("M016", at(part), message, help);
            return None;
        }
        let found = match part {
            "profession" => taxonomy.profession(text).map(Scope::Profession),
            "group" => taxonomy.group(text).map(Scope::Group),
            "programme" => taxonomy.programme(text).map(Scope::Programme),
            _ => taxonomy.movement(text).map(Scope::Move),
        };
        if found.is_none() {
            let known: Vec<&str> = match part {
                "profession" => taxonomy.professions.iter().map(|item| item.id.as_str()).collect(),
                "group" => taxonomy.groups.iter().map(|item| item.id.as_str()).collect(),
                "programme" => taxonomy.programmes.iter().map(|item| item.id.as_str()).collect(),
                _ => taxonomy.moves.iter().map(|item| item.id.as_str()).collect(),
            };
            let help = suggest(
                text,
                known,
                "`muster books list` with professions, groups, programmes, moves or places shows the names",
            );
            diagnostics.push("M010", at(part), format!("no {part} is called `{}`", text.value), help);
        }
        if let Some(Scope::Move(i)) = found {
            let right = taxonomy.moves[i].measure();
            if right != measure {
                let message = format!("`{}` is not stated for the move `{}`", spec.id, text.value);
                let help = format!("state its `{}`, in `{}`", right.id(), right.spec().unit);
                diagnostics.push("M016", at(part), message, help);
                return None;
            }
        }
        found
    }
}

fn setting(raw: &RawKey, at: &dyn Fn(&str) -> Location, diagnostics: &mut Diagnostics) -> Option<Setting> {
    let text = raw.setting.as_ref()?;
    let read = text.parse::<Setting>().map_err(|error| {
        let help = suggest(text, Setting::ALL.map(Setting::id), "use one of the five settings");
        diagnostics.push("M010", at("setting"), error.to_string(), help);
    });
    read.ok()
}

/// Refuses an amount of staff for a group or for everyone, which each profession in it would have in full.
pub(crate) fn refuse_amount_for_many(
    measure: Measure,
    raw: &RawKey,
    at: &dyn Fn(&str) -> Location,
    diagnostics: &mut Diagnostics,
) {
    let spec = measure.spec();
    if spec.shared && spec.subject == Subject::Staff && raw.profession.is_none() {
        let part = if raw.group.is_some() { "group" } else { "value" };
        let message = format!("`{}` is an amount, and is stated for one profession at a time", spec.id);
        diagnostics.push("M016", at(part), message, "state an amount for each profession");
    }
}

impl RawKey {
    /// Where a part is written, if it is.
    pub(crate) fn span_of(&self, part: &str) -> Option<std::ops::Range<usize>> {
        let text = match part {
            "group" => &self.group,
            "profession" => &self.profession,
            "programme" => &self.programme,
            "move" => &self.movement,
            "setting" => &self.setting,
            "age" => &self.age,
            "place" => &self.place,
            _ => &None,
        };
        text.as_ref().map(|text| text.span.clone())
    }

    pub(crate) fn from_cells<'t>(cell: impl Fn(&str) -> Option<&'t str>) -> Self {
        let part = |column| cell(column).map(|text| At { value: text.to_owned(), span: 0..0 });
        Self {
            group: part("group"),
            profession: part("profession"),
            programme: part("programme"),
            movement: part("move"),
            setting: part("setting"),
            age: part("age"),
            place: part("place"),
        }
    }
}
