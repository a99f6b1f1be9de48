//! Parquet files, written a row group at a time.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::super::Store;
use super::super::error::StoreError;
use super::{Exported, ExportedFile, Exporting};
use crate::system::System;

/// Rows that a row group has at most: what a large shard is cut into.
const GROUP_ROWS: usize = 1 << 20;

/// Where the files of an export go.
pub(super) struct Sink<'a> {
    system: &'a dyn System,
    store: &'a Store,
    folder: &'a Path,
    total: u64,
    done: u64,
    progress: &'a dyn Fn(Exporting<'_>),
    pub(super) exported: Exported,
}

/// A file that is open.
pub(super) struct Open<'o> {
    /// Keeps one row group, which is handed on when it ends.
    writer: ArrowWriter<Vec<u8>>,
    out: &'o mut dyn Write,
    rows: u64,
    bytes: u64,
    tell: &'o mut dyn FnMut(u64),
}

impl<'a> Sink<'a> {
    pub(super) fn new(
        system: &'a dyn System,
        store: &'a Store,
        folder: &'a Path,
        total: u64,
        progress: &'a dyn Fn(Exporting<'_>),
    ) -> Result<Self, StoreError> {
        for folder in [folder, &folder.join("events")] {
            system.create_folder(folder).map_err(StoreError::system("make the folder of the export"))?;
        }
        Ok(Self { system, store, folder, total, done: 0, progress, exported: Exported::default() })
    }

    /// Writes a file; `fill` hands over its rows. It gets its name only where nothing that was read of the store is damaged.
    pub(super) fn file(
        &mut self,
        name: String,
        schema: Schema,
        fill: &dyn Fn(&mut Open<'_>) -> Result<(), ArrowError>,
    ) -> Result<(), StoreError> {
        let Self { system, store, folder, total, done, progress, .. } = self;
        let (schema, before, mut failed) = (Arc::new(schema), *done, None);
        let (mut rows, mut bytes) = (0, 0);
        let written = system.write_atomic(&folder.join(&name), &mut |out| {
            *done = before;
            let mut tell = |more: u64| {
                *done += more;
                progress(Exporting { file: &name, done: *done, total: *total });
            };
            let writer =
                ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties())).map_err(io::Error::other)?;
            let mut open = Open { writer, out, rows: 0, bytes: 0, tell: &mut tell };
            fill(&mut open).and_then(|()| open.finish()).map_err(to_io)?;
            (rows, bytes) = (open.rows, open.bytes);
            store.ensure_whole().map_err(|damage| {
                let told = io::Error::other(damage.to_string());
                failed = Some(damage);
                told
            })
        });
        match (written, failed) {
            (_, Some(damage)) => Err(damage),
            (Err(cause), None) => Err(StoreError::system("write a file of the export")(cause)),
            (Ok(()), None) => {
                self.exported.files.push(ExportedFile { name, rows, bytes });
                Ok(())
            }
        }
    }
}

impl Open<'_> {
    /// Writes some rows, which are of so many users or events.
    pub(super) fn write(&mut self, batch: &RecordBatch, of: u64) -> Result<(), ArrowError> {
        self.writer.write(batch).map_err(to_arrow)?;
        self.rows += batch.num_rows() as u64;
        (self.tell)(of);
        self.hand_on().map_err(ArrowError::from)
    }

    /// Ends a row group.
    pub(super) fn end_group(&mut self) -> Result<(), ArrowError> {
        self.writer.flush().map_err(to_arrow)?;
        self.hand_on().map_err(ArrowError::from)
    }

    fn finish(&mut self) -> Result<(), ArrowError> {
        self.writer.finish().map_err(to_arrow)?;
        self.hand_on().map_err(ArrowError::from)
    }

    /// Hands on what the writer has put together.
    fn hand_on(&mut self) -> io::Result<()> {
        let ready = std::mem::take(self.writer.inner_mut());
        self.bytes += ready.len() as u64;
        self.out.write_all(&ready)
    }
}

fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_created_by(concat!("aud ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}

fn to_arrow(error: ParquetError) -> ArrowError {
    ArrowError::ParquetError(error.to_string())
}

fn to_io(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, cause) => cause,
        other => io::Error::other(other),
    }
}
