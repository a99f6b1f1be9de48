//! The boolean layer: the bits of nodes from the bits of leaves, a block of users at a time.
//!
//! In: the slots of one shard. Out: the bits of every audience in that shard. All nodes of a block are made before the next
//! block, so that their bits stay in the cache; blocks are independent and spread over the cores.

use rayon::prelude::*;

use super::bits::{SHARD_WORDS, Slots};
use super::program::{Operand, Program, Source};

/// Words of a block: 8,192 users, measured to be the best together with 4,096.
pub(super) const BLOCK_WORDS: usize = 128;
/// Distance between the nodes of a block, off the power of two as slots are.
const BLOCK_STRIDE: usize = BLOCK_WORDS + 8;

/// The memberships in one shard.
pub(super) struct Members {
    /// For each block, the words of all audiences, one after the other.
    blocks: Vec<Vec<u64>>,
}

impl Members {
    /// Combines the slots of `users` users.
    pub(super) fn new(program: &Program, slots: &Slots, users: usize) -> Self {
        let blocks = 0..users.div_ceil(64 * BLOCK_WORDS);
        Self { blocks: blocks.into_par_iter().map(|block| combine(program, slots, block)).collect() }
    }

    /// The bits of one audience.
    pub(super) fn words(&self, audience: usize) -> impl Iterator<Item = u64> {
        let start = audience * BLOCK_WORDS;
        self.blocks.iter().filter_map(move |block| block.get(start..start + BLOCK_WORDS)).flatten().copied()
    }

    /// The bits of one audience as bytes, the first user in the lowest bit of the first.
    pub(super) fn bytes(&self, audience: usize) -> Vec<u8> {
        self.words(audience).flat_map(u64::to_le_bytes).collect()
    }
}

/// The words of all audiences in one block.
fn combine(program: &Program, slots: &Slots, block: usize) -> Vec<u64> {
    let mut nodes = vec![0; program.nodes.len() * BLOCK_STRIDE];
    for (place, node) in program.nodes.iter().enumerate() {
        let (done, rest) = nodes.split_at_mut(place * BLOCK_STRIDE);
        let Some(into) = rest.get_mut(..BLOCK_WORDS) else { continue };
        into.fill(u64::MAX);
        for operand in &node.0 {
            and(into, *operand, words(operand.source, slots, done, block));
        }
    }
    let mut members = vec![u64::MAX; program.roots.len() * BLOCK_WORDS];
    for ((_, root), into) in program.roots.iter().zip(members.chunks_exact_mut(BLOCK_WORDS)) {
        and(into, *root, words(root.source, slots, &nodes, block));
    }
    members
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
