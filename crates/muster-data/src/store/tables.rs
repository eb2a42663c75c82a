//! Facts and records as Parquet, written and read.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Date32Builder, Decimal128Builder, StringDictionaryBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use bytes::Bytes;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::statistics::Statistics;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{StoreError, failed};
use crate::fact::{COLUMNS, Fact, Facts, Subject, Word};
use crate::open::{Cell, Sheet};
use crate::{Amount, Period, open};

/// Rows that are read or passed over together.
const GROUP: usize = 32_768;

/// Which facts are wanted; what is empty or absent asks for nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One publication.
    pub publication: Option<String>,
    /// Any of these measures.
    pub measures: Vec<String>,
    /// Any of these professions or staff groups.
    pub staff: Vec<String>,
    /// Any of these places.
    pub places: Vec<String>,
    /// Periods that lie within this one.
    pub within: Option<Period>,
    /// Values of other dimensions; an empty value asks for the total.
    pub dimensions: Vec<(String, String)>,
}

pub(super) fn hash(bytes: &[u8]) -> String {
    open::hex(&Sha256::digest(bytes))
}

const EPOCH: Date = date(1970, 1, 1);

fn day_number(day: Date) -> i32 {
    (day - EPOCH).get_days()
}

fn day_of(number: i32) -> Date {
    EPOCH.saturating_add(number.days())
}

fn text_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The columns of facts on disk.
pub(crate) fn schema() -> Schema {
    let text = |name: &str| Field::new(name, text_type(), false);
    let mut fields: Vec<Field> = COLUMNS.iter().map(|name| text(name)).collect();
    fields.push(text("period"));
    fields.push(Field::new("starts", DataType::Date32, false));
    fields.push(Field::new("ends", DataType::Date32, false));
    fields.push(Field::new("value", DataType::Decimal128(18, 6), true));
    fields.extend(["unit", "status", "source"].map(text));
    Schema::new(fields)
}

/// Facts, already sorted, as the bytes of a Parquet file.
pub(super) fn facts_bytes(facts: &Facts) -> Result<Vec<u8>, StoreError> {
    let wrong = |error: &dyn ToString| failed(Path::new("facts"), error.to_string());
    let schema = Arc::new(schema());
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP))
        .build();
    let mut writer =
        ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties)).map_err(|error| wrong(&error))?;
    for group in facts.list.chunks(GROUP) {
        let batch = batch(facts, group, schema.clone()).map_err(|error| wrong(&error))?;
        writer.write(&batch).map_err(|error| wrong(&error))?;
    }
    writer.into_inner().map_err(|error| wrong(&error))
}

fn batch(facts: &Facts, group: &[Fact], schema: Arc<Schema>) -> Result<RecordBatch, ArrowError> {
    let text = |of: &dyn Fn(&Fact) -> String| -> ArrayRef {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        group.iter().for_each(|fact| builder.append_value(of(fact)));
        Arc::new(builder.finish())
    };
    let word = |of: &dyn Fn(&Fact) -> Word| text(&|fact| facts.words.text(of(fact)).to_owned());
    let mut columns: Vec<ArrayRef> = (0..COLUMNS.len()).map(|at| word(&|fact| fact.subject.words()[at])).collect();
    columns.push(text(&|fact| fact.period.to_string()));
    for of in [Period::starts, Period::ends] {
        let mut days = Date32Builder::new();
        group.iter().for_each(|fact| days.append_value(day_number(of(fact.period))));
        columns.push(Arc::new(days.finish()));
    }
    let mut values = Decimal128Builder::new().with_precision_and_scale(18, 6)?;
    group.iter().for_each(|fact| values.append_option(fact.value.map(|value| i128::from(value.millionths()))));
    columns.push(Arc::new(values.finish()));
    columns.push(word(&|fact| fact.unit));
    columns.push(text(&|fact| if fact.value.is_none() { "suppressed" } else { "" }.to_owned()));
    columns.push(word(&|fact| fact.source));
    RecordBatch::try_new(schema, columns)
}

/// Adds the facts of a file that a filter lets through; says why where it cannot be read.
pub(super) fn read_facts(bytes: Vec<u8>, filter: &Filter, facts: &mut Facts) -> Result<(), String> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).map_err(|error| error.to_string())?;
    let groups: Vec<usize> = builder
        .metadata()
        .row_groups()
        .iter()
        .enumerate()
        .filter(|(_, group)| may_hold(group.column(0).statistics(), &filter.measures))
        .map(|(at, _)| at)
        .collect();
    let reader = builder.with_row_groups(groups).with_batch_size(GROUP).build().map_err(|error| error.to_string())?;
    for batch in reader {
        let batch = batch.map_err(|error| error.to_string())?;
        read_batch(&batch, filter, facts).ok_or("a column is missing")?;
    }
    Ok(())
}

/// Whether a group of rows may hold one of the measures: it is sorted by them.
fn may_hold(statistics: Option<&Statistics>, measures: &[String]) -> bool {
    let (Some(statistics), false) = (statistics, measures.is_empty()) else { return true };
    let (Some(least), Some(most)) = (statistics.min_bytes_opt(), statistics.max_bytes_opt()) else { return true };
    measures.iter().any(|measure| least <= measure.as_bytes() && measure.as_bytes() <= most)
}

fn read_batch(batch: &RecordBatch, filter: &Filter, facts: &mut Facts) -> Option<()> {
    let column = |name: &str| batch.column_by_name(name);
    let mut texts = Vec::new();
    for name in COLUMNS.iter().chain(["unit", "source"].iter()) {
        let column: &DictionaryArray<Int32Type> = column(name)?.as_dictionary_opt()?;
        let values = column.values().as_string_opt::<i32>()?;
        let allowed = |text: &str| match *name {
            "measure" => filter.measures.is_empty() || filter.measures.iter().any(|wanted| wanted == text),
            "staff" => filter.staff.is_empty() || filter.staff.iter().any(|wanted| wanted == text),
            "place" => filter.places.is_empty() || filter.places.iter().any(|wanted| wanted == text),
            name => filter.dimensions.iter().all(|(dimension, wanted)| dimension != name || wanted == text),
        };
        let words: Vec<Option<Word>> =
            values.iter().map(|text| text.filter(|text| allowed(text)).map(|text| facts.words.add(text))).collect();
        texts.push((column.keys(), words));
    }
    let starts = column("starts")?.as_primitive_opt::<Date32Type>()?;
    let ends = column("ends")?.as_primitive_opt::<Date32Type>()?;
    let values = column("value")?.as_primitive_opt::<Decimal128Type>()?;
    let mut periods: HashMap<(i32, i32), Option<Period>> = HashMap::new();
    'rows: for row in 0..batch.num_rows() {
        let mut words = [Word::default(); 12];
        for (word, (keys, known)) in words.iter_mut().zip(&texts) {
            match known[keys.value(row) as usize] {
                Some(found) => *word = found,
                None => continue 'rows,
            }
        }
        let days = (starts.value(row), ends.value(row));
        let period = *periods.entry(days).or_insert_with(|| Period::new(day_of(days.0), day_of(days.1)));
        let period = period?;
        if filter.within.is_some_and(|within| !period.within(within)) {
            continue;
        }
        let [subject @ .., unit, source] = words;
        facts.list.push(Fact {
            subject: Subject::of_words(subject),
            period,
            value: (!values.is_null(row)).then(|| Amount::from_millionths(values.value(row) as i64)),
            unit,
            source,
        });
    }
    Some(())
}

/// A record of a reference table.
pub(crate) trait Record: Serialize + DeserializeOwned {
    /// Its columns.
    const COLUMNS: &'static [&'static str];
}

impl Record for crate::read::PlaceRecord {
    const COLUMNS: &'static [&'static str] =
        &["code", "kind", "name", "parent", "opened", "closed", "seen_from", "seen_to", "cluster"];
}

impl Record for crate::read::Succession {
    const COLUMNS: &'static [&'static str] = &["from", "to", "date", "share", "change"];
}

impl Record for crate::read::Link {
    const COLUMNS: &'static [&'static str] = &["kind", "from", "to", "weight"];
}

/// Records as the bytes of a Parquet file; every column is text, and absent where there is nothing.
pub(super) fn records_bytes<T: Record>(records: &[T]) -> Result<Vec<u8>, StoreError> {
    let wrong = |error: &dyn ToString| failed(Path::new("records"), error.to_string());
    let fields = T::COLUMNS.iter().map(|name| Field::new(*name, text_type(), true)).collect::<Vec<_>>();
    let mut builders: Vec<StringDictionaryBuilder<Int32Type>> =
        T::COLUMNS.iter().map(|_| StringDictionaryBuilder::new()).collect();
    for record in records {
        let record = serde_json::to_value(record).map_err(|error| wrong(&error))?;
        for (name, builder) in T::COLUMNS.iter().zip(&mut builders) {
            match &record[*name] {
                serde_json::Value::Null => builder.append_null(),
                serde_json::Value::String(text) => builder.append_value(text),
                other => builder.append_value(other.to_string()),
            }
        }
    }
    let columns = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
    parquet_bytes(fields, columns).map_err(|error| wrong(&error))
}

/// Rows as they came, as the bytes of a Parquet file: a column for each place in the row, and the number of the row.
pub(super) fn sheets_bytes(sheets: &[Sheet]) -> Result<Vec<u8>, StoreError> {
    let wrong = |error: &dyn ToString| failed(Path::new("people"), error.to_string());
    let rows: Vec<&Vec<Cell>> = sheets.iter().flat_map(|sheet| &sheet.rows).collect();
    let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let fields: Vec<Field> =
        (1..=width).map(|column| Field::new(format!("column_{column}"), text_type(), true)).collect();
    let column = |at: usize| -> ArrayRef {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        for row in &rows {
            builder.append_option(row.get(at).filter(|cell| !cell.is_empty()).map(Cell::text));
        }
        Arc::new(builder.finish())
    };
    parquet_bytes(fields, (0..width).map(column).collect()).map_err(|error| wrong(&error))
}

fn parquet_bytes(fields: Vec<Field>, columns: Vec<ArrayRef>) -> Result<Vec<u8>, ParquetError> {
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), columns)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties))?;
    writer.write(&batch)?;
    writer.into_inner()
}

/// Reads records back; says why where they cannot be read.
pub(super) fn read_records<T: Record>(bytes: Vec<u8>) -> Result<Vec<T>, String> {
    let bytes = Bytes::from(bytes);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).and_then(ParquetRecordBatchReaderBuilder::build);
    let mut records = Vec::new();
    for batch in reader.map_err(|error| error.to_string())? {
        let batch = batch.map_err(|error| error.to_string())?;
        for row in 0..batch.num_rows() {
            let mut record = serde_json::Map::new();
            for (name, column) in T::COLUMNS.iter().zip(batch.columns()) {
                let column = column.as_dictionary_opt::<Int32Type>().ok_or("a column is missing")?;
                let values = column.values().as_string::<i32>();
                if let Some(key) = column.key(row) {
                    let text = values.value(key);
                    let number = ["share", "weight"].contains(name).then(|| text.parse::<f64>().ok()).flatten();
                    let value = number.map_or_else(|| text.into(), serde_json::Value::from);
                    record.insert((*name).to_owned(), value);
                } else {
                    record.insert((*name).to_owned(), serde_json::Value::Null);
                }
            }
            records.push(serde_json::from_value(record.into()).map_err(|error| error.to_string())?);
        }
    }
    Ok(records)
}
