//! A source file of columns, opened: the columns that its source names are found and looked at once, however it is read then.
//!
//! In: a source and one of its files. Out: the file with the columns that are read of it, and what they are for.

use std::io;

use arrow_schema::{DataType, Field};
use csv::ByteRecord;

use super::super::super::error::StoreError;
use super::super::files::SourceFile;
use super::super::mapping::Columns;
use super::file::ColumnarFile;
use crate::project::{DataSource, TimeMapping};
use crate::system::System;

/// An open file.
pub(super) struct Opened<'a> {
    /// The file, of which nothing but the columns that are used is read.
    pub(super) input: ColumnarFile,
    /// What they are for, by their places in the file.
    pub(super) columns: Columns,
    /// The columns that are used, ascending.
    pub(super) used: Vec<usize>,
    /// The names of all columns of the file.
    pub(super) names: Vec<String>,
    /// The column of times with how to read it; `None` where the time is the file's.
    pub(super) time: Option<(usize, &'a TimeMapping)>,
}

impl<'a> Opened<'a> {
    /// Opens a file and finds the columns that its source names.
    ///
    /// # Errors
    /// It cannot be opened, lacks a column, or has one of a type that cannot be what it is for.
    pub(super) fn new(system: &dyn System, source: &'a DataSource, file: &SourceFile) -> Result<Self, StoreError> {
        let unreadable = |cause| unreadable(source, file, cause);
        let bytes = system.open_at(&file.path).map_err(StoreError::system("open a source file"))?;
        let input = ColumnarFile::open(bytes, source.format).map_err(unreadable)?;
        let names: Vec<String> = input.schema.fields().iter().map(|field| field.name().clone()).collect();
        let header: ByteRecord = names.iter().map(String::as_bytes).collect();
        let columns = Columns::find(source, &header, &file.shown)?;
        let (used, scalars) = (columns.used(), columns.scalars());
        for at in &used {
            if let Some(field) = input.schema.fields().get(*at) {
                check_type(source, file, field, !scalars.contains(at))?;
            }
        }
        let mapping = source.event.as_ref().map(|event| &event.time).or(source.seen.as_ref());
        let time = columns.time_column().zip(mapping);
        let input = input.with_columns(used.clone()).map_err(unreadable)?;
        Ok(Self { input, columns, used, names, time })
    }
}

/// A file that cannot be read.
pub(super) fn unreadable(source: &DataSource, file: &SourceFile, cause: io::Error) -> StoreError {
    StoreError::Unreadable { source_name: source.name.clone(), file: file.shown.clone(), cause }
}

/// Whether a column can be read at all; as a list, where that is fine.
fn check_type(source: &DataSource, file: &SourceFile, field: &Field, may_be_list: bool) -> Result<(), StoreError> {
    let is_fine = match field.data_type() {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            may_be_list && is_scalar(item.data_type())
        }
        other => is_scalar(other),
    };
    if is_fine {
        return Ok(());
    }
    Err(StoreError::ColumnType {
        source_name: source.name.clone(),
        file: file.shown.clone(),
        column: field.name().clone(),
        data_type: field.data_type().to_string(),
    })
}

fn is_scalar(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => !values.is_nested() && is_scalar(values),
        DataType::Null | DataType::Boolean | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => true,
        other => other.is_numeric(),
    }
}
