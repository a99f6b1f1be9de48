//! Users and their identities as Arrow columns: two tables of one batch each, row `i` of both is user `i`.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::types::UInt8Type;
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int64Array, ListArray, RecordBatch, StringArray, StructArray, UInt8Array,
    UInt64Array,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema};
use rayon::prelude::*;

use super::super::column::Column;
use super::super::users::{Identities, Users};
use super::events::{ATTRIBUTE, ROLE, field, instants, texts_type};
use super::ipc::{Batch, Table, broken};
use super::node::Node;
use super::texts::{Arranged, dictionary, texts};
use crate::base::{Name, WorkspaceName};
use crate::catalog::{IdentityType, ProfileField};

/// The metadata key of a workspace's name.
const WORKSPACE: &str = "aud.workspace";
/// What the name of a field begins with that is no plain user attribute.
const FIELD: char = '\u{1d}';

/// The columns of a table while it is put together.
#[derive(Default)]
struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    fn push(&mut self, role: &str, workspace: &WorkspaceName, of: Option<&ProfileField>, array: ArrayRef) {
        let field = Self::field(role, workspace, of, array.data_type().clone());
        self.fields.push(field);
        self.arrays.push(array);
    }

    fn field(role: &str, workspace: &WorkspaceName, of: Option<&ProfileField>, data_type: DataType) -> Field {
        let of = of.map(name_of);
        let attribute_part = of.as_ref().map(|name| format!("/{name}")).unwrap_or_default();
        let mut metadata = HashMap::from([(ROLE.to_owned(), role.to_owned())]);
        metadata.insert(WORKSPACE.to_owned(), workspace.to_string());
        metadata.extend(of.map(|name| (ATTRIBUTE.to_owned(), name)));
        let name = format!("{workspace}/{role}{attribute_part}");
        Field::new(name, data_type, true).with_metadata(metadata)
    }
}

/// A user attribute by its name; every other field as JSON after a sign that no JSON begins with.
fn name_of(field: &ProfileField) -> String {
    match field {
        ProfileField::Attribute(name) if !name.starts_with(FIELD) => name.clone(),
        other => format!("{FIELD}{}", serde_json::to_string(other).unwrap_or_default()),
    }
}

fn field_of(name: &str) -> Result<ProfileField, ArrowError> {
    match name.strip_prefix(FIELD) {
        Some(json) => serde_json::from_str(json).map_err(|error| broken(&error.to_string())),
        None => Ok(ProfileField::attribute(name)),
    }
}

/// Numbers, sightings and attributes as one batch.
pub(super) fn users_to_arrow(users: &Users) -> Result<(Schema, Vec<RecordBatch>), ArrowError> {
    let mut columns = Columns::default();
    columns.fields.push(field("mpid", DataType::Int64, false, "mpid"));
    columns.arrays.push(Arc::new(Int64Array::try_new(users.mpids.buffer().clone(), None)?));
    // Of a store of an earlier program nothing may be known, and that is kept.
    if !users.changed.is_empty() {
        columns.fields.push(field("changed", DataType::UInt64, false, "changed"));
        columns.arrays.push(Arc::new(UInt64Array::try_new(users.changed.buffer().clone(), None)?));
    }
    for (workspace, seen) in &users.seen {
        columns.push("first_seen", workspace, None, instants(&seen.first, Some(i64::MAX)));
        columns.push("last_seen", workspace, None, instants(&seen.last, Some(i64::MIN)));
    }
    let fields =
        || users.fields.iter().flat_map(|(workspace, fields)| fields.iter().map(move |each| (workspace, each)));
    // To put texts in order takes a while where there is one for each user.
    let all: Vec<_> = fields().collect();
    let arranged: Vec<_> = all
        .par_iter()
        .map(|(_, (_, column))| {
            let arranged = Arranged::new(&column.dictionary);
            let array = arranged.column(&column.codes, users.mpids.len());
            (arranged, array)
        })
        .collect();
    for ((workspace, (field, _)), (arranged, array)) in all.into_iter().zip(arranged) {
        let array = array?;
        let field = Columns::field("attribute", workspace, Some(field), array.data_type().clone());
        columns.fields.push(arranged.said_in(field));
        columns.arrays.push(array);
    }
    for (workspace, attributes) in &users.field_times {
        for (field, times) in attributes {
            columns.push("attribute_time", workspace, Some(field), instants(times, Some(i64::MIN)));
        }
    }
    let schema = Schema::new(columns.fields);
    let batch = RecordBatch::try_new(Arc::new(schema.clone()), columns.arrays)?;
    Ok((schema, vec![batch]))
}

/// Numbers, sightings and attributes from a file; identities are left empty.
pub(super) fn users_from_arrow(file: &Table) -> Result<Users, ArrowError> {
    let mut users = Users::default();
    let columns = &single(file)?.columns;
    for (at, (field, array)) in file.schema.fields().iter().zip(columns).enumerate() {
        let texts = file.dictionaries.get(at).and_then(|all| all.first()?.as_ref());
        read_column(&mut users, field, array, texts)?;
    }
    let rows = users.mpids.len();
    let whole = users.seen.values().all(|seen| seen.first.len() == rows && seen.last.len() == rows);
    if whole { Ok(users) } else { Err(broken("a column of sightings is missing")) }
}

fn read_column(users: &mut Users, field: &Field, array: &Node, texts: Option<&Node>) -> Result<(), ArrowError> {
    let text = |key: &str| field.metadata().get(key).map_or("", String::as_str);
    let role = text(ROLE);
    if role == "mpid" {
        users.mpids = array.values::<i64>()?;
        return Ok(());
    }
    if role == "changed" {
        users.changed = array.values::<u64>()?;
        return Ok(());
    }
    if !["first_seen", "last_seen", "attribute", "attribute_time"].contains(&role) {
        return Ok(()); // a column of a later version that an old one can do without
    }
    let workspace: WorkspaceName = Name::new(text(WORKSPACE)).map_err(|error| broken(&error.to_string()))?;
    let attribute = match role {
        "attribute" | "attribute_time" => field_of(text(ATTRIBUTE))?,
        _ => ProfileField::attribute(""),
    };
    if role == "attribute" {
        let column = Column { codes: array.values::<u32>()?, dictionary: dictionary(field, texts)? };
        users.fields.entry(workspace).or_default().insert(attribute, column);
        return Ok(());
    }
    let instants = array.values::<i64>()?;
    match role {
        "first_seen" => users.seen.entry(workspace).or_default().first = instants,
        "last_seen" => users.seen.entry(workspace).or_default().last = instants,
        _ => drop(users.field_times.entry(workspace).or_default().insert(attribute, instants)),
    }
    Ok(())
}

/// Identities as one batch: a list of type and value for each user.
pub(super) fn identities_to_arrow(
    identities: &Identities,
    users: usize,
) -> Result<(Schema, Vec<RecordBatch>), ArrowError> {
    let names: ArrayRef = Arc::new(StringArray::from_iter_values(IdentityType::ALL.iter().map(|(name, _)| name)));
    let types = UInt8Array::try_new(identities.types.buffer().clone(), None)?;
    let types: ArrayRef = Arc::new(DictionaryArray::<UInt8Type>::try_new(types, names)?);
    let values = texts(&identities.values, identities.dictionary.as_deref().unwrap_or(&Default::default()))?;
    let fields = Fields::from(vec![
        Field::new("type", types.data_type().clone(), false),
        Field::new("value", texts_type(DataType::UInt32), false),
    ]);
    let entries = StructArray::try_new(fields, vec![types, values], None)?;
    let offsets = &identities.offsets;
    let length = |row: usize| {
        let (from, to) = (offsets.get(row).copied().unwrap_or(0), offsets.get(row + 1).copied().unwrap_or(0));
        to.saturating_sub(from) as usize
    };
    let item = Arc::new(Field::new("item", entries.data_type().clone(), false));
    let offsets = OffsetBuffer::from_lengths((0..users).map(length));
    let lists = ListArray::try_new(item, offsets, Arc::new(entries), None)?;
    let schema = Schema::new(vec![field("identities", lists.data_type().clone(), false, "identities")]);
    let batch = RecordBatch::try_new(Arc::new(schema.clone()), vec![Arc::new(lists)])?;
    Ok((schema, vec![batch]))
}

/// Identities from a file.
pub(super) fn identities_from_arrow(file: &Table) -> Result<Identities, ArrowError> {
    let odd = || broken("identities of another shape");
    let lists = single(file)?.columns.first().ok_or_else(odd)?;
    let [entries] = lists.children.as_slice() else { return Err(odd()) };
    let [types, codes] = entries.children.as_slice() else { return Err(odd()) };
    let texts = file.dictionaries.first().and_then(|all| all.get(1)?.as_ref());
    Ok(Identities {
        offsets: lists.offsets()?,
        types: types.values::<u8>()?,
        values: codes.values::<u32>()?,
        dictionary: Some(dictionary(file.schema.field(0), texts)?),
    })
}

fn single(file: &Table) -> Result<&Batch, ArrowError> {
    match file.batches.as_slice() {
        [batch] => Ok(batch),
        _ => Err(broken("not exactly one batch")),
    }
}
