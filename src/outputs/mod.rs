//! Membership changes to deliveries.
//!
//! In: a [`Delivery`](crate::state::Delivery) over user numbers, a store that knows the users' identities, a configured output. Out: files, or
//! whatever the output's kind makes of it. Knows nothing of plans.
//!
//! What always holds:
//! - Users become identities in one place, [`resolve`]: an output sees MPIDs and the identities that its kind accepts.
//! - Nobody is added without an accepted identity; everybody who leaves is dropped, if need be by MPID alone.
//! - Delivering the same batch again gives the same result as delivering it once, so that a run may die between a delivery
//!   and the note that it was made.

mod batch;
mod directory;
mod file;

use std::io;
use std::path::{Path, PathBuf};

use crate::base::OutputName;
use crate::project;
use crate::system::System;

pub use batch::{Batch, Person, Tally, resolve};
pub use directory::{Directory, Reach, reach};

/// An output that takes deliveries.
pub trait Output {
    /// Makes a delivery durable before it returns. May be called again with a batch that it already got.
    ///
    /// # Errors
    /// Whatever keeps the batch from being delivered; it is then delivered again later.
    fn deliver(&self, batch: &Batch<'_>) -> Result<(), OutputError>;
}

/// Why an output did not take a delivery.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The project file does not configure it any more.
    #[error("output `{0}` is not in the project file any more, and something is still to be delivered to it")]
    NotConfigured(OutputName),
    /// The users' identities are damaged in the store.
    #[error(transparent)]
    Data(#[from] Box<crate::store::StoreError>),
    /// A setting is missing or has the wrong type.
    #[error("output `{output}` lacks the setting `{setting}`")]
    Setting {
        /// The output.
        output: OutputName,
        /// The setting.
        setting: &'static str,
    },
    /// This build delivers to no output of this kind.
    #[error("output `{output}` is of the kind `{kind}`, which this build cannot deliver to")]
    Kind {
        /// The output.
        output: OutputName,
        /// Its kind.
        kind: &'static str,
    },
    /// The file is there and belongs to another delivery.
    #[error(
        "`{path}` holds another delivery, of a state that was lost or of another output with the same path; move its \
         folder away, or give output `{output}` another path",
        path = .path.display()
    )]
    Occupied {
        /// The output.
        output: OutputName,
        /// The file.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("output `{output}`: {source}")]
    File {
        /// The output.
        output: OutputName,
        /// Why.
        source: io::Error,
    },
}

/// The output of a configuration. Relative paths among its settings start at `folder`, the project's.
///
/// # Errors
/// Settings that the kind needs and does not find.
pub fn open<'a>(
    output: &project::Output,
    folder: &Path,
    system: &'a dyn System,
) -> Result<Box<dyn Output + 'a>, OutputError> {
    match output.kind.name {
        "file" => Ok(Box::new(file::FileOutput::open(output, folder, system)?)),
        kind => Err(OutputError::Kind { output: output.name.clone(), kind }),
    }
}
