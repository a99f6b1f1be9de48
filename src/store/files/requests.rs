//! Request ids of batches as Arrow columns: one batch, a row for each id that is remembered.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt8Array};
use arrow_schema::{ArrowError, DataType, Schema};

use super::super::error::StoreError;
use super::super::verified::{Damages, Verified};
use super::events::{field, instant_type, instants};
use super::ipc::{Table, broken};
use super::manifest::{Manifest, TableName};
use super::open::read_table;
use crate::system::System;

/// A request id that a batch came with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct StoredRequest {
    /// The code of the input that it came through.
    pub(in crate::store) input: u8,
    /// The id.
    pub(in crate::store) id: String,
    /// When it was stored, in ms since 1970.
    pub(in crate::store) at_ms: i64,
}

/// The ids as one batch.
pub(super) fn to_arrow(requests: &[StoredRequest]) -> Result<(Schema, Vec<RecordBatch>), ArrowError> {
    let schema = Schema::new(vec![
        field("aud.input", DataType::UInt8, false, "input"),
        field("aud.request", DataType::Utf8, false, "request"),
        field("aud.time", instant_type(), true, "time"),
    ]);
    let inputs: UInt8Array = requests.iter().map(|each| each.input).collect::<Vec<_>>().into();
    let ids = StringArray::from_iter_values(requests.iter().map(|each| &each.id));
    let times: Verified<i64> = requests.iter().map(|each| each.at_ms).collect();
    let columns: Vec<ArrayRef> = vec![Arc::new(inputs), Arc::new(ids), instants(&times, None)];
    let batch = RecordBatch::try_new(Arc::new(schema.clone()), columns)?;
    Ok((schema, vec![batch]))
}

/// The ids that a store remembers; none where it has no such file.
pub(in crate::store) fn read_requests(
    system: &dyn System,
    folder: &Path,
    manifest: &Manifest,
) -> Result<Vec<StoredRequest>, StoreError> {
    let Some(file) = manifest.files.iter().find(|file| file.table == TableName::Requests) else {
        return Ok(Vec::new());
    };
    let damages = Damages::default();
    let read = from_arrow(&read_table(system, folder, file, &damages)?);
    if let Some(damage) = damages.all().into_iter().next() {
        return Err(damage.into());
    }
    read.map_err(|error| StoreError::Damaged { file: folder.join(&file.name), what: error.to_string() })
}

fn from_arrow(file: &Table) -> Result<Vec<StoredRequest>, ArrowError> {
    let mut all = Vec::new();
    for batch in &file.batches {
        let [inputs, ids, times] = batch.columns.as_slice() else { return Err(broken("requests of another shape")) };
        let inputs = inputs.values::<u8>()?;
        let ids = ids.texts()?;
        let times = times.values::<i64>()?;
        let each = inputs.iter().zip(&ids).zip(times.iter());
        all.extend(each.map(|((input, id), at_ms)| StoredRequest {
            input: *input,
            id: id.unwrap_or("").to_owned(),
            at_ms: *at_ms,
        }));
    }
    Ok(all)
}
