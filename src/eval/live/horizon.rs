//! Until when memberships hold, of a store at one `now`, where nothing is kept from one `now` to the next.
//!
//! In: a model, a store and a `now`. Out: what [`Live::valid_until_all`](super::Live::valid_until_all) says of them. Nobody's
//! answers are asked for and no bits are made.
//!
//! What it costs: two binary searches for each edge of a window in each shard of each segment of events; one pass over each column
//! of users that an edge is about (sightings, when a location was said, values that are asked to be instants), in which each instant
//! that has not passed all edges is compared with each of them; one reading of the dictionary of each attribute that is asked to
//! be an instant relative to `now`. Sources are looked at on all cores, and what is kept meanwhile is a few words for each edge
//! and shard.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::cursors::Cursors;
use super::until::Nexts;
use super::watch::{Edge, Source, Watched};
use super::{dates, timeline};
use crate::base::{Address, Now, Timestamp};
use crate::eval::program::Program;
use crate::eval::standard::{self, Stored, as_of};
use crate::ir::{Model, Status};
use crate::store::Store;

/// The next `now` at which an instant passes each edge, by source.
type Passes = BTreeMap<Source, BTreeMap<Option<Edge>, Option<i64>>>;

/// Until when the membership of each active audience holds by time alone, as long as nothing is written: at every `now` from this one
/// on and before it, it is the same. `None` where time alone never changes it, as for standard audiences whose membership is
/// stored. With `only`, of those among them.
///
/// Runs on the rayon pool that it is called in.
pub fn horizon(
    model: &Model,
    store: &Store,
    now: Now,
    only: Option<&BTreeSet<Address>>,
    stored: &Stored,
) -> BTreeMap<Address, Option<Timestamp>> {
    let mut known = Nexts::default();
    for (audience, range) in standard::evaluated(model, only, stored) {
        let program = Program::standard(model, audience);
        let watched = Watched::new(&program.questions);
        let passes = passes(&watched, store, as_of(range, now));
        known.of_standard(range, &program, &watched, |source, edge| next(&passes, source, edge));
    }
    let program = Program::new(model, only);
    let watched = Watched::new(&program.questions);
    let passes = passes(&watched, store, now);
    known.of_all(&program, &watched, |source, edge| next(&passes, source, edge));
    let active = model.audiences.values().filter(|each| each.status == Status::Active).map(|each| &each.address);
    known.until(active.filter(|address| only.is_none_or(|only| only.contains(*address))))
}

fn next(passes: &Passes, source: &Source, edge: Option<Edge>) -> Option<i64> {
    passes.get(source)?.get(&edge).copied().flatten()
}

/// Everything that a program watches, looked at once.
fn passes(watched: &Watched, store: &Store, now: Now) -> Passes {
    let mut edges: BTreeMap<&Source, BTreeSet<Option<Edge>>> = BTreeMap::new();
    for (source, edge) in watched.leaves.iter().flatten() {
        edges.entry(source).or_default().insert(*edge);
    }
    let edges: Vec<(&Source, BTreeSet<Option<Edge>>)> = edges.into_iter().collect();
    let look = |(source, edges): &(&Source, BTreeSet<Option<Edge>>)| {
        let found: Vec<Edge> = edges.iter().flatten().copied().collect();
        let next = of_source(store, source, &found, now);
        let mut passes: BTreeMap<_, _> = found.into_iter().map(Some).zip(next).collect();
        if edges.contains(&None) {
            passes.insert(None, unknown_yet(store, source, now));
        }
        ((*source).clone(), passes)
    };
    edges.par_iter().with_max_len(1).map(look).collect()
}

fn of_source(store: &Store, source: &Source, edges: &[Edge], now: Now) -> Vec<Option<i64>> {
    let segments = |key| store.events.get(key).map_or(&[][..], |segments| segments);
    match source {
        Source::Given(_) => vec![None; edges.len()],
        Source::Events(key) => {
            let ages: BTreeSet<i64> = edges.iter().map(|edge| edge.age).collect();
            let mut cursors = Cursors::new(ages);
            cursors.settle(segments(key), now);
            edges.iter().map(|edge| cursors.next(*edge)).collect()
        }
        Source::Dates(key, part, name) => {
            let tables = || segments(key).iter().map(|table| &**table);
            edges.iter().map(|edge| dates::next(tables(), *part, name, *edge, now)).collect()
        }
        _ => timeline::next(store, source, edges, now),
    }
}

/// The next `now`, where somebody was last seen after this one: what is known of them can be another thing then.
fn unknown_yet(store: &Store, source: &Source, now: Now) -> Option<i64> {
    let Source::Last(workspace) = source else { return None };
    let waits = store.users.seen.get(workspace)?.last.iter().any(|at| *at > now.ms());
    waits.then(|| now.ms().saturating_add(1))
}
