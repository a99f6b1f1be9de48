//! Recent writes: batches of changes that are durable before they are acknowledged, and not in the files of the store so far.
//!
//! In: batches. Out: their numbers, once they are on the disk; on opening the same batches back. They are kept in a SQLite database
//! beside the files. What always holds: batches are numbered from 1 without gaps; the manifest says up to which number they are in the
//! files, so that a crash between folding and taking them away here neither repeats nor loses any. Each batch has a checksum, and the
//! number of the last one is kept apart from them; the database is made whole or not at all. So one that lost any of them is
//! known to be damaged.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, MAIN_DB, OpenFlags, Transaction, TransactionBehavior, params};

use super::error::StoreError;
use super::files::Manifest;
use super::forgotten::Forgotten;
use super::verified::{Damage, Damages, sum};
use super::{Store, Writes};
use crate::system::{System, write_bytes};

/// The name of the database inside a store's folder.
pub const RECENT: &str = "recent.db";

/// Marks the file as recent writes; the letters `audR`.
const APPLICATION_ID: i64 = 0x6175_6452;
/// The format that is written, the only one that is read.
const FORMAT: i64 = 2;
/// The number of the last batch that was ever appended.
const LAST: &str = "SELECT last FROM log";
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
        if system.info(&path).is_err() {
            // What a log that is gone left beside it would be taken for the new one's.
            for end in ["-wal", "-shm"] {
                let beside = folder.join(format!("{RECENT}{end}"));
                system.remove(&beside).map_err(StoreError::system("remove what an old log of recent writes left"))?;
            }
            let made = made(folded).map_err(|cause| fault(&path, cause))?;
            write_bytes(system, &path, &made).map_err(StoreError::system("make the log of recent writes"))?;
        }
        let (connection, last) = open(&path)?;
        let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        mode.map_err(|cause| fault(&path, cause))?;
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
            transaction.execute("UPDATE log SET last = ?1", [last.cast_signed()])?;
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
    let missing = |number: u64| damaged(format!("batch {number} is missing"));
    let (connection, _) = open(&path)?;
    let (last, rows) = read(&connection, folded).map_err(|cause| fault(&path, cause))?;
    if last < folded || last - folded < rows.len() as u64 {
        return Err(damaged(format!("its last batch is said to be {last}")));
    }
    let mut rows = rows.into_iter();
    let mut batches = Vec::with_capacity(rows.len());
    for expected in folded + 1..=last {
        let (number, stored, content) = rows.next().filter(|row| row.0 == expected).ok_or_else(|| missing(expected))?;
        if sum(&content) != stored {
            return Err(damaged(format!("batch {number}, its checksum does not fit its content")));
        }
        let writes = serde_json::from_slice(&content).map_err(|error| damaged(format!("batch {number}, {error}")))?;
        batches.push((number, writes));
    }
    Ok(batches)
}

type Row = (u64, u64, Vec<u8>);

/// The number of the last batch, and the batches after a number, as of one moment: others may append meanwhile.
fn read(connection: &Connection, folded: u64) -> rusqlite::Result<(u64, Vec<Row>)> {
    let moment = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    let last = moment.query_row(LAST, [], |row| row.get::<_, i64>(0))?;
    let mut select = moment.prepare("SELECT number, sum, content FROM batches WHERE number > ?1 ORDER BY number")?;
    let rows = select.query_map([folded.cast_signed()], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned(), row.get(2)?))
    })?;
    Ok((last.cast_unsigned(), rows.collect::<Result<_, _>>()?))
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
    let delete = || connect(&path)?.execute("DELETE FROM batches WHERE number <= ?1", [number.cast_signed()]);
    delete().map(drop).map_err(|cause| fault(&path, cause))
}

/// Leaves nothing behind of the batches up to a number, which are in the files: neither in the database nor in its write-ahead log.
/// A fold that was cut off may not have taken them away.
pub(super) fn scrub(system: &dyn System, folder: &Path, number: u64) -> Result<(), StoreError> {
    let path = folder.join(RECENT);
    if system.info(&path).is_err() {
        return Ok(());
    }
    let (connection, _) = open(&path)?;
    let scrub = || {
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
    let path = folder.join(RECENT);
    let last = if system.info(&path).is_ok() { open(&path)?.1 } else { 0 };
    let batches = folded.max(last);
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

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // With the write-ahead log, only FULL makes a commit survive the loss of power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is taken away is overwritten: it is about people.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    Ok(connection)
}

/// Opens a database that is there. Gives the number of the last batch that was ever appended.
fn open(path: &Path) -> Result<(Connection, u64), StoreError> {
    let read = || {
        let connection = connect(path)?;
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let kind = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
        let last = if kind == (APPLICATION_ID, FORMAT) { number(LAST)? } else { 0 };
        Ok((connection, kind, last.cast_unsigned()))
    };
    let damaged = |what: String| StoreError::Damaged { file: path.to_owned(), what };
    match read().map_err(|cause| fault(path, cause))? {
        (connection, (APPLICATION_ID, FORMAT), last) => Ok((connection, last)),
        (_, (APPLICATION_ID, found), _) if found > FORMAT => Err(StoreError::Newer {
            file: path.to_owned(),
            found: found.cast_unsigned(),
            known: FORMAT.cast_unsigned(),
        }),
        (_, (kind, format), _) => Err(damaged(format!("it is of another kind, {kind:x}, or of format {format}"))),
    }
}

/// The bytes of a database without batches; the next one comes after `last`.
fn made(last: u64) -> rusqlite::Result<Vec<u8>> {
    let mut connection = Connection::open_in_memory()?;
    connection.execute_batch(
        "CREATE TABLE batches (number INTEGER PRIMARY KEY, sum INTEGER NOT NULL, content BLOB NOT NULL);
         CREATE TABLE log (last INTEGER NOT NULL)",
    )?;
    connection.execute("INSERT INTO log (last) VALUES (?1)", [last.cast_signed()])?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT)?;
    Ok(connection.serialize(MAIN_DB)?.to_vec())
}

/// What the machine refuses is one thing, and anything else that a database cannot be asked is damage.
fn fault(path: &Path, cause: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode as Code;
    match cause.sqlite_error_code() {
        Some(
            Code::PermissionDenied
            | Code::DatabaseBusy
            | Code::DatabaseLocked
            | Code::OutOfMemory
            | Code::ReadOnly
            | Code::OperationInterrupted
            | Code::SystemIoFailure
            | Code::DiskFull
            | Code::CannotOpen
            | Code::FileLockingProtocolFailed
            | Code::NoLargeFileSupport,
        ) => StoreError::Recent { path: path.to_owned(), cause: Box::new(cause) },
        _ => StoreError::Damaged { file: path.to_owned(), what: cause.to_string() },
    }
}
