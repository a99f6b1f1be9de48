//! Sets of dictionary codes: what a predicate accepts, decided once for each distinct value.
//!
//! What always holds: a set knows its codes as bits, or as a few runs of neighbours, or both. Runs are ascending and do not
//! touch; a set without bits has runs.

use std::ops::Range;

use rayon::prelude::*;

use crate::eval::scan::Run;

/// Words that one core makes at least: a small dictionary is not worth handing over.
const LEAST_WORDS: usize = 128;
/// More runs than this cost more than a look-up.
const MOST_RUNS: usize = 8;

/// A set of codes of one dictionary. Codes that the dictionary does not have are never in it.
#[derive(Clone, Debug)]
pub(super) struct CodeSet {
    words: Option<Box<[u64]>>,
    runs: Option<Box<[Run]>>,
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
        Self::of_words(codes, words.map(word).collect())
    }

    fn of_words(codes: usize, words: Vec<u64>) -> Self {
        let len = words.iter().map(|word| word.count_ones() as usize).sum();
        Self { runs: runs(&words), words: Some(words.into_boxed_slice()), codes, len }
    }

    /// The codes of some ranges, all of them below `codes`.
    pub(super) fn of_ranges(codes: usize, ranges: impl IntoIterator<Item = Range<u32>>) -> Self {
        let mut ranges: Vec<Range<u32>> = ranges.into_iter().filter(|range| !range.is_empty()).collect();
        ranges.sort_unstable_by_key(|range| range.start);
        ranges.dedup_by(|next, range| {
            let touches = next.start <= range.end;
            if touches {
                range.end = range.end.max(next.end);
            }
            touches
        });
        if ranges.len() > MOST_RUNS {
            let mut words = vec![0; codes.div_ceil(64)];
            ranges.into_iter().flatten().for_each(|code| put(&mut words, code, true));
            return Self::of_words(codes, words);
        }
        let len = ranges.iter().map(ExactSizeIterator::len).sum();
        let runs = ranges.iter().map(|range| Run { first: range.start, count: range.end - range.start });
        Self { words: None, runs: Some(runs.collect()), codes, len }
    }

    /// The same with some codes put in or taken out.
    pub(super) fn with(self, changes: impl IntoIterator<Item = (u32, bool)>) -> Self {
        let mut changes = changes
            .into_iter()
            .filter(|(code, inside)| (*code as usize) < self.codes && self.contains(*code) != *inside)
            .peekable();
        if changes.peek().is_none() {
            drop(changes);
            return self;
        }
        let mut words = vec![0; self.codes.div_ceil(64)];
        match (&self.words, &self.runs) {
            (Some(known), _) => words.copy_from_slice(known),
            (None, runs) => {
                let codes = runs.iter().flatten().flat_map(|run| run.first..run.first + run.count);
                codes.for_each(|code| put(&mut words, code, true));
            }
        }
        changes.for_each(|(code, inside)| put(&mut words, code, inside));
        Self::of_words(self.codes, words)
    }

    /// Whether a code is in it.
    #[inline(always)]
    pub(super) fn contains(&self, code: u32) -> bool {
        match &self.words {
            Some(words) => words.get(code as usize / 64).is_some_and(|word| word >> (code % 64) & 1 == 1),
            None => self.runs.iter().flatten().any(|run| run.contains(code)),
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

    /// Its codes as runs of neighbours, where they are few.
    pub(super) fn runs(&self) -> Option<&[Run]> {
        self.runs.as_deref()
    }

    /// How many codes the dictionary has.
    pub(super) fn codes(&self) -> usize {
        self.codes
    }
}

fn put(words: &mut [u64], code: u32, inside: bool) {
    if let Some(word) = words.get_mut(code as usize / 64) {
        let bit = 1 << (code % 64);
        *word = if inside { *word | bit } else { *word & !bit };
    }
}

/// The runs of some bits, where they are few.
fn runs(words: &[u64]) -> Option<Box<[Run]>> {
    let mut before = 0;
    let starts = |word: &u64| {
        let starts = (word & !(word << 1 | before)).count_ones() as usize;
        before = word >> 63;
        starts
    };
    if words.iter().map(starts).sum::<usize>() > MOST_RUNS {
        return None;
    }
    let mut runs: Vec<Run> = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(_, word)| **word != 0) {
        let mut bit = 0;
        while bit < 64 && word >> bit != 0 {
            bit += (word >> bit).trailing_zeros();
            let count = (word >> bit).trailing_ones();
            let first = at as u32 * 64 + bit;
            match runs.last_mut() {
                Some(run) if run.first + run.count == first => run.count += count,
                _ => runs.push(Run { first, count }),
            }
            bit += count;
        }
    }
    Some(runs.into_boxed_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_beyond_the_dictionary_are_outside() {
        let odd = CodeSet::new(70, |code| code % 2 == 1);
        assert!(odd.contains(69) && !odd.contains(68) && !odd.contains(71) && !odd.contains(4_000_000_000));
        assert!(!odd.is_empty() && !odd.is_full() && odd.runs().is_none());
        assert!(CodeSet::new(65, |_| true).is_full() && CodeSet::new(3, |_| false).is_empty());
        let codes = CodeSet::new(3, |code| code != 1).with([(1, true), (3, true)]);
        assert!(codes.is_full() && !codes.contains(3));
        assert!(codes.with((0..3).map(|code| (code, false))).is_empty());
    }

    #[test]
    fn runs_and_bits_say_the_same() {
        let run = |first, count| Run { first, count };
        let across = CodeSet::new(300, |code| (60..200).contains(&code) || code == 299);
        assert_eq!(across.runs(), Some(&[run(60, 140), run(299, 1)][..]));
        let ranges = CodeSet::of_ranges(300, [299..300, 60..100, 100..150, 120..200, 7..7]);
        assert_eq!(ranges.runs(), across.runs());
        assert!((0..310).all(|code| ranges.contains(code) == across.contains(code)));
        let many = CodeSet::of_ranges(300, (0..20).map(|at| at * 10..at * 10 + 1));
        assert!(many.runs().is_none() && (0..300).all(|code| many.contains(code) == (code < 200 && code % 10 == 0)));
        let changed = ranges.with([(60, false), (5, true)]);
        assert_eq!(changed.runs(), Some(&[run(5, 1), run(61, 139), run(299, 1)][..]));
        assert_eq!(CodeSet::new(128, |_| true).runs(), Some(&[run(0, 128)][..]));
    }
}
