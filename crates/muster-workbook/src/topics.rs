//! The sheets of assumptions: one for each folder of a book, a row for each number.

use std::collections::BTreeMap;

use crate::csv_text::ROWS;
use crate::fields::Known;
use crate::layout::Layout;
use crate::record::{Record, is_csv};
use crate::sheet::{Cell, Column, Derived, Role, Row, Sheet};
use crate::value::{Form, Value};
use crate::words;

/// A table with more rows has a sheet of its own.
const LARGE: usize = 800;

/// The columns of a topic that come first, in this order.
const TOPIC_ORDER: [&str; 16] = [
    "place",
    "group",
    "profession",
    "programme",
    "move",
    "setting",
    "age",
    "from",
    "to",
    "value",
    "low",
    "high",
    "kind",
    "source",
    "where",
    "why",
];

impl Layout<'_> {
    /// Assumptions by the folder of the book they lie in, and tables that stand by themselves.
    pub(crate) fn topics(&self, heads: &BTreeMap<usize, usize>) -> Vec<Sheet> {
        let books: Vec<&str> = self.names.iter().filter_map(|name| name.strip_suffix("/book.toml")).collect();
        let mut topics: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut sheets = Vec::new();
        for (file, name) in self.names.iter().enumerate() {
            let text = &self.texts[file];
            let below = books.iter().find_map(|book| name.strip_prefix(book)?.strip_prefix('/')).unwrap_or(name);
            let topic = below.split_once('/').map_or("book", |(folder, _)| folder).to_owned();
            let stem = below.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or(below);
            let has_rows = text
                .records
                .iter()
                .any(|record| matches!(record.path.as_slice(), [(list, _)] if list == ROWS || list == "value"));
            let is_assumption = self.schema(file).as_deref() == Some("assumption") || heads.contains_key(&file);
            let stands_alone = !heads.contains_key(&file) || text.records.len() > LARGE;
            if is_csv(name) && stands_alone {
                sheets.push(self.topic(&words::heading(stem), &topic, &[file], heads));
            } else if is_assumption && has_rows {
                topics.entry(topic).or_default().push(file);
            }
        }
        let mut found: Vec<Sheet> =
            topics.iter().map(|(topic, files)| self.topic(&words::topic(topic), topic, files, heads)).collect();
        found.extend(sheets);
        found.sort_by_key(|sheet| (words::rank_of_topic(&sheet.topic), sheet.name.clone()));
        found
    }

    fn topic(&self, name: &str, topic: &str, files: &[usize], heads: &BTreeMap<usize, usize>) -> Sheet {
        let known = self.schemas.fields("assumption", "value");
        let is_row =
            |record: &&Record| matches!(record.path.as_slice(), [(list, _)] if list == ROWS || list == "value");
        let mut ids: Vec<(String, Form)> = Vec::new();
        let mut add = |id: String, form: Form| match ids.iter_mut().find(|(known, _)| *known == id) {
            // A column that holds numbers here and words there is one of words.
            Some((_, old)) if *old != form => *old = Form::Text,
            Some(_) => {}
            None => ids.push((id, form)),
        };
        for file in files {
            let text = &self.texts[*file];
            for column in text.columns.iter().flatten() {
                if let Some(form) = crate::csv_text::form_of(column) {
                    add(column.clone(), form);
                }
            }
            for record in text.records.iter().filter(is_row) {
                record.fields.iter().for_each(|field| add(id_of(&field.name), field.value.form()));
            }
            // A value in TOML may say whatever its schema lets it say; one in a table only what the table has columns for.
            if text.columns.is_none() {
                known.iter().for_each(|field| add(id_of(&field.name), field.form));
            }
            for column in text.columns.iter().flatten().filter(|column| !column.is_empty()) {
                if !text.records.iter().any(|record| record.get(column).is_some()) {
                    add(column.clone(), crate::csv_text::form_of(column).unwrap_or(Form::Text));
                }
            }
        }
        let rank = |id: &str| TOPIC_ORDER.iter().position(|known| *known == id).unwrap_or(TOPIC_ORDER.len());
        ids.sort_by_key(|(id, _)| rank(id));
        let measured = files.iter().any(|file| self.measure_of(*file, heads).is_some());
        let mut columns = vec![
            Column::of(Role::Key, "key", "Key", words::KEY),
            Column::of(Role::Delete, "delete", "Delete", words::DELETE),
        ];
        if measured {
            columns.push(Column::of(Role::Told, "measure", "Measure", "What the number measures; the file says it."));
        }
        columns.push(Column {
            words: self.names_of(files),
            needed: true,
            ..Column::of(Role::File, "file", "File", words::FILE)
        });
        for (id, form) in &ids {
            let in_toml = toml_name(id, known);
            // The place tree has a kind too, of another sort than a number's.
            let spec = known.iter().find(|field| measured && field.name == in_toml);
            let words = spec.map(|field| field.words.clone()).unwrap_or_default();
            let about = match spec.map(|field| field.about.clone()).filter(|about| !about.is_empty()) {
                Some(about) => about,
                None => words::of_column(id).to_owned(),
            };
            let heading = words::heading(id);
            let (id, form) = (id.clone(), *form);
            let needed = id == "value";
            columns.push(Column { id, heading, about, role: Role::Field, form, words, needed, in_toml });
        }
        if measured && ids.iter().any(|(id, _)| id == "value") {
            if ids.iter().any(|(id, _)| id == "low") && ids.iter().any(|(id, _)| id == "high") {
                columns.push(Column::of(Role::Derived(Derived::Width), "width", "Width of range", words::WIDTH));
            }
            columns.push(Column::of(Role::Derived(Derived::Growth), "growth", "Growth since before", words::GROWTH));
            columns.push(Column::of(Role::Derived(Derived::Sum), "sum", "Parts add to", words::SUM));
        }
        let mut rows = Vec::new();
        for file in files {
            let measure = self.measure_of(*file, heads);
            for (at, record) in self.texts[*file].records.iter().enumerate().filter(|(_, record)| is_row(record)) {
                let cell = |column: &Column| match (column.role, &measure) {
                    (Role::Told, Some(measure)) => Cell::Fixed(Value::Text(measure.clone())),
                    _ => self.cell(*file, record, column),
                };
                rows.push(Row {
                    file: *file,
                    record: at,
                    fact: None,
                    in_table: self.texts[*file].columns.is_some(),
                    measure: measure.clone(),
                    cells: columns.iter().map(cell).collect(),
                });
            }
        }
        let about = words::of_topic(topic);
        let adds = Some("value".to_owned());
        Sheet { name: name.to_owned(), topic: topic.to_owned(), about, columns, rows, adds, targets: files.to_vec() }
    }
}

/// The column of a topic that a field of a `[[value]]` stands in.
fn id_of(field: &str) -> String {
    match field {
        "range[0]" => "low".to_owned(),
        "range[1]" => "high".to_owned(),
        _ => field.strip_prefix("for.").unwrap_or(field).to_owned(),
    }
}

/// The field of a `[[value]]` that a column of a topic is.
fn toml_name(id: &str, known: &[Known]) -> String {
    let below = format!("for.{id}");
    match id {
        "low" => "range[0]".to_owned(),
        "high" => "range[1]".to_owned(),
        _ if known.iter().any(|field| field.name == below) => below,
        _ => id.to_owned(),
    }
}
