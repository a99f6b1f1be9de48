//! The new events of a workload, as changes to its store that lie in memory.
//!
//! In: `new_events.parquet` and a store. Out: changes, not yet part of the store. A null is a missing key.

use std::collections::HashMap;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use super::error::WorkloadError;
use super::lower::input;
use crate::base::Mpid;
use crate::catalog::{CustomEventType, EventKey};
use crate::store::{EventRow, Store, Writes};
use crate::system::System;

/// Rows read at once.
const BATCH_ROWS: usize = 1 << 16;

/// The events that come after those of the store, as changes to it. Those of users that it does not have are left out.
pub(super) fn new_events(system: &dyn System, data: &Path, store: &Store) -> Result<Writes, WorkloadError> {
    let mut writes = Writes::to(store);
    let input = writes.input(&input()).unwrap_or_default();
    let rows: HashMap<i64, u32> = store.users.mpids.iter().zip(0..).map(|(mpid, row)| (*mpid, row)).collect();
    each_batch(system, &data.join("new_events.parquet"), &mut |batch| {
        events(batch, &mut |mpid, key, event| {
            if let Some(row) = rows.get(&mpid.0) {
                writes.event(*row, key, EventRow { input, ..event });
            }
        })
    })?;
    Ok(writes)
}

/// A column that is not what it should be.
struct Odd {
    column: String,
    what: String,
}

fn each_batch(
    system: &dyn System,
    file: &Path,
    take: &mut dyn FnMut(&RecordBatch) -> Result<(), Odd>,
) -> Result<(), WorkloadError> {
    let parquet = |cause: ParquetError| WorkloadError::Parquet { file: file.to_owned(), cause };
    let bytes = Bytes::from(system.read(file)?);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(parquet)?;
    for batch in reader.with_batch_size(BATCH_ROWS).build().map_err(parquet)? {
        let batch = batch.map_err(|error| parquet(error.into()))?;
        take(&batch).map_err(|Odd { column, what }| WorkloadError::Column { file: file.to_owned(), column, what })?;
    }
    Ok(())
}

fn column<'a>(batch: &'a RecordBatch, name: &str, of: &DataType) -> Result<&'a ArrayRef, Odd> {
    let odd = |what: String| Odd { column: name.to_owned(), what };
    let column = batch.column_by_name(name).ok_or_else(|| odd("it is missing".to_owned()))?;
    let kind = column.data_type();
    let is_time = |kind: &DataType| matches!(kind, DataType::Timestamp(TimeUnit::Millisecond, _));
    if kind == of || (is_time(kind) && is_time(of)) {
        return Ok(column);
    }
    Err(odd(format!("it is of type {kind} instead of {of}")))
}

const TIME: DataType = DataType::Timestamp(TimeUnit::Millisecond, None);

fn events(batch: &RecordBatch, take: &mut dyn FnMut(Mpid, &EventKey, EventRow<'_>)) -> Result<(), Odd> {
    let ids = column(batch, "user_id", &DataType::Int64)?.as_primitive::<Int64Type>();
    let times = column(batch, "ts", &TIME)?.as_primitive::<TimestampMillisecondType>();
    let names = column(batch, "event_name", &DataType::Utf8)?.as_string::<i32>();
    let columns = attributes(batch, &["user_id", "ts", "event_name"]);
    let mut keys: HashMap<&str, EventKey> = HashMap::new();
    for at in 0..batch.num_rows() {
        let mut cells: Vec<(&str, String)> = Vec::with_capacity(columns.len());
        for (name, values) in columns.iter().filter(|(_, values)| values.is_valid(at)) {
            cells.push((name, text(values, at).ok_or_else(|| unknown(name, values))?));
        }
        let texts: Vec<(&str, Option<&str>)> = cells.iter().map(|(name, text)| (*name, Some(text.as_str()))).collect();
        let name = names.value(at);
        let key = keys.entry(name).or_insert_with(|| EventKey::custom(name));
        let event = EventRow {
            at_ms: times.value(at),
            input: 0,
            event_type: CustomEventType::Other,
            id: None,
            attributes: &texts,
            action: &[],
            products: &[],
        };
        take(Mpid(ids.value(at)), key, event);
    }
    Ok(())
}

fn attributes<'a>(batch: &'a RecordBatch, without: &[&str]) -> Vec<(&'a str, &'a ArrayRef)> {
    let fields = batch.schema_ref().fields().iter().map(|field| field.name().as_str()).zip(batch.columns());
    fields.filter(|(name, _)| !without.contains(name)).collect()
}

fn unknown(column: &str, values: &ArrayRef) -> Odd {
    Odd { column: column.to_owned(), what: format!("values of type {} are not read here", values.data_type()) }
}

/// A value as the text that the store keeps; `None` for a type that no event of a workload has.
fn text(values: &ArrayRef, at: usize) -> Option<String> {
    match values.data_type() {
        DataType::Utf8 => Some(values.as_string::<i32>().value(at).to_owned()),
        DataType::Float64 => Some(values.as_primitive::<Float64Type>().value(at).to_string()),
        _ => None,
    }
}
