//! Forgetting a user: one transaction, and then nothing of it in what the database has free.

use roaring::RoaringBitmap;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::column::{self, CHUNK, bitmap, bitmap_bytes, variant_text};
use super::fault::Fault;
use super::{lock, read};
use crate::state::{Carrier, Departed, Departure, StateError};
use crate::system::System;

/// Writes everything of a departure. A user without a number has nothing here, and nothing changes then. Gives the serial.
pub(super) fn depart(
    connection: &Connection,
    system: &dyn System,
    lock: &str,
    departure: &Departure,
) -> Result<u64, Fault> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    lock::hold(&transaction, lock, system.now().0)?;
    let found = read::head(&transaction)?.serial;
    if found != departure.expected_serial {
        return Err(StateError::Moved { expected: departure.expected_serial, found }.into());
    }
    let number = column::users(&transaction)?.iter().position(|mpid| *mpid == departure.mpid);
    let Some(number) = number.map(|number| number as u32) else { return Ok(found) };
    let step = Step { db: &transaction, departure, number, serial: found + 1 };
    step.leave_audiences()?;
    step.change_pending()?;
    departure.carried_by.iter().try_for_each(|carrier| step.drop_from(carrier))?;
    step.replace_mpid()?;
    transaction.execute("UPDATE head SET serial = ?1", [step.serial.cast_signed()])?;
    transaction.commit()?;
    Ok(found + 1)
}

/// Writes the database anew, without what was deleted from it, and empties the write-ahead log.
pub(super) fn scrub(connection: &Connection, system: &dyn System, lock: &str) -> Result<(), Fault> {
    lock::hold(connection, lock, system.now().0)?;
    connection.execute_batch("VACUUM")?;
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(StateError::InUse.into()) }
}

struct Step<'a> {
    db: &'a Connection,
    departure: &'a Departure,
    number: u32,
    serial: u64,
}

impl Step<'_> {
    /// Takes the user out of every membership. When an audience was evaluated stays what it was.
    fn leave_audiences(&self) -> Result<(), Fault> {
        let mut statement =
            self.db.prepare_cached("SELECT id, members FROM audiences WHERE members IS NOT NULL ORDER BY id")?;
        let held = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        for (id, members) in held.collect::<Result<Vec<_>, _>>()? {
            let mut members = bitmap(&members)?;
            if !members.remove(self.number) {
                continue;
            }
            self.db.prepare_cached("UPDATE audiences SET members = ?2, size = ?3 WHERE id = ?1")?.execute((
                id,
                bitmap_bytes(&members),
                members.len().cast_signed(),
            ))?;
            self.db
                .prepare_cached(
                    "INSERT INTO journal (audience, at, revision, serial, entered, dropped, adds, drops)
                     SELECT id, ?2, revision, ?3, 0, 1, ?4, ?5 FROM audiences WHERE id = ?1",
                )?
                .execute((
                    id,
                    self.departure.at.0,
                    self.serial.cast_signed(),
                    bitmap_bytes(&RoaringBitmap::new()),
                    bitmap_bytes(&self.alone()),
                ))?;
        }
        Ok(())
    }

    /// Nothing that is still to be delivered adds the user; what drops them brings along what the output needs.
    fn change_pending(&self) -> Result<(), Fault> {
        for mut delivery in read::pending(self.db)? {
            let adds = delivery.adds.remove(self.number);
            let drops = delivery.drops.contains(self.number);
            if !adds && !drops {
                continue;
            }
            if drops {
                delivery.departed.push(self.departed(&delivery.connection.output));
            }
            self.db.prepare_cached("UPDATE outbox SET adds = ?2, departed = ?3 WHERE id = ?1")?.execute((
                delivery.id.cast_signed(),
                bitmap_bytes(&delivery.adds),
                departed_json(&delivery.departed)?,
            ))?;
        }
        Ok(())
    }

    fn drop_from(&self, carrier: &Carrier) -> Result<(), Fault> {
        let Carrier { address, variant, output, downstream_name } = carrier;
        let audience: i64 = self.db.query_row(
            "SELECT id FROM audiences WHERE address = ?1 AND deleted_at IS NULL",
            [address.as_str()],
            |row| row.get(0),
        )?;
        let (connection, sequence) = column::next_sequence(self.db, audience, &variant_text(variant), output.as_str())?;
        self.db
            .prepare_cached(
                "INSERT INTO outbox (connection, sequence, serial, address, downstream_name, at, adds, drops, departed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute((
                connection,
                sequence,
                self.serial.cast_signed(),
                address.as_str(),
                downstream_name,
                self.departure.at.0,
                bitmap_bytes(&RoaringBitmap::new()),
                bitmap_bytes(&self.alone()),
                departed_json(&[self.departed(output)])?,
            ))?;
        Ok(())
    }

    /// Numbers are never given again, so that of the user stays; whose it was is gone.
    fn replace_mpid(&self) -> Result<(), Fault> {
        let (chunk, at) = (self.number / CHUNK as u32, self.number as usize % CHUNK * 8);
        let held = "SELECT mpids FROM users WHERE chunk = ?1";
        let mut mpids: Vec<u8> = self.db.query_row(held, [chunk], |row| row.get(0))?;
        if let Some(place) = mpids.get_mut(at..at + 8) {
            place.copy_from_slice(&self.departure.instead.0.to_le_bytes());
        }
        self.db.execute("UPDATE users SET mpids = ?2 WHERE chunk = ?1", (chunk, mpids))?;
        Ok(())
    }

    fn alone(&self) -> RoaringBitmap {
        RoaringBitmap::from_iter([self.number])
    }

    fn departed(&self, output: &crate::base::OutputName) -> Departed {
        let identities = self.departure.identities.get(output).cloned().unwrap_or_default();
        Departed { number: self.number, mpid: self.departure.mpid, identities }
    }
}

/// People who were forgotten, as they are stored; nothing where there are none.
fn departed_json(departed: &[Departed]) -> Result<Option<String>, Fault> {
    if departed.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(departed).map(Some).map_err(|error| Fault::unfit(error.to_string()))
}
