//! `muster rollup`: add plans up, and say what makes the difference to what is modelled top-down.

use std::path::PathBuf;

use muster_core::FinancialYear;
use muster_plan::rollup::{Item, Node, Rollup, Standing, amount, difference, gather};
use muster_run::{RunError, percent};

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
    /// The item whose lines to show for every place. [default: staff_fte]
    #[arg(long, default_value = "staff_fte")]
    item: String,
    /// How deep to show the tree: 1 for the whole alone.
    #[arg(long, default_value_t = 3)]
    depth: usize,
    /// Write a page with the statement of every place.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<bool, RunError> {
    let rollup = output.progress(|progress| {
        progress("reading the plans");
        let gathered = gather(&args.plans, args.top.as_deref())?;
        progress("projecting each plan and what is modelled top-down");
        Rollup::of(&gathered, &args.scenario)
    })?;
    let year = args.year.or(rollup.years.last().copied()).ok_or_else(|| RunError::Request("no year".to_owned()))?;
    let year = rollup.year_index(year).ok_or_else(|| {
        let span = rollup.years.first().zip(rollup.years.last()).map(|(first, last)| format!("{first} to {last}"));
        RunError::Request(format!("the plans have no {year}; their years are {}", span.unwrap_or_default()))
    })?;
    let item = Item::named(&args.item).ok_or_else(|| {
        let known: Vec<&str> = Item::ALL.iter().map(|item| item.id()).collect();
        RunError::Request(format!("`{}` is not added up: use one of {}", args.item, known.join(", ")))
    })?;
    match output.format() {
        Format::Csv => Output::data(&rollup.csv(&[year])),
        Format::Json => Output::json(&rollup.document(year)),
        Format::Table | Format::Markdown => print(&rollup, year, item, args.depth, output),
    }
    if let Some(path) = &args.html {
        write_page(path, &rollup.html(year)?)?;
        output.say(&format!("\nPage: {}", path.display()));
    }
    Ok(true)
}

/// Writes a page whole or not at all.
fn write_page(path: &std::path::Path, text: &str) -> Result<(), RunError> {
    let beside = path.with_extension("part");
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| RunError::File { path: path.display().to_string(), error: error.to_string() })
}

fn print(rollup: &Rollup, year: usize, item: Item, depth: usize, output: &Output) {
    let Some(whole) = rollup.whole() else { return };
    output.say(&format!("{}: {}, {}\n", rollup.title, whole.name, rollup.years[year]));
    output.rows(&whole_rows(whole, year));
    output.say(&format!("\n{} by place, in {}, {}", item.title(), item.unit(), rollup.years[year]));
    output.rows(&place_rows(rollup, year, item, depth));
    let missing = whole.missing.len();
    if missing > 0 {
        let share = percent(whole.statement.estimated_share(Item::StaffFte, year));
        output.say(&format!(
            "\n{missing} places have submitted nothing: their top-down share stands in, {share} of all staff in post."
        ));
    }
    for finding in &rollup.findings {
        output.say(&format!("\n{}: {}", finding.found.title(), finding.words));
    }
}

/// The statement of the whole: every item, from modelled to submitted by what explains it.
fn whole_rows(whole: &Node, year: usize) -> Rows {
    let mut rows = Rows::new(
        &["", "Modelled", "Difference", "Submitted", "Of which\nestimated", "What explains the difference"],
        Some(1),
    );
    for item in Item::ALL {
        let statement = &whole.statement;
        let lines: Vec<String> = statement
            .lines(item, year)
            .iter()
            .map(|(title, line)| format!("{title} {}", difference(item, *line)))
            .collect();
        rows.push(vec![
            format!("{}, {}", item.title(), item.unit()),
            amount(item, statement.modelled.at(year).get(item)),
            difference(item, statement.difference().at(year).get(item)),
            amount(item, statement.submitted.at(year).get(item)),
            amount(item, statement.estimated.at(year).get(item)),
            lines.join("; "),
        ]);
    }
    rows
}

fn place_rows(rollup: &Rollup, year: usize, item: Item, depth: usize) -> Rows {
    let mut rows = Rows::new(&["", "Modelled", "Difference", "Submitted", "", "What explains the difference"], Some(1));
    for (index, level) in rollup.from_the_top().into_iter().filter(|(_, level)| *level < depth) {
        let node = &rollup.nodes[index];
        let statement = &node.statement;
        let lines: Vec<String> = statement
            .lines(item, year)
            .iter()
            .map(|(title, line)| format!("{title} {}", difference(item, *line)))
            .collect();
        let standing = match node.standing {
            Standing::Submitted => String::new(),
            Standing::Added => "sum".to_owned(),
            Standing::Estimated => "estimated".to_owned(),
        };
        let cells = vec![
            format!("{}{}", "  ".repeat(level), node.name),
            amount(item, statement.modelled.at(year).get(item)),
            difference(item, statement.difference().at(year).get(item)),
            amount(item, statement.submitted.at(year).get(item)),
            standing,
            lines.join("; "),
        ];
        if node.children.is_empty() { rows.push(cells) } else { rows.push_strong(cells) }
    }
    rows
}
