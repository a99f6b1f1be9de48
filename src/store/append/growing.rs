//! A dictionary that grows while the one before stays what it is.

use std::sync::Arc;

use arrow_array::StringArray;
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};

use super::super::column::{Dictionary, LIST, NULL};
use super::super::interner::Interner;

/// Dictionaries up to this long are searched for a text before it gets a new code. In longer ones a text may come to have
/// two codes, which no reader minds.
const SEARCHED: usize = 4096;

/// A dictionary and the texts that it lacks.
pub(super) struct Growing {
    base: Arc<Dictionary>,
    /// All texts where the base is short, else the new ones alone.
    texts: Interner,
    /// What is added to a code of `texts`.
    shift: u32,
}

impl Growing {
    pub(super) fn of(base: Arc<Dictionary>) -> Self {
        match base.len() <= SEARCHED {
            true => Self { texts: Interner::of(&base), base, shift: 0 },
            false => Self { texts: Interner::default(), shift: base.len() as u32 - (NULL + 1), base },
        }
    }

    /// The code of a text as it is kept.
    pub(super) fn code(&mut self, text: &str) -> u32 {
        match self.texts.intern(text) {
            NULL => NULL,
            code => code + self.shift,
        }
    }

    /// What is kept for a code.
    pub(super) fn raw(&self, code: u32) -> Option<&str> {
        match self.base.raw(code) {
            None if code > NULL => code.checked_sub(self.shift).map(|code| self.texts.text(code)),
            kept => kept,
        }
    }

    /// The dictionary with the new texts; `None` where they do not fit.
    pub(super) fn finish(self) -> Option<Arc<Dictionary>> {
        if self.texts.overflowed() {
            return None;
        }
        match self.shift {
            0 if self.texts.len() == self.base.len() => Some(self.base),
            0 => Some(Arc::new(self.texts.finish())),
            _ if self.texts.is_empty() => Some(self.base),
            _ => joined(self.base.texts(), self.texts.finish().texts()).and_then(Dictionary::new).map(Arc::new),
        }
    }
}

/// Both dictionaries one after the other, without the reserved codes of the second one.
fn joined(first: &StringArray, second: &StringArray) -> Option<StringArray> {
    let end = first.offsets().last();
    let start = first.offsets().first();
    let kept = second.offsets().get(NULL as usize + 1..)?;
    let shift = kept.first()?;
    let mut offsets = Vec::with_capacity(first.offsets().len() + kept.len());
    offsets.extend(first.offsets().iter().map(|offset| offset - start));
    for offset in kept.iter().skip(1) {
        offsets.push((end - start).checked_add(offset - shift)?);
    }
    let mut bytes = first.value_data().get(start as usize..end as usize)?.to_vec();
    bytes.extend_from_slice(second.value_data().get(*shift as usize..)?);
    let reserved = NULL as usize + 1;
    let nulls: NullBuffer = (0..offsets.len() - 1).map(|code| code >= reserved).collect();
    StringArray::try_new(OffsetBuffer::new(ScalarBuffer::from(offsets)), Buffer::from(bytes), Some(nulls)).ok()
}

/// A text as it is kept: one that begins as a list does loses that.
pub(super) fn kept(text: &str) -> &str {
    text.trim_start_matches(LIST)
}
