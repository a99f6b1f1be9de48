//! Which user an identity belongs to, while rows come in.

use std::collections::HashMap;
use std::sync::Arc;

use rapidhash::fast::RandomState;

use super::interner::Interner;
use super::users::Identities;
use super::verified::Verified;
use crate::catalog::IdentityType;

/// Identities and their owners. Invariant: an identity has one owner at a time.
#[derive(Debug, Default)]
pub(super) struct Owners {
    values: Interner,
    /// Every identity in the order it came; one that moved away stays as a gap.
    entries: Vec<Option<Entry>>,
    /// Type and value code → position in `entries`.
    at: HashMap<u64, u32, RandomState>,
}

/// What became of an identity that was given to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// The user has it already.
    Had,
    /// Nobody had it.
    Won,
    /// The user of this row had it, and lost it.
    From(u32),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    row: u32,
    identity: u8,
    value: u32,
}

fn key(identity: u8, value: u32) -> u64 {
    u64::from(identity) << 32 | u64::from(value)
}

impl Owners {
    /// The identities of a store, ready for more.
    pub(super) fn of(identities: &Identities) -> Self {
        let mut owners = Self::default();
        if let Some(dictionary) = &identities.dictionary {
            owners.values = Interner::of(dictionary);
        }
        for (row, range) in identities.offsets.windows(2).enumerate() {
            let [from, to] = *range else { continue };
            for at in from as usize..to as usize {
                if let (Some(identity), Some(value)) = (identities.types.get(at), identities.values.get(at)) {
                    owners.assign(row as u32, *identity, *value);
                }
            }
        }
        owners
    }

    /// The code of a value, cleaned already.
    pub(super) fn value(&mut self, value: &str) -> u32 {
        self.values.intern(value)
    }

    /// The code of a value, cleaned already, if it has one.
    pub(super) fn find(&self, value: &str) -> Option<u32> {
        self.values.find(value)
    }

    /// The text of a value's code.
    pub(super) fn text(&self, value: u32) -> &str {
        self.values.text(value)
    }

    /// The user that an identity belongs to.
    pub(super) fn owner(&self, identity: u8, value: u32) -> Option<u32> {
        let at = *self.at.get(&key(identity, value))?;
        (*self.entries.get(at as usize)?).map(|entry| entry.row)
    }

    /// Gives an identity to a user.
    pub(super) fn assign(&mut self, row: u32, identity: u8, value: u32) -> Given {
        let next = self.entries.len() as u32;
        let at = self.at.entry(key(identity, value)).or_insert(next);
        let old = self.entries.get_mut(*at as usize);
        if let Some(Some(entry)) = &old
            && entry.row == row
        {
            return Given::Had;
        }
        let lost = old.and_then(Option::take);
        *at = next;
        self.entries.push(Some(Entry { row, identity, value }));
        lost.map_or(Given::Won, |entry| Given::From(entry.row))
    }

    /// Whether a value did not fit.
    pub(super) fn overflowed(&self) -> bool {
        self.values.overflowed()
    }

    /// The finished identities of `users` users.
    pub(super) fn finish(self, users: usize) -> Identities {
        let mut kept: Vec<Entry> = self.entries.into_iter().flatten().collect();
        kept.retain(|entry| (entry.row as usize) < users && usize::from(entry.identity) < IdentityType::ALL.len());
        kept.sort_by_key(|entry| (entry.row, entry.identity));
        let mut offsets = vec![0u32; users + 1];
        kept.iter().for_each(|entry| offsets[entry.row as usize + 1] += 1);
        for row in 0..users {
            offsets[row + 1] += offsets[row];
        }
        Identities {
            offsets: Verified::from(offsets),
            types: kept.iter().map(|entry| entry.identity).collect(),
            values: kept.iter().map(|entry| entry.value).collect(),
            dictionary: Some(Arc::new(self.values.finish())),
        }
    }
}
