//! Who is asked: everybody, or a sample of them.
//!
//! In: a store, and how long everybody would take. Out: the rows to ask, and what hits among them say of all users. What always holds:
//! a sample is chosen by a hash of the MPID alone, so it is the same on every machine and after every import, and a smaller one is part of
//! every larger one.

use std::collections::BTreeSet;

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::Size;
use super::cost::Cost;
use crate::base::{Address, Now};
use crate::eval::{self, Stored};
use crate::ir::Model;
use crate::members::Memberships;
use crate::store::Store;

/// The smallest share of all users that a sample has.
const LEAST_SHARE: f64 = 0.01;
/// How many users a sample has at least.
const LEAST_USERS: f64 = 20_000.0;

/// How many are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Effort {
    /// Everybody where that takes no longer than 200 ms, a sample otherwise.
    #[default]
    Quick,
    /// Everybody.
    Exact,
    /// A sample of this share, above 0; from 1 on everybody.
    Sample(f64),
}

/// Who is asked.
#[derive(Clone, Debug)]
pub struct Frame {
    /// `None` is everybody.
    rows: Option<RoaringBitmap>,
    /// How many that are.
    pub asked: u64,
    /// How many users there are.
    pub users: u64,
}

impl Frame {
    /// Everybody.
    pub fn everybody(store: &Store) -> Self {
        let users = store.user_count() as u64;
        Self { rows: None, asked: users, users }
    }

    /// The users whose hash lies below a share of all hashes. Every seed is another hash; estimates use 0.
    pub fn sample(store: &Store, share: f64, seed: u64) -> Self {
        if share >= 1.0 {
            return Self::everybody(store);
        }
        let below = (share.max(0.0) * 2f64.powi(64)) as u64;
        let rows: Vec<u32> = (store.users.mpids.par_iter().enumerate())
            .filter(|(_, mpid)| hash(mpid.cast_unsigned() ^ seed) < below)
            .map(|(row, _)| row as u32)
            .collect();
        let rows: RoaringBitmap = RoaringBitmap::from_sorted_iter(rows).unwrap_or_default();
        Self { asked: rows.len(), rows: Some(rows), users: store.user_count() as u64 }
    }

    /// Those to ask, given what asking everybody costs.
    pub fn of(effort: Effort, cost: Cost, store: &Store) -> Self {
        match effort {
            Effort::Exact => Self::everybody(store),
            Effort::Sample(share) => Self::sample(store, share, 0),
            Effort::Quick => {
                let share = LEAST_SHARE.max(LEAST_USERS / (store.user_count() as f64).max(1.0));
                if cost.is_cheap() || cost.of_users(share) >= cost.of_everybody() {
                    return Self::everybody(store);
                }
                Self::sample(store, share, 0)
            }
        }
    }

    /// Whether everybody is asked.
    pub fn is_everybody(&self) -> bool {
        self.rows.is_none()
    }

    /// What hits among those asked say of all users.
    pub fn size(&self, hits: u64) -> Size {
        Size::of(hits, self.asked, self.users)
    }

    /// The same, for a set of which others than those asked may be part.
    pub fn size_of(&self, members: &RoaringBitmap) -> Size {
        self.size(self.rows.as_ref().map_or_else(|| members.len(), |rows| members.intersection_len(rows)))
    }

    /// Those of a set who are asked.
    pub(super) fn among_asked(&self, members: &RoaringBitmap) -> RoaringBitmap {
        self.rows.as_ref().map_or_else(|| members.clone(), |rows| rows & members)
    }

    /// The members among those asked.
    pub(super) fn evaluate(
        &self,
        model: &Model,
        store: &Store,
        now: Now,
        only: &BTreeSet<Address>,
        stored: &Stored,
    ) -> Memberships {
        match &self.rows {
            Some(rows) => eval::evaluate_rows(model, store, now, Some(only), stored, rows),
            None => eval::evaluate(model, store, now, Some(only), stored),
        }
    }
}

/// A number that looks drawn at random: a step of SplitMix64.
fn hash(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Users;

    fn store(mpids: impl Iterator<Item = i64>) -> Store {
        let mut store = Store::empty();
        store.users = Users { mpids: mpids.collect(), ..Users::default() }.into();
        store
    }

    #[test]
    fn samples_are_nested_as_large_as_they_say_and_the_same_in_any_order() {
        let forwards = store(0..100_000);
        let backwards = store((0..100_000).rev());
        let mut smaller = RoaringBitmap::new();
        for share in [0.01, 0.05, 0.2, 0.7] {
            let rows = Frame::sample(&forwards, share, 0).rows.unwrap();
            assert!((rows.len() as f64 / 100_000.0 / share - 1.0).abs() < 0.1, "{share}: {}", rows.len());
            assert!(smaller.is_subset(&rows));
            let turned: RoaringBitmap =
                Frame::sample(&backwards, share, 0).rows.unwrap().iter().map(|row| 99_999 - row).collect();
            assert_eq!(rows, turned);
            smaller = rows;
        }
        assert!(Frame::sample(&forwards, 0.2, 1).rows != Frame::sample(&forwards, 0.2, 0).rows);
    }
}
