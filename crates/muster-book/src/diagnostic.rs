//! What is wrong with a book or a plan: the place, the cause and the next step, in a planner's words.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

/// Where in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The file, as the reader named it.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The bytes it covers, for a picture of the place.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// A number that never changes its meaning; see [`CODES`].
    pub code: &'static str,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where.
    pub location: Location,
    /// What to do next.
    pub help: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}\n  --> {}\n  help: {}", self.code, self.message, self.location, self.help)
    }
}

/// Everything that is wrong so far.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Notes one more.
    pub fn push(
        &mut self,
        code: &'static str,
        location: Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        debug_assert!(CODES.iter().any(|known| known.code == code), "{code} is not in the table of codes");
        let (message, help) = (on_one_line(&message.into()), on_one_line(&help.into()));
        self.list.push(Diagnostic { code, message, location, help });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many things are wrong so far.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// The list, by file and line, each thing once.
    pub fn into_list(mut self) -> Vec<Diagnostic> {
        let order = |found: &Diagnostic| {
            let Location { file, line, column, .. } = found.location.clone();
            (file, line, column, found.code, found.message.clone())
        };
        self.list.sort_by_cached_key(order);
        self.list.dedup();
        self.list
    }

    /// `value` if nothing is wrong, else the list.
    pub fn into_result<T>(self, value: T) -> Result<T, Vec<Diagnostic>> {
        if self.is_empty() { Ok(value) } else { Err(self.into_list()) }
    }
}

/// The longest value that is quoted whole.
const LONGEST_QUOTE: usize = 80;

/// A text with what it quotes, between backticks, cut to a length that a person reads, and without line breaks.
fn on_one_line(text: &str) -> String {
    let part = |(i, part): (usize, &str)| {
        let part = part.replace(char::is_control, " ");
        let quoted = i % 2 == 1;
        match part.char_indices().nth(LONGEST_QUOTE) {
            Some((end, _)) if quoted => format!("{}…", &part[..end]),
            _ => part,
        }
    };
    text.split('`').enumerate().map(part).collect::<Vec<_>>().join("`")
}

/// What a code means.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// The code.
    pub code: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// What to know about it.
    pub text: &'static str,
}

/// Every code, in order.
pub const CODES: &[Code] = &[
    Code {
        code: "M001",
        title: "A file cannot be read",
        text: "The file is missing, is a folder, or may not be read. Books and plans are found by the paths written in plan.toml, relative to that file.",
    },
    Code {
        code: "M002",
        title: "A file is not UTF-8 text",
        text: "Save it again as UTF-8. In Excel: Save As, then “CSV UTF-8”.",
    },
    Code {
        code: "M003",
        title: "TOML that cannot be read",
        text: "A quote, bracket or equals sign is missing or doubled near the place shown.",
    },
    Code {
        code: "M004",
        title: "An unknown field",
        text: "The name is not one that this kind of entry has. Names are listed in docs/book-format.md.",
    },
    Code { code: "M005", title: "A missing field", text: "The entry needs this field, and something in it." },
    Code {
        code: "M006",
        title: "The wrong kind of value",
        text: "A number where text is expected, text where a date is expected, a list of the wrong length, and so on. Dates are written 2022-04-01, without quotes.",
    },
    Code {
        code: "M007",
        title: "An unknown measure",
        text: "A book can only state the measures that the model uses: `muster books list --measures` shows them.",
    },
    Code {
        code: "M008",
        title: "The wrong unit",
        text: "Every measure has one unit, so that values can be compared. Convert the values, then state the unit shown.",
    },
    Code {
        code: "M009",
        title: "A number out of range",
        text: "The number cannot be right for this measure: a negative stock, a share above 1, a number too large, or not a number.",
    },
    Code {
        code: "M010",
        title: "A name that is unknown or cannot be",
        text: "No profession, staff group, programme, move, setting, place, scenario or action has this name, the word is not one of the few that may stand here, or an id is not in small letters, digits and hyphens.",
    },
    Code {
        code: "M011",
        title: "No source",
        text: "Every number names a source, and the source has a file of its own in sources/. A published number also says where in its source it is printed.",
    },
    Code {
        code: "M012",
        title: "No reason, or no range",
        text: "A derived number says how it was derived. A judgement says why, and how low and high it may be. An action says why its effect is believed, or why none is modelled.",
    },
    Code {
        code: "M013",
        title: "Something stated twice",
        text: "Two entries of one book state the same thing for the same time, or two things carry one id. Remove one, end the first with `to`, or give one of them another id.",
    },
    Code {
        code: "M014",
        title: "A value is missing",
        text: "The model needs a value for something and a year for which no book states one. A value holds from its `from` until its `to`, or until the next.",
    },
    Code {
        code: "M015",
        title: "Shares that do not add to 1",
        text: "Parts of a whole, such as the settings of a profession, must add to 1.",
    },
    Code {
        code: "M016",
        title: "A value for the wrong thing",
        text: "The measure is not stated for this kind of thing: a leaver rate has no programme, an intake has no age, and an amount such as a stock is stated for each profession and not for a staff group.",
    },
    Code {
        code: "M017",
        title: "An age that cannot be",
        text: "Ages of staff are 16 to 75, of the population 0 to 90; the last stands for everyone above.",
    },
    Code {
        code: "M018",
        title: "Dates that cannot be",
        text: "A value, place or plan ends before it begins, a date is not between 1900 and 2200, a year is not a financial year, or a book stands on another day than the plan.",
    },
    Code {
        code: "M019",
        title: "A fault in the place tree",
        text: "A place is doubled, has no code or no parent, belongs to itself, or names a place that is not listed.",
    },
    Code {
        code: "M020",
        title: "A fault in the moves",
        text: "Moves form a circle, start and end in one profession, or take more people than there are.",
    },
    Code {
        code: "M021",
        title: "A table that cannot be read",
        text: "A row of the CSV has too many or too few cells, a column is unknown or missing, a quote is not closed, cells are not parted by commas, or there is no row.",
    },
    Code {
        code: "M022",
        title: "A fault in an action or scenario",
        text: "An effect has no path, changes what is read only once, or takes an assumption out of its range; or a scenario has both `without` and `only`. Or nothing goes wrong in a failure of a stress test, or it is not clear what a failure or policy means.",
    },
    Code {
        code: "M023",
        title: "A fault in a check or target",
        text: "The figure asks for something that a run does not have, or for nobody, or says no expectation.",
    },
    Code {
        code: "M024",
        title: "A fault in the plan or book folder",
        text: "The plan stands on no book, a book lists no profession, a later book lists professions of its own, or two books or two source files have one name.",
    },
    Code {
        code: "M025",
        title: "A range that its distribution does not fit",
        text: "No distribution of the named shape has its mean at the value, or it would reach beyond what can be; or its error cannot move over the years as `path` says; or what is said to move together cannot.",
    },
    Code {
        code: "M030",
        title: "Prices and what the engine reads in one group",
        text: "What training, hiring and recruiting abroad cost, and budgets, change no projection, and are drawn apart from what does. A group of what moves together holds only the one or only the other.",
    },
    Code {
        code: "M031",
        title: "A cost that cannot be dated or added",
        text: "A cost of an action ends before it begins. Costs are written [[action.cost]], with gbp, price_year, from, to and what; the pounds are spread evenly over the years.",
    },
    Code {
        code: "M032",
        title: "A target that compares scenarios",
        text: "`against` takes one scenario from another, which holds a forecast against the record. A target promises something that will be seen, and nobody will see the scenario that did not happen.",
    },
    Code {
        code: "M033",
        title: "Money that cannot be turned into cash",
        text: "Pounds of one year become those of another by inflation, and the books do not state it for every year of the plan and of its prices. State `inflation`, or ask for real pounds.",
    },
    Code {
        code: "M035",
        title: "A fault in what actions need",
        text: "An action needs one that the plan does not have, or, by way of others, itself. `needs` lists the ids of actions that must be done first.",
    },
    Code {
        code: "M036",
        title: "A fault in a milestone",
        text: "A milestone is a step on the way to its action, so it is due no later than the action.",
    },
    Code {
        code: "M037",
        title: "A fault in a progress report",
        text: "A report says whose it is; what is late says when it is expected; what was done or abandoned goes back to being under way only with a note. Reports are dated entries in progress.toml, beside the plan.",
    },
    Code {
        code: "M038",
        title: "A fault in a readiness framework or self-assessment",
        text: "A framework lists levels of readiness and activities, and says for each activity what readiness allows to be devolved. An answer names an activity and a readiness of the framework, with evidence, a name and a date.",
    },
    Code {
        code: "M040",
        title: "Two plans for one place",
        text: "A place submits one plan. Leave out the version that no longer counts, or let one of the two say that it covers the `rest` of the place.",
    },
    Code {
        code: "M041",
        title: "A plan and a plan within it",
        text: "The people of an organisation are in its system's plan too. A plan that adds up from others names them in `adds_up_from`; then those are added up and the plan itself is held against their sum.",
    },
    Code {
        code: "M042",
        title: "Plans that cannot be added",
        text: "Plans add up only when they have the same years, the same year of prices, and the same professions, programmes and moves.",
    },
    Code {
        code: "M043",
        title: "A fault in a submission",
        text: "submission.toml says who submits which plan for which place, in which version, and who signed it off. A word in it is unknown, names a place that is not there, or does not agree with the plan beside it.",
    },
    Code {
        code: "M044",
        title: "A fault in submission rules",
        text: "A rule asks for something that a submission does not have, or does not say what may be and what may not.",
    },
    Code {
        code: "M045",
        title: "A place outside the plan",
        text: "A plan is rolled up into the plan of a place that holds its own: a system into its region, a region into England.",
    },
    Code {
        code: "M050",
        title: "A workbook that cannot be read",
        text: "The file is no .xlsx workbook, is damaged, locked or too large, or was not made by `muster workbook export` of this version. Nothing was read from it.",
    },
    Code {
        code: "M051",
        title: "A sheet, column or row is missing",
        text: "Something that the workbook had when it was made is gone. It may have been deleted or renamed. Nothing is deleted from a plan because a row is missing: put it back, mark the entry for deletion, or import with `--keep-missing`.",
    },
    Code {
        code: "M052",
        title: "A name in a workbook that is not known",
        text: "A key or the name of a column is not one that the workbook was made with, or appears twice.",
    },
    Code {
        code: "M053",
        title: "A cell that does not hold what belongs in it",
        text: "Text where a number belongs, a date that may be two days, a formula that ends in an error. A number with commas, a pound or a percent sign is accepted where it can mean one thing only.",
    },
    Code {
        code: "M054",
        title: "A cell that is for reading was changed",
        text: "Grey cells say what a row is, and cannot be filled in. To change them, add a new row and mark the old one for deletion.",
    },
    Code {
        code: "M055",
        title: "A row that has no place",
        text: "A row is there twice, a new row does not say which file or entry it belongs to, or its file has no such column.",
    },
    Code {
        code: "M056",
        title: "Two people changed one thing",
        text: "The workbook and the file both changed it since the workbook was made. Agree on one, and import again.",
    },
    Code {
        code: "M057",
        title: "Cells are merged",
        text: "In merged cells it is not clear which entry a value belongs to. Unmerge them, and fill each.",
    },
    Code {
        code: "M058",
        title: "A change that cannot be written",
        text: "The text of the file is arranged so that the change would lose something of it, or would not be read as it was meant. Make it by hand.",
    },
    Code {
        code: "M059",
        title: "Files that cannot be written",
        text: "The folder may not be written to, or the disk is full. Files that were already written were put back.",
    },
    Code {
        code: "M065",
        title: "A fault in a question to `muster solve`",
        text: "The question has no target or no lever, a lever does not say what it costs, a year cannot be changed any more, or an entry names things it cannot be about. The parts of solve.toml are listed in docs/solve.md.",
    },
];

/// The known name nearest to a wrong one, for "did you mean". Capitals do not count, and something of the name must be left.
pub(crate) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    let distance = |name: &'a str| {
        let furthest = 2.max(name.len() / 3).min(name.len().saturating_sub(1));
        let near = length.abs_diff(name.chars().count()) <= furthest;
        let distance = near.then(|| strsim::damerau_levenshtein(&wrong, &name.to_lowercase()))?;
        (distance <= furthest).then_some((distance, name))
    };
    known.into_iter().filter_map(distance).min().map(|(_, name)| name)
}

/// "did you mean X?", or where to find the names.
pub(crate) fn suggest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    nearest(wrong, known).map_or_else(|| otherwise.to_owned(), |name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_whatever_its_capitals() {
        assert_eq!(nearest("qjk", ["QJK", "QOX"]), Some("QJK"));
        assert_eq!(nearest("associate", ["associates", "nurses"]), Some("associates"));
        assert_eq!(nearest("B7", ["A1", "A2"]), None);
        assert_eq!(nearest(&"x".repeat(1_000_000), ["nurses"]), None);
    }

    #[test]
    fn what_is_quoted_is_cut_and_kept_on_one_line() {
        assert_eq!(on_one_line("`a\nb` is not a number"), "`a b` is not a number");
        let text = on_one_line(&format!("`{}` is long", "é".repeat(100)));
        assert_eq!(text, format!("`{}…` is long", "é".repeat(80)));
    }
}
