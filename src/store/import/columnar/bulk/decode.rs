//! A chunk to columns of codes, and whose its rows are.

use std::io;

use arrow_array::RecordBatch;

use super::super::super::super::builder::Builder;
use super::super::super::super::column::scalar;
use super::super::super::super::forgotten::Forgotten;
use super::super::super::super::log::DROPPED;
use super::super::super::limits::Limit;
use super::super::super::report::BadRow;
use super::super::file::Chunk;
use super::super::rows::written;
use super::super::texts::{Texts, UNFIT};
use super::super::times::{NO_TIME, times};
use super::limits;
use super::people::{Finder, Found, People};
use super::source::{Naming, OpenSource, Who};
use crate::base::text::fold;
use crate::catalog::EventKey;

/// Some rows, decoded.
#[derive(Default)]
pub(super) struct Decoded {
    /// How many rows there are.
    pub(super) rows: u64,
    /// How many are kept.
    pub(super) kept: u64,
    pub(super) without_user: u64,
    /// How many are about people who were forgotten.
    pub(super) forgotten: u64,
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

impl Decoded {
    /// Puts rows in place of users that were not known.
    pub(super) fn settle(&mut self) {
        self.people.put(&mut self.users);
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
    forgotten: &Forgotten,
    chunk: Chunk,
) -> io::Result<Vec<Decoded>> {
    let mut all = Vec::new();
    chunk.read(&mut |batch| all.push(of_batch(open, builder, claimed, forgotten, batch)))?;
    Ok(all)
}

fn of_batch(
    open: &OpenSource<'_>,
    builder: &Builder,
    claimed: &[bool],
    forgotten: &Forgotten,
    batch: &RecordBatch,
) -> Decoded {
    let rows = batch.num_rows();
    let mut decoded = Decoded { rows: rows as u64, ..Decoded::default() };
    decoded.texts = (batch.columns().iter().zip(&open.as_texts))
        .map(|(column, wanted)| wanted.then(|| Texts::of(column)).flatten())
        .collect();
    let column = |at: usize| batch.columns().get(at);
    let timed = open.time.map(|(at, mapping)| column(at).and_then(|column| times(column, mapping)).unwrap_or_default());
    decoded.times = timed.unwrap_or_else(|| vec![open.file.info.modified_ms; rows]);
    decoded.times.resize(rows, NO_TIME);
    let mut finder = Finder::new(builder, claimed, forgotten, &mut decoded.people);
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
                Found::Forgotten => {
                    self.forgotten += 1;
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
                if scalar(text).trim().is_empty() {
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
            let place = |text: &str| u32::from(matches.matches_folded(&fold(scalar(text))));
            let places: Vec<u32> = texts.all().map(place).collect();
            let none = place("");
            texts.codes.iter_mut().for_each(|code| *code = places.get(*code as usize).copied().unwrap_or(none));
            Some(texts.codes)
        }
    }
}
