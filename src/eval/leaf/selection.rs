//! Whose bits are asked for: all users of a shard, or some of them.
//!
//! What always holds: the answer has one bit for each user of the selection, in its order; the bits beyond are zero. A kernel
//! says the same of a user whatever selection the user is in.

use crate::store::{SHARD_USERS, Store};

/// Users of one shard.
#[derive(Clone, Copy, Debug)]
pub(in crate::eval) enum Selection<'s> {
    /// All of them: bit `i` is the user at position `i`.
    Shard(usize),
    /// Those at some positions, ascending: bit `i` is the `i`-th of them.
    Users(usize, &'s [u16]),
}

impl Selection<'_> {
    /// The shard that they are in.
    pub(super) fn shard(self) -> usize {
        match self {
            Self::Shard(shard) | Self::Users(shard, _) => shard,
        }
    }

    /// How many they are.
    pub(super) fn len(self, store: &Store) -> usize {
        match self {
            Self::Shard(shard) => store.shard_len(shard),
            Self::Users(_, users) => users.len(),
        }
    }

    /// Their rows in the store, in their order.
    pub(super) fn rows(self, store: &Store) -> impl Iterator<Item = usize> {
        let first = self.shard() * SHARD_USERS;
        (0..self.len(store)).map(move |place| match self {
            Self::Shard(_) => first + place,
            Self::Users(_, users) => first + users.get(place).map_or(0, |user| usize::from(*user)),
        })
    }
}
