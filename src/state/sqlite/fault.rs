//! SQLite's errors, and what they mean for a state.

use std::path::Path;

use rusqlite::{Error, ErrorCode};

use crate::state::StateError;

/// What opening a file can end with.
#[derive(Debug)]
pub(super) enum Fault {
    /// The database's error.
    Database(Error),
    /// A state's error.
    State(StateError),
}

impl Fault {
    /// The error as callers see it.
    pub(super) fn at(self, path: &Path) -> StateError {
        match self {
            Self::Database(error) => meaning(error, path),
            Self::State(error) => error,
        }
    }

    /// Whether the file, or what has to be written beside it, cannot be written.
    pub(super) fn is_of_writing(&self) -> bool {
        let code = match self {
            Self::Database(error) => error.sqlite_error_code(),
            Self::State(_) => None,
        };
        matches!(code, Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen))
    }
}

/// What an error means. That a record is damaged gets its path from the caller.
pub(super) fn meaning(error: Error, path: &Path) -> StateError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StateError::Damaged(error.to_string()),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StateError::ReadOnly(path.to_owned()),
        Some(ErrorCode::CannotOpen) => StateError::Unopened(path.to_owned()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StateError::Busy(path.to_owned()),
        Some(ErrorCode::ConstraintViolation) => StateError::Unfit(error.to_string()),
        None if is_of_a_record(&error) => StateError::Damaged(error.to_string()),
        _ => StateError::Database(Box::new(AtPath { path: path.display().to_string(), error })),
    }
}

/// Whether the error says that a stored value has another type than it must have.
fn is_of_a_record(error: &Error) -> bool {
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::QueryReturnedNoRows
    )
}

/// The database's error with the file that it is about.
#[derive(Debug, thiserror::Error)]
#[error("`{path}`: {error}")]
struct AtPath {
    path: String,
    error: Error,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<StateError> for Fault {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}
