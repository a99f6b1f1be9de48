//! The steps of a sequence can follow each other: each is strictly later than the one before (M19).

use super::values;
use crate::base::{Span, Window};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{Events, Sequence};

/// Checks that the windows of the steps leave room for their order. `places` has one span for each step.
pub(in crate::analyze) fn check(sequence: &Sequence, places: &[Span], found: &mut Diagnostics) -> bool {
    let steps: Vec<&Events> =
        std::iter::once(&sequence.first).chain(sequence.steps.iter().map(|step| &step.events)).collect();
    let mut timed: Vec<(bool, Window, Span)> = Vec::new();
    for (events, place) in steps.iter().zip(places) {
        let Some(time) = events.time else { continue };
        let (moving, window) = values::comparable(time);
        let earlier = timed.iter().find(|(other, before, _)| *other == moving && before.from >= window.to);
        if let Some((_, _, before)) = earlier {
            found.push(
                Diagnostic::new(Code::NeverHolds, "this step can never come after the one that stands before it")
                    .label(*place, "ends before the other one begins")
                    .label(*before, "the other one")
                    .help("steps stand in the order in which they happen: exchange their times, or leave one out"),
            );
            return false;
        }
        timed.push((moving, window, *place));
    }
    true
}
