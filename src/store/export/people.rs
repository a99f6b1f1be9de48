//! `users.parquet`, a row for each person, and `identities.parquet`, a row for each person and further value of a type.
//!
//! Rows of users of whom nothing is known, such as those that a rebuild left without data, are left out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use super::super::column::{ABSENT, Column, NULL};
use super::super::error::StoreError;
use super::super::users::Seen;
use super::super::{Identity, SHARD_USERS, Store};
use super::cells::Cells;
use super::layout::{self, MPID};
use super::sink::{Open, Sink};
use super::sources::Sources;
use crate::base::WorkspaceName;
use crate::catalog::{Catalog, IdentityType, LocationField, ProfileField, ValueType};

/// The file of users.
pub(super) const USERS: &str = "users.parquet";
/// The file of identities.
pub(super) const IDENTITIES: &str = "identities.parquet";

/// The rows of people of whom anything is known.
pub(super) fn known(store: &Store) -> impl Iterator<Item = u32> {
    let users = &store.users;
    let is_known = |row: &u32| {
        let at = *row as usize;
        let said = |column: &Column| column.code(at) != ABSENT;
        users.seen.values().any(|seen| is_seen(seen, at))
            || !users.identities.range(*row).is_empty()
            || users.fields.values().flat_map(BTreeMap::values).any(said)
    };
    (0..store.user_count() as u32).filter(is_known)
}

fn is_seen(seen: &Seen, row: usize) -> bool {
    seen.first.get(row).is_some_and(|at| *at != i64::MAX)
}

/// Writes both files.
pub(super) fn write(
    sink: &mut Sink<'_>,
    store: &Store,
    catalog: &Catalog,
    sources: &mut Sources,
) -> Result<(), StoreError> {
    let columns = columns(store, catalog);
    let schema = schema(columns.iter().map(|(name, column)| (name.as_str(), column.data_type())));
    sink.file(USERS.to_owned(), schema.clone(), &|open| {
        by_shard(store, open, &schema, &|rows| columns.iter().map(|(_, column)| column.array(store, rows)).collect())
    })?;
    let types = identity_types(store);
    let workspaces: Vec<&WorkspaceName> = store.users.seen.keys().collect();
    let identities = identity_schema(&workspaces, &types);
    sink.file(IDENTITIES.to_owned(), identities.clone(), &|open| {
        by_shard(store, open, &identities, &|rows| identity_columns(store, &workspaces, &types, rows))
    })?;
    for workspace in workspaces {
        sources.users(store, workspace);
        sources.identities(store, workspace, &types);
    }
    Ok(())
}

/// Hands over the rows of each shard as a row group.
fn by_shard(
    store: &Store,
    open: &mut Open<'_>,
    schema: &Schema,
    columns: &dyn Fn(&[u32]) -> Vec<ArrayRef>,
) -> Result<(), ArrowError> {
    let schema: SchemaRef = Arc::new(schema.clone());
    let mut rows: Vec<u32> = Vec::new();
    let mut known = known(store).peekable();
    for shard in 0..store.shard_count() {
        let range: Range<u32> = (shard * SHARD_USERS) as u32..((shard + 1) * SHARD_USERS) as u32;
        rows.clear();
        while let Some(row) = known.next_if(|row| range.contains(row)) {
            rows.push(row);
        }
        if !rows.is_empty() {
            open.write(&RecordBatch::try_new(schema.clone(), columns(&rows))?, store.shard_len(shard) as u64)?;
            open.end_group()?;
        }
    }
    Ok(())
}

/// A column of `users.parquet`.
enum UserColumn<'s> {
    Mpid,
    /// The MPID where the user was seen in a workspace: an import leaves out the rows without one.
    SeenMpid(&'s Seen),
    FirstSeen(&'s Seen),
    LastSeen(&'s Seen),
    Field(&'s Column, Cells),
    /// The first or the second number of a point.
    Degrees(&'s Column, usize),
}

impl UserColumn<'_> {
    fn data_type(&self) -> DataType {
        match self {
            Self::Mpid | Self::SeenMpid(_) => DataType::Int64,
            Self::FirstSeen(_) | Self::LastSeen(_) => Cells::Instants.data_type(),
            Self::Field(_, cells) => cells.data_type(),
            Self::Degrees(..) => DataType::Utf8,
        }
    }

    fn array(&self, store: &Store, rows: &[u32]) -> ArrayRef {
        let mpid = |row: &u32| store.users.mpid(*row).map(|mpid| mpid.0);
        match self {
            Self::Mpid => Arc::new(rows.iter().map(mpid).collect::<Int64Array>()),
            Self::SeenMpid(seen) => {
                let seen = |row: &u32| is_seen(seen, *row as usize).then(|| mpid(row)).flatten();
                Arc::new(rows.iter().map(seen).collect::<Int64Array>())
            }
            Self::FirstSeen(seen) => instants(rows, |row| seen.first.get(row).copied().filter(|at| *at != i64::MAX)),
            Self::LastSeen(seen) => instants(rows, |row| seen.last.get(row).copied().filter(|at| *at != i64::MIN)),
            Self::Field(column, cells) => {
                cells.array(rows.iter().map(|row| column.code(*row as usize)), &column.dictionary)
            }
            Self::Degrees(column, which) => {
                let degrees = |row: &u32| column.text(*row as usize)?.split(',').nth(*which);
                Arc::new(rows.iter().map(degrees).collect::<StringArray>())
            }
        }
    }
}

fn instants(rows: &[u32], at: impl Fn(usize) -> Option<i64>) -> ArrayRef {
    let instants: TimestampMillisecondArray = rows.iter().map(|row| at(*row as usize)).collect();
    Arc::new(instants.with_timezone("UTC"))
}

fn columns<'s>(store: &'s Store, catalog: &Catalog) -> Vec<(String, UserColumn<'s>)> {
    let users = &store.users;
    let mut columns = vec![(MPID.to_owned(), UserColumn::Mpid)];
    for (workspace, seen) in &users.seen {
        let named = |what: &str| layout::of_workspace(workspace, what);
        columns.push((named(MPID), UserColumn::SeenMpid(seen)));
        columns.push((named("first_seen"), UserColumn::FirstSeen(seen)));
        columns.push((named("last_seen"), UserColumn::LastSeen(seen)));
        for (field, column) in users.fields.get(workspace).into_iter().flatten() {
            let name = layout::of_field(workspace, field);
            if *field == ProfileField::Location(LocationField::Point) {
                columns.push((name, UserColumn::Degrees(column, 0)));
                columns.push((named("location/longitude"), UserColumn::Degrees(column, 1)));
                continue;
            }
            let has_null = || column.codes.contains(&NULL);
            let cells = Cells::of(type_of(field, catalog), &[&column.dictionary], has_null);
            columns.push((name, UserColumn::Field(column, cells)));
        }
    }
    columns
}

/// What a field is read as.
fn type_of(field: &ProfileField, catalog: &Catalog) -> Option<ValueType> {
    match field {
        ProfileField::Attribute(name) => catalog.user_attributes.get(name).map(|attribute| attribute.value_type),
        ProfileField::Calculated(name) => catalog.calculated.get(name).map(|attribute| attribute.value_type),
        ProfileField::Consent(..) | ProfileField::Attribution(_, None) => Some(ValueType::Boolean),
        ProfileField::Device(_) | ProfileField::Location(_) | ProfileField::Attribution(..) => None,
    }
}

fn schema<'n>(columns: impl Iterator<Item = (&'n str, DataType)>) -> Schema {
    let field = |(name, data_type): (&str, DataType)| Field::new(name, data_type, name != MPID);
    Schema::new(columns.map(field).collect::<Vec<_>>())
}

/// The types that anybody has an identity of.
fn identity_types(store: &Store) -> Vec<IdentityType> {
    let mut seen = [false; 256];
    store.users.identities.types.iter().for_each(|code| seen[usize::from(*code)] = true);
    IdentityType::ALL.iter().map(|(_, each)| *each).filter(|each| seen[*each as usize]).collect()
}

fn identity_schema(workspaces: &[&WorkspaceName], types: &[IdentityType]) -> Schema {
    let mut named = vec![(MPID.to_owned(), DataType::Int64)];
    for workspace in workspaces {
        named.push((layout::of_workspace(workspace, MPID), DataType::Int64));
        named.push((layout::of_workspace(workspace, "last_seen"), Cells::Instants.data_type()));
    }
    named.extend(types.iter().map(|each| (each.name().to_owned(), DataType::Utf8)));
    for workspace in workspaces.iter().filter(|_| workspaces.len() > 1) {
        named.extend(types.iter().map(|each| (layout::of_workspace(workspace, each.name()), DataType::Utf8)));
    }
    schema(named.iter().map(|(name, data_type)| (name.as_str(), data_type.clone())))
}

/// The identities of some people: the nth row of a person has the nth value of each type.
fn identity_columns(
    store: &Store,
    workspaces: &[&WorkspaceName],
    types: &[IdentityType],
    rows: &[u32],
) -> Vec<ArrayRef> {
    let mut lines: Vec<(u32, Vec<Option<&str>>)> = Vec::new();
    for row in rows {
        let first = lines.len();
        let mut used = vec![0; types.len()];
        for Identity { identity, value } in store.users.identities.of(*row) {
            let Some(at) = types.iter().position(|each| *each == identity) else { continue };
            let line = first + used[at];
            used[at] += 1;
            if lines.len() <= line {
                lines.push((*row, vec![None; types.len()]));
            }
            lines[line].1[at] = Some(value);
        }
    }
    // A person's identities are read back in the first workspace that has seen the person: they belong to no workspace.
    let at_home = |row: usize| store.users.seen.iter().find(|(_, seen)| is_seen(seen, row));
    let rows: Vec<u32> = lines.iter().map(|(row, _)| *row).collect();
    let mut columns = vec![UserColumn::Mpid.array(store, &rows)];
    for workspace in workspaces {
        let home = |row: usize| at_home(row).filter(|(name, _)| name == workspace).map(|(_, seen)| seen);
        let mpid = |row: &u32| home(*row as usize).and_then(|_| Some(store.users.mpid(*row)?.0));
        columns.push(Arc::new(rows.iter().map(mpid).collect::<Int64Array>()));
        columns.push(instants(&rows, |row| home(row)?.last.get(row).copied()));
    }
    for at in 0..types.len() {
        let values = lines.iter().map(|(_, values)| values.get(at).copied().flatten());
        columns.push(Arc::new(values.collect::<StringArray>()));
    }
    // With several workspaces each has the identities of its own people once more: a row that names one is somebody's.
    for workspace in workspaces.iter().filter(|_| workspaces.len() > 1) {
        let is_home = |row: u32| at_home(row as usize).is_some_and(|(name, _)| name == *workspace);
        for at in 0..types.len() {
            let own = lines.iter().map(|(row, values)| values.get(at).copied().flatten().filter(|_| is_home(*row)));
            columns.push(Arc::new(own.collect::<StringArray>()));
        }
    }
    columns
}
