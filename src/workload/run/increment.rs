//! New events taken, and the clock moved on: the time until all memberships are right again.
//!
//! In: the events of `new_events.parquet`, as changes that lie in memory, and the instant of `expected_SIZE_after_append.json`.
//! Out: the time from the changes to memberships, and whether they are what is expected. What is kept between evaluations is
//! made before, and not timed with it.

use std::time::Instant;

use serde::Serialize;

use super::{Expected, RunRequest, Workload, WorkloadError, answers, timed};
use crate::eval::{Live, Stored, evaluate};
use crate::store::Store;
use crate::system::System;
use crate::workload::fresh::new_events;

/// Steps from one instant to a later one, with new events. Times are seconds of the wall clock.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Increments {
    /// How many events are new.
    pub events: u64,
    /// How long it took to evaluate everything so that it can be kept.
    pub made: f64,
    /// What is kept beside the store and the memberships, in bytes.
    pub kept_bytes: u64,
    /// The time of each step: the events become part of the store, and every membership is right again.
    pub seconds: Vec<f64>,
    /// Of it, until the events are part of the store.
    pub appending: Vec<f64>,
    /// How many users entered or left, over all audiences.
    pub moves: u64,
    /// Whether every audience was answered as expected, which is what a full evaluation says where nothing is.
    pub equal: Option<bool>,
    /// The audiences that were answered otherwise.
    pub differing: Vec<u64>,
}

/// Measures steps; `None` where the workload has none.
pub(super) fn measure(
    system: &dyn System,
    workload: &Workload,
    request: &RunRequest,
    store: &Store,
) -> Result<Option<Increments>, WorkloadError> {
    let file = workload.folder.join(format!("expected_{}_after_append.json", request.size));
    let Some(expected) = Expected::read(system, &file)? else { return Ok(None) };
    let data = workload.data(&request.size);
    let mut increments = Increments::default();
    for _ in 0..request.repeat.max(1) {
        let (made, mut live) = timed(|| Live::new(&workload.model, store, workload.now, &Stored::default()));
        let writes = new_events(system, &data, store)?;
        (increments.made, increments.kept_bytes) = (made, live.bytes() as u64);
        increments.events = writes.event_count();
        let before = store.clone();
        let start = Instant::now();
        let (after, changed) = before.append(writes)?;
        let appending = start.elapsed().as_secs_f64();
        let advanced = live.advance(&after, &changed, expected.now);
        increments.seconds.push(start.elapsed().as_secs_f64());
        increments.appending.push(appending);
        increments.moves = advanced.moves.values().map(|moves| moves.adds.len() + moves.drops.len()).sum();
        increments.differing = expected.differing(&answers(workload, &after, live.memberships()));
        let full = evaluate(&workload.model, &after, expected.now, None, &Stored::default());
        increments.equal = Some(increments.differing.is_empty() && full == *live.memberships());
    }
    Ok(Some(increments))
}
