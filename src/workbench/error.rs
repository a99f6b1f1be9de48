//! What can go wrong between a project folder and a result.

use std::io;
use std::path::PathBuf;

use crate::apply::{ApplyError, ForgetError};
use crate::estimate::SweepError;
use crate::plan::file::PlanFileError;
use crate::plan::{Difference, Refusals};
use crate::project::UnknownEnvironment;
use crate::state::StateError;
use crate::store::StoreError;

/// An operation that did not come to its end. Each says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum WorkbenchError {
    /// No project file.
    #[error("no aud.yaml in {} or any folder above it; `aud init` makes a project, `aud demo` one with data", .0.display())]
    NoProject(PathBuf),
    /// The definitions have errors.
    #[error("the project has errors; nothing was done")]
    Invalid(Box<super::Checked>),
    /// A name that the command was given does not exist.
    #[error("{0}")]
    Unknown(String),
    /// The project is not seen in any such environment.
    #[error(transparent)]
    Environment(#[from] UnknownEnvironment),
    /// The data cannot be read or imported.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data that the state was applied over is not there.
    #[error(
        "there is no data here, and the state was applied over data version {0}: everybody would leave every audience; \
         run `aud import`"
    )]
    NoData(u64),
    /// A run of `aud forget` died.
    #[error(
        "somebody is being forgotten, and the run did not come to its end: the person could be shown, or sent to outputs again; \
         nothing was done, run `aud forget` to finish it"
    )]
    Forgetting,
    /// Another process imports into the same store.
    #[error("another import into {} is under way; nothing was read, try again when it has ended", .0.display())]
    Importing(PathBuf),
    /// Nothing of an audience can be varied as asked.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// The state cannot be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// The plan is refused.
    #[error(transparent)]
    Refused(#[from] Refusals),
    /// A saved plan does not fit any more.
    #[error("the plan is stale, and nothing was done: {}; plan again", differing(.0))]
    Stale(Vec<Difference>),
    /// A saved plan cannot be read.
    #[error("{}", with_path(.path, .source))]
    PlanFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: PlanFileError,
    },
    /// The plan could not be applied.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// Somebody could not be forgotten, or not wholly.
    #[error(transparent)]
    Forget(#[from] ForgetError),
    /// A file could not be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
}

fn differing(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What is wrong with a plan file, its path named once.
fn with_path(path: &std::path::Path, source: &PlanFileError) -> String {
    match source {
        PlanFileError::File { source, .. } => source.to_string(),
        PlanFileError::Occupied(_) => source.to_string(),
        other => format!("{}: {other}", path.display()),
    }
}
