//! Memberships in the numbering of the state.
//!
//! In: bitmaps over the rows of a store. Out: bitmaps over the user numbers of a state, joined by MPID, and the users who
//! need a new number. New users are numbered by ascending row over all audiences together, so that the same data gives
//! the same numbers, neighbours stay neighbours, and the bitmaps stay small.

use roaring::{MultiOps, RoaringBitmap};

use crate::base::Mpid;
use crate::members::Numbering;
use crate::store::Store;

/// Stands for a row that no audience holds.
const NONE: u32 = u32::MAX;

/// The state's numbering with the plan's new users appended, and the number of each row.
pub(super) struct Translation {
    numbering: Numbering,
    known: usize,
    numbers: Vec<u32>,
}

impl Translation {
    /// Numbers every row that any of the memberships holds.
    pub(super) fn new<'a>(
        mpids: &[Mpid],
        store: &Store,
        memberships: impl IntoIterator<Item = &'a RoaringBitmap>,
    ) -> Self {
        let mut numbering = Numbering::new(mpids.to_vec());
        let mut numbers = vec![NONE; store.user_count()];
        for row in memberships.into_iter().union().iter() {
            if let (Some(mpid), Some(number)) = (store.users.mpid(row), numbers.get_mut(row as usize)) {
                *number = numbering.number_or_add(mpid);
            }
        }
        Self { numbering, known: mpids.len(), numbers }
    }

    /// The same users under the state's numbers.
    pub(super) fn translate(&self, rows: &RoaringBitmap) -> RoaringBitmap {
        let number_of = |row: u32| self.numbers.get(row as usize).copied().filter(|number| *number != NONE);
        let mut numbers: Vec<u32> = rows.iter().filter_map(number_of).collect();
        if !numbers.is_sorted() {
            numbers.sort_unstable();
        }
        // A store that repeats an MPID gives one number twice; collecting copes with that, at the price of time.
        RoaringBitmap::from_sorted_iter(numbers.iter().copied()).unwrap_or_else(|_| numbers.into_iter().collect())
    }

    /// The same users under the state's numbers, but for those that have none: they are in nothing that is deployed or planned.
    pub(super) fn translate_known(&self, rows: &RoaringBitmap, store: &Store) -> RoaringBitmap {
        rows.iter().filter_map(|row| self.numbering.number(store.users.mpid(row)?)).collect()
    }

    /// The MPID of a number.
    pub(super) fn mpid(&self, number: u32) -> Option<Mpid> {
        self.numbering.mpid(number)
    }

    /// The number of an MPID, where it has one.
    pub(super) fn number_of(&self, mpid: Mpid) -> Option<u32> {
        self.numbering.number(mpid)
    }

    /// The users that are new to the state, in the order of their numbers.
    pub(super) fn new_users(&self) -> Vec<Mpid> {
        self.numbering.mpids_from(self.known).to_vec()
    }
}
