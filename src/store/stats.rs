//! What is in a store, and what it takes.

use std::path::Path;

use super::error::StoreError;
use super::events::EventTable;
use super::files::{FileEntry, Imported, Manifest, load, while_it_stays};
use super::{Store, recent};
use crate::catalog::EventKey;
use crate::system::System;

/// What is in a store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// The store's id.
    pub id: String,
    /// The data version of the files.
    pub version: u64,
    /// How many users there are, recent ones included.
    pub users: u64,
    /// How many identities they have.
    pub identities: u64,
    /// Each event, by key, recent ones included.
    pub events: Vec<KeyStats>,
    /// The files.
    pub files: Vec<FileStats>,
    /// Batches of recent writes that are in no file.
    pub recent: u64,
    /// Source, path, rows of each source file that was read.
    pub sources: Vec<(String, String, u64)>,
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyStats {
    /// Its key.
    pub key: EventKey,
    /// How many events.
    pub rows: u64,
    /// In how many segments.
    pub segments: u64,
    /// The first and the last, in ms since 1970.
    pub between: Option<(i64, i64)>,
    /// How many distinct texts its columns have.
    pub texts: u64,
}

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileStats {
    /// Its name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
}

impl Stats {
    /// How many events there are.
    pub fn event_count(&self) -> u64 {
        self.events.iter().map(|event| event.rows).sum()
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// Looks at a store. The times of all events are read, so that the first and the last one are known; nothing else is.
///
/// # Errors
/// A store that cannot be read, or whose times are damaged.
pub fn stats(system: &dyn System, folder: &Path) -> Result<Stats, StoreError> {
    while_it_stays(system, folder, |manifest| match manifest {
        Some(manifest) => of(system, folder, manifest),
        None => Ok(Stats::default()),
    })
}

fn of(system: &dyn System, folder: &Path, manifest: &Manifest) -> Result<Stats, StoreError> {
    let base = load(system, folder, manifest)?;
    let (store, last) = recent::replay(recent::after(system, folder, manifest.folded)?, manifest.folded, base)?;
    let events = store.events.iter().map(|(key, segments)| KeyStats {
        key: key.clone(),
        rows: segments.iter().map(|segment| segment.len()).sum(),
        segments: segments.len() as u64,
        between: segments.iter().filter_map(|segment| between(segment)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
        texts: segments.iter().map(|segment| texts(segment)).sum(),
    });
    let stats = Stats {
        id: manifest.id.clone(),
        version: manifest.version,
        users: store.user_count() as u64,
        identities: identities(&store),
        events: events.collect(),
        files: manifest.files.iter().map(file).collect(),
        recent: last - manifest.folded,
        sources: manifest.imported.iter().map(source).collect(),
    };
    store.ensure_whole()?;
    Ok(stats)
}

fn source(read: &Imported) -> (String, String, u64) {
    (read.source.clone(), read.path.clone(), read.rows)
}

fn file(file: &FileEntry) -> FileStats {
    FileStats { name: file.name.clone(), rows: file.rows, bytes: file.bytes }
}

fn identities(store: &Store) -> u64 {
    store.users.identities.types.len() as u64
}

fn between(table: &EventTable) -> Option<(i64, i64)> {
    let ends = table.shards.iter().filter_map(|shard| Some((*shard.times.first()?, *shard.times.last()?)));
    ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

fn texts(table: &EventTable) -> u64 {
    let all = table.attributes.values().chain(table.actions.values()).chain(table.products.values()).chain(&table.ids);
    all.map(|dictionary| dictionary.len().saturating_sub(2) as u64).sum()
}
