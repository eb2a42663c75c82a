//! Answers: rows of cells, or a Parquet file.

use std::fmt;
use std::path::Path;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, SchemaRef};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde::{Serialize, Serializer};

use super::SqlError;
use crate::store::write_whole;

/// The answer to a question.
#[derive(Debug)]
pub struct Answer {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

/// One cell of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// There is nothing.
    Nothing,
    /// A number, in as many digits as it needs.
    Number(String),
    /// Yes or no.
    Truth(bool),
    /// A text or a date.
    Text(String),
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Number(text) | Self::Text(text) => f.pad(text),
            Self::Truth(truth) => f.pad(if *truth { "true" } else { "false" }),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Truth(truth) => serializer.serialize_bool(*truth),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(text) => match serde_json::from_str::<serde_json::Number>(text) {
                Ok(number) => number.serialize(serializer),
                // JSON has no word for what is not finite.
                Err(_) => serializer.serialize_none(),
            },
        }
    }
}

impl Answer {
    pub(super) fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }

    /// The names of its columns.
    pub fn columns(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// Which of its columns hold numbers.
    pub fn numeric(&self) -> Vec<bool> {
        self.schema.fields().iter().map(|field| field.data_type().is_numeric()).collect()
    }

    /// How many rows it has.
    pub fn row_count(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Its rows.
    pub fn rows(&self) -> Result<Vec<Vec<Cell>>, SqlError> {
        let wrong = |error: ArrowError| SqlError::Question(error.to_string());
        let options = FormatOptions::new().with_display_error(false);
        let mut rows = Vec::with_capacity(self.row_count());
        for batch in &self.batches {
            let columns = batch
                .columns()
                .iter()
                .map(|column| Ok((column, ArrayFormatter::try_new(column.as_ref(), &options)?)))
                .collect::<Result<Vec<_>, _>>()
                .map_err(wrong)?;
            for row in 0..batch.num_rows() {
                let cell = |(column, text): &(&ArrayRef, ArrayFormatter<'_>)| -> Result<Cell, ArrowError> {
                    if column.is_null(row) {
                        return Ok(Cell::Nothing);
                    }
                    let text = text.value(row).try_to_string()?;
                    Ok(match column.data_type() {
                        DataType::Boolean => Cell::Truth(text == "true"),
                        DataType::Decimal128(_, 1..) => Cell::Number(shortest(&text)),
                        kind if kind.is_numeric() => Cell::Number(text),
                        _ => Cell::Text(text),
                    })
                };
                rows.push(columns.iter().map(cell).collect::<Result<_, _>>().map_err(wrong)?);
            }
        }
        Ok(rows)
    }

    /// Writes it as a Parquet file, in place of one that is there.
    pub fn write(&self, path: &Path) -> Result<(), SqlError> {
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let bytes = ArrowWriter::try_new(Vec::new(), self.schema.clone(), Some(properties)).and_then(|mut writer| {
            self.batches.iter().try_for_each(|batch| writer.write(batch))?;
            writer.into_inner()
        });
        let bytes = bytes.map_err(|error: ParquetError| SqlError::Question(error.to_string()))?;
        Ok(write_whole(path, &bytes)?)
    }
}

/// A decimal without the noughts at its end.
fn shortest(decimal: &str) -> String {
    decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
}
