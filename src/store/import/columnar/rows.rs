//! Rows of columns, one by one: as records of texts, which the mapping of every other file works on.

use std::io;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field};
use csv::ByteRecord;

use super::super::super::error::StoreError;
use super::super::files::SourceFile;
use super::super::mapping::Columns;
use super::super::report::BadRow;
use super::super::time::TimeReader;
use super::file::ColumnarFile;
use super::texts::{NOTHING, Texts, UNFIT};
use super::times::{NO_TIME, times};
use crate::project::{DataSource, TimeMapping};
use crate::system::System;

/// How many chunks are fetched at once.
const CHUNKS_AT_ONCE: usize = 1;

/// A file whose rows are read one by one.
pub(in super::super) struct Records<'a> {
    source: &'a DataSource,
    file: &'a SourceFile,
    input: ColumnarFile,
    /// The columns of the file that are read, ascending.
    used: Vec<usize>,
    /// Columns of the file, and what is read of times: a column more, as it may be asked for as a text too.
    width: usize,
    time: Option<(usize, &'a TimeMapping)>,
}

/// What a row is for, or why it cannot be taken.
pub(in super::super) type Taken<'r> = Result<&'r ByteRecord, BadRow>;

impl<'a> Records<'a> {
    /// Opens a file and finds the columns that its source names. Times are read off a column of their own, as ms since 1970.
    ///
    /// # Errors
    /// It cannot be opened, lacks a column, or has one of a type that cannot be what it is for.
    pub(in super::super) fn open(
        system: &dyn System,
        source: &'a DataSource,
        file: &'a SourceFile,
    ) -> Result<(Self, Columns), StoreError> {
        let unreadable = |cause| unreadable(source, file, cause);
        let bytes = system.open_at(&file.path).map_err(StoreError::system("open a source file"))?;
        let input = ColumnarFile::open(bytes, source.format).map_err(unreadable)?;
        let header: ByteRecord = input.schema.fields().iter().map(|field| field.name().as_bytes()).collect();
        let mut columns = Columns::find(source, &header, &file.shown)?;
        let scalars = columns.scalars();
        let used = columns.used();
        for at in &used {
            if let Some(field) = input.schema.fields().get(*at) {
                check_type(source, file, field, !scalars.contains(at))?;
            }
        }
        let width = header.len();
        let mapping = source.event.as_ref().map(|event| &event.time).or(source.seen.as_ref());
        let time = columns.time_column().zip(mapping);
        if let Some(column) = columns.time_mut() {
            *column = (width, TimeReader::of_ms());
        }
        columns.count = width + 1;
        let input = input.with_columns(used.clone()).map_err(unreadable)?;
        Ok((Self { source, file, input, used, width, time }, columns))
    }

    /// Hands over every row with its number, from 1.
    pub(in super::super) fn each(
        mut self,
        take: &mut dyn FnMut(Taken<'_>, u64) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut row = 0;
        loop {
            let chunks = self.input.next_chunks(CHUNKS_AT_ONCE).map_err(|cause| self.unreadable(cause))?;
            if chunks.is_empty() {
                return Ok(());
            }
            for chunk in chunks {
                let mut result = Ok(());
                let read = chunk.read(&mut |batch| {
                    if result.is_ok() {
                        result = self.batch(batch, &mut row, take);
                    }
                });
                read.map_err(|cause| self.unreadable(cause))?;
                result?;
            }
        }
    }

    fn batch(
        &self,
        batch: &RecordBatch,
        row: &mut u64,
        take: &mut dyn FnMut(Taken<'_>, u64) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut texts: Vec<Option<Texts>> = Vec::new();
        texts.resize_with(self.width, || None);
        for (place, column) in self.used.iter().zip(batch.columns()) {
            if let Some(of) = texts.get_mut(*place) {
                *of = Texts::of(column);
            }
        }
        let time = self.time.and_then(|(column, mapping)| {
            let at = self.used.iter().position(|used| *used == column)?;
            times(batch.columns().get(at)?, mapping)
        });
        let mut record = ByteRecord::new();
        for at in 0..batch.num_rows() {
            *row += 1;
            record.clear();
            let mut unfit = false;
            for column in &texts {
                let code = column.as_ref().and_then(|column| column.codes.get(at)).copied().unwrap_or(NOTHING);
                unfit |= code == UNFIT;
                record.push_field(column.as_ref().map_or("", |column| column.text(code)).as_bytes());
            }
            let at_ms = time.as_ref().and_then(|times| times.get(at)).copied().unwrap_or(NO_TIME);
            let text = if at_ms == NO_TIME { String::new() } else { at_ms.to_string() };
            record.push_field(text.as_bytes());
            take(if unfit { Err(BadRow::Value) } else { Ok(&record) }, *row)?;
        }
        Ok(())
    }

    fn unreadable(&self, cause: io::Error) -> StoreError {
        unreadable(self.source, self.file, cause)
    }
}

fn unreadable(source: &DataSource, file: &SourceFile, cause: io::Error) -> StoreError {
    StoreError::Unreadable { source_name: source.name.clone(), file: file.shown.clone(), cause }
}

/// Whether a column can be read at all; as a list, where that is fine.
pub(super) fn check_type(
    source: &DataSource,
    file: &SourceFile,
    field: &Field,
    may_be_list: bool,
) -> Result<(), StoreError> {
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
