//! The rows of a stream: which events of a key pass, as bits, one by one, and with which of their products.
//!
//! In: a stream and a store. Out: the same rows for every kernel, and for whoever explains one. An event passes where its
//! filter holds with one of its products, or where it has none, with all attributes of products missing; where products
//! are counted, only those with which the filter holds count (M21).
//!
//! What always holds: the segments of a key are visited in such a way that each user's events come in the order of their
//! times, those of one instant in the order in which they were stored.

use std::ops::Range;
use std::sync::Arc;

use super::filter::{BLOCK_ROWS, Block, Filter, RowTest, ShardTest};
use super::{Context, Selection};
use crate::base::Window;
use crate::eval::bits::ones;
use crate::eval::program::Stream;
use crate::ir::{Pick, Unit};
use crate::store::{EventShard, EventTable};

/// A stream bound to the events of its key.
pub(in crate::eval) struct Source<'a> {
    /// The segments of the key.
    pub(in crate::eval) segments: &'a [Arc<EventTable>],
    /// The filter over each of them.
    filters: Vec<Filter<RowTest<'a>>>,
    unit: Unit,
}

/// A stream bound to one shard: the rows of each segment that reaches so far.
#[derive(Default)]
pub(in crate::eval) struct Shard<'s>(Vec<Rows<'s>>);

/// A stream bound to one shard of one segment.
pub(in crate::eval) struct Rows<'s> {
    /// The segment's place among those of the key.
    pub(in crate::eval) segment: usize,
    pub(in crate::eval) events: &'s EventShard,
    pub(super) unit: Unit,
    /// What a row must satisfy by itself.
    rows: Filter<ShardTest<'s>>,
    /// What it must satisfy with one of its products.
    products: Filter<ShardTest<'s>>,
}

/// A row that passes, of a user of a selection.
pub(in crate::eval) struct Row<'r, 's> {
    /// The user's place in the selection.
    pub(in crate::eval) user: usize,
    /// When.
    pub(in crate::eval) at: i64,
    /// The place of its rows in the shard.
    pub(super) place: usize,
    pub(in crate::eval) rows: &'r Rows<'s>,
    pub(in crate::eval) row: usize,
}

impl<'a> Source<'a> {
    /// `None` where no event can pass.
    pub(in crate::eval) fn new(context: &Context<'a>, stream: &'a Stream) -> Option<Self> {
        Self::over(context, context.store.events.get(&stream.event)?, stream)
    }

    /// The same over some events of the key.
    pub(in crate::eval) fn over(
        context: &Context<'a>,
        segments: &'a [Arc<EventTable>],
        stream: &'a Stream,
    ) -> Option<Self> {
        let filters: Vec<_> = segments.iter().map(|segment| Filter::new(context, segment, stream)).collect();
        let never = filters.iter().all(|filter| matches!(filter, Filter::Always(false)));
        (!never).then_some(Self { segments, filters, unit: stream.unit })
    }

    /// The rows of a shard. Sources of one key have the rows of the same segments at the same places.
    pub(in crate::eval) fn shard(&self, shard: usize) -> Shard<'_> {
        let segments = self.segments.iter().zip(&self.filters).enumerate();
        let rows = segments.filter_map(|(segment, (table, filter))| {
            let events = table.shards.get(shard)?;
            let (rows, products) = filter.bind(events).split();
            Some(Rows { segment, events, unit: self.unit, rows, products })
        });
        Shard(rows.collect())
    }
}

impl<'s> Shard<'s> {
    /// The rows of each segment, the earliest segment first.
    pub(in crate::eval) fn segments(&self) -> &[Rows<'s>] {
        &self.0
    }

    /// Visits the rows of a window that pass and are a user's of a selection: each user's oldest first, or their latest first.
    /// Rows of one instant come in the order in which they were stored, or the other way round.
    pub(in crate::eval) fn each(
        &self,
        selection: Selection<'_>,
        window: Window,
        from: Pick,
        mut visit: impl FnMut(&Row<'_, 's>),
    ) {
        match (selection, self.0.as_slice()) {
            (Selection::Shard(_), [only]) => match from {
                Pick::First => only.oldest_first(window).for_each(|row| visit(&only.row(0, row))),
                Pick::Latest => only.newest_first(window).for_each(|row| visit(&only.row(0, row))),
            },
            (Selection::Shard(_), _) => self.merged(window, from, visit),
            (Selection::Users(_, users), _) => {
                let ranges: Vec<Range<usize>> = self.0.iter().map(|rows| rows.range(window)).collect();
                let mut found = Vec::new();
                for (place, user) in users.iter().enumerate() {
                    found.clear();
                    self.of_user(*user, &ranges, &mut found);
                    let one = |(at, segment, row): &(i64, usize, usize)| {
                        let rows = self.0.get(*segment)?;
                        Some(Row { user: place, at: *at, place: *segment, rows, row: *row })
                    };
                    match from {
                        Pick::First => found.iter().filter_map(one).for_each(|row| visit(&row)),
                        Pick::Latest => found.iter().rev().filter_map(one).for_each(|row| visit(&row)),
                    }
                }
            }
        }
    }

    /// The rows of all segments in one order.
    fn merged(&self, window: Window, from: Pick, mut visit: impl FnMut(&Row<'_, 's>)) {
        let mut order: Vec<(i64, usize, usize)> = Vec::new();
        for (place, rows) in self.0.iter().enumerate() {
            order.extend(rows.oldest_first(window).map(|row| (rows.at(row).1, place, row)));
        }
        // Stable and made for runs that are in order already.
        order.sort_by_key(|(at, ..)| *at);
        let mut one = |(_, place, row): &(i64, usize, usize)| {
            if let Some(rows) = self.0.get(*place) {
                visit(&rows.row(*place, *row));
            }
        };
        match from {
            Pick::First => order.iter().for_each(&mut one),
            Pick::Latest => order.iter().rev().for_each(&mut one),
        }
    }

    /// The rows of one user that pass and are in the range of their segment, oldest first: instant, place of the segment, row.
    fn of_user(&self, user: u16, ranges: &[Range<usize>], found: &mut Vec<(i64, usize, usize)>) {
        for ((place, rows), range) in self.0.iter().enumerate().zip(ranges).filter(|(_, range)| !range.is_empty()) {
            let all = rows.events.of_user(user);
            let start = all.partition_point(|row| (*row as usize) < range.start);
            let of_user = all.get(start..).unwrap_or(&[]).iter().map(|row| *row as usize);
            let passing = of_user.take_while(|row| *row < range.end).filter(|row| rows.passes(*row));
            found.extend(passing.map(|row| (rows.at(row).1, place, row)));
        }
        if self.0.len() > 1 {
            found.sort_by_key(|(at, ..)| *at);
        }
    }
}

impl<'s> Rows<'s> {
    /// A row of a user whose place is its position.
    fn row(&self, place: usize, row: usize) -> Row<'_, 's> {
        let (user, at) = self.at(row);
        Row { user, at, place, rows: self, row }
    }
}

/// A range of rows in parts that are asked at once.
pub(super) fn blocks(range: Range<usize>) -> impl DoubleEndedIterator<Item = Range<usize>> {
    let end = range.end;
    range.step_by(BLOCK_ROWS).map(move |from| from..end.min(from + BLOCK_ROWS))
}

impl Rows<'_> {
    /// Whether all rows pass, or none, where that can be said without looking.
    pub(super) fn always(&self) -> Option<bool> {
        match (&self.rows, &self.products, self.unit) {
            (Filter::Always(false), ..) | (_, Filter::Always(false), _) => Some(false),
            (Filter::Always(true), Filter::Always(true), Unit::Event) => Some(true),
            _ => None,
        }
    }

    /// The rows of a range that pass, as bits; all further bits are cleared. At most [`BLOCK_ROWS`].
    pub(super) fn block(&self, range: &Range<usize>, into: &mut Block) {
        self.rows.block(range.start, range.len(), into);
        if self.unit == Unit::Event && matches!(self.products, Filter::Always(true)) {
            return;
        }
        for (at, word) in into.iter_mut().enumerate() {
            let from = range.start + at * 64;
            *word =
                ones(*word).filter(|row| self.passes_with_products(from + row)).fold(0, |word, row| word | 1 << row);
        }
    }

    /// Whether one row passes.
    pub(in crate::eval) fn passes(&self, row: usize) -> bool {
        self.rows.passes(row, None) && self.passes_with_products(row)
    }

    fn passes_with_products(&self, row: usize) -> bool {
        let has_products = !self.events.products.of(row).is_empty();
        match self.unit {
            Unit::Event if !has_products => self.products.passes(row, None),
            _ => self.products(row).next().is_some(),
        }
    }

    /// The products with which a row passes that passes by itself, as positions in the columns of products.
    pub(in crate::eval) fn products(&self, row: usize) -> impl Iterator<Item = usize> {
        self.events.products.of(row).filter(move |product| self.products.passes(row, Some(*product)))
    }

    /// How often a row that passes counts.
    pub(super) fn count(&self, row: usize) -> u32 {
        match self.unit {
            Unit::Event => 1,
            Unit::Item => self.products(row).count() as u32,
        }
    }

    /// The rows of a window.
    pub(super) fn range(&self, window: Window) -> Range<usize> {
        if self.always() == Some(false) { 0..0 } else { self.events.range(window) }
    }

    /// The rows of a window that pass, oldest first.
    fn oldest_first(&self, window: Window) -> impl Iterator<Item = usize> {
        blocks(self.range(window)).flat_map(move |range| {
            let mut words = [0; BLOCK_ROWS / 64];
            self.block(&range, &mut words);
            let from = range.start;
            words.into_iter().enumerate().flat_map(move |(at, word)| ones(word).map(move |row| from + at * 64 + row))
        })
    }

    /// The rows of a window that pass, newest first.
    fn newest_first(&self, window: Window) -> impl Iterator<Item = usize> {
        blocks(self.range(window)).rev().flat_map(move |range| {
            let mut words = [0; BLOCK_ROWS / 64];
            self.block(&range, &mut words);
            words.into_iter().enumerate().rev().flat_map(move |(at, mut word)| {
                let from = range.start + at * 64;
                std::iter::from_fn(move || {
                    let row = 63u32.checked_sub(word.leading_zeros())? as usize;
                    word &= !(1 << row);
                    Some(from + row)
                })
            })
        })
    }

    /// The user and the instant of a row.
    fn at(&self, row: usize) -> (usize, i64) {
        let user = self.events.users.get(row).map_or(0, |user| usize::from(*user));
        (user, self.events.times.get(row).copied().unwrap_or(i64::MIN))
    }
}
