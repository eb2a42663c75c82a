//! TOML into types, with the place of every value kept and every fault of a file reported, not only the first.

use std::borrow::Cow;
use std::ops::{Deref, Range};

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::diagnostic::{Diagnostics, Location, nearest};
use crate::files::TextFile;

/// A value and where it stands in its file.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

impl<T> Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self { value: spanned.into_inner(), span })
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

/// A date as TOML writes it: 2022-04-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        let (Some(date), None) = (written.date, written.time) else {
            return Err(serde::de::Error::custom("a date is expected here, such as 2022-04-01"));
        };
        let year = i16::try_from(date.year).unwrap_or(i16::MAX);
        let day = Date::new(year, date.month as i8, date.day as i8).map_err(serde::de::Error::custom)?;
        if (1900..=2200).contains(&day.year()) {
            Ok(Self(day))
        } else {
            Err(serde::de::Error::custom("the year of this date is not between 1900 and 2200"))
        }
    }
}

impl schemars::JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date", "description": "A date, written 2022-04-01 without quotes." })
    }
}

/// A TOML file, parsed but not yet read into types.
pub(crate) struct Document<'f> {
    pub file: &'f TextFile,
    root: DeTable<'f>,
}

impl<'f> Document<'f> {
    /// Parses a file; syntax errors are reported, all of them, and what could be read is kept only when there are none.
    pub(crate) fn parse(file: &'f TextFile, diagnostics: &mut Diagnostics) -> Option<Self> {
        let (root, errors) = DeTable::parse_recoverable(&file.text);
        for error in &errors {
            let location = file.locate(error.span().unwrap_or(0..0));
            let doubled = error.message().contains("duplicate key");
            let help = if doubled {
                "remove one of the two"
            } else {
                "mend the line shown: look for a quote, bracket or comma"
            };
            diagnostics.push("M003", location, format!("this is not well-formed TOML: {}", error.message()), help);
        }
        errors.is_empty().then(|| Self { file, root: root.into_inner() })
    }

    /// Takes the items of `[[name]]` out of the document and reads each by itself.
    pub(crate) fn list<T: DeserializeOwned>(&mut self, name: &str, diagnostics: &mut Diagnostics) -> Vec<At<T>> {
        let Some(list) = self.root.remove(name) else { return Vec::new() };
        let span = list.span();
        let DeValue::Array(items) = list.into_inner() else {
            let help = format!("write each as a section headed [[{name}]]");
            diagnostics.push("M006", self.file.locate(span), format!("`{name}` should be a list of sections"), help);
            return Vec::new();
        };
        items.into_iter().filter_map(|item| self.read(item, name, diagnostics)).collect()
    }

    /// Reads what is left after the lists were taken out.
    pub(crate) fn rest<T: DeserializeOwned>(self, what: &str, diagnostics: &mut Diagnostics) -> Option<T> {
        let end = self.file.text.find("\n[").unwrap_or(self.file.text.len());
        let item = Spanned::new(0..end, DeValue::Table(self.root));
        let file = self.file;
        read(file, item, what, diagnostics).map(|at: At<T>| at.value)
    }

    /// Whether the document says anything under this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.root.contains_key(name)
    }

    fn read<T: DeserializeOwned>(
        &self,
        item: Spanned<DeValue<'f>>,
        what: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<At<T>> {
        read(self.file, item, what, diagnostics)
    }
}

fn read<T: DeserializeOwned>(
    file: &TextFile,
    item: Spanned<DeValue<'_>>,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<At<T>> {
    let span = item.span();
    match T::deserialize(ValueDeserializer::from(item)) {
        Ok(value) => Some(At { value, span }),
        Err(error) => {
            let location = file.locate(error.span().unwrap_or(span));
            explain(error.message(), what, location, diagnostics);
            None
        }
    }
}

/// A deserializer's message in a planner's words.
fn explain(message: &str, what: &str, location: Location, diagnostics: &mut Diagnostics) {
    let quoted = |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let names = quoted(rest);
        let (wrong, known) = names.split_first().map_or(("?", &[][..]), |(first, rest)| (first.as_str(), rest));
        let help = match nearest(wrong, known.iter().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None if known.is_empty() => "remove it".to_owned(),
            None => format!("use one of: {}", known.join(", ")),
        };
        diagnostics.push("M004", location, format!("`{wrong}` is not something that {what} has"), help);
    } else if let Some(rest) = message.strip_prefix("missing field ") {
        let name = quoted(rest).into_iter().next().unwrap_or_default();
        diagnostics.push("M005", location, format!("{what} does not say `{name}`"), format!("add `{name} = …`"));
    } else if let Some(rest) = message.strip_prefix("unknown variant ") {
        let names = quoted(rest);
        let (wrong, known) = names.split_first().map_or(("?", &[][..]), |(first, rest)| (first.as_str(), rest));
        let help = match nearest(wrong, known.iter().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("use one of: {}", known.join(", ")),
        };
        diagnostics.push("M010", location, format!("`{wrong}` is not known here"), help);
    } else {
        let plain = message
            .replace("invalid type: ", "")
            .replace("invalid value: ", "")
            .replace("floating point", "number")
            .replace("f64", "a number")
            .replace("usize", "a whole number")
            .replace("sequence", "list")
            .replace("map", "section");
        let help = "write a number without quotes, text in quotes, a date as 2022-04-01";
        diagnostics.push("M006", location, format!("{what} has the wrong kind of value: {plain}"), help);
    }
}
