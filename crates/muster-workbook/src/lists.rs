//! The lists that cells are chosen from: professions, programmes, places, sources and the words of the format.

use std::collections::BTreeMap;

use muster_book::{MEASURES, Plan};

use crate::base::Base;
use crate::sheet::{Column, Role, Sheet};

/// Excel shows a list of this many and no more without becoming slow.
const LONGEST: usize = 2_000;

/// Lists by name, each sorted as the plan has it.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// The lists, in the order of the hidden sheet.
    pub lists: Vec<(String, Vec<String>)>,
}

impl Lists {
    /// Of a plan, for some sheets.
    pub(crate) fn of(plan: &Plan, base: &Base, sheets: &[Sheet]) -> Self {
        let taxonomy = &plan.shelf.taxonomy;
        let mut named: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        named.insert("profession", taxonomy.professions.iter().map(|one| one.id.clone()).collect());
        named.insert("group", taxonomy.groups.iter().map(|one| one.id.clone()).collect());
        named.insert("programme", taxonomy.programmes.iter().map(|one| one.id.clone()).collect());
        named.insert("move", taxonomy.moves.iter().map(|one| one.id.clone()).collect());
        named.insert("place", plan.shelf.places.iter().map(|place| place.code.to_string()).collect());
        named.insert("setting", muster_core::Setting::ALL.iter().map(|setting| setting.id().to_owned()).collect());
        named.insert("measure", MEASURES.iter().map(|spec| spec.id.to_owned()).collect());
        named.insert("scenario", plan.scenarios.iter().map(|scenario| scenario.id.clone()).collect());
        named.insert("action", plan.actions.iter().map(|action| action.id.clone()).collect());
        let source = |name: &str| Some(name.rsplit_once("sources/")?.1.strip_suffix(".toml")?.to_owned());
        named.insert("source", base.files.iter().filter_map(|file| source(&file.name)).collect());
        let mut lists: Vec<(String, Vec<String>)> = Vec::new();
        for column in sheets.iter().flat_map(|sheet| &sheet.columns) {
            let list = if column.words.is_empty() {
                list_name(column).and_then(|name| Some((name, named.get(name)?.clone())))
            } else {
                Some((column.id.as_str(), column.words.clone()))
            };
            let Some((name, list)) = list.filter(|(_, list)| !list.is_empty() && list.len() <= LONGEST) else {
                continue;
            };
            if !lists.iter().any(|(_, known)| *known == list) {
                lists.push((name.to_owned(), list));
            }
        }
        Self { lists }
    }

    /// The list that a column is chosen from, by its place among the lists.
    pub(crate) fn for_column(&self, column: &Column) -> Option<usize> {
        if !column.words.is_empty() {
            return self.lists.iter().position(|(_, list)| *list == column.words);
        }
        let name = list_name(column)?;
        self.lists.iter().position(|(known, _)| known == name)
    }
}

/// The list of ids that a column names one of.
fn list_name(column: &Column) -> Option<&'static str> {
    let last = column.id.rsplit('.').next().unwrap_or(&column.id);
    let names = ["profession", "group", "programme", "move", "place", "setting", "source", "scenario"];
    match column.role {
        Role::Parent(0) if column.id == "in action" => Some("action"),
        // A figure has measures of its own.
        Role::Field if column.id == "measure" => Some("measure"),
        // What a place belongs to is a place.
        Role::Field if matches!(column.id.as_str(), "parent" | "successor") => Some("place"),
        Role::Field => names.into_iter().find(|name| *name == last),
        _ => None,
    }
}
