//! Profiles and events as columns, memory-mapped from Arrow IPC files, or built in memory.
//!
//! In: rows (from [`Builder`]), or the files of a store folder. Out: [`Store`], an immutable snapshot that is cheap to clone
//! and safe to share between threads. Knows nothing of audiences.
//!
//! What always holds:
//! - A user has a row number (32 bits), stable within a store and never reused. Shard `s` holds the rows from
//!   `s * SHARD_USERS` on; a position inside a shard fits 16 bits.
//! - The events of a key lie in [`Segments`], in each by shard and in ascending time; all slices of an [`EventShard`] have
//!   one length. Of two events at one instant, the one in the earlier segment came first.
//! - A column keeps what was sent: codes into a dictionary of texts. Code [`ABSENT`] says that the key is missing, code
//!   [`NULL`] that it is there without a value (M3a); both have an empty text in the dictionary.

mod agreement;
mod append;
mod builder;
mod column;
mod counts;
mod detect;
mod error;
mod events;
mod export;
mod files;
mod import;
mod interner;
mod log;
mod only;
mod owners;
mod fold;
mod folding;
mod forget;
mod forgotten;
mod profiles;
mod reading;
mod recent;
mod stats;
mod sorted;
mod user_rows;
mod users;
mod verified;
mod without;
mod writes;
mod written;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{InputName, Mpid};
use crate::catalog::{EventKey, IdentityType};

pub use agreement::{DataSays, DeclaredName, Disagreement};
pub use append::Changed;
pub use builder::{Builder, EventRow, ProfileValue};
pub use column::{ABSENT, Column, Dictionary, LIST, NULL};
pub use error::StoreError;
pub use events::{EventShard, EventTable, Products, Segments};
pub use export::{Exported, ExportedFile, Exporting, export};
pub use files::{Verification, open, verify};
pub use fold::{Folded, compact, fold};
pub use folding::Folding;
pub use forget::{
    Erased, Footprint, Forgetting, Remembered, erase, forgetting, forgotten_among, is_forgetting, remember_to_forget,
    remembered, settle_forgotten,
};
pub use import::{
    BadRow, BadRowLimit, Beyond, Example, ImportOptions, ImportReport, Limit, Progress, Rebuilt, SourceReport, import,
    source_columns,
};
pub use reading::Dates;
pub use recent::{RECENT, Recent};
pub use sorted::{Sorted, SortedBy};
pub use stats::{FileStats, KeyStats, Stats, stats};
pub use user_rows::UserRows;
pub use users::{Identities, Identity, Seen, Users};
pub use verified::{Damage, Verified};
pub use without::nobody;
pub use writes::{NotWrites, Writes};

use verified::Damages;

/// How many users a shard holds: what fits one container of a Roaring bitmap.
pub const SHARD_USERS: usize = 1 << 16;

/// An immutable snapshot of all data.
#[derive(Clone, Debug)]
pub struct Store {
    /// The store's own id; row numbers mean something only together with it.
    pub id: Arc<str>,
    /// Raised by every import that changed anything; 0 for an empty store.
    pub version: u64,
    /// Inputs by their code in event rows.
    pub inputs: Arc<[InputName]>,
    /// All users.
    pub users: Arc<Users>,
    /// All events, by key.
    pub events: Arc<BTreeMap<EventKey, Segments>>,
    /// What the values look like, where an import has counted them already.
    detected: Option<Arc<detect::Detected>>,
    /// What was found damaged in it so far.
    damages: Damages,
}

impl Store {
    /// A store without anything in it, under a fresh id.
    pub fn empty() -> Self {
        Builder::new(&[]).finish(&uuid::Uuid::new_v4().to_string(), 0)
    }

    /// Asks whether everything that was read so far is what was written. What is read of a damaged store is missing where it is
    /// damaged, so this comes before anything that follows from the data is shown, kept or delivered.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with the first place that is damaged.
    pub fn ensure_whole(&self) -> Result<(), StoreError> {
        self.damages.all().into_iter().next().map_or(Ok(()), |damage| Err(damage.into()))
    }

    /// How many rows of users there are.
    pub fn user_count(&self) -> usize {
        self.users.mpids.len()
    }

    /// The row of the user with an MPID.
    pub fn row(&self, mpid: Mpid) -> Option<u32> {
        self.users.row(mpid)
    }

    /// The rows of the users with an identity, whatever its case (M1).
    pub fn rows_of(&self, identity: IdentityType, value: &str) -> Vec<u32> {
        self.users.identities.rows_of(identity, value)
    }

    /// How many shards the users fill.
    pub fn shard_count(&self) -> usize {
        self.user_count().div_ceil(SHARD_USERS)
    }

    /// How many users a shard holds.
    pub fn shard_len(&self, shard: usize) -> usize {
        self.user_count().saturating_sub(shard * SHARD_USERS).min(SHARD_USERS)
    }

    /// How many events there are.
    pub fn event_count(&self) -> u64 {
        self.events.values().flatten().map(|segment| segment.len()).sum()
    }
}
