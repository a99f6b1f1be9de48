//! Events that pass an edge as time passes: the next rows after a cursor.
//!
//! In: the segments of a key, and the ages of edges. Out: the rows that pass each of them. A cursor for each edge, segment and
//! shard stands at the first row that has not passed; since it keeps that row's instant, time that passes nothing reads no event.

use std::sync::Arc;

use super::watch::Edge;
use crate::base::Now;
use crate::store::{EventShard, EventTable, SHARD_USERS};

/// The cursors of one key.
#[derive(Debug, Default)]
pub(super) struct Cursors {
    /// The ages of the edges, ascending.
    ages: Vec<i64>,
    tables: Vec<TableCursors>,
}

/// The cursors of one segment.
#[derive(Debug)]
struct TableCursors {
    table: Arc<EventTable>,
    /// Of each edge those of all shards.
    cursors: Vec<Cursor>,
}

/// A place in the events of a shard.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    at: u32,
    /// The instant of the event there; the last there is at the end.
    time: i64,
}

impl Cursor {
    fn new(shard: &EventShard, edge: i64) -> Self {
        Self::at(shard, shard.times.partition_point(|time| *time < edge))
    }

    fn at(shard: &EventShard, at: usize) -> Self {
        Self { at: at as u32, time: shard.times.get(at).copied().unwrap_or(i64::MAX) }
    }
}

impl Cursors {
    pub(super) fn new(ages: impl IntoIterator<Item = i64>) -> Self {
        Self { ages: ages.into_iter().collect(), tables: Vec::new() }
    }

    /// Stands at `now` in some segments. Cursors of segments that stay are not looked for again.
    pub(super) fn settle(&mut self, segments: &[Arc<EventTable>], now: Now) {
        let mut old = std::mem::take(&mut self.tables);
        for table in segments {
            let known = old.iter().position(|each| Arc::ptr_eq(&each.table, table));
            let cursors = || {
                let edges = self.ages.iter().map(|age| now.ms().saturating_sub(*age));
                edges.flat_map(|edge| table.shards.iter().map(move |shard| Cursor::new(shard, edge))).collect()
            };
            self.tables.push(match known {
                Some(known) => old.swap_remove(known),
                None => TableCursors { table: Arc::clone(table), cursors: cursors() },
            });
        }
    }

    /// Goes on to a later `now`: visits each row that passes an edge, with the edge's place.
    pub(super) fn pass(&mut self, now: Now, mut visit: impl FnMut(usize, u32)) {
        for TableCursors { table, cursors } in &mut self.tables {
            let shards = table.shards.len().max(1);
            for ((place, age), cursors) in self.ages.iter().enumerate().zip(cursors.chunks_mut(shards)) {
                let edge = now.ms().saturating_sub(*age);
                for (number, cursor) in cursors.iter_mut().enumerate().filter(|(_, cursor)| cursor.time < edge) {
                    let Some(shard) = table.shards.get(number) else { continue };
                    let from = cursor.at as usize;
                    let to = from + passed(shard.times.get(from..).unwrap_or(&[]), edge);
                    for user in shard.users.get(from..to).unwrap_or(&[]) {
                        visit(place, (number * SHARD_USERS) as u32 + u32::from(*user));
                    }
                    *cursor = Cursor::at(shard, to);
                }
            }
        }
    }

    /// The next `now` at which a row passes an edge.
    pub(super) fn next(&self, edge: Edge) -> Option<i64> {
        let place = self.ages.iter().position(|age| *age == edge.age)?;
        let (from, to) = edge.inside;
        let of_table = |TableCursors { table, cursors }: &TableCursors| {
            let cursors = cursors.get(place * table.shards.len()..).unwrap_or(&[]);
            let next = |(shard, cursor): (&EventShard, &Cursor)| {
                let at = (cursor.at as usize).max(if cursor.time < from {
                    shard.times.partition_point(|time| *time < from)
                } else {
                    0
                });
                shard.times.get(at).copied().filter(|time| *time <= to)
            };
            table.shards.iter().zip(cursors).filter_map(next).min()
        };
        let next = self.tables.iter().filter_map(of_table).min()?;
        Some(next.saturating_add(edge.age).saturating_add(1))
    }

    /// The segments.
    pub(super) fn tables(&self) -> impl Iterator<Item = &EventTable> {
        self.tables.iter().map(|each| &*each.table)
    }

    /// How many bytes the cursors take.
    pub(super) fn bytes(&self) -> usize {
        self.tables.iter().map(|table| table.cursors.capacity() * size_of::<Cursor>()).sum()
    }
}

/// How many of some instants are before an edge; looked for from the start on, since mostly few are.
fn passed(times: &[i64], edge: i64) -> usize {
    let mut end = 1;
    while times.get(end).is_some_and(|time| *time < edge) {
        end *= 2;
    }
    let (from, to) = (end / 2, end.min(times.len()));
    from.min(to) + times.get(from.min(to)..to).unwrap_or(&[]).partition_point(|time| *time < edge)
}
