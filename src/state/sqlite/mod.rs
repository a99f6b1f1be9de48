//! A state in one SQLite file.
//!
//! In: a path. Out: [`SqliteState`]. What always holds:
//! - Reading a state that does not exist gives an empty one and makes no file; the first lock makes it.
//! - What is read together is read in one transaction, so that it belongs together whoever writes meanwhile.
//! - Every write is one transaction that checks the lock inside. A process may die at any instant: the file then holds
//!   either all of a write or nothing of it.

mod column;
mod fault;
mod forget;
mod lock;
mod read;
mod schema;
mod write;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use self::fault::Fault;
use super::{
    Changeset, Delivery, Departure, Head, JournalEntry, LockInfo, Metrics, Revision, Snapshot, StateError, StateReader,
    StateWriter,
};
use crate::base::{Mpid, Now};
use crate::system::System;

/// A state in one SQLite file.
pub struct SqliteState {
    system: Arc<dyn System>,
    path: PathBuf,
    connection: OnceCell<Connection>,
}

impl SqliteState {
    /// The state at a path, which need not exist; nothing is made before the first lock.
    ///
    /// # Errors
    /// [`StateError::Newer`], [`StateError::Damaged`] or [`StateError::Unopened`] for a file that cannot be used.
    pub fn open(system: Arc<dyn System>, path: &Path) -> Result<Self, StateError> {
        let state = Self { system, path: path.to_owned(), connection: OnceCell::new() };
        state.existing().map_err(|fault| fault.at(path))?;
        Ok(state)
    }

    /// The database, if anything was ever written to it. Asked again each time, since another process may make it.
    fn existing(&self) -> Result<Option<&Connection>, Fault> {
        if self.connection.get().is_none() {
            let Some(opened) = schema::open_existing(&self.path)? else { return Ok(None) };
            return Ok(Some(self.connection.get_or_init(|| opened)));
        }
        Ok(self.connection.get())
    }

    /// Reads in one transaction; `None` where there is nothing to read.
    fn read<T>(&self, step: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<Option<T>, StateError> {
        let read = || {
            let Some(connection) = self.existing()? else { return Ok(None) };
            step(&*Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?).map(Some)
        };
        read().map_err(|fault: Fault| fault.at(&self.path))
    }

    /// Writes to the database, made where there is none. The step makes its own transaction.
    fn write<T>(&mut self, step: impl FnOnce(&Connection, &dyn System) -> Result<T, Fault>) -> Result<T, StateError> {
        let write = || {
            let connection = match self.existing()? {
                Some(connection) => connection,
                None => {
                    let made = self.make()?;
                    self.connection.get_or_init(|| made)
                }
            };
            step(connection, &*self.system)
        };
        write().map_err(|fault: Fault| fault.at(&self.path))
    }

    fn make(&self) -> Result<Connection, Fault> {
        if let Some(folder) = self.path.parent() {
            self.system.create_folder(folder).map_err(|_| StateError::Unopened(self.path.clone()))?;
        }
        schema::open_or_create(&self.path)
    }
}

impl StateReader for SqliteState {
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
        Ok(self.read(lock::info)?.flatten())
    }

    fn journal_since(&self, since_ms: i64) -> Result<Vec<JournalEntry>, StateError> {
        Ok(self.read(|connection| read::journal_since(connection, since_ms))?.unwrap_or_default())
    }

    fn pending(&self) -> Result<Vec<Delivery>, StateError> {
        Ok(self.read(read::pending)?.unwrap_or_default())
    }

    fn revisions(&self, audience: u64) -> Result<Vec<Revision>, StateError> {
        Ok(self.read(|connection| read::revisions(connection, audience))?.unwrap_or_default())
    }

    fn metrics(&self, now: Now) -> Result<BTreeMap<u64, Metrics>, StateError> {
        Ok(self.read(|connection| read::metrics(connection, now))?.unwrap_or_default())
    }
}

impl StateWriter for SqliteState {
    fn lock(&mut self, reason: &str) -> Result<String, StateError> {
        self.write(|connection, system| lock::take(connection, system, reason))
    }

    fn heartbeat(&mut self, lock: &str) -> Result<(), StateError> {
        self.write(|connection, system| lock::hold(connection, lock, system.now().0))
    }

    fn unlock(&mut self, lock: &str) -> Result<(), StateError> {
        self.write(|connection, _| lock::remove(connection, lock)).map(drop)
    }

    fn break_lock(&mut self, lock: &str) -> Result<(), StateError> {
        let removed = self.write(|connection, _| lock::remove(connection, lock))?;
        if removed { Ok(()) } else { Err(StateError::LockLost(lock.to_owned())) }
    }

    fn commit(&mut self, lock: &str, changes: &Changeset) -> Result<u64, StateError> {
        self.write(|connection, system| write::commit(connection, system, lock, changes))
    }

    fn depart(&mut self, lock: &str, departure: &Departure) -> Result<u64, StateError> {
        self.write(|connection, system| forget::depart(connection, system, lock, departure))
    }

    fn scrub(&mut self, lock: &str) -> Result<(), StateError> {
        self.write(|connection, system| forget::scrub(connection, system, lock))
    }

    fn delivered(&mut self, lock: &str, delivery: u64) -> Result<(), StateError> {
        self.write(|connection, system| write::delivered(connection, system, lock, delivery))
    }
}
