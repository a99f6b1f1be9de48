//! The products of events as an Arrow column: a list of them for each event, of which each attribute is a field.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef, ListArray, StructArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields};

use super::super::column::Dictionary;
use super::super::events::{EventTable, Products};
use super::events::{texts_type, values};
use super::ipc::broken;
use super::texts::{Arranged, dictionary};

/// Whether any event has products.
pub(super) fn are_there(table: &EventTable) -> bool {
    table.shards.iter().any(|shard| !shard.products.offsets.is_empty())
}

/// The type of the column.
pub(super) fn data_type(attributes: &BTreeMap<String, Arranged>) -> DataType {
    DataType::List(item(attributes))
}

fn item(attributes: &BTreeMap<String, Arranged>) -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Struct(fields(attributes)), false))
}

fn fields(attributes: &BTreeMap<String, Arranged>) -> Fields {
    let field = |name: &str| Field::new(name, texts_type(DataType::UInt32), true);
    attributes.iter().map(|(name, arranged)| arranged.said_in(field(name))).collect()
}

/// The products of a shard of `rows` events.
pub(super) fn to_arrow(
    attributes: &BTreeMap<String, Arranged>,
    products: &Products,
    rows: usize,
) -> Result<ArrayRef, ArrowError> {
    let offsets = OffsetBuffer::<i32>::from_lengths((0..rows).map(|event| products.of(event).len()));
    let count = offsets.last() as usize;
    let none = ScalarBuffer::default();
    let column =
        |(name, arranged): (&String, &Arranged)| arranged.column(products.columns.get(name).unwrap_or(&none), count);
    let columns = attributes.iter().map(column).collect::<Result<_, ArrowError>>()?;
    let products = StructArray::try_new_with_length(fields(attributes), columns, None, count)?;
    Ok(Arc::new(ListArray::try_new(item(attributes), offsets, Arc::new(products), None)?))
}

/// The dictionary of each attribute.
pub(super) fn dictionaries(
    field: &Field,
    in_field: &[Option<ArrayRef>],
) -> Result<BTreeMap<String, Arc<Dictionary>>, ArrowError> {
    let DataType::List(item) = field.data_type() else { return Err(odd()) };
    let DataType::Struct(fields) = item.data_type() else { return Err(odd()) };
    let each = fields.iter().zip(in_field);
    each.map(|(field, texts)| Ok((field.name().clone(), dictionary(field, texts.as_ref())?))).collect()
}

/// The products of a shard.
pub(super) fn from_arrow(column: &ArrayRef) -> Result<Products, ArrowError> {
    let lists = column.as_any().downcast_ref::<ListArray>().ok_or_else(odd)?;
    let products = lists.values().as_any().downcast_ref::<StructArray>().ok_or_else(odd)?;
    if products.is_empty() {
        return Ok(Products::default());
    }
    let mut columns = BTreeMap::new();
    for (field, column) in products.fields().iter().zip(products.columns()) {
        if column.null_count() < column.len() {
            columns.insert(field.name().clone(), values::<UInt32Type>(column)?);
        }
    }
    let offsets = lists.offsets().inner();
    // Offsets are never negative, which Arrow has checked: read as unsigned they are the same numbers.
    Ok(Products { offsets: ScalarBuffer::new(offsets.inner().clone(), 0, offsets.len()), columns })
}

fn odd() -> ArrowError {
    broken("products of another shape")
}
