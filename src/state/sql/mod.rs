//! A state in any SQL database: statements and what they mean, written once.
//!
//! In: a [`Driver`]. Out: [`SqlState`], both sides of a state. What always holds: what is read together is read in one transaction,
//! and every write is one transaction that checks the lock inside.

mod column;
mod database;
mod delivery;
mod dump;
mod forget;
mod history;
mod lock;
mod read;
mod restore;
mod table;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use database::{Database, Driver, Param, Row, Value};

use super::{
    Changeset, Commit, Delivery, Departure, Extent, Head, JournalEntry, Known, LockInfo, Metrics, Revision, Snapshot,
    StateError, StateReader, StateWriter,
};
use crate::base::{Address, Mpid, Now};
use crate::ir::Audience;
use crate::system::System;

/// A state in an SQL database.
pub struct SqlState<D> {
    system: Arc<dyn System>,
    driver: D,
}

impl<D: Driver> SqlState<D> {
    pub(super) fn new(system: Arc<dyn System>, driver: D) -> Self {
        Self { system, driver }
    }

    fn read<T>(&self, step: impl FnOnce(&dyn Database) -> Result<T, StateError>) -> Result<Option<T>, StateError> {
        self.driver.read(step).map_err(|error| error.at(&self.driver.place()))
    }

    fn write<T>(&mut self, step: impl FnOnce(&dyn Database) -> Result<T, StateError>) -> Result<T, StateError> {
        self.driver.write(step).map_err(|error| error.at(&self.driver.place()))
    }

    /// Writes as the holder of the lock.
    fn write_held<T>(
        &mut self,
        lock: &str,
        step: impl FnOnce(&dyn Database) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let now = self.system.now().0;
        self.write(|db| {
            lock::hold(db, lock, now)?;
            step(db)
        })
    }
}

impl<D: Driver> StateReader for SqlState<D> {
    fn snapshot(&self) -> Result<Snapshot, StateError> {
        Ok(self.read(read::snapshot)?.unwrap_or_default())
    }

    fn head(&self) -> Result<Head, StateError> {
        Ok(self.read(read::head)?.unwrap_or_default())
    }

    fn mpids(&self) -> Result<Vec<Mpid>, StateError> {
        Ok(self.read(column::users)?.unwrap_or_default())
    }

    fn lock_info(&self) -> Result<Option<LockInfo>, StateError> {
        let now = self.system.now().0;
        Ok(self.read(|db| lock::info(db, now))?.flatten())
    }

    fn journal_since(&self, since_ms: i64) -> Result<Vec<JournalEntry>, StateError> {
        Ok(self.read(|db| history::journal_since(db, since_ms))?.unwrap_or_default())
    }

    fn pending(&self) -> Result<Vec<Delivery>, StateError> {
        Ok(self.read(delivery::pending)?.unwrap_or_default())
    }

    fn revisions(&self, audience: u64) -> Result<Vec<Revision>, StateError> {
        Ok(self.read(|db| history::revisions(db, audience))?.unwrap_or_default())
    }

    fn addresses(&self) -> Result<BTreeSet<Address>, StateError> {
        Ok(self.read(read::addresses)?.unwrap_or_default())
    }

    fn commits(&self) -> Result<Vec<Commit>, StateError> {
        Ok(self.read(history::commits)?.unwrap_or_default())
    }

    fn commit_of(&self, serial: u64) -> Result<Option<Commit>, StateError> {
        Ok(self.read(|db| history::commit_of(db, serial))?.flatten())
    }

    fn journal_of(&self, audience: u64) -> Result<Vec<JournalEntry>, StateError> {
        Ok(self.read(|db| history::journal_of(db, audience))?.unwrap_or_default())
    }

    fn journal_about(&self, user: u32) -> Result<Vec<JournalEntry>, StateError> {
        Ok(self.read(|db| history::journal_about(db, user))?.unwrap_or_default())
    }

    fn known(&self, address: &Address) -> Result<Vec<Known>, StateError> {
        Ok(self.read(|db| history::known(db, address))?.unwrap_or_default())
    }

    fn addresses_of(&self, audience: u64) -> Result<Vec<(u64, Address)>, StateError> {
        Ok(self.read(|db| history::addresses_of(db, audience))?.unwrap_or_default())
    }

    fn extents(&self) -> Result<BTreeMap<u64, Extent>, StateError> {
        Ok(self.read(history::extents)?.unwrap_or_default())
    }

    fn deployed_at(&self, serial: u64) -> Result<Vec<Audience>, StateError> {
        match self.read(|db| history::deployed_at(db, serial))? {
            Some(deployed) => Ok(deployed),
            None if serial == 0 => Ok(Vec::new()),
            None => Err(StateError::NotRecorded { asked: serial, from: 0, to: 0 }),
        }
    }

    fn metrics(&self, now: Now) -> Result<BTreeMap<u64, Metrics>, StateError> {
        Ok(self.read(|db| read::metrics(db, now))?.unwrap_or_default())
    }

    fn dump(&self) -> Result<serde_json::Value, StateError> {
        self.read(dump::dump)?.map_or_else(dump::empty, Ok)
    }
}

impl<D: Driver> StateWriter for SqlState<D> {
    fn lock(&mut self, reason: &str) -> Result<String, StateError> {
        let system = self.system.clone();
        self.write(|db| lock::take(db, &*system, reason))
    }

    fn heartbeat(&mut self, lock: &str) -> Result<(), StateError> {
        self.write_held(lock, |_| Ok(()))
    }

    fn unlock(&mut self, lock: &str) -> Result<(), StateError> {
        self.write(|db| lock::remove(db, lock)).map(drop)
    }

    fn break_lock(&mut self, lock: &str) -> Result<(), StateError> {
        let removed = self.write(|db| lock::remove(db, lock))?;
        if removed { Ok(()) } else { Err(StateError::LockLost(lock.to_owned())) }
    }

    fn commit(&mut self, lock: &str, changes: &Changeset) -> Result<u64, StateError> {
        self.write_held(lock, |db| write::commit(db, changes))
    }

    fn depart(&mut self, lock: &str, departure: &Departure) -> Result<u64, StateError> {
        self.write_held(lock, |db| forget::depart(db, departure))
    }

    fn scrub(&mut self, lock: &str) -> Result<(), StateError> {
        self.heartbeat(lock)?;
        self.driver.scrub().map_err(|error| error.at(&self.driver.place()))
    }

    fn restore(&mut self, lock: &str, document: &serde_json::Value, force: bool) -> Result<u64, StateError> {
        let document = restore::read(document)?;
        self.write_held(lock, |db| restore::write(db, &document, force))
    }

    fn delivered(&mut self, lock: &str, delivery: u64) -> Result<(), StateError> {
        let now = self.system.now().0;
        self.write_held(lock, |db| delivery::delivered(db, delivery, now))
    }
}
