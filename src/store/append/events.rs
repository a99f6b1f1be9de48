//! The events of a batch: without those that their users have already (M20), as segments.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rapidhash::fast::RandomState;
use rayon::prelude::*;

use super::super::Store;
use super::super::column::NULL;
use super::super::events::{EventTable, Segments};
use super::super::log::{DROPPED, EventLog};
use super::{Changed, place};
use crate::catalog::EventKey;

/// Segments of this kind that a key may have before any are merged.
const FEW: usize = 4;

/// Drops the events whose user has their id already, in the store or earlier in the batch. Says how many.
pub(super) fn drop_known(store: &Store, events: &mut [(EventKey, EventLog)], with_ids: &[(u32, u32)]) -> u64 {
    let mut asked: HashMap<u32, Vec<(usize, usize)>, RandomState> = HashMap::default();
    for (log, row) in with_ids {
        let (log, row) = (*log as usize, *row as usize);
        let user = events.get(log).and_then(|(_, log)| log.users.get(row)).copied();
        if let Some(user) = user.filter(|user| *user != DROPPED) {
            asked.entry(user).or_default().push((log, row));
        }
    }
    let tables: Vec<&EventTable> =
        store.events.values().flatten().map(|table| &**table).filter(|table| table.ids.is_some()).collect();
    let read: &[(EventKey, EventLog)] = events;
    let repeated = |(user, events): (&u32, &Vec<(usize, usize)>)| {
        let mut known: HashSet<&str, RandomState> = HashSet::default();
        tables.iter().for_each(|table| known.extend(ids_of(table, *user)));
        let id = |(log, row): &&(usize, usize)| read.get(*log).and_then(|(_, log)| log.id_of(*row));
        events.iter().filter(|event| id(event).is_some_and(|id| !known.insert(id))).copied().collect::<Vec<_>>()
    };
    let repeated: Vec<(usize, usize)> = asked.par_iter().flat_map_iter(repeated).collect();
    for (log, row) in &repeated {
        if let Some(user) = events.get_mut(*log).and_then(|(_, log)| log.users.get_mut(*row)) {
            *user = DROPPED;
        }
    }
    repeated.len() as u64
}

/// The event ids of a user in a table.
fn ids_of(table: &EventTable, row: u32) -> impl Iterator<Item = &str> {
    let (shard, user) = place(row);
    let shard = table.shards.get(shard).filter(|shard| !shard.ids.is_empty());
    let rows = shard.into_iter().flat_map(move |shard| {
        shard.of_user(user).iter().filter_map(|at| shard.ids.get(*at as usize)).filter(|code| **code > NULL)
    });
    rows.filter_map(|code| table.ids.as_ref()?.text(*code))
}

/// Adds the events as segments.
pub(super) fn add(
    segments: &mut BTreeMap<EventKey, Segments>,
    events: Vec<(EventKey, EventLog)>,
    changed: &mut Changed,
) {
    let finish = |(key, log): (EventKey, EventLog)| (key, Arc::new(EventTable { recent: true, ..log.finish() }));
    let tables: Vec<_> = events.into_par_iter().with_min_len(8).map(finish).collect();
    for (key, table) in tables {
        changed.events.insert(key.clone(), vec![Arc::clone(&table)]);
        let segments = segments.entry(key).or_default();
        segments.push(table);
        merge(segments);
    }
}

/// Merges recent segments at the end until each is at least twice as long as the next.
fn merge(segments: &mut Segments) {
    let recent = segments.iter().rev().take_while(|segment| segment.recent).count();
    if recent <= FEW {
        return;
    }
    let first = segments.len() - recent;
    // How many at the end become one: all that are shorter than twice what comes after them.
    let mut from = segments.len() - 1;
    let mut after = segments.last().map_or(0, |segment| segment.len());
    while let Some(before) = from.checked_sub(1).filter(|before| *before >= first).and_then(|at| segments.get(at)) {
        if before.len() >= 2 * after {
            break;
        }
        after += before.len();
        from -= 1;
    }
    if from + 1 < segments.len() {
        let merged = EventLog::of(segments.get(from..).unwrap_or(&[])).finish();
        segments.truncate(from);
        segments.push(Arc::new(EventTable { recent: true, ..merged }));
    }
}
