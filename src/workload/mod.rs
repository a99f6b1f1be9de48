//! A workload: audiences, data and expected answers in files of their own, run to measure the evaluator and to check it.
//!
//! In: a folder with `audiences.json`, `data/SIZE/{users,events,new_events}.parquet`, `data/SIZE/meta.json`,
//! `expected_SIZE.json` and `expected_SIZE_after_append.json`. Out: a [`Run`]: how long each phase took, what memory it
//! needed, the count and checksum of every audience, and which of them differ from what is expected. Its audiences are trees
//! of JSON, not definitions in the language: they are lowered straight to [`crate::ir`].
//!
//! What always holds: the clock is the one that the workload names; nothing below the folder is written to except the store,
//! and only where no other folder is named for it.

mod answer;
mod error;
mod expected;
mod fresh;
mod json;
mod load;
mod lower;
mod memory;
mod profile;
mod reads;
mod run;

use std::path::{Path, PathBuf};

use crate::base::{Address, Now, Timestamp};
use crate::ir::Model;
use crate::system::System;

pub use answer::{Answer, answers};
pub use error::WorkloadError;
pub use memory::Memory;
pub use profile::KindTime;
pub use reads::Reads;
pub use run::{Evaluations, Imports, Increments, Openings, Phase, Run, RunRequest, run};

/// The audiences of a workload.
#[derive(Clone, Debug)]
pub struct Workload {
    /// The folder.
    folder: PathBuf,
    /// The audiences, without any retention.
    pub model: Model,
    /// The workload's own number of each audience, in its order.
    pub numbers: Vec<(u64, Address)>,
    /// The instant that it asks for.
    pub now: Now,
}

impl Workload {
    /// Reads the audiences of a folder.
    ///
    /// # Errors
    /// `audiences.json` cannot be read, or holds something that is no audience; the error says where in the file.
    pub fn open(system: &dyn System, folder: &Path) -> Result<Self, WorkloadError> {
        let file = folder.join("audiences.json");
        let document = json::read(system, &file)?;
        let lowered = lower::lower(&json::Place::root(&document));
        let lower::Lowered { model, numbers, now_ms } = lowered.map_err(|wrong| wrong.in_file(&file))?;
        Ok(Self { folder: folder.to_owned(), model, numbers, now: Now(Timestamp(now_ms)) })
    }

    /// Where the data of a size lies.
    fn data(&self, size: &str) -> PathBuf {
        self.folder.join("data").join(size)
    }
}
