//! Sets of users: memberships, their differences, variants, and the translation between numberings.
//!
//! In: Roaring bitmaps over some numbering of users. Out: bitmaps over the same or another numbering. How a membership was
//! computed is unknown here. Two numberings exist: the rows of a store (a machine's own) and the numbers of a state
//! (shared, append-only); the MPID joins them.

mod bucket;
mod numbering;

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::base::{Address, Now};

pub use bucket::{Buckets, bucket};
pub use numbering::Numbering;

/// The members of some audiences at one `now`, over the rows of one store.
#[derive(Clone, Debug, PartialEq)]
pub struct Memberships {
    /// The `now` that they hold for (M6).
    pub now: Now,
    /// The version of the data that they were computed from.
    pub data_version: u64,
    /// Rows of the members, by audience.
    pub audiences: BTreeMap<Address, RoaringBitmap>,
}

/// Who enters and who leaves between two memberships over the same numbering.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// In the later one only.
    pub adds: RoaringBitmap,
    /// In the earlier one only.
    pub drops: RoaringBitmap,
}

impl Difference {
    /// The difference from `before` to `after`.
    pub fn between(before: &RoaringBitmap, after: &RoaringBitmap) -> Self {
        Self { adds: after - before, drops: before - after }
    }

    /// Whether nobody enters or leaves.
    pub fn is_empty(&self) -> bool {
        self.adds.is_empty() && self.drops.is_empty()
    }
}
