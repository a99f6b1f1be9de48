//! Events of one key as Arrow columns: one record batch for each shard.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::types::UInt8Type;
use arrow_array::{
    ArrayRef, DictionaryArray, RecordBatch, StringArray, TimestampMillisecondArray, UInt8Array, UInt16Array,
};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

use super::super::column::{ABSENT, Dictionary};
use super::super::events::{EventShard, EventTable};
use super::super::verified::Verified;
use super::ipc::{Table, broken};
use super::node::Node;
use super::products;
use super::texts::{Arranged, dictionary, texts};
use crate::base::InputName;
use crate::catalog::CustomEventType;

/// The metadata key that says what a column is, whatever its name.
pub(super) const ROLE: &str = "aud.role";
/// The metadata key of an attribute's name.
pub(super) const ATTRIBUTE: &str = "aud.attribute";

/// A field with a role.
pub(super) fn field(name: &str, data_type: DataType, nullable: bool, role: &str) -> Field {
    Field::new(name, data_type, nullable).with_metadata(HashMap::from([(ROLE.to_owned(), role.to_owned())]))
}

/// The type of a dictionary-encoded column of texts.
pub(super) fn texts_type(key: DataType) -> DataType {
    DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8))
}

/// The type of an instant.
pub(super) fn instant_type() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

/// Instants as an Arrow column; those that `missing` picks are null.
pub(super) fn instants(values: &Verified<i64>, missing: Option<i64>) -> ArrayRef {
    let nulls = missing.map(|missing| {
        NullBuffer::new(BooleanBuffer::collect_bool(values.len(), |at| values.get(at).is_some_and(|ms| *ms != missing)))
    });
    let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
    Arc::new(TimestampMillisecondArray::new(values.buffer().clone(), nulls).with_timezone("UTC"))
}

/// The events of a key as batches.
pub(super) fn to_arrow(table: &EventTable, inputs: &[InputName]) -> Result<(Schema, Vec<RecordBatch>), ArrowError> {
    let layout = Layout::new(table, inputs);
    let batches = table.shards.iter().map(|shard| layout.batch(table, shard)).collect::<Result<_, ArrowError>>()?;
    Ok((layout.schema().clone(), batches))
}

/// What the batches of a key share.
pub(super) struct Layout {
    schema: Arc<Schema>,
    inputs: ArrayRef,
    types: ArrayRef,
    attributes: BTreeMap<String, Arranged>,
    actions: BTreeMap<String, Arranged>,
    products: Option<BTreeMap<String, Arranged>>,
}

impl Layout {
    /// The layout of a table, or of another one with the same dictionaries and without products.
    pub(super) fn new(table: &EventTable, inputs: &[InputName]) -> Self {
        let types = CustomEventType::ALL.iter().map(|(name, _)| name);
        let arranged = |all: &BTreeMap<String, Arc<Dictionary>>| -> BTreeMap<String, Arranged> {
            all.iter().map(|(name, dictionary)| (name.clone(), Arranged::new(dictionary))).collect()
        };
        let (attributes, actions) = (arranged(&table.attributes), arranged(&table.actions));
        let products = products::are_there(table).then(|| arranged(&table.products));
        Self {
            schema: Arc::new(schema_of(table, &attributes, &actions, products.as_ref())),
            attributes,
            actions,
            products,
            inputs: Arc::new(StringArray::from_iter_values(inputs.iter().map(ToString::to_string))),
            types: Arc::new(StringArray::from_iter_values(types)),
        }
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The events of a shard as a batch.
    pub(super) fn batch(&self, table: &EventTable, shard: &EventShard) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(self.schema.clone(), self.columns_of(table, shard)?)
    }

    /// The columns of one shard, in the order of the schema.
    fn columns_of(&self, table: &EventTable, shard: &EventShard) -> Result<Vec<ArrayRef>, ArrowError> {
        let rows = shard.times.len();
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(UInt16Array::try_new(shard.users.buffer().clone(), None)?),
            instants(&shard.times, None),
            named(&shard.inputs, &self.inputs)?,
            named(&shard.types, &self.types)?,
        ];
        if let Some(ids) = &table.ids {
            let missing = || Verified::from(vec![ABSENT; rows]);
            columns.push(texts(&if shard.ids.len() == rows { shard.ids.clone() } else { missing() }, ids)?);
        }
        let none = Verified::default();
        for (all, of_shard) in [(&self.attributes, &shard.columns), (&self.actions, &shard.actions)] {
            for (name, arranged) in all {
                columns.push(arranged.column(of_shard.get(name).unwrap_or(&none), rows)?);
            }
        }
        if let Some(products) = &self.products {
            columns.push(products::to_arrow(products, &shard.products, rows)?);
        }
        Ok(columns)
    }
}

fn schema_of(
    table: &EventTable,
    attributes: &BTreeMap<String, Arranged>,
    actions: &BTreeMap<String, Arranged>,
    products: Option<&BTreeMap<String, Arranged>>,
) -> Schema {
    let mut fields = vec![
        field("aud.user", DataType::UInt16, false, "user"),
        field("aud.time", instant_type(), false, "time"),
        field("aud.input", texts_type(DataType::UInt8), false, "input"),
        field("aud.type", texts_type(DataType::UInt8), false, "type"),
    ];
    if table.ids.is_some() {
        fields.push(field("aud.id", texts_type(DataType::UInt32), true, "id"));
    }
    for (role, columns) in [("attribute", attributes), ("action", actions)] {
        for (name, arranged) in columns {
            // A column has the attribute's own name, for whoever reads the file, unless another column has it.
            let taken = fields.iter().any(|field| field.name() == name);
            let shown = if taken { format!("{role} {name}") } else { name.clone() };
            let mut metadata = HashMap::from([(ROLE.to_owned(), role.to_owned())]);
            metadata.insert(ATTRIBUTE.to_owned(), name.clone());
            let field = Field::new(shown, texts_type(DataType::UInt32), true).with_metadata(metadata);
            fields.push(arranged.said_in(field));
        }
    }
    if let Some(products) = products {
        fields.push(field("aud.products", products::data_type(products), false, "products"));
    }
    Schema::new(fields)
}

/// Small codes with their names.
fn named(codes: &Verified<u8>, names: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(DictionaryArray::<UInt8Type>::try_new(
        UInt8Array::try_new(codes.buffer().clone(), None)?,
        names.clone(),
    )?))
}

/// The events of a key from a file.
pub(super) fn from_arrow(file: &Table) -> Result<EventTable, ArrowError> {
    let mut table = EventTable { shards: vec![EventShard::default(); file.batches.len()], ..EventTable::default() };
    for (at, field) in file.schema.fields().iter().enumerate() {
        let in_field = file.dictionaries.get(at).map_or(&[][..], Vec::as_slice);
        let texts = || dictionary(field, in_field.first().and_then(Option::as_ref));
        let attribute = field.metadata().get(ATTRIBUTE).map_or("", String::as_str);
        let role = field.metadata().get(ROLE).map_or("", String::as_str);
        match role {
            "id" => table.ids = Some(texts()?),
            "attribute" => drop(table.attributes.insert(attribute.to_owned(), texts()?)),
            "action" => drop(table.actions.insert(attribute.to_owned(), texts()?)),
            "products" => table.products = products::dictionaries(field, in_field)?,
            _ => {}
        }
        for (shard, batch) in table.shards.iter_mut().zip(&file.batches) {
            let column = batch.columns.get(at).ok_or_else(|| broken("a batch without a column"))?;
            read_column(shard, field, column)?;
        }
    }
    let whole = |shard: &EventShard| {
        [shard.users.len(), shard.inputs.len(), shard.types.len()].iter().all(|rows| *rows == shard.times.len())
    };
    if table.shards.iter().all(whole) { Ok(table) } else { Err(broken("a column of every event is missing")) }
}

fn read_column(shard: &mut EventShard, field: &Field, column: &Node) -> Result<(), ArrowError> {
    let text = |key: &str| field.metadata().get(key).map_or("", String::as_str);
    let (role, attribute) = (text(ROLE), text(ATTRIBUTE));
    let empty = column.is_all_null();
    match role {
        "user" => shard.users = column.values::<u16>()?,
        "time" => shard.times = column.values::<i64>()?,
        "input" => shard.inputs = column.values::<u8>()?,
        "type" => shard.types = column.values::<u8>()?,
        "id" if !empty => shard.ids = column.values::<u32>()?,
        "attribute" if !empty => drop(shard.columns.insert(attribute.to_owned(), column.values::<u32>()?)),
        "action" if !empty => drop(shard.actions.insert(attribute.to_owned(), column.values::<u32>()?)),
        "products" => shard.products = products::from_arrow(field, column)?,
        _ => {} // a column of a later version that an old one can do without
    }
    Ok(())
}
