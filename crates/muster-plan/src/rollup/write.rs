//! A roll-up as tables: for the terminal, for spreadsheets and for programs.

use muster_core::FinancialYear;
use muster_run::{csv_cell, gbp, signed, thousands};
use serde::Serialize;

use super::{Finding, Found, Group, Item, Node, Rollup, Standing, Statement};

/// A line of a statement, for one item in one year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The place.
    pub place: String,
    /// What it is called.
    pub name: String,
    /// Its level.
    pub level: &'static str,
    /// How it comes to be in the sum.
    pub standing: Standing,
    /// The year.
    pub year: FinancialYear,
    /// Of what.
    pub item: Item,
    /// Its unit.
    pub unit: &'static str,
    /// Which line.
    pub line: String,
    /// How much.
    pub amount: f64,
}

impl Node {
    /// Its level, in a word.
    pub fn level(&self) -> &'static str {
        match self.kind {
            muster_core::PlaceKind::Country => "country",
            muster_core::PlaceKind::Region => "region",
            muster_core::PlaceKind::System if self.covers == crate::submission::Covers::Rest => "rest of system",
            muster_core::PlaceKind::System => "system",
            muster_core::PlaceKind::Trust => "organisation",
        }
    }
}

/// What the line for parts that do not add to the whole is called.
pub const PARTS: &str = "Shares and limits of the parts";

impl Statement {
    /// Its lines between modelled and submitted, in the order of exchange: title and the amount of an item in a year. Lines of
    /// nothing are left out.
    pub fn lines(&self, item: Item, year: usize) -> Vec<(&'static str, f64)> {
        let of_groups =
            Group::ALL.iter().filter_map(|group| Some((group.title(), self.groups.get(group)?.at(year).get(item))));
        let lines = of_groups.chain(std::iter::once((PARTS, self.parts.at(year).get(item))));
        lines.filter(|(_, amount)| amount.abs() >= 1e-6).collect()
    }

    /// How much of an item is estimated, as a share of what was submitted.
    pub fn estimated_share(&self, item: Item, year: usize) -> f64 {
        let submitted = self.submitted.at(year).get(item);
        if submitted == 0.0 { 0.0 } else { self.estimated.at(year).get(item) / submitted }
    }
}

/// An amount as a reader wants it.
pub fn amount(item: Item, value: f64) -> String {
    if item.is_money() { gbp(value) } else { thousands(value) }
}

/// A difference as a reader wants it: with its sign.
pub fn difference(item: Item, value: f64) -> String {
    match (item.is_money(), gbp(value)) {
        (true, text) if value > 0.0 && text != "£0" => format!("+{text}"),
        (true, text) => text,
        (false, _) => signed(value),
    }
}

impl Rollup {
    /// Every line of every statement, for every item, in some years.
    pub fn rows(&self, years: &[usize]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (index, _) in self.from_the_top() {
            let node = &self.nodes[index];
            for &year in years {
                for item in Item::ALL {
                    let mut push = |line: &str, amount: f64| {
                        rows.push(Row {
                            place: node.place.to_string(),
                            name: node.name.clone(),
                            level: node.level(),
                            standing: node.standing,
                            year: self.years[year],
                            item,
                            unit: item.unit(),
                            line: line.to_owned(),
                            amount,
                        });
                    };
                    let statement = &node.statement;
                    push("modelled", statement.modelled.at(year).get(item));
                    for (title, amount) in statement.lines(item, year) {
                        push(title, amount);
                    }
                    push("submitted", statement.submitted.at(year).get(item));
                    push("of which estimated", statement.estimated.at(year).get(item));
                }
            }
        }
        rows
    }

    /// The same as CSV.
    pub fn csv(&self, years: &[usize]) -> String {
        let mut text = "place,name,level,standing,year,item,unit,line,amount\n".to_owned();
        for row in self.rows(years) {
            let standing = standing_id(row.standing);
            let cells =
                [&row.place, &row.name, row.level, standing, &row.year.to_string(), row.item.id(), row.unit, &row.line]
                    .map(csv_cell);
            text.push_str(&format!("{},{}\n", cells.join(","), row.amount));
        }
        text
    }
}

/// A roll-up for programs.
#[derive(Debug, Serialize)]
pub struct Document<'r> {
    /// The title of the plan of the whole.
    pub title: &'r str,
    /// The scenario.
    pub scenario: &'r str,
    /// The year.
    pub year: FinancialYear,
    /// Every line of every statement.
    pub rows: Vec<Row>,
    /// What was counted twice, or may have been.
    pub findings: &'r [Finding],
}

impl Rollup {
    /// The roll-up in one year, for programs.
    pub fn document(&self, year: usize) -> Document<'_> {
        Document {
            title: &self.title,
            scenario: &self.scenario,
            year: self.years[year],
            rows: self.rows(&[year]),
            findings: &self.findings,
        }
    }
}

fn standing_id(standing: Standing) -> &'static str {
    match standing {
        Standing::Submitted => "submitted",
        Standing::Added => "added",
        Standing::Estimated => "estimated",
    }
}

impl Found {
    /// As written in statements.
    pub fn title(self) -> &'static str {
        match self {
            Self::Graduates => "Graduates counted twice",
            Self::TransferIn => "Transfers in that nobody gives up",
            Self::TransferOut => "Transfers out that nobody takes",
            Self::SharedStaff => "Staff shared between places",
            Self::Shares => "Shares that do not add up",
            Self::OwnPlan => "A plan that is not the sum of its parts",
        }
    }
}
