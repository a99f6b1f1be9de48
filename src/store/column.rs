//! A column: codes into a dictionary of the texts that were sent.

use std::sync::{Arc, OnceLock};

use arrow_array::{Array, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};

use super::reading::Readings;
use super::sorted::Sorted;
use super::verified::{Piece, Verified};

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

/// A text of a file of columns as it is kept: lists and the key without a value stay what an export made of them, any other text
/// loses the signs that it begins with.
pub(super) fn kept(text: &str) -> &str {
    let Some(rest) = text.strip_prefix(LIST) else { return text };
    let is_list = || serde_json::from_str::<Vec<String>>(rest).is_ok_and(|entries| list_text(&entries) == text);
    if rest.is_empty() || is_list() { text } else { text.trim_start_matches(LIST) }
}

/// Whether a text of a file of columns stands for a key that is there without a value.
pub(super) fn is_no_value(text: &str) -> bool {
    text.chars().eq([LIST])
}

/// A text where only one value makes sense: neither a list nor a key without a value is one.
pub(super) fn scalar(text: &str) -> &str {
    if text.starts_with(LIST) { "" } else { text }
}

/// The distinct texts of a column. Invariant: codes 0 and 1 are [`ABSENT`] and [`NULL`], null slots with empty texts.
#[derive(Clone, Debug)]
pub struct Dictionary {
    texts: Texts,
    /// The order of texts that are known; stored ones say theirs themselves.
    sorted: Option<Sorted>,
    readings: Arc<Readings>,
}

#[derive(Clone, Debug)]
enum Texts {
    Known(StringArray),
    Stored(Arc<StoredTexts>),
}

/// The texts of a dictionary as a file holds them.
#[derive(Debug)]
pub(super) struct StoredTexts {
    pub(super) len: usize,
    /// Which of them are there; all where it is `None`.
    pub(super) present: Option<Buffer>,
    pub(super) offsets: ScalarBuffer<i32>,
    pub(super) bytes: Buffer,
    pub(super) piece: Arc<Piece>,
    pub(super) seen: OnceLock<StringArray>,
    /// Which codes are in order, as the file says.
    pub(super) said: Option<Sorted>,
    /// Whether that may be so.
    pub(super) fits: OnceLock<bool>,
}

impl StoredTexts {
    /// The texts, verified when they are first asked for; all of them empty where they are damaged.
    fn texts(&self) -> &StringArray {
        self.seen.get_or_init(|| {
            let missing = || StringArray::new_null(self.len);
            if !self.piece.is_whole() {
                return missing();
            }
            let texts = string_array(self.len, self.present.as_ref(), &self.offsets, &self.bytes);
            texts.filter(reserved).unwrap_or_else(|| {
                self.piece.damaged("it is no dictionary of texts");
                missing()
            })
        })
    }
}

/// Texts from their parts, looked at one by one; `None` where they do not fit each other.
pub(super) fn string_array(
    len: usize,
    present: Option<&Buffer>,
    offsets: &ScalarBuffer<i32>,
    bytes: &Buffer,
) -> Option<StringArray> {
    let ascending = offsets.first().is_some_and(|first| *first >= 0) && offsets.is_sorted();
    if !ascending || offsets.len() != len + 1 {
        return None;
    }
    let nulls = match present {
        Some(bits) if bits.len() >= len.div_ceil(8) => Some(NullBuffer::new(BooleanBuffer::new(bits.clone(), 0, len))),
        Some(_) => return None,
        None => None,
    };
    StringArray::try_new(OffsetBuffer::new(offsets.clone()), bytes.clone(), nulls).ok()
}

/// Whether the two reserved codes are there, without a text.
fn reserved(texts: &StringArray) -> bool {
    texts.len() >= 2 && texts.value(0).is_empty() && texts.value(1).is_empty()
}

impl Default for Dictionary {
    /// The two reserved codes alone.
    fn default() -> Self {
        Self { texts: Texts::Known(StringArray::new_null(NULL as usize + 1)), sorted: None, readings: Arc::default() }
    }
}

impl Dictionary {
    /// Wraps the texts by code. `None` where the two reserved codes are missing or not empty.
    pub fn new(texts: StringArray) -> Option<Self> {
        reserved(&texts).then(|| Self { texts: Texts::Known(texts), sorted: None, readings: Arc::default() })
    }

    /// Wraps texts, none of them twice, that were put in order.
    pub(super) fn of_texts<'t>(texts: impl Iterator<Item = &'t str>, sorted: Sorted) -> Self {
        let reserved = [None; NULL as usize + 1];
        let texts: StringArray = reserved.into_iter().chain(texts.map(Some)).collect();
        Self { texts: Texts::Known(texts), sorted: Some(sorted), readings: Arc::default() }
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
        match &self.texts {
            Texts::Known(_) => self.sorted.as_ref(),
            Texts::Stored(stored) => {
                stored.said.as_ref().filter(|sorted| *stored.fits.get_or_init(|| sorted.fits(self)))
            }
        }
    }

    /// Texts that were not looked at so far.
    pub(super) fn stored(texts: StoredTexts) -> Self {
        Self { texts: Texts::Stored(Arc::new(texts)), sorted: None, readings: Arc::default() }
    }

    /// How many codes there are, the two reserved ones included; reads none of the texts.
    pub fn len(&self) -> usize {
        match &self.texts {
            Texts::Known(texts) => texts.len(),
            Texts::Stored(stored) => stored.len,
        }
    }

    /// Always false: two codes are always there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
        let texts = self.texts();
        (code > NULL && (code as usize) < texts.len()).then(|| texts.value(code as usize))
    }

    /// What was read of the texts so far.
    pub(super) fn readings(&self) -> &Readings {
        &self.readings
    }

    /// The texts as an Arrow array.
    pub fn texts(&self) -> &StringArray {
        match &self.texts {
            Texts::Known(texts) => texts,
            Texts::Stored(stored) => stored.texts(),
        }
    }
}

/// One value for each row.
#[derive(Clone, Debug)]
pub struct Column {
    /// The code of each row.
    pub codes: Verified<u32>,
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
