//! Exit codes.

use std::io;
use std::process::ExitCode;

use crate::picture::PictureError;
use crate::workbench::WorkbenchError;
use crate::workload::WorkloadError;

/// What the exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: fine. For `plan --detailed-exitcode`: nothing to do.
    Fine,
    /// 1: an error, also in the arguments.
    Error,
    /// 2: changes are present (`plan --detailed-exitcode`), or the schema disagrees with the data (`schema diff --exit-code`).
    Changes,
    /// 3: a guard or an assertion is broken, and nothing was applied.
    Broken,
    /// 4: some deliveries could not be made.
    Faulted,
    /// 130: interrupted.
    Interrupted,
}

/// The codes, as `--help` shows them.
pub(super) const HELP: &str = "Exit codes: 0 fine, 1 error, 2 changes present (plan --detailed-exitcode, \
schema diff --exit-code), 3 a guard or an assertion is broken, 4 some deliveries faulted, 130 interrupted.";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Error => 1,
            Exit::Changes => 2,
            Exit::Broken => 3,
            Exit::Faulted => 4,
            Exit::Interrupted => 130u8,
        })
    }
}

/// Why a command did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The workbench said no.
    #[error(transparent)]
    Workbench(#[from] WorkbenchError),
    /// A workload could not be run.
    #[error(transparent)]
    Workload(#[from] WorkloadError),
    /// A picture could not be drawn.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The terminal or a file said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The command was used in a way that cannot work.
    #[error("{0}")]
    Usage(String),
}
