//! The evaluation of a program over a store, on all cores of the rayon pool that it is called in.
//!
//! Work is split by shard and, within a shard, by family of questions: two shards keep two cores busy even where one of them
//! is small, since an idle core takes families of the other's. The slots of a shard are used again by the next one.

use std::collections::BTreeMap;

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::bits::{SHARD_WORDS, Slots, ones};
use super::boolean::{BLOCK_WORDS, Members};
use super::leaf::{Bound, Context, Selection};
use super::program::Program;
use super::spare::Spare;
use crate::base::{Address, Now};
use crate::store::{SHARD_USERS, Store};

/// Containers that one core makes at least.
const LEAST_CONTAINERS: usize = 16;

/// The members of each audience of the program, in its order.
pub(super) fn run(
    program: &Program,
    store: &Store,
    now: Now,
    given: &BTreeMap<Address, RoaringBitmap>,
) -> Vec<RoaringBitmap> {
    let context = Context::new(store, now, given);
    let kernels = context.bind(&program.questions);
    let (spare_slots, spare_nodes) = (Spare::<Slots>::default(), Spare::default());
    let shards = (0..store.shard_count()).into_par_iter().with_max_len(1).map(|shard| {
        let mut slots = spare_slots.take();
        slots.resize(program.leaf_count(), SHARD_WORDS);
        answer(&kernels, Selection::Shard(shard), &mut slots);
        let members = Members::new(program, &slots, store.shard_len(shard), &spare_nodes);
        let containers = containers(program, store, shard, &members);
        members.give(&spare_nodes);
        spare_slots.give(slots);
        containers
    });
    join(program, shards.collect())
}

/// The members of each audience of the program among some rows.
pub(super) fn run_rows(
    program: &Program,
    store: &Store,
    now: Now,
    given: &BTreeMap<Address, RoaringBitmap>,
    rows: &RoaringBitmap,
) -> Vec<RoaringBitmap> {
    let context = Context::new(store, now, given);
    let kernels = context.bind(&program.questions);
    let mut shards: BTreeMap<usize, Vec<u16>> = BTreeMap::new();
    for row in rows.iter().filter(|row| (*row as usize) < store.user_count()) {
        shards.entry(row as usize / SHARD_USERS).or_default().push((row as usize % SHARD_USERS) as u16);
    }
    let shards = shards.par_iter().map(|(shard, users)| {
        let mut slots = Slots::default();
        slots.resize(program.leaf_count(), users.len().div_ceil(64).next_multiple_of(BLOCK_WORDS));
        answer(&kernels, Selection::Users(*shard, users), &mut slots);
        let members = Members::new(program, &slots, users.len(), &Spare::default());
        let mut words = vec![0; users.len().div_ceil(64)];
        let rows = |audience| {
            members.write(audience, users.len(), &mut words);
            let places = words.iter().enumerate().flat_map(|(at, word)| ones(*word).map(move |bit| at * 64 + bit));
            let users = places.filter_map(|place| users.get(place));
            users.map(|user| (*shard * SHARD_USERS) as u32 + u32::from(*user)).collect()
        };
        (0..program.roots.len()).map(rows).collect()
    });
    join(program, shards.collect())
}

/// Has every family write its slots.
pub(super) fn answer(kernels: &[Bound<'_>], selection: Selection<'_>, slots: &mut Slots) {
    let mut free: Vec<_> = slots.iter_mut().collect();
    let mut take = |slot: &u32| free.get_mut(*slot as usize).and_then(Option::take);
    let tasks: Vec<(&Bound<'_>, Vec<&mut [u64]>)> =
        kernels.iter().map(|bound| (bound, bound.slots.iter().filter_map(&mut take).collect())).collect();
    tasks.into_par_iter().for_each(|(bound, mut slots)| bound.kernel.answer(selection, &mut slots));
}

/// The members of each audience in one shard: one container each.
fn containers(program: &Program, store: &Store, shard: usize, members: &Members<'_>) -> Vec<RoaringBitmap> {
    let (first, users) = ((shard * SHARD_USERS) as u32, store.shard_len(shard));
    let container = |audience| {
        let (mut words, mut bytes) = ([0; SHARD_WORDS], [0; 8 * SHARD_WORDS]);
        members.write(audience, users, &mut words);
        let (eights, _) = bytes.as_chunks_mut::<8>();
        eights.iter_mut().zip(words).for_each(|(bytes, word)| *bytes = word.to_le_bytes());
        RoaringBitmap::from_lsb0_bytes(first, &bytes)
    };
    (0..program.roots.len()).into_par_iter().with_min_len(LEAST_CONTAINERS).map(container).collect()
}

/// Joins the shards of each audience.
fn join(program: &Program, shards: Vec<Vec<RoaringBitmap>>) -> Vec<RoaringBitmap> {
    let mut joined = vec![RoaringBitmap::new(); program.roots.len()];
    for shard in shards {
        for (into, members) in joined.iter_mut().zip(shard) {
            *into |= members;
        }
    }
    joined
}
