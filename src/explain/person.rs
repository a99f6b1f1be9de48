//! One user's data, out of a store that holds nobody else.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::node::Value;
use crate::base::{InputName, Mpid, Timestamp, WorkspaceName};
use crate::catalog::{EventKey, EventKind, Part, ProfileField};
use crate::store::{ABSENT, Dictionary, EventShard, EventTable, NULL, Store, Verified};

/// One user: the only row of a store.
pub(super) struct Person {
    pub(super) store: Store,
    pub(super) mpid: Mpid,
}

/// The columns of attributes, by name, of one kind: an event's own, its action's, its products'.
type Columns = BTreeMap<String, Verified<u32>>;
type Dictionaries = BTreeMap<String, Arc<Dictionary>>;

impl Person {
    pub(super) fn of(store: &Store, row: u32) -> Option<Self> {
        let mpid = store.users.mpid(row)?;
        Some(Self { store: store.only(&[row]), mpid })
    }

    /// What a profile says.
    pub(super) fn value(&self, workspace: &WorkspaceName, field: &ProfileField) -> Value {
        let column = self.store.users.fields.get(workspace).and_then(|fields| fields.get(field));
        column.map_or(Value::Missing, |column| value(&column.dictionary, column.code(0)))
    }

    /// When a profile said so.
    pub(super) fn said(&self, workspace: &WorkspaceName, field: &ProfileField) -> Option<Timestamp> {
        let times = self.store.users.field_times.get(workspace)?.get(field)?;
        times.first().filter(|at| **at != i64::MIN).map(|at| Timestamp(*at))
    }

    /// The fields of a profile.
    pub(super) fn fields(&self, workspace: &WorkspaceName) -> impl Iterator<Item = &ProfileField> {
        self.store.users.fields.get(workspace).into_iter().flat_map(BTreeMap::keys)
    }

    /// The first and the last sighting in a workspace.
    pub(super) fn sightings(&self, workspace: &WorkspaceName) -> Option<(i64, i64)> {
        let seen = self.store.users.seen.get(workspace)?;
        let (first, last) = (*seen.first.first()?, *seen.last.first()?);
        (first <= last).then_some((first, last))
    }

    /// The events of a key, in the order of time.
    pub(super) fn events(&self, key: &EventKey) -> Option<Events<'_>> {
        let table = self.store.events.get(key)?.first()?;
        let shard = table.shards.first().filter(|shard| !shard.times.is_empty())?;
        Some(Events { table, shard, inputs: &self.store.inputs })
    }

    /// When events came through the inputs of a workspace.
    pub(super) fn event_times(&self, workspace: &WorkspaceName) -> Vec<i64> {
        let shards = self.store.events.values().flatten().filter_map(|table| table.shards.first());
        let inside = |code: &u8| self.store.inputs.get(usize::from(*code)).is_some_and(|i| i.workspace == *workspace);
        shards
            .flat_map(|shard| shard.times.iter().zip(shard.inputs.iter()))
            .filter(|(_, input)| inside(input))
            .map(|(at, _)| *at)
            .collect()
    }

    /// When the user opted out or in.
    pub(super) fn opt_outs(&self) -> Option<Events<'_>> {
        self.events(&EventKey::of(EventKind::OptOut))
    }
}

/// The events of one key of one user.
#[derive(Clone, Copy)]
pub(super) struct Events<'a> {
    pub(super) table: &'a EventTable,
    pub(super) shard: &'a EventShard,
    inputs: &'a [InputName],
}

impl<'a> Events<'a> {
    pub(super) fn times(&self) -> &'a [i64] {
        &self.shard.times
    }

    pub(super) fn input(&self, at: usize) -> Option<&'a InputName> {
        self.inputs.get(usize::from(*self.shard.inputs.get(at)?))
    }

    /// The event's own value of an attribute.
    pub(super) fn own(&self, at: usize, name: &str) -> Value {
        read(&self.shard.columns, &self.table.attributes, name, at)
    }

    /// The value of its action.
    pub(super) fn action(&self, at: usize, name: &str) -> Value {
        read(&self.shard.actions, &self.table.actions, name, at)
    }

    /// The value of a product, by its place among all products.
    pub(super) fn product(&self, product: usize, name: &str) -> Value {
        read(&self.shard.products.columns, &self.table.products, name, product)
    }

    /// The value of the part that holds an attribute: the event's own, else its action's; `None` where it is the products'
    /// (M21).
    pub(super) fn whole(&self, at: usize, part: Option<Part>, name: &str) -> Option<Value> {
        let present = |value: Value| Some(value).filter(|value| *value != Value::Missing);
        match part {
            Some(Part::Action) => Some(self.action(at, name)),
            Some(Part::Product) => None,
            None => present(self.own(at, name)).or_else(|| present(self.action(at, name))),
        }
    }

    /// What an event says of an attribute; several values where its products have several.
    pub(super) fn values(&self, at: usize, part: Option<Part>, name: &str) -> Vec<Value> {
        let of_products = || self.shard.products.of(at).map(|product| self.product(product, name)).collect::<Vec<_>>();
        let mut values = self.whole(at, part, name).map_or_else(of_products, |value| vec![value]);
        values.dedup();
        if values.is_empty() { vec![Value::Missing] } else { values }
    }

    /// Every text of an attribute, wherever it stands.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let dictionaries = [&self.table.attributes, &self.table.actions, &self.table.products];
        let dictionaries = dictionaries.into_iter().filter_map(|each| each.get(name));
        dictionaries
            .flat_map(|each| (0..each.len() as u32).filter_map(|code| each.text(code)))
            .map(str::to_owned)
            .collect()
    }
}

fn read(columns: &Columns, dictionaries: &Dictionaries, name: &str, at: usize) -> Value {
    let code = columns.get(name).and_then(|codes| codes.get(at)).copied().unwrap_or(ABSENT);
    dictionaries.get(name).map_or(Value::Missing, |dictionary| value(dictionary, code))
}

fn value(dictionary: &Dictionary, code: u32) -> Value {
    match code {
        ABSENT => Value::Missing,
        NULL => Value::Null,
        code => match dictionary.list(code) {
            Some(entries) => Value::List(entries),
            None => dictionary.text(code).map_or(Value::Missing, |text| Value::Text(text.to_owned())),
        },
    }
}
