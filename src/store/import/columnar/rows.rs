//! Rows of columns, one by one, as the rows of every other format are read.

use std::borrow::Cow;
use std::io;

use arrow_array::{ArrayRef, RecordBatch};

use super::super::super::column::{LIST, is_no_value};
use super::super::super::error::StoreError;
use super::super::files::SourceFile;
use super::super::mapping::Columns;
use super::super::reader::{FileReader, ROWS_PER_PROGRESS, Scratch};
use super::super::record::{Record, Said};
use super::super::report::BadRow;
use super::super::time::TimeReader;
use super::file::ColumnarFile;
use super::open::{Opened, unreadable};
use super::texts::{NOTHING, Texts, UNFIT};
use super::times::{NO_TIME, times};
use crate::project::{DataSource, TimeMapping};
use crate::system::System;

/// Reads the rows of a file one by one; gives how many there are.
pub(in super::super) fn read_rows(reader: &mut FileReader<'_, '_>) -> Result<u64, StoreError> {
    let (records, mut columns) = Records::open(reader.system, reader.source, reader.file)?;
    let (input, targets) = reader.begin(&columns);
    let (mut scratch, mut rows) = (Scratch::default(), 0);
    let (meter, length) = (reader.meter, reader.file.info.len);
    records.each(&mut |record, bytes| {
        rows += 1;
        if let Err(reason) = reader.read_row(record, rows, &mut columns, input, &targets, &mut scratch) {
            reader.reject(reason, rows, None, record.written().as_bytes())?;
        }
        if rows % ROWS_PER_PROGRESS == 0 {
            meter.rows.set(meter.rows.get() + ROWS_PER_PROGRESS);
            meter.tell(&reader.source.name, &reader.file.shown, bytes.min(length));
        }
        Ok(())
    })?;
    reader.report.rows += rows;
    meter.rows.set(meter.rows.get() + rows % ROWS_PER_PROGRESS);
    meter.done.set(meter.done.get() + length);
    meter.tell(&reader.source.name, &reader.file.shown, 0);
    Ok(rows)
}

/// A file whose rows are read one by one.
struct Records<'a> {
    source: &'a DataSource,
    file: &'a SourceFile,
    input: ColumnarFile,
    /// The columns of the file that are read, ascending.
    used: Vec<usize>,
    /// The names of all columns of the file.
    names: Vec<String>,
    /// The column of times: what is read of it is a column more, as it may be asked for as a text too.
    time: Option<(usize, &'a TimeMapping)>,
}

/// A row of typed columns.
struct TypedRow<'r> {
    names: &'r [String],
    columns: &'r [Option<Column>],
    row: usize,
    /// The time in ms since 1970; empty where there is none.
    time: String,
}

/// A column with its lists taken apart.
struct Column {
    texts: Texts,
    lists: Vec<Option<Vec<Cow<'static, str>>>>,
}

impl Column {
    fn of(array: &ArrayRef) -> Option<Self> {
        let texts = Texts::of(array)?;
        let list = |text: &str| {
            let entries: Option<Vec<String>> = serde_json::from_str(text.strip_prefix(LIST)?).ok();
            Some(entries?.into_iter().map(Cow::Owned).collect())
        };
        let lists = texts.all().map(list).collect();
        Some(Self { texts, lists })
    }

    fn said(&self, row: usize) -> Result<Said<'_>, BadRow> {
        let code = self.texts.codes.get(row).copied().unwrap_or(NOTHING);
        match (code, self.lists.get(code as usize)) {
            (UNFIT, _) => Err(BadRow::Value),
            (NOTHING, _) => Ok(Said::Missing),
            (_, Some(Some(list))) => Ok(Said::List(list)),
            _ if is_no_value(self.texts.text(code)) => Ok(Said::Null),
            _ => Ok(Said::Text(self.texts.text(code))),
        }
    }
}

impl Record for TypedRow<'_> {
    fn said(&self, column: usize) -> Result<Said<'_>, BadRow> {
        if column == self.columns.len() {
            return Ok(Said::Text(&self.time));
        }
        self.columns.get(column).and_then(Option::as_ref).map_or(Ok(Said::Missing), |column| column.said(self.row))
    }
}

impl TypedRow<'_> {
    /// The row as a JSON object, for people to look at.
    fn written(&self) -> String {
        let columns = self.names.iter().zip(self.columns);
        let texts = columns.filter_map(|(name, column)| Some((name.as_str(), &column.as_ref()?.texts)));
        written(texts, self.row)
    }
}

/// A row as a JSON object of the texts that it says.
pub(super) fn written<'t>(columns: impl Iterator<Item = (&'t str, &'t Texts)>, row: usize) -> String {
    let mut object = serde_json::Map::new();
    for (name, texts) in columns {
        let text = texts.codes.get(row).filter(|code| **code < UNFIT).map(|code| texts.text(*code));
        let Some(text) = text else { continue };
        let list = text.strip_prefix(LIST).and_then(|json| serde_json::from_str(json).ok());
        object.insert(name.to_owned(), list.unwrap_or_else(|| text.into()));
    }
    serde_json::Value::Object(object).to_string()
}

impl<'a> Records<'a> {
    /// Opens a file. Times are read off a column of their own, as ms since 1970.
    fn open(system: &dyn System, source: &'a DataSource, file: &'a SourceFile) -> Result<(Self, Columns), StoreError> {
        let Opened { input, mut columns, used, names, time } = Opened::new(system, source, file)?;
        if let Some(column) = columns.time_mut() {
            *column = (names.len(), TimeReader::of_ms());
        }
        Ok((Self { source, file, input, used, names, time }, columns))
    }

    /// Hands over every row, and how many bytes of the file were read before it.
    fn each(mut self, take: &mut dyn FnMut(&TypedRow<'_>, u64) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut bytes = 0;
        loop {
            let chunks = self.input.next_chunks(1).map_err(|cause| self.unreadable(cause))?;
            let Some(chunk) = chunks.into_iter().next() else { return Ok(()) };
            let of_chunk = chunk.bytes();
            let mut result = Ok(());
            let read = chunk.read(&mut |batch| {
                if result.is_ok() {
                    result = self.batch(batch, bytes, take);
                }
            });
            read.map_err(|cause| self.unreadable(cause))?;
            result?;
            bytes += of_chunk;
        }
    }

    fn batch(
        &self,
        batch: &RecordBatch,
        bytes: u64,
        take: &mut dyn FnMut(&TypedRow<'_>, u64) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut columns: Vec<Option<Column>> = Vec::new();
        columns.resize_with(self.names.len(), || None);
        for (place, array) in self.used.iter().zip(batch.columns()) {
            if let Some(column) = columns.get_mut(*place) {
                *column = Column::of(array);
            }
        }
        let time = self.time.and_then(|(column, mapping)| {
            let at = self.used.iter().position(|used| *used == column)?;
            times(batch.columns().get(at)?, mapping)
        });
        let mut record = TypedRow { names: &self.names, columns: &columns, row: 0, time: String::new() };
        for row in 0..batch.num_rows() {
            record.row = row;
            record.time.clear();
            let at_ms = time.as_ref().and_then(|times| times.get(row)).copied().unwrap_or(NO_TIME);
            if at_ms != NO_TIME {
                record.time = at_ms.to_string();
            }
            take(&record, bytes)?;
        }
        Ok(())
    }

    fn unreadable(&self, cause: io::Error) -> StoreError {
        unreadable(self.source, self.file, cause)
    }
}
