//! Reading what is deployed. Every function runs inside a transaction of its caller.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::column::{self, bitmap, definition, name};
use super::{Database, Row};
use crate::base::time::DAY_MS;
use crate::base::{Address, Fingerprint, Now, Timestamp};
use crate::ir::Audience;
use crate::state::{AudienceRecord, CheckedAt, Drift, Head, Metrics, Snapshot, StateError};

/// Which state it is and how far it got.
pub(super) fn head(db: &dyn Database) -> Result<Head, StateError> {
    let row = db.one("SELECT lineage, serial FROM head", &[])?;
    Ok(Head { lineage: row.string(0)?, serial: row.unsigned(1)? })
}

/// Everything that is deployed.
pub(super) fn snapshot(db: &dyn Database) -> Result<Snapshot, StateError> {
    let Head { lineage, serial } = head(db)?;
    let row = db.one("SELECT evaluated_at, data_version FROM head", &[])?;
    let evaluated = row.maybe_int(0)?.zip(row.maybe_int(1)?);
    let evaluated = evaluated.map(|(at, version)| (Now(Timestamp(at)), version.cast_unsigned()));
    let pending = db.one("SELECT count(*) FROM outbox WHERE delivered_at IS NULL", &[])?.unsigned(0)?;
    let mpids = column::users(db)?;
    let audiences = audiences(db, mpids.len())?;
    Ok(Snapshot { lineage, serial, mpids, audiences, pending, evaluated })
}

/// The addresses of everything that is deployed.
pub(super) fn addresses(db: &dyn Database) -> Result<BTreeSet<Address>, StateError> {
    let rows = db.query("SELECT address FROM audiences WHERE deleted_at IS NULL", &[])?;
    rows.iter().map(|row| name(row.text(0)?)).collect()
}

fn audiences(db: &dyn Database, users: usize) -> Result<Vec<AudienceRecord>, StateError> {
    let rows = db.query(
        "SELECT id, ir_version, definition, fingerprint, revision, salt, created_at, created_by, updated_at, updated_by,
                members, evaluated_at, address, members_seal, checked_at, checked_store, checked_version, checked_until, checked_key
         FROM audiences WHERE deleted_at IS NULL ORDER BY address",
        &[],
    )?;
    // Reading definitions and bitmaps is most of the work, and each is on its own.
    let mut records = rows.into_par_iter().map(|row| audience(&row, users)).collect::<Result<Vec<_>, _>>()?;
    records.iter_mut().filter(|record| record.drift.any()).try_for_each(|record| as_applied(db, record))?;
    Ok(records)
}

/// What was last applied, in the place of what something else put there: outputs were only ever told of that.
fn as_applied(db: &dyn Database, record: &mut AudienceRecord) -> Result<(), StateError> {
    if record.drift.members {
        record.members = Some(replayed(db, record.id.cast_signed())?);
    }
    if record.drift.definition {
        let sql = "SELECT ir_version, definition FROM revisions WHERE audience = ?1 AND revision = ?2";
        let applied = db.query(sql, &[record.id.into(), record.revision.into()])?;
        if let Some(row) = applied.first() {
            let address = record.definition.address.clone();
            record.definition = Audience { address, ..definition(row.small(0)?, row.text(1)?)? };
        }
    }
    Ok(())
}

/// The members of an audience by its journal.
pub(super) fn replayed(db: &dyn Database, audience: i64) -> Result<RoaringBitmap, StateError> {
    let mut members = RoaringBitmap::new();
    for row in db.query("SELECT adds, drops FROM journal WHERE audience = ?1 ORDER BY id", &[audience.into()])? {
        members |= bitmap(row.blob(0)?)?;
        members -= bitmap(row.blob(1)?)?;
    }
    Ok(members)
}

fn audience(row: &Row, users: usize) -> Result<AudienceRecord, StateError> {
    let (definition, fingerprint, is_altered) = defined(row)?;
    let bytes = row.maybe_blob(10)?;
    // A format before 4 wrote no seal.
    let is_sealed = row.maybe_text(13)?.is_none_or(|seal| bytes.is_some_and(|bytes| column::seal(bytes) == seal));
    let members = bytes.filter(|_| is_sealed).map(bitmap).transpose()?;
    if members.as_ref().and_then(RoaringBitmap::max).is_some_and(|last| last as usize >= users) {
        return Err(StateError::damaged(format!("`{}` has members without a number", definition.address)));
    }
    Ok(AudienceRecord {
        id: row.unsigned(0)?,
        definition,
        fingerprint,
        revision: row.unsigned(4)?,
        salt: row.maybe_text(5)?.map(str::to_owned),
        created: (row.time(6)?, row.string(7)?),
        updated: (row.time(8)?, row.string(9)?),
        members,
        evaluated: row.maybe_int(11)?.map(Timestamp),
        checked: checked(row)?,
        drift: Drift { definition: is_altered, members: !is_sealed },
    })
}

/// The definition, the fingerprint recorded with it, and whether it has another one. The text that was written has it, so that only
/// another text is asked what it means.
fn defined(row: &Row) -> Result<(Audience, Fingerprint, bool), StateError> {
    let text = row.text(2)?;
    let mut definition = definition(row.small(1)?, text)?;
    let recorded = row.text(3)?.parse().map_err(|error| StateError::damaged(format!("{error}")))?;
    let address = row.text(12)?;
    let is_elsewhere = definition.address.as_str() != address;
    if is_elsewhere {
        definition.address = name(address)?;
    }
    let is_altered = is_elsewhere || (Fingerprint::of(text) != recorded && definition.fingerprint() != recorded);
    Ok((definition, recorded, is_altered))
}

fn checked(row: &Row) -> Result<Option<CheckedAt>, StateError> {
    let Some(now) = row.maybe_int(14)? else { return Ok(None) };
    Ok(Some(CheckedAt {
        now: Now(Timestamp(now)),
        store: row.string(15)?,
        data_version: row.unsigned(16)?,
        until: row.maybe_int(17)?.map(Timestamp),
        key: row.text(18)?.parse().map_err(|error| StateError::Damaged(format!("{error}")))?,
    }))
}

/// The counters of every deployed audience over the 24 hours up to `now`. Counted by the database, without reading users.
pub(super) fn metrics(db: &dyn Database, now: Now) -> Result<BTreeMap<u64, Metrics>, StateError> {
    let rows = db.query(
        "SELECT a.id, a.size, CAST(coalesce(sum(j.entered), 0) AS BIGINT), CAST(coalesce(sum(j.dropped), 0) AS BIGINT)
         FROM audiences a LEFT JOIN journal j ON j.audience = a.id AND j.at BETWEEN ?1 AND ?2
         WHERE a.deleted_at IS NULL GROUP BY a.id, a.size",
        &[now.ms().saturating_sub(DAY_MS).into(), now.ms().into()],
    )?;
    let counters = rows.iter().map(|row| {
        let counters = Metrics { size: row.unsigned(1)?, adds: row.unsigned(2)?, drops: row.unsigned(3)? };
        Ok((row.unsigned(0)?, counters))
    });
    counters.collect()
}
