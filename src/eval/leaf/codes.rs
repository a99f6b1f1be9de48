//! Sets of dictionary codes: what a predicate accepts, decided once for each distinct value.

use std::ops::Range;

use rayon::prelude::*;

use crate::eval::bits::ones;

/// Words that one core makes at least: a small dictionary is not worth handing over.
const LEAST_WORDS: usize = 128;

/// A set of codes of one dictionary. Codes that the dictionary does not have are never in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CodeSet {
    /// One bit for each code; none while the set is a range.
    words: Box<[u64]>,
    /// The codes from the first of these to the last, if they are the set.
    range: Option<Range<u32>>,
    /// How many codes there are.
    codes: usize,
    /// How many of them are in the set.
    len: usize,
}

impl CodeSet {
    /// The codes below `codes` that are accepted.
    pub(super) fn new(codes: usize, accepts: impl Fn(u32) -> bool + Sync) -> Self {
        let word = |at: usize| {
            let last = codes.min(at * 64 + 64);
            (at * 64..last).fold(0u64, |word, code| word | u64::from(accepts(code as u32)) << (code % 64))
        };
        let words = (0..codes.div_ceil(64)).into_par_iter().with_min_len(LEAST_WORDS);
        let words = words.map(word).collect::<Vec<u64>>().into_boxed_slice();
        let len = words.iter().map(|word| word.count_ones() as usize).sum();
        Self { words, range: None, codes, len }.narrowed()
    }

    /// The codes of a range.
    pub(super) fn range(codes: usize, range: Range<u32>) -> Self {
        Self { words: Box::default(), len: range.len(), range: Some(range), codes }
    }

    /// The same set as a range, where it is one.
    fn narrowed(self) -> Self {
        let first = self.words.iter().position(|word| *word != 0);
        let Some(first) = first else { return Self::range(self.codes, 0..0) };
        let start = first * 64 + self.words.get(first).map_or(0, |word| word.trailing_zeros() as usize);
        let end = start + self.len;
        let last = self.words.iter().rposition(|word| *word != 0).unwrap_or(first);
        let is_last = self.words.get(last).map_or(0, |word| last * 64 + 64 - word.leading_zeros() as usize) == end;
        if is_last { Self::range(self.codes, start as u32..end as u32) } else { self }
    }

    /// Puts a code in, or takes it out.
    pub(super) fn put(&mut self, code: u32, inside: bool) {
        if code as usize >= self.codes || self.contains(code) == inside {
            return;
        }
        if let Some(range) = self.range.take() {
            let mut words = vec![0u64; self.codes.div_ceil(64)];
            range.for_each(|code| words[code as usize / 64] |= 1 << (code % 64));
            self.words = words.into();
        }
        if let Some(word) = self.words.get_mut(code as usize / 64) {
            *word ^= 1 << (code % 64);
            self.len = if inside { self.len + 1 } else { self.len - 1 };
        }
    }

    /// Whether a code is in it.
    #[inline(always)]
    pub(super) fn contains(&self, code: u32) -> bool {
        match &self.range {
            Some(range) => range.contains(&code),
            None => self.words.get(code as usize / 64).is_some_and(|word| word >> (code % 64) & 1 == 1),
        }
    }

    /// Whether no code is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether every code is in it.
    pub(super) fn is_full(&self) -> bool {
        self.len == self.codes
    }

    /// The set as a range, where it is known to be one.
    pub(super) fn as_range(&self) -> Option<Range<u32>> {
        self.range.clone()
    }

    /// Whether a code has to be looked up in memory.
    pub(super) fn is_scattered(&self) -> bool {
        self.range.is_none() && self.words.len() > 1
    }

    /// How many codes there are, in the set or not.
    pub(super) fn codes(&self) -> usize {
        self.codes
    }

    /// Visits each code in the set.
    pub(super) fn each(&self, mut visit: impl FnMut(usize)) {
        if let Some(range) = &self.range {
            range.clone().for_each(|code| visit(code as usize));
        }
        for (at, word) in self.words.iter().enumerate() {
            ones(*word).for_each(|bit| visit(at * 64 + bit));
        }
    }

    /// The whole set as one word, where it fits and is no range.
    pub(super) fn as_word(&self) -> Option<u64> {
        match (&self.range, &*self.words) {
            (None, [word]) => Some(*word),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_beyond_the_dictionary_are_outside() {
        let odd = CodeSet::new(70, |code| code % 2 == 1);
        assert!(odd.contains(69) && !odd.contains(68) && !odd.contains(71) && !odd.contains(4_000_000_000));
        assert!(!odd.is_empty() && !odd.is_full() && odd.as_word().is_none());
        assert!(CodeSet::new(65, |_| true).is_full() && CodeSet::new(3, |_| false).is_empty());
        assert_eq!(CodeSet::new(3, |code| code != 1).as_word(), Some(5));
        assert_eq!(CodeSet::new(300, |code| (70..200).contains(&code)).as_range(), Some(70..200));
        assert_eq!(CodeSet::new(300, |code| code == 70 || code == 200).as_range(), None);
        let mut codes = CodeSet::new(3, |code| code != 1);
        codes.put(1, true);
        codes.put(3, true);
        assert!(codes.is_full() && !codes.contains(3));
        (0..3).for_each(|code| codes.put(code, false));
        assert!(codes.is_empty());
    }
}
