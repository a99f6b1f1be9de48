//! Reading records. Every function runs inside a transaction of its caller.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use rusqlite::{Connection, Row};

use super::column::{self, bitmap, definition, name, variant};
use super::fault::Fault;
use crate::base::time::DAY_MS;
use crate::base::{Mpid, Now, Timestamp};
use crate::state::{
    AudienceRecord, ConnectionKey, Delivery, Departed, Head, JournalEntry, Metrics, Revision, Snapshot,
};

/// Which state it is and how far it got.
pub(super) fn head(connection: &Connection) -> Result<Head, Fault> {
    Ok(connection.query_row("SELECT lineage, serial FROM head", [], |row| {
        Ok(Head { lineage: row.get(0)?, serial: unsigned(row, 1)? })
    })?)
}

/// Everything that is deployed.
pub(super) fn snapshot(connection: &Connection) -> Result<Snapshot, Fault> {
    let Head { lineage, serial } = head(connection)?;
    let evaluated = connection.query_row("SELECT evaluated_at, data_version FROM head", [], |row| {
        Ok(row.get::<_, Option<i64>>(0)?.zip(row.get::<_, Option<i64>>(1)?))
    })?;
    let pending = "SELECT count(*) FROM outbox WHERE delivered_at IS NULL";
    let pending = connection.query_row(pending, [], |row| unsigned(row, 0))?;
    let mpids = column::users(connection)?;
    let audiences = audiences(connection, &mpids)?;
    let evaluated = evaluated.map(|(at, version)| (Now(Timestamp(at)), version.cast_unsigned()));
    Ok(Snapshot { lineage, serial, mpids, audiences, pending, evaluated })
}

fn audiences(connection: &Connection, mpids: &[Mpid]) -> Result<Vec<AudienceRecord>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT id, ir_version, definition, fingerprint, revision, salt, created_at, created_by, updated_at, updated_by,
                members, evaluated_at FROM audiences WHERE deleted_at IS NULL ORDER BY address",
    )?;
    let mut rows = statement.query([])?;
    let mut audiences = Vec::new();
    while let Some(row) = rows.next()? {
        let record = audience(row)?;
        if record.members.as_ref().and_then(RoaringBitmap::max).is_some_and(|last| last as usize >= mpids.len()) {
            return Err(Fault::damaged(format!("`{}` has members without a number", record.definition.address)));
        }
        audiences.push(record);
    }
    Ok(audiences)
}

fn audience(row: &Row<'_>) -> Result<AudienceRecord, Fault> {
    let definition = definition(row.get(1)?, text(row, 2)?)?;
    let fingerprint = text(row, 3)?.parse().map_err(|error| Fault::damaged(format!("{error}")))?;
    let members = row.get_ref(10)?.as_blob_or_null().map_err(rusqlite::Error::from)?.map(bitmap).transpose()?;
    Ok(AudienceRecord {
        id: unsigned(row, 0)?,
        definition,
        fingerprint,
        revision: unsigned(row, 4)?,
        salt: row.get(5)?,
        created: (Timestamp(row.get(6)?), row.get(7)?),
        updated: (Timestamp(row.get(8)?), row.get(9)?),
        members,
        evaluated: row.get::<_, Option<i64>>(11)?.map(Timestamp),
    })
}

/// Journal entries at or after an instant, oldest first.
pub(super) fn journal_since(connection: &Connection, since_ms: i64) -> Result<Vec<JournalEntry>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT audience, at, revision, serial, adds, drops FROM journal WHERE at >= ?1 ORDER BY at, id",
    )?;
    let mut rows = statement.query([since_ms])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(JournalEntry {
            audience: unsigned(row, 0)?,
            at: Timestamp(row.get(1)?),
            revision: unsigned(row, 2)?,
            serial: unsigned(row, 3)?,
            adds: bitmap(blob(row, 4)?)?,
            drops: bitmap(blob(row, 5)?)?,
        });
    }
    Ok(entries)
}

/// Deliveries not made yet, by connection and sequence.
pub(super) fn pending(connection: &Connection) -> Result<Vec<Delivery>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT o.id, c.audience, c.variant, c.output, o.sequence, o.address, o.downstream_name, o.at, o.adds, o.drops, o.departed
         FROM outbox o JOIN connections c ON c.id = o.connection
         WHERE o.delivered_at IS NULL ORDER BY c.audience, c.variant, c.output, o.sequence",
    )?;
    let users = column::user_count(connection)?;
    let mut rows = statement.query([])?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        let delivery = delivery(row)?;
        if delivery.adds.max().max(delivery.drops.max()).is_some_and(|last| u64::from(last) >= users) {
            return Err(Fault::damaged(format!("delivery {} is about users without a number", delivery.id)));
        }
        deliveries.push(delivery);
    }
    Ok(deliveries)
}

fn delivery(row: &Row<'_>) -> Result<Delivery, Fault> {
    let connection =
        ConnectionKey { audience: unsigned(row, 1)?, variant: variant(text(row, 2)?)?, output: name(text(row, 3)?)? };
    Ok(Delivery {
        id: unsigned(row, 0)?,
        connection,
        sequence: unsigned(row, 4)?,
        address: name(text(row, 5)?)?,
        downstream_name: row.get(6)?,
        at: Timestamp(row.get(7)?),
        adds: bitmap(blob(row, 8)?)?,
        drops: bitmap(blob(row, 9)?)?,
        departed: departed(row.get::<_, Option<String>>(10)?)?,
    })
}

fn departed(json: Option<String>) -> Result<Vec<Departed>, Fault> {
    let read = json.map(|json| serde_json::from_str(&json)).transpose();
    Ok(read.map_err(|error| Fault::damaged(format!("people of a delivery: {error}")))?.unwrap_or_default())
}

/// All revisions of an audience, oldest first; also of one that was deleted.
pub(super) fn revisions(connection: &Connection, audience: u64) -> Result<Vec<Revision>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT revision, at, by, git_commit, ir_version, definition FROM revisions WHERE audience = ?1
         ORDER BY revision",
    )?;
    let mut rows = statement.query([audience.cast_signed()])?;
    let mut revisions = Vec::new();
    while let Some(row) = rows.next()? {
        revisions.push(Revision {
            revision: unsigned(row, 0)?,
            at: Timestamp(row.get(1)?),
            by: row.get(2)?,
            commit: row.get(3)?,
            definition: definition(row.get(4)?, text(row, 5)?)?,
        });
    }
    Ok(revisions)
}

/// The counters of every deployed audience over the 24 hours up to `now`. Counted by the database, without reading users.
pub(super) fn metrics(connection: &Connection, now: Now) -> Result<BTreeMap<u64, Metrics>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT a.id, a.size, coalesce(sum(j.entered), 0), coalesce(sum(j.dropped), 0)
         FROM audiences a LEFT JOIN journal j ON j.audience = a.id AND j.at BETWEEN ?1 AND ?2
         WHERE a.deleted_at IS NULL GROUP BY a.id",
    )?;
    let counters = statement.query_map([now.ms().saturating_sub(DAY_MS), now.ms()], |row| {
        let counters = Metrics { size: unsigned(row, 1)?, adds: unsigned(row, 2)?, drops: unsigned(row, 3)? };
        Ok((unsigned(row, 0)?, counters))
    })?;
    Ok(counters.collect::<Result<_, _>>()?)
}

/// A number without a sign, stored bit by bit.
pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a str, Fault> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
}

fn blob<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a [u8], Fault> {
    Ok(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?)
}
