//! One program kept right: the answers of its leaves, and whose of them can have changed.
//!
//! In: what was written, and a later `now`. Out: who enters and who leaves. The kernels answer for the users whose answers can have
//! changed, which `touched` finds, as they do for whole shards.

use std::collections::BTreeMap;

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::board::{Answer, Board, Move};
use super::cursors::Cursors;
use super::timeline::Timeline;
use super::touched::Touched;
use super::watch::{Edge, Source, Watched};
use super::{Step, dates};
use crate::base::{Address, Now};
use crate::eval::bits::{SHARD_WORDS, Slots};
use crate::eval::leaf::{Bound, Context, Selection};
use crate::eval::program::Program;
use crate::store::{SHARD_USERS, Store};

/// A program with everything that is kept of it.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) program: Program,
    pub(super) watched: Watched,
    pub(super) board: Board,
    pub(super) cursors: BTreeMap<Source, Cursors>,
    pub(super) timelines: BTreeMap<Source, Timeline>,
    /// The `now` that it holds for.
    pub(super) now: Now,
}

impl Layer {
    /// A program, evaluated.
    pub(super) fn new(program: Program, store: &Store, now: Now, given: &BTreeMap<Address, RoaringBitmap>) -> Self {
        let watched = Watched::new(&program.questions);
        let board = Board::new(&program);
        let mut layer = Self { program, watched, board, cursors: BTreeMap::new(), timelines: BTreeMap::new(), now };
        layer.evaluate(store, now, given);
        layer
    }

    /// Evaluates everything.
    pub(super) fn evaluate(&mut self, store: &Store, now: Now, given: &BTreeMap<Address, RoaringBitmap>) {
        self.now = now;
        self.board = Board::new(&self.program);
        self.board.resize(store.user_count());
        let context = Context::new(store, now, given);
        let kernels = context.bind(&self.program.questions);
        let mut slots = Slots::default();
        for shard in 0..store.shard_count() {
            slots.resize(self.program.leaf_count(), SHARD_WORDS);
            crate::eval::run::answer(&kernels, Selection::Shard(shard), &mut slots);
            self.board.fill(shard, &slots);
        }
        self.cursors.clear();
        self.timelines.clear();
        for (source, interest) in &self.watched.sources {
            match source {
                Source::Events(key) => {
                    let mut cursors = Cursors::new(interest.ages.keys().copied());
                    cursors.settle(store.events.get(key).map_or(&[], |segments| segments), now);
                    self.cursors.insert(source.clone(), cursors);
                }
                Source::Dates(..) | Source::Given(_) => {}
                _ => {
                    // Whoever was last seen after `now` is looked at each time.
                    let ages = interest.ages.keys().copied().chain(matches!(source, Source::Last(_)).then_some(-1));
                    if let Some(oldest) = ages.max() {
                        self.timelines.insert(source.clone(), Timeline::new(store, source, oldest, now));
                    }
                }
            }
        }
    }

    /// Takes what was written, and goes on to a later `now`. `given` are the memberships of standard audiences after it.
    pub(super) fn advance(
        &mut self,
        step: &Step<'_>,
        now: Now,
        given: &BTreeMap<Address, RoaringBitmap>,
        given_rows: &BTreeMap<Address, Vec<u32>>,
    ) -> Vec<Move> {
        let (touched, mut answers) = self.touched(step, now, given, given_rows);
        answers.extend(self.answers(&Context::new(step.store, now, given), touched));
        self.now = now;
        let new = step.changed.new_users.clone();
        if !new.is_empty() {
            self.board.resize(step.store.user_count());
        }
        let known = if new.is_empty() { step.store.user_count() } else { new.start as usize };
        self.board.take(answers, known)
    }

    /// What the leaves of touched families say of touched users, where it is not what they said before.
    fn answers<'a>(&'a self, context: &Context<'a>, touched: Touched) -> Vec<Answer> {
        let mut by_shard: Vec<Vec<(usize, Vec<u16>)>> = Vec::with_capacity(touched.0.len());
        touched.0.into_par_iter().map(by_shards).collect_into_vec(&mut by_shard);
        let wanted = |family: usize| by_shard.get(family).is_some_and(|shards| !shards.is_empty());
        let kernels = context.bind_some(&self.program.questions, wanted);
        let tasks: Vec<(&Bound<'_>, usize, &[u16])> = kernels
            .iter()
            .flat_map(|bound| {
                let shards = by_shard.get(bound.family).into_iter().flatten();
                shards.map(move |(shard, users)| (bound, *shard, users.as_slice()))
            })
            .collect();
        let answers = tasks.par_iter().flat_map_iter(|(bound, shard, users)| self.differing(bound, *shard, users));
        answers.collect()
    }

    fn differing(&self, bound: &Bound<'_>, shard: usize, users: &[u16]) -> Vec<Answer> {
        let words = users.len().div_ceil(64);
        let mut bits = vec![0u64; words * bound.slots.len()];
        let mut slots: Vec<&mut [u64]> = bits.chunks_exact_mut(words).collect();
        bound.kernel.answer(Selection::Users(shard, users), &mut slots);
        let mut answers = Vec::new();
        for (at, user) in users.iter().enumerate() {
            let row = (shard * SHARD_USERS) as u32 + u32::from(*user);
            let before = self.board.of_user(row);
            for (slot, said) in bound.slots.iter().zip(&slots) {
                let holds = said.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1);
                if before.holds(*slot) != holds {
                    answers.push(Answer { row, slot: *slot, holds });
                }
            }
        }
        answers
    }

    /// The next `now` at which an instant of a source passes an edge; without an edge, at which a sighting that is not known yet is.
    pub(super) fn next(&self, source: &Source, edge: Option<Edge>) -> Option<i64> {
        match (source, edge) {
            (Source::Last(_), None) => {
                let mut waits = false;
                self.timelines.get(source)?.after(self.now, |rows| waits |= !rows.is_empty());
                waits.then(|| self.now.ms().saturating_add(1))
            }
            (Source::Given(_), _) | (_, None) => None,
            (Source::Events(_), Some(edge)) => self.cursors.get(source)?.next(edge),
            (Source::Dates(key, part, name), Some(edge)) => {
                let tables = self.cursors.get(&Source::Events(key.clone()))?.tables();
                dates::next(tables, *part, name, edge, self.now)
            }
            (_, Some(edge)) => self.timelines.get(source)?.next(edge, self.now),
        }
    }

    /// How many bytes are kept.
    pub(super) fn bytes(&self) -> usize {
        let cursors: usize = self.cursors.values().map(Cursors::bytes).sum();
        self.board.bytes() + cursors + self.timelines.values().map(Timeline::bytes).sum::<usize>()
    }
}

/// Rows, in order and each once, by shard.
fn by_shards(mut rows: Vec<u32>) -> Vec<(usize, Vec<u16>)> {
    rows.sort_unstable();
    rows.dedup();
    let shard = |row: &u32| *row as usize / SHARD_USERS;
    let chunks = rows.chunk_by(|a, b| shard(a) == shard(b));
    let of_chunk = |chunk: &[u32]| {
        let users = chunk.iter().map(|row| (*row as usize % SHARD_USERS) as u16).collect();
        (chunk.first().map_or(0, shard), users)
    };
    chunks.map(of_chunk).collect()
}
