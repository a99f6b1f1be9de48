//! A column: codes into a dictionary of the texts that were sent.

use std::sync::Arc;

use arrow_array::{Array, StringArray};
use arrow_buffer::ScalarBuffer;

/// The code of a missing key.
pub const ABSENT: u32 = 0;
/// The code of a key that is there without a value.
pub const NULL: u32 = 1;

/// The distinct texts of a column. Invariant: codes 0 and 1 are [`ABSENT`] and [`NULL`], null slots with empty texts.
#[derive(Clone, Debug)]
pub struct Dictionary {
    texts: StringArray,
}

impl Default for Dictionary {
    /// The two reserved codes alone.
    fn default() -> Self {
        Self { texts: StringArray::new_null(NULL as usize + 1) }
    }
}

impl Dictionary {
    /// Wraps the texts by code. `None` where the two reserved codes are missing or not empty.
    pub fn new(texts: StringArray) -> Option<Self> {
        let reserved = texts.len() >= 2 && texts.value(0).is_empty() && texts.value(1).is_empty();
        reserved.then_some(Self { texts })
    }

    /// How many codes there are, the two reserved ones included.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Always false: two codes are always there.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The text of a code; `None` for the reserved codes and for codes that do not exist.
    pub fn text(&self, code: u32) -> Option<&str> {
        (code > NULL && (code as usize) < self.texts.len()).then(|| self.texts.value(code as usize))
    }

    /// The texts as an Arrow array.
    pub fn texts(&self) -> &StringArray {
        &self.texts
    }
}

/// One value for each row.
#[derive(Clone, Debug)]
pub struct Column {
    /// The code of each row.
    pub codes: ScalarBuffer<u32>,
    /// What the codes stand for.
    pub dictionary: Arc<Dictionary>,
}

impl Column {
    /// The code of a row; [`ABSENT`] beyond the end.
    pub fn code(&self, row: usize) -> u32 {
        self.codes.get(row).copied().unwrap_or(ABSENT)
    }

    /// The text of a row, if it has one.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.dictionary.text(self.code(row))
    }
}
