//! TOML into types, with the place of every value kept and every fault of a file reported, not only the first.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};

use jiff::civil::Date;
use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::diagnostic::{Diagnostics, Location, nearest};
use crate::files::TextFile;

/// A value and where it stands in its file.
#[derive(Debug, Clone)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// The bytes it stands in.
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
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        let (Some(date), None) = (written.date, written.time) else {
            return Err(Error::custom("invalid type: time of day, expected a TOML datetime"));
        };
        let year = i16::try_from(date.year).ok().filter(|year| (1900..=2200).contains(year));
        year.and_then(|year| Date::new(year, date.month as i8, date.day as i8).ok())
            .map(Self)
            .ok_or_else(|| Error::custom(NOT_A_DAY))
    }
}

const NOT_A_DAY: &str = "the year of this date is not between 1900 and 2200";

impl schemars::JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date", "description": "A date, written 2022-04-01 without quotes." })
    }
}

/// The ends of a range: two numbers, and neither one nor three.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LowHigh(pub [f64; 2]);

/// A chance, and the value that the number lies below with that chance: two numbers likewise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quantile(pub [f64; 2]);

impl<'de> Deserialize<'de> for LowHigh {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        two_numbers(deserializer, "two numbers, low and high").map(Self)
    }
}

impl<'de> Deserialize<'de> for Quantile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        two_numbers(deserializer, "two numbers, a chance and a value").map(Self)
    }
}

fn two_numbers<'de, D: Deserializer<'de>>(deserializer: D, expected: &'static str) -> Result<[f64; 2], D::Error> {
    struct Two(&'static str);
    impl<'de> Visitor<'de> for Two {
        type Value = [f64; 2];
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<[f64; 2], A::Error> {
            let mut numbers = Vec::new();
            while let Some(number) = list.next_element()? {
                numbers.push(number);
            }
            let count = numbers.len();
            numbers.try_into().map_err(|_| Error::invalid_length(count, &self))
        }
    }
    deserializer.deserialize_seq(Two(expected))
}

/// The schema of two numbers is that of a list of two.
macro_rules! schema_of_two_numbers {
    ($($name:ident)*) => {$(
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <[f64; 2]>::json_schema(generator)
            }
        }
    )*};
}

schema_of_two_numbers!(LowHigh Quantile);

/// What is left of a document that holds only lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A TOML file, parsed but not yet read into types.
pub struct Document<'f> {
    pub(crate) file: &'f TextFile,
    root: DeTable<'f>,
}

impl<'f> Document<'f> {
    /// Parses a file; the first few syntax errors are reported, and what could be read is kept only when there are none.
    pub fn parse(file: &'f TextFile, diagnostics: &mut Diagnostics) -> Option<Self> {
        let (root, errors) = DeTable::parse_recoverable(&file.text);
        // One slip makes the parser stumble again and again after it.
        for error in errors.iter().take(3) {
            let location = file.locate(error.span().unwrap_or(0..0));
            let doubled = error.message().contains("duplicate key");
            let help = if doubled {
                "remove one of the two"
            } else {
                "mend the line shown: look for a quote, bracket or comma"
            };
            let cause = SYNTAX.iter().fold(error.message().to_owned(), |text, (from, to)| text.replace(from, to));
            diagnostics.push("M003", location, format!("this is not well-formed TOML: {cause}"), help);
        }
        errors.is_empty().then(|| Self { file, root: root.into_inner() })
    }

    /// Takes the items of `[[name]]` out of the document and reads each by itself.
    pub fn list<T: DeserializeOwned>(&mut self, name: &str, diagnostics: &mut Diagnostics) -> Vec<At<T>> {
        let Some(list) = self.root.remove(name) else { return Vec::new() };
        let span = list.span();
        let DeValue::Array(items) = list.into_inner() else {
            let help = format!("write each as a section headed [[{name}]]");
            diagnostics.push("M006", self.file.locate(span), format!("`{name}` should be a list of sections"), help);
            return Vec::new();
        };
        let what = match name {
            "action" => "an action".to_owned(),
            "activity" => "an activity".to_owned(),
            "answer" => "an answer".to_owned(),
            "progress" => "a progress report".to_owned(),
            "calibrated" => "a calibrated assumption".to_owned(),
            _ => format!("a {name}"),
        };
        items.into_iter().filter_map(|item| read(self.file, item, &what, diagnostics)).collect()
    }

    /// Reads what is left after the lists were taken out.
    pub fn rest<T: DeserializeOwned>(self, what: &str, diagnostics: &mut Diagnostics) -> Option<T> {
        let end = self.file.text.find("\n[").unwrap_or(self.file.text.len());
        let item = Spanned::new(0..end, DeValue::Table(self.root));
        let file = self.file;
        read(file, item, what, diagnostics).map(|at: At<T>| at.value)
    }

    /// Whether the document says anything under this name.
    pub fn has(&self, name: &str) -> bool {
        self.root.contains_key(name)
    }
}

/// A parser's words, and a planner's.
const SYNTAX: &[(&str, &str)] = &[
    ("string values must be quoted, expected literal string", "text must stand in quotes"),
    ("unexpected leading zero, expected nothing", "a number cannot begin with nought"),
    ("duplicate key", "a field stated twice"),
    ("key with no value", "a field without a value"),
    ("unexpected key or value", "something after the end of the value"),
    ("array table", "section heading"),
    ("inline table element", "inline section"),
    ("table", "section"),
    ("array elements", "list items"),
    ("array", "list"),
    ("invalid boolean", "a word without quotes"),
    ("literal string", "text in quotes"),
    ("basic string", "text"),
    ("key-value pairs", "fields"),
    ("unquoted key", "name of a field"),
    ("float", "number"),
    ("mantissa", "number"),
];

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
    } else if message.contains("overflowed") {
        diagnostics.push("M009", location, "the number is too large to be right", "write a number of fewer digits");
    } else if message == NOT_A_DAY {
        diagnostics.push("M018", location, message, "mend the year");
    } else if let Some((wrong, _)) = message.split_once(" is not a financial year") {
        diagnostics.push("M018", location, format!("{wrong} is not a financial year"), "write it as 2021/22");
    } else {
        let (found, expected) = message.split_once(", expected ").unwrap_or((message, "a word in quotes"));
        let message = format!("{what} has {} where there should be {}", found_in_words(found), in_words(expected));
        let help = "write a number without quotes, text in quotes, a date as 2022-04-01";
        diagnostics.push("M006", location, message, help);
    }
}

/// What was found, from a deserializer's `invalid type: string "many"`.
fn found_in_words(message: &str) -> String {
    if let Some(count) = message.strip_prefix("invalid length ") {
        return format!("a list of {count}");
    }
    let found = message.trim_start_matches("invalid type: ").trim_start_matches("invalid value: ");
    match found.split_once(' ') {
        Some(("string", text)) => format!("the text `{}`", text.trim_matches('"')),
        Some(("boolean", word)) => word.to_owned(),
        Some(("integer", number)) => format!("the number {number}"),
        Some(("floating", point)) => format!("the number {}", point.trim_start_matches("point ")),
        Some(("time", _)) => "a time of day".to_owned(),
        None if found == "sequence" => "a list".to_owned(),
        None if found == "map" => "a section or a date".to_owned(),
        _ => "something else".to_owned(),
    }
}

/// What a deserializer expects.
fn in_words(expected: &str) -> &str {
    match expected {
        "f64" => "a number",
        "usize" => "a whole number, nought or more",
        "a string" => "text",
        "a sequence" => "a list",
        "a TOML datetime" => "a date",
        "a map" => "a section",
        _ if expected.starts_with("struct") => "a section, { … }",
        _ => expected,
    }
}
