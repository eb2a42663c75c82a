//! Which actions must be done before which: names become indices, and a circle is refused.

use crate::action::Action;
use crate::diagnostic::{Diagnostics, suggest};
use crate::document::At;
use crate::files::TextFile;

/// Finds the actions that each action needs, given with the file that says so, in the order of the actions.
pub(super) fn read(needed: &[(TextFile, Vec<At<String>>)], actions: &mut [Action], diagnostics: &mut Diagnostics) {
    let ids: Vec<String> = actions.iter().map(|action| action.id.clone()).collect();
    for (i, (file, names)) in needed.iter().enumerate() {
        for name in names {
            let at = file.locate(name.span.clone());
            let Some(found) = ids.iter().position(|id| *id == name.value) else {
                let help = suggest(name, ids.iter().map(String::as_str), "name an action of this plan by its id");
                let message = format!("`{}` needs `{}`, and no action is called that", ids[i], name.value);
                diagnostics.push("M035", at, message, help);
                continue;
            };
            if let Some(way) = way_between(actions, found, i) {
                let through: Vec<&str> = way.iter().map(|step| ids[*step].as_str()).collect();
                let message = format!("`{}` needs itself: it needs {}", ids[i], through.join(", which needs "));
                let help = "no action can wait for itself: leave out one of these needs";
                diagnostics.push("M035", at, message, help);
            } else if !actions[i].needs.contains(&found) {
                actions[i].needs.push(found);
            }
        }
    }
}

/// The actions from one that needs another, by way of others, to that other, both among them; none where it does not.
fn way_between(actions: &[Action], from: usize, to: usize) -> Option<Vec<usize>> {
    let mut came_from: Vec<Option<usize>> = vec![None; actions.len()];
    let mut open = vec![from];
    while let Some(here) = open.pop() {
        if here == to {
            let mut way: Vec<usize> = std::iter::successors(Some(to), |at| came_from[*at]).collect();
            way.reverse();
            return Some(way);
        }
        for &next in &actions[here].needs {
            if came_from[next].is_none() && next != from {
                came_from[next] = Some(here);
                open.push(next);
            }
        }
    }
    None
}
