//! What can go wrong with a workload.

use std::io;
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

use crate::store::StoreError;

/// Why a workload could not be read or run. Each says where to look.
#[derive(Debug, thiserror::Error)]
pub enum WorkloadError {
    /// A file could not be read or written; the operating system's error names it.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A file is not JSON.
    #[error("{} is not JSON: {cause}", file.display())]
    NotJson {
        /// The file.
        file: PathBuf,
        /// Where and why.
        #[source]
        cause: serde_json::Error,
    },
    /// A JSON file does not say what a workload says there.
    #[error("{}: at `{path}`: {what}", file.display())]
    Form {
        /// The file.
        file: PathBuf,
        /// The place inside of it, such as `audiences[3].tree.children[0].cmp`.
        path: String,
        /// What is expected there.
        what: String,
    },
    /// A Parquet file cannot be read.
    #[error("{} cannot be read as Parquet: {cause}", file.display())]
    Parquet {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: ParquetError,
    },
    /// A column is not there, or of a type that a workload does not have.
    #[error("{}: column `{column}`: {what}", file.display())]
    Column {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// What is wrong with it.
        what: String,
    },
    /// The store could not be written or opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The threads could not be started.
    #[error("cannot start {threads} threads: {cause}")]
    Threads {
        /// How many.
        threads: usize,
        /// Why.
        #[source]
        cause: rayon::ThreadPoolBuildError,
    },
}

/// A place in a JSON document that says something else than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) path: String,
    pub(super) what: String,
}

impl Wrong {
    /// The error about the file that the document came from.
    pub(super) fn in_file(self, file: &Path) -> WorkloadError {
        WorkloadError::Form { file: file.to_owned(), path: self.path, what: self.what }
    }
}
