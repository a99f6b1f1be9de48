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

/// The schema that the program takes where nothing is said.
const SCHEMA: &str = "aud";

impl Backend {
    /// What `aud.yaml` says of it.
    pub(crate) fn yaml(&self) -> &'static str {
        match self {
            Self::Sqlite => "\nstate: { backend: sqlite, path: .aud/state.db }\n",
        }
    }

    /// The database of a project, which is made when it is first asked for.
    pub(crate) fn database(&self, sandbox: &Sandbox) -> String {
        let kept = sandbox.at("database.txt");
        match (self, std::fs::read_to_string(&kept)) {
            (_, Ok(name)) => name,
            (Self::Sqlite, Err(_)) => String::new(),
        }
    }

    fn url(&self, sandbox: &Sandbox) -> Option<String> {
        match self {
            Self::Sqlite => None,
        }
    }

    /// What the program finds in its environment.
    pub(crate) fn environment(&self, sandbox: &Sandbox, command: &mut Command) {
        self.url(sandbox).map(|url| command.env("AUD_STATE_URL", url));
    }

    /// The state, to be read.
    pub(crate) fn state(&self, sandbox: &Sandbox) -> Box<dyn StateReader> {
        let system = Arc::new(OsSystem);
        match self.url(sandbox) {
            None => Box::new(SqliteState::open(system, &sandbox.at(".aud/state.db")).unwrap()),
            Some(url) => panic!("{url} {SCHEMA}"),
        }
    }

    /// The state, to be written.
    pub(crate) fn writer(&self, sandbox: &Sandbox, system: Arc<dyn System>) -> Box<dyn StateWriter> {
        match self.url(sandbox) {
            None => Box::new(SqliteState::open(system, &sandbox.at(".aud/state.db")).unwrap()),
            Some(url) => panic!("{url} {SCHEMA}"),
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
