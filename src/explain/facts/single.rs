//! Stores in which every event, product or identity of the user is a user of its own, so that the evaluator says of each
//! whether it passes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Facts;
use crate::catalog::EventKey;
use crate::explain::person::Events;
use crate::ir::{Count, Criterion, EventTest, Events as Selection, Kind, Unit};
use crate::store::{EventShard, EventTable, Identities, Products, SHARD_USERS, UserRows, Users, Verified};

/// Which events, or products, of one key pass.
pub(super) struct Passing(Vec<roaring::RoaringBitmap>);

impl Passing {
    /// Whether the event at a place passes the selection of that number.
    pub(super) fn holds(&self, selection: usize, at: usize) -> bool {
        self.0.get(selection).is_some_and(|rows| rows.contains(at as u32))
    }

    /// The places of the events that pass the selection of that number.
    pub(super) fn places(&self, selection: usize) -> impl Iterator<Item = usize> + '_ {
        self.0.get(selection).into_iter().flatten().map(|at| at as usize)
    }
}

impl Facts<'_> {
    /// Which events of a key pass each selection.
    pub(super) fn passing(&self, events: Events<'_>, key: &EventKey, selections: &[Selection]) -> Passing {
        self.ask(each_alone(events.shard), events, key, selections)
    }

    /// The same, whenever they happened.
    pub(super) fn passing_anytime(&self, events: Events<'_>, key: &EventKey, selections: &[Selection]) -> Passing {
        let mut shard = each_alone(events.shard);
        shard.times = std::iter::repeat_n(self.probe.at().ms(), shard.times.len()).collect();
        self.ask(shard, events, key, selections)
    }

    /// Which products of the events of a key pass each selection, by their place among all products.
    pub(super) fn products_passing(&self, events: Events<'_>, key: &EventKey, selections: &[Selection]) -> Passing {
        let single = |each: &Selection| Selection { unit: Unit::Event, ..each.clone() };
        let selections: Vec<Selection> = selections.iter().map(single).collect();
        self.ask(each_product_alone(events.shard), events, key, &selections)
    }

    fn ask(&self, shard: EventShard, events: Events<'_>, key: &EventKey, selections: &[Selection]) -> Passing {
        let rows = shard.times.len();
        let table = EventTable { shards: in_shards(&shard), ..events.table.clone() };
        let mut store = self.person.store.clone();
        store.users = Arc::new(Users { mpids: (0..rows as i64).collect(), ..Users::default() });
        store.events = Arc::new(BTreeMap::from([(key.clone(), vec![Arc::new(table)])]));
        let criterion = |events: &Selection| {
            Criterion::new(Kind::Event(Box::new(EventTest { events: events.clone(), count: Count::ONCE })))
        };
        let criteria: Vec<Criterion> = selections.iter().map(criterion).collect();
        Passing(self.probe.rows(&store, &criteria))
    }

    /// Which identities of the user satisfy a criterion about identities, in the order of their type and coming.
    pub(super) fn identities_passing(&self, criterion: &Criterion) -> Vec<bool> {
        let all = &self.person.store.users.identities;
        let rows = all.values.len();
        let offsets = (0..=rows as u32).collect();
        let identities = Identities { offsets, ..all.clone() };
        let users = Users { mpids: (0..rows as i64).collect(), identities, ..Users::default() };
        let mut store = self.person.store.clone();
        (store.users, store.events) = (Arc::new(users), Arc::default());
        let passing = self.probe.rows(&store, std::slice::from_ref(criterion));
        (0..rows as u32).map(|row| passing.iter().any(|each| each.contains(row))).collect()
    }
}

/// The events in shards of as many as a shard has users.
fn in_shards(shard: &EventShard) -> Vec<EventShard> {
    let starts = (0..shard.times.len()).step_by(SHARD_USERS);
    starts.map(|start| part(shard, start, SHARD_USERS.min(shard.times.len() - start))).collect()
}

/// Some events of a shard. Products keep their places.
fn part(shard: &EventShard, start: usize, len: usize) -> EventShard {
    let codes = |column: &Verified<u32>| match column.is_empty() {
        true => column.clone(),
        false => column.slice(start, len),
    };
    let columns = |columns: &BTreeMap<String, Verified<u32>>| {
        columns.iter().map(|(name, column)| (name.clone(), codes(column))).collect()
    };
    let offsets = &shard.products.offsets;
    EventShard {
        users: shard.users.slice(start, len),
        times: shard.times.slice(start, len),
        inputs: shard.inputs.slice(start, len),
        types: shard.types.slice(start, len),
        ids: codes(&shard.ids),
        columns: columns(&shard.columns),
        actions: columns(&shard.actions),
        products: Products {
            offsets: if offsets.is_empty() { offsets.clone() } else { offsets.slice(start, len + 1) },
            columns: shard.products.columns.clone(),
        },
        user_rows: UserRows::default(),
    }
}

/// Event `i` belongs to user `i`.
fn each_alone(shard: &EventShard) -> EventShard {
    EventShard { users: (0..shard.times.len()).map(|at| at as u16).collect(), ..shard.clone() }
}

/// Product `i` is the only one of the event of user `i`.
fn each_product_alone(shard: &EventShard) -> EventShard {
    let of_products: Vec<usize> =
        (0..shard.times.len()).flat_map(|at| shard.products.of(at).map(move |_| at)).collect();
    let codes = |column: &Verified<u32>| -> Verified<u32> {
        of_products.iter().map(|at| column.get(*at).copied().unwrap_or(0)).collect()
    };
    let columns = |columns: &BTreeMap<String, Verified<u32>>| -> BTreeMap<String, Verified<u32>> {
        columns.iter().map(|(name, column)| (name.clone(), codes(column))).collect()
    };
    EventShard {
        users: (0..of_products.len()).map(|at| at as u16).collect(),
        times: of_products.iter().filter_map(|at| shard.times.get(*at).copied()).collect(),
        inputs: of_products.iter().filter_map(|at| shard.inputs.get(*at).copied()).collect(),
        types: of_products.iter().filter_map(|at| shard.types.get(*at).copied()).collect(),
        ids: Verified::default(),
        columns: columns(&shard.columns),
        actions: columns(&shard.actions),
        products: Products {
            offsets: (0..=of_products.len() as u32).collect(),
            columns: shard.products.columns.clone(),
        },
        user_rows: UserRows::default(),
    }
}
