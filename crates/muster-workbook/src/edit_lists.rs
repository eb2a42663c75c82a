//! Entries that go and entries that are new in a TOML text, in lines of their own or in braces.

use std::collections::BTreeMap;

use toml_edit::Value as Toml;

use crate::change::Parent;
use crate::edit_toml::{Child, Editor, Fault, Kept};
use crate::entry_text::{bare, entry, inline, with_fields};
use crate::record::Record;
use crate::splice::{line_break, line_end, line_start};
use crate::value::Value;

/// Entries of lists, by what each list lies in and what it is called.
type InLists = BTreeMap<(Vec<(String, usize)>, String), Vec<usize>>;

impl Editor<'_> {
    pub(crate) fn delete(&mut self) {
        let mut in_braces = InLists::new();
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

    pub(crate) fn add(&mut self, file: usize) -> Result<(), Fault> {
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
            if let Some(last) = last {
                let at = spans[last].end;
                self.splices.put(at..at, format!("{between}{}", parts.join(&between)));
            } else {
                let at = array.span().map_or(0, |span| span.start + 1);
                self.splices.put(at..at, parts.join(", "));
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

#[cfg(test)]
mod tests {
    use crate::change::{Add, Delete, Parent, Set};
    use crate::edit_toml::edit;
    use crate::record::Text;
    use crate::value::Value;

    const PLAN: &str = r#"# Kept.
id = "p" # kept

[[action]]
id    = "A"
owner = { organisation = "o", role = "r" } # kept

[[action.effect]]
range = [0.5, 1.0]
path  = [{ from = 2022-04-01, value = 1.0 }, { from = 2023-04-01, value = 2 }]
only  = [
  "x",
  "y",
]

# About B.
[[action]]
id = "B"
"#;

    fn at(path: &[(&str, usize)]) -> usize {
        let path: Vec<(String, usize)> = path.iter().map(|(name, i)| ((*name).to_owned(), *i)).collect();
        Text::read("a.toml", PLAN).unwrap().at(&path).unwrap()
    }

    fn set(path: &[(&str, usize)], field: &str, new: Option<Value>) -> Set {
        Set { file: 0, record: at(path), field: field.to_owned(), old: None, new, address: "S!A1".to_owned() }
    }

    #[expect(clippy::unnecessary_wraps, reason = "what a change makes of a field may be nothing")]
    fn text(text: &str) -> Option<Value> {
        Some(Value::Text(text.to_owned()))
    }

    /// The lines that differ.
    fn lines(sets: &[Set], deletes: &[Delete], adds: &[Add]) -> (Vec<String>, Vec<String>) {
        let (sets, deletes): (Vec<&Set>, Vec<&Delete>) = (sets.iter().collect(), deletes.iter().collect());
        let after = edit(PLAN, 0, &sets, &deletes, adds).unwrap();
        // Other line ends make no difference.
        let with_returns = edit(&PLAN.replace('\n', "\r\n"), 0, &sets, &deletes, adds).unwrap();
        assert_eq!(with_returns, after.replace('\n', "\r\n"));
        let only = |a: &str, b: &str| {
            a.lines().filter(|line| !b.lines().any(|other| other == *line)).map(str::to_owned).collect()
        };
        (only(PLAN, &after), only(&after, PLAN))
    }

    #[test]
    fn values_in_braces_come_and_go_and_comments_stay() {
        let owner = r#"owner = { organisation = "o", role = "r" } # kept"#;
        let action = [("action", 0)];
        let one = |field: &str, new: Option<Value>| lines(&[set(&action, field, new)], &[], &[]);
        assert_eq!(one("owner.role", text("s")).1, [r#"owner = { organisation = "o", role = "s" } # kept"#]);
        assert_eq!(
            one("owner.role", None),
            (vec![owner.to_owned()], vec![r#"owner = { organisation = "o" } # kept"#.to_owned()])
        );
        assert_eq!(
            one("owner.unit", text("u")).1,
            [r#"owner = { organisation = "o", role = "r", unit = "u" } # kept"#]
        );
        assert_eq!(one("title", text("t")).1, [r#"title = "t""#]);
        let gone = [set(&action, "owner.role", None), set(&action, "owner.organisation", None)];
        assert_eq!(lines(&gone, &[], &[]), (vec![owner.to_owned()], Vec::new()));
        let new =
            [set(&[("action", 1)], "owner.organisation", text("o")), set(&[("action", 1)], "owner.role", text("r"))];
        assert_eq!(lines(&new, &[], &[]).1, [r#"owner = { organisation = "o", role = "r" }"#]);
    }

    #[test]
    fn numbers_and_lists_keep_their_spelling() {
        let effect = [("action", 0), ("effect", 0)];
        let number = |number| Some(Value::Number(number));
        assert_eq!(lines(&[set(&effect, "range[1]", number(2.0))], &[], &[]).1, ["range = [0.5, 2.0]"]);
        let list = Some(Value::List(vec!["x".to_owned(), "z".to_owned()]));
        assert_eq!(lines(&[set(&effect, "only", list)], &[], &[]).1, [r#"  "z","#]);
        let both = [set(&effect, "range[0]", None), set(&effect, "range[1]", None)];
        assert_eq!(lines(&both, &[], &[]).0, ["range = [0.5, 1.0]"]);
        let half = set(&effect, "range[0]", None);
        assert!(edit(PLAN, 0, &[&half], &[], &[]).is_err(), "one end of a range is not a range");
    }

    #[test]
    fn entries_in_braces_and_in_lines_come_and_go() {
        let points = [("action", 0), ("effect", 0), ("path", 0)];
        let delete = |path: &[(&str, usize)]| Delete { file: 0, record: at(path), address: String::new() };
        let day = Value::Day(jiff::civil::date(2024, 4, 1));
        let add = |parent, list: &str, fields: &[(&str, Value)]| Add {
            file: 0,
            parent,
            list: list.to_owned(),
            fields: fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone(), String::new())).collect(),
            address: String::new(),
        };
        let point = add(Parent::Old(at(&points[..2])), "path", &[("from", day.clone()), ("value", Value::Number(3.0))]);
        assert_eq!(
            lines(&[], &[], std::slice::from_ref(&point)).1,
            [
                "path  = [{ from = 2022-04-01, value = 1.0 }, { from = 2023-04-01, value = 2 }, { from = 2024-04-01, value = 3 }]"
            ]
        );
        assert_eq!(lines(&[], &[delete(&points)], &[]).1, ["path  = [{ from = 2023-04-01, value = 2 }]"]);
        let last = [("action", 0), ("effect", 0), ("path", 1)];
        assert_eq!(lines(&[], &[delete(&last)], &[]).1, ["path  = [{ from = 2022-04-01, value = 1.0 }]"]);
        assert_eq!(
            lines(&[], &[delete(&points), delete(&last)], &[point]).1,
            ["path  = [{ from = 2024-04-01, value = 3 }]"]
        );
        // A new effect of B with a point comes after B; A goes with what lies in it, and the comment about B stays.
        let effect = add(Parent::Old(at(&[("action", 1)])), "effect", &[("measure", Value::Text("m".to_owned()))]);
        let point = add(Parent::New(0), "path", &[("from", day), ("value", Value::Number(3.0))]);
        let sets: [&Set; 0] = [];
        let after = edit(PLAN, 0, &sets, &[&delete(&[("action", 0)])], &[effect, point]).unwrap();
        let expected = "# Kept.\nid = \"p\" # kept\n\n# About B.\n[[action]]\nid = \"B\"\n\n[[action.effect]]\nmeasure = \"m\"\npath    = [{ from = 2024-04-01, value = 3 }]\n";
        assert_eq!(after, expected);
    }
}
