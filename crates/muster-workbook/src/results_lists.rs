//! Checks, targets and actions on the sheets of results.

use std::collections::BTreeSet;

use muster_book::{Expect, Role};
use muster_run::{Outcome, Run, Verdict};
use rust_xlsxwriter::{Formula, Workbook, Worksheet, XlsxError};

use crate::fields::Schemas;
use crate::layout::Layout;
use crate::record::Text;
use crate::results::{FIRST, Looks, head};
use crate::sheet::{Cell, Role as Column};
use crate::value::Value;
use crate::words::sheet_name;

/// Checks or targets: whether one is met is a formula on its bounds.
pub(crate) fn verdicts(page: &mut Worksheet, name: &str, list: &[&Verdict], looks: &Looks) -> Result<(), XlsxError> {
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
pub(crate) fn actions(
    workbook: &mut Workbook,
    run: &Run,
    looks: &Looks,
    taken: &mut BTreeSet<String>,
) -> Result<(), XlsxError> {
    let folder = run.plan.relative_folder();
    let own = if folder.is_empty() { "actions.toml".to_owned() } else { format!("{folder}/actions.toml") };
    let files = run.plan.files.by_relative_path();
    let Some(file) = files.get(&own) else { return Ok(()) };
    let Ok(text) = Text::read("plan/actions.toml", &file.text) else { return Ok(()) };
    let texts = [text];
    let schemas = Schemas::known();
    let layout = Layout { names: vec!["plan/actions.toml"], texts: &texts, schemas };
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
