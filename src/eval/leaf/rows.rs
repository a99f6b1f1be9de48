//! The rows of a stream: which events of a key pass, as bits, one by one, and with which of their products.
//!
//! In: a stream and a store. Out: the same rows for every kernel, and for whoever explains one. An event passes where its
//! filter holds with one of its products, or where it has none, with all attributes of products missing; where products
//! are counted, only those with which the filter holds count (M21).

use std::ops::Range;

use super::Context;
use super::filter::{Filter, RowTest, ShardTest};
use crate::base::Window;
use crate::eval::bits::ones;
use crate::eval::program::Stream;
use crate::ir::Unit;
use crate::store::{EventShard, EventTable};

/// A stream bound to the events of its key.
pub(in crate::eval) struct Source<'a> {
    pub(in crate::eval) table: &'a EventTable,
    filter: Filter<RowTest<'a>>,
    unit: Unit,
}

/// A stream bound to one shard.
pub(in crate::eval) struct Rows<'s> {
    pub(super) events: &'s EventShard,
    pub(super) unit: Unit,
    /// What a row must satisfy by itself.
    rows: Filter<ShardTest<'s>>,
    /// What it must satisfy with one of its products.
    products: Filter<ShardTest<'s>>,
}

impl<'a> Source<'a> {
    /// `None` where no event can pass.
    pub(in crate::eval) fn new(context: &Context<'a>, stream: &'a Stream) -> Option<Self> {
        let table = context.store.events.get(&stream.event)?;
        let filter = Filter::new(context, table, stream);
        (!matches!(filter, Filter::Always(false))).then_some(Self { table, filter, unit: stream.unit })
    }

    /// The rows of a shard, where it has any.
    pub(in crate::eval) fn shard(&self, shard: usize) -> Option<Rows<'_>> {
        let events = self.table.shards.get(shard)?;
        let (rows, products) = self.filter.bind(events).split();
        Some(Rows { events, unit: self.unit, rows, products })
    }
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

    /// The rows among `from..from + count` that pass, as the lowest bits of a word; `count` is at most 64.
    pub(super) fn word(&self, from: usize, count: usize) -> u64 {
        let word = self.rows.word(from, count);
        if self.unit == Unit::Event && matches!(self.products, Filter::Always(true)) {
            return word;
        }
        ones(word).filter(|row| self.passes_with_products(from + row)).fold(0, |word, row| word | 1 << row)
    }

    /// Whether one row passes.
    pub(super) fn passes(&self, row: usize) -> bool {
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
    pub(super) fn oldest_first(&self, window: Window) -> impl Iterator<Item = usize> {
        let range = self.range(window);
        range.clone().step_by(64).flat_map(move |from| {
            let word = self.word(from, 64.min(range.end - from));
            ones(word).map(move |row| from + row)
        })
    }

    /// The rows of a window that pass, newest first.
    pub(super) fn newest_first(&self, window: Window) -> impl Iterator<Item = usize> {
        let range = self.range(window);
        range.clone().step_by(64).rev().flat_map(move |from| {
            let mut word = self.word(from, 64.min(range.end - from));
            std::iter::from_fn(move || {
                let row = 63u32.checked_sub(word.leading_zeros())? as usize;
                word &= !(1 << row);
                Some(from + row)
            })
        })
    }

    /// The rows of one user that pass with their instants, oldest first.
    pub(in crate::eval) fn of_user(&self, user: usize, window: Window) -> impl Iterator<Item = (usize, i64)> {
        let of_user = self.range(window).map(|row| (row, self.at(row))).filter(move |(_, (each, _))| *each == user);
        of_user.map(|(row, (_, at))| (row, at)).filter(|(row, _)| self.passes(*row))
    }

    /// The user and the instant of a row.
    pub(super) fn at(&self, row: usize) -> (usize, i64) {
        let user = self.events.users.get(row).map_or(0, |user| usize::from(*user));
        (user, self.events.times.get(row).copied().unwrap_or(i64::MIN))
    }
}
