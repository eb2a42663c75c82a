//! Parquet, as a sheet: the names of the columns are its first row.

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::{Cell, Limits, Meter, OpenError, Sheet, refused};
use crate::period::serial;

pub(super) fn read(bytes: Vec<u8>, limits: Limits) -> Result<Vec<Sheet>, OpenError> {
    let damaged = |error| {
        OpenError::Refused(format!(
            "the Parquet file is damaged, or packed in a way that Muster does not know ({error}): fetch it again, or write it with Snappy"
        ))
    };
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(damaged)?;
    let fields = reader.metadata().file_metadata().schema_descr().root_schema().get_fields();
    let mut meter = Meter::new(limits);
    let mut rows = vec![fields.iter().map(|field| Cell::of(field.name())).collect::<Vec<_>>()];
    for row in reader.get_row_iter(None).map_err(damaged)? {
        let row: Vec<Cell> = row.map_err(damaged)?.get_column_iter().map(|(_, field)| cell(field)).collect();
        for cell in &row {
            meter.count(cell, 1).or_else(|why| refused(format!("row {}: {why}", rows.len() + 1)))?;
        }
        rows.push(row);
    }
    Ok(vec![Sheet { name: String::new(), rows }])
}

/// Days from 30 December 1899, where spreadsheets begin, to 1 January 1970.
const EPOCH: f64 = 25_569.0;

fn cell(field: &Field) -> Cell {
    match field {
        Field::Null => Cell::Empty,
        Field::Str(text) => Cell::of(text),
        Field::Date(days) => serial(EPOCH + f64::from(*days)).map_or(Cell::Empty, Cell::Date),
        Field::TimestampMillis(millis) => serial(EPOCH + *millis as f64 / 86_400_000.0).map_or(Cell::Empty, Cell::Date),
        Field::TimestampMicros(micros) => {
            serial(EPOCH + *micros as f64 / 86_400_000_000.0).map_or(Cell::Empty, Cell::Date)
        }
        other => Cell::of(&other.to_string()),
    }
}
