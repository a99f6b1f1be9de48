//! A column: codes into a dictionary of the texts that were sent.

use std::sync::Arc;

use arrow_array::{Array, StringArray};
use arrow_buffer::ScalarBuffer;

use super::reading::Readings;
use super::sorted::Sorted;

/// The code of a missing key.
pub const ABSENT: u32 = 0;
/// The code of a key that is there without a value.
pub const NULL: u32 = 1;

/// What a list begins with in a dictionary: a list is one of its distinct values, so that a predicate is decided once for
/// each distinct list. A text that begins with it loses it.
pub const LIST: char = '\u{1d}';

/// A list as a dictionary keeps it.
pub(super) fn list_text<T: AsRef<str>>(entries: &[T]) -> String {
    let entries: Vec<&str> = entries.iter().map(AsRef::as_ref).collect();
    format!("{LIST}{}", serde_json::Value::from(entries))
}

/// The distinct texts of a column. Invariant: codes 0 and 1 are [`ABSENT`] and [`NULL`], null slots with empty texts.
#[derive(Clone, Debug)]
pub struct Dictionary {
    texts: StringArray,
    sorted: Option<Sorted>,
    readings: Arc<Readings>,
}

impl Default for Dictionary {
    /// The two reserved codes alone.
    fn default() -> Self {
        Self { texts: StringArray::new_null(NULL as usize + 1), sorted: None, readings: Arc::default() }
    }
}

impl Dictionary {
    /// Wraps the texts by code. `None` where the two reserved codes are missing or not empty.
    pub fn new(texts: StringArray) -> Option<Self> {
        let reserved = texts.len() >= 2 && texts.value(0).is_empty() && texts.value(1).is_empty();
        reserved.then_some(Self { texts, sorted: None, readings: Arc::default() })
    }

    /// Wraps texts, none of them twice, that were put in order.
    pub(super) fn of_texts<'t>(texts: impl Iterator<Item = &'t str>, sorted: Sorted) -> Self {
        let reserved = [None; NULL as usize + 1];
        let texts: StringArray = reserved.into_iter().chain(texts.map(Some)).collect();
        Self { texts, sorted: Some(sorted), readings: Arc::default() }
    }

    /// The same, as a file says that it is in order; not, where that cannot be so.
    #[must_use]
    pub fn said_to_be(mut self, sorted: Sorted) -> Self {
        // What was read without knowing the order is read anew.
        self.readings = Arc::default();
        self.sorted = sorted.fits(&self).then_some(sorted);
        self
    }

    /// Which codes are in order; `None` where that is not known, as in what was not written yet.
    pub fn sorted(&self) -> Option<&Sorted> {
        self.sorted.as_ref()
    }

    /// What its texts were read as so far.
    pub(super) fn readings(&self) -> &Readings {
        &self.readings
    }

    /// How many codes there are, the two reserved ones included.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Always false: two codes are always there.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The text of a code; `None` for the reserved codes, for codes that do not exist, and for lists.
    pub fn text(&self, code: u32) -> Option<&str> {
        self.raw(code).filter(|text| !text.starts_with(LIST))
    }

    /// The entries of a list; `None` where a code is no list.
    pub fn list(&self, code: u32) -> Option<Vec<String>> {
        let json = self.raw(code)?.strip_prefix(LIST)?;
        Some(serde_json::from_str(json).unwrap_or_default())
    }

    /// What is kept for a code: its text, or for a list [`LIST`] and a JSON array of texts.
    pub(super) fn raw(&self, code: u32) -> Option<&str> {
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
