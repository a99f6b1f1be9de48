//! Opening and making the database file.
//!
//! In: a path. Out: a connection to a database of the format that this build writes. What always holds: a migration is one
//! transaction with the number that records it, so that two processes may open a new or an old file at once.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::fault::Fault;
use crate::state::StateError;

/// Marks the file as a state; the letters `audS`.
const APPLICATION_ID: i32 = 0x6175_6453;

/// Migration `i` makes format `i + 1` of format `i`. The last one is the format that is written.
const MIGRATIONS: &[&str] = &[
    include_str!("0001_initial.sql"),
    include_str!("0002_evaluated.sql"),
    include_str!("0003_departed.sql"),
    include_str!("0004_history.sql"),
];

/// How long a writer waits for another one. Writers need milliseconds; a minute of waiting would mean a stuck disk.
const PATIENCE: Duration = Duration::from_secs(15);

/// Opens the database if there is one that was ever written to. Makes no file; brings an older format up to date. Where nothing can be
/// written, the file is read as it is, an older format in memory.
pub(super) fn open_existing(path: &Path) -> Result<Option<Connection>, Fault> {
    if !path.try_exists().unwrap_or(true) {
        return Ok(None);
    }
    match open_to_write(path) {
        Err(fault) if fault.is_of_writing() => match open_to_read(path) {
            Ok(opened) => Ok(opened),
            Err(Fault::State(error)) => Err(error.into()),
            Err(Fault::Database(_)) => Err(fault),
        },
        opened => opened,
    }
}

fn open_to_write(path: &Path) -> Result<Option<Connection>, Fault> {
    let connection = connect(path, OpenFlags::empty())?;
    match found_format(&connection)? {
        0 => Ok(None),
        _ => migrate(&connection).map(|()| Some(connection)),
    }
}

/// Reads a file that cannot be written. Commits that are only in the write-ahead log would be missed: then it is not read.
fn open_to_read(path: &Path) -> Result<Option<Connection>, Fault> {
    let log = path.with_file_name(format!("{}-wal", path.file_name().unwrap_or_default().to_string_lossy()));
    if log.try_exists().unwrap_or(true) {
        let connection = connect_to_read(path, false)?;
        found_format(&connection)?;
        return in_memory_if_old(connection);
    }
    in_memory_if_old(connect_to_read(path, true)?)
}

/// `unchanging`: nobody can write the file, so that SQLite needs nothing beside it to tell it who does.
fn connect_to_read(path: &Path, unchanging: bool) -> Result<Connection, Fault> {
    let escaped: String = path.to_string_lossy().chars().map(escape).collect();
    let uri = format!("file:{escaped}{}", if unchanging { "?immutable=1" } else { "?mode=ro" });
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// A character of a path inside a URI.
fn escape(c: char) -> String {
    if matches!(c, '%' | '?' | '#') { format!("%{:02X}", c as u32) } else { c.to_string() }
}

/// The same database, or a copy in memory of the newest format, which nothing writes to.
fn in_memory_if_old(mut connection: Connection) -> Result<Option<Connection>, Fault> {
    let format = found_format(&connection)?;
    if format == 0 || format as usize == MIGRATIONS.len() {
        return Ok((format > 0).then_some(connection));
    }
    let mut bytes = connection.serialize("main")?.to_vec();
    // A database in memory has no write-ahead log: these two bytes of the header say whether there is one.
    if let Some(versions) = bytes.get_mut(18..20) {
        versions.fill(1);
    }
    let mut copy = Connection::open_in_memory()?;
    copy.deserialize_read_exact("main", &bytes[..], bytes.len(), false)?;
    migrate(&copy)?;
    copy.pragma_update(None, "query_only", true)?;
    Ok(Some(copy))
}

/// Opens the database, and makes it where there is none.
pub(super) fn open_or_create(path: &Path) -> Result<Connection, Fault> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_CREATE)?;
    migrate(&connection)?;
    write_ahead(&connection)?;
    Ok(connection)
}

fn connect(path: &Path, more: OpenFlags) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // With the write-ahead log, only FULL makes a commit survive the loss of power.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is removed is overwritten: it is about people.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    Ok(connection)
}

/// The format of the file, read in one transaction: somebody else may be making the file right now.
fn found_format(connection: &Connection) -> Result<u32, Fault> {
    format(&*Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?)
}

/// The format of the file; 0 where nothing was ever written to it. Part of a transaction of its caller.
fn format(connection: &Connection) -> Result<u32, Fault> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let format = pragma("user_version")?;
    let foreign = || Fault::from(StateError::damaged("this is the database of another program"));
    if format == 0 {
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
        return if tables == 0 { Ok(0) } else { Err(foreign()) };
    }
    if pragma("application_id")? != APPLICATION_ID {
        return Err(foreign());
    }
    let found = u32::try_from(format).map_err(|_| foreign())?;
    let known = MIGRATIONS.len() as u32;
    if found > known { Err(StateError::Newer { found, known }.into()) } else { Ok(found) }
}

/// Runs the migrations that the file has not seen.
fn migrate(connection: &Connection) -> Result<(), Fault> {
    if found_format(connection)? as usize == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let from = format(&transaction)? as usize;
    for migration in MIGRATIONS.get(from..).unwrap_or(&[]) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
    transaction.commit()?;
    Ok(())
}

/// Turns on the write-ahead log, which lets readers read while somebody writes. The file remembers it.
fn write_ahead(connection: &Connection) -> Result<(), Fault> {
    match connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0)) {
        // Somebody else has the file open in the mode it had. That mode is as safe, and the next opening asks again.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(()),
    }
}
