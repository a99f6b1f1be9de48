//! The first or the latest of a user's events: filter and time are asked of all events of that instant, any may pass (M22).
//!
//! One pass over the events from the end that is asked for: a user's first row there sets the instant, later rows of the
//! same instant are asked too, all others come too late.

use super::rows::{Rows, Shard, Source};
use super::{Context, Kernel, Selection};
use crate::base::Window;
use crate::eval::bits::set;
use crate::eval::program::{Family, Picked, Selected};
use crate::ir::Pick;
use crate::store::{SHARD_USERS, Store};

/// Questions about the first or the latest of some events.
pub(super) struct Picks<'a> {
    store: &'a Store,
    source: Option<Source<'a>>,
    window: Window,
    tests: Vec<Test<'a>>,
}

struct Test<'a> {
    pick: Pick,
    /// The events that the one picked must be among; none where there cannot be any.
    among: Option<Source<'a>>,
    window: Window,
}

impl<'a> Picks<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<Selected, Picked>) -> Self {
        let test = |test: &'a Picked| Test {
            pick: test.pick,
            among: Source::new(context, &test.among.stream),
            window: test.among.period.window(context.now),
        };
        Self {
            store: context.store,
            source: Source::new(context, &family.of.stream),
            window: family.of.period.window(context.now),
            tests: family.tests.iter().map(test).collect(),
        }
    }

    /// Sets the bits of all questions about one end.
    fn pass(&self, selection: Selection<'_>, pick: Pick, rows: &Shard<'_>, slots: &mut [&mut [u64]]) {
        let asked = self.tests.iter().zip(slots).filter(|(test, _)| test.pick == pick);
        let shard = selection.shard();
        let mut asked: Vec<_> =
            asked.filter_map(|(test, slot)| Some((test.among.as_ref()?.shard(shard), test.window, slot))).collect();
        if asked.is_empty() {
            return;
        }
        let mut instants = Instants::new(selection.len(self.store));
        rows.each(selection, self.window, pick, |row| {
            if instants.is_picked(row.user, row.at) {
                for (among, window, slot) in &mut asked {
                    // Both are of one key, so that a segment has one place in both.
                    let passes = |among: &Rows<'_>| window.contains(row.at) && among.passes(row.row);
                    if among.segments().get(row.place).is_some_and(passes) {
                        set(slot, row.user);
                    }
                }
            }
        });
    }
}

impl Kernel for Picks<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        slots.iter_mut().for_each(|slot| slot.fill(0));
        if let Some(rows) = self.source.as_ref().map(|source| source.shard(selection.shard())) {
            self.pass(selection, Pick::First, &rows, slots);
            self.pass(selection, Pick::Latest, &rows, slots);
        }
    }
}

/// The first instant that each user of a selection was met at, in the order of a pass.
pub(super) struct Instants(Vec<Option<i64>>);

impl Instants {
    pub(super) fn new(users: usize) -> Self {
        Self(vec![None; users.min(SHARD_USERS)])
    }

    /// Whether an instant is the user's first, or the same as it.
    pub(super) fn is_picked(&mut self, user: usize, at: i64) -> bool {
        self.0.get_mut(user).is_some_and(|first| *first.get_or_insert(at) == at)
    }

    /// The instant of each user, where there is one.
    pub(super) fn all(&self) -> &[Option<i64>] {
        &self.0
    }
}
