//! Errors inside this module: the database's, or a state's own. One place gives them the path and a meaning.

use std::path::Path;

use rusqlite::{Error, ErrorCode};

use crate::state::StateError;

/// What a step on the database can end with.
#[derive(Debug)]
pub(super) enum Fault {
    /// The database's error.
    Database(Error),
    /// A state's error.
    State(StateError),
}

impl Fault {
    /// A record that cannot be read.
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::State(StateError::Damaged(what.into()))
    }

    /// A change that contradicts what is deployed.
    pub(super) fn unfit(what: impl Into<String>) -> Self {
        Self::State(StateError::Unfit(what.into()))
    }

    /// The error as callers see it.
    pub(super) fn at(self, path: &Path) -> StateError {
        let error = match self {
            Self::State(StateError::Damaged(what)) => {
                return StateError::Damaged(format!("`{}`: {what}", path.display()));
            }
            Self::State(error) => return error,
            Self::Database(error) => error,
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                StateError::Damaged(format!("`{}`: {error}", path.display()))
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StateError::ReadOnly(path.to_owned()),
            Some(ErrorCode::CannotOpen) => StateError::Unopened(path.to_owned()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StateError::Busy(path.to_owned()),
            None if is_of_a_record(&error) => StateError::Damaged(format!("`{}`: {error}", path.display())),
            _ => StateError::Database(Box::new(AtPath { path: path.display().to_string(), error })),
        }
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
