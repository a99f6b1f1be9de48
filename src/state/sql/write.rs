//! Writing a changeset, inside the transaction of its caller.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use uuid::Uuid;

use super::column::{self, bitmap, bitmap_bytes, definition, definition_json, must_have_numbers};
use super::delivery::{self, Outgoing};
use super::{Database, read};
use crate::base::{Address, Fingerprint, Now, Timestamp};
use crate::ir::{self, Audience};
use crate::members::Difference;
use crate::state::{Allowed, Changeset, Checked, NewDelivery, StateChange, StateError};

/// Writes everything of a changeset, and gives the new serial.
pub(super) fn commit(db: &dyn Database, changes: &Changeset) -> Result<u64, StateError> {
    let found = read::head(db)?.serial;
    if found != changes.expected_serial {
        return Err(StateError::Moved { expected: changes.expected_serial, found });
    }
    column::append_users(db, &changes.new_users)?;
    let mut writing = Writing {
        db,
        changes,
        serial: found + 1,
        users: column::user_count(db)?,
        deployed: deployed(db)?,
        deleted: BTreeMap::new(),
        last: db.one("SELECT coalesce(max(id), 0) FROM audiences", &[])?.int(0)?,
    };
    writing.write_changes()?;
    changes.checked.iter().try_for_each(|checked| writing.check(checked))?;
    changes.deliveries.iter().try_for_each(|delivery| writing.write_delivery(delivery))?;
    let (now, version) = changes.evaluated;
    note(
        db,
        &Noted {
            serial: writing.serial,
            at: changes.at,
            by: &changes.by,
            commit: changes.commit.as_deref(),
            reason: &changes.reason,
            now,
            store: &changes.store,
            data_version: version,
            allowed: &changes.allowed,
        },
    )?;
    // With the first serial, the state also gets its lineage.
    db.execute(
        "UPDATE head SET serial = ?1, evaluated_at = ?2, data_version = ?3,
             lineage = CASE WHEN lineage = '' THEN ?4 ELSE lineage END",
        &[writing.serial.into(), now.0.into(), version.into(), (&Uuid::new_v4().to_string()).into()],
    )?;
    Ok(writing.serial)
}

/// What the history says of a commit.
pub(super) struct Noted<'a> {
    pub(super) serial: u64,
    pub(super) at: Timestamp,
    pub(super) by: &'a str,
    pub(super) commit: Option<&'a str>,
    pub(super) reason: &'a str,
    pub(super) now: Now,
    pub(super) store: &'a str,
    pub(super) data_version: u64,
    pub(super) allowed: &'a [Allowed],
}

/// Writes a commit into the history.
pub(super) fn note(db: &dyn Database, commit: &Noted<'_>) -> Result<(), StateError> {
    let allowed = serde_json::to_string(commit.allowed).map_err(|error| StateError::unfit(error.to_string()))?;
    db.execute(
        "INSERT INTO commits (serial, at, \"by\", git_commit, reason, \"now\", store, data_version, allowed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &[
            commit.serial.into(),
            commit.at.into(),
            commit.by.into(),
            commit.commit.into(),
            commit.reason.into(),
            commit.now.0.into(),
            commit.store.into(),
            commit.data_version.into(),
            (&allowed).into(),
        ],
    )?;
    Ok(())
}

/// Writes who entered and left an audience into the journal.
pub(super) fn journal(
    db: &dyn Database,
    audience: i64,
    at: Timestamp,
    serial: u64,
    change: &Difference,
) -> Result<(), StateError> {
    db.execute(
        "INSERT INTO journal (id, audience, at, revision, serial, entered, dropped, adds, drops)
         VALUES ((SELECT coalesce(max(id), 0) + 1 FROM journal), ?1, ?2,
                 (SELECT revision FROM audiences WHERE id = ?1), ?3, ?4, ?5, ?6, ?7)",
        &[
            audience.into(),
            at.into(),
            serial.into(),
            change.adds.len().into(),
            change.drops.len().into(),
            (&bitmap_bytes(&change.adds)).into(),
            (&bitmap_bytes(&change.drops)).into(),
        ],
    )?;
    Ok(())
}

/// The numbers of what is deployed, by address.
pub(super) fn deployed(db: &dyn Database) -> Result<BTreeMap<Address, i64>, StateError> {
    let rows = db.query("SELECT address, id FROM audiences WHERE deleted_at IS NULL", &[])?;
    rows.iter().map(|row| Ok((column::name(row.text(0)?)?, row.int(1)?))).collect()
}

struct Writing<'a> {
    db: &'a dyn Database,
    changes: &'a Changeset,
    /// The serial after the commit.
    serial: u64,
    /// How many users have a number after the commit.
    users: u64,
    /// What is deployed, as the changes go on.
    deployed: BTreeMap<Address, i64>,
    /// The audiences that this changeset deletes.
    deleted: BTreeMap<Address, i64>,
    /// The number that was given last. Rows of deleted audiences stay, so that none is given twice.
    last: i64,
}

impl Writing<'_> {
    fn write_changes(&mut self) -> Result<(), StateError> {
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

    fn write_change(&mut self, change: &StateChange) -> Result<(), StateError> {
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

    fn create(&mut self, audience: &Audience, salt: Option<&str>) -> Result<(), StateError> {
        self.must_be_free(&audience.address)?;
        let json = definition_json(audience)?;
        self.last += 1;
        self.db.execute(
            "INSERT INTO audiences (id, address, ir_version, definition, fingerprint, revision, salt, created_at,
                 created_by, updated_at, updated_by) VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?7, ?8)",
            &[
                self.last.into(),
                audience.address.as_str().into(),
                ir::VERSION.into(),
                (&json).into(),
                (&Fingerprint::of(&json).to_string()).into(),
                salt.into(),
                self.changes.at.into(),
                (&self.changes.by).into(),
            ],
        )?;
        self.deployed.insert(audience.address.clone(), self.last);
        self.add_address(self.last, &audience.address)?;
        self.add_revision(self.last, &json)
    }

    /// What was evaluated of another definition is not known to hold for this one.
    fn update(&self, audience: &Audience, salt: Option<&str>) -> Result<(), StateError> {
        let (id, json) = (self.id_of(&audience.address)?, definition_json(audience)?);
        self.db.execute(
            "UPDATE audiences SET ir_version = ?2, definition = ?3, fingerprint = ?4, salt = ?5, updated_at = ?6,
                 updated_by = ?7, revision = revision + 1, checked_at = NULL WHERE id = ?1",
            &[
                id.into(),
                ir::VERSION.into(),
                (&json).into(),
                (&Fingerprint::of(&json).to_string()).into(),
                salt.into(),
                self.changes.at.into(),
                (&self.changes.by).into(),
            ],
        )?;
        self.add_revision(id, &json)
    }

    fn add_revision(&self, id: i64, json: &str) -> Result<(), StateError> {
        self.db.execute(
            "INSERT INTO revisions (audience, revision, at, \"by\", git_commit, ir_version, definition, serial)
             VALUES (?1, (SELECT revision FROM audiences WHERE id = ?1), ?2, ?3, ?4, ?5, ?6, ?7)",
            &[
                id.into(),
                self.changes.at.into(),
                (&self.changes.by).into(),
                self.changes.commit.as_ref().into(),
                ir::VERSION.into(),
                json.into(),
                self.serial.into(),
            ],
        )?;
        Ok(())
    }

    /// From this serial on an audience has an address; the last one that it gets in a commit.
    fn add_address(&self, id: i64, address: &Address) -> Result<(), StateError> {
        let (id, serial) = (id.into(), self.serial.into());
        self.db.execute("DELETE FROM addresses WHERE audience = ?1 AND serial = ?2", &[id, serial])?;
        self.db.execute(
            "INSERT INTO addresses (audience, address, serial) VALUES (?1, ?2, ?3)",
            &[id, address.as_str().into(), serial],
        )?;
        Ok(())
    }

    /// Renames audiences, all at once: none of them keeps an address while another one takes it.
    fn rename(&mut self, run: &[StateChange]) -> Result<(), StateError> {
        let mut moving = Vec::new();
        for change in run {
            if let StateChange::Rename { from, to } = change {
                let id = self.id_of(from)?;
                // A dash is in no address.
                let aside = "UPDATE audiences SET address = '-' || CAST(id AS TEXT) WHERE id = ?1";
                self.db.execute(aside, &[id.into()])?;
                moving.push((id, from, to));
            }
        }
        for (_, from, _) in &moving {
            self.deployed.remove(*from);
        }
        for (id, _, to) in moving {
            self.must_be_free(to)?;
            self.move_to(id, to)?;
            self.deployed.insert(to.clone(), id);
        }
        Ok(())
    }

    fn move_to(&self, id: i64, to: &Address) -> Result<(), StateError> {
        let held = self.db.one("SELECT ir_version, definition FROM audiences WHERE id = ?1", &[id.into()])?;
        let moved = Audience { address: to.clone(), ..definition(held.small(0)?, held.text(1)?)? };
        let json = definition_json(&moved)?;
        self.db.execute(
            "UPDATE audiences SET address = ?2, ir_version = ?3, definition = ?4, fingerprint = ?5, updated_at = ?6,
                 updated_by = ?7 WHERE id = ?1",
            &[
                id.into(),
                to.as_str().into(),
                ir::VERSION.into(),
                (&json).into(),
                (&Fingerprint::of(&json).to_string()).into(),
                self.changes.at.into(),
                (&self.changes.by).into(),
            ],
        )?;
        self.add_address(id, to)
    }

    fn delete(&mut self, address: &Address) -> Result<(), StateError> {
        let id = self.id_of(address)?;
        self.set_members(id, None)?;
        self.db.execute(
            "UPDATE audiences SET deleted_at = ?2, deleted_by = ?3, deleted_serial = ?4 WHERE id = ?1",
            &[id.into(), self.changes.at.into(), (&self.changes.by).into(), self.serial.into()],
        )?;
        self.deployed.remove(address);
        self.deleted.insert(address.clone(), id);
        Ok(())
    }

    /// Replaces the members, and writes down who entered and left. The same members only get a seal where they have another one.
    fn set_members(&self, id: i64, members: Option<&RoaringBitmap>) -> Result<(), StateError> {
        let held = self.db.one("SELECT members, members_seal FROM audiences WHERE id = ?1", &[id.into()])?;
        let is_sealed = match (held.maybe_blob(0)?, held.maybe_text(1)?) {
            (_, None) => true,
            (bytes, Some(seal)) => bytes.is_some_and(|bytes| column::seal(bytes) == seal),
        };
        // What something else put there was told to nobody.
        let before =
            if is_sealed { held.maybe_blob(0)?.map(bitmap).transpose()? } else { Some(read::replayed(self.db, id)?) };
        let nobody = RoaringBitmap::new();
        must_have_numbers(members.unwrap_or(&nobody), self.users)?;
        let bytes = members.map(bitmap_bytes);
        let seal = bytes.as_deref().map(column::seal);
        if before.as_ref() == members {
            if !is_sealed || held.maybe_text(1)? != seal.as_deref() {
                let reseal = "UPDATE audiences SET members = ?2, members_seal = ?3, size = ?4 WHERE id = ?1";
                let size = members.map_or(0, RoaringBitmap::len);
                self.db.execute(reseal, &[id.into(), bytes.as_ref().into(), seal.as_ref().into(), size.into()])?;
            }
            return Ok(());
        }
        self.db.execute(
            "UPDATE audiences SET members = ?2, members_seal = ?3, size = ?4, evaluated_at = ?5, checked_at = NULL WHERE id = ?1",
            &[
                id.into(),
                bytes.as_ref().into(),
                seal.as_ref().into(),
                members.map_or(0, RoaringBitmap::len).into(),
                members.map(|_| self.changes.evaluated.0.0).into(),
            ],
        )?;
        let change = Difference::between(before.as_ref().unwrap_or(&nobody), members.unwrap_or(&nobody));
        if change.is_empty() {
            return Ok(());
        }
        journal(self.db, id, self.changes.evaluated.0.0, self.serial, &change)
    }

    fn check(&self, checked: &Checked) -> Result<(), StateError> {
        let (now, version) = self.changes.evaluated;
        self.db.execute(
            "UPDATE audiences SET checked_at = ?2, checked_store = ?3, checked_version = ?4, checked_until = ?5, checked_key = ?6
             WHERE id = ?1",
            &[
                self.id_of(&checked.address)?.into(),
                now.0.into(),
                (&self.changes.store).into(),
                version.into(),
                checked.until.into(),
                (&checked.key.to_string()).into(),
            ],
        )?;
        Ok(())
    }

    fn write_delivery(&self, new: &NewDelivery) -> Result<(), StateError> {
        must_have_numbers(&new.adds, self.users)?;
        must_have_numbers(&new.drops, self.users)?;
        let audience = if new.of_deleted {
            let unknown = || StateError::unfit(format!("`{}` is not deleted", new.address));
            self.deleted.get(&new.address).copied().ok_or_else(unknown)?
        } else {
            self.id_of(&new.address)?
        };
        delivery::add(
            self.db,
            &Outgoing {
                audience,
                variant: &new.variant,
                output: new.output.as_str(),
                serial: self.serial,
                address: new.address.as_str(),
                downstream_name: &new.downstream_name,
                at: self.changes.evaluated.0.0,
                adds: &new.adds,
                drops: &new.drops,
                departed: &[],
            },
        )
    }

    fn id_of(&self, address: &Address) -> Result<i64, StateError> {
        let absent = || StateError::unfit(format!("`{address}` is not deployed"));
        self.deployed.get(address).copied().ok_or_else(absent)
    }

    fn must_be_free(&self, address: &Address) -> Result<(), StateError> {
        match self.deployed.get(address) {
            Some(_) => Err(StateError::unfit(format!("`{address}` is deployed already"))),
            None => Ok(()),
        }
    }
}
