//! The store of a run: made of the workload's files, kept beside them, and used again as long as they are the same.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::super::json;
use super::super::{Memory, Workload, WorkloadError, load};
use super::{Imports, Openings, RunRequest, timed};
use crate::store::{self, Store};
use crate::system::{System, write_bytes};

/// Says, inside the folder of a store, which files it was made of.
const MADE_OF: &str = "workload.json";

/// The files of a run.
pub(super) struct Files<'a> {
    system: &'a dyn System,
    data: PathBuf,
    folder: PathBuf,
    made_of: MadeOf,
}

/// Length and time of change of the files that a store was made of.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct MadeOf {
    users: (u64, i64),
    events: (u64, i64),
}

impl<'a> Files<'a> {
    pub(super) fn of(system: &'a dyn System, workload: &Workload, request: &RunRequest) -> Result<Self, WorkloadError> {
        let data = workload.data(&request.size);
        let folder = request.store.clone().unwrap_or_else(|| workload.folder.join("stores").join(&request.size));
        let info = |name: &str| system.info(&data.join(name)).map(|info| (info.len, info.modified_ms));
        let made_of = MadeOf { users: info("users.parquet")?, events: info("events.parquet")? };
        Ok(Self { system, data, folder, made_of })
    }

    /// Imports so many times; where none are asked for, once if there is no store of these files.
    pub(super) fn prepare(&self, repeat: Option<usize>) -> Result<Imports, WorkloadError> {
        let repeat = repeat.unwrap_or(usize::from(!self.is_made()));
        let mut imports = Imports::default();
        for _ in 0..repeat {
            self.empty()?;
            let (seconds, made) = timed(|| self.import());
            made?;
            imports.seconds.push(seconds);
        }
        imports.memory = (repeat > 0).then(|| Memory::now(self.system));
        Ok(imports)
    }

    /// Opens so many times, at least once.
    pub(super) fn open(&self, repeat: usize) -> Result<(Store, Openings), WorkloadError> {
        let (mut seconds, mut opened) = (Vec::new(), None);
        for _ in 0..repeat.max(1) {
            drop(opened.take());
            let (took, store) = timed(|| store::open(self.system, &self.folder));
            seconds.push(took);
            opened = Some(store?);
        }
        let store = opened.unwrap_or_else(Store::empty);
        Ok((store, Openings { seconds, memory: Memory::now(self.system) }))
    }

    /// How much the store takes on disk.
    pub(super) fn bytes(&self) -> u64 {
        let files = self.system.files_below(&self.folder).unwrap_or_default();
        files.iter().filter_map(|file| self.system.info(file).ok()).map(|info| info.len).sum()
    }

    fn is_made(&self) -> bool {
        let document = json::read(self.system, &self.folder.join(MADE_OF)).ok();
        document.and_then(|document| serde_json::from_value::<MadeOf>(document).ok()).as_ref() == Some(&self.made_of)
    }

    fn import(&self) -> Result<(), WorkloadError> {
        load::load(self.system, &self.data, &self.folder)?;
        let made_of = serde_json::to_vec(&self.made_of).map_err(std::io::Error::from)?;
        Ok(write_bytes(self.system, &self.folder.join(MADE_OF), &made_of)?)
    }

    /// Removes a store that this made; a folder with anything else in it is left as it is.
    fn empty(&self) -> Result<(), WorkloadError> {
        if self.system.info(&self.folder.join(MADE_OF)).is_err() {
            return Ok(());
        }
        for file in self.system.files_below(&self.folder)? {
            self.system.remove(&file)?;
        }
        Ok(())
    }
}
