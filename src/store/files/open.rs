//! Opening a store: the manifest is read, the files are mapped, their lengths and layouts compared. No column is read.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_schema::ArrowError;
use rayon::prelude::*;

use super::super::error::StoreError;
use super::super::events::{EventTable, Segments};
use super::super::users::{Identities, Users};
use super::super::verified::Damages;
use super::super::{Store, recent};
use super::ipc::Table;
use super::manifest::{FileEntry, Manifest, TableName};
use super::node::Proof;
use super::{events, ipc, users};
use crate::base::Fingerprint;
use crate::catalog::EventKey;
use crate::system::System;

/// How often reading starts anew when the files were replaced meanwhile.
const ATTEMPTS: usize = 10;

/// Opens the store of a folder. A folder without one opens as an empty store with a fresh id, and nothing is written.
///
/// # Errors
/// A damaged, missing or unreadable file, or a format of a later version; the error names the file.
pub fn open(system: &dyn System, folder: &Path) -> Result<Store, StoreError> {
    while_it_stays(system, folder, |manifest| match manifest {
        Some(manifest) => load_all(system, folder, manifest),
        None => Ok(Store::empty()),
    })
}

/// Reads what belongs together: files, recent writes and the manifest that is about them. Starts anew where an import or a fold replaced the
/// manifest meanwhile.
pub(in crate::store) fn while_it_stays<T>(
    system: &dyn System,
    folder: &Path,
    read: impl Fn(Option<&Manifest>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut manifest = Manifest::read(system, folder)?;
    for _ in 1..ATTEMPTS {
        let answer = read(manifest.as_ref());
        let again = Manifest::read(system, folder)?;
        if again == manifest {
            return answer;
        }
        manifest = again;
    }
    read(manifest.as_ref())
}

/// The files that a manifest names, with the recent writes that are in none of them.
fn load_all(system: &dyn System, folder: &Path, manifest: &Manifest) -> Result<Store, StoreError> {
    let store = load(system, folder, manifest)?;
    let batches = recent::after(system, folder, manifest.folded)?;
    Ok(recent::replay(batches, manifest.folded, store)?.0)
}

/// The content of one file.
enum Part {
    Users(Users),
    Identities(Identities),
    Events(EventKey, EventTable),
}

/// Maps the files that a manifest names.
pub(in crate::store) fn load(system: &dyn System, folder: &Path, manifest: &Manifest) -> Result<Store, StoreError> {
    let damages = Damages::default();
    let parts: Vec<Part> = manifest
        .files
        .par_iter()
        .filter_map(|file| read_file(system, folder, file, &damages).transpose())
        .collect::<Result<_, _>>()?;
    let mut store = Store::empty();
    store.damages = damages;
    store.id = manifest.id.as_str().into();
    store.version = manifest.version;
    store.inputs = manifest.inputs.as_slice().into();
    store.detected = Some(Arc::new(manifest.detected.clone()));
    let (mut users, mut identities) = (Users::default(), Identities::default());
    let mut events: BTreeMap<EventKey, Segments> = BTreeMap::new();
    for part in parts {
        match part {
            Part::Users(read) => users = read,
            Part::Identities(read) => identities = read,
            Part::Events(key, segment) => events.entry(key).or_default().push(Arc::new(segment)),
        }
    }
    users.identities = identities;
    store.users = Arc::new(users);
    store.events = Arc::new(events);
    Ok(store)
}

/// The users' numbers alone, which survive when everything else is read anew.
pub(in crate::store) fn read_users(
    system: &dyn System,
    folder: &Path,
    manifest: &Manifest,
) -> Result<Users, StoreError> {
    let Some(file) = manifest.files.iter().find(|file| file.table == TableName::Users) else {
        return Ok(Users::default());
    };
    let damages = Damages::default();
    match read_file(system, folder, file, &damages)? {
        Some(Part::Users(users)) => {
            // Read here, so that damage is found before the numbers are used.
            let _ = users.mpids.buffer();
            damages.all().into_iter().next().map_or(Ok(users), |damage| Err(damage.into()))
        }
        _ => Ok(Users::default()),
    }
}

/// What a file holds; `None` for what only imports ask for.
fn read_file(
    system: &dyn System,
    folder: &Path,
    file: &FileEntry,
    damages: &Damages,
) -> Result<Option<Part>, StoreError> {
    if file.table == TableName::Requests {
        return Ok(None);
    }
    let path = folder.join(&file.name);
    let table = read_table(system, folder, file, damages)?;
    let damaged = |what: String| StoreError::Damaged { file: path.clone(), what };
    decode(&file.table, &table).map_err(|error| damaged(error.to_string()))
}

/// The columns of a file. Its length and layout are compared here, its columns when they are read; up to format 2 all of it here.
pub(super) fn read_table(
    system: &dyn System,
    folder: &Path,
    file: &FileEntry,
    damages: &Damages,
) -> Result<Table, StoreError> {
    let path = Arc::new(folder.join(&file.name));
    let damaged = |what: String| StoreError::Damaged { file: path.as_ref().clone(), what };
    let bytes = system.map(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => damaged("it is missing".to_owned()),
        _ => StoreError::system("map a file of the store")(error),
    })?;
    if bytes.len() as u64 != file.bytes {
        return Err(damaged(format!("it has {} bytes instead of {}", bytes.len(), file.bytes)));
    }
    let whole = match (&file.sums, file.blake3) {
        (Some(_), _) => true,
        (None, sum) => sum == Some(Fingerprint::of(&bytes)),
    };
    if !whole {
        return Err(damaged("its checksum does not fit its content".to_owned()));
    }
    let proof = Proof { file: &path, sums: file.sums.as_ref(), damages };
    let table = ipc::read(bytes, proof).map_err(|error| damaged(error.to_string()))?;
    let rows: u64 = table.batches.iter().map(|batch| batch.rows as u64).sum();
    if rows != file.rows {
        return Err(damaged(format!("it has {rows} rows instead of {}", file.rows)));
    }
    Ok(table)
}

fn decode(name: &TableName, table: &Table) -> Result<Option<Part>, ArrowError> {
    Ok(Some(match name {
        TableName::Users => Part::Users(users::users_from_arrow(table)?),
        TableName::Identities => Part::Identities(users::identities_from_arrow(table)?),
        TableName::Events(key) => Part::Events(key.clone(), events::from_arrow(table)?),
        TableName::Requests => return Ok(None),
    }))
}
