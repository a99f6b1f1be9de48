//! Reading what was: revisions, the journal, commits, audiences by the addresses they had.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::column::{bitmap, definition, name};
use super::{Database, Param, Row};
use crate::base::{Address, Now};
use crate::ir::Audience;
use crate::state::{Commit, Extent, JournalEntry, Known, Revision, StateError};

/// Journal entries at or after an instant, oldest first.
pub(super) fn journal_since(db: &dyn Database, since_ms: i64) -> Result<Vec<JournalEntry>, StateError> {
    journal(db, "WHERE at >= ?1", &[since_ms.into()])
}

/// The journal of one audience, oldest first.
pub(super) fn journal_of(db: &dyn Database, audience: u64) -> Result<Vec<JournalEntry>, StateError> {
    journal(db, "WHERE audience = ?1", &[audience.into()])
}

/// The entries that a user number is part of, oldest first.
pub(super) fn journal_about(db: &dyn Database, user: u32) -> Result<Vec<JournalEntry>, StateError> {
    let mut entries = journal(db, "", &[])?;
    entries.retain(|entry| entry.adds.contains(user) || entry.drops.contains(user));
    Ok(entries)
}

fn journal(db: &dyn Database, which: &str, values: &[Param<'_>]) -> Result<Vec<JournalEntry>, StateError> {
    let sql = format!("SELECT audience, at, revision, serial, adds, drops FROM journal {which} ORDER BY at, id");
    let rows = db.query(&sql, values)?;
    let entry = |row: Row| {
        Ok(JournalEntry {
            audience: row.unsigned(0)?,
            at: row.time(1)?,
            revision: row.unsigned(2)?,
            serial: row.unsigned(3)?,
            adds: bitmap(row.blob(4)?)?,
            drops: bitmap(row.blob(5)?)?,
        })
    };
    rows.into_par_iter().map(entry).collect()
}

/// All revisions of an audience, oldest first; also of one that was deleted.
pub(super) fn revisions(db: &dyn Database, audience: u64) -> Result<Vec<Revision>, StateError> {
    let rows = db.query(
        "SELECT revision, at, \"by\", git_commit, ir_version, definition, serial FROM revisions WHERE audience = ?1
         ORDER BY revision",
        &[audience.into()],
    )?;
    let revision = |row: &Row| {
        Ok(Revision {
            revision: row.unsigned(0)?,
            at: row.time(1)?,
            by: row.string(2)?,
            commit: row.maybe_text(3)?.map(str::to_owned),
            serial: row.maybe_int(6)?.map(i64::cast_unsigned),
            definition: definition(row.small(4)?, row.text(5)?)?,
        })
    };
    rows.iter().map(revision).collect()
}

/// All commits that are recorded, oldest first.
pub(super) fn commits(db: &dyn Database) -> Result<Vec<Commit>, StateError> {
    let sql = format!("{COMMITS} ORDER BY serial");
    db.query(&sql, &[])?.iter().map(commit).collect()
}

/// The commit that made a serial.
pub(super) fn commit_of(db: &dyn Database, serial: u64) -> Result<Option<Commit>, StateError> {
    let sql = format!("{COMMITS} WHERE serial = ?1");
    db.first(&sql, &[serial.into()])?.as_ref().map(commit).transpose()
}

const COMMITS: &str =
    "SELECT serial, at, \"by\", git_commit, reason, \"now\", store, data_version, allowed FROM commits";

fn commit(row: &Row) -> Result<Commit, StateError> {
    let allowed = serde_json::from_str(row.text(8)?);
    Ok(Commit {
        serial: row.unsigned(0)?,
        at: row.time(1)?,
        by: row.string(2)?,
        commit: row.maybe_text(3)?.map(str::to_owned),
        reason: row.string(4)?,
        now: Now(row.time(5)?),
        store: row.string(6)?,
        data_version: row.unsigned(7)?,
        allowed: allowed.map_err(|error| StateError::damaged(format!("overridden guards: {error}")))?,
    })
}

/// Every audience that has or had an address.
pub(super) fn known(db: &dyn Database, address: &Address) -> Result<Vec<Known>, StateError> {
    let rows = db.query(
        "SELECT id, address, created_at, created_by, deleted_at, deleted_by, deleted_serial FROM audiences
         WHERE id IN (SELECT audience FROM addresses WHERE address = ?1) ORDER BY id",
        &[address.as_str().into()],
    )?;
    let known = |row: &Row| {
        let deleted = match row.maybe_int(4)? {
            Some(_) => Some((row.time(4)?, row.string(5)?)),
            None => None,
        };
        Ok(Known {
            id: row.unsigned(0)?,
            address: name(row.text(1)?)?,
            created: (row.time(2)?, row.string(3)?),
            deleted,
            deleted_serial: row.maybe_int(6)?.map(i64::cast_unsigned),
        })
    };
    rows.iter().map(known).collect()
}

/// The addresses that an audience had, each with the serial since which.
pub(super) fn addresses_of(db: &dyn Database, audience: u64) -> Result<Vec<(u64, Address)>, StateError> {
    let sql = "SELECT serial, address FROM addresses WHERE audience = ?1 ORDER BY serial";
    db.query(sql, &[audience.into()])?.iter().map(|row| Ok((row.unsigned(0)?, name(row.text(1)?)?))).collect()
}

/// How much each commit changed. Counted by the database, without reading users.
pub(super) fn extents(db: &dyn Database) -> Result<BTreeMap<u64, Extent>, StateError> {
    let mut extents: BTreeMap<u64, Extent> = BTreeMap::new();
    let people = "SELECT serial, count(DISTINCT audience), CAST(sum(entered) AS BIGINT), CAST(sum(dropped) AS BIGINT)
                  FROM journal GROUP BY serial";
    for row in db.query(people, &[])? {
        let extent =
            Extent { revisions: 0, audiences: row.unsigned(1)?, adds: row.unsigned(2)?, drops: row.unsigned(3)? };
        extents.insert(row.unsigned(0)?, extent);
    }
    let revisions = "SELECT serial, count(*) FROM revisions WHERE serial IS NOT NULL GROUP BY serial";
    for row in db.query(revisions, &[])? {
        extents.entry(row.unsigned(0)?).or_default().revisions = row.unsigned(1)?;
    }
    Ok(extents)
}

/// The definitions that were deployed just after a serial, each under the address that it had then.
pub(super) fn deployed_at(db: &dyn Database, serial: u64) -> Result<Vec<Audience>, StateError> {
    let head = db.one("SELECT serial, recorded_from FROM head", &[])?;
    let (to, from) = (head.unsigned(0)?, head.unsigned(1)?);
    if !(from..=to).contains(&serial) {
        return Err(StateError::NotRecorded { asked: serial, from, to });
    }
    let rows = db.query(
        "SELECT r.ir_version, r.definition,
                (SELECT h.address FROM addresses h WHERE h.audience = a.id AND h.serial <= ?1 ORDER BY h.serial DESC LIMIT 1)
         FROM audiences a JOIN revisions r ON r.audience = a.id
         WHERE r.revision = (SELECT max(l.revision) FROM revisions l WHERE l.audience = a.id AND coalesce(l.serial, 0) <= ?1)
           AND (a.deleted_at IS NULL OR coalesce(a.deleted_serial, 0) > ?1)",
        &[serial.into()],
    )?;
    let audience =
        |row: &Row| Ok(Audience { address: name(row.text(2)?)?, ..definition(row.small(0)?, row.text(1)?)? });
    let mut deployed = rows.iter().map(audience).collect::<Result<Vec<Audience>, StateError>>()?;
    deployed.sort_by(|one, other| one.address.cmp(&other.address));
    Ok(deployed)
}
