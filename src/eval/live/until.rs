//! How long memberships hold: the next instant at which time alone can change one.
//!
//! Out: for each audience an instant before which its membership stays what it is, as long as nothing is written. It is the
//! first one at which an instant that the audience reads passes an edge of a window: never later than a change, earlier where what
//! passes the edge decides nothing.
//!
//! [`Live`] knows where its edges stand. [`horizon`](super::horizon) looks for it, and says the same.

use std::collections::{BTreeMap, BTreeSet};

use super::watch::{Edge, Source, Watched, Watches};
use super::{Live, as_of};
use crate::base::{Address, Now, Timestamp};
use crate::eval::program::Program;
use crate::ir::Standard;

impl Live {
    /// Until when the membership of an audience holds by time alone: at every `now` before it, it is the same. `None` where time
    /// alone never changes it.
    pub fn valid_until(&self, address: &Address) -> Option<Timestamp> {
        self.valid_until_all().get(address).copied().flatten()
    }

    /// The same of every audience.
    pub fn valid_until_all(&self) -> BTreeMap<Address, Option<Timestamp>> {
        let mut known = Nexts::default();
        for (_, range, layer) in &self.standard {
            known.of_standard(*range, &layer.program, &layer.watched, |source, edge| layer.next(source, edge));
        }
        let Self { layer, .. } = self;
        known.of_all(&layer.program, &layer.watched, |source, edge| layer.next(source, edge));
        known.until(self.memberships.audiences.keys())
    }
}

/// The next `now` at which each audience looked at so far can change.
#[derive(Debug, Default)]
pub(super) struct Nexts(BTreeMap<Address, Option<i64>>);

impl Nexts {
    /// Looks at a standard audience, those that it nests being known. `next` says when an instant of a source passes an edge.
    pub(super) fn of_standard(
        &mut self,
        range: Standard,
        program: &Program,
        watched: &Watched,
        next: impl Fn(&Source, Option<Edge>) -> Option<i64>,
    ) {
        let moving = self.of(program, watched, &next);
        // Its own clock stops at the end of its range; those of the audiences that it nests may go on.
        let goes_on = |at: &Option<i64>| at.is_none_or(|at| reaches(range, at));
        let of_audience = match moving.values().all(goes_on) {
            true => moving,
            false => self.of(program, watched, |_, _| None),
        };
        self.0.extend(of_audience);
    }

    /// Looks at the audiences of a program, the standard ones that they nest being known.
    pub(super) fn of_all(
        &mut self,
        program: &Program,
        watched: &Watched,
        next: impl Fn(&Source, Option<Edge>) -> Option<i64>,
    ) {
        let of_audience = self.of(program, watched, next);
        self.0.extend(of_audience);
    }

    /// Of some audiences, until when they hold.
    pub(super) fn until<'a>(
        &self,
        audiences: impl Iterator<Item = &'a Address>,
    ) -> BTreeMap<Address, Option<Timestamp>> {
        let until = |address: &Address| self.0.get(address).copied().flatten().filter(|next| *next < i64::MAX);
        audiences.map(|address| (address.clone(), until(address).map(Timestamp))).collect()
    }

    fn of(
        &self,
        program: &Program,
        watched: &Watched,
        next: impl Fn(&Source, Option<Edge>) -> Option<i64>,
    ) -> BTreeMap<Address, Option<i64>> {
        let mut asked: BTreeMap<&(Source, Option<Edge>), Option<i64>> = BTreeMap::new();
        for watch @ (source, edge) in watched.leaves.iter().flatten() {
            asked.entry(watch).or_insert_with(|| match source {
                Source::Given(address) => self.0.get(address).copied().flatten(),
                _ => next(source, *edge),
            });
        }
        let of_leaf = |watches: &Watches| watches.iter().filter_map(|watch| *asked.get(watch)?).min();
        let leaves: Vec<Option<i64>> = watched.leaves.iter().map(of_leaf).collect();
        let next = |slots: BTreeSet<u32>| slots.iter().filter_map(|slot| *leaves.get(*slot as usize)?).min();
        program.leaves().map(|(address, slots)| (address.clone(), next(slots))).collect()
    }
}

/// Whether a standard audience is still evaluated at an instant (M23).
fn reaches(range: Standard, at: i64) -> bool {
    let clock = Now(Timestamp(at));
    as_of(range, clock) == clock
}
