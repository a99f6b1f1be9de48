//! What the project file and the data say of names and types, and where they disagree.

use super::{Workbench, WorkbenchError};
use crate::catalog::Catalog;
use crate::store::{self, Disagreement};

/// The names and types of a project.
#[derive(Clone, Debug)]
pub struct SchemaView {
    /// Everything known: what the data shows, with the project file's facts over it.
    pub catalog: Catalog,
    /// What the data shows and the project file does not say.
    pub undeclared: Catalog,
    /// Where they disagree.
    pub disagreements: Vec<Disagreement>,
}

impl Workbench {
    /// The names and types of the project. Definitions need not be right.
    ///
    /// # Errors
    /// A wrong project file, or data that cannot be read.
    pub fn schema(&self) -> Result<SchemaView, WorkbenchError> {
        let project = self.project()?;
        let store = store::open(self.system(), &project.data_path)?;
        let detected = store.catalog();
        Ok(SchemaView {
            undeclared: detected.clone().beyond(&project.declared),
            disagreements: store.disagreements(&project.declared),
            catalog: detected.overlaid(project.declared),
        })
    }
}
