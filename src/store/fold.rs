//! Recent writes become files, and files become fewer.
//!
//! In: a folder whose lock the caller holds. Out: the same store in other files. What always holds: until the manifest is replaced,
//! the old files and the recent writes are the store; from then on the new files are. Who has the old files open keeps reading them.

use std::collections::BTreeSet;
use std::path::Path;

use super::error::StoreError;
use super::files::{Change, FileEntry, Manifest, TableName, Writing, kept_segments, load};
use super::{Store, import, recent};
use crate::catalog::EventKey;
use crate::system::System;

/// What became files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// How many batches of recent writes.
    pub batches: u64,
    /// How many files of events were there before.
    pub segments_before: u64,
    /// How many are there now.
    pub segments: u64,
    /// Bytes of all files before.
    pub bytes_before: u64,
    /// Bytes of all files now.
    pub bytes: u64,
}

/// Puts recent writes into files: a new segment for each key that they touch. Segments at the end of a key are merged where the newer ones
/// are at least a quarter of the one before.
///
/// # Errors
/// A damaged store, or the system refuses; the store is then as it was.
pub fn fold(system: &dyn System, folder: &Path) -> Result<Folded, StoreError> {
    rewrite(system, folder, false)
}

/// Puts recent writes into files, and all segments of a key into one. Files of an older format are written anew.
///
/// # Errors
/// A damaged store, or the system refuses; the store is then as it was.
pub fn compact(system: &dyn System, folder: &Path) -> Result<Folded, StoreError> {
    rewrite(system, folder, true)
}

fn rewrite(system: &dyn System, folder: &Path, whole: bool) -> Result<Folded, StoreError> {
    let Some(manifest) = Manifest::read(system, folder)? else {
        return Ok(Folded::default());
    };
    let before = counted(&manifest);
    let batches = recent::after(system, folder, manifest.folded)?;
    let names: BTreeSet<&TableName> = manifest.files.iter().map(|file| &file.table).collect();
    let is_compact = names.len() == manifest.files.len() && manifest.files.iter().all(|file| file.sums.is_some());
    if batches.is_empty() && (is_compact || !whole) {
        let (segments, bytes) = before;
        return Ok(Folded { batches: 0, segments_before: segments, segments, bytes_before: bytes, bytes });
    }
    let base = load(system, folder, &manifest)?;
    let (store, last) = recent::replay(batches, manifest.folded, base)?;
    Writing::run(system, folder, &manifest, |writing| write(writing, &manifest, &store, last, whole))?;
    if last > manifest.folded {
        recent::forget_up_to(folder, last)?;
    }
    let after = Manifest::read(system, folder)?.as_ref().map_or((0, 0), counted);
    Ok(Folded {
        batches: last - manifest.folded,
        segments_before: before.0,
        segments: after.0,
        bytes_before: before.1,
        bytes: after.1,
    })
}

/// Writes a store that holds the batches up to `last`, of each event what is to be merged, or all of it.
fn write(writing: &Writing<'_>, manifest: &Manifest, store: &Store, last: u64, whole: bool) -> Result<(), StoreError> {
    // What stays of the old files, and what is written beside it.
    let mut kept = manifest.clone();
    let (mut new, mut touched) = (Vec::new(), BTreeSet::new());
    for (key, segments) in store.events.iter() {
        let stored = segments_of(manifest, key).count();
        let recent = segments.len().saturating_sub(stored);
        if recent > 0 {
            touched.insert(key.clone());
        }
        let merged = match (recent, whole) {
            (_, true) if segments.len() > 1 || segments_of(manifest, key).any(|file| file.sums.is_none()) => 0,
            (0, _) => continue,
            _ => {
                let (before, added) = segments.split_at(stored.min(segments.len()));
                kept_segments(before, added.iter().map(|segment| segment.len()).sum())
            }
        };
        let gone: Vec<String> = segments_of(manifest, key).skip(merged).map(|file| file.name.clone()).collect();
        kept.files.retain(|file| !gone.contains(&file.name));
        if merged > 0 {
            new.push(writing.together(key, segments.get(merged..).unwrap_or(&[]), &store.inputs)?);
        }
    }
    let next = Manifest {
        version: store.version,
        users: store.user_count() as u64,
        inputs: store.inputs.to_vec(),
        detected: import::detect_again(store, &touched, &manifest.detected),
        folded: last,
        ..manifest.clone()
    };
    writing.finish(store, &kept, &|_| Change::Kept(usize::MAX), None, new, next)
}

fn segments_of<'m>(manifest: &'m Manifest, key: &EventKey) -> impl Iterator<Item = &'m FileEntry> {
    let table = TableName::Events(key.clone());
    manifest.files.iter().filter(move |file| file.table == table)
}

fn counted(manifest: &Manifest) -> (u64, u64) {
    let events = manifest.files.iter().filter(|file| matches!(file.table, TableName::Events(_)));
    (events.count() as u64, manifest.files.iter().map(|file| file.bytes).sum())
}
