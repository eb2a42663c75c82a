//! Supply, demand and gap of every profession, staff group and of all together: what the terminal and the report both show.

use muster_core::{FinancialYear, Fte, Headcount};
use serde::Serialize;

use crate::run::{Run, ScenarioRun};

/// What one line of a table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// Everyone.
    All,
    /// A staff group, as an index.
    Group(usize),
    /// A profession, as an index.
    Profession(usize),
}

impl Row {
    /// As written in files.
    pub(crate) fn level(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Group(_) => "staff_group",
            Self::Profession(_) => "profession",
        }
    }
}

/// Supply, demand and money in one year.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Line {
    /// People in post.
    pub headcount: Headcount,
    /// FTE in post.
    pub supply_fte: Fte,
    /// FTE needed.
    pub demand_fte: Fte,
    /// Demand less supply.
    pub gap_fte: Fte,
    /// The sum of shortfalls alone.
    pub shortfall_fte: Fte,
    /// Bank and agency staff.
    pub temporary_fte: Fte,
    /// Employer's cost of permanent staff.
    pub pay_gbp: f64,
    /// Cost of bank and agency staff.
    pub temporary_gbp: f64,
}

/// One row of the table, through the years and scenarios.
#[derive(Debug, Clone, Serialize)]
pub struct SummaryRow {
    /// What it is about.
    pub row: Row,
    /// Its name in files.
    pub id: String,
    /// Its name in reports.
    pub title: String,
    /// By scenario, then by year.
    pub lines: Vec<Vec<Line>>,
}

/// The table.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// The years, the baseline first.
    pub years: Vec<FinancialYear>,
    /// Names and titles of the scenarios.
    pub scenarios: Vec<(String, String)>,
    /// Everyone, then each group followed by its professions.
    pub rows: Vec<SummaryRow>,
}

impl Run {
    /// What a row is about, in words.
    pub(crate) fn row_title(&self, row: Row, place: Option<usize>) -> String {
        let taxonomy = &self.plan.shelf.taxonomy;
        let who = match row {
            Row::All => "All staff",
            Row::Group(group) => &taxonomy.groups[group].title,
            Row::Profession(profession) => &taxonomy.professions[profession].title,
        };
        let name = |place: usize| {
            let code = &self.places[place];
            self.plan.shelf.places.get(code).map_or(code.as_str(), |place| &place.name)
        };
        place.map_or_else(|| who.to_owned(), |place| format!("{who}, {}", name(place)))
    }

    /// The level of a row and the name of what it is about, as in files.
    pub(crate) fn row_id(&self, row: Row) -> [&str; 2] {
        let taxonomy = &self.plan.shelf.taxonomy;
        let id = match row {
            Row::All => "all",
            Row::Group(group) => &taxonomy.groups[group].id,
            Row::Profession(profession) => &taxonomy.professions[profession].id,
        };
        [row.level(), id]
    }
}

/// The columns of [`Line::to_csv`].
const LINE_COLUMNS: &str = "headcount,supply_fte,demand_fte,gap_fte,shortfall_fte,temporary_fte,pay_gbp,temporary_gbp";

impl Line {
    fn to_csv(self) -> String {
        let numbers: [f64; 8] = [
            self.headcount.into(),
            self.supply_fte.into(),
            self.demand_fte.into(),
            self.gap_fte.into(),
            self.shortfall_fte.into(),
            self.temporary_fte.into(),
            self.pay_gbp,
            self.temporary_gbp,
        ];
        numbers.map(|number| format!("{number:.2}")).join(",")
    }

    fn add(&mut self, year: &muster_engine::YearResult) {
        self.headcount += Headcount(year.headcount);
        self.supply_fte += Fte(year.fte);
        self.demand_fte += Fte(year.demand_fte);
        self.gap_fte += Fte(year.gap_fte);
        self.shortfall_fte += Fte(year.gap_fte.max(0.0));
        self.temporary_fte += Fte(year.temporary_fte);
        self.pay_gbp += year.pay_gbp;
        self.temporary_gbp += year.temporary_gbp;
    }
}

/// Adds up the cells that `of` picks, year by year.
pub(crate) fn lines(scenario: &ScenarioRun, of: &dyn Fn(&muster_engine::Cell) -> bool) -> Vec<Line> {
    let mut lines = vec![Line::default(); scenario.resolved.years.len()];
    for (cell, result) in scenario.resolved.inputs.cells.iter().zip(&scenario.projection.cells) {
        if of(cell) {
            lines.iter_mut().zip(&result.years).for_each(|(line, year)| line.add(year));
        }
    }
    lines
}

/// The table of a run, all its places together.
pub fn summary(run: &Run) -> Summary {
    let taxonomy = &run.plan.shelf.taxonomy;
    let row = |row: Row, id: &str, title: &str| {
        let picks = |cell: &muster_engine::Cell| match row {
            Row::All => true,
            Row::Group(group) => taxonomy.professions[cell.profession].group == group,
            Row::Profession(profession) => cell.profession == profession,
        };
        let lines = run.scenarios.iter().map(|scenario| lines(scenario, &picks)).collect();
        SummaryRow { row, id: id.to_owned(), title: title.to_owned(), lines }
    };
    let mut rows = vec![row(Row::All, "all", "All staff")];
    for (g, group) in taxonomy.groups.iter().enumerate() {
        rows.push(row(Row::Group(g), &group.id, &group.title));
        for (p, profession) in taxonomy.professions.iter().enumerate().filter(|(_, profession)| profession.group == g) {
            rows.push(row(Row::Profession(p), &profession.id, &profession.title));
        }
    }
    let scenarios = run.scenarios.iter().map(|scenario| (scenario.id.clone(), scenario.title.clone())).collect();
    Summary { years: run.years(), scenarios, rows }
}

impl Summary {
    /// The table as CSV, a row for each scenario, line and year.
    pub fn to_csv(&self) -> String {
        let mut csv = format!("scenario,level,id,title,year,{LINE_COLUMNS}\n");
        for (s, (scenario, _)) in self.scenarios.iter().enumerate() {
            for row in &self.rows {
                let level = row.row.level();
                for (year, line) in self.years.iter().zip(&row.lines[s]) {
                    let title = row.title.replace('"', "\"\"");
                    let numbers = line.to_csv();
                    csv.push_str(&format!("{scenario},{level},{},\"{title}\",{year},{numbers}\n", row.id));
                }
            }
        }
        csv
    }
}

/// Supply, demand and cost of each place of a run, by year, as CSV.
pub(crate) fn places_csv(run: &Run) -> String {
    let mut csv = format!("scenario,place,name,year,{LINE_COLUMNS}\n");
    for scenario in &run.scenarios {
        for (i, code) in run.places.iter().enumerate() {
            let name = run.plan.shelf.places.get(code).map_or(code.as_str(), |place| &place.name).replace('"', "\"\"");
            for (year, line) in run.years().iter().zip(lines(scenario, &|cell| cell.place == i)) {
                let numbers = line.to_csv();
                csv.push_str(&format!("{},{code},\"{name}\",{year},{numbers}\n", scenario.id));
            }
        }
    }
    csv
}
