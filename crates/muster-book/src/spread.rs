//! What lies between low and high: its shape, and how what is not known moves from year to year.

use std::borrow::Cow;
use std::fmt;

use muster_draws::distribution;
use muster_draws::sampler::Path;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::assumption::plain;
use crate::diagnostic::Diagnostics;
use crate::document::At;
use crate::files::TextFile;
use crate::measure::Measure;

/// The shape of what is not known about a number; the range says how wide. Its mean is the value.
///
/// Unless a shape is named it is a triangle; a beta, where no triangle has its mean at the value; and where the value is an end of
/// its range, a triangle that is likeliest there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A triangle from low to high.
    Triangular,
    /// As likely anywhere between low and high.
    Uniform,
    /// Bell-shaped; low and high are its 5% and 95% points.
    Normal,
    /// Bell-shaped on a log scale; low and high are its 5% and 95% points.
    Lognormal,
    /// A beta from low to high, as concentrated as a PERT.
    Beta,
    /// A PERT from low to high.
    Pert,
    /// A metalog through `quantiles`.
    Metalog,
}

impl Shape {
    /// The shape with the quantiles that a metalog goes through; the others do without.
    pub(crate) fn form(self, quantiles: &[[f64; 2]]) -> distribution::Shape {
        match self {
            Self::Triangular => distribution::Shape::Triangular,
            Self::Uniform => distribution::Shape::Uniform,
            Self::Normal => distribution::Shape::Normal,
            Self::Lognormal => distribution::Shape::Lognormal,
            Self::Beta => distribution::Shape::Beta,
            Self::Pert => distribution::Shape::Pert,
            Self::Metalog => {
                distribution::Shape::Metalog(quantiles.iter().map(|[chance, value]| (*chance, *value)).collect())
            }
        }
    }
}

/// How what is not known moves over the years, as written: `"fixed"`, `"random_walk"` or `{ autoregressive = 0.7 }`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawPath(pub Path);

/// The path that takes a number.
const WITH_PERSISTENCE: &str = "autoregressive";
/// What may be written.
const PATHS: &[&str] = &["fixed", "random_walk", "{ autoregressive = 0.7 }"];

impl<'de> Deserialize<'de> for RawPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = RawPath;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"fixed\", \"random_walk\" or { autoregressive = 0.7 }")
            }
            fn visit_str<E: Error>(self, word: &str) -> Result<RawPath, E> {
                match word {
                    "fixed" => Ok(RawPath(Path::Fixed)),
                    "random_walk" => Ok(RawPath(Path::RandomWalk)),
                    _ => Err(Error::unknown_variant(word, PATHS)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<RawPath, A::Error> {
                let mut path = None;
                while let Some(field) = fields.next_key::<String>()? {
                    if field != WITH_PERSISTENCE {
                        return Err(Error::unknown_field(&field, &[WITH_PERSISTENCE]));
                    }
                    path = Some(Path::Autoregressive { persistence: fields.next_value()? });
                }
                path.map(RawPath).ok_or_else(|| Error::missing_field(WITH_PERSISTENCE))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl schemars::JsonSchema for RawPath {
    fn schema_name() -> Cow<'static, str> {
        "Path".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "How what is not known moves over the years: the same in all, a walk that widens from nothing at the baseline to the range at the horizon, or a number that is drawn back to the value and keeps a part of each year in the next.",
            "oneOf": [
                { "type": "string", "enum": &PATHS[..2] },
                {
                    "type": "object",
                    "properties": {
                        WITH_PERSISTENCE: { "type": "number", "exclusiveMinimum": -1, "exclusiveMaximum": 1 }
                    },
                    "required": [WITH_PERSISTENCE],
                    "additionalProperties": false
                }
            ]
        })
    }
}

/// How what is not known about the values of a file moves over the years, if it can move like that.
pub(crate) fn check_path(
    file: &TextFile,
    written: Option<&At<RawPath>>,
    measure: Measure,
    diagnostics: &mut Diagnostics,
) -> Path {
    let Some(written) = written else { return Path::Fixed };
    let (path, spec) = (written.value.0, measure.spec());
    let mut refuse =
        |message: String, help: &str| diagnostics.push("M025", file.locate(written.span.clone()), message, help);
    match path {
        Path::Fixed => {}
        _ if spec.parts_of_one => {
            refuse(format!("`{}` are parts of a whole, which are not varied", spec.id), "leave out `path`");
        }
        _ if spec.read_once => {
            let message = format!("`{}` is read once, at the start, so it has no path over the years", spec.id);
            refuse(message, "leave out `path`: the range then holds for the one value that is read");
        }
        Path::Autoregressive { persistence } if !(persistence > -1.0 && persistence < 1.0) => {
            let message = format!("the persistence of a path cannot be {}", plain(persistence));
            refuse(message, "write a number above -1 and below 1: 0.7 keeps much of one year in the next, 0 nothing");
        }
        _ => {}
    }
    path
}

/// A path as a planner would write it.
pub(crate) fn path_in_words(path: Path) -> String {
    match path {
        Path::Fixed => "fixed".to_owned(),
        Path::RandomWalk => "random_walk".to_owned(),
        Path::Autoregressive { persistence } => format!("autoregressive = {persistence}"),
    }
}
