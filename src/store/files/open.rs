//! Opening a store: the manifest is read, the files are mapped and their checksums compared; no data is parsed.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_schema::ArrowError;
use rayon::prelude::*;

use super::super::Store;
use super::super::error::StoreError;
use super::super::events::{EventTable, Segments};
use super::super::users::{Identities, Users};
use super::ipc::Table;
use super::manifest::{FileEntry, Manifest, TableName};
use super::{events, ipc, users};
use crate::base::Fingerprint;
use crate::catalog::EventKey;
use crate::system::System;

/// How often opening starts anew when an import replaced the files meanwhile.
const ATTEMPTS: usize = 3;

/// Opens the store of a folder. A folder without one opens as an empty store with a fresh id, and nothing is written.
///
/// # Errors
/// A damaged, missing or unreadable file, or a format of a later version; the error names the file.
pub fn open(system: &dyn System, folder: &Path) -> Result<Store, StoreError> {
    let mut manifest = Manifest::read(system, folder)?;
    for _ in 1..ATTEMPTS {
        let Some(read) = &manifest else { break };
        match load(system, folder, read) {
            Ok(store) => return Ok(store),
            Err(error) => {
                let again = Manifest::read(system, folder)?;
                if again == manifest {
                    return Err(error);
                }
                manifest = again;
            }
        }
    }
    manifest.map_or_else(|| Ok(Store::empty()), |manifest| load(system, folder, &manifest))
}

/// The content of one file.
enum Part {
    Users(Users),
    Identities(Identities),
    Events(EventKey, EventTable),
}

/// Maps the files that a manifest names.
pub(in crate::store) fn load(system: &dyn System, folder: &Path, manifest: &Manifest) -> Result<Store, StoreError> {
    let parts: Vec<Part> = manifest
        .files
        .par_iter()
        .filter_map(|file| read_file(system, folder, file).transpose())
        .collect::<Result<_, _>>()?;
    let mut store = Store::empty();
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
    match read_file(system, folder, file)? {
        Some(Part::Users(users)) => Ok(users),
        _ => Ok(Users::default()),
    }
}

/// What a file holds; `None` for what only imports ask for.
fn read_file(system: &dyn System, folder: &Path, file: &FileEntry) -> Result<Option<Part>, StoreError> {
    let name = &file.table;
    if *name == TableName::Requests {
        return Ok(None);
    }
    read_table(system, folder, file, |table| {
        Ok(match name {
            TableName::Users => Some(Part::Users(users::users_from_arrow(table)?)),
            TableName::Identities => Some(Part::Identities(users::identities_from_arrow(table)?)),
            TableName::Events(key) => Some(Part::Events(key.clone(), events::from_arrow(table)?)),
            TableName::Requests => None,
        })
    })
}

/// Maps a file, compares it with what the manifest says of it, and decodes it.
pub(super) fn read_table<T>(
    system: &dyn System,
    folder: &Path,
    file: &FileEntry,
    decode: impl FnOnce(&Table) -> Result<T, ArrowError>,
) -> Result<T, StoreError> {
    let path = folder.join(&file.name);
    let damaged = |what: String| StoreError::Damaged { file: path.clone(), what };
    let bytes = system.map(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => damaged("it is missing".to_owned()),
        _ => StoreError::system("map a file of the store")(error),
    })?;
    if bytes.len() as u64 != file.bytes {
        return Err(damaged(format!("it has {} bytes instead of {}", bytes.len(), file.bytes)));
    }
    if Fingerprint::of(&bytes) != file.blake3 {
        return Err(damaged("its checksum does not fit its content".to_owned()));
    }
    let table = ipc::read(bytes).map_err(|error| damaged(error.to_string()))?;
    let rows: u64 = table.batches.iter().map(|batch| batch.num_rows() as u64).sum();
    if rows != file.rows {
        return Err(damaged(format!("it has {rows} rows instead of {}", file.rows)));
    }
    decode(&table).map_err(|error| damaged(error.to_string()))
}
