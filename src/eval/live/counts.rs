//! Counts of events: which users' counts have to be looked at at all.
//!
//! In: new events, and events that passed an edge. What always holds: an event more cannot take a user below a count, one less
//! cannot take a user to it; so a new event matters only where the count was not reached, and where one event is enough it is
//! reached without a look at any other; an event that leaves a window matters only where the count was reached.

use std::sync::Arc;

use super::board::{Answer, Board};
use crate::eval::leaf::{Context, Source};
use crate::eval::program::{Family, Occurrence, Stream};
use crate::store::{EventTable, SHARD_USERS};

/// Questions about the number of events of one stream.
pub(super) type Counted = Family<Stream, Occurrence>;

/// Whether an event that passed an edge can have changed an answer about its user.
pub(super) fn can_pass(family: &Counted, age: i64, row: u32, board: &Board) -> bool {
    let user = board.of_user(row);
    family.tests.iter().zip(&family.slots).any(|(test, slot)| {
        let (leaves, enters) = test.period.passes(age);
        let holds = user.holds(*slot);
        leaves && holds || enters && !holds
    })
}

/// Takes new events: the answers that follow from one event alone, and the rows of users whose events have to be counted.
pub(super) fn written<'a>(
    context: &Context<'a>,
    family: &'a Counted,
    tables: &'a [Arc<EventTable>],
    board: &Board,
    answers: &mut Vec<Answer>,
    rows: &mut Vec<u32>,
) {
    let Some(source) = Source::over(context, tables, &family.of) else { return };
    let asked: Vec<_> = family.tests.iter().zip(&family.slots).collect();
    let asked: Vec<_> =
        asked.iter().map(|(test, slot)| (test.period.window(context.now), test.least, **slot)).collect();
    let shards = tables.iter().map(|table| table.shards.len()).max().unwrap_or(0);
    for shard in 0..shards {
        for events in source.shard(shard).segments() {
            for (at, (user, time)) in events.events.users.iter().zip(events.events.times.iter()).enumerate() {
                let row = (shard * SHARD_USERS) as u32 + u32::from(*user);
                let user = board.of_user(row);
                let open =
                    |(window, _, slot): &&(crate::base::Window, u64, u32)| window.contains(*time) && !user.holds(*slot);
                if !asked.iter().any(|each| open(&each)) || !events.passes(at) {
                    continue;
                }
                for (_, least, slot) in asked.iter().filter(open) {
                    match least {
                        0 | 1 => answers.push(Answer { row, slot: *slot, holds: true }),
                        _ => rows.push(row),
                    }
                }
            }
        }
    }
}
