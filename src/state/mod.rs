//! What is deployed: definitions, revisions, memberships, journal, outbox, lock.
//!
//! In: a [`Changeset`] (everything one apply changes). Out: a [`Snapshot`] (everything a plan compares with), the journal, and
//! the deliveries that are still to be made. Read and write sides are two traits. Knows neither how memberships are
//! evaluated nor how deliveries are made; secrets and identity values never enter it.
//!
//! What always holds:
//! - Users have numbers of the state's own: append-only, number to MPID. Memberships are bitmaps over these numbers.
//! - A changeset is one transaction: a membership and the deliveries that follow from it are written together or not at
//!   all. Every commit raises the serial by one.
//! - Deliveries of one connection have consecutive sequence numbers from 1, given in that same transaction.
//! - Only the holder of the lock writes.

mod record;

pub use record::{
    AudienceRecord, Changeset, ConnectionKey, Delivery, DeliveryAction, JournalEntry, LockInfo, Metrics, NewDelivery,
    Revision, Snapshot, StateChange,
};

/// What can go wrong with a state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another run holds the lock.
    #[error("the state is locked by {0}")]
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
    /// The database failed.
    #[error("state database: {0}")]
    Database(Box<dyn std::error::Error + Send + Sync>),
}

/// The read side of a state.
pub trait StateReader {
    /// Everything a plan compares with, as of one instant.
    fn snapshot(&self) -> Result<Snapshot, StateError>;

    /// Who holds the lock, if anybody does.
    fn lock_info(&self) -> Result<Option<LockInfo>, StateError>;

    /// Journal entries at or after an instant (ms UTC), oldest first.
    fn journal_since(&self, since_ms: i64) -> Result<Vec<JournalEntry>, StateError>;

    /// Deliveries not made yet, by connection and sequence.
    fn pending(&self) -> Result<Vec<Delivery>, StateError>;

    /// All revisions of an audience, oldest first.
    fn revisions(&self, audience: u64) -> Result<Vec<Revision>, StateError>;
}

/// The write side of a state.
pub trait StateWriter: StateReader {
    /// Takes the lock, or says who holds it ([`StateError::Locked`]). Gives the lock's id.
    fn lock(&mut self, reason: &str) -> Result<String, StateError>;

    /// Shows that the holder lives.
    fn heartbeat(&mut self, lock: &str) -> Result<(), StateError>;

    /// Gives the lock back. Fine where it was taken away meanwhile.
    fn unlock(&mut self, lock: &str) -> Result<(), StateError>;

    /// Takes the lock away from its holder; the explicit command after a crash.
    fn break_lock(&mut self, lock: &str) -> Result<(), StateError>;

    /// Writes everything of a changeset in one transaction, and gives the new serial.
    fn commit(&mut self, lock: &str, changes: &Changeset) -> Result<u64, StateError>;

    /// Records that a delivery was made.
    fn delivered(&mut self, lock: &str, delivery: u64) -> Result<(), StateError>;
}
