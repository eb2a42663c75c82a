//! What sheets and columns are called, and what is said of them.

use std::collections::BTreeSet;

pub(crate) const KEY: &str = "Muster finds the entry by this. Leave it as it is; leave it empty in a new row.";
pub(crate) const DELETE: &str = "Write yes to delete the entry. A row that is only removed is not deleted.";
pub(crate) const FILE: &str = "The file that holds it. A new row names the file that it goes to.";
pub(crate) const GROWTH: &str = "Worked out: this value over the earlier one of the same thing, less 1.";
pub(crate) const WIDTH: &str = "Worked out: high less low, over the value.";
pub(crate) const WIDTH_OF_FACTORS: &str = "Worked out: high less low.";
pub(crate) const SUM: &str = "Worked out: what the parts of this whole add to. It must be 1.";

/// Sheets that every workbook has, in small letters.
pub(crate) const RESERVED: [&str; 5] = ["start", "totals", "change log", "lists", "muster"];

/// The order of the sheets of lists.
const SCHEMAS: [&str; 10] =
    ["action", "scenario", "target", "check", "stress", "profession", "programme", "move", "dependence", "calibration"];

/// The order of the topics.
const TOPICS: [&str; 6] = ["supply", "training", "demand", "money", "places", "book"];

/// A list, what its sheet is called, and what stands there.
const LISTS: [(&str, &str, &str, &str); 20] = [
    ("action", "action", "Actions", "What the plan does: who owns it, by when, and what is known for it."),
    (
        "action",
        "action.effect",
        "Effects",
        "How actions change assumptions. Each effect belongs to an action and has points on the sheet Effect points.",
    ),
    ("action", "action.effect.path", "Effect points", "The dated values of each effect."),
    ("action", "action.milestone", "Milestones", "What is to be done on the way to each action, and by when."),
    ("action", "action.cost", "Action costs", "What actions cost, by year or once."),
    ("scenario", "scenario", "Scenarios", "Named differences from the plan."),
    ("scenario", "scenario.change", "Scenario changes", "How scenarios change assumptions."),
    ("scenario", "scenario.change.path", "Scenario points", "The dated values of each change."),
    ("target", "target", "Targets", "What the plan promises."),
    ("check", "check", "Checks", "What the plan's results are held against."),
    ("stress", "failure", "Failures", "What may go wrong."),
    ("stress", "failure.change", "Failure changes", "How each failure changes assumptions."),
    ("stress", "failure.change.path", "Failure points", "The dated values of each change."),
    ("stress", "failure.late", "Failures, late", "What comes late in each failure, and by how much."),
    ("stress", "failure.delivered", "Failures, delivered", "How much is delivered in each failure."),
    ("stress", "policy", "Policies", "What might be done instead."),
    ("profession", "group", "Staff groups", "The groups that professions belong to."),
    ("dependence", "group", "Moves together", "Which uncertain assumptions move together."),
    ("dependence", "group.members", "Moves together, what", "What belongs to each group on the sheet Moves together."),
    ("calibration", "calibrated", "Calibration", "What was fitted to a published outcome."),
];

/// Where a schema stands among the sheets.
pub(crate) fn rank(schema: &str) -> usize {
    SCHEMAS.iter().position(|known| *known == schema).unwrap_or(SCHEMAS.len())
}

/// Where a kind of entry stands among those of its file.
pub(crate) fn rank_of_kind(kind: &str) -> (String, usize) {
    let first = kind.split('.').next().unwrap_or_default();
    (first.to_owned(), kind.len())
}

/// Where a topic stands among the sheets.
pub(crate) fn rank_of_topic(topic: &str) -> usize {
    TOPICS.iter().position(|known| *known == topic).unwrap_or(TOPICS.len())
}

/// The name, topic and words of the sheet of a kind of entry.
pub(crate) fn of_kind(schema: &str, kind: &str) -> (String, String, String) {
    let topic = match schema {
        "profession" | "programme" | "move" | "dependence" | "calibration" => schema.to_owned(),
        "stress" => "stress".to_owned(),
        _ => format!("{schema}s"),
    };
    if let Some((_, _, name, about)) = LISTS.iter().find(|(of, list, ..)| *of == schema && *list == kind) {
        return ((*name).to_owned(), topic, (*about).to_owned());
    }
    let words: Vec<String> = kind.split('.').map(heading).collect();
    let mut name = words.join(" ");
    if !kind.contains('.') && !name.ends_with('s') {
        name.push('s');
    }
    (name, topic, String::new())
}

/// What is said above a sheet of whole files.
pub(crate) fn of_roots(topic: &str) -> &'static str {
    match topic {
        "measures" => {
            "What each file of assumptions says of its measure: definition, unit, and where its table comes from."
        }
        _ => "Where numbers were read from. To add a source, add a file to the folder of sources.",
    }
}

/// The name of the sheet of a topic.
pub(crate) fn topic(topic: &str) -> String {
    match topic {
        "places" => "Place shares".to_owned(),
        "book" => "Assumptions".to_owned(),
        _ => heading(topic),
    }
}

/// What is said above the sheet of a topic.
pub(crate) fn of_topic(topic: &str) -> String {
    let what = match topic {
        "supply" => "Staff in post, who leaves, who joins and who moves.",
        "training" => "Starters, how many finish and how many join.",
        "demand" => "Staff that services need, and what changes it.",
        "money" => "Earnings, on-costs and prices.",
        "places" => "Places, and what each has of what is stated for England.",
        _ => "Assumptions of the book.",
    };
    format!("{what} One row for each number, with its range, its kind and its source.")
}

/// What a column is, where no schema says it.
pub(crate) fn of_column(id: &str) -> &'static str {
    match id {
        "place" => "The code of the place; empty for the place of the book.",
        "group" => "The staff group; empty where a profession is named, or for all.",
        "profession" => "The profession; empty where a group is named, or for all.",
        "programme" => "The training programme.",
        "move" => "The move between professions.",
        "setting" => "Where care is given.",
        "age" => "One age or a band, such as 25-34.",
        "from" => "The day from which the value holds; empty where the file says it once.",
        "to" => "The last day on which the value holds.",
        "value" => "The number, in the unit of its measure.",
        "low" => "How low it may be.",
        "high" => "How high it may be.",
        "kind" => "published, derived or judgement; empty where the file says it once.",
        "source" => "The id of the source; empty where the file says it once.",
        "where" => "Where in the source it is printed.",
        "why" => "How it was derived, or why it was judged so.",
        _ => "",
    }
}

/// What a field is, where no schema says it.
pub(crate) fn of_field(name: &str, _kind: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or(name) {
        "id" => "A short name in small letters, digits and hyphens. Other sheets name the entry by it.",
        "title" => "A short title.",
        "due" => "The day by which it is to be done.",
        "measure" => "The assumption that is changed, or the figure that is asked for.",
        "range[0]" | "between[0]" => "The low end.",
        "range[1]" | "between[1]" => "The high end.",
        other => of_column(other),
    }
}

/// A name as planners read it: `owner.role` as “Owner: role”.
pub(crate) fn heading(name: &str) -> String {
    let name = name.replace("[0]", ": low").replace("[1]", ": high").replace('.', ": ").replace(['_', '-'], " ");
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A name that a sheet may have and none has yet.
pub(crate) fn sheet_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let allowed = |letter: char| if "[]:*?/\\'".contains(letter) { ' ' } else { letter };
    let whole: String = name.chars().map(allowed).collect();
    let mut number = 1;
    loop {
        let ending = if number == 1 { String::new() } else { format!(" {number}") };
        let room = 31 - ending.len();
        let candidate = format!("{}{ending}", whole.chars().take(room).collect::<String>().trim());
        if taken.insert(candidate.to_lowercase()) {
            return candidate;
        }
        number += 1;
    }
}
