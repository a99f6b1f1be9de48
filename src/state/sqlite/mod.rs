//! The driver for a state in one SQLite file.
//!
//! In: a path. Out: [`SqliteState`]. What always holds:
//! - Reading a state that does not exist gives an empty one and makes no file; the first lock makes it.
//! - A process may die at any instant: the file then holds either all of a write or nothing of it.
//! - A file that may only be read is read, where that is possible without writing anything beside it.

mod fault;
mod schema;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Transaction, TransactionBehavior, params_from_iter};

use super::StateError;
use super::sql::{Database, Driver, Param, Row, SqlState, Value};
use crate::system::System;

/// A state in one SQLite file.
pub type SqliteState = SqlState<Sqlite>;

/// A SQLite file.
pub struct Sqlite {
    system: Arc<dyn System>,
    path: PathBuf,
    connection: OnceCell<Connection>,
}

impl SqlState<Sqlite> {
    /// The state at a path, which need not exist; nothing is made before the first lock.
    ///
    /// # Errors
    /// [`StateError::Newer`], [`StateError::Damaged`] or [`StateError::Unopened`] for a file that cannot be used.
    pub fn open(system: Arc<dyn System>, path: &Path) -> Result<Self, StateError> {
        let driver = Sqlite { system: system.clone(), path: path.to_owned(), connection: OnceCell::new() };
        driver.existing().map_err(|error| error.at(&driver.place()))?;
        Ok(Self::new(system, driver))
    }
}

impl Sqlite {
    /// The database, if anything was ever written to it. Asked again each time, since another process may make it.
    fn existing(&self) -> Result<Option<&Connection>, StateError> {
        if self.connection.get().is_none() {
            let Some(opened) = schema::open_existing(&self.path).map_err(|error| error.at(&self.path))? else {
                return Ok(None);
            };
            return Ok(Some(self.connection.get_or_init(|| opened)));
        }
        Ok(self.connection.get())
    }

    /// The database, made where there is none.
    fn made(&self) -> Result<&Connection, StateError> {
        if let Some(connection) = self.existing()? {
            return Ok(connection);
        }
        if let Some(folder) = self.path.parent() {
            self.system.create_folder(folder).map_err(|_| StateError::Unopened(self.path.clone()))?;
        }
        let made = schema::open_or_create(&self.path).map_err(|error| error.at(&self.path))?;
        Ok(self.connection.get_or_init(|| made))
    }

    fn in_transaction<T>(
        &self,
        connection: &Connection,
        behavior: TransactionBehavior,
        step: impl FnOnce(&dyn Database) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let meant = |error| fault::meaning(error, &self.path);
        let transaction = Transaction::new_unchecked(connection, behavior).map_err(meant)?;
        // Rolled back when it is dropped.
        let done = step(&Open { connection: &transaction, path: &self.path })?;
        transaction.commit().map_err(meant)?;
        Ok(done)
    }
}

impl Driver for Sqlite {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn read<T>(&self, step: impl FnOnce(&dyn Database) -> Result<T, StateError>) -> Result<Option<T>, StateError> {
        let Some(connection) = self.existing()? else { return Ok(None) };
        self.in_transaction(connection, TransactionBehavior::Deferred, step).map(Some)
    }

    fn write<T>(&self, step: impl FnOnce(&dyn Database) -> Result<T, StateError>) -> Result<T, StateError> {
        self.in_transaction(self.made()?, TransactionBehavior::Immediate, step)
    }

    /// Writes the database anew, without what was deleted from it, and empties the write-ahead log.
    fn scrub(&self) -> Result<(), StateError> {
        let connection = self.made()?;
        let meant = |error| fault::meaning(error, &self.path);
        connection.execute_batch("VACUUM").map_err(meant)?;
        let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(meant)?;
        if busy == 0 { Ok(()) } else { Err(StateError::InUse) }
    }
}

/// A connection inside a transaction.
struct Open<'a> {
    connection: &'a Connection,
    path: &'a Path,
}

impl Database for Open<'_> {
    fn execute(&self, sql: &str, values: &[Param<'_>]) -> Result<u64, StateError> {
        let run = || self.connection.prepare_cached(sql)?.execute(params_from_iter(values));
        run().map(|rows| rows as u64).map_err(|error| fault::meaning(error, self.path))
    }

    fn query(&self, sql: &str, values: &[Param<'_>]) -> Result<Vec<Row>, StateError> {
        let run = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let columns = statement.column_count();
            let rows = statement.query_map(params_from_iter(values), |row| {
                (0..columns).map(|column| value(row.get_ref(column)?, column)).collect::<Result<_, _>>().map(Row)
            })?;
            rows.collect::<Result<Vec<Row>, _>>()
        };
        run().map_err(|error| fault::meaning(error, self.path))
    }
}

fn value(value: ValueRef<'_>, column: usize) -> Result<Value, rusqlite::Error> {
    let other = || rusqlite::Error::InvalidColumnType(column, String::new(), value.data_type());
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(std::str::from_utf8(text).map_err(|_| other())?.to_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Real(_) => return Err(other()),
    })
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Ok(rusqlite::types::ToSqlOutput::Borrowed(match *self {
            Param::Null => ValueRef::Null,
            Param::Int(number) => ValueRef::Integer(number),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
            Param::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
