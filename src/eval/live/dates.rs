//! Instants among the attributes of events: whose pass an edge as time passes.
//!
//! In: segments and an attribute. Out: the rows of users with an event whose value passes the edge. A predicate relative to `now`
//! on an event's attribute is rare, so that nothing is kept for it: values are read, and where one passes, events are scanned.

use std::collections::HashSet;

use super::timeline::dates;
use super::watch::Edge;
use crate::base::Now;
use crate::catalog::Part;
use crate::eval::leaf::Parts;
use crate::store::{Dictionary, EventShard, EventTable, SHARD_USERS};

/// Visits the rows of users with an event whose value passes an edge between two nows.
pub(super) fn passing(
    table: &EventTable,
    part: Option<Part>,
    name: &str,
    age: i64,
    (before, now): (Now, Now),
    mut visit: impl FnMut(u32),
) {
    let (from, to) = (before.ms().saturating_sub(age), now.ms().saturating_sub(age));
    let passing = |dictionary: &Dictionary| -> HashSet<u32> {
        let dates = dates(dictionary).into_iter();
        dates.filter(|(_, dates)| dates.iter().any(|at| from <= *at && *at < to)).map(|(code, _)| code).collect()
    };
    let codes = Parts::of(table, part, name).map(passing);
    let any = |codes: &Option<HashSet<u32>>| codes.as_ref().is_some_and(|codes| !codes.is_empty());
    if ![&codes.own, &codes.action, &codes.product].into_iter().any(any) {
        return;
    }
    for (shard, events) in table.shards.iter().enumerate() {
        for (event, user) in events.users.iter().enumerate() {
            if has(events, event, name, &codes) {
                visit((shard * SHARD_USERS) as u32 + u32::from(*user));
            }
        }
    }
}

/// Whether an event has one of the codes in one of its parts.
fn has(events: &EventShard, event: usize, name: &str, codes: &Parts<HashSet<u32>>) -> bool {
    let is = |column: Option<&[u32]>, row: usize, codes: &Option<HashSet<u32>>| {
        let code = column.and_then(|column| column.get(row));
        code.zip(codes.as_ref()).is_some_and(|(code, codes)| codes.contains(code))
    };
    let own = events.columns.get(name).map(|column| &column[..]);
    let action = events.actions.get(name).map(|column| &column[..]);
    let product = events.products.columns.get(name).map(|column| &column[..]);
    is(own, event, &codes.own)
        || is(action, event, &codes.action)
        || events.products.of(event).any(|row| is(product, row, &codes.product))
}

/// The next `now` at which a value passes an edge, whether an event has it or not.
pub(super) fn next<'t>(
    tables: impl Iterator<Item = &'t EventTable>,
    part: Option<Part>,
    name: &str,
    edge: Edge,
    now: Now,
) -> Option<i64> {
    let (from, to) = (now.ms().saturating_sub(edge.age).max(edge.inside.0), edge.inside.1);
    let of_dictionary =
        |dictionary: &Dictionary| dates(dictionary).into_values().flatten().filter(|at| from <= *at && *at <= to).min();
    let of_table = |table: &EventTable| {
        let next = Parts::of(table, part, name).map(of_dictionary);
        [next.own, next.action, next.product].into_iter().flatten().flatten().min()
    };
    tables.filter_map(of_table).min().map(|at| at.saturating_add(edge.age).saturating_add(1))
}
