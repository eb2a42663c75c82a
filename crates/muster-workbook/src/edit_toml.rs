//! Changes to a TOML text, value by value: comments, order, spaces and the spelling of every other value stay.

use std::collections::BTreeMap;

use toml_edit::{Document, Item, Table, Value as Toml};

use crate::change::{Add, Delete, Parent, Set};
use crate::entry_text::{bare, entry, inline, tops, with_fields};
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

struct Editor<'t> {
    text: &'t str,
    read: &'t Text,
    root: &'t Table,
    splices: Splices,
    all: &'t [Add],
    deletes: &'t [&'t Delete],
}

/// Where an entry is kept.
#[derive(Clone, Copy)]
enum Kept<'t> {
    /// In lines of its own.
    Lines(&'t Table),
    /// In braces.
    Braces(&'t toml_edit::InlineTable),
}

impl<'t> Kept<'t> {
    fn get(self, name: &str) -> Option<Child<'t>> {
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
enum Child<'t> {
    Item(&'t Item),
    Value(&'t Toml),
}

impl<'t> Child<'t> {
    fn value(self) -> Option<&'t Toml> {
        match self {
            Self::Item(item) => item.as_value(),
            Self::Value(value) => Some(value),
        }
    }
}

impl<'t> Editor<'t> {
    fn is_gone(&self, record: usize) -> bool {
        let path = &self.read.records[record].path;
        self.deletes.iter().any(|delete| path.starts_with(&self.read.records[delete.record].path))
    }

    fn kept(&self, path: &[(String, usize)]) -> Option<Kept<'t>> {
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
    fn lines(&mut self, table: &Table, lines: &[(String, String)]) {
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

    fn delete(&mut self) {
        let mut in_braces: BTreeMap<(Vec<(String, usize)>, String), Vec<usize>> = BTreeMap::new();
        for delete in self.deletes {
            let record = &self.read.records[delete.record];
            let Some(((list, at), above)) = record.path.split_last() else { continue };
            let is_below_another = (0..record.path.len()).any(|length| {
                self.read
                    .at(&record.path[..length])
                    .is_some_and(|above| self.deletes.iter().any(|other| other.record == above))
            });
            if is_below_another {
                continue;
            }
            if self.text[record.span.start..].starts_with('{') {
                in_braces.entry((above.to_vec(), list.clone())).or_default().push(*at);
            } else {
                let start = line_start(self.text, record.span.start);
                let mut end = line_end(self.text, record.span.end);
                // The empty line that parts it from the next goes with it.
                let next = line_end(self.text, end);
                if self.text[end..next].trim().is_empty() {
                    end = next;
                }
                self.splices.put(start..end, "");
            }
        }
        for ((above, list), mut gone) in in_braces {
            gone.sort_unstable();
            gone.dedup();
            let spans = self.spans(&above, &list);
            let mut at = 0;
            while at < gone.len() {
                let first = gone[at];
                while at + 1 < gone.len() && gone[at + 1] == gone[at] + 1 {
                    at += 1;
                }
                let last = gone[at];
                let range = match (first.checked_sub(1).map(|before| spans[before].end), spans.get(last + 1)) {
                    (_, Some(next)) => spans[first].start..next.start,
                    (Some(before), None) => before..spans[last].end,
                    (None, None) => spans[first].start..spans[last].end,
                };
                self.splices.put(range, "");
                at += 1;
            }
        }
    }

    /// Where the entries of a list are written.
    fn spans(&self, above: &[(String, usize)], list: &str) -> Vec<std::ops::Range<usize>> {
        let is_one = |record: &&Record| {
            record.path.len() == above.len() + 1
                && record.path.starts_with(above)
                && record.path.last().is_some_and(|(name, _)| name == list)
        };
        self.read.records.iter().filter(is_one).map(|record| record.span.clone()).collect()
    }

    fn add(&mut self, file: usize) -> Result<(), Fault> {
        let mut groups: Vec<(Parent, String, Vec<usize>)> = Vec::new();
        for (at, add) in self.all.iter().enumerate().filter(|(_, add)| add.file == file) {
            match groups.iter_mut().find(|(parent, list, _)| *parent == add.parent && *list == add.list) {
                Some((.., list)) => list.push(at),
                None => groups.push((add.parent, add.list.clone(), vec![at])),
            }
        }
        for (parent, list, adds) in groups {
            let above = match parent {
                Parent::File => Vec::new(),
                Parent::Old(record) if self.is_gone(record) => {
                    let address = self.all[adds[0]].address.clone();
                    return Err((address, "the entry that the new row belongs to is deleted".to_owned()));
                }
                Parent::Old(record) => self.read.records[record].path.clone(),
                // It is written with what it lies in.
                Parent::New(_) => continue,
            };
            self.add_below(&above, &list, &adds)?;
        }
        Ok(())
    }

    fn add_below(&mut self, above: &[(String, usize)], list: &str, adds: &[usize]) -> Result<(), Fault> {
        let address = self.all[adds[0]].address.clone();
        let Some(kept) = self.kept(above) else {
            return Err((address, "the entry is not found in its file".to_owned()));
        };
        let spans = self.spans(above, list);
        let names: Vec<&str> = above.iter().map(|(name, _)| name.as_str()).chain([list]).collect();
        let kind = names.join(".");
        let existing = kept.get(list);
        let ending = line_break(self.text);
        if let Some(Toml::Array(array)) = existing.and_then(Child::value) {
            let parts = self.in_braces(adds)?;
            let gone: Vec<bool> = (0..spans.len()).map(|at| self.is_deleted(above, list, at)).collect();
            let last = gone.iter().rposition(|gone| !gone);
            let between = match spans.as_slice() {
                [first, second, ..] => self.text[first.end..second.start].to_owned(),
                [first] => {
                    let start = array.span().map_or(first.start, |span| span.start + 1);
                    let lead = &self.text[start..first.start];
                    if lead.contains('\n') { format!(",{lead}") } else { ", ".to_owned() }
                }
                [] => ", ".to_owned(),
            };
            match last {
                Some(last) => {
                    let at = spans[last].end;
                    self.splices.put(at..at, parts.iter().map(|part| format!("{between}{part}")).collect::<String>());
                }
                None => {
                    let at = array.span().map_or(0, |span| span.start + 1);
                    self.splices.put(at..at, parts.join(", "));
                }
            }
            return Ok(());
        }
        if self.is_in_braces(&kind) {
            let Kept::Lines(table) = kept else { return Err((address, "the entry is written in braces".to_owned())) };
            let parts = self.in_braces(adds)?;
            self.lines(table, &[(bare(list), format!("[{}]", parts.join(", ")))]);
            return Ok(());
        }
        if matches!(kept, Kept::Braces(_)) {
            return Err((address, "the entry is written in braces".to_owned()));
        }
        let after = match (spans.last(), self.read.at(above).filter(|_| !above.is_empty())) {
            (Some(span), _) => line_end(self.text, self.end_with_children(above, list, span)),
            (None, Some(parent)) => line_end(self.text, self.read.records[parent].span.end),
            (None, None) => self.text.len(),
        };
        let mut block = String::new();
        if after > 0 && !self.text[..after].ends_with('\n') {
            block.push_str(ending);
        }
        for at in adds {
            let written = self.lines_of(*at, &kind)?;
            if after > 0 || !block.is_empty() {
                block.push_str(ending);
            }
            block.push_str(&written.replace('\n', ending));
        }
        self.splices.put(after..after, block);
        Ok(())
    }

    /// Where the last entry of a list ends, with what lies in it.
    fn end_with_children(&self, above: &[(String, usize)], list: &str, span: &std::ops::Range<usize>) -> usize {
        let below = |record: &&Record| {
            record.path.len() > above.len() && record.path.starts_with(above) && record.path[above.len()].0 == list
        };
        self.read.records.iter().filter(below).map(|record| record.span.end).max().unwrap_or(span.end)
    }

    fn is_deleted(&self, above: &[(String, usize)], list: &str, at: usize) -> bool {
        let path = [above, &[(list.to_owned(), at)]].concat();
        self.deletes.iter().any(|delete| self.read.records[delete.record].path == path)
    }

    /// Whether entries of a kind are written in braces in this file; points of a path always are.
    fn is_in_braces(&self, kind: &str) -> bool {
        let known = self.read.records.iter().find(|record| record.kind() == kind);
        known.map_or(kind.matches('.').count() >= 2, |record| self.text[record.span.start..].starts_with('{'))
    }

    fn in_braces(&self, adds: &[usize]) -> Result<Vec<String>, Fault> {
        let one = |at: &usize| {
            let add = &self.all[*at];
            if self.all.iter().any(|other| other.parent == Parent::New(*at)) {
                return Err((add.address.clone(), "an entry in braces cannot hold others".to_owned()));
            }
            let fields: Vec<(String, String)> =
                add.fields.iter().map(|(name, value, _)| (name.clone(), value.in_toml())).collect();
            inline(&fields).map_err(|why| (add.address.clone(), why))
        };
        adds.iter().map(one).collect()
    }

    /// A new entry in lines of its own, with the new entries that lie in it.
    fn lines_of(&self, at: usize, kind: &str) -> Result<String, Fault> {
        let add = &self.all[at];
        let fields: Vec<(String, Value)> =
            add.fields.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect();
        let mut lines = with_fields(&fields).map_err(|why| (add.address.clone(), why))?;
        let mut lists: Vec<&str> = Vec::new();
        let children: Vec<usize> =
            (0..self.all.len()).filter(|other| self.all[*other].parent == Parent::New(at)).collect();
        for child in &children {
            let list = self.all[*child].list.as_str();
            if !lists.contains(&list) {
                lists.push(list);
            }
        }
        let mut below = String::new();
        for list in lists {
            let own: Vec<usize> = children.iter().copied().filter(|child| self.all[*child].list == list).collect();
            let kind = format!("{kind}.{list}");
            if self.is_in_braces(&kind) {
                lines.push((bare(list), format!("[{}]", self.in_braces(&own)?.join(", "))));
            } else {
                for child in own {
                    below.push('\n');
                    below.push_str(&self.lines_of(child, &kind)?);
                }
            }
        }
        Ok(format!("{}{below}", entry(kind, &lines)))
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
