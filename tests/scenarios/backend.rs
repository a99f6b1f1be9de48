//! Where the state of a story lies.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use aud::state::{PostgresState, SqliteState, StateReader, StateWriter};
use aud::system::{OsSystem, System};
use rusqlite::Connection;

use crate::support::Sandbox;
use crate::support::postgres::{self, Database};

/// A kind of state.
pub(crate) enum Backend {
    /// A file of the project.
    Sqlite,
    /// A schema of a server for each project, by its folder.
    Postgres(Mutex<BTreeMap<PathBuf, Arc<Database>>>),
}

impl Backend {
    /// PostgreSQL, where there is a server.
    pub(crate) fn postgres() -> Option<Self> {
        postgres::fresh().map(|_| Self::Postgres(Mutex::default()))
    }

    /// The database of a project, which is made when it is first asked for.
    pub(crate) fn database(&self, sandbox: &Sandbox) -> Option<Arc<Database>> {
        match self {
            Self::Sqlite => None,
            Self::Postgres(databases) => {
                let mut databases = databases.lock().unwrap();
                let database = databases.entry(sandbox.path().to_owned());
                Some(database.or_insert_with(|| Arc::new(postgres::fresh().unwrap())).clone())
            }
        }
    }

    /// What `aud.yaml` says of it.
    pub(crate) fn yaml(&self, sandbox: &Sandbox) -> String {
        match self.database(sandbox) {
            None => "\nstate: { backend: sqlite, path: .aud/state.db }\n".to_owned(),
            Some(database) => {
                format!(
                    "\nstate: {{ backend: postgres, url: {{ env: AUD_STATE_URL }}, schema: {} }}\n",
                    database.schema
                )
            }
        }
    }

    /// What the program finds in its environment.
    pub(crate) fn environment(&self, sandbox: &Sandbox, command: &mut Command) {
        if let Some(database) = self.database(sandbox) {
            command.env("AUD_STATE_URL", &database.url);
        }
    }

    /// The state, to be read.
    pub(crate) fn state(&self, sandbox: &Sandbox) -> Box<dyn StateReader> {
        let system = Arc::new(OsSystem);
        match self.database(sandbox) {
            None => Box::new(SqliteState::open(system, &sandbox.at(".aud/state.db")).unwrap()),
            Some(database) => Box::new(PostgresState::open(system, &database.url, &database.schema).unwrap()),
        }
    }

    /// The state, to be written.
    pub(crate) fn writer(&self, sandbox: &Sandbox, system: Arc<dyn System>) -> Box<dyn StateWriter> {
        match self.database(sandbox) {
            None => Box::new(SqliteState::open(system, &sandbox.at(".aud/state.db")).unwrap()),
            Some(database) => Box::new(PostgresState::open(system, &database.url, &database.schema).unwrap()),
        }
    }

    /// The state is gone.
    pub(crate) fn lose(&self, sandbox: &Sandbox) {
        match self.database(sandbox) {
            None => ["", "-wal", "-shm"].iter().for_each(|end| {
                let _ = std::fs::remove_file(sandbox.at(&format!(".aud/state.db{end}")));
            }),
            Some(database) => database.sql(&format!("DROP SCHEMA \"{}\" CASCADE", database.schema)),
        }
    }

    /// Changes the database as somebody might who knows nothing of locks.
    pub(crate) fn sql(&self, sandbox: &Sandbox, statement: &str) {
        match self.database(sandbox) {
            None => {
                let database = Connection::open(sandbox.at(".aud/state.db")).unwrap();
                database.execute_batch(statement).unwrap();
            }
            Some(database) => database.sql(statement),
        }
    }
}
