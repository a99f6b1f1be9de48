//! Writing a store: new files first, then the manifest, then the old files away.

use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema};

use super::super::Store;
use super::super::detect::Detected;
use super::super::error::StoreError;
use super::super::events::{EventShard, EventTable};
use super::super::forgotten::Forgotten;
use super::super::log::EventLog;
use super::super::verified::Damages;
use super::manifest::{FileEntry, Manifest, TableName};
use super::node::Proof;
use super::requests::{self, StoredRequest};
use super::{events, ipc, users};
use crate::base::{Fingerprint, InputName};
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
        Writing::run(system, folder, &old, |writing| {
            writing.finish(self, &old, &|_| Change::Anew, Some(&[]), Vec::new(), next)
        })
    }
}

/// What became of the events of a key since the store that is there was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Change {
    /// Nothing; or what was added is written already, together with all but so many of the segments that were there.
    Kept(usize),
    /// Segments were added to those that were there.
    More,
    /// They are others.
    Anew,
}

/// How many times larger a segment is that is left alone when another comes after it.
const TIER: u64 = 4;

/// How many of a key's segments stay as they are when rows are added: those at the end that are not much larger are written
/// together with them, so that there are few segments, and a row is written again only as they grow.
pub(in crate::store) fn kept_segments(there: &[Arc<EventTable>], mut added: u64) -> usize {
    let mut kept = there.len();
    while let Some(last) =
        kept.checked_sub(1).and_then(|last| there.get(last)).filter(|last| last.len() <= TIER * added)
    {
        added += last.len();
        kept -= 1;
    }
    kept
}

/// A schema, how many batches there are, and each of them.
type Content<'c> = (&'c Schema, usize, &'c mut dyn FnMut(usize) -> Result<RecordBatch, ArrowError>);

/// Files that are written under one generation and become part of the store when the manifest names them.
pub(in crate::store) struct Writing<'a> {
    system: &'a dyn System,
    folder: &'a Path,
    generation: u64,
}

impl<'a> Writing<'a> {
    /// Lets files be written beside the store that `old` describes, up to [`finish`](Self::finish). Where that fails, nothing stays of what
    /// was written: the disk may be full of it.
    pub(in crate::store) fn run<T>(
        system: &'a dyn System,
        folder: &'a Path,
        old: &Manifest,
        write: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        system.create_folder(folder).map_err(StoreError::system("make the folder of the store"))?;
        let generation = old.generation.max(last_generation(system, folder)) + 1;
        let writing = Self { system, folder, generation };
        write(&writing).inspect_err(|_| writing.abandon())
    }

    /// Removes what was written and is no part of the store. What cannot be removed is only in the way, and goes with the next write.
    fn abandon(&self) {
        let Self { system, folder, generation } = *self;
        // It may have been replaced before its writing failed; and one that is damaged is not the one that names these files.
        let manifest = match Manifest::read(system, folder) {
            Ok(manifest) => manifest.unwrap_or_default(),
            Err(StoreError::Damaged { .. }) => Manifest::default(),
            Err(_) => return,
        };
        let own = |path: &Path| generation_of(path).is_some_and(|of_file| of_file >= generation);
        let _ = remove_files(system, folder, &manifest, own);
    }

    /// The same under a later generation, for files that would have the same name.
    pub(in crate::store) fn after(&self, generations: u64) -> Self {
        Self { generation: self.generation + generations, ..*self }
    }

    /// Writes a segment of events whose shards are made one after the other, so that only one is in memory. `table` has the
    /// dictionaries.
    pub(in crate::store) fn events(
        &self,
        key: &EventKey,
        table: &EventTable,
        inputs: &[InputName],
        rows: u64,
        shards: usize,
        shard: &mut dyn FnMut(usize) -> EventShard,
    ) -> Result<FileEntry, StoreError> {
        let layout = events::Layout::new(table, inputs);
        let mut batches = |at: usize| layout.batch(table, &shard(at));
        self.file(TableName::Events(key.clone()), rows, Ok((layout.schema(), shards, &mut batches)))
    }

    /// Writes several segments of a key as one, after which there is one less to visit for every one of them.
    pub(in crate::store) fn together(
        &self,
        key: &EventKey,
        segments: &[Arc<EventTable>],
        inputs: &[InputName],
    ) -> Result<FileEntry, StoreError> {
        let whole = match segments {
            [segment] => Arc::clone(segment),
            several => Arc::new(EventLog::of(several).finish()),
        };
        self.whole(TableName::Events(key.clone()), whole.len(), events::to_arrow(&whole, inputs))
    }

    /// Writes a store over the one that `old` describes, with the files `new` that were written before. `changed` says what
    /// became of the events of a key; the file of request ids is kept where `stored` is `None`. `next` says everything but the
    /// files.
    pub(in crate::store) fn finish(
        &self,
        store: &Store,
        old: &Manifest,
        changed: &dyn Fn(&EventKey) -> Change,
        stored: Option<&[StoredRequest]>,
        new: Vec<FileEntry>,
        mut next: Manifest,
    ) -> Result<(), StoreError> {
        let Self { system, folder, generation } = *self;
        next.generation = generation;
        let count = store.user_count();
        let (users, identities) = rayon::join(
            || self.whole(TableName::Users, count as u64, users::users_to_arrow(&store.users)),
            || {
                self.whole(
                    TableName::Identities,
                    count as u64,
                    users::identities_to_arrow(&store.users.identities, count),
                )
            },
        );
        let mut files = vec![users?, identities?];
        for (key, segments) in store.events.iter() {
            let name = TableName::Events(key.clone());
            let there: Vec<_> = old.files.iter().filter(|file| file.table == name).cloned().collect();
            let kept = match changed(key) {
                Change::Kept(kept) if !there.is_empty() => {
                    files.extend(there.into_iter().take(kept));
                    continue;
                }
                Change::More if there.len() < segments.len() => {
                    let (before, added) = segments.split_at(there.len());
                    kept_segments(before, added.iter().map(|segment| segment.len()).sum())
                }
                Change::Kept(_) | Change::More | Change::Anew => 0,
            };
            files.extend(there.into_iter().take(kept));
            files.push(self.together(key, segments.get(kept..).unwrap_or(segments), &store.inputs)?);
        }
        files.extend(new);
        match stored {
            None => files.extend(old.files.iter().find(|file| file.table == TableName::Requests).cloned()),
            Some([]) => {}
            Some(all) => files.push(self.whole(TableName::Requests, all.len() as u64, requests::to_arrow(all))?),
        }
        // Stable: of a key the segments that were there come first.
        files.sort_by(|a, b| a.table.cmp(&b.table));
        // What was read of damaged columns is not kept as if it were true.
        store.ensure_whole()?;
        next.files = files;
        next.forgotten = !Forgotten::read(system, folder)?.is_empty();
        next.write(system, folder)?;
        // The store is whole by now: what cannot be removed is only in the way, and the next import tries again.
        let _ = remove_unnamed(system, folder, &next);
        Ok(())
    }

    fn whole(
        &self,
        table: TableName,
        rows: u64,
        content: Result<(Schema, Vec<RecordBatch>), ArrowError>,
    ) -> Result<FileEntry, StoreError> {
        match content {
            Err(cause) => self.file(table, rows, Err(cause)),
            Ok((schema, batches)) => {
                let batch =
                    |at: usize| batches.get(at).cloned().ok_or_else(|| ipc::broken("a batch that is not there"));
                self.file(table, rows, Ok((&schema, batches.len(), &mut { batch })))
            }
        }
    }

    fn file(
        &self,
        table: TableName,
        rows: u64,
        content: Result<Content<'_>, ArrowError>,
    ) -> Result<FileEntry, StoreError> {
        let Self { system, folder, generation } = *self;
        let name = file_name(&table, generation);
        let (schema, count, batch) = content.map_err(|cause| StoreError::Layout { table: name.clone(), cause })?;
        let path = folder.join(&name);
        system
            .write_atomic(&path, &mut |out| ipc::write(out, schema, (0..count).map(&mut *batch)))
            .map_err(StoreError::system("write a file of the store"))?;
        // The checksums are about places that only the written file shows.
        let written = system.map(&path).map_err(StoreError::system("map a file of the store"))?;
        let bytes = written.len() as u64;
        let proof = Proof { file: &Arc::new(path), sums: None, damages: &Damages::default() };
        let sums = ipc::read(written.clone(), proof).and_then(|table| table.pieces.sums(&written.into()));
        let sums = sums.map_err(|cause| StoreError::Layout { table: name.clone(), cause })?;
        Ok(FileEntry { name, table, rows, bytes, blake3: None, sums: Some(sums) })
    }
}

/// A name that tells people what is inside, that two keys never share, and that is used once.
fn file_name(table: &TableName, generation: u64) -> String {
    match table {
        TableName::Users => format!("users-{generation}.arrow"),
        TableName::Identities => format!("identities-{generation}.arrow"),
        TableName::Requests => format!("requests-{generation}.arrow"),
        TableName::Events(key) => format!("events-{}-{generation}.arrow", slug(key)),
    }
}

/// What tells people which event a file is of, and one event's from every other's.
pub(in crate::store) fn slug(key: &EventKey) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let slug: String = key.name.chars().take(32).map(plain).collect();
    format!("{slug}-{}", Fingerprint::of(key.to_string()).short())
}

/// The last generation that wrote files here, whether or not a manifest came of it.
fn last_generation(system: &dyn System, folder: &Path) -> u64 {
    let files = system.files_below(folder).unwrap_or_default();
    files.iter().filter_map(|path| generation_of(path)).max().unwrap_or(0)
}

/// The generation that the name of a file ends in.
fn generation_of(path: &Path) -> Option<u64> {
    path.file_stem()?.to_str()?.rsplit_once('-')?.1.parse().ok()
}

/// Removes the files of a folder that its manifest does not name.
pub(in crate::store) fn remove_unnamed(system: &dyn System, folder: &Path, manifest: &Manifest) -> io::Result<()> {
    remove_files(system, folder, manifest, |_| true)
}

/// Removes those of the files that a manifest does not name, and whatever a write that was cut off left.
fn remove_files(
    system: &dyn System,
    folder: &Path,
    manifest: &Manifest,
    which: impl Fn(&Path) -> bool,
) -> io::Result<()> {
    for path in system.files_below(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ours = path.parent() == Some(folder) && name.ends_with(".arrow");
        if ours && which(&path) && !manifest.files.iter().any(|file| file.name == name) {
            system.remove(&path)?;
        }
    }
    system.remove_partials(folder)
}
