//! Sightings: which profiles are alive, and when a user was first and last seen (M12).
//!
//! The store keeps the first and the last sighting. Where `now` is earlier than a user's last one, what was last known at
//! `now` is the latest event up to then, or else the first sighting; the events are read for such users only.

use std::borrow::Cow;

use super::{Context, Kernel, Selection};
use crate::base::{Now, Window, WorkspaceName};
use crate::eval::bits::fill;
use crate::eval::program::{Family, Seen};
use crate::store::{EventShard, SHARD_USERS, Store};

/// Questions about the sightings in one workspace.
pub(super) struct Sightings<'a> {
    seen: LastSeen<'a>,
    tests: Vec<Test>,
}

/// The last sighting of each user in one workspace, as known at `now`.
pub(super) struct LastSeen<'a> {
    store: &'a Store,
    now: Now,
    /// The first and the last sighting of each user; empty for a workspace without any.
    first: &'a [i64],
    last: &'a [i64],
    /// Whether an input, by its code, belongs to the workspace.
    inputs: Vec<bool>,
}

#[derive(Clone, Copy)]
enum Test {
    First(Window),
    Last(Window),
}

/// Never seen: earlier than any sighting.
const NEVER: i64 = i64::MIN;

impl<'a> Sightings<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<WorkspaceName, Seen>) -> Self {
        let now = context.now;
        let test = |seen: &Seen| match seen {
            Seen::First(period) => Test::First(period.window(now)),
            Seen::Last(period) => Test::Last(period.window(now)),
        };
        Self { seen: LastSeen::new(context, &family.of), tests: family.tests.iter().map(test).collect() }
    }
}

impl<'a> LastSeen<'a> {
    pub(super) fn new(context: &Context<'a>, workspace: &WorkspaceName) -> Self {
        let (store, now) = (context.store, context.now);
        let seen = store.users.seen.get(workspace);
        Self {
            store,
            now,
            first: seen.map_or(&[], |seen| &seen.first),
            last: seen.map_or(&[], |seen| &seen.last),
            inputs: store.inputs.iter().map(|input| input.workspace == *workspace).collect(),
        }
    }

    /// Whether a sighting is one at all, and in a window.
    pub(super) fn is_in(last: i64, window: Window) -> bool {
        last != NEVER && window.contains(last)
    }

    /// The first sighting of each user of a shard; nothing for a workspace without any.
    fn first(&self, shard: usize) -> &'a [i64] {
        let start = shard * SHARD_USERS;
        self.first.get(start..start + self.store.shard_len(shard)).unwrap_or(&[])
    }

    /// The last sighting of each user of a shard; nothing for a workspace without any.
    pub(super) fn of(&self, shard: usize) -> Cow<'a, [i64]> {
        let start = shard * SHARD_USERS;
        let last = self.last.get(start..start + self.store.shard_len(shard)).unwrap_or(&[]);
        self.last_known(shard, self.first(shard), last)
    }

    /// The last sighting of each user of a shard as known at `now`.
    fn last_known(&self, shard: usize, first: &[i64], last: &'a [i64]) -> Cow<'a, [i64]> {
        let now = self.now.ms();
        if last.iter().all(|last| *last <= now) {
            return Cow::Borrowed(last);
        }
        let mut known: Vec<i64> = first.iter().map(|first| if *first <= now { *first } else { NEVER }).collect();
        // Before the first sighting there is nothing to find.
        let from = known.iter().copied().filter(|first| *first != NEVER).min().unwrap_or(i64::MAX);
        for table in self.store.events.values() {
            if let Some(events) = table.shards.get(shard) {
                self.raise(events, Window { from, to: now }, &mut known);
            }
        }
        for (known, last) in known.iter_mut().zip(last) {
            if *last <= now {
                *known = *last;
            }
        }
        Cow::Owned(known)
    }

    /// Raises what is known to the latest event of each user in a window.
    fn raise(&self, events: &EventShard, window: Window, known: &mut [i64]) {
        for at in events.range(window) {
            let (Some(user), Some(time), Some(input)) =
                (events.users.get(at), events.times.get(at), events.inputs.get(at))
            else {
                continue;
            };
            if self.inputs.get(usize::from(*input)).is_some_and(|inside| *inside)
                && let Some(known) = known.get_mut(usize::from(*user))
            {
                *known = (*known).max(*time);
            }
        }
    }
}

impl Kernel for Sightings<'_> {
    fn answer(&self, selection: Selection, slots: &mut [&mut [u64]]) {
        let Selection::Shard(shard) = selection;
        let (first, last) = (self.seen.first(shard), self.seen.of(shard));
        for (test, slot) in self.tests.iter().zip(slots) {
            match test {
                Test::First(window) => fill(slot, first, |at| window.contains(*at)),
                Test::Last(window) => fill(slot, &last, |at| LastSeen::is_in(*at, *window)),
            }
        }
    }
}
