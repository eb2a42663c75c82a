//! Broken plans and books: each is refused with the right code, at the right place, in a planner's words, with a next step.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use muster_book::{COUNTERFACTUAL, Diagnostic, MEASURES, PLAN as WITH_PLAN};
use muster_engine::{Step, project};
use proptest::prelude::*;

use crate::small::{Edit, OnDisk, Small, add, file_of, listed, quoted, runs, small, swap, whole};

const PLAN: &str = "plans/small/plan.toml";
const ACTIONS: &str = "plans/small/actions.toml";
const SCENARIOS: &str = "plans/small/scenarios.toml";
const STRESS: &str = "plans/small/stress.toml";
const TARGETS: &str = "plans/small/targets.toml";
const CHECKS: &str = "plans/small/checks.toml";
const BOOK: &str = "books/small/book.toml";
const PLACES: &str = "books/small/places.csv";
const PROFESSIONS: &str = "books/small/professions.toml";
const PROGRAMMES: &str = "books/small/programmes.toml";
const MOVES: &str = "books/small/moves.toml";
const GROUPS: &str = "books/small/dependence.toml";
const PLAN_GROUPS: &str = "plans/small/dependence.toml";
const CALIBRATION: &str = "books/small/calibration.toml";
const STOCK: &str = "books/small/supply/stock_fte.toml";
const AGES: &str = "books/small/supply/age_share.toml";
const HOURS: &str = "books/small/supply/participation.toml";
const LEAVERS: &str = "books/small/supply/leaver_rate.toml";
const LEAVERS_CSV: &str = "books/small/supply/leaver_rate.csv";
const RETURNERS: &str = "books/small/supply/returner_rate.toml";
const SHARES: &str = "books/small/supply/setting_share.toml";
const MOVE_SHARE: &str = "books/small/supply/move_share.toml";
const INTAKE: &str = "books/small/training/training_intake.toml";
const DEMAND: &str = "books/small/demand/demand_fte.toml";
const GROWTH: &str = "books/small/demand/productivity_growth.toml";
const FILL: &str = "books/small/demand/temporary_fill.toml";
const EARNINGS: &str = "books/small/money/earnings_gbp.toml";
const EARNINGS_CSV: &str = "books/small/money/earnings_gbp.csv";
const PLACE_SHARE_CSV: &str = "books/small/places/place_share.csv";
const SOURCE: &str = "sources/register.toml";

/// What is wrong, and what should be said of it.
struct Case {
    title: String,
    edits: Vec<(String, Edit)>,
    code: &'static str,
    file: String,
    /// Text on the line pointed at, with ' for "; empty where no one line is to blame.
    line: String,
    words: Vec<String>,
}

/// One file changed; the fault is expected in that file.
fn case(title: &str, path: &str, edit: Edit, code: &'static str, line: &str, words: &[&str]) -> Case {
    Case {
        title: title.to_owned(),
        edits: vec![(path.to_owned(), edit)],
        code,
        file: path.to_owned(),
        line: quoted(line),
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    }
}

impl Case {
    /// The fault is seen in another file than the one changed.
    fn seen_in(self, file: &str) -> Self {
        Self { file: file.to_owned(), ..self }
    }

    /// A second change.
    fn and(mut self, path: &str, edit: Edit) -> Self {
        self.edits.push((path.to_owned(), edit));
        self
    }

    fn small(&self) -> Small {
        self.edits.iter().fold(small(), |small, (path, edit)| small.with(path, edit.clone()))
    }

    /// What is not as it should be, if anything.
    fn failure(&self) -> Option<String> {
        let changed = self.small();
        let Ok(found) = catch_unwind(AssertUnwindSafe(|| faults(&changed))) else {
            return Some(format!("{}: it panics", self.title));
        };
        let shown = cut(&listed(&found));
        println!("## {}\n{shown}\n", self.title);
        let fail = |why: &str| Some(format!("{}: {why}; found:\n{shown}", self.title));
        if found.is_empty() {
            return fail("nothing is found to be wrong");
        }
        let with_code: Vec<_> = found.iter().filter(|found| found.code == self.code).collect();
        if with_code.is_empty() {
            return fail(&format!("{} is expected", self.code));
        }
        let here: Vec<_> = with_code.iter().filter(|found| found.location.file.ends_with(&self.file)).collect();
        if here.is_empty() {
            return fail(&format!("{} is expected in {}", self.code, self.file));
        }
        let text = changed.text(&self.file);
        let points_at = |found: &Diagnostic| text.lines().nth(found.location.line - 1).unwrap_or_default();
        let there: Vec<_> =
            here.iter().filter(|found| self.line.is_empty() || points_at(found).contains(&self.line)).collect();
        if there.is_empty() {
            return fail(&format!("{} is expected on the line `{}` of {}", self.code, self.line, self.file));
        }
        let says = |found: &Diagnostic, word: &String| found.message.contains(word) || found.help.contains(word);
        if !there.iter().any(|found| self.words.iter().all(|word| says(found, word))) {
            return fail(&format!("the words {:?} are expected", self.words));
        }
        let (diagnostic, word) = found.iter().find_map(|found| Some((found, unclear(found)?)))?;
        Some(format!("{}: {word} in\n{}", self.title, cut(&diagnostic.to_string())))
    }
}

/// As much of a text as is worth showing.
fn cut(text: &str) -> String {
    text.chars().take(2000).collect()
}

thread_local! {
    /// Where each thread tries its plans, one after the other.
    static DISK: RefCell<OnDisk> = RefCell::new(small().write());
}

/// Everything that is wrong with a plan: on reading it, on resolving it, on projecting it.
fn faults(changed: &Small) -> Vec<Diagnostic> {
    let read = DISK.with_borrow_mut(|disk| {
        disk.change_to(changed);
        disk.read()
    });
    let plan = match read {
        Ok(plan) => plan,
        Err(found) => return found,
    };
    let mut found = Vec::new();
    for scenario in [WITH_PLAN, COUNTERFACTUAL] {
        for places in runs(&plan) {
            match plan.resolve(plan.scenario(scenario).unwrap(), &places, Step::Year) {
                Ok(resolved) => {
                    project(&resolved.inputs).expect("what resolves also projects");
                }
                Err(more) => found.extend(more),
            }
        }
    }
    let mut seen = Vec::new();
    found.retain(|found| {
        !seen.contains(found) && {
            seen.push(found.clone());
            true
        }
    });
    found
}

/// What a planner would not understand in a message, if anything.
fn unclear(found: &Diagnostic) -> Option<String> {
    const OF_PROGRAMMERS: &[&str] = &[
        "serde",
        "f64",
        "i64",
        "u8",
        "usize",
        "option",
        "struct",
        "enum",
        "map",
        "variant",
        "sequence",
        "deserialize",
        "deserializer",
        "newtype",
        "tuple",
        "array",
        "boolean",
        "utf8error",
        "os error",
        "rawvalue",
        "rawkey",
        "panicked",
    ];
    let text = format!("{} {}", found.message, found.help);
    let lower = text.to_lowercase();
    let whole_word = |word: &&&str| {
        let bounded = |at: usize| {
            let before = lower[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            before && lower[at + word.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric())
        };
        lower.match_indices(**word).any(|(at, _)| bounded(at))
    };
    let expected = |wrong: bool, why: &str| wrong.then(|| why.to_owned());
    OF_PROGRAMMERS
        .iter()
        .find(whole_word)
        .map(|word| format!("the programmer's word `{word}`"))
        .or_else(|| expected(found.help.trim().is_empty(), "no next step"))
        .or_else(|| expected(found.message.len() > 700 || found.help.len() > 700, "more than anyone would read"))
        .or_else(|| expected(found.message.contains(['\n', '\0', '\u{feff}']), "a character that does not print"))
        .or_else(|| expected(!muster_book::CODES.iter().any(|known| known.code == found.code), "an unknown code"))
}

/// Every case is as expected, or all that are not are listed.
fn expect_all(cases: impl IntoIterator<Item = Case>) {
    let cases: Vec<Case> = cases.into_iter().collect();
    let failures: Vec<String> = cases.iter().filter_map(Case::failure).collect();
    assert!(failures.is_empty(), "{} of {} cases:\n\n{}\n", failures.len(), cases.len(), failures.join("\n\n"));
}

/// The file that holds the first value of a measure, that line, and the same with another value.
fn first_value(measure: &str, value: &str) -> (String, String, String) {
    let toml = file_of(measure).to_owned();
    let text = small().text(&toml);
    if let Some(line) = text.lines().find(|line| line.starts_with("value  = ")) {
        return (toml, line.to_owned(), format!("value  = {value}"));
    }
    let csv = toml.replace(".toml", ".csv");
    let row = small().text(&csv).lines().nth(1).unwrap().to_owned();
    let (key, _) = row.rsplit_once(',').unwrap();
    let new = format!("{key},{value}");
    (csv, row, new)
}

#[test]
fn toml_that_is_not_well_formed_is_shown_where_it_breaks() {
    let ill = |title, path, edit, line| case(title, path, edit, "M003", line, &["TOML"]);
    expect_all([
        ill("a quote is not closed", PLAN, swap("'A small plan'", "'A small plan"), "A small plan"),
        ill("a quote is not opened", PLAN, swap("'A small plan'", "A small plan'"), "A small plan"),
        ill("quotes as a word processor writes them", PLAN, swap("'A small plan'", "“A small plan”"), "A small plan"),
        ill("a list is not closed", PLAN, swap("small']", "small'"), ""),
        ill("a field without a value", BOOK, swap("= 'A small book'", "="), "title"),
        ill("a field without an equals sign", BOOK, swap("title    =", "title"), "title"),
        ill("a field stated twice", BOOK, add("place = 'Y58'\n"), "place = 'Y58'"),
        ill("a section headed with one bracket too few", HOURS, swap("[[value]]", "[[value]"), "[[value]"),
        ill("a section headed with one bracket too many", HOURS, swap("[[value]]", "[[value]]]"), "[[value]]]"),
        ill("a thousands separator", STOCK, swap("value  = 10000", "value  = 10,000"), "10,000"),
        ill("a percent sign", GROWTH, swap("value  = 0.01", "value  = 1%"), "1%"),
        ill("a pound sign", ACTIONS, swap("gbp        = 1e6", "gbp        = £1000000"), "£1000000"),
        ill("a number that starts with nought", STOCK, swap("value  = 1000\n", "value  = 01000\n"), "01000"),
        ill("a decimal comma", GROWTH, swap("value  = 0.01", "value  = 0,01"), "0,01"),
        ill("a number without its nought", GROWTH, swap("value  = 0.01", "value  = .01"), ".01"),
        ill("a date that is not in the calendar", GROWTH, swap("2021-04-01", "2021-02-31"), "2021-02-31"),
        ill("a date with the day first", GROWTH, swap("2021-04-01", "01-04-2021"), "01-04-2021"),
        ill("a date with strokes", GROWTH, swap("2021-04-01", "2021/04/01"), "2021/04/01"),
        ill("True with a capital", PROFESSIONS, swap("stages   = 2", "stages   = True"), "True"),
        ill("a sentence", MOVES, add("This is not TOML.\n"), "This is not TOML."),
        ill("marks of a merge", PROGRAMMES, add("<<<<<<< HEAD\n"), "<<<<<<<"),
        ill("text over two lines in one pair of quotes", SOURCE, swap("Made up for", "Made up\nfor"), "Made up"),
        ill("three quotes that are not closed", SOURCE, swap("'Made up", "'''Made up"), ""),
        ill("CSV in a TOML file", LEAVERS, whole("group,value\nnursing,0.1\n"), "group,value"),
        ill("a backslash that means nothing", SOURCE, swap("A publisher", "A\\publisher"), "publisher"),
        ill("a comma after a field", BOOK, swap("'A small book'", "'A small book',"), "A small book"),
        ill("a colon for an equals sign", BOOK, swap("id       =", "id:"), "small"),
        ill("an inline section that is not closed", HOURS, swap("[[value]]", "[[value]]\nfor = { age = '16-75'"), ""),
        ill("an ill-formed source", SOURCE, swap("grade     = 'A'", "grade     = 'A"), "grade"),
        ill("an ill-formed scenario", SCENARIOS, swap("['A2']", "['A2'"), ""),
        ill("an ill-formed check", CHECKS, swap("year = '2021/22' }", "year = '2021/22'"), ""),
    ]);
}

#[test]
fn an_unknown_field_is_named_and_the_right_one_suggested() {
    let unknown = |path, old: &str, new: &str, right: &str| {
        // Where a field stands in an inline section, what comes before the bracket is not in question.
        let line = new.rsplit("{ ").next().unwrap();
        let wrong = line.split_whitespace().next().unwrap();
        case(&format!("`{wrong}` in {path}"), path, swap(old, new), "M004", line.trim_end(), &[wrong, right])
    };
    expect_all([
        unknown(PLAN, "title ", "titel ", "title"),
        unknown(PLAN, "sources ", "source  ", "sources"),
        unknown(BOOK, "baseline ", "basline  ", "baseline"),
        unknown(PROFESSIONS, "settings ", "setings  ", "settings"),
        unknown(PROFESSIONS, "stages ", "stage  ", "stages"),
        unknown(PROGRAMMES, "length_years ", "lenght_years ", "length_years"),
        unknown(MOVES, "how ", "hwo ", "how"),
        unknown(CALIBRATION, "method ", "methode ", "method"),
        unknown(SOURCE, "licence ", "license ", "licence"),
        unknown(HOURS, "checked ", "cheked ", "checked"),
        unknown(HOURS, "about ", "abuot ", "about"),
        unknown(HOURS, "kind ", "kinds ", "kind"),
        unknown(HOURS, "value  =", "vaule  =", "value"),
        unknown(LEAVERS, "file ", "flie ", "file"),
        unknown(STOCK, "for    = { profession", "for    = { profesion", "profession"),
        unknown(ACTIONS, "owner ", "ower ", "owner"),
        unknown(ACTIONS, "organisation ", "organization ", "organisation"),
        unknown(ACTIONS, "gbp ", "gpb ", "gbp"),
        unknown(ACTIONS, "path ", "paths ", "path"),
        unknown(ACTIONS, "value = 2000", "vale = 2000", "value"),
        unknown(SCENARIOS, "without ", "whithout ", "without"),
        unknown(SCENARIOS, "why ", "wyh ", "why"),
        unknown(TARGETS, "expect ", "expects ", "expect"),
        unknown(CHECKS, "within ", "whitin ", "within"),
        unknown(CHECKS, "programme = ", "program = ", "programme"),
    ].into_iter().chain([
        case("a section that no file of professions has", PROFESSIONS, add("[[professions]]\nid = 'x'\n"), "M004", "", &["professions"]),
        case("a section that no plan has", PLAN, add("[books]\n"), "M003", "", &[]),
        case("a section that no list of moves has", MOVES, add("[[moves]]\nid = 'x'\n"), "M004", "", &["moves"]),
        case("a stray field above a list", ACTIONS, swap("[[action]]", "plan = 'small'\n[[action]]"), "M004", "plan", &["plan"]),
    ]));
}

#[test]
fn a_missing_field_is_named() {
    let hours = small().text(HOURS);
    let (header, _) = hours.split_once("[[value]]").unwrap();
    // A field is gone with its line; the message points into the section that lacks it.
    let fields: &[(&str, &[&str])] = &[
        (PLAN, &["id", "title", "place", "from", "to", "books", "sources"]),
        (BOOK, &["id", "title", "place"]),
        (PROFESSIONS, &["id", "title", "group", "settings"]),
        (PROGRAMMES, &["id", "title", "fills", "length_years"]),
        (MOVES, &["id", "title", "from", "to", "how"]),
        (CALIBRATION, &["assumption", "to", "published", "source", "method", "file"]),
        (SOURCE, &["title", "publisher", "licence", "grade", "about"]),
        (HOURS, &["measure", "about", "unit", "checked", "from", "value", "kind", "source"]),
        (LEAVERS, &["measure", "file"]),
        (ACTIONS, &["id", "title", "theme", "owner", "level", "due", "source", "evidence", "measure", "how", "path", "kind"]),
        (SCENARIOS, &["id", "title", "measure", "how", "path", "kind", "source"]),
        (TARGETS, &["id", "title", "figure", "expect", "source"]),
        (CHECKS, &["id", "title", "figure", "expect", "source"]),
    ];
    let without = |path: &str, field: &str| {
        let text = small().text(path);
        let is_it = |line: &&str| line.split_whitespace().next() == Some(field) && line.contains('=');
        let line = text.lines().find(is_it).unwrap_or_else(|| panic!("{path} has no {field}"));
        case(&format!("no `{field}` in {path}"), path, swap(&format!("{line}\n"), ""), "M005", "", &[field])
    };
    let gone = fields.iter().flat_map(|(path, fields)| fields.iter().map(move |field| without(path, field)));
    expect_all(gone.chain([
        case("an owner without a role", ACTIONS, swap(", role = 'Director'", ""), "M005", "owner", &["role"]),
        case("a figure without a year", CHECKS, swap(", year = '2021/22'", ""), "M005", "figure", &["year"]),
        case("a dated value of an effect without its date", ACTIONS, swap("from = 2022-09-01, ", ""), "M005", "path", &["from"]),
        case("a second file in the prices of another year", "books/small/money/more.toml", whole("measure = 'earnings_gbp'\nabout = 'More.'\nunit = 'GBP per FTE per year'\nprice_year = '2024/25'\nchecked = 2026-01-31\n\n[[value]]\nfor = { group = 'nursing' }\nfrom = 2022-03-31\nvalue = 30000\nkind = 'published'\nsource = 'register'\nwhere = 'Table 1'\n"), "M008", "price_year", &["2022/23 prices", "2024/25 prices", "deflator"]),
        case("money without its price year", EARNINGS, swap("price_year = '2022/23'\n", ""), "M005", "", &["price", "price_year"]),
        case("a definition that is empty", HOURS, swap("'Hours.'", "''"), "M005", "about", &["definition"]),
        case("a source with an empty title", SOURCE, swap("'A register'", "' '"), "M005", "title", &["title"]),
        case("a file with a header and no value", HOURS, whole(header), "M005", "", &["no value", "[[value]]"]),
        case("an empty assumption file", HOURS, whole(""), "M005", "", &["measure"]),
        case("an empty plan", PLAN, whole(""), "M005", "", &["id"]),
        case("a row without a value", EARNINGS_CSV, swap("nurses,35000", "nurses,"), "M005", "nurses", &["value"]),
        case("a table without any date", LEAVERS, swap("from   = 2021-04-01\n", ""), "M005", "nursing,16-54", &["from", "leaver_rate.toml"]).seen_in(LEAVERS_CSV),
        case("a table without any kind", LEAVERS, swap("kind   = 'published'\n", ""), "M005", "nursing,16-54", &["kind"]).seen_in(LEAVERS_CSV),
    ]));
}

#[test]
fn the_wrong_kind_of_value_is_shown_with_the_right_kind() {
    let wrong = |title, path, edit, line, words| case(title, path, edit, "M006", line, words);
    expect_all([
        wrong("a number in quotes", GROWTH, swap("value  = 0.01", "value  = '0.01'"), "'0.01'", &["number"]),
        wrong("text where a number is due", STOCK, swap("value  = 1200", "value  = 'many'"), "many", &["number"]),
        wrong("a number where text is due", BOOK, swap("'A small book'", "7"), "title", &["text"]),
        wrong("yes or no where a number is due", GROWTH, swap("value  = 0.01", "value  = true"), "true", &["number"]),
        wrong("a date in quotes", GROWTH, swap("2021-04-01", "'2021-04-01'"), "2021-04-01", &["date"]),
        wrong("a number where a date is due", GROWTH, swap("2021-04-01", "2021"), "from", &["date"]),
        wrong("a time of day after a date", GROWTH, swap("2021-04-01", "2021-04-01T09:00:00"), "2021-04-01", &["date"]),
        wrong("a list where a number is due", GROWTH, swap("value  = 0.01", "value  = [0.01]"), "[0.01]", &["number"]),
        wrong("a single number as a range", FILL, swap("[0.4, 0.6]", "0.4"), "range", &["two numbers"]),
        wrong("a range of one number", FILL, swap("[0.4, 0.6]", "[0.4]"), "range", &["two numbers"]),
        wrong("a range of three numbers", FILL, swap("[0.4, 0.6]", "[0.4, 0.5, 0.6]"), "range", &["two numbers"]),
        wrong("a range in quotes", FILL, swap("[0.4, 0.6]", "'0.4 to 0.6'"), "range", &["two numbers"]),
        wrong("a profession where a section is due", STOCK, swap("{ profession = 'associates' }", "'associates'"), "associates", &[]),
        wrong("an age as a number", AGES, swap("'20-39'", "20"), "age", &["text"]),
        wrong("a value headed as one section and not as a list", HOURS, swap("[[value]]", "[value]"), "[value]", &["[[value]]"]),
        wrong("professions headed as one section", PROGRAMMES, whole("[programme]\nid = \"x\"\n"), "[programme]", &["[[programme]]"]),
        wrong("one setting that is not in a list", PROFESSIONS, swap("['acute', 'community']", "'acute'"), "settings", &["list"]),
        wrong("no setting", PROFESSIONS, swap("['acute', 'community']", "[]"), "settings", &["settings", "associates"]),
        wrong("a setting listed twice", PROFESSIONS, swap("['acute', 'community']", "['acute', 'acute']"), "settings", &["once"]),
        wrong("half a stage", PROFESSIONS, swap("stages   = 2", "stages   = 2.5"), "stages", &["whole number"]),
        wrong("stages as a word", PROFESSIONS, swap("stages   = 2", "stages   = 'two'"), "stages", &["whole number"]),
        wrong("fewer stages than none", PROFESSIONS, swap("stages   = 2", "stages   = -2"), "stages", &[]),
        wrong("a length as text", PROGRAMMES, swap("= 3", "= '3 years'"), "length_years", &["whole number"]),
        wrong("books not in a list", PLAN, swap("['../../books/small']", "'../../books/small'"), "books", &["list"]),
        wrong("a figure in quotes", CHECKS, swap("{ measure = 'supply_fte', year = '2021/22' }", "'supply_fte in 2021/22'"), "figure", &[]),
        wrong("an expectation that is a number", CHECKS, swap("{ near = 13000, within = 0.001 }", "13000"), "expect", &[]),
        wrong("a path that is a number", ACTIONS, swap("[{ from = 2024-04-01, value = 0.8 }]", "0.8"), "path", &["list"]),
        wrong("an owner as text", ACTIONS, swap("{ organisation = 'NHS England', role = 'Director' }", "'NHS England'"), "owner", &[]),
        wrong("a year as a number", PLAN, swap("'2021/22'", "2021"), "from", &["text"]),
        wrong("actions named by text and not by a list", SCENARIOS, swap("['A2']", "'A2'"), "A2", &["list"]),
        wrong("a calibrated figure as text", CALIBRATION, swap("0.09", "'9%'"), "published", &["number"]),
        wrong("text in a table's value", LEAVERS_CSV, swap("0.05", "five"), "medical", &["five", "value"]),
        wrong("a percentage in a table", LEAVERS_CSV, swap("0.05", "5%"), "medical", &["5%"]),
        wrong("pounds in a table", EARNINGS_CSV, swap("35000", "£35000"), "nurses", &["£35000"]),
        wrong("text in a table's range", LEAVERS_CSV, swap("0.08", "low"), "nursing,16-54", &["low"]),
    ]);
}

#[test]
fn every_measure_is_known_by_its_name_and_its_unit() {
    let misspelt = |id: &str| {
        // Without its second letter.
        let wrong = format!("{}{}", &id[..1], &id[2..]);
        let (old, new) = (format!("measure = '{id}'"), format!("measure = '{wrong}'"));
        case(&format!("the measure `{wrong}`"), file_of(id), swap(&old, &new), "M007", &wrong, &[&wrong, &format!("`{id}`")])
    };
    let in_percent = |id: &str, unit: &str| {
        let (old, new) = (format!("unit    = '{unit}'"), "unit    = 'percent'");
        case(&format!("`{id}` in percent"), file_of(id), swap(&old, new), "M008", new, &["percent", unit])
    };
    let wrong = MEASURES.iter().flat_map(|spec| [misspelt(spec.id), in_percent(spec.id, spec.unit)]);
    expect_all(wrong.chain([
        case("a measure nobody has heard of", HOURS, swap("'participation'", "'happiness'"), "M007", "happiness", &["docs/book-format.md"]),
        case("a measure of results in a book", HOURS, swap("'participation'", "'supply_fte'"), "M007", "supply_fte", &[]),
        case("an effect on a misspelt measure", ACTIONS, swap("'leaver_rate'", "'leavers_rate'"), "M007", "leavers_rate", &["`leaver_rate`"]),
        case("a change of a misspelt measure", SCENARIOS, swap("'real_pay_growth'", "'pay_growth'"), "M007", "pay_growth", &["`real_pay_growth`"]),
        case("the unit of another measure", STOCK, swap("'FTE'", "'people'"), "M008", "people", &["FTE"]),
    ]));
}

#[test]
fn every_measure_is_missed_when_no_book_states_it() {
    // A book need not state prices.
    let missing = MEASURES.iter().filter(|spec| !spec.price).map(|spec| {
        case(&format!("no `{}`", spec.id), file_of(spec.id), Edit::Gone, "M014", "", &[spec.id, spec.unit])
            .and(CALIBRATION, Edit::Gone)
            .seen_in("")
    });
    let ends = |measure, line: &str, words: &[&str]| {
        let path = file_of(measure);
        let title = format!("`{measure}` ends too soon");
        case(&title, path, swap("kind   =", "to     = 2023-03-31\nkind   ="), "M014", line, words)
    };
    expect_all(missing.chain([
        ends("participation", "value  = 0.9", &["participation", "2023/24 to 2026/27"]),
        ends("returner_rate", "", &["2023/24"]),
        ends("on_cost", "value", &["2023/24"]),
        ends("training_intake", "", &["training_intake of Nursing degree", "2023/24"]),
        case("a gap of two years", RETURNERS, add("\n[[value]]\nfrom = 2025-04-01\nvalue = 0.02\nkind = 'published'\nsource = 'register'\nwhere = 'Table 1'\n")
            , "M014", "", &["2023/24 to 2024/25"]).and(RETURNERS, swap("kind   =", "to     = 2023-03-31\nkind   =")),
        case("values that begin after the baseline", HOURS, swap("2021-04-01", "2024-04-01"), "M014", "value", &["2021/22 to 2023/24"]),
        case("no hours for the old", HOURS, swap("[[value]]\n", "[[value]]\nfor    = { age = '16-70' }\n"), "M014", "value", &["ages 71 to 75"]),
        case("no leaver rate for one group", LEAVERS_CSV, swap("medical,16-75,,,,0.05\n", ""), "M014", "", &["leaver_rate", "2022/23"]),
        case("no stock for one profession", STOCK, swap("'consultants'", "'nurses', place = 'QJK'"), "M014", "", &["stock_fte of Consultants"]),
        case("no intake for those in training at the baseline", INTAKE, swap("2010-09-01", "2021-09-01"), "M014", "", &["2019/20 to 2020/21"]),
        case("no share of one system in one setting", PLACE_SHARE_CSV, swap("QOX,ambulance,0.4\n", ""), "M014", "", &["place_share", "Ambulance", "Bath"])
            .and(PLACE_SHARE_CSV, swap("QJK,ambulance,0.6", "QJK,ambulance,1.0")),
        case("no growth for one setting", "books/small/demand/other_growth.csv", swap("community,0.02\n", ""), "M014", "", &["other_growth", "Community"]),
    ]));
}

#[test]
fn a_number_that_cannot_be_right_is_refused() {
    let refused = |id: &str, number: &str| {
        let (path, old, new) = first_value(id, number);
        case(&format!("`{id}` of {number}"), &path, swap(&old, &new), "M009", &new, &[id, "between"])
    };
    let numbers = ["-1e9", "1e9", "nan", "inf", "-inf", "1e300"];
    // A budget may well be 1e9.
    let refused_by = |number: &&str, spec: &muster_book::Spec| *number != "1e9" || spec.highest < 1e9;
    let generated = numbers.iter().flat_map(|number| {
        MEASURES.iter().filter(move |spec| refused_by(number, spec)).map(move |spec| refused(spec.id, number))
    });
    let wrong = |title, path, edit, line, words| case(title, path, edit, "M009", line, words);
    expect_all(generated.chain([
        wrong("a number too large to write", STOCK, swap("= 1000\n", "= 1e400\n"), "1e400", &[]),
        wrong("a number too large to write, in a table", EARNINGS_CSV, swap("35000", "1e400"), "nurses", &[]),
        wrong("a share a little above 1", FILL, swap("value  = 0.5", "value  = 1.01"), "1.01", &["1.01"]),
        wrong("a stock below nought", STOCK, swap("= 1000\n", "= -1\n"), "-1", &["-1"]),
        wrong("a value below its range", FILL, swap("value  = 0.5", "value  = 0.3"), "range", &["0.3", "0.4 to 0.6"]),
        wrong("a value above its range", FILL, swap("value  = 0.5", "value  = 0.7"), "range", &["0.7"]),
        wrong("a range with its ends the wrong way round", FILL, swap("[0.4, 0.6]", "[0.6, 0.4]"), "range", &["0.6 to 0.4"]),
        wrong("a range that reaches too far", FILL, swap("[0.4, 0.6]", "[0.4, 1.6]"), "range", &["1.6"]),
        wrong("a range with a number too large to write", FILL, swap("[0.4, 0.6]", "[0.4, 1e400]"), "range", &["too large"]),
        wrong("a range that is not a number", FILL, swap("[0.4, 0.6]", "[nan, 0.6]"), "range", &[]),
        wrong("a range in a table that reaches too far", LEAVERS_CSV, swap("0.25", "2.5"), "nursing,55-75", &["2.5"]),
        wrong("growth from nought", RETURNERS, swap("checked", "interpolation = 'growth'\nchecked"), "value", &["nought"])
            .and(RETURNERS, swap("value  = 0.01", "value  = 0.0")),
        wrong("a training grade of no years", PROFESSIONS, swap("stages   = 2", "stages   = 0"), "stages", &["1 to 15"]),
        wrong("a training grade of 400 years", PROFESSIONS, swap("stages   = 2", "stages   = 400"), "stages", &["400"]),
        wrong("a programme of no years", PROGRAMMES, swap("= 3", "= 0"), "length_years", &["1 to 12"]),
        wrong("a programme of 13 years", PROGRAMMES, swap("= 3", "= 13"), "length_years", &["13"]),
        wrong("an effect that is not a number", ACTIONS, swap("value = 0.8", "value = nan"), "nan", &["number"]),
        wrong("an effect without end", ACTIONS, swap("value = 0.8", "value = inf"), "inf", &["number"]),
        wrong("a cost that is not a number", ACTIONS, swap("gbp        = 1e6", "gbp        = nan"), "gbp", &["cost"]),
        wrong("a cost outside its range", ACTIONS, swap("gbp        = 1e6", "gbp        = 1e6\nrange      = [2e6, 3e6]"), "range", &["range"]),
        wrong("a skill mix of nought at the baseline", "books/small/demand/skill_mix.toml", swap("value  = 1.0", "value  = 0.0"), "value", &["skill mix"]),
    ]));
}

#[test]
fn an_unknown_name_is_named_and_the_right_one_suggested() {
    // The first `right` in quotes becomes `wrong`.
    let meant = |path, right: &str, wrong: &str| {
        let (old, new) = (format!("'{right}'"), format!("'{wrong}'"));
        let words = [format!("`{wrong}`"), format!("`{right}`")];
        let words = words.each_ref().map(String::as_str);
        case(&format!("{wrong} in {path}"), path, swap(&old, &new), "M010", &new, &words)
    };
    let misspelt = [
        meant(PROFESSIONS, "community", "comunity"),
        meant(PROGRAMMES, "nurses", "nurse"),
        meant(PROGRAMMES, "trainees", "trainee"),
        meant(MOVES, "associates", "asociates"),
        meant(MOVES, "nurses", "nures"),
        meant(MOVES, "posts", "post"),
        meant(STOCK, "associates", "associate"),
        meant(SHARES, "nursing", "nursng"),
        meant(SHARES, "acute", "acuet"),
        meant(MOVE_SHARE, "promotion", "promotions"),
        meant(INTAKE, "medicine", "medecine"),
        meant(HOURS, "published", "publishd"),
        meant(PLAN, "ENG", "EN"),
        meant(BOOK, "ENG", "ENGL"),
        meant(ACTIONS, "nursing-degree", "nurse-degree"),
        meant(ACTIONS, "nursing", "nursin"),
        meant(ACTIONS, "national", "nationl"),
        meant(ACTIONS, "train", "trian"),
        meant(ACTIONS, "multiply", "multiple"),
        meant(ACTIONS, "linear", "liner"),
        meant(SCENARIOS, "A2", "A22"),
        meant(CHECKS, "counterfactual", "counter-factual"),
        meant(CHECKS, "supply_fte", "suply_fte"),
        meant(CHECKS, "calibration", "callibration"),
        meant(CHECKS, "nursing-degree", "nursing_degree"),
        meant(TARGETS, "nurses", "nurs"),
        meant(TARGETS, "change", "chanje"),
    ];
    let unknown = |title, path, edit, line, words| case(title, path, edit, "M010", line, words);
    expect_all(misspelt.into_iter().chain([
        unknown("a group misspelt for a profession", PROFESSIONS, swap("group    = 'nursing'", "group    = 'nurseing'"), "nurseing", &["`nursing`"]),
        unknown("a grade that is none", SOURCE, swap("'A'", "'Z'"), "'Z'", &["A, B, C, D, J"]),
        unknown("a profession unlike any", STOCK, swap("'associates'", "'astronauts'"), "astronauts", &["no profession is called `astronauts`", "muster books list"]),
        unknown("a group unlike any", SHARES, swap("'nursing'", "'engineering'"), "engineering", &["no group is called"]),
        unknown("a setting unlike any", SHARES, swap("'acute'", "'hospice'"), "hospice", &["setting"]),
        unknown("a place unlike any", PLACE_SHARE_CSV, swap("QJK,acute", "ZZZZZZ,acute"), "ZZZZZZ", &["places.csv"]),
        unknown("a place misspelt in a table", PLACE_SHARE_CSV, swap("QJK,acute", "QJKK,acute"), "QJKK", &["`QJK`"]),
        unknown("a place in small letters", PLACE_SHARE_CSV, swap("QJK,acute", "qjk,acute"), "qjk", &["`QJK`"]),
        unknown("a group misspelt in a table", LEAVERS_CSV, swap("medical", "medicle"), "medicle", &["`medical`"]),
        unknown("a profession misspelt in a table", EARNINGS_CSV, swap("consultants", "consultant"), "consultant,", &["`consultants`"]),
        unknown("a setting misspelt in a table", "books/small/demand/use_by_age.csv", swap("mental_health", "mental health"), "mental health", &["`mental_health`"]),
        unknown("a kind misspelt in a table", LEAVERS_CSV, whole("group,age,kind,value\nnursing,16-75,publisht,0.1\n"), "publisht", &["published"]),
        unknown("a shape misspelt in a table", LEAVERS_CSV, whole("group,age,distribution,value\nnursing,16-75,normel,0.1\n"), "normel", &["normal"]),
        unknown("a shape misspelt", FILL, swap("range", "distribution = 'unifrom'\nrange"), "unifrom", &["`uniform`"]),
        unknown("an interpolation misspelt", HOURS, swap("checked", "interpolation = 'steps'\nchecked"), "steps", &["`step`"]),
        unknown("a tag misspelt in a check", CHECKS, swap("{ measure = 'supply_fte',", "{ measure = 'supply_fte', tag = 'docter',"), "docter", &["`doctor`"]),
        unknown("a group misspelt in a check", CHECKS, swap("{ measure = 'supply_fte',", "{ measure = 'supply_fte', group = 'nursin',"), "nursin", &["`nursing`"]),
        unknown("a place misspelt in a check", CHECKS, swap("{ measure = 'supply_fte',", "{ measure = 'supply_fte', place = 'QJL',"), "QJL", &["`QJK`"]),
        unknown("a setting misspelt in a check", CHECKS, swap("{ measure = 'supply_fte',", "{ measure = 'supply_fte', setting = 'acut',"), "acut", &["`acute`"]),
        unknown("a scenario nobody has written", CHECKS, swap("'counterfactual'", "'doomsday-by-2050'"), "doomsday", &["scenarios.toml"]),
        unknown("an action nobody has written", SCENARIOS, swap("['A2']", "['NATIONAL-17']"), "NATIONAL-17", &["actions.toml"]),
        unknown("programmes that are not listed", PROGRAMMES, Edit::Gone, "", &["programme"]).seen_in(INTAKE),
        unknown("moves that are not listed", MOVES, Edit::Gone, "", &["move"]).seen_in(MOVE_SHARE),
        unknown("an id with a capital", PROFESSIONS, swap("id       = 'nurses'", "id       = 'Nurses'"), "Nurses", &["small letters"]),
        unknown("an id with a space", PROGRAMMES, swap("'medicine'", "'medicine degree'"), "medicine degree", &["hyphens"]),
        unknown("an empty id", MOVES, swap("'top-up'", "''"), "id", &["id of a move"]),
        unknown("an empty id of a group", PROFESSIONS, swap("id    = 'medical'", "id    = ''"), "id", &["staff group"]),
    ]));
}

#[test]
fn a_number_without_a_source_or_a_reason_is_refused() {
    let by = |kind: &str| swap("kind   = 'published'", &format!("kind   = '{kind}'"));
    expect_all([
        case("a published value that does not say where it is printed", GROWTH, swap("where  = 'Table 1'\n", ""), "M011", "", &["where"]),
        case("an empty source", GROWTH, swap("source = 'register'", "source = ''"), "M011", "source", &["no source"]),
        case("a source without a file", GROWTH, swap("'register'", "'hearsay-in-the-corridor'"), "M011", "hearsay", &["sources/"]),
        case("a source misspelt", GROWTH, swap("'register'", "'registre'"), "M011", "registre", &["`register`"]),
        case("a table without a source", LEAVERS, swap("source = 'register'\n", ""), "M011", "nursing,16-54", &["no source"]).seen_in(LEAVERS_CSV),
        case("a table whose source is misspelt", LEAVERS, swap("'register'", "'registr'"), "M011", "registr", &["`register`"]),
        case("an action without a known source", ACTIONS, swap("'register'", "'regster'"), "M011", "regster", &["`register`"]),
        case("an effect without a known source", ACTIONS, swap("source  = 'register'", "source  = 'regster'"), "M011", "regster", &["`register`"]),
        case("a check without a known source", CHECKS, swap("'register'", "'regster'"), "M011", "regster", &["`register`"]),
        case("a target without a known source", TARGETS, swap("'register'", "'regster'"), "M011", "regster", &["`register`"]),
        case("a calibrated assumption without a known source", CALIBRATION, swap("'register'", "'regster'"), "M011", "source", &["`register`"]),
        case("a place without a known source", PLACES, swap("QOX,Bath,system,Y58,2020-04-01,,,register", "QOX,Bath,system,Y58,2020-04-01,,,regster"), "M011", "QOX", &["`register`"]),
        case("a source that is not there", SOURCE, Edit::Gone, "M011", "", &["register"]).seen_in(STOCK),
        case("a derived value without the sum", GROWTH, by("derived"), "M012", "", &["derived", "why"]),
        case("a judgement without a reason", FILL, by("judgement"), "M012", "", &["reason", "why"]),
        case("a judgement without a range", GROWTH, by("judgement"), "M012", "value", &["range"]),
        case("a judgement in a table without a range", EARNINGS, by("judgement"), "M012", "associates", &["range"]).seen_in(EARNINGS_CSV),
        case("a judgement in a table without a reason", LEAVERS, by("judgement"), "M012", "nursing,16-54", &["reason"]).seen_in(LEAVERS_CSV),
        case("one end of a range", LEAVERS_CSV, swap("0.08,0.12", "0.08,"), "M012", "nursing,16-54", &["both ends"]),
        case("an effect without a reason", ACTIONS, swap("why     = 'One in five stays.'\n", ""), "M012", "", &["why"]),
        case("a change without a reason", SCENARIOS, swap("why     = 'A round number.'\n", ""), "M012", "", &["why"]),
        case("an action without evidence", ACTIONS, swap("'Not known.'", "''"), "M012", "evidence", &["evidence"]),
        case("an action without an effect or the reason for none", ACTIONS, swap("'Nobody has measured it.'", "''"), "M012", "untracked_effect", &["untracked_effect"]),
    ]);
}

#[test]
fn a_thing_stated_twice_is_refused() {
    let block = |key: &str, from: &str| format!("\n[[value]]\n{key}from   = {from}\nvalue  = 0.5 # again\nkind   = \"published\"\nsource = \"register\"\nwhere  = \"Table 1\"\n");
    let twice = |title, path, edit, line, words| case(title, path, edit, "M013", line, words);
    let values = [
        twice("a value twice in one file", GROWTH, add(&block("", "2021-04-01").replace("0.5", "0.02")), "again", &["productivity_growth", "2021/22", "remove one"]),
        twice("a value twice in one financial year", GROWTH, add(&block("", "2022-01-01").replace("0.5", "0.02")), "again", &["2021/22"]),
        twice("a value in two files", "books/small/extra.toml", whole(small().text(GROWTH)), "value", &["productivity_growth is stated twice", "productivity_growth.toml"]),
        twice("a row twice in a table", LEAVERS_CSV, add("medical,16-75,,,,0.06\n"), "0.06", &["leaver_rate of Medical"]),
        twice("a value in a table and beside it", LEAVERS, add(&block("for    = { group = 'medical', age = '16-75' }\n", "2021-04-01")), "", &["leaver_rate of Medical"]).seen_in(""),
        twice("a value that runs into the next", GROWTH, add(&block("", "2023-04-01").replace("0.5", "0.02")), "again", &["2023/24", "`to`"])
            .and(GROWTH, swap("value ", "to     = 2024-03-31\nvalue ")),
        twice("age bands that overlap", AGES, add(&block("for    = { age = '60-70' }\n", "2021-04-01")), "again", &["60-70", "40-64", "overlap"]),
        twice("an age inside a band", AGES, add(&block("for    = { age = '64' }\n", "2021-04-01")), "again", &["64", "overlap"]),
        twice("age bands that overlap in a table", LEAVERS_CSV, add("nursing,50-60,,,,0.1\n"), "nursing,50-60", &["overlap"]),
    ];
    let same_id = |title, path, edit, line, words| case(title, path, edit, "M013", line, words);
    let folder = |title, path, edit, line, words| case(title, path, edit, "M024", line, words);
    let ids = [
        same_id("two groups of one id", PROFESSIONS, swap("id    = 'medical'", "id    = 'nursing'"), "nursing", &["staff group", "nursing"]),
        same_id("two professions of one id", PROFESSIONS, swap("id       = 'nurses'", "id       = 'associates'"), "associates", &["profession", "associates"]),
        same_id("two programmes of one id", PROGRAMMES, swap("'medicine'", "'nursing-degree'"), "nursing-degree", &["programme"]),
        same_id("two moves of one id", MOVES, swap("'apprenticeship'", "'top-up'"), "top-up", &["move"]),
        same_id("two actions of one id", ACTIONS, swap("'A2'", "'A1'"), "A1", &["action"]),
        same_id("two scenarios of one id", SCENARIOS, swap("'retention-only'", "'no-retention'"), "no-retention", &["scenario"]),
        same_id("a scenario called plan", SCENARIOS, swap("'no-retention'", "'plan'"), "plan", &["always exist"]),
        same_id("two checks of one id", CHECKS, swap("'intake'", "'opening'"), "opening", &["check"]),
        same_id("two targets of one id", TARGETS, add(&small().text(TARGETS)), "more-nurses", &["target"]),
        folder("two books of one id", PLAN, swap("['../../books/small']", "['../../books/small', '../../books/small']"), "id", &["book", "small"]).seen_in(BOOK),
        folder("a plan on no book", PLAN, swap("['../../books/small']", "[]"), "books", &["no book"]),
        folder("a book without professions", PROFESSIONS, whole("[[group]]\nid = \"nursing\"\ntitle = \"Nursing\"\n"), "", &["no profession"]),
        folder("a second book that lists professions of its own", "books/local/professions.toml", whole(small().text(PROFESSIONS)), "", &["first"])
            .and("books/local/book.toml", whole(quoted("id = 'local'\ntitle = 'A local book'\nplace = 'QJK'\n")))
            .and(PLAN, swap("small']", "small', '../../books/local']")),
        case("a scenario with and without", SCENARIOS, swap("without = ['A2']", "without = ['A2']\nonly = ['A1']"), "M022", "", &["not both"]),
        // The second file would silently take the place of the first.
        folder("two sources of one name", "sources/more/register.toml", whole(small().text(SOURCE)), "", &["register"]).seen_in(""),
    ];
    expect_all(values.into_iter().chain(ids));
}

#[test]
fn a_stress_test_that_cannot_be_is_refused() {
    let fault = |title, edit, line, words| case(title, STRESS, edit, "M022", line, words);
    let unknown = |title, edit, line, words| case(title, STRESS, edit, "M010", line, words);
    let number = |title, edit, line, words| case(title, STRESS, edit, "M009", line, words);
    let same = |title, edit, line, words| case(title, STRESS, edit, "M013", line, words);
    let late = "late      = [{ theme = 'train', years = 2 }]";
    let to = |new: &str| swap(late, &format!("late      = [{new}]"));
    expect_all([
        fault("a failure in which nothing goes wrong", swap(late, ""), "training-late", &["nothing goes wrong", "without"]),
        fault("a failure that is the plan", swap("scenario  = 'no-retention'\nkind", "scenario  = 'plan'\nkind"), "id        = 'no-retention'", &["nothing goes wrong"]),
        fault("what is late is not said", to("{ years = 2 }"), "years", &["a theme or an action"]),
        fault("a theme and an action", to("{ theme = 'train', action = 'A1', years = 2 }"), "A1", &["not both"]),
        fault("a theme in which nothing has an effect", to("{ theme = 'reform', years = 2 }"), "reform", &["has an effect"]),
        fault("an action without effect", to("{ action = 'A3', years = 2 }"), "A3", &["no effect"]),
        fault("a policy that does the whole plan", swap("only      = ['A2']\n", ""), "retain", &["`only`, `without` or `scenario`"]),
        fault("a policy in two ways", swap("only      = ['A2']", "only      = ['A2']\nscenario  = 'no-retention'"), "retain", &["not clear"]),
        fault("a policy with and without", swap("only      = ['A2']", "only      = ['A2']\nwithout   = ['A1']"), "retain", &["not both"]),
        unknown("an action that does not happen and is not known", swap("without   = ['A1']", "without   = ['A17']"), "A17", &["no action"]),
        unknown("a late action nobody knows", to("{ action = 'NATIONAL-17', years = 2 }"), "NATIONAL-17", &["actions.toml"]),
        unknown("a theme misspelt", to("{ theme = 'trane', years = 2 }"), "trane", &["`train`"]),
        unknown("a failure of a scenario nobody has written", swap("scenario  = 'no-retention'\nkind", "scenario  = 'no-retenton'\nkind"), "no-retenton", &["`no-retention`"]),
        unknown("a policy of a scenario nobody has written", swap("alone'\nscenario  = 'no-retention'", "alone'\nscenario  = 'doomsday'"), "doomsday", &["scenarios.toml"]),
        number("years before it was promised", to("{ theme = 'train', years = -2 }"), "-2", &["-2 years late", "1 to 60"]),
        number("no years late", to("{ theme = 'train', years = 0 }"), "0", &["1 to 60"]),
        number("later than anyone can wait", to("{ theme = 'train', years = 70000 }"), "70000", &["1 to 60"]),
        number("more than all of it", swap("share = 0.5 }, {", "share = 1.5 }, {"), "1.5", &["0", "1"]),
        number("less than nothing of it", swap("share = 0.5 }, {", "share = -0.5 }, {"), "-0.5", &["share"]),
        number("a share that is no number", swap("share = 0.5 }, {", "share = nan }, {"), "nan", &["share"]),
        same("two failures of one id", swap("'half-of-all'", "'training-late'"), "training-late", &["failures"]),
        same("two policies of one id", swap("id        = 'train'", "id        = 'retain'"), "retain", &["policies"]),
        same("a policy called plan", swap("id        = 'train'", "id        = 'plan'"), "plan", &["always exist"]),
        number("half a year late", to("{ theme = 'train', years = 1.5 }"), "1.5", &["whole number"]),
        case("years in words", STRESS, to("{ theme = 'train', years = 'two' }"), "M006", "two", &[]),
        case("a failure that says nothing", STRESS, swap("'Nurses leave as before.'", "''"), "M005", "about", &["about"]),
        case("a failure without a reason", STRESS, swap("why       = 'It has happened.'\n", ""), "M012", "no-retention", &["why"]),
        case("a failure without a known source", STRESS, swap("source    = 'register'", "source    = 'regster'"), "M011", "regster", &["`register`"]),
        case("a published failure printed nowhere", STRESS, swap("where     = 'Table 1'\n", ""), "M011", "register", &["where"]),
        case("a change of a measure nobody knows", STRESS, swap("'real_pay_growth'", "'real_pay_grow'"), "M007", "real_pay_grow", &["`real_pay_growth`"]),
        case("a field nobody knows", STRESS, swap("late      =", "later     ="), "M004", "later", &[]),
    ]);
}

#[test]
fn parts_of_a_whole_add_to_one() {
    let sum = |title, path, edit, line, words| case(title, path, edit, "M015", line, words);
    expect_all([
        sum("ages that add to less", AGES, swap("value  = 0.4", "value  = 0.3"), "value", &["age_share", "0.9", "add to 1"]),
        sum("ages that add to more", AGES, swap("value  = 0.4", "value  = 0.45"), "value", &["1.05"]),
        sum("settings that add to less", SHARES, swap("value  = 0.3", "value  = 0.2"), "value", &["setting_share", "0.9"]),
        sum("settings that add to more", SHARES, swap("value  = 0.3", "value  = 0.4"), "value", &["1.1"]),
        sum("ages of joiners", "books/small/supply/joiner_age_share.toml", swap("= 1.0", "= 0.7"), "0.7", &["joiner_age_share"]),
        sum("ages of students", "books/small/training/entry_age_share.toml", swap("= 1.0", "= 0.7"), "0.7", &["entry_age_share of Nursing degree"]),
        sum("shares of systems that add to less", PLACE_SHARE_CSV, swap("QOX,acute,0.4", "QOX,acute,0.3"), "acute", &["shares of England", "Acute", "0.9"]),
        sum("shares of systems that add to more", PLACE_SHARE_CSV, swap("QOX,acute,0.4", "QOX,acute,0.5"), "acute", &["shares of England", "Acute", "1.1"]),
    ]);
}

const LOCAL_HOURS: &str = "
measure = 'participation'
about   = 'Hours.'
unit    = 'FTE per head'
checked = 2026-01-31

[[value]]
for    = { place = 'PLACE' }
from   = 2021-04-01
value  = 0.8
kind   = 'published'
source = 'register'
where  = 'Table 1'
";

#[test]
fn a_value_for_the_wrong_thing_is_refused() {
    let wrong = |title, path, edit, line, words| case(title, path, edit, "M016", line, words);
    let keys = [
        wrong("a leaver rate for a programme", LEAVERS_CSV, whole("programme,value\nmedicine,0.1\n"), "medicine", &["leaver_rate", "programme"]),
        wrong("a leaver rate by setting", LEAVERS_CSV, whole("setting,value\nacute,0.1\n"), "acute", &["setting"]),
        wrong("an intake for a profession", INTAKE, swap("programme = 'medicine'", "profession = 'nurses'"), "profession", &["programme"]),
        wrong("an intake by age", INTAKE, swap("programme = 'medicine'", "programme = 'medicine', age = '18-20'"), "age", &["age"]),
        wrong("an intake for nothing", INTAKE, swap("for    = { programme = 'medicine' }\n", ""), "", &["programme"]),
        wrong("a move's share for nothing", MOVE_SHARE, swap("for    = { move = 'top-up' }\n", ""), "", &["move"]),
        wrong("on-costs of a profession", "books/small/money/on_cost.toml", swap("from ", "for    = { profession = 'nurses' }\nfrom "), "profession", &["on_cost"]),
        wrong("on-costs in a setting", "books/small/money/on_cost.toml", swap("from ", "for    = { setting = 'acute' }\nfrom "), "setting", &["setting"]),
        wrong("a profession and a group at once", STOCK, swap("profession = 'nurses'", "profession = 'nurses', group = 'nursing'"), "group", &["not both"]),
        wrong("a setting share without a setting", SHARES, swap(", setting = 'community'", ""), "value", &["setting"]),
        wrong("a setting in which a profession does not work", SHARES, swap("group = 'medical', setting = 'acute'", "profession = 'consultants', setting = 'ambulance'"), "ambulance", &["Consultants", "professions.toml"]),
        wrong("use of care without a setting", "books/small/demand/use_by_age.csv", whole("age,value\n0-90,1\n"), "0-90", &["setting"]),
        wrong("a share of England without a place", PLACE_SHARE_CSV, whole("setting,value\nacute,0.5\n"), "acute", &["place"]),
        wrong("a stock for a whole staff group", STOCK, swap("profession = 'nurses'", "group = 'nursing'"), "group", &["stock_fte", "profession"]),
        wrong("people from abroad for a whole staff group", "books/small/supply/international_headcount.toml", swap("profession = 'nurses'", "group = 'nursing'"), "group", &["international_headcount", "profession"]),
        wrong("people from abroad added to a whole staff group", ACTIONS, swap("measure = 'leaver_rate'\nfor     = { group = 'nursing' }\nhow     = 'multiply'", "measure = 'international_headcount'\nfor     = { group = 'nursing' }\nhow     = 'add'"), "group", &["each profession"]),
        wrong("a demand for everyone", DEMAND, swap("for    = { profession = 'nurses' }\n", ""), "", &["demand_fte", "profession"]),
        wrong("an amount for a region", STOCK, swap("profession = 'nurses'", "profession = 'nurses', place = 'Y58'"), "", &["South West", "region"]),
        wrong("a share of posts for a move of another kind", MOVE_SHARE, swap("'top-up'", "'apprenticeship'"), "apprenticeship", &["move_headcount"]),
        wrong("posts for a move of another kind", "books/small/supply/move_headcount.toml", swap("'apprenticeship'", "'top-up'"), "top-up", &["move_share"]),
        wrong("an effect for the wrong thing", ACTIONS, swap("{ group = 'nursing' }", "{ programme = 'medicine' }"), "programme", &["leaver_rate"]),
        wrong("an effect for nothing", ACTIONS, swap("for     = { programme = 'nursing-degree' }\n", ""), "", &["programme"]),
    ];
    let local = |place: &str| whole(quoted(LOCAL_HOURS).replace("PLACE", place));
    let book = |place: &str| whole(quoted(&format!("id = 'local'\ntitle = 'A local book'\nplace = '{place}'\n")));
    let two = swap("['../../books/small']", "['../../books/small', '../../books/local']");
    expect_all(keys.into_iter().chain([
        wrong("a local book that speaks for a place outside it", "books/local/hours.toml", local("QOX"), "QOX", &["QJK", "QOX"])
            .and("books/local/book.toml", book("QJK"))
            .and(PLAN, two.clone()),
        wrong("a local book that speaks for England", "books/local/hours.toml", local("ENG"), "ENG", &["QJK", "ENG"])
            .and("books/local/book.toml", book("QJK"))
            .and(PLAN, two.clone()),
        case("a local book of a place that is not listed", "books/local/book.toml", book("QJJ"), "M010", "QJJ", &["`QJK`"]).and(PLAN, two),
    ]));
}

#[test]
fn an_age_that_cannot_be_is_refused() {
    let age = |title, path, edit, line, words| case(title, path, edit, "M017", line, words);
    expect_all([
        age("too young for staff", AGES, swap("'20-39'", "'12-39'"), "12-39", &["16 to 75"]),
        age("too old for staff", AGES, swap("'40-64'", "'40-80'"), "40-80", &["16 to 75"]),
        age("too old for the population", "books/small/demand/population.toml", swap("'65-90'", "'65-105'"), "65-105", &["0 to 90"]),
        age("the older age first", AGES, swap("'20-39'", "'39-20'"), "39-20", &["39-20"]),
        age("an open band", AGES, swap("'40-64'", "'40+'"), "40+", &["25-34"]),
        age("a band in words", AGES, swap("'20-39'", "'under 40'"), "under 40", &["under 40"]),
        age("an empty age", AGES, swap("'20-39'", "''"), "age", &["age"]),
        age("no such age", AGES, swap("'20-39'", "'20-999'"), "20-999", &["20-999"]),
        age("an age too young in a table", LEAVERS_CSV, swap("16-54", "15-54"), "15-54", &["16 to 75"]),
        age("a band that a spreadsheet took for a date", LEAVERS_CSV, swap("16-54", "16-Apr"), "16-Apr", &["16-Apr"]),
        age("an age too old in an effect", ACTIONS, swap("{ group = 'nursing' }", "{ group = 'nursing', age = '55-99' }"), "55-99", &["16 to 75"]),
    ]);
}

#[test]
fn a_date_or_a_year_that_cannot_be_is_refused() {
    let date = |title, path, edit, line, words| case(title, path, edit, "M018", line, words);
    expect_all([
        date("a value that ends before it begins", GROWTH, swap("value ", "to     = 2020-03-31\nvalue "), "2020-03-31", &["ends before"]),
        date("a row that ends before it begins", LEAVERS_CSV, whole("from,to,value\n2022-04-01,2020-03-31,0.1\n"), "2020-03-31", &["ends before"]),
        date("a year long ago", GROWTH, swap("2021-04-01", "1021-04-01"), "1021", &["1900"]),
        date("a year far ahead", GROWTH, swap("2021-04-01", "9021-04-01"), "9021", &["2200"]),
        date("a date in a table with the day first", LEAVERS_CSV, swap("16-54,,", "16-54,01/04/2021,"), "01/04/2021", &["01/04/2021", "2022-04-01"]),
        date("a date in a table that is not in the calendar", LEAVERS_CSV, swap("16-54,,", "16-54,2021-02-30,"), "2021-02-30", &["not a date"]),
        date("a financial year for a date in a table", LEAVERS_CSV, swap("16-54,,", "16-54,2021/22,"), "2021/22", &["not a date"]),
        date("a plan from a calendar year", PLAN, swap("'2021/22'", "'2021'"), "from", &["2021/22"]),
        date("a plan from two years at once", PLAN, swap("'2021/22'", "'2021/23'"), "2021/23", &["2021/23"]),
        date("a plan to a date", PLAN, swap("'2026/27'", "'2027-03-31'"), "to", &["2027-03-31"]),
        date("a plan that ends before it starts", PLAN, swap("'2026/27'", "'2020/21'"), "to", &["2020/21"]),
        date("a plan of no years", PLAN, swap("'2026/27'", "'2021/22'"), "to", &["no year"]),
        date("a plan of a century", PLAN, swap("'2026/27'", "'2121/22'"), "to", &["60"]),
        date("a plan from another year than its book", PLAN, swap("'2021/22'", "'2022/23'"), "baseline", &["2022-03-31", "2023-03-31"]).seen_in(BOOK),
        date("a book from another year than its plan", BOOK, swap("2022-03-31", "2021-03-31"), "baseline", &["2021-03-31", "2020/21"]),
        date("a stock from a year after the baseline", STOCK, swap("2021-04-01", "2023-04-01"), "value", &["stock_fte", "2023/24"]),
        date("a price year that is a calendar year", EARNINGS, swap("'2022/23'", "'2022'"), "price_year", &["2022/23"]),
        date("the price year of an action that is a calendar year", ACTIONS, swap("'2022/23'", "'2022'"), "price_year", &["2021/22"]),
        date("a place that opens on no day", PLACES, swap("QOX,Bath,system,Y58,2020-04-01", "QOX,Bath,system,Y58,July 2022"), "July 2022", &["July 2022"]),
        date("a place that closes before it opens", PLACES, swap("QOX,Bath,system,Y58,2020-04-01,", "QOX,Bath,system,Y58,2020-04-01,2019-03-31"), "QOX", &[]),
    ]);
}

#[test]
fn a_fault_in_the_place_tree_is_shown_at_its_row() {
    let tree = |title, edit, line, words| case(title, PLACES, edit, "M019", line, words);
    expect_all([
        tree("a place listed twice", add("QJK,Devon again,system,Y58,,,,register\n"), "Devon again", &["twice"]),
        tree("a place of a parent that is not listed", swap("system,Y58,2020", "system,Y99,2020"), "Y99", &["Y99", "not listed"]),
        tree("a place that belongs to itself", swap("Devon,system,Y58", "Devon,system,QJK"), "Devon", &["itself"]),
        tree("places that belong to each other", swap("South West,region,ENG", "South West,region,QJK"), "South West", &["itself"]),
        tree("a region below a system", add("Y99,Far North,region,QJK,,,,register\n"), "Far North", &["higher level"]),
        tree("a system below a system", add("QZZ,Inner Devon,system,QJK,,,,register\n"), "Inner Devon", &["higher level"]),
        tree("a kind that is none", swap("Bath,system", "Bath,county"), "Bath", &["country, region, system or trust"]),
        tree("no kind", swap("Bath,system", "Bath,"), "Bath", &["country, region, system or trust"]),
        tree("a code that is none", swap("RA9,", "ra-9,"), "ra-9", &["capital letters"]),
        tree("no code", swap("RA9,", ","), "Torbay", &["code"]),
        tree("a place without a parent that is not a country", swap("Bath,system,Y58", "Bath,system,"), "Bath", &["parent"]),
        tree("a parent that is no code", swap("RA9,Torbay,trust,QJK", "RA9,Torbay,trust,Devon"), "Torbay", &["Devon"]),
        tree("a successor that is no code", swap("RA9,Torbay,trust,QJK,,,", "RA9,Torbay,trust,QJK,,2023-03-31,the next one"), "Torbay", &["the next one"]),
        tree("a successor that is not listed", swap("RA9,Torbay,trust,QJK,,,", "RA9,Torbay,trust,QJK,,2023-03-31,RZZ"), "Torbay", &["RZZ"]),
        tree("no England", swap("ENG,England,country,,,,,register\n", ""), "", &["ENG"]),
    ]);
}

#[test]
fn a_fault_in_the_moves_is_shown_at_the_move() {
    let another = |from: &str, to: &str, how: &str| {
        add(&format!("\n[[move]]\nid = 'another'\ntitle = 'Another move'\nfrom = '{from}'\nto = '{to}'\nhow = '{how}'\n"))
    };
    let value = |id: &str, value: f64| {
        add(&format!("\n[[value]]\nfor = {{ move = '{id}' }}\nfrom = 2021-04-01\nvalue = {value}\nkind = 'published'\nsource = 'register'\nwhere = 'Table 1'\n"))
    };
    let moves = |title, edit, line, words| case(title, MOVES, edit, "M020", line, words);
    expect_all([
        moves("a move that ends where it starts", another("nurses", "nurses", "rate"), "nurses", &["ends where it starts"]),
        moves("two moves in a circle", another("nurses", "associates", "rate"), "associates", &["nurses → associates → nurses"]),
        moves("three moves in a circle", another("consultants", "associates", "rate"), "", &["circle"])
            .and(MOVES, another("nurses", "trainees", "rate"))
            .and(MOVES, swap("id = 'another'", "id = 'one-more'")),
        moves("a share of completers where nobody completes", another("nurses", "consultants", "completion"), "", &["Nurses", "rate"]),
        moves("a rate out of a training grade", swap("how   = 'completion'", "how   = 'rate'"), "", &["Doctors in training", "completion"]),
        moves("completers who go to more places than there are completers", another("trainees", "nurses", "completion"), "value", &["Doctors in training", "everyone"])
            .and(MOVE_SHARE, value("another", 0.2))
            .seen_in(MOVE_SHARE),
        moves("rates that take more than everyone", another("associates", "consultants", "rate"), "value", &["Nursing associates", "2022/23"])
            .and(MOVE_SHARE, value("another", 0.96))
            .seen_in(MOVE_SHARE),
    ]);
}

#[test]
fn a_table_that_cannot_be_read_is_shown_at_its_row() {
    let table = |title, path, edit, line, words| case(title, path, edit, "M021", line, words);
    let latin: Vec<u8> = b"profession,value\nnurses,35000\ncaf\xe9,1\n".to_vec();
    let utf16: Vec<u8> = "\u{feff}profession,value\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let garbage: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    expect_all([
        table("a row with a cell too many", LEAVERS_CSV, swap("0.05", "0.05,0.06"), "0.06", &["7 cells", "6"]),
        table("a row with a cell too few", LEAVERS_CSV, swap("medical,16-75,,,,0.05", "medical,16-75,,,0.05"), "medical", &["5 cells"]),
        table("a row of one cell", LEAVERS_CSV, add("and so on\n"), "and so on", &["cell"]),
        table("an unknown column", LEAVERS_CSV, swap("group,", "grade,"), "grade,", &["grade"]),
        table("a misspelt column", LEAVERS_CSV, swap("group,", "gruop,"), "gruop,", &["`group`"]),
        table("a column with a capital", LEAVERS_CSV, swap("group,", "Group,"), "Group,", &["`group`"]),
        table("a column named twice", LEAVERS_CSV, swap("from,", "age,"), "age,age", &["twice"]),
        table("a column without a name", LEAVERS_CSV, swap("from,", ","), "group,age,,", &["column"]),
        table("no column of values", LEAVERS_CSV, swap(",value", ""), "", &["value"]),
        table("semicolons for commas", LEAVERS_CSV, whole("group;age;value\nnursing;16-75;0.1\n"), "group;age", &["comma"]),
        table("tabs for commas", LEAVERS_CSV, whole("group\tage\tvalue\nnursing\t16-75\t0.1\n"), "group\tage", &["comma"]),
        table("a quote that is not closed", LEAVERS_CSV, swap("nursing,16-54", "'nursing,16-54"), "nursing,16-54", &["quote"]),
        table("a quote that is not closed in the last cell", LEAVERS_CSV, swap("0.1\n", "'0.1\n"), "nursing,16-54", &["quote"]),
        table("an empty table", LEAVERS_CSV, whole(""), "", &["value"]),
        table("a header and no row", LEAVERS_CSV, whole("group,age,value\n"), "", &["row"]),
        table("a table of places without codes", PLACES, swap("code,", "cod,"), "cod,", &["code"]),
        table("an empty table of places", PLACES, whole(""), "", &["code"]),
        table("a web page for a table", LEAVERS_CSV, whole("<!DOCTYPE html>\n<html><body>Not found</body></html>\n"), "DOCTYPE", &[]),
        case("a row of a million letters", LEAVERS_CSV, add(&format!("{},16-54,,,,0.1\n", "x".repeat(1_000_000))), "M010", "xxx", &[]),
        case("a row of a million figures", LEAVERS_CSV, add(&format!("nursing,16,,,,{}\n", "9".repeat(1_000_000))), "M009", "999", &[]),
        case("Latin-1", EARNINGS_CSV, whole(latin), "M002", "", &["UTF-8"]),
        case("UTF-16", EARNINGS_CSV, whole(&utf16), "M002", "", &["UTF-8"]),
        case("UTF-16 for TOML", HOURS, whole(&utf16), "M002", "", &["UTF-8"]),
        case("a file of no kind of text", EARNINGS_CSV, whole(&garbage), "M002", "", &["UTF-8"]),
        case("a plan of no kind of text", PLAN, whole(&garbage), "M002", "", &["UTF-8"]),
        case("a spreadsheet for a table", EARNINGS_CSV, whole(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff\xfe"), "M002", "", &["CSV UTF-8"]),
    ]);
}

#[test]
fn how_a_table_was_saved_does_not_matter() {
    let same = |title: &str, path: &str, edit: &dyn Fn(String) -> String| {
        let text = edit(small().text(path));
        let found = faults(&small().with(path, whole(text)));
        assert!(found.is_empty(), "{title}:\n{}", listed(&found));
    };
    for path in [LEAVERS_CSV, PLACES, LEAVERS, PLAN, PROFESSIONS, SOURCE] {
        same("a byte-order mark", path, &|text| format!("\u{feff}{text}"));
        same("line ends of Windows", path, &|text| text.replace('\n', "\r\n"));
        same("both", path, &|text| format!("\u{feff}{}", text.replace('\n', "\r\n")));
        same("no line end at the end", path, &|text| text.trim_end().to_owned());
        same("blank lines at the end", path, &|text| format!("{text}\n\n\n"));
    }
    same("spaces round cells", LEAVERS_CSV, &|text| text.replace(',', " , "));
    same("cells in quotes", LEAVERS_CSV, &|text| text.replace("nursing", "\"nursing\""));
    same("blank lines between", LEAVERS_CSV, &|text| text.replace('\n', "\n\n"));
    same("columns in another order", EARNINGS_CSV, &|text| {
        let turned = |line: &str| line.split_once(',').map(|(first, second)| format!("{second},{first}\n"));
        text.lines().filter_map(turned).collect()
    });
    same("text over two lines in quotes", EARNINGS_CSV, &|text| {
        text.replace("value\n", "value,why\n").replace("000\n", "000,\"one\ntwo, three\"\n")
    });
}

#[test]
fn a_fault_below_blank_and_quoted_lines_is_still_shown_at_its_row() {
    let rows = "profession,why,value\n\n\nnurses,\"one\ntwo, three\",35000\n\nconsultant,,110000\n";
    for text in [rows.to_owned(), rows.replace('\n', "\r\n"), format!("\u{feff}{rows}")] {
        let found = faults(&small().with(EARNINGS_CSV, whole(text)));
        let wrong = found.iter().find(|found| found.message.contains("`consultant`")).unwrap();
        assert_eq!((wrong.location.line, wrong.location.column), (7, 1), "{}", listed(&found));
    }
}

const ANOTHER_ACTION: &str = "
[[action]]
id       = 'A4'
title    = 'Nearly everyone leaves'
theme    = 'retain'
owner    = { organisation = 'NHS England', role = 'Director' }
level    = 'national'
due      = 2026-03-31
source   = 'register'
evidence = 'None.'

[[action.effect]]
measure = 'leaver_rate'
how     = 'add'
path    = [{ from = 2024-04-01, value = 0.95 }]
kind    = 'published'
source  = 'register'
where   = 'Table 1'
";

#[test]
fn a_fault_in_an_action_is_shown() {
    let action = |title, edit, line, words| case(title, ACTIONS, edit, "M022", line, words);
    expect_all([
        action("an effect with an empty path", swap("[{ from = 2024-04-01, value = 0.8 }]", "[]"), "path", &["dated value"]),
        action("dates out of order", swap("from = 2022-09-01", "from = 2027-09-01"), "path", &["order"]),
        action("two dates in one financial year", swap("from = 2026-09-01", "from = 2023-03-31"), "path", &["one financial year"]),
        action("delivery that cannot be full", swap("[0.5, 1.1]", "[0.5, 0.9]"), "range", &["1"]),
        action("delivery that cannot be partial", swap("[0.5, 1.1]", "[1.5, 2.0]"), "range", &["[0.5, 1.1]"]),
        action("delivery that is not a number", swap("[0.5, 1.1]", "[nan, 1.1]"), "range", &[]),
        action("an effect and the reason for none", swap("'Flexible work keeps people.'", "'Flexible work.'\nuntracked_effect = 'None.'"), "A2", &["not both"]),
        action("neither an effect nor the reason for none", swap("untracked_effect = 'Nobody has measured it.'\n", ""), "A3", &["untracked_effect"]),
        action("an effect that takes a rate above 1", swap("value = 0.8", "value = 8.0"), "path", &["A2", "leaver_rate", "2024/25"]),
        action("an effect that takes an intake below nought", swap("value = 3000", "value = -3000"), "path", &["A1", "training_intake of Nursing degree"]),
        action("two effects that take a rate above 1 together", add(ANOTHER_ACTION), "0.95", &["A4"]),
        action("an effect on a stock, which is read once", swap("measure = 'leaver_rate'", "measure = 'stock_fte'"), "stock_fte", &["stock_fte"])
            .and(ACTIONS, swap("{ group = 'nursing' }", "{ profession = 'nurses' }")),
    ]);
    // Scenarios besides the plan are not part of this table's runs, so this one is asked for by name.
    let plan = small().with(SCENARIOS, swap("value = 0.01", "value = 0.9")).plan();
    let found = plan.resolve(plan.scenario("retention-only").unwrap(), &runs(&plan)[0], Step::Year).unwrap_err();
    assert!(found.iter().all(|found| found.code == "M022" && found.location.file.ends_with(SCENARIOS)), "{}", listed(&found));
    assert!(found.iter().all(|found| unclear(found).is_none()));
}

#[test]
fn an_effect_that_cannot_be_is_reported_once_and_not_for_each_age_and_year() {
    let found = faults(&small().with(ACTIONS, swap("value = 0.8", "value = 8.0")));
    assert_eq!(found.len(), 1, "{}", listed(&found));
}

#[test]
fn a_fault_in_a_check_or_target_is_shown() {
    let check = |title, edit, line, words| case(title, CHECKS, edit, "M023", line, words);
    let expect = |text: &str| swap("{ near = 13000, within = 0.001 }", text);
    let figure = |text: &str| swap("{ measure = 'supply_fte', year = '2021/22' }", text);
    let checks = [
        check("nothing expected", expect("{}"), "expect", &["at_least"]),
        check("two things expected", expect("{ at_least = 1, near = 13000, within = 0.1 }"), "expect", &["at_least"]),
        check("at least and at most", expect("{ at_least = 1, at_most = 2 }"), "expect", &["between"]),
        check("near, and not how near", expect("{ near = 13000 }"), "expect", &["within"]),
        check("how near, and not to what", expect("{ within = 0.1 }"), "expect", &["near"]),
        check("nearer than nothing", expect("{ near = 13000, within = -0.1 }"), "expect", &["within"]),
        check("between the wrong way round", expect("{ between = [2, 1] }"), "expect", &["between"]),
        check("at least what is not a number", expect("{ at_least = nan }"), "expect", &[]),
        check("a year before the plan", figure("{ measure = 'supply_fte', year = '2019/20' }"), "2019/20", &["2021/22 to 2026/27"]),
        check("a year after the plan", figure("{ measure = 'supply_fte', year = '2036/37' }"), "2036/37", &["2021/22 to 2026/27"]),
        check("a year that is none", figure("{ measure = 'supply_fte', year = '2021' }"), "2021", &["2021/22"]),
        check("a flow in the baseline year", figure("{ measure = 'leaver_rate', year = '2021/22' }"), "2021/22", &["2022/23"]),
        check("since, and not as what", figure("{ measure = 'supply_fte', year = '2025/26', since = '2021/22' }"), "figure", &["as = "]),
        check("a change, and not since when", figure("{ measure = 'supply_fte', year = '2025/26', as = 'change' }"), "figure", &["since"]),
        check("since a later year", figure("{ measure = 'supply_fte', year = '2022/23', since = '2025/26', as = 'change' }"), "figure", &["2025/26"]),
        check("since a year before the plan", figure("{ measure = 'supply_fte', year = '2022/23', since = '2011/12', as = 'change' }"), "2011/12", &["2021/22"]),
        check("a training figure for a profession", figure("{ measure = 'training_intake', profession = 'nurses', year = '2022/23' }"), "figure", &["training_intake", "programme"]),
        check("a training figure for a setting", figure("{ measure = 'training_completions', setting = 'acute', year = '2022/23' }"), "figure", &["training_completions"]),
        check("a staff figure for a programme", figure("{ measure = 'supply_fte', programme = 'medicine', year = '2022/23' }"), "figure", &["supply_fte", "profession"]),
        check("a tag that nobody in the group has", figure("{ measure = 'supply_fte', group = 'nursing', tag = 'doctor', year = '2022/23' }"), "figure", &["nursing", "doctor"]),
        check("between a number and none", expect("{ between = [1, nan] }"), "expect", &[]),
        check("a profession that is not of the group asked for", figure("{ measure = 'supply_fte', profession = 'nurses', group = 'medical', year = '2022/23' }"), "figure", &["nurses", "medical"]),
    ];
    let target = case("a target for a year after the plan", TARGETS, swap("'2026/27'", "'2031/32'"), "M023", "2031/32", &["2026/27"]);
    expect_all([target].into_iter().chain(checks));
}

#[test]
fn a_range_that_its_distribution_does_not_fit_is_refused_with_what_would_fit() {
    let unfit = |title, edit, line, words: &[&str]| case(title, FILL, edit, "M025", line, words);
    let metalog = |quantiles: &str, value: &str| {
        let number = format!("value  = {value}\ndistribution = 'metalog'\nquantiles = {quantiles}");
        swap("value  = 0.5\nrange  = [0.4, 0.6]", &number)
    };
    let delivered = |title, new: &str, words: &[&str]| {
        let line = new.split('\n').next().unwrap_or_default();
        case(title, ACTIONS, swap("range   = [0.5, 1.1]", new), "M025", line, words)
    };
    expect_all([
        unfit("a uniform whose middle is not the value", swap("range  = [0.4, 0.6]", "range  = [0.4, 0.9]\ndistribution = 'uniform'"), "0.4, 0.9", &["0.65", "leave"]),
        unfit("a normal that is lopsided", swap("range  = [0.4, 0.6]", "range  = [0.45, 0.9]\ndistribution = 'normal'"), "0.45, 0.9", &["5%"]),
        unfit("a metalog without quantiles", swap("range  = [0.4, 0.6]", "range  = [0.4, 0.6]\ndistribution = 'metalog'"), "metalog", &["none are stated", "quantiles = [[0.1"]),
        unfit("quantiles without a metalog", swap("range  = [0.4, 0.6]", "range  = [0.4, 0.6]\nquantiles = [[0.1, 0.4], [0.5, 0.5], [0.9, 0.6]]"), "quantiles", &["distribution = \"metalog\""]),
        unfit("quantiles whose mean is another", metalog("[[0.1, 0.3], [0.5, 0.4], [0.9, 0.5]]", "0.5"), "quantiles", &["mean of 0.4", "write 0.4"]),
        unfit("two quantiles", metalog("[[0.1, 0.4], [0.9, 0.6]]", "0.5"), "quantiles", &["3 to 10"]),
        unfit("quantiles out of order", metalog("[[0.5, 0.5], [0.1, 0.4], [0.9, 0.6]]", "0.5"), "quantiles", &["put them in order"]),
        unfit("quantiles that no curve goes through", metalog("[[0.1, 0.1], [0.5, 0.59], [0.9, 0.6]]", "0.5"), "quantiles", &["no metalog"]),
        unfit("quantiles beyond what can be", metalog("[[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]]", "0.5"), "quantiles", &["0 to 1"]),
        case("a quantile of one number", FILL, metalog("[[0.1], [0.5, 0.5], [0.9, 0.6]]", "0.5"), "M006", "quantiles", &["a list of 1", "a chance and a value"]),
        case("a metalog in a table", LEAVERS_CSV, whole("group,age,distribution,value\nnursing,16-75,metalog,0.1\n"), "M025", "metalog", &["[[value]]"]),
        case("a metalog for a table", LEAVERS, swap("kind ", "distribution = 'metalog'\nkind "), "M025", "metalog", &["no place for the quantiles"]),
        delivered("a uniform delivery whose middle is not all of it", "distribution = 'uniform'\nrange   = [0.5, 1.1]", &["0.8", "the whole effect, 1"]),
        delivered("a delivery as a metalog", "distribution = 'metalog'\nrange   = [0.5, 1.1]", &["no quantiles"]),
        delivered("a distribution without a range", "distribution = 'normal'", &["no range", "add range"]),
    ]);
}

#[test]
fn a_path_that_cannot_be_is_refused() {
    let path = |path: &str| swap("unit ", &format!("path = {path}\nunit "));
    let refused = |title, edit, words: &[&str]| case(title, LEAVERS, edit, "M025", "path", words);
    let local = "measure = \"leaver_rate\"\nabout = \"Leavers.\"\nunit = \"share of opening headcount, per year\"\nchecked = 2026-01-31\npath = \"random_walk\"\n\n\
                 [[value]]\nfor = { group = \"nursing\" }\nfrom = 2021-04-01\nvalue = 0.1\nrange = [0.05, 0.15]\nkind = \"published\"\nsource = \"register\"\nwhere = \"Table 2\"\n";
    let mut second = case("two files of one assumption with two paths", PLAN, swap("'A small plan'", "'A plan'"), "M025", "value", &["`random_walk`", "`fixed`", "same `path`"])
        .seen_in("books/local/values.toml");
    second.edits = local_book(local);
    expect_all([
        refused("a path that grows without end", path("{ autoregressive = 1.0 }"), &["cannot be 1", "0.7"]),
        case("a path misspelt", LEAVERS, path("'random walk'"), "M010", "path", &["`random_walk`"]),
        case("a path with another name for its number", LEAVERS, path("{ autoregresive = 0.7 }"), "M004", "path", &["`autoregressive`"]),
        case("a path without its number", LEAVERS, path("{ }"), "M005", "path", &["autoregressive"]),
        case("a path that is a number", LEAVERS, path("0.7"), "M006", "path", &["random_walk"]),
        case("a path for what is read once", STOCK, path("'random_walk'"), "M025", "path", &["read once"]),
        case("a path for parts of a whole", AGES, path("{ autoregressive = 0.5 }"), "M025", "path", &["parts of a whole"]),
        second,
    ]);
}

/// What a second book for Devon changes.
fn local_book(values: &str) -> Vec<(String, Edit)> {
    [
        ("books/local/book.toml", whole("id = \"local\"\ntitle = \"A local book\"\nplace = \"QJK\"\n")),
        ("books/local/values.toml", whole(values)),
        (PLAN, swap("small']", "small', '../../books/local']")),
    ]
    .map(|(path, edit)| (path.to_owned(), edit))
    .to_vec()
}

/// A group with these lines, in place of good ones.
fn group_with(lines: &str) -> Edit {
    let rest = "id = 'staff'\ntitle = 'Staff'\nabout = 'They move together.'\nkind = 'judgement'\nsource = 'judgement'\nwhy = 'A guess.'";
    whole(quoted(&format!("[[group]]\n{rest}\n{lines}\n")))
}

/// A whole file with one of its texts changed.
fn swapped(file: Edit, old: &str, new: &str) -> Edit {
    let Edit::Whole(bytes) = file else { panic!("a whole file is changed") };
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains(&quoted(old)), "{text} does not hold {old}");
    whole(text.replacen(&quoted(old), &quoted(new), 1))
}

#[test]
fn a_group_that_cannot_move_together_is_refused() {
    let members = "members = [{ measure = 'leaver_rate' }, { measure = 'temporary_fill' }]";
    let with = |correlation: &str| group_with(&format!("{members}\ncorrelation = {correlation}"));
    let of = |members: &str| group_with(&format!("members = [{members}]\ncorrelation = 0.5"));
    let refused = |title, edit, line, words: &[&str]| case(title, GROUPS, edit, "M025", line, words);
    let in_plan = |title, edit, code, line, words: &[&str]| case(title, PLAN_GROUPS, edit, code, line, words);
    let two = |first: &str, second: &str| {
        let text = |id: &str, members: &str| {
            format!("[[group]]\nid = '{id}'\ntitle = 'Staff'\nabout = 'Together.'\nmembers = [{members}]\ncorrelation = 0.5\nkind = 'judgement'\nsource = 'judgement'\nwhy = 'A guess.'\n")
        };
        whole(quoted(&(text("one", first) + &text("two", second))))
    };
    expect_all([
        refused("a correlation above 1", with("1.5"), "correlation", &["cannot be 1.5", "-1"]),
        refused("a correlation that is no number", with("nan"), "correlation", &["correlation cannot be"]),
        refused("too few rows", with("[[1.0, 0.2]]"), "correlation", &["1 rows", "2 members"]),
        refused("a row that is too long", with("[[1.0, 0.2], [0.2, 1.0, 0.1]]"), "correlation", &["row 2", "3 numbers", "2 members"]),
        refused("rows that disagree", with("[[1.0, 0.2], [0.3, 1.0]]"), "correlation", &["0.2", "0.3", "both rows"]),
        refused("a matrix with a number above 1", with("[[1.0, 2], [2, 1.0]]"), "correlation", &["cannot be 2"]),
        refused("a member that nothing answers to", of("{ measure = 'leaver_rate' }, { measure = 'demand_fte' }"), "members", &["`demand_fte`", "range"]),
        refused("a member of the wrong subject", of("{ measure = 'leaver_rate', for = { group = 'medical' } }, { measure = 'temporary_fill' }"), "members", &["`leaver_rate`"]),
        refused("parts of a whole", of("{ measure = 'age_share' }, { measure = 'temporary_fill' }"), "members", &["parts of a whole"]),
        refused("a member named twice", of("{ measure = 'leaver_rate' }, { measure = 'leaver_rate', for = { group = 'nursing' } }"), "members", &["twice"]),
        refused("one assumption alone", of("{ measure = 'temporary_fill' }"), "id", &["no two uncertain assumptions"]),
        refused("a member that is two things", of("{ measure = 'temporary_fill', delivery = 'A1' }"), "members", &["not both"]),
        refused("a member that is nothing", of("{ }"), "members", &["neither"]),
        refused("a delivery in a book", of("{ delivery = 'A1' }, { measure = 'temporary_fill' }"), "members", &["folder of the plan"]),
        refused("an assumption in two groups", two("{ measure = 'leaver_rate' }, { measure = 'temporary_fill' }", "{ measure = 'temporary_fill' }, { measure = 'international_headcount' }"), "members", &["`one` and `two`"]),
        refused("members with different paths", of("{ measure = 'leaver_rate' }, { measure = 'temporary_fill' }"), "members", &["`random_walk`", "same `path`"]).and(LEAVERS, swap("unit ", "path = 'random_walk'\nunit ")),
        case("two groups of one name", GROUPS, swapped(two("{ measure = 'leaver_rate' }, { measure = 'temporary_fill' }", "{ measure = 'temporary_fill' }"), "'two'", "'one'"), "M013", "id", &["`one`"]),
        case("a measure misspelt in a group", GROUPS, of("{ measure = 'leaver_rates' }, { measure = 'temporary_fill' }"), "M007", "members", &["leaver_rates"]),
        case("an age in a group", GROUPS, of("{ measure = 'leaver_rate', for = { age = '16-24' } }, { measure = 'temporary_fill' }"), "M016", "members", &["leave out the age"]),
        case("a setting that the measure has not", GROUPS, of("{ measure = 'leaver_rate', for = { setting = 'acute' } }, { measure = 'temporary_fill' }"), "M016", "members", &["leave out the setting"]),
        case("a profession misspelt in a group", GROUPS, of("{ measure = 'leaver_rate', for = { profession = 'nurse' } }, { measure = 'temporary_fill' }"), "M010", "members", &["`nurses`"]),
        case("a group without a definition", GROUPS, swapped(with("0.5"), "They move together.", " "), "M005", "about", &["what moves together"]),
        case("a group without a reason", GROUPS, swapped(with("0.5"), "A guess.", ""), "M012", "id", &["`why`"]),
        case("a group whose source is not there", GROUPS, swapped(with("0.5"), "source = 'judgement'", "source = 'judgment'"), "M011", "source", &["`judgement`"]),
        case("a published group that says no place", GROUPS, swapped(with("0.5"), "kind = 'judgement'", "kind = 'published'"), "M011", "source", &["`where`"]),
        case("correlations that are words", GROUPS, with("'high'"), "M006", "correlation", &["from -1 to 1"]),
        in_plan("an action that is not there", of("{ delivery = 'A9' }, { measure = 'temporary_fill' }"), "M010", "members", &["`A9`"]),
        in_plan("an action that is certain", of("{ delivery = 'A2' }, { measure = 'temporary_fill' }"), "M025", "members", &["`A2`", "range"]),
        in_plan("a delivery for somebody", of("{ delivery = 'A1', for = { group = 'nursing' } }, { measure = 'temporary_fill' }"), "M025", "members", &["leave out `for`"]),
    ]);
}

#[test]
fn a_group_does_not_bury_what_is_wrong_with_its_members() {
    let group = group_with("members = [{ measure = 'leaver_rate' }, { measure = 'temporary_fill' }]\ncorrelation = 0.5");
    let changed = small().with(GROUPS, group).with(LEAVERS, swap("'register'", "'registr'"));
    assert_eq!(codes(&changed), ["M011"]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let unread = |path: &str, edit: Edit, seen: &str| {
        let what = if matches!(edit, Edit::Folder) { "a folder stands for" } else { "there is no" };
        case(&format!("{what} {path}"), path, edit, "M001", "", &[]).seen_in(seen)
    };
    let gone = [PLAN, BOOK, PROFESSIONS, PLACES];
    let folders = [PLAN, BOOK, PROFESSIONS, PROGRAMMES, MOVES, PLACES, ACTIONS, SCENARIOS, CHECKS, TARGETS, CALIBRATION];
    let gone = gone.map(|path| unread(path, Edit::Gone, path));
    let folders = folders.map(|path| unread(path, Edit::Folder, path));
    // A table is named by the line `file = …` of its assumption file.
    let table = |path: &str, edit: Edit| Case { line: "file ".to_owned(), ..unread(path, edit, &path.replace(".csv", ".toml")) };
    let tables = [LEAVERS_CSV, EARNINGS_CSV, PLACE_SHARE_CSV].into_iter().flat_map(|path| [table(path, Edit::Gone), table(path, Edit::Folder)]);
    expect_all(gone.into_iter().chain(folders).chain(tables).chain([
        case("a book that is not where the plan says", PLAN, swap("books/small", "books/smal"), "M001", "", &[]).seen_in(""),
        case("sources that are not where the plan says", PLAN, swap("../../sources", "../../source"), "M001", "", &[]).seen_in("source"),
        case("sources that are a file", PLAN, swap("'../../sources'", "'plan.toml'"), "M001", "", &[]).seen_in(""),
        case("a second book that is not there", PLAN, swap("small']", "small', '../../books/other']"), "M001", "", &[]).seen_in("books/other/book.toml"),
        case("a table by another name", LEAVERS, swap("leaver_rate.csv", "leavers.csv"), "M001", "leavers.csv", &["leavers.csv", "not there"]),
        case("a calibrated file that is not there", CALIBRATION, swap("leaver_rate.toml", "leavers.toml"), "M001", "file", &["supply/leavers.toml", "`supply/leaver_rate.toml`"]),
    ]));
}

/// The codes of everything that is wrong.
fn codes(changed: &Small) -> Vec<&'static str> {
    faults(changed).iter().map(|found| found.code).collect()
}

#[test]
fn one_slip_does_not_bury_its_cause_under_what_follows_from_it() {
    let profession = small().with(PROFESSIONS, swap("group    = 'nursing'", "group    = 'nurseing'"));
    assert_eq!(codes(&profession), ["M010"], "what names a profession is not read");
    assert_eq!(codes(&small().with(MOVES, swap("'rate'", "'completion'"))), ["M020"]);
    assert_eq!(codes(&small().with(PLACES, swap("RA9,", "ra-9,"))), ["M019"]);
    assert_eq!(codes(&small().with(SOURCE, swap("grade ", "grades "))), ["M004"], "the id is known all the same");
    assert_eq!(codes(&small().with(PLAN, swap("../../sources", "../../source"))), ["M001"]);
    assert_eq!(codes(&small().with(LEAVERS, swap("'register'", "'registr'"))), ["M011"], "once, and not for each row");
    assert_eq!(codes(&small().with(LEAVERS_CSV, swap("0.1\n", "'0.1\n"))), ["M021"]);
    assert!(codes(&small().with(LEAVERS, whole("a b\n".repeat(100)))).len() <= 3);
}

#[test]
fn an_amount_for_a_group_may_be_multiplied() {
    let effect = "measure = 'international_headcount'\nfor     = { group = 'nursing' }";
    let changed = small().with(ACTIONS, swap("measure = 'leaver_rate'\nfor     = { group = 'nursing' }", effect));
    assert!(faults(&changed).is_empty());
}

#[test]
fn several_faults_in_several_files_are_reported_at_once() {
    let broken = small()
        .with(GROWTH, swap("value  = 0.01", "value  = 0.5"))
        .with(HOURS, swap("\"FTE per head\"", "\"hours\""))
        .with(HOURS, swap("kind   =", "kinds  ="))
        .with(LEAVERS_CSV, swap("nursing,16-54", "nurses,16-54"))
        .with(LEAVERS_CSV, swap("nursing,55-75", "nursing,55-95"))
        .with(LEAVERS_CSV, swap("0.05", "five"))
        .with(ACTIONS, swap("\"nursing-degree\"", "\"nursing\""))
        .with(SCENARIOS, swap("[\"A2\"]", "[\"A9\"]"))
        .with(CHECKS, swap("\"2021/22\"", "\"2051/52\""))
        .with(TARGETS, swap("at_least", "at_leest"))
        .with(CALIBRATION, swap("\"register\"", "\"regster\""))
        .with("sources/judgement.toml", swap("grade ", "grades "));
    let found = faults(&broken);
    let expected = [
        ("M009", GROWTH),
        ("M008", HOURS),
        ("M004", HOURS),
        ("M010", LEAVERS_CSV),
        ("M017", LEAVERS_CSV),
        ("M006", LEAVERS_CSV),
        ("M010", ACTIONS),
        ("M010", SCENARIOS),
        ("M023", CHECKS),
        ("M004", TARGETS),
        ("M011", CALIBRATION),
        ("M004", "sources/judgement.toml"),
    ];
    for (code, file) in expected {
        let is_it = |found: &&Diagnostic| found.code == code && found.location.file.ends_with(file);
        assert!(found.iter().any(|found| is_it(&found)), "{code} in {file} is expected among\n{}", listed(&found));
    }
    assert!(found.is_sorted_by_key(|found| (found.location.file.clone(), found.location.line)), "by file and line");
    assert_eq!(found, faults(&broken), "the same each time");
}

/// A careless edit of a file.
#[derive(Debug, Clone)]
enum Slip {
    DeleteByte(usize),
    SetByte(usize, u8),
    DeleteLine(usize),
    DoubleLine(usize),
    SwapLines(usize, usize),
    ReplaceToken(usize, &'static str),
}

impl Slip {
    fn any() -> impl Strategy<Value = Self> {
        let at = 0_usize..5000;
        let tokens = ["", "nan", "-1", "1e400", "\"", "[", "]]", "{", ",", "\u{feff}", "é", "0"];
        let names = ["nurses", "QJK", "2022-04-01", "growth", "16-75"];
        prop_oneof![
            at.clone().prop_map(Self::DeleteByte),
            (at.clone(), any::<u8>()).prop_map(|(at, byte)| Self::SetByte(at, byte)),
            at.clone().prop_map(Self::DeleteLine),
            at.clone().prop_map(Self::DoubleLine),
            (at.clone(), at.clone()).prop_map(|(a, b)| Self::SwapLines(a, b)),
            (at, prop::sample::select([tokens.as_slice(), &names].concat())).prop_map(|(at, token)| Self::ReplaceToken(at, token)),
        ]
    }

    fn make(&self, bytes: &[u8]) -> Vec<u8> {
        let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let (count, length) = (lines.len().max(1), bytes.len().max(1));
        match *self {
            _ if bytes.is_empty() => Vec::new(),
            Self::DeleteByte(at) => [&bytes[..at % length], &bytes[at % length + 1..]].concat(),
            Self::SetByte(at, byte) => [&bytes[..at % length], &[byte], &bytes[at % length + 1..]].concat(),
            Self::DeleteLine(at) => {
                lines.remove(at % count);
                lines.concat()
            }
            Self::DoubleLine(at) => {
                lines.insert(at % count, lines[at % count]);
                lines.concat()
            }
            Self::SwapLines(a, b) => {
                lines.swap(a % count, b % count);
                lines.concat()
            }
            Self::ReplaceToken(at, token) => {
                let text = String::from_utf8_lossy(bytes).into_owned();
                let is_part = |c: char| c.is_alphanumeric() || "-_.".contains(c);
                let words: Vec<&str> = text.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect();
                match words.get(at % words.len().max(1)) {
                    Some(word) => text.replacen(*word, token, 1).into_bytes(),
                    None => text.into_bytes(),
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn careless_edits_never_panic_and_are_explained(slips in prop::collection::vec((0_usize..1000, Slip::any()), 1..4)) {
        let mut changed = small();
        let paths = changed.paths();
        for (file, slip) in &slips {
            let path = &paths[file % paths.len()];
            let bytes = slip.make(changed.bytes(path));
            changed = changed.with(path, whole(bytes));
        }
        for found in faults(&changed) {
            prop_assert!(!found.message.is_empty() && !found.help.is_empty(), "{found}");
            prop_assert!(found.location.line >= 1 && found.location.column >= 1, "{found}");
        }
    }
}

const BANDS: &str = "books/small/pay_bands.toml";

fn bands(mix: &str) -> Edit {
    let passport = "kind = 'published'\nsource = 'register'\nwhere = 'Table 1'\n";
    let bands = "[[band]]\nid = 'low'\ntitle = 'Low'\nearnings = 2.0\n\n[[band]]\nid = 'high'\ntitle = 'High'\nearnings = 3.0\n";
    whole(quoted(&format!("about = 'Two bands.'\n\n[earnings]\n{passport}\n[shares]\n{passport}\n{bands}\n{mix}\n")))
}

#[test]
fn money_that_cannot_be_is_refused() {
    let mix = |profession: &str, share: &str| bands(&format!("[[mix]]\nprofession = '{profession}'\nshare = {{ {share} }}"));
    let good = || mix("nurses", "low = 0.6, high = 0.4");
    expect_all([
        case("bands that do not add up", BANDS, mix("nurses", "low = 0.6, high = 0.3"), "M015", "[[mix]]", &["`nurses`", "0.9"]),
        case("a band that is not there", BANDS, mix("nurses", "low = 0.6, hihg = 0.4"), "M010", "[[mix]]", &["`hihg`", "`high`"])
            .and(CALIBRATION, Edit::Gone),
        case("bands of nobody", BANDS, mix("nurse", "low = 0.6, high = 0.4"), "M010", "profession", &["`nurses`"]),
        case("a band that earns nothing", BANDS, swapped(good(), "earnings = 2.0", "earnings = 0.0"), "M009", "earnings", &["`low`"]),
        case("two bands of one name", BANDS, swapped(good(), "id = 'high'", "id = 'low'"), "M013", "id", &["`low`"]),
        case("bands without a definition", BANDS, swapped(good(), "Two bands.", " "), "M005", "about", &["bands"]),
        case("a cost that ends before it begins", ACTIONS, swap("to         = 2025-03-31", "to         = 2022-03-31"), "M031", "to", &["2023/24"]),
        case("a judged cost without a range", ACTIONS, swap("kind       = 'published'", "kind       = 'judgement'"), "M012", "gbp", &["range"]),
        case("a cost that says nothing", ACTIONS, swap("'Two years.'", "' '"), "M012", "about", &["what it pays for"]),
        case("a target that compares scenarios", TARGETS, swap("expect =", "against = 'counterfactual'\nexpect ="), "M032", "against", &["difference"]),
        case("a check against a scenario that is not there", CHECKS, swap("role", "against = 'counterfactal'\nrole"), "M010", "against", &["`counterfactual`"]),
        case("a price among what the engine reads", GROUPS, group_with("members = [{ measure = 'temporary_fill' }, { measure = 'hiring_cost_gbp' }]\ncorrelation = 0.5"), "M030", "members", &["two groups"])
            .and("books/small/money/hiring_cost_gbp.toml", swap("value  = 3000", "value  = 3000\nrange  = [2000, 4000]")),
    ]);
}
