//! Importing the data of a project.

use std::io;

use super::{Workbench, WorkbenchError};
use crate::base::SourceMap;
use crate::project;
use crate::store::{self, ImportOptions, ImportReport, Progress};

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
        let mut sources = SourceMap::default();
        let (project, diagnostics) = project::load(self.system(), &self.folder, &mut sources);
        match project {
            Some(project) if !diagnostics.has_errors() => {
                // One import at a time: two would number new users differently.
                self.system().create_folder(&project.data_path)?;
                let lock = self.system().lock(&project.data_path.join(".lock"));
                let _held = lock.map_err(|error| match error.kind() {
                    io::ErrorKind::WouldBlock => WorkbenchError::Importing(project.data_path.clone()),
                    _ => error.into(),
                })?;
                Ok(store::import(self.system(), &project, options, progress)?)
            }
            project => {
                let diagnostics = diagnostics.into_sorted();
                Err(WorkbenchError::Invalid(Box::new(super::Checked {
                    sources,
                    diagnostics,
                    project,
                    model: None,
                    scenarios: Vec::new(),
                })))
            }
        }
    }
}
