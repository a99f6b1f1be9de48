//! Sightings: which profiles are alive, and when a user was first and last seen (M12).
//!
//! The store keeps the first and the last sighting. Where `now` is earlier than a user's last one, what was last known at
//! `now` is the latest event up to then, or else the first sighting; the events are read for such users only.

use std::borrow::Cow;

use super::{Context, Kernel, Selection};
use crate::base::{Now, Window, WorkspaceName};
use crate::eval::program::{Family, Seen};
use crate::eval::scan;
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

    /// Instants of the users of a selection; nothing for a workspace without any.
    fn instants(&self, selection: Selection<'_>, all: &'a [i64]) -> Cow<'a, [i64]> {
        match selection {
            Selection::Shard(shard) => {
                let start = shard * SHARD_USERS;
                Cow::Borrowed(all.get(start..start + self.store.shard_len(shard)).unwrap_or(&[]))
            }
            Selection::Users(..) => selection.rows(self.store).filter_map(|row| all.get(row).copied()).collect(),
        }
    }

    /// The first sighting of each user of a selection; nothing for a workspace without any.
    fn first(&self, selection: Selection<'_>) -> Cow<'a, [i64]> {
        self.instants(selection, self.first)
    }

    /// The last sighting of each user of a selection as known at `now`; nothing for a workspace without any.
    pub(super) fn of(&self, selection: Selection<'_>) -> Cow<'a, [i64]> {
        let last = self.instants(selection, self.last);
        let now = self.now.ms();
        if scan::latest(&last).is_none_or(|last| last <= now) {
            return last;
        }
        let first = self.first(selection);
        let mut known: Vec<i64> = first.iter().map(|first| if *first <= now { *first } else { NEVER }).collect();
        // Before the first sighting there is nothing to find.
        let from = known.iter().copied().filter(|first| *first != NEVER).min().unwrap_or(i64::MAX);
        for segment in self.store.events.values().flatten() {
            if let Some(events) = segment.shards.get(selection.shard()) {
                self.raise(events, selection, Window { from, to: now }, &mut known);
            }
        }
        for (known, last) in known.iter_mut().zip(last.iter()) {
            if *last <= now {
                *known = *last;
            }
        }
        Cow::Owned(known)
    }

    /// Raises what is known to the latest event of each user in a window.
    fn raise(&self, events: &EventShard, selection: Selection<'_>, window: Window, known: &mut [i64]) {
        let range = events.range(window);
        let mut raise = |user: usize, at: usize| {
            let (Some(time), Some(input)) = (events.times.get(at), events.inputs.get(at)) else { return };
            if self.inputs.get(usize::from(*input)).is_some_and(|inside| *inside)
                && let Some(known) = known.get_mut(user)
            {
                *known = (*known).max(*time);
            }
        };
        match selection {
            Selection::Shard(_) => {
                let users = events.users.get(range.clone()).unwrap_or(&[]);
                range.zip(users).for_each(|(at, user)| raise(usize::from(*user), at));
            }
            Selection::Users(_, users) => {
                for (place, user) in users.iter().enumerate() {
                    let rows = events.of_user(*user).iter().map(|at| *at as usize);
                    rows.filter(|at| range.contains(at)).for_each(|at| raise(place, at));
                }
            }
        }
    }
}

impl Kernel for Sightings<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        let (first, last) = (self.seen.first(selection), self.seen.of(selection));
        for (test, slot) in self.tests.iter().zip(slots) {
            match test {
                Test::First(window) => scan::between(&first, window.from, window.to, slot),
                Test::Last(window) => scan::between(&last, window.from.max(NEVER + 1), window.to, slot),
            }
        }
    }
}
