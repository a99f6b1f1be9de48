//! What is deployed: definitions, revisions, memberships, journal, outbox, lock.
//!
//! In: a [`Changeset`] (everything one apply changes). Out: a [`Snapshot`] (everything a plan compares with), the journal, and
//! the deliveries that are still to be made. Read and write sides are two traits. Knows neither how memberships are
//! evaluated nor how deliveries are made; secrets never enter it, and identity values only as part of a delivery that drops
//! somebody who was forgotten, until it is made.
//!
//! What always holds:
//! - Users have numbers of the state's own: append-only, number to MPID. Memberships are bitmaps over these numbers.
//! - A changeset is one transaction: a membership and the deliveries that follow from it are written together or not at
//!   all. Every commit raises the serial by one.
//! - Deliveries of one connection have consecutive sequence numbers from 1, given in that same transaction.
//! - Only the holder of the lock writes.

mod departure;
mod record;
mod sqlite;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use departure::{Carrier, Departed, Departure};
pub use record::{
    AudienceRecord, Changeset, ConnectionKey, Delivery, DeliveryAction, Head, JournalEntry, LockInfo, Metrics,
    NewDelivery, Revision, Snapshot, StandardState, StateChange,
};
pub use sqlite::SqliteState;

use crate::base::time::DAY_MS;
use crate::base::{Mpid, Now};

/// What can go wrong with a state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another run holds the lock.
    #[error("the state is locked by {0}; once that run is surely over: aud state unlock {id}", id = .0.id)]
    Locked(Box<LockInfo>),
    /// The lock was taken away, or never held.
    #[error("the lock {0} is not held any more; nothing was written")]
    LockLost(String),
    /// The state moved since it was read.
    #[error("the state changed meanwhile: serial {found} instead of {expected}; plan again")]
    Moved {
        /// The serial that the changeset was made for.
        expected: u64,
        /// The serial that was found.
        found: u64,
    },
    /// The state was written by a newer version of the program.
    #[error("the state has format {found}, and this build reads up to {known}; use a newer aud")]
    Newer {
        /// The format found.
        found: u32,
        /// The newest format known.
        known: u32,
    },
    /// A record cannot be read.
    #[error("the state is damaged: {0}")]
    Damaged(String),
    /// A changeset contradicts what is deployed. Its maker is wrong, not the user.
    #[error("the changes do not fit the state: {0}; nothing was written")]
    Unfit(String),
    /// There is a file, and it may not be written.
    #[error("the state `{path}` cannot be written: the file, its folder or the disk is read-only", path = .0.display())]
    ReadOnly(PathBuf),
    /// The file can neither be opened nor made.
    #[error("the state `{path}` cannot be opened: check that its folder may be read and written", path = .0.display())]
    Unopened(PathBuf),
    /// Somebody else wrote for longer than we wait.
    #[error("the state `{path}` is being written by another run; try again", path = .0.display())]
    Busy(PathBuf),
    /// Somebody else reads the file, so that what was removed from it cannot be overwritten.
    #[error("the state is being read by another run, and not everything could be removed; run the command again")]
    InUse,
    /// The database failed.
    #[error("state database: {0}")]
    Database(Box<dyn std::error::Error + Send + Sync>),
}

/// The read side of a state.
pub trait StateReader {
    /// Everything a plan compares with, as of one instant.
    fn snapshot(&self) -> Result<Snapshot, StateError>;

    /// Which state this is and how far it got, without reading anything else of it.
    fn head(&self) -> Result<Head, StateError> {
        self.snapshot().map(|snapshot| Head { lineage: snapshot.lineage, serial: snapshot.serial })
    }

    /// The MPID of each user number.
    fn mpids(&self) -> Result<Vec<Mpid>, StateError> {
        self.snapshot().map(|snapshot| snapshot.mpids)
    }

    /// Who holds the lock, if anybody does.
    fn lock_info(&self) -> Result<Option<LockInfo>, StateError>;

    /// Journal entries at or after an instant (ms UTC), oldest first.
    fn journal_since(&self, since_ms: i64) -> Result<Vec<JournalEntry>, StateError>;

    /// Deliveries not made yet, by connection and sequence.
    fn pending(&self) -> Result<Vec<Delivery>, StateError>;

    /// All revisions of an audience, oldest first.
    fn revisions(&self, audience: u64) -> Result<Vec<Revision>, StateError>;

    /// The counters of every deployed audience over the 24 hours up to `now`, by the audience's number.
    fn metrics(&self, now: Now) -> Result<BTreeMap<u64, Metrics>, StateError> {
        let snapshot = self.snapshot()?;
        let size = |members: &Option<roaring::RoaringBitmap>| members.as_ref().map_or(0, |members| members.len());
        let mut metrics: BTreeMap<u64, Metrics> = (snapshot.audiences.iter())
            .map(|each| (each.id, Metrics { size: size(&each.members), ..Metrics::default() }))
            .collect();
        for entry in self.journal_since(now.ms().saturating_sub(DAY_MS))? {
            if let Some(counters) = metrics.get_mut(&entry.audience).filter(|_| entry.at.0 <= now.ms()) {
                counters.adds += entry.adds.len();
                counters.drops += entry.drops.len();
            }
        }
        Ok(metrics)
    }
}

/// The write side of a state. Whatever takes a lock's id fails with [`StateError::LockLost`], writing nothing, where that
/// lock is not held any more; and it counts as a heartbeat.
pub trait StateWriter: StateReader {
    /// Takes the lock, or says who holds it ([`StateError::Locked`]). Gives the lock's id.
    fn lock(&mut self, reason: &str) -> Result<String, StateError>;

    /// Shows that the holder lives.
    fn heartbeat(&mut self, lock: &str) -> Result<(), StateError>;

    /// Gives the lock back. Fine where it was taken away meanwhile.
    fn unlock(&mut self, lock: &str) -> Result<(), StateError>;

    /// Takes the lock away from its holder; the explicit command after a crash. [`StateError::LockLost`] where the lock
    /// of that id is not held.
    fn break_lock(&mut self, lock: &str) -> Result<(), StateError>;

    /// Writes everything of a changeset in one transaction, and gives the new serial.
    fn commit(&mut self, lock: &str, changes: &Changeset) -> Result<u64, StateError>;

    /// Forgets a user in one transaction, and gives the serial: the same as before where the state does not know the MPID.
    fn depart(&mut self, lock: &str, departure: &Departure) -> Result<u64, StateError>;

    /// Leaves nothing behind of what was deleted, in no part of a file that is free to be used again.
    fn scrub(&mut self, lock: &str) -> Result<(), StateError>;

    /// Records that a delivery was made. Does not raise the serial; fine where it was recorded before.
    fn delivered(&mut self, lock: &str, delivery: u64) -> Result<(), StateError>;
}
