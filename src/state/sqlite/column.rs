//! Values as they are stored: bitmaps, MPIDs, definitions, names.
//!
//! Numbers without a sign are stored as SQLite's signed ones, bit by bit.

use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension};

use super::fault::Fault;
use crate::base::{Mpid, Name};
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
pub(super) fn bitmap(bytes: &[u8]) -> Result<RoaringBitmap, Fault> {
    RoaringBitmap::deserialize_from(bytes).map_err(|error| Fault::damaged(format!("a bitmap of users: {error}")))
}

/// A definition as JSON.
pub(super) fn definition_json(audience: &Audience) -> Result<String, Fault> {
    serde_json::to_string(audience).map_err(|error| Fault::unfit(format!("`{}`: {error}", audience.address)))
}

/// A definition read back.
pub(super) fn definition(ir_version: u32, json: &str) -> Result<Audience, Fault> {
    if ir_version > ir::VERSION {
        return Err(StateError::Newer { found: ir_version, known: ir::VERSION }.into());
    }
    ir::from_json(json.as_bytes()).map_err(|error| Fault::damaged(format!("a definition: {error}")))
}

/// A name read back.
pub(super) fn name(text: &str) -> Result<Name, Fault> {
    Name::new(text).map_err(|error| Fault::damaged(error.to_string()))
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
pub(super) fn variant(text: &str) -> Result<VariantName, Fault> {
    match (text, text.strip_prefix("variant:")) {
        ("whole", _) => Ok(VariantName::Whole),
        ("control", _) => Ok(VariantName::Control),
        (_, Some(variant)) => name(variant).map(VariantName::Variant),
        (_, None) => Err(Fault::damaged(format!("`{text}` is no part of an audience"))),
    }
}

/// A connection, made where there is none, and the number that its next delivery has.
pub(super) fn next_sequence(
    connection: &Connection,
    audience: i64,
    variant: &str,
    output: &str,
) -> Result<(i64, i64), Fault> {
    let sql = "INSERT INTO connections (audience, variant, output, last_sequence) VALUES (?1, ?2, ?3, 1)
               ON CONFLICT (audience, variant, output) DO UPDATE SET last_sequence = last_sequence + 1
               RETURNING id, last_sequence";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row((audience, variant, output), |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// How many users have a number.
pub(super) fn user_count(connection: &Connection) -> Result<u64, Fault> {
    let last = "SELECT chunk, length(mpids) FROM users ORDER BY chunk DESC LIMIT 1";
    let last = connection.query_row(last, [], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?))).optional()?;
    Ok(last.map_or(0, |(chunk, bytes)| u64::from(chunk) * CHUNK as u64 + u64::from(bytes) / 8))
}

/// The MPID of each user number.
pub(super) fn users(connection: &Connection) -> Result<Vec<Mpid>, Fault> {
    let mut mpids = Vec::with_capacity(user_count(connection)? as usize);
    let mut statement = connection.prepare_cached("SELECT chunk, mpids FROM users ORDER BY chunk")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (numbers, rest) = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?.as_chunks::<8>();
        let starts_right = row.get::<_, u32>(0)? as usize * CHUNK == mpids.len();
        if !starts_right || !rest.is_empty() || numbers.len() > CHUNK {
            return Err(Fault::damaged("the numbers of users have a gap"));
        }
        mpids.extend(numbers.iter().map(|bytes| Mpid(i64::from_le_bytes(*bytes))));
    }
    Ok(mpids)
}

/// Gives the next user numbers to some MPIDs: fills the last chunk, then starts new ones.
pub(super) fn append_users(connection: &Connection, new: &[Mpid]) -> Result<(), Fault> {
    let count = user_count(connection)?;
    if count + new.len() as u64 > u64::from(u32::MAX) {
        return Err(Fault::unfit("there are no user numbers left"));
    }
    let (mut chunk, used) = ((count / CHUNK as u64) as u32, (count % CHUNK as u64) as usize);
    let (filling, rest) = new.split_at(new.len().min(CHUNK - used));
    let mut put = connection.prepare_cached(
        "INSERT INTO users (chunk, mpids) VALUES (?1, ?2) ON CONFLICT (chunk) DO UPDATE SET mpids = excluded.mpids",
    )?;
    if !filling.is_empty() {
        let held = "SELECT mpids FROM users WHERE chunk = ?1";
        let held = connection.query_row(held, [chunk], |row| row.get::<_, Vec<u8>>(0)).optional()?;
        put.execute((chunk, extended(held.unwrap_or_default(), filling)))?;
    }
    for part in rest.chunks(CHUNK) {
        chunk += 1;
        put.execute((chunk, extended(Vec::new(), part)))?;
    }
    Ok(())
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

    #[test]
    fn users_are_appended_across_chunks() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE users (chunk INTEGER PRIMARY KEY, mpids BLOB NOT NULL)").unwrap();
        let mut all = Vec::new();
        for count in [1, 0, CHUNK - 1, 3 * CHUNK + 5, CHUNK - 5, 2] {
            let new: Vec<Mpid> = (0..count).map(|i| Mpid(-((all.len() + i) as i64) * 7)).collect();
            append_users(&connection, &new).unwrap();
            all.extend(new);
            assert_eq!(user_count(&connection).unwrap(), all.len() as u64);
        }
        assert_eq!(users(&connection).unwrap(), all);
        connection.execute("DELETE FROM users WHERE chunk = 1", []).unwrap();
        assert!(users(&connection).is_err());
    }
}
