//! From pieces to files: each key is put together shard by shard, in time order, and written; its pieces are dropped.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::super::super::super::column::{ABSENT, Dictionary, NULL};
use super::super::super::super::detect::EventCounts;
use super::super::super::super::error::StoreError;
use super::super::super::super::events::{EventShard, EventTable};
use super::super::super::super::files::{FileEntry, Writing, kept_segments};
use super::super::super::super::sorted::in_order;
use super::super::super::super::{SHARD_USERS, Store};
use super::super::super::base::Work;
use super::Bulk;
use super::piece::Piece;
use super::pool::Pools;
use crate::base::InputName;
use crate::catalog::EventKey;

/// What was written, and what its values look like.
#[derive(Default)]
pub(in super::super::super) struct Counted {
    pub(in super::super::super) files: Vec<FileEntry>,
    pub(in super::super::super) events: BTreeMap<EventKey, EventCounts>,
    /// How many of the segments that were there before stay.
    pub(in super::super::super) kept: BTreeMap<EventKey, usize>,
}

impl Bulk {
    /// Writes the events, and says in the builder who was seen when. `base` has the events that were there before.
    pub(in super::super::super) fn write(
        self,
        writing: &Writing<'_>,
        base: &Store,
        work: &mut Work,
    ) -> Result<Counted, StoreError> {
        see(&self, work);
        let Self { keys, pools, .. } = self;
        let mut keys: Vec<(EventKey, Vec<Piece>)> = keys.all.into_iter().filter(|(_, all)| !all.is_empty()).collect();
        // The largest first, so that no core is left alone with it at the end.
        keys.sort_by_cached_key(|(_, pieces)| {
            std::cmp::Reverse(pieces.iter().map(|each| each.users.len()).sum::<usize>())
        });
        let inputs = &work.inputs;
        let written: Vec<(FileEntry, EventCounts, usize)> = keys
            .into_par_iter()
            .with_max_len(1)
            .map(|(key, pieces)| Gathered::new(&pools, pieces).write(writing, base, &key, inputs))
            .collect::<Result<_, _>>()?;
        let mut counted = Counted::default();
        for (file, counts, kept) in written {
            counted.files.push(file);
            counted.kept.insert(counts.key.clone(), kept);
            counted.events.insert(counts.key.clone(), counts);
        }
        Ok(counted)
    }
}

/// First and last sightings: each shard by itself, over all events.
fn see(bulk: &Bulk, work: &mut Work) {
    let pieces = || bulk.keys.all.iter().flat_map(|(_, pieces)| pieces);
    for (first, last, inputs) in work.builder.sightings() {
        let shards = first.par_chunks_mut(SHARD_USERS).zip(last.par_chunks_mut(SHARD_USERS));
        shards.enumerate().for_each(|(shard, (first, last))| {
            for piece in pieces().filter(|piece| inputs.contains(&piece.input)) {
                let range = piece.range(shard);
                let mut users = piece.users.get(range.clone()).unwrap_or(&[]).iter();
                piece.times(range, |at_ms| {
                    let user = users.next().map_or(usize::MAX, |user| usize::from(*user));
                    if let (Some(first), Some(last)) = (first.get_mut(user), last.get_mut(user)) {
                        *first = at_ms.min(*first);
                        *last = at_ms.max(*last);
                    }
                });
            }
        });
    }
}

/// The events of one key, with the dictionaries of its columns.
struct Gathered {
    pieces: Vec<Piece>,
    columns: Vec<Gathering>,
    rows: u64,
}

/// One column.
struct Gathering {
    pool: usize,
    of_action: bool,
    name: String,
    dictionary: Arc<Dictionary>,
    /// How many rows have each code of the dictionary.
    rows: Vec<u64>,
    /// The code in the dictionary for each in the pool.
    codes: Vec<u32>,
}

impl Gathered {
    fn new(pools: &Pools, pieces: Vec<Piece>) -> Self {
        let mut numbers: Vec<usize> = pieces.iter().flat_map(|piece| piece.columns.iter().map(|(at, _)| *at)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let columns = numbers.into_iter().filter_map(|number| Gathering::new(pools, number, &pieces)).collect();
        let rows = pieces.iter().map(|piece| piece.users.len() as u64).sum();
        Self { pieces, columns, rows }
    }

    fn write(
        self,
        writing: &Writing<'_>,
        base: &Store,
        key: &EventKey,
        inputs: &[InputName],
    ) -> Result<(FileEntry, EventCounts, usize), StoreError> {
        let mut table = EventTable::default();
        for column in &self.columns {
            let of = if column.of_action { &mut table.actions } else { &mut table.attributes };
            of.insert(column.name.clone(), column.dictionary.clone());
        }
        let shards = self.pieces.iter().map(|piece| piece.starts.len().saturating_sub(1)).max().unwrap_or(0);
        let old = base.events.get(key).map_or(&[][..], Vec::as_slice);
        let kept = kept_segments(old, self.rows);
        let file = if kept == old.len() {
            writing.events(key, &table, inputs, self.rows, shards, &mut |shard| self.shard(shard))?
        } else {
            let mut together = old.get(kept..).unwrap_or(&[]).to_vec();
            table.shards = (0..shards).map(|shard| self.shard(shard)).collect();
            together.push(Arc::new(table));
            writing.together(key, &together, inputs)?
        };
        let mut types: Vec<u8> = self.pieces.iter().map(|piece| piece.event_type).collect();
        types.dedup();
        let columns = self.columns.iter().map(|each| (each.name.as_str(), each.dictionary.as_ref(), &each.rows[..]));
        Ok((file, EventCounts::with_more(key, old, self.rows, &types, columns), kept))
    }

    /// The events of a shard, in ascending time, those of one instant in the order in which they came.
    fn shard(&self, shard: usize) -> EventShard {
        let count = self.pieces.iter().map(|piece| piece.range(shard).len()).sum();
        let mut times: Vec<i64> = Vec::with_capacity(count);
        self.pieces.iter().for_each(|piece| piece.times(piece.range(shard), |at_ms| times.push(at_ms)));
        let order = (!times.is_sorted()).then(|| {
            let mut order: Vec<u32> = (0..count as u32).collect();
            order.sort_by_key(|row| times.get(*row as usize));
            order
        });
        let mut taken = EventShard::default();
        let ranges = || self.pieces.iter().map(|piece| (piece, piece.range(shard)));
        let mut users: Vec<u16> = Vec::with_capacity(count);
        ranges().for_each(|(piece, range)| users.extend_from_slice(piece.users.get(range).unwrap_or(&[])));
        let of_piece = |value: fn(&Piece) -> u8| -> Vec<u8> {
            ranges().flat_map(|(piece, range)| std::iter::repeat_n(value(piece), range.len())).collect()
        };
        let (inputs, types) = (of_piece(|piece| piece.input), of_piece(|piece| piece.event_type));
        for column in &self.columns {
            let codes = column.codes(ranges(), count);
            if codes.iter().any(|code| *code != ABSENT) {
                let of = if column.of_action { &mut taken.actions } else { &mut taken.columns };
                of.insert(column.name.clone(), ordered(codes, order.as_deref()).into());
            }
        }
        taken.users = ordered(users, order.as_deref()).into();
        taken.times = ordered(times, order.as_deref()).into();
        taken.inputs = ordered(inputs, order.as_deref()).into();
        taken.types = ordered(types, order.as_deref()).into();
        taken
    }
}

fn ordered<T: Copy>(values: Vec<T>, order: Option<&[u32]>) -> Vec<T> {
    match order {
        None => values,
        Some(order) => order.iter().filter_map(|row| values.get(*row as usize).copied()).collect(),
    }
}

impl Gathering {
    fn new(pools: &Pools, number: usize, pieces: &[Piece]) -> Option<Self> {
        let pool = pools.get(number)?;
        let mut rows = vec![0u64; pool.texts.len()];
        let mut absent = 0;
        for piece in pieces {
            let Some((_, codes)) = piece.columns.iter().find(|(each, _)| *each == number) else {
                absent += piece.users.len() as u64;
                continue;
            };
            codes.each(0..piece.users.len(), |code| {
                if let Some(rows) = rows.get_mut(code as usize) {
                    *rows += 1;
                }
            });
        }
        let used: Vec<u32> = rows
            .iter()
            .enumerate()
            .skip(NULL as usize + 1)
            .filter(|(_, rows)| **rows > 0)
            .map(|(code, _)| code as u32)
            .collect();
        let (used, sorted) = in_order(used, |code| pool.texts.text(code));
        let mut codes = vec![ABSENT; rows.len()];
        if let Some(code) = codes.get_mut(NULL as usize) {
            *code = NULL;
        }
        let of_code = |code: u32| rows.get(code as usize).copied().unwrap_or(0);
        let mut counts = vec![absent + of_code(ABSENT), of_code(NULL)];
        for (code, old) in used.iter().enumerate() {
            codes[*old as usize] = code as u32 + NULL + 1;
            counts.push(rows[*old as usize]);
        }
        let dictionary = Dictionary::of_texts(used.iter().map(|code| pool.texts.text(*code)), sorted);
        Some(Self {
            pool: number,
            of_action: pool.of_action,
            name: pool.name.clone(),
            dictionary: Arc::new(dictionary),
            rows: counts,
            codes,
        })
    }

    fn codes<'p>(&self, ranges: impl Iterator<Item = (&'p Piece, std::ops::Range<usize>)>, count: usize) -> Vec<u32> {
        let mut codes = Vec::with_capacity(count);
        for (piece, range) in ranges {
            match piece.columns.iter().find(|(pool, _)| *pool == self.pool) {
                None => codes.resize(codes.len() + range.len(), ABSENT),
                Some((_, own)) => {
                    own.each(range, |code| codes.push(self.codes.get(code as usize).copied().unwrap_or(ABSENT)));
                }
            }
        }
        codes
    }
}
