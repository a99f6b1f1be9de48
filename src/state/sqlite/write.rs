//! Writing a changeset: one transaction from the check of the lock to the new serial.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::column::{self, bitmap, bitmap_bytes, definition, definition_json, variant_text};
use super::fault::Fault;
use super::{lock, read};
use crate::base::Address;
use crate::ir::{self, Audience};
use crate::members::Difference;
use crate::state::{Changeset, NewDelivery, StateChange, StateError};
use crate::system::System;

/// Writes everything of a changeset, and gives the new serial.
pub(super) fn commit(
    connection: &Connection,
    system: &dyn System,
    lock: &str,
    changes: &Changeset,
) -> Result<u64, Fault> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    lock::hold(&transaction, lock, system.now().0)?;
    let found = read::head(&transaction)?.serial;
    if found != changes.expected_serial {
        return Err(StateError::Moved { expected: changes.expected_serial, found }.into());
    }
    column::append_users(&transaction, &changes.new_users)?;
    let users = column::user_count(&transaction)?;
    let mut commit = Commit { db: &transaction, changes, serial: found + 1, users, deleted: BTreeMap::new() };
    commit.write_changes()?;
    commit.write_deliveries()?;
    commit.write_head()?;
    let serial = commit.serial;
    transaction.commit()?;
    Ok(serial)
}

/// Records that a delivery was made, and forgets whom it was about.
pub(super) fn delivered(connection: &Connection, system: &dyn System, lock: &str, delivery: u64) -> Result<(), Fault> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let now = system.now().0;
    lock::hold(&transaction, lock, now)?;
    transaction.execute(
        "UPDATE outbox SET delivered_at = ?2, adds = NULL, drops = NULL, departed = NULL WHERE id = ?1 AND delivered_at IS NULL",
        (delivery.cast_signed(), now.0),
    )?;
    Ok(transaction.commit()?)
}

struct Commit<'a> {
    db: &'a Connection,
    changes: &'a Changeset,
    /// The serial after the commit.
    serial: u64,
    /// How many users have a number after the commit.
    users: u64,
    /// The audiences that this changeset deletes.
    deleted: BTreeMap<Address, i64>,
}

impl Commit<'_> {
    fn write_changes(&mut self) -> Result<(), Fault> {
        let is_rename = |change: &StateChange| matches!(change, StateChange::Rename { .. });
        for run in self.changes.changes.chunk_by(|one, next| is_rename(one) && is_rename(next)) {
            if run.first().is_some_and(is_rename) {
                self.rename(run)?;
                continue;
            }
            for change in run {
                self.write_change(change)?;
            }
        }
        Ok(())
    }

    fn write_change(&mut self, change: &StateChange) -> Result<(), Fault> {
        match change {
            StateChange::Create { definition, salt } => self.create(definition, salt.as_deref()),
            StateChange::Update { definition, salt } => self.update(definition, salt.as_deref()),
            StateChange::Delete { address } => self.delete(address),
            StateChange::Members { address, members } => {
                let id = self.id_of(address)?;
                self.set_members(id, members.as_ref())
            }
            // Handled as a run.
            StateChange::Rename { .. } => Ok(()),
        }
    }

    fn create(&self, audience: &Audience, salt: Option<&str>) -> Result<(), Fault> {
        self.must_be_free(&audience.address)?;
        let (at, by, json) = (self.changes.at.0, &self.changes.by, definition_json(audience)?);
        self.db
            .prepare_cached(
                "INSERT INTO audiences (address, ir_version, definition, fingerprint, revision, salt, created_at,
                     created_by, updated_at, updated_by) VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?6, ?7)",
            )?
            .execute((
                audience.address.as_str(),
                ir::VERSION,
                &json,
                audience.fingerprint().to_string(),
                salt,
                at,
                by,
            ))?;
        self.add_revision(self.db.last_insert_rowid(), &json)
    }

    fn update(&self, audience: &Audience, salt: Option<&str>) -> Result<(), Fault> {
        let (id, json) = (self.id_of(&audience.address)?, definition_json(audience)?);
        self.db
            .prepare_cached(
                "UPDATE audiences SET ir_version = ?2, definition = ?3, fingerprint = ?4, salt = ?5, updated_at = ?6,
                     updated_by = ?7, revision = revision + 1 WHERE id = ?1",
            )?
            .execute((
                id,
                ir::VERSION,
                &json,
                audience.fingerprint().to_string(),
                salt,
                self.changes.at.0,
                &self.changes.by,
            ))?;
        self.add_revision(id, &json)
    }

    fn add_revision(&self, id: i64, json: &str) -> Result<(), Fault> {
        self.db
            .prepare_cached(
                "INSERT INTO revisions (audience, revision, at, by, git_commit, ir_version, definition)
                 SELECT id, revision, ?2, ?3, ?4, ?5, ?6 FROM audiences WHERE id = ?1",
            )?
            .execute((id, self.changes.at.0, &self.changes.by, &self.changes.commit, ir::VERSION, json))?;
        Ok(())
    }

    /// Renames audiences, all at once: none of them keeps an address while another one takes it.
    fn rename(&self, run: &[StateChange]) -> Result<(), Fault> {
        let mut moving = Vec::new();
        for change in run {
            if let StateChange::Rename { from, to } = change {
                moving.push((self.id_of(from)?, to));
            }
        }
        // A dash is in no address.
        let mut leave = self.db.prepare_cached("UPDATE audiences SET address = '-' || id WHERE id = ?1")?;
        for (id, _) in &moving {
            leave.execute([id])?;
        }
        for (id, to) in moving {
            self.must_be_free(to)?;
            self.move_to(id, to)?;
        }
        Ok(())
    }

    fn move_to(&self, id: i64, to: &Address) -> Result<(), Fault> {
        let held = "SELECT ir_version, definition FROM audiences WHERE id = ?1";
        let (version, json) =
            self.db.query_row(held, [id], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?)))?;
        let moved = Audience { address: to.clone(), ..definition(version, &json)? };
        self.db
            .prepare_cached(
                "UPDATE audiences SET address = ?2, ir_version = ?3, definition = ?4, fingerprint = ?5, updated_at = ?6,
                     updated_by = ?7 WHERE id = ?1",
            )?
            .execute((
                id,
                to.as_str(),
                ir::VERSION,
                definition_json(&moved)?,
                moved.fingerprint().to_string(),
                self.changes.at.0,
                &self.changes.by,
            ))?;
        Ok(())
    }

    fn delete(&mut self, address: &Address) -> Result<(), Fault> {
        let id = self.id_of(address)?;
        self.set_members(id, None)?;
        self.db.prepare_cached("UPDATE audiences SET deleted_at = ?2, deleted_by = ?3 WHERE id = ?1")?.execute((
            id,
            self.changes.at.0,
            &self.changes.by,
        ))?;
        self.deleted.insert(address.clone(), id);
        Ok(())
    }

    /// Replaces the members, and writes down who entered and left.
    fn set_members(&self, id: i64, members: Option<&RoaringBitmap>) -> Result<(), Fault> {
        let held = self.db.query_row("SELECT members FROM audiences WHERE id = ?1", [id], |row| {
            Ok(row.get_ref(0)?.as_blob_or_null()?.map(bitmap).transpose())
        })??;
        let nobody = RoaringBitmap::new();
        self.must_have_numbers(members.unwrap_or(&nobody))?;
        let change = Difference::between(held.as_ref().unwrap_or(&nobody), members.unwrap_or(&nobody));
        if held.as_ref() != members {
            self.db
                .prepare_cached("UPDATE audiences SET members = ?2, size = ?3, evaluated_at = ?4 WHERE id = ?1")?
                .execute((
                    id,
                    members.map(bitmap_bytes),
                    members.map_or(0, RoaringBitmap::len).cast_signed(),
                    members.map(|_| self.changes.evaluated.0.ms()),
                ))?;
        }
        if change.is_empty() { Ok(()) } else { self.add_to_journal(id, &change) }
    }

    fn add_to_journal(&self, id: i64, change: &Difference) -> Result<(), Fault> {
        self.db
            .prepare_cached(
                "INSERT INTO journal (audience, at, revision, serial, entered, dropped, adds, drops)
                 SELECT id, ?2, revision, ?3, ?4, ?5, ?6, ?7 FROM audiences WHERE id = ?1",
            )?
            .execute((
                id,
                self.changes.evaluated.0.ms(),
                self.serial.cast_signed(),
                change.adds.len().cast_signed(),
                change.drops.len().cast_signed(),
                bitmap_bytes(&change.adds),
                bitmap_bytes(&change.drops),
            ))?;
        Ok(())
    }

    fn write_deliveries(&self) -> Result<(), Fault> {
        self.changes.deliveries.iter().try_for_each(|delivery| self.write_delivery(delivery))
    }

    fn write_delivery(&self, delivery: &NewDelivery) -> Result<(), Fault> {
        self.must_have_numbers(&delivery.adds)?;
        self.must_have_numbers(&delivery.drops)?;
        let audience = if delivery.of_deleted {
            let unknown = || Fault::unfit(format!("`{}` is not deleted", delivery.address));
            self.deleted.get(&delivery.address).copied().ok_or_else(unknown)?
        } else {
            self.id_of(&delivery.address)?
        };
        let (variant, output) = (variant_text(&delivery.variant), delivery.output.as_str());
        let (connection, sequence) = column::next_sequence(self.db, audience, &variant, output)?;
        self.db
            .prepare_cached(
                "INSERT INTO outbox (connection, sequence, serial, address, downstream_name, at, adds, drops)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                connection,
                sequence,
                self.serial.cast_signed(),
                delivery.address.as_str(),
                &delivery.downstream_name,
                self.changes.evaluated.0.ms(),
                bitmap_bytes(&delivery.adds),
                bitmap_bytes(&delivery.drops),
            ))?;
        Ok(())
    }

    /// The new serial; with the first one, the state also gets its lineage.
    fn write_head(&self) -> Result<(), Fault> {
        let (now, data_version) = self.changes.evaluated;
        self.db.execute(
            "UPDATE head SET serial = ?1, evaluated_at = ?2, data_version = ?3,
                 lineage = CASE WHEN lineage = '' THEN ?4 ELSE lineage END",
            (self.serial.cast_signed(), now.ms(), data_version.cast_signed(), Uuid::new_v4().to_string()),
        )?;
        Ok(())
    }

    fn find(&self, address: &Address) -> Result<Option<i64>, Fault> {
        let mut statement =
            self.db.prepare_cached("SELECT id FROM audiences WHERE address = ?1 AND deleted_at IS NULL")?;
        Ok(statement.query_row([address.as_str()], |row| row.get(0)).optional()?)
    }

    fn id_of(&self, address: &Address) -> Result<i64, Fault> {
        self.find(address)?.ok_or_else(|| Fault::unfit(format!("`{address}` is not deployed")))
    }

    fn must_be_free(&self, address: &Address) -> Result<(), Fault> {
        match self.find(address)? {
            Some(_) => Err(Fault::unfit(format!("`{address}` is deployed already"))),
            None => Ok(()),
        }
    }

    fn must_have_numbers(&self, users: &RoaringBitmap) -> Result<(), Fault> {
        match users.max() {
            Some(last) if u64::from(last) >= self.users => {
                Err(Fault::unfit(format!("there is no user number {last}, only {} of them", self.users)))
            }
            _ => Ok(()),
        }
    }
}
