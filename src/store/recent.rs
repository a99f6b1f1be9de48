//! Recent writes: batches of changes that are durable before they are acknowledged, and not in the files of the store so far.
//!
//! In: batches. Out: their numbers, once they are on the disk; on opening the same batches back. They are kept in a SQLite database
//! beside the files. What always holds: batches are numbered from 1 without gaps; the manifest says up to which number they are in the
//! files, so that a crash between folding and taking them away here neither repeats nor loses any.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, params};

use super::error::StoreError;
use super::files::Manifest;
use super::forgotten::Forgotten;
use super::verified::{Damage, Damages, sum};
use super::{Store, Writes};
use crate::system::System;

/// The name of the database inside a store's folder.
pub const RECENT: &str = "recent.db";

/// Marks the file as recent writes; the letters `audR`.
const APPLICATION_ID: i32 = 0x6175_6452;
/// The format that is written.
const FORMAT: i32 = 1;
/// How long a writer waits for another one.
const PATIENCE: Duration = Duration::from_secs(15);

/// The log of recent writes of a store. Whoever appends holds the lock of the folder.
#[derive(Debug)]
pub struct Recent {
    connection: Connection,
    path: PathBuf,
    last: u64,
    forgotten: Forgotten,
}

impl Recent {
    /// Opens the log of a store. A store and its log are made where there is none, so that the rows of the first batch are of that store.
    ///
    /// # Errors
    /// The database cannot be opened, or is of another kind or a later format.
    pub fn open(system: &dyn System, folder: &Path) -> Result<Self, StoreError> {
        system.create_folder(folder).map_err(StoreError::system("make the folder of the store"))?;
        let path = folder.join(RECENT);
        let folded = match Manifest::read(system, folder)? {
            Some(manifest) => manifest.folded,
            None => {
                Store::empty().save(system, folder)?;
                0
            }
        };
        let open = || {
            let connection = connect(&path, OpenFlags::SQLITE_OPEN_CREATE)?;
            make(&connection)?;
            let last: Option<i64> = connection.query_row("SELECT max(number) FROM batches", [], |row| row.get(0))?;
            Ok((connection, last.map_or(0, i64::cast_unsigned).max(folded)))
        };
        let (connection, last) = open().map_err(|cause| fault(&path, cause))?;
        let forgotten = Forgotten::read(system, folder)?;
        Ok(Self { connection, path, last, forgotten })
    }

    /// Appends batches in their order, all or none of them. They are on the disk when this returns. Gives the number of the last one.
    /// What is about people who were forgotten is taken out of them first.
    ///
    /// # Errors
    /// The database refuses, such as for a full disk; nothing was appended then.
    pub fn append(&mut self, batches: &mut [Writes]) -> Result<u64, StoreError> {
        if !self.forgotten.is_empty() {
            batches.iter_mut().for_each(|batch| batch.without(&self.forgotten));
        }
        let encoded: Result<Vec<Vec<u8>>, _> = batches.iter().map(serde_json::to_vec).collect();
        let encoded = encoded.map_err(|cause| StoreError::system("write down recent writes")(cause.into()))?;
        let mut last = self.last;
        let mut write = || {
            let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            {
                let mut insert =
                    transaction.prepare_cached("INSERT INTO batches (number, sum, content) VALUES (?1, ?2, ?3)")?;
                for content in &encoded {
                    last += 1;
                    insert.execute(params![last.cast_signed(), sum(content).cast_signed(), content])?;
                }
            }
            transaction.commit()
        };
        write().map_err(|cause| fault(&self.path, cause))?;
        self.last = last;
        Ok(last)
    }
}

/// The batches after a number, in their order. None where there is no log.
pub(super) fn after(system: &dyn System, folder: &Path, folded: u64) -> Result<Vec<(u64, Writes)>, StoreError> {
    let path = folder.join(RECENT);
    if system.info(&path).is_err() {
        return Ok(Vec::new());
    }
    let damaged = |what: String| StoreError::Damaged { file: path.clone(), what };
    let rows = read(&path, folded).map_err(|cause| fault(&path, cause))?;
    let mut batches = Vec::with_capacity(rows.len());
    for (expected, (number, stored, content)) in (folded + 1..).zip(rows) {
        if number != expected {
            return Err(damaged(format!("batch {expected} is missing")));
        }
        if sum(&content) != stored {
            return Err(damaged(format!("batch {number}, its checksum does not fit its content")));
        }
        let writes = serde_json::from_slice(&content).map_err(|error| damaged(format!("batch {number}, {error}")))?;
        batches.push((number, writes));
    }
    Ok(batches)
}

type Row = (u64, u64, Vec<u8>);

fn read(path: &Path, folded: u64) -> rusqlite::Result<Vec<Row>> {
    let connection = connect(path, OpenFlags::empty())?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_master WHERE name = 'batches'", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(Vec::new()); // made, and killed before anything was in it
    }
    let mut select =
        connection.prepare("SELECT number, sum, content FROM batches WHERE number > ?1 ORDER BY number")?;
    let rows = select.query_map([folded.cast_signed()], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned(), row.get(2)?))
    })?;
    rows.collect()
}

/// The store with the batches that are in no file so far, and the number of the last one.
pub(super) fn replay(batches: Vec<(u64, Writes)>, folded: u64, mut store: Store) -> Result<(Store, u64), StoreError> {
    let mut last = folded;
    for (number, writes) in batches {
        store = store.append(writes)?.0;
        last = number;
    }
    Ok((store, last))
}

/// Takes away the batches up to a number, which are in the files.
pub(super) fn forget_up_to(folder: &Path, number: u64) -> Result<(), StoreError> {
    let path = folder.join(RECENT);
    let delete = || {
        connect(&path, OpenFlags::empty())?.execute("DELETE FROM batches WHERE number <= ?1", [number.cast_signed()])
    };
    delete().map(drop).map_err(|cause| fault(&path, cause))
}

/// Leaves nothing behind of the batches up to a number, which are in the files: neither in the database nor in its write-ahead log.
/// A fold that was cut off may not have taken them away.
pub(super) fn scrub(system: &dyn System, folder: &Path, number: u64) -> Result<(), StoreError> {
    let path = folder.join(RECENT);
    if system.info(&path).is_err() {
        return Ok(());
    }
    let scrub = || {
        let connection = connect(&path, OpenFlags::empty())?;
        make(&connection)?;
        connection.execute("DELETE FROM batches WHERE number <= ?1", [number.cast_signed()])?;
        connection.execute_batch("VACUUM")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
    };
    match scrub().map_err(|cause| fault(&path, cause))? {
        0 => Ok(()),
        _ => Err(StoreError::InUse(path)),
    }
}

/// A rebuild reads the sources, and recent writes are in none of them.
pub(super) fn refuse_to_lose(
    system: &dyn System,
    folder: &Path,
    manifest: Option<&Manifest>,
) -> Result<(), StoreError> {
    let folded = manifest.map_or(0, |manifest| manifest.folded);
    let batches = folded.max(after(system, folder, folded)?.last().map_or(0, |(number, _)| *number));
    if batches > 0 { Err(StoreError::WouldLose { batches, folder: folder.to_owned() }) } else { Ok(()) }
}

/// Remembers what is damaged among the batches.
pub(super) fn verify(
    system: &dyn System,
    folder: &Path,
    manifest: &Manifest,
    damages: &Damages,
) -> Result<(), StoreError> {
    match after(system, folder, manifest.folded) {
        Err(StoreError::Damaged { file, what }) => damages.add(Damage { file, shard: None, column: None, what }),
        other => drop(other?),
    }
    Ok(())
}

fn connect(path: &Path, more: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // With the write-ahead log, only FULL makes a commit survive the loss of power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is taken away is overwritten: it is about people.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    Ok(connection)
}

fn make(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY, sum INTEGER NOT NULL, content BLOB NOT NULL)",
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()
}

fn fault(path: &Path, cause: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    match cause.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => StoreError::Damaged { file: path.to_owned(), what: cause.to_string() },
        _ => StoreError::Recent { path: path.to_owned(), cause: Box::new(cause) },
    }
}
