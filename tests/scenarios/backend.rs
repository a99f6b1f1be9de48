//! Where the state of a story lies.

use std::process::Command;
use std::sync::Arc;

use aud::state::{SqliteState, StateReader, StateWriter};
use aud::system::{OsSystem, System};
use rusqlite::Connection;

use crate::support::Sandbox;

/// A kind of state.
pub(crate) enum Backend {
    /// A file of the project.
    Sqlite,
}

impl Backend {
    /// What `aud.yaml` says of it.
    pub(crate) fn yaml(&self) -> String {
        match self {
            Self::Sqlite => "\nstate: { backend: sqlite, path: .aud/state.db }\n".to_owned(),
        }
    }

    /// What the program finds in its environment.
    pub(crate) fn environment(&self, _: &mut Command) {
        match self {
            Self::Sqlite => {}
        }
    }

    /// The state, to be read.
    pub(crate) fn state(&self, sandbox: &Sandbox) -> Box<dyn StateReader> {
        match self {
            Self::Sqlite => Box::new(SqliteState::open(Arc::new(OsSystem), &sandbox.at(".aud/state.db")).unwrap()),
        }
    }

    /// The state is gone.
    pub(crate) fn lose(&self, sandbox: &Sandbox) {
        match self {
            Self::Sqlite => ["", "-wal", "-shm"].iter().for_each(|end| {
                let _ = std::fs::remove_file(sandbox.at(&format!(".aud/state.db{end}")));
            }),
        }
    }

    /// The state, to be written.
    pub(crate) fn writer(&self, sandbox: &Sandbox, system: Arc<dyn System>) -> Box<dyn StateWriter> {
        match self {
            Self::Sqlite => Box::new(SqliteState::open(system, &sandbox.at(".aud/state.db")).unwrap()),
        }
    }

    /// Changes the database as somebody might who knows nothing of locks.
    pub(crate) fn sql(&self, sandbox: &Sandbox, statement: &str) {
        match self {
            Self::Sqlite => {
                let database = Connection::open(sandbox.at(".aud/state.db")).unwrap();
                database.execute_batch(statement).unwrap();
            }
        }
    }
}
