//! Events of a shard as rows of a file: one for each event, or for each of its products.

use std::sync::Arc;

use arrow_array::{ArrayRef, TimestampMillisecondArray};

use super::super::events::{EventShard, EventTable};
use super::super::verified::Verified;
use super::super::{SHARD_USERS, Store};
use super::events::{AT_ONCE, Origin};

/// Some events of a shard, and the rows that they are written as.
pub(super) struct Lines<'s> {
    pub(super) table: &'s EventTable,
    pub(super) events: &'s EventShard,
    /// The segment and the shard.
    place: (usize, usize),
    /// The event and the product of each row.
    rows: Vec<(usize, Option<usize>)>,
}

impl<'s> Lines<'s> {
    pub(super) fn new(table: &'s EventTable, events: &'s EventShard, place: (usize, usize), from: usize) -> Self {
        let to = events.times.len().min(from + AT_ONCE);
        let mut rows = Vec::with_capacity(to - from);
        for event in from..to {
            let products = events.products.of(event);
            match products.is_empty() {
                true => rows.push((event, None)),
                false => rows.extend(products.map(|product| (event, Some(product)))),
            }
        }
        Self { table, events, place, rows }
    }

    /// The event of each row.
    pub(super) fn events(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().map(|(event, _)| *event)
    }

    /// The product of each row.
    pub(super) fn products(&self) -> impl Iterator<Item = Option<usize>> {
        self.rows.iter().map(|(_, product)| *product)
    }

    /// The time of each row.
    pub(super) fn times(&self) -> ArrayRef {
        let times: TimestampMillisecondArray = self.events().map(|at| self.events.times.get(at).copied()).collect();
        Arc::new(times.with_timezone("UTC"))
    }

    /// The MPID of an event's user.
    pub(super) fn mpid(&self, store: &Store, event: usize) -> Option<i64> {
        let row = self.place.1 * SHARD_USERS + usize::from(*self.events.users.get(event)?);
        store.users.mpids.get(row).copied()
    }

    /// Where an event came from.
    pub(super) fn origin(&self, event: usize) -> Origin {
        let code = |codes: &Verified<u8>| codes.get(event).copied().unwrap_or(0);
        (code(&self.events.inputs), code(&self.events.types))
    }

    /// The id of an event.
    pub(super) fn id(&self, event: usize) -> Option<&str> {
        self.table.ids.as_ref()?.text(*self.events.ids.get(event)?)
    }

    /// What the rows of an event share: its id, or where it has none and several products a name made of its place.
    pub(super) fn group(&self, event: usize) -> Option<String> {
        let several = self.events.products.of(event).len() > 1;
        let (segment, shard) = self.place;
        let made = || several.then(|| format!("aud:{segment}:{shard}:{event}"));
        self.id(event).map(str::to_owned).or_else(made)
    }
}
