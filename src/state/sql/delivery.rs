//! Deliveries: written with what they follow from, read until they are made.

use roaring::RoaringBitmap;

use super::column::{self, bitmap, bitmap_bytes, name, variant, variant_text};
use super::{Database, Row};
use crate::base::Timestamp;
use crate::ir::VariantName;
use crate::state::{ConnectionKey, Delivery, Departed, StateError};

/// A delivery that gets the next number of its connection.
pub(super) struct Outgoing<'a> {
    pub(super) audience: i64,
    pub(super) variant: &'a VariantName,
    pub(super) output: &'a str,
    pub(super) serial: u64,
    pub(super) address: &'a str,
    pub(super) downstream_name: &'a str,
    pub(super) at: Timestamp,
    pub(super) adds: &'a RoaringBitmap,
    pub(super) drops: &'a RoaringBitmap,
    pub(super) departed: &'a [Departed],
}

/// Writes a delivery.
pub(super) fn add(db: &dyn Database, new: &Outgoing<'_>) -> Result<(), StateError> {
    let next = db.one(
        "INSERT INTO connections (id, audience, variant, output, last_sequence)
         VALUES ((SELECT coalesce(max(id), 0) + 1 FROM connections), ?1, ?2, ?3, 1)
         ON CONFLICT (audience, variant, output) DO UPDATE SET last_sequence = connections.last_sequence + 1
         RETURNING id, last_sequence",
        &[new.audience.into(), (&variant_text(new.variant)).into(), new.output.into()],
    )?;
    let departed = departed_json(new.departed)?;
    db.execute(
        "INSERT INTO outbox (id, connection, sequence, serial, address, downstream_name, at, adds, drops, departed)
         VALUES ((SELECT coalesce(max(id), 0) + 1 FROM outbox), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &[
            next.int(0)?.into(),
            next.int(1)?.into(),
            new.serial.into(),
            new.address.into(),
            new.downstream_name.into(),
            new.at.into(),
            (&bitmap_bytes(new.adds)).into(),
            (&bitmap_bytes(new.drops)).into(),
            departed.as_ref().into(),
        ],
    )?;
    Ok(())
}

/// Records that a delivery was made, and forgets whom it was about.
pub(super) fn delivered(db: &dyn Database, delivery: u64, now: Timestamp) -> Result<(), StateError> {
    db.execute(
        "UPDATE outbox SET delivered_at = ?2, adds = NULL, drops = NULL, departed = NULL WHERE id = ?1 AND delivered_at IS NULL",
        &[delivery.into(), now.into()],
    )?;
    Ok(())
}

/// Deliveries not made yet, by connection and sequence.
pub(super) fn pending(db: &dyn Database) -> Result<Vec<Delivery>, StateError> {
    let rows = db.query(
        "SELECT o.id, c.audience, c.variant, c.output, o.sequence, o.address, o.downstream_name, o.at, o.adds, o.drops, o.departed
         FROM outbox o JOIN connections c ON c.id = o.connection
         WHERE o.delivered_at IS NULL ORDER BY c.audience, c.variant, c.output, o.sequence",
        &[],
    )?;
    let users = column::user_count(db)?;
    let mut deliveries = Vec::with_capacity(rows.len());
    for row in &rows {
        let delivery = delivery(row)?;
        if delivery.adds.max().max(delivery.drops.max()).is_some_and(|last| u64::from(last) >= users) {
            return Err(StateError::damaged(format!("delivery {} is about users without a number", delivery.id)));
        }
        deliveries.push(delivery);
    }
    Ok(deliveries)
}

fn delivery(row: &Row) -> Result<Delivery, StateError> {
    let connection =
        ConnectionKey { audience: row.unsigned(1)?, variant: variant(row.text(2)?)?, output: name(row.text(3)?)? };
    Ok(Delivery {
        id: row.unsigned(0)?,
        connection,
        sequence: row.unsigned(4)?,
        address: name(row.text(5)?)?,
        downstream_name: row.string(6)?,
        at: row.time(7)?,
        adds: bitmap(row.blob(8)?)?,
        drops: bitmap(row.blob(9)?)?,
        departed: departed(row.maybe_text(10)?)?,
    })
}

fn departed(json: Option<&str>) -> Result<Vec<Departed>, StateError> {
    let read = json.map(serde_json::from_str).transpose();
    Ok(read.map_err(|error| StateError::damaged(format!("people of a delivery: {error}")))?.unwrap_or_default())
}

/// People who were forgotten, as they are stored; nothing where there are none.
pub(super) fn departed_json(departed: &[Departed]) -> Result<Option<String>, StateError> {
    if departed.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(departed).map(Some).map_err(|error| StateError::unfit(error.to_string()))
}
