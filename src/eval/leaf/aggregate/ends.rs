//! The first and the latest: the values of the first instant that has one, any of which may pass (M22), and that instant.

use super::{Aggregates, Input};
use crate::catalog::Calculation;
use crate::eval::bits::set;
use crate::eval::leaf::picked::Instants;
use crate::ir::Pick;

pub(super) fn answer(of: &Aggregates<'_>, input: &Input<'_>, slots: &mut [&mut [u64]]) {
    for (pick, value, time) in [
        (Pick::First, Calculation::First, Calculation::FirstTime),
        (Pick::Latest, Calculation::Latest, Calculation::LatestTime),
    ] {
        if of.asks(|calculation| calculation == time) {
            let mut instants = Instants::new(input.users);
            input.each(pick, |row, _| {
                instants.is_picked(row.user, row.at);
            });
            let is_time = |calculation| calculation == time;
            of.fill(is_time, instants.all(), slots, |test, at| test.check.instant(*at));
        }
        if of.asks(|calculation| calculation == value) {
            values(of, input, pick, value, slots);
        }
    }
}

fn values(of: &Aggregates<'_>, input: &Input<'_>, pick: Pick, calculation: Calculation, slots: &mut [&mut [u64]]) {
    let mut asked: Vec<_> =
        of.tests.iter().zip(slots.iter_mut()).filter(|(test, _)| test.calculation == calculation).collect();
    asked.iter_mut().for_each(|(_, slot)| slot.fill(0));
    let mut instants = Instants::new(input.users);
    input.each(pick, |row, cells| {
        cells.each(row.rows, row.row, |value| {
            if instants.is_picked(row.user, row.at) {
                let passing = asked.iter_mut().filter(|(test, _)| test.accepts(value));
                passing.for_each(|(_, slot)| set(slot, row.user));
            }
        });
    });
    // Users without any value.
    for (_, slot) in asked.iter_mut().filter(|(test, _)| test.check.instant(None)) {
        let missing = instants.all().iter().enumerate().filter(|(_, at)| at.is_none());
        missing.for_each(|(user, _)| set(slot, user));
    }
}
