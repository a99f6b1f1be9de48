//! The driver for a state in a schema of a PostgreSQL database.
//!
//! In: a URL and the name of a schema. Out: [`PostgresState`]. What always holds:
//! - Reading makes nothing: a schema that does not exist reads as an empty state, and the first lock makes it.
//! - What is read together is read in one transaction that sees one instant. A write first locks the row of the serial, so that no two
//!   writes come between each other.
//! - A connection that is lost between two transactions is made again. One that is lost inside of one is an error, which says whether
//!   anything can have been written. No error holds a password.

mod fault;
mod schema;
mod session;
mod target;

use std::cell::RefCell;
use std::sync::Arc;

use self::session::{Open, Session};
use self::target::Target;
use super::StateError;
use super::sql::{Database, Driver, SqlState};
use crate::system::System;

/// A state in a PostgreSQL database.
pub type PostgresState = SqlState<Postgres>;

/// A schema of a PostgreSQL database.
pub struct Postgres {
    target: Target,
    session: RefCell<Option<Session>>,
}

impl SqlState<Postgres> {
    /// The state in a schema, which need not exist; nothing is made before the first lock.
    ///
    /// # Errors
    /// A URL that cannot be read, a server that cannot be reached or lets nobody in, and a schema that cannot be used.
    pub fn open(system: Arc<dyn System>, url: &str, schema: &str) -> Result<Self, StateError> {
        let driver = Postgres { target: Target::read(url, schema)?, session: RefCell::new(None) };
        driver.read(|_| Ok(())).map_err(|error| error.at(&driver.place()))?;
        Ok(Self::new(system, driver))
    }
}

impl Postgres {
    /// Runs a step in a transaction; `None` where there is no schema and none is to be made.
    fn run<T>(
        &self,
        writes: bool,
        step: impl FnOnce(&dyn Database) -> Result<T, StateError>,
    ) -> Result<Option<T>, StateError> {
        let mut held = self.session.borrow_mut();
        let Some(mut session) = self.begin(held.take(), writes)? else { return Ok(None) };
        let done = step(&Open::new(&mut session, &self.target)).and_then(|done| {
            session.commit(&self.target)?;
            Ok(done)
        });
        // A session that was lost, or that cannot even take its transaction back, is not used again.
        if done.is_ok() || session.roll_back() {
            *held = Some(session);
        }
        done.map(Some)
    }

    /// A session inside a new transaction. Nothing was done in it yet, so that a lost connection is just made again.
    fn begin(&self, held: Option<Session>, writes: bool) -> Result<Option<Session>, StateError> {
        if let Some(mut session) = held {
            match self.begin_on(&mut session, writes) {
                Ok(has_begun) => return Ok(has_begun.then_some(session)),
                Err(StateError::Lost(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let mut session = Session::connect(&self.target)?;
        let has_begun = self.begin_on(&mut session, writes)?;
        Ok(has_begun.then_some(session))
    }

    fn begin_on(&self, session: &mut Session, writes: bool) -> Result<bool, StateError> {
        if !session.is_ready && !schema::ready(session, &self.target, writes)? {
            return Ok(false);
        }
        session.is_ready = true;
        session.begin(&self.target, writes)?;
        Ok(true)
    }
}

impl Driver for Postgres {
    fn place(&self) -> String {
        format!("{}, schema {}", self.target.server, self.target.schema)
    }

    fn read<T>(&self, step: impl FnOnce(&dyn Database) -> Result<T, StateError>) -> Result<Option<T>, StateError> {
        self.run(false, step)
    }

    fn write<T>(&self, step: impl FnOnce(&dyn Database) -> Result<T, StateError>) -> Result<T, StateError> {
        let done = self.run(true, step)?;
        done.ok_or_else(|| StateError::damaged("the schema is gone"))
    }

    /// What was deleted is out of reach for every statement at once. The server overwrites it in its own time.
    fn scrub(&self) -> Result<(), StateError> {
        Ok(())
    }
}
