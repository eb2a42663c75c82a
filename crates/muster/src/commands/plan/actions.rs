//! `muster plan actions`: the actions of a plan, gathered in several ways.

use std::collections::HashSet;
use std::path::PathBuf;

use jiff::civil::Date;
use muster_plan::actions::{Asked, Blocks, Group, Line, View, blocks, status_in_words, view};
use muster_plan::dates::{Quarter, months_in_words};
use muster_plan::subsidiarity::{self, Finding, Severity};
use muster_run::RunError;

use super::{day, read};
use crate::commands::DEFAULT_PLAN;
use crate::output::{Format, Output, Rows};

/// List a plan's actions: by owner, overdue, due in a quarter, by theme, by level, or what blocks what.
///
/// Examples: `muster plan actions plans/people-plan-2019 --view owner`, `muster plan actions --view due --quarter 2025/26-Q4`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The plan's folder.
    #[arg(default_value = DEFAULT_PLAN)]
    plan: PathBuf,
    /// How to gather them.
    #[arg(long, value_enum, default_value_t = Gathered::All)]
    view: Gathered,
    /// The day on which to look; reports after it do not count. [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// The quarter of `--view due`: 2025-Q4 (October to December 2025), or 2025/26-Q4 (January to March 2026). [default: this one]
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<Quarter>,
    /// Only owners with this in their organisation or role.
    #[arg(long, value_name = "TEXT")]
    owner: Option<String>,
    /// Only this status: `not_started`, `on_track`, `at_risk`, `late`, `done`, `abandoned` or `no_report`.
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Gathered {
    All,
    Overdue,
    Due,
    Owner,
    Theme,
    Level,
    Blocks,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let plan = read(&args.plan)?;
    let today = day(args.today);
    let by = match args.view {
        Gathered::Blocks => {
            print_blocks(&blocks(&plan, today), output);
            return Ok(true);
        }
        Gathered::All => View::All,
        Gathered::Overdue => View::Overdue,
        Gathered::Due => View::Due,
        Gathered::Owner => View::Owner,
        Gathered::Theme => View::Theme,
        Gathered::Level => View::Level,
    };
    let (owner, status) = (args.owner.clone(), args.status.clone());
    let groups = view(&plan, &Asked { view: by, today, quarter: args.quarter, owner, status })?;
    match output.format() {
        Format::Json => Output::json(&groups),
        Format::Table => print_groups(&plan.title, (by, &groups), today, output),
        Format::Csv | Format::Markdown => {
            let mut rows = Rows::new(&WHOLE, None);
            groups.iter().for_each(|group| group.lines.iter().for_each(|line| rows.push(whole(group, line))));
            output.rows(&rows);
        }
    }
    if args.view == Gathered::Level {
        let found = subsidiarity::findings(&plan);
        print_findings(&found, output);
        return Ok(!found.iter().any(|finding| finding.severity == Severity::Error));
    }
    Ok(true)
}

/// Which columns a table for people has: an empty one, or one that its heading already says, would take room from the others.
#[derive(Clone, Copy)]
struct Columns {
    owner: bool,
    expected: bool,
}

const WHOLE: [&str; 11] =
    ["Group", "Action", "What", "Owner", "Role", "Theme", "Level", "Due", "Expected", "Status", "Waits for"];

fn expected(line: &Line) -> String {
    match line.expected {
        None => "never".to_owned(),
        Some(day) if day == line.due => String::new(),
        Some(day) => day.to_string(),
    }
}

fn status(line: &Line) -> String {
    let overdue = match line.months_overdue {
        _ if !line.is_overdue => String::new(),
        0 => ", overdue".to_owned(),
        // Months no longer matter after two years.
        months if months >= 24 => format!(", {} overdue", months_in_words(months / 12 * 12)),
        months => format!(", {} overdue", months_in_words(months)),
    };
    format!("{}{overdue}", status_in_words(line.status))
}

/// Everything about a line, for a spreadsheet.
fn whole(group: &Group, line: &Line) -> Vec<String> {
    let (theme, level) = (line.theme.title().to_owned(), line.level.title().to_owned());
    let (id, title, owner, role) = (line.id.clone(), line.title.clone(), line.owner.clone(), line.role.clone());
    let (due, waits) = (line.due.to_string(), line.waits_for.join(", "));
    vec![group.title.clone(), id, title, owner, role, theme, level, due, expected(line), status(line), waits]
}

/// What a terminal has room for.
fn narrow(columns: Columns, lines: &[Line]) -> Rows {
    let mut head = vec!["Action", "What"];
    head.extend(columns.owner.then_some("Owner"));
    head.push("Due");
    head.extend(columns.expected.then_some("Expected"));
    head.push("Status");
    let mut rows = Rows::new(&head, None);
    for line in lines {
        let waits = if line.waits_for.is_empty() {
            String::new()
        } else {
            format!("; waits for {}", line.waits_for.join(", "))
        };
        let mut cells = vec![line.id.clone(), line.title.clone()];
        cells.extend(columns.owner.then(|| line.owner.clone()));
        cells.push(line.due.to_string());
        cells.extend(columns.expected.then(|| expected(line)));
        cells.push(format!("{}{waits}", status(line)));
        rows.push(cells);
    }
    rows
}

fn print_groups(title: &str, (by, groups): (View, &[Group]), today: Date, output: &Output) {
    let all: usize = groups.iter().map(|group| group.lines.len()).sum();
    let overdue = groups.iter().flat_map(|group| &group.lines).filter(|line| line.is_overdue).count();
    output.say(&format!("{title}: {} on {today}, {overdue} overdue", counted(all)));
    for group in groups.iter().filter(|group| !group.lines.is_empty() || !group.title.is_empty()) {
        if !group.title.is_empty() {
            output.say(&format!("\n{} ({})", group.title, counted(group.lines.len())));
        }
        if group.lines.is_empty() {
            continue;
        }
        let is_moved = group.lines.iter().any(|line| !expected(line).is_empty());
        output.rows(&narrow(Columns { owner: by != View::Owner, expected: is_moved }, &group.lines));
    }
}

/// Each finding on a line; what to do next once for all that it is said of.
fn print_findings(found: &[Finding], output: &Output) {
    let mut steps: Vec<&str> = found.iter().map(|finding| finding.next.as_str()).collect();
    let mut said = HashSet::new();
    steps.retain(|step| said.insert(*step));
    for step in steps {
        output.say("");
        for finding in found.iter().filter(|finding| finding.next == step) {
            let of = if finding.action.is_empty() { String::new() } else { format!(" {}:", finding.action) };
            output.say(&format!("{}:{of} {}", finding.severity.title(), finding.message));
        }
        output.say(&format!("Next: {step}."));
    }
}

fn counted(actions: usize) -> String {
    format!("{actions} action{}", if actions == 1 { "" } else { "s" })
}

fn print_blocks(blocks: &Blocks, output: &Output) {
    if output.format() == Format::Json {
        Output::json(blocks);
        return;
    }
    if blocks.steps.is_empty() {
        output.say("No action of this plan says that it needs another. Add `needs = [\"…\"]` to one that does.");
        return;
    }
    output.say("What must be done before what: each action stands below one that it needs.");
    let mut rows = Rows::new(&["Action", "What", "Due", "Expected", "Status"], None);
    for step in &blocks.steps {
        let expected = match step.expected {
            None => "never".to_owned(),
            Some(day) if day == step.due => String::new(),
            Some(day) => day.to_string(),
        };
        let status = status_in_words(step.status).to_owned();
        let row =
            vec![format!("{}{}", step.branch, step.id), step.title.clone(), step.due.to_string(), expected, status];
        if blocks.critical.as_ref().is_some_and(|critical| critical.id == step.id) {
            rows.push_strong(row);
        } else {
            rows.push(row);
        }
    }
    output.rows(&rows);
    match &blocks.critical {
        Some(critical) => output.say(&format!(
            "Critical: {} ({}), owned by {}. Another year's delay there would delay {}: {}.",
            critical.id,
            critical.title,
            critical.owner,
            counted(critical.would_delay.len()),
            critical.would_delay.join(", ")
        )),
        None => {
            output
                .say("No delay of a year would hold up another action: each has that much time to spare, or is done.");
        }
    }
}
