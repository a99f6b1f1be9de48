//! Numbers of events: each window is a range of rows, each row that counts raises its user's counter.
//!
//! In: the events of one key in time order. Out: the users who reach a count. Windows with the same end share one pass,
//! newest row first: at the start of each window the counters are compared, then counting goes on. Times are never read
//! but by binary search. Counters are as narrow as the largest count asked for allows, and stop at their maximum. Of some users
//! only, `tally` looks at their own rows.

use std::ops::Range;

use super::filter::BLOCK_ROWS;
use super::rows::{Rows, Shard, Source, blocks};
use super::{Context, Kernel, Selection, tally};
use crate::base::Window;
use crate::eval::bits::{fill, ones};
use crate::eval::program::{Family, Occurrence, Stream};
use crate::eval::scan;
use crate::ir::Unit;
use crate::store::{SHARD_USERS, Store};

/// Questions about one stream of events.
pub(super) struct Counts<'a> {
    /// The events that count; none where there cannot be any.
    source: Option<Source<'a>>,
    passes: Vec<Pass>,
    store: &'a Store,
}

/// Questions about windows with one end, those that start latest first.
pub(super) struct Pass {
    to: i64,
    pub(super) questions: Vec<Question>,
    /// The largest count that any of them asks for.
    pub(super) most: u64,
}

/// Whether a user has so many events of a window.
pub(super) struct Question {
    pub(super) from: i64,
    pub(super) least: u64,
    /// Its place among the slots of the family.
    pub(super) slot: usize,
}

impl<'a> Counts<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<Stream, Occurrence>) -> Self {
        let source = Source::new(context, &family.of);
        let windows = family.tests.iter().map(|test| (test.period.window(context.now), test.least));
        Self { source, passes: passes(windows), store: context.store }
    }
}

/// The passes that answer some windows and counts.
fn passes(windows: impl Iterator<Item = (Window, u64)>) -> Vec<Pass> {
    let mut passes: Vec<Pass> = Vec::new();
    for (slot, (window, least)) in windows.enumerate() {
        let at = passes.iter().position(|pass| pass.to == window.to).unwrap_or_else(|| {
            passes.push(Pass { to: window.to, questions: Vec::new(), most: 0 });
            passes.len() - 1
        });
        if let Some(pass) = passes.get_mut(at) {
            pass.questions.push(Question { from: window.from, least, slot });
            pass.most = pass.most.max(least);
        }
    }
    for pass in &mut passes {
        pass.questions.sort_by_key(|question| std::cmp::Reverse(question.from));
    }
    passes
}

impl Kernel for Counts<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        let Some(rows) = self.source.as_ref().map(|source| source.shard(selection.shard())) else {
            return slots.iter_mut().for_each(|slot| slot.fill(0));
        };
        let users = selection.len(self.store);
        for pass in &self.passes {
            match (selection, pass.most) {
                (Selection::Users(_, users), _) => tally::of_users(pass, users, &rows, slots),
                (Selection::Shard(_), 0..=1) => pass.run::<Any>(&rows, users, slots),
                (Selection::Shard(_), 2..=255) => pass.run::<Few>(&rows, users, slots),
                (Selection::Shard(_), _) => pass.run::<Many>(&rows, users, slots),
            }
        }
    }
}

impl Pass {
    /// The window that starts at some instant.
    pub(super) fn window(&self, from: i64) -> Window {
        Window { from, to: self.to }
    }

    fn run<C: Counter>(&self, shard: &Shard<'_>, users: usize, slots: &mut [&mut [u64]]) {
        let mut counters = vec![C::Cell::default(); SHARD_USERS];
        let end = |rows: &Rows<'_>| rows.events.range(self.window(i64::MIN)).end;
        let mut done: Vec<usize> = shard.segments().iter().map(end).collect();
        let mut seen: usize = 0;
        for question in &self.questions {
            for (rows, done) in shard.segments().iter().zip(&mut done) {
                let start = rows.events.range(self.window(question.from)).start.min(*done);
                // Each row has at most one event, but any number of products.
                seen = seen.saturating_add(if rows.unit == Unit::Item { usize::MAX } else { *done - start });
                count::<C>(&mut counters, rows, start..*done);
                *done = start;
            }
            let Some(slot) = slots.get_mut(question.slot) else { continue };
            if seen as u64 >= question.least {
                C::reached(counters.get(..users).unwrap_or(&counters), question.least, slot);
            } else {
                slot.fill(0);
            }
        }
    }
}

/// Raises the counter of the user of every row in a range that passes.
fn count<C: Counter>(counters: &mut [C::Cell], rows: &Rows<'_>, range: Range<usize>) {
    // An array of this length has a place for every position inside a shard, so that no place needs a check.
    let (Some(counters), Some(users)) =
        (counters.first_chunk_mut::<SHARD_USERS>(), rows.events.users.get(range.clone()))
    else {
        return;
    };
    if let Some(always) = rows.always() {
        if always {
            users.iter().for_each(|user| C::raise(&mut counters[usize::from(*user)]));
        }
        return;
    }
    let mut words = [0; BLOCK_ROWS / 64];
    for (block, users) in blocks(range).zip(users.chunks(BLOCK_ROWS)) {
        rows.block(&block, &mut words);
        for (at, (word, users)) in words.iter().zip(users.chunks(64)).enumerate() {
            for row in ones(*word) {
                let Some(user) = users.get(row) else { continue };
                let counter = &mut counters[usize::from(*user)];
                match rows.unit {
                    Unit::Event => C::raise(counter),
                    Unit::Item => (0..rows.count(block.start + at * 64 + row)).for_each(|_| C::raise(counter)),
                }
            }
        }
    }
}

/// A way to count the events of each user, up to some maximum.
trait Counter {
    /// The number of one user.
    type Cell: Copy + Default;

    /// One event more; a full counter stays full.
    fn raise(cell: &mut Self::Cell);

    /// Sets the bits of the users with at least so many events; of none, where that is beyond the maximum.
    fn reached(cells: &[Self::Cell], least: u64, slot: &mut [u64]);
}

/// Up to one event, which is written without reading.
struct Any;
/// Up to 255 events.
struct Few;
/// Any number of events.
struct Many;

impl Counter for Any {
    type Cell = u8;

    #[inline(always)]
    fn raise(cell: &mut u8) {
        *cell = 1;
    }

    fn reached(cells: &[u8], least: u64, slot: &mut [u64]) {
        if least <= 1 { scan::at_least(cells, 1, slot) } else { slot.fill(0) }
    }
}

impl Counter for Few {
    type Cell = u8;

    #[inline(always)]
    fn raise(cell: &mut u8) {
        *cell = cell.saturating_add(1);
    }

    fn reached(cells: &[u8], least: u64, slot: &mut [u64]) {
        match u8::try_from(least) {
            Ok(least) => scan::at_least(cells, least, slot),
            Err(_) => slot.fill(0),
        }
    }
}

impl Counter for Many {
    type Cell = u32;

    #[inline(always)]
    fn raise(cell: &mut u32) {
        *cell = cell.saturating_add(1);
    }

    fn reached(cells: &[u32], least: u64, slot: &mut [u64]) {
        match u32::try_from(least) {
            Ok(least) => fill(slot, cells, |cell| *cell >= least),
            Err(_) => slot.fill(0),
        }
    }
}
