//! Back-tests: forecasts from months gone by, on what was known then, scored against what happened.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use muster_data::description::PlaceKind;
use muster_data::store::Filter;
use muster_data::{Dataset, Period};
use muster_forecast::{
    Driver, Forecasts, Level, Method, Month, Panel, Reconciliation, ScoreRow, Series, Settings, SummaryRow, backtest,
    forecast, summary,
};

use crate::report::line_chart;
use crate::run::RunError;

/// The publication whose staff in post are forecast.
const STAFF_IN_POST: &str = "hchs-staff";
/// The staff groups that are the whole of the staff, each person in exactly one.
const GROUPS: [&str; 10] = [
    "doctors",
    "nurses",
    "midwives",
    "ambulance",
    "st-and-t",
    "support-clinical",
    "support-ambulance",
    "support-st-and-t",
    "infrastructure",
    "unknown",
];
/// A group without a trade, which is forecast so that the groups add up, and not scored.
const UNSCORED: &str = "unknown";

/// What to back-test.
#[derive(Debug, Clone)]
pub struct BacktestRequest {
    /// The months to forecast from.
    pub origins: Vec<Month>,
    /// How many months ahead to score.
    pub horizons_months: Vec<usize>,
    /// How the forecasts are made to add up.
    pub reconciliation: Reconciliation,
}

/// What came of a back-test.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// What was asked for.
    pub request: BacktestRequest,
    /// A row for each origin, horizon, series and method.
    pub scores: Vec<ScoreRow>,
    /// Muster's forecasts from the last origin.
    pub latest: Forecasts,
    /// How many series there are at each level.
    pub series: BTreeMap<Level, usize>,
    /// The first and the last month of the data.
    pub data: (Month, Month),
    names: BTreeMap<String, String>,
}

impl Backtest {
    /// Fits on what was known at each origin, forecasts and scores.
    pub fn make(dataset: &Dataset, request: BacktestRequest) -> Result<Self, RunError> {
        let (panel, names) = panel(dataset)?;
        let drivers = drivers(dataset)?;
        let asked = |error: &dyn ToString| RunError::Request(error.to_string());
        let last = request.origins.iter().max().copied().ok_or_else(|| asked(&"name an origin, as in 2016-03"))?;
        let mut scores = backtest(
            &panel,
            &drivers,
            &request.origins,
            &request.horizons_months,
            &Method::ALL,
            request.reconciliation,
        )
        .map_err(|error| asked(&error))?;
        scores.retain(|row| row.series != UNSCORED);
        let horizon_months = request.horizons_months.iter().max().copied().unwrap_or(12);
        let settings = Settings { horizon_months, reconciliation: request.reconciliation };
        let latest = forecast(&panel.known_at(last), &drivers, last, Method::Muster, &settings)
            .map_err(|error| asked(&error))?;
        let mut series = BTreeMap::new();
        for one in panel.series() {
            *series.entry(one.level).or_default() += 1;
        }
        Ok(Self { request, scores, latest, series, data: (panel.first_month(), panel.last_month()), names })
    }

    /// Scores by level, horizon and method.
    pub fn summary(&self) -> Vec<SummaryRow> {
        summary(&self.scores)
    }

    /// What to call a series.
    pub fn name<'b>(&'b self, id: &'b str) -> &'b str {
        self.names.get(id).map_or(id, String::as_str)
    }
}

/// The series of a dataset: England by staff group, and all staff by region, system and organisation.
///
/// A part that a dataset gives for some months only, as where one region reaches further than the rest, is cut to the months in
/// which England has a total.
fn panel(dataset: &Dataset) -> Result<(Panel, BTreeMap<String, String>), RunError> {
    let asked = |error: &dyn ToString| RunError::Request(error.to_string());
    let filter = Filter {
        publication: Some(STAFF_IN_POST.to_owned()),
        measures: vec!["fte".to_owned()],
        staff: GROUPS.iter().map(|group| (*group).to_owned()).chain(["all".to_owned()]).collect(),
        dimensions: muster_data::COLUMNS[3..].iter().map(|name| ((*name).to_owned(), String::new())).collect(),
        ..Filter::default()
    };
    let facts = dataset.facts(&filter).map_err(|error| asked(&error))?;
    let mut values: BTreeMap<(&str, &str), BTreeMap<Month, f64>> = BTreeMap::new();
    for fact in facts.list.iter().filter(|fact| fact.period.is_month()) {
        let [_, staff, place, ..] = facts.texts(&fact.subject);
        if let (Some(month), Some(value)) = (month_of(fact.period), fact.value) {
            values.entry((place, staff)).or_default().insert(month, value.to_f64());
        }
    }
    let england = values.get(&("ENG", "all")).filter(|england| !england.is_empty()).ok_or_else(|| {
        asked(&"the dataset has no staff in post for England by month: add NHS workforce statistics with `muster data add`")
    })?;
    let months: Vec<Month> = england.keys().copied().collect();
    let mut names = BTreeMap::new();
    let mut list = Vec::new();
    let series = |id: &str, level: Level, parent: Option<&str>, values: &BTreeMap<Month, f64>| {
        let inside = |month: &Month| months.binary_search(month).is_ok();
        let start = *values.keys().find(|month| inside(month))?;
        let end = *values.keys().rev().find(|month| inside(month))?;
        let count = end.months_since(start);
        let values_fte = (0..=count).map(|step| values.get(&start.plus(step)).copied().unwrap_or(0.0)).collect();
        Some(Series { id: id.to_owned(), level, parent: parent.map(str::to_owned), start, values_fte })
    };
    list.extend(series("ENG", Level::England, None, england));
    names.insert("ENG".to_owned(), "England".to_owned());
    for group in GROUPS {
        if let Some(values) = values.get(&("ENG", group)) {
            list.extend(series(group, Level::StaffGroup, Some("ENG"), values));
            names.insert(
                group.to_owned(),
                dataset.library().staff(group).map_or(group, |staff| &staff.title).to_owned(),
            );
        }
    }
    let records = dataset.place_records().map_err(|error| asked(&error))?;
    let mut parents: BTreeMap<&str, (PlaceKind, Option<&str>)> = BTreeMap::new();
    for (_, record) in records.iter().filter(|(publication, _)| publication == STAFF_IN_POST) {
        parents.insert(&record.code, (record.kind, record.parent.as_deref()));
        names.insert(record.code.clone(), record.name.clone());
    }
    for (code, (kind, parent)) in &parents {
        let Some(values) = values.get(&(*code, "all")) else { continue };
        let level = match kind {
            PlaceKind::Region => Level::Region,
            PlaceKind::System => Level::System,
            _ => Level::Organisation,
        };
        list.extend(series(code, level, Some(parent.unwrap_or("ENG")), values));
    }
    Ok((Panel::new(list).map_err(|error| asked(&error))?, names))
}

fn month_of(period: Period) -> Option<Month> {
    Month::new(period.ends().year().into(), u32::from(period.ends().month().unsigned_abs()))
}

/// Students accepted for nursing, who join three years on. Each year counts from the day on which it was published.
fn drivers(dataset: &Dataset) -> Result<Vec<Driver>, RunError> {
    let filter = Filter { publication: Some("published-aggregates".to_owned()), ..Filter::default() };
    let facts = dataset.facts(&filter).map_err(|error| RunError::Request(error.to_string()))?;
    let driver = |fact: &muster_data::Fact| {
        let [_, _, place, .., detail] = facts.texts(&fact.subject);
        let published = detail.strip_prefix("ucas_nursing · acceptances · nursing · published · ")?;
        let known = published.parse::<Period>().ok().and_then(month_of)?;
        // Those who start in autumn qualify in the third summer, and are in post by the March after it.
        let qualify = Month::new(i32::from(fact.period.ends().year()) + 4, 3)?;
        let value = fact.value?.to_f64();
        (place == UNITED_KINGDOM).then(|| Driver {
            series: "nurses".to_owned(),
            bears_on_year_to: qualify,
            value,
            published: known,
        })
    };
    Ok(facts.list.iter().filter_map(driver).collect())
}

const UNITED_KINGDOM: &str = "K02000001";

/// The track record as a page: what was forecast, what happened, and who was nearer.
pub fn track_record(backtest: &Backtest) -> String {
    let mut page = String::new();
    let rows = backtest.summary();
    for level in Level::ALL {
        let of_level: Vec<&SummaryRow> = rows.iter().filter(|row| row.level == level).collect();
        if of_level.is_empty() {
            continue;
        }
        let _ = writeln!(page, "\n## {}\n", level_title(level));
        if level != Level::Organisation {
            let _ = writeln!(
                page,
                "Weighted interval score, % of staff in post at the origin; lower is better, the best is bold.\n"
            );
            table(&mut page, backtest, &of_level, |row| row.wis_percent);
        }
        if matches!(level, Level::Organisation | Level::StaffGroup) {
            let _ = writeln!(
                page,
                "\nWeighted interval score, %, counting staff: a large group or body weighs more than a small one.\n"
            );
            table(&mut page, backtest, &of_level, |row| row.pooled_wis_percent);
        }
        let _ = writeln!(page, "\nMean absolute error of the median, %.\n");
        table(&mut page, backtest, &of_level, |row| row.mape_percent);
        let _ = writeln!(page, "\nError beside that of repeating last year's month (MASE); 1 is as good.\n");
        table(&mut page, backtest, &of_level, |row| row.mase.unwrap_or(f64::NAN));
        let _ = writeln!(page, "\nOutcomes inside Muster's intervals, %, and how many outcomes there were.\n");
        coverage(&mut page, &of_level);
    }
    page
}

fn table(page: &mut String, backtest: &Backtest, rows: &[&SummaryRow], of: impl Fn(&SummaryRow) -> f64) {
    let _ = writeln!(page, "| Months ahead | {} |", Method::ALL.map(Method::title).join(" | "));
    let _ = writeln!(page, "|---|{}", "---|".repeat(Method::ALL.len()));
    for horizon in &backtest.request.horizons_months {
        let values: Vec<Option<f64>> = Method::ALL
            .iter()
            .map(|method| {
                let row = rows.iter().find(|row| row.method == *method && row.horizon_months == *horizon);
                row.map(|row| of(row)).filter(|value| value.is_finite())
            })
            .collect();
        let Some(best) = values.iter().flatten().copied().min_by(f64::total_cmp) else { continue };
        let cell = |value: &Option<f64>| match value {
            None => "–".to_owned(),
            Some(value) if *value == best => format!("**{value:.2}**"),
            Some(value) => format!("{value:.2}"),
        };
        let _ = writeln!(page, "| {horizon} | {} |", values.iter().map(cell).collect::<Vec<_>>().join(" | "));
    }
}

fn coverage(page: &mut String, rows: &[&SummaryRow]) {
    let _ = writeln!(page, "| Months ahead | 50% | 80% | 95% | Outcomes |\n|---|---|---|---|---|");
    for row in rows.iter().filter(|row| row.method == Method::Muster) {
        let _ = writeln!(
            page,
            "| {} | {:.0} | {:.0} | {:.0} | {} |",
            row.horizon_months, row.inside_50_percent, row.inside_80_percent, row.inside_95_percent, row.outcomes
        );
    }
}

/// What a level is called.
pub fn level_title(level: Level) -> &'static str {
    match level {
        Level::England => "England, all staff",
        Level::StaffGroup => "England, nine staff groups",
        Level::Region => "Seven regions",
        Level::System => "Forty-two systems",
        Level::Organisation => "Organisations",
    }
}

/// Scores by horizon for the nine staff groups, as an SVG: Muster, and the baselines that a reader would try first.
pub fn track_record_chart(backtest: &Backtest) -> Result<String, RunError> {
    let rows = backtest.summary();
    let horizons = &backtest.request.horizons_months;
    let shown = [Method::Muster, Method::Growth5Years, Method::Growth3Years, Method::Growth1Year, Method::LastValue];
    let line = |method: &Method| {
        let values = horizons.iter().filter_map(|horizon| {
            let row = rows
                .iter()
                .find(|row| row.level == Level::StaffGroup && row.method == *method && row.horizon_months == *horizon);
            row.map(|row| row.wis_percent)
        });
        (method.title().to_owned(), values.collect::<Vec<_>>())
    };
    let lines: Vec<(String, Vec<f64>)> =
        shown.iter().map(line).filter(|(_, values)| values.len() == horizons.len()).collect();
    let labels: Vec<String> = horizons.iter().map(|horizon| format!("{horizon} months")).collect();
    line_chart(
        "How far forecasts of nine staff groups were from what happened",
        &labels,
        lines,
        "weighted interval score, %",
    )
}
