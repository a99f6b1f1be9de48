//! Forgetting a user, inside the transaction of its caller.

use roaring::RoaringBitmap;

use super::column::{self, CHUNK, bitmap, bitmap_bytes};
use super::delivery::{self, Outgoing, departed_json};
use super::write::{self, Noted};
use super::{Database, read};
use crate::base::{Now, OutputName};
use crate::members::Difference;
use crate::state::{Carrier, Departed, Departure, StateError};

/// Writes everything of a departure. A user without a number has nothing here, and nothing changes then. Gives the serial.
pub(super) fn depart(db: &dyn Database, departure: &Departure) -> Result<u64, StateError> {
    let found = read::head(db)?.serial;
    if found != departure.expected_serial {
        return Err(StateError::Moved { expected: departure.expected_serial, found });
    }
    let number = column::users(db)?.iter().position(|mpid| *mpid == departure.mpid);
    let Some(number) = number.map(|number| number as u32) else { return Ok(found) };
    let step = Step { db, departure, number, serial: found + 1 };
    step.leave_audiences()?;
    step.change_pending()?;
    step.drop_from_all()?;
    step.replace_mpid()?;
    step.note()?;
    db.execute("UPDATE head SET serial = ?1", &[step.serial.into()])?;
    Ok(found + 1)
}

struct Step<'a> {
    db: &'a dyn Database,
    departure: &'a Departure,
    number: u32,
    serial: u64,
}

impl Step<'_> {
    /// Takes the user out of every membership. When an audience was evaluated stays what it was.
    fn leave_audiences(&self) -> Result<(), StateError> {
        let held = "SELECT id, members FROM audiences WHERE members IS NOT NULL ORDER BY id";
        for row in self.db.query(held, &[])? {
            let mut members = bitmap(row.blob(1)?)?;
            if !members.remove(self.number) {
                continue;
            }
            let (id, bytes) = (row.int(0)?, bitmap_bytes(&members));
            self.db.execute(
                "UPDATE audiences SET members = ?2, members_seal = ?3, size = ?4 WHERE id = ?1",
                &[id.into(), (&bytes).into(), (&column::seal(&bytes)).into(), members.len().into()],
            )?;
            let change = Difference { adds: RoaringBitmap::new(), drops: self.alone() };
            write::journal(self.db, id, self.departure.at, self.serial, &change)?;
        }
        Ok(())
    }

    /// Nothing that is still to be delivered adds the user; what drops them brings along what the output needs.
    fn change_pending(&self) -> Result<(), StateError> {
        for mut delivery in delivery::pending(self.db)? {
            let adds = delivery.adds.remove(self.number);
            let drops = delivery.drops.contains(self.number);
            if !adds && !drops {
                continue;
            }
            if drops {
                delivery.departed.push(self.departed(&delivery.connection.output));
            }
            let departed = departed_json(&delivery.departed)?;
            self.db.execute(
                "UPDATE outbox SET adds = ?2, departed = ?3 WHERE id = ?1",
                &[delivery.id.into(), (&bitmap_bytes(&delivery.adds)).into(), departed.as_ref().into()],
            )?;
        }
        Ok(())
    }

    fn drop_from_all(&self) -> Result<(), StateError> {
        let deployed = write::deployed(self.db)?;
        for Carrier { address, variant, output, downstream_name } in &self.departure.carried_by {
            let absent = || StateError::unfit(format!("`{address}` is not deployed"));
            delivery::add(
                self.db,
                &Outgoing {
                    audience: deployed.get(address).copied().ok_or_else(absent)?,
                    variant,
                    output: output.as_str(),
                    serial: self.serial,
                    address: address.as_str(),
                    downstream_name,
                    at: self.departure.at,
                    adds: &RoaringBitmap::new(),
                    drops: &self.alone(),
                    departed: &[self.departed(output)],
                },
            )?;
        }
        Ok(())
    }

    /// Numbers are never given again, so that of the user stays; whose it was is gone.
    fn replace_mpid(&self) -> Result<(), StateError> {
        let (chunk, at) = (self.number / CHUNK as u32, self.number as usize % CHUNK * 8);
        let held = self.db.one("SELECT mpids FROM users WHERE chunk = ?1", &[chunk.into()])?;
        let mut mpids = held.blob(0)?.to_vec();
        if let Some(place) = mpids.get_mut(at..at + 8) {
            place.copy_from_slice(&self.departure.instead.0.to_le_bytes());
        }
        self.db.execute("UPDATE users SET mpids = ?2 WHERE chunk = ?1", &[chunk.into(), (&mpids).into()])?;
        Ok(())
    }

    fn note(&self) -> Result<(), StateError> {
        let (store, data_version) = &self.departure.data;
        write::note(
            self.db,
            &Noted {
                serial: self.serial,
                at: self.departure.at,
                by: &self.departure.by,
                commit: self.departure.commit.as_deref(),
                reason: &self.departure.reason,
                now: Now(self.departure.at),
                store,
                data_version: *data_version,
                allowed: &[],
            },
        )
    }

    fn alone(&self) -> RoaringBitmap {
        RoaringBitmap::from_iter([self.number])
    }

    fn departed(&self, output: &OutputName) -> Departed {
        let identities = self.departure.identities.get(output).cloned().unwrap_or_default();
        Departed { number: self.number, mpid: self.departure.mpid, identities }
    }
}
