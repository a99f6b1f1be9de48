//! Arrow IPC files as raw columns, without looking at their data.
//!
//! In: the bytes of a file. Out: a [`Table`] of [`Node`]s, which are places in these bytes. What describes the layout (the footer
//! and the head of each batch) is read; the columns themselves are not, so that opening a file costs the same whatever its length.
//! All memory stays where the file is mapped. What always holds: every place lies inside of the file, and the pieces of a file do not overlap.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::read_footer_length;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_ipc::{Block, Footer, MetadataVersion, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use bytes::Bytes;

use super::node::{Node, Pieces, Proof};

/// Buffers begin at multiples of this many bytes, so that they can be used where they are mapped.
const ALIGNMENT: usize = 64;

/// A file's columns. Dictionary-encoded columns are their keys; `dictionaries` holds what the keys stand for.
#[derive(Debug)]
pub(super) struct Table {
    /// Fields with their metadata, keys in place of dictionaries.
    pub(super) schema: SchemaRef,
    /// For each field the dictionaries in it, in depth-first order.
    pub(super) dictionaries: Vec<Vec<Option<Node>>>,
    /// The batches in the order they were written.
    pub(super) batches: Vec<Batch>,
    /// What the checksums of the file are about.
    pub(super) pieces: Pieces,
}

/// The columns of a batch.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) rows: usize,
    pub(super) columns: Vec<Node>,
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

/// Reads a file. Nothing is copied; the nodes keep the bytes alive. With a proof, the layout is compared with it here, and each column
/// when it is first read.
pub(super) fn read(bytes: Bytes, proof: Proof<'_>) -> Result<Table, ArrowError> {
    let file = Buffer::from(bytes);
    let footer_range = footer_range(&file)?;
    let mut pieces = Pieces::new(file.len(), proof);
    // What is in the footer is looked at only where it is known to be what was written.
    pieces.footer(&file, footer_range.clone())?;
    let footer_bytes = file.as_slice().get(footer_range).ok_or_else(|| broken("no footer"))?;
    let footer = root_as_footer(footer_bytes).map_err(|error| broken(&error.to_string()))?;
    let encoded = footer.schema().ok_or_else(|| broken("no schema"))?;
    let schema = try_fb_to_schema(encoded)?;
    let keys_only: SchemaRef = Arc::new(Schema::new(schema.fields().iter().map(keys_only).collect::<Vec<_>>()));
    let ids: Vec<Vec<i64>> = encoded.fields().into_iter().flatten().map(dictionary_ids).collect();

    let mut by_id = read_dictionaries(&file, &footer, &keys_only, &ids, &mut pieces)?;
    let take = |ids: &Vec<i64>| ids.iter().map(|id| by_id.get(id).cloned()).collect();
    let dictionaries = ids.iter().map(take).collect();
    by_id.clear();
    let mut batches = Vec::new();
    for (shard, block) in footer.recordBatches().into_iter().flatten().enumerate() {
        let (message, body) = block_of(&file, block)?;
        let message = root_as_message(skip_prefix(&message)?).map_err(|error| broken(&error.to_string()))?;
        let batch = message.header_as_record_batch().ok_or_else(|| broken("a batch is something else"))?;
        let rows = usize::try_from(batch.length()).map_err(|_| broken("a negative length"))?;
        let fields: Vec<&Field> = keys_only.fields().iter().map(AsRef::as_ref).collect();
        let columns = pieces.nodes(&file, body, &batch, &fields, Some(shard))?;
        if columns.iter().any(|column| column.len != rows) {
            return Err(broken("columns of different lengths"));
        }
        batches.push(Batch { rows, columns });
    }
    pieces.finish(&file)?;
    Ok(Table { schema: keys_only, dictionaries, batches, pieces })
}

/// Every dictionary of the file, by its id.
fn read_dictionaries(
    file: &Buffer,
    footer: &Footer<'_>,
    schema: &Schema,
    ids: &[Vec<i64>],
    pieces: &mut Pieces,
) -> Result<HashMap<i64, Node>, ArrowError> {
    let mut by_id = HashMap::new();
    for block in footer.dictionaries().iter().flatten() {
        let (message, body) = block_of(file, block)?;
        let message = root_as_message(skip_prefix(&message)?).map_err(|error| broken(&error.to_string()))?;
        let batch = message.header_as_dictionary_batch().ok_or_else(|| broken("a dictionary is something else"))?;
        let of = ids.iter().position(|ids| ids.contains(&batch.id()));
        let name = of.and_then(|at| schema.fields().get(at)).map_or("", |field| field.name());
        let field = Field::new(name, DataType::Utf8, true);
        let data = batch.data().ok_or_else(|| broken("a dictionary without content"))?;
        let [node] = <[Node; 1]>::try_from(pieces.nodes(file, body, &data, &[&field], None)?)
            .map_err(|_| broken("a dictionary of another shape"))?;
        if batch.isDelta() || by_id.insert(batch.id(), node).is_some() {
            return Err(broken("a dictionary in several parts"));
        }
    }
    Ok(by_id)
}

fn footer_range(file: &Buffer) -> Result<Range<usize>, ArrowError> {
    let trailer = file.as_slice().last_chunk::<10>().ok_or_else(|| broken("no footer"))?;
    let end = file.len() - trailer.len();
    let start = end.checked_sub(read_footer_length(*trailer)?).ok_or_else(|| broken("footer too long"))?;
    Ok(start..end)
}

/// The head of a block, and where the part behind it lies in the file.
fn block_of(file: &Buffer, block: &Block) -> Result<(Buffer, Range<usize>), ArrowError> {
    let size = |length: i64| usize::try_from(length).map_err(|_| broken("a negative length"));
    let (start, head) = (size(block.offset())?, size(i64::from(block.metaDataLength()))?);
    let body = start.checked_add(head).ok_or_else(|| broken("a length too large"))?;
    let end = body.checked_add(size(block.bodyLength())?).ok_or_else(|| broken("a length too large"))?;
    if end > file.len() {
        return Err(broken("a block beyond the end"));
    }
    Ok((file.slice_with_length(start, head), body..end))
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
