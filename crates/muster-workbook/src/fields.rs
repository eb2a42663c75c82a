//! What may be written in each kind of entry, from the JSON Schemas of the files: its fields, their kinds, and the words that may stand in them.
//!
//! Nothing here names a field: a field that is added to a type that is read is in its schema, and so in the workbook.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::toml_text::is_pair;
use crate::value::Form;

/// What is known of a field.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// Its name, as in [`crate::record::Field`].
    pub name: String,
    /// What belongs in it.
    pub form: Form,
    /// The only words that may stand in it; none where others may.
    pub words: Vec<String>,
    /// What it is.
    pub about: String,
    /// Whether an entry must have it.
    pub needed: bool,
}

/// The fields of each kind of entry, by schema and then by the lists the entry lies in.
pub(crate) struct Schemas {
    kinds: BTreeMap<(String, String), Vec<Known>>,
}

/// The order of fields in a list that has no entry yet; others follow.
const FIRST: [&str; 16] = [
    "id",
    "title",
    "about",
    "theme",
    "owner.organisation",
    "owner.role",
    "level",
    "due",
    "measure",
    "how",
    "from",
    "to",
    "value",
    "kind",
    "source",
    "where",
];

impl Schemas {
    /// Of this version, made when somebody first asks.
    pub(crate) fn known() -> &'static Self {
        static KNOWN: OnceLock<Schemas> = OnceLock::new();
        KNOWN.get_or_init(Self::read)
    }

    fn read() -> Self {
        let mut kinds = BTreeMap::new();
        for (name, schema) in muster_book::schemas() {
            let walk = Walk { schema: &schema, name };
            walk.entry(&schema, "", &mut kinds, 0);
        }
        for known in kinds.values_mut() {
            let rank = |field: &Known| FIRST.iter().position(|name| *name == field.name).unwrap_or(FIRST.len());
            known.sort_by_key(rank);
        }
        Self { kinds }
    }

    /// The fields of a kind of entry.
    pub(crate) fn fields(&self, schema: &str, kind: &str) -> &[Known] {
        self.kinds.get(&(schema.to_owned(), kind.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The kinds of entry in a file.
    pub(crate) fn kinds(&self, schema: &str) -> Vec<String> {
        self.kinds
            .keys()
            .filter(|(name, kind)| name == schema && !kind.is_empty())
            .map(|(_, kind)| kind.clone())
            .collect()
    }

    /// The schema of a file, by its name in a plan.
    pub(crate) fn of_file(&self, name: &str) -> Option<String> {
        let stem = name.rsplit('/').next()?.strip_suffix(".toml")?;
        if name.starts_with("sources/") || name.contains("/sources/") {
            return Some("source".to_owned());
        }
        let known = |schema: &str| self.kinds.keys().any(|(name, _)| name == schema);
        let single = stem.strip_suffix('s').unwrap_or(stem);
        let own = [stem, single].into_iter().find(|name| known(name) && *name != "source").map(str::to_owned);
        own.or_else(|| (!name.starts_with("plan/")).then(|| "assumption".to_owned()))
    }
}

struct Walk<'s> {
    schema: &'s Json,
    name: &'s str,
}

/// No file is deeper; a schema that holds itself ends here.
const DEEPEST: usize = 5;

impl Walk<'_> {
    fn entry(&self, schema: &Json, kind: &str, kinds: &mut BTreeMap<(String, String), Vec<Known>>, depth: usize) {
        let mut fields = Vec::new();
        self.properties(schema, kind, "", &mut fields, kinds, depth);
        kinds.insert((self.name.to_owned(), kind.to_owned()), fields);
    }

    fn properties(
        &self,
        schema: &Json,
        kind: &str,
        prefix: &str,
        fields: &mut Vec<Known>,
        kinds: &mut BTreeMap<(String, String), Vec<Known>>,
        depth: usize,
    ) {
        let Some(properties) = schema["properties"].as_object().filter(|_| depth < DEEPEST) else { return };
        let needed: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        for (key, written) in properties {
            let name = format!("{prefix}{key}");
            let about = written["description"].as_str();
            let inner = self.resolve(written);
            let about = about.or_else(|| inner["description"].as_str()).unwrap_or_default().replace('\n', " ");
            let about = about.trim_start_matches("A date, written 2022-04-01 without quotes.").to_owned();
            let needed = needed.contains(&key.as_str());
            let mut add = |name: String, form: Form, words: Vec<String>| {
                fields.push(Known { name, form, words, about: about.clone(), needed });
            };
            if !words(inner).is_empty() {
                add(name, Form::Text, words(inner));
            } else if inner["properties"].is_object() {
                self.properties(inner, kind, &format!("{name}."), fields, kinds, depth + 1);
            } else if is_type(inner, "array") {
                let item = self.resolve(&inner["items"]);
                if item["properties"].is_object() {
                    let below = if kind.is_empty() { name } else { format!("{kind}.{name}") };
                    self.entry(item, &below, kinds, depth + 1);
                } else if is_type(item, "number") && inner["maxItems"] == 2 && is_pair(&name) {
                    add(format!("{name}[0]"), Form::Number, Vec::new());
                    add(format!("{name}[1]"), Form::Number, Vec::new());
                } else {
                    add(name, if is_type(item, "string") { Form::List } else { Form::Raw }, Vec::new());
                }
            } else {
                let form = match () {
                    () if inner["format"] == "date" => Form::Day,
                    () if is_type(inner, "number") || is_type(inner, "integer") => Form::Number,
                    () if is_type(inner, "boolean") => Form::Bool,
                    () if is_type(inner, "string") => Form::Text,
                    () => Form::Raw,
                };
                add(name, form, Vec::new());
            }
        }
    }

    /// What a schema stands for: through references, and past what may also be nothing.
    fn resolve<'s>(&'s self, schema: &'s Json) -> &'s Json {
        let mut schema = schema;
        for _ in 0..DEEPEST {
            if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
                schema = &self.schema["$defs"][name];
            } else if let Some(other) =
                schema["anyOf"].as_array().and_then(|list| list.iter().find(|one| !is_type(one, "null")))
            {
                schema = other;
            } else {
                break;
            }
        }
        schema
    }
}

fn is_type(schema: &Json, name: &str) -> bool {
    match &schema["type"] {
        Json::String(one) => one == name,
        Json::Array(several) => several.iter().any(|one| one == name),
        _ => false,
    }
}

/// The only words that a schema allows, if it allows words alone.
fn words(schema: &Json) -> Vec<String> {
    let texts =
        |list: &Json| list.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect();
    let own: Vec<String> = texts(&schema["enum"]);
    if !own.is_empty() {
        return own;
    }
    let Some(list) = schema["oneOf"].as_array() else { return Vec::new() };
    let all_words = list.iter().all(|one| one["const"].is_string() || one["enum"].is_array());
    if !all_words {
        return Vec::new();
    }
    list.iter()
        .flat_map(|one| one["const"].as_str().map_or_else(|| texts(&one["enum"]), |word| vec![word.to_owned()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_actions_and_effects_come_from_the_schema() {
        let schemas = Schemas::known();
        let actions = schemas.fields("action", "action");
        let level = actions.iter().find(|field| field.name == "level").unwrap();
        assert_eq!(level.words, ["national", "regional", "system", "organisation"]);
        assert!(actions.iter().any(|field| field.name == "owner.role" && field.form == Form::Text));
        let effects = schemas.fields("action", "action.effect");
        assert!(effects.iter().any(|field| field.name == "range[1]" && field.form == Form::Number));
        assert!(effects.iter().any(|field| field.name == "for.profession"));
        assert!(
            schemas
                .fields("action", "action.effect.path")
                .iter()
                .any(|field| field.name == "from" && field.form == Form::Day)
        );
    }

    #[test]
    fn a_file_has_the_schema_of_its_name_or_is_an_assumption() {
        let schemas = Schemas::known();
        let of = |name: &str| schemas.of_file(name);
        assert_eq!(of("plan/actions.toml").as_deref(), Some("action"));
        assert_eq!(of("books/england/moves.toml").as_deref(), Some("move"));
        assert_eq!(of("books/england/supply/stock_fte.toml").as_deref(), Some("assumption"));
        assert_eq!(of("sources/a.toml").as_deref(), Some("source"));
        assert_eq!(of("plan/notes.toml"), None);
    }
}
