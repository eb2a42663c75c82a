//! `muster rollup`: add plans up, and say what makes the difference to what is modelled top-down.

use std::path::PathBuf;

use jiff::civil::Date;
use muster_core::FinancialYear;
use muster_plan::rollup::{
    Beside, Bridge, Gathered, Item, Node, Rollup, amount, difference, gather, lines_in_words, standing_in_words,
};
use muster_plan::submission::{Fired, Rules, Severity};
use muster_plan::triangulate::{Triangle, triangulate};
use muster_run::{RunError, percent};

use crate::commands::today_or;
use crate::output::{Format, Output, Rows};

/// Add up the plans of places, with a statement for each that says which assumptions make the difference to what is modelled
/// top-down.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders of plans, or of folders of plans.
    #[arg(required = true)]
    plans: Vec<PathBuf>,
    /// The plan of the whole. [default: the plan that the first lies within]
    #[arg(long, value_name = "PLAN")]
    top: Option<PathBuf>,
    /// The scenario to add up.
    #[arg(long, default_value = muster_book::PLAN)]
    scenario: String,
    /// The year to state. [default: the last]
    #[arg(long)]
    year: Option<FinancialYear>,
    /// The item whose lines to show for every place.
    #[arg(long, default_value = "staff_fte")]
    item: String,
    /// How deep to show the tree: 1 for the whole alone.
    #[arg(long, default_value_t = 3)]
    depth: usize,
    /// The plans as they were before, last year's or another version: what changed since, step by step.
    #[arg(long, value_name = "PLANS")]
    bridge: Vec<PathBuf>,
    /// The rules that submissions are held against. [default: submission-rules.toml of the plan of the whole]
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The day that sign-offs are held against. [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    /// Write a page with the statement of every place.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Everything there is to say.
struct Told {
    rollup: Rollup,
    fired: Vec<(String, Fired)>,
    triangles: Vec<Triangle>,
    bridge: Option<Bridge>,
    year: usize,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let item = Item::named(&args.item).ok_or_else(|| {
        let known: Vec<&str> = Item::ALL.iter().map(|item| item.id()).collect();
        RunError::Request(format!("`{}` is not added up: use one of {}", args.item, known.join(", ")))
    })?;
    let today = today_or(args.today);
    let told = output.progress(|progress| {
        progress("reading the plans");
        let gathered = gather(&args.plans, args.top.as_deref())?;
        progress("projecting each plan and what is modelled top-down");
        tell(args, &gathered, today)
    })?;
    let Told { rollup, fired, triangles, bridge, year } = &told;
    match output.format() {
        Format::Csv => Output::data(&rollup.csv(&[*year])),
        Format::Json => Output::json(&serde_json::json!({
            "rollup": rollup.document(*year),
            "rules": fired.iter().map(|(place, fired)| serde_json::json!({ "place": place, "fired": fired })).collect::<Vec<_>>(),
            "triangulation": triangles,
            "bridge": bridge,
        })),
        Format::Table | Format::Markdown => print(&told, item, args.depth, output),
    }
    if let Some(path) = &args.html {
        let beside = Beside { fired, triangles, bridge: bridge.as_ref(), today: Some(today) };
        write_page(path, &rollup.html(*year, &beside)?)?;
        output.say(&format!("\nPage: {}", path.display()));
    }
    Ok(fired.iter().all(|(_, fired)| fired.severity != Severity::Error))
}

fn tell(args: &Args, gathered: &Gathered, today: Date) -> Result<Told, RunError> {
    let rollup = Rollup::of(gathered, &args.scenario)?;
    let year = args.year.unwrap_or(gathered.top.to);
    let index = rollup.year_index(year).ok_or_else(|| {
        let (from, to) = (gathered.top.from, gathered.top.to);
        RunError::Request(format!("the plans have no {year}; their years are {from} to {to}"))
    })?;
    let rules = match &args.rules {
        Some(path) => Rules::read(path).map_err(RunError::Plan),
        None => Rules::of_plan(&gathered.top.folder),
    }?;
    let bridge = if args.bridge.is_empty() {
        None
    } else {
        let before = gather(&args.bridge, None)?;
        let earlier = Rollup::of(&before, &args.scenario)?;
        Some(Bridge::between((&before, &earlier), (gathered, &rollup), year)?)
    };
    Ok(Told {
        fired: rollup.fired(gathered, &rules, today),
        triangles: triangulate(&rollup, rules.bands.as_ref()),
        bridge,
        year: index,
        rollup,
    })
}

/// Writes a page whole or not at all.
fn write_page(path: &std::path::Path, text: &str) -> Result<(), RunError> {
    let beside = path.with_extension("part");
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| RunError::File { path: path.display().to_string(), error: error.to_string() })
}

/// As many findings, or broken rules of one kind, as a screen holds.
const SHOWN: usize = 12;

fn print(told: &Told, item: Item, depth: usize, output: &Output) {
    let Told { rollup, fired, triangles, bridge, year } = told;
    let Some(whole) = rollup.whole() else { return };
    output.say(&format!("{}: {}, {}\n", rollup.title, whole.name, rollup.years[*year]));
    output.rows(&whole_rows(whole, *year));
    output.say(&format!("\n{} by place, in {}, {}", item.title(), item.unit(), rollup.years[*year]));
    output.rows(&place_rows(rollup, *year, item, depth));
    let missing = whole.missing.len();
    if missing > 0 {
        let share = percent(whole.statement.estimated_share(Item::StaffFte, *year));
        let (places, have) = if missing == 1 { ("place", "has") } else { ("places", "have") };
        output.say(&format!(
            "\n{missing} {places} {have} submitted nothing: the top-down share stands in, {share} of all staff in post."
        ));
    }
    for finding in rollup.findings.iter().take(SHOWN) {
        output.say(&format!("\n{}: {}", finding.found.title(), finding.words));
    }
    if rollup.findings.len() > SHOWN {
        output.say(&format!("\n… and {} more findings: --format json, or --html", rollup.findings.len() - SHOWN));
    }
    if let Some(bridge) = bridge {
        output.say(&format!("\nFrom the plans before to these, {}", bridge.year));
        output.rows(&bridge_rows(bridge));
        for changed in &bridge.changed {
            output.say(&format!("  changed: {changed}"));
        }
    }
    let flagged: Vec<&Triangle> = triangles.iter().filter(|triangle| !triangle.flags.is_empty()).collect();
    if !flagged.is_empty() {
        output.say(&format!(
            "\nPosts, activity and money grow apart in {} of {} places:",
            flagged.len(),
            triangles.len()
        ));
        for triangle in flagged.iter().take(SHOWN) {
            output.say(&format!("  {}: {}", triangle.name, triangle.flags.join("; ")));
        }
    }
    say_rules(fired, output);
}

/// Broken rules, each with the places that break it.
fn say_rules(fired: &[(String, Fired)], output: &Output) {
    let mut rules: Vec<(&Fired, Vec<&str>)> = Vec::new();
    for (place, fired) in fired {
        match rules.iter_mut().find(|(other, _)| other.rule == fired.rule) {
            Some((_, places)) => places.push(place),
            None => rules.push((fired, vec![place])),
        }
    }
    if !rules.is_empty() {
        output.say("\nRules that were not kept (muster plan submit-check says what to do):");
    }
    for (fired, places) in rules {
        let severity = severity(fired.severity);
        let few = places.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        let more = if places.len() > 3 { format!(" and {} more", places.len() - 3) } else { String::new() };
        output.say(&format!("  {severity}: {} ({few}{more})", fired.says));
    }
}

/// How much a broken rule matters, in a word.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The statement of the whole: every item, from modelled to submitted by what explains it.
fn whole_rows(whole: &Node, year: usize) -> Rows {
    let head = ["", "Modelled", "Difference", "Submitted", "Of which\nestimated", "What explains the difference"];
    let mut rows = Rows { words_last: true, ..Rows::new(&head, Some(1)) };
    for item in Item::ALL {
        let statement = &whole.statement;
        rows.push(vec![
            format!("{}, {}", item.title(), item.unit()),
            amount(item, statement.modelled.at(year).get(item)),
            difference(item, statement.difference().at(year).get(item)),
            amount(item, statement.submitted.at(year).get(item)),
            amount(item, statement.estimated.at(year).get(item)),
            lines_in_words(statement, item, year),
        ]);
    }
    rows
}

fn place_rows(rollup: &Rollup, year: usize, item: Item, depth: usize) -> Rows {
    let head = ["", "Modelled", "Difference", "Submitted", "How, and what explains the difference"];
    let mut rows = Rows { words_last: true, ..Rows::new(&head, Some(1)) };
    for (index, level) in rollup.from_the_top().into_iter().filter(|(_, level)| *level < depth) {
        let node = &rollup.nodes[index];
        let statement = &node.statement;
        let lines = lines_in_words(statement, item, year);
        let words =
            if lines.is_empty() { standing_in_words(node) } else { format!("{}: {lines}", standing_in_words(node)) };
        let cells = vec![
            format!("{}{}", "  ".repeat(level), node.name),
            amount(item, statement.modelled.at(year).get(item)),
            difference(item, statement.difference().at(year).get(item)),
            amount(item, statement.submitted.at(year).get(item)),
            words,
        ];
        if node.children.is_empty() { rows.push(cells) } else { rows.push_strong(cells) }
    }
    rows
}

fn bridge_rows(bridge: &Bridge) -> Rows {
    let mut rows = Rows::new(&["", "Staff in post, FTE", "Gap, FTE", "Pay bill"], Some(1));
    for (title, amounts, is_end) in bridge.rows() {
        let show = |item: Item| {
            let value = amounts.get(item);
            if is_end { amount(item, value) } else { difference(item, value) }
        };
        let cells = std::iter::once(title).chain([Item::StaffFte, Item::GapFte, Item::PayBillGbp].map(show)).collect();
        if is_end { rows.push_strong(cells) } else { rows.push(cells) }
    }
    rows
}
