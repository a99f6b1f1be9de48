//! A column of a chunk as texts: each distinct one once, as a store keeps it, and which of them each row says.
//!
//! In: an Arrow array of any type that has a text. Out: [`Texts`]. What is decided for a value is decided once for each
//! distinct one. Numbers are in their shortest exact form, instants in RFC 3339 with milliseconds in UTC, a list is
//! the sign U+001D and a JSON array, and a key without a value is that sign alone; no other text begins with it.

use std::hash::{BuildHasher, Hash};

use arrow_array::{Array, ArrayRef};
use hashbrown::HashTable;
use rapidhash::fast::RandomState;

use super::super::super::column::kept;

/// The row says nothing.
pub(super) const NOTHING: u32 = u32::MAX;
/// What the row says has no text: a date beyond all calendars.
pub(super) const UNFIT: u32 = u32::MAX - 1;

/// A column of a chunk.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// For each row a place among the texts, [`NOTHING`] or [`UNFIT`].
    pub(super) codes: Vec<u32>,
    bytes: String,
    ends: Vec<usize>,
}

impl Texts {
    /// How many distinct texts there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A distinct text; empty for [`NOTHING`] and [`UNFIT`].
    pub(super) fn text(&self, code: u32) -> &str {
        let Some(end) = self.ends.get(code as usize) else { return "" };
        let start = (code as usize).checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(start..*end).unwrap_or("")
    }

    /// All distinct texts.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|code| self.text(code))
    }

    /// Whether some row says what has no text.
    pub(super) fn has_unfit(&self) -> bool {
        self.codes.contains(&UNFIT)
    }

    pub(super) fn push(&mut self, text: &str) -> u32 {
        self.bytes.push_str(text);
        self.close()
    }

    /// Makes a text of what was written since the last one.
    fn close(&mut self) -> u32 {
        self.ends.push(self.bytes.len());
        self.ends.len() as u32 - 1
    }

    /// The texts of an array; `None` for a type that has none.
    pub(super) fn of(array: &ArrayRef) -> Option<Self> {
        let mut texts = Self { codes: Vec::with_capacity(array.len()), ..Self::default() };
        texts.add(array)?;
        Some(texts)
    }

    /// Values by their bits; `write` gives the text, and says whether there is one.
    pub(super) fn distinct<K: Hash + Eq + Copy>(
        &mut self,
        rows: impl Iterator<Item = Option<K>>,
        mut write: impl FnMut(K, &mut String) -> bool,
    ) {
        let hasher = RandomState::default();
        let mut known: HashTable<(K, u32)> = HashTable::new();
        let mut last: Option<(K, u32)> = None;
        for row in rows {
            let Some(key) = row else {
                self.codes.push(NOTHING);
                continue;
            };
            if let Some((before, code)) = last
                && before == key
            {
                self.codes.push(code);
                continue;
            }
            let hash = hasher.hash_one(key);
            let code = match known.find(hash, |(each, _)| *each == key) {
                Some((_, code)) => *code,
                None => {
                    let length = self.bytes.len();
                    let code = if write(key, &mut self.bytes) { self.close() } else { UNFIT };
                    if code == UNFIT {
                        self.bytes.truncate(length);
                    }
                    known.insert_unique(hash, (key, code), |(each, _)| hasher.hash_one(each));
                    code
                }
            };
            last = Some((key, code));
            self.codes.push(code);
        }
    }

    pub(super) fn strings<'a>(&mut self, rows: impl Iterator<Item = Option<&'a str>>) {
        let hasher = RandomState::default();
        let mut known: HashTable<u32> = HashTable::new();
        for row in rows {
            let Some(text) = row.map(kept) else {
                self.codes.push(NOTHING);
                continue;
            };
            let hash = hasher.hash_one(text.as_bytes());
            let code = match known.find(hash, |code| self.text(*code) == text) {
                Some(code) => *code,
                None => {
                    let code = self.push(text);
                    known.insert_unique(hash, code, |code| hasher.hash_one(self.text(*code).as_bytes()));
                    code
                }
            };
            self.codes.push(code);
        }
    }
}
