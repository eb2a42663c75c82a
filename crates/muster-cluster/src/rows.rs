//! Tasks and answers as rows, which is what a query engine carries.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, PrimitiveArray, RecordBatch, StringArray, UInt32Array,
    UInt64Array,
};
use datafusion::arrow::datatypes::{ArrowPrimitiveType, DataType, Field, Schema, SchemaRef, UInt32Type, UInt64Type};
use datafusion::error::{DataFusionError, Result};

use crate::Task;
use crate::task::{Hash, hash};

/// A longer answer is sent in parts, far below the largest message that any step of the way lets through.
const PART_BYTES: usize = 1 << 20;

static TASKS: LazyLock<SchemaRef> = LazyLock::new(|| {
    let names = ["task", "first_draw", "draw_count", "first_place", "place_count"];
    Arc::new(Schema::new(names.map(|name| Field::new(name, DataType::UInt64, false)).to_vec()))
});

static ANSWERS: LazyLock<SchemaRef> = LazyLock::new(|| {
    let field = |name, kind| Field::new(name, kind, false);
    Arc::new(Schema::new(vec![
        field("task", DataType::UInt64),
        field("part", DataType::UInt32),
        field("parts", DataType::UInt32),
        field("worker", DataType::Utf8),
        field("version", DataType::Utf8),
        field("bundle", DataType::Binary),
        field("answer", DataType::Binary),
        field("failed", DataType::Boolean),
        field("bytes", DataType::Binary),
    ]))
});

/// The columns of tasks.
pub(crate) fn tasks_schema() -> SchemaRef {
    Arc::clone(&TASKS)
}

/// The columns of answers.
pub(crate) fn answers_schema() -> SchemaRef {
    Arc::clone(&ANSWERS)
}

/// A part of an answer, with all that says whether to believe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) task: u64,
    pub(crate) part: u32,
    pub(crate) parts: u32,
    pub(crate) worker: String,
    pub(crate) version: String,
    /// The hash of the bundle it was made from.
    pub(crate) bundle: Vec<u8>,
    /// The hash of the whole answer.
    pub(crate) answer: Vec<u8>,
    /// Whether the bytes are the reason why there is no answer.
    pub(crate) failed: bool,
    pub(crate) bytes: Vec<u8>,
}

/// Who answers, and from what: the same for all parts of all answers of a worker.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) worker: String,
    pub(crate) version: String,
    pub(crate) bundle: Hash,
}

pub(crate) fn tasks_to_batch(tasks: &[Task]) -> Result<RecordBatch> {
    let column =
        |value: fn(&Task) -> u64| -> ArrayRef { Arc::new(UInt64Array::from_iter_values(tasks.iter().map(value))) };
    let columns = vec![
        column(|task| task.id),
        column(|task| task.first_draw),
        column(|task| task.draw_count),
        column(|task| task.first_place),
        column(|task| task.place_count),
    ];
    Ok(RecordBatch::try_new(tasks_schema(), columns)?)
}

pub(crate) fn tasks_from_batch(batch: &RecordBatch) -> Result<Vec<Task>> {
    let column = |index| primitive::<UInt64Type>(batch, index);
    let (id, first_draw, draw_count) = (column(0)?, column(1)?, column(2)?);
    let (first_place, place_count) = (column(3)?, column(4)?);
    let task = |row| Task {
        id: id.value(row),
        first_draw: first_draw.value(row),
        draw_count: draw_count.value(row),
        first_place: first_place.value(row),
        place_count: place_count.value(row),
    };
    Ok((0..batch.num_rows()).map(task).collect())
}

/// An answer as batches, one for each part, so that none is large.
pub(crate) fn answer_to_batches(
    stamp: &Stamp,
    task: u64,
    answer: &Result<Vec<u8>, String>,
) -> Vec<Result<RecordBatch>> {
    let bytes = answer.as_ref().map_or_else(|cause| cause.as_bytes(), Vec::as_slice);
    let whole = hash(bytes);
    // An empty answer is an answer: it has one part.
    let chunks = if bytes.is_empty() { vec![bytes] } else { bytes.chunks(PART_BYTES).collect() };
    let parts = chunks.len() as u32;
    let batch = |(part, chunk): (usize, &[u8])| {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt64Array::from(vec![task])),
            Arc::new(UInt32Array::from(vec![part as u32])),
            Arc::new(UInt32Array::from(vec![parts])),
            Arc::new(StringArray::from(vec![stamp.worker.as_str()])),
            Arc::new(StringArray::from(vec![stamp.version.as_str()])),
            Arc::new(BinaryArray::from(vec![stamp.bundle.as_slice()])),
            Arc::new(BinaryArray::from(vec![whole.as_slice()])),
            Arc::new(BooleanArray::from(vec![answer.is_err()])),
            Arc::new(BinaryArray::from(vec![chunk])),
        ];
        Ok(RecordBatch::try_new(answers_schema(), columns)?)
    };
    chunks.into_iter().enumerate().map(batch).collect()
}

pub(crate) fn parts_from_batch(batch: &RecordBatch) -> Result<Vec<Part>> {
    let task = primitive::<UInt64Type>(batch, 0)?;
    let (part, parts) = (primitive::<UInt32Type>(batch, 1)?, primitive::<UInt32Type>(batch, 2)?);
    let text = |index: usize| column(batch, index).and_then(|column| column.as_string_opt::<i32>().ok_or_else(strange));
    let binary =
        |index: usize| column(batch, index).and_then(|column| column.as_binary_opt::<i32>().ok_or_else(strange));
    let (worker, version, bundle, answer) = (text(3)?, text(4)?, binary(5)?, binary(6)?);
    let failed = column(batch, 7)?.as_boolean_opt().ok_or_else(strange)?;
    let bytes = binary(8)?;
    let part = |row| Part {
        task: task.value(row),
        part: part.value(row),
        parts: parts.value(row),
        worker: worker.value(row).to_owned(),
        version: version.value(row).to_owned(),
        bundle: bundle.value(row).to_vec(),
        answer: answer.value(row).to_vec(),
        failed: failed.value(row),
        bytes: bytes.value(row).to_vec(),
    };
    Ok((0..batch.num_rows()).map(part).collect())
}

fn column(batch: &RecordBatch, index: usize) -> Result<&dyn Array> {
    batch.columns().get(index).map(AsRef::as_ref).ok_or_else(strange)
}

fn primitive<T: ArrowPrimitiveType>(batch: &RecordBatch, index: usize) -> Result<&PrimitiveArray<T>> {
    column(batch, index)?.as_primitive_opt::<T>().ok_or_else(strange)
}

fn strange() -> DataFusionError {
    DataFusionError::Execution("rows of an unknown form: another version of Muster is at the other end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        Stamp { worker: "w".to_owned(), version: "1".to_owned(), bundle: [7; 32] }
    }

    #[test]
    fn tasks_survive_the_journey() {
        let tasks = Task::split(1_000, 300, 42, 20);
        assert_eq!(tasks_from_batch(&tasks_to_batch(&tasks).unwrap()).unwrap(), tasks);
    }

    #[test]
    fn an_answer_comes_in_parts_that_make_it_up_and_an_empty_one_has_one() {
        for (length, expected) in [(0, 1), (1, 1), (PART_BYTES, 1), (PART_BYTES + 1, 2), (3 * PART_BYTES, 3)] {
            let bytes: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
            let batches = answer_to_batches(&stamp(), 5, &Ok(bytes.clone()));
            let parts: Vec<_> =
                batches.into_iter().flat_map(|batch| parts_from_batch(&batch.unwrap()).unwrap()).collect();
            assert_eq!(parts.len(), expected);
            assert!(parts.iter().enumerate().all(|(index, part)| {
                (part.part as usize, part.parts as usize, part.task, part.failed) == (index, expected, 5, false)
                    && part.answer == hash(&bytes)
            }));
            assert_eq!(parts.concat_bytes(), bytes);
        }
    }

    trait Concat {
        fn concat_bytes(&self) -> Vec<u8>;
    }

    impl Concat for Vec<Part> {
        fn concat_bytes(&self) -> Vec<u8> {
            self.iter().flat_map(|part| part.bytes.clone()).collect()
        }
    }

    #[test]
    fn rows_of_another_form_are_an_error() {
        let tasks = tasks_to_batch(&Task::split(1, 1, 1, 1)).unwrap();
        assert!(parts_from_batch(&tasks).is_err());
    }
}
