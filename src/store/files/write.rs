//! Writing a store: new files first, then the manifest, then the old files away.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema};

use super::super::Store;
use super::super::detect::Detected;
use super::super::error::StoreError;
use super::super::log::EventLog;
use super::super::verified::Damages;
use super::manifest::{FILE, FileEntry, Manifest, TableName};
use super::node::Proof;
use super::requests::{self, StoredRequest};
use super::{events, ipc, users};
use crate::base::Fingerprint;
use crate::catalog::EventKey;
use crate::system::System;

impl Store {
    /// Writes the store into a folder, in place of the store that is there.
    ///
    /// # Errors
    /// The system refuses, or a store lies there that cannot be read.
    pub fn save(&self, system: &dyn System, folder: &Path) -> Result<(), StoreError> {
        let old = Manifest::read(system, folder)?.unwrap_or_default();
        let next = Manifest {
            id: self.id.as_ref().to_owned(),
            version: self.version,
            inputs: self.inputs.to_vec(),
            users: self.user_count() as u64,
            detected: Detected::of(self),
            ..Manifest::default()
        };
        write(system, folder, self, &old, &|_| true, Some(&[]), next)
    }
}

/// Writes a store over the one that `old` describes. Event tables for which `changed` is false are still as in `old`, and
/// their files are kept; so is the file of request ids where `stored` is `None`. `next` says everything but the files.
pub(in crate::store) fn write(
    system: &dyn System,
    folder: &Path,
    store: &Store,
    old: &Manifest,
    changed: &dyn Fn(&EventKey) -> bool,
    stored: Option<&[StoredRequest]>,
    mut next: Manifest,
) -> Result<(), StoreError> {
    system.create_folder(folder).map_err(StoreError::system("make the folder of the store"))?;
    next.generation = old.generation.max(last_generation(system, folder)) + 1;
    let count = store.user_count();
    let file = |table, rows, content| write_file(system, folder, next.generation, table, rows, content);
    let mut files = vec![
        file(TableName::Users, count as u64, users::users_to_arrow(&store.users))?,
        file(TableName::Identities, count as u64, users::identities_to_arrow(&store.users.identities, count))?,
    ];
    for (key, segments) in store.events.iter() {
        let name = TableName::Events(key.clone());
        let kept: Vec<_> = old.files.iter().filter(|file| file.table == name && !changed(key)).cloned().collect();
        if !kept.is_empty() {
            files.extend(kept);
            continue;
        }
        // One file for all: whoever writes a key anew brings its segments together.
        let whole = match segments.as_slice() {
            [segment] => Arc::clone(segment),
            several => Arc::new(EventLog::of(several).finish()),
        };
        files.push(file(name, whole.len(), events::to_arrow(&whole, &store.inputs))?);
    }
    match stored {
        None => files.extend(old.files.iter().find(|file| file.table == TableName::Requests).cloned()),
        Some([]) => {}
        Some(all) => files.push(file(TableName::Requests, all.len() as u64, requests::to_arrow(all))?),
    }
    next.files = files;
    next.write(system, folder)?;
    // The store is whole by now: what cannot be removed is only in the way, and the next import tries again.
    let _ = remove_unnamed(system, folder, &next);
    Ok(())
}

fn write_file(
    system: &dyn System,
    folder: &Path,
    generation: u64,
    table: TableName,
    rows: u64,
    content: Result<(Schema, Vec<RecordBatch>), ArrowError>,
) -> Result<FileEntry, StoreError> {
    let name = file_name(&table, generation);
    let (schema, batches) = content.map_err(|cause| StoreError::Layout { table: name.clone(), cause })?;
    let path = folder.join(&name);
    system
        .write_atomic(&path, &mut |out| ipc::write(out, &schema, &batches))
        .map_err(StoreError::system("write a file of the store"))?;
    // The checksums are about places that only the written file shows.
    let written = system.map(&path).map_err(StoreError::system("map a file of the store"))?;
    let bytes = written.len() as u64;
    let proof = Proof { file: &Arc::new(path), sums: None, damages: &Damages::default() };
    let sums = ipc::read(written.clone(), proof).and_then(|table| table.pieces.sums(&written.into()));
    let sums = sums.map_err(|cause| StoreError::Layout { table: name.clone(), cause })?;
    Ok(FileEntry { name, table, rows, bytes, blake3: None, sums: Some(sums) })
}

/// A name that tells people what is inside, that two keys never share, and that is used once.
fn file_name(table: &TableName, generation: u64) -> String {
    match table {
        TableName::Users => format!("users-{generation}.arrow"),
        TableName::Identities => format!("identities-{generation}.arrow"),
        TableName::Requests => format!("requests-{generation}.arrow"),
        TableName::Events(key) => {
            let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
            let slug: String = key.name.chars().take(32).map(plain).collect();
            format!("events-{slug}-{}-{generation}.arrow", Fingerprint::of(key.to_string()).short())
        }
    }
}

/// The last generation that wrote files here, whether or not a manifest came of it.
fn last_generation(system: &dyn System, folder: &Path) -> u64 {
    let files = system.files_below(folder).unwrap_or_default();
    let generation = |path: &PathBuf| path.file_stem()?.to_str()?.rsplit_once('-')?.1.parse().ok();
    files.iter().filter_map(generation).max().unwrap_or(0)
}

fn remove_unnamed(system: &dyn System, folder: &Path, manifest: &Manifest) -> io::Result<()> {
    for path in system.files_below(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ours = path.parent() == Some(folder) && name.ends_with(".arrow");
        if ours && name != FILE && !manifest.files.iter().any(|file| file.name == name) {
            system.remove(&path)?;
        }
    }
    Ok(())
}
