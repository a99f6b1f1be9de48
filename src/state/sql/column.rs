//! Values as they are stored: bitmaps, MPIDs, definitions, names.
//!
//! Numbers without a sign are stored as signed ones, bit by bit.

use roaring::RoaringBitmap;

use super::Database;
use crate::base::{Fingerprint, Mpid, Name};
use crate::ir::{self, Audience, VariantName};
use crate::state::StateError;

/// How many MPIDs one chunk of users holds: 64 KiB, so that appending rewrites little and loading takes few rows.
pub(super) const CHUNK: usize = 8192;

/// A bitmap in Roaring's portable form.
pub(super) fn bitmap_bytes(bitmap: &RoaringBitmap) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(bitmap.serialized_size());
    // Writing to memory cannot fail.
    let _ = bitmap.serialize_into(&mut bytes);
    bytes
}

/// A bitmap read back; every broken form is noticed.
pub(super) fn bitmap(bytes: &[u8]) -> Result<RoaringBitmap, StateError> {
    RoaringBitmap::deserialize_from(bytes).map_err(|error| StateError::damaged(format!("a bitmap of users: {error}")))
}

/// The seal of members: their fingerprint as they are stored.
pub(super) fn seal(members: &[u8]) -> String {
    Fingerprint::of(members).to_string()
}

/// A definition as JSON.
pub(super) fn definition_json(audience: &Audience) -> Result<String, StateError> {
    serde_json::to_string(audience).map_err(|error| StateError::unfit(format!("`{}`: {error}", audience.address)))
}

/// A definition read back.
pub(super) fn definition(ir_version: u32, json: &str) -> Result<Audience, StateError> {
    if ir_version > ir::VERSION {
        return Err(StateError::Newer { found: ir_version, known: ir::VERSION });
    }
    ir::from_json(json.as_bytes()).map_err(|error| StateError::damaged(format!("a definition: {error}")))
}

/// A name read back.
pub(super) fn name(text: &str) -> Result<Name, StateError> {
    Name::new(text).map_err(|error| StateError::damaged(error.to_string()))
}

/// A part of an audience as text. A name holds no colon.
pub(super) fn variant_text(variant: &VariantName) -> String {
    match variant {
        VariantName::Whole => "whole".to_owned(),
        VariantName::Control => "control".to_owned(),
        VariantName::Variant(name) => format!("variant:{name}"),
    }
}

/// A part of an audience read back.
pub(super) fn variant(text: &str) -> Result<VariantName, StateError> {
    match (text, text.strip_prefix("variant:")) {
        ("whole", _) => Ok(VariantName::Whole),
        ("control", _) => Ok(VariantName::Control),
        (_, Some(variant)) => name(variant).map(VariantName::Variant),
        (_, None) => Err(StateError::damaged(format!("`{text}` is no part of an audience"))),
    }
}

/// How many users have a number.
pub(super) fn user_count(db: &dyn Database) -> Result<u64, StateError> {
    let last = "SELECT chunk, CAST(length(mpids) AS BIGINT) FROM users ORDER BY chunk DESC LIMIT 1";
    let Some(row) = db.first(last, &[])? else { return Ok(0) };
    Ok(u64::from(row.small(0)?) * CHUNK as u64 + row.unsigned(1)? / 8)
}

/// The MPID of each user number.
pub(super) fn users(db: &dyn Database) -> Result<Vec<Mpid>, StateError> {
    let rows = db.query("SELECT chunk, mpids FROM users ORDER BY chunk", &[])?;
    let mut mpids = Vec::with_capacity(rows.len() * CHUNK);
    for row in &rows {
        let (numbers, rest) = row.blob(1)?.as_chunks::<8>();
        let starts_right = row.small(0)? as usize * CHUNK == mpids.len();
        if !starts_right || !rest.is_empty() || numbers.len() > CHUNK {
            return Err(StateError::damaged("the numbers of users have a gap"));
        }
        mpids.extend(numbers.iter().map(|bytes| Mpid(i64::from_le_bytes(*bytes))));
    }
    Ok(mpids)
}

/// Gives the next user numbers to some MPIDs: fills the last chunk, then starts new ones.
pub(super) fn append_users(db: &dyn Database, new: &[Mpid]) -> Result<(), StateError> {
    let count = user_count(db)?;
    if count + new.len() as u64 > u64::from(u32::MAX) {
        return Err(StateError::unfit("there are no user numbers left"));
    }
    let (mut chunk, used) = ((count / CHUNK as u64) as u32, (count % CHUNK as u64) as usize);
    let (filling, rest) = new.split_at(new.len().min(CHUNK - used));
    let put =
        "INSERT INTO users (chunk, mpids) VALUES (?1, ?2) ON CONFLICT (chunk) DO UPDATE SET mpids = excluded.mpids";
    if !filling.is_empty() {
        let held = db.first("SELECT mpids FROM users WHERE chunk = ?1", &[chunk.into()])?;
        let held = held.map(|row| row.blob(0).map(<[u8]>::to_vec)).transpose()?;
        db.execute(put, &[chunk.into(), (&extended(held.unwrap_or_default(), filling)).into()])?;
    }
    for part in rest.chunks(CHUNK) {
        chunk += 1;
        db.execute(put, &[chunk.into(), (&extended(Vec::new(), part)).into()])?;
    }
    Ok(())
}

/// Fails where some of these users have no number.
pub(super) fn must_have_numbers(of: &RoaringBitmap, users: u64) -> Result<(), StateError> {
    match of.max() {
        Some(last) if u64::from(last) >= users => {
            Err(StateError::unfit(format!("there is no user number {last}, only {users} of them")))
        }
        _ => Ok(()),
    }
}

fn extended(mut bytes: Vec<u8>, mpids: &[Mpid]) -> Vec<u8> {
    bytes.reserve(mpids.len() * 8);
    bytes.extend(mpids.iter().flat_map(|mpid| mpid.0.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_audience_read_back() {
        for part in [
            VariantName::Whole,
            VariantName::Control,
            VariantName::Variant(Name::new("whole").unwrap()),
            VariantName::Variant(Name::new("control").unwrap()),
        ] {
            assert_eq!(variant(&variant_text(&part)).unwrap(), part);
        }
        assert!(variant("half").is_err() && variant("variant:").is_err());
    }
}
