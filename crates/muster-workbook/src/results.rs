//! The results of a run as a workbook: staff, pay, checks, targets and the plan's actions, with formulas where they are simple enough to
//! follow. It is for reading; nothing of it is read back.

use std::collections::BTreeSet;

use muster_book::{Expect, Role};
use muster_run::{Line, Outcome, Row, Run, Summary, Verdict, summary};
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};

use crate::error::WorkbookError;
use crate::fields::Schemas;
use crate::formats::Formats;
use crate::layout::Layout;
use crate::record::Text;
use crate::sheet::{Cell, Role as Column};
use crate::value::Value;
use crate::words::sheet_name;

/// The first row of numbers, counted from 0.
const FIRST: u32 = 4;

/// The workbook of a run.
pub fn export_results(run: &Run) -> Result<Vec<u8>, WorkbookError> {
    write(run).map_err(|error| WorkbookError::Request(format!("the workbook cannot be made: {error}")))
}

fn write(run: &Run) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let mut workbook = Workbook::new();
    // The day of a workbook would make each export another file.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(
        &DocProperties::new().set_author("Muster").set_title(&run.plan.title).set_creation_datetime(&day),
    );
    let table = summary(run);
    let mut taken = BTreeSet::new();
    start(workbook.add_worksheet(), run, &looks, &mut taken)?;
    for (at, (id, title)) in table.scenarios.iter().enumerate() {
        let name = sheet_name(&format!("Staff {id}"), &mut taken);
        staff(workbook.add_worksheet(), &name, title, &table, at, &looks)?;
    }
    years(workbook.add_worksheet(), &sheet_name("Every year", &mut taken), &table, &looks)?;
    for (name, is_target) in [("Targets", true), ("Checks", false)] {
        let of: Vec<&Verdict> =
            run.verdicts.iter().filter(|verdict| (verdict.role == Role::Target) == is_target).collect();
        verdicts(workbook.add_worksheet(), &sheet_name(name, &mut taken), &of, &looks)?;
    }
    actions(&mut workbook, run, &looks, &mut taken)?;
    workbook.save_to_buffer()
}

/// How cells look.
struct Looks {
    sheets: Formats,
    bold: Format,
    people: Format,
    strong_people: Format,
    share: Format,
    strong_share: Format,
    wrapped: Format,
}

impl Looks {
    fn new() -> Self {
        let people = Format::new().set_num_format("#,##0");
        let share = Format::new().set_num_format("0.0%");
        Self {
            sheets: Formats::new(),
            bold: Format::new().set_bold(),
            strong_people: people.clone().set_bold(),
            people,
            strong_share: share.clone().set_bold(),
            share,
            wrapped: Format::new().set_text_wrap().set_align(rust_xlsxwriter::FormatAlign::Top),
        }
    }

    fn number(&self, strong: bool) -> &Format {
        if strong { &self.strong_people } else { &self.people }
    }
}

fn head(
    page: &mut Worksheet,
    name: &str,
    about: &str,
    columns: &[(&str, f64)],
    looks: &Looks,
) -> Result<(), XlsxError> {
    page.set_name(name)?;
    page.write_string_with_format(0, 0, name, &looks.sheets.title)?;
    page.write_string_with_format(1, 0, about, &looks.sheets.about)?;
    page.set_row_height(FIRST - 1, 32)?;
    for (at, (heading, width)) in columns.iter().enumerate() {
        page.write_string_with_format(FIRST - 1, at as u16, *heading, &looks.sheets.heading)?;
        page.set_column_width(at as u16, *width)?;
    }
    page.set_freeze_panes(FIRST, 1)?;
    page.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(FIRST - 1, FIRST - 1)?;
    Ok(())
}

fn start(page: &mut Worksheet, run: &Run, looks: &Looks, taken: &mut BTreeSet<String>) -> Result<(), XlsxError> {
    page.set_name(sheet_name("Start", taken))?;
    page.set_screen_gridlines(false);
    page.set_column_width(0, 22)?;
    page.set_column_width(1, 110)?;
    page.write_string_with_format(0, 0, &run.plan.title, &looks.sheets.title)?;
    let years = run.years();
    let scenarios: Vec<String> =
        run.scenarios.iter().map(|scenario| format!("{}: {}", scenario.id, scenario.title)).collect();
    let span = years.first().zip(years.last()).map_or_else(String::new, |(first, last)| format!("{first} to {last}"));
    let lines = [
        ("Place", run.place_title()),
        ("Years", span),
        ("Scenarios", scenarios.join("\n")),
        ("About", run.plan.about.trim().to_owned()),
        ("Cautions", run.plan.cautions.join("\n\n")),
        (
            "Money",
            format!(
                "Pounds at the prices of {}.",
                run.plan.price_year.map_or("no stated year".to_owned(), |year| year.to_string())
            ),
        ),
        (
            "Made by",
            format!(
                "Muster {}. For reading: nothing here is read back. Numbers that formulas work out follow those they rest on.",
                env!("CARGO_PKG_VERSION")
            ),
        ),
    ];
    for (at, (name, text)) in lines.iter().enumerate() {
        page.write_string_with_format(at as u32 + 2, 0, *name, &looks.bold)?;
        page.write_string_with_format(at as u32 + 2, 1, text, &looks.wrapped)?;
    }
    Ok(())
}

/// Staff at the start and at the end of one scenario: what groups and all staff add to, growth and gaps are formulas.
fn staff(
    page: &mut Worksheet,
    name: &str,
    title: &str,
    table: &Summary,
    scenario: usize,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let (Some(first), Some(last)) = (table.years.first(), table.years.last()) else { return Ok(()) };
    let columns = [
        ("Staff", 44.0),
        (&*format!("In post {first} (FTE)"), 14.0),
        (&*format!("In post {last} (FTE)"), 14.0),
        ("Change (FTE)", 12.0),
        ("Growth a year", 10.0),
        (&*format!("Needed {first} (FTE)"), 14.0),
        (&*format!("Needed {last} (FTE)"), 14.0),
        (&*format!("Gap {first} (FTE)"), 13.0),
        (&*format!("Gap {last} (FTE)"), 13.0),
        (&*format!("Gap {last} as share of need"), 13.0),
        (&*format!("People {last}"), 13.0),
        (&*format!("Pay {last} (GBP)"), 18.0),
        (&*format!("Temporary staff {last} (GBP)"), 18.0),
        (&*format!("Cost {last} (GBP)"), 18.0),
    ];
    head(page, name, title, &columns, looks)?;
    let span = f64::from(last.years_since(*first)).max(1.0);
    let at_row = |row: usize| FIRST as usize + row + 1;
    for (at, row) in table.rows.iter().enumerate() {
        let lines = &row.lines[scenario];
        let (Some(start), Some(end)) = (lines.first(), lines.last()) else { continue };
        let line = FIRST + at as u32;
        let strong = !matches!(row.row, Row::Profession(_));
        let indent = if strong { "" } else { "    " };
        let name = format!("{indent}{}", row.title);
        if strong {
            page.write_string_with_format(line, 0, name, &looks.bold)?;
        } else {
            page.write_string(line, 0, name)?;
        }
        // All staff are the groups, a group its professions.
        let parts: Vec<usize> = match row.row {
            Row::Profession(_) => Vec::new(),
            Row::Group(_) => {
                (at + 1..table.rows.len()).take_while(|at| matches!(table.rows[*at].row, Row::Profession(_))).collect()
            }
            Row::All => (0..table.rows.len()).filter(|at| matches!(table.rows[*at].row, Row::Group(_))).collect(),
        };
        for (column, value) in stated(start, end) {
            let letter = column_number_to_name(column);
            let sum = match row.row {
                Row::Group(_) if !parts.is_empty() => {
                    Some(format!("=SUM({letter}{}:{letter}{})", at_row(parts[0]), at_row(parts[parts.len() - 1])))
                }
                Row::All if !parts.is_empty() => Some(format!(
                    "={}",
                    parts.iter().map(|part| format!("{letter}{}", at_row(*part))).collect::<Vec<_>>().join("+")
                )),
                _ => None,
            };
            match sum {
                Some(sum) => {
                    let formula = Formula::new(sum).set_result(format!("{value}"));
                    page.write_formula_with_format(line, column, formula, looks.number(true))?;
                }
                None => {
                    page.write_number_with_format(line, column, value, looks.number(strong))?;
                }
            }
        }
        let n = line + 1;
        let (supply, needed) = (
            (f64::from(start.supply_fte), f64::from(end.supply_fte)),
            (f64::from(start.demand_fte), f64::from(end.demand_fte)),
        );
        let growth = if supply.0 > 0.0 && supply.1 > 0.0 { (supply.1 / supply.0).powf(1.0 / span) - 1.0 } else { 0.0 };
        let share = if needed.1 == 0.0 { 0.0 } else { (needed.1 - supply.1) / needed.1 };
        let worked_out = [
            (3, format!("=C{n}-B{n}"), supply.1 - supply.0, false),
            (4, format!("=IF(AND(B{n}>0,C{n}>0),(C{n}/B{n})^(1/{span})-1,0)"), growth, true),
            (7, format!("=F{n}-B{n}"), needed.0 - supply.0, false),
            (8, format!("=G{n}-C{n}"), needed.1 - supply.1, false),
            (9, format!("=IF(G{n}=0,0,I{n}/G{n})"), share, true),
            (13, format!("=L{n}+M{n}"), end.pay_gbp + end.temporary_gbp, false),
        ];
        for (column, formula, result, is_share) in worked_out {
            let format = match (is_share, strong) {
                (true, true) => &looks.strong_share,
                (true, false) => &looks.share,
                (false, strong) => looks.number(strong),
            };
            page.write_formula_with_format(
                line,
                column,
                Formula::new(formula).set_result(format!("{result}")),
                format,
            )?;
        }
    }
    Ok(())
}

/// The numbers that are not worked out, by column.
fn stated(start: &Line, end: &Line) -> [(u16, f64); 7] {
    [
        (1, start.supply_fte.into()),
        (2, end.supply_fte.into()),
        (5, start.demand_fte.into()),
        (6, end.demand_fte.into()),
        (10, end.headcount.into()),
        (11, end.pay_gbp),
        (12, end.temporary_gbp),
    ]
}

/// Every line of every year and scenario, to be filtered.
fn years(page: &mut Worksheet, name: &str, table: &Summary, looks: &Looks) -> Result<(), XlsxError> {
    let columns = [
        ("Scenario", 18.0),
        ("Level", 12.0),
        ("Staff", 40.0),
        ("Year", 10.0),
        ("People", 13.0),
        ("In post (FTE)", 13.0),
        ("Needed (FTE)", 13.0),
        ("Gap (FTE)", 13.0),
        ("Shortfalls alone (FTE)", 13.0),
        ("Temporary (FTE)", 13.0),
        ("Pay (GBP)", 18.0),
        ("Temporary (GBP)", 18.0),
        ("Cost (GBP)", 18.0),
    ];
    head(
        page,
        name,
        "One row for each year. The filters on the headings pick a scenario, staff or year.",
        &columns,
        looks,
    )?;
    let mut line = FIRST;
    for (at, (scenario, _)) in table.scenarios.iter().enumerate() {
        for row in &table.rows {
            let level = match row.row {
                Row::All => "all",
                Row::Group(_) => "group",
                Row::Profession(_) => "profession",
            };
            for (year, numbers) in table.years.iter().zip(&row.lines[at]) {
                for (column, text) in [scenario.as_str(), level, &row.title, &year.to_string()].iter().enumerate() {
                    page.write_string(line, column as u16, *text)?;
                }
                let stated = [
                    (4, numbers.headcount.into()),
                    (5, numbers.supply_fte.into()),
                    (6, numbers.demand_fte.into()),
                    (8, numbers.shortfall_fte.into()),
                    (9, numbers.temporary_fte.into()),
                    (10, numbers.pay_gbp),
                    (11, numbers.temporary_gbp),
                ];
                for (column, number) in stated {
                    page.write_number_with_format(line, column, number, &looks.people)?;
                }
                let n = line + 1;
                let gap: f64 = numbers.gap_fte.into();
                let cost = numbers.pay_gbp + numbers.temporary_gbp;
                for (column, formula, result) in [(7, format!("=G{n}-F{n}"), gap), (12, format!("=K{n}+L{n}"), cost)] {
                    page.write_formula_with_format(
                        line,
                        column,
                        Formula::new(formula).set_result(format!("{result}")),
                        &looks.people,
                    )?;
                }
                line += 1;
            }
        }
    }
    page.autofilter(FIRST - 1, 0, line.max(FIRST) - 1, columns.len() as u16 - 1)?;
    Ok(())
}

/// Checks or targets: whether one is met is a formula on its bounds.
fn verdicts(page: &mut Worksheet, name: &str, list: &[&Verdict], looks: &Looks) -> Result<(), XlsxError> {
    let columns = [
        ("Title", 52.0),
        ("Id", 24.0),
        ("Scenario", 18.0),
        ("Expected", 30.0),
        ("At least", 14.0),
        ("At most", 14.0),
        ("Found", 14.0),
        ("In words", 34.0),
        ("Outcome", 12.0),
        ("Missed by", 20.0),
        ("For", 14.0),
        ("Source", 24.0),
        ("Where", 50.0),
        ("Note", 60.0),
    ];
    head(
        page,
        name,
        "What the results are held against. Calibrations were fitted; inputs are the plan's own.",
        &columns,
        looks,
    )?;
    for (at, verdict) in list.iter().enumerate() {
        let line = FIRST + at as u32;
        let n = line + 1;
        let role = match verdict.role {
            Role::Calibration => "calibration",
            Role::Input => "input",
            Role::Prediction => "prediction",
            Role::Target => "target",
        };
        let texts = [
            (0, verdict.title.as_str()),
            (1, &verdict.id),
            (2, &verdict.scenario),
            (3, &verdict.expected),
            (7, &verdict.found),
            (9, &verdict.missed_by),
            (10, role),
            (11, &verdict.source),
            (12, &verdict.where_in_source),
            (13, &verdict.note),
        ];
        for (column, text) in texts {
            page.write_string(line, column, text)?;
        }
        let (low, high) = match verdict.expect {
            Expect::AtLeast(low) => (Some(low), None),
            Expect::AtMost(high) => (None, Some(high)),
            Expect::Between(low, high) => (Some(low), Some(high)),
            Expect::Near { value, within } => {
                let room = (value * within).abs();
                (Some(value - room), Some(value + room))
            }
        };
        for (column, number) in [(4, low), (5, high), (6, verdict.figure)] {
            if let Some(number) = number {
                page.write_number(line, column, number)?;
            }
        }
        let outcome = match verdict.outcome {
            Outcome::Met => "met",
            Outcome::Missed => "missed",
            Outcome::NotAsked => "not asked",
        };
        let formula = format!(
            "=IF(G{n}=\"\",\"not asked\",IF(AND(OR(E{n}=\"\",G{n}>=E{n}),OR(F{n}=\"\",G{n}<=F{n})),\"met\",\"missed\"))"
        );
        page.write_formula(line, 8, Formula::new(formula).set_result(outcome))?;
    }
    if !list.is_empty() {
        page.autofilter(FIRST - 1, 0, FIRST + list.len() as u32 - 1, columns.len() as u16 - 1)?;
    }
    Ok(())
}

/// The plan's actions, effects and what else its file of actions holds, as the sheets that planners fill in show them.
fn actions(workbook: &mut Workbook, run: &Run, looks: &Looks, taken: &mut BTreeSet<String>) -> Result<(), XlsxError> {
    let folder = run.plan.relative_folder();
    let own = if folder.is_empty() { "actions.toml".to_owned() } else { format!("{folder}/actions.toml") };
    let files = run.plan.files.by_relative_path();
    let Some(file) = files.get(&own) else { return Ok(()) };
    let Ok(text) = Text::read("plan/actions.toml", &file.text) else { return Ok(()) };
    let texts = [text];
    let schemas = Schemas::read();
    let layout = Layout { names: vec!["plan/actions.toml"], texts: &texts, schemas: &schemas };
    for sheet in layout.sheets().into_iter().filter(|sheet| sheet.topic == "actions" && !sheet.rows.is_empty()) {
        let shown: Vec<usize> = (0..sheet.columns.len())
            .filter(|at| matches!(sheet.columns[*at].role, Column::Field | Column::Parent(_) | Column::Ordinal))
            .filter(|at| sheet.rows.iter().any(|row| !matches!(row.cells[*at], Cell::Closed | Cell::Open(None))))
            .collect();
        let columns: Vec<(&str, f64)> = shown
            .iter()
            .map(|at| {
                let longest = sheet.rows.iter().map(|row| match &row.cells[*at] {
                    Cell::Open(Some(value)) | Cell::Fixed(value) => value.shown().chars().count(),
                    _ => 0,
                });
                (
                    sheet.columns[*at].heading.as_str(),
                    (longest.max().unwrap_or_default() as f64 + 2.0).clamp(10.0, 60.0),
                )
            })
            .collect();
        let page = workbook.add_worksheet();
        head(page, &sheet_name(&sheet.name, taken), &sheet.about, &columns, looks)?;
        for (i, row) in sheet.rows.iter().enumerate() {
            for (column, at) in shown.iter().enumerate() {
                let (line, column) = (FIRST + i as u32, column as u16);
                match &row.cells[*at] {
                    Cell::Open(Some(Value::Number(number))) | Cell::Fixed(Value::Number(number)) => {
                        page.write_number(line, column, *number)?
                    }
                    Cell::Open(Some(value)) | Cell::Fixed(value) => page.write_string(
                        line,
                        column,
                        value.shown().chars().take(crate::write::LONGEST).collect::<String>(),
                    )?,
                    _ => continue,
                };
            }
        }
        page.autofilter(FIRST - 1, 0, FIRST + sheet.rows.len() as u32 - 1, columns.len().max(1) as u16 - 1)?;
    }
    Ok(())
}
