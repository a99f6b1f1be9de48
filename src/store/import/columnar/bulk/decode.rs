//! A chunk to columns of codes, and whose its rows are.

use std::hash::BuildHasher;
use std::io;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use hashbrown::HashTable;
use rapidhash::fast::RandomState;

use super::super::super::super::builder::Builder;
use super::super::super::super::log::DROPPED;
use super::super::super::limits::Limit;
use super::super::super::report::BadRow;
use super::super::super::resolve::{named_user, new_user};
use super::super::file::Chunk;
use super::super::rows::written;
use super::super::texts::{Texts, UNFIT};
use super::super::times::{NO_TIME, times};
use super::limits;
use super::source::{Naming, OpenSource, Who};
use crate::base::Mpid;
use crate::base::text::fold;
use crate::catalog::EventKey;
use crate::identity::clean;

/// In place of a user: one that was not known when the chunk was decoded, by number among those.
const UNKNOWN: u32 = 1 << 31;

/// Some rows, decoded.
#[derive(Default)]
pub(super) struct Decoded {
    /// How many rows there are.
    pub(super) rows: u64,
    /// How many are kept.
    pub(super) kept: u64,
    pub(super) without_user: u64,
    /// Rows that are left out, counted from 0, and what they say.
    pub(super) bad: Vec<(BadRow, u64, String)>,
    /// What is beyond the limits of the platform, by row.
    pub(super) beyond: Vec<(Limit, u64)>,
    /// The user of each row, or [`DROPPED`].
    pub(super) users: Vec<u32>,
    pub(super) people: People,
    /// The time of each row.
    pub(super) times: Vec<i64>,
    /// The keys of the rows, in the order in which they come up.
    pub(super) keys: Vec<EventKey>,
    /// The key of each row among them; empty where there is one for all.
    pub(super) names: Vec<u32>,
    /// The columns that are needed as texts.
    pub(super) texts: Vec<Option<Texts>>,
}

/// Users that were not known.
#[derive(Default)]
pub(super) struct People {
    new: Vec<Unknown>,
    /// Their rows, once they have some.
    rows: Vec<u32>,
}

enum Unknown {
    Mpid(i64),
    Identity(u8, String),
}

impl People {
    /// Forgets those whose rows were all left out: a row that is not kept makes no user.
    fn keep(&mut self, users: &mut [u32]) {
        let mut old: Vec<Option<Unknown>> = std::mem::take(&mut self.new).into_iter().map(Some).collect();
        let mut numbers = vec![DROPPED; old.len()];
        for user in users.iter_mut().filter(|user| **user >= UNKNOWN && **user != DROPPED) {
            let at = (*user - UNKNOWN) as usize;
            if let Some(person) = old.get_mut(at).and_then(Option::take) {
                numbers[at] = UNKNOWN + self.new.len() as u32;
                self.new.push(person);
            }
            *user = numbers.get(at).copied().unwrap_or(DROPPED);
        }
    }

    /// Makes rows for those that still are not known, in order. Says how many it made.
    pub(super) fn settle(&mut self, builder: &mut Builder, claimed: &mut Vec<bool>) -> u64 {
        let mut made = 0;
        for each in &self.new {
            let (row, is_new) = match each {
                Unknown::Mpid(mpid) => named_user(builder, claimed, Mpid(*mpid)),
                Unknown::Identity(identity, value) => {
                    let value = builder.owners.value(value);
                    match builder.owners.owner(*identity, value) {
                        Some(row) => (row, false),
                        None => {
                            let row = new_user(builder, claimed, (*identity, value));
                            builder.owners.assign(row, *identity, value);
                            (row, true)
                        }
                    }
                }
            };
            made += u64::from(is_new);
            self.rows.push(row);
        }
        made
    }
}

impl Decoded {
    /// Puts rows in place of users that were not known.
    pub(super) fn settle(&mut self) {
        if !self.people.rows.is_empty() {
            for user in self.users.iter_mut().filter(|user| **user >= UNKNOWN && **user != DROPPED) {
                *user = self.people.rows.get((*user - UNKNOWN) as usize).copied().unwrap_or(DROPPED);
            }
        }
    }

    /// Which user was there when, for each row that is kept.
    pub(super) fn sightings(&self) -> impl Iterator<Item = (u32, i64)> {
        self.users.iter().copied().zip(self.times.iter().copied()).filter(|(user, _)| *user != DROPPED)
    }
}

/// Decodes a chunk, some rows at a time.
pub(super) fn decode(
    open: &OpenSource<'_>,
    builder: &Builder,
    claimed: &[bool],
    chunk: Chunk,
) -> io::Result<Vec<Decoded>> {
    let mut all = Vec::new();
    chunk.read(&mut |batch| all.push(of_batch(open, builder, claimed, batch)))?;
    Ok(all)
}

fn of_batch(open: &OpenSource<'_>, builder: &Builder, claimed: &[bool], batch: &RecordBatch) -> Decoded {
    let rows = batch.num_rows();
    let mut decoded = Decoded { rows: rows as u64, ..Decoded::default() };
    decoded.texts = (batch.columns().iter().zip(&open.as_texts))
        .map(|(column, wanted)| wanted.then(|| Texts::of(column)).flatten())
        .collect();
    let column = |at: usize| batch.columns().get(at);
    let timed = open.time.map(|(at, mapping)| column(at).and_then(|column| times(column, mapping)).unwrap_or_default());
    decoded.times = timed.unwrap_or_else(|| vec![open.file.info.modified_ms; rows]);
    decoded.times.resize(rows, NO_TIME);
    let mut finder = Finder {
        builder,
        claimed,
        people: &mut decoded.people,
        seen: HashTable::new(),
        hasher: RandomState::default(),
    };
    let who = match open.who {
        Who::Mpid(at) => column(at).map(|column| finder.by_mpid(column)),
        Who::Identity(identity, at) => column(at).map(|column| finder.by_identity(identity, column)),
    };
    let who = who.unwrap_or_default();
    let named = names(open, batch, &mut decoded);
    decoded.check(&who, named.as_deref());
    if !decoded.bad.is_empty() {
        decoded.write_bad(batch);
    }
    if open.source.event.is_some() {
        limits::measure(open, batch, &mut decoded);
    }
    decoded
}

/// Whose a row is.
#[derive(Clone, Copy, PartialEq)]
enum Found {
    User(u32),
    Nobody,
    Bad(BadRow),
}

impl Decoded {
    /// Decides which rows are kept, in the order in which a row by itself is asked: its values, its user, its time, its name.
    fn check(&mut self, who: &[Found], named: Option<&[u32]>) {
        self.users = Vec::with_capacity(who.len());
        let texts: Vec<&Texts> = self.texts.iter().flatten().filter(|texts| texts.has_unfit()).collect();
        for (row, found) in who.iter().enumerate() {
            let named = named.is_none_or(|names| names.get(row).is_some_and(|name| *name != NO_NAME));
            let bad = match found {
                Found::Nobody => {
                    self.without_user += 1;
                    self.users.push(DROPPED);
                    continue;
                }
                Found::Bad(reason) => *reason,
                Found::User(_) if texts.iter().any(|texts| texts.codes.get(row) == Some(&UNFIT)) => BadRow::Value,
                Found::User(_) if self.times.get(row) == Some(&NO_TIME) => BadRow::Time,
                Found::User(_) if !named => BadRow::Name,
                Found::User(user) => {
                    self.kept += 1;
                    self.users.push(*user);
                    continue;
                }
            };
            self.bad.push((bad, row as u64, String::new()));
            self.users.push(DROPPED);
        }
        self.names = named.map(<[u32]>::to_vec).unwrap_or_default();
        if self.kept < self.rows {
            self.people.keep(&mut self.users);
        }
    }

    /// Keeps what the rows that are left out say, for people to look at.
    fn write_bad(&mut self, batch: &RecordBatch) {
        let all: Vec<Option<Texts>> = batch.columns().iter().map(Texts::of).collect();
        let schema = batch.schema();
        let names = || schema.fields().iter().map(|field| field.name().as_str());
        for (_, row, text) in &mut self.bad {
            *text = written(names().zip(&all).filter_map(|(name, texts)| Some((name, texts.as_ref()?))), *row as usize);
        }
    }
}

/// The row has no name.
const NO_NAME: u32 = u32::MAX;

/// The place of each row's key among the keys of the batch; `None` where all have one.
fn names(open: &OpenSource<'_>, batch: &RecordBatch, decoded: &mut Decoded) -> Option<Vec<u32>> {
    let texts = |column: usize| batch.columns().get(column).and_then(Texts::of).unwrap_or_default();
    match &open.name {
        Naming::Nothing => None,
        Naming::Constant(key) => {
            decoded.keys = vec![key.clone()];
            None
        }
        Naming::Column(kind, column) => {
            let mut texts = texts(*column);
            let mut places = Vec::with_capacity(texts.len());
            for text in texts.all() {
                if text.trim().is_empty() {
                    places.push(NO_NAME);
                } else {
                    places.push(decoded.keys.len() as u32);
                    decoded.keys.push(EventKey { kind: *kind, name: text.into() });
                }
            }
            let place = |code: &mut u32| *code = places.get(*code as usize).copied().unwrap_or(NO_NAME);
            texts.codes.iter_mut().for_each(place);
            Some(texts.codes)
        }
        Naming::When { column, matches, then, otherwise } => {
            let mut texts = texts(*column);
            decoded.keys = vec![otherwise.clone(), then.clone()];
            let place = |text: &str| u32::from(matches.matches_folded(&fold(text)));
            let places: Vec<u32> = texts.all().map(place).collect();
            let none = place("");
            texts.codes.iter_mut().for_each(|code| *code = places.get(*code as usize).copied().unwrap_or(none));
            Some(texts.codes)
        }
    }
}

/// Finds the users of rows. Those that are not known are collected, each once, in the order in which they come up.
struct Finder<'a> {
    builder: &'a Builder,
    claimed: &'a [bool],
    people: &'a mut People,
    seen: HashTable<u32>,
    hasher: RandomState,
}

impl Finder<'_> {
    fn by_mpid(&mut self, column: &ArrayRef) -> Vec<Found> {
        if let Some(mpids) = column.as_primitive_opt::<Int64Type>() {
            if mpids.null_count() == 0 {
                return mpids.values().iter().map(|mpid| self.mpid(*mpid)).collect();
            }
            return mpids.iter().map(|mpid| mpid.map_or(Found::Nobody, |mpid| self.mpid(mpid))).collect();
        }
        let texts = Texts::of(column).unwrap_or_default();
        let found = |text: &str| match text.trim() {
            "" => Found::Nobody,
            text => text.parse().map_or(Found::Bad(BadRow::Mpid), |mpid| self.mpid(mpid)),
        };
        each_row(&texts, found)
    }

    fn mpid(&mut self, mpid: i64) -> Found {
        if let Some(row) = self.builder.known(Mpid(mpid))
            && self.claimed.get(row as usize) == Some(&true)
        {
            return Found::User(row);
        }
        let Self { people, seen, hasher, .. } = self;
        let of = |number: &u32| match people.new.get(*number as usize) {
            Some(Unknown::Mpid(mpid)) => *mpid,
            _ => 0,
        };
        let hash = hasher.hash_one(mpid);
        if let Some(number) = seen.find(hash, |number| of(number) == mpid) {
            return Found::User(UNKNOWN + number);
        }
        let number = people.new.len() as u32;
        people.new.push(Unknown::Mpid(mpid));
        let of = |number: &u32| match people.new.get(*number as usize) {
            Some(Unknown::Mpid(mpid)) => *mpid,
            _ => 0,
        };
        seen.insert_unique(hash, number, |number| hasher.hash_one(of(number)));
        Found::User(UNKNOWN + number)
    }

    fn by_identity(&mut self, identity: u8, column: &ArrayRef) -> Vec<Found> {
        let texts = Texts::of(column).unwrap_or_default();
        // Texts are distinct, but two of them may be one without the blanks around it: that is settled by the builder.
        let found = |text: &str| {
            let Some(value) = clean(text) else { return Found::Nobody };
            let owners = &self.builder.owners;
            let known = owners.find(value).and_then(|code| owners.owner(identity, code));
            Found::User(known.unwrap_or_else(|| {
                self.people.new.push(Unknown::Identity(identity, value.to_owned()));
                UNKNOWN + self.people.new.len() as u32 - 1
            }))
        };
        each_row(&texts, found)
    }
}

fn each_row(texts: &Texts, found: impl FnMut(&str) -> Found) -> Vec<Found> {
    let found: Vec<Found> = texts.all().map(found).collect();
    let of = |code: &u32| match *code {
        UNFIT => Found::Bad(BadRow::Value),
        code => found.get(code as usize).copied().unwrap_or(Found::Nobody),
    };
    texts.codes.iter().map(of).collect()
}
