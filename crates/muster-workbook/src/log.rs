//! The change log: what planners said on its sheet, kept beside the plan with each cell that was changed.

use jiff::civil::Date;

use crate::cell::take;
use crate::grid::{Grid, Held};
use crate::stage::Changed;
use crate::start::LOG_COLUMNS;
use crate::value::{Form, Value, tidy};
use crate::write::LOG_SHEET;

/// The file beside the plan.
pub(crate) const FILE: &str = "change-log.csv";

/// Its first line.
pub(crate) const HEAD: &str = "day,who,workbook,cell,file,entry,field,old,new,why";

/// What a planner said of some changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// When.
    pub day: Option<Date>,
    /// Who.
    pub who: String,
    /// Of which sheet; empty for all.
    pub sheet: String,
    /// What was changed, and why.
    pub why: String,
}

/// What stands on the sheet of changes.
pub(crate) fn said(grids: &[Grid]) -> Vec<Said> {
    let Some(grid) = grids.iter().find(|grid| grid.name.trim() == LOG_SHEET) else { return Vec::new() };
    let is_first = |cells: &std::collections::BTreeMap<u32, Held>| {
        cells.values().any(|held| matches!(held, Held::Text(text) if tidy(text) == LOG_COLUMNS[0].0))
    };
    let Some((names, cells)) = grid.rows.iter().find(|(_, cells)| is_first(cells)) else { return Vec::new() };
    let column = |name: &str| {
        let is_it = |held: &Held| matches!(held, Held::Text(text) if tidy(text) == name);
        cells.iter().find(|(_, held)| is_it(held)).map(|(at, _)| *at)
    };
    let mut list = Vec::new();
    for (_, row) in grid.rows.range(names + 1..) {
        let text = |name: &str| {
            let held = column(name).and_then(|at| row.get(&at));
            held.and_then(|held| take(held, Form::Text, grid).ok())
                .map_or_else(String::new, |taken| taken.value.shown())
        };
        let day = column("day").and_then(|at| row.get(&at)).and_then(|held| take(held, Form::Day, grid).ok());
        let day = day.and_then(|taken| match taken.value {
            Value::Day(day) => Some(day),
            _ => None,
        });
        let parts: Vec<String> = [text("what"), text("why")].into_iter().filter(|text| !text.is_empty()).collect();
        let said = Said { day, who: text("who"), sheet: text("sheet"), why: parts.join(": ") };
        if said != Said::default() {
            list.push(said);
        }
    }
    list
}

/// The file with some changes added at its end.
pub(crate) fn with(
    text: Option<&str>,
    workbook: &str,
    today: Date,
    changed: &[Changed],
    said: &[Said],
) -> Result<String, String> {
    let mut text = text.unwrap_or_default().to_owned();
    if text.trim().is_empty() {
        text = format!("{HEAD}\n");
    } else if text.lines().next().map(str::trim) != Some(HEAD) {
        return Err(format!("{FILE} is there and does not begin with {HEAD}"));
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    for change in changed {
        let sheet = change.cell.split('!').next().unwrap_or_default();
        let of_sheet: Vec<&Said> =
            said.iter().filter(|said| said.sheet.is_empty() || said.sheet.eq_ignore_ascii_case(sheet)).collect();
        let all = |part: &dyn Fn(&Said) -> String| {
            let mut words: Vec<String> =
                of_sheet.iter().map(|said| part(said)).filter(|text| !text.is_empty()).collect();
            words.dedup();
            words.join("; ")
        };
        let day = of_sheet.iter().filter_map(|said| said.day).max().unwrap_or(today).to_string();
        let cells = [
            day,
            all(&|said| said.who.clone()),
            workbook.to_owned(),
            change.cell.clone(),
            change.file.clone(),
            change.entry.clone(),
            change.field.clone(),
            change.old.clone(),
            change.new.clone(),
            all(&|said| said.why.clone()),
        ];
        let line: Vec<String> = cells.into_iter().map(|cell| Value::Text(cell).in_csv()).collect();
        text.push_str(&line.join(","));
        text.push('\n');
    }
    Ok(text)
}
