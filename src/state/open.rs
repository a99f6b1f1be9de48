//! A state where the project file says that it lies.

use std::sync::Arc;

use super::{PostgresState, SqliteState, StateError, StateWriter};
use crate::project::{Secret, StateLocation};
use crate::system::System;

/// A state of any kind.
pub type OpenState = Box<dyn StateWriter + Send>;

/// Opens the state of a location, which need not exist; nothing is made before the first lock.
///
/// # Errors
/// A location that cannot be found out, and whatever keeps a state there from being used.
pub fn open(system: Arc<dyn System>, location: &StateLocation) -> Result<OpenState, StateError> {
    Ok(match location {
        StateLocation::Sqlite(path) => Box::new(SqliteState::open(system, path)?),
        StateLocation::Postgres { url, schema } => {
            let url = value(&*system, url)?;
            Box::new(PostgresState::open(system, &url, schema)?)
        }
    })
}

/// The value of a secret; what is wrong with it is said without it.
fn value(system: &dyn System, secret: &Secret) -> Result<String, StateError> {
    let (value, place) = match secret {
        Secret::Env(name) => (system.env(name), format!("the environment variable {name}")),
        Secret::File(path) => {
            let text = system.read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            (text, format!("the file {}", path.display()))
        }
    };
    let value = value.filter(|value| !value.trim().is_empty());
    let absent = || StateError::Unlocated(format!("{place} must hold the URL of its database, and holds none"));
    value.ok_or_else(absent)
}
