//! Sets of dictionary codes: what a predicate accepts, decided once for each distinct value.

use rayon::prelude::*;

/// Words that one core makes at least: a small dictionary is not worth handing over.
const LEAST_WORDS: usize = 128;

/// A set of codes of one dictionary. Codes that the dictionary does not have are never in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CodeSet {
    words: Box<[u64]>,
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
        Self { words, codes, len }
    }

    /// Puts a code in, or takes it out.
    pub(super) fn put(&mut self, code: u32, inside: bool) {
        let known = (code as usize) < self.codes;
        if let Some(word) = self.words.get_mut(code as usize / 64).filter(|_| known) {
            let (bit, before) = (1 << (code % 64), word.count_ones());
            *word = if inside { *word | bit } else { *word & !bit };
            self.len = self.len + word.count_ones() as usize - before as usize;
        }
    }

    /// Whether a code is in it.
    #[inline(always)]
    pub(super) fn contains(&self, code: u32) -> bool {
        self.words.get(code as usize / 64).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    /// Whether no code is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether every code is in it.
    pub(super) fn is_full(&self) -> bool {
        self.len == self.codes
    }

    /// The whole set as one word, where it fits.
    pub(super) fn as_word(&self) -> Option<u64> {
        match &*self.words {
            [] => Some(0),
            [word] => Some(*word),
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
        assert_eq!(CodeSet::new(3, |code| code == 2).as_word(), Some(4));
        let mut codes = CodeSet::new(3, |code| code != 1);
        codes.put(1, true);
        codes.put(3, true);
        assert!(codes.is_full() && !codes.contains(3));
        (0..3).for_each(|code| codes.put(code, false));
        assert!(codes.is_empty());
    }
}
