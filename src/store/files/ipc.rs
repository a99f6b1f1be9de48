//! Arrow IPC files as raw columns, without looking at their data.
//!
//! Record batches are decoded with every dictionary-encoded column declared as its keys alone: the layout is the same, and
//! nothing is checked value by value. Dictionaries are decoded (and checked) by themselves. All memory stays where the
//! file is mapped.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_dictionary, read_footer_length};
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_ipc::{Block, MetadataVersion, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use bytes::Bytes;

/// Buffers begin at multiples of this many bytes, so that they can be used where they are mapped.
const ALIGNMENT: usize = 64;

/// A file's columns. Dictionary-encoded columns are their keys; `dictionaries` holds what the keys stand for.
#[derive(Debug)]
pub(super) struct Table {
    /// Fields with their metadata, keys in place of dictionaries.
    pub(super) schema: SchemaRef,
    /// For each field the dictionaries in it, in depth-first order.
    pub(super) dictionaries: Vec<Vec<Option<ArrayRef>>>,
    /// The batches in the order they were written.
    pub(super) batches: Vec<RecordBatch>,
}

/// Writes batches of one schema as a file.
pub(super) fn write(
    out: &mut dyn Write,
    schema: &Schema,
    mut batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
) -> io::Result<()> {
    let options = IpcWriteOptions::try_new(ALIGNMENT, false, MetadataVersion::V5).map_err(to_io)?;
    let mut writer = FileWriter::try_new_with_options(out, schema, options).map_err(to_io)?;
    batches.try_for_each(|batch| writer.write(&batch?)).map_err(to_io)?;
    writer.finish().map_err(to_io)
}

fn to_io(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, cause) => cause,
        other => io::Error::other(other),
    }
}

/// Reads a file. Nothing is copied; the arrays keep the bytes alive.
pub(super) fn read(bytes: Bytes) -> Result<Table, ArrowError> {
    let file = Buffer::from(bytes);
    let trailer = file.as_slice().last_chunk::<10>().ok_or_else(|| broken("no footer"))?;
    let footer_end = file.len() - trailer.len();
    let footer_start =
        footer_end.checked_sub(read_footer_length(*trailer)?).ok_or_else(|| broken("footer too long"))?;
    let footer_bytes = file.as_slice().get(footer_start..footer_end).ok_or_else(|| broken("no footer"))?;
    let footer = root_as_footer(footer_bytes).map_err(|error| broken(&error.to_string()))?;
    let encoded = footer.schema().ok_or_else(|| broken("no schema"))?;
    let schema = try_fb_to_schema(encoded)?;

    let mut by_id = HashMap::new();
    for block in footer.dictionaries().iter().flatten() {
        let (buffer, body) = block_of(&file, block)?;
        let message = root_as_message(skip_prefix(&buffer)?).map_err(|error| broken(&error.to_string()))?;
        let batch = message.header_as_dictionary_batch().ok_or_else(|| broken("a dictionary is something else"))?;
        read_dictionary(&body, batch, &schema, &mut by_id, &message.version())?;
    }
    let fields = encoded.fields().into_iter().flatten();
    let dictionaries =
        fields.map(|field| dictionary_ids(field).into_iter().map(|id| by_id.get(&id).cloned()).collect()).collect();

    let keys_only: SchemaRef = Arc::new(Schema::new(schema.fields().iter().map(keys_only).collect::<Vec<_>>()));
    let decoder = FileDecoder::new(keys_only.clone(), footer.version());
    let mut batches = Vec::new();
    for block in footer.recordBatches().into_iter().flatten() {
        let (buffer, _) = block_of(&file, block)?;
        skip_prefix(&buffer)?;
        batches.push(decoder.read_record_batch(block, &buffer)?.ok_or_else(|| broken("an empty message"))?);
    }
    Ok(Table { schema: keys_only, dictionaries, batches })
}

/// A block's bytes, and the part of them behind its metadata.
fn block_of(file: &Buffer, block: &Block) -> Result<(Buffer, Buffer), ArrowError> {
    let size = |length: i64| usize::try_from(length).map_err(|_| broken("a negative length"));
    let (offset, metadata) = (size(block.offset())?, size(i64::from(block.metaDataLength()))?);
    let length = metadata.checked_add(size(block.bodyLength())?).ok_or_else(|| broken("a length too large"))?;
    if offset.checked_add(length).is_none_or(|end| end > file.len()) {
        return Err(broken("a block beyond the end"));
    }
    let buffer = file.slice_with_length(offset, length);
    let body = buffer.slice(metadata);
    Ok((buffer, body))
}

/// A message without the continuation marker and length before it.
fn skip_prefix(block: &Buffer) -> Result<&[u8], ArrowError> {
    match block.as_slice() {
        [0xff, 0xff, 0xff, 0xff, _, _, _, _, message @ ..] => Ok(message),
        _ => Err(broken("a message without its marker")),
    }
}

/// The dictionaries that a field uses, in depth-first order.
fn dictionary_ids(field: arrow_ipc::Field<'_>) -> Vec<i64> {
    let own = field.dictionary().map(|dictionary| dictionary.id());
    own.into_iter().chain(field.children().into_iter().flatten().flat_map(dictionary_ids)).collect()
}

/// The field with keys in place of dictionaries, at every depth.
fn keys_only(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Dictionary(key, _) => (**key).clone(),
        DataType::List(item) => DataType::List(keys_only(item)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(keys_only).collect()),
        other => other.clone(),
    };
    Arc::new(Field::new(field.name(), data_type, field.is_nullable()).with_metadata(field.metadata().clone()))
}

pub(super) fn broken(what: &str) -> ArrowError {
    ArrowError::IpcError(what.to_owned())
}
