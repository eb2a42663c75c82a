//! Changes to a TOML text, value by value: comments, order, spaces and the spelling of every other value stay.

use std::collections::BTreeMap;

use toml_edit::{Document, Item, Table, Value as Toml};

use crate::change::{Add, Delete, Set};
use crate::entry_text::{inline, tops, with_fields};
use crate::record::{Record, Text};
use crate::splice::{Splices, line_break, line_end, line_start};
use crate::toml_text::is_pair;
use crate::value::Value;

/// The cell of a change that cannot be made, and why.
pub(crate) type Fault = (String, String);

/// The text with the changes, or why they cannot be made. `all` are the additions to every file; those of this one have its number.
pub(crate) fn edit(text: &str, file: usize, sets: &[&Set], deletes: &[&Delete], all: &[Add]) -> Result<String, Fault> {
    let whole = |why: &str| (String::new(), why.to_owned());
    let document = Document::parse(text).map_err(|error| whole(error.message()))?;
    let read = crate::toml_text::read(text).map_err(|why| whole(&why))?;
    let mut editor = Editor { text, read: &read, root: document.as_table(), splices: Splices::default(), all, deletes };
    let mut by_record: BTreeMap<usize, Vec<&Set>> = BTreeMap::new();
    for set in sets.iter().filter(|set| !editor.is_gone(set.record)) {
        by_record.entry(set.record).or_default().push(set);
    }
    for (record, sets) in by_record {
        editor.record(record, &sets)?;
    }
    editor.delete();
    editor.add(file)?;
    editor.splices.apply(text).ok_or_else(|| whole("two changes are of one place"))
}

pub(crate) struct Editor<'t> {
    pub text: &'t str,
    pub read: &'t Text,
    pub root: &'t Table,
    pub splices: Splices,
    pub all: &'t [Add],
    pub deletes: &'t [&'t Delete],
}

/// Where an entry is kept.
#[derive(Clone, Copy)]
pub(crate) enum Kept<'t> {
    /// In lines of its own.
    Lines(&'t Table),
    /// In braces.
    Braces(&'t toml_edit::InlineTable),
}

impl<'t> Kept<'t> {
    pub(crate) fn get(self, name: &str) -> Option<Child<'t>> {
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        let child = match self {
            Self::Lines(table) => Child::Item(table.get(first)?),
            Self::Braces(table) => Child::Value(table.get(first)?),
        };
        match (rest, child) {
            (None, child) => Some(child),
            (Some(rest), Child::Item(Item::Table(inner))) => Kept::Lines(inner).get(rest),
            (
                Some(rest),
                Child::Item(Item::Value(Toml::InlineTable(inner))) | Child::Value(Toml::InlineTable(inner)),
            ) => Kept::Braces(inner).get(rest),
            _ => None,
        }
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Child<'t> {
    Item(&'t Item),
    Value(&'t Toml),
}

impl<'t> Child<'t> {
    pub(crate) fn value(self) -> Option<&'t Toml> {
        match self {
            Self::Item(item) => item.as_value(),
            Self::Value(value) => Some(value),
        }
    }
}

impl<'t> Editor<'t> {
    pub(crate) fn is_gone(&self, record: usize) -> bool {
        let path = &self.read.records[record].path;
        self.deletes.iter().any(|delete| path.starts_with(&self.read.records[delete.record].path))
    }

    pub(crate) fn kept(&self, path: &[(String, usize)]) -> Option<Kept<'t>> {
        let mut kept = Kept::Lines(self.root);
        for (list, at) in path {
            kept = match kept.get(list)? {
                Child::Item(Item::ArrayOfTables(list)) => Kept::Lines(list.get(*at)?),
                child => Kept::Braces(child.value()?.as_array()?.get(*at)?.as_inline_table()?),
            };
        }
        Some(kept)
    }

    fn record(&mut self, at: usize, sets: &[&Set]) -> Result<(), Fault> {
        let record = &self.read.records[at];
        let address = sets.first().map(|set| set.address.clone()).unwrap_or_default();
        let Some(kept) = self.kept(&record.path) else {
            return Err((address, "the entry is not found in its file".to_owned()));
        };
        match kept {
            Kept::Lines(table) => {
                let mut new_lines = Vec::new();
                for (top, sets) in tops(sets) {
                    self.top(record, table, &top, &sets, &mut new_lines)?;
                }
                self.lines(table, &new_lines);
                Ok(())
            }
            Kept::Braces(table) => self.braces(record, table, "", sets),
        }
    }

    /// Changes what an entry in lines says under one name.
    fn top(
        &mut self,
        record: &Record,
        table: &'t Table,
        top: &str,
        sets: &[&Set],
        new_lines: &mut Vec<(String, String)>,
    ) -> Result<(), Fault> {
        let pair = is_pair(top) && sets.iter().any(|set| set.field.ends_with(']'));
        match table.get(top) {
            None | Some(Item::None) => {
                let fields: Vec<(String, Value)> =
                    sets.iter().filter_map(|set| Some((set.field.clone(), set.new.clone()?))).collect();
                for (key, literal) in with_fields(&fields).map_err(|why| (sets[0].address.clone(), why))? {
                    new_lines.push((key, literal));
                }
                Ok(())
            }
            Some(Item::Value(Toml::InlineTable(inner))) => self.braces(record, inner, &format!("{top}."), sets),
            Some(Item::Table(inner)) => {
                let mut lines = Vec::new();
                for set in sets {
                    match (record.get(&set.field), &set.new) {
                        (Some(field), Some(new)) => self.replace(field.span.clone(), new, &set.address)?,
                        (Some(field), None) => self.remove_lines(field.span.clone()),
                        (None, Some(new)) => {
                            let key = set.field.strip_prefix(&format!("{top}.")).unwrap_or(&set.field);
                            let key = if inner.is_dotted() { set.field.as_str() } else { key };
                            lines.push((key.to_owned(), new.in_toml()));
                        }
                        (None, None) => {}
                    }
                }
                self.lines(inner, &lines);
                Ok(())
            }
            Some(item) if pair => {
                let whole = item.span().unwrap_or_default();
                if sets.len() == 2 && sets.iter().all(|set| set.new.is_none()) {
                    self.remove_lines(whole);
                    return Ok(());
                }
                for set in sets {
                    match (record.get(&set.field), &set.new) {
                        (Some(field), Some(new)) => self.replace(field.span.clone(), new, &set.address)?,
                        _ => return Err((set.address.clone(), format!("{top} needs both its numbers, or none"))),
                    }
                }
                Ok(())
            }
            Some(item) => {
                for set in sets {
                    match (record.get(&set.field), &set.new) {
                        (Some(field), Some(new)) => self.replace(field.span.clone(), new, &set.address)?,
                        (Some(_), None) => self.remove_lines(item.span().unwrap_or_default()),
                        (None, Some(_)) => {
                            return Err((set.address.clone(), format!("{top} is written in another form in the file")));
                        }
                        (None, None) => {}
                    }
                }
                Ok(())
            }
        }
    }

    /// Changes an entry in braces: value by value where it keeps its names, else as a whole.
    fn braces(
        &mut self,
        record: &Record,
        table: &toml_edit::InlineTable,
        prefix: &str,
        sets: &[&Set],
    ) -> Result<(), Fault> {
        let keeps = |set: &&&Set| record.get(&set.field).is_some() && set.new.is_some();
        if sets.iter().filter(keeps).count() == sets.len() {
            for set in sets {
                if let (Some(field), Some(new)) = (record.get(&set.field), &set.new) {
                    self.replace(field.span.clone(), new, &set.address)?;
                }
            }
            return Ok(());
        }
        let address = sets[0].address.clone();
        let holds_entries = |value: &Toml| value.as_array().is_some_and(|list| list.iter().any(Toml::is_inline_table));
        if table.iter().any(|(_, value)| holds_entries(value)) {
            return Err((address, "the entry holds others in its braces".to_owned()));
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for field in record.fields.iter().filter(|field| field.name.starts_with(prefix)) {
            let literal = match sets.iter().find(|set| set.field == field.name) {
                None => self.text[field.span.clone()].to_owned(),
                Some(Set { new: Some(new), .. }) => new.in_toml(),
                Some(_) => continue,
            };
            fields.push((field.name[prefix.len()..].to_owned(), literal));
        }
        for set in sets.iter().filter(|set| record.get(&set.field).is_none()) {
            if let Some(new) = &set.new {
                fields.push((set.field.strip_prefix(prefix).unwrap_or(&set.field).to_owned(), new.in_toml()));
            }
        }
        let span = table.span().unwrap_or_default();
        if fields.is_empty() && !prefix.is_empty() {
            self.remove_lines(span);
        } else {
            self.splices.put(span, inline(&fields).map_err(|why| (address, why))?);
        }
        Ok(())
    }

    fn replace(&mut self, span: std::ops::Range<usize>, new: &Value, address: &str) -> Result<(), Fault> {
        let old = &self.text[span.clone()];
        let literal = match new {
            // A number that was written with a point keeps one.
            Value::Number(_) if old.contains('.') && !new.in_toml().contains('.') => format!("{}.0", new.in_toml()),
            Value::List(list) if old.contains('\n') => {
                if has_comment(old) {
                    return Err((address.to_owned(), "the list has comments in it, which would be lost".to_owned()));
                }
                let item = |text: &String| format!("  {},\n", Value::Text(text.clone()).in_toml());
                format!("[\n{}]", list.iter().map(item).collect::<String>())
            }
            _ => new.in_toml(),
        };
        let literal = if line_break(self.text) == "\r\n" { literal.replace('\n', "\r\n") } else { literal };
        self.splices.put(span, literal);
        Ok(())
    }

    fn remove_lines(&mut self, span: std::ops::Range<usize>) {
        self.splices.put(line_start(self.text, span.start)..line_end(self.text, span.end), "");
    }

    /// Adds lines to a table, after the last it has, with the equals sign under the one above.
    pub(crate) fn lines(&mut self, table: &Table, lines: &[(String, String)]) {
        if lines.is_empty() {
            return;
        }
        let last = last_value(table);
        let header = table.span().unwrap_or_default();
        let is_root = std::ptr::eq(table, self.root);
        let at = match &last {
            Some(span) => line_end(self.text, span.end),
            None if is_root => 0,
            None => line_end(self.text, header.start),
        };
        let width = last.and_then(|span| {
            let line = &self.text[line_start(self.text, span.start)..span.start];
            line.find('=').filter(|at| line[..*at].ends_with(' ')).map(|at| at - 1)
        });
        let ending = line_break(self.text);
        let mut block = String::new();
        if at > 0 && !self.text[..at].ends_with('\n') {
            block.push_str(ending);
        }
        for (key, literal) in lines {
            let literal = literal.replace('\n', ending);
            block.push_str(&format!("{key:<width$} = {literal}{ending}", width = width.unwrap_or_default()));
        }
        self.splices.put(at..at, block);
    }
}

/// The last value that a table states in lines of its own.
fn last_value(table: &Table) -> Option<std::ops::Range<usize>> {
    let own = table.iter().filter_map(|(_, item)| match item {
        Item::Value(value) => value.span(),
        Item::Table(inner) if inner.is_dotted() => last_value(inner),
        _ => None,
    });
    own.max_by_key(|span| span.end)
}

/// Whether a list has a comment among its items.
fn has_comment(list: &str) -> bool {
    let document = format!("x = {list}\n");
    let Ok(document) = Document::parse(document.as_str()) else { return true };
    let Some(array) = document.as_table().get("x").and_then(Item::as_array) else { return true };
    let mut rest = document.raw().to_owned();
    let mut spans: Vec<_> = array.iter().filter_map(Toml::span).collect();
    spans.sort_by_key(|span| std::cmp::Reverse(span.start));
    for span in spans {
        rest.replace_range(span, "");
    }
    rest.contains('#')
}
