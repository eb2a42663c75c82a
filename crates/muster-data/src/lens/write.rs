//! Answers as Parquet, with their definition and source in the file.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::{Answer, Basis, Row};

/// An answer as the bytes of a Parquet file.
pub fn to_parquet(answer: &Answer) -> Result<Vec<u8>, ParquetError> {
    let metadata = HashMap::from([
        ("measure".to_owned(), answer.measure.id.clone()),
        ("definition".to_owned(), answer.measure.definition.clone()),
        ("source".to_owned(), answer.source.line()),
        ("notes".to_owned(), answer.notes.join(" ")),
    ]);
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let mut fields: Vec<Field> = ["period", "place", "place_name", "staff", "across", "measure"].map(text).into();
    fields.push(Field::new("value", DataType::Decimal128(18, 6), true));
    fields.extend(["unit", "basis"].map(text));
    let schema = Arc::new(Schema::new(fields).with_metadata(metadata));
    let column = |of: &dyn Fn(&Row) -> String| -> ArrayRef {
        Arc::new(answer.rows.iter().map(|row| Some(of(row))).collect::<StringArray>())
    };
    let values: Decimal128Array =
        answer.rows.iter().map(|row| row.value.map(|value| i128::from(value.millionths()))).collect();
    let columns: Vec<ArrayRef> = vec![
        column(&|row| row.period.to_string()),
        column(&|row| row.place.clone()),
        column(&|row| row.place_name.clone()),
        column(&|row| row.staff.clone()),
        column(&|row| row.across.clone()),
        column(&|_| answer.measure.id.clone()),
        Arc::new(values.with_precision_and_scale(18, 6)?),
        column(&|row| row.unit.clone()),
        column(&|row| row.basis.text()),
    ];
    let batch = RecordBatch::try_new(schema.clone(), columns)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties))?;
    writer.write(&batch)?;
    writer.into_inner()
}

impl Basis {
    /// In words: `published`, or `sum of 12`.
    pub fn text(self) -> String {
        match self {
            Self::Published => "published".to_owned(),
            Self::Summed(count) => format!("sum of {count}"),
        }
    }
}
