//! The products of events as an Arrow column: a list of them for each event, of which each attribute is a field.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{ArrowError, DataType, Field, Fields};

use super::super::column::Dictionary;
use super::super::events::{EventTable, Products};
use super::super::verified::Verified;
use super::events::texts_type;
use super::ipc::broken;
use super::node::Node;
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
    let none = Verified::default();
    let column =
        |(name, arranged): (&String, &Arranged)| arranged.column(products.columns.get(name).unwrap_or(&none), count);
    let columns = attributes.iter().map(column).collect::<Result<_, ArrowError>>()?;
    let products = StructArray::try_new_with_length(fields(attributes), columns, None, count)?;
    Ok(Arc::new(ListArray::try_new(item(attributes), offsets, Arc::new(products), None)?))
}

/// The dictionary of each attribute.
pub(super) fn dictionaries(
    field: &Field,
    in_field: &[Option<Node>],
) -> Result<BTreeMap<String, Arc<Dictionary>>, ArrowError> {
    let DataType::List(item) = field.data_type() else { return Err(odd()) };
    let DataType::Struct(fields) = item.data_type() else { return Err(odd()) };
    let each = fields.iter().zip(in_field);
    each.map(|(field, texts)| Ok((field.name().clone(), dictionary(field, texts.as_ref())?))).collect()
}

/// The products of a shard.
pub(super) fn from_arrow(field: &Field, column: &Node) -> Result<Products, ArrowError> {
    let DataType::List(item) = field.data_type() else { return Err(odd()) };
    let DataType::Struct(fields) = item.data_type() else { return Err(odd()) };
    let [products] = column.children.as_slice() else { return Err(odd()) };
    if products.len == 0 {
        return Ok(Products::default());
    }
    let mut columns = BTreeMap::new();
    for (field, column) in fields.iter().zip(&products.children) {
        if !column.is_all_null() {
            columns.insert(field.name().clone(), column.values::<u32>()?);
        }
    }
    Ok(Products { offsets: column.offsets()?, columns })
}

fn odd() -> ArrowError {
    broken("products of another shape")
}
