//! Memberships that stay right as events come in and time passes.
//!
//! In: a model, a store and a `now`; then, again and again, what was written and a later `now`. Out: who enters and who leaves
//! each audience. Only what can have changed is evaluated, by the kernels that evaluate everything.
//!
//! What always holds: after every step the memberships are those of a full evaluation of the same store at the same `now`.
//! What cannot be told from the changes alone is evaluated as a whole, and the result says so ([`Whole`]).
//!
//! `watch` says what leaves read and where time passes edges in it, `cursors`, `timeline` and `dates` find whose instants pass
//! one, `counts` which of them can matter, `touched` whose answers can have changed, `board` keeps the bits, `layer` keeps one program, `until` says how
//! long nothing changes; `horizon` says it of a store for which nothing is kept.

mod board;
mod counts;
mod cursors;
mod dates;
mod horizon;
mod layer;
mod timeline;
mod touched;
mod until;
mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::program::Program;
use super::standard::{self, Stored, as_of};
use crate::base::{Address, Now};
use crate::ir::{Model, Standard};
use crate::members::{Difference, Memberships};
use crate::store::{Changed, Store};

use board::Move;
use layer::Layer;

pub use horizon::horizon;

/// The memberships of a model's active audiences, kept right.
#[derive(Debug)]
pub struct Live {
    store_id: Arc<str>,
    /// The standard audiences that are evaluated, each after those that it nests.
    standard: Vec<(Address, Standard, Layer)>,
    /// All others.
    layer: Layer,
    memberships: Memberships,
}

/// What a step changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advanced {
    /// Who enters and who leaves; audiences in which nobody does are left out.
    pub moves: BTreeMap<Address, Difference>,
    /// Why everything was evaluated, where it was.
    pub whole: Option<Whole>,
}

/// Why everything was evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// `now` is earlier than before.
    Earlier,
    /// The store is another one.
    OtherStore,
    /// The changes are not those between the two states of the store.
    OtherChanges,
}

/// What a step takes.
#[derive(Clone, Copy)]
struct Step<'a> {
    store: &'a Store,
    changed: &'a Changed,
}

impl Live {
    /// Evaluates everything. Standard audiences have the memberships that are stored for them, as in
    /// [`evaluate`](super::evaluate).
    ///
    /// Runs on the rayon pool that it is called in.
    pub fn new(model: &Model, store: &Store, now: Now, stored: &Stored) -> Self {
        let mut audiences = standard::kept(model, stored);
        let mut layers = Vec::new();
        for (audience, range) in standard::evaluated(model, None, stored) {
            let layer = Layer::new(Program::standard(model, audience), store, as_of(range, now), &audiences);
            audiences.insert(audience.address.clone(), layer.board.members(0).collect());
            layers.push((audience.address.clone(), range, layer));
        }
        let layer = Layer::new(Program::new(model, None), store, now, &audiences);
        audiences.extend(members(&layer));
        let memberships = Memberships { now, data_version: store.version, audiences };
        Self { store_id: store.id.clone(), standard: layers, layer, memberships }
    }

    /// The members of the active audiences now.
    pub fn memberships(&self) -> &Memberships {
        &self.memberships
    }

    /// Takes what was written since the last step, and goes on to a `now` that is not earlier. `store` is the store with the
    /// changes.
    ///
    /// Runs on the rayon pool that it is called in.
    pub fn advance(&mut self, store: &Store, changed: &Changed, now: Now) -> Advanced {
        if let Some(whole) = self.cannot(store, changed, now) {
            return self.again(store, now, whole);
        }
        let mut moves = BTreeMap::new();
        let mut given_rows: BTreeMap<Address, Vec<u32>> = BTreeMap::new();
        let step = Step { store, changed };
        let Memberships { audiences, .. } = &mut self.memberships;
        for (address, range, layer) in &mut self.standard {
            let moved = layer.advance(&step, as_of(*range, now), audiences, &given_rows);
            given_rows.insert(address.clone(), moved.iter().map(|each| each.row).collect());
            apply(layer, moved, audiences, &mut moves);
        }
        let moved = self.layer.advance(&step, now, audiences, &given_rows);
        apply(&self.layer, moved, audiences, &mut moves);
        (self.memberships.now, self.memberships.data_version) = (now, store.version);
        Advanced { moves, whole: None }
    }

    /// Why a step cannot be taken from its changes alone.
    fn cannot(&self, store: &Store, changed: &Changed, now: Now) -> Option<Whole> {
        let known = self.memberships.data_version;
        if store.id != self.store_id {
            Some(Whole::OtherStore)
        } else if (changed.from_version, changed.to_version) != (known, store.version) {
            Some(Whole::OtherChanges)
        } else {
            (now < self.memberships.now).then_some(Whole::Earlier)
        }
    }

    /// Evaluates everything again.
    fn again(&mut self, store: &Store, now: Now, whole: Whole) -> Advanced {
        let before = self.memberships.audiences.clone();
        let audiences = &mut self.memberships.audiences;
        for (address, range, layer) in &mut self.standard {
            layer.evaluate(store, as_of(*range, now), audiences);
            audiences.insert(address.clone(), layer.board.members(0).collect());
        }
        self.layer.evaluate(store, now, audiences);
        audiences.extend(members(&self.layer));
        let differences = audiences.iter().filter_map(|(address, after)| {
            let difference = Difference::between(before.get(address)?, after);
            (!difference.is_empty()).then(|| (address.clone(), difference))
        });
        let moves = differences.collect();
        (self.memberships.now, self.memberships.data_version) = (now, store.version);
        self.store_id = store.id.clone();
        Advanced { moves, whole: Some(whole) }
    }

    /// How many bytes are kept beside the store and the memberships: bits, cursors, instants in order.
    pub fn bytes(&self) -> usize {
        self.layer.bytes() + self.standard.iter().map(|(_, _, layer)| layer.bytes()).sum::<usize>()
    }
}

/// The members of each audience of a layer.
fn members(layer: &Layer) -> impl Iterator<Item = (Address, RoaringBitmap)> {
    let audiences = layer.program.audiences().enumerate();
    audiences.map(|(at, address)| (address.clone(), layer.board.members(at).collect()))
}

/// Moves users into and out of audiences.
fn apply(
    layer: &Layer,
    mut moved: Vec<Move>,
    audiences: &mut BTreeMap<Address, RoaringBitmap>,
    into: &mut BTreeMap<Address, Difference>,
) {
    moved.par_sort_unstable();
    let mut by_address: BTreeMap<&Address, &[Move]> = BTreeMap::new();
    for moved in moved.chunk_by(|a, b| a.audience == b.audience) {
        let audience = moved.first().and_then(|each| layer.program.roots.get(each.audience as usize));
        let Some((address, _)) = audience else { continue };
        by_address.insert(address, moved);
        if !audiences.contains_key(address) {
            audiences.insert(address.clone(), RoaringBitmap::new());
        }
    }
    let changing =
        audiences.iter_mut().filter_map(|(address, members)| Some((address, members, by_address.get(address)?)));
    let changing: Vec<_> = changing.collect();
    let differences = changing.into_par_iter().map(|(address, members, moved)| {
        let rows = |enters: bool| moved.iter().filter(move |each| each.enters == enters).map(|each| each.row);
        rows(true).for_each(|row| {
            members.insert(row);
        });
        rows(false).for_each(|row| {
            members.remove(row);
        });
        (address.clone(), Difference { adds: rows(true).collect(), drops: rows(false).collect() })
    });
    into.par_extend(differences);
}
