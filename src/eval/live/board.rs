//! The bits of all leaves and nodes, kept from one `now` to the next.
//!
//! In: leaves whose answer about a user is another one. Out: who enters and who leaves each audience. The bits of 64 users lie
//! together, leaves first, nodes after them in their order, so that a leaf and the nodes above it are near each other.
//!
//! What always holds: the bits of a node are those that its operands give. Bits of users that do not exist yet may be anything.

use rayon::prelude::*;

use crate::eval::bits::{SHARD_WORDS, Slots, ones};
use crate::eval::program::{Operand, Program, Source};

/// How many words of each leaf are one core's work at a time: so few that no core waits long for another one.
const PART_WORDS: usize = 64;

/// What a leaf says of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Answer {
    pub(super) row: u32,
    pub(super) slot: u32,
    pub(super) holds: bool,
}

/// A user who enters or leaves an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Move {
    pub(super) audience: u32,
    pub(super) row: u32,
    pub(super) enters: bool,
}

/// Leaves and nodes as places in the words of 64 users.
#[derive(Debug, Default)]
struct Wiring {
    leaves: usize,
    /// The operands of each node, by place; whether each is negated.
    nodes: Vec<Vec<(u32, bool)>>,
    /// The nodes that read each leaf or node.
    readers: Vec<Vec<u32>>,
    /// The audiences that are what each leaf or node says, or its complement.
    audiences: Vec<Vec<(u32, bool)>>,
    /// What each audience is.
    roots: Vec<Operand>,
}

/// What leaves say of a user.
#[derive(Clone, Copy)]
pub(super) struct OfUser<'b> {
    words: &'b [u64],
    bit: u32,
}

impl OfUser<'_> {
    /// What a leaf says.
    pub(super) fn holds(self, slot: u32) -> bool {
        self.words.get(slot as usize).is_some_and(|word| word >> self.bit & 1 == 1)
    }
}

/// The bits.
#[derive(Debug, Default)]
pub(super) struct Board {
    wiring: Wiring,
    words: Vec<u64>,
    users: usize,
}

impl Wiring {
    fn new(program: &Program) -> Self {
        let leaves = program.leaf_count();
        let places = leaves + program.nodes.len();
        let mut wiring = Self { leaves, ..Self::default() };
        wiring.readers.resize(places, Vec::new());
        wiring.audiences.resize(places, Vec::new());
        for (number, node) in program.nodes.iter().enumerate() {
            let operands: Vec<_> =
                node.0.iter().filter_map(|each| Some((wiring.place(each.source)? as u32, each.negated))).collect();
            for (place, _) in &operands {
                if let Some(readers) = wiring.readers.get_mut(*place as usize) {
                    readers.push(number as u32);
                }
            }
            wiring.nodes.push(operands);
        }
        for (audience, (_, root)) in program.roots.iter().enumerate() {
            if let Some(audiences) = wiring.place(root.source).and_then(|place| wiring.audiences.get_mut(place)) {
                audiences.push((audience as u32, root.negated));
            }
            wiring.roots.push(*root);
        }
        wiring
    }

    fn place(&self, source: Source) -> Option<usize> {
        match source {
            Source::True => None,
            Source::Leaf(slot) => Some(slot as usize),
            Source::Node(node) => Some(self.leaves + node as usize),
        }
    }

    fn stride(&self) -> usize {
        self.readers.len()
    }

    /// The word of a node, given those of its operands.
    fn word(&self, node: usize, words: &[u64]) -> u64 {
        let operands = self.nodes.get(node).map_or(&[][..], |operands| operands);
        operands.iter().fold(u64::MAX, |word, (place, negated)| {
            let operand = words.get(*place as usize).copied().unwrap_or(0);
            word & if *negated { !operand } else { operand }
        })
    }

    /// The word of an audience.
    fn audience(&self, root: Operand, words: &[u64]) -> u64 {
        let word = self.place(root.source).map_or(u64::MAX, |place| words.get(place).copied().unwrap_or(0));
        if root.negated { !word } else { word }
    }
}

impl Board {
    pub(super) fn new(program: &Program) -> Self {
        Self { wiring: Wiring::new(program), ..Self::default() }
    }

    /// Makes room for some users, of whom nothing holds before anybody says so.
    pub(super) fn resize(&mut self, users: usize) {
        let old = self.words.len();
        let stride = self.wiring.stride();
        self.words.resize(users.div_ceil(64) * stride, 0);
        self.users = users;
        for words in self.words.get_mut(old..).unwrap_or(&mut []).chunks_exact_mut(stride.max(1)) {
            combine(&self.wiring, words);
        }
    }

    /// Takes the answers of all leaves about the users of a shard.
    pub(super) fn fill(&mut self, shard: usize, slots: &Slots) {
        let stride = self.wiring.stride().max(1);
        let start = shard * SHARD_WORDS * stride;
        let words = self.words.get_mut(start..).unwrap_or(&mut []).chunks_exact_mut(stride).take(SHARD_WORDS);
        for (at, words) in words.enumerate() {
            for (leaf, word) in words.iter_mut().take(self.wiring.leaves).enumerate() {
                *word = slots.slot(leaf).get(at).copied().unwrap_or(0);
            }
            combine(&self.wiring, words);
        }
    }

    /// What all leaves say of a user.
    pub(super) fn of_user(&self, row: u32) -> OfUser<'_> {
        let stride = self.wiring.stride();
        let at = row as usize / 64 * stride;
        OfUser { words: self.words.get(at..at + stride).unwrap_or(&[]), bit: row % 64 }
    }

    /// Takes some answers, for which there is room: who enters and who leaves. Users from row `known` on are new: whoever of them
    /// is in an audience enters it.
    pub(super) fn take(&mut self, mut answers: Vec<Answer>, known: usize) -> Vec<Move> {
        answers.par_sort_unstable();
        answers.dedup();
        let Self { wiring, words, users } = self;
        let stride = wiring.stride().max(1);
        let parts = words.par_chunks_mut(PART_WORDS * stride).enumerate();
        let moves = parts.flat_map_iter(|(part, words)| {
            let first = (part * PART_WORDS * 64) as u32;
            let from = answers.partition_point(|answer| answer.row < first);
            let to = answers.partition_point(|answer| (answer.row as usize) < first as usize + PART_WORDS * 64);
            let mut moves = Vec::new();
            for answers in answers.get(from..to).unwrap_or(&[]).chunk_by(|a, b| a.row / 64 == b.row / 64) {
                let Some(row) = answers.first().map(|answer| answer.row / 64 * 64) else { continue };
                let at = (row - first) as usize / 64 * stride;
                if let Some(words) = words.get_mut(at..at + stride) {
                    turn(wiring, words, answers, row, known, &mut moves);
                }
            }
            moves
        });
        let mut moves: Vec<Move> = moves.collect();
        for row in known..*users {
            let words = words.get(row / 64 * stride..(row / 64 + 1) * stride).unwrap_or(&[]);
            for (audience, root) in wiring.roots.iter().enumerate() {
                if wiring.audience(*root, words) >> (row % 64) & 1 == 1 {
                    moves.push(Move { audience: audience as u32, row: row as u32, enters: true });
                }
            }
        }
        moves
    }

    /// The members of an audience, ascending.
    pub(super) fn members(&self, audience: usize) -> impl Iterator<Item = u32> {
        let words = self.words.chunks_exact(self.wiring.stride().max(1)).enumerate();
        let root = self.wiring.roots.get(audience).copied().unwrap_or(Operand::FALSE);
        let words = words.map(move |(at, words)| (at, self.wiring.audience(root, words)));
        let rows = words.flat_map(|(at, word)| ones(word).map(move |bit| (at * 64 + bit) as u32));
        rows.take_while(|row| (*row as usize) < self.users)
    }

    /// How many bytes the bits take.
    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * 8
    }
}

/// Makes the words of all nodes.
fn combine(wiring: &Wiring, words: &mut [u64]) {
    for node in 0..wiring.nodes.len() {
        let word = wiring.word(node, words);
        if let Some(into) = words.get_mut(wiring.leaves + node) {
            *into = word;
        }
    }
}

/// Takes answers about 64 users, the first of whom is at `row`, and makes the nodes above them anew.
fn turn(wiring: &Wiring, words: &mut [u64], answers: &[Answer], row: u32, known: usize, moves: &mut Vec<Move>) {
    let before = known.saturating_sub(row as usize).min(64);
    let old_users = if before == 64 { u64::MAX } else { (1 << before) - 1 };
    let mut waiting = vec![0u64; wiring.nodes.len().div_ceil(64)];
    let mut turned = |place: usize, turned: u64, word: u64, waiting: &mut [u64]| {
        for reader in wiring.readers.get(place).into_iter().flatten() {
            if let Some(waiting) = waiting.get_mut(*reader as usize / 64) {
                *waiting |= 1 << (reader % 64);
            }
        }
        for (audience, negated) in wiring.audiences.get(place).into_iter().flatten() {
            for bit in ones(turned & old_users) {
                let enters = (word >> bit & 1 == 1) != *negated;
                moves.push(Move { audience: *audience, row: row + bit as u32, enters });
            }
        }
    };
    let mut by_leaf: Vec<(u32, u64, u64)> = Vec::new();
    for answer in answers {
        let bit = 1u64 << (answer.row % 64);
        let held = if answer.holds { bit } else { 0 };
        match by_leaf.iter_mut().find(|(slot, ..)| *slot == answer.slot) {
            Some((_, said, holds)) => (*said, *holds) = (*said | bit, *holds & !bit | held),
            None => by_leaf.push((answer.slot, bit, held)),
        }
    }
    for (slot, said, holds) in by_leaf {
        let Some(word) = words.get_mut(slot as usize) else { continue };
        let old = std::mem::replace(word, *word & !said | holds);
        let word = *word;
        if old != word {
            turned(slot as usize, old ^ word, word, &mut waiting);
        }
    }
    // A node comes after all that it reads, so that each is made once.
    for at in 0..waiting.len() {
        while let Some(bit) = waiting.get(at).copied().and_then(|word| ones(word).next()) {
            if let Some(word) = waiting.get_mut(at) {
                *word &= !(1 << bit);
            }
            let node = at * 64 + bit;
            let (place, word) = (wiring.leaves + node, wiring.word(node, words));
            let Some(into) = words.get_mut(place) else { continue };
            let old = std::mem::replace(into, word);
            if old != word {
                turned(place, old ^ word, word, &mut waiting);
            }
        }
    }
}
