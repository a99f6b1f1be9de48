//! Forgetting a person: nothing of them stays in the folder of a store, and nothing brings them back.
//!
//! In: a folder whose lock the caller holds, and the row of a person. Out: the same store without them. What always holds:
//! - The tombstone comes first, and is durable before anything else happens; from then on no import and no recent write adds to the
//!   person. It says which row is to be erased until all is done, so that a run that died anywhere is finished by the next one.
//! - Every step may be repeated. Until the manifest is replaced, the old files are the store; from then on the new ones are.
//! - Rows keep their numbers: the person's is nobody's from then on.

mod erase;
mod rejects;

use std::path::Path;

use super::error::StoreError;
use super::forgotten::Forgotten;
use super::{ABSENT, SHARD_USERS, Store};
use crate::base::Mpid;
use crate::catalog::IdentityType;
use crate::system::System;

pub use erase::erase;

/// A person who is to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgetting {
    /// The MPID.
    pub mpid: Mpid,
    /// The row of the store; `None` where the data does not know the person.
    pub row: Option<u32>,
    /// The identities, by type.
    pub identities: Vec<(IdentityType, String)>,
}

/// How much is known of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Fields of the person's profiles, attributes above all.
    pub attributes: u64,
    /// Identities.
    pub identities: u64,
    /// Events.
    pub events: u64,
}

/// Whether somebody was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// Nobody knows of it.
    No,
    /// It was begun, and not finished.
    Begun,
    /// Everything is done.
    Done,
}

/// What was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many people, those of runs that had died included.
    pub people: u64,
    /// Rows that imports had kept aside as bad, and that named one of them.
    pub rejected_rows: u64,
}

impl Store {
    /// How much is known of a user.
    pub fn footprint(&self, row: u32) -> Footprint {
        let fields = self.users.fields.values().flat_map(|fields| fields.values());
        let (shard, user) = (row as usize / SHARD_USERS, (row as usize % SHARD_USERS) as u16);
        let shards = self.events.values().flatten().filter_map(|segment| segment.shards.get(shard));
        Footprint {
            attributes: fields.filter(|column| column.code(row as usize) != ABSENT).count() as u64,
            identities: self.users.identities.range(row).len() as u64,
            events: shards.map(|shard| shard.users.iter().filter(|each| **each == user).count() as u64).sum(),
        }
    }
}

/// The person of a row.
pub fn forgetting(store: &Store, row: u32) -> Option<Forgetting> {
    let identities = store.users.identities.of(row).map(|each| (each.identity, each.value.to_owned()));
    Some(Forgetting { mpid: store.users.mpid(row)?, row: Some(row), identities: identities.collect() })
}

/// Whether an MPID, or an identity, was forgotten.
///
/// # Errors
/// What is known of forgotten people cannot be read.
pub fn remembered(
    system: &dyn System,
    folder: &Path,
    mpid: Option<Mpid>,
    identity: Option<(IdentityType, &str)>,
) -> Result<Remembered, StoreError> {
    let forgotten = Forgotten::read(system, folder)?;
    let by_mpid = mpid.and_then(|mpid| forgotten.of_mpid(mpid));
    let found = by_mpid.or_else(|| identity.and_then(|(identity, value)| forgotten.of(identity, value)));
    Ok(found.map_or(Remembered::No, |person| if person.done { Remembered::Done } else { Remembered::Begun }))
}

/// Whether anybody's forgetting was begun and not finished.
///
/// # Errors
/// What is known of forgotten people cannot be read.
pub fn is_forgetting(system: &dyn System, folder: &Path) -> Result<bool, StoreError> {
    Ok(Forgotten::read(system, folder)?.people.iter().any(|person| !person.done))
}

/// Writes down that a person is to be forgotten. Once this returns, a run that dies is finished by the next one.
///
/// # Errors
/// The system refuses; nothing is begun then.
pub fn remember_to_forget(
    system: &dyn System,
    folder: &Path,
    store: &Store,
    person: &Forgetting,
) -> Result<(), StoreError> {
    let mut forgotten = Forgotten::read(system, folder)?;
    let shared =
        |identity: IdentityType, value: &str| store.rows_of(identity, value).iter().any(|row| Some(*row) != person.row);
    store.ensure_whole()?;
    system.create_folder(folder).map_err(StoreError::system("make the folder of the store"))?;
    forgotten.add(person.mpid, &person.identities, person.row, shared);
    forgotten.write(system, folder)
}

/// Those of some MPIDs that are of people who were forgotten.
///
/// # Errors
/// What is known of forgotten people cannot be read.
pub fn forgotten_among(system: &dyn System, folder: &Path, mpids: &[Mpid]) -> Result<Vec<Mpid>, StoreError> {
    let forgotten = Forgotten::read(system, folder)?;
    Ok(mpids.iter().copied().filter(|mpid| forgotten.has_mpid(*mpid)).collect())
}

/// Writes down that everything of everybody whose forgetting was begun is gone.
///
/// # Errors
/// The system refuses.
pub fn settle_forgotten(system: &dyn System, folder: &Path) -> Result<(), StoreError> {
    let mut forgotten = Forgotten::read(system, folder)?;
    if forgotten.people.iter().all(|person| person.done) {
        return Ok(());
    }
    for person in &mut forgotten.people {
        (person.done, person.row) = (true, None);
    }
    forgotten.write(system, folder)
}
