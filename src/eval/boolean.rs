//! The boolean layer: the bits of nodes from the bits of leaves, a block of users at a time.
//!
//! In: the slots of one shard. Out: the bits of every audience in that shard. All nodes of a block are made before the next
//! block, so that their bits stay in the cache; blocks are independent and spread over the cores.

use fearless_simd::dispatch;
use rayon::prelude::*;

use super::bits::{SHARD_WORDS, Slots, fill_first};
use super::program::{Operand, Program, Source};
use super::scan::level;
use super::spare::Spare;

/// Words of a block: 8,192 users, measured to be the best together with 4,096.
pub(super) const BLOCK_WORDS: usize = 128;
/// Distance between the nodes of a block, off the power of two as slots are.
const BLOCK_STRIDE: usize = BLOCK_WORDS + 8;

/// The memberships in one shard.
pub(super) struct Members<'a> {
    program: &'a Program,
    slots: &'a Slots,
    /// For each block, the words of all nodes.
    blocks: Vec<Vec<u64>>,
}

impl<'a> Members<'a> {
    /// Combines the slots of `users` users, in room that was used before where there is some.
    pub(super) fn new(program: &'a Program, slots: &'a Slots, users: usize, spare: &Spare<Vec<u64>>) -> Self {
        let blocks = 0..users.div_ceil(64 * BLOCK_WORDS);
        let nodes = |block| {
            let mut nodes = spare.take();
            nodes.resize(program.nodes.len() * BLOCK_STRIDE, 0);
            dispatch!(level(), _ => combine(program, slots, block, &mut nodes));
            nodes
        };
        Self { program, slots, blocks: blocks.into_par_iter().map(nodes).collect() }
    }

    /// Writes the bits of one audience; all bits beyond the last user are cleared, if those of `users` users are.
    pub(super) fn write(&self, audience: usize, users: usize, into: &mut [u64]) {
        let root = self.program.roots.get(audience).map_or(Operand::FALSE, |(_, root)| *root);
        fill_first(into, users);
        for (block, (nodes, into)) in self.blocks.iter().zip(into.chunks_mut(BLOCK_WORDS)).enumerate() {
            and(into, root, words(root.source, self.slots, nodes, block));
        }
    }

    /// Gives the room back.
    pub(super) fn give(self, spare: &Spare<Vec<u64>>) {
        self.blocks.into_iter().for_each(|nodes| spare.give(nodes));
    }
}

/// Makes the words of all nodes in one block.
#[inline(always)]
fn combine(program: &Program, slots: &Slots, block: usize, nodes: &mut [u64]) {
    for (place, node) in program.nodes.iter().enumerate() {
        let (done, rest) = nodes.split_at_mut(place * BLOCK_STRIDE);
        let Some(into) = rest.first_chunk_mut::<BLOCK_WORDS>() else { continue };
        let mut operands = node.0.iter();
        if let Some(first) = operands.next() {
            into.fill(u64::MAX);
            and(into, *first, words(first.source, slots, done, block));
        }
        for operand in operands {
            and(into, *operand, words(operand.source, slots, done, block));
        }
    }
}

/// The words of a source in a block; none for everybody.
fn words<'a>(source: Source, slots: &'a Slots, nodes: &'a [u64], block: usize) -> &'a [u64] {
    let (all, start) = match source {
        Source::True => return &[],
        Source::Leaf(slot) => (slots.slot(slot as usize), block * BLOCK_WORDS),
        Source::Node(place) => (nodes, place as usize * BLOCK_STRIDE),
    };
    all.get(start..start + BLOCK_WORDS).unwrap_or(&[])
}

#[inline(always)]
fn and(into: &mut [u64], operand: Operand, words: &[u64]) {
    if operand == Operand::FALSE {
        return into.fill(0);
    }
    if operand.negated {
        into.iter_mut().zip(words).for_each(|(into, word)| *into &= !word);
    } else {
        into.iter_mut().zip(words).for_each(|(into, word)| *into &= word);
    }
}

const _: () = assert!(SHARD_WORDS.is_multiple_of(BLOCK_WORDS), "a shard is made of whole blocks");
