//! A Parquet or Arrow file that is open: its columns, and its rows in chunks.
//!
//! In: a source file. Out: the names of its columns, and [`Chunk`]s in the order in which they stand, which can be decoded in
//! parallel. Only the columns that are asked for are read. A file that changes meanwhile shows as an error or as other rows,
//! never as more than that: nothing is mapped. A damaged file is an error, whatever the crates that read it do.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Encoding;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, Length};

use super::contain::contain;
use crate::project::Format;
use crate::system::ReadAt;

/// How many rows are decoded at once: what fits the caches of a core.
const ROWS_AT_ONCE: usize = 1 << 18;
/// How an Arrow file begins; a stream does not.
const ARROW_MAGIC: &[u8] = b"ARROW1";

/// A file with its columns.
pub(super) struct ColumnarFile {
    /// The columns, as they are decoded.
    pub(super) schema: SchemaRef,
    input: Input,
}

enum Input {
    Parquet { bytes: Shared, metadata: Box<ArrowReaderMetadata>, groups: std::vec::IntoIter<usize>, roots: Vec<usize> },
    Arrow(Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>),
}

/// Some rows that stand together.
pub(super) enum Chunk {
    Parquet { bytes: Shared, metadata: ArrowReaderMetadata, group: usize, roots: Vec<usize> },
    Arrow(RecordBatch),
}

impl ColumnarFile {
    /// Opens a file of a format.
    pub(super) fn open(bytes: Arc<dyn ReadAt>, format: Format) -> io::Result<Self> {
        let bytes = Shared(bytes);
        contain(|| match format {
            Format::Parquet => open_parquet(bytes).map_err(from_parquet),
            _ => open_arrow(bytes).map_err(from_arrow),
        })
    }

    /// The same file with the columns at some places alone, which are ascending.
    pub(super) fn with_columns(mut self, columns: Vec<usize>) -> io::Result<Self> {
        self.schema = Arc::new(self.schema.project(&columns).map_err(from_arrow)?);
        match &mut self.input {
            Input::Parquet { roots, .. } => *roots = columns,
            Input::Arrow(batches) => {
                let all = std::mem::replace(batches, Box::new(std::iter::empty()));
                *batches = Box::new(all.map(move |batch| batch?.project(&columns)));
            }
        }
        Ok(self)
    }

    /// The next chunks, at most so many.
    pub(super) fn next_chunks(&mut self, count: usize) -> io::Result<Vec<Chunk>> {
        match &mut self.input {
            Input::Parquet { bytes, metadata, groups, roots } => {
                let chunk = |group| Chunk::Parquet {
                    bytes: bytes.clone(),
                    metadata: (**metadata).clone(),
                    group,
                    roots: roots.clone(),
                };
                Ok(groups.take(count).map(chunk).collect())
            }
            Input::Arrow(batches) => {
                contain(|| batches.take(count).map(|batch| batch.map(Chunk::Arrow).map_err(from_arrow)).collect())
            }
        }
    }
}

impl Chunk {
    /// How much of the file it is, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Arrow(batch) => batch.get_array_memory_size() as u64,
            Self::Parquet { metadata, group, .. } => {
                let group = metadata.metadata().row_groups().get(*group);
                group.map_or(0, |group| group.compressed_size().unsigned_abs())
            }
        }
    }

    /// Decodes the rows, some at a time.
    pub(super) fn read(self, each: &mut dyn FnMut(&RecordBatch)) -> io::Result<()> {
        match self {
            Self::Arrow(batch) => {
                for from in (0..batch.num_rows()).step_by(ROWS_AT_ONCE) {
                    each(&batch.slice(from, ROWS_AT_ONCE.min(batch.num_rows() - from)));
                }
            }
            Self::Parquet { bytes, metadata, group, roots } => {
                let mut reader = contain(|| {
                    let mask = ProjectionMask::roots(metadata.parquet_schema(), roots);
                    ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, metadata)
                        .with_projection(mask)
                        .with_row_groups(vec![group])
                        .with_batch_size(ROWS_AT_ONCE)
                        .build()
                        .map_err(from_parquet)
                })?;
                while let Some(batch) = contain(|| reader.next().transpose().map_err(from_arrow))? {
                    each(&batch);
                }
            }
        }
        Ok(())
    }
}

fn open_parquet(bytes: Shared) -> Result<ColumnarFile, ParquetError> {
    let plain = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new())?;
    let encoded = Arc::new(with_dictionaries(plain.schema(), plain.metadata()));
    let options = ArrowReaderOptions::new().with_schema(encoded);
    let metadata = ArrowReaderMetadata::try_new(plain.metadata().clone(), options).unwrap_or(plain);
    let groups: Vec<usize> = (0..metadata.metadata().num_row_groups()).collect();
    let schema = metadata.schema().clone();
    let roots = (0..schema.fields().len()).collect();
    let input = Input::Parquet { bytes, metadata: Box::new(metadata), groups: groups.into_iter(), roots };
    Ok(ColumnarFile { schema, input })
}

/// The schema that keeps texts as codes where the file has them as codes.
fn with_dictionaries(schema: &Schema, metadata: &ParquetMetaData) -> Schema {
    let is_encoded = |name: &str| {
        let columns = metadata.row_groups().iter().flat_map(|group| group.columns());
        let mut own = columns.filter(|column| column.column_path().parts() == [name]).peekable();
        own.peek().is_some() && own.all(|column| column.encodings().any(|each| each == Encoding::RLE_DICTIONARY))
    };
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 if is_encoded(field.name()) => {
            let codes = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(field.as_ref().clone().with_data_type(codes))
        }
        _ => field.clone(),
    };
    Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()).with_metadata(schema.metadata().clone())
}

fn open_arrow(bytes: Shared) -> Result<ColumnarFile, ArrowError> {
    let mut head = [0u8; ARROW_MAGIC.len()];
    let is_file = bytes.0.read_at(&mut head, 0).is_ok() && head == ARROW_MAGIC;
    let from = BufReader::new(Reading { bytes, at: 0 });
    if is_file {
        let reader = FileReader::try_new(from, None)?;
        return Ok(ColumnarFile { schema: reader.schema(), input: Input::Arrow(Box::new(reader)) });
    }
    let reader = StreamReader::try_new(from, None)?;
    Ok(ColumnarFile { schema: reader.schema(), input: Input::Arrow(Box::new(reader)) })
}

fn from_arrow(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, cause) => cause,
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}

fn from_parquet(error: ParquetError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// A file as the readers of both formats want it.
#[derive(Clone)]
pub(super) struct Shared(Arc<dyn ReadAt>);

impl Length for Shared {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Shared {
    type T = BufReader<Reading>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(Reading { bytes: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let inside = start.checked_add(length as u64).is_some_and(|end| end <= self.0.len());
        if !inside {
            return Err(ParquetError::EOF("a part of the file lies beyond its end".to_owned()));
        }
        let mut bytes = vec![0; length];
        self.0.read_at(&mut bytes, start).map_err(|cause| ParquetError::External(Box::new(cause)))?;
        Ok(bytes.into())
    }
}

/// A file from a place on.
pub(super) struct Reading {
    bytes: Shared,
    at: u64,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes.0.len().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        if let Some(part) = buffer.get_mut(..length) {
            self.bytes.0.read_at(part, self.at)?;
        }
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Reading {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let moved = |base: u64, by: i64| base.checked_add_signed(by).ok_or(io::ErrorKind::InvalidInput);
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => moved(self.bytes.0.len(), by)?,
            SeekFrom::Current(by) => moved(self.at, by)?,
        };
        Ok(self.at)
    }
}
