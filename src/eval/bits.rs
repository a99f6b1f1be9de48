//! One bit for each user of a shard, in 64-bit words.
//!
//! What always holds: bit `i % 64` of word `i / 64` is the user at position `i`; a leaf leaves the bits beyond the shard's
//! last user at zero.

use crate::store::SHARD_USERS;

/// Words of a whole shard.
pub(super) const SHARD_WORDS: usize = SHARD_USERS / 64;

/// Words between the end of a slot and the start of the next. A distance that is a power of two would put the same place of
/// all slots into the same set of the cache, which was measured to cost up to eight times the time; a cache line more avoids it.
const GAP: usize = 8;

/// The bits of some leaves over the users of a selection, one slot for each leaf.
#[derive(Debug, Default)]
pub(super) struct Slots {
    words: Vec<u64>,
    /// Words of one slot.
    len: usize,
}

impl Slots {
    /// Makes room for some leaves over `words` words of users. What is in the slots is not cleared.
    pub(super) fn resize(&mut self, leaves: usize, words: usize) {
        self.len = words;
        self.words.resize(leaves * (words + GAP), 0);
    }

    /// The bits of a leaf.
    pub(super) fn slot(&self, leaf: usize) -> &[u64] {
        let start = leaf * (self.len + GAP);
        self.words.get(start..start + self.len).unwrap_or(&[])
    }

    /// The bits of every leaf.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = Option<&mut [u64]>> {
        let len = self.len;
        self.words.chunks_exact_mut(len + GAP).map(move |slot| slot.get_mut(..len))
    }
}

/// Sets the bit of every item that passes, from position 0 on, and clears all others.
pub(super) fn fill<T>(slot: &mut [u64], items: &[T], passes: impl Fn(&T) -> bool) {
    // Chunks of a length that the compiler knows are what makes this loop fast.
    let (chunks, rest) = items.as_chunks::<64>();
    let mut words = slot.iter_mut();
    // The chunks come first, so that their end does not use up a word.
    for (chunk, word) in chunks.iter().zip(words.by_ref()) {
        *word = pack_all(chunk, &passes);
    }
    if let Some(word) = words.next() {
        *word = pack(rest, &passes);
    }
    words.into_slice().fill(0);
}

/// Up to 64 answers as one word.
#[inline(always)]
pub(super) fn pack<T>(items: &[T], passes: impl Fn(&T) -> bool) -> u64 {
    match items.first_chunk() {
        Some(chunk) => pack_all(chunk, &passes),
        None => items.iter().enumerate().fold(0, |word, (at, item)| word | u64::from(passes(item)) << at),
    }
}

/// 64 answers as one word: first one byte for each, which the compiler does many at a time, then eight bytes at once.
#[inline(always)]
fn pack_all<T>(items: &[T; 64], passes: &impl Fn(&T) -> bool) -> u64 {
    let mut answers = [[0u8; 8]; 8];
    for (answer, item) in answers.as_flattened_mut().iter_mut().zip(items) {
        *answer = u8::from(passes(item));
    }
    // The factor brings the lowest bit of byte `i` to bit `56 + i`; no two products meet there.
    let byte = |eight: [u8; 8]| u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    answers.iter().enumerate().fold(0, |word, (at, eight)| word | byte(*eight) << (8 * at))
}

/// Sets the first `len` bits and clears all others.
pub(super) fn fill_first(slot: &mut [u64], len: usize) {
    let (whole, rest) = slot.split_at_mut((len / 64).min(slot.len()));
    whole.fill(u64::MAX);
    rest.fill(0);
    if let Some(word) = rest.first_mut() {
        *word = first_bits(len % 64);
    }
}

/// A word with its lowest `count` bits set, all of them from 64 on.
pub(super) fn first_bits(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Sets the bit of one user.
#[inline]
pub(super) fn set(slot: &mut [u64], user: usize) {
    if let Some(word) = slot.get_mut(user / 64) {
        *word |= 1 << (user % 64);
    }
}

/// Positions of the set bits of a word, ascending.
pub(super) fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_follow_positions_and_nothing_old_stays() {
        let items: Vec<usize> = (0..130).collect();
        let mut slot = [u64::MAX; 4];
        fill(&mut slot, &items, |item| item % 64 == 1);
        assert_eq!(slot, [2, 2, 2, 0]);
        fill_first(&mut slot, 65);
        assert_eq!(slot, [u64::MAX, 1, 0, 0]);
        assert_eq!((first_bits(0), first_bits(3), first_bits(64)), (0, 7, u64::MAX));
        let scattered: Vec<u64> = (0..64).map(|at| 0xF0E1_D2C3_9687_5A3C >> at & 1).collect();
        assert_eq!(pack(&scattered, |bit| *bit == 1), 0xF0E1_D2C3_9687_5A3C);
        assert_eq!(ones(0b1010_0001).collect::<Vec<_>>(), [0, 5, 7]);
    }
}
