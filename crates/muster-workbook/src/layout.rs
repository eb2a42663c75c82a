//! Which sheets a plan becomes: records of one kind on one sheet, assumptions by topic.

use std::collections::{BTreeMap, BTreeSet};

use crate::fields::{Known, Schemas};
use crate::record::{Record, Text, is_csv};
use crate::sheet::{Cell, Column, Derived, Role, Row, Sheet};
use crate::value::{Form, Value};
use crate::words;

/// Files and their records, and what is known of both.
pub(crate) struct Layout<'a> {
    /// The names of the files.
    pub names: Vec<&'a str>,
    /// Their records.
    pub texts: &'a [Text],
    /// What may be written in them.
    pub schemas: &'a Schemas,
}

impl Layout<'_> {
    /// Every sheet, in the order of the workbook.
    pub(crate) fn sheets(&self) -> Vec<Sheet> {
        let heads = self.heads();
        let mut sheets = vec![self.facts()];
        sheets.extend(self.lists());
        let measures = self.roots("Measures", "measures", &|schema| schema == "assumption");
        sheets.extend(self.topics(&heads));
        sheets.push(measures);
        sheets.push(self.roots("Sources", "sources", &|schema| schema == "source"));
        sheets.retain(|sheet| !sheet.rows.is_empty() || sheet.adds.is_some());
        let mut taken: BTreeSet<String> = words::RESERVED.iter().map(|name| (*name).to_owned()).collect();
        for sheet in &mut sheets {
            sheet.name = words::sheet_name(&sheet.name, &mut taken);
        }
        sheets
    }

    pub(crate) fn schema(&self, file: usize) -> Option<String> {
        if is_csv(self.names[file]) { None } else { self.schemas.of_file(self.names[file]) }
    }

    /// The file that says what a table states, by the file of the table.
    fn heads(&self) -> BTreeMap<usize, usize> {
        let mut heads = BTreeMap::new();
        for (i, name) in self.names.iter().enumerate() {
            let written = self.texts[i].records.first().and_then(|root| root.get("table.file"));
            let Some(Value::Text(table)) = written.map(|field| &field.value) else { continue };
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = format!("{folder}/{table}");
            if let Some(at) = self.names.iter().position(|name| *name == path) {
                heads.insert(at, i);
            }
        }
        heads
    }

    /// What the plan, its books and other files say of themselves: a row for each field.
    fn facts(&self) -> Sheet {
        let columns = vec![
            Column::of(Role::Key, "key", "Key", words::KEY),
            Column::of(Role::File, "file", "File", "The file that says it."),
            Column::of(Role::Told, "field", "Field", "What it is called in the file."),
            Column { form: Form::Raw, ..Column::of(Role::Fact, "value", "Value", "What the file says.") },
            Column::of(Role::Told, "about", "What it is", ""),
        ];
        let mut rows = Vec::new();
        // The plan comes before its books.
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_by_key(|i| (!self.names[*i].ends_with("plan.toml"), self.names[*i]));
        for file in order {
            let schema = self.schema(file);
            let skipped = matches!(schema.as_deref(), Some("assumption" | "source"));
            let Some(root) = self.texts[file].records.first().filter(|_| !skipped && !is_csv(self.names[file])) else {
                continue;
            };
            let known = schema.as_deref().map_or(&[][..], |schema| self.schemas.fields(schema, ""));
            for (name, form) in names_of(&[root], known) {
                let about = known.iter().find(|field| field.name == name).map_or("", |field| field.about.as_str());
                let text = |text: &str| Cell::Fixed(Value::Text(text.to_owned()));
                let value = root.get(&name).map(|field| field.value.clone());
                let cells = vec![Cell::Closed, text(self.names[file]), text(&name), Cell::Open(value), text(about)];
                rows.push(Row { file, record: 0, fact: Some((name, form)), in_table: false, measure: None, cells });
            }
        }
        Sheet {
            name: "Plan".to_owned(),
            topic: "plan".to_owned(),
            about: "What the plan and its books say of themselves. A list has one item on each line of its cell."
                .to_owned(),
            columns,
            rows,
            adds: None,
            targets: Vec::new(),
        }
    }

    /// A sheet for each kind of entry that is not an assumption.
    fn lists(&self) -> Vec<Sheet> {
        let mut kinds: Vec<(String, String)> = Vec::new();
        let mut files: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for file in 0..self.names.len() {
            let schema = match self.schema(file) {
                Some(schema) if schema == "assumption" || schema == "source" => continue,
                Some(schema) => schema,
                None if is_csv(self.names[file]) => continue,
                None => self.names[file].to_owned(),
            };
            let written = self.texts[file].records.iter().map(Record::kind).filter(|kind| !kind.is_empty());
            let mut own: Vec<String> = written.collect();
            for kind in self.schemas.kinds(&schema) {
                let parent = kind.rsplit_once('.').map(|(parent, _)| parent);
                if parent.is_none_or(|parent| own.iter().any(|kind| kind == parent)) {
                    own.push(kind);
                }
            }
            for kind in own {
                let key = (schema.clone(), kind);
                if !kinds.contains(&key) {
                    kinds.push(key.clone());
                }
                let list = files.entry(key).or_default();
                if !list.contains(&file) {
                    list.push(file);
                }
            }
        }
        kinds.sort_by_key(|(schema, kind)| (words::rank(schema), schema.clone(), words::rank_of_kind(kind)));
        kinds.iter().map(|key| self.list(&key.0, &key.1, &files[key])).collect()
    }

    fn list(&self, schema: &str, kind: &str, files: &[usize]) -> Sheet {
        let known = self.schemas.fields(schema, kind);
        let (name, topic, about) = words::of_kind(schema, kind);
        let levels: Vec<&str> = kind.split('.').collect();
        let (lists, own) = levels.split_at(levels.len() - 1);
        let of_kind = |record: &&Record| record.kind() == kind;
        let records: Vec<&Record> =
            files.iter().flat_map(|file| self.texts[*file].records.iter().filter(of_kind)).collect();
        let has_lists_below =
            |kind: &str| self.schemas.kinds(schema).iter().any(|other| other.starts_with(&format!("{kind}.")));
        let has_ids =
            known.iter().any(|field| field.name == "id") || records.iter().any(|record| record.id().is_some());
        let mut columns = vec![
            Column::of(Role::Key, "key", "Key", words::KEY),
            Column::of(Role::Delete, "delete", "Delete", words::DELETE),
        ];
        if files.len() > 1 {
            columns.push(Column { words: self.names_of(files), ..Column::of(Role::File, "file", "File", words::FILE) });
        }
        for (depth, list) in lists.iter().enumerate() {
            let about = format!("The {list} it belongs to: its id, or its number counted from 1.");
            columns.push(Column {
                needed: true,
                ..Column::of(Role::Parent(depth), &format!("in {list}"), &words::heading(list), &about)
            });
        }
        if !has_ids && has_lists_below(kind) {
            let about = "Its number, counted from 1, by which other sheets name it.";
            columns.push(Column { form: Form::Number, ..Column::of(Role::Ordinal, "number", "No.", about) });
        }
        let names = names_of(&records, known);
        columns.extend(names.iter().map(|(name, form)| field_column(name, *form, known, kind)));
        let is_path = own.first() == Some(&"path");
        if is_path && names.iter().any(|(name, _)| name == "value") {
            columns.push(Column::of(
                Role::Derived(Derived::Growth),
                "growth",
                "Growth since the point before",
                words::GROWTH,
            ));
        }
        if names.iter().any(|(name, _)| name == "range[0]") && names.iter().any(|(name, _)| name == "range[1]") {
            columns.push(Column::of(Role::Derived(Derived::Width), "width", "Width of range", words::WIDTH_OF_FACTORS));
        }
        let mut rows = Vec::new();
        for file in files {
            for (at, record) in self.texts[*file].records.iter().enumerate().filter(|(_, record)| record.kind() == kind)
            {
                let cells = columns.iter().map(|column| self.cell(*file, record, column)).collect();
                rows.push(Row { file: *file, record: at, fact: None, in_table: false, measure: None, cells });
            }
        }
        Sheet { name, topic, about, columns, rows, adds: Some(kind.to_owned()), targets: files.to_vec() }
    }

    /// One row for each file that says something of itself.
    fn roots(&self, name: &str, topic: &str, wanted: &dyn Fn(&str) -> bool) -> Sheet {
        let files: Vec<usize> =
            (0..self.names.len()).filter(|file| self.schema(*file).is_some_and(|schema| wanted(&schema))).collect();
        let roots: Vec<&Record> = files.iter().filter_map(|file| self.texts[*file].records.first()).collect();
        let schema = files.first().and_then(|file| self.schema(*file)).unwrap_or_default();
        let known = self.schemas.fields(&schema, "");
        let mut columns = vec![
            Column::of(Role::Key, "key", "Key", words::KEY),
            Column::of(
                Role::File,
                "file",
                "File",
                "The file that says it. Its name is the id that numbers cite, for a source.",
            ),
        ];
        columns.extend(names_of(&roots, known).iter().map(|(name, form)| field_column(name, *form, known, "")));
        let row = |file: &usize| {
            let root = self.texts[*file].records.first()?;
            let cells = columns.iter().map(|column| self.cell(*file, root, column)).collect();
            Some(Row { file: *file, record: 0, fact: None, in_table: false, measure: None, cells })
        };
        let rows = files.iter().filter_map(row).collect();
        let about = words::of_roots(topic).to_owned();
        Sheet { name: name.to_owned(), topic: topic.to_owned(), about, columns, rows, adds: None, targets: Vec::new() }
    }

    pub(crate) fn measure_of(&self, file: usize, heads: &BTreeMap<usize, usize>) -> Option<String> {
        let head = heads.get(&file).copied().unwrap_or(file);
        self.texts[head].records.first()?.get("measure").map(|field| field.value.shown())
    }

    pub(crate) fn names_of(&self, files: &[usize]) -> Vec<String> {
        files.iter().map(|file| self.names[*file].to_owned()).collect()
    }

    /// The cell of a record in a column.
    pub(crate) fn cell(&self, file: usize, record: &Record, column: &Column) -> Cell {
        match column.role {
            Role::Key | Role::Derived(_) | Role::Told | Role::Fact => Cell::Closed,
            Role::Delete => Cell::Open(None),
            Role::File => Cell::Fixed(Value::Text(self.names[file].to_owned())),
            Role::Ordinal => Cell::Fixed(Value::Number(record.path.last().map_or(0, |(_, i)| i + 1) as f64)),
            Role::Parent(depth) => Cell::Fixed(parent_name(&self.texts[file], record, depth)),
            Role::Field => {
                let text = &self.texts[file];
                match &text.columns {
                    Some(columns) if !columns.contains(&column.id) => Cell::Closed,
                    Some(_) => Cell::Open(record.get(&column.id).map(|field| field.value.clone())),
                    None => Cell::Open(record.get(&column.in_toml).map(|field| field.value.clone())),
                }
            }
        }
    }
}

/// How a row names the entry it lies in: by its id, or by its number.
pub(crate) fn parent_name(text: &Text, record: &Record, depth: usize) -> Value {
    let path = &record.path[..=depth];
    let parent = text.at(path).map(|at| &text.records[at]);
    match parent.and_then(Record::id) {
        Some(id) => Value::Text(id.to_owned()),
        None => Value::Number(path.last().map_or(0, |(_, i)| i + 1) as f64),
    }
}

/// The fields of some entries: those written, in their order, then others that may be.
fn names_of(records: &[&Record], known: &[Known]) -> Vec<(String, Form)> {
    let mut names: Vec<(String, Form)> = Vec::new();
    let expected = |name: &str| known.iter().find(|field| field.name == name).map(|field| field.form);
    for record in records {
        let mut after = 0;
        for field in &record.fields {
            if let Some(at) = names.iter().position(|(name, _)| *name == field.name) {
                after = at + 1;
                continue;
            }
            let form = expected(&field.name).unwrap_or(field.value.form());
            names.insert(after, (field.name.clone(), form));
            after += 1;
        }
    }
    for field in known {
        let is_part = names.iter().any(|(name, _)| name.starts_with(&format!("{}.", field.name)));
        if !is_part && !names.iter().any(|(name, _)| *name == field.name) {
            names.push((field.name.clone(), field.form));
        }
    }
    names
}

fn field_column(name: &str, form: Form, known: &[Known], kind: &str) -> Column {
    let spec = known.iter().find(|field| field.name == name);
    let about = spec.map(|field| field.about.clone()).filter(|about| !about.is_empty());
    Column {
        id: name.to_owned(),
        heading: words::heading(name),
        about: about.unwrap_or_else(|| words::of_field(name, kind).to_owned()),
        role: Role::Field,
        form,
        words: spec.map(|field| field.words.clone()).unwrap_or_default(),
        needed: spec.is_some_and(|field| field.needed),
        in_toml: name.to_owned(),
    }
}
