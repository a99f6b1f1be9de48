//! Sums alone, over attributes of events: one number for each user, raised row by row.
//!
//! What always holds: a user's values are added in the order of their times, as everywhere, so that a sum is the same to the
//! last bit whichever way it was made.

use std::ops::Range;

use super::{Aggregates, Input};
use crate::catalog::Calculation;
use crate::eval::bits::{fill, ones};
use crate::eval::leaf::Selection;
use crate::eval::leaf::filter::BLOCK_ROWS;
use crate::eval::leaf::rows::{Rows, blocks};
use crate::eval::scan;
use crate::store::SHARD_USERS;

/// The rows of one segment with their values.
pub(super) struct Part<'s> {
    rows: &'s Rows<'s>,
    range: Range<usize>,
    codes: &'s [u32],
    /// The number of each code.
    numbers: &'s [f64],
}

/// The segments one after another; none where a user's rows have to be merged over them, or where the values are not the
/// events' own.
pub(super) fn parts<'s>(of: &'s Aggregates<'_>, input: &'s Input<'s>) -> Option<Vec<Part<'s>>> {
    if !matches!(input.selection, Selection::Shard(_)) {
        return None;
    }
    let mut parts = Vec::new();
    let mut before = i64::MIN;
    for (rows, cells) in input.rows.segments().iter().zip(&input.cells) {
        let range = rows.range(input.window);
        let times = rows.events.times.get(range.clone()).unwrap_or(&[]);
        let (Some(first), Some(last)) = (times.first(), times.last()) else { continue };
        if *first < before {
            return None;
        }
        before = *last;
        let numbers = of.numbers.get(cells.segment()).and_then(|parts| parts.own).map(|reading| reading.numbers());
        match (cells.own()?, numbers) {
            (Some(codes), Some(numbers)) => parts.push(Part { rows, range, codes, numbers }),
            // Nothing is added where the segment does not know the attribute.
            _ => continue,
        }
    }
    Some(parts)
}

pub(super) fn answer(of: &Aggregates<'_>, input: &Input<'_>, parts: &[Part<'_>], slots: &mut [&mut [u64]]) {
    let mut sums = vec![0.0; SHARD_USERS];
    parts.iter().for_each(|part| part.add(&mut sums));
    let sums = sums.get(..input.users).unwrap_or(&sums);
    for (test, slot) in of.tests.iter().zip(slots).filter(|(test, _)| test.calculation == Calculation::Sum) {
        match test.check.intervals().as_deref() {
            Some([(from, to)]) => scan::within(sums, *from, *to, slot),
            _ => fill(slot, sums, |sum| test.check.calculated(Some(*sum))),
        }
    }
}

impl Part<'_> {
    fn add(&self, sums: &mut [f64]) {
        // An array of this length has a place for every position inside a shard, so that no place needs a check.
        let (Some(sums), Some(users), Some(codes)) = (
            sums.first_chunk_mut::<SHARD_USERS>(),
            self.rows.events.users.get(self.range.clone()),
            self.codes.get(self.range.clone()),
        ) else {
            return;
        };
        let mut add = |user: u16, code: u32| {
            let number = self.numbers.get(code as usize).copied().unwrap_or(f64::NAN);
            // Nothing where it is no number.
            sums[usize::from(user)] += if number.is_nan() { 0.0 } else { number };
        };
        match self.rows.always() {
            Some(false) => {}
            Some(true) => users.iter().zip(codes).for_each(|(user, code)| add(*user, *code)),
            None => {
                let mut words = [0; BLOCK_ROWS / 64];
                for block in blocks(self.range.clone()) {
                    self.rows.block(&block, &mut words);
                    let first = block.start - self.range.start;
                    for (at, word) in words.iter().enumerate() {
                        for row in ones(*word).map(|row| first + at * 64 + row) {
                            if let (Some(user), Some(code)) = (users.get(row), codes.get(row)) {
                                add(*user, *code);
                            }
                        }
                    }
                }
            }
        }
    }
}
