//! Texts to codes while a column grows.

use arrow_array::builder::StringBuilder;
use hashbrown::HashTable;
use rapidhash::fast::RandomState;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hash::BuildHasher;

use super::column::{Dictionary, NULL};

/// How many bytes the texts of one column may have together: Arrow counts them with 32 signed bits.
const MAX_BYTES: usize = i32::MAX as usize;

/// A growing [`Dictionary`]. Invariant: code `c` is the text at position `c`; no text but the two reserved ones is there
/// twice.
#[derive(Debug)]
pub(super) struct Interner {
    texts: StringBuilder,
    codes: HashTable<u32>,
    hasher: RandomState,
    /// The code given last: rows of real data repeat the row before.
    last: u32,
    overflowed: bool,
}

impl Default for Interner {
    fn default() -> Self {
        let mut texts = StringBuilder::new();
        texts.append_nulls(NULL as usize + 1);
        Self { texts, codes: HashTable::new(), hasher: RandomState::default(), last: NULL, overflowed: false }
    }
}

impl Interner {
    /// The codes of an existing dictionary, ready to grow.
    pub(super) fn of(dictionary: &Dictionary) -> Self {
        let mut interner = Self::default();
        interner.codes.reserve(dictionary.len(), |_| 0);
        for code in NULL + 1..dictionary.len() as u32 {
            // Not `intern`: a foreign file may hold a text twice, and codes must stay what they are.
            interner.append(dictionary.raw(code).unwrap_or(""));
        }
        interner
    }

    /// The code of a text; a new one if it was never seen.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        if self.last > NULL && bytes_at(&self.texts, self.last) == text.as_bytes() {
            return self.last;
        }
        self.last = match self.find(text) {
            Some(code) => code,
            None if self.texts.values_slice().len() + text.len() > MAX_BYTES => {
                self.overflowed = true;
                NULL
            }
            None => self.append(text),
        };
        self.last
    }

    /// The code of a text, if it has one.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let same = |code: &u32| bytes_at(&self.texts, *code) == text.as_bytes();
        self.codes.find(self.hasher.hash_one(text.as_bytes()), same).copied()
    }

    fn append(&mut self, text: &str) -> u32 {
        let code = self.texts.offsets_slice().len() as u32 - 1;
        self.texts.append_value(text);
        let Self { texts, codes, hasher, .. } = self;
        let hash = |code: &u32| hasher.hash_one(bytes_at(texts, *code));
        codes.insert_unique(hash(&code), code, hash);
        code
    }

    /// How many codes there are, the two reserved ones included.
    pub(super) fn len(&self) -> usize {
        self.texts.offsets_slice().len() - 1
    }

    /// Whether it has no text yet.
    pub(super) fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The text of a code; empty for the reserved codes and for codes that were never given.
    pub(super) fn text(&self, code: u32) -> &str {
        std::str::from_utf8(bytes_at(&self.texts, code)).unwrap_or("")
    }

    /// Whether a text did not fit any more; it was taken as null.
    pub(super) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// The finished dictionary.
    pub(super) fn finish(mut self) -> Dictionary {
        Dictionary::new(self.texts.finish()).unwrap_or_default()
    }
}

impl Serialize for Interner {
    /// Its texts, in the order of their codes.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((NULL + 1..self.len() as u32).map(|code| self.text(code)))
    }
}

impl<'de> Deserialize<'de> for Interner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut interner = Self::default();
        for text in Vec::<String>::deserialize(deserializer)? {
            interner.append(&text);
        }
        Ok(interner)
    }
}

/// The text of a code. Codes come from the table and are always there.
fn bytes_at(texts: &StringBuilder, code: u32) -> &[u8] {
    let offset = |at: usize| texts.offsets_slice().get(at).map_or(0, |offset| *offset as usize);
    texts.values_slice().get(offset(code as usize)..offset(code as usize + 1)).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_dense_and_stay() {
        let mut interner = Interner::default();
        assert_eq!(["a", "b", "a", "", ""].map(|text| interner.intern(text)), [2, 3, 2, 4, 4]);
        let dictionary = interner.finish();
        assert_eq!(
            (dictionary.len(), dictionary.text(3), dictionary.text(4), dictionary.text(1)),
            (5, Some("b"), Some(""), None)
        );
        let mut again = Interner::of(&dictionary);
        assert_eq!(["b", "c", ""].map(|text| again.intern(text)), [3, 5, 4]);
    }
}
