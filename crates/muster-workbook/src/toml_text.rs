//! A TOML file as records, each value with its place in the text.

use std::ops::Range;

use toml_edit::{Array, Document, Item, TableLike, Value as Toml};

use crate::record::{Field, Record, Text};
use crate::value::Value;

/// Lists of two numbers that are a low and a high: each has a cell of its own.
const PAIRS: [&str; 2] = ["range", "between"];

/// Whether a list of this name is a low and a high.
pub(crate) fn is_pair(name: &str) -> bool {
    PAIRS.contains(&name.rsplit('.').next().unwrap_or(name))
}

/// Reads a TOML text.
pub(crate) fn read(text: &str) -> Result<Text, String> {
    let document = Document::parse(text).map_err(|error| error.message().to_owned())?;
    let mut reader = Reader { text, records: Vec::new() };
    reader.record(document.as_table(), &[], 0..text.len());
    Ok(Text { records: reader.records, columns: None })
}

struct Reader<'t> {
    text: &'t str,
    records: Vec<Record>,
}

impl Reader<'_> {
    fn record(&mut self, table: &dyn TableLike, path: &[(String, usize)], span: Range<usize>) {
        let own = self.records.len();
        self.records.push(Record { path: path.to_vec(), fields: Vec::new(), span });
        let mut fields = Vec::new();
        self.fields(table, "", path, &mut fields);
        self.records[own].fields = fields;
        // What lies in an entry is part of it: its own span ends with its own lines.
        let end = self.records[own..].iter().map(|record| record.span.end).max().unwrap_or_default();
        self.records[own].span.end = end;
    }

    fn fields(&mut self, table: &dyn TableLike, prefix: &str, path: &[(String, usize)], fields: &mut Vec<Field>) {
        for (key, item) in table.iter() {
            let name = format!("{prefix}{key}");
            let below = |i: usize| [path, &[(name.clone(), i)]].concat();
            match item {
                Item::None => {}
                Item::Table(inner) => self.fields(inner, &format!("{name}."), path, fields),
                Item::ArrayOfTables(list) => {
                    for (i, inner) in list.iter().enumerate() {
                        let span = inner.span().unwrap_or_default();
                        self.record(inner, &below(i), own_lines(inner, span));
                    }
                }
                Item::Value(Toml::InlineTable(inner)) => self.fields(inner, &format!("{name}."), path, fields),
                Item::Value(Toml::Array(list)) if is_list_of_tables(list) => {
                    for (i, inner) in list.iter().enumerate() {
                        if let Toml::InlineTable(table) = inner {
                            self.record(table, &below(i), inner.span().unwrap_or_default());
                        }
                    }
                }
                Item::Value(Toml::Array(list)) if is_pair(&name) && is_two_numbers(list) => {
                    for (i, part) in list.iter().enumerate() {
                        fields.push(self.field(format!("{name}[{i}]"), part));
                    }
                }
                Item::Value(value) => fields.push(self.field(name, value)),
            }
        }
    }

    fn field(&self, name: String, value: &Toml) -> Field {
        let span = value.span().unwrap_or_default();
        let raw = || Value::Raw(self.text.get(span.clone()).unwrap_or_default().to_owned());
        let value = match value {
            Toml::String(text) => Value::Text(text.value().clone()),
            Toml::Integer(number) => Value::Number(*number.value() as f64),
            Toml::Float(number) if number.value().is_finite() => Value::Number(*number.value()),
            Toml::Boolean(truth) => Value::Bool(*truth.value()),
            Toml::Datetime(moment) if moment.value().time.is_none() => {
                moment.value().to_string().parse().map_or_else(|_| raw(), Value::Day)
            }
            Toml::Array(list) => list_of_texts(list).map_or_else(raw, Value::List),
            _ => raw(),
        };
        Field { name, value, span }
    }
}

/// The lines of a table that are its own: its header and its fields.
fn own_lines(table: &toml_edit::Table, header: Range<usize>) -> Range<usize> {
    let mut end = header.end;
    for (_, item) in table {
        let span = match item {
            Item::Table(inner) => Some(own_lines(inner, inner.span().unwrap_or_default())),
            Item::Value(value) => value.span(),
            Item::None | Item::ArrayOfTables(_) => None,
        };
        end = end.max(span.map_or(0, |span| span.end));
    }
    header.start..end
}

fn is_list_of_tables(list: &Array) -> bool {
    !list.is_empty() && list.iter().all(|value| matches!(value, Toml::InlineTable(_)))
}

fn is_two_numbers(list: &Array) -> bool {
    list.len() == 2 && list.iter().all(|value| matches!(value, Toml::Integer(_) | Toml::Float(_)))
}

/// A list of texts, where each can stand on a line of its own.
fn list_of_texts(list: &Array) -> Option<Vec<String>> {
    let text =
        |value: &Toml| value.as_str().filter(|text| !text.trim().is_empty() && !text.contains('\n')).map(str::to_owned);
    list.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "# A comment.\nid = \"x\"\nrange = [0.5, 1]\n\n[[action]]\nid = \"A\"\nowner = { role = \"r\" }\n\n[[action.effect]]\npath = [{ from = 2022-04-01, value = 1.0 }]\n\n[[action]]\nid = \"B\" # why\n";

    #[test]
    fn a_file_is_its_records_with_their_places() {
        let read = read(PLAN).unwrap();
        let kinds: Vec<String> = read.records.iter().map(Record::kind).collect();
        assert_eq!(kinds, ["", "action", "action.effect", "action.effect.path", "action"]);
        let root = &read.records[0];
        assert_eq!(
            root.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(),
            ["id", "range[0]", "range[1]"]
        );
        assert_eq!(&PLAN[root.fields[2].span.clone()], "1");
        let action = &read.records[1];
        assert_eq!(action.fields[1].name, "owner.role");
        assert!(PLAN[action.span.clone()].starts_with("[[action]]"));
        assert!(PLAN[action.span.clone()].ends_with("value = 1.0 }]"), "{}", &PLAN[action.span.clone()]);
        assert!(PLAN[read.records[4].span.clone()].ends_with("id = \"B\""));
    }
}
