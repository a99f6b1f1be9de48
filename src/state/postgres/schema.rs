//! The schema: found, made, brought up to date.
//!
//! What always holds: a migration is one transaction with the number that records it, and only one run makes or migrates a schema.

use super::fault::{self, Moment};
use super::session::Session;
use super::target::Target;
use crate::state::StateError;

/// Migration `i` makes format `FIRST + i`. There was no PostgreSQL before the first one.
const MIGRATIONS: &[&str] = &[include_str!("0004_initial.sql")];

/// The first format that PostgreSQL had.
const FIRST: u32 = 4;

/// The format that is written.
const NEWEST: u32 = FIRST + MIGRATIONS.len() as u32 - 1;

/// Whether the schema is there in the newest format. Brings an older one up to date, and makes one where that is asked for.
pub(super) fn ready(session: &mut Session, target: &Target, make: bool) -> Result<bool, StateError> {
    match found_format(session, target)? {
        Some(NEWEST) => Ok(true),
        None if !make => Ok(false),
        _ => migrate(session, target).map(|()| true),
    }
}

fn migrate(session: &mut Session, target: &Target) -> Result<(), StateError> {
    let done = migrate_in_transaction(session, target);
    if done.is_err() {
        session.roll_back();
    }
    done
}

fn migrate_in_transaction(session: &mut Session, target: &Target) -> Result<(), StateError> {
    let schema = target.quoted_schema();
    // One key for every schema: they are made rarely, and two runs that make one must wait for each other.
    let begin = "BEGIN; SET LOCAL lock_timeout = '15s'; SELECT pg_advisory_xact_lock(70375396308067)";
    session.batch(target, begin, Moment::Before)?;
    // Another run may have been faster.
    let found = found_format(session, target)?;
    if found.is_none() && !exists(session, target)? {
        session.batch(target, &format!("CREATE SCHEMA {schema}"), Moment::Before)?;
    }
    session.batch(target, &format!("SET LOCAL search_path TO {schema}"), Moment::Before)?;
    let seen = found.map_or(0, |found| found - FIRST + 1);
    for migration in MIGRATIONS.get(seen as usize..).unwrap_or(&[]) {
        session.batch(target, migration, Moment::Before)?;
    }
    session.batch(target, &format!("UPDATE aud_format SET format = {NEWEST}"), Moment::Before)?;
    session.commit(target)
}

fn exists(session: &mut Session, target: &Target) -> Result<bool, StateError> {
    let sql = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";
    let rows = session.client.query(sql, &[&target.schema]);
    Ok(!rows.map_err(|error| fault::meaning(&error, &target.server, Moment::Before))?.is_empty())
}

/// The format of the schema; `None` where there are no tables in it.
fn found_format(session: &mut Session, target: &Target) -> Result<Option<u32>, StateError> {
    let meant = |error: &postgres::Error| fault::meaning(error, &target.server, Moment::Before);
    let sql = "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v')";
    let tables = session.client.query(sql, &[&target.schema]).map_err(|error| meant(&error))?;
    if tables.is_empty() {
        return Ok(None);
    }
    let foreign = || StateError::damaged("there are the tables of another program");
    if !tables.iter().any(|row| row.try_get::<_, &str>(0).is_ok_and(|name| name == "aud_format")) {
        return Err(foreign());
    }
    let sql = format!("SELECT format FROM {}.aud_format", target.quoted_schema());
    let row = session.client.query_one(&sql, &[]).map_err(|error| meant(&error))?;
    let found = row.try_get::<_, i64>(0).ok().and_then(|format| u32::try_from(format).ok()).ok_or_else(foreign)?;
    match found {
        FIRST..=NEWEST => Ok(Some(found)),
        ..FIRST => Err(foreign()),
        _ => Err(StateError::Newer { found, known: NEWEST }),
    }
}
