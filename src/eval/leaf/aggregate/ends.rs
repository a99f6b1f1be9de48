//! The first and the latest: the values of the first instant that has one, any of which may pass (M22), and that instant.

use super::Aggregates;
use crate::catalog::Calculation;
use crate::eval::bits::set;
use crate::eval::leaf::picked::Instants;
use crate::eval::leaf::rows::Rows;
use crate::eval::leaf::values::Cells;
use crate::ir::Pick;

pub(super) fn answer(
    of: &Aggregates<'_>,
    rows: Option<(&Rows<'_>, &Cells<'_>)>,
    users: usize,
    slots: &mut [&mut [u64]],
) {
    for (pick, value, time) in [
        (Pick::First, Calculation::First, Calculation::FirstTime),
        (Pick::Latest, Calculation::Latest, Calculation::LatestTime),
    ] {
        if of.asks(|calculation| calculation == time) {
            let mut instants = Instants::new(users);
            each(of, rows, pick, |rows, row| {
                let (user, at) = rows.at(row);
                instants.is_picked(user, at);
            });
            let is_time = |calculation| calculation == time;
            of.fill(is_time, instants.all(), slots, |test, at| test.check.instant(*at));
        }
        if of.asks(|calculation| calculation == value) {
            values(of, rows, pick, value, users, slots);
        }
    }
}

fn values(
    of: &Aggregates<'_>,
    rows: Option<(&Rows<'_>, &Cells<'_>)>,
    pick: Pick,
    calculation: Calculation,
    users: usize,
    slots: &mut [&mut [u64]],
) {
    let mut asked: Vec<_> =
        of.tests.iter().zip(slots.iter_mut()).filter(|(test, _)| test.calculation == calculation).collect();
    asked.iter_mut().for_each(|(_, slot)| slot.fill(0));
    let mut instants = Instants::new(users);
    if let Some((_, cells)) = rows {
        each(of, rows, pick, |rows, row| {
            let (user, at) = rows.at(row);
            cells.each(rows, row, |value| {
                if instants.is_picked(user, at) {
                    let passing = asked.iter_mut().filter(|(test, _)| test.accepts(value));
                    passing.for_each(|(_, slot)| set(slot, user));
                }
            });
        });
    }
    // Users without any value.
    for (_, slot) in asked.iter_mut().filter(|(test, _)| test.check.instant(None)) {
        let missing = instants.all().iter().enumerate().filter(|(_, at)| at.is_none());
        missing.for_each(|(user, _)| set(slot, user));
    }
}

/// Visits the rows that pass from the end that is asked for.
fn each(
    of: &Aggregates<'_>,
    rows: Option<(&Rows<'_>, &Cells<'_>)>,
    pick: Pick,
    mut visit: impl FnMut(&Rows<'_>, usize),
) {
    let Some((rows, _)) = rows else { return };
    match pick {
        Pick::First => rows.oldest_first(of.window).for_each(|row| visit(rows, row)),
        Pick::Latest => rows.newest_first(of.window).for_each(|row| visit(rows, row)),
    }
}
