//! What a database does for a state: statements with values in, rows of values out, in transactions of two kinds.
//!
//! In: SQL that every driver understands, with `?1`, `?2` … for values. Out: [`Row`]s. What always holds: a step that fails has
//! written nothing; of a step that succeeds everything is durable before its result is given.

use crate::base::Timestamp;
use crate::state::StateError;

/// A value that goes into a statement.
#[derive(Clone, Copy, Debug)]
pub enum Param<'a> {
    /// Nothing.
    Null,
    /// A number; one without a sign is stored bit by bit.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

impl From<i64> for Param<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u64> for Param<'_> {
    fn from(number: u64) -> Self {
        Self::Int(number.cast_signed())
    }
}

impl From<u32> for Param<'_> {
    fn from(number: u32) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<Timestamp> for Param<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Int(time.0)
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A value that comes out of a database.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// A row; a value of another type than asked for is damage.
#[derive(Clone, Debug)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// A number.
    pub fn int(&self, column: usize) -> Result<i64, StateError> {
        self.maybe_int(column)?.ok_or_else(wrong)
    }

    /// A number, if there is one.
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, StateError> {
        match self.0.get(column) {
            Some(Value::Int(number)) => Ok(Some(*number)),
            Some(Value::Null) => Ok(None),
            _ => Err(wrong()),
        }
    }

    /// A number without a sign, stored bit by bit.
    pub fn unsigned(&self, column: usize) -> Result<u64, StateError> {
        self.int(column).map(i64::cast_unsigned)
    }

    /// A number of 32 bits.
    pub fn small(&self, column: usize) -> Result<u32, StateError> {
        u32::try_from(self.int(column)?).map_err(|_| wrong())
    }

    /// An instant.
    pub fn time(&self, column: usize) -> Result<Timestamp, StateError> {
        self.int(column).map(Timestamp)
    }

    /// A text.
    pub fn text(&self, column: usize) -> Result<&str, StateError> {
        self.maybe_text(column)?.ok_or_else(wrong)
    }

    /// A text, if there is one.
    pub fn maybe_text(&self, column: usize) -> Result<Option<&str>, StateError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(wrong()),
        }
    }

    /// A text of one's own.
    pub fn string(&self, column: usize) -> Result<String, StateError> {
        self.text(column).map(str::to_owned)
    }

    /// Bytes.
    pub fn blob(&self, column: usize) -> Result<&[u8], StateError> {
        self.maybe_blob(column)?.ok_or_else(wrong)
    }

    /// Bytes, if there are any.
    pub fn maybe_blob(&self, column: usize) -> Result<Option<&[u8]>, StateError> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            _ => Err(wrong()),
        }
    }
}

fn wrong() -> StateError {
    StateError::damaged("a value has another type than its column must have")
}

/// A database inside a transaction.
pub trait Database {
    /// Runs a statement, and says how many rows it touched.
    fn execute(&self, sql: &str, values: &[Param<'_>]) -> Result<u64, StateError>;

    /// Asks for rows.
    fn query(&self, sql: &str, values: &[Param<'_>]) -> Result<Vec<Row>, StateError>;

    /// Asks for at most one row.
    fn first(&self, sql: &str, values: &[Param<'_>]) -> Result<Option<Row>, StateError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// Asks for a row that is always there.
    fn one(&self, sql: &str, values: &[Param<'_>]) -> Result<Row, StateError> {
        self.first(sql, values)?.ok_or_else(|| StateError::damaged("a record is missing"))
    }
}

/// A database that holds a state, or will.
pub trait Driver {
    /// Where it is, as people know it; without any password.
    fn place(&self) -> String;

    /// Reads in one transaction, as of one instant; `None` where there is nothing to read, and nothing is made then.
    fn read<T>(&self, step: impl FnOnce(&dyn Database) -> Result<T, StateError>) -> Result<Option<T>, StateError>;

    /// Writes in one transaction that no other write comes between, in a database that is made where there is none.
    fn write<T>(&self, step: impl FnOnce(&dyn Database) -> Result<T, StateError>) -> Result<T, StateError>;

    /// Leaves nothing behind of what was deleted, as far as that is in the database's hands.
    fn scrub(&self) -> Result<(), StateError>;
}
