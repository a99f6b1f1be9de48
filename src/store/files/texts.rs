//! Columns of texts as they are written: the texts in the order of what they read as, and the codes that go with it.
//!
//! In: codes and a dictionary in any order. Out: an Arrow column, and metadata that says which codes are in order; from a file
//! the same back.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::types::UInt32Type;
use arrow_array::{ArrayRef, DictionaryArray, UInt32Array};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::{ArrowError, Field};

use super::super::column::{ABSENT, Dictionary, NULL};
use super::super::sorted::{Sorted, SortedBy, in_order};
use super::super::verified::Verified;
use super::node::Node;

/// The metadata key that says what the texts of a column are in the order of, and which codes: `number 2..17`.
const SORTED: &str = "aud.sorted";

/// A dictionary in order, and the new code of each old one.
pub(super) struct Arranged {
    dictionary: Arc<Dictionary>,
    /// `None` where the codes stay as they are.
    codes: Option<Vec<u32>>,
}

impl Arranged {
    /// Puts a dictionary in order, unless it is.
    pub(super) fn new(dictionary: &Arc<Dictionary>) -> Self {
        if dictionary.sorted().is_some() {
            return Self { dictionary: dictionary.clone(), codes: None };
        }
        let raw = |code: u32| dictionary.raw(code).unwrap_or("");
        let (order, sorted) = in_order((NULL + 1..dictionary.len() as u32).collect(), raw);
        let mut codes: Vec<u32> = (0..dictionary.len() as u32).collect();
        for (at, old) in order.iter().enumerate() {
            if let Some(code) = codes.get_mut(*old as usize) {
                *code = NULL + 1 + at as u32;
            }
        }
        let dictionary = Dictionary::of_texts(order.iter().map(|code| raw(*code)), sorted);
        Self { dictionary: Arc::new(dictionary), codes: Some(codes) }
    }

    /// The column of so many rows; a missing key is null, and so is what the column does not have.
    pub(super) fn column(&self, codes: &Verified<u32>, rows: usize) -> Result<ArrayRef, ArrowError> {
        let codes = if codes.len() == rows { codes.clone() } else { vec![ABSENT; rows].into() };
        let codes = match &self.codes {
            None => codes,
            Some(new) => codes.iter().map(|old| new.get(*old as usize).copied().unwrap_or(ABSENT)).collect(),
        };
        texts(&codes, &self.dictionary)
    }

    /// A field with what is to be said of the order.
    pub(super) fn said_in(&self, field: Field) -> Field {
        let Some(Sorted { by, codes }) = self.dictionary.sorted() else { return field };
        let by = SortedBy::ALL.iter().find(|(_, each)| each == by).map_or("", |(word, _)| word);
        let mut metadata: HashMap<String, String> = field.metadata().clone().into();
        metadata.insert(SORTED.to_owned(), format!("{by} {}..{}", codes.start, codes.end));
        field.with_metadata(metadata)
    }
}

/// Codes and what they stand for as an Arrow column; a missing key is null.
pub(super) fn texts(codes: &Verified<u32>, dictionary: &Dictionary) -> Result<ArrayRef, ArrowError> {
    let present = |at: usize| codes.get(at).is_some_and(|code| *code != ABSENT);
    let nulls = NullBuffer::new(BooleanBuffer::collect_bool(codes.len(), present));
    let keys = UInt32Array::try_new(codes.buffer().clone(), Some(nulls).filter(|nulls| nulls.null_count() > 0))?;
    Ok(Arc::new(DictionaryArray::<UInt32Type>::try_new(keys, Arc::new(dictionary.texts().clone()))?))
}

/// The dictionary of a column as a file has it; an empty one where no batch brought it. Its texts are not read.
pub(super) fn dictionary(field: &Field, texts: Option<&Node>) -> Result<Arc<Dictionary>, ArrowError> {
    let sorted = field.metadata().get(SORTED).and_then(|text| read(text));
    texts.map_or_else(|| Ok(Arc::default()), |texts| texts.dictionary(sorted).map(Arc::new))
}

/// `number 2..17`; `None` for anything else, which a later version may have written.
fn read(text: &str) -> Option<Sorted> {
    let (word, codes) = text.split_once(' ')?;
    let by = SortedBy::ALL.iter().find(|(each, _)| *each == word).map(|(_, by)| *by)?;
    let (start, end) = codes.split_once("..")?;
    Some(Sorted { by, codes: start.parse().ok()?..end.parse().ok()? })
}
