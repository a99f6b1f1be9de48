//! A store as Parquet files that any tool reads, and that an import reads back.
//!
//! In: a store, and a folder without files. Out: `users.parquet`, `identities.parquet`, a file for each event below `events/`,
//! and `sources.yaml`, which maps them for a project. What always holds:
//! - A file has its name once it is whole; `sources.yaml` comes last.
//! - A value is typed only where its column's type gives back the very text that was sent, so that everything that is asked of
//!   the data is answered alike after it was read back.
//! - One shard is in memory at a time, as one row group or several.

mod cells;
mod events;
mod layout;
mod lines;
mod people;
mod sink;
mod sources;

use std::path::Path;

use super::Store;
use super::error::StoreError;
use crate::project::Project;
use crate::system::{System, write_bytes};

use sink::Sink;

/// What an export wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// The files, in the order in which they were written.
    pub files: Vec<ExportedFile>,
    /// How many people were written.
    pub users: u64,
}

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFile {
    /// Its path inside the folder, with `/` on every system.
    pub name: String,
    /// How many rows it has; of an event with several products one for each of them.
    pub rows: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// How far an export is.
#[derive(Clone, Copy, Debug)]
pub struct Exporting<'a> {
    /// The file that is written.
    pub file: &'a str,
    /// Users and events that were handled.
    pub done: u64,
    /// How many there are.
    pub total: u64,
}

impl Exported {
    /// How many bytes all files have.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// Writes a store as Parquet files. The project says which types were declared.
///
/// # Errors
/// A folder with files in it, a damaged store, or the system refuses. Files that were whole by then stay.
pub fn export(
    system: &dyn System,
    store: &Store,
    project: &Project,
    folder: &Path,
    progress: &dyn Fn(Exporting<'_>),
) -> Result<Exported, StoreError> {
    if system.files_below(folder).is_ok_and(|files| !files.is_empty()) {
        return Err(StoreError::NotEmpty(folder.to_owned()));
    }
    let catalog = store.catalog().overlaid(project.declared.clone());
    let total = store.user_count() as u64 * 2 + store.event_count();
    let mut sink = Sink::new(system, store, folder, total, progress)?;
    let mut sources = sources::Sources::new(project, folder);
    people::write(&mut sink, store, &catalog, &mut sources)?;
    for (key, segments) in store.events.iter() {
        events::write(&mut sink, store, &catalog, key, segments, &mut sources)?;
    }
    let Sink { mut exported, .. } = sink;
    let yaml = sources.yaml();
    write_bytes(system, &folder.join(sources::FILE), yaml.as_bytes())
        .map_err(StoreError::system("write a file of the export"))?;
    exported.files.push(ExportedFile { name: sources::FILE.to_owned(), rows: 0, bytes: yaml.len() as u64 });
    exported.users = people::known(store).count() as u64;
    Ok(exported)
}
