//! The steps of an action on its way to being done.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostics;
use crate::document::{At, Day};
use crate::files::TextFile;

/// A step that shows whether an action is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Milestone {
    /// Its name within the action.
    pub id: String,
    /// Its title.
    pub title: String,
    /// By when.
    pub due: Date,
    /// The day on which it was reached, if it was; a progress file may say so too.
    pub done: Option<Date>,
}

/// A milestone as written.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawMilestone {
    id: At<String>,
    title: String,
    due: At<Day>,
    done: Option<At<Day>>,
}

/// Reads the milestones of an action, by date.
pub(crate) fn read_milestones(
    file: &TextFile,
    raw: &[At<RawMilestone>],
    action_due: Day,
    diagnostics: &mut Diagnostics,
) -> Vec<Milestone> {
    let mut found: Vec<Milestone> = Vec::new();
    for milestone in raw {
        let RawMilestone { id, title, due, done } = &milestone.value;
        if found.iter().any(|other| other.id == id.value) {
            let message = format!("two milestones of the action are called `{}`", id.value);
            diagnostics.push("M013", file.locate(id.span.clone()), message, "give one of them another id");
            continue;
        }
        if due.value > action_due {
            let message = format!("the milestone is due on {}, after its action on {}", due.value.0, action_due.0);
            let help = "a milestone is a step on the way: put it earlier, or the action later";
            diagnostics.push("M036", file.locate(due.span.clone()), message, help);
        }
        let done = done.as_ref().map(|done| done.value.0);
        found.push(Milestone { id: id.value.clone(), title: title.clone(), due: due.value.0, done });
    }
    found.sort_by_key(|milestone| milestone.due);
    found
}
