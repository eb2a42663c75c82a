//! Files that have changed since a workbook was made from them: the workbook's changes, carried over to the files as they are now, and the
//! cells that both have changed.

use std::collections::BTreeMap;

use crate::base::Base;
use crate::change::{Change, Parent};
use crate::finding::{CONFLICT, Finding, quoted};
use crate::record::{Field, Record, Text};
use crate::value::Value;

/// Fields that say what an entry is about, rather than what is said of it.
const SUBJECT: [&str; 16] = [
    "measure",
    "from",
    "to",
    "profession",
    "group",
    "programme",
    "move",
    "setting",
    "age",
    "place",
    "code",
    "delivery",
    "assumption",
    "scenario",
    "staff",
    "name",
];

/// Carries changes over to the files as they are now.
pub(crate) fn carry(
    base: &Base,
    was: &[Text],
    now: &[Text],
    changed: &[bool],
    changes: &mut Vec<Change>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let maps: Vec<Option<Vec<Option<usize>>>> =
        (0..was.len()).map(|file| changed[file].then(|| pairs(&was[file], &now[file]))).collect();
    let gone = |file: usize, address: &str, what: &str| {
        Finding::new(
            CONFLICT,
            address,
            format!("{what} is no longer in {}, which has changed since the workbook was made", base.files[file].name),
            "export the plan again, and make the change there",
        )
    };
    changes.retain_mut(|change| match change {
        Change::Set(set) => {
            let Some(map) = &maps[set.file] else { return true };
            let Some(record) = map[set.record] else {
                findings.push(gone(set.file, &set.address, "the entry"));
                return false;
            };
            set.record = record;
            let current = now[set.file].records[record].get(&set.field).map(|field| &field.value);
            if same(current, set.old.as_ref()) {
                return true;
            }
            if same(current, set.new.as_ref()) {
                return false;
            }
            let shown = |value: Option<&Value>| value.map_or("nothing".to_owned(), |value| quoted(&value.shown()));
            findings.push(Finding::new(
                CONFLICT,
                &set.address,
                format!(
                    "two people changed this: it was {}, the workbook says {}, and {} now says {}",
                    shown(set.old.as_ref()),
                    shown(set.new.as_ref()),
                    base.files[set.file].name,
                    shown(current)
                ),
                "agree on one: write what the file says in the cell to keep it, or put the file back to take the workbook's",
            ));
            false
        }
        Change::Delete(delete) => {
            let Some(map) = &maps[delete.file] else { return true };
            let Some(record) = map[delete.record] else { return false };
            let before = whole(&was[delete.file], delete.record);
            let unchanged = before == whole(&now[delete.file], record);
            delete.record = record;
            if !unchanged {
                findings.push(Finding::new(
                    CONFLICT,
                    &delete.address,
                    format!("the entry is to be deleted, and {} has changed it since", base.files[delete.file].name),
                    "look at the entry as it is now: export the plan again, and delete it there if it is still to go",
                ));
            }
            unchanged
        }
        Change::Add(add) => {
            let Some(map) = &maps[add.file] else { return true };
            if let Parent::Old(record) = add.parent {
                let Some(record) = map[record] else {
                    findings.push(gone(add.file, &add.address, "the entry that the new row belongs to"));
                    return false;
                };
                add.parent = Parent::Old(record);
            }
            true
        }
    });
    findings
}

/// For each entry as it was, where it is now.
pub(crate) fn pairs(was: &Text, now: &Text) -> Vec<Option<usize>> {
    let places: BTreeMap<String, usize> = names(now).into_iter().enumerate().map(|(at, name)| (name, at)).collect();
    names(was).iter().map(|name| places.get(name).copied()).collect()
}

/// A name for each entry that stays the same when others are added, moved or deleted.
fn names(text: &Text) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for record in &text.records {
        let Some((last, above)) = record.path.split_last() else {
            names.push(String::new());
            continue;
        };
        let parent = text.at(above).and_then(|at| names.get(at)).cloned().unwrap_or_default();
        let own = match record.id() {
            Some(id) => format!("id={id}"),
            None => about(record),
        };
        let name = format!("{parent}/{}:{own}", last.0);
        let count = taken.entry(name.clone()).or_default();
        *count += 1;
        names.push(format!("{name}#{count}"));
    }
    names
}

fn about(record: &Record) -> String {
    let is_subject = |field: &&Field| SUBJECT.contains(&field.name.rsplit('.').next().unwrap_or(&field.name));
    let words: Vec<String> = record
        .fields
        .iter()
        .filter(is_subject)
        .map(|field| format!("{}={}", field.name, field.value.shown()))
        .collect();
    words.join("|")
}

/// Where an entry lies in another, and what it says.
type Said = (Vec<(String, usize)>, Vec<(String, Value)>);

/// An entry and all that lies in it.
fn whole(text: &Text, record: usize) -> Vec<Said> {
    let path = &text.records[record].path;
    let said = |record: &Record| record.fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
    text.records
        .iter()
        .filter(|other| other.path.starts_with(path))
        .map(|other| (other.path[path.len()..].to_vec(), said(other)))
        .collect()
}

fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.same_as(b),
        (None, None) => true,
        (Some(one), None) | (None, Some(one)) => one.shown().trim().is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_known_again_after_others_are_added_and_moved() {
        let was = Text::read(
            "a.toml",
            "[[action]]\nid = \"A\"\n[[action.effect]]\nmeasure = \"m\"\n[[action]]\nid = \"B\"\n",
        )
        .unwrap();
        let now = Text::read(
            "a.toml",
            "[[action]]\nid = \"C\"\n[[action]]\nid = \"B\"\n[[action]]\nid = \"A\"\n[[action.effect]]\nmeasure = \"m\"\n",
        )
        .unwrap();
        assert_eq!(pairs(&was, &now), [Some(0), Some(3), Some(4), Some(2)]);
    }
}
