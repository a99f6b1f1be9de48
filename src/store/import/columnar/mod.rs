//! Parquet and Arrow files: typed columns to the same rows that text files give.
//!
//! In: source files of these formats. Out: either their rows one by one, as any file gives them ([`read_rows`]), or, where
//! whose each row is does not depend on the order of the rows, whole columns at a time.

mod bulk;
mod contain;
mod file;
mod nested;
mod open;
mod rows;
mod texts;
mod times;
mod typed;

use std::path::Path;

use crate::project::Format;
use crate::store::error::StoreError;
use crate::system::System;

pub(super) use bulk::{Bulk, Counted, fits, read_all};
pub(super) use rows::read_rows;

/// Whether files of a format are read by columns.
pub(super) fn is_columnar(format: Format) -> bool {
    matches!(format, Format::Parquet | Format::Arrow)
}

/// The names of the columns of a file of such a format, in the order in which they stand.
///
/// # Errors
/// The file cannot be read, or is of another format.
pub fn source_columns(system: &dyn System, path: &Path, format: Format) -> Result<Vec<String>, StoreError> {
    let unreadable = |cause| StoreError::Unreadable {
        source_name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        file: path.display().to_string(),
        cause,
    };
    let file = system.open_at(path).and_then(|bytes| file::ColumnarFile::open(bytes, format)).map_err(unreadable)?;
    Ok(file.schema.fields().iter().map(|field| field.name().clone()).collect())
}
