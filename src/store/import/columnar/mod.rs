//! Parquet and Arrow files: typed columns to the same rows that text files give.
//!
//! In: source files of these formats. Out: either their rows one by one, as any file gives them ([`Records`]), or, where
//! whose each row is does not depend on the order of the rows, whole columns at a time.

mod bulk;
mod file;
mod rows;
mod texts;
mod times;
mod write;

use crate::project::Format;

pub(super) use bulk::{Bulk, Counted, fits, read_all};
pub(super) use rows::Records;

/// Whether files of a format are read by columns.
pub(super) fn is_columnar(format: Format) -> bool {
    matches!(format, Format::Parquet | Format::Arrow)
}
