//! Columns as places in a file, and the pieces that checksums are about.
//!
//! In: the head of a batch. Out: a [`Node`] for each field, which no one has read so far. What always holds: each node
//! owns the bytes from its first buffer to the first one of the next node, padding included; what is in no node is the layout. So the
//! checksums of footer, layout and pieces together are about every byte of a file.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use arrow_array::StringArray;
use arrow_buffer::{ArrowNativeType, Buffer, ScalarBuffer};
use arrow_ipc::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field};
use twox_hash::XxHash3_64;

use super::super::column::{Dictionary, StoredTexts, string_array};
use super::super::sorted::Sorted;
use super::super::verified::{Damages, Piece, Verified, sum};
use super::ipc::broken;
use super::sums::Sums;

/// What a file is held to.
#[derive(Clone, Copy)]
pub(super) struct Proof<'a> {
    /// Its path, for whoever is told of damage.
    pub(super) file: &'a Arc<PathBuf>,
    /// Its checksums; `None` where they are to be made, or where the whole file was verified already.
    pub(super) sums: Option<&'a Sums>,
    /// Where damage is remembered that is found later.
    pub(super) damages: &'a Damages,
}

/// One field of one batch: where its values are.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// How many values.
    pub(super) len: usize,
    /// How many of them are null.
    pub(super) nulls: usize,
    data_type: DataType,
    /// Which values are there, and then the values; of lists their offsets.
    buffers: Vec<Buffer>,
    pub(super) children: Vec<Node>,
    piece: Option<Arc<Piece>>,
}

/// The pieces of a file while it is read.
#[derive(Debug)]
pub(super) struct Pieces {
    /// Ends of the layout so far: everything between two pieces.
    ranges: Vec<Range<usize>>,
    len: usize,
    footer: Range<usize>,
    file: Arc<PathBuf>,
    sums: Option<Sums>,
    damages: Damages,
    /// Every piece, where there are checksums.
    pub(super) all: Vec<Arc<Piece>>,
}

impl Pieces {
    pub(super) fn new(len: usize, proof: Proof<'_>) -> Self {
        Self {
            ranges: Vec::new(),
            len,
            footer: 0..0,
            file: proof.file.clone(),
            sums: proof.sums.cloned(),
            damages: proof.damages.clone(),
            all: Vec::new(),
        }
    }

    /// Compares the footer.
    pub(super) fn footer(&mut self, file: &Buffer, range: Range<usize>) -> Result<(), ArrowError> {
        self.footer = range;
        match &self.sums {
            Some(sums) if sums.footer != sum(bytes(file, &self.footer)) => Err(differs()),
            _ => Ok(()),
        }
    }

    /// The nodes of a batch whose body lies in a range of the file.
    pub(super) fn nodes(
        &mut self,
        file: &Buffer,
        body: Range<usize>,
        batch: &RecordBatch<'_>,
        fields: &[&Field],
        shard: Option<usize>,
    ) -> Result<Vec<Node>, ArrowError> {
        if batch.compression().is_some() {
            return Err(broken("compressed columns"));
        }
        let mut counts = Vec::new();
        fields.iter().try_for_each(|field| shape(field, &mut counts))?;
        let buffers = placed(batch, &body)?;
        let nodes: Vec<_> = batch.nodes().into_iter().flatten().collect();
        if nodes.len() != counts.len() || buffers.len() != counts.iter().sum::<usize>() {
            return Err(broken("a batch of another shape"));
        }
        let starts = starts(&counts, &buffers, &body)?;
        let mut cursor = Cursor { file, shard, nodes: &nodes, buffers: &buffers, starts: &starts, node: 0, buffer: 0 };
        fields.iter().map(|field| cursor.next(field, self, field.name())).collect()
    }

    fn piece(&mut self, file: &Buffer, range: Range<usize>, shard: Option<usize>, column: &str) -> Option<Arc<Piece>> {
        self.ranges.push(range.clone());
        let sum = *self.sums.as_ref()?.pieces.get(self.ranges.len() - 1)?;
        let piece = Arc::new(Piece {
            bytes: file.slice_with_length(range.start, range.len()),
            sum,
            file: self.file.clone(),
            shard,
            column: column.into(),
            damages: self.damages.clone(),
        });
        self.all.push(piece.clone());
        Some(piece)
    }

    /// Compares what lies between the pieces, now that all are known.
    pub(super) fn finish(&mut self, file: &Buffer) -> Result<(), ArrowError> {
        let layout = self.layout(file)?;
        match &self.sums {
            Some(sums) if sums.layout != layout || sums.pieces.len() != self.ranges.len() => Err(differs()),
            _ => Ok(()),
        }
    }

    /// The checksum of everything that is in no piece.
    fn layout(&self, file: &Buffer) -> Result<u64, ArrowError> {
        let mut ranges = self.ranges.clone();
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut hasher = XxHash3_64::new();
        let mut at = 0;
        for range in ranges {
            if range.start < at {
                return Err(broken("columns that overlap"));
            }
            std::hash::Hasher::write(&mut hasher, bytes(file, &(at..range.start)));
            at = range.end;
        }
        std::hash::Hasher::write(&mut hasher, bytes(file, &(at..self.len)));
        Ok(std::hash::Hasher::finish(&hasher))
    }

    /// The checksums of a file that was just written.
    pub(super) fn sums(&self, file: &Buffer) -> Result<Sums, ArrowError> {
        Ok(Sums {
            footer: sum(bytes(file, &self.footer)),
            layout: self.layout(file)?,
            pieces: self.ranges.iter().map(|range| sum(bytes(file, range))).collect(),
        })
    }
}

fn bytes<'f>(file: &'f Buffer, range: &Range<usize>) -> &'f [u8] {
    file.as_slice().get(range.clone()).unwrap_or(&[])
}

fn differs() -> ArrowError {
    broken("its checksum does not fit its content")
}

/// How many buffers each node of a field has, in depth-first order.
fn shape(field: &Field, counts: &mut Vec<usize>) -> Result<(), ArrowError> {
    let data_type = field.data_type();
    match data_type {
        DataType::Utf8 | DataType::Binary | DataType::LargeUtf8 | DataType::LargeBinary => counts.push(3),
        DataType::Boolean | DataType::FixedSizeBinary(_) => counts.push(2),
        DataType::List(item) | DataType::LargeList(item) => {
            counts.push(2);
            shape(item, counts)?;
        }
        DataType::Struct(fields) => {
            counts.push(1);
            fields.iter().try_for_each(|field| shape(field, counts))?;
        }
        _ if data_type.primitive_width().is_some() => counts.push(2),
        _ => return Err(broken("a column of a type that no store has")),
    }
    Ok(())
}

/// Where the buffers of a batch are in the file.
fn placed(batch: &RecordBatch<'_>, body: &Range<usize>) -> Result<Vec<Range<usize>>, ArrowError> {
    let mut placed = Vec::new();
    for buffer in batch.buffers().into_iter().flatten() {
        let size = |length: i64| usize::try_from(length).map_err(|_| broken("a negative length"));
        let start = body.start.checked_add(size(buffer.offset())?).ok_or_else(|| broken("a length too large"))?;
        let end = start.checked_add(size(buffer.length())?).ok_or_else(|| broken("a length too large"))?;
        if end > body.end {
            return Err(broken("a buffer beyond the end"));
        }
        placed.push(start..end);
    }
    Ok(placed)
}

/// Where each node starts, and where the last one ends.
fn starts(counts: &[usize], buffers: &[Range<usize>], body: &Range<usize>) -> Result<Vec<usize>, ArrowError> {
    let mut buffer = 0;
    let mut starts = Vec::with_capacity(counts.len() + 1);
    for count in counts {
        starts.push(buffers.get(buffer).map_or(body.end, |range| range.start));
        buffer += count;
    }
    starts.push(body.end);
    let inside = |(at, range): (usize, &Range<usize>)| {
        let next = buffers.get(at + 1).map_or(body.end, |next| next.start);
        range.end <= next
    };
    if buffers.iter().enumerate().all(inside) { Ok(starts) } else { Err(broken("buffers that overlap")) }
}

/// Goes through the nodes of a batch in depth-first order.
struct Cursor<'c> {
    file: &'c Buffer,
    shard: Option<usize>,
    nodes: &'c [&'c arrow_ipc::FieldNode],
    buffers: &'c [Range<usize>],
    starts: &'c [usize],
    node: usize,
    buffer: usize,
}

impl Cursor<'_> {
    fn next(&mut self, field: &Field, pieces: &mut Pieces, column: &str) -> Result<Node, ArrowError> {
        let other = || broken("a batch of another shape");
        let size = |length: i64| usize::try_from(length).map_err(|_| broken("a negative length"));
        let node = self.nodes.get(self.node).ok_or_else(other)?;
        let (len, nulls) = (size(node.length())?, size(node.null_count())?);
        let (start, end) =
            (*self.starts.get(self.node).ok_or_else(other)?, *self.starts.get(self.node + 1).ok_or_else(other)?);
        let piece = pieces.piece(self.file, start..end, self.shard, column);
        self.node += 1;
        let (own, fields): (usize, Vec<&Field>) = match field.data_type() {
            DataType::List(item) | DataType::LargeList(item) => (2, vec![item.as_ref()]),
            DataType::Struct(fields) => (1, fields.iter().map(AsRef::as_ref).collect()),
            DataType::Utf8 | DataType::Binary | DataType::LargeUtf8 | DataType::LargeBinary => (3, Vec::new()),
            _ => (2, Vec::new()),
        };
        let placed = self.buffers.get(self.buffer..self.buffer + own).ok_or_else(other)?;
        self.buffer += own;
        let buffers = placed.iter().map(|range| self.file.slice_with_length(range.start, range.len())).collect();
        let named = |child: &Field| match field.data_type() {
            DataType::Struct(_) => format!("{column}.{}", child.name()),
            _ => column.to_owned(),
        };
        let children =
            fields.into_iter().map(|child| self.next(child, pieces, &named(child))).collect::<Result<_, _>>()?;
        Ok(Node { len, nulls, data_type: field.data_type().clone(), buffers, children, piece })
    }
}

impl Node {
    /// Whether no value is there.
    pub(super) fn is_all_null(&self) -> bool {
        self.nulls == self.len
    }

    /// The values of a column of numbers.
    pub(super) fn values<T: ArrowNativeType>(&self) -> Result<Verified<T>, ArrowError> {
        if self.data_type.primitive_width() != Some(size_of::<T>()) {
            return Err(broken("a column of another type"));
        }
        self.numbers(self.len)
    }

    /// The offsets of a list; one more than there are lists.
    pub(super) fn offsets(&self) -> Result<Verified<u32>, ArrowError> {
        match self.data_type {
            DataType::List(_) if self.len == 0 => Ok(vec![0].into()),
            // Offsets are never negative: read as unsigned they are the same numbers.
            DataType::List(_) => self.numbers(self.len + 1),
            _ => Err(broken("a column of another type")),
        }
    }

    fn numbers<T: ArrowNativeType>(&self, count: usize) -> Result<Verified<T>, ArrowError> {
        let values: ScalarBuffer<T> = numbers(self.buffers.get(1), count)?;
        Ok(match &self.piece {
            Some(piece) => Verified::stored(values, piece.clone()),
            None => values.into(),
        })
    }

    /// The texts of a column without a dictionary, read here.
    pub(super) fn texts(&self) -> Result<StringArray, ArrowError> {
        let other = || broken("a column of another type");
        let [present, offsets, bytes] = self.buffers.as_slice() else { return Err(other()) };
        if self.piece.as_ref().is_some_and(|piece| !piece.is_whole()) {
            return Err(differs());
        }
        let offsets: ScalarBuffer<i32> = numbers(Some(offsets), self.len + 1)?;
        string_array(self.len, Some(present).filter(|_| self.nulls > 0), &offsets, bytes).ok_or_else(other)
    }

    /// The texts of a dictionary, and in which order the file says that they are.
    pub(super) fn dictionary(&self, said: Option<Sorted>) -> Result<Dictionary, ArrowError> {
        let [present, offsets, bytes] = self.buffers.as_slice() else {
            return Err(broken("a dictionary of another type"));
        };
        let present = Some(present).filter(|_| self.nulls > 0);
        let offsets: ScalarBuffer<i32> = numbers(Some(offsets), self.len + 1)?;
        let Some(piece) = &self.piece else {
            let texts = string_array(self.len, present, &offsets, bytes);
            let texts = texts.and_then(Dictionary::new).ok_or_else(|| broken("a dictionary of another type"))?;
            return Ok(match said {
                Some(sorted) => texts.said_to_be(sorted),
                None => texts,
            });
        };
        Ok(Dictionary::stored(StoredTexts {
            len: self.len,
            present: present.cloned(),
            offsets,
            bytes: bytes.clone(),
            piece: piece.clone(),
            seen: OnceLock::new(),
            said,
            fits: OnceLock::new(),
        }))
    }
}

/// Bytes as numbers, where they are, unless they lie askew.
fn numbers<T: ArrowNativeType>(buffer: Option<&Buffer>, count: usize) -> Result<ScalarBuffer<T>, ArrowError> {
    let buffer = buffer.ok_or_else(|| broken("a column without values"))?;
    let bytes = count.checked_mul(size_of::<T>()).filter(|bytes| *bytes <= buffer.len());
    let bytes = bytes.ok_or_else(|| broken("a column that is too short"))?;
    let part = buffer.slice_with_length(0, bytes);
    let part =
        if part.as_ptr().align_offset(align_of::<T>()) == 0 { part } else { Buffer::from_slice_ref(part.as_slice()) };
    Ok(ScalarBuffer::new(part, 0, count))
}
