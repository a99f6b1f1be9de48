//! A few users of a store as a store of their own.
//!
//! In: a store and rows of it. Out: a store with those users alone, everything that is known of them, and nothing else.
//! What always holds: dictionaries hold what the new columns need and no more, so whatever is decided once for each distinct
//! text is decided for few; events of one user keep their order.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::StringArray;
use rapidhash::fast::RandomState;
use rayon::prelude::*;

use super::column::{Column, Dictionary, NULL};
use super::events::{EventShard, EventTable, Products};
use super::log::EventLog;
use super::users::{Identities, Seen, UNKNOWN, Users};
use super::verified::Verified;
use super::{SHARD_USERS, Store};

/// The row of a user that was not asked for.
const NOBODY: u32 = u32::MAX;

/// The new row of each user of a shard, by position; of shards with users that were asked for.
type Wanted = BTreeMap<usize, Vec<u32>>;

/// An event that is taken over.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    pub(super) shard: usize,
    pub(super) at: usize,
    pub(super) user: u16,
}

impl Store {
    /// A store of some users alone: row `i` is the user of `rows[i]`, with all that is known of it. Rows that do not exist, or
    /// that stand there a second time, are left out.
    ///
    /// What an import found out about types stays, since it is true of the data and not of these users. Time goes into a scan
    /// of the shards that the users are in, and into what comes out.
    #[must_use]
    pub fn only(&self, rows: &[u32]) -> Self {
        let (kept, wanted) = self.wanted(rows);
        let events: BTreeMap<_, _> = self
            .events
            .par_iter()
            .filter_map(|(key, segments)| Some((key.clone(), vec![Arc::new(only(segments, &wanted, kept.len())?)])))
            .collect();
        Self {
            id: self.id.clone(),
            version: self.version,
            inputs: self.inputs.clone(),
            users: Arc::new(self.users.only(&kept)),
            events: Arc::new(events),
            detected: self.detected.clone(),
            damages: self.damages.clone(),
        }
    }

    /// The rows that are there, each once, and where they go.
    fn wanted(&self, rows: &[u32]) -> (Vec<u32>, Wanted) {
        let mut kept = Vec::with_capacity(rows.len());
        let mut wanted = Wanted::new();
        for row in rows.iter().filter(|row| (**row as usize) < self.user_count()) {
            let shard = wanted.entry(*row as usize / SHARD_USERS).or_insert_with(|| vec![NOBODY; SHARD_USERS]);
            let place = &mut shard[*row as usize % SHARD_USERS];
            if *place == NOBODY {
                *place = kept.len() as u32;
                kept.push(*row);
            }
        }
        (kept, wanted)
    }
}

impl Users {
    /// Some users alone; a row that does not exist is nobody.
    pub(super) fn only(&self, rows: &[u32]) -> Self {
        let instants = |times: &Verified<i64>, never| -> Verified<i64> {
            rows.iter().map(|row| times.get(*row as usize).copied().unwrap_or(never)).collect()
        };
        let seen = |seen: &Seen| Seen { first: instants(&seen.first, i64::MAX), last: instants(&seen.last, i64::MIN) };
        let column = |column: &Column| {
            let mut cut = Cut::default();
            let codes = rows.iter().map(|row| cut.code(column.code(*row as usize))).collect();
            Column { codes, dictionary: Arc::new(cut.of(&column.dictionary)) }
        };
        let fields = self.fields.iter().map(|(workspace, fields)| {
            let kept = fields.iter().map(|(field, each)| (field.clone(), column(each)));
            (workspace.clone(), kept.collect())
        });
        let times = self.field_times.iter().map(|(workspace, times)| {
            let kept = times.iter().map(|(field, each)| (field.clone(), instants(each, i64::MIN)));
            (workspace.clone(), kept.collect())
        });
        Self {
            mpids: rows.iter().map(|row| self.mpids.get(*row as usize).copied().unwrap_or(0)).collect(),
            seen: self.seen.iter().map(|(workspace, each)| (workspace.clone(), seen(each))).collect(),
            fields: fields.collect(),
            field_times: times.collect(),
            identities: self.identities.only(rows),
            changed: self.changed_only(rows),
        }
    }

    fn changed_only(&self, rows: &[u32]) -> Verified<u64> {
        if self.changed.is_empty() {
            return Verified::default();
        }
        rows.iter().map(|row| self.changed.get(*row as usize).copied().unwrap_or(UNKNOWN)).collect()
    }
}

impl Identities {
    fn only(&self, rows: &[u32]) -> Self {
        let (mut offsets, mut types, mut values) = (vec![0u32], Vec::new(), Vec::new());
        let mut cut = Cut::default();
        for row in rows {
            for at in self.range(*row) {
                types.extend(self.types.get(at));
                values.extend(self.values.get(at).map(|code| cut.code(*code)));
            }
            offsets.push(values.len() as u32);
        }
        let dictionary = self.dictionary.as_ref().map(|all| Arc::new(cut.of(all)));
        Self { offsets: offsets.into(), types: types.into(), values: values.into(), dictionary }
    }
}

/// The events of some users, in one segment; `None` where they have none.
fn only(segments: &[Arc<EventTable>], wanted: &Wanted, users: usize) -> Option<EventTable> {
    let mut kept: Vec<EventTable> = segments.iter().filter_map(|segment| segment.only(wanted, users)).collect();
    if kept.len() > 1 {
        return Some(EventLog::of(&kept.into_iter().map(Arc::new).collect::<Vec<_>>()).finish());
    }
    kept.pop()
}

impl EventTable {
    /// The events of some users; `None` where they have none.
    fn only(&self, wanted: &Wanted, users: usize) -> Option<Self> {
        let mut taken: Vec<Vec<Taken>> = vec![Vec::new(); users.div_ceil(SHARD_USERS)];
        for (shard, rows) in wanted {
            let Some(events) = self.shards.get(*shard) else { continue };
            for (at, user) in events.users.iter().enumerate() {
                let row = rows[usize::from(*user)] as usize;
                if let Some(place) = taken.get_mut(row / SHARD_USERS) {
                    place.push(Taken { shard: *shard, at, user: (row % SHARD_USERS) as u16 });
                }
            }
        }
        let end = taken.iter().rposition(|events| !events.is_empty())? + 1;
        taken.truncate(end);
        for events in &mut taken {
            // Stable, and a user is in one shard: events of one instant stay in their order.
            events.sort_by_key(|each| self.shards[each.shard].times[each.at]);
        }
        Some(self.taken(&taken))
    }

    /// Some events, by the shard that they are in from now on and in time order there.
    pub(super) fn taken(&self, taken: &[Vec<Taken>]) -> Self {
        let mut table = Self { shards: vec![EventShard::default(); taken.len()], ..Self::default() };
        let old = |each: &Taken| &self.shards[each.shard];
        let mut products = Vec::with_capacity(taken.len());
        for (shard, events) in table.shards.iter_mut().zip(taken) {
            shard.users = events.iter().map(|each| each.user).collect();
            shard.times = events.iter().map(|each| old(each).times[each.at]).collect();
            shard.inputs = events.iter().map(|each| old(each).inputs[each.at]).collect();
            shard.types = events.iter().map(|each| old(each).types[each.at]).collect();
            let (offsets, rows) = self.products_of(events);
            shard.products.offsets = offsets;
            products.push(rows);
        }
        for (name, dictionary) in &self.attributes {
            let columns = |shard: &EventShard| shard.columns.get(name).cloned();
            let (cut, codes) = self.column(dictionary, columns, taken);
            table.attributes.insert(name.clone(), cut);
            put(&mut table.shards, name, codes, |shard| &mut shard.columns);
        }
        for (name, dictionary) in &self.actions {
            let columns = |shard: &EventShard| shard.actions.get(name).cloned();
            let (cut, codes) = self.column(dictionary, columns, taken);
            table.actions.insert(name.clone(), cut);
            put(&mut table.shards, name, codes, |shard| &mut shard.actions);
        }
        for (name, dictionary) in &self.products {
            let columns = |shard: &EventShard| shard.products.columns.get(name).cloned();
            let (cut, codes) = self.column(dictionary, columns, &products);
            table.products.insert(name.clone(), cut);
            put(&mut table.shards, name, codes, |shard| &mut shard.products.columns);
        }
        if let Some(dictionary) = &self.ids {
            let (cut, codes) = self.column(dictionary, |shard| Some(shard.ids.clone()), taken);
            table.ids = Some(cut);
            for (shard, codes) in table.shards.iter_mut().zip(codes) {
                shard.ids = codes.unwrap_or_default();
            }
        }
        table
    }

    /// The products of some events: where each event's begin, and where they are now.
    fn products_of(&self, events: &[Taken]) -> (Verified<u32>, Vec<Taken>) {
        let (mut offsets, mut rows) = (vec![0u32], Vec::new());
        for event in events {
            let products: &Products = &self.shards[event.shard].products;
            rows.extend(products.of(event.at).map(|at| Taken { at, ..*event }));
            offsets.push(rows.len() as u32);
        }
        (if rows.is_empty() { Verified::default() } else { offsets.into() }, rows)
    }

    /// One column of the rows that are taken over, by shard; `None` where a shard has nothing in it.
    fn column(
        &self,
        dictionary: &Dictionary,
        column: impl Fn(&EventShard) -> Option<Verified<u32>>,
        taken: &[Vec<Taken>],
    ) -> (Arc<Dictionary>, Vec<Option<Verified<u32>>>) {
        let old: Vec<_> = self.shards.iter().map(column).collect();
        let old = |each: &Taken| old[each.shard].as_ref().and_then(|codes| codes.get(each.at)).copied().unwrap_or(0);
        let mut cut = Cut::default();
        let codes = taken.iter().map(|rows| {
            let codes: Verified<u32> = rows.iter().map(|each| cut.code(old(each))).collect();
            Some(codes).filter(|codes| codes.iter().any(|code| *code != 0))
        });
        let codes = codes.collect();
        (Arc::new(cut.of(dictionary)), codes)
    }
}

/// Puts a column where shards keep such columns.
fn put(
    shards: &mut [EventShard],
    name: &str,
    codes: Vec<Option<Verified<u32>>>,
    place: impl Fn(&mut EventShard) -> &mut BTreeMap<String, Verified<u32>>,
) {
    for (shard, codes) in shards.iter_mut().zip(codes) {
        place(shard).extend(codes.map(|codes| (name.to_owned(), codes)));
    }
}

/// A dictionary cut down to the codes that are asked for, in the order in which they are.
#[derive(Default)]
struct Cut {
    codes: HashMap<u32, u32, RandomState>,
    kept: Vec<u32>,
}

impl Cut {
    /// The code that stands for an old one.
    fn code(&mut self, old: u32) -> u32 {
        if old <= NULL {
            return old;
        }
        let Self { codes, kept } = self;
        *codes.entry(old).or_insert_with(|| {
            kept.push(old);
            NULL + kept.len() as u32
        })
    }

    fn of(self, dictionary: &Dictionary) -> Dictionary {
        let reserved = [None; NULL as usize + 1];
        let texts = self.kept.iter().map(|code| Some(dictionary.raw(*code).unwrap_or("")));
        Dictionary::new(reserved.into_iter().chain(texts).collect::<StringArray>()).unwrap_or_default()
    }
}
