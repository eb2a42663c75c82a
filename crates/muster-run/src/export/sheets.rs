//! Every resolved input as tables, one for each topic, and the engine's results beside them.

mod definitions;
mod people;
mod rest;

use super::world::World;

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
    /// There is none: a flow at the baseline.
    Nothing,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sheet {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
}

/// No workbook has a longer sheet.
pub(crate) const MOST_ROWS: usize = 1_048_575;

impl Sheet {
    fn new(name: &str, head: &[&str]) -> Self {
        let head = head.iter().map(|name| (*name).to_owned()).collect();
        Self { name: name.to_owned(), head, rows: Vec::new() }
    }

    /// With a column for each year at the end.
    fn by_year(name: &str, head: &[&str], world: &World<'_>) -> Self {
        let mut sheet = Self::new(name, head);
        sheet.head.extend(world.resolved.years.iter().map(ToString::to_string));
        sheet
    }

    /// How wide a column is best shown, in letters.
    pub(crate) fn width(&self, column: usize) -> f64 {
        let letters = |value: Option<&Value>| match value {
            Some(Value::Text(text)) => text.chars().count(),
            _ => 0,
        };
        let widest = self.rows.iter().map(|row| letters(row.get(column))).max().unwrap_or(0);
        (widest.max(self.head[column].chars().count()) as f64 + 1.0).clamp(9.0, 60.0)
    }
}

/// Every sheet, the definitions first.
pub(crate) fn all(world: &World<'_>, results: &muster_engine::Projection, notes: &[String]) -> Vec<Sheet> {
    let mut sheets = vec![definitions::about(world, notes), definitions::measures(world)];
    sheets.extend(people::all(world));
    sheets.extend(rest::all(world));
    sheets.push(rest::results(world, results));
    sheets.retain(|sheet| !sheet.rows.is_empty());
    sheets
}
