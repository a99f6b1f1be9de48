//! Columns whose checksum is compared when they are first read.
//!
//! In: the bytes of a column as a file holds them, and their checksum. Out: [`Verified`], which reads like a slice. What always
//! holds: nobody sees values of a stored column that differ from what was written. A column that does differ reads as zeros, which
//! is "missing" for codes, and the store remembers that it did ([`Damages`]); whoever shows or keeps what follows from
//! the data asks for that first ([`Store::ensure_whole`](super::Store::ensure_whole)).

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow_buffer::{ArrowNativeType, Buffer, ScalarBuffer};
use twox_hash::XxHash3_64;

/// A checksum as the files of a store carry it: 64 bits of XXH3.
pub(super) fn sum(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// Something that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Damage {
    /// The file.
    pub file: PathBuf,
    /// The shard, where the file has one batch for each.
    pub shard: Option<usize>,
    /// The column, or the dictionary of a column; `None` for a file as a whole.
    pub column: Option<String>,
    /// What is wrong.
    pub what: String,
}

/// What was found damaged so far, by anybody who read from a store.
#[derive(Clone, Debug, Default)]
pub(super) struct Damages(Arc<Mutex<BTreeSet<Damage>>>);

impl Damages {
    pub(super) fn add(&self, damage: Damage) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(damage);
    }

    /// Everything, by file.
    pub(super) fn all(&self) -> Vec<Damage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// The bytes of one column in one batch of a file, or of a dictionary.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) bytes: Buffer,
    pub(super) sum: u64,
    pub(super) file: Arc<PathBuf>,
    pub(super) shard: Option<usize>,
    pub(super) column: Arc<str>,
    pub(super) damages: Damages,
}

impl Piece {
    /// Reads all bytes. Whether they are what was written; if not, that is remembered.
    pub(super) fn is_whole(&self) -> bool {
        let whole = sum(&self.bytes) == self.sum;
        if !whole {
            self.damaged("its checksum does not fit its content");
        }
        whole
    }

    /// Remembers that something is wrong here.
    pub(super) fn damaged(&self, what: &str) {
        self.damages.add(Damage {
            file: self.file.as_ref().clone(),
            shard: self.shard,
            column: Some(self.column.to_string()),
            what: what.to_owned(),
        });
    }
}

/// The values of a column. Reads like a slice; the first reading of a stored column reads all of it once more, for its checksum.
pub struct Verified<T: ArrowNativeType>(Values<T>);

enum Values<T: ArrowNativeType> {
    /// Made in memory, or verified with the whole file.
    Known(ScalarBuffer<T>),
    /// Shared by all copies, so that one of them is enough to verify.
    Stored(Arc<Stored<T>>),
}

struct Stored<T: ArrowNativeType> {
    as_found: ScalarBuffer<T>,
    piece: Arc<Piece>,
    seen: OnceLock<ScalarBuffer<T>>,
}

impl<T: ArrowNativeType> Stored<T> {
    #[inline]
    fn values(&self) -> &ScalarBuffer<T> {
        self.seen.get_or_init(|| match self.piece.is_whole() {
            true => self.as_found.clone(),
            false => vec![T::default(); self.as_found.len()].into(),
        })
    }
}

impl<T: ArrowNativeType> Verified<T> {
    /// Values that were not looked at so far, inside of a piece.
    pub(super) fn stored(as_found: ScalarBuffer<T>, piece: Arc<Piece>) -> Self {
        Self(Values::Stored(Arc::new(Stored { as_found, piece, seen: OnceLock::new() })))
    }

    /// How many values there are; reads none of them.
    pub fn len(&self) -> usize {
        match &self.0 {
            Values::Known(values) => values.len(),
            Values::Stored(stored) => stored.as_found.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values as Arrow keeps them.
    #[inline]
    pub fn buffer(&self) -> &ScalarBuffer<T> {
        match &self.0 {
            Values::Known(values) => values,
            Values::Stored(stored) => stored.values(),
        }
    }

    /// The values as a vector, without a copy where nobody else holds them.
    pub(super) fn into_vec(self) -> Vec<T> {
        match self.0 {
            Values::Known(values) => {
                values.into_inner().into_vec().unwrap_or_else(|shared| shared.typed_data::<T>().to_vec())
            }
            Values::Stored(ref stored) => stored.values().to_vec(),
        }
    }

    /// Some of the values, without a copy of them.
    ///
    /// # Panics
    /// Where there are fewer.
    #[must_use]
    pub fn slice(&self, start: usize, len: usize) -> Self {
        self.buffer().slice(start, len).into()
    }
}

impl<T: ArrowNativeType> Deref for Verified<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        self.buffer()
    }
}

impl<T: ArrowNativeType> Clone for Verified<T> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Values::Known(values) => Values::Known(values.clone()),
            Values::Stored(stored) => Values::Stored(stored.clone()),
        })
    }
}

impl<T: ArrowNativeType> Default for Verified<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T: ArrowNativeType> PartialEq for Verified<T> {
    fn eq(&self, other: &Self) -> bool {
        self[..] == other[..]
    }
}

impl<T: ArrowNativeType> fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: ArrowNativeType> From<Vec<T>> for Verified<T> {
    fn from(values: Vec<T>) -> Self {
        ScalarBuffer::from(values).into()
    }
}

impl<T: ArrowNativeType> From<ScalarBuffer<T>> for Verified<T> {
    fn from(values: ScalarBuffer<T>) -> Self {
        Self(Values::Known(values))
    }
}

impl<T: ArrowNativeType> FromIterator<T> for Verified<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().collect::<Vec<T>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(sum: u64, damages: &Damages) -> Verified<u32> {
        let bytes = Buffer::from_vec(vec![7u32, 8]);
        let piece = Piece {
            bytes: bytes.clone(),
            sum,
            file: Arc::new("a.arrow".into()),
            shard: Some(1),
            column: "sku".into(),
            damages: damages.clone(),
        };
        Verified::stored(ScalarBuffer::new(bytes, 0, 2), Arc::new(piece))
    }

    #[test]
    fn a_whole_column_reads_as_it_is() {
        let damages = Damages::default();
        let whole = column(sum(&[7, 0, 0, 0, 8, 0, 0, 0]), &damages);
        assert_eq!((whole.clone().to_vec(), whole.len()), (vec![7, 8], 2));
        assert_eq!(damages.all(), []);
    }

    #[test]
    fn a_damaged_column_is_missing_and_known_to_be() {
        let damages = Damages::default();
        let damaged = column(1, &damages);
        assert_eq!((damaged.len(), damages.all()), (2, vec![]), "nobody looked");
        assert_eq!(damaged.clone()[..], [0, 0]);
        let found = damages.all();
        assert_eq!((found.len(), found[0].shard, found[0].column.as_deref()), (1, Some(1), Some("sku")));
    }
}
