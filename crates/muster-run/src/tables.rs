//! Results as Parquet: one row for each scenario, place, profession, setting and year, and one for each programme.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Float64Array, RecordBatch};
use arrow_schema::{ArrowError, Field, Schema};
use muster_draws::summary::CHANCES;
use muster_engine::{Cause, ProgrammeYear, YearResult};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::money::{Money, Subject};
use crate::run::{Run, RunError};
use crate::uncertainty::{MEASURES, Uncertainty};

/// Columns under way.
#[derive(Default)]
struct Columns {
    texts: Vec<(&'static str, Vec<String>)>,
    numbers: Vec<(String, Vec<f64>)>,
}

impl Columns {
    fn new(texts: &[&'static str], numbers: Vec<String>) -> Self {
        Self {
            texts: texts.iter().map(|name| (*name, Vec::new())).collect(),
            numbers: numbers.into_iter().map(|name| (name, Vec::new())).collect(),
        }
    }

    fn push(&mut self, texts: &[&str], numbers: impl IntoIterator<Item = f64>) {
        for ((_, column), text) in self.texts.iter_mut().zip(texts) {
            column.push((*text).to_owned());
        }
        for ((_, column), number) in self.numbers.iter_mut().zip(numbers) {
            column.push(number);
        }
    }

    fn into_parquet(self) -> Result<Vec<u8>, RunError> {
        let fail =
            |error: &dyn std::fmt::Display| RunError::File { path: "Parquet".to_owned(), error: error.to_string() };
        let batch = self.into_batch().map_err(|error| fail(&error))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("muster ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let mut bytes = Vec::new();
        let mut writer =
            ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).map_err(|error| fail(&error))?;
        writer.write(&batch).map_err(|error| fail(&error))?;
        writer.close().map_err(|error| fail(&error))?;
        Ok(bytes)
    }

    fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let mut columns: Vec<(String, ArrayRef)> = Vec::new();
        for (name, texts) in self.texts {
            let array: DictionaryArray<Int32Type> = texts.iter().map(String::as_str).collect();
            columns.push((name.to_owned(), Arc::new(array)));
        }
        for (name, numbers) in self.numbers {
            columns.push((name, Arc::new(Float64Array::from(numbers))));
        }
        let fields: Vec<Field> =
            columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), false)).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, array)| array).collect())
    }
}

type Measured<T> = (&'static str, fn(&T) -> f64);

const STAFF: [Measured<YearResult>; 8] = [
    ("headcount", |year| year.headcount),
    ("headcount_55_and_over", |year| year.headcount_55_and_over),
    ("supply_fte", |year| year.fte),
    ("demand_fte", |year| year.demand_fte),
    ("gap_fte", |year| year.gap_fte),
    ("temporary_fte", |year| year.temporary_fte),
    ("pay_gbp", |year| year.pay_gbp),
    ("temporary_gbp", |year| year.temporary_gbp),
];

const TRAINING: [Measured<ProgrammeYear>; 5] = [
    ("intake_headcount", |year| year.intake),
    ("withdrawn_headcount", |year| year.withdrawn),
    ("completed_headcount", |year| year.completed),
    ("joined_headcount", |year| year.joined),
    ("students_headcount", |year| year.students),
];

/// `workforce.parquet`: stocks, demand, cost, and every flow by cause.
pub(crate) fn workforce(run: &Run) -> Result<Vec<u8>, RunError> {
    let causes =
        Cause::ALL.iter().flat_map(|cause| [format!("{}_headcount", cause.id()), format!("{}_fte", cause.id())]);
    let names = STAFF.iter().map(|(name, _)| (*name).to_owned()).chain(causes).collect();
    let mut columns = Columns::new(&["scenario", "place", "staff_group", "profession", "setting", "year"], names);
    let years: Vec<String> = run.years().iter().map(ToString::to_string).collect();
    let taxonomy = &run.plan.shelf.taxonomy;
    for scenario in &run.scenarios {
        for (cell, result) in scenario.resolved.inputs.cells.iter().zip(&scenario.projection.cells) {
            let profession = &taxonomy.professions[cell.profession];
            let group = &taxonomy.groups[profession.group].id;
            let place = run.places[cell.place].as_str();
            for (year, result) in years.iter().zip(&result.years) {
                let texts = [scenario.id.as_str(), place, group, &profession.id, cell.setting.id(), year];
                let stocks = STAFF.iter().map(|(_, of)| of(result));
                let flows = Cause::ALL.iter().flat_map(|cause| {
                    let flow = result.flow(*cause);
                    [flow.headcount, flow.fte]
                });
                columns.push(&texts, stocks.chain(flows));
            }
        }
    }
    columns.into_parquet()
}

/// `quantiles.parquet`: what the draws say of each place, row, year and measure, with the Monte Carlo error of each figure.
pub(crate) fn quantiles(run: &Run, uncertainty: &Uncertainty) -> Result<Vec<u8>, RunError> {
    let points = CHANCES.map(|chance| format!("p{}", 100.0 * chance).replace('.', "_"));
    let figures = std::iter::once("mean".to_owned()).chain(points);
    let mut names: Vec<String> = figures.flat_map(|name| [name.clone(), format!("{name}_error")]).collect();
    names.push("standard_deviation".to_owned());
    let mut columns = Columns::new(&["scenario", "place", "level", "id", "year", "measure"], names);
    let years: Vec<String> = run.years().iter().map(ToString::to_string).collect();
    for scenario in &uncertainty.scenarios {
        for row in &scenario.rows {
            let (place, [level, id]) = (place_of(run, row.of.place), run.row_id(row.of.row));
            for (year, summaries) in years.iter().zip(&row.years) {
                for (measure, summary) in MEASURES.iter().zip(summaries) {
                    let texts = [scenario.id.as_str(), place, level, id, year, measure];
                    let figures = std::iter::once(&summary.mean).chain(&summary.quantiles);
                    let numbers = figures.flat_map(|figure| [figure.value, figure.error]);
                    columns.push(&texts, numbers.chain([summary.standard_deviation]));
                }
            }
        }
    }
    columns.into_parquet()
}

/// `draws.parquet`: supply, demand, gap and pay bill of everyone together in each draw and year.
pub(crate) fn draws(run: &Run, uncertainty: &Uncertainty) -> Result<Vec<u8>, RunError> {
    let names = std::iter::once("draw").chain(MEASURES).map(str::to_owned).collect();
    let mut columns = Columns::new(&["scenario", "year"], names);
    let years: Vec<String> = run.years().iter().map(ToString::to_string).collect();
    for scenario in &uncertainty.scenarios {
        for (y, year) in years.iter().enumerate() {
            for draw in 0..uncertainty.draws {
                let numbers = (0..MEASURES.len()).map(|measure| scenario.whole.of(measure, y)[draw]);
                columns.push(&[scenario.id.as_str(), year], std::iter::once(draw as f64).chain(numbers));
            }
        }
    }
    columns.into_parquet()
}

/// `money.parquet`: pounds and what they buy, by scenario, place, year, line and subject.
pub(crate) fn money(run: &Run, money: &Money) -> Result<Vec<u8>, RunError> {
    let texts = ["scenario", "place", "year", "line", "level", "id", "band", "quantity_of"];
    let mut columns = Columns::new(&texts, vec!["gbp".to_owned(), "quantity".to_owned()]);
    let taxonomy = &run.plan.shelf.taxonomy;
    let bands = run.plan.pay_bands();
    for ledger in &money.ledgers {
        let years: Vec<String> = ledger.years.iter().map(ToString::to_string).collect();
        for row in &ledger.rows {
            let (level, id) = match row.subject {
                Subject::Profession(i) => ("profession", &taxonomy.professions[i].id),
                Subject::Programme(i) => ("programme", &taxonomy.programmes[i].id),
                Subject::Action(i) => ("action", &run.plan.actions[i].id),
            };
            let place = place_of(run, row.place);
            let band = row.band.and_then(|band| Some(bands?.bands.get(band)?.id.as_str())).unwrap_or_default();
            for (i, year) in years.iter().enumerate() {
                let texts = [&ledger.scenario, place, year, row.line.id(), level, id, band, row.line.quantity()];
                columns.push(&texts, [row.gbp[i], row.quantity[i]]);
            }
        }
    }
    columns.into_parquet()
}

/// The code of a place of the run; `all` for all of them together.
fn place_of(run: &Run, place: Option<usize>) -> &str {
    match (place, &run.places[..]) {
        (Some(place), places) => places[place].as_str(),
        (None, [one]) => one.as_str(),
        (None, _) => "all",
    }
}

/// `training.parquet`: starters, withdrawals, completions and students by programme.
pub(crate) fn training(run: &Run) -> Result<Vec<u8>, RunError> {
    let names = TRAINING.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut columns = Columns::new(&["scenario", "place", "programme", "year"], names);
    let years: Vec<String> = run.years().iter().map(ToString::to_string).collect();
    for scenario in &run.scenarios {
        for (programme, result) in scenario.resolved.inputs.programmes.iter().zip(&scenario.projection.programmes) {
            let id = &run.plan.shelf.taxonomy.programmes[programme.programme].id;
            for (year, result) in years.iter().zip(result) {
                let texts = [scenario.id.as_str(), run.places[programme.place].as_str(), id, year];
                columns.push(&texts, TRAINING.iter().map(|(_, of)| of(result)));
            }
        }
    }
    columns.into_parquet()
}
