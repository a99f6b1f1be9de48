//! The data of a project: importing it, and looking after its files.

use std::io;
use std::path::Path;

use super::{Workbench, WorkbenchError};
use crate::project::Project;
use crate::store::{self, Exported, Exporting, Folded, ImportOptions, ImportReport, Progress, Stats, Verification};

impl Workbench {
    /// Reads what is new in the project's sources into its store. The project file must be right; the definitions need
    /// not be.
    ///
    /// # Errors
    /// [`WorkbenchError::Invalid`] for a wrong project file, [`WorkbenchError::Store`] where the data cannot be imported; the store is
    /// then as it was.
    pub fn import(
        &self,
        options: ImportOptions,
        progress: &dyn Fn(Progress<'_>),
    ) -> Result<ImportReport, WorkbenchError> {
        let project = self.project()?;
        let _held = self.hold_data(&project)?;
        Ok(store::import(self.system(), &project, options, progress)?)
    }

    /// Reads every byte of the project's store, and tells what is damaged.
    ///
    /// # Errors
    /// A wrong project file, or files that cannot be read at all.
    pub fn verify_data(&self) -> Result<Verification, WorkbenchError> {
        Ok(store::verify(self.system(), &self.project()?.data_path)?)
    }

    /// What is in the project's store, and what it takes.
    ///
    /// # Errors
    /// A wrong project file, or data that cannot be read.
    pub fn data_stats(&self) -> Result<Stats, WorkbenchError> {
        Ok(store::stats(self.system(), &self.project()?.data_path)?)
    }

    /// Puts recent writes into files, and all segments of an event into one file.
    ///
    /// # Errors
    /// A wrong project file, an import under way, or data that cannot be read or written; the store is then as it was.
    pub fn compact_data(&self) -> Result<Folded, WorkbenchError> {
        let project = self.project()?;
        let _held = self.hold_data(&project)?;
        Ok(store::compact(self.system(), &project.data_path)?)
    }

    /// Writes everything that is stored as Parquet files: personal data, in a folder that the user named.
    ///
    /// # Errors
    /// A wrong project file, a folder with files in it, data that cannot be read, or somebody who is half forgotten.
    pub fn export_data(&self, folder: &Path, progress: &dyn Fn(Exporting<'_>)) -> Result<Exported, WorkbenchError> {
        let project = self.project()?;
        let store = store::open(self.system(), &project.data_path)?;
        self.must_not_be_forgetting(&project)?;
        // Where the folder lies in the project, paths are told from there.
        let project = Project { folder: std::path::absolute(&project.folder)?, ..project };
        Ok(store::export(self.system(), &store, &project, folder, progress)?)
    }

    /// Keeps everybody else from writing to the store: two writers would number new users differently.
    pub(super) fn hold_data(&self, project: &Project) -> Result<Box<dyn Send>, WorkbenchError> {
        self.system().create_folder(&project.data_path)?;
        let lock = self.system().lock(&project.data_path.join(".lock"));
        lock.map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => WorkbenchError::Importing(project.data_path.clone()),
            _ => error.into(),
        })
    }
}
