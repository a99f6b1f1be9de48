//! Forgetting a person: nothing of them stays in the folder of a store, and nothing brings them back.
//!
//! In: a folder whose lock the caller holds, and the row of a person. Out: the same store without them. What always holds:
//! - The tombstone comes first, and is durable before anything else happens; from then on no import and no recent write adds to the
//!   person. It says which row is to be erased until all is done, so that a run that died anywhere is finished by the next one.
//! - Every step may be repeated. Until the manifest is replaced, the old files are the store; from then on the new ones are.
//! - Rows keep their numbers: the person's is nobody's from then on.

mod rejects;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::error::StoreError;
use super::files::{Change, Manifest, TableName, Writing, load, remove_unnamed};
use super::forgotten::Forgotten;
use super::{SHARD_USERS, Store, fold, import, recent};
use crate::base::Mpid;
use crate::base::text::fold as any_case;
use crate::catalog::IdentityType;
use crate::system::System;

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
            attributes: fields.filter(|column| column.code(row as usize) != super::ABSENT).count() as u64,
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

/// The rows that are still those of people who are to be forgotten.
fn rows_left(forgotten: &Forgotten, store: &Store) -> Vec<u32> {
    let begun = forgotten.people.iter().filter(|person| !person.done).filter_map(|person| person.row);
    let mut rows: Vec<u32> =
        begun.filter(|row| store.users.mpid(*row).is_some_and(|mpid| forgotten.has_mpid(mpid))).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Erases everybody whose forgetting was begun from everything in the folder: the files, recent writes, rows kept aside, and what
/// runs that died left behind.
///
/// # Errors
/// A damaged store, or the system refuses: run again, and it goes on.
pub fn erase(system: &dyn System, folder: &Path) -> Result<Erased, StoreError> {
    let forgotten = Forgotten::read(system, folder)?;
    let people = forgotten.people.iter().filter(|person| !person.done).count() as u64;
    if people == 0 {
        return Ok(Erased::default());
    }
    fold(system, folder)?;
    let mut values = Vec::new();
    if let Some(manifest) = Manifest::read(system, folder)? {
        let store = load(system, folder, &manifest)?;
        let rows = rows_left(&forgotten, &store);
        let known = rows.iter().flat_map(|row| store.users.identities.of(*row));
        values.extend(known.map(|each| any_case(each.value).into_owned()));
        store.ensure_whole()?;
        // Before the files, since only they know what to look for inside of longer texts.
        let rejected_rows = rejects::clean(system, folder, &forgotten, &values)?;
        if !rows.is_empty() {
            rewrite(system, folder, &manifest, &store, &rows)?;
        }
        sweep(system, folder)?;
        return Ok(Erased { people, rejected_rows });
    }
    let rejected_rows = rejects::clean(system, folder, &forgotten, &values)?;
    sweep(system, folder)?;
    Ok(Erased { people, rejected_rows })
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

/// Removes old files, and what is left of files and recent writes that are gone.
fn sweep(system: &dyn System, folder: &Path) -> Result<(), StoreError> {
    let refused = || StoreError::system("remove an old file of the store");
    if let Some(manifest) = Manifest::read(system, folder)? {
        recent::scrub(system, folder, manifest.folded)?;
        remove_unnamed(system, folder, &manifest).map_err(refused())?;
    }
    system.remove_partials(folder).map_err(refused())
}

/// Writes the store without some users. A segment that says nothing of them stays as it is, unless it has texts that no row says.
fn rewrite(
    system: &dyn System,
    folder: &Path,
    manifest: &Manifest,
    store: &Store,
    rows: &[u32],
) -> Result<(), StoreError> {
    let writing = Writing::begin(system, folder, manifest)?;
    let mut next = store.clone();
    next.version += 1;
    next.users = Arc::new(store.users.without(&store.users.nobodies(rows)));
    let (mut kept, mut touched, mut last) = (manifest.clone(), BTreeSet::new(), 0);
    kept.files.retain(|file| !matches!(file.table, TableName::Events(_)));
    let events = Arc::make_mut(&mut next.events);
    for (key, segments) in store.events.iter() {
        let files = manifest.files.iter().filter(|file| file.table == TableName::Events(key.clone()));
        let mut left = Vec::new();
        for (segment, file) in segments.iter().zip(files) {
            let Some(without) = segment.without(rows) else {
                left.push(segment.clone());
                kept.files.push(file.clone());
                continue;
            };
            touched.insert(key.clone());
            if !without.is_empty() {
                let without = Arc::new(without);
                // Several segments of an event may be written, and no two files have one name.
                let nth = left.len() as u64;
                last = last.max(nth);
                let of_key = std::slice::from_ref(&without);
                kept.files.push(writing.after(nth).together(key, of_key, &store.inputs)?);
                left.push(without);
            }
        }
        match left.is_empty() {
            true => drop(events.remove(key)),
            false => drop(events.insert(key.clone(), left)),
        }
    }
    let described = Manifest {
        version: next.version,
        detected: import::detect_again(&next, &touched, &manifest.detected),
        ..manifest.clone()
    };
    writing.after(last).finish(&next, &kept, &|_| Change::Kept(usize::MAX), None, Vec::new(), described)
}
