//! Reading every byte of a store, to find what is damaged.
//!
//! In: a folder. Out: every place that is not what was written. Nothing is changed.

use std::path::Path;

use rayon::prelude::*;

use super::super::error::StoreError;
use super::super::forgotten::Forgotten;
use super::super::verified::{Damage, Damages};
use super::manifest::{FILE, FileEntry, Manifest};
use super::open::{read_table, while_it_stays};
use crate::system::System;

/// What reading everything came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// How many files there are, the manifest included.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// What is damaged, by file.
    pub damages: Vec<Damage>,
}

/// Reads all files of a store and compares them with their checksums. A folder without a store has nothing to compare.
///
/// # Errors
/// The system refuses, or the store is of a later format. Damage is no error: it is what was asked for.
pub fn verify(system: &dyn System, folder: &Path) -> Result<Verification, StoreError> {
    match Manifest::read(system, folder) {
        Err(StoreError::Damaged { file, what }) => {
            let damages = vec![Damage { file, shard: None, column: None, what }];
            Ok(Verification { files: 1, bytes: 0, damages })
        }
        Err(error) => Err(error),
        Ok(_) => while_it_stays(system, folder, |manifest| match manifest {
            Some(manifest) => verify_files(system, folder, manifest),
            None => Ok(Verification::default()),
        }),
    }
}

fn verify_files(system: &dyn System, folder: &Path, manifest: &Manifest) -> Result<Verification, StoreError> {
    let damages = Damages::default();
    manifest.files.par_iter().try_for_each(|file| verify_file(system, folder, file, &damages))?;
    super::super::recent::verify(system, folder, manifest, &damages)?;
    match Forgotten::read(system, folder) {
        Err(StoreError::ForgottenDamaged { file, what }) => {
            damages.add(Damage { file, shard: None, column: None, what })
        }
        other => drop(other?),
    }
    let own = system.info(&folder.join(FILE)).map_err(StoreError::system("look at the manifest of the store"))?;
    Ok(Verification {
        files: manifest.files.len() as u64 + 1,
        bytes: manifest.files.iter().map(|file| file.bytes).sum::<u64>() + own.len,
        damages: damages.all(),
    })
}

fn verify_file(system: &dyn System, folder: &Path, file: &FileEntry, damages: &Damages) -> Result<(), StoreError> {
    match read_table(system, folder, file, damages) {
        Ok(table) => table.pieces.all.par_iter().for_each(|piece| {
            // What is not whole is remembered by the piece itself.
            let _ = piece.is_whole();
        }),
        Err(StoreError::Damaged { file, what }) => damages.add(Damage { file, shard: None, column: None, what }),
        Err(error) => return Err(error),
    }
    Ok(())
}
