//! The manifest: which files make up a store, what they hold, and which sources they came from.
//!
//! In: `manifest.json`. Out: a [`Manifest`]. Invariant: what is read is exactly what was written; the manifest carries a
//! checksum of itself.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::detect::Detected;
use super::super::error::StoreError;
use super::sums::Sums;
use crate::base::{Fingerprint, InputName};
use crate::catalog::EventKey;
use crate::system::{System, write_bytes};

/// The name of the manifest inside a store's folder.
pub(super) const FILE: &str = "manifest.json";
/// The format that is written, and the last one that is read. Format 1 had neither products nor lists, and of a profile only
/// attributes; format 2 says nothing of the order of texts; and up to it a file had one checksum. They are read as they are.
const FORMAT: u64 = 3;

/// What a store's folder holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct Manifest {
    /// The store's own id.
    pub(in crate::store) id: String,
    /// The data version.
    pub(in crate::store) version: u64,
    /// Raised whenever the folder is written to; part of the file names.
    pub(in crate::store) generation: u64,
    /// Inputs by their code.
    pub(in crate::store) inputs: Vec<InputName>,
    /// How many users there are.
    pub(in crate::store) users: u64,
    /// The files.
    pub(in crate::store) files: Vec<FileEntry>,
    /// The source files that were read.
    pub(in crate::store) imported: Vec<Imported>,
    /// What the values look like.
    pub(in crate::store) detected: Detected,
    /// The last batch of recent writes that is in the files; 0 where none ever was.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(in crate::store) folded: u64,
    /// Whether anybody was forgotten: then the file that says who has to be there.
    #[serde(default, skip_serializing_if = "is_not")]
    pub(in crate::store) forgotten: bool,
}

fn is_none(folded: &u64) -> bool {
    *folded == 0
}

fn is_not(forgotten: &bool) -> bool {
    !*forgotten
}

/// One file of a store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct FileEntry {
    /// Its name in the folder.
    pub(in crate::store) name: String,
    /// What it holds.
    pub(in crate::store) table: TableName,
    /// How many rows it has.
    pub(in crate::store) rows: u64,
    /// How long it is.
    pub(in crate::store) bytes: u64,
    /// Of the whole file; up to format 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::store) blake3: Option<Fingerprint>,
    /// Of its parts; from format 3 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::store) sums: Option<Sums>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store) enum TableName {
    /// Numbers, sightings and attributes of users.
    Users,
    /// Identities of users.
    Identities,
    /// Events of a key.
    Events(EventKey),
    /// Request ids of batches that were stored lately.
    Requests,
}

/// A source file that was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct Imported {
    /// The source's name.
    pub(in crate::store) source: String,
    /// How the source read it: another mapping reads the same file anew.
    pub(in crate::store) mapping: Fingerprint,
    /// Its path, relative to the project where it lies inside.
    pub(in crate::store) path: String,
    /// Its length.
    pub(in crate::store) bytes: u64,
    /// Its last change in ms since 1970; 0 where that does not prove that the content is the same.
    pub(in crate::store) modified_ms: i64,
    /// Of its content, as it lies on disk.
    pub(in crate::store) blake3: Fingerprint,
    /// How many rows it has.
    pub(in crate::store) rows: u64,
}

/// Everything but the format may change with it, so the format is read first and alone.
#[derive(Deserialize)]
struct Head {
    format: u64,
}

#[derive(Serialize, Deserialize)]
struct Sealed<M> {
    format: u64,
    checksum: Fingerprint,
    store: M,
}

impl Manifest {
    /// Reads the manifest of a folder; `None` where there is none.
    pub(in crate::store) fn read(system: &dyn System, folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(FILE);
        let bytes = match system.read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::system("read the manifest of the store")(error)),
        };
        Self::parse(&bytes, path).map(Some)
    }

    fn parse(bytes: &[u8], file: PathBuf) -> Result<Self, StoreError> {
        let damaged = |what: String| StoreError::Damaged { file: file.clone(), what };
        let head: Head = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if head.format > FORMAT {
            return Err(StoreError::Newer { file, found: head.format, known: FORMAT });
        }
        let sealed: Sealed<Self> = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if sealed.store.checksum().map_err(|error| damaged(error.to_string()))? != sealed.checksum {
            return Err(damaged("its checksum does not fit its content".to_owned()));
        }
        Ok(sealed.store)
    }

    /// Replaces the manifest of a folder.
    pub(in crate::store) fn write(&self, system: &dyn System, folder: &Path) -> Result<(), StoreError> {
        let bytes = self
            .checksum()
            .and_then(|checksum| serde_json::to_vec_pretty(&Sealed { format: FORMAT, checksum, store: self }))
            .map_err(io::Error::from);
        bytes
            .and_then(|bytes| write_bytes(system, &folder.join(FILE), &bytes))
            .map_err(StoreError::system("write the manifest of the store"))
    }

    fn checksum(&self) -> serde_json::Result<Fingerprint> {
        serde_json::to_vec(self).map(Fingerprint::of)
    }
}
