//! A project folder, loaded: the one door for every surface, so that the command line, an editor and a server cannot
//! disagree.
//!
//! In: a folder and a [`System`]. Out: checked definitions, data, plans, applied plans, lists. Parsed files are kept and
//! reused while their bytes stay the same. Knows no protocol and no terminal: what it finds wrong comes back as
//! diagnostics or as a [`WorkbenchError`], what takes long reports progress through a closure.

mod audiences;
mod check;
mod data;
mod deploy;
mod error;
mod estimate;
mod explain;
mod files;
mod forget;
mod git;
mod history;
mod init;
mod mend;
mod rollback;
mod sample;
mod schema;
mod select;
mod standard;
mod test;
mod uneven;
mod write;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::analyze;
use crate::base::SourceMap;
use crate::diagnostic::Diagnostics;
use crate::project::{self, Project, UnknownEnvironment};
use crate::system::System;

pub use audiences::{ListFilter, Listed, Shown, Who, WhoQuery};
pub use check::{Checked, Defined};
pub use deploy::{ApplyRequest, PlanRequest, Planned};
pub use error::WorkbenchError;
pub use estimate::{EstimateRequest, Estimated};
pub use explain::Explained;
pub use forget::{Known, ToForget};
pub use history::{AudienceHistory, Happened, HistoryFilter, HistoryStep, Passage, UserHistory};
pub use init::init;
pub use mend::Left;
pub use schema::SchemaView;
pub use select::Select;
pub use test::{TestRequest, TestRun};
pub use uneven::{SplitWarning, split_warnings};
pub use write::{CloneRequest, WrittenDown};

/// An opened project folder.
pub struct Workbench {
    system: Arc<dyn System>,
    folder: PathBuf,
    /// The environment that it is seen in.
    environment: Option<String>,
    parsed: Mutex<files::ParsedFiles>,
    /// What the last check made of each audience.
    analyzed: Mutex<analyze::Memory>,
}

impl Workbench {
    /// Opens the project that `start` lies in: the nearest folder upwards that holds an `aud.yaml`.
    ///
    /// # Errors
    /// [`WorkbenchError::NoProject`] where there is none.
    pub fn open(system: Arc<dyn System>, start: &Path) -> Result<Self, WorkbenchError> {
        // A relative path says nothing of the folders above the working directory.
        let above = || project::find(&*system, &std::path::absolute(start).ok()?);
        let folder = project::find(&*system, start).or_else(above);
        let folder = folder.ok_or_else(|| WorkbenchError::NoProject(start.to_owned()))?;
        Ok(Self { system, folder, environment: None, parsed: Mutex::default(), analyzed: Mutex::default() })
    }

    /// The same project as it is in an environment; `None` for the project itself.
    ///
    /// # Errors
    /// [`WorkbenchError::Environment`] where the project file can be read and has none of that name.
    pub fn in_environment(mut self, environment: Option<String>) -> Result<Self, WorkbenchError> {
        self.environment = environment;
        if self.environment.is_some() {
            self.load_project(&mut SourceMap::default())?;
        }
        Ok(self)
    }

    /// The folder of the project file.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The project file, as it is in the environment.
    fn load_project(&self, sources: &mut SourceMap) -> Result<(Option<Project>, Diagnostics), UnknownEnvironment> {
        let (project, diagnostics) = project::load(self.system(), &self.folder, sources);
        let project = match (project, &self.environment) {
            (Some(project), Some(environment)) => Some(project.in_environment(environment)?),
            (project, _) => project,
        };
        Ok((project, diagnostics))
    }

    /// The world that the project lies in.
    pub fn system(&self) -> &dyn System {
        &*self.system
    }
}
