//! Whose the rows of a chunk are.

use std::hash::BuildHasher;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef};
use hashbrown::HashTable;
use rapidhash::fast::RandomState;

use super::super::super::super::builder::Builder;
use super::super::super::super::column::scalar;
use super::super::super::super::forgotten::Forgotten;
use super::super::super::super::log::DROPPED;
use super::super::super::report::BadRow;
use super::super::super::resolve::{named_user, new_user};
use super::super::texts::{Texts, UNFIT};
use crate::base::Mpid;
use crate::catalog::IdentityType;
use crate::identity::clean;

/// In place of a user: one that was not known when the chunk was decoded, by number among those.
const UNKNOWN: u32 = 1 << 31;

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
    pub(super) fn keep(&mut self, users: &mut [u32]) {
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

    /// Puts their rows in their place.
    pub(super) fn put(&self, users: &mut [u32]) {
        if self.rows.is_empty() {
            return;
        }
        for user in users.iter_mut().filter(|user| **user >= UNKNOWN && **user != DROPPED) {
            *user = self.rows.get((*user - UNKNOWN) as usize).copied().unwrap_or(DROPPED);
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
                            builder.give(row, *identity, value);
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

/// Whose a row is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Found {
    User(u32),
    Nobody,
    /// Somebody who was forgotten.
    Forgotten,
    Bad(BadRow),
}

/// Finds the users of rows. Those that are not known are collected, each once, in the order in which they come up.
pub(super) struct Finder<'a> {
    builder: &'a Builder,
    claimed: &'a [bool],
    forgotten: &'a Forgotten,
    people: &'a mut People,
    seen: HashTable<u32>,
    hasher: RandomState,
}

impl<'a> Finder<'a> {
    pub(super) fn new(
        builder: &'a Builder,
        claimed: &'a [bool],
        forgotten: &'a Forgotten,
        people: &'a mut People,
    ) -> Self {
        Self { builder, claimed, forgotten, people, seen: HashTable::new(), hasher: RandomState::default() }
    }

    pub(super) fn by_mpid(&mut self, column: &ArrayRef) -> Vec<Found> {
        if let Some(mpids) = column.as_primitive_opt::<Int64Type>() {
            if mpids.null_count() == 0 {
                return mpids.values().iter().map(|mpid| self.mpid(*mpid)).collect();
            }
            return mpids.iter().map(|mpid| mpid.map_or(Found::Nobody, |mpid| self.mpid(mpid))).collect();
        }
        let texts = Texts::of(column).unwrap_or_default();
        let found = |text: &str| match scalar(text).trim() {
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
        if self.forgotten.has_mpid(Mpid(mpid)) {
            return Found::Forgotten;
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

    pub(super) fn by_identity(&mut self, identity: u8, column: &ArrayRef) -> Vec<Found> {
        let texts = Texts::of(column).unwrap_or_default();
        // Texts are distinct, but two of them may be one without the blanks around it: that is settled by the builder.
        let found = |text: &str| {
            let Some(value) = clean(scalar(text)) else { return Found::Nobody };
            let is_known = IdentityType::ALL.get(usize::from(identity));
            if is_known.is_some_and(|(_, identity)| self.forgotten.has(*identity, value)) {
                return Found::Forgotten;
            }
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
