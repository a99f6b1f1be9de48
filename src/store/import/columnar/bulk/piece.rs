//! The events of one key in one chunk: by shard, in the order in which they stand.

use std::collections::HashMap;

use rapidhash::fast::RandomState;

use super::super::super::super::SHARD_USERS;
use super::super::super::super::column::ABSENT;
use super::super::super::super::log::DROPPED;
use super::decode::Decoded;
use super::source::OpenSource;
use crate::catalog::EventKey;

/// The keys of events with their pieces.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) all: Vec<(EventKey, Vec<Piece>)>,
    numbers: HashMap<EventKey, usize, RandomState>,
}

/// A piece, and the number of its key.
pub(super) struct KeyPieces {
    key: usize,
    piece: Piece,
}

/// Events of one key. Those of shard `s` are at `starts[s]..starts[s + 1]`.
pub(super) struct Piece {
    pub(super) starts: Vec<u32>,
    pub(super) users: Vec<u16>,
    /// The earliest time.
    base: i64,
    times: Narrow,
    /// Pools with codes of them; a pool that no event of the piece has a text of is left out.
    pub(super) columns: Vec<(usize, Narrow)>,
    pub(super) input: u8,
    pub(super) event_type: u8,
}

/// Numbers in as few bytes as they need.
pub(super) enum Narrow {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
    Eight(Vec<u64>),
}

impl Narrow {
    fn of(values: impl ExactSizeIterator<Item = u64> + Clone) -> Self {
        match values.clone().max().unwrap_or(0) {
            0..=0xff => Self::One(values.map(|value| value as u8).collect()),
            0x100..=0xffff => Self::Two(values.map(|value| value as u16).collect()),
            0x1_0000..=0xffff_ffff => Self::Four(values.map(|value| value as u32).collect()),
            _ => Self::Eight(values.collect()),
        }
    }

    /// Hands over the numbers at some places.
    pub(super) fn each(&self, range: std::ops::Range<usize>, mut take: impl FnMut(u64)) {
        match self {
            Self::One(all) => all.get(range).unwrap_or(&[]).iter().for_each(|value| take(u64::from(*value))),
            Self::Two(all) => all.get(range).unwrap_or(&[]).iter().for_each(|value| take(u64::from(*value))),
            Self::Four(all) => all.get(range).unwrap_or(&[]).iter().for_each(|value| take(u64::from(*value))),
            Self::Eight(all) => all.get(range).unwrap_or(&[]).iter().for_each(|value| take(*value)),
        }
    }
}

impl Piece {
    /// Where the events of a shard are.
    pub(super) fn range(&self, shard: usize) -> std::ops::Range<usize> {
        let at = |shard: usize| self.starts.get(shard).or(self.starts.last()).map_or(0, |start| *start as usize);
        at(shard)..at(shard + 1)
    }

    /// Hands over the times of events in ms since 1970.
    pub(super) fn times(&self, range: std::ops::Range<usize>, mut take: impl FnMut(i64)) {
        self.times.each(range, |after| take(self.base.wrapping_add_unsigned(after)));
    }
}

impl Keys {
    /// The numbers of some keys.
    pub(super) fn numbers(&mut self, keys: &[EventKey]) -> Vec<usize> {
        let Self { all, numbers } = self;
        let number = |key: &EventKey| {
            *numbers.entry(key.clone()).or_insert_with(|| {
                all.push((key.clone(), Vec::new()));
                all.len() - 1
            })
        };
        keys.iter().map(number).collect()
    }

    /// Adds a piece; gives its key.
    pub(super) fn add(&mut self, of_key: KeyPieces) -> Option<&EventKey> {
        let (key, pieces) = self.all.get_mut(of_key.key)?;
        pieces.push(of_key.piece);
        Some(key)
    }
}

/// Sorts the events of a chunk by key and shard, in two passes over the rows: one counts, one puts them there.
pub(super) fn scatter(open: &OpenSource<'_>, decoded: &Decoded, codes: &[Vec<u32>], keys: &[usize]) -> Vec<KeyPieces> {
    let order = Order::of(decoded);
    let columns: Vec<(usize, Vec<u32>)> = open
        .attributes
        .iter()
        .zip(codes)
        .map(|((column, pool), codes)| (*pool, order.column(decoded, *column, codes)))
        .collect();
    let users: Vec<u16> = order.take(&decoded.users, |user| (*user as usize % SHARD_USERS) as u16);
    let times: Vec<i64> = order.take(&decoded.times, |time| *time);
    let mut pieces = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        let bounds = order.starts.get(at * order.shards..=(at + 1) * order.shards).unwrap_or(&[]);
        let (Some(from), Some(to)) = (bounds.first().copied(), bounds.last().copied()) else { continue };
        if from == to {
            continue;
        }
        let own = from as usize..to as usize;
        let base = times.get(own.clone()).and_then(|own| own.iter().min()).copied().unwrap_or(0);
        let since = |time: &i64| time.wrapping_sub(base) as u64;
        let piece = Piece {
            starts: bounds.iter().map(|start| start - from).collect(),
            users: users.get(own.clone()).unwrap_or(&[]).to_vec(),
            base,
            times: Narrow::of(times.get(own.clone()).unwrap_or(&[]).iter().map(since)),
            columns: columns
                .iter()
                .filter_map(|(pool, codes)| {
                    let codes = codes.get(own.clone())?;
                    let is_there = codes.iter().any(|code| *code != ABSENT);
                    is_there.then(|| (*pool, Narrow::of(codes.iter().map(|code| u64::from(*code)))))
                })
                .collect(),
            input: open.input_code,
            event_type: open.event_type,
        };
        pieces.push(KeyPieces { key: *key, piece });
    }
    pieces
}

/// The rows of a chunk by key and shard.
struct Order {
    shards: usize,
    /// Where the rows of each key and shard begin; one more for the end.
    starts: Vec<u32>,
    /// For each row its place, or [`DROPPED`].
    places: Vec<u32>,
}

impl Order {
    fn of(decoded: &Decoded) -> Self {
        let kept = || decoded.users.iter().filter(|user| **user != DROPPED);
        let shards = kept().max().map_or(0, |user| *user as usize / SHARD_USERS + 1);
        let cell = |row: usize, user: u32| {
            let name = decoded.names.get(row).map_or(0, |name| *name as usize);
            name * shards + user as usize / SHARD_USERS
        };
        let mut starts = vec![0u32; decoded.keys.len() * shards + 1];
        for (row, user) in decoded.users.iter().enumerate().filter(|(_, user)| **user != DROPPED) {
            if let Some(count) = starts.get_mut(cell(row, *user) + 1) {
                *count += 1;
            }
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let place = |(row, user): (usize, &u32)| match next.get_mut(if *user == DROPPED {
            usize::MAX
        } else {
            cell(row, *user)
        }) {
            None => DROPPED,
            Some(place) => {
                *place += 1;
                *place - 1
            }
        };
        let places = decoded.users.iter().enumerate().map(place).collect();
        Self { shards, starts, places }
    }

    fn take<T, U: Default + Clone>(&self, rows: &[T], value: impl Fn(&T) -> U) -> Vec<U> {
        let mut taken = vec![U::default(); self.starts.last().map_or(0, |end| *end as usize)];
        for (row, place) in rows.iter().zip(&self.places) {
            if let Some(slot) = taken.get_mut(*place as usize) {
                *slot = value(row);
            }
        }
        taken
    }

    fn column(&self, decoded: &Decoded, column: usize, codes: &[u32]) -> Vec<u32> {
        let texts = decoded.texts.get(column).and_then(Option::as_ref);
        let rows = texts.map_or(&[][..], |texts| &texts.codes);
        self.take(rows, |code| codes.get(*code as usize).copied().unwrap_or(ABSENT))
    }
}
