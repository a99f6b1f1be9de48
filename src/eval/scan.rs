//! Columns compared with bounds, many rows at a time: one bit for each row.
//!
//! In: a column and bounds. Out: bits in the words of a slot, row `i` as bit `i % 64` of word `i / 64`; all bits beyond the last
//! row are cleared. Which instructions do it is chosen when the program runs, by what the processor has; the answers are the
//! same everywhere.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, f64x8, i64x8, u8x64, u16x32, u32x16};
use std::sync::LazyLock;

use super::bits::first_bits;

/// What the processor can do.
static LEVEL: LazyLock<Level> = LazyLock::new(Level::new);

/// What the processor can do, for [`dispatch`].
pub(super) fn level() -> Level {
    *LEVEL
}

/// Neighbouring codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The least of them.
    pub(super) first: u32,
    /// How many they are, at least one.
    pub(super) count: u32,
}

impl Run {
    /// Whether a code is one of them.
    #[inline(always)]
    pub(super) fn contains(self, code: u32) -> bool {
        code.wrapping_sub(self.first) < self.count
    }
}

/// How many leaves one look-up serves.
pub(super) const TABLE_LEAVES: usize = 16;

/// Rows whose byte is at least so much.
pub(super) fn at_least(bytes: &[u8], least: u8, slot: &mut [u64]) {
    dispatch!(level(), simd => each(slot, bytes, 0, #[inline(always)] |chunk: &[u8; 64]| {
        u8x64::from_slice(simd, chunk).simd_ge(u8x64::splat(simd, least)).to_bitmask()
    }));
}

/// Rows whose code is in one of some runs.
pub(super) fn in_runs(codes: &[u32], runs: &[Run], slot: &mut [u64]) {
    match runs {
        [run] => dispatch!(level(), simd => each(slot, codes, 0, #[inline(always)] |chunk| in_run(simd, chunk, *run))),
        _ => dispatch!(level(), simd => each(slot, codes, 0, #[inline(always)] |chunk| {
            let mut word = 0;
            for run in runs {
                word |= in_run(simd, chunk, *run);
            }
            word
        })),
    }
}

#[inline(always)]
fn in_run<S: Simd>(simd: S, codes: &[u32; 64], run: Run) -> u64 {
    let (first, count) = (u32x16::splat(simd, run.first), u32x16::splat(simd, run.count));
    let mut word = 0;
    let (quarters, _) = codes.as_chunks::<16>();
    for (at, quarter) in quarters.iter().enumerate() {
        word |= (u32x16::from_slice(simd, quarter) - first).simd_lt(count).to_bitmask() << (16 * at);
    }
    word
}

/// Rows whose instant is inside a window, both ends inside.
pub(super) fn between(instants: &[i64], from: i64, to: i64, slot: &mut [u64]) {
    dispatch!(level(), simd => each(slot, instants, 0, #[inline(always)] |chunk: &[i64; 64]| {
        let (from, to) = (i64x8::splat(simd, from), i64x8::splat(simd, to));
        let (eighths, _) = chunk.as_chunks::<8>();
        let mut word = 0;
        for (at, eighth) in eighths.iter().enumerate() {
            let eighth = i64x8::from_slice(simd, eighth);
            word |= (eighth.simd_ge(from).to_bitmask() & eighth.simd_le(to).to_bitmask()) << (8 * at);
        }
        word
    }));
}

/// The latest of some instants.
pub(super) fn latest(instants: &[i64]) -> Option<i64> {
    let latest = dispatch!(level(), _ => instants.iter().fold(i64::MIN, |latest, at| latest.max(*at)));
    (!instants.is_empty()).then_some(latest)
}

/// Rows whose number is inside an interval, both ends inside; NaN is outside of all.
pub(super) fn within(numbers: &[f64], from: f64, to: f64, slot: &mut [u64]) {
    dispatch!(level(), simd => each(slot, numbers, 0.0, #[inline(always)] |chunk: &[f64; 64]| {
        let (from, to) = (f64x8::splat(simd, from), f64x8::splat(simd, to));
        let (eighths, _) = chunk.as_chunks::<8>();
        let mut word = 0;
        for (at, eighth) in eighths.iter().enumerate() {
            let eighth = f64x8::from_slice(simd, eighth);
            word |= (eighth.simd_ge(from).to_bitmask() & eighth.simd_le(to).to_bitmask()) << (8 * at);
        }
        word
    }));
}

/// Rows by what a table says of their code: bit `i` of its entry is the answer for slot `i`. There are at most
/// [`TABLE_LEAVES`] slots; a code that the table does not have is in none.
pub(super) fn in_table(codes: &[u32], table: &[u16], slots: &mut [&mut [u64]]) {
    dispatch!(level(), simd => look_up(simd, codes, table, slots));
}

#[inline(always)]
fn look_up<S: Simd>(simd: S, codes: &[u32], table: &[u16], slots: &mut [&mut [u64]]) {
    let mut found = [0u16; 64];
    for (at, chunk) in codes.chunks(64).enumerate() {
        for (found, code) in found.iter_mut().zip(chunk) {
            *found = table.get(*code as usize).copied().unwrap_or(0);
        }
        let inside = first_bits(chunk.len());
        let (low, high) = found.split_at(32);
        let (low, high) = (u16x32::from_slice(simd, low), u16x32::from_slice(simd, high));
        for (bit, slot) in slots.iter_mut().enumerate() {
            let bit = u16x32::splat(simd, 1 << bit);
            let word = (low & bit).simd_eq(bit).to_bitmask() | (high & bit).simd_eq(bit).to_bitmask() << 32;
            if let Some(into) = slot.get_mut(at) {
                *into = word & inside;
            }
        }
    }
    slots.iter_mut().for_each(|slot| slot.get_mut(codes.len().div_ceil(64)..).unwrap_or_default().fill(0));
}

/// One word for every 64 items; the last ones are filled up with `rest`.
#[inline(always)]
fn each<T: Copy>(slot: &mut [u64], items: &[T], rest: T, word: impl Fn(&[T; 64]) -> u64) {
    let (chunks, last) = items.as_chunks::<64>();
    let mut words = slot.iter_mut();
    // The chunks come first, so that their end does not use up a word.
    for (chunk, into) in chunks.iter().zip(words.by_ref()) {
        *into = word(chunk);
    }
    if !last.is_empty()
        && let Some(into) = words.next()
    {
        let mut padded = [rest; 64];
        padded.iter_mut().zip(last).for_each(|(padded, item)| *padded = *item);
        *into = word(&padded) & first_bits(last.len());
    }
    words.into_slice().fill(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bits of items that pass, one by one.
    fn expected<T>(items: &[T], passes: impl Fn(&T) -> bool) -> Vec<u64> {
        let mut words = vec![0; items.len().div_ceil(64) + 1];
        items.iter().enumerate().filter(|(_, item)| passes(item)).for_each(|(at, _)| words[at / 64] |= 1 << (at % 64));
        words
    }

    fn scanned(len: usize, scan: impl FnOnce(&mut [u64])) -> Vec<u64> {
        let mut words = vec![u64::MAX; len.div_ceil(64) + 1];
        scan(&mut words);
        words
    }

    #[test]
    fn scans_answer_as_one_look_at_each_row() {
        for len in [0, 1, 63, 64, 65, 200, 256] {
            let codes: Vec<u32> = (0..len as u32).map(|at| at.wrapping_mul(2_654_435_761) >> 24).collect();
            let bytes: Vec<u8> = codes.iter().map(|code| *code as u8).collect();
            let instants: Vec<i64> = codes.iter().map(|code| i64::from(*code) - 100).collect();
            let numbers: Vec<f64> = codes.iter().map(|code| f64::from(*code) / 3.0).collect();
            let runs = [Run { first: 3, count: 20 }, Run { first: 200, count: 56 }];
            for runs in [&runs[..0], &runs[..1], &runs[..]] {
                let expected = expected(&codes, |code| runs.iter().any(|run| run.contains(*code)));
                assert_eq!(scanned(len, |slot| in_runs(&codes, runs, slot)), expected);
            }
            for least in [0, 1, 128, 255] {
                let expected = expected(&bytes, |byte| *byte >= least);
                assert_eq!(scanned(len, |slot| at_least(&bytes, least, slot)), expected);
            }
            let inside = |at: &i64| (-50..=60).contains(at);
            assert_eq!(scanned(len, |slot| between(&instants, -50, 60, slot)), expected(&instants, inside));
            let inside = |number: &f64| (10.0..=20.0).contains(number);
            assert_eq!(scanned(len, |slot| within(&numbers, 10.0, 20.0, slot)), expected(&numbers, inside));
            let table: Vec<u16> = (0..250).map(|code: u16| code.wrapping_mul(40_503)).collect();
            let mut slots = vec![vec![u64::MAX; len.div_ceil(64) + 1]; TABLE_LEAVES];
            in_table(&codes, &table, &mut slots.iter_mut().map(|slot| &mut **slot).collect::<Vec<_>>());
            for (bit, slot) in slots.iter().enumerate() {
                let inside = |code: &u32| table.get(*code as usize).is_some_and(|entry| entry >> bit & 1 == 1);
                assert_eq!(*slot, expected(&codes, inside));
            }
        }
    }
}
