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
//! - Only the holder of the lock writes. Clocks are shown and never decide anything.
//! - What was changed in the database by anything else is no error where it can be read: it is [`Drift`].
//!
//! `sql` holds the statements and what they mean, once for all databases; `sqlite` and `postgres` are drivers.

mod changeset;
mod departure;
mod error;
mod history;
mod lock;
mod open;
mod postgres;
mod record;
mod sql;
mod sqlite;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use changeset::{Allowed, Changeset, Checked, NewDelivery, StateChange};
pub use departure::{Carrier, Departed, Departure};
pub use error::StateError;
pub use history::{Commit, Extent, JournalEntry, Known, Revision};
pub use lock::LockInfo;
pub use open::{OpenState, open};
pub use postgres::PostgresState;
pub use record::{
    AudienceRecord, CheckedAt, ConnectionKey, Delivery, DeliveryAction, Drift, Head, Metrics, Snapshot, StandardState,
};
pub use sqlite::SqliteState;

use crate::base::time::DAY_MS;
use crate::base::{Address, Mpid, Now};
use crate::ir::Audience;

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

    /// The addresses of everything that is deployed, without reading anything else of it.
    fn addresses(&self) -> Result<BTreeSet<Address>, StateError>;

    /// All commits since format 4, oldest first.
    fn commits(&self) -> Result<Vec<Commit>, StateError>;

    /// The commit that made a serial, where it is recorded.
    fn commit_of(&self, serial: u64) -> Result<Option<Commit>, StateError>;

    /// The whole journal of an audience, oldest first; also of one that was deleted.
    fn journal_of(&self, audience: u64) -> Result<Vec<JournalEntry>, StateError>;

    /// The entries of the journal in which a user number entered or left, oldest first.
    fn journal_about(&self, user: u32) -> Result<Vec<JournalEntry>, StateError>;

    /// Every audience that has or had an address, deleted ones included, by number.
    fn known(&self, address: &Address) -> Result<Vec<Known>, StateError>;

    /// The addresses that an audience had, deleted ones included, each with the serial since which; oldest first.
    fn addresses_of(&self, audience: u64) -> Result<Vec<(u64, Address)>, StateError>;

    /// How much each commit changed, by serial. Commits that changed neither a definition nor a membership are left out.
    fn extents(&self) -> Result<BTreeMap<u64, Extent>, StateError>;

    /// The definitions that were deployed just after a serial, by address. [`StateError::NotRecorded`] where that is not known.
    fn deployed_at(&self, serial: u64) -> Result<Vec<Audience>, StateError>;

    /// The complete state as one document, the same whatever it is kept in; the lock is not part of it.
    fn dump(&self) -> Result<serde_json::Value, StateError>;

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

    /// Takes the lock, and waits for whoever holds it: tries again after growing pauses, which together are no longer than `patience`. `pause`
    /// waits, and says whether to go on. [`StateError::Locked`] where somebody still holds it then.
    fn wait_lock(
        &mut self,
        reason: &str,
        patience: Duration,
        pause: &mut dyn FnMut(Duration, &LockInfo) -> bool,
    ) -> Result<String, StateError> {
        let mut pauses = lock::pauses(patience);
        loop {
            match self.lock(reason) {
                Err(StateError::Locked(holder)) => match pauses.next() {
                    Some(length) if pause(length, &holder) => {}
                    _ => return Err(StateError::Locked(holder)),
                },
                taken => return taken,
            }
        }
    }

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

    /// Puts a document in the place of the whole state, in one transaction, and gives its serial. Refuses one of another lineage or of a
    /// serial that is not higher, unless it is forced; a state that nothing was applied to takes any.
    fn restore(&mut self, lock: &str, document: &serde_json::Value, force: bool) -> Result<u64, StateError>;

    /// Records that a delivery was made. Does not raise the serial; fine where it was recorded before.
    fn delivered(&mut self, lock: &str, delivery: u64) -> Result<(), StateError>;
}
