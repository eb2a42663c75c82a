//! The results of a run as a workbook: staff, pay, checks, targets and the plan's actions, with formulas where they are simple enough to
//! follow. It is for reading; nothing of it is read back.

use std::collections::BTreeSet;

use muster_book::Role;
use muster_run::{Line, Row, Run, Summary, Verdict, summary};
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};

use crate::error::WorkbookError;
use crate::formats::Formats;
use crate::results_lists::{actions, verdicts};
use crate::words::sheet_name;

/// The first row of numbers, counted from 0.
pub(crate) const FIRST: u32 = 4;

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
pub(crate) struct Looks {
    pub sheets: Formats,
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

pub(crate) fn head(
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
    page.set_landscape().set_print_fit_to_pages(1, 0);
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
